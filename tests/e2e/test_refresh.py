# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refreshing, against a server that has good and bad days. What is in the keyring survives all."""

import re
import time

import pytest

from e2e.caller import error_of, refusal_of
from e2e.ports import free_port
from e2e.waiting import stays, wait_for
from standin.application import Application


def refresh(world, instance_id):
    return world.caller.get_access_token(instance_id, force_refresh=True)


@pytest.fixture
def stale(world):
    """The id of an instance whose token is too old for callers, and not yet due by itself."""
    world.standin.change(expires_in=10)
    instance_id = world.sign_in()
    expires_at = world.caller.instance(instance_id)["expires-at"]
    # Of one that lives so shortly a caller wants nine tenths, in whole seconds.
    wait_for(lambda: time.time() >= expires_at - 8, what="the token to age")
    world.standin.change(expires_in=3600)
    return instance_id


# A good day.


def test_a_token_that_is_good_for_long_enough_costs_no_request(world, signed_in):
    world.standin.clear_requests()
    tokens = {world.caller.get_access_token(signed_in) for _ in range(20)}
    assert len(tokens) == 1
    assert world.standin.requests() == []


def test_one_that_is_not_is_refreshed_first(world, stale):
    token, expires_at, serial = world.caller.get_access_token(stale)
    assert (serial, len(world.refreshes())) == (2, 1)
    assert world.standin.is_active(token)
    assert expires_at > time.time() + 3500
    assert world.caller.get_access_token(stale, min_validity=3000)[0] == token
    assert len(world.refreshes()) == 1


def test_the_request_is_what_atlassian_wants(world, signed_in):
    old = world.caller.get_instance_auth(signed_in)["refresh_token"]
    refresh(world, signed_in)
    [request] = world.refreshes()
    assert request["headers"]["Content-Type"] == "application/json"
    assert request["body"] == {
        "grant_type": "refresh_token",
        "client_id": world.client_id,
        "client_secret": world.client_secret,
        "refresh_token": old,
    }


def test_callers_of_one_refresh_share_it(world, signed_in):
    world.standin.fault("token", delay=0.4)
    callers = [world.caller, *(world.new_caller() for _ in range(4))]
    calls = [caller.begin_refresh(signed_in) for caller in callers for _ in range(5)]
    stays(lambda: not any(call.is_done for call in calls), 0.2)
    assert len({call.result() for call in calls}) == 1
    assert len(world.refreshes()) == 1


def test_a_caller_that_leaves_takes_nothing_from_the_others(world, signed_in):
    world.standin.fault("token", delay=0.4)
    leaver = world.new_caller()
    leaver.begin_refresh(signed_in)
    mine = world.caller.begin_refresh(signed_in)
    wait_for(lambda: world.refreshes())
    leaver.close()
    assert world.standin.is_active(mine.result()[0])
    assert len(world.refreshes()) == 1


def test_the_cached_token_of_another_instance_does_not_wait(world, signed_in):
    other = world.sign_in(world.caller.create_instance("grace"))
    world.standin.fault("token", delay=0.5)
    slow = world.caller.begin_refresh(signed_in)
    wait_for(lambda: world.refreshes())
    assert world.caller.get_access_token(other)
    assert not slow.is_done
    slow.result()


def test_a_rejected_token_is_refreshed_once(world, signed_in):
    """Two programs were told 401 with the same token."""
    _, _, serial = world.caller.get_access_token(signed_in)
    first = world.caller.get_access_token(signed_in, rejected_serial=serial)
    second = world.caller.get_access_token(signed_in, rejected_serial=serial)
    assert first == second
    assert len(world.refreshes()) == 1


def test_rotation_is_followed_for_many_turns(world, signed_in):
    world.standin.change(reuse_window=0)
    used = [world.caller.get_instance_auth(signed_in)["refresh_token"]]
    for _ in range(5):
        refresh(world, signed_in)
        used.append(world.caller.get_instance_auth(signed_in)["refresh_token"])
    world.daemon.restart()
    refresh(world, signed_in)
    assert len(set(used)) == 6
    assert [r["body"]["refresh_token"] for r in world.refreshes()] == used


