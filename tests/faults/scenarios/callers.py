# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever asked for the refresh leaves before it is over."""

from faults.scenarios import Scenario


def scenarios():
    found = Scenario("caller leaves", "the program that asked vanishes from the bus", share=3)
    for when in ("at once", "before the answer", "with the answer"):
        found.variant(when, _leave, when, others=0)
        found.variant(f"{when}, others stay", _leave, when, others=2)
    found.variant("before the answer, and a crash", _leave, "before the answer", others=0, crash=True)
    return [found]


def _leave(trial, when, others, crash=False):
    trial.hold_answers(0.05)
    caller = trial.scene.new_caller()
    trial.calls.remove(trial.refresh(caller))  # nobody will hear of it
    rest = [trial.refresh(trial.new_caller()) for _ in range(others)]
    if when != "at once":
        trial.wait_for_rotation()
    if when == "with the answer":
        trial.pause(0.04 + trial.rng.random() * 0.02)
    trial.say("the caller leaves")
    caller.close()
    for call in rest:
        trial.finish(call)
    if crash:
        trial.kill()
