# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server as a whole: the parts it is made of, and what every request passes through."""

import logging
from copy import deepcopy
from email.utils import formatdate

from aiohttp import web

from standin import (
    authorization_endpoint,
    control_plane,
    device_endpoint,
    resource_server,
    token_endpoint,
)
from standin.clock import Clock
from standin.faults import Queue
from standin.journal import Journal
from standin.ledger import Ledger
from standin.registration import Registry

log = logging.getLogger("standin")


class Server:
    """All state, in memory."""

    def __init__(self, settings, clients=(), clock_offset=0):
        self._at_first = (settings, clients, clock_offset)
        self._app = None
        self.url = None  # known once the port is
        self.reset()

    def reset(self):
        """As it was started: what a test gets that shares the process with others."""
        settings, clients, clock_offset = self._at_first
        self.settings = deepcopy(settings)
        self.clock = Clock(clock_offset)
        self.registry = Registry(clients)
        self.ledger = Ledger(self.settings, self.clock)
        self.faults = Queue()
        self.journal = Journal(self.clock)
        self.pending = {}  # consent pages that wait for their person, by transaction

    def application(self):
        self._app = web.Application(middlewares=[record, spoil])
        self._app["server"] = self
        for part in (
            authorization_endpoint,
            token_endpoint,
            device_endpoint,
            resource_server,
            control_plane,
        ):
            self._app.add_routes(part.routes())
        self._app.on_response_prepare.append(tell_date)
        return self._app

    def endpoint_names(self):
        return list(self._app.router.named_resources())

    def endpoints(self):
        """Where everything is, in the terms of RFC 8414 where it has one."""
        return {
            "url": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/oauth/token",
            "revocation_endpoint": f"{self.url}/oauth/revoke",
            "device_authorization_endpoint": f"{self.url}/oauth/device/code",
            "resources_endpoint": f"{self.url}/oauth/token/accessible-resources",
            "userinfo_endpoint": f"{self.url}/me",
            "api": f"{self.url}/ex/confluence",
            "control": f"{self.url}{control_plane.PREFIX}",
        }


def _is_control(request):
    return request.path.startswith(control_plane.PREFIX)


def _is_dropped(request):
    return request.transport is None or request.transport.is_closing()


@web.middleware
async def record(request, handler):
    """Outermost, so that the journal also has what a fault kept from its endpoint."""
    if _is_control(request):
        return await handler(request)
    endpoint = request.match_info.route.name
    journal = request.app["server"].journal
    entry = await journal.record(request, endpoint)
    request["entry"] = entry
    try:
        response = await handler(request)
        if not _is_dropped(request):
            entry.status = response.status
    except web.HTTPException as redirect_or_error:
        entry.status = redirect_or_error.status
        raise
    finally:
        journal.in_flight -= 1
        log.info("%s %s: %s", request.method, request.path, entry.status or "not answered")
    return response


@web.middleware
async def spoil(request, handler):
    """Lets a request meet its fault."""
    entry = request.get("entry")
    if entry is None:
        return await handler(request)
    grant_type = entry.body.get("grant_type") if isinstance(entry.body, dict) else None
    fault = request.app["server"].faults.take(entry.endpoint, grant_type)
    if fault is None:
        return await handler(request)
    entry.fault = fault.as_dict()
    response = await fault.before(request)
    if response is None:
        response = await fault.after(request, await handler(request))
    return response


async def tell_date(request, response):
    """A server whose clock is off says so in its Date."""
    response.headers["Date"] = formatdate(request.app["server"].clock.now(), usegmt=True)
