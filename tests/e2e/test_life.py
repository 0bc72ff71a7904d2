# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon comes, goes, and is killed: at no moment of a sign-in or a refresh does it harm."""

import os
import signal

import pytest

from e2e.bus import SessionBus
from e2e.caller import NAME, error_of
from e2e.program import Program
from e2e.redirect import is_open
from e2e.tree import Tree
from e2e.waiting import stays, wait_for


def assert_all_is_well(world, instance_id):
    """As it was before, or signed in; and whichever it is, a new sign-in works."""
    wait_for(lambda: world.caller.instance(instance_id)["status"] != "keyring-locked")
    status = world.caller.instance(instance_id)["status"]
    assert status in ("signed-out", "active")
    if status == "active":
        token = world.caller.get_access_token(instance_id)
        assert world.standin.is_active(token[0])
        assert world.caller.get_access_token(instance_id, force_refresh=True)[0] != token[0]
    else:
        assert error_of(world.caller.get_access_token, instance_id) == "NotSignedIn"
    world.sign_in(instance_id)
    assert world.caller.instance(instance_id)["status"] == "active"
    assert len(world.caller.list_instances()) == 1


def kill_and_start(world):
    world.daemon.kill()
    assert not is_open(world.redirect_uri)
    world.daemon.start()


# Killed during a sign-in.


def test_killed_before_the_consent(world):
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id)
    world.person.open(authorization.url)
    kill_and_start(world)
    assert world.caller.instance(instance_id)["status"] == "signed-out"
    assert error_of(authorization.get, "Phase")
    assert_all_is_well(world, instance_id)


def test_killed_between_the_request_for_the_token_and_its_answer(world):
    world.standin.fault("token", delay_answer=0.6)
    instance_id = world.caller.create_instance()
    tab = world.open_tab(world.caller.authorize(instance_id).url)
    wait_for(lambda: world.standin.grants(), what="the server to have given a grant")
    kill_and_start(world)
    tab.end()
    assert world.caller.instance(instance_id)["status"] == "signed-out"
    assert_all_is_well(world, instance_id)


def test_killed_while_the_sites_are_read(world):
    world.standin.fault("accessible-resources", delay=0.6)
    instance_id = world.caller.create_instance()
    tab = world.open_tab(world.caller.authorize(instance_id).url)
    wait_for(lambda: world.standin.requests("accessible-resources"))
    kill_and_start(world)
    tab.end()
    assert_all_is_well(world, instance_id)


@pytest.mark.parametrize("milliseconds", [0, 2, 5, 10, 20, 40])
def test_killed_around_the_storing(world, milliseconds):
    """Whatever is in the keyring then: nothing, an item with an empty secret, or all of it."""
    world.standin.fault("accessible-resources", delay=0.1)
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id)
    tab = world.open_tab(authorization.url)
    wait_for(lambda: authorization.has_been("storing"), what="the storing to begin")
    stays(lambda: True, milliseconds / 1000)
    was_told = authorization.completed() is not None
    kill_and_start(world)
    tab.end()
    if was_told:
        world.caller.get_access_token(instance_id)
    assert_all_is_well(world, instance_id)


def test_a_second_sign_in_that_is_killed_leaves_the_first_in_use(world, signed_in):
    token = world.caller.get_access_token(signed_in)
    world.standin.fault("token", delay=0.6)
    tab = world.open_tab(world.caller.authorize(signed_in).url)
    wait_for(lambda: len(world.standin.requests("token")) == 2)
    kill_and_start(world)
    tab.end()
    assert world.caller.get_access_token(signed_in) == token
    assert_all_is_well(world, signed_in)


# Killed during a refresh.


def test_killed_before_the_server_has_rotated(world, signed_in):
    world.standin.fault("token", delay=0.6, drop="before")
    world.caller.begin_refresh(signed_in)
    wait_for(lambda: len(world.standin.requests("token")) == 2)
    kill_and_start(world)
    assert_all_is_well(world, signed_in)


def test_killed_after_the_server_has_rotated_the_window_saves_it(world, signed_in):
    """What was lost with the daemon can be had again with the old token, for ten minutes."""
    world.standin.fault("token", delay_answer=0.6)
    world.caller.begin_refresh(signed_in)
    wait_for(lambda: len(world.standin.grants()[0]["refresh_tokens"]) == 2)
    kill_and_start(world)
    world.caller.get_access_token(signed_in, force_refresh=True)
    [grant] = world.standin.grants()
    assert grant["alive"]
    assert_all_is_well(world, signed_in)


# Told to stop.


def test_a_sign_in_that_waits_ends_as_cancelled(world):
    authorization = world.caller.authorize(world.caller.create_instance())
    world.daemon.stop()
    outcome, details = authorization.wait()
    assert (outcome, details["error"]) == ("cancelled", "org.claviger.Auth1.Error.Cancelled")


def test_the_client_that_waits_is_told_so(world):
    login = world.start_cli("login", "Confluence", "--no-browser")
    login.address()
    world.daemon.stop()
    assert login.wait() in (7, 9)


def test_a_client_whose_daemon_is_killed_says_that_it_is_gone(world):
    login = world.start_cli("login", "Confluence", "--no-browser")
    login.address()
    world.daemon.kill()
    assert login.wait() == 9
    assert "went away" in login.stderr


