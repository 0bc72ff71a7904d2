# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An authorization server that nobody here wrote: oidc-provider, and worlds that sign in to it."""

import os
import shutil
import subprocess
import urllib.parse
from pathlib import Path

import pytest

from e2e.ports import free_port
from standin.application import request

_PROGRAM = Path(__file__).parents[1] / "oidc-provider" / "server.mjs"
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
_MODULES = Path(os.environ.get("CLAVIGER_OIDC_PROVIDER") or _CACHE / "claviger" / "oidc-provider")
SERVER = "Strict Server"
METHODS = {"public": "none", "basic": "basic", "post": "post"}  # by client id


@pytest.fixture(scope="module")
def issuer():
    """Its URL; it serves as long as we hold its stdin open."""
    node = shutil.which("node")
    if node is None or not (_MODULES / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("oidc-provider is not installed: ./dev oidc-provider")
    command = [node, _PROGRAM, _MODULES, "http://127.0.0.1/callback"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()
        process.wait(10)


def secret_of(client_id):
    """With characters that have to be escaped in a form, and twice over for Basic."""
    return "" if client_id == "public" else f"secret of {client_id}: +&=%"


@pytest.fixture
def strict(empty_world, issuer):
    """Makes a world with the server in the person's own layer of the catalogue, and its client."""

    def make(client_id, **keys):
        world = start(
            empty_world,
            {
                "Issuer": issuer,
                "AuthorizationEndpoint": f"{issuer}/auth",
                "TokenEndpoint": f"{issuer}/token",
                "ClientAuthentication": METHODS[client_id],
                "RedirectPort": "any",
            }
            | keys,
        )
        world.caller.set_client(
            SERVER, client_id, client_secret=secret_of(client_id), default=True
        )
        return world

    return make


def start(world, keys):
    """The world with a provider file of these keys, besides those that it has in any case."""
    world.redirect_uri = f"http://127.0.0.1:{free_port()}/callback"
    world.write_provider(
        "strict-server",
        Provider={"Name": SERVER, "Kind": "oauth2", "Documentation": "https://example.org/"},
        OAuth2={
            "Scopes": "openid",
            "RequiredScopes": "offline_access",
            "AuthorizeParameters": "prompt=consent",
            "RefreshTokenRotates": "true",
            "RedirectUri": world.redirect_uri,
        }
        | keys,
    )
    world.keyring.start()
    world.daemon.start()
    return world


def sign_in_there(world, url):
    """Through its login and consent pages, to where it sends the browser."""
    page = world.person.open(url)
    while page.form is not None and "/interaction/" in page.form.action:
        fields = page.form.fields | {"login": "ada", "password": "any"}
        fields = {name: value for name, value in fields.items() if value}
        action = urllib.parse.urljoin(page.url, page.form.action)
        page = world.person.open(action, data=urllib.parse.urlencode(fields).encode())
    return page


def sign_in(world):
    instance_id = world.caller.create_instance("ada", SERVER)
    authorization = world.caller.authorize(instance_id, SERVER)
    page = sign_in_there(world, authorization.url)
    outcome, details = authorization.wait()
    assert outcome == "authorized", details
    assert f"Signed in to {SERVER}" in page.text
    return instance_id


def introspect(issuer, token):
    form = {"token": token, "client_id": "post", "client_secret": secret_of("post")}
    return request(f"{issuer}/token/introspection", urllib.parse.urlencode(form).encode())[1]
