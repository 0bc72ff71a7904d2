# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sign-in from its beginning to its end, whichever end that is."""

import base64
import hashlib
import os
import time
import urllib.parse
from pathlib import Path

import pytest

from e2e.caller import error_of, refusal_of
from e2e.redirect import accepted_address, is_open, redirection
from e2e.waiting import stays, wait_for
from standin.listener import Listener


def query_of(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


def assert_signed_out(world, instance_id):
    """Whatever came to nothing has left nothing behind."""
    assert world.caller.instance(instance_id)["status"] == "signed-out"
    assert error_of(world.caller.get_access_token, instance_id) == "NotSignedIn"
    assert not is_open(world.redirect_uri)


# The whole way.


def test_sign_in_hand_out_refresh_restart(world):
    instance_id = world.sign_in()
    token, expires_at, serial = world.caller.get_access_token(instance_id)
    assert world.standin.is_active(token)
    assert 3500 < expires_at - time.time() <= 3600

    newer = world.caller.get_access_token(instance_id, force_refresh=True)
    assert newer[0] != token and newer[2] > serial
    assert world.standin.is_active(newer[0])

    world.daemon.restart()
    assert world.caller.get_access_token(instance_id) == newer
    assert len(world.standin.requests("token")) == 2


def test_the_requests_are_those_that_atlassian_wants(world):
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id, login_hint="ada@example.com")
    asked = query_of(authorization.url)
    world.person.sign_in(authorization.url)
    authorization.wait()

    assert asked["audience"] == "api.atlassian.com"
    assert asked["prompt"] == "consent"
    assert asked["response_type"] == "code"
    assert asked["client_id"] == world.client_id
    assert asked["redirect_uri"] == world.redirect_uri == authorization.get("RedirectUri")
    assert asked["code_challenge_method"] == "S256"
    assert "offline_access" in asked["scope"].split()
    assert len(asked["state"]) >= 32

    [exchange] = world.standin.requests("token")
    verifier = exchange["body"].pop("code_verifier")
    digest = hashlib.sha256(verifier.encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
    assert exchange["headers"]["Content-Type"] == "application/json"
    assert exchange["body"].pop("code")
    assert exchange["body"] == {
        "grant_type": "authorization_code",
        "client_id": world.client_id,
        "client_secret": world.client_secret,
        "redirect_uri": world.redirect_uri,
    }


def test_the_auth_data_is_what_the_server_gave(world, signed_in):
    auth = world.caller.get_instance_auth(signed_in)
    [site] = auth["accessible_resources"]

    assert world.standin.is_active(auth["access_token"])
    assert world.standin.is_active(auth["refresh_token"])
    assert auth["token_type"] == "Bearer"
    assert auth["scope"] == world.standin.grants()[0]["scope"]
    assert auth["selected_cloud_id"] == site["id"]
    assert auth["site_url"] == site["url"] == "https://acme.atlassian.net"
    assert auth["account"]["email"] == "ada@example.com"
    assert 0 < auth["expires_in"] <= 3600
    assert world.caller.call("GetUserAuth", "(ssa{sv})", ("ada", "Confluence", {}))[:1] == (True,)

    instance = world.caller.instance(signed_in)
    assert (instance["status"], instance["site"]) == ("active", "acme")
    assert instance["account"] in ("Ada Lovelace", "ada@example.com") or "ada" in instance["account"]


def test_the_last_page_says_who_is_signed_in_to_what(world):
    authorization = world.caller.authorize(world.caller.create_instance())
    page = world.person.sign_in(authorization.url)
    headers = {name.lower(): value for name, value in page.headers.items()}

    assert page.status == 200
    assert "Signed in to Confluence" in page.text
    assert "ada@example.com" in page.text and "acme" in page.text
    assert "<script" not in page.text
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert query_of(page.url)["code"] not in page.text


def test_in_chromium(world):
    chromium = world.start_chromium()
    instance_id = world.sign_in(person=chromium)

    assert "Signed in to Confluence" in chromium.text
    assert "ada@example.com" in chromium.text
    assert world.standin.is_active(world.caller.get_access_token(instance_id)[0])
    pictures = os.environ.get("CLAVIGER_SCREENSHOTS")
    if pictures:
        Path(pictures).mkdir(parents=True, exist_ok=True)
        chromium.save_screenshot(Path(pictures) / "signed-in.png")


def test_by_the_client(world):
    opened = world.capture_browser()
    login = world.start_cli("login", "confluence", "--user", "grace", "--label", "work")
    [url] = wait_for(opened, what="the browser")
    assert login.address() == url
    world.person.sign_in(url)

    assert login.wait() == 0
    [instance] = world.caller.list_instances()
    assert login.stdout == instance["instance-id"] + "\n"
    assert (instance["user-id"], instance["label"]) == ("grace", "work")
    assert instance["status"] == "active"


def test_completed_comes_to_its_caller_alone(world):
    stranger = world.new_caller()
    stranger.list_instances()
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id)
    world.person.sign_in(authorization.url)

    outcome, details = authorization.wait()
    assert (outcome, details) == ("authorized", {"instance-id": instance_id})
    assert authorization.phase == "authorized"
    stays(lambda: not any(s[1] == "Completed" for s in stranger.signals), 0.3)
    interface = "org.claviger.Auth1.Authorization"
    assert error_of(stranger.get, "Url", path=authorization.path, interface=interface)


