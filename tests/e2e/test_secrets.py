# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret leaves by a side door: logs, errors, arguments, environments, properties, files.

All of it is used with all debug output on, and then everything that anybody else could have seen
is searched for everything that only the keyring and the caller may have.
"""

import json
import threading
import time
from pathlib import Path

import pytest

from e2e.caller import NAME, refusal_of
from e2e.redirect import accepted_address, address, request, state_of
from e2e.waiting import wait_for

_API_KEY = "an-api-key-5f2c81"
_SECRET_OF_ANOTHER_CLIENT = "white-label-secret-77aa"


class ProcessWatch:
    """Looks at arguments and environments of all processes of a world, again and again."""

    def __init__(self, root):
        self._marker = str(root).encode()
        self.seen = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stop.is_set():
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    environment = (process / "environ").read_bytes()
                    if self._marker in environment:
                        self.seen.add((process / "cmdline").read_bytes())
                        self.seen.add(environment)
                except OSError:
                    continue  # it has ended, or is nobody's business
            time.sleep(0.005)

    def stop(self):
        self._stop.set()
        self._thread.join()
        return b"\0\0".join(self.seen)


def test_nothing_secret_is_anywhere_else(empty_world):
    world = empty_world
    watch = ProcessWatch(world.tree.root)
    said = []  # by the client, and in errors
    known = {_API_KEY, _SECRET_OF_ANOTHER_CLIENT}

    use_everything(world, said, known)

    processes = watch.stop()
    world.daemon.stop()
    known |= set(world.secrets())
    known |= {request["body"]["code_verifier"] for request in exchanges(world)}
    known |= {request["body"]["code"] for request in exchanges(world)}
    assert len(known) >= 15

    assert len(world.daemon.log) > 5000  # debug output was on
    assert b"claviger" in processes
    everywhere = {
        "the log": world.daemon.log.encode(),
        "an argument or the environment of a process": processes,
        "an error, a property or the client's stderr": json.dumps(said).encode(),
    }
    leaks = [
        f"{where}: {text[max(0, at - 80) : at]!r}"
        for where, text in everywhere.items()
        for secret in known
        if (at := text.find(secret.encode())) >= 0
    ]
    assert leaks == []
    assert world.files_with(known) == []


def exchanges(world):
    requests = world.standin.requests("token")
    return [r for r in requests if r["body"].get("grant_type") == "authorization_code"]


def use_everything(world, said, known):
    """Good and bad ends of everything that has to do with a secret."""
    world.keyring.start()
    world.start_standin(sites=["acme", "beta"])
    write_a_server_with_keys(world)
    # What others may log of their traffic is theirs; our programs say all that they ever say.
    world.daemon.start(G_MESSAGES_DEBUG="all", G_DEBUG="")
    add_clients(world, said)
    instance_id = sign_in_in_every_way(world, said)
    hand_out(world, said, instance_id)
    refresh_on_bad_days(world, said, instance_id, known)
    lock(world, said, instance_id)
    use_keys(world, said)
    sign_out(world, said, instance_id)


def write_a_server_with_keys(world):
    world.write_provider(
        "notes",
        Provider={"Name": "Notes", "Kind": "api-key", "Documentation": "https://notes.example/"},
        ApiKey={"Header": "Authorization: Bearer {token}", "CreateUrl": "https://notes.example/"},
    )


def run(world, said, *arguments, **named):
    """The client; its stdout is where the person wants it, the rest must be clean."""
    done = world.cli(*arguments, check=False, G_MESSAGES_DEBUG="all", **named)
    said.append(done.stderr)
    return done.stdout


def fails(said, call, *arguments, **named):
    said.append(refusal_of(call, *arguments, **named).message)


def add_clients(world, said):
    run(
        world,
        said,
        *("client", "add", "Confluence", world.client_id, "--default"),
        *("--redirect-uri", world.redirect_uri),
        stdin=world.client_secret + "\n",
    )
    world.standin.add_client("white-label", _SECRET_OF_ANOTHER_CLIENT, world.redirect_uri)
    world.caller.set_client(
        "Confluence",
        "white-label",
        client_secret=_SECRET_OF_ANOTHER_CLIENT,
        redirect_uri=world.redirect_uri,
    )
    said.append(run(world, said, "--json", "client", "list"))


def sign_in_in_every_way(world, said):
    opened = world.capture_browser()
    login = world.start_cli("login", "Confluence", "--label", "work")
    world.person.sign_in(wait_for(opened)[0])
    assert login.wait() == 0
    instance_id = login.stdout.strip()

    paste = world.start_cli("login", "Confluence", "--label", "paste", "--paste")
    paste.type(accepted_address(paste.address()))
    assert paste.wait() == 0

    pending = world.caller.authorize(instance_id)  # keeps the listener open
    for client_id in (world.client_id, "white-label"):
        authorization = world.caller.authorize(instance_id, client_id=client_id)
        said.append(request(address(world.redirect_uri, code="x" * 40, state="y" * 40)))
        redirect = accepted_address(authorization.url)
        said.append([request(redirect), request(redirect)])
        said.append(authorization.wait())
        said.append([authorization.get(name) for name in ("Phase", "Url", "RedirectUri")])
        fails(said, authorization.call, "CompleteFromUrl", "(s)", (redirect,))
    said.append(world.person.sign_in(pending.url, button="deny").text)
    said.append(pending.wait())

    for fault in ({"status": 500}, {"truncate": True}, {"html": True}, {"omit": ["access_token"]}):
        world.standin.fault("token", **fault)
        authorization = world.caller.authorize(instance_id)
        said.append(world.person.sign_in(authorization.url).text)
        said.append(authorization.wait())
    authorization = world.caller.authorize(instance_id)
    wrong = address("http://127.0.0.1:1/elsewhere", code="c" * 40, state=state_of(authorization))
    fails(said, authorization.call, "CompleteFromUrl", "(s)", (wrong,))
    authorization.call("Cancel")
    return instance_id


def hand_out(world, said, instance_id):
    for words in (["token"], ["auth"], ["--json", "auth"], ["show"], ["refresh"], ["site"]):
        run(world, said, *words, instance_id)
    run(world, said, "site", instance_id, "beta")
    said.append(world.cli("list").stdout)
    said.append(world.cli("status").stdout)
    said.append(world.caller.list_instances())
    said.append(world.caller.call("ListClients", "(s)", ("",)))
    said.append([world.caller.get(n) for n in ("Version", "DaemonVersion", "KeyringState")])


def refresh_on_bad_days(world, said, instance_id, known):
    faults = [
        {"status": 400, "body": json.dumps({"error": "odd", "error_description": "echo"})},
        {"truncate": True},
        {"members": {"access_token": 7}},
        {"members": {"token_type": "mac"}},
        {"drop": "after"},
        {"delay_answer": 0.1},
        {"members": {"expires_in": "soon"}},
    ]
    for fault in faults:
        auth = world.caller.get_instance_auth(instance_id)
        known |= {auth["access_token"], auth["refresh_token"]}
        world.standin.fault("token", **fault)
        run(world, said, "refresh", instance_id)
    # A server that repeats in its error what it was sent.
    auth = world.caller.get_instance_auth(instance_id)
    known |= {auth["access_token"], auth["refresh_token"]}
    echo = json.dumps({"error": auth["refresh_token"], "error_description": auth["access_token"]})
    for status in (400, 401, 403, 500):
        world.standin.fault("token", status=status, body=echo, content_type="application/json")
        fails(said, world.caller.get_access_token, instance_id, force_refresh=True)
        said.append(world.caller.instance(instance_id))
        said.append(world.cli("status").stdout)


def lock(world, said, instance_id):
    world.keyring.lock()
    run(world, said, "token", instance_id)
    run(world, said, "auth", instance_id)
    fails(said, world.caller.set_client, "Confluence", "z", client_secret=world.client_secret)
    world.keyring.unlock()
    wait_for(lambda: world.caller.get("KeyringState") == "unlocked")
    world.daemon.restart(G_DEBUG="")
    run(world, said, "token", instance_id)


def use_keys(world, said):
    run(world, said, "set", "--user", "ada", "notes", "token", stdin=_API_KEY + "\n")
    assert _API_KEY in run(world, said, "--json", "user-auth", "ada", "notes")
    run(world, said, "set", "notes", stdin=_API_KEY + "\n")
    run(world, said, "auth", "notes")
    said.append(world.caller.list_instances())


def sign_out(world, said, instance_id):
    run(world, said, "logout", instance_id)
    run(world, said, "token", instance_id)
    run(world, said, "remove", instance_id)
    run(world, said, "client", "remove", "confluence", "white-label")


# The process.


def test_the_daemon_leaves_no_core_and_no_open_files(world, signed_in):
    limits = Path(f"/proc/{world.daemon.pid}/limits").read_text()
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    # The soft limit is what counts; the hard one is left, for a browser that it may have to start.
    assert core.split()[4] == "0"
    for path in world.tree.state.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("method", ["GetAll", "Introspect"])
def test_no_property_holds_a_secret(world, signed_in, method):
    known = world.secrets()
    interface = (
        "org.freedesktop.DBus.Properties"
        if method == "GetAll"
        else "org.freedesktop.DBus.Introspectable"
    )
    arguments = ("(s)", (NAME,)) if method == "GetAll" else ()
    answer = json.dumps(world.caller.call(method, *arguments, interface=interface))
    assert answer and not any(secret in answer for secret in known)
