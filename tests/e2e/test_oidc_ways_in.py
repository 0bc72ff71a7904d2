# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other ways in and out, at the same server: discovery, registration, devices, revocation."""

import base64
import json
import urllib.parse

from e2e.caller import error_of, refusal_of
from e2e.strict import SERVER, introspect, issuer, sign_in, sign_in_there, start, strict  # noqa: F401
from e2e.waiting import wait_for


def clients(world):
    return world.caller.call("ListClients", "(s)", (SERVER,))[0]


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def refresh_and_restart(world, instance_id):
    """What was discovered goes with the grant: it is as good in the daemon's next life."""
    world.caller.get_access_token(instance_id, force_refresh=True)
    world.daemon.restart()
    world.caller.get_access_token(instance_id, force_refresh=True)


# Discovery and registration.


def test_an_issuer_is_all_that_is_needed(empty_world, issuer):
    """RFC 8414 or OpenID's document, and RFC 7591: nobody registers anything by hand."""
    world = start(empty_world, {"Issuer": issuer})
    assert clients(world) == []
    instance_id = sign_in(world)

    [client] = clients(world)
    assert client["redirect-uri"] == world.redirect_uri
    assert not client["has-secret"]
    refresh_and_restart(world, instance_id)

    # The next one uses the same registration.
    sign_in(world)
    assert len(clients(world)) == 1


def test_a_registration_is_for_one_redirect_uri(empty_world, issuer):
    """The server compares it: with another one, the client has to be another one too."""
    world = start(empty_world, {"Issuer": issuer})
    first = sign_in(world)
    before = clients(world)[0]["client-id"]
    world.daemon.stop()
    world.redirect_uri = world.redirect_uri.replace("/callback", "/another")
    world.write_provider("strict-server", **moved(issuer, world.redirect_uri))
    world.daemon.start()
    sign_in(world)
    assert before in {client["client-id"] for client in clients(world)}
    assert world.redirect_uri in {client["redirect-uri"] for client in clients(world)}
    world.caller.get_access_token(first, force_refresh=True)


def moved(issuer, redirect_uri):
    return {
        "Provider": {"Name": SERVER, "Kind": "oauth2"},
        "OAuth2": {
            "Issuer": issuer,
            "Scopes": "openid",
            "RequiredScopes": "offline_access",
            "AuthorizeParameters": "prompt=consent",
            "RefreshTokenRotates": "true",
            "RedirectUri": redirect_uri,
        },
    }


def test_a_registered_client_that_the_server_has_forgotten_is_registered_anew(empty_world, issuer):
    world = start(empty_world, {"Issuer": issuer})
    sign_in(world)
    [client] = clients(world)
    # The server has it no more: what it is asked with is another one's name.
    records = world.tree.state / "claviger" / "clients"
    world.daemon.stop()
    for record in records.iterdir():
        record.write_text(record.read_text().replace(client["client-id"], "forgotten"))
    world.daemon.start()

    instance_id = world.caller.create_instance("ada", SERVER)
    authorization = world.caller.authorize(instance_id, SERVER)
    page = world.person.open(authorization.url)
    assert page.status == 400
    authorization.call("Cancel")
    world.caller.call("DeleteClient", "(ss)", (SERVER, "forgotten"))
    sign_in(world)
    assert "forgotten" not in {client["client-id"] for client in clients(world)}


def test_a_protected_resource_is_all_that_is_needed(empty_world, issuer):
    """RFC 9728 to find the server, RFC 8707 to get tokens for that resource and for no other."""
    resource = f"{issuer}/mcp"
    world = start(empty_world, {"Resource": resource, "Scopes": "openid;read"})
    instance_id = sign_in(world)
    assert claims(world.caller.get_access_token(instance_id)[0])["aud"] == resource
    refresh_and_restart(world, instance_id)
    assert claims(world.caller.get_access_token(instance_id)[0])["aud"] == resource


def test_an_issuer_that_names_itself_otherwise_is_not_used(empty_world, issuer):
    """RFC 8414 section 3.3: the document must name who was asked."""
    other = issuer.replace("127.0.0.1", "localhost")
    world = start(empty_world, {"Issuer": other})
    instance_id = world.caller.create_instance("ada", SERVER)
    refusal = refusal_of(world.caller.authorize, instance_id, SERVER)
    assert refusal.name in ("Refused", "Failed")
    assert "issuer" in refusal.message.lower()
    assert clients(world) == []


# A device.


def device(strict, issuer):
    return strict("public", DeviceAuthorizationEndpoint=f"{issuer}/device/auth")


def enter_code(world, url):
    """The pages of the server: the code, the question whether it is the right one, the sign-in."""
    page = world.person.open(url)
    for _ in range(8):
        if page.form is None:
            return page
        fields = page.form.fields | {"login": "ada", "password": "any"}
        if "/device" in page.form.action:
            fields = page.form.fields | {"confirm": "yes"}
        fields = {name: value for name, value in fields.items() if value and name != "abort"}
        action = urllib.parse.urljoin(page.url, page.form.action or page.url)
        page = world.person.open(action, data=urllib.parse.urlencode(fields).encode())
    raise AssertionError(f"it asks and asks: {page.text}")


def test_a_sign_in_from_another_device(strict, issuer):
    world = device(strict, issuer)
    instance_id = world.caller.create_instance("ada", SERVER)
    authorization = world.caller.authorize(instance_id, SERVER, flow="device")
    assert authorization.get("UserCode")
    assert authorization.get("RedirectUri") == ""
    assert authorization.get("UserCode") in authorization.url
    enter_code(world, authorization.url)
    outcome, details = authorization.wait(timeout=30)
    assert outcome == "authorized", details
    world.caller.get_access_token(instance_id, force_refresh=True)


def test_the_client_shows_the_code(strict, issuer):
    world = device(strict, issuer)
    login = world.start_cli("login", "strict-server", "--device", "--no-browser")
    wait_for(lambda: "user_code=" in login.stderr, what="the address to be shown")
    address = next(w for w in login.stderr.split() if "user_code=" in w)
    enter_code(world, address)
    assert login.wait() == 0


# Leaving.


def test_both_tokens_are_dead_at_the_server(strict, issuer):
    """RFC 7009. The refresh token says whether the grant lives."""
    world = strict("post", RevocationEndpoint=f"{issuer}/token/revocation")
    instance_id = sign_in(world)
    auth = world.caller.get_instance_auth(instance_id)
    assert introspect(issuer, auth["refresh_token"])["active"]
    [revoked] = world.caller.call("DeleteInstanceAuth", "(sa{sv})", (instance_id, {}))
    assert revoked
    assert not introspect(issuer, auth["refresh_token"])["active"]
    assert not introspect(issuer, auth["access_token"])["active"]
    assert error_of(world.caller.get_access_token, instance_id) == "NotSignedIn"


def test_what_was_discovered_is_revoked_there_too(empty_world, issuer):
    world = start(empty_world, {"Issuer": issuer})
    instance_id = sign_in(world)
    world.daemon.restart()
    auth = world.caller.get_instance_auth(instance_id)
    [revoked] = world.caller.call("DeleteInstance", "(sa{sv})", (instance_id, {}))
    assert revoked
    assert not introspect(issuer, auth["refresh_token"])["active"]
