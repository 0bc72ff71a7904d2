# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private session bus on which nothing of the host can be activated."""

import os
import signal

from gi.repository import Gio, GLib

from e2e.program import Program
from e2e.waiting import wait_for

# The stock session.conf without its service directories, and with shorter waits.
_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
  <limit name="max_incoming_bytes">1000000000</limit>
  <limit name="max_outgoing_bytes">1000000000</limit>
  <limit name="max_message_size">1000000000</limit>
  <limit name="max_connections_per_user">100000</limit>
  <limit name="max_match_rules_per_connection">50000</limit>
  <limit name="max_replies_per_connection">50000</limit>
  <limit name="service_start_timeout">10000</limit>
  <limit name="reply_timeout">600000</limit>
</busconfig>
"""
_BUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


class SessionBus:
    def __init__(self, tree, environment):
        socket = tree.run / "bus"
        self.address = f"unix:path={socket}"
        self._services = tree.make("services")
        configuration = tree.root / "bus.conf"
        configuration.write_text(_CONFIGURATION.format(socket=socket, services=self._services))

        command = ["dbus-daemon", "--nofork", "--nopidfile", "--nosyslog", "--print-address"]
        log = tree.log / "bus.log"
        # Activated services inherit the environment of the bus, hence a whole one.
        self._program = Program(
            [*command, f"--config-file={configuration}"],
            environment | {"DBUS_SESSION_BUS_ADDRESS": self.address},
            log,
        )
        # It prints its address once it listens there.
        wait_for(lambda: self.address in log.read_text(), what="the bus")
        self._connection = self.connect()

    def connect(self):
        """A new connection: to the bus, a program of its own."""
        return Gio.DBusConnection.new_for_address_sync(
            self.address,
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
            None,
            None,
        )

    def _ask(self, method, signature, *arguments):
        values = GLib.Variant(signature, arguments)
        reply = self._connection.call_sync(
            *_BUS, method, values, None, Gio.DBusCallFlags.NONE, 10000, None
        )
        return reply.unpack()

    def has_owner(self, name):
        return self._ask("NameHasOwner", "(s)", name)[0]

    def wait_for_name(self, name, timeout=10):
        wait_for(lambda: self.has_owner(name), timeout, f"{name} on the bus")

    def wait_for_no_name(self, name, timeout=10):
        wait_for(lambda: not self.has_owner(name), timeout, f"{name} to leave the bus")

    def activatable_names(self):
        return self._ask("ListActivatableNames", "()")[0]

    def process_of(self, name):
        return self._ask("GetConnectionUnixProcessID", "(s)", name)[0]

    def make_activatable(self, name, command):
        """From now on a call to this name starts the command, as an installed .service would."""
        text = f"[D-BUS Service]\nName={name}\nExec={' '.join(map(str, command))}\n"
        (self._services / f"{name}.service").write_text(text)
        self._ask("ReloadConfig", "()")

    def kill(self):
        """The session is over, without a word to anybody."""
        self._program.kill()

    def stop(self):
        if self._program.status is not None:
            return
        # What the bus has activated is its child, not ours, and would outlive it.
        for service in self._services.glob("*.service"):
            if self.has_owner(service.stem):
                os.kill(self.process_of(service.stem), signal.SIGKILL)
        self._connection.close_sync(None)
        self._program.terminate()
