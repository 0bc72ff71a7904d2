# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client and the ways in that are not a browser of this machine, with the real daemon."""

import json
import re

import pytest

from e2e.daemon import program_from
from e2e.redirect import accepted_address
from e2e.waiting import wait_for

_SSH = {"WAYLAND_DISPLAY": "", "SSH_CONNECTION": "192.0.2.1 40000 192.0.2.2 22"}


@pytest.fixture(name="device")
def device_fixture(world):
    """The server has the device flow, and lets itself be asked every second."""
    endpoint = world.standin.endpoints["device_authorization_endpoint"]
    world.standin.change(device_flow=True, device_interval=1)
    world.write_confluence(DeviceAuthorizationEndpoint=endpoint)
    world.daemon.restart()
    return world


def enter_code(world, login):
    """The person at another machine, who has the address and the code from the screen alone."""
    code = wait_for(lambda: re.search(r"^    ([A-Z0-9-]+)$", login.stderr, re.MULTILINE)).group(1)
    world.person.enter_code(login.address(), code)


def key_server(world, **keys):
    world.write_provider(
        "mail",
        Provider={"Name": "Mail House", "Kind": "api-key"},
        ApiKey={"CreateUrl": "https://mail.example/keys", **keys},
    )
    world.daemon.restart()


# Signing in.


def test_login_with_a_code(device):
    login = device.start_cli("login", "Confluence", "--device")
    enter_code(device, login)
    assert login.wait() == 0
    token = device.cli("token", login.stdout.strip()).stdout.strip()
    assert device.standin.is_active(token)
    assert token not in login.stderr


def test_login_over_ssh_takes_the_code(device):
    login = device.start_cli("login", "Confluence", **_SSH)
    enter_code(device, login)
    assert login.wait() == 0
    assert "SSH" in login.stderr and "--device" in login.stderr


def test_login_over_ssh_takes_the_address_where_there_is_no_code(world):
    login = world.start_cli("login", "Confluence", **_SSH)
    login.type(accepted_address(login.address()))
    assert login.wait() == 0
    assert "SSH" in login.stderr and "--paste" in login.stderr
    assert world.caller.list_instances()[0]["status"] == "active"


def test_login_with_a_code_that_the_server_has_not(world):
    done = world.cli("login", "Confluence", "--device", check=False)
    assert done.returncode == 2
    assert "device" in done.stderr and done.stdout == ""
    assert world.caller.list_instances() == []


def test_login_that_ends_at_an_https_address_is_pasted(world):
    remote = "https://company.example/callback"
    world.standin.add_client(world.client_id, world.client_secret, remote)
    world.caller.set_client("Confluence", world.client_id, redirect_uri=remote)
    login = world.start_cli("login", "Confluence", "--no-browser")
    login.type(accepted_address(login.address()))
    assert login.wait() == 0, login.stderr
    assert "https address" in login.stderr


def test_login_to_one_of_many_addresses(world):
    """A tenant parameter, in the way in that the person is told of and in the request."""
    endpoint = world.standin.endpoints["authorization_endpoint"]
    world.write_provider("confluence", Tenant={"site": "[a-z]+"},
                         OAuth2={"AuthorizationEndpoint": endpoint + "?site={site}",
                                 "TokenEndpoint": world.standin.endpoints["token_endpoint"],
                                 "RedirectUri": world.redirect_uri},
                         TenantDescriptions={"site": "the name of your company"})
    world.daemon.restart()
    page = world.cli("servers", "confluence").stdout
    assert "claviger login Confluence --tenant site=SITE\n" in page
    assert "the name of your company" in page and "[a-z]+" in page

    done = world.cli("login", "Confluence", "--no-browser", check=False)
    assert done.returncode == 2
    assert "--tenant site=VALUE (the name of your company)" in done.stderr
    done = world.cli("login", "Confluence", "--tenant", "site=ACME", check=False)
    assert done.returncode == 2 and "site" in done.stderr
    assert world.caller.list_instances() == []
    login = world.start_cli("login", "Confluence", "--no-browser", "--tenant", "site=acme")
    assert "site=acme" in login.address()
    login.interrupt()
    assert login.wait() == 7


# Keys.


def test_a_name_is_not_printed_as_the_token(world):
    """Whoever set them forgot the key: it is missing, and nothing stands in for it."""
    key_server(world, Fields="user;api_key", TokenField="api_key", Header="X-Key: {api_key}")
    instance_id = world.cli("set", "--user", "ada", "mail-house", "user", stdin="ada\n").stdout
    done = world.cli("token", instance_id.strip(), check=False)
    assert done.returncode == 1 and done.stdout == ""
    assert "not a single token" in done.stderr


