# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client with the real daemon: what each command prints where, and how it ends."""

import json
import os
import pty
import re
import signal
import subprocess

import pytest

from e2e.daemon import program_from
from e2e.waiting import wait_for

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def as_json(world, *arguments, **named):
    """The one JSON value that stdout is."""
    return json.loads(world.cli("--json", *arguments, **named).stdout)


# Signing in.


def test_login_prints_the_id_and_says_the_rest_on_stderr(world):
    login = world.start_cli("login", "Confluence", "--no-browser")
    world.person.sign_in(login.address())
    assert login.wait() == 0
    assert _UUID.fullmatch(login.stdout.strip())
    assert "Signed in to Confluence" in login.stderr
    [instance] = world.caller.list_instances()
    assert instance["user-id"]  # the login name


def test_login_as_json_is_the_instance(world):
    login = world.start_cli("--json", "login", "Confluence", "--no-browser", "--user", "grace")
    world.person.sign_in(login.address())
    assert login.wait() == 0
    instance = json.loads(login.stdout)
    assert instance["instance-id"] == world.caller.list_instances()[0]["instance-id"]
    assert (instance["status"], instance["user-id"]) == ("active", "grace")


def test_login_twice_is_the_same_instance(world):
    ids = set()
    for _ in range(2):
        login = world.start_cli("login", "Confluence", "--no-browser", "--label", "work")
        world.person.sign_in(login.address())
        assert login.wait() == 0
        ids.add(login.stdout)
    assert len(ids) == len(world.caller.list_instances()) == 1


def test_login_with_another_scope_asks_for_it(world):
    login = world.start_cli(
        "login", "Confluence", "--no-browser", "--scope", "read:page:confluence,read:me"
    )
    world.person.sign_in(login.address())
    assert login.wait() == 0
    asked = set(world.caller.get_instance_auth(login.stdout.strip())["scope"].split())
    assert asked == {"read:page:confluence", "read:me", "offline_access"}


def test_quiet_login_says_only_what_the_person_needs(world):
    opened = world.capture_browser()
    login = world.start_cli("--quiet", "login", "Confluence")
    world.person.sign_in(wait_for(opened)[0])
    assert login.wait() == 0
    assert login.stderr == ""
    assert _UUID.fullmatch(login.stdout.strip())


def test_a_terminal_shows_a_countdown(world):
    screen, terminal = pty.openpty()
    login = world.start_cli("login", "Confluence", "--no-browser", terminal=terminal)
    os.close(terminal)
    shown = b""
    while b" left " not in shown:
        shown += os.read(screen, 4096)
    assert re.search(rb"(9:5\d|10:00) left", shown)
    login.interrupt()
    assert login.wait() == 7
    os.close(screen)


