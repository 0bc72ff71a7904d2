# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon is killed before its K-th system call of a kind; strace sees to it."""

from faults import tracer
from faults.scenarios import Scenario

# Which of them: as many as are made, and some more; of those that are many, most of them only wake
# another thread, every third.
_OF_A_REFRESH = {
    "openat": range(1, 6),
    "write": range(1, 40, 3),
    "fsync": range(1, 6),
    "rename,renameat,renameat2": range(1, 3),
    "unlink,unlinkat": range(1, 3),
    "close": range(1, 6),
    "sendmsg": range(1, 13),
    "sendto": range(1, 3),
    "recvmsg": range(1, 13),
    "recvfrom": range(1, 13, 2),
}
_OF_A_START = {
    "openat": range(1, 66, 3),
    "write": range(1, 60, 4),
    "fsync": range(1, 5),
    "rename,renameat,renameat2": range(1, 3),
    "unlink,unlinkat": range(1, 3),
    "sendmsg": range(1, 24),
    "sendto": range(1, 6),
    "recvmsg": range(1, 44, 3),
}


def scenarios():
    return [_in_a_refresh(), _at_start()]


def _in_a_refresh():
    found = Scenario("system call", "SIGKILL before each system call of a refresh", share=6)
    for call, numbers in _OF_A_REFRESH.items():
        for which in numbers:
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
    for call, numbers in _OF_A_START.items():
        for which in numbers:
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
