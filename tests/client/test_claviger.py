#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""claviger, the program, against a fake service on a bus of its own.

What is data goes to stdout and nothing else does; each way to fail has its exit status; no secret
is asked for where it would be seen.
"""

import contextlib
import fcntl
import getpass
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from . import fake_service as fake

ROOT = Path(__file__).resolve().parents[2]
CLAVIGER = os.environ.get("CLAVIGER", str(ROOT / "_build" / "client" / "claviger"))
DEADLINE = 20.0
ADDRESS = "https://idp.example/authorize?state=s"


@pytest.fixture(name="bus")
def bus_fixture():
    with subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True) as daemon:
        try:
            yield daemon.stdout.readline().strip()
        finally:
            daemon.kill()


class Service:
    def __init__(self, process):
        self.process = process
        self.seen = []

    def next_call(self):
        ready, _, _ = select.select([self.process.stdout], [], [], DEADLINE)
        assert ready, "the service was not called"
        self.seen.append(json.loads(self.process.stdout.readline()))
        return self.seen[-1]

    def wait_for(self, method):
        while True:
            call = self.next_call()
            if call[0] == method:
                return call

    def calls(self):
        """What has been called until now."""
        while select.select([self.process.stdout], [], [], 0)[0]:
            self.next_call()
        return self.seen

    def called(self, method):
        return [call[1:] for call in self.calls() if call[0] == method]

    def emit(self, name, signature, *values):
        self.process.stdin.write(json.dumps([name, signature, *values]) + "\n")
        self.process.stdin.flush()


@pytest.fixture(name="service")
def service_fixture(bus):
    command = [sys.executable, fake.__file__, *sorted(map(str, (ROOT / "dbus").glob("*.xml")))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env=environment(bus), text=True, bufsize=1) as process:
        process.stdout = LineReader(process.stdout)
        assert process.stdout.readline() == "ready\n"
        try:
            yield Service(process)
        finally:
            process.kill()


class LineReader:
    """Reads a byte at a time, so that nothing waits in a buffer that select() can't see."""

    def __init__(self, file):
        self.file = file

    def fileno(self):
        return self.file.fileno()

    def close(self):
        self.file.close()

    def readline(self):
        line = b""
        while not line.endswith(b"\n"):
            byte = os.read(self.fileno(), 1)
            assert byte, "the service has ended"
            line += byte
        return line.decode()


