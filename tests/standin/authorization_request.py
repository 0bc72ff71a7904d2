# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading /authorize: what is asked, or why nothing can be (RFC 6749 section 4.1.1).

Two kinds of refusal, and the difference matters to a client: with `ErrorPage` the browser stays
here and the client never hears anything; with `ErrorResponse` it is sent back with an error.
"""

from dataclasses import dataclass

from yarl import URL

from standin import scopes
from standin.registration import Client


class ErrorPage(Exception):
    """Shown to the person, because nobody may be redirected to an address that is not trusted."""

    def __init__(self, error, description):
        super().__init__(description)
        self.error = error
        self.description = description


class ErrorResponse(Exception):
    """Sent to the client's redirect URI (RFC 6749 section 4.1.2.1)."""

    def __init__(self, request, error, description):
        super().__init__(description)
        self.location = request.answer(error=error, error_description=description)


@dataclass(frozen=True)
class AuthorizationRequest:
    client: Client
    redirect_uri: str
    scope: tuple
    state: str
    code_challenge: str
    issuer: str

    def answer(self, **parameters):
        """The address that the browser is sent to; whatever query the URI has already stays."""
        if self.state:
            parameters["state"] = self.state
        if self.issuer:
            parameters["iss"] = self.issuer
        return URL(self.redirect_uri).update_query(parameters)


def parse(query, registry, settings):
    """The request in a multidict `query`, or one of the two refusals."""
    repeated = sorted({name for name in query if len(query.getall(name)) > 1})
    if repeated:
        raise ErrorPage("invalid_request", f"repeated parameter: {', '.join(repeated)}")

    client = registry.find(query.get("client_id", ""))
    if client is None:
        raise ErrorPage("invalid_request", "failed to retrieve client")
    # Exactly, the port too: RFC 8252 section 7.3 is not for Atlassian.
    if query.get("redirect_uri") != client.redirect_uri:
        raise ErrorPage(
            "unauthorized_client",
            f"redirect_uri is not registered for client: {query.get('redirect_uri', '')}",
        )
    for name in settings.required_parameters:
        if not query.get(name):
            raise ErrorPage("invalid_request", f"missing required parameter: {name}")
    if query.get("audience", settings.audience) != settings.audience:
        raise ErrorPage("invalid_request", f"unknown audience: {query['audience']}")

    request = AuthorizationRequest(
        client=client,
        redirect_uri=client.redirect_uri,
        scope=tuple(dict.fromkeys(query.get("scope", "").split())),
        state=query.get("state", ""),
        code_challenge=query.get("code_challenge", ""),
        issuer=settings.issuer,
    )
    check_scope(request.scope, settings)
    _check_protocol(request, query)
    return request


def check_scope(scope, settings):
    """Raises ErrorPage unless the app has these scopes."""
    added = settings.app_scopes
    strange = [s for s in scope if not (s in added if added else scopes.is_known(s))]
    # offline_access is asked for, never added in the console.
    strange = [s for s in strange if s != "offline_access"]
    if not scope:
        raise ErrorPage("invalid_scope", "no scope was requested")
    if strange:
        raise ErrorPage(
            "invalid_scope",
            f"requested scopes that have not been added to the app: {' '.join(strange)}",
        )


def _check_protocol(request, query):
    if query.get("response_type") != "code":
        raise ErrorResponse(request, "unsupported_response_type", "response_type must be code")
    if query.get("prompt", "consent") != "consent":
        raise ErrorResponse(request, "invalid_request", "prompt must be consent")
    if request.code_challenge and query.get("code_challenge_method", "plain") != "S256":
        raise ErrorResponse(request, "invalid_request", "code_challenge_method must be S256")