def test_an_answer_without_a_refresh_token_keeps_the_old_one(world, signed_in):
    before = world.caller.get_instance_auth(signed_in)
    world.standin.fault("token", rotate=False)
    refresh(world, signed_in)
    after = world.caller.get_instance_auth(signed_in)
    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] == before["refresh_token"]
    refresh(world, signed_in)


def test_a_refresh_keeps_what_the_sign_in_learned(world, signed_in):
    before = world.caller.get_instance_auth(signed_in)
    refresh(world, signed_in)
    after = world.caller.get_instance_auth(signed_in)
    for name in ("accessible_resources", "selected_cloud_id", "site_url", "account", "scope"):
        assert after[name] == before[name]


def test_without_expires_in_the_catalogue_knows(world, signed_in):
    world.standin.fault("token", omit=["expires_in"])
    refresh(world, signed_in)
    assert 3500 < world.caller.get_instance_auth(signed_in)["expires_in"] <= 3600


# A bad day: the credentials are kept, and the next call works.


_BAD_DAYS = {
    "500": {"status": 500},
    "503": {"status": 503},
    "429": {"status": 429},
    "a captive portal": {"html": True},
    "half an answer": {"truncate": True},
    "a huge answer": {"pad": 30_000_000},
    "no access token": {"omit": ["access_token"]},
    "another type": {"members": {"access_token": 7}},
    "no JSON": {"status": 200, "body": "ok", "content_type": "application/json"},
    "a list": {"status": 200, "body": "[]", "content_type": "application/json"},
    "lost on the way there": {"drop": "before"},
    "lost on the way back": {"drop": "after"},
    "403 of a proxy": {"status": 403, "body": "<html>", "content_type": "text/html"},
}


@pytest.mark.parametrize("fault", _BAD_DAYS.values(), ids=_BAD_DAYS)
def test_a_bad_day_passes(world, signed_in, fault):
    world.standin.fault("token", times=None, **fault)
    refusal = refusal_of(refresh, world, signed_in)
    assert refusal.name == "TryLater"
    instance = world.caller.instance(signed_in)
    assert instance["status"] == "unreachable"
    assert instance["last-error"]
    assert len(world.refreshes()) <= 3

    world.standin.clear_faults()
    token = refresh(world, signed_in)
    assert world.standin.is_active(token[0])
    assert world.caller.instance(signed_in)["status"] == "active"
    assert "last-error" not in world.caller.instance(signed_in)
    [grant] = world.standin.grants()
    assert grant["alive"]


def test_the_old_token_serves_while_the_server_is_down(world, signed_in):
    token = world.caller.get_access_token(signed_in)
    world.standin.fault("token", status=503, times=None)
    assert error_of(refresh, world, signed_in) == "TryLater"
    assert world.caller.get_access_token(signed_in) == token


def test_a_server_that_is_gone_is_try_later(world, signed_in):
    world.write_confluence(TokenEndpoint=f"http://127.0.0.1:{free_port()}/token")
    world.daemon.restart()
    assert error_of(refresh, world, signed_in) == "TryLater"
    assert world.caller.get_access_token(signed_in)


def test_retry_after_is_said_and_kept(world, stale):
    world.standin.fault("token", status=429, retry_after=2)
    assert error_of(world.caller.get_access_token, stale) == "TryLater"
    again = refusal_of(world.caller.get_access_token, stale)
    assert again.name == "TryLater"
    assert re.search(r"\b[12] seconds", again.message)
    assert len(world.refreshes()) == 1

    end = time.time() + 2
    wait_for(lambda: time.time() > end, what="the time to be over")
    world.caller.get_access_token(stale)
    assert len(world.refreshes()) == 2