NO_DISPLAY = {"WAYLAND_DISPLAY": ""}
OVER_SSH = {"WAYLAND_DISPLAY": "", "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}


def environment(bus):
    """That of somebody at a desktop."""
    kept = {name: value for name, value in os.environ.items()
            if name not in ("DISPLAY", "SSH_CONNECTION", "NO_COLOR")}
    return {**kept, "DBUS_SESSION_BUS_ADDRESS": bus, "LC_ALL": "C", "TZ": "UTC",
            "WAYLAND_DISPLAY": "wayland-none"}


@pytest.fixture(name="claviger")
def claviger_fixture(bus, service):  # pylint: disable=unused-argument
    def run(*arguments, stdin="", status=0, **more):
        done = subprocess.run([CLAVIGER, *arguments], input=stdin, env=environment(bus) | more,
                              capture_output=True, text=True, timeout=DEADLINE, check=False)
        assert done.returncode == status, done.stderr
        return done

    return run


@contextlib.contextmanager
def running(bus, *arguments):
    """claviger while it runs; it is killed if the test fails before it has ended."""
    with subprocess.Popen([CLAVIGER, *arguments], env=environment(bus), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def skip_to(file, text):
    for line in file:
        if text in line:
            return
    pytest.fail(f"it ended without {text}")


def test_token_of_a_uuid_is_one_call(claviger, service):
    done = claviger("token", fake.ALICE)
    assert done.stdout == fake.TOKEN + "\n"
    assert done.stderr == ""
    assert service.calls() == [["GetAccessToken", fake.ALICE, {}]]


def test_token_options(claviger, service):
    claviger("token", "github", "--min-validity=0", "--force-refresh")
    assert service.called("GetAccessToken") == [
        [fake.ALICE, {"min-validity": 0, "force-refresh": True}]]
    for wrong in ("-1", "-2", "4294967296", "1x", "", "1.5"):
        done = claviger("token", "github", f"--min-validity={wrong}", status=2)
        assert "--min-validity is a number of seconds" in done.stderr
    assert len(service.called("GetAccessToken")) == 1


def test_token_is_one_line_or_none(claviger):
    done = claviger("token", fake.WORK, status=1)
    assert done.stdout == ""
    assert "control characters" in done.stderr and "Evil" not in done.stderr
    answer = json.loads(claviger("--json", "token", fake.WORK).stdout)
    assert answer["access-token"] == fake.TWO_LINES


@pytest.mark.parametrize("arguments, status, words", [
    (["token", fake.DEAD], 3, ["The grant is dead", f"claviger login --instance {fake.DEAD}"]),
    (["token", fake.LOCKED], 5, ["The keyring is locked", "Unlock"]),
    (["token", fake.LATER], 6, ["30 seconds", "kept"]),
    (["token", "nothing"], 4, ["nothing", "claviger list"]),
    (["token", "slack"], 2, [fake.LOCKED, fake.LATER]),
    (["show", "11111111"], 2, [fake.ALICE, fake.WORK]),
    (["token"], 2, ["INSTANCE", "claviger token --help"]),
    (["token", "a", "b"], 2, ["many"]),
    (["token", "--frob"], 2, ["--frob"]),
    (["frob"], 2, ["frob"]),
    (["doctor"], 2, ["doctor"]),
    (["client"], 2, ["add, list, remove"]),
    (["client", "frob"], 2, ["add, list, remove"]),
    ([], 2, ["command"]),
    (["servers", "github", "jira"], 2, ["--check"]),
    (["servers", "nowhere"], 4, ["nowhere", "claviger servers"]),
    (["client", "remove", "jira", "nobody"], 4, ["claviger client list"]),
    (["client", "remove", "jira", "used"], 1, [fake.DEAD, "--client-id"]),
    (["client", "add", "mail", "x"], 2, ["Mail has no OAuth", "claviger servers Mail\n"]),
    (["site", "sites", "three"], 4, ["claviger site"]),
    (["login", "notion"], 2, ["claviger set --user", " Notion\n"]),
    (["login", "mail", "--user", "ada l"], 2, ["claviger set --user 'ada l' Mail\n"]),
    (["login", "everybodys"], 2, ["Everybody's asks for no sign-in", "nothing to do"]),
    (["login", "help desk"], 2, ["Help Desk needs --tenant subdomain=VALUE (what stands before"]),
    (["login", "jira", "--tenant", "a=1", "--tenant", "a=2"], 2, ["--tenant a=… is given twice"]),
    (["login", "--instance", "mail"], 2, [f"claviger set {fake.KEYED}\n"]),
    (["token", "mail"], 3, [f"claviger set {fake.KEYED}\n"]),
    (["set", "--user", "zoe", "everybodys"], 2, ["Everybody's needs no key", "nothing to do"]),
    (["set", "mail", "--tenant", "a=b"], 2, ["--user"]),
    (["set", "mail", "password=hush"], 2, ["read from stdin"]),
    (["login"], 2, ["--instance"]),
    (["login", "jira", "--paste", "--device"], 2, ["exclude"]),
    (["login", "jira", "--tenant", "novalue"], 2, ["KEY=VALUE"]),
    (["login", "jira", "--instance", "github"], 2, ["another server"]),
    (["login", "jira", "--timeout", "0"], 2, ["--timeout", "from 1 to 86400"]),
    (["login", "jira", "--timeout=-1"], 2, ["--timeout", "from 1 to 86400"]),
    (["login", "jira", "--timeout", "86401"], 2, ["--timeout", "from 1 to 86400"]),
    (["list", "extra"], 2, ["list takes no argument"]),
    (["help", "frob"], 2, ["frob"]),
    (["--help", "frob"], 2, ["frob"]),
    (["client", "frob", "--help"], 2, ["add, list, remove"]),
    (["user-auth", "ada", "Confluence"], 3, ["claviger login Confluence --user ada\n"]),
    (["user-auth", "ada l", "gcalendar"], 3, ["claviger login 'Google Calendar' --user 'ada l'\n"]),
    (["site", "github"], 1, ["not known", "Sign in again to read them",
                             f"claviger login --instance {fake.ALICE}"]),
    (["site", "github", "One"], 1, ["not known"]),
])
def test_failures(claviger, arguments, status, words):
    done = claviger(*arguments, status=status)
    assert done.stdout == ""
    assert done.stderr.startswith("claviger: ")
    assert "GDBus.Error" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_no_bus_and_no_daemon(bus):
    for address in ("unix:path=/nonexistent", bus):
        done = subprocess.run([CLAVIGER, "list"], env=environment(address), capture_output=True,
                              text=True, timeout=DEADLINE, check=False)
        assert done.returncode == 9
        assert done.stdout == ""


def test_output_that_cannot_be_written(bus, service):  # pylint: disable=unused-argument
    with open("/dev/full", "wb") as full:
        done = subprocess.run([CLAVIGER, "token", fake.ALICE], env=environment(bus), stdout=full,
                              stderr=subprocess.PIPE, timeout=DEADLINE, check=False)
    assert done.returncode == 1


def test_global_options_stand_anywhere(claviger):
    texts = {claviger(*arguments).stdout
             for arguments in (["--json", "list"], ["list", "--json"], ["--json", "list", "--json"])}
    assert len(texts) == 1
    assert len(json.loads(texts.pop())) == len(fake.INSTANCES)
    assert json.loads(claviger("client", "--json", "list").stdout)[0]["client-id"] == "cid"


def test_help_and_version(claviger, service):
    assert "Exit status:" in claviger("--help").stdout
    assert "Exit status:" in claviger("-h").stdout
    for arguments in (["login", "--help"], ["--help", "login"], ["client", "add", "--help"]):
        done = claviger(*arguments)
        assert "Example" in done.stdout
        assert done.stderr == ""
    assert claviger("--version").stdout.startswith("claviger ")
    assert claviger("token", "--version").stdout.startswith("claviger ")
    assert service.calls() == []


def test_help_is_a_command_too(claviger, service):
    assert claviger("help").stdout == claviger("--help").stdout
    for command in (["login"], ["client", "add"], ["client"], ["list"]):
        assert claviger("help", *command).stdout == claviger(*command, "--help").stdout
    assert service.calls() == []


def test_help_on_a_family_of_commands(claviger):
    text = claviger("client", "--help").stdout
    for words in ("client add SERVER CLIENT_ID", "client list [SERVER]", "client remove"):
        assert words in text
    assert "login" not in text
    assert "client remove --help" not in text
    assert claviger("--help", "client").stdout == text


def test_usage_lines_end_in_no_blank(claviger):
    for command in ("list", "login", "status"):
        for line in claviger(command, "--help").stdout.splitlines():
            assert line == line.rstrip()


def test_help_promises_nothing_that_is_not_there(claviger):
    assert "when a program asks" in claviger("refresh", "--help").stdout
    assert "where the server offers that" in claviger("login", "--help").stdout
    for command in ("login", "set", "servers", "client add", "client list", "client remove"):
        text = claviger(*command.split(), "--help").stdout
        assert all(len(line) <= 80 for line in text.splitlines()), command


def test_list_is_safe_for_terminals(claviger):
    done = claviger("list")
    assert "\x1b" not in done.stdout
    assert "büro" in done.stdout
    assert json.loads(claviger("list", "--json").stdout)[3]["label"] == fake.EVIL


def test_auth_as_json(claviger):
    answer = json.loads(claviger("--json", "auth", "github").stdout)
    assert list(answer) == ["success", "authData", "error"]
    assert answer["success"] is True and answer["error"] is None
    assert answer["authData"]["access_token"] == fake.TOKEN

    answer = json.loads(claviger("--json", "auth", fake.DEAD, status=3).stdout)
    assert answer == {"success": False, "authData": None, "error": "The grant is dead"}


def test_user_auth_as_json(claviger):
    keys = ["success", "userId", "serverName", "authData", "isAuthenticated", "message"]
    answer = json.loads(claviger("--json", "user-auth", "alice", "gcalendar").stdout)
    assert list(answer) == keys
    assert answer["success"] is answer["isAuthenticated"] is True
    assert answer["serverName"] == "Google Calendar" and answer["message"] is None

    done = claviger("--json", "user-auth", "bob", "GitHub", status=3)
    assert done.stderr == ("claviger: Nobody has signed in\n"
                           "Sign in with: claviger login GitHub --user bob\n")
    answer = json.loads(done.stdout)
    assert list(answer) == keys
    assert answer["success"] is answer["isAuthenticated"] is False
    assert answer["authData"] is None and answer["message"] == "Nobody has signed in"


def test_a_hint_is_given_once(claviger):
    done = claviger("user-auth", "ada", "jira", status=3)
    assert done.stderr.count("claviger login Jira --user ada") == 1
    assert done.stderr.count("claviger login") == 1


def test_auth_data_with_numbers_that_json_has_not(claviger):
    answer = json.loads(claviger("--json", "auth", "github").stdout,
                        parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert answer["authData"]["not_a_number"] is None
    assert answer["authData"]["numbers"] == [None, 1.5]


def test_status(claviger):
    answer = json.loads(claviger("--json", "status").stdout)
    assert answer["keyring-state"] == "unlocked"
    assert answer["instances"]["active"] == 2
    assert [row["instance-id"] for row in answer["problems"]] == [fake.WORK, fake.DEAD, fake.LOCKED,
                                                                   fake.LATER]
    assert "needs-sign-in" in claviger("status").stdout


def test_sites(claviger, service):
    rows = json.loads(claviger("--json", "site", "sites").stdout)
    assert [row["id"] for row in rows] == ["site-1", "site-2"]
    claviger("site", "sites", "TWO.example")
    assert service.called("SelectResource") == [[fake.SITES, "site-2"]]


def test_no_sites_is_an_answer(claviger):
    assert json.loads(claviger("--json", "site", fake.WORK).stdout) == []
    assert "no site" in claviger("site", fake.WORK).stderr


def test_servers(claviger):
    lines = claviger("servers").stdout.splitlines()
    assert lines[0].split() == ["SERVER", "SLUG", "KIND", "CLIENT"]
    assert len(lines) == 1 + len(fake.SERVERS)
    rows = {line.split("  ")[0]: line.split() for line in lines[1:]}
    assert rows["GitHub"][1:] == ["github", "oauth2", "no"]
    assert rows["Slack"][1:] == ["slack", "oauth2,", "api-key", "yes"]
    assert rows["Help Desk"][2:] == ["help-desk", "api-key,", "oauth2", "not", "needed"]
    assert rows["Mail"][1:] == ["mail", "basic"]


@pytest.mark.parametrize("name", ["Google Calendar", "GOOGLE-calendar", "gcalendar", "GCalendar",
                                  "calendar-of-google", "Calendar-of-Google"])
def test_every_way_to_name_a_server(claviger, name):
    assert json.loads(claviger("--json", "servers", name).stdout)["name"] == "Google Calendar"


def test_servers_tells_how_to_get_in(claviger, service):
    said = claviger("servers", "gcalendar").stdout
    for words in ("\n     https://create.example/gcalendar\n",
                  "\n     http://127.0.0.1:18417/callback/gcalendar\n",
                  "\n     claviger client add 'Google Calendar' CLIENT_ID\n",
                  "\n     claviger login 'Google Calendar'\n", "--paste",
                  "\n     https://docs.example/gcalendar\n",
                  "\n     https://manage.example/gcalendar\n"):
        assert words in said
    assert "--device" not in said
    said = claviger("servers", "mail").stdout
    assert "https://keys.example/mail" in said and "user, password" in said
    assert f"claviger set --user {getpass.getuser()} Mail\n" in said
    said = claviger("servers", "help desk").stdout
    assert said.index("API key") < said.index("OAuth")
    assert "claviger login 'Help Desk' --tenant subdomain=SUBDOMAIN\n" in said
    assert "nothing to do" in claviger("servers", "everybodys").stdout
    assert {call[0] for call in service.calls()} == {"ListServers"}


@pytest.fixture(name="check")
def check_fixture(tmp_path):
    """`claviger servers --check` without a bus, with a program of our own as the daemon's."""
    program = tmp_path / "clavigerd"

    def run(script, *arguments, status=0):
        if script is not None:
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o700)
        done = subprocess.run([CLAVIGER, "servers", "--check", *arguments], cwd=tmp_path,
                              env=environment("unix:path=/nonexistent")
                              | {"CLAVIGERD": str(program)},
                              capture_output=True, text=True, timeout=DEADLINE, check=False)
        assert done.returncode == status, done.stderr
        return done

    return run


def test_check_runs_the_program_of_the_daemon(check, tmp_path):
    done = check("printf '%s\\n' \"$@\"; echo fine >&2", "one.provider", "/two", "-q")
    assert done.stdout.splitlines() == ["--check-providers", str(tmp_path / "one.provider"), "/two"]
    assert done.stderr == ""
    done = check("printf '%s\\n' \"$@\"; echo fine >&2")
    assert done.stdout == "--check-providers\n"
    assert done.stderr == "fine\n"


def test_check_finds_mistakes(check):
    done = check("echo 'x.provider:3: [OAuth2] Pkce: no'; exit 1", status=1)
    assert done.stdout == "x.provider:3: [OAuth2] Pkce: no\n"
    assert done.stderr == "claviger: There are mistakes, as listed above\n"


@pytest.mark.parametrize("script, words", [("exit 2", "unexpected"), ("kill -9 $$", "unexpected"),
                                           (None, "can't be run")])
def test_check_that_cannot_be_done_is_no_clean_bill(check, script, words):
    done = check(script, status=1)
    assert words in done.stderr and "clavigerd" in done.stderr


def test_login_signs_the_same_instance_in_again(claviger, service):
    done = claviger("login", "CONFLUENCE", "--user", "alice", "--label", "sites")
    assert done.stdout == fake.SITES + "\n"
    assert ADDRESS in done.stderr
    assert "alice@example.com" in done.stderr
    assert f"claviger site {fake.SITES}" in done.stderr
    assert service.called("CreateInstance") == []


def test_login_makes_an_instance(claviger, service):
    done = claviger("login", "jira", "--user", "zoe", "--label", "büro", "--tenant", "a=b=c",
                    "--tenant", "d=", "--scope", "one two", "--timeout", "5", "--no-browser", "-q")
    assert done.stdout == fake.CREATED + "\n"
    assert service.called("CreateInstance") == [
        ["zoe", "Jira", {"label": "büro", "tenant": {"a": "b=c", "d": ""}}]]
    options = service.called("Authorize")[0][2]
    assert options["scope"] == "one two" and options["timeout"] == 5
    assert options["open-browser"] is False
    assert ADDRESS in done.stderr  # --quiet must not hide the only way on


def test_login_of_an_instance_needs_no_server(claviger, service):
    assert claviger("login", "--instance", "jira").stdout == fake.DEAD + "\n"
    assert service.called("Authorize")[0][:2] == ["Jira", fake.DEAD]


@pytest.mark.parametrize("label, status", [("denied", 7), ("late", 8), ("broken", 1)])
def test_login_that_comes_to_nothing_leaves_nothing(claviger, service, label, status):
    done = claviger("login", "Confluence", "--label", label, status=status)
    assert done.stdout == ""
    assert "It ended as" in done.stderr
    assert service.called("DeleteInstance") == [[fake.CREATED, {}]]


def test_login_without_a_client_teaches(claviger, service):
    done = claviger("login", "GitHub", "--user", "zoe", status=1)
    assert "https://docs.example/github" in done.stderr
    assert "claviger client add GitHub" in done.stderr
    assert service.called("DeleteInstance") == [[fake.CREATED, {}]]


def test_login_without_a_client_says_nothing_twice(claviger):
    done = claviger("login", "Slack", "--user", "zoe", status=1)
    assert "claviger servers Slack" in done.stderr
    assert done.stderr.count("claviger client add Slack CLIENT_ID") == 1
    assert "https://docs.example/slack" in done.stderr


def test_login_detached(claviger, service):
    assert claviger("login", "jira", "--user", "zoe", "--detach").stdout.splitlines() == [
        fake.CREATED, ADDRESS]
    assert service.called("Authorize")[0][2]["detach"] is True
    assert service.called("DeleteInstance") == []


def test_login_with_a_code(claviger, service):
    done = claviger("login", "jira", "--user", "zoe", "--device")
    assert "ABCD-EFGH" in done.stderr
    assert service.called("Authorize")[0][2]["flow"] == "device"


def test_login_with_a_code_shows_it_whatever_is_said(claviger, service):
    """RFC 8628 section 5.4: the code is compared even where the address has it."""
    for arguments in (["television", "--device", "-q"], ["codes", "-q"]):
        said = claviger("login", *arguments, "--user", "zoe").stderr
        assert f"\n    {ADDRESS}\n" in said
        assert "\n    ABCD-EFGH\n" in said
    flows = [call[2].get("flow") for call in service.called("Authorize")]
    assert flows == ["device", None]


@pytest.mark.parametrize("place, words", [(OVER_SSH, "SSH"), (NO_DISPLAY, "no DISPLAY")])
def test_login_without_a_display_chooses_what_works(claviger, service, place, words):
    done = claviger("login", "television", "--user", "zoe", **place)
    assert words in done.stderr and "--device" in done.stderr and "ABCD-EFGH" in done.stderr
    done = claviger("login", "jira", "--user", "zoe", stdin="http://x/?code=c\n", **place)
    assert words in done.stderr and "--paste" in done.stderr and "paste the address" in done.stderr
    assert [call[2]["flow"] for call in service.called("Authorize")] == ["device", "paste"]
    assert not any(call[2]["open-browser"] for call in service.called("Authorize"))


def test_login_without_a_display_heeds_who_has_chosen(claviger, service):
    for choice in (["--no-browser"], ["--device"], ["--paste"], ["--detach"]):
        done = claviger("login", "jira", "--user", "zoe", *choice, stdin="http://x/?code=c\n",
                        **OVER_SSH)
        assert "SSH" not in done.stderr
    assert [call[2].get("flow") for call in service.called("Authorize")] == [
        None, "device", "paste", None]


def test_login_with_a_display_chooses_nothing(claviger, service):
    claviger("login", "television", "--user", "zoe", SSH_CONNECTION="1 2 3 4")
    claviger("login", "television", "--user", "zoe", WAYLAND_DISPLAY="", DISPLAY=":0")
    for call in service.called("Authorize"):
        assert call[2]["open-browser"] is True and "flow" not in call[2]


def test_login_that_ends_elsewhere_asks_for_the_address(claviger, service):
    """The daemon has chosen: the redirect URI is https, where nobody here listens."""
    done = claviger("login", "webby", "--user", "zoe", stdin="https://webby.example/?code=c\n")
    assert "https address" in done.stderr and "paste the address" in done.stderr
    assert "flow" not in service.called("Authorize")[0][2]
    assert service.called("CompleteFromUrl") == [["https://webby.example/?code=c"]]


def test_login_that_nobody_waits_for_cannot_be_pasted(claviger, service):
    claviger("login", "webby", "--user", "zoe", "--detach", status=2)
    assert service.called("Cancel") == [[]]
    assert service.called("DeleteInstance") == [[fake.CREATED, {}]]


def test_login_with_a_qr_code_is_for_another_device(claviger, service):
    done = claviger("login", "television", "--user", "zoe", "--qr")
    assert "another device" in done.stderr and "--device" in done.stderr
    assert "There is no QR code: stderr is no terminal" in done.stderr
    claviger("login", "jira", "--user", "zoe", "--qr", stdin="http://x/?code=c\n")
    claviger("login", "jira", "--user", "zoe", "--qr", "--no-browser")
    assert [call[2].get("flow") for call in service.called("Authorize")] == [
        "device", "paste", None]


def test_login_gives_the_tenant_parameters(claviger, service):
    claviger("login", "help-desk", "--user", "zoe", "--tenant", "subdomain=acme")
    claviger("login", "help-desk", "--user", "zoe", "--tenant", "zone=us", "--tenant",
             "subdomain=acme")
    assert [call[2] for call in service.called("CreateInstance")] == [
        {"tenant": {"subdomain": "acme"}}, {"tenant": {"subdomain": "acme", "zone": "us"}}]


def test_login_of_an_instance_asks_for_no_tenant(claviger, service):
    claviger("login", "help-desk", "--user", "zoe", "--tenant", "subdomain=acme")
    claviger("login", "help-desk", "--user", "zoe")
    assert len(service.called("CreateInstance")) == 1
    assert len(service.called("Authorize")) == 2


def test_login_with_a_pasted_address(claviger, service):
    done = claviger("login", "jira", "--user", "zoe", "--paste", stdin=" http://x/?code=c \n")
    assert done.stdout == fake.CREATED + "\n"
    assert service.called("CompleteFromUrl") == [["http://x/?code=c"]]


def test_login_with_a_wrong_or_no_address(claviger, service):
    assert "no code" in claviger("login", "jira", "--paste", stdin="http://x/", status=2).stderr
    claviger("login", "jira", "--paste", status=2)
    assert len(service.called("Cancel")) == 2


def test_login_interrupted(bus, service):
    with running(bus, "login", "jira", "--user", "zoe", "--label", "wait") as process:
        service.wait_for("Authorize")
        skip_to(process.stderr, ADDRESS)
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE) == 7
        assert process.stdout.read() == ""
    assert service.called("Cancel") == [[]]
    assert service.called("DeleteInstance") == [[fake.CREATED, {}]]


def test_login_when_the_service_dies(bus, service):
    with running(bus, "login", "jira", "--user", "zoe", "--label", "wait") as process:
        service.wait_for("Authorize")
        skip_to(process.stderr, ADDRESS)
        service.process.kill()
        assert process.wait(DEADLINE) == 9
        assert "went away" in process.stderr.read()


def test_set_reads_a_line_for_each_key(claviger, service):
    claviger("set", "github", "api_key", "other", stdin="one\r\ntwo")
    assert service.called("SetInstanceAuth") == [[fake.ALICE, {"api_key": "one", "other": "two"}]]
    claviger("set", "github", "api_key", "other", stdin="one\n", status=2)
    claviger("set", "github", stdin="\n", status=2)
    claviger("set", "github", stdin="x" * 70000, status=2)
    assert len(service.called("SetInstanceAuth")) == 1


def test_set_for_a_user(claviger, service):
    done = claviger("set", "--user", "zoe", "notion", stdin="key\n")
    assert done.stdout == fake.CREATED + "\n"
    assert service.called("SetUserAuth") == [["zoe", "Notion", {"token": "key"}]]
    assert service.called("CreateInstance") == []


def test_set_asks_for_what_the_server_needs(claviger, service):
    claviger("set", "mail", stdin="zoe@example.com\nhush\n")
    claviger("set", "--user", "zoe", "mail", stdin="zoe@example.com\nhush\n")
    both = {"user": "zoe@example.com", "password": "hush"}
    assert service.called("SetInstanceAuth") == [[fake.KEYED, both]]
    assert service.called("SetUserAuth") == [["zoe", "Mail", both]]
    done = claviger("set", "mail", stdin="zoe@example.com\n", status=2)
    assert "password for Mail (from https://keys.example/mail)" in done.stderr
    claviger("set", "mail", "other", stdin="1\n")
    assert service.called("SetInstanceAuth")[1:] == [[fake.KEYED, {"other": "1"}]]


def test_set_for_a_server_of_sign_ins_says_so(claviger, service):
    done = claviger("set", "github", stdin="key\n")
    assert "claviger login GitHub\n" in done.stderr
    done = claviger("set", "--user", "ada l", "github", stdin="key\n")
    assert "claviger login GitHub --user 'ada l'\n" in done.stderr
    assert service.called("SetInstanceAuth") == [[fake.ALICE, {"access_token": "key"}]]
    assert "claviger login" not in claviger("set", "--user", "zoe", "slack", stdin="key\n").stderr


def test_set_for_a_tenant_makes_the_instance(claviger, service):
    done = claviger("set", "--user", "zoe", "help-desk", "--tenant", "subdomain=acme", stdin="k\n")
    assert done.stdout == fake.CREATED + "\n"
    assert service.called("CreateInstance") == [
        ["zoe", "Help Desk", {"tenant": {"subdomain": "acme"}}]]
    assert service.called("SetInstanceAuth") == [[fake.CREATED, {"token": "k"}]]
    # There it is now, and no tenant is needed any more.
    claviger("set", "--user", "zoe", "help-desk", stdin="other\n")
    assert service.called("SetUserAuth") == [["zoe", "Help Desk", {"token": "other"}]]


def test_set_that_fails_leaves_nothing(claviger, service):
    arguments = ["set", "--user", "zoe", "help-desk", "--tenant", "subdomain=acme"]
    claviger(*arguments, stdin="", status=2)
    assert service.called("CreateInstance") == []
    claviger(*arguments, stdin="refused\n", status=2)
    assert service.called("DeleteInstance") == [[fake.CREATED, {}]]


def test_client_add(claviger, service):
    done = claviger("client", "add", "confluence", "cid", "--default", stdin="secret\n")
    assert "http://127.0.0.1:18417/callback" in done.stderr
    claviger("client", "add", "jira", "public", "--redirect-uri", "http://127.0.0.1:1/")
    assert service.called("SetClient") == [
        ["Confluence", "cid", {"client-secret": "secret", "default": True}],
        ["Jira", "public", {"client-secret": "", "redirect-uri": "http://127.0.0.1:1/"}]]


def test_client_add_where_each_brings_a_redirect_uri(claviger, service):
    done = claviger("client", "add", "webby", "cid", stdin="secret\n", status=2)
    assert "--redirect-uri" in done.stderr
    claviger("client", "add", "webby", "cid", "--redirect-uri", "https://mine.example/", stdin="s\n")
    claviger("client", "add", "webby", "ours", stdin="s\n")  # which has one
    assert [call[1:] for call in service.called("SetClient")] == [
        ["cid", {"client-secret": "s", "redirect-uri": "https://mine.example/"}],
        ["ours", {"client-secret": "s"}]]


def test_client_list_says_whose_they_are(claviger):
    lines = claviger("client", "list").stdout.splitlines()
    assert lines[0].split() == ["SERVER", "CLIENT", "DEFAULT", "SECRET", "FROM", "REDIRECT", "URI"]
    rows = {line.split()[0]: line for line in lines[1:]}
    assert "this machine" in rows["Webby"] and "registered" in rows["Help"]
    assert "this machine" not in rows["Jira"] and "registered" not in rows["Jira"]


def test_client_add_without_a_secret(claviger, service):
    """A client that is known keeps the secret that it has; a new one is public."""
    done = claviger("client", "add", "Confluence", "cid", "--default")
    assert "The secret stays as it was." in done.stderr
    done = claviger("client", "add", "jira", "bare", stdin="\n")
    assert "public client" in done.stderr
    done = claviger("client", "add", "jira", "cid")  # of another server
    assert "public client" in done.stderr
    assert service.called("SetClient") == [
        ["Confluence", "cid", {"default": True}], ["Jira", "bare", {}],
        ["Jira", "cid", {"client-secret": ""}]]


def test_client_add_says_what_empty_means(on_terminal):
    for server, client, question in (("confluence", "cid", b"(empty keeps the one it has): "),
                                     ("jira", "cid", b"(empty if it has none): ")):
        process, terminal, other = on_terminal("client", "add", server, client)
        read_until(terminal, question)
        end = time.monotonic() + DEADLINE
        while has_echo(other):
            assert time.monotonic() < end
        os.write(terminal, b"\n")
        assert process.wait(DEADLINE) == 0


def test_refresh_prints_no_secret(claviger, service):
    done = claviger("refresh", "github")
    assert fake.TOKEN not in done.stdout + done.stderr
    assert "2033-05-18 03:33:20" in done.stderr
    assert fake.TOKEN not in claviger("--json", "refresh", "github").stdout
    assert service.called("GetAccessToken")[0][1] == {"force-refresh": True}


def test_logout_and_remove(claviger, service):
    claviger("logout", "github", "--no-revoke")
    assert json.loads(claviger("--json", "remove", "github").stdout)["revoked"] is True
    assert service.called("DeleteInstanceAuth") == [[fake.ALICE, {"revoke": False}]]
    claviger("remove", "gcalendar", "--no-revoke")
    assert service.called("DeleteInstance") == [[fake.ALICE, {}], [fake.WORK, {"revoke": False}]]


def test_logout_says_what_was_done(claviger):
    said = claviger("logout", "github").stderr
    assert "GitHub has not confirmed yet" in said and "told as soon as it can be" in said
    assert "connected apps" in said and "https://docs.example/github" in said
    assert claviger("logout", "sites").stderr == "It was not signed in.\n"
    assert claviger("remove", "sites").stderr == "Removed. It was not signed in.\n"
    assert "has confirmed" in claviger("remove", "github").stderr
    said = claviger("logout", "gcalendar").stderr
    assert "Google Calendar can't be told" in said and "as soon as" not in said
    assert said.endswith("end the access at https://manage.example/gcalendar\n")
    assert claviger("logout", "gcalendar", "--no-revoke").stderr == (
        "Signed out. Google Calendar was not told, and still takes the credentials.\n")


def test_watch(bus, service):
    with running(bus, "watch", "--json") as process:
        skip_to(process.stderr, "Watching")
        service.emit("InstanceChanged", "(ss)", fake.DEAD, "active")
        change = json.loads(process.stdout.readline())
        assert (change["instance-id"], change["status"]) == (fake.DEAD, "active")
        assert change["server-name"] == "Jira"
        service.emit("InstanceRemoved", "(s)", fake.DEAD)
        assert json.loads(process.stdout.readline())["status"] == "removed"
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE) == 0


