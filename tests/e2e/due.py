# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instances whose refresh is due at once: a grant that lives, with an access token that is over.

Real tokens live for longer than a test may take; these come by `SetInstanceAuth`, as from a program
that has moved here.
"""

import time

from e2e.caller import auth_data
from e2e.waiting import wait_for


def make_grant(world):
    """A grant of the server for our client: its tokens and its id."""
    return world.standin.make_grant(world.client_id)


def add_due(world, grant=None, user_id="ada", age=1):
    """The id of a new instance, and its refresh is on its way; `age=-60`: in good time."""
    instance_id = world.caller.create_instance(user_id)
    set_due(world, instance_id, grant, age)
    return instance_id


def set_due(world, instance_id, grant=None, age=1):
    grant = grant or make_grant(world)
    values = auth_data(
        access_token=grant["access_token"],
        refresh_token=grant["refresh_token"],
        expires_at=int(time.time()) - age,
    )
    world.caller.call("SetInstanceAuth", "(sa{sv})", (instance_id, values))


def wait_for_serial(world, instance_id, serial, timeout=10):
    """Until that rotation is in use, without asking for a token; the instance then."""

    def is_there():
        instance = world.caller.instance(instance_id)
        return instance if instance.get("serial", 0) >= serial else None

    return wait_for(is_there, timeout, f"rotation {serial} of {instance_id}")


def wait_for_status(world, instance_id, status, timeout=10):
    """The instance when it has got there."""

    def is_there():
        instance = world.caller.instance(instance_id)
        return instance if instance["status"] == status else None

    return wait_for(is_there, timeout, f"{instance_id} to be {status}")
