# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wall clock as the daemon sees it, hours from what it is: wall-clock.c, loaded before it."""

import os
import signal
import struct


class WallClock:
    def __init__(self, path):
        self._path = path
        self._path.touch(mode=0o600)
        self.seconds = 0
        self._write()

    def environment(self):
        library = os.environ["CLAVIGER_WALL_CLOCK_LIBRARY"]
        return {"LD_PRELOAD": library, "CLAVIGER_WALL_CLOCK": str(self._path)}

    def step(self, seconds, pid=None):
        """Somebody sets the clock; a running process is told as the kernel tells it."""
        self.seconds += seconds
        self._write()
        if pid is not None:
            os.kill(pid, signal.SIGRTMIN + 7)

    def right(self):
        """The clock of the machine again."""
        self.seconds = 0
        self._write()

    def _write(self):
        # In place: a running daemon has it mapped, and must not find it empty.
        with open(self._path, "r+b") as file:
            file.write(struct.pack("=q", self.seconds))
