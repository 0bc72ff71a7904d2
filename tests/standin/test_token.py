# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/oauth/token and /oauth/revoke: the codes, the rotation, and the words in which it says no."""

import json
from urllib.parse import urlencode

import pytest

from standin.application import request

UNAUTHORIZED = (401, {"error": "access_denied", "error_description": "Unauthorized"})
CODE_INVALID = (
    403,
    {"error": "invalid_request", "error_description": "authorization_code is invalid"},
)
DEAD_GRANT = (
    403,
    {"error": "unauthorized_client", "error_description": "refresh_token is invalid"},
)


@pytest.fixture
def code(application, person, listener):
    person.sign_in(application.authorize_url())
    return listener.wait()["code"]


def test_an_exchange_gives_tokens(signed_in):
    assert set(signed_in) == {"access_token", "refresh_token", "expires_in", "scope", "token_type"}
    assert signed_in["expires_in"] == 3600
    assert signed_in["token_type"] == "Bearer"
    assert signed_in["scope"] == "read:page:confluence read:me offline_access"
    assert len(signed_in["access_token"]) > 1024
    assert signed_in["access_token"].count(".") == 2


def test_no_refresh_token_without_offline_access(application, person, listener):
    person.sign_in(application.authorize_url(scope="read:me"))
    _, answer = application.exchange(listener.wait()["code"])
    assert "refresh_token" not in answer


@pytest.mark.parametrize("secret", [None, "", "wrong"])
def test_the_client_secret_is_mandatory_and_judged_first(application, code, secret):
    assert application.exchange(code, client_secret=secret) == UNAUTHORIZED
    assert application.exchange(code)[0] == 200


def test_a_code_is_good_once(application, code):
    assert application.exchange(code)[0] == 200
    assert application.exchange(code) == CODE_INVALID


def test_a_code_that_nobody_gave(application):
    assert application.exchange("made-up") == CODE_INVALID


def test_a_code_grows_old(standin, application, code):
    standin.advance(300)
    assert application.exchange(code) == CODE_INVALID


def test_the_redirect_uri_must_be_the_same(application, code):
    status, body = application.exchange(code, redirect_uri="http://127.0.0.1:1/callback")
    assert (status, body["error"]) == (403, "invalid_request")


@pytest.mark.parametrize("verifier", [None, "", "not-the-one-that-was-hashed"])
def test_the_verifier_is_verified(application, code, verifier):
    status, body = application.exchange(code, code_verifier=verifier)
    assert (status, body["error"]) == (403, "invalid_grant")
    # And the code is gone: no second guess.
    assert application.exchange(code) == CODE_INVALID


def test_without_a_challenge_no_verifier_is_asked(application, person, listener):
    url = application.authorize_url(code_challenge=None, code_challenge_method=None)
    person.sign_in(url)
    assert application.exchange(listener.wait()["code"], code_verifier=None)[0] == 200


def test_the_body_is_json_unless_the_setting_says_otherwise(standin):
    grant = standin.make_grant("my-app")
    form = urlencode(
        {
            "grant_type": "refresh_token",
            "client_id": "my-app",
            "client_secret": "s3cret",
            "refresh_token": grant["refresh_token"],
        }
    ).encode()
    assert request(standin.endpoints["token_endpoint"], form)[0] == 400
    standin.change(accept_form=True)
    assert request(standin.endpoints["token_endpoint"], form)[0] == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"grant_type": 7}', json.dumps({}).encode()])
def test_a_body_that_is_no_request(standin, body):
    headers = {"Content-Type": "application/json"}
    status, answer = request(standin.endpoints["token_endpoint"], body, headers)
    assert status in (400, 401)
    assert "error" in answer


def test_the_device_grant_is_not_enabled(application, signed_in):
    grant_type = "urn:ietf:params:oauth:grant-type:device_code"
    status, body = application.post_token(
        client_id="my-app", client_secret="s3cret", grant_type=grant_type
    )
    assert (status, body["error"]) == (403, "invalid_client")


def test_each_refresh_gives_new_tokens(standin, application, signed_in):
    status, answer = application.refresh(signed_in["refresh_token"])
    assert status == 200
    assert answer["refresh_token"] != signed_in["refresh_token"]
    assert answer["access_token"] != signed_in["access_token"]
    assert standin.introspect(signed_in["refresh_token"])["state"] == "replaced"
    assert standin.introspect(answer["refresh_token"])["state"] == "current"


