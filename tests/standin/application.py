# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The smallest OAuth client that works with Atlassian: the stand-in's own tests sign in with it."""

import base64
import hashlib
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

SCOPE = "read:page:confluence read:me offline_access"


class Application:
    def __init__(self, standin, redirect_uri, client_id="my-app", client_secret="s3cret"):
        self._endpoints = standin.endpoints
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._redirect_uri = redirect_uri
        self._verifier = secrets.token_urlsafe(32)
        self.state = secrets.token_urlsafe(16)

    def authorize_url(self, **changes):
        """The URL that the browser opens; a change to None leaves a parameter out."""
        digest = hashlib.sha256(self._verifier.encode()).digest()
        parameters = {
            "audience": "api.atlassian.com",
            "client_id": self._client["client_id"],
            "scope": SCOPE,
            "redirect_uri": self._redirect_uri,
            "state": self.state,
            "response_type": "code",
            "prompt": "consent",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        } | changes
        query = urllib.parse.urlencode({k: v for k, v in parameters.items() if v is not None})
        return f"{self._endpoints['authorization_endpoint']}?{query}"

    def exchange(self, code, **changes):
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": self._verifier,
        }
        return self.post_token(**(self._client | body | changes))

    def refresh(self, refresh_token, **changes):
        body = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.post_token(**(self._client | body | changes))

    def post_token(self, **body):
        body = {k: v for k, v in body.items() if v is not None}
        return request(
            self._endpoints["token_endpoint"],
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )

    def get(self, endpoint, access_token):
        url = self._endpoints.get(endpoint, endpoint)
        return request(url, headers={"Authorization": f"Bearer {access_token}"})


def request(url, data=None, headers=None):
    """Status and body; the body is parsed where it is JSON."""
    try:
        response = _opener.open(urllib.request.Request(url, data, headers or {}), timeout=20)
    except urllib.error.HTTPError as refusal:
        response = refusal
    with response:
        text = response.read().decode()
    try:
        return response.status, json.loads(text)
    except ValueError:
        return response.status, text
