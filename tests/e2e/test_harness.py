# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The harness itself, without the daemon: what other tests take for granted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from gi.repository import GLib

from demo.register_browser import register
from e2e import keyring
from e2e.caller import BusError, options
from e2e.ports import free_port
from e2e.program import Program
from e2e.waiting import stays, wait_for
from e2e.world import World
from standin.application import Application
from standin.client import StandIn
from standin.listener import Listener

_DEMO_BROWSER = Path(__file__).parents[1] / "demo" / "browser.py"


# The home.


def test_nothing_of_the_host_shows_through(empty_world):
    environment = empty_world.environment
    assert "DISPLAY" not in environment
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_DATA_DIRS"):
        directory = Path(environment[name])
        assert directory.is_relative_to(empty_world.tree.root)
        assert directory.stat().st_mode & 0o777 == 0o700


def test_the_catalogue_points_at_the_stand_in(empty_world):
    empty_world.start_standin()
    path = empty_world.tree.config / "claviger" / "providers" / "confluence.provider"
    key_file = GLib.KeyFile()
    key_file.load_from_file(str(path), GLib.KeyFileFlags.NONE)
    endpoints = empty_world.standin.endpoints
    assert key_file.get_string("OAuth2", "TokenEndpoint") == endpoints["token_endpoint"]
    assert key_file.get_string("OAuth2", "RedirectUri") == empty_world.redirect_uri
    assert key_file.get_string("Resources", "Endpoint") == endpoints["resources_endpoint"]


def test_a_leaked_secret_is_found(empty_world):
    empty_world.start_standin()
    leak = empty_world.tree.state / "leak"
    leak.write_text(f"token: {empty_world.standin.make_grant('claviger-e2e')['refresh_token']}")
    assert empty_world.files_with(empty_world.secrets()) == ["state/leak holds a secret"]
    leak.unlink()
    assert empty_world.files_with(empty_world.secrets()) == []


def test_ports_are_below_those_of_outgoing_connections():
    lowest_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert all(free_port() < lowest_outgoing for _ in range(50))


# Waiting.


def test_waiting_fails_by_its_deadline():
    with pytest.raises(AssertionError, match="waited 0.1 s for Godot"):
        wait_for(lambda: False, timeout=0.1, what="Godot")
    with pytest.raises(AssertionError, match="changed within"):
        stays(iter([True, True, False]).__next__, 5, "the weather")


def test_a_program_that_does_not_end_is_ended(empty_world):
    stubborn = ["/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"]
    log = empty_world.tree.log / "stubborn.log"
    program = Program(stubborn, empty_world.environment, log)
    wait_for(lambda: log.read_text() == "ready\n")
    with pytest.raises(AssertionError):
        program.terminate(timeout=0.2)
    assert program.status == -9


# The bus.


def test_nothing_can_be_activated_unless_a_test_asks(empty_world):
    with pytest.raises(BusError) as refusal:
        empty_world.caller.call("ListServers", "(a{sv})", ({},))
    assert refusal.value.name == "org.freedesktop.DBus.Error.ServiceUnknown"
    assert empty_world.bus.activatable_names() == ["org.freedesktop.DBus"]


def test_callers_are_different_programs(empty_world):
    first, second = empty_world.caller, empty_world.new_caller()
    assert empty_world.caller is first
    assert first.name != second.name
    second.close()
    wait_for(lambda: not empty_world.bus.has_owner(second.name))


def test_options_have_the_types_of_the_contract():
    made = options(min_validity=5, force_refresh=True, scope="read:me", rejected_serial=7)
    types = {name: value.get_type_string() for name, value in made.items()}
    assert types == {
        "min-validity": "u",
        "force-refresh": "b",
        "scope": "s",
        "rejected-serial": "t",
    }


# The daemon, played by an impostor.


@pytest.fixture
def impostor(monkeypatch):
    """Makes it the program under test, behaving as the test says."""

    def choose(manner):
        program = Path(__file__).with_name("impostor.py")
        monkeypatch.setenv("CLAVIGERD", f"{sys.executable} {program} {manner}")

    return choose


def test_a_daemon_that_is_well_passes(impostor):
    impostor("well")
    with World() as world:
        world.daemon.start()
        with pytest.raises(BusError) as refusal:
            world.caller.create_instance()
        assert refusal.value.name == "NotFound"
        world.daemon.restart()
        world.daemon.kill()
        world.daemon.start()
        world.daemon.stop()
        assert world.daemon.log.count("ready") == 3


@pytest.mark.parametrize(
    "manner, complaint", [("critical", "CRITICAL"), ("crash", "clavigerd ended with -11")]
)
def test_a_daemon_that_is_not_fails_its_test(impostor, manner, complaint):
    impostor(manner)
    with pytest.raises(AssertionError, match=complaint):
        with World() as world:
            world.daemon.start()


