# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leaving a server: it is told, now or later, and nothing of it lies about meanwhile."""

import json

import pytest
from gi.repository import GLib

from e2e.caller import options
from e2e.waiting import stays, wait_for

_PAGE = "https://standin.example/connected-apps"


@pytest.fixture
def leavable(world):
    """The stand-in's revocation endpoint is in the provider file."""
    endpoints = world.standin.endpoints
    world.write_confluence(
        RevocationEndpoint=endpoints["token_endpoint"].replace("/token", "/revoke"),
        ManageUrl=_PAGE,
    )
    world.daemon.restart()
    return world


@pytest.fixture
def instance_id(leavable):
    return leavable.sign_in()


def revocations(world):
    return world.standin.requests("revoke")


def queued(world):
    """The items of the keyring that are about revocations."""
    return [item for item in world.keyring.items() if "revocation" in item["label"]]


def wait_until_told(world):
    def is_gone():
        try:
            return not queued(world)
        except GLib.Error:
            return False  # it went while it was read

    wait_for(is_gone, what="the item to be gone")


def delete(world, method, instance_id, **named):
    [revoked] = world.caller.call(method, "(sa{sv})", (instance_id, options(**named)))
    return revoked


def off_line(world):
    world.standin.fault("revoke", drop="before", times=None)


@pytest.mark.parametrize("method", ["DeleteInstanceAuth", "DeleteInstance"])
def test_both_tokens_are_dead(leavable, instance_id, method):
    token, _, _ = leavable.caller.get_access_token(instance_id)
    [grant] = leavable.standin.grants()
    assert delete(leavable, method, instance_id)
    assert not leavable.standin.is_active(token)
    assert not leavable.standin.is_alive(grant["id"])
    hints = [request["body"]["token_type_hint"] for request in revocations(leavable)]
    assert hints == ["refresh_token", "access_token"]
    wait_until_told(leavable)


def test_of_a_user(leavable, instance_id):
    [revoked] = leavable.caller.call(
        "DeleteUserAuth", "(ssa{sv})", ("ada", "Confluence", options())
    )
    assert revoked
    [grant] = leavable.standin.grants()
    assert not leavable.standin.is_alive(grant["id"])
    assert leavable.caller.instance(instance_id)["status"] == "signed-out"


def test_not_wanted(leavable, instance_id):
    assert not delete(leavable, "DeleteInstanceAuth", instance_id, revoke=False)
    stays(lambda: not revocations(leavable), 1)
    assert not queued(leavable)
    [grant] = leavable.standin.grants()
    assert leavable.standin.is_alive(grant["id"])


def test_refused_for_good_is_not_asked_again(leavable, instance_id):
    leavable.standin.fault("revoke", status=403, body='{"error": "access_denied"}', times=2)
    assert not delete(leavable, "DeleteInstanceAuth", instance_id)
    wait_until_told(leavable)
    assert len(revocations(leavable)) == 2
    assert _PAGE in leavable.daemon.log


def test_a_server_that_takes_its_time_is_not_waited_for(leavable, instance_id):
    leavable.standin.fault("revoke", delay=12)
    assert not delete(leavable, "DeleteInstanceAuth", instance_id)
    [grant] = leavable.standin.grants()
    wait_for(lambda: not leavable.standin.is_alive(grant["id"]), 15, what="the grant to end")
    wait_until_told(leavable)


def test_off_line_it_is_queued_and_survives_a_kill(leavable, instance_id):
    [grant] = leavable.standin.grants()
    off_line(leavable)
    assert not delete(leavable, "DeleteInstance", instance_id)
    [item] = queued(leavable)
    assert item["label"] == "Claviger: revocation for Confluence"
    # What says nothing is all that lies on the disk in the clear.
    assert "Confluence" not in " ".join(item["attributes"].values())
    leavable.daemon.kill()
    assert not leavable.files_with(leavable.secrets())
    assert leavable.standin.is_alive(grant["id"])

    leavable.standin.clear_faults()
    leavable.daemon.start()
    wait_for(lambda: not leavable.standin.is_alive(grant["id"]), what="the grant to end")
    wait_until_told(leavable)
    assert leavable.caller.list_instances() == []


def test_the_next_unlock(leavable, instance_id):
    [grant] = leavable.standin.grants()
    off_line(leavable)
    assert not delete(leavable, "DeleteInstanceAuth", instance_id)
    leavable.keyring.lock()
    wait_for(lambda: leavable.caller.get("KeyringState") == "locked", what="it to be noticed")
    leavable.standin.clear_faults()
    leavable.keyring.unlock()
    wait_for(lambda: not leavable.standin.is_alive(grant["id"]), what="the grant to end")
    wait_until_told(leavable)


def test_the_client(leavable, instance_id):
    done = leavable.cli("logout", instance_id)
    assert done.stdout == "" and "server has confirmed" in done.stderr

    leavable.sign_in(instance_id)
    off_line(leavable)
    said = leavable.cli("logout", instance_id).stderr
    assert "has not confirmed yet" in said and "as soon as it can be" in said
    assert _PAGE in said
    assert not json.loads(leavable.cli("--json", "remove", instance_id, "--no-revoke").stdout)[
        "revoked"
    ]


def test_where_it_can_not_be_done(world, signed_in):
    world.write_confluence(ManageUrl=_PAGE)
    world.daemon.restart()
    said = world.cli("remove", signed_in).stderr
    assert "can't be told" in said and _PAGE in said
    assert not queued(world)
