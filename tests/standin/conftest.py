# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One process for all tests of this folder; each test finds it as if it had just been started."""

import pytest

from standin.application import Application
from standin.client import StandIn
from standin.listener import Listener
from standin.person import Person


@pytest.fixture
def listener():
    with Listener() as listener:
        yield listener


@pytest.fixture(scope="session")
def process(tmp_path_factory):
    with StandIn.start(log=tmp_path_factory.mktemp("standin") / "log") as standin:
        yield standin


@pytest.fixture
def standin(process, listener):
    process.reset()
    process.add_client("my-app", "s3cret", listener.redirect_uri)
    return process


@pytest.fixture
def application(standin, listener):
    return Application(standin, listener.redirect_uri)


@pytest.fixture
def person():
    return Person()


@pytest.fixture
def signed_in(application, person, listener):
    """The token answer of a sign-in that went well."""
    person.sign_in(application.authorize_url())
    status, answer = application.exchange(listener.wait()["code"])
    assert status == 200
    return answer
