# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The applications of the developer console: client id, secret and one callback URL each."""

import hmac
from dataclasses import dataclass


@dataclass(frozen=True)
class Client:
    """A registered client (RFC 6749 section 2); an empty secret makes it a public one."""

    id: str
    secret: str
    redirect_uri: str

    @classmethod
    def parse(cls, text):
        """`ID:SECRET:REDIRECT_URI`, as on the command line; the URI has colons of its own."""
        parts = text.split(":", 2)
        if len(parts) != 3 or not parts[0] or not parts[2]:
            raise ValueError("a client is ID:SECRET:REDIRECT_URI")
        return cls(*parts)

    def is_secret(self, presented):
        return hmac.compare_digest(self.secret.encode(), (presented or "").encode())


class Registry:
    """All clients by id; adding one again replaces it, as editing it in the console would."""

    def __init__(self, clients=()):
        self._clients = {client.id: client for client in clients}

    def __iter__(self):
        return iter(self._clients.values())

    def add(self, client):
        self._clients[client.id] = client

    def find(self, client_id):
        return self._clients.get(client_id)
