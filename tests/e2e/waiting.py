# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one way to wait: for a condition, with a deadline that fails the test."""

import time

from gi.repository import GLib

_TICK_MS = 20


def wait_for(condition, timeout=10, what=None):
    """Runs the main loop until `condition ()` is true, and returns what it was.

    Signals and answers from the bus are delivered meanwhile; processes and files are looked at
    every tick.
    """
    context = GLib.MainContext.default()
    deadline = time.monotonic() + timeout
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s for {what or condition.__qualname__}")
        tick = GLib.timeout_add(_TICK_MS, lambda: GLib.SOURCE_CONTINUE)
        context.iteration(True)
        GLib.source_remove(tick)
    return result


def stays(condition, seconds, what=None):
    """Asserts that something is so now and does not change for a while: for "not yet"."""
    context = GLib.MainContext.default()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert condition(), f"changed within {seconds} s: {what or condition.__qualname__}"
        tick = GLib.timeout_add(_TICK_MS, lambda: GLib.SOURCE_CONTINUE)
        context.iteration(True)
        GLib.source_remove(tick)