def test_inside_the_window_the_replaced_token_gives_a_further_pair(standin, application, signed_in):
    _, lost = application.refresh(signed_in["refresh_token"])
    standin.advance(599)
    status, again = application.refresh(signed_in["refresh_token"])
    assert status == 200
    assert again["refresh_token"] not in (lost["refresh_token"], signed_in["refresh_token"])
    assert len(standin.grants()) == 1
    # Both of the family are good.
    assert application.refresh(lost["refresh_token"])[0] == 200
    assert application.refresh(again["refresh_token"])[0] == 200


def test_after_the_window_the_whole_family_dies(standin, application, signed_in):
    _, newer = application.refresh(signed_in["refresh_token"])
    standin.advance(601)
    assert application.refresh(signed_in["refresh_token"]) == DEAD_GRANT
    assert application.refresh(newer["refresh_token"]) == DEAD_GRANT
    [grant] = standin.grants()
    assert not grant["alive"]
    assert grant["ended_because"] == "a replaced refresh token came again"
    # The access token is self-contained and lives out its hour.
    assert standin.is_active(newer["access_token"])


def test_the_window_can_be_closed(standin, application, signed_in):
    standin.change(reuse_window=0)
    _, newer = application.refresh(signed_in["refresh_token"])
    standin.advance(1)
    assert application.refresh(signed_in["refresh_token"]) == DEAD_GRANT
    assert application.refresh(newer["refresh_token"]) == DEAD_GRANT


def test_an_idle_refresh_token_dies_and_use_keeps_it_alive(standin, application, signed_in):
    day = 86400
    standin.advance(89 * day)
    _, newer = application.refresh(signed_in["refresh_token"])
    standin.advance(89 * day)
    _, newest = application.refresh(newer["refresh_token"])
    standin.advance(91 * day)
    assert application.refresh(newest["refresh_token"]) == DEAD_GRANT


def test_a_grant_may_have_a_last_day(standin, application, signed_in):
    standin.change(absolute_lifetime=1000)
    standin.advance(1001)
    assert application.refresh(signed_in["refresh_token"]) == DEAD_GRANT


def test_without_rotation_the_token_stays(standin, application, signed_in):
    standin.change(rotation=False)
    for _ in range(2):
        status, answer = application.refresh(signed_in["refresh_token"])
        assert status == 200
        assert "refresh_token" not in answer
        standin.advance(3600)


@pytest.mark.parametrize(
    "wording, status, error, description",
    [
        ("unauthorized_client", 403, "unauthorized_client", "refresh_token is invalid"),
        ("invalid_grant", 403, "invalid_grant", "Unknown or invalid refresh token."),
        ("expired_or_revoked", 403, "invalid_grant", "Token has been expired or revoked."),
        ("invalid_request", 400, "invalid_request", "Invalid refresh_token"),
    ],
)
def test_a_dead_grant_has_many_words(standin, application, wording, status, error, description):
    standin.change(dead_grant=wording)
    answer = application.refresh("made-up")
    assert answer == (status, {"error": error, "error_description": description})


def test_a_second_consent_may_end_the_first(standin):
    first = standin.make_grant("my-app")
    second = standin.make_grant("my-app")
    assert standin.is_active(first["refresh_token"])
    standin.change(second_consent="replace")
    third = standin.make_grant("my-app")
    alive = [standin.is_active(g["refresh_token"]) for g in (first, second, third)]
    assert alive == [False, False, True]


def test_revocation_takes_the_grant_with_it(standin, application, signed_in):
    form = {"client_id": "my-app", "client_secret": "s3cret", "token": signed_in["refresh_token"]}
    assert request(standin.endpoints["revocation_endpoint"], urlencode(form).encode())[0] == 200
    assert application.refresh(signed_in["refresh_token"]) == DEAD_GRANT
    assert not standin.is_active(signed_in["access_token"])
    # An unknown token is no error; an unknown client is.
    assert request(standin.endpoints["revocation_endpoint"], urlencode(form).encode())[0] == 200
    form["client_secret"] = "wrong"
    assert request(standin.endpoints["revocation_endpoint"], urlencode(form).encode())[0] == 401