def test_login_without_a_client_teaches_how_to_add_one(empty_world):
    empty_world.keyring.start()
    empty_world.start_standin()
    empty_world.daemon.start()
    done = empty_world.cli("login", "Confluence", "--no-browser", check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "claviger client add Confluence" in done.stderr
    assert empty_world.caller.list_instances() == []


# Handing out.


def test_token_is_one_line(world, signed_in):
    token = world.caller.get_access_token(signed_in)[0]
    done = world.cli("token", signed_in)
    assert (done.stdout, done.stderr) == (token + "\n", "")
    newer = world.cli("token", "confluence", "--force-refresh").stdout.strip()
    assert newer != token
    assert world.standin.is_active(newer)


def test_token_as_json(world, signed_in):
    token, expires_at, serial = world.caller.get_access_token(signed_in)
    assert as_json(world, "token", signed_in) == {
        "instance-id": signed_in,
        "access-token": token,
        "expires-at": expires_at,
        "serial": serial,
    }


def test_auth_as_json_has_the_shape_of_the_contract(world, signed_in):
    answer = as_json(world, "auth", signed_in)
    assert list(answer) == ["success", "authData", "error"]
    assert (answer["success"], answer["error"]) == (True, None)
    expected = world.caller.get_instance_auth(signed_in)
    expected.pop("expires_in"), answer["authData"].pop("expires_in")
    assert answer["authData"] == expected

    fresh = world.caller.create_instance("grace")
    done = world.cli("--json", "auth", fresh, check=False)
    answer = json.loads(done.stdout)
    assert done.returncode == 3
    assert list(answer) == ["success", "authData", "error"]
    assert answer["success"] is False and answer["authData"] is None
    assert "not signed in" in answer["error"]


def test_user_auth_as_json_has_the_shape_of_the_contract(world, signed_in):
    keys = ["success", "userId", "serverName", "authData", "isAuthenticated", "message"]
    answer = as_json(world, "user-auth", "ada", "confluence")
    assert list(answer) == keys
    assert (answer["success"], answer["isAuthenticated"]) == (True, True)
    assert (answer["userId"], answer["serverName"]) == ("ada", "Confluence")
    assert answer["authData"]["access_token"] == world.caller.get_access_token(signed_in)[0]

    done = world.cli("--json", "user-auth", "nobody", "Confluence", check=False)
    answer = json.loads(done.stdout)
    assert done.returncode == 3
    assert list(answer) == keys
    assert answer["isAuthenticated"] is False and answer["authData"] is None
    assert answer["message"]


def test_auth_in_plain_words(world, signed_in):
    lines = world.cli("auth", signed_in).stdout.splitlines()
    assert any(line.split() == ["site_url", "https://acme.atlassian.net"] for line in lines)
    assert lines == sorted(lines)


def test_refresh_prints_nothing_secret(world, signed_in):
    before = world.caller.get_access_token(signed_in)
    done = world.cli("refresh", signed_in)
    after = world.caller.get_access_token(signed_in)
    assert after[2] == before[2] + 1
    assert done.stdout == ""
    assert after[0] not in done.stderr
    assert as_json(world, "refresh", signed_in)["serial"] == before[2] + 2


def test_the_way_in_is_named_once_and_for_the_user(world):
    done = world.cli("user-auth", "ada l", "confluence", check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("claviger login") == 1
    assert "claviger login Confluence --user 'ada l'\n" in done.stderr


def test_a_client_keeps_the_secret_that_is_not_given_again(world, signed_in):
    [client] = as_json(world, "client", "list", "confluence")
    done = world.cli("client", "add", "Confluence", client["client-id"], "--default")
    assert "The secret stays as it was." in done.stderr
    assert as_json(world, "client", "list", "confluence") == [client]
    assert client["has-secret"] is True
    assert as_json(world, "refresh", signed_in)["serial"] == 2


# Looking.


def test_list_and_show(world, signed_in):
    [instance] = as_json(world, "list")
    assert instance == world.caller.instance(signed_in)
    assert as_json(world, "show", signed_in) == instance
    heading, row = world.cli("list").stdout.splitlines()
    assert heading.split()[:3] == ["INSTANCE", "SERVER", "USER"]
    assert row.split()[0] == signed_in[:8]
    assert "acme" in row and "active" in row
    assert "status" in world.cli("show", signed_in).stdout


def test_an_empty_list_is_no_data(world):
    done = world.cli("list")
    assert done.stdout == ""
    assert "claviger login" in done.stderr
    assert as_json(world, "list") == []


def test_servers(world):
    servers = as_json(world, "servers")
    confluence = next(server for server in servers if server["name"] == "Confluence")
    assert (confluence["slug"], confluence["kind"]) == ("confluence", "oauth2;basic")
    assert confluence["default-client"] is True
    assert confluence["scopes"] and confluence["documentation"].startswith("https://")
    assert "Jira" in world.cli("servers").stdout


def test_status(world, signed_in):
    status = as_json(world, "status")
    assert status["keyring-state"] == "unlocked"
    assert status["instances"]["active"] == 1
    assert status["problems"] == []
    assert re.match(r"\d+\.\d+", status["daemon-version"])

    [grant] = world.standin.grants()
    world.standin.end_grant(grant["id"])
    world.cli("refresh", signed_in, check=False)
    [problem] = as_json(world, "status")["problems"]
    assert (problem["instance-id"], problem["status"]) == (signed_in, "needs-sign-in")
    assert "needs-sign-in" in world.cli("status").stdout


def test_watch_tells_changes_until_it_is_stopped(world, signed_in):
    watch = world.start_cli("--json", "watch")
    wait_for(lambda: "Watching" in watch.stderr)
    [grant] = world.standin.grants()
    world.standin.end_grant(grant["id"])
    world.cli("refresh", signed_in, check=False)
    wait_for(lambda: watch.stdout.count("\n") == 1, what="a line")
    change = json.loads(watch.stdout)
    assert (change["instance-id"], change["status"]) == (signed_in, "needs-sign-in")

    world.daemon.restart()
    world.cli("remove", signed_in)
    wait_for(lambda: watch.stdout.count("\n") == 2, what="one more")
    assert json.loads(watch.stdout.splitlines()[1])["status"] == "removed"
    assert watch.is_running
    watch.interrupt()
    assert watch.wait() == 0


# INSTANCE.


def test_every_way_to_name_an_instance(world):
    instance_id = world.sign_in(world.caller.create_instance(label="büro work"))
    other = world.caller.create_instance("grace", label="home")
    names = [instance_id, instance_id.upper(), instance_id[:8], instance_id[:20], "büro work"]
    for name in names:
        assert as_json(world, "show", name)["instance-id"] == instance_id, name

    assert world.cli("show", instance_id[:7], check=False).returncode == 4
    ambiguous = world.cli("show", "Confluence", check=False)
    assert ambiguous.returncode == 2
    assert instance_id in ambiguous.stderr and other in ambiguous.stderr
    world.cli("remove", "home")
    for name in ("Confluence", "confluence", "CONFLUENCE"):
        assert as_json(world, "show", name)["instance-id"] == instance_id


# Changing.


def test_logout_and_remove(world, signed_in):
    done = world.cli("logout", signed_in)
    assert done.stdout == "" and "Signed out" in done.stderr
    assert world.caller.instance(signed_in)["status"] == "signed-out"
    assert world.cli("token", signed_in, check=False).returncode == 3
    assert as_json(world, "remove", signed_in) == {"instance-id": signed_in, "revoked": False}
    assert world.caller.list_instances() == []
    assert world.cli("remove", signed_in, check=False).returncode == 4


def test_set_reads_values_from_stdin(world):
    """An API key of a server that the person added to the catalogue."""
    world.write_provider(
        "notes",
        Provider={"Name": "Notes", "Kind": "api-key", "Documentation": "https://notes.example/"},
        ApiKey={"Header": "Authorization: Bearer {token}", "CreateUrl": "https://notes.example/"},
    )
    world.daemon.restart()
    done = world.cli("set", "--user", "ada", "notes", "token", "team", stdin="k3y value\nred\n")
    instance_id = done.stdout.strip()
    data = as_json(world, "auth", instance_id)["authData"]
    assert (data["token"], data["team"]) == ("k3y value", "red")
    world.cli("set", instance_id, stdin="another\n")
    assert as_json(world, "auth", "notes")["authData"]["token"] == "another"
    world.daemon.restart()
    assert as_json(world, "user-auth", "ada", "Notes")["authData"]["token"] == "another"
    assert world.cli("set", instance_id, "token", stdin="", check=False).returncode == 2
    assert world.cli("set", instance_id, "token=on the command line", check=False).returncode == 2


def test_clients(world):
    redirect_uri = "http://127.0.0.1:18417/other"
    added = world.cli(
        "client", "add", "confluence", "second", "--redirect-uri", redirect_uri, stdin="hush\n"
    )
    assert added.stdout == "" and "hush" not in added.stderr
    assert redirect_uri in added.stderr
    clients = {client["client-id"]: client for client in as_json(world, "client", "list")}
    assert set(clients) == {world.client_id, "second"}
    assert clients["second"]["has-secret"] and not clients["second"]["default"]
    assert clients[world.client_id]["default"]
    assert "hush" not in json.dumps(clients)
    assert "second" in world.cli("client", "list", "Confluence").stdout

    world.cli("client", "remove", "confluence", "second")
    assert len(as_json(world, "client", "list")) == 1
    assert world.cli("client", "remove", "confluence", "second", check=False).returncode == 4
    assert not any(b"hush" in item["secret"] for item in world.keyring.items())


# How it ends.


@pytest.mark.parametrize(
    "arguments, status",
    [
        ([], 2),
        (["no-such-command"], 2),
        (["token"], 2),
        (["token", "a", "b"], 2),
        (["token", "00000000-0000-4000-8000-000000000000", "--min-validity", "x"], 2),
        (["login", "Confluence", "--no-such-option"], 2),
        (["login", "Confluence", "--redirect-url", "javascript:alert(1)"], 2),
        (["login", "Nowhere"], 4),
        (["token", "00000000-0000-4000-8000-000000000000"], 4),
        (["show", "nothing"], 4),
        (["user-auth", "ada", "Nowhere"], 4),
        (["--help"], 0),
        (["--version"], 0),
        (["login", "--help"], 0),
    ],
    ids=str,
)
def test_exit_statuses_of_usage(world, arguments, status):
    done = world.cli(*arguments, check=False)
    assert done.returncode == status, done.stderr
    assert (done.stdout == "") == (status != 0)
    assert (done.stderr == "") == (status == 0)
    assert world.caller.list_instances() == []


def test_a_server_that_is_down_is_six_and_a_refusal_is_one(world, signed_in):
    world.standin.fault("token", status=503, times=None)
    assert world.cli("refresh", signed_in, check=False).returncode == 6
    world.standin.clear_faults()
    world.caller.set_client("Confluence", world.client_id, client_secret="wrong")
    assert world.cli("refresh", signed_in, check=False).returncode == 1


def test_a_dead_grant_is_three_and_says_what_to_do(world, signed_in):
    [grant] = world.standin.grants()
    world.standin.end_grant(grant["id"])
    done = world.cli("refresh", signed_in, check=False)
    assert done.returncode == 3
    assert f"claviger login --instance {signed_in}" in done.stderr


@pytest.mark.parametrize("command", ["list", "servers", "status", "client list", "watch"])
def test_without_a_daemon_it_is_nine(empty_world, command):
    done = empty_world.cli(*command.split(), check=False)
    assert done.returncode == 9
    assert done.stdout == "" and done.stderr


def test_without_a_bus_it_is_nine(empty_world):
    address = "unix:path=/nonexistent"
    done = empty_world.cli("list", check=False, DBUS_SESSION_BUS_ADDRESS=address)
    assert done.returncode == 9


# Terminals.


def on_a_terminal(world, *arguments, **environment):
    """What a person sees who runs the client; the pty is its stdout."""
    screen, terminal = pty.openpty()
    done = subprocess.run(
        [*program_from("CLAVIGER"), *arguments],
        env=world.environment | {"TERM": "xterm"} | environment,
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=subprocess.PIPE,
        timeout=20,
    )
    os.close(terminal)
    assert done.returncode == 0, done.stderr
    shown = os.read(screen, 65536).decode()
    os.close(screen)
    return shown


def test_colours_are_for_terminals_that_want_them(world, signed_in):
    assert "\x1b[" in on_a_terminal(world, "list")
    assert "\x1b[" not in on_a_terminal(world, "list", NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal(world, "list", TERM="dumb")
    assert "\x1b[" not in on_a_terminal(world, "--json", "list")
    assert "\x1b[" not in world.cli("list").stdout


def test_a_pipe_gets_no_colours_and_names_cannot_steer_a_terminal(world):
    world.caller.create_instance("evil\x1b]0;title\x07")
    done = world.cli("list")
    assert "\x1b" not in done.stdout and "\x07" not in done.stdout
    assert "\x1b" not in json.dumps(done.stderr)


def test_the_locale_does_not_change_the_data(world, signed_in):
    expected = world.cli("--json", "list").stdout
    assert world.cli("--json", "list", LC_ALL="C").stdout == expected
    assert world.cli("--json", "list", LC_ALL="POSIX", LANG="").stdout == expected


def test_watch_ends_well_when_it_is_told_to_stop(world):
    watch = world.start_cli("watch")
    wait_for(lambda: "Watching" in watch.stderr)
    watch.interrupt(signal.SIGTERM)
    assert watch.wait() == 0
