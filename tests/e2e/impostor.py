#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that has clavigerd's name and little else: the harness is tested with it.

    impostor.py well|critical|crash|absent

`well` answers CreateInstance with NotFound and ends at SIGTERM, `critical` logs our own kind of
bug, `crash` dies at SIGTERM, `absent` never gets as far as having the name.
"""

import os
import signal
import sys

from gi.repository import Gio, GLib

NAME = "org.claviger.Auth1"
_INTERFACE = """<node><interface name="org.claviger.Auth1">
<method name="CreateInstance">
<arg type="s"/><arg type="s"/><arg type="a{sv}"/><arg type="s" direction="out"/>
</method></interface></node>"""


def on_call(connection, sender, path, interface, method, arguments, invocation):
    invocation.return_dbus_error(f"{NAME}.Error.NotFound", "An impostor has no instances")


def main(manner):
    if manner == "absent":
        sys.exit("no")
    if manner == "crash":
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        GLib.unix_signal_add(
            GLib.PRIORITY_DEFAULT, signal.SIGTERM, os.kill, os.getpid(), signal.SIGSEGV
        )
    connection = Gio.bus_get_sync(Gio.BusType.SESSION)
    interface = Gio.DBusNodeInfo.new_for_xml(_INTERFACE).interfaces[0]
    connection.register_object("/org/claviger/Auth1", interface, on_call, None, None)

    loop = GLib.MainLoop()
    if manner != "crash":
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    # Said before it has the name: a test may kill it as soon as that is there.
    if manner == "critical":
        print("(clavigerd:1): claviger-CRITICAL **: assertion failed", flush=True)
    print("ready", flush=True)
    Gio.bus_own_name_on_connection(connection, NAME, Gio.BusNameOwnerFlags.DO_NOT_QUEUE, None, None)
    loop.run()


if __name__ == "__main__":
    main(sys.argv[1])
