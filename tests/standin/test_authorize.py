# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/authorize: who is sent where, and who is not sent anywhere."""

import pytest


def test_consent_ends_at_the_redirect_uri_with_code_and_state(application, person, listener):
    page = person.sign_in(application.authorize_url())
    response = listener.wait()
    assert set(response) == {"code", "state"}
    assert response["state"] == application.state
    assert page.url.startswith(listener.redirect_uri)


def test_deny_is_an_answer_too(application, person, listener):
    person.sign_in(application.authorize_url(), button="deny")
    response = listener.wait()
    assert response["error"] == "access_denied"
    assert response["error_description"]
    assert response["state"] == application.state


def test_the_page_names_application_person_and_scopes(standin, application, person):
    standin.change(app_name="Key <Bearer>", account="grace@example.com")
    page = person.open(application.authorize_url())
    assert "Key &lt;Bearer&gt;" in page.text
    assert "grace@example.com" in page.text
    assert "read:page:confluence" in page.text
    assert set(page.form.buttons) == {"accept", "deny"}


def test_a_site_picker_only_where_there_is_a_choice(standin, application, person):
    assert not person.open(application.authorize_url()).form.choices
    standin.change(sites=["acme", "beta"])
    assert person.open(application.authorize_url()).form.choices == {"site": ["acme", "beta"]}


@pytest.mark.parametrize(
    "changes, description",
    [
        ({"client_id": "nobody"}, "failed to retrieve client"),
        ({"redirect_uri": "http://127.0.0.1:1/callback"}, "redirect_uri is not registered"),
        ({"redirect_uri": None}, "redirect_uri is not registered"),
        ({"scope": "read:page:confluence steal:everything"}, "have not been added to the app"),
        ({"scope": None}, "no scope was requested"),
        ({"audience": None}, "audience"),
        ({"audience": "api.example.com"}, "unknown audience"),
        ({"state": None}, "state"),
        ({"prompt": None}, "prompt"),
    ],
)
def test_what_is_not_trusted_stays_here(standin, application, person, changes, description):
    page = person.sign_in(application.authorize_url(**changes))
    assert page.status == 400
    assert page.url.startswith(standin.url)
    assert description in page.text


def test_a_repeated_parameter_is_refused(application, person):
    page = person.open(application.authorize_url() + "&state=another")
    assert page.status == 400
    assert "repeated parameter: state" in page.text


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"prompt": "none"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
    ],
)
def test_what_the_client_did_wrong_goes_back_to_it(application, person, listener, changes, error):
    person.sign_in(application.authorize_url(**changes))
    assert listener.wait()["error"] == error


def test_a_consent_page_is_good_once(application, person, listener):
    page = person.open(application.authorize_url())
    person.press(page, "accept")
    assert "code" in listener.wait()
    assert person.press(page, "accept").status == 400


def test_the_app_may_have_fewer_scopes(standin, application, person):
    standin.change(app_scopes=["read:me"])
    assert person.open(application.authorize_url()).status == 400
    assert person.open(application.authorize_url(scope="read:me offline_access")).status == 200


def test_consent_may_be_given_in_advance(standin, application, person, listener):
    standin.change(consent="deny", issuer="https://issuer.example")
    person.open(application.authorize_url())
    assert listener.wait()["error"] == "access_denied"
    standin.change(consent="accept")
    person.open(application.authorize_url())
    assert listener.wait()["iss"] == "https://issuer.example"
