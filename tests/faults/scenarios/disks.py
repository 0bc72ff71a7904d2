# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk is full or broken: the journal's, the keyring's, or both."""

from faults import tracer
from faults.scenarios import Scenario

_CALLS = ("openat", "write", "fsync", "rename,renameat,renameat2")


def scenarios():
    return [_full(), _broken_journal(), _broken_keyring()]


def _full():
    found = Scenario("disk full", "no space left for the journal, the keyring or both", share=5)
    for name, parts in (
        ("journal", ("state",)),
        ("keyring", ("keyrings",)),
        ("journal and keyring", ("state", "keyrings")),
    ):
        found.variant(f"{name}: before", _fill, parts, when="before")
        found.variant(f"{name}: before, and a crash", _fill, parts, when="before", crash=True)
        found.variant(f"{name}: before the answer", _fill, parts, when="during")
    found.variant("keyring: for several refreshes, and a crash", _fill_for_long)
    # With both full there is no place for what the server sends in the middle of it.
    found.variant("journal: before the answer, and a crash", _fill, ("state",), "during", True)
    found.variant("keyring: before the answer, and a crash", _fill, ("keyrings",), "during", True)
    return found


def _fill(trial, parts, when, crash=False):
    volumes = [getattr(trial.scene, part) for part in parts]
    if when == "during":
        trial.hold_answers(0.1)
    else:
        _fill_up(trial, volumes)
    call = trial.refresh()
    if when == "during":
        trial.wait_for_rotation()
        _fill_up(trial, volumes)
    # With nowhere to write it down a token is not spent, or not given away at once.
    trial.finish(call)
    if len(parts) == 2:
        # It is in memory, and tried again some time later, which is not waited for here.
        trial.has_answer = False
        trial.patience_to_settle = 1
    elif crash:
        trial.kill()


def _fill_for_long(trial):
    """The keyring's token is older than the one that was replaced last, by several."""
    _fill_up(trial, [trial.scene.keyrings])
    for _ in range(trial.rng.randint(2, 4)):
        trial.finish(trial.refresh())
    trial.kill()


def _fill_up(trial, volumes):
    trial.say("the disk is full")
    for volume in volumes:
        volume.fill()


def _broken_journal():
    found = Scenario("journal, EIO and ENOSPC", "system calls on the journal fail", share=5)
    for call in _CALLS:
        for error in ("EIO", "ENOSPC"):
            for which in ("1", "2", "1+"):
                if call == "write" and which == "1+":
                    continue
                for crash in (False, True):
                    name = f"{call} {which}: {error}{', and a crash' if crash else ''}"
                    found.variant(name, _break_journal, call, error, which, crash)
    return found


def _break_journal(trial, call, error, which, crash):
    """In the daemon; `write` only where it writes files, since it also wakes its threads with it."""
    paths = _files_below(trial.scene.world.tree.state) if call in ("openat", "write") else ()
    trial.trace(trial.daemon.pid, call, [tracer.injection(call, which=which, error=error)], paths)
    trial.finish(trial.refresh())
    if crash:
        trial.kill()


def _files_below(directory):
    """What strace knows by name: what is there now, and the directories."""
    return [directory, *directory.rglob("*")]


def _broken_keyring():
    found = Scenario("keyring's file, EIO and ENOSPC", "gnome-keyring can't write", share=4)
    for call in _CALLS:
        for error in ("EIO", "ENOSPC"):
            for crash in (False, True):
                name = f"{call}: {error}{', and a crash' if crash else ''}"
                found.variant(name, _break_keyring, call, error, crash)
    return found


def _break_keyring(trial, call, error, crash):
    directory = trial.scene.world.tree.data / "keyrings"
    paths = _files_below(directory) if call in ("openat", "write") else ()
    trial.trace(trial.keyring.pid, call, [tracer.injection(call, which="1+", error=error)], paths)
    trial.finish(trial.refresh())
    if crash:
        trial.kill()
