# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each OAuth server of the catalogue: a whole sign-in, a refresh, a dead grant, and leaving."""

import base64
import hashlib
import http.client
import urllib.parse

import pytest

from catalogue.dialects import DIALECTS, SECRET
from e2e.caller import error_of
from e2e.waiting import wait_for

_OWN_REDIRECT_URI = "https://acme.example.com/callback"
_BY_SERVER = {dialect.server: dialect for dialect in DIALECTS}


class Case:
    """One server in one test."""

    def __init__(self, dialect, world, file, polyglot):
        self.dialect = dialect
        self.caller = world.caller
        self.file = file
        self.speaker = polyglot.speakers[file.slug]
        self.speaker.forget()
        self.client_id = f"registered-{file.slug}" if dialect.registers else f"client-{file.slug}"
        self.place = dialect.place | dialect.tenant
        self.resource = file.resource(polyglot.base)
        for name, value in self.place.items():
            self.resource = self.resource and self.resource.replace(f"{{{name}}}", value)
        [listed] = [s for s in self.caller.call("ListServers", "(a{sv})", ({},))[0] if s["name"] == dialect.server]
        self.listed = listed

    def add_client(self):
        if self.dialect.registers:
            return
        options = {"client_secret": SECRET} if self.dialect.secret else {}
        if self.dialect.flow == "paste":
            options["redirect_uri"] = _OWN_REDIRECT_URI
        self.caller.set_client(self.dialect.server, self.client_id, **options)

    def sign_in(self):
        """The id of a new instance that is signed in."""
        self.add_client()
        tenant = {"tenant": self.dialect.tenant} if self.dialect.tenant else {}
        self.instance_id = self.caller.create_instance("ada", self.dialect.server, **tenant)
        self.authorization = self.caller.authorize(self.instance_id, self.dialect.server)
        self.redirect_uri = self.authorization.get("RedirectUri")
        address = open_page(self.authorization.url)
        if self.dialect.flow == "paste":
            self.authorization.call("CompleteFromUrl", "(s)", (address,))
        else:
            open_page(address)
        outcome, details = self.authorization.wait()
        assert outcome == "authorized", details

    @property
    def scopes(self):
        """What is asked for where the caller names nothing."""
        return list(dict.fromkeys([*self.listed.get("scopes", []), *self.dialect.requires]))

    def client_members(self, authentication):
        if authentication in ("basic", "bearer"):
            return {}
        members = {"client_id": self.client_id}
        return members | ({"client_secret": SECRET} if authentication == "post" else {})

    def check_authentication(self, request, authentication, token=None):
        expected = None
        if authentication == "basic":
            pair = f"{urllib.parse.quote_plus(self.client_id)}:{urllib.parse.quote_plus(SECRET)}"
            expected = "Basic " + base64.b64encode(pair.encode()).decode()
        if authentication == "bearer":
            expected = f"Bearer {token}"
        assert request.headers.get("authorization") == expected

    def check_headers(self, request):
        for name, value in self.dialect.headers.items():
            assert name.lower() in request.headers
            assert value is None or request.headers[name.lower()] == value

    def data(self):
        return self.caller.get_instance_auth(self.instance_id)


@pytest.fixture(params=[dialect.server for dialect in DIALECTS])
def case(request, world, files, polyglot):
    return Case(_BY_SERVER[request.param], world, files[request.param], polyglot)