def read_until(terminal, text):
    seen = b""
    end = time.monotonic() + DEADLINE
    while text not in seen:
        assert select.select([terminal], [], [], max(0, end - time.monotonic()))[0], seen
        seen += os.read(terminal, 1024)
    return seen


@pytest.fixture(name="on_terminal")
def on_terminal_fixture(bus, service):  # pylint: disable=unused-argument
    """Starts claviger with a terminal as stdin and stderr; returns it, our end and its end."""
    with contextlib.ExitStack() as stack:

        def start(*arguments, columns=80, **more):
            terminal, other = pty.openpty()
            fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
            stack.callback(os.close, terminal)
            stack.callback(os.close, other)
            process = stack.enter_context(
                subprocess.Popen([CLAVIGER, *arguments], env=environment(bus) | more, stdin=other,
                                 stdout=subprocess.DEVNULL, stderr=other, start_new_session=True))
            stack.callback(process.kill)
            return process, terminal, other

        yield start


def has_echo(terminal):
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def screen_of(bus, columns, *arguments):
    """What a person sees on a terminal of so many columns."""
    terminal, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    with subprocess.Popen([CLAVIGER, *arguments], env=environment(bus) | {"TERM": "xterm"},
                          stdin=subprocess.DEVNULL, stdout=other) as process:
        os.close(other)
        seen = b""
        with contextlib.suppress(OSError):  # that is how a terminal ends
            while more := os.read(terminal, 65536):
                seen += more
        os.close(terminal)
        assert process.wait(DEADLINE) == 0
    return seen.decode().replace("\r\n", "\n")


