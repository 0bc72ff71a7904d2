# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All the servers of the catalogue on one port of loopback, each in its dialect.

It writes down what it is asked and answers as the dialect says; whether it was asked rightly is
judged by the tests. The first part of a path is the server's slug, the second the endpoint.
"""

import hashlib
import hmac
import json
import threading
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from catalogue.dialects import SECRET, SITE


# What belongs together: a token, and what is said of it.
_TOKENS = ("access_token", "token_type", "expires_in", "scope", "refresh_token")


@dataclass
class Asked:
    """One request."""

    method: str
    endpoint: str
    place: dict  # what stood in the URL for the names in braces
    query: dict
    headers: dict
    text: str

    @property
    def body(self):
        """Its members, whatever they were written in."""
        if self.headers.get("content-type") == "application/json":
            return json.loads(self.text)
        pairs = urllib.parse.parse_qsl(self.text, keep_blank_values=True)
        assert len(pairs) == len(dict(pairs)), "a parameter is there twice"
        return dict(pairs)


@dataclass
class Speaker:
    """One server: its dialect, and what happened to it."""

    dialect: object
    slug: str
    issuer: str = ""
    asked: list = field(default_factory=list)
    tokens: int = 0  # given so far
    scope: str = ""
    is_dead: bool = False

    def requests(self, *endpoints):
        return [request for request in self.asked if request.endpoint in endpoints]

    def forget(self):
        self.asked.clear()
        self.is_dead = False


class Polyglot:
    def __init__(self, dialects_by_slug):
        self.speakers = {
            slug: Speaker(dialect, slug) for slug, dialect in dialects_by_slug.items()
        }
        handler = type("Handler", (_Handler,), {"polyglot": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # What is served: each method returns status, headers and a body that becomes JSON, or text.

    def answer(self, method, target, headers, text):
        parts = urllib.parse.urlsplit(target)
        path = [urllib.parse.unquote(part) for part in parts.path.strip("/").split("/")]
        if path[0] == ".well-known":
            return self._metadata(path[1], *path[2:])
        if path == ["me"]:
            return 200, {}, {"account_id": "ada", "email": "ada@example.com"}
        slug, endpoint, *names = path
        speaker = self.speakers[slug]
        query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        place = dict(zip(names[::2], names[1::2], strict=True))
        request = Asked(method, endpoint, place, query, headers, text)
        speaker.asked.append(request)
        return getattr(self, f"_{endpoint}")(speaker, request)

    def _metadata(self, document, slug, last):
        base = self.base
        if document == "oauth-protected-resource":
            return 200, {}, {
                "resource": f"{base}/{slug}/{last}",
                "authorization_servers": [f"{base}/{slug}/issuer"],
            }
        if document != "oauth-authorization-server":
            return 404, {}, {}
        return 200, {}, {
            "issuer": f"{base}/{slug}/issuer",
            "authorization_endpoint": f"{base}/{slug}/authorize",
            "token_endpoint": f"{base}/{slug}/token",
            "registration_endpoint": f"{base}/{slug}/register",
            "revocation_endpoint": f"{base}/{slug}/revoke",
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
        }

    def _mcp(self, speaker, request):
        metadata = f"{self.base}/.well-known/oauth-protected-resource/{speaker.slug}/mcp"
        challenge = f'Bearer error="invalid_token", resource_metadata="{metadata}"'
        return 401, {"WWW-Authenticate": challenge}, {}

    def _register(self, speaker, request):
        registered = {"client_id": f"registered-{speaker.slug}", **request.body}
        return 201, {}, registered

    def _authorize(self, speaker, request):
        """A person who agrees at once."""
        dialect = speaker.dialect
        speaker.scope = request.query.get("scope", "")
        query = {"code": f"code-{speaker.slug}", "state": request.query["state"]}
        query |= dialect.redirect | ({"iss": speaker.issuer} if speaker.issuer else {})
        if dialect.signs:
            message = "&".join(f"{name}={query[name]}" for name in sorted(query))
            digest = hmac.new(SECRET.encode(), message.encode(), hashlib.sha256)
            query["hmac"] = digest.hexdigest()
        address = f"{request.query['redirect_uri']}?{urllib.parse.urlencode(query)}"
        return 302, {"Location": address}, ""

    def _token(self, speaker, request):
        body = request.body or request.query
        if body.get("grant_type") == speaker.dialect.refresh_grant and speaker.is_dead:
            status, answer = speaker.dialect.dead
            return status, {}, answer
        return self._tokens(speaker, is_first=body.get("grant_type") == "authorization_code")

    def _refresh(self, speaker, request):
        if speaker.is_dead:
            status, answer = speaker.dialect.dead
            return status, {}, answer
        return self._tokens(speaker, is_first=False)

    def _upgrade(self, speaker, request):
        return self._tokens(speaker, is_first=False)

    def _tokens(self, speaker, *, is_first):
        dialect = speaker.dialect
        speaker.tokens += 1
        separator = dialect.separator or " "
        members = {
            "access_token": f"access-{speaker.slug}-{speaker.tokens}",
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": dialect.granted.join(speaker.scope.split(separator)) or None,
        }
        if is_first and dialect.refresh or dialect.refresh == "rotates":
            members["refresh_token"] = f"refresh-{speaker.slug}-{speaker.tokens}"
        members |= dialect.answer
        if not is_first and dialect.upgrades:
            members["expires_in"] = 5184000
        members = {name: value for name, value in members.items() if value is not None}
        if dialect.inside and is_first:
            tokens = {name: members.pop(name) for name in _TOKENS if name in members}
            members[dialect.inside] = members.get(dialect.inside, {}) | tokens
        if dialect.form_answer:
            return 200, {"Content-Type": "application/x-www-form-urlencoded"}, (
                urllib.parse.urlencode(members)
            )
        return 200, {}, members

    def _revoke(self, speaker, request):
        revocation = speaker.dialect.revocation
        return 200, {}, (revocation.answer if revocation else None) or {}

    def _sites(self, speaker, request):
        return 200, {}, [SITE]

    def _account(self, speaker, request):
        return 200, {}, {"id": "ada", "email": "ada@example.com"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    polyglot = None

    def _serve(self):
        length = int(self.headers.get("Content-Length", 0))
        text = self.rfile.read(length).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            status, more, body = self.polyglot.answer(self.command, self.path, headers, text)
        except (KeyError, AttributeError) as error:
            status, more, body = 404, {}, {"error": "not_here", "error_description": repr(error)}
        raw = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **more}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_DELETE = _serve

    def log_message(self, *arguments):
        """Nothing: what was asked is in the speaker."""
