# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sign-in by a code that a person enters in a browser, on whatever machine (RFC 8628)."""

import time

import pytest

from e2e.caller import error_of, refusal_of
from e2e.redirect import is_open
from e2e.waiting import stays, wait_for

_INTERVAL = 1


@pytest.fixture
def device(world):
    """The server has the device flow, and lets itself be asked every second."""
    endpoint = world.standin.endpoints["device_authorization_endpoint"]
    world.standin.change(device_flow=True, device_interval=_INTERVAL)
    world.write_confluence(DeviceAuthorizationEndpoint=endpoint)
    world.daemon.restart()
    return world


def begin(world, caller=None, **options):
    caller = caller or world.caller
    return caller.authorize(caller.create_instance(), flow="device", **options)


def enter(world, authorization, **choices):
    """The person, at another machine, types what they were told."""
    page = world.standin.endpoints["url"] + "/device"
    world.person.enter_code(page, authorization.get("UserCode"), **choices)


def polls(world):
    return world.standin.requests("token")


def assert_over(world, authorization):
    """Nobody asks any more, and nothing is left."""
    before = len(polls(world))
    stays(lambda: len(polls(world)) == before, 3 * _INTERVAL)
    instance_id = authorization.get("InstanceId")
    assert world.caller.instance(instance_id)["status"] == "signed-out"
    assert error_of(world.caller.get_access_token, instance_id) == "NotSignedIn"


# The whole way.


def test_a_sign_in_by_code(device):
    authorization = begin(device)
    instance_id = authorization.get("InstanceId")
    user_code = authorization.get("UserCode")
    assert authorization.url == f"{device.standin.url}/device?user_code={user_code}"
    assert authorization.get("RedirectUri") == ""
    assert authorization.phase == "waiting"
    assert not is_open(device.redirect_uri)
    wait_for(lambda: len(polls(device)) == 2, what="the second poll")
    assert authorization.completed() is None

    enter(device, authorization)
    assert authorization.wait() == ("authorized", {"instance-id": instance_id})
    token, expires_at, _ = device.caller.get_access_token(instance_id)
    assert device.standin.is_active(token)
    assert 3500 < expires_at - time.time() <= 3600
    shown = device.caller.instance(instance_id)
    assert (shown["status"], shown["account"]) == ("active", "ada@example.com")

    # It is a grant like any other.
    newer = device.caller.get_access_token(instance_id, force_refresh=True)
    device.daemon.restart()
    assert device.caller.get_access_token(instance_id) == newer


def test_what_is_asked(device):
    authorization = begin(device)
    enter(device, authorization)
    authorization.wait()
    [asked] = device.standin.requests("device-code")
    assert asked["headers"]["Content-Type"] == "application/x-www-form-urlencoded"
    assert asked["body"]["client_id"] == device.client_id
    assert asked["body"]["client_secret"] == device.client_secret
    assert "offline_access" in asked["body"]["scope"].split()
    assert set(asked["body"]) == {"client_id", "client_secret", "scope"}
    last = polls(device)[-1]["body"]
    assert set(last) == {"client_id", "client_secret", "grant_type", "device_code"}
    assert last["grant_type"] == "urn:ietf:params:oauth:grant-type:device_code"


def test_the_browser_is_opened_unless_the_caller_says_no(device):
    opened = device.capture_browser()
    quiet = begin(device)
    loud = begin(device, open_browser=True)
    wait_for(opened, what="the browser")
    assert opened() == [loud.url]
    assert quiet.url != loud.url
    quiet.call("OpenBrowser", "(a{sv})", ({},))
    wait_for(lambda: len(opened()) == 2, what="the browser, once more")
    assert opened()[1] == quiet.url


def test_a_server_without_addresses_that_have_the_code(device):
    device.standin.change(device_complete=False)
    authorization = begin(device)
    assert authorization.url == f"{device.standin.url}/device"
    enter(device, authorization)
    assert authorization.wait()[0] == "authorized"


def test_a_server_that_has_nothing_else_needs_no_option(device):
    device.write_provider(
        "coded",
        Provider={"Name": "Coded", "Kind": "oauth2"},
        OAuth2={
            "TokenEndpoint": device.standin.endpoints["token_endpoint"],
            "DeviceAuthorizationEndpoint": device.standin.endpoints["device_authorization_endpoint"],
            "Scopes": "read:me;offline_access",
            "TokenRequest": "json",
        },
    )
    device.daemon.restart()
    device.caller.set_client("Coded", device.client_id, client_secret=device.client_secret)
    instance_id = device.caller.create_instance(server_name="Coded")
    authorization = device.caller.authorize(instance_id, "Coded")
    enter(device, authorization)
    assert authorization.wait()[0] == "authorized"


# How it ends otherwise.


def test_a_person_who_denies(device):
    authorization = begin(device)
    enter(device, authorization, button="deny")
    outcome, details = authorization.wait()
    assert (outcome, details["error"]) == ("denied", "org.claviger.Auth1.Error.Refused")
    assert_over(device, authorization)


def test_codes_that_nobody_enters(device):
    authorization = begin(device)
    wait_for(lambda: polls(device), what="the first poll")
    device.standin.advance(601)
    outcome, details = authorization.wait()
    assert (outcome, details["error"]) == ("timed-out", "org.claviger.Auth1.Error.TimedOut")
    assert_over(device, authorization)


