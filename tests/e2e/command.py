# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that runs while the test goes on: one that waits for a sign-in, or watches."""

import os
import re
import signal
import subprocess

from e2e.waiting import wait_for

_ADDRESS = re.compile(r"https?://\S+")


class Command:
    """stdout and stderr are files of the world, so that a secret in them is found at its end."""

    def __init__(self, command, environment, directory, *, stdin="", terminal=None):
        """`terminal`: the far end of a pty that is stderr in place of a file."""
        self._stdout = directory / "stdout"
        self._stderr = directory / "stderr"
        with self._stdout.open("wb") as out, self._stderr.open("wb") as err:
            self._process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err if terminal is None else terminal,
            )
        self._process.stdin.write(stdin.encode())
        if stdin:
            self._process.stdin.close()

    @property
    def stdout(self):
        return self._stdout.read_text()

    @property
    def stderr(self):
        return self._stderr.read_text()

    @property
    def is_running(self):
        return self._process.poll() is None

    def type(self, text):
        """One line of stdin, which is the last."""
        self._process.stdin.write(text.encode() + b"\n")
        self._process.stdin.close()

    def address(self, timeout=10):
        """The address that it asks the person to open."""
        return wait_for(lambda: _ADDRESS.search(self.stderr), timeout, "an address").group()

    def interrupt(self, signal_number=signal.SIGINT):
        """Ctrl-C, or another way to be told to stop."""
        os.kill(self._process.pid, signal_number)

    def wait(self, timeout=20):
        """Its exit status."""
        wait_for(lambda: not self.is_running, timeout, "the client to end")
        return self._process.returncode

    def close(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
