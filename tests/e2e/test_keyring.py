# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A keyring that is locked, cold, not there or slow to be opened: never taken for signed out."""

import json
import re

import pytest

from e2e.caller import error_of
from e2e.prompter import Prompter
from e2e.redirect import is_open
from e2e.waiting import stays, wait_for


def lock(world):
    world.keyring.lock()
    wait_for(lambda: world.caller.get("KeyringState") == "locked", what="the daemon to know")


def lock_and_restart(world):
    lock(world)
    world.daemon.restart()


def make_cold(world):
    kill(world)
    world.keyring.start_cold()


def make_cold_and_restart(world):
    make_cold(world)
    world.daemon.restart()


def start_before_a_cold_keyring(world):
    kill(world)
    world.daemon.restart()
    world.keyring.start_cold()


def kill(world):
    world.keyring.kill()
    wait_for(lambda: world.caller.get("KeyringState") == "unavailable", what="the daemon to know")


def kill_and_restart(world):
    kill(world)
    world.daemon.restart()


def kill_and_activate(world):
    kill(world)
    world.keyring.make_activatable()


_LOCKED = [
    lock,
    lock_and_restart,
    make_cold,
    make_cold_and_restart,
    start_before_a_cold_keyring,
    kill_and_activate,
]
_ABSENT = [kill, kill_and_restart]
_CASES = [(way, "KeyringLocked") for way in _LOCKED] + [
    (way, "KeyringUnavailable") for way in _ABSENT
]


@pytest.fixture
def prompter(world):
    prompter = Prompter(world.bus)
    yield prompter
    prompter.close()


def user_auth(world):
    return world.caller.call("GetUserAuth", "(ssa{sv})", ("ada", "Confluence", {}))


@pytest.mark.parametrize("way, name", _CASES, ids=lambda v: getattr(v, "__name__", None))
def test_every_method_says_so_and_it_works_again_afterwards(world, signed_in, way, name):
    caller = world.caller
    token = caller.get_access_token(signed_in)
    way(world)

    assert error_of(caller.get_access_token, signed_in) == name
    assert error_of(caller.get_access_token, signed_in, interactive=False) == name
    assert error_of(caller.get_access_token, signed_in, force_refresh=True) == name
    assert error_of(caller.get_instance_auth, signed_in) == name
    assert error_of(user_auth, world) == name
    assert error_of(caller.authorize, signed_in) == name
    assert error_of(caller.set_client, "Confluence", "x", client_secret="y") == name
    assert caller.instance(signed_in)["status"] == "keyring-locked"
    assert caller.get("KeyringState") == ("locked" if name == "KeyringLocked" else "unavailable")
    assert not is_open(world.redirect_uri)
    assert len(world.standin.requests("token")) == 1

    if name == "KeyringLocked":
        world.keyring.unlock()
    else:
        world.keyring.start()
    wait_for(lambda: caller.instance(signed_in)["status"] == "active", what="the keyring's items")
    assert caller.get_access_token(signed_in) == token
    assert user_auth(world)[0]
    assert caller.get("KeyringState") == "unlocked"
    caller.get_access_token(signed_in, force_refresh=True)


@pytest.mark.parametrize("way, status", [(lock, "locked"), (kill, "unavailable")])
def test_the_client_says_so_with_an_exit_status_of_its_own(world, signed_in, way, status):
    way(world)
    for command in (["token"], ["auth"], ["refresh"], ["login", "--instance"]):
        done = world.cli(*command, signed_in, check=False)
        assert done.returncode == 5, done.stderr
        assert "keyring" in done.stderr.lower()
        assert done.stdout == ""
        assert "claviger login" not in done.stderr
    answer = json.loads(world.cli("--json", "auth", signed_in, check=False).stdout)
    assert answer["success"] is False and answer["authData"] is None
    assert json.loads(world.cli("--json", "status").stdout)["keyring-state"] == status


def test_a_new_instance_is_signed_out_whatever_the_keyring_is(world):
    lock_and_restart(world)
    instance_id = world.caller.create_instance()
    assert error_of(world.caller.get_access_token, instance_id) == "NotSignedIn"
    assert user_auth(world)[0] is False


