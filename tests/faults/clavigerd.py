# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""clavigerd with kill points, under whatever a trial puts around it."""

from e2e.caller import NAME
from e2e.daemon import Daemon, program_from
from e2e.program import Program
from e2e.waiting import wait_for


class Clavigerd(Daemon):
    def __init__(self, bus, tree, environment):
        super().__init__(bus, tree, environment)
        # A keyring that fails is something to warn of; only what is our bug may end the process.
        self.environment = self._environment
        self.environment["G_DEBUG"] = "fatal-criticals"
        self.wrapper = []

    def command(self):
        return [*self.wrapper, *program_from("CLAVIGERD")]

    def start(self, *arguments, **named):
        assert not self.is_running
        self._bus.wait_for_no_name(NAME)
        super().start(*arguments, **named)

    def launch(self, **environment):
        """Starts it where it may end before it serves."""
        assert not self.is_running
        self._bus.wait_for_no_name(NAME)
        self._may_have_any_status = True
        self._program = Program(self.command(), self._environment | environment, self._log)
        wait_for(
            lambda: not self.is_running or self._bus.has_owner(NAME),
            what="clavigerd to serve or to end",
        )

    def spawn(self, bus_address, log):
        """One more clavigerd, with the same state directory; the caller's to wait for."""
        environment = self._environment | {"DBUS_SESSION_BUS_ADDRESS": bus_address}
        return Program(program_from("CLAVIGERD"), environment, log)

    @property
    def status(self):
        return None if self._program is None else self._program.status

    def expect_end(self):
        """Whatever a trial does to it next may end it."""
        self._may_have_any_status = True

    def forget_log(self):
        """A trial has a log of its own; the daemon appends, so it goes on from the beginning."""
        if self._log.exists():
            self._log.write_text("")
