# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A child process of a test: its output is in a file, and it ends when the test run does."""

import signal
import subprocess

from e2e.waiting import wait_for


class Program:
    def __init__(self, command, environment, log, stdin=b""):
        """Starts it; `stdin` is all that it ever reads."""
        # Without a handler of ours the kernel ends it if pytest is killed.
        with_parent = ["setpriv", "--pdeathsig", "KILL", "--"]
        with open(log, "ab") as output:
            self._process = subprocess.Popen(
                [*with_parent, *command],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
            )
        self._process.stdin.write(stdin)
        self._process.stdin.close()

    @property
    def pid(self):
        return self._process.pid

    @property
    def status(self):
        """None while it runs, then the exit status, negative for a signal."""
        return self._process.poll()

    def wait(self, timeout=10, what="the program to end"):
        wait_for(lambda: self.status is not None, timeout, what)
        return self.status

    def terminate(self, timeout=10):
        """Asks it to end, and insists if it does not; its status."""
        if self.status is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self.wait(timeout)
            except AssertionError:
                self.kill()
                raise
        return self.status

    def kill(self):
        """As a crash would: no chance to tidy up."""
        self._process.kill()
        self._process.wait()
