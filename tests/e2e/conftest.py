# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures: how much of a world a test wants, from an empty one to one that is signed in."""

import pytest

from e2e.world import World

_LOG_TAIL = 120


@pytest.fixture
def empty_world(request):
    """A home and a bus; nothing else runs."""
    with World() as world:
        request.node.world = world
        yield world


@pytest.fixture
def world(empty_world):
    """A good day: keyring unlocked, server up, daemon running with a client of it."""
    empty_world.begin()
    return empty_world


@pytest.fixture
def signed_in(world):
    """The id of an instance of Confluence that is signed in, in `world`."""
    return world.sign_in()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure shows what the daemon said."""
    report = (yield).get_result()
    world = getattr(item, "world", None)
    if report.failed and world is not None and world.daemon.log:
        tail = world.daemon.log.splitlines()[-_LOG_TAIL:]
        report.sections.append(("clavigerd's log", "\n".join(tail)))
