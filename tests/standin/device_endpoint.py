# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The device flow (RFC 8628) up to the token endpoint: where a device gets its codes, and the page
where a person, on whatever machine, enters the one that is for people.

Atlassian has none of this; the setting `device_flow` switches it on.
"""

from aiohttp import web

from standin import authorization_request, consent_page, token_endpoint
from standin.authorization_request import ErrorPage
from standin.refusal import DEVICE_FLOW_DISABLED, PARAMETERS_WRONG, SCOPE_WRONG, Refused


def routes():
    return [
        web.post("/oauth/device/code", give_codes, name="device-code"),
        web.get("/device", show, name="device"),
        web.post("/device", enter, name="device-entry"),
        web.post("/device/decision", decide, name="device-decision"),
    ]


async def give_codes(request):
    """RFC 8628 sections 3.1 and 3.2: a form in any case, the client as at the token endpoint."""
    server = request.app["server"]
    try:
        if not server.settings.device_flow:
            raise Refused(*DEVICE_FLOW_DISABLED)
        if request.content_type != token_endpoint.FORM:
            raise Refused(*PARAMETERS_WRONG)
        body = await token_endpoint.read(request, accept_form=True)
        client = token_endpoint.authenticate(request, body, server)
        code = server.ledger.issue_device_code(client, _read_scope(body, server.settings))
    except Refused as refused:
        return web.json_response(refused.body, status=refused.status)
    return web.json_response(_describe(code, server), headers={"Cache-Control": "no-store"})


def _read_scope(body, settings):
    scope = tuple(dict.fromkeys(body.get("scope", "").split()))
    try:
        authorization_request.check_scope(scope, settings)
    except ErrorPage:
        raise Refused(*SCOPE_WRONG) from None
    return list(scope)


def _describe(code, server):
    settings = server.settings
    page = f"{server.url}/device"
    answer = {
        "device_code": code.value,
        "user_code": code.user_code,
        "verification_uri": page,
        "expires_in": settings.device_code_lifetime,
    }
    if settings.device_complete:
        answer["verification_uri_complete"] = f"{page}?user_code={code.user_code}"
    if settings.device_interval:
        answer["interval"] = settings.device_interval
    return answer


async def show(request):
    if "user_code" in request.query:
        return _ask(request.app["server"], request.query["user_code"])
    return _page(consent_page.code_entry())


async def enter(request):
    form = await request.post()
    return _ask(request.app["server"], form.get("user_code", ""))


def _ask(server, user_code):
    code = server.ledger.find_device_code(user_code)
    if code is None:
        return _page(consent_page.error("invalid_code", "There is no such code any more."), 404)
    if server.settings.consent != "ask":
        return _settle(server, code, server.settings.consent)
    return _page(consent_page.device_consent(code, server.settings))


async def decide(request):
    server = request.app["server"]
    form = await request.post()
    code = server.ledger.find_device_code(form.get("transaction", ""))
    if code is None:
        return _page(consent_page.error("invalid_request", "This page was used already."), 400)
    return _settle(server, code, form.get("decision"), form.get("site"))


def _settle(server, code, decision, site=None):
    """Anything but a clear yes is a no."""
    if decision != "accept":
        code.is_denied = True
        return _page(consent_page.done("Access was denied. You can close this page."))
    sites = list(server.settings.sites)
    if server.settings.grant_level == "resource" and sites:
        sites = [site if site in sites else sites[0]]
    client = server.registry.find(code.client_id)
    code.grant = server.ledger.give(client, code.scope, sites)
    return _page(consent_page.done("Your device is signed in. You can close this page."))


def _page(text, status=200):
    return web.Response(
        text=text, status=status, content_type="text/html", headers=consent_page.HEADERS
    )