def test_set_takes_no_nameless_key(world):
    key_server(world, Header="X-Key: {token}")
    done = world.cli("set", "--user", "ada", "mail-house", "", stdin="k3y\n", check=False)
    assert done.returncode == 2 and "KEY is empty" in done.stderr
    assert world.caller.list_instances() == []


def test_logout_of_a_key_names_the_page_of_keys(world):
    """Also where the server has sign-ins, whose page does not list the key."""
    world.write_provider(
        "confluence",
        Provider={"Kind": "oauth2;api-key"},
        OAuth2={
            "AuthorizationEndpoint": world.standin.endpoints["authorization_endpoint"],
            "TokenEndpoint": world.standin.endpoints["token_endpoint"],
            "RedirectUri": world.redirect_uri,
            "ManageUrl": "https://mail.example/apps",
        },
        ApiKey={"CreateUrl": "https://mail.example/keys", "Header": "X-Key: {api_token}"},
    )
    world.daemon.restart()
    done = world.cli("set", "--user", "ada", "confluence", "api_token", stdin="k3y\n")
    instance_id = done.stdout.strip()
    assert "end the key at https://mail.example/keys" in world.cli("logout", instance_id).stderr
    world.sign_in(instance_id)
    assert "end the access at https://mail.example/apps" in world.cli("logout", instance_id).stderr


def test_set_asks_for_what_the_file_says(world):
    key_server(world, Fields="user;api_key", TokenField="api_key", Header="X-Key: {api_key}")
    page = world.cli("servers", "mail house").stdout
    assert "https://mail.example/keys" in page and "user, api_key" in page
    done = world.cli("set", "--user", "ada", "mail-house", stdin="ada\nk3y\n")
    instance_id = done.stdout.strip()
    assert json.loads(world.cli("--json", "auth", instance_id).stdout)["authData"] | {
        "user": "ada", "api_key": "k3y"} == json.loads(
            world.cli("--json", "auth", "Mail House").stdout)["authData"]
    assert world.cli("token", instance_id).stdout == "k3y\n"
    assert "k3y" not in done.stderr

    world.cli("logout", instance_id)
    done = world.cli("token", instance_id, check=False)
    assert done.returncode == 3
    assert f"claviger set {instance_id}\n" in done.stderr
    assert "claviger login" not in done.stderr
    assert world.cli("login", "mail", check=False).returncode == 2


def test_set_for_one_of_many_addresses(world):
    key_server(world, Header="X-Key: {token}")
    world.write_provider("mail", Provider={"Name": "Mail House", "Kind": "api-key"},
                         ApiKey={"Header": "X-Key: {token}"}, Tenant={"zone": "eu|us"})
    world.daemon.restart()
    done = world.cli("set", "--user", "ada", "mail", stdin="k\n", check=False)
    assert done.returncode == 2 and "--tenant zone=VALUE" in done.stderr
    done = world.cli("set", "--user", "ada", "mail", "--tenant", "zone=moon", stdin="k\n",
                     check=False)
    assert done.returncode == 2
    assert world.caller.list_instances() == []
    done = world.cli("set", "--user", "ada", "mail", "--tenant", "zone=eu", stdin="k\n")
    assert world.cli("token", done.stdout.strip()).stdout == "k\n"


# What there is.


def test_every_server_of_the_catalogue_has_a_page(world):
    servers = json.loads(world.cli("--json", "servers").stdout)
    assert len(servers) > 90
    for server in servers[::8]:
        page = world.cli("servers", server["path-name"]).stdout
        assert page.startswith(f"{server['name']} ({server['slug']})\n")
        for kind, words in (("oauth2", "claviger login "), ("api-key", "claviger set "),
                            ("basic", "claviger set "), ("connection-string", "claviger set "),
                            ("none", "nothing to do")):
            assert (kind in server["kind"].split(";")) <= (words in page), server["name"]


def test_the_check_of_provider_files(world):
    world.write_provider("mine", Provider={"Name": "Mine", "Kind": "api-key"}, ApiKey={"Frob": "1"})
    path = world.tree.config / "claviger" / "providers" / "mine.provider"
    daemon = program_from("CLAVIGERD")[-1]
    for arguments in ((), (str(path),)):
        done = world.cli("servers", "--check", *arguments, check=False, CLAVIGERD=daemon)
        assert done.returncode == 1
        [mistake] = done.stdout.splitlines()
        assert re.fullmatch(rf"{re.escape(str(path))}:\d+: \[ApiKey\] Frob: .+", mistake)
    path.unlink()
    assert world.cli("servers", "--check", CLAVIGERD=daemon).stdout == ""


def test_a_client_that_is_used_stays(world):
    instance_id = world.sign_in()
    done = world.cli("client", "remove", "confluence", world.client_id, check=False)
    assert done.returncode == 1
    assert instance_id in done.stderr and "journalctl" not in done.stderr
    assert world.client_id in world.cli("client", "list").stdout
