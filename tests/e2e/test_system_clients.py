# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clients that a company gives to all its desktops."""

import pytest

from e2e.caller import refusal_of


@pytest.fixture
def company(empty_world):
    """A machine whose administrator has registered a client; nobody has its secret yet."""
    world = empty_world
    world.keyring.start()
    world.start_standin()
    write_client(world, Server="Confluence", ClientId=world.client_id, Default="true")
    world.daemon.start()
    return world


def write_client(world, **keys):
    path = world.tree.sysconf / "claviger" / "clients" / "acme.client"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[Client]\n" + "".join(f"{key}={value}\n" for key, value in keys.items()))


def test_it_is_the_default_and_a_person_adds_the_secret(company):
    [[client]] = company.caller.call("ListClients", "(s)", ("Confluence",))
    assert client["client-id"] == company.client_id
    assert client["system"] and client["default"] and not client["has-secret"]

    company.cli("client", "add", "Confluence", company.client_id, stdin=company.client_secret + "\n")
    [[client]] = company.caller.call("ListClients", "(s)", ("Confluence",))
    assert client["has-secret"] and client["default"] and not client["system"]
    instance_id = company.sign_in()
    company.caller.get_access_token(instance_id, force_refresh=True)


def test_a_person_can_not_remove_it(company):
    refusal = refusal_of(
        company.caller.call, "DeleteClient", "(ss)", ("Confluence", company.client_id)
    )
    assert refusal.name == "AccessDenied"
    [listed] = company.caller.call("ListClients", "(s)", ("",))
    assert len(listed) == 1
