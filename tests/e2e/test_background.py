# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refreshing with nobody asking: in time, once, and not at all when nothing is due."""

import time
from pathlib import Path

import pytest

from e2e import network
from e2e.caller import auth_data, error_of
from e2e.due import add_due, make_grant, wait_for_serial, wait_for_status
from e2e.network import Network
from e2e.prompter import Prompter
from e2e.waiting import stays, wait_for

_HOUR = 3600


@pytest.fixture
def idle(world):
    """The refresh tokens of the server die of three seconds without use."""
    world.write_confluence(RefreshTokenIdleLifetime="3")
    world.daemon.restart()


# In time.


def test_a_token_is_refreshed_before_it_expires(world):
    world.standin.change(expires_in=20)
    instance_id = world.sign_in()
    world.standin.change(expires_in=_HOUR)
    before = world.caller.instance(instance_id)
    assert before["expires-at"] - 20 < before["next-refresh-at"] < before["expires-at"]

    after = wait_for_serial(world, instance_id, 2, 22)
    [request] = world.refreshes()
    assert abs(request["time"] - before["next-refresh-at"]) < 2
    assert request["time"] < before["expires-at"]
    assert after["status"] == "active"
    assert after["refreshed-at"] >= int(request["time"])
    assert after["next-refresh-at"] > time.time() + _HOUR / 2
    token, expires_at, serial = world.caller.get_access_token(instance_id)
    assert world.standin.is_active(token)
    assert (expires_at, serial) == (after["expires-at"], 2)
    assert len(world.refreshes()) == 1


def test_when_it_will_be_is_shown(world, signed_in):
    first = world.caller.instance(signed_in)
    assert time.time() + 60 < first["next-refresh-at"] < first["expires-at"]
    world.standin.change(expires_in=2 * _HOUR)
    world.caller.get_access_token(signed_in, force_refresh=True)
    second = world.caller.instance(signed_in)
    assert first["expires-at"] < second["next-refresh-at"] < second["expires-at"]
    assert "next-refresh-at" not in world.caller.instance(world.caller.create_instance("grace"))


def test_many_that_expire_together_are_not_due_together(world):
    expires_at = int(time.time()) + _HOUR
    for number in range(20):
        instance_id = world.caller.create_instance(f"user{number}")
        values = auth_data(access_token="a", refresh_token=f"r{number}", expires_at=expires_at)
        world.caller.call("SetInstanceAuth", "(sa{sv})", (instance_id, values))
    due = {instance["next-refresh-at"] for instance in world.caller.list_instances()}
    assert len(due) > 10
    assert max(due) - min(due) > 60
    assert time.time() < min(due) and max(due) < expires_at


def test_what_came_due_while_the_daemon_was_away_is_refreshed_when_it_is_back(world, idle):
    instance_id = world.sign_in()
    due = world.caller.instance(instance_id)["next-refresh-at"]
    world.daemon.stop()
    wait_for(lambda: time.time() > due, what="the refresh to be due")
    assert world.refreshes() == []
    world.daemon.start()
    assert wait_for_serial(world, instance_id, 2)["status"] == "active"


def test_the_date_survives_a_restart(world, signed_in):
    due = world.caller.instance(signed_in)["next-refresh-at"]
    world.daemon.restart()
    wait_for_status(world, signed_in, "active")
    assert world.caller.instance(signed_in)["next-refresh-at"] == due


def test_a_refresh_token_is_used_before_it_dies_of_idleness(world, idle):
    """The access token is good for an hour, and nobody wants it."""
    instance_id = world.sign_in()
    signed_in_at = time.time()
    wait_for_serial(world, instance_id, 2)
    [request, *_] = world.refreshes()
    # Not at once, and in time; dates are whole seconds.
    assert signed_in_at + 0.5 < request["time"] < signed_in_at + 3
    # And so does the next one, which is another.
    wait_for_serial(world, instance_id, 3)
    used = [request["body"]["refresh_token"] for request in world.refreshes()]
    assert len(set(used)) == len(used) >= 2


def test_an_answer_that_was_lost_with_the_daemon_is_asked_for_again_at_once(world, signed_in):
    """With the old token, which the server still takes for a while."""
    world.standin.fault("token", delay_answer=0.5)
    world.new_caller().begin_refresh(signed_in)
    rotated = world.standin.grants
    wait_for(lambda: len(rotated()[0]["refresh_tokens"]) == 2, what="the rotation")
    world.daemon.kill()
    world.daemon.start()
    wait_for(lambda: len(world.refreshes()) == 2, 5, "the second request, which nobody asked for")
    first, second = world.refreshes()
    assert first["body"] == second["body"]
    wait_for_serial(world, signed_in, 2)
    assert world.standin.is_active(world.caller.get_access_token(signed_in)[0])


# Only then.


def switches(pid):
    """How often the daemon's loop and that of its bus connection were woken."""
    found = {}
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines())
        # GLib's pool threads come and go by themselves.
        if int(status.parent.name) == pid or fields["Name"].strip() == "gdbus":
            found[fields["Name"].strip()] = int(fields["voluntary_ctxt_switches"])
    return found


