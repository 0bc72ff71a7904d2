# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""More than one clavigerd with one state directory and one keyring."""

from e2e.bus import SessionBus
from e2e.tree import Tree
from faults.scenarios import Scenario


def scenarios():
    found = Scenario("duplicate", "a second daemon, on the same bus or on another", share=3)
    for where in ("the same bus", "another bus"):
        found.variant(f"{where}, before the answer", _second, where, crash=False)
        found.variant(f"{where}, and the first one dies", _second, where, crash=True)
    return [found]


def _second(trial, where, crash):
    world = trial.scene.world
    other = Tree()
    bus = None
    try:
        if where == "another bus":
            bus = SessionBus(other, other.environment())
        trial.hold_answers(0.15)
        call = trial.refresh()
        trial.wait_for_rotation()
        trial.say(f"a second daemon on {where}")
        address = world.bus.address if bus is None else bus.address
        second = trial.daemon.spawn(address, world.tree.log / "second.log")
        status = second.wait(timeout=10, what="the second daemon to leave")
        assert status > 0, f"the second daemon ended with {status}"
        if crash:
            trial.kill()
        else:
            trial.finish(call)
    finally:
        if bus is not None:
            bus.stop()
        other.remove()
