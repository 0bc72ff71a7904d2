# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in's own clock: tests move it instead of waiting."""

import time


class Clock:
    """Unix time plus an offset."""

    def __init__(self, offset=0.0):
        self.offset = offset

    def now(self):
        return time.time() + self.offset

    def advance(self, seconds):
        self.offset += seconds
