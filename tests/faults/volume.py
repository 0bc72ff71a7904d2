# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file system of its own for one directory, so small that it can be filled: ENOSPC by the kernel.

It needs a mount namespace, which faults.py has made where that is allowed; the namespace's end takes
the volume with it.
"""

import errno
import os
import subprocess

from faults.outcome import Skipped

IN_NAMESPACE = "CLAVIGER_FAULTS_MAY_MOUNT"
_SIZE = "512k"


class Volume:
    def __init__(self, directory):
        self._directory = directory
        self._ballast = directory / "ballast"
        self.is_mounted = False
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.environ.get(IN_NAMESPACE):
            done = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=700", "faults", directory],
                capture_output=True,
            )
            self.is_mounted = done.returncode == 0

    def fill(self):
        """Nothing more can be written; what is there can be replaced by nothing of its size."""
        if not self.is_mounted:
            raise Skipped("no file system of its own: mounting is not permitted")
        with open(self._ballast, "wb", buffering=0) as file:
            for piece in (b"\0" * 4096, b"\0"):
                try:
                    while True:
                        file.write(piece)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def drain(self):
        self._ballast.unlink(missing_ok=True)

    def unmount(self):
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", self._directory], check=True)
            self.is_mounted = False
