# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Against an authorization server that nobody here wrote: oidc-provider, certified for OpenID.

It is as strict as the standards are (PKCE is required, the client authenticates in one way only, a
refresh token that is used twice ends the grant), and names itself in its answers (RFC 9207).
"""

import json
import urllib.parse

import pytest

from e2e.caller import error_of, refusal_of
from e2e.strict import (  # noqa: F401 (fixtures)
    METHODS,
    SERVER,
    introspect,
    issuer,
    secret_of,
    sign_in,
    sign_in_there,
    strict,
)
from standin.application import request


@pytest.mark.parametrize("client_id", METHODS)
def test_the_whole_way(strict, issuer, client_id):
    world = strict(client_id)
    instance_id = sign_in(world)
    auth = world.caller.get_instance_auth(instance_id)
    assert auth["token_type"] == "Bearer"
    assert auth["scope"].split() == ["openid", "offline_access"]
    assert auth["id_token"].count(".") == 2
    assert 3500 < auth["expires_in"] <= 3600
    assert "accessible_resources" not in auth

    used = [auth["refresh_token"]]
    for _ in range(2):
        token = world.caller.get_access_token(instance_id, force_refresh=True)[0]
        used.append(world.caller.get_instance_auth(instance_id)["refresh_token"])
    world.daemon.restart()
    assert world.caller.get_access_token(instance_id)[0] == token
    world.caller.get_access_token(instance_id, force_refresh=True)
    assert len(set(used)) == 3
    if client_id == "post":
        assert introspect(issuer, token)["active"]


def test_each_sign_in_has_a_port_of_its_own(strict):
    """RFC 8252 section 7.3: the server compares all but the port."""
    world = strict("public")
    first, second = (
        world.caller.authorize(world.caller.create_instance("ada", SERVER), SERVER)
        for _ in range(2)
    )
    ports = {urllib.parse.urlsplit(a.get("RedirectUri")).port for a in (first, second)}
    assert len(ports) == 2
    assert urllib.parse.urlsplit(world.redirect_uri).port not in ports
    for authorization in (second, first):
        sign_in_there(world, authorization.url)
        assert authorization.wait()[0] == "authorized"


def test_an_exact_port_works_as_well(strict):
    world = strict("public", RedirectPort="exact")
    instance_id = world.caller.create_instance("ada", SERVER)
    authorization = world.caller.authorize(instance_id, SERVER)
    assert authorization.get("RedirectUri") == world.redirect_uri
    sign_in_there(world, authorization.url)
    assert authorization.wait()[0] == "authorized"


def test_a_server_that_names_itself_otherwise_is_not_believed(strict):
    """RFC 9207: a mix-up of two servers."""
    world = strict("public", Issuer="https://another.example")
    instance_id = world.caller.create_instance("ada", SERVER)
    authorization = world.caller.authorize(instance_id, SERVER)
    page = sign_in_there(world, authorization.url)
    outcome, details = authorization.wait()
    assert outcome == "failed"
    assert "not signed in" in page.text
    assert "issuer" in details["message"].lower() or "another server" in details["message"]
    assert error_of(world.caller.get_access_token, instance_id) == "NotSignedIn"


def test_what_the_person_cancels_there_is_a_denial(strict):
    world = strict("public")
    instance_id = world.caller.create_instance("ada", SERVER)
    authorization = world.caller.authorize(instance_id, SERVER)
    page = world.person.open(authorization.url)
    world.person.open(f"{urllib.parse.urljoin(page.url, page.form.action)}/abort")
    assert authorization.wait()[0] == "denied"


@pytest.mark.parametrize("client_id", ["basic", "post"])
def test_a_wrong_secret_is_refused_and_costs_nothing(strict, client_id):
    world = strict(client_id)
    instance_id = sign_in(world)
    world.caller.set_client(SERVER, client_id, client_secret="wrong")
    refusal = refusal_of(world.caller.get_access_token, instance_id, force_refresh=True)
    assert refusal.name == "Refused"
    assert "invalid_client" in refusal.message
    world.caller.set_client(SERVER, client_id, client_secret=secret_of(client_id))
    world.caller.get_access_token(instance_id, force_refresh=True)


def test_a_refresh_token_that_was_used_elsewhere_ends_the_grant(strict, issuer):
    world = strict("public")
    instance_id = sign_in(world)
    stolen = world.caller.get_instance_auth(instance_id)["refresh_token"]
    world.caller.get_access_token(instance_id, force_refresh=True)
    form = {"grant_type": "refresh_token", "refresh_token": stolen, "client_id": "public"}
    status, answer = request(f"{issuer}/token", urllib.parse.urlencode(form).encode())
    assert (status, answer["error"]) == (400, "invalid_grant")

    name = error_of(world.caller.get_access_token, instance_id, force_refresh=True)
    assert name == "NeedsSignIn"
    assert world.caller.instance(instance_id)["status"] == "needs-sign-in"


def test_the_client_knows_the_server_by_name_and_slug(strict):
    world = strict("public")
    server = json.loads(world.cli("--json", "servers", "strict-server").stdout)
    assert (server["name"], server["default-client"]) == (SERVER, True)
    login = world.start_cli("login", "strict server", "--no-browser")
    sign_in_there(world, login.address())
    assert login.wait() == 0
