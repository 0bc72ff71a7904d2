# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A refresh that nobody asked for: the token has expired, and the daemon renews it by itself."""

from e2e.waiting import wait_for
from faults import points
from faults.scenarios import Scenario

_LATER = 2 * 3600  # of a token that lives for an hour


def scenarios():
    found = Scenario("background", "nobody asks, the token has expired; SIGKILL at each step", share=3)
    for point in points.of_a_refresh():
        found.variant(point, _kill_at, point)
    found.variant("the answer is held back", _kill_before_the_answer)
    return [found]


def _start_hours_later(trial, **environment):
    trial.kill()
    trial.say(f"the clock has gone on by {_LATER} s")
    trial.scene.clock.step(_LATER)
    trial.launch(**environment)


def _kill_at(trial, point):
    _start_hours_later(trial, CLAVIGER_KILL_AT=point)
    wait_for(lambda: not trial.daemon.is_running, trial.patience, "the daemon to refresh by itself")
    trial.say("the daemon refreshed by itself, and died")
    trial.has_answer = points.is_durable_at(point)


def _kill_before_the_answer(trial):
    trial.hold_answers()
    _start_hours_later(trial)
    trial.wait_for_rotation(trial.patience)
    trial.kill()
