# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sites of a grant and the person's account: what is read right after a sign-in."""

import json

import pytest

from e2e.caller import error_of


def begin(world, **settings):
    world.begin(**settings)
    return world


def select(world, instance_id, site):
    world.caller.call("SelectResource", "(ss)", (instance_id, site))


def sites_of(world, instance_id):
    return world.caller.get_instance_auth(instance_id)["accessible_resources"]


def test_several_sites_are_all_told_and_none_is_chosen_for_the_person(empty_world):
    world = begin(empty_world, sites=["acme", "beta"])
    authorization = world.caller.authorize(world.caller.create_instance())
    page = world.person.sign_in(authorization.url)
    instance_id = authorization.wait()[1]["instance-id"]

    auth = world.caller.get_instance_auth(instance_id)
    assert [site["name"] for site in auth["accessible_resources"]] == ["acme", "beta"]
    assert {"id", "name", "url", "scopes", "avatarUrl"} <= set(auth["accessible_resources"][0])
    assert "selected_cloud_id" not in auth and "site_url" not in auth
    assert "choose one" in page.text


def test_the_chosen_site_stays_chosen(empty_world):
    world = begin(empty_world, sites=["acme", "beta"])
    instance_id = world.sign_in()
    beta = sites_of(world, instance_id)[1]
    select(world, instance_id, beta["id"])

    def check():
        auth = world.caller.get_instance_auth(instance_id)
        assert (auth["selected_cloud_id"], auth["site_url"]) == (beta["id"], beta["url"])
        assert world.caller.instance(instance_id)["site"] == "beta"

    check()
    world.caller.get_access_token(instance_id, force_refresh=True)
    check()
    world.daemon.restart()
    check()
    world.sign_in(instance_id)
    check()


def test_the_client_lists_and_chooses(empty_world):
    world = begin(empty_world, sites=["acme", "beta"])
    instance_id = world.sign_in()
    assert "acme" in (table := world.cli("site", "confluence").stdout) and "beta" in table
    world.cli("site", "confluence", "beta.atlassian.net")
    listed = json.loads(world.cli("--json", "site", instance_id).stdout)
    assert [(site["name"], site["selected"]) for site in listed] == [
        ("acme", False),
        ("beta", True),
    ]
    assert world.cli("site", instance_id, "gamma", check=False).returncode == 4


def test_a_site_that_is_not_of_the_grant_is_refused(empty_world):
    world = begin(empty_world, sites=["acme", "beta"])
    instance_id = world.sign_in()
    name = error_of(select, world, instance_id, "00000000-0000-4000-8000-000000000000")
    assert name in ("InvalidArgument", "NotFound")
    assert "selected_cloud_id" not in world.caller.get_instance_auth(instance_id)


def test_two_products_of_one_site_are_one_choice(empty_world):
    """The server lists a site once for each product, with the same id."""
    world = begin(empty_world, sites=["acme"], products=["confluence", "jira"])
    auth = world.caller.get_instance_auth(world.sign_in())
    assert len(auth["accessible_resources"]) == 2
    assert auth["selected_cloud_id"] == auth["accessible_resources"][0]["id"]


def test_a_grant_of_one_site_says_which(empty_world):
    world = begin(empty_world, sites=["acme", "beta"], grant_level="resource")
    instance_id = world.sign_in(site="beta")
    auth = world.caller.get_instance_auth(instance_id)
    assert [site["name"] for site in auth["accessible_resources"]] == ["beta"]
    assert world.caller.instance(instance_id)["site"] == "beta"


def test_no_site_at_all_is_a_sign_in_all_the_same(empty_world):
    world = begin(empty_world, sites=[])
    instance_id = world.sign_in()
    auth = world.caller.get_instance_auth(instance_id)
    assert auth["access_token"]
    assert auth.get("accessible_resources", []) == []
    assert "selected_cloud_id" not in auth
    assert world.cli("site", instance_id).returncode == 0


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 403},
        {"html": True},
        {"drop": "before"},
        {"truncate": True},
        {"members": {"id": 7, "name": None}},
        {"status": 200, "body": '{"id": "x"}', "content_type": "application/json"},
    ],
    ids=json.dumps,
)
def test_the_sites_that_could_not_be_read_do_not_cost_the_sign_in(world, fault):
    world.standin.fault("accessible-resources", times=None, **fault)
    instance_id = world.sign_in()
    assert world.standin.is_active(world.caller.get_access_token(instance_id)[0])
    assert world.caller.instance(instance_id)["status"] == "active"
    assert world.caller.instance(instance_id).get("account")


def test_the_account_that_could_not_be_read_does_not_either(world):
    world.standin.fault("me", status=403, times=None)
    instance_id = world.sign_in()
    auth = world.caller.get_instance_auth(instance_id)
    assert "account" not in auth
    assert auth["site_url"] == "https://acme.atlassian.net"


def test_without_the_scope_for_it_the_account_is_not_asked_for(world):
    instance_id = world.sign_in(scope="read:page:confluence")
    assert world.standin.requests("me") == []
    auth = world.caller.get_instance_auth(instance_id)
    assert "account" not in auth
    assert sorted(auth["scope"].split()) == ["offline_access", "read:page:confluence"]


def test_slow_sites_are_waited_for(world):
    world.standin.fault("accessible-resources", delay=1)
    instance_id = world.sign_in()
    assert world.caller.instance(instance_id)["site"] == "acme"
