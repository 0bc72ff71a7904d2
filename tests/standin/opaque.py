# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Token values that look like Atlassian's: three base64url parts, long, and opaque to a client."""

import base64
import json
import secrets


def _part(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _json(value):
    return json.dumps(value).encode()


def jwt_like(claims, *, least_length=0):
    """Looks like a signed JWT of at least this length; the signature is random and proves nothing.

    The random part makes each value unlike every other, so tests can search a log for it.
    """
    header = _part(_json({"alg": "RS256", "typ": "JWT", "kid": "standin"}))
    signature = _part(secrets.token_bytes(256))
    claims = {"jti": secrets.token_hex(16), **claims}
    lacking = least_length - len(f"{header}.{_part(_json(claims))}.{signature}")
    if lacking > 0:
        claims["padding"] = secrets.token_hex(lacking // 2)
    return f"{header}.{_part(_json(claims))}.{signature}"
