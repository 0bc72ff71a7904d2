# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What else arrives at the loopback listener while a sign-in is pending: none of it ends it."""

import os
import shutil
import socket
import subprocess
import urllib.parse

import pytest

from e2e.caller import refusal_of
from e2e.redirect import accepted_address, address, is_open, request, state_of
from e2e.waiting import stays, wait_for

_NOBODY = 65534


@pytest.fixture
def pending(world):
    """A sign-in that must still be there, and go well, when the test is over."""
    authorization = world.caller.authorize(world.caller.create_instance())
    yield authorization
    assert authorization.phase == "waiting" and authorization.completed() is None
    world.person.sign_in(authorization.url)
    assert authorization.wait()[0] == "authorized"


def test_a_wrong_state_is_turned_away_and_the_right_one_works(world, pending):
    url = address(world.redirect_uri, code="stolen", state="of-somebody-else")
    status, page = request(url)
    assert status == 400
    assert "not known" in page
    assert "stolen" not in page and "of-somebody-else" not in page
    assert world.standin.requests("token") == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "code=abc",
        "state=abc",
        "code=a&code=b&state={state}",
        "code=a&state={state}&state=b",
        "code=a&error=access_denied&state={state}",
        "state={state}",
        "code=%00&state={state}",
    ],
)
def test_what_no_provider_sends_is_turned_away(world, pending, query):
    query = query.format(state=state_of(pending))
    assert request(f"{world.redirect_uri}?{query}")[0] == 400


def test_other_paths_are_not_there(world, pending):
    for path in ("/favicon.ico", "/", "/callback/", "/callbackx", "/.well-known/x"):
        assert request(world.redirect_uri, path=path)[0] == 404


def test_other_methods_are_refused(world, pending):
    right = address(world.redirect_uri, code="x", state=state_of(pending))
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "HEAD"):
        assert request(right, method=method)[0] in (400, 405), method


def test_a_prefetch_is_not_a_visit(world, pending):
    right = address(world.redirect_uri, code="x", state=state_of(pending))
    for headers in ({"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}):
        assert request(right, headers=headers)[0] >= 400


def test_a_subresource_is_not_a_visit(world, pending):
    right = address(world.redirect_uri, code="x", state=state_of(pending))
    headers = {"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"}
    assert request(right, headers=headers)[0] >= 400


def test_another_host_gets_nothing(world, pending):
    """DNS rebinding: the browser thinks that it talks to somebody else."""
    right = address(world.redirect_uri, code="x", state=state_of(pending))
    port = urllib.parse.urlsplit(right).port
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"localhost:{port}"):
        status, page = request(right, host=host)
        assert status in (400, 421), host
        assert "Confluence" not in page


def test_what_is_not_http_is_dropped(world, pending):
    port = urllib.parse.urlsplit(world.redirect_uri).port
    for bytes_sent in (b"\x16\x03\x01\x02\x00\x01\x00", b"\r\n\r\n", b"A" * 100_000):
        with socket.create_connection(("127.0.0.1", port), 5) as peer:
            peer.settimeout(10)
            try:
                peer.sendall(bytes_sent)
                peer.shutdown(socket.SHUT_WR)
                answer = peer.recv(4096)
            except OSError:  # it was cut off in the middle
                continue
            assert answer == b"" or b" 4" in answer.splitlines()[0]


def test_a_crowd_that_says_nothing_does_not_keep_the_browser_out(world, pending):
    port = urllib.parse.urlsplit(world.redirect_uri).port
    crowd = [socket.create_connection(("127.0.0.1", port), 5) for _ in range(30)]
    assert request(world.redirect_uri, path="/favicon.ico")[0] == 404
    for peer in crowd:
        peer.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="there is no setpriv")
def test_another_unix_user_does_not_get_in(world, pending):
    """With the right state: what keeps it out is who it is."""
    right = urllib.parse.urlsplit(address(world.redirect_uri, code="x", state=state_of(pending)))
    script = (
        "import socket,sys\n"
        f"s = socket.create_connection(('127.0.0.1', {right.port}), 5)\n"
        f"s.sendall(b'GET {right.path}?{right.query} HTTP/1.1\\r\\nHost: {right.netloc}\\r\\n\\r\\n')\n"
        "print(len(s.recv(100)))\n"
    )
    user = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    done = subprocess.run(
        [*user, "/usr/bin/python3", "-c", script],
        capture_output=True,
        text=True,
        timeout=20,
        cwd="/",
    )
    assert done.stdout.strip() == "0" or "ConnectionResetError" in done.stderr, done
    assert world.standin.requests("token") == []


# After the answer.


def test_a_replayed_redirect_is_told_that_there_was_one(world):
    first = world.caller.authorize(world.caller.create_instance())
    second = world.caller.authorize(world.caller.create_instance())  # keeps the listener open
    redirect = accepted_address(first.url)
    assert request(redirect)[0] == 200
    assert first.wait()[0] == "authorized"

    status, page = request(redirect)
    assert status == 200
    assert "had its answer already" in page
    assert len(world.standin.requests("token")) == 1
    assert second.phase == "waiting"
    assert all(grant["alive"] for grant in world.standin.grants())


def test_the_second_of_two_at_once_is_a_replay(world):
    """As a browser that loads twice: only one code is sent to the server."""
    world.standin.fault("token", delay=0.5)
    authorization = world.caller.authorize(world.caller.create_instance())
    redirect = accepted_address(authorization.url)
    tab = world.open_tab(redirect)
    wait_for(lambda: authorization.phase == "exchanging")
    assert "had its answer already" in request(redirect)[1]
    assert "Signed in" in tab.page().text
    assert authorization.wait()[0] == "authorized"
    assert len(world.standin.requests("token")) == 1


def test_the_state_of_one_sign_in_is_not_taken_for_another(world, pending):
    """Mix-up: each answer goes to the sign-in that asked."""
    other = world.caller.authorize(world.caller.create_instance("grace"))
    world.person.sign_in(other.url, button="deny")
    assert other.wait()[0] == "denied"


def test_nobody_listens_when_nothing_is_pending(world):
    assert not is_open(world.redirect_uri)
    authorization = world.caller.authorize(world.caller.create_instance())
    assert is_open(world.redirect_uri)
    authorization.call("Cancel")
    wait_for(lambda: not is_open(world.redirect_uri))


# The port.


def test_a_port_in_use_is_said_with_who_has_it(world):
    port = urllib.parse.urlsplit(world.redirect_uri).port
    with socket.create_server(("127.0.0.1", port)):
        instance_id = world.caller.create_instance()
        refusal = refusal_of(world.caller.authorize, instance_id)
        assert refusal.name == "PortInUse"
        assert str(port) in refusal.message
        assert "python" in refusal.message
        assert world.caller.instance(instance_id)["status"] == "signed-out"

        login = world.cli("login", "Confluence", "--no-browser", check=False)
        assert login.returncode == 1
        assert str(port) in login.stderr and "python" in login.stderr
    world.sign_in(instance_id)


def test_only_loopback_is_listened_on(world, pending):
    port = urllib.parse.urlsplit(world.redirect_uri).port
    listening = {
        fields[1]
        for family in ("tcp", "tcp6")
        for fields in map(str.split, open(f"/proc/net/{family}").read().splitlines()[1:])
        if fields[3] == "0A" and fields[1].endswith(f":{port:04X}")
    }
    assert listening == {f"0100007F:{port:04X}"}


def test_a_sign_in_can_be_begun_while_another_program_probes(world, pending):
    stays(lambda: request(world.redirect_uri, path="/")[0] == 404, 0.3)