def test_what_was_learned_is_dropped_when_it_locks(world, signed_in):
    """No token from memory while the keyring is locked."""
    assert world.caller.get_access_token(signed_in)[0]
    lock(world)
    wait_for(lambda: world.caller.instance(signed_in)["status"] == "keyring-locked")
    assert error_of(world.caller.get_access_token, signed_in, interactive=False) == "KeyringLocked"


def test_a_change_is_told_once_to_those_who_may_know(world, signed_in):
    signed_in_now = ("/org/claviger/Auth1", "InstanceChanged", (signed_in, "active"))
    wait_for(lambda: signed_in_now in world.caller.signals)
    world.caller.signals.clear()
    lock(world)
    wait_for(lambda: any(s[1] == "InstanceChanged" for s in world.caller.signals))
    world.keyring.unlock()
    wait_for(lambda: world.caller.instance(signed_in)["status"] == "active")
    changes = [s[2] for s in world.caller.signals if s[1] == "InstanceChanged"]
    assert changes == [(signed_in, "keyring-locked"), (signed_in, "active")]


# Prompts.


def test_a_dismissed_prompt_is_a_locked_keyring(world, signed_in, prompter):
    lock(world)
    call = world.caller.begin("GetAccessToken", "(sa{sv})", (signed_in, {}))
    prompter.wait()
    stays(lambda: not call.is_done, 0.2)
    prompter.dismiss()
    assert error_of(call.result) == "KeyringLocked"
    assert prompter.shown == 1


def test_who_may_not_ask_does_not(world, signed_in, prompter):
    lock_and_restart(world)
    caller = world.caller
    assert error_of(caller.get_access_token, signed_in, interactive=False) == "KeyringLocked"
    assert error_of(caller.get_instance_auth, signed_in, interactive=False) == "KeyringLocked"
    caller.list_instances()
    assert caller.get("KeyringState") == "locked"
    stays(lambda: prompter.shown == 0, 0.3)


def test_callers_share_a_prompt(world, signed_in, prompter):
    lock(world)
    calls = [world.caller.begin("GetAccessToken", "(sa{sv})", (signed_in, {})) for _ in range(5)]
    prompter.wait()
    prompter.dismiss()
    assert {error_of(call.result) for call in calls} == {"KeyringLocked"}
    assert prompter.shown == 1


def test_unlocked_by_other_means_while_the_prompt_is_up(world, signed_in, prompter):
    """The person unlocks the keyring in a program of theirs."""
    token = world.caller.get_access_token(signed_in)
    lock(world)
    call = world.caller.begin("GetAccessToken", "(sa{sv})", (signed_in, {}))
    prompter.wait()
    world.keyring.unlock()
    assert call.result() == token


def test_the_first_call_of_a_daemon_may_ask(world, signed_in, prompter):
    """The call that has started it comes before the keyring is found."""
    make_cold(world)
    world.daemon.stop()
    world.bus.make_activatable("org.claviger.Auth1", world.daemon.command())
    call = world.caller.begin("GetAccessToken", "(sa{sv})", (signed_in, {}))
    prompter.wait()
    prompter.dismiss()
    assert error_of(call.result) == "KeyringLocked"


def test_a_prompt_does_not_keep_the_daemon_from_stopping(world, signed_in, prompter):
    """And the keyring survives it: one that is told to withdraw a prompt may crash."""
    lock(world)
    call = world.caller.begin("GetAccessToken", "(sa{sv})", (signed_in, {}))
    prompter.wait()
    world.daemon.stop()
    assert error_of(call.result) in ("TryLater", "KeyringLocked")
    stays(lambda: world.bus.has_owner("org.freedesktop.secrets"), 0.2)


# In the middle of a sign-in.


def test_locked_between_consent_and_storing_it_is_completed_after_the_unlock(world):
    world.standin.fault("token", delay=0.5)
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id)
    tab = world.open_tab(authorization.url)
    wait_for(lambda: authorization.phase == "exchanging")
    lock(world)

    page = tab.page()
    assert "unlock your keyring" in page.text
    assert authorization.phase == "storing" and authorization.completed() is None
    assert world.caller.instance(instance_id)["status"] == "signed-out"

    world.keyring.unlock()
    assert authorization.wait()[0] == "authorized"
    assert world.standin.is_active(world.caller.get_access_token(instance_id)[0])
    assert len(world.standin.requests("token")) == 1


