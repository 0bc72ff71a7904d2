# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/oauth/token and /oauth/revoke: reads the body, authenticates the client, asks the ledger."""

import json
from base64 import b64decode
from binascii import Error as Base64Error
from urllib.parse import unquote_plus

from aiohttp import web

from standin import refusal
from standin.refusal import Refused

# RFC 6749 section 5.1: an answer with tokens in it is never stored.
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

FORM = "application/x-www-form-urlencoded"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def routes():
    return [
        web.post("/oauth/token", token, name="token"),
        web.post("/oauth/revoke", revoke, name="revoke"),
    ]


async def token(request):
    server = request.app["server"]
    try:
        body = await read(request, accept_form=server.settings.accept_form)
        client = authenticate(request, body, server)
        answer = _grant(server, client, body, rotate=request.get("rotate", True))
    except Refused as refused:
        return web.json_response(refused.body, status=refused.status, headers=_NO_STORE)
    return web.json_response(answer, headers=_NO_STORE)


async def revoke(request):
    """RFC 7009: a form by definition; 200 whether the token was known or not."""
    server = request.app["server"]
    try:
        body = await read(request, accept_form=True)
        client = authenticate(request, body, server)
    except Refused as refused:
        return web.json_response(refused.body, status=refused.status)
    server.ledger.revoke(body.get("token", ""), client=client)
    return web.Response(body=b"")


def _grant(server, client, body, *, rotate):
    ledger, grant_type = server.ledger, body.get("grant_type")
    if grant_type == "authorization_code":
        return ledger.redeem(
            client,
            body.get("code", ""),
            body.get("redirect_uri", ""),
            body.get("code_verifier", ""),
        )
    if grant_type == "refresh_token":
        return ledger.refresh(client, body.get("refresh_token", ""), rotate=rotate)
    if grant_type == DEVICE_GRANT and server.settings.device_flow:
        return ledger.poll(client, body.get("device_code", ""))
    raise Refused(*(refusal.GRANT_TYPE_DISABLED if grant_type else refusal.PARAMETERS_WRONG))


async def read(request, *, accept_form):
    """The body's members, all of them strings."""
    if request.content_type == FORM and accept_form:
        form = await request.post()
        if len(form) != len(set(form)):
            raise Refused(*refusal.PARAMETERS_WRONG)
        return dict(form)
    if request.content_type != "application/json":
        raise Refused(*refusal.PARAMETERS_WRONG)
    try:
        body = json.loads(await request.read())
    except ValueError:
        raise Refused(*refusal.PARAMETERS_WRONG) from None
    if not isinstance(body, dict) or not all(isinstance(v, str) for v in body.values()):
        raise Refused(*refusal.PARAMETERS_WRONG)
    return body


def authenticate(request, body, server):
    """The client, by one method (RFC 6749 section 2.3: never by two)."""
    client_id, secret = body.get("client_id"), body.get("client_secret")
    if "Authorization" in request.headers and server.settings.accept_basic:
        if secret is not None:
            raise Refused(*refusal.PARAMETERS_WRONG)
        client_id, secret = _basic(request.headers["Authorization"])
    client = server.registry.find(client_id or "")
    if client is None or not client.is_secret(secret):
        raise Refused(*refusal.UNAUTHORIZED)
    return client


def _basic(header):
    """Id and secret, each form-encoded before the base64 (RFC 6749 section 2.3.1)."""
    try:
        scheme, encoded = header.split()
        client_id, secret = b64decode(encoded, validate=True).decode().split(":")
    except (ValueError, Base64Error):
        raise Refused(*refusal.UNAUTHORIZED) from None
    if scheme.lower() != "basic":
        raise Refused(*refusal.UNAUTHORIZED)
    return unquote_plus(client_id), unquote_plus(secret)
