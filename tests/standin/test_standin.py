# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program and its control plane: what other tests hold on to."""

import json
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from standin.client import StandIn, StandInError

PROGRAM = Path(__file__).with_name("standin.py")


def test_it_says_when_it_is_ready_in_one_line_and_ends_quietly():
    process = subprocess.Popen(
        [sys.executable, PROGRAM, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    endpoints = json.loads(process.stdout.readline())
    assert endpoints["token_endpoint"] == endpoints["url"] + "/oauth/token"
    process.terminate()
    rest, _ = process.communicate(timeout=10)
    assert (process.returncode, rest) == (0, b"")


def test_settings_come_from_the_command_line(tmp_path):
    options = {"expires_in": 5, "site": ["a", "b"], "rotation": False, "log": tmp_path / "log"}
    with StandIn.start(**options) as standin:
        settings = standin.change()
    assert (settings["expires_in"], settings["sites"]) == (5, ["a", "b"])
    assert settings["rotation"] is False


def test_a_wrong_option_is_no_server(capfd):
    with pytest.raises(StandInError):
        StandIn.start(colour="red")
    assert "--colour" in capfd.readouterr().err


@pytest.mark.parametrize(
    "settings", [{"colour": "red"}, {"expires_in": "5"}, {"expires_in": True}, {"consent": "maybe"}]
)
def test_a_wrong_setting_changes_nothing(standin, settings):
    before = standin.change()
    with pytest.raises(StandInError):
        standin.change(reuse_window=1, **settings)
    assert standin.change() == before


def test_every_request_is_in_the_journal(standin, application, signed_in):
    application.refresh(signed_in["refresh_token"])
    endpoints = [entry["endpoint"] for entry in standin.requests()]
    assert endpoints == ["authorize", "decision", "token", "token"]
    refresh = standin.requests("token")[-1]
    assert refresh["method"] == "POST"
    assert refresh["path"] == "/oauth/token"
    assert refresh["headers"]["Content-Type"] == "application/json"
    assert refresh["body"] == {
        "grant_type": "refresh_token",
        "client_id": "my-app",
        "client_secret": "s3cret",
        "refresh_token": signed_in["refresh_token"],
    }
    assert refresh["status"] == 200
    assert refresh["time"] <= standin.now()
    standin.clear_requests()
    assert standin.requests() == []


def test_it_knows_how_many_came_at_once(standin, application):
    tokens = [standin.make_grant("my-app")["refresh_token"] for _ in range(3)]
    standin.fault("token", delay=0.3, times=None)
    with ThreadPoolExecutor(3) as programs:
        list(programs.map(application.refresh, tokens))
    application.refresh(tokens[0])
    load = standin.load()
    assert load == {"requests": 4, "in_flight": 0, "peak": 3, "connections": 4}
    standin.clear_requests()
    assert standin.load() == {"requests": 0, "in_flight": 0, "peak": 0, "connections": 0}


def test_the_clock_moves_and_the_date_with_it(standin):
    before = standin.now()
    standin.advance(86400)
    assert standin.now() - before >= 86400
    with urllib.request.urlopen(standin.endpoints["control"] + "clock") as response:
        date = parsedate_to_datetime(response.headers["Date"]).timestamp()
    assert abs(date - standin.now()) < 10


def test_access_tokens_grow_old(standin):
    token = standin.make_grant("my-app")["access_token"]
    standin.advance(3599)
    assert standin.is_active(token)
    standin.advance(1)
    assert not standin.is_active(token)


def test_a_grant_can_be_ended_and_revoked(standin):
    ended, revoked = (standin.make_grant("my-app") for _ in range(2))
    assert standin.is_alive(ended["grant"]) and standin.is_alive(revoked["grant"])
    standin.end_grant(ended["grant"])
    standin.revoke_grant(revoked["grant"])
    assert not standin.is_alive(ended["grant"]) and not standin.is_alive(revoked["grant"])
    assert standin.is_active(ended["access_token"])
    assert not standin.is_active(revoked["access_token"])


def test_one_token_can_be_expired(standin, application):
    grant = standin.make_grant("my-app")
    standin.expire(grant["access_token"])
    assert not standin.is_active(grant["access_token"])
    assert standin.is_alive(grant["grant"])
    standin.expire(grant["refresh_token"])
    assert not standin.is_alive(grant["grant"])
    assert application.refresh(grant["refresh_token"])[0] == 403


def test_unknown_tokens_and_grants_are_named_as_such(standin):
    assert not standin.is_active("made-up")
    with pytest.raises(StandInError):
        standin.expire("made-up")
    with pytest.raises(StandInError):
        standin.revoke_grant("made-up")
    with pytest.raises(StandInError):
        standin.make_grant("nobody")


def test_it_knows_what_must_stay_secret(standin, signed_in):
    secrets = standin.secrets()
    code = standin.requests("token")[0]["body"]["code"]
    assert {code, signed_in["access_token"], signed_in["refresh_token"], "s3cret"} <= set(secrets)


def test_a_client_can_come_later(standin, application):
    assert standin.add_client("late", "other", "http://127.0.0.1:2/callback")
    grant = standin.make_grant("late")
    late = {"client_id": "late", "client_secret": "other"}
    assert application.refresh(grant["refresh_token"], **late)[0] == 200
    # And one client can't use the token of another.
    assert application.refresh(grant["refresh_token"])[0] == 403


def test_reset_forgets_everything(standin):
    token = standin.make_grant("my-app")["access_token"]
    standin.change(expires_in=1)
    standin.fault("token", status=500)
    standin.advance(100)
    standin.reset()
    assert not standin.is_active(token)
    assert standin.change()["expires_in"] == 3600
    assert standin.faults() == standin.grants() == standin.requests() == []
