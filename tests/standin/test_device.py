# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The device flow: two codes, a page, and what a poll gets."""

import json
from urllib.parse import urlencode

import pytest

from standin.application import SCOPE, request

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
CLIENT = {"client_id": "my-app", "client_secret": "s3cret"}


def ask(standin, **changes):
    body = {**CLIENT, "scope": SCOPE} | changes
    form = urlencode({k: v for k, v in body.items() if v is not None}).encode()
    return request(standin.endpoints["device_authorization_endpoint"], form)


@pytest.fixture
def codes(standin):
    standin.change(device_flow=True)
    status, answer = ask(standin)
    assert status == 200
    return answer


@pytest.fixture
def poll(standin, application, codes):
    """Polls after so many seconds: status, and error or the answer."""

    def poll(after=5, **changes):
        standin.advance(after)
        body = {**CLIENT, "grant_type": DEVICE_GRANT, "device_code": codes["device_code"]}
        status, answer = application.post_token(**(body | changes))
        return status, answer.get("error", answer)

    return poll


def test_it_is_off_unless_it_is_switched_on(standin):
    status, body = ask(standin)
    assert (status, body["error"]) == (400, "unauthorized_client")


def test_the_codes(standin, codes):
    page = f"{standin.url}/device"
    assert set(codes) == {
        "device_code",
        "user_code",
        "verification_uri",
        "verification_uri_complete",
        "expires_in",
        "interval",
    }
    assert codes["verification_uri"] == page
    assert codes["verification_uri_complete"] == f"{page}?user_code={codes['user_code']}"
    assert (codes["expires_in"], codes["interval"]) == (600, 5)
    assert codes["device_code"] in standin.secrets()
    standin.change(device_interval=0, device_complete=False)
    assert not {"interval", "verification_uri_complete"} & set(ask(standin)[1])


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_secret": "wrong"}, "access_denied"),
        ({"client_id": "nobody"}, "access_denied"),
        ({"scope": "write:everything"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
    ],
)
def test_codes_that_are_not_given(standin, changes, error):
    standin.change(device_flow=True)
    assert ask(standin, **changes)[1]["error"] == error


def test_codes_are_asked_for_with_a_form(standin):
    standin.change(device_flow=True)
    url = standin.endpoints["device_authorization_endpoint"]
    status, body = request(url, json.dumps(CLIENT).encode(), {"Content-Type": "application/json"})
    assert (status, body["error"]) == (400, "invalid_request")


def test_a_person_who_accepts(standin, codes, poll, person):
    assert poll() == (400, "authorization_pending")
    page = person.open(codes["verification_uri_complete"])
    assert codes["user_code"] in page.text
    person.press(page, "accept")
    status, answer = poll()
    assert status == 200
    assert standin.is_active(answer["access_token"])
    assert answer["scope"] == SCOPE
    # Once.
    assert poll() == (400, "invalid_grant")


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: code.replace("-", " ")])
def test_a_person_who_types_the_code(codes, poll, person, typed):
    person.enter_code(codes["verification_uri"], typed(codes["user_code"]))
    assert poll()[0] == 200


def test_a_person_who_denies(codes, poll, person):
    person.enter_code(codes["verification_uri"], codes["user_code"], button="deny")
    assert poll() == (400, "access_denied")


def test_a_code_that_nobody_has(codes, person):
    page = person.enter_code(codes["verification_uri"], "AAAA-AAAA")
    assert page.status == 404


def test_codes_grow_old(standin, codes, poll, person):
    standin.advance(600)
    assert person.open(codes["verification_uri_complete"]).status == 404
    assert poll() == (400, "expired_token")


def test_who_polls_too_fast_has_to_slow_down(codes, poll, person):
    assert poll(0) == (400, "authorization_pending")  # the first has nothing to be too fast for
    assert poll(1) == (400, "slow_down")
    assert poll(6) == (400, "slow_down")  # it is ten seconds now
    person.enter_code(codes["verification_uri"], codes["user_code"])
    assert poll(10) == (400, "slow_down")  # and now fifteen
    assert poll(20)[0] == 200


def test_codes_of_somebody_else(standin, codes, poll, listener, person):
    standin.add_client("other", "0ther", listener.redirect_uri)
    person.enter_code(codes["verification_uri"], codes["user_code"])
    assert poll(client_id="other", client_secret="0ther") == (400, "invalid_grant")
    assert poll(device_code="made-up") == (400, "invalid_grant")
    assert poll()[0] == 200
