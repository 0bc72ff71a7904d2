# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop's notification service, on which nobody reads but the test."""

from gi.repository import Gio, GLib

NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_XML = """<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
<arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
<method name="GetCapabilities"><arg type="as" direction="out"/></method>
<method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
<arg type="s" direction="out"/><arg type="s" direction="out"/></method>
<signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
<signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""
_BY_A_CALL = 3  # why it was closed


class Notifications:
    """`shown` has the title and the text of each Notify, `up` of those that are still there."""

    def __init__(self, bus):
        self.shown = []
        self.up = {}
        self._connection = bus.connect()
        self._connection.register_object(
            _PATH, Gio.DBusNodeInfo.new_for_xml(_XML).interfaces[0], self._on_call, None, None
        )
        Gio.bus_own_name_on_connection(
            self._connection, NAME, Gio.BusNameOwnerFlags.NONE, None, None
        )
        bus.wait_for_name(NAME)

    def close(self):
        self._connection.close_sync(None)

    def _on_call(self, connection, sender, path, interface, method, arguments, invocation):
        answer = getattr(self, f"_{method}")(*arguments.unpack())
        invocation.return_value(answer)

    def _Notify(self, program, replaces, icon, title, text, actions, hints, timeout):
        self.shown.append((title, text))
        number = replaces or len(self.shown)
        self.up[number] = (title, text)
        return GLib.Variant("(u)", (number,))

    def _CloseNotification(self, number):
        if self.up.pop(number, None) is not None:
            closed = GLib.Variant("(uu)", (number, _BY_A_CALL))
            self._connection.emit_signal(None, _PATH, NAME, "NotificationClosed", closed)

    def _GetCapabilities(self):
        return GLib.Variant("(as)", (["body", "persistence"],))

    def _GetServerInformation(self):
        return GLib.Variant("(ssss)", ("a test", "Claviger", "1", "1.2"))