def test_it_is_stored_before_it_is_said(world):
    authorization = world.caller.authorize(world.caller.create_instance())
    world.person.sign_in(authorization.url)
    authorization.wait()
    world.daemon.kill()
    world.daemon.start()
    [instance] = world.caller.list_instances()
    assert world.standin.is_active(world.caller.get_access_token(instance["instance-id"])[0])


# Two at once.


def test_two_instances_share_the_listener(world):
    first, second = world.caller.create_instance(), world.caller.create_instance("grace")
    mine, other = world.caller.authorize(first), world.new_caller()
    hers = other.authorize(second)

    world.person.sign_in(hers.url)
    assert hers.wait()[1]["instance-id"] == second
    assert mine.phase == "waiting" and is_open(world.redirect_uri)
    world.person.sign_in(mine.url)
    assert mine.wait()[0] == "authorized"
    tokens = {world.caller.get_access_token(i)[0] for i in (first, second)}
    assert len(tokens) == 2
    assert not is_open(world.redirect_uri)


def test_two_sign_ins_of_one_instance_and_the_later_counts(world):
    instance_id = world.caller.create_instance()
    first, second = world.caller.authorize(instance_id), world.caller.authorize(instance_id)
    world.person.sign_in(first.url)
    assert first.wait()[0] == "authorized"
    token = world.caller.get_access_token(instance_id)[0]
    world.person.sign_in(second.url)
    assert second.wait()[0] == "authorized"
    assert world.caller.get_access_token(instance_id)[0] != token


# Other ends.


def test_denied(world):
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id)
    page = world.person.sign_in(authorization.url, button="deny")

    assert authorization.wait()[0] == "denied"
    assert "not signed in to Confluence" in page.text
    assert world.standin.requests("token") == []
    assert_signed_out(world, instance_id)


def test_denied_to_the_client(world):
    login = world.start_cli("login", "Confluence", "--no-browser")
    world.person.sign_in(login.address(), button="deny")
    assert login.wait() == 7
    assert login.stdout == ""
    assert world.caller.list_instances() == []


def test_cancelled(world):
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id)
    assert is_open(world.redirect_uri)
    authorization.call("Cancel")
    outcome, details = authorization.wait()
    assert (outcome, details["error"]) == ("cancelled", "org.claviger.Auth1.Error.Cancelled")
    assert_signed_out(world, instance_id)


def test_ctrl_c_cancels(world):
    login = world.start_cli("login", "Confluence", "--no-browser")
    login.address()
    login.interrupt()

    assert login.wait() == 7
    assert login.stdout == ""
    wait_for(lambda: not is_open(world.redirect_uri), what="the listener to close")
    assert "the sign-in to Confluence is over: cancelled" in world.daemon.log
    assert world.caller.list_instances() == []


def test_a_caller_that_leaves_cancels(world):
    instance_id = world.caller.create_instance()
    leaver = world.new_caller()
    leaver.authorize(instance_id)
    assert is_open(world.redirect_uri)
    leaver.close()
    wait_for(lambda: not is_open(world.redirect_uri), what="the listener to close")
    assert_signed_out(world, instance_id)


