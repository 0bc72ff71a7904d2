# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong, on purpose.

A fault describes what happens to a request of one endpoint. Faults stand in a queue: a request
meets the first one that fits it, and only that one; after `times` requests it is used up and the
next has its turn. So a test can say "two 503, then an answer that is lost, then all is well".
"""

import asyncio
import json
from dataclasses import asdict, dataclass, field, fields

from aiohttp import web

_CAPTIVE_PORTAL = "<!DOCTYPE html><title>Hotel Wi-Fi</title><h1>Please accept our terms</h1>"


class WrongFault(ValueError):
    """A fault that can't be meant: an unknown member, a wrong type."""


@dataclass
class Fault:
    """The members may be combined; the order here is the order in which they act."""

    # Whom it meets.
    endpoint: str = "*"
    grant_type: str | None = None  # at the token endpoint: only authorization_code or refresh_token
    times: int | None = 1  # None: until cleared

    # Before the server has done anything.
    delay: float = 0
    drop: str | None = None  # "before" or "after" the request was processed
    html: bool = False  # a captive portal's 200
    status: int | None = None
    retry_after: int | str | None = None
    body: str | None = None  # the text that comes with `status`, of type `content_type`
    processed: bool = False  # `html` and `status` come after the server has done its work

    # In between: the refresh token stays as it is and none is in the answer.
    rotate: bool = True

    # After it, on the way back.
    delay_answer: float = 0
    omit: list = field(default_factory=list)  # members that are missing
    members: dict = field(default_factory=dict)  # members that have other values
    pad: int = 0  # so many blanks more: valid JSON, only huge
    truncate: bool = False  # half of the body, as if that were all
    content_type: str | None = None

    @classmethod
    def parse(cls, values):
        unknown = set(values) - {f.name for f in fields(cls)}
        if unknown:
            raise WrongFault(f"a fault has no {', '.join(sorted(unknown))}")
        fault = cls(**values)
        if fault.drop not in (None, "before", "after"):
            raise WrongFault("drop is before or after")
        if fault.times is not None and (type(fault.times) is not int or fault.times < 1):
            raise WrongFault("times is a positive number, or null: until cleared")
        return fault

    def as_dict(self):
        return asdict(self)

    def fits(self, endpoint, grant_type):
        return self.endpoint in ("*", endpoint) and self.grant_type in (None, grant_type)

    async def before(self, request):
        """An answer in place of the server's, or None: let it work."""
        await asyncio.sleep(self.delay)
        if self.drop == "before":
            return _hang_up(request)
        request["rotate"] = self.rotate
        return None if self.processed else self._in_place_of_it()

    async def after(self, request, response):
        """The server has done its work; this is what arrives of it."""
        await asyncio.sleep(self.delay_answer)
        if self.drop == "after":
            return _hang_up(request)
        if self.processed and (lost := self._in_place_of_it()) is not None:
            return lost
        if self.omit or self.members:
            response.text = json.dumps(self._edit(json.loads(response.body)))
        if self.pad:
            response.body += b" " * self.pad
        if self.truncate:
            response.body = response.body[: len(response.body) // 2]
        if self.content_type is not None:
            response.content_type = self.content_type
        return response

    def _edit(self, answer):
        """The JSON answer with other members; of a list, each of its objects."""
        if isinstance(answer, list):
            return [self._edit(item) for item in answer]
        return {k: v for k, v in answer.items() if k not in self.omit} | self.members

    def _in_place_of_it(self):
        """What comes in place of the server's answer, or None."""
        if self.html:
            return web.Response(text=_CAPTIVE_PORTAL, content_type="text/html")
        return None if self.status is None else self._refusal()

    def _refusal(self):
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        text = self.body if self.body is not None else f"{self.status}: a fault that was asked for"
        return web.Response(
            status=self.status,
            text=text,
            content_type=self.content_type or "text/plain",
            headers=headers,
        )


def _hang_up(request):
    """Closes the connection; the answer is for nobody, aiohttp only wants to have one."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)


class Queue:
    def __init__(self):
        self._faults = []

    def __iter__(self):
        return iter(self._faults)

    def add(self, fault):
        self._faults.append(fault)

    def clear(self):
        self._faults.clear()

    def take(self, endpoint, grant_type):
        """The fault that this request meets, if any; counts it."""
        fault = next((f for f in self._faults if f.fits(endpoint, grant_type)), None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                self._faults.remove(fault)
        return fault
