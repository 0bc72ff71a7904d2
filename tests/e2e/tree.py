# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A home of its own: the directories and the environment in which everything of a test runs."""

import os
import shutil
import tempfile
from pathlib import Path

# What programs under test may be told by whoever runs the tests.
_PASSED_ON = (
    "ASAN_OPTIONS",
    "CLAVIGER_PROVIDERS_DIR",
    "GCOV_PREFIX",
    "LD_LIBRARY_PATH",
    "LLVM_PROFILE_FILE",
    "LSAN_OPTIONS",
    "MALLOC_PERTURB_",
    "PATH",
    "UBSAN_OPTIONS",
)
_PROVIDERS = Path(__file__).parents[2] / "data" / "providers"


class Tree:
    """XDG base directories below one temporary directory, all of them 0700."""

    def __init__(self):
        # Short and directly in /tmp: the path of a socket has room for 107 bytes.
        self.root = Path(tempfile.mkdtemp(prefix="claviger-", dir="/tmp"))
        self.home = self.make("home")
        self.config = self.make("config")
        self.data = self.make("data")
        self.state = self.make("state")
        self.cache = self.make("cache")
        self.run = self.make("run")
        self.tmp = self.make("tmp")
        self.log = self.make("log")
        self.system = self.make("system")
        self.sysconf = self.make("etc")

    def make(self, name):
        """One more directory."""
        path = self.root / name
        path.mkdir(mode=0o700)
        return path

    def environment(self):
        """For every program of the test: nothing of the host shows through."""
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        return {
            "CLAVIGER_PROVIDERS_DIR": str(_PROVIDERS),
            "CLAVIGER_SYSCONFDIR": str(self.sysconf),
            **passed_on,
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.tmp),
            "XDG_CACHE_HOME": str(self.cache),
            "XDG_CONFIG_DIRS": str(self.system),
            "XDG_CONFIG_HOME": str(self.config),
            "XDG_DATA_DIRS": str(self.system),
            "XDG_DATA_HOME": str(self.data),
            "XDG_RUNTIME_DIR": str(self.run),
            "XDG_STATE_HOME": str(self.state),
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.run}/no-system-bus",
            # Loopback is there whatever routes the machine has.
            "GIO_USE_NETWORK_MONITOR": "base",
            "GIO_USE_VFS": "local",
            "GSETTINGS_BACKEND": "memory",
            "NO_AT_BRIDGE": "1",
        }

    def files(self):
        # Not rglob(): a browser that is just ending takes its folders away while they are read.
        walked = (Path(folder) / name for folder, _, names in os.walk(self.root) for name in names)
        return [path for path in walked if path.is_file() and not path.is_symlink()]

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)