def test_a_detached_login_goes_on(world):
    done = world.cli("login", "Confluence", "--detach", "--no-browser")
    instance_id, url = done.stdout.splitlines()
    world.person.sign_in(url)
    wait_for(lambda: world.caller.instance(instance_id)["status"] == "active")


def test_timed_out(world):
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id, timeout=1)
    assert authorization.phase == "waiting"
    outcome, details = authorization.wait()
    assert (outcome, details["error"]) == ("timed-out", "org.claviger.Auth1.Error.TimedOut")
    assert_signed_out(world, instance_id)


def test_timed_out_for_the_client(world):
    login = world.start_cli("login", "Confluence", "--no-browser", "--timeout", "1")
    assert login.wait() == 8
    assert world.caller.list_instances() == []


def test_a_tab_that_is_closed_is_waited_for(world):
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id)
    world.person.open(authorization.url)  # and no button is pressed
    stays(lambda: authorization.phase == "waiting" and authorization.completed() is None, 0.5)
    authorization.call("Cancel")
    assert authorization.wait()[0] == "cancelled"


def test_an_address_of_a_sign_in_that_is_over_is_explained(world):
    authorization = world.caller.authorize(world.caller.create_instance())
    held = world.caller.authorize(world.caller.create_instance())  # keeps the listener open
    authorization.call("Cancel")
    page = world.person.sign_in(authorization.url)
    assert page.status == 200
    assert "had its answer already" in page.text
    assert held.phase == "waiting"
    assert world.standin.requests("token") == []


def test_a_wrong_client_secret_is_no_sign_in(world):
    world.caller.set_client(
        "Confluence", world.client_id, client_secret="not it", redirect_uri=world.redirect_uri
    )
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id)
    page = world.person.sign_in(authorization.url)
    outcome, details = authorization.wait()
    assert (outcome, details["error"]) == ("failed", "org.claviger.Auth1.Error.Refused")
    assert "access_denied" in details["message"]
    assert "client" in page.text
    assert_signed_out(world, instance_id)


def test_a_server_that_is_down_at_the_exchange_is_said_and_tried_anew(world):
    world.standin.fault("token", status=503, times=None)
    instance_id = world.caller.create_instance()
    authorization = world.caller.authorize(instance_id)
    world.person.sign_in(authorization.url)
    outcome, details = authorization.wait()
    assert (outcome, details["error"]) == ("failed", "org.claviger.Auth1.Error.TryLater")
    assert_signed_out(world, instance_id)
    world.standin.clear_faults()
    world.sign_in(instance_id)


# Where the browser goes afterwards.


def test_the_redirect_url_is_followed_with_303_as_it_is(world):
    url = "https://app.example/signed-in?from=a%20test&x=1&x=%C3%BC"
    authorization = world.caller.authorize(world.caller.create_instance(), redirect_url=url)
    assert redirection(accepted_address(authorization.url)) == (303, url)
    assert authorization.wait()[0] == "authorized"


def test_the_redirect_url_is_followed_when_all_is_stored(world):
    with Listener() as listener:
        instance_id = world.sign_in(redirect_url=f"{listener.redirect_uri}?from=here")
        assert listener.wait() == {"from": "here"}
    world.daemon.kill()
    world.daemon.start()
    assert world.caller.get_access_token(instance_id)


def test_the_redirect_url_is_not_followed_after_a_denial(world):
    with Listener() as listener:
        authorization = world.caller.authorize(
            world.caller.create_instance(), redirect_url=listener.redirect_uri
        )
        page = world.person.sign_in(authorization.url, button="deny")
        assert page.url.startswith(world.redirect_uri)
        assert "not signed in" in page.text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://app.example/",
        "https://user@app.example/",
        "https://app.example/#here",
        "https:\\\\app.example/",
        "//app.example/",
        "https://app.example/\r\nSet-Cookie: a=b",
        "",
    ],
)
def test_a_redirect_url_that_is_not_allowed_is_refused_at_once(world, url):
    instance_id = world.caller.create_instance()
    refusal = refusal_of(world.caller.authorize, instance_id, redirect_url=url)
    assert refusal.name == "InvalidArgument"
    assert "redirect-url" in refusal.message
    assert not is_open(world.redirect_uri)


# What can't be begun.


