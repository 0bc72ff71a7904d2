# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system bus with a logind on it, played by python-dbusmock: the machine goes to sleep, and wakes."""

import sys

from gi.repository import Gio, GLib

from e2e.bus import SessionBus
from e2e.program import Program
from e2e.tree import Tree
from e2e.waiting import wait_for

_NAME = "org.freedesktop.login1"
_PATH = "/org/freedesktop/login1"
_MANAGER = "org.freedesktop.login1.Manager"


class Machine:
    def __init__(self):
        self._tree = Tree()
        environment = self._tree.environment()
        self._bus = SessionBus(self._tree, environment)
        self.address = self._bus.address
        self._logind = Program(
            [sys.executable, "-m", "dbusmock", "--template", "logind"],
            environment
            | {"DBUS_SYSTEM_BUS_ADDRESS": self.address, "DBUS_SESSION_BUS_ADDRESS": self.address},
            self._tree.log / "logind.log",
        )
        self._bus.wait_for_name(_NAME)
        self._connection = self._bus.connect()

    def holds_up_sleep(self):
        """Does somebody have a delay lock for sleep?"""
        locks = self._call(_MANAGER, "ListInhibitors", "()")[0]
        return any("sleep" in lock[0] and lock[3] == "delay" for lock in locks)

    def is_about_to_sleep(self):
        self._tell(True)

    def wait_for_sleep(self, timeout=10):
        """Until nobody holds it up any more; logind itself would give up after five seconds."""
        wait_for(lambda: not self.holds_up_sleep(), timeout, "the delay lock to be given up")

    def wake(self):
        self._tell(False)

    def _tell(self, begins):
        arguments = [GLib.Variant("b", begins)]
        self._call(
            "org.freedesktop.DBus.Mock",
            "EmitSignal",
            "(sssav)",
            _MANAGER,
            "PrepareForSleep",
            "b",
            arguments,
        )

    def _call(self, interface, method, signature, *arguments):
        return self._connection.call_sync(
            _NAME,
            _PATH,
            interface,
            method,
            GLib.Variant(signature, arguments),
            None,
            Gio.DBusCallFlags.NONE,
            10000,
            None,
        ).unpack()

    def close(self):
        self._connection.close_sync(None)
        self._logind.kill()
        self._bus.stop()
        self._tree.remove()