def test_a_daemon_that_does_not_come_up_is_said_at_once(impostor):
    impostor("absent")
    with pytest.raises(AssertionError, match="clavigerd ended with 1"):
        with World() as world:
            world.daemon.start()


# The keyring.


@pytest.fixture
def filled_keyring(empty_world):
    empty_world.keyring.start()
    empty_world.keyring.store("A key", {"door": "cellar"}, b"iron")
    return empty_world.keyring


def test_a_keyring_starts_unlocked_and_keeps_what_it_is_given(filled_keyring):
    assert not filled_keyring.is_locked()
    [item] = filled_keyring.items()
    assert (item["label"], item["secret"]) == ("A key", b"iron")
    assert item["attributes"]["door"] == "cellar"


def test_a_keyring_locks_and_unlocks_without_a_prompt(filled_keyring):
    filled_keyring.lock()
    with pytest.raises(GLib.Error, match="[Dd]enied"):
        filled_keyring.unlock("a wrong password")
    assert filled_keyring.is_locked()
    filled_keyring.unlock()
    assert not filled_keyring.is_locked()
    assert filled_keyring.items()[0]["secret"] == b"iron"


def test_a_killed_keyring_starts_cold_and_thaws(filled_keyring):
    filled_keyring.kill()
    filled_keyring.start_cold()
    assert filled_keyring.is_locked()
    filled_keyring.unlock()
    assert filled_keyring.items()[0]["secret"] == b"iron"


def test_a_killed_keyring_starts_unlocked_again(filled_keyring):
    filled_keyring.kill()
    filled_keyring.start()
    assert filled_keyring.items()[0]["secret"] == b"iron"


def test_a_keyring_can_be_activatable(empty_world):
    empty_world.keyring.make_activatable()
    assert not empty_world.bus.has_owner(keyring.NAME)
    subprocess.run(["secret-tool", "lookup", "a", "b"], env=empty_world.environment, timeout=20)
    assert empty_world.bus.has_owner(keyring.NAME)
    process = empty_world.bus.process_of(keyring.NAME)
    empty_world.keyring.kill()
    wait_for(lambda: not os.path.exists(f"/proc/{process}"), what="the keyring to be gone")


# The browsers.


@pytest.fixture
def listener():
    with Listener(port=free_port()) as listener:
        yield listener


@pytest.fixture
def standin(listener):
    client = f"my-app:s3cret:{listener.redirect_uri}"
    with StandIn.start(client=client, site=["acme", "beta"], log=os.devnull) as standin:
        yield standin


@pytest.fixture
def application(standin, listener):
    return Application(standin, listener.redirect_uri)


def test_a_click_in_chromium_ends_at_the_listener(empty_world, standin, application, listener):
    chromium = empty_world.start_chromium()
    standin.change(grant_level="resource")
    chromium.sign_in(application.authorize_url(), site="beta")
    response = listener.wait()
    assert response["state"] == application.state
    assert chromium.url.startswith(listener.redirect_uri)
    assert "You may close this page" in chromium.text
    assert application.exchange(response["code"])[0] == 200
    assert standin.grants()[0]["sites"] == ["beta"]


def test_deny_in_chromium_does_too(empty_world, application, listener):
    empty_world.start_chromium().sign_in(application.authorize_url(), button="deny")
    assert listener.wait()["error"] == "access_denied"


def test_a_captured_browser_knows_where_it_was_sent(empty_world):
    opened = empty_world.capture_browser()
    url = "http://127.0.0.1:1/authorize?a=b%20c&d='e'$(f)"
    subprocess.run(["gio", "open", url], env=empty_world.environment, check=True, timeout=20)
    assert wait_for(opened) == [url]


def test_the_demo_browser_accepts_and_leaves_pictures(empty_world, application, listener):
    """By way of GLib's default handler, as the daemon opens it."""
    pictures = {
        name: str(empty_world.tree.root / name)
        for name in ("DEMO_SCREENSHOT", "DEMO_CONSENT_SCREENSHOT")
    }
    register([sys.executable, _DEMO_BROWSER], empty_world.environment)
    subprocess.run(
        ["gio", "open", application.authorize_url()],
        env=empty_world.environment | pictures,
        check=True,
        timeout=20,
    )
    assert "code" in listener.wait(timeout=30)
    for path in pictures.values():
        wait_for(lambda: Path(path).exists() and Path(path).stat().st_size > 1000, 20, path)


# The server.


def test_the_stand_in_of_a_world_has_its_client(empty_world):
    empty_world.start_standin(expires_in=5)
    grant = empty_world.standin.make_grant(empty_world.client_id)
    assert grant["expires_in"] == 5
    assert json.dumps(empty_world.standin.grants())