def test_mistakes_are_told_apart(world):
    caller = world.caller
    instance_id = caller.create_instance()
    unknown = "00000000-0000-4000-8000-000000000000"
    assert error_of(caller.authorize, unknown) == "NotFound"
    assert error_of(caller.authorize, "not-a-uuid") == "InvalidArgument"
    assert error_of(caller.authorize, instance_id, "Nowhere") == "UnknownServer"
    assert error_of(caller.authorize, instance_id, "Jira") == "InvalidArgument"
    assert error_of(caller.authorize, instance_id, timeout=0) == "InvalidArgument"
    assert error_of(caller.authorize, instance_id, scope='a"b') == "InvalidArgument"
    assert error_of(caller.authorize, instance_id, client_id="nobody") == "NoClient"
    assert error_of(caller.authorize, instance_id, flow="device") in ("InvalidArgument", "Failed")
    assert error_of(caller.create_instance, "") == "InvalidArgument"
    assert error_of(caller.create_instance, "ada", "Nowhere") == "UnknownServer"
    assert not is_open(world.redirect_uri)
    assert [i["instance-id"] for i in caller.list_instances()] == [instance_id]


# Signing in again.


def test_signing_in_again_keeps_the_instance_and_its_credentials_until_then(world, signed_in):
    old = world.caller.get_access_token(signed_in)
    authorization = world.caller.authorize(signed_in)
    assert world.caller.get_access_token(signed_in) == old
    assert world.caller.instance(signed_in)["status"] == "active"

    world.person.sign_in(authorization.url)
    assert authorization.wait()[1]["instance-id"] == signed_in
    new = world.caller.get_access_token(signed_in)
    assert new[0] != old[0] and new[2] > old[2]
    assert len(world.caller.list_instances()) == 1


def test_a_denied_second_sign_in_costs_nothing(world, signed_in):
    old = world.caller.get_access_token(signed_in)
    authorization = world.caller.authorize(signed_in)
    world.person.sign_in(authorization.url, button="deny")
    assert authorization.wait()[0] == "denied"
    assert world.caller.get_access_token(signed_in) == old
    assert world.caller.instance(signed_in)["status"] == "active"


# From another machine.


def test_the_address_that_the_browser_ended_on_can_be_pasted(world):
    login = world.start_cli("login", "Confluence", "--paste")
    login.type(accepted_address(login.address()))
    assert login.wait() == 0
    assert not is_open(world.redirect_uri)
    assert world.caller.list_instances()[0]["status"] == "active"


def test_a_redirect_uri_that_only_the_person_can_fetch_from(world):
    """https, as some servers want it: nobody listens, and no option is needed for it."""
    remote = "https://company.example/callback"
    world.standin.add_client(world.client_id, world.client_secret, remote)
    world.caller.set_client("Confluence", world.client_id, redirect_uri=remote)
    instance_id = world.caller.create_instance()
    refusal = refusal_of(world.caller.authorize, instance_id, flow="loopback")
    assert refusal.name == "InvalidArgument" and "paste" in refusal.message

    authorization = world.caller.authorize(instance_id)
    assert authorization.get("RedirectUri") == remote
    address = accepted_address(authorization.url)
    assert address.startswith(f"{remote}?")
    for wrong in (
        address.replace("https:", "http:"),
        address.replace("company.example", "company.example:8443"),
        address.replace("state=", "state=x"),
        f"{address}&code=another",
    ):
        assert error_of(authorization.call, "CompleteFromUrl", "(s)", (wrong,)) == "InvalidArgument"
    authorization.call("CompleteFromUrl", "(s)", (address,))
    assert authorization.wait()[0] == "authorized"
    assert world.standin.requests("token")[0]["body"]["redirect_uri"] == remote


# White label.


def test_another_client_signs_in_and_refreshes(world):
    world.standin.add_client("white-label", "another secret", world.redirect_uri)
    world.caller.set_client(
        "Confluence",
        "white-label",
        client_secret="another secret",
        redirect_uri=world.redirect_uri,
    )
    instance_id = world.sign_in(client_id="white-label")
    world.daemon.restart()
    world.caller.get_access_token(instance_id, force_refresh=True)

    sent = [request["body"]["client_id"] for request in world.standin.requests("token")]
    assert sent == ["white-label", "white-label"]
    assert world.caller.instance(instance_id)["client-id"] == "white-label"
