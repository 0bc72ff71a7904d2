# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What GNOME Keyring asks the person with; here nobody types a password into it.

Without a prompter on the bus, a prompt is dismissed at once, as on a machine without a display.
"""

from gi.repository import Gio, GLib

from e2e.waiting import wait_for

NAME = "org.gnome.keyring.SystemPrompter"
_PATH = "/org/gnome/keyring/Prompter"
_XML = """<node><interface name="org.gnome.keyring.internal.Prompter">
<method name="BeginPrompting"><arg type="o" direction="in"/></method>
<method name="PerformPrompt"><arg type="o" direction="in"/><arg type="s" direction="in"/>
<arg type="a{sv}" direction="in"/><arg type="s" direction="in"/></method>
<method name="StopPrompting"><arg type="o" direction="in"/></method>
</interface></node>"""
_CALLBACK = "org.gnome.keyring.internal.Prompter.Callback"


class Prompter:
    """`shown` counts the prompts; one is up until `dismiss ()`, or until it is withdrawn."""

    def __init__(self, bus):
        self.shown = 0
        self._waiting = None  # sender and path of the one that is up
        self._connection = bus.connect()
        self._connection.register_object(
            _PATH, Gio.DBusNodeInfo.new_for_xml(_XML).interfaces[0], self._on_call, None, None
        )
        Gio.bus_own_name_on_connection(
            self._connection, NAME, Gio.BusNameOwnerFlags.NONE, None, None
        )
        bus.wait_for_name(NAME)

    @property
    def is_up(self):
        return self._waiting is not None

    def wait(self):
        wait_for(lambda: self.is_up, what="a prompt")

    def dismiss(self):
        """The person presses Cancel."""
        self._tell("PromptReady", GLib.Variant("(sa{sv}s)", ("no", {}, "")))
        self._waiting = None

    def close(self):
        self._connection.close_sync(None)

    def _on_call(self, connection, sender, path, interface, method, arguments, invocation):
        invocation.return_value(None)
        callback = arguments.get_child_value(0).get_string()
        if method == "BeginPrompting":
            self._call(sender, callback, "PromptReady", GLib.Variant("(sa{sv}s)", ("", {}, "")))
        elif method == "PerformPrompt":
            self.shown += 1
            self._waiting = (sender, callback)
        else:
            self._waiting = None
            self._call(sender, callback, "PromptDone", None)

    def _tell(self, method, arguments):
        self._call(*self._waiting, method, arguments)

    def _call(self, sender, path, method, arguments):
        self._connection.call(
            sender, path, _CALLBACK, method, arguments, None, 0, -1, None, None
        )