def test_an_exchange_is_finished_and_stored(world):
    world.standin.fault("token", delay=0.6)
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id)
    tab = world.open_tab(authorization.url)
    wait_for(lambda: authorization.phase == "exchanging")
    world.daemon.stop()
    assert authorization.wait()[0] == "authorized"
    tab.end()
    world.daemon.start()
    assert world.standin.is_active(world.caller.get_access_token(instance_id)[0])


def test_a_refresh_is_finished_answered_and_stored(world, signed_in):
    world.standin.change(reuse_window=0)
    world.standin.fault("token", delay=0.6)
    call = world.caller.begin_refresh(signed_in)
    wait_for(lambda: len(world.standin.requests("token")) == 2)
    world.daemon.stop()
    token = call.result()
    world.daemon.start()
    assert world.caller.get_access_token(signed_in) == token
    world.caller.get_access_token(signed_in, force_refresh=True)


def test_sigint_is_as_good(world):
    os.kill(world.daemon.pid, signal.SIGINT)
    assert world.daemon.wait() == 0


# Coming.


def test_a_second_one_ends_and_the_first_is_unharmed(world, signed_in):
    log = world.tree.log / "second.log"
    second = Program(world.daemon.command(), world.environment, log)
    assert second.wait() == 1
    assert "another clavigerd" in log.read_text()
    assert len(log.read_text().splitlines()) == 1
    assert world.caller.get_access_token(signed_in)
    assert world.bus.process_of(NAME) == world.daemon.pid


def test_one_of_another_home_on_the_same_bus_ends(world, signed_in):
    """No lock tells it, only the name; by then it has looked at the keyring."""
    log = world.tree.log / "second.log"
    environment = world.environment | {"XDG_STATE_HOME": str(world.tree.make("another-state"))}
    second = Program(world.daemon.command(), environment, log)
    assert second.wait() == 1
    assert "another clavigerd" in log.read_text()
    assert world.caller.get_access_token(signed_in)
    assert world.bus.process_of(NAME) == world.daemon.pid


def test_one_on_another_bus_in_the_same_home_ends(world, signed_in):
    tree = Tree()
    bus = SessionBus(tree, tree.environment())
    environment = world.environment | {"DBUS_SESSION_BUS_ADDRESS": bus.address}
    log = tree.log / "second.log"
    try:
        assert Program(world.daemon.command(), environment, log).wait() == 1
        assert "another clavigerd" in log.read_text()
        assert len(log.read_text().splitlines()) == 1
        assert not bus.has_owner(NAME)
        assert world.caller.get_access_token(signed_in)

        world.daemon.kill()  # a crash frees the home
        third = Program(world.daemon.command(), environment, log)
        bus.wait_for_name(NAME)
        with pytest.raises(AssertionError):
            world.daemon.start()
        assert third.terminate() == 0
        world.daemon.start()  # and so does an end
    finally:
        bus.stop()
        tree.remove()


def test_a_home_that_nothing_can_be_written_to_is_served(empty_world):
    empty_world.keyring.start()
    empty_world.daemon.start(G_DEBUG="", XDG_STATE_HOME="/proc")
    wait_for(lambda: empty_world.caller.get("KeyringState") == "unlocked")
    assert empty_world.daemon.log.count("would not be noticed") == 1
    assert empty_world.caller.list_instances() == []


def test_without_a_bus_it_says_so(empty_world):
    log = empty_world.tree.log / "busless.log"
    environment = empty_world.environment | {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
    assert Program(empty_world.daemon.command(), environment, log).wait() == 1
    assert "session bus" in log.read_text()


def test_a_call_starts_it(world, signed_in):
    token = world.caller.get_access_token(signed_in)
    world.daemon.stop()
    assert error_of(world.caller.list_instances) == "org.freedesktop.DBus.Error.ServiceUnknown"
    world.bus.make_activatable(NAME, world.daemon.command())
    assert world.caller.get_access_token(signed_in) == token


def test_the_client_starts_it(world, signed_in):
    world.daemon.stop()
    assert world.cli("token", signed_in, check=False).returncode == 9
    world.bus.make_activatable(NAME, world.daemon.command())
    assert world.standin.is_active(world.cli("token", signed_in).stdout.strip())


def test_a_bus_that_goes_away_ends_it(world):
    world.bus.kill()
    assert world.daemon.wait() == 1
    assert "The session bus is gone" in world.daemon.log


def test_records_that_were_spoilt_are_warned_about_and_the_rest_is_served(world, signed_in):
    world.daemon.stop()
    [record] = [path for path in world.tree.files() if path.name == signed_in]
    (record.parent / "00000000-0000-4000-8000-000000000000").write_text("not a record")
    world.daemon.start(G_DEBUG="")
    assert world.caller.get_access_token(signed_in)
    assert "00000000-0000-4000-8000-000000000000" in world.daemon.log


def test_lost_records_are_written_anew_from_the_keyring(world, signed_in):
    token = world.caller.get_access_token(signed_in)
    world.daemon.stop()
    [record] = [path for path in world.tree.files() if path.name == signed_in]
    record.unlink()
    world.daemon.start()
    wait_for(lambda: world.caller.instance(signed_in) is not None, what="the instance")
    assert world.caller.get_access_token(signed_in) == token


def test_its_files_are_for_the_person_alone(world, signed_in):
    world.daemon.stop()
    files = [path for path in world.tree.files() if path.is_relative_to(world.tree.state)]
    assert files
    for path in files:
        assert path.stat().st_mode & 0o077 == 0, path
        assert path.parent.stat().st_mode & 0o077 == 0, path.parent
