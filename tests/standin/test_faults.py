# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong when it is asked to."""

import http.client
import json
import time
import urllib.error
import urllib.request

import pytest

from standin.client import StandInError

DROPPED = (http.client.RemoteDisconnected, ConnectionResetError, urllib.error.URLError)


@pytest.fixture
def refresh_token(standin):
    return standin.make_grant("my-app")["refresh_token"]


def test_a_fault_is_met_so_often_and_no_oftener(standin, application, refresh_token):
    standin.fault("token", status=503, times=2)
    statuses = [application.refresh(refresh_token)[0] for _ in range(3)]
    assert statuses == [503, 503, 200]
    assert standin.faults() == []


def test_a_fault_without_number_stays_until_cleared(standin, application, refresh_token):
    standin.fault("*", status=500, times=None)
    assert [application.refresh(refresh_token)[0] for _ in range(5)] == [500] * 5
    standin.clear_faults()
    assert application.refresh(refresh_token)[0] == 200


def test_faults_stand_in_a_queue(standin, application, refresh_token):
    standin.fault("token", status=503)
    standin.fault("token", status=429)
    statuses = [application.refresh(refresh_token)[0] for _ in range(3)]
    assert statuses == [503, 429, 200]


def test_a_fault_may_be_for_one_endpoint_or_grant_type(standin, application, refresh_token):
    standin.fault("me", status=503, times=None)
    standin.fault("token", grant_type="authorization_code", status=503, times=None)
    assert application.refresh(refresh_token)[0] == 200
    assert application.exchange("made-up")[0] == 503


def test_429_says_when_to_come_again(standin):
    standin.fault("token", status=429, retry_after=7)
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(standin.endpoints["token_endpoint"], b"{}")
    assert refusal.value.headers["Retry-After"] == "7"
    refusal.value.close()


def test_a_status_may_have_a_body_of_its_own(standin, application, refresh_token):
    body = json.dumps({"error": "invalid_client"})
    standin.fault("token", status=400, body=body, content_type="application/json")
    assert application.refresh(refresh_token) == (400, {"error": "invalid_client"})


def test_a_captive_portal_answers_for_the_server(standin, application, refresh_token):
    standin.fault("token", html=True)
    status, text = application.refresh(refresh_token)
    assert (status, text[:9]) == (200, "<!DOCTYPE")
    assert standin.introspect(refresh_token)["state"] == "current"


def test_a_refusal_may_come_although_it_was_processed(standin, application, refresh_token):
    standin.fault("token", status=502, processed=True)
    assert application.refresh(refresh_token)[0] == 502
    assert standin.introspect(refresh_token)["state"] == "replaced"


def test_a_delay_is_at_least_so_long(standin, application, refresh_token):
    standin.fault("token", delay=0.2)
    before = time.monotonic()
    assert application.refresh(refresh_token)[0] == 200
    assert time.monotonic() - before >= 0.2


def test_dropped_before_it_was_processed(standin, application, refresh_token):
    standin.fault("token", drop="before")
    with pytest.raises(DROPPED):
        application.refresh(refresh_token)
    assert standin.introspect(refresh_token)["state"] == "current"
    assert standin.requests("token")[-1]["status"] is None


def test_the_answer_is_lost_after_it_has_rotated(standin, application, refresh_token):
    standin.fault("token", drop="after")
    with pytest.raises(DROPPED):
        application.refresh(refresh_token)
    assert standin.introspect(refresh_token)["state"] == "replaced"
    assert standin.requests("token")[-1]["status"] is None


def test_the_refresh_token_stays_and_is_not_told(standin, application, refresh_token):
    standin.fault("token", rotate=False)
    _, answer = application.refresh(refresh_token)
    assert "refresh_token" not in answer
    assert standin.introspect(refresh_token)["state"] == "current"


@pytest.mark.parametrize("expires_in", ["3600", "soon", -1, 0, 1e300, None, 3600.5, [3600]])
def test_expires_in_can_be_anything(standin, application, refresh_token, expires_in):
    standin.fault("token", members={"expires_in": expires_in})
    assert application.refresh(refresh_token)[1]["expires_in"] == expires_in


def test_expires_in_can_be_missing(standin, application, refresh_token):
    standin.fault("token", omit=["expires_in"])
    assert "expires_in" not in application.refresh(refresh_token)[1]


def test_half_an_answer(standin, application, refresh_token):
    standin.fault("token", truncate=True)
    status, text = application.refresh(refresh_token)
    assert status == 200
    assert isinstance(text, str) and text.startswith("{")


def test_a_huge_answer_is_still_json(standin, application):
    token = standin.make_grant("my-app")["access_token"]
    standin.fault("accessible-resources", pad=2_000_000, omit=["avatarUrl"])
    status, [site] = application.get("resources_endpoint", token)
    assert status == 200
    assert "avatarUrl" not in site


def test_a_wrong_content_type(standin):
    token = standin.make_grant("my-app")["access_token"]
    standin.fault("me", content_type="text/plain")
    headers = {"Authorization": f"Bearer {token}"}
    url = standin.endpoints["userinfo_endpoint"]
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as response:
        assert response.headers.get_content_type() == "text/plain"


def test_the_consent_page_can_fail_too(standin, application, person):
    standin.fault("authorize", status=429, retry_after=60)
    assert person.open(application.authorize_url()).status == 429


@pytest.mark.parametrize(
    "fault", [{"endpoint": "nowhere"}, {"colour": "red"}, {"drop": "sometimes"}, {"times": 0}]
)
def test_a_fault_that_cannot_be_meant(standin, fault):
    with pytest.raises(StandInError):
        standin.fault(**{"endpoint": "token", **fault})
