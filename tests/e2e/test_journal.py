# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rotated token between the server's answer and the keyring: it is on disk, sealed, or nowhere.

In each of these the server takes a replaced refresh token no more (`reuse_window=0`), so that a
token that got lost costs the grant.
"""

import pytest

from e2e.bus import SessionBus
from e2e.program import Program
from e2e.tree import Tree
from e2e.waiting import stays, wait_for


@pytest.fixture
def strict(world):
    """An instance of a server without a reuse window."""
    world.standin.change(reuse_window=0)
    return world.sign_in()


def journal_files(world):
    """What lies below the state directory besides records of instances and clients."""
    state = world.tree.state / "claviger"
    known = ("instances", "clients", "lock")
    return [
        path
        for path in state.rglob("*")
        if path.is_file() and path.relative_to(state).parts[0] not in known
    ]


def begin_refresh_on_the_wire(world, instance_id, caller=None):
    """A refresh whose answer comes in a moment, which the server has carried out."""
    rotated = len(world.standin.grants()[0]["refresh_tokens"])
    world.standin.fault("token", delay_answer=0.5)
    call = (caller or world.caller).begin_refresh(instance_id)
    wait_for(
        lambda: len(world.standin.grants()[0]["refresh_tokens"]) > rotated, what="the rotation"
    )
    return call


def wait_until_stored(world, instance_id):
    """The keyring has the newest refresh token, and the journal nothing."""
    newest = world.standin.grants()[0]["refresh_tokens"][-1]["token"].encode()

    def is_stored():
        return any(newest in item["secret"] for item in world.keyring.items())

    wait_for(is_stored, 20, "the keyring to have the newest token")
    wait_for(lambda: journal_files(world) == [], what="the journal to be empty")
    assert world.caller.instance(instance_id)["status"] == "active"


def assert_grant_works(world, instance_id):
    wait_for(lambda: world.caller.instance(instance_id)["status"] == "active")
    token = world.caller.get_access_token(instance_id, force_refresh=True)
    assert world.standin.is_active(token[0])
    [grant] = world.standin.grants()
    assert grant["alive"]


# A good day.


def test_after_a_quiet_refresh_nothing_is_left(world, strict):
    world.caller.get_access_token(strict, force_refresh=True)
    wait_until_stored(world, strict)
    world.daemon.restart()
    assert journal_files(world) == []
    assert_grant_works(world, strict)


def test_it_is_noted_before_the_request_goes_out(world, strict):
    world.standin.fault("token", delay=0.5)
    call = world.caller.begin_refresh(strict)
    wait_for(lambda: len(world.refreshes()) == 1, what="the request")
    assert journal_files(world)
    call.result()
    wait_until_stored(world, strict)


def test_what_waits_is_sealed_and_for_the_person_alone(world, strict):
    call = begin_refresh_on_the_wire(world, strict)
    world.keyring.lock()
    call.result()
    files = journal_files(world)
    assert files
    for path in files:
        assert path.stat().st_mode & 0o777 == 0o600, path
        assert path.parent.stat().st_mode & 0o777 == 0o700, path.parent
    assert world.files_with(world.secrets()) == []
    # Not the old one either, which is the key, nor a piece of one.
    pieces = [secret[-24:] for secret in world.standin.secrets()]
    assert world.files_with(pieces) == []
    world.keyring.unlock()
    wait_until_stored(world, strict)


# Bad ones.


def test_locked_when_the_answer_comes_callers_are_served_and_it_is_stored_later(world, strict):
    call = begin_refresh_on_the_wire(world, strict)
    world.keyring.lock()
    assert world.standin.is_active(call.result()[0])
    assert journal_files(world)
    world.keyring.unlock()
    wait_until_stored(world, strict)
    world.daemon.restart()
    assert_grant_works(world, strict)


def test_killed_and_started_while_it_is_locked(world, strict):
    call = begin_refresh_on_the_wire(world, strict)
    world.keyring.lock()
    token = call.result()
    world.daemon.kill()
    world.daemon.start()
    assert world.caller.instance(strict)["status"] == "keyring-locked"
    assert journal_files(world)
    world.keyring.unlock()
    wait_until_stored(world, strict)
    assert world.caller.get_access_token(strict) == token
    assert_grant_works(world, strict)


def test_stopped_and_started_while_it_is_locked(world, strict):
    call = begin_refresh_on_the_wire(world, strict)
    world.keyring.lock()
    world.daemon.stop()
    token = call.result()
    assert journal_files(world)
    world.keyring.unlock()
    world.daemon.start()
    wait_until_stored(world, strict)
    assert world.caller.get_access_token(strict) == token
    assert_grant_works(world, strict)


def test_killed_twice_before_it_is_unlocked(world, strict):
    call = begin_refresh_on_the_wire(world, strict)
    world.keyring.lock()
    token = call.result()
    for _ in range(2):
        world.daemon.kill()
        world.daemon.start()
        assert world.caller.instance(strict)["status"] == "keyring-locked"
    world.keyring.unlock()
    wait_until_stored(world, strict)
    assert world.caller.get_access_token(strict) == token


def test_the_keyrings_daemon_dies_under_the_answer(world, strict):
    call = begin_refresh_on_the_wire(world, strict)
    world.keyring.kill()
    assert world.standin.is_active(call.result()[0])
    world.daemon.kill()
    world.daemon.start()
    world.keyring.start()
    wait_until_stored(world, strict)
    assert_grant_works(world, strict)


def test_the_keyrings_daemon_dies_and_comes_back_by_itself(world, strict):
    call = begin_refresh_on_the_wire(world, strict)
    world.keyring.kill()
    token = call.result()
    world.keyring.start()
    wait_until_stored(world, strict)
    assert world.caller.get_access_token(strict) == token


def test_a_caller_that_leaves_does_not_stop_it(world, strict):
    leaver = world.new_caller()
    begin_refresh_on_the_wire(world, strict, leaver)
    leaver.close()
    wait_until_stored(world, strict)
    assert world.caller.instance(strict)["serial"] == 2
    assert len(world.refreshes()) == 1


def test_signed_in_again_meanwhile_the_new_grant_counts(world, strict):
    """What waits for the keyring is of an older generation, and goes."""
    call = begin_refresh_on_the_wire(world, strict)
    world.keyring.lock()
    call.result()
    world.daemon.kill()
    world.keyring.unlock()
    world.daemon.start()
    wait_until_stored(world, strict)
    world.sign_in(strict)
    new = world.caller.get_access_token(strict)
    world.daemon.kill()
    world.daemon.start()
    wait_for(lambda: world.caller.instance(strict)["status"] == "active")
    assert world.caller.get_access_token(strict) == new


def test_an_instance_that_is_deleted_leaves_nothing(world, strict):
    call = begin_refresh_on_the_wire(world, strict)
    world.keyring.lock()
    call.result()
    world.keyring.unlock()
    world.caller.call("DeleteInstance", "(sa{sv})", (strict, {}))
    wait_for(lambda: journal_files(world) == [], what="the journal to be empty")
    assert not any(strict in str(path) for path in world.tree.files())


# Only one may write it.


@pytest.fixture
def other_bus(world):
    """A second session of the same person, with the same home."""
    tree = Tree()
    bus = SessionBus(tree, world.environment)
    yield bus
    bus.stop()
    tree.remove()


def test_a_second_daemon_on_another_bus_refuses_and_the_first_is_unharmed(
    world, strict, other_bus
):
    log = world.tree.log / "second.log"
    environment = world.environment | {"DBUS_SESSION_BUS_ADDRESS": other_bus.address}
    second = Program(world.daemon.command(), environment, log)
    assert second.wait() == 1
    assert len(log.read_text().splitlines()) == 1
    assert "another" in log.read_text().lower()
    assert_grant_works(world, strict)


def test_it_may_when_the_first_has_been_killed(world, strict, other_bus):
    world.daemon.kill()
    environment = world.environment | {"DBUS_SESSION_BUS_ADDRESS": other_bus.address}
    second = Program(world.daemon.command(), environment, world.tree.log / "second.log")
    other_bus.wait_for_name("org.claviger.Auth1")
    stays(lambda: second.status is None, 0.3)
    assert second.terminate() == 0
    world.daemon.start()
    assert_grant_works(world, strict)
