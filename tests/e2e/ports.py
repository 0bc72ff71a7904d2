# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports for redirect URIs that must be known before anything listens on them."""

import random
import socket

# Below the range from which the kernel takes the ports of outgoing connections (32768 on), so that
# nothing takes it at random between now and its use; above the ports of well-known services.
_LOWEST, _HIGHEST = 20000, 32767


def free_port():
    """A port on 127.0.0.1 that nobody has now; at random, for tests that run side by side."""
    while True:
        port = random.randint(_LOWEST, _HIGHEST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