def test_the_deadline_is_the_sooner_of_two(device):
    device.standin.change(device_code_lifetime=3)
    authorization = begin(device, timeout=60)
    assert abs(authorization.get("Deadline") - time.time() - 3) <= 1
    assert begin(device, timeout=2).wait()[0] == "timed-out"
    assert authorization.wait()[0] == "timed-out"
    assert_over(device, authorization)


def test_cancelled(device):
    authorization = begin(device)
    wait_for(lambda: polls(device), what="the first poll")
    authorization.call("Cancel")
    assert authorization.wait()[0] == "cancelled"
    assert_over(device, authorization)


def test_the_caller_leaves(device):
    leaver = device.new_caller()
    begin(device, leaver)
    wait_for(lambda: polls(device), what="the first poll")
    leaver.close()
    # The daemon hears of it in its own time, and a poll may be on its way.
    before = len(polls(device))
    wait_for_calm(device)
    assert len(polls(device)) <= before + 1
    [shown] = device.caller.list_instances()
    assert shown["status"] == "signed-out"


def wait_for_calm(world):
    """Until no poll came for longer than the interval."""

    def is_calm():
        return world.standin.now() - polls(world)[-1]["time"] > 2.5 * _INTERVAL

    wait_for(is_calm, what="the end of the polls")


def test_the_daemon_is_restarted(device):
    """Whoever waited is told, and may begin anew; the codes are worth nothing any more."""
    authorization = begin(device)
    instance_id = authorization.get("InstanceId")
    wait_for(lambda: polls(device), what="the first poll")
    device.daemon.stop()
    assert authorization.wait()[0] == "cancelled"
    device.daemon.start()
    wait_for_calm(device)
    again = device.caller.authorize(instance_id, flow="device")
    enter(device, again)
    assert again.wait()[0] == "authorized"


def test_no_address_can_be_pasted(device):
    authorization = begin(device)
    refusal = refusal_of(authorization.call, "CompleteFromUrl", "(s)", (authorization.url,))
    assert refusal.name == "InvalidArgument"
    assert "goes on by itself" in refusal.message
    assert authorization.phase == "waiting"


# How often it asks.


def times(world):
    return [request["time"] for request in polls(world)]


def test_slow_down_is_obeyed_for_good(device):
    body = '{"error": "slow_down"}'
    device.standin.fault("token", status=400, body=body, content_type="application/json")
    authorization = begin(device)
    wait_for(lambda: len(polls(device)) == 3, 20, "three polls")
    first, second, third = times(device)
    assert second - first >= _INTERVAL + 5
    assert third - second >= _INTERVAL + 5
    assert [request["status"] for request in polls(device)] == [400, 400, 400]
    enter(device, authorization)
    assert authorization.wait()[0] == "authorized"


def test_the_interval_is_kept(device):
    """The server itself judges: whoever is too fast is told so, and slower from then on."""
    device.standin.change(device_interval=2)
    authorization = begin(device)
    begun = device.standin.requests("device-code")[0]["time"]
    wait_for(lambda: len(polls(device)) == 3, what="three polls")
    moments = [begun, *times(device)]
    assert all(b - a >= 2 for a, b in zip(moments, moments[1:], strict=False))
    enter(device, authorization)
    assert authorization.wait()[0] == "authorized"


def test_a_server_that_is_down_for_a_while(device):
    authorization = begin(device)
    device.standin.fault("token", status=503)
    device.standin.fault("token", drop="before")
    device.standin.fault("token", html=True)
    enter(device, authorization)
    assert authorization.wait(30)[0] == "authorized"
    gaps = [b - a for a, b in zip(times(device), times(device)[1:], strict=False)]
    # Each failure makes the next pause longer.
    assert len(gaps) == 3
    assert all(gap >= pause for gap, pause in zip(gaps, (2, 4, 8), strict=True))


def test_an_answer_with_the_tokens_that_is_lost(device):
    """The server gave them, once; asking again can't bring them back, and that is said."""
    authorization = begin(device)
    device.standin.fault("token", drop="after")
    enter(device, authorization)
    outcome, details = authorization.wait(30)
    assert (outcome, details["error"]) == ("failed", "org.claviger.Auth1.Error.Refused")
    assert "start it again" in details["message"]
    assert_over(device, authorization)


# Not begun at all.


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        ({"status": 503}, "TryLater"),
        ({"status": 429, "retry_after": 7}, "TryLater"),
        ({"drop": "before"}, "TryLater"),
        ({"html": True}, "TryLater"),
        ({"status": 400, "body": '{"error": "invalid_scope"}'}, "Refused"),
        ({"members": {"verification_uri": "javascript:alert(1)"}}, "Refused"),
        ({"members": {"user_code": "\u001b[2J"}}, "Refused"),
        ({"omit": ["device_code"]}, "Refused"),
    ],
)
def test_a_server_that_gives_no_usable_codes(device, fault, name):
    device.standin.fault("device-code", **{"content_type": "application/json"} | fault)
    refusal = refusal_of(begin, device)
    assert refusal.name == name
    assert "Confluence" in refusal.message or "127.0.0.1" in refusal.message
    assert polls(device) == []


def test_a_server_without_the_flow(world):
    refusal = refusal_of(begin, world)
    assert refusal.name == "InvalidArgument"
    assert "no device flow" in refusal.message


def test_an_app_that_may_not(device):
    device.standin.change(device_flow=False)
    refusal = refusal_of(begin, device)
    assert refusal.name == "Refused"
    assert "device code" in refusal.message
