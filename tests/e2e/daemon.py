# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""clavigerd as it is built, on the bus of the test."""

import contextlib
import os
import shlex
import signal

import pytest

from e2e.caller import NAME
from e2e.program import Program
from e2e.waiting import wait_for

# What must not be in the log of a daemon that is well.
_COMPLAINTS = ("-CRITICAL **", "ERROR: AddressSanitizer", "LeakSanitizer", "runtime error:")


def program_from(variable):
    """The command in an environment variable; a wrapper such as valgrind may be part of it."""
    if not os.environ.get(variable):
        pytest.skip(f"{variable} does not name a program")
    return shlex.split(os.environ[variable])


class Daemon:
    def __init__(self, bus, tree, environment):
        self._bus = bus
        self._environment = environment | {
            "G_DEBUG": "fatal-warnings",
            "G_MESSAGES_DEBUG": "all",
        }
        self._log = tree.log / "clavigerd.log"
        self._program = None
        self._may_have_any_status = False

    @property
    def log(self):
        """All that it has said so far, over all its lives."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def pid(self):
        return self._program.pid

    @property
    def is_running(self):
        return self._program is not None and self._program.status is None

    def command(self):
        return program_from("CLAVIGERD")

    def start(self, *arguments, timeout=10, **environment):
        """Waits for its name; `G_DEBUG=""` for a test in which it has reason to warn."""
        assert not self.is_running
        self._may_have_any_status = False
        self._program = Program(
            [*self.command(), *arguments], self._environment | environment, self._log
        )
        wait_for(
            lambda: self._bus.has_owner(NAME) or self._program.status is not None,
            timeout,
            "clavigerd to have its name",
        )
        assert self.is_running, f"clavigerd ended with {self._program.status}:\n{self.log[-2000:]}"

    def stop(self, timeout=10):
        """As systemd does; it has to end well, and soon."""
        status = self._program.terminate(timeout)
        assert status == 0, f"clavigerd ended with {status}"

    def kill(self, signal_number=signal.SIGKILL):
        """As a crash or a power cut."""
        self._may_have_any_status = True
        os.kill(self.pid, signal_number)
        self._program.wait()
        self._bus.wait_for_no_name(NAME)

    def wait(self):
        """It ends for a reason that the test has given it; its status."""
        self._may_have_any_status = True
        return self._program.wait()

    def restart(self, **environment):
        self.stop()
        self.start(**environment)

    def complaints(self):
        """Why this test must fail, whatever it has asserted; asked when it has been closed."""
        found = [line for line in self.log.splitlines() if any(c in line for c in _COMPLAINTS)]
        was_killed_by_us = self._program is None or self._may_have_any_status
        if not was_killed_by_us and self._program.status != 0:
            found.append(f"clavigerd ended with {self._program.status}")
        return found

    def close(self):
        """The end of the test: it stops if it runs."""
        if self.is_running:
            # One that does not end is killed, and its status says so.
            with contextlib.suppress(AssertionError):
                self._program.terminate()
