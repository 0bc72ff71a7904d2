# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API that the tokens are for."""

import pytest


def test_the_sites_of_a_grant(standin, application):
    standin.change(sites=["acme", "beta"])
    token = standin.make_grant("my-app")["access_token"]
    status, sites = application.get("resources_endpoint", token)
    assert status == 200
    assert [site["name"] for site in sites] == ["acme", "beta"]
    assert set(sites[0]) == {"id", "name", "url", "scopes", "avatarUrl"}
    assert sites[0]["scopes"] == ["read:page:confluence"]
    assert sites[0]["url"] == "https://acme.atlassian.net"


def test_two_products_share_an_id(standin, application):
    standin.change(products=["confluence", "jira"])
    token = standin.make_grant("my-app")["access_token"]
    _, sites = application.get("resources_endpoint", token)
    assert len(sites) == 2
    assert len({site["id"] for site in sites}) == 1


def test_a_guest_has_no_sites(standin, application):
    standin.change(sites=[])
    token = standin.make_grant("my-app")["access_token"]
    assert application.get("resources_endpoint", token) == (200, [])


def test_a_resource_level_grant_has_the_picked_site(standin, application, person, listener):
    standin.change(sites=["acme", "beta"], grant_level="resource")
    person.sign_in(application.authorize_url(), site="beta")
    _, answer = application.exchange(listener.wait()["code"])
    _, sites = application.get("resources_endpoint", answer["access_token"])
    assert [site["name"] for site in sites] == ["beta"]


def test_me_needs_its_scope(standin, application):
    token = standin.make_grant("my-app")["access_token"]
    status, me = application.get("userinfo_endpoint", token)
    assert (status, me["email"]) == (200, "ada@example.com")
    token = standin.make_grant("my-app", scope="read:page:confluence")["access_token"]
    assert application.get("userinfo_endpoint", token)[0] == 403


def test_pages_say_whether_the_token_is_live(standin, application):
    token = standin.make_grant("my-app")["access_token"]
    _, [site] = application.get("resources_endpoint", token)
    pages = f"{standin.endpoints['api']}/{site['id']}/wiki/api/v2/pages"
    assert application.get(pages, token)[1]["results"]
    assert application.get(f"{standin.endpoints['api']}/nowhere/wiki/api/v2/pages", token)[0] == 404
    standin.advance(3600)
    assert application.get(pages, token)[0] == 401
    standin.change(api_unauthorized=404)
    assert application.get(pages, token)[0] == 404


@pytest.mark.parametrize("endpoint", ["resources_endpoint", "userinfo_endpoint"])
def test_nothing_without_a_token(application, endpoint):
    assert application.get(endpoint, "made-up") == (401, {"code": 401, "message": "Unauthorized"})
