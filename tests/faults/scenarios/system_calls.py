# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon is killed before its K-th system call of a kind; strace sees to it."""

from faults import tracer
from faults.scenarios import Scenario

# How often a refresh makes each of them, and some more: those that are not made are said to be so.
_OF_A_REFRESH = {
    "openat": 8,
    "write": 12,
    "fsync": 5,
    "fdatasync": 2,
    "rename,renameat,renameat2": 3,
    "unlink,unlinkat": 2,
    "close": 8,
    "sendmsg": 8,
    "sendto": 3,
    "recvmsg": 8,
    "recvfrom": 3,
    "connect": 1,
}
_OF_A_START = {
    "openat": 40,
    "write": 20,
    "fsync": 4,
    "rename,renameat,renameat2": 3,
    "unlink,unlinkat": 2,
    "sendmsg": 16,
    "sendto": 2,
}


def scenarios():
    return [_in_a_refresh(), _at_start()]


def _in_a_refresh():
    found = Scenario("system call", "SIGKILL before each system call of a refresh", share=6)
    for call, count in _OF_A_REFRESH.items():
        for which in range(1, count + 1):
            found.variant(f"{call} {which}", _kill_before, call, which)
    return found


def _kill_before(trial, call, which):
    injected = [tracer.injection(call, which=which)]
    trial.trace(trial.daemon.pid, call, injected)
    trial.daemon.expect_end()
    trial.refresh()
    trial.wait_for_death()


def _at_start():
    found = Scenario(
        "system call at start", "a refresh is cut off, and then SIGKILL before a call of the start",
        share=4,
    )
    for call, count in _OF_A_START.items():
        for which in range(1, count + 1):
            found.variant(f"{call} {which}", _kill_at_start, call, which)
    return found


def _kill_at_start(trial, call, which):
    trial.hold_answers()
    trial.refresh()
    trial.wait_for_rotation()
    trial.kill()
    trial.standin.clear_faults()
    output = trial.scene.world.tree.log / "strace-start.log"
    trial.daemon.wrapper = tracer.around([tracer.injection(call, which=which)], call, output)
    trial.launch()
    trial.wait_for_death()
