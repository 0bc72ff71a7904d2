# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong with nobody there: each failure by its class, and no grant is ever lost by it."""

import time

import pytest

from e2e.caller import error_of
from e2e.due import add_due, make_grant, set_due, wait_for_serial, wait_for_status
from e2e.notifications import Notifications
from e2e.waiting import stays, wait_for


@pytest.fixture
def notifications(world):
    notifications = Notifications(world.bus)
    yield notifications
    notifications.close()


def assert_grant_works(world, instance_id):
    [grant] = world.standin.grants()
    assert grant["alive"]
    token = world.caller.get_access_token(instance_id, force_refresh=True)
    assert world.standin.is_active(token[0])
    instance = world.caller.instance(instance_id)
    assert instance["status"] == "active"
    assert "last-error" not in instance


# Passing.


_AMBIGUOUS = {
    "502": {"status": 502},
    "500 with HTML": {"status": 500, "body": "<html>", "content_type": "text/html"},
    "a captive portal": {"html": True},
    "half an answer": {"truncate": True},
    "a huge answer": {"pad": 3_000_000},
    "no tokens": {"omit": ["access_token", "refresh_token"]},
    "lost on the way there": {"drop": "before"},
    "lost on the way back": {"drop": "after"},
}


@pytest.mark.parametrize("fault", _AMBIGUOUS.values(), ids=_AMBIGUOUS)
def test_what_the_server_may_have_carried_out_is_asked_again_soon(world, fault):
    """Soon, with the same token, and with nobody asking: inside the window it is still taken."""
    world.standin.fault("token", **fault)
    world.standin.change(reuse_window=8)
    instance_id = add_due(world)
    instance = wait_for_serial(world, instance_id, 2)
    first, second = world.refreshes()
    assert first["body"]["refresh_token"] == second["body"]["refresh_token"]
    assert second["time"] - first["time"] < 8
    assert instance["status"] == "active"
    assert_grant_works(world, instance_id)


def test_a_bad_time_is_shown_and_not_hammered(world, notifications):
    world.standin.fault("token", status=429, times=None)
    instance_id = add_due(world)
    instance = wait_for_status(world, instance_id, "unreachable")
    assert "429" in instance["last-error"]
    assert instance["next-refresh-at"] > time.time()
    stays(lambda: len(world.refreshes()) == 1, 3, "it is not asked again yet")
    assert error_of(world.caller.get_access_token, instance_id) == "TryLater"
    assert notifications.shown == []
    world.standin.clear_faults()
    assert_grant_works(world, instance_id)


def test_a_server_that_stays_broken_is_not_hammered_either(world):
    world.standin.fault("token", status=502, times=None)
    instance_id = add_due(world)
    wait_for_status(world, instance_id, "unreachable")
    stays(lambda: len(world.refreshes()) <= 3, 4, "few requests")
    world.standin.clear_faults()
    assert_grant_works(world, instance_id)


def test_retry_after_is_honoured(world):
    world.standin.fault("token", status=502, retry_after=4)
    instance_id = add_due(world)
    wait_for_serial(world, instance_id, 2, 20)
    first, second = world.refreshes()
    assert second["time"] - first["time"] >= 4
    assert_grant_works(world, instance_id)


def test_a_new_refresh_token_in_a_bad_answer_is_the_one_that_counts(world):
    """The old one is gone, and the server takes it no more."""
    world.standin.change(reuse_window=0)
    world.standin.fault("token", omit=["access_token"])
    instance_id = add_due(world)
    wait_for_status(world, instance_id, "unreachable")
    assert_grant_works(world, instance_id)
    first, second = world.refreshes()
    assert first["body"]["refresh_token"] != second["body"]["refresh_token"]


@pytest.mark.parametrize("lifetime", ["soon", 1e300, -5, 0, "3600", None, [], {}], ids=repr)
def test_an_absurd_lifetime_costs_nothing(world, lifetime):
    world.standin.fault("token", members={"expires_in": lifetime})
    instance_id = add_due(world)
    wait_for_serial(world, instance_id, 2)
    token, expires_at, _ = world.caller.get_access_token(instance_id)
    assert world.standin.is_active(token)
    # As the catalogue has it: an hour, and never one that makes each call a refresh.
    assert time.time() + 3500 < expires_at <= time.time() + 3600
    assert len(world.refreshes()) == 1
    assert_grant_works(world, instance_id)


def test_without_a_new_refresh_token_the_old_one_goes_on(world):
    world.standin.fault("token", rotate=False)
    grant = make_grant(world)
    instance_id = add_due(world, grant)
    wait_for_serial(world, instance_id, 2)
    auth = world.caller.get_instance_auth(instance_id)
    assert auth["access_token"] != grant["access_token"]
    assert auth["refresh_token"] == grant["refresh_token"]
    world.daemon.restart()
    wait_for_status(world, instance_id, "active")
    assert_grant_works(world, instance_id)