def test_a_slow_server_does_not_lose_the_answer(world, signed_in):
    world.standin.fault("token", delay_answer=1.5)
    token = refresh(world, signed_in)
    assert world.standin.is_active(token[0])


# A wrong client is no dead grant.


def test_a_wrong_client_secret_is_refused_and_the_credentials_are_kept(world, signed_in):
    world.caller.set_client("Confluence", world.client_id, client_secret="wrong")
    refusal = refusal_of(refresh, world, signed_in)
    assert refusal.name == "Refused"
    assert "access_denied" in refusal.message
    assert world.caller.get_instance_auth(signed_in)["refresh_token"]
    assert world.caller.instance(signed_in)["status"] != "needs-sign-in"

    world.caller.set_client("Confluence", world.client_id, client_secret=world.client_secret)
    refresh(world, signed_in)
    assert world.caller.instance(signed_in)["status"] == "active"


def test_a_client_that_is_in_use_stays(world, signed_in):
    refusal = refusal_of(world.caller.call, "DeleteClient", "(ss)", ("Confluence", world.client_id))
    assert refusal.name == "Failed"
    assert signed_in in refusal.message
    refresh(world, signed_in)


def test_a_client_whose_record_is_lost_is_said(world, signed_in):
    world.daemon.stop()
    for record in (world.tree.state / "claviger" / "clients").iterdir():
        record.unlink()
    world.daemon.start()
    assert error_of(refresh, world, signed_in) == "NoClient"
    world.add_client()
    refresh(world, signed_in)


# A dead grant.


@pytest.mark.parametrize(
    "wording", ["unauthorized_client", "invalid_grant", "expired_or_revoked", "invalid_request"]
)
def test_a_dead_grant_is_said_once_and_not_asked_again(world, signed_in, wording):
    world.standin.change(dead_grant=wording)
    [grant] = world.standin.grants()
    world.standin.end_grant(grant["id"])

    assert error_of(refresh, world, signed_in) == "NeedsSignIn"
    assert world.caller.instance(signed_in)["status"] == "needs-sign-in"
    for _ in range(3):
        assert error_of(refresh, world, signed_in) == "NeedsSignIn"
        assert error_of(world.caller.get_access_token, signed_in) == "NeedsSignIn"
    world.daemon.restart()
    assert world.caller.instance(signed_in)["status"] == "needs-sign-in"
    assert error_of(refresh, world, signed_in) == "NeedsSignIn"
    assert error_of(world.caller.get_instance_auth, signed_in) == "NeedsSignIn"
    assert len(world.refreshes()) == 1

    world.sign_in(signed_in)
    assert world.caller.instance(signed_in)["status"] == "active"
    refresh(world, signed_in)


def test_a_dead_grant_of_one_is_not_that_of_another(world, signed_in):
    other = world.sign_in(world.caller.create_instance("grace"))
    grants = world.standin.grants()
    world.standin.end_grant(grants[0]["id"])
    assert error_of(refresh, world, signed_in) == "NeedsSignIn"
    refresh(world, other)
    assert world.caller.instance(other)["status"] == "active"


def test_a_refresh_token_that_was_used_elsewhere_kills_the_family(world, signed_in):
    """A copied home directory: past the reuse window the server ends the grant."""
    stolen = world.caller.get_instance_auth(signed_in)["refresh_token"]
    refresh(world, signed_in)
    world.standin.advance(601)
    elsewhere = Application(
        world.standin, world.redirect_uri, world.client_id, world.client_secret
    )
    elsewhere.refresh(stolen)
    assert error_of(refresh, world, signed_in) == "NeedsSignIn"


# Signing out.


def test_signing_out_where_the_server_is_not_told_is_not_called_confirmed(world, signed_in):
    assert world.caller.call("DeleteInstanceAuth", "(sa{sv})", (signed_in, {})) == (False,)
    assert world.standin.requests("revoke") == []
    assert world.caller.instance(signed_in)["status"] == "signed-out"
    assert error_of(world.caller.get_access_token, signed_in) == "NotSignedIn"
