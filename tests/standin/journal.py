# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every request that came, for assertions: what was sent, when, how often, and what it met."""

import json
from dataclasses import asdict, dataclass
from urllib.parse import parse_qsl


@dataclass
class Entry:
    number: int
    time: float  # by the stand-in's clock
    endpoint: str | None  # None: no such path
    method: str
    path: str
    query: dict
    headers: dict
    body: object  # parsed if it is JSON or a form, else text
    fault: dict | None = None
    status: int | None = None  # None: not answered yet, or the connection was dropped

    def as_dict(self):
        return asdict(self)


def parse_body(content_type, raw):
    """The body as a test wants to see it; whatever can't be parsed stays text."""
    text = raw.decode(errors="replace")
    if content_type == "application/json":
        try:
            return json.loads(text)
        except ValueError:
            return text
    if content_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(text, keep_blank_values=True))
    return text


class Journal:
    def __init__(self, clock):
        self._clock = clock
        self._next_number = 1
        self.in_flight = 0
        self.clear()

    def __iter__(self):
        return iter(self._entries)

    def clear(self):
        self._entries = []
        self._peak = self.in_flight
        self._peers = set()

    def load(self):
        """How much there was to do at once, for a look at every moment: no entry is read for it."""
        return {
            "requests": len(self._entries),
            "in_flight": self.in_flight,
            "peak": self._peak,
            "connections": len(self._peers),
        }

    async def record(self, request, endpoint):
        """Its entry; from now on the request is in flight, until somebody says that it is not."""
        entry = Entry(
            number=self._next_number,
            time=self._clock.now(),
            endpoint=endpoint,
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers=dict(request.headers),
            body=parse_body(request.content_type, await request.read()),
        )
        self._next_number += 1
        self._entries.append(entry)
        self._peers.add(request.transport.get_extra_info("peername") if request.transport else None)
        self.in_flight += 1
        self._peak = max(self._peak, self.in_flight)
        return entry