# Dead.


def add_dead(world, instance_id=None):
    """Due, and the server is going to say that the grant is over."""
    grant = make_grant(world)
    world.standin.end_grant(grant["grant"])
    if instance_id is None:
        return add_due(world, grant)
    set_due(world, instance_id, grant)
    return instance_id


def test_a_dead_grant_is_asked_once_and_told_once(world, notifications):
    instance_id = add_dead(world)
    instance = wait_for_status(world, instance_id, "needs-sign-in")
    assert instance["last-error"]
    assert "next-refresh-at" not in instance
    wait_for(lambda: notifications.shown, what="a notification")
    assert "Confluence" in " ".join(notifications.shown[0])

    assert error_of(world.caller.get_access_token, instance_id) == "NeedsSignIn"
    world.daemon.restart()
    wait_for_status(world, instance_id, "needs-sign-in")
    assert error_of(world.caller.get_access_token, instance_id) == "NeedsSignIn"
    stays(lambda: len(world.refreshes()) == 1, 1, "nothing is asked again")
    assert len(notifications.shown) == 1

    world.sign_in(instance_id)
    assert world.caller.instance(instance_id)["serial"] > instance["serial"]
    world.caller.get_access_token(instance_id, force_refresh=True)


def test_one_that_dies_again_is_told_again(world, notifications):
    instance_id = add_dead(world)
    wait_for(lambda: len(notifications.shown) == 1, what="a notification")
    world.sign_in(instance_id)
    wait_for(lambda: notifications.up == {}, what="the notification to be taken back")
    add_dead(world, instance_id)
    wait_for(lambda: len(notifications.shown) == 2, what="another one")


def test_without_a_notification_service_it_is_told_all_the_same(world):
    instance_id = add_dead(world)
    wait_for_status(world, instance_id, "needs-sign-in")
    told = ("/org/claviger/Auth1", "InstanceChanged", (instance_id, "needs-sign-in"))
    wait_for(lambda: told in world.caller.signals, what="the signal")


# A wrong client.


def test_a_wrong_client_keeps_the_grant_and_is_cured_by_the_right_one(world):
    world.caller.set_client("Confluence", world.client_id, client_secret="wrong")
    instance_id = add_due(world)
    wait_for(lambda: "last-error" in world.caller.instance(instance_id), what="its failure")
    instance = world.caller.instance(instance_id)
    assert "access_denied" in instance["last-error"]
    assert instance["status"] not in ("needs-sign-in", "signed-out")
    stays(lambda: len(world.refreshes()) == 1, 2, "it is not asked again and again")

    secret = world.client_secret + "\n"
    world.cli("client", "add", "Confluence", world.client_id, stdin=secret)
    instance = wait_for_serial(world, instance_id, 2)
    assert instance["status"] == "active"
    assert len(world.refreshes()) == 2
    assert_grant_works(world, instance_id)


# The keyring, seen from outside.


def test_what_another_program_deletes_is_noticed(world, signed_in):
    """As `secret-tool clear` does, while the daemon runs."""
    other = world.sign_in(world.caller.create_instance("grace"))
    world.caller.signals.clear()
    world.keyring.delete_items(signed_in)
    wait_for_status(world, signed_in, "signed-out")
    assert error_of(world.caller.get_access_token, signed_in) == "NotSignedIn"
    told = ("/org/claviger/Auth1", "InstanceChanged", (signed_in, "signed-out"))
    wait_for(lambda: told in world.caller.signals, what="the signal")
    assert world.caller.instance(other)["status"] == "active"
    assert world.caller.get_access_token(other)
    world.sign_in(signed_in)


def test_writing_the_keyring_oneself_is_no_news(world, signed_in):
    world.caller.signals.clear()
    for _ in range(3):
        world.caller.get_access_token(signed_in, force_refresh=True)
    stays(lambda: world.caller.instance(signed_in)["status"] == "active", 1)
    assert {member for _, member, _ in world.caller.signals} <= {"InstanceChanged"}
    assert {arguments[1] for _, _, arguments in world.caller.signals} <= {"active"}


def test_the_keyrings_state_is_told(world, signed_in):
    caller = world.caller

    def told():
        return [
            arguments[1]["KeyringState"]
            for _, member, arguments in caller.signals
            if member == "PropertiesChanged" and "KeyringState" in arguments[1]
        ]

    wait_for(lambda: caller.get("KeyringState") == "unlocked")
    caller.signals.clear()
    world.keyring.lock()
    wait_for(lambda: told() == ["locked"], what="locked")
    world.keyring.unlock()
    wait_for(lambda: told() == ["locked", "unlocked"], what="unlocked")
    world.keyring.kill()
    wait_for(lambda: told()[-1] == "unavailable", what="unavailable")
    world.keyring.start()
    wait_for(lambda: told() == ["locked", "unlocked", "unavailable", "unlocked"], what="unlocked")
    wait_for_status(world, signed_in, "active")
