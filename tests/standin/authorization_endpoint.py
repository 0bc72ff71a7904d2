# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/authorize and the answer of the consent page: HTTP around AuthorizationRequest and ledger."""

import secrets

from aiohttp import web

from standin import authorization_request, consent_page
from standin.authorization_request import ErrorPage, ErrorResponse


def routes():
    return [
        web.get("/authorize", authorize, name="authorize"),
        web.post("/authorize/decision", decide, name="decision"),
    ]


async def authorize(request):
    server = request.app["server"]
    try:
        asked = authorization_request.parse(request.query, server.registry, server.settings)
    except ErrorPage as refusal:
        return _page(consent_page.error(refusal.error, refusal.description), status=400)
    except ErrorResponse as refusal:
        return _redirect(refusal.location)

    if server.settings.consent != "ask":
        return _redirect(_answer(server, asked, server.settings.consent))
    transaction = secrets.token_urlsafe(16)
    server.pending[transaction] = asked
    return _page(consent_page.consent(transaction, asked, server.settings))


async def decide(request):
    server = request.app["server"]
    form = await request.post()
    asked = server.pending.pop(form.get("transaction", ""), None)
    if asked is None:
        return _page(consent_page.error("invalid_request", "This page was used already."), 400)
    return _redirect(_answer(server, asked, form.get("decision"), form.get("site")))


def _answer(server, asked, decision, site=None):
    """The redirect of a decision; anything but a clear yes is a no."""
    if decision != "accept":
        return asked.answer(
            error="access_denied", error_description="User did not authorize the request"
        )
    sites = list(server.settings.sites)
    if server.settings.grant_level == "resource" and sites:
        sites = [site if site in sites else sites[0]]
    grant = server.ledger.give(asked.client, list(asked.scope), sites)
    code = server.ledger.issue_code(grant, asked.redirect_uri, asked.code_challenge)
    return asked.answer(code=code)


def _redirect(location):
    headers = {"Location": str(location), "Cache-Control": "no-store"}
    return web.Response(status=302, headers=headers)


def _page(text, status=200):
    return web.Response(
        text=text, status=status, content_type="text/html", headers=consent_page.HEADERS
    )
