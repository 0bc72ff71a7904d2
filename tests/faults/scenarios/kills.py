# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon is killed at a step that has a name, or at one that is seen from outside."""

from e2e.waiting import wait_for
from faults import points
from faults.scenarios import Scenario


def scenarios():
    return [_at_points(), _twice(), _from_outside(), _terminated()]


def _at_points():
    found = Scenario("kill point", "SIGKILL at each named step of a refresh", share=10)
    for point in points.of_a_refresh():
        for which in (1, 2):
            found.variant(f"{point}:{which}", _kill_at, point, which)
    return found


def _kill_at(trial, point, which):
    """At the first refresh of a daemon, or at the second one in a row."""
    trial.restart(CLAVIGER_KILL_AT=f"{point}:{which}")
    for _ in range(which - 1):
        trial.refresh_now()
        # A refresh that follows at once takes over the note of the one before.
        if point == "note-removed" or trial.rng.random() < 0.5:
            trial.wait_for_rest()
    trial.refresh()
    trial.wait_for_death()
    trial.has_answer |= trial.was_reached and points.is_durable_at(point)


def _twice():
    found = Scenario("two kills", "SIGKILL in a refresh, then in the start that mends it", share=6)
    for first in points.of_a_refresh():
        for second in points.all_points():
            found.variant(f"{first}, {second}", _kill_twice, first, second)
    return found


def _kill_twice(trial, first, second):
    trial.restart(CLAVIGER_KILL_AT=first)
    trial.refresh()
    trial.wait_for_death()
    trial.has_answer |= trial.was_reached and points.is_durable_at(first)
    trial.launch(CLAVIGER_KILL_AT=second)
    # It may have nothing to do that leads there, and then it lives.
    try:
        wait_for(lambda: not trial.daemon.is_running, 0.4)
        trial.say("and it died again")
    except AssertionError:
        trial.kill()


def _from_outside():
    found = Scenario("kill", "SIGKILL at moments that are seen from outside", share=3)
    found.variant("the server has rotated, and holds its answer", _kill_before_the_answer)
    found.variant("a caller has its token", _kill_when_answered)
    found.variant("at any moment", _kill_at_any_moment)
    found.variant("again and again", _kill_again_and_again)
    return found


def _kill_before_the_answer(trial):
    trial.hold_answers()
    trial.refresh()
    trial.wait_for_rotation()
    trial.kill()


def _kill_when_answered(trial):
    """What a caller was given is durable: nothing is given to the keyring's write."""
    error = trial.finish(trial.refresh())
    trial.kill()
    assert error is None, error


def _kill_at_any_moment(trial):
    call = trial.refresh()
    delay = trial.rng.random() * 0.008
    trial.pause(delay)
    trial.kill()
    trial.say(f"after {delay * 1000:.1f} ms; the call {'was' if call.is_done else 'was not'} over")


def _kill_again_and_again(trial):
    """A crash loop, as by a fault in memory: each start gets a little further, or not."""
    for _ in range(5):
        trial.refresh()
        trial.pause(trial.rng.random() * 0.008)
        trial.kill()
        for call in list(trial.calls):
            trial.finish(call)
        trial.has_answer = False
        trial.launch()


def _terminated():
    found = Scenario("SIGTERM", "the daemon is asked to end in the middle of a refresh", share=2)
    for hold in (0, 0.05, 0.3):
        found.variant(f"the answer takes {hold} s", _terminate, hold)
    return found


def _terminate(trial, hold):
    trial.hold_answers(hold)
    trial.refresh()
    if hold:
        trial.wait_for_rotation()
    trial.say("SIGTERM")
    trial.daemon.stop(timeout=20)
