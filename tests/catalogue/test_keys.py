# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each server that takes a key, a password or a connection string: set, get, delete."""

import pytest

from catalogue import overlay
from pathlib import Path

from e2e.caller import auth_data

_FILES = overlay.load(Path(__file__).parents[2] / "data" / "providers")
_KEYED = {"api-key", "basic", "connection-string"}
_SERVERS = sorted(name for name, file in _FILES.items() if _KEYED & set(file.kinds))


def tenant_of(listed):
    """A value for each parameter that has no default."""
    samples = {"shop": "acme"}
    return {
        t["name"]: samples.get(t["name"], "acme")
        for t in listed.get("tenant", [])
        if "default" not in t
    }


def assert_advice_fits(caller, file):
    """Who has no credentials yet is told of a way in that there is."""
    found, _, message = caller.call("GetUserAuth", "(ssa{sv})", ("nobody", file.name, {}))
    assert not found
    assert ("claviger login" in message) == ("oauth2" in file.kinds)
    assert ("claviger set --user nobody" in message) == ("oauth2" not in file.kinds)


@pytest.mark.parametrize("server", _SERVERS)
def test_set_get_delete(world, server):
    caller = world.caller
    file = _FILES[server]
    [listed] = [s for s in caller.call("ListServers", "(a{sv})", ({},))[0] if s["name"] == server]
    assert listed["key-fields"] == file.fields
    assert file.fields, "nobody knows what it needs"

    tenant = tenant_of(listed)
    instance_id = caller.create_instance("ada", server, **({"tenant": tenant} if tenant else {}))
    values = {field: f"{field} of {server}" for field in file.fields}
    assert_advice_fits(caller, file)
    caller.call("SetInstanceAuth", "(sa{sv})", (instance_id, auth_data(**values)))
    data = caller.get_instance_auth(instance_id)
    assert values.items() <= data.items()
    token, expires_at, _ = caller.get_access_token(instance_id)
    assert token == values[file.get("ApiKey", "TokenField") or file.fields[0]]
    assert expires_at == 0

    done = world.cli("token", instance_id)
    assert done.stdout == f"{token}\n"
    [revoked] = caller.call("DeleteInstanceAuth", "(sa{sv})", (instance_id, {}))
    assert not revoked
    assert caller.instance(instance_id)["status"] == "signed-out"


@pytest.mark.parametrize("server", sorted(n for n, f in _FILES.items() if f.kinds == ["none"]))
def test_some_need_nothing(world, server):
    instance_id = world.caller.create_instance("ada", server)
    assert world.caller.instance(instance_id)["kind"] == "none"
    found, _, message = world.caller.call("GetUserAuth", "(ssa{sv})", ("ada", server, {}))
    assert not found
    assert "no credentials" in message and "claviger login" not in message


@pytest.mark.parametrize("server", ["Exa", "Hacker News"])
def test_the_client_advises_no_sign_in_that_there_is_not(world, server):
    done = world.cli("user-auth", "nobody", server, check=False)
    assert done.returncode == 3
    assert "claviger login" not in done.stderr