def test_what_is_for_people_is_no_wider_than_the_terminal(bus, service):
    for columns in (80, 40):
        seen = re.sub("\x1b\\[[0-9;]*m", "", screen_of(bus, columns, "servers"))
        assert max(map(len, seen.splitlines())) <= columns
        assert "Television" in seen and "KIND" in seen
        assert ("SLUG" in seen) == (columns == 80)
        page = screen_of(bus, columns, "servers", "television")
        assert "\x1b[1mTelevision (television)\x1b[0m\n" in page
        assert all(len(line) <= columns or "http" in line or "  claviger " in line
                   for line in page.splitlines())
    assert service.calls()


def test_secrets_are_not_echoed(on_terminal, service):
    process, terminal, other = on_terminal("set", "github", "token")
    seen = read_until(terminal, b"token for GitHub: ")
    end = time.monotonic() + DEADLINE
    while has_echo(other):
        assert time.monotonic() < end
    os.write(terminal, b"hidden-key\n")
    seen += read_until(terminal, b"stored")
    assert process.wait(DEADLINE) == 0
    assert b"hidden-key" not in seen
    assert has_echo(other)
    assert service.called("SetInstanceAuth") == [[fake.ALICE, {"token": "hidden-key"}]]


def test_each_field_is_asked_for_by_name(on_terminal, service):
    process, terminal, other = on_terminal("set", "mail")
    for field, value in ((b"user", b"zoe\n"), (b"password", b"hush\n")):
        read_until(terminal, field + b" for Mail (from https://keys.example/mail): ")
        end = time.monotonic() + DEADLINE
        while has_echo(other):
            assert time.monotonic() < end
        os.write(terminal, value)
    assert b"hush" not in read_until(terminal, b"stored")
    assert process.wait(DEADLINE) == 0
    assert service.called("SetInstanceAuth") == [[fake.KEYED, {"user": "zoe", "password": "hush"}]]