def open_page(url):
    """One request of a browser; where it is sent."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    answer.read()
    return answer.headers["Location"]


def challenge_of(verifier):
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def test_the_table_and_the_catalogue_have_the_same_servers(files):
    assert {name for name, file in files.items() if "oauth2" in file.kinds} == set(_BY_SERVER)


def check_redirect_uri(case):
    if case.dialect.flow == "paste":
        assert case.redirect_uri == _OWN_REDIRECT_URI
        return
    parts = urllib.parse.urlsplit(case.redirect_uri)
    assert parts.hostname == case.dialect.host
    if not case.dialect.any_port:
        assert case.redirect_uri == case.file.get("OAuth2", "RedirectUri")


def check_authorize(case):
    [request] = case.speaker.requests("authorize")
    query = dict(request.query)
    assert len(query.pop("state")) >= 22
    if case.dialect.pkce:
        assert len(query.pop("code_challenge")) == 43
        assert query.pop("code_challenge_method") == case.dialect.pkce
    expected = {
        "response_type": "code",
        "client_id": case.client_id,
        "redirect_uri": case.redirect_uri,
    }
    if case.dialect.separator and case.scopes:
        expected["scope"] = case.dialect.separator.join(case.scopes)
    if case.resource:
        expected["resource"] = case.resource
    # Which scopes of a person's token are asked for beside the bot's is the file's choice.
    query.pop("user_scope", None)
    assert query == expected | case.dialect.authorize
    assert request.place == case.place


def check_exchange(case):
    dialect = case.dialect
    request = case.speaker.requests("token")[0]
    assert request.method == "POST"
    assert request.query == {}
    kinds = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
    assert request.headers["content-type"] == kinds[dialect.body]
    expected = {
        "grant_type": "authorization_code",
        "code": f"code-{case.file.slug}",
        "redirect_uri": case.redirect_uri,
    }
    body = dict(request.body)
    if dialect.pkce:
        [asked] = case.speaker.requests("authorize")
        assert challenge_of(body.pop("code_verifier")) == asked.query["code_challenge"]
    if case.resource:
        expected["resource"] = case.resource
    expected |= case.client_members(dialect.authentication)
    assert body == expected | dialect.token
    case.check_authentication(request, dialect.authentication)
    case.check_headers(request)


def check_upgrade(case, short_lived):
    [request] = case.speaker.requests("upgrade")
    assert request.method == "GET"
    assert request.query == {
        "grant_type": case.dialect.upgrades,
        "client_secret": SECRET,
        "access_token": short_lived,
    }


def check_data(case, data):
    dialect = case.dialect
    first = case.speaker.tokens - (1 if dialect.upgrades else 0)
    assert data["access_token"] == f"access-{case.file.slug}-{case.speaker.tokens}"
    refresh_token = {
        None: None,
        "itself": data["access_token"],
    }.get(dialect.refresh, f"refresh-{case.file.slug}-{first}")
    assert data.get("refresh_token") == refresh_token
    if dialect.separator and case.scopes:
        assert data["scope"] == " ".join(case.scopes)
    lifetime = 5184000 if dialect.upgrades else dialect.answer.get("expires_in", 3600)
    if lifetime is not None:
        assert lifetime - 60 < data["expires_in"] <= lifetime
    for name, value in dialect.data.items():
        assert data[name] == value, name
    check_wrapped(case, data)


def check_wrapped(case, data):
    """Where the server puts the token, programs find the one that is good now."""
    if case.dialect.inside:
        assert data[case.dialect.inside]["access_token"] == data["access_token"]
        assert "refresh_token" not in data[case.dialect.inside]


def test_sign_in_and_refresh(case):
    case.sign_in()
    check_redirect_uri(case)
    check_authorize(case)
    check_exchange(case)
    if case.dialect.upgrades:
        check_upgrade(case, f"access-{case.file.slug}-{case.speaker.tokens - 1}")
    check_data(case, case.data())
    if case.dialect.refresh:
        check_refresh(case, case.data())


def check_refresh(case, before):
    dialect = case.dialect
    case.speaker.asked.clear()
    case.caller.get_access_token(case.instance_id, force_refresh=True)
    endpoint = "refresh" if case.file.get("OAuth2", "RefreshEndpoint") else "token"
    [request] = [r for r in case.speaker.asked if r.endpoint in ("token", "refresh")]
    assert request.endpoint == endpoint
    assert request.place == case.place

    authentication = dialect.refresh_authentication or dialect.authentication
    expected = {
        "grant_type": dialect.refresh_grant,
        dialect.refresh_parameter: before.get("refresh_token"),
    }
    expected |= case.client_members(authentication) | dialect.token
    if case.resource:
        expected["resource"] = case.resource
    expected |= dialect.token
    if (dialect.refresh_body or dialect.body) == "query":
        assert request.method == "GET"
        assert request.query == expected
    else:
        assert request.method == "POST"
        assert request.body == expected
    case.check_authentication(request, authentication)
    case.check_headers(request)

    after = case.data()
    assert after["access_token"] == f"access-{case.file.slug}-{case.speaker.tokens}"
    if dialect.refresh == "keeps":
        assert after["refresh_token"] == before["refresh_token"]
    else:
        assert after["refresh_token"] != before["refresh_token"]
    assert after["serial"] > before["serial"]
    for name, value in dialect.data.items():
        assert after[name] == value, name
    check_wrapped(case, after)


def test_a_dead_grant_is_known_as_one(case):
    if not case.dialect.refresh:
        pytest.skip("its tokens are never refreshed")
    case.sign_in()
    case.speaker.is_dead = True
    refresh = case.caller.get_access_token
    assert error_of(refresh, case.instance_id, force_refresh=True) == "NeedsSignIn"
    asked = len(case.speaker.asked)
    assert error_of(refresh, case.instance_id, force_refresh=True) == "NeedsSignIn"
    assert len(case.speaker.asked) == asked


def test_leaving(case):
    case.sign_in()
    data = case.data()
    case.speaker.asked.clear()
    [revoked] = case.caller.call("DeleteInstance", "(sa{sv})", (case.instance_id, {}))
    wait_for(lambda: case.caller.instance(case.instance_id) is None, what="it to be gone")
    requests = case.speaker.requests("revoke")
    if case.dialect.revocation is None and not requests:
        assert not revoked
        return
    assert revoked
    if case.dialect.revocation is not None:
        check_revocation(case, requests, data)


def check_revocation(case, requests, data):
    revocation = case.dialect.revocation
    authentication = revocation.authentication or case.dialect.authentication
    assert len(requests) == len(revocation.tokens)
    for request, name in zip(requests, revocation.tokens, strict=True):
        assert request.method == revocation.method
        case.check_authentication(request, authentication, data[name])
        if revocation.body is None:
            assert request.text == "" and request.query == {}
            if authentication != "bearer":
                assert request.place["token"] == data[name]
            continue
        expected = {revocation.parameter: data[name]} | revocation.extra
        members = request.query if revocation.body == "query" else dict(request.body)
        if revocation.parameter == "token":
            assert members.pop("token_type_hint", name) == name
        for member, value in case.client_members(authentication).items():
            # Some take the token alone: who has it may end it.
            assert members.pop(member, value) == value
        assert members == expected
