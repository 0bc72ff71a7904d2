# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One world for all servers: each test has instances of its own in it."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from catalogue import overlay  # noqa: E402
from catalogue.dialects import DIALECTS  # noqa: E402
from catalogue.polyglot import Polyglot  # noqa: E402
from e2e.world import World  # noqa: E402


@pytest.fixture(scope="session")
def files():
    """The provider files, by the names of their servers."""
    return overlay.load(Path(__file__).parents[2] / "data" / "providers")


@pytest.fixture(scope="session")
def polyglot(files):
    server = Polyglot({files[d.server].slug: d for d in DIALECTS if d.server in files})
    for name, file in files.items():
        if file.get("OAuth2", "IssuerRequired") == "true" and file.slug in server.speakers:
            server.speakers[file.slug].issuer = file.get("OAuth2", "Issuer")
    yield server
    server.close()


@pytest.fixture(scope="session")
def world(files, polyglot):
    with World() as world:
        world.keyring.start()
        for file in files.values():
            if "oauth2" in file.kinds:
                world.write_provider(file.slug, **file.moved(polyglot.base))
        world.daemon.start()
        yield world