def test_a_question_that_is_interrupted_gives_the_echo_back(on_terminal, service):
    process, terminal, other = on_terminal("set", "github")
    read_until(terminal, b"token for GitHub: ")
    end = time.monotonic() + DEADLINE
    while has_echo(other):
        assert time.monotonic() < end
    process.send_signal(signal.SIGINT)
    assert process.wait(DEADLINE) == 7
    assert has_echo(other)
    assert service.called("SetInstanceAuth") == []


def test_a_wrong_address_can_be_mended_on_a_terminal(on_terminal, service):
    process, terminal, _other = on_terminal("login", "jira", "--user", "zoe", "--paste")
    read_until(terminal, b"paste the address")
    os.write(terminal, b"http://x/\n")
    read_until(terminal, b"again:")
    os.write(terminal, b"http://x/?code=c\n")
    assert process.wait(DEADLINE) == 0
    assert [row[0] for row in service.called("CompleteFromUrl")] == ["http://x/", "http://x/?code=c"]


def test_a_tenant_parameter_is_asked_for_on_a_terminal(on_terminal, service):
    process, terminal, other = on_terminal("login", "help desk", "--user", "zoe")
    read_until(terminal, b"subdomain of Help Desk (what stands before .desk.example): ")
    assert has_echo(other)
    os.write(terminal, b"acme\n")
    assert process.wait(DEADLINE) == 0
    assert service.called("CreateInstance")[0][2] == {"tenant": {"subdomain": "acme"}}


