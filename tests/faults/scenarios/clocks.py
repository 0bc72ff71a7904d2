# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody sets the clock, hours on or back, at each step of a refresh."""

from faults import points
from faults.scenarios import Scenario

_HOUR = 3600
_STEPS = (26 * _HOUR, 3 * _HOUR, -3 * _HOUR, -26 * _HOUR)


def scenarios():
    found = Scenario("clock", "the clock is set by hours, on and back", share=4)
    for step in _STEPS:
        hours = f"{step // _HOUR:+} h"
        found.variant(f"{hours} before", _step_before, step)
        found.variant(f"{hours} before the answer", _step_during, step, crash=False)
        found.variant(f"{hours} before the answer, and a crash", _step_during, step, crash=True)
        for point in ("note-written", "seal-written", "keyring-written"):
            if point in points.all_points():
                found.variant(f"{hours} between {point} and the start", _step_between, step, point)
    return [found]


def _set_clock(trial, step):
    trial.say(f"the clock is set by {step} s")
    trial.scene.clock.step(step, trial.daemon.pid if trial.daemon.is_running else None)


def _step_before(trial, step):
    _set_clock(trial, step)
    trial.finish(trial.refresh())


def _step_during(trial, step, crash):
    trial.hold_answers(0.05)
    call = trial.refresh()
    trial.wait_for_rotation()
    _set_clock(trial, step)
    if crash:
        trial.kill()
    trial.finish(call)


def _step_between(trial, step, point):
    """The clock of the next run is another; only then it is right again."""
    trial.restart(CLAVIGER_KILL_AT=point)
    trial.refresh()
    trial.wait_for_death()
    _set_clock(trial, step)
    trial.launch()
    trial.finish(trial.refresh())
