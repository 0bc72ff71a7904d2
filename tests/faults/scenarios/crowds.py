# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many instances at once, which share a server's gate, a journal and the queue of the keyring."""

from faults.scenarios import Scenario

_COUNT = 6


def scenarios():
    found = Scenario("crowd", "several instances are refreshed when something breaks", share=2)
    found.variant("SIGKILL at any moment", _kill)
    found.variant("SIGKILL at any moment, twice", _kill_twice)
    found.variant("SIGTERM at any moment", _terminate)
    found.variant("the keyring is locked at any moment, and a crash", _lock)
    found.variant("the keyring is killed at any moment, and a crash", _kill_keyring)
    return [found]


def _begin(trial):
    """All of them ask; the trial goes on at a moment that is nobody's in particular."""
    trial.scene.sign_in_more(_COUNT - 1)
    for instance in trial.scene.instances():
        trial.refresh(instance=instance)
    trial.pause(trial.rng.random() * 0.03)


def _end_all_calls(trial):
    for call in list(trial.calls):
        trial.finish(call)
    # Of some of them, and nobody knows of which.
    trial.has_answer = False


def _kill(trial):
    _begin(trial)
    trial.kill()
    _end_all_calls(trial)


def _kill_twice(trial):
    _kill(trial)
    trial.launch()
    trial.pause(trial.rng.random() * 0.03)
    trial.kill()


def _terminate(trial):
    _begin(trial)
    trial.say("SIGTERM")
    trial.daemon.stop(timeout=20)
    _end_all_calls(trial)


def _lock(trial):
    _begin(trial)
    trial.say("the keyring is locked")
    trial.keyring.lock()
    _end_all_calls(trial)
    trial.kill()


def _kill_keyring(trial):
    _begin(trial)
    trial.say("SIGKILL of the keyring daemon")
    trial.keyring.kill()
    _end_all_calls(trial)
    trial.kill()
