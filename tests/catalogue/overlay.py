# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The person's layer of the catalogue that moves every endpoint to one server on loopback.

Nothing but endpoints is changed: all the rest is what the provider file says.
"""

import configparser
import re

ENDPOINTS = {
    "AuthorizationEndpoint": "authorize",
    "TokenEndpoint": "token",
    "RefreshEndpoint": "refresh",
    "UpgradeEndpoint": "upgrade",
    "RevocationEndpoint": "revoke",
    "DeviceAuthorizationEndpoint": "device",
    "RegistrationEndpoint": "register",
}
_PROFILE = {"Endpoint": "sites", "AccountEndpoint": "account"}


class ProviderFile:
    """One file of the catalogue, as text."""

    def __init__(self, path):
        self.slug = path.stem
        self._file = configparser.RawConfigParser(
            delimiters=("=",), comment_prefixes=("#",), interpolation=None, strict=False
        )
        self._file.optionxform = str
        self._file.read_string(path.read_text())

    def get(self, group, key):
        return self._file.get(group, key, fallback="").strip()

    @property
    def name(self):
        return self.get("Provider", "Name")

    @property
    def kinds(self):
        return [kind for kind in self.get("Provider", "Kind").split(";") if kind]

    @property
    def fields(self):
        return [name for name in self.get("ApiKey", "Fields").split(";") if name]

    def moved(self, base):
        """Groups and keys that bring the server to `base`; the names in braces stay in the URLs."""
        oauth2 = {
            key: _move(base, self.slug, endpoint, self.get("OAuth2", key))
            for key, endpoint in ENDPOINTS.items()
            if self.get("OAuth2", key)
        }
        if not self.get("OAuth2", "TokenEndpoint") and self.get("OAuth2", "Resource"):
            oauth2["Resource"] = f"{base}/{self.slug}/mcp"
        profile = {
            key: _move(base, self.slug, endpoint, self.get("Resources", key))
            for key, endpoint in _PROFILE.items()
            # A relative one moves with the other.
            if self.get("Resources", key).startswith("https:")
        }
        return {"OAuth2": oauth2} | ({"Resources": profile} if profile else {})

    def resource(self, base):
        """The resource that is named in requests."""
        moved = self.moved(base)["OAuth2"]
        return moved.get("Resource") or self.get("OAuth2", "Resource") or None


def _move(base, slug, endpoint, url):
    """`https://{shop}.example.com/token` as `BASE/slug/token/shop/{shop}`."""
    names = "".join(f"/{name}/{{{name}}}" for name in re.findall(r"\{([\w-]+)\}", url))
    return f"{base}/{slug}/{endpoint}{names}"


def load(directory):
    """The files of a directory, by the names of their servers."""
    files = [ProviderFile(path) for path in sorted(directory.glob("*.provider"))]
    return {file.name: file for file in files}
