# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What kind of server this is.

Each setting is described once, here; the command line (`--expires-in 5`) and the control plane
(`PATCH /_standin/settings {"expires_in": 5}`) are both made from these descriptions.
"""

from dataclasses import asdict, dataclass, field, fields


class WrongSetting(ValueError):
    """A setting that does not exist, or a value that it can't take."""


def setting(default, sentence, *, choices=None, option=None):
    """A field with its sentence for --help; `option` renames the command line's flag."""
    about = {"sentence": sentence, "choices": choices, "option": option, "type": type(default)}
    if isinstance(default, list):
        return field(default_factory=default.copy, metadata=about)
    return field(default=default, metadata=about)


@dataclass
class Settings:
    """The defaults are Atlassian's numbers, as documented or measured."""

    # What a person meets on the consent page.
    app_name: str = setting("Example App", "the application's name on the consent page")
    account: str = setting("ada@example.com", "who is signed in at the consent page")
    consent: str = setting(
        "ask",
        "show the consent page, or answer at once for the person",
        choices=("ask", "accept", "deny"),
    )
    app_scopes: list = setting(
        [], "scopes added to the app; none means: all that are known", option="app-scope"
    )
    required_parameters: list = setting(
        ["audience", "prompt", "state"],
        "parameters without which /authorize shows an error page",
        option="required-parameter",
    )
    audience: str = setting("api.atlassian.com", "the only audience that /authorize takes")
    issuer: str = setting("", "sent as iss with the authorization response (RFC 9207) unless empty")
    second_consent: str = setting(
        "keep",
        "what a new consent does to an older grant of the same client and account",
        choices=("keep", "replace"),
    )

    # What the token endpoint takes.
    accept_form: bool = setting(False, "take form bodies besides JSON")
    accept_basic: bool = setting(False, "take the client secret in a Basic header as well")

    # The device flow (RFC 8628), which Atlassian does not have.
    device_flow: bool = setting(False, "give device codes, and take them at the token endpoint")
    device_interval: int = setting(5, "seconds between two polls; 0: 5, and the answer lacks it")
    device_complete: bool = setting(True, "the answer has an address with the code in it")

    # Lifetimes in seconds.
    device_code_lifetime: int = setting(600, "lifetime of a device code")
    expires_in: int = setting(3600, "lifetime of an access token")
    code_lifetime: int = setting(300, "lifetime of an authorization code")
    rotation: bool = setting(True, "a refresh replaces the refresh token")
    reuse_window: int = setting(600, "how long a replaced refresh token is still taken")
    idle_lifetime: int = setting(7_776_000, "a refresh token unused for so long dies; 0: never")
    absolute_lifetime: int = setting(0, "a grant of this age dies; 0: never")

    # What it answers.
    dead_grant: str = setting(
        "unauthorized_client",
        "which of the wordings seen in the wild a dead refresh token gets",
        choices=("unauthorized_client", "invalid_grant", "expired_or_revoked", "invalid_request"),
    )
    access_token_size: int = setting(1500, "least length of an access token in characters")

    # What the API has.
    sites: list = setting(["acme"], "names of the account's sites", option="site")
    products: list = setting(
        ["confluence"],
        "products of each site; two give two entries with one id",
        option="product",
    )
    grant_level: str = setting(
        "account",
        "whether a grant covers all sites or the one that was picked",
        choices=("account", "resource"),
    )
    api_unauthorized: int = setting(
        401, "status of the API for a token that is not valid (the gateway also says 404)"
    )

    def change(self, values):
        """Apply a dictionary whole, or nothing of it."""
        known = {f.name: f.metadata for f in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise WrongSetting(f"there is no setting {name}")
            if type(value) is not known[name]["type"]:
                raise WrongSetting(f"{name} must be {known[name]['type'].__name__}")
            if known[name]["choices"] and value not in known[name]["choices"]:
                raise WrongSetting(f"{name} must be one of {', '.join(known[name]['choices'])}")
        for name, value in values.items():
            setattr(self, name, value)

    def as_dict(self):
        return asdict(self)