def test_locked_until_the_deadline_it_fails_as_locked(world):
    world.standin.fault("token", delay=0.3)
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id, timeout=2)
    tab = world.open_tab(authorization.url)
    wait_for(lambda: authorization.phase == "exchanging")
    lock(world)
    tab.page()
    outcome, details = authorization.wait()
    assert (outcome, details["error"]) == ("failed", "org.claviger.Auth1.Error.KeyringLocked")
    world.keyring.unlock()
    world.sign_in(instance_id)


def test_a_keyring_that_is_restarted_during_a_sign_in_costs_nothing(world):
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id)
    world.keyring.kill()
    world.keyring.start()
    world.person.sign_in(authorization.url)
    assert authorization.wait()[0] == "authorized"
    world.daemon.restart()
    assert world.caller.get_access_token(instance_id)


# In the middle of a refresh.


def test_locked_during_a_refresh_the_new_token_is_not_lost(world, signed_in):
    world.standin.fault("token", delay=0.5)
    world.standin.change(reuse_window=0)
    call = world.caller.begin_refresh(signed_in)
    wait_for(lambda: len(world.standin.requests("token")) == 2)
    world.keyring.lock()
    token = call.result()
    assert world.standin.is_active(token[0])

    world.keyring.unlock()
    wait_for(lambda: "the token that waited is in the keyring now" in world.daemon.log)
    world.daemon.restart()
    assert world.caller.get_access_token(signed_in) == token
    world.caller.get_access_token(signed_in, force_refresh=True)


# What is in it.


def test_attributes_tell_nothing_and_labels_say_what_it_is(world, signed_in):
    items = world.keyring.items()
    assert len(items) == 2  # the credentials and the client's secret
    [mine] = [item for item in items if signed_in in item["attributes"].values()]
    assert mine["label"].startswith("Claviger: Confluence")
    # Random ids may spell anything in hexadecimal.
    uuid = "-".join(f"[0-9a-f]{{{n}}}" for n in (8, 4, 4, 4, 12))
    shown = re.sub(uuid, "", json.dumps([item["attributes"] for item in items]))
    for word in ("ada", "example.com", "acme", world.client_id):
        assert word not in shown
    refresh_token = world.caller.get_instance_auth(signed_in)["refresh_token"]
    assert refresh_token.encode() in mine["secret"]


def test_nothing_of_an_instance_stays_when_it_is_deleted(world, signed_in):
    world.caller.call("DeleteInstance", "(sa{sv})", (signed_in, {}))
    assert not any(signed_in in i["attributes"].values() for i in world.keyring.items())
    assert world.caller.list_instances() == []
    assert not any(signed_in in str(path) for path in world.tree.files())


def test_an_item_that_another_program_deleted_is_signed_out(world, signed_in):
    """With the keyring open there is no doubt: the person took it away."""
    world.daemon.stop()
    world.keyring.delete_items(signed_in)
    world.daemon.start()
    wait_for(lambda: world.caller.instance(signed_in)["status"] == "signed-out")
    assert error_of(world.caller.get_access_token, signed_in) == "NotSignedIn"
    world.sign_in(signed_in)


def test_items_of_other_programs_are_left_alone(world, signed_in):
    world.keyring.store("A key", {"door": "cellar"}, b"iron")
    world.caller.call("DeleteInstance", "(sa{sv})", (signed_in, {}))
    assert b"iron" in [item["secret"] for item in world.keyring.items()]


def test_without_a_default_collection_there_is_no_usable_keyring(empty_world):
    empty_world.keyring.start_cold()
    empty_world.start_standin()
    empty_world.daemon.start()
    caller = empty_world.caller
    name = error_of(caller.set_client, "Confluence", "x", client_secret="y")
    assert name == "KeyringUnavailable"
    assert caller.get("KeyringState") == "unavailable"
