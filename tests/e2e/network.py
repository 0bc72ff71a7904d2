# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop's word on the network, as a sandbox's programs hear it; here the test's.

Without routes GLib's own monitors say that there is no network, and loopback needs none. So worlds
have the one that knows nothing (`base`), and a test of the hint has the portal's.
"""

from gi.repository import Gio, GLib

NAME = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_INTERFACE = "org.freedesktop.portal.NetworkMonitor"
_XML = f"""<node><interface name="{_INTERFACE}">
<method name="GetStatus"><arg type="a{{sv}}" direction="out"/></method>
<method name="GetAvailable"><arg type="b" direction="out"/></method>
<method name="GetMetered"><arg type="b" direction="out"/></method>
<method name="GetConnectivity"><arg type="u" direction="out"/></method>
<property name="version" type="u" access="read"/>
<signal name="changed"/>
</interface></node>"""

# What a daemon needs in its environment to listen to it.
ENVIRONMENT = {"GIO_USE_NETWORK_MONITOR": "portal", "GTK_USE_PORTAL": "1"}

_LOCAL, _PORTAL, _FULL = 1, 3, 4  # GNetworkConnectivity


class Network:
    def __init__(self, bus):
        self._is_there = True
        self._connectivity = _FULL
        self._connection = bus.connect()
        self._connection.register_object(
            _PATH,
            Gio.DBusNodeInfo.new_for_xml(_XML).interfaces[0],
            self._on_call,
            lambda *_: GLib.Variant("u", 3),
            None,
        )
        Gio.bus_own_name_on_connection(
            self._connection, NAME, Gio.BusNameOwnerFlags.NONE, None, None
        )
        bus.wait_for_name(NAME)

    def go(self):
        """The cable is pulled."""
        self._set(False, _LOCAL)

    def come(self):
        """There is a network, or another one than before."""
        self._set(True, _FULL)

    def be_captive(self):
        """There is one that answers everything with a page of its own."""
        self._set(True, _PORTAL)

    def close(self):
        self._connection.close_sync(None)

    def _set(self, is_there, connectivity):
        self._is_there = is_there
        self._connectivity = connectivity
        self._connection.emit_signal(None, _PATH, _INTERFACE, "changed", None)

    def _on_call(self, connection, sender, path, interface, method, arguments, invocation):
        status = {
            "available": GLib.Variant("b", self._is_there),
            "metered": GLib.Variant("b", False),
            "connectivity": GLib.Variant("u", self._connectivity),
        }
        if method == "GetStatus":
            answer = GLib.Variant("(a{sv})", (status,))
        else:
            answer = GLib.Variant.new_tuple(status[method.removeprefix("Get").lower()])
        invocation.return_value(answer)
