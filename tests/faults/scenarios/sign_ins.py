# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The person signs in again while a refresh is under way: what is newer by far must not be undone."""

from faults import points
from faults.scenarios import Scenario


def scenarios():
    found = Scenario("signed in again", "a new grant while a token of the old one is refreshed")
    for crash in (False, True):
        ending = ", and a crash" if crash else ""
        found.variant(f"before the answer{ending}", _before_the_answer, crash)
        found.variant(f"while the store waits{ending}", _while_the_store_waits, crash)
    for point in ("note-written", "answer-received", "seal-written", "keyring-written"):
        if point in points.all_points():
            found.variant(f"after a crash at {point}", _after_a_crash, point)
    return [found]


def _sign_in(trial):
    trial.scene.world.sign_in(trial.scene.instance)
    trial.wanted_grant = trial.standin.grants()[-1]["id"]
    trial.say("the person has signed in again")
    # That is said only when it is stored.
    trial.has_answer = True


def _before_the_answer(trial, crash):
    trial.hold_answers(0.1)
    call = trial.refresh()
    trial.wait_for_rotation()
    _sign_in(trial)
    if crash and trial.rng.random() < 0.5:
        trial.kill()
    trial.finish(call)
    if crash:
        trial.kill()


def _while_the_store_waits(trial, crash):
    """The new token is in the journal, the keyring has been full."""
    trial.scene.keyrings.fill()
    trial.finish(trial.refresh())
    trial.scene.keyrings.drain()
    trial.handed.clear()
    _sign_in(trial)
    if crash:
        trial.kill()


def _after_a_crash(trial, point):
    trial.restart(CLAVIGER_KILL_AT=point)
    trial.refresh()
    trial.wait_for_death()
    trial.launch()
    _sign_in(trial)
    trial.kill()
