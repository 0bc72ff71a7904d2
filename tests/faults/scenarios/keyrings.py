# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keyring daemon dies, and the keyring is locked, at each step."""

from faults import tracer
from faults.scenarios import Scenario

_OF_A_STORE = {"openat": 1, "write": 4, "fsync": 1, "rename": 1, "sendmsg": 4}


def scenarios():
    return [_killed(), _locked()]


def _killed():
    found = Scenario("keyring killed", "SIGKILL of gnome-keyring-daemon", share=5)
    for when in ("before", "before the answer", "after"):
        for crash in (False, True):
            name = f"{when}{', and the daemon with it' if crash else ''}"
            found.variant(name, _kill_keyring, when, crash)
    for call, count in _OF_A_STORE.items():
        for which in range(1, count + 1):
            for crash in (False, True):
                name = f"storing, at {call} {which}{', and the daemon with it' if crash else ''}"
                found.variant(name, _kill_while_storing, call, which, crash)
            name = f"storing, at {call} {which}; once more, and a crash"
            found.variant(name, _kill_and_go_on, call, which)
    return found


def _kill_keyring(trial, when, crash):
    if when == "before":
        _end_keyring(trial)
    elif when == "before the answer":
        trial.hold_answers(0.05)
    call = trial.refresh()
    if when == "before the answer":
        trial.wait_for_rotation()
        _end_keyring(trial)
    trial.finish(call)
    if when == "after":
        _end_keyring(trial)
    if crash:
        trial.kill()


def _end_keyring(trial):
    trial.say("SIGKILL of the keyring daemon")
    trial.keyring.kill()


def _kill_while_storing(trial, call, which, crash):
    """gnome-keyring writes a file beside the old one and renames it; then it answers."""
    process = trial.keyring.pid
    trial.trace(process, call, [tracer.injection(call, which=which)])
    trial.finish(trial.refresh())
    trial.pause(0.05)
    trial.was_reached = not trial.keyring.is_running
    if trial.was_reached:
        trial.keyring.wait()
        trial.say("the keyring daemon has died")
    if crash:
        trial.kill()


def _kill_and_go_on(trial, call, which):
    """Whether the store was carried out nobody knows; the next token is sealed for both cases."""
    _kill_while_storing(trial, call, which, crash=False)
    if not trial.keyring.is_running and trial.rng.random() < 0.5:
        trial.keyring.start()
    trial.finish(trial.refresh())
    trial.kill()


def _locked():
    found = Scenario("keyring locked", "the keyring is locked at each step, and unlocked later", share=6)
    for when in ("before", "before the answer", "with the answer", "after"):
        for then in ("unlocked", "a crash", "a crash, locked", "SIGTERM, locked", "a cold start"):
            found.variant(f"{when}, then {then}", _lock, when, then)
    return found


def _lock(trial, when, then):
    if when == "before":
        _close(trial)
    elif when != "after":
        trial.hold_answers(0.05)
    call = trial.refresh()
    if when in ("before the answer", "with the answer"):
        trial.wait_for_rotation()
        if when == "with the answer":
            trial.pause(0.04 + trial.rng.random() * 0.02)
        _close(trial)
    trial.finish(call)
    if when == "after":
        _close(trial)
    _AFTERWARDS[then](trial)


def _close(trial):
    trial.say("the keyring is locked")
    trial.keyring.lock()


def _crash_and_start_locked(trial):
    """A later run that can't read the old token either, until somebody unlocks."""
    trial.kill()
    trial.launch()


def _end_and_start_locked(trial):
    trial.say("SIGTERM")
    trial.daemon.stop(timeout=20)
    trial.launch()


def _log_in_again(trial):
    """As after a boot: the keyring daemon starts locked, and ours with it; then the login unlocks."""
    trial.kill()
    trial.keyring.kill()
    trial.say("the keyring daemon starts, cold")
    trial.keyring.start_cold()
    trial.launch()
    trial.keyring.kill()


_AFTERWARDS = {
    "unlocked": lambda trial: None,
    "a crash": lambda trial: trial.kill(),
    "a crash, locked": _crash_and_start_locked,
    "SIGTERM, locked": _end_and_start_locked,
    "a cold start": _log_in_again,
}
