# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules: which code and which token is good, and what becomes of it.

No HTTP in here. Time comes from the clock that tests can move, and the numbers from the settings,
which tests can change at any moment; so nothing is scheduled, everything is judged when asked.
"""

import base64
import hashlib
import hmac
import secrets

from standin import refusal
from standin.grant import AccessToken, AuthorizationCode, DeviceCode, Grant, RefreshToken
from standin.opaque import jwt_like
from standin.refusal import Refused


def _challenge(verifier):
    """The S256 transformation of RFC 7636 section 4.2."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Ledger:
    def __init__(self, settings, clock):
        self._settings = settings
        self._clock = clock
        self._codes = {}
        self._device_codes = {}
        self._tokens = {}
        self.grants = {}

    # The consent.

    def give(self, client, scope, sites):
        """A person said yes: a grant without tokens yet."""
        grant = Grant(client.id, self._settings.account, scope, sites, self._clock.now())
        if self._settings.second_consent == "replace":
            for older in self.grants.values():
                if (older.client_id, older.account) == (grant.client_id, grant.account):
                    older.end("a later consent")
        self.grants[grant.id] = grant
        return grant

    def issue_code(self, grant, redirect_uri, code_challenge):
        expires_at = self._clock.now() + self._settings.code_lifetime
        value = jwt_like({"sub": grant.account})
        self._codes[value] = AuthorizationCode(
            value, grant.client_id, redirect_uri, code_challenge, grant, expires_at
        )
        return value

    # The device flow.

    def issue_device_code(self, client, scope):
        """Both codes; letters that nobody mistakes for others (RFC 8628 section 6.1)."""
        letters = "".join(secrets.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(8))
        code = DeviceCode(
            value=jwt_like({"device": secrets.token_hex(8)}),
            user_code=f"{letters[:4]}-{letters[4:]}",
            client_id=client.id,
            scope=scope,
            expires_at=self._clock.now() + self._settings.device_code_lifetime,
            interval=self._settings.device_interval or 5,
        )
        self._device_codes[code.value] = code
        return code

    def find_device_code(self, user_code):
        """The one that a person may still decide on; however they type it."""
        wanted = user_code.upper().replace("-", "").replace(" ", "")
        return next(
            (
                code
                for code in self._device_codes.values()
                if code.user_code.replace("-", "") == wanted and code.is_open(self._clock.now())
            ),
            None,
        )

    def poll(self, client, value):
        """RFC 8628 section 3.5."""
        now = self._clock.now()
        code = self._device_codes.get(value)
        if code is None or code.client_id != client.id or code.is_used:
            raise Refused(*refusal.DEVICE_CODE_INVALID)
        too_early = code.polled_at is not None and now - code.polled_at < code.interval
        code.polled_at = now
        if code.is_denied:
            raise Refused(*refusal.DEVICE_DENIED)
        if code.grant is None and now >= code.expires_at:
            raise Refused(*refusal.DEVICE_CODE_EXPIRED)
        if too_early:
            code.interval += 5
            raise Refused(*refusal.DEVICE_SLOW_DOWN)
        if code.grant is None:
            raise Refused(*refusal.DEVICE_PENDING)
        code.is_used = True
        return self.issue_tokens(code.grant)

    # The token endpoint.

    def redeem(self, client, value, redirect_uri, code_verifier):
        """The authorization code grant: a code is good once, whatever comes of that once."""
        code = self._codes.get(value)
        if code is None or code.client_id != client.id or code.is_used or code.grant.ended_because:
            raise Refused(*refusal.CODE_INVALID)
        code.is_used = True
        if self._clock.now() >= code.expires_at:
            raise Refused(*refusal.CODE_INVALID)
        if redirect_uri != code.redirect_uri:
            raise Refused(*refusal.REDIRECT_URI_WRONG)
        if code.code_challenge and not hmac.compare_digest(
            _challenge(code_verifier).encode(), code.code_challenge.encode()
        ):
            raise Refused(*refusal.VERIFIER_WRONG)
        return self.issue_tokens(code.grant)

    def refresh(self, client, value, *, rotate=True):
        """The refresh grant. `rotate=False`: the old token stays and no new one is told."""
        now = self._clock.now()
        token = self._tokens.get(value)
        if not isinstance(token, RefreshToken) or token.grant.client_id != client.id:
            raise self._dead_grant()
        state = token.state(now, self._settings)
        if state == "reused-late":
            # Somebody holds a copy, and nobody can tell who: the whole family goes.
            token.grant.end("a replaced refresh token came again")
        if state not in ("current", "replaced"):
            raise self._dead_grant()

        token.used_at = now
        if not (rotate and self._settings.rotation):
            return self.issue_tokens(token.grant, with_refresh_token=False)
        if token.replaced_at is None:
            token.replaced_at = now
        return self.issue_tokens(token.grant)

    def issue_tokens(self, grant, *, with_refresh_token=True):
        """The successful answer (RFC 6749 section 5.1)."""
        answer = {
            "access_token": self._new_access_token(grant),
            "expires_in": self._settings.expires_in,
            "token_type": "Bearer",
            "scope": " ".join(grant.scope),
        }
        if with_refresh_token and "offline_access" in grant.scope:
            answer["refresh_token"] = self._new_refresh_token(grant)
        return answer

    def revoke(self, value, *, client=None):
        """RFC 7009: a refresh token takes its grant with it; an unknown token is no error."""
        token = self._tokens.get(value)
        if token is None or (client is not None and token.grant.client_id != client.id):
            return
        if isinstance(token, RefreshToken):
            token.grant.revoke("revoked")
        else:
            token.is_revoked = True

    # Questions.

    def active_access_token(self, value):
        token = self._tokens.get(value)
        is_active = isinstance(token, AccessToken) and token.is_active(self._clock.now())
        return token if is_active else None

    def find(self, value):
        return self._tokens.get(value)

    def expire(self, value):
        """Time has come for this one token, and for no other."""
        token = self._tokens[value]
        if isinstance(token, RefreshToken):
            token.is_expired = True
        else:
            token.expires_at = self._clock.now()

    def issued(self):
        """Every secret ever given out, for a test that searches logs for them."""
        return [*self._codes, *self._device_codes, *self._tokens]

    def _dead_grant(self):
        return Refused(*refusal.DEAD_GRANT[self._settings.dead_grant])

    def _new_access_token(self, grant):
        now = self._clock.now()
        expires_at = now + self._settings.expires_in
        claims = {
            "iss": "https://auth.atlassian.com",
            "aud": grant.client_id,
            "sub": grant.account,
            "iat": int(now),
            "exp": int(expires_at),
            "scope": " ".join(grant.scope),
        }
        value = jwt_like(claims, least_length=self._settings.access_token_size)
        token = AccessToken(value, grant, expires_at)
        grant.access_tokens.append(token)
        self._tokens[value] = token
        return value

    def _new_refresh_token(self, grant):
        value = jwt_like({"family": grant.id, "nonce": secrets.token_hex(8)})
        token = RefreshToken(value, grant, self._clock.now())
        grant.refresh_tokens.append(token)
        self._tokens[value] = token
        return value