def test_a_terminal_gets_a_code_that_is_found_at_a_glance(on_terminal, service):
    process, terminal, _other = on_terminal("login", "television", "--user", "zoe", "--label",
                                            "wait", "--device", TERM="xterm")
    seen = read_until(terminal, b" left (Ctrl-C cancels)")
    assert b"\r\n    \x1b[1mABCD-EFGH\x1b[0m\r\n" in seen
    assert re.search(rb"Waiting for the code to be entered, 1:\d\d left", seen)
    process.send_signal(signal.SIGINT)
    assert process.wait(DEADLINE) == 7
    assert service.called("Cancel") == [[]]


def read_qr_code(text):
    """The modules of a code on a screen: true is dark, with four modules of quiet around them."""
    lines = [line for line in text.split("\r\n") if line.startswith("\x1b[30;107m")]
    rows = []
    for line in lines:
        halves = line.removeprefix("\x1b[30;107m").removesuffix("\x1b[0m")
        rows.append([half in "▀█" for half in halves])
        rows.append([half in "▄█" for half in halves])
    return rows


def test_a_terminal_gets_a_qr_code(on_terminal):
    process, terminal, _other = on_terminal("login", "television", "--user", "zoe", "--qr",
                                            TERM="xterm", LC_ALL="C.UTF-8")
    rows = read_qr_code(read_until(terminal, b"Enter this code").decode())
    size = len(rows[0])
    assert size == len(rows[-1]) and len(rows) in (size, size + 1)
    finder = [[True] * 7, [True] + [False] * 5 + [True],
              *[[True, False, True, True, True, False, True]] * 3,
              [True] + [False] * 5 + [True], [True] * 7]
    for x, y in ((4, 4), (size - 11, 4), (4, size - 11)):
        assert [row[x:x + 7] for row in rows[y:y + 7]] == finder
    assert not any(any(row) for row in rows[:4] + rows[size - 4:])
    assert not any(any(row[:4] + row[-4:]) for row in rows)
    assert process.wait(DEADLINE) == 0


