# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine is suspended in the middle of a refresh; logind is played by python-dbusmock."""

from e2e.waiting import wait_for
from faults.outcome import Loss
from faults.scenarios import Scenario


def scenarios():
    found = Scenario("suspend", "the machine goes to sleep during a refresh", share=3)
    found.variant("and wakes up", _sleep, power_cut=False)
    found.variant("and its battery runs out", _sleep, power_cut=True)
    found.variant("the answer comes too late", _answer_after_sleep)
    return [found]


def _about_to_sleep(trial):
    machine = trial.scene.machine
    wait_for(machine.holds_up_sleep, 10, "the daemon to hold a delay lock")
    trial.say("the machine is about to sleep")
    machine.is_about_to_sleep()


def _sleep(trial, power_cut):
    """The machine sleeps as soon as it may; by then what the server sent is durable."""
    machine = trial.scene.machine
    trial.hold_answers(0.1)
    trial.refresh()
    trial.wait_for_rotation()
    _about_to_sleep(trial)
    if not machine.holds_up_sleep():
        raise Loss("the delay lock was given up with a refresh under way")
    machine.wait_for_sleep()
    trial.say("nothing holds up the sleep any more")
    trial.has_answer = True
    trial.asleep()
    if power_cut:
        trial.kill()
    machine.wake()


def _answer_after_sleep(trial):
    """logind waits for five seconds; then the connection is gone, and so is the answer."""
    trial.hold_answers(0.3, drop="after")
    trial.refresh()
    trial.wait_for_rotation()
    _about_to_sleep(trial)
    trial.pause(0.1)
    trial.say("the machine sleeps")
    trial.pause(0.3)
    trial.scene.machine.wake()
    trial.say("the machine is awake")
