# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server remembers: codes, tokens, and the grant that a person gave.

A grant is one consent of one person for one client; its refresh tokens are the "family" of
RFC 9700 section 4.14.2. Values here answer questions about a moment (`now`); they decide nothing.
"""

import secrets
from dataclasses import dataclass, field


@dataclass
class AuthorizationCode:
    """Between the consent page and the exchange (RFC 6749 section 4.1.2)."""

    value: str
    client_id: str
    redirect_uri: str
    code_challenge: str
    grant: "Grant"
    expires_at: float
    is_used: bool = False


@dataclass
class DeviceCode:
    """Between the device's request and the person's decision (RFC 8628)."""

    value: str
    user_code: str
    client_id: str
    scope: list
    expires_at: float
    interval: float  # seconds; each poll that comes too early makes it longer
    polled_at: float | None = None
    grant: "Grant | None" = None  # the person said yes
    is_denied: bool = False
    is_used: bool = False

    def is_open(self, now):
        """Can a person still decide?"""
        return self.grant is None and not self.is_denied and now < self.expires_at


@dataclass
class AccessToken:
    value: str
    grant: "Grant"
    expires_at: float
    is_revoked: bool = False

    def is_active(self, now):
        return not self.is_revoked and now < self.expires_at


@dataclass
class RefreshToken:
    value: str
    grant: "Grant"
    used_at: float
    replaced_at: float | None = None
    is_expired: bool = False

    def state(self, now, settings):
        """`current`, `replaced` (still taken: inside the reuse window), `reused-late` or `dead`."""
        idle = settings.idle_lifetime
        oldest = settings.absolute_lifetime
        if self.grant.ended_because or self.is_expired:
            return "dead"
        if idle and now - self.used_at > idle or oldest and now - self.grant.given_at > oldest:
            return "dead"
        if self.replaced_at is None:
            return "current"
        return "replaced" if now - self.replaced_at <= settings.reuse_window else "reused-late"

    def is_active(self, now, settings):
        return self.state(now, settings) in ("current", "replaced")


@dataclass
class Grant:
    client_id: str
    account: str
    scope: list
    sites: list
    given_at: float
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    ended_because: str = ""
    access_tokens: list = field(default_factory=list)
    refresh_tokens: list = field(default_factory=list)

    def end(self, reason):
        """The refresh tokens die; access tokens live out their hour, as self-contained ones do."""
        self.ended_because = self.ended_because or reason

    def revoke(self, reason):
        """What "remove this app" in the account settings does: everything dies at once."""
        self.end(reason)
        for token in self.access_tokens:
            token.is_revoked = True

    def is_alive(self, now, settings):
        """Could some refresh token of this grant still be used?"""
        return any(token.is_active(now, settings) for token in self.refresh_tokens)