def is_quiet(pid, seconds=1):
    before = switches(pid)
    end = time.monotonic() + seconds
    wait_for(lambda: time.monotonic() > end, what="a moment")
    return switches(pid) == before


def test_with_nothing_due_nothing_is_asked_and_nothing_wakes(world, signed_in):
    world.daemon.restart(G_MESSAGES_DEBUG="")
    world.caller.get_access_token(signed_in)
    world.standin.clear_requests()
    pid = world.daemon.pid
    wait_for(lambda: is_quiet(pid), 15, "the daemon to rest")
    assert is_quiet(pid, 2)
    assert world.standin.requests() == []


def test_what_nobody_can_refresh_is_left_alone(world):
    instance_id = world.caller.create_instance()
    expires_at = int(time.time()) + 1
    values = auth_data(access_token="of somebody else", expires_at=expires_at)
    world.caller.call("SetInstanceAuth", "(sa{sv})", (instance_id, values))
    assert "next-refresh-at" not in world.caller.instance(instance_id)
    wait_for(lambda: time.time() > expires_at + 1, what="the token to expire")
    assert error_of(world.caller.get_access_token, instance_id) == "NeedsSignIn"
    assert world.refreshes() == []


def test_signing_out_ends_it(world, idle):
    instance_id = world.sign_in()
    assert "next-refresh-at" in world.caller.instance(instance_id)
    world.caller.call("DeleteInstanceAuth", "(sa{sv})", (instance_id, {}))
    assert "next-refresh-at" not in world.caller.instance(instance_id)
    stays(lambda: world.refreshes() == [], 3.5, "nothing is asked")


# Together with callers.


def test_callers_join_a_refresh_that_nobody_asked_for(world):
    world.standin.fault("token", delay=1)
    instance_id = add_due(world)
    wait_for(world.refreshes, what="the refresh to be on the wire")
    callers = [world.new_caller() for _ in range(50)]
    calls = [caller.begin_refresh(instance_id) for caller in callers]
    stays(lambda: not any(call.is_done for call in calls), 0.2)
    assert len({call.result() for call in calls}) == 1
    assert len(world.refreshes()) == 1


def test_callers_that_come_first_are_joined_by_it(world):
    world.standin.fault("token", delay=0.5, times=None)
    grants = [make_grant(world) for _ in range(3)]
    due = [add_due(world, grant, f"user{n}") for n, grant in enumerate(grants)]
    calls = [world.caller.begin_refresh(instance_id) for instance_id in due]
    assert all(world.standin.is_active(call.result()[0]) for call in calls)
    stays(lambda: len(world.refreshes()) == 3, 0.7, "one refresh each")


def test_the_old_token_serves_while_a_refresh_is_on_its_way(world):
    world.standin.fault("token", delay=0.8)
    instance_id = add_due(world, age=-30)
    forced = world.new_caller().begin_refresh(instance_id)
    wait_for(world.refreshes, what="the refresh to be on the wire")
    assert world.caller.get_access_token(instance_id, min_validity=0)[2] == 1
    assert not forced.is_done
    assert forced.result()[2] == 2


# The keyring.


def test_while_it_is_locked_nothing_is_asked_and_nobody_is_prompted(world, idle):
    prompter = Prompter(world.bus)
    instance_id = world.sign_in()
    world.keyring.lock()
    wait_for_status(world, instance_id, "keyring-locked")
    assert "next-refresh-at" not in world.caller.instance(instance_id)
    stays(lambda: world.refreshes() == [], 3, "nothing is asked")
    assert prompter.shown == 0

    world.keyring.unlock()
    assert wait_for_serial(world, instance_id, 2)["status"] == "active"
    prompter.close()


# The network.


@pytest.fixture
def hint(world):
    """The network as the desktop sees it; the daemon listens to it."""
    hint = Network(world.bus)
    world.daemon.restart(**network.ENVIRONMENT)
    yield hint
    hint.close()


@pytest.mark.parametrize("way", [Network.go, Network.be_captive], ids=lambda way: way.__name__)
def test_without_a_network_nothing_is_asked_until_there_is_one(world, idle, hint, way):
    instance_id = world.sign_in()
    way(hint)
    stays(lambda: world.refreshes() == [], 3.5, "nothing is asked")
    assert world.caller.instance(instance_id)["status"] == "active"
    hint.come()
    wait_for_serial(world, instance_id, 2)


def test_it_is_no_more_than_a_hint(world, hint):
    """A monitor may be wrong: what callers would miss is worth a try, and so is a caller's call."""
    instance_id = world.sign_in()
    hint.go()
    assert world.standin.is_active(world.caller.begin_refresh(instance_id).result()[0])
    due = add_due(world, user_id="grace")
    assert wait_for_serial(world, due, 2)["status"] == "active"


def test_when_it_comes_back_what_failed_is_tried_at_once(world, hint):
    world.standin.fault("token", status=429)
    instance_id = add_due(world)
    wait_for_status(world, instance_id, "unreachable")
    hint.go()
    stays(lambda: len(world.refreshes()) == 1, 0.5, "nothing is asked")
    hint.come()
    assert wait_for_serial(world, instance_id, 2)["status"] == "active"
    assert len(world.refreshes()) == 2