@pytest.mark.parametrize("columns, place, words", [
    (30, {"TERM": "xterm", "LC_ALL": "C.UTF-8"}, b"columns, and this terminal has 30"),
    (80, {"TERM": "xterm", "LC_ALL": "C"}, b"no terminal that shows UTF-8"),
    (80, {"TERM": "dumb", "LC_ALL": "C.UTF-8"}, b"no terminal that shows UTF-8"),
])
def test_a_terminal_that_cannot_show_a_qr_code_is_told_so(on_terminal, columns, place, words):
    process, terminal, _other = on_terminal("login", "television", "--user", "zoe", "--qr",
                                            columns=columns, **place)
    seen = read_until(terminal, b"Enter this code")
    assert words in seen and ADDRESS.encode() in seen
    assert process.wait(DEADLINE) == 0


def test_a_terminal_gets_a_countdown(on_terminal, service):
    process, terminal, _other = on_terminal("login", "jira", "--user", "zoe", "--label", "wait")
    assert b"1:" in read_until(terminal, b" left (Ctrl-C cancels)")
    process.send_signal(signal.SIGINT)
    assert process.wait(DEADLINE) == 7
    assert b"\r\x1b[K" in read_until(terminal, b"cancelled")
    assert service.called("Cancel") == [[]]
