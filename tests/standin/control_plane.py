# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/_standin/: how a test looks into the server and turns its knobs. JSON in, JSON out.

These paths are neither recorded nor met by faults.
"""

from aiohttp import web

from standin.faults import Fault, WrongFault
from standin.grant import RefreshToken
from standin.registration import Client
from standin.settings import WrongSetting

PREFIX = "/_standin/"


def routes():
    handlers = {
        ("GET", "endpoints"): endpoints,
        ("GET", "settings"): show_settings,
        ("PATCH", "settings"): change_settings,
        ("GET", "clock"): show_clock,
        ("POST", "clock"): move_clock,
        ("GET", "clients"): list_clients,
        ("POST", "clients"): add_client,
        ("GET", "faults"): list_faults,
        ("POST", "faults"): add_fault,
        ("DELETE", "faults"): clear_faults,
        ("GET", "requests"): list_requests,
        ("DELETE", "requests"): clear_requests,
        ("GET", "load"): show_load,
        ("GET", "grants"): list_grants,
        ("POST", "grants"): make_grant,
        ("POST", "grants/{id}/end"): end_grant,
        ("POST", "grants/{id}/revoke"): revoke_grant,
        ("POST", "tokens/introspect"): introspect,
        ("POST", "tokens/expire"): expire_token,
        ("POST", "tokens/revoke"): revoke_token,
        ("GET", "secrets"): list_secrets,
        ("POST", "reset"): reset,
    }
    return [web.route(m, PREFIX + path, _answering(h)) for (m, path), h in handlers.items()]


def _answering(handler):
    """Wraps `handler (server, values, match) -> value` into a request handler."""

    async def handle(request):
        try:
            values = await request.json() if request.can_read_body else dict(request.query)
            answer = handler(request.app["server"], values, request.match_info)
        except KeyError as missing:
            return web.json_response({"error": f"not given or not known: {missing}"}, status=404)
        except (ValueError, TypeError, WrongFault, WrongSetting) as wrong:
            return web.json_response({"error": str(wrong)}, status=400)
        return web.json_response({} if answer is None else answer)

    return handle


def endpoints(server, values, match):
    return server.endpoints()


def show_settings(server, values, match):
    return server.settings.as_dict()


def change_settings(server, values, match):
    server.settings.change(values)
    return server.settings.as_dict()


def show_clock(server, values, match):
    return {"now": server.clock.now(), "offset": server.clock.offset}


def move_clock(server, values, match):
    """`advance` moves it on, `offset` sets it against real time."""
    if "advance" in values:
        server.clock.advance(float(values["advance"]))
    else:
        server.clock.offset = float(values["offset"])
    return show_clock(server, values, match)


def list_clients(server, values, match):
    return [{"client_id": c.id, "redirect_uri": c.redirect_uri} for c in server.registry]


def add_client(server, values, match):
    server.registry.add(
        Client(values["client_id"], values.get("client_secret", ""), values["redirect_uri"])
    )
    return list_clients(server, values, match)


def list_faults(server, values, match):
    return [fault.as_dict() for fault in server.faults]


def add_fault(server, values, match):
    fault = Fault.parse(values)
    if fault.endpoint != "*" and fault.endpoint not in server.endpoint_names():
        raise WrongFault(f"there is no endpoint {fault.endpoint}")
    server.faults.add(fault)
    return fault.as_dict()


def clear_faults(server, values, match):
    server.faults.clear()


def list_requests(server, values, match):
    """All, or those of one `endpoint`, in the order in which they came."""
    return [
        entry.as_dict()
        for entry in server.journal
        if values.get("endpoint") in (None, entry.endpoint)
    ]


def clear_requests(server, values, match):
    server.journal.clear()


def show_load(server, values, match):
    """Of the requests since the last clearing: how many, and how many at once."""
    return server.journal.load()


def _describe_token(server, token):
    """Like RFC 7662, with what only the server's owner knows."""
    now = server.clock.now()
    if isinstance(token, RefreshToken):
        return {
            "kind": "refresh_token",
            "active": token.is_active(now, server.settings),
            "state": token.state(now, server.settings),
            "grant": token.grant.id,
        }
    return {
        "kind": "access_token",
        "active": token.is_active(now),
        "expires_at": token.expires_at,
        "grant": token.grant.id,
    }


def _describe_grant(server, grant):
    return {
        "id": grant.id,
        "client_id": grant.client_id,
        "account": grant.account,
        "scope": " ".join(grant.scope),
        "sites": grant.sites,
        "given_at": grant.given_at,
        "alive": grant.is_alive(server.clock.now(), server.settings),
        "ended_because": grant.ended_because,
        "refresh_tokens": [
            {"token": t.value, **_describe_token(server, t)} for t in grant.refresh_tokens
        ],
        "access_tokens": [
            {"token": t.value, **_describe_token(server, t)} for t in grant.access_tokens
        ],
    }


def list_grants(server, values, match):
    return [_describe_grant(server, grant) for grant in server.ledger.grants.values()]


def make_grant(server, values, match):
    """A grant without a browser: the token answer that an exchange would have given."""
    client = server.registry.find(values["client_id"])
    if client is None:
        raise KeyError(values["client_id"])
    scope = values.get("scope", "read:page:confluence read:me offline_access").split()
    grant = server.ledger.give(client, scope, list(server.settings.sites))
    return {"grant": grant.id, **server.ledger.issue_tokens(grant)}


def end_grant(server, values, match):
    """The refresh tokens die, as by a password change; access tokens live on."""
    server.ledger.grants[match["id"]].end("ended by a test")


def revoke_grant(server, values, match):
    """All tokens die, as when the person removes the app from the account."""
    server.ledger.grants[match["id"]].revoke("revoked by a test")


def introspect(server, values, match):
    token = server.ledger.find(values["token"])
    return {"active": False} if token is None else _describe_token(server, token)


def expire_token(server, values, match):
    server.ledger.expire(values["token"])


def revoke_token(server, values, match):
    server.ledger.revoke(values["token"])


def list_secrets(server, values, match):
    """All that must never be in a log: codes, tokens and client secrets."""
    return [*server.ledger.issued(), *(c.secret for c in server.registry if c.secret)]


def reset(server, values, match):
    """Back to how the process was started."""
    server.reset()
