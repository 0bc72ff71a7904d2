# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How each OAuth server of the catalogue speaks: what it must be asked, and what it answers.

Written from what is known of the servers, and not from the provider files: where the two disagree,
one of them is wrong. What is not said of a server is as RFC 6749, 7636 and 7009 have it.
"""

from dataclasses import dataclass, field

SECRET = "s3cret of +&=%"
SITE = {"id": "cloud-1", "name": "acme", "url": "https://acme.example.net", "scopes": []}


@dataclass(frozen=True)
class Revocation:
    """The requests by which a grant is left."""

    tokens: tuple = ("refresh_token", "access_token")
    method: str = "POST"
    body: str | None = "form"  # form, json, query or None
    authentication: str | None = None  # None: as at the token endpoint; bearer, basic, none
    parameter: str = "token"
    extra: dict = field(default_factory=dict)  # what is in the body besides
    answer: dict | None = None


@dataclass(frozen=True)
class Dialect:
    server: str
    # The client, and the place.
    secret: bool = True
    registers: bool = False  # no client is needed: RFC 7591
    discovers: bool = False  # the file knows the resource alone: RFC 9728, RFC 8414
    tenant: dict = field(default_factory=dict)  # as it is given to CreateInstance
    place: dict = field(default_factory=dict)  # what stands in the URLs where none is given
    # The authorization request.
    separator: str | None = " "  # None: no scope is sent
    requires: tuple = ()  # scopes that are always asked for
    pkce: str | None = "S256"
    authorize: dict = field(default_factory=dict)  # more parameters, exactly
    # The redirect.
    flow: str = "loopback"
    host: str = "127.0.0.1"
    any_port: bool = False
    redirect: dict = field(default_factory=dict)  # what it brings besides
    signs: bool = False  # the redirect is signed with the client's secret
    # The token endpoint.
    authentication: str = "post"
    body: str = "form"
    headers: dict = field(default_factory=dict)
    token: dict = field(default_factory=dict)  # more members, exactly
    # Its answers: members, of which None is one that is left out.
    answer: dict = field(default_factory=dict)
    inside: str | None = None  # the member in which the first tokens are; refreshed ones are not
    form_answer: bool = False
    granted: str = " "  # between the scopes that were granted
    error_status: int = 400
    # The refresh; None: there is none.
    refresh: str | None = "keeps"  # keeps or rotates the refresh token; None: there is none
    refresh_grant: str = "refresh_token"
    refresh_body: str | None = None  # where it differs
    refresh_authentication: str | None = None
    refresh_parameter: str = "refresh_token"
    upgrades: str | None = None  # the grant type of a second step
    dead: tuple = (400, {"error": "invalid_grant"})
    # What the auth data has besides, with {access} for the access token.
    data: dict = field(default_factory=dict)
    revocation: Revocation | None = None


def _google(server):
    return Dialect(
        server,
        any_port=True,
        # Not include_granted_scopes: the token of one server would carry the grants of all.
        authorize={"access_type": "offline", "prompt": "consent"},
        revocation=Revocation(tokens=("refresh_token",), authentication="none"),
    )


def _microsoft(server):
    return Dialect(
        server,
        host="localhost",
        any_port=True,
        place={"tenant": "common"},
        requires=("offline_access",),
        authorize={"prompt": "select_account"},
        refresh="rotates",
    )


def _mcp(server, **more):
    """A vendor's MCP server: a public client that registers itself, and tokens for that resource."""
    return Dialect(
        server, secret=False, registers=True, authentication="none", refresh="rotates", **more
    )


def _atlassian(server):
    return Dialect(
        server,
        requires=("offline_access",),
        authorize={"audience": "api.atlassian.com", "prompt": "consent"},
        body="json",
        refresh="rotates",
        dead=(
            403,
            {"error": "unauthorized_client", "error_description": "refresh_token is invalid"},
        ),
        data={"accessible_resources": [SITE], "selected_cloud_id": "cloud-1"},
    )


DIALECTS = [
    Dialect("Airtable", host="localhost", authentication="basic", refresh="rotates"),
    _mcp("Amplitude", place={"host": "mcp.amplitude.com"}, requires=("offline_access",)),
    Dialect(
        "Asana",
        host="localhost",
        answer={"data": {"id": 5, "name": "Ada"}},
        revocation=Revocation(tokens=("refresh_token",)),
    ),
    Dialect(
        "Attio",
        host="localhost",
        separator=None,
        refresh=None,
        answer={"expires_in": None},
        revocation=Revocation(tokens=("access_token",)),
    ),
    Dialect("Box", refresh="rotates", revocation=Revocation()),
    Dialect("Cal.com", body="json", refresh="rotates"),
    Dialect(
        "Canva",
        pkce="s256",
        authentication="basic",
        refresh="rotates",
        revocation=Revocation(tokens=("refresh_token",)),
    ),
    Dialect(
        "ClickUp",
        separator=None,
        host="localhost",
        body="json",
        refresh=None,
        answer={"expires_in": None, "scope": None},
    ),
    Dialect("Close", flow="paste", requires=("offline_access",), revocation=Revocation()),
    _atlassian("Confluence"),
    Dialect(
        "Dialpad",
        requires=("offline_access",),
        revocation=Revocation(tokens=("access_token",), body=None, authentication="bearer"),
    ),
    Dialect(
        "DocuSign",
        host="localhost",
        place={"environment": "account.docusign.com"},
        requires=("extended",),
        authentication="basic",
        refresh="rotates",
    ),
    Dialect(
        "Dropbox",
        authorize={"token_access_type": "offline"},
        answer={"uid": "7", "account_id": "dbid:7"},
        revocation=Revocation(tokens=("access_token",), body=None, authentication="bearer"),
    ),
    Dialect("Fathom"),
    Dialect(
        "Figma",
        host="localhost",
        authentication="basic",
        separator=",",
        answer={"user_id_string": "9", "expires_in": 7776000},
    ),
    Dialect(
        "GitHub",
        any_port=True,
        granted=",",
        form_answer=True,
        refresh="rotates",
        dead=(200, {"error": "bad_refresh_token"}),
        error_status=200,
        revocation=Revocation(
            tokens=("access_token",),
            method="DELETE",
            body="json",
            authentication="basic",
            parameter="access_token",
        ),
    ),
    Dialect("GitLab", any_port=True, refresh="rotates", answer={"created_at": 1}, revocation=Revocation()),
    _google("Gmail"),
    Dialect(
        "Gong",
        flow="paste",
        authentication="basic",
        authorize={"access_type": "offline"},
        refresh="rotates",
        answer={"api_base_url_for_customer": "https://acme.api.gong.io"},
        data={"api_base_url_for_customer": "https://acme.api.gong.io"},
    ),
    _google("Google Calendar"),
    _google("Google Docs"),
    _google("Google Drive"),
    _google("Google Sheets"),
    _google("Google Forms"),
    _google("Google Cloud"),
    _google("GoogleWorkspaceAtlas"),
    Dialect(
        "HubSpot",
        host="localhost",
        dead=(400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or unknown refresh token"}),
        revocation=Revocation(tokens=("refresh_token",)),
    ),
    _mcp("Intercom", place={"host": "mcp.intercom.com"}, revocation=Revocation()),
    _atlassian("Jira"),
    Dialect("Klaviyo", host="localhost", authentication="basic", revocation=Revocation()),
    Dialect(
        "Linear",
        host="localhost",
        separator=",",
        authorize={"prompt": "consent"},
        refresh="rotates",
        revocation=Revocation(),
    ),
    Dialect(
        "LinkedIn",
        pkce=None,
        host="localhost",
        granted=",",
        answer={"token_type": None, "refresh_token_expires_in": 525600},
        revocation=Revocation(),
    ),
    _microsoft("Microsoft Teams"),
    Dialect(
        "Monday",
        pkce=None,
        host="localhost",
        authorize={"force_install_if_needed": "true"},
        refresh=None,
        answer={"expires_in": None},
    ),
    Dialect("Moneybird", host="localhost", answer={"expires_in": None}, revocation=Revocation()),
    Dialect(
        "Notion",
        host="localhost",
        separator=None,
        authorize={"owner": "user"},
        authentication="basic",
        body="json",
        headers={"Notion-Version": None},
        refresh="rotates",
        answer={
            "token_type": "bearer",
            "expires_in": None,
            "workspace_id": "w-1",
            "duplicated_template_id": None,
        },
        data={"workspace_id": "w-1"},
        revocation=Revocation(tokens=("access_token",), body="json"),
    ),
    _microsoft("OneDrive"),
    _microsoft("Outlook Mail"),
    _microsoft("Outlook Calendar"),
    Dialect("PagerDuty", host="localhost", refresh="rotates", answer={"expires_in": 864000}),
    Dialect(
        "Pipedrive",
        host="localhost",
        pkce=None,
        authentication="basic",
        answer={"api_domain": "https://acme.pipedrive.com"},
        data={"api_domain": "https://acme.pipedrive.com"},
        revocation=Revocation(tokens=("refresh_token",)),
    ),
    Dialect(
        "QuickBooks",
        flow="paste",
        authentication="basic",
        redirect={"realmId": "4620"},
        refresh="rotates",
        answer={"x_refresh_token_expires_in": 8726400, "scope": None},
        data={"realm_id": "4620", "environment": "production"},
        revocation=Revocation(tokens=("refresh_token",), body="json"),
    ),
    Dialect(
        "Salesforce",
        host="localhost",
        place={"host": "login"},
        authorize={"prompt": "consent"},
        answer={
            "expires_in": None,
            "instance_url": "https://acme.my.salesforce.com",
            "issued_at": "1700000000000",
        },
        data={"instance_url": "https://acme.my.salesforce.com"},
        revocation=Revocation(authentication="none"),
    ),
    Dialect(
        "Shopify",
        host="localhost",
        tenant={"shop": "acme"},
        separator=",",
        granted=",",
        redirect={"shop": "acme.myshopify.com", "timestamp": "1700000000"},
        signs=True,
        token={"expiring": "1"},
        data={"shop": "acme.myshopify.com", "shop_domain": "acme.myshopify.com"},
        answer={"token_type": None},
        refresh="rotates",
    ),
    Dialect(
        "Slack",
        host="localhost",
        separator=",",
        granted=",",
        refresh="rotates",
        inside="authed_user",
        answer={
            "ok": True,
            "token_type": "user",
            "team": {"id": "T1", "name": "acme"},
            "authed_user": {"id": "U1"},
        },
        data={"team": {"id": "T1", "name": "acme"}},
        dead=(200, {"ok": False, "error": "invalid_refresh_token"}),
        error_status=200,
        revocation=Revocation(
            tokens=("access_token",),
            body=None,
            authentication="bearer",
            answer={"ok": True, "revoked": True},
        ),
    ),
    Dialect(
        "Snowflake",
        tenant={"account": "acme-eu1"},
        authentication="basic",
        requires=("refresh_token",),
        answer={"expires_in": 600, "username": "ADA"},
    ),
    Dialect(
        "Stripe",
        flow="paste",
        answer={
            "expires_in": None,
            "token_type": "bearer",
            "stripe_user_id": "acct_1",
            "livemode": False,
        },
        data={"stripe_user_id": "acct_1", "livemode": False},
    ),
    Dialect(
        "Supabase",
        host="localhost",
        separator=None,
        refresh="rotates",
        revocation=Revocation(tokens=("refresh_token",), body="json", parameter="refresh_token"),
    ),
    Dialect(
        "Vercel",
        host="localhost",
        pkce=None,
        separator=None,
        tenant={"client_slug": "acme"},
        redirect={"teamId": "team-1", "configurationId": "icfg-1", "next": "https://vercel.com/"},
        refresh=None,
        answer={"expires_in": None},
        data={"team_id": "team-1", "configuration_id": "icfg-1"},
    ),
    Dialect(
        "WordPress",
        host="localhost",
        refresh=None,
        answer={"expires_in": None, "blog_id": "0", "blog_url": "https://acme.example.com"},
        data={"blog_id": "0", "blog_url": "https://acme.example.com"},
    ),
    _google("YouTube"),
    Dialect(
        "Zendesk",
        tenant={"subdomain": "acme"},
        body="json",
        refresh="rotates",
        answer={"token_type": "bearer"},
        revocation=Revocation(
            tokens=("access_token",), method="DELETE", body=None, authentication="bearer"
        ),
    ),
    Dialect(
        "ServiceNow",
        tenant={"instance": "dev1"},
        data={"instance": "dev1"},
        revocation=Revocation(authentication="none"),
    ),
    _mcp("PayPal", revocation=Revocation()),
    _mcp("Sentry", revocation=Revocation()),
    _mcp("Netlify", discovers=True),
    Dialect("Hugging Face", any_port=True, authentication="basic", refresh="rotates"),
    _mcp("Square", discovers=True),
    _mcp("Clockwise", discovers=True),
    _mcp("Jotform"),
    _mcp("Honeycomb", discovers=True),
    Dialect(
        "Zoho Mail",
        host="localhost",
        place={"domain": "zoho.com"},
        separator=",",
        authorize={"access_type": "offline", "prompt": "consent"},
        redirect={"location": "us", "accounts-server": "https://accounts.zoho.com"},
        answer={"api_domain": "https://www.zohoapis.com", "scope": None},
        data={
            "api_domain": "https://www.zohoapis.com",
            "domain": "zoho.com",
            "location": "us",
        },
        dead=(200, {"error": "invalid_code"}),
        error_status=200,
        revocation=Revocation(tokens=("refresh_token",), body="query", authentication="none"),
    ),
    Dialect("Sharesight", host="localhost", refresh="rotates"),
    Dialect(
        "Instagram",
        flow="paste",
        separator=",",
        answer={
            "token_type": None,
            "expires_in": None,
            "scope": None,
            "refresh_token": None,
            "user_id": 17841,
        },
        data={"user_id": 17841},
        upgrades="ig_exchange_token",
        refresh="itself",
        refresh_grant="ig_refresh_token",
        refresh_body="query",
        refresh_authentication="none",
        refresh_parameter="access_token",
        dead=(400, {"error": {"message": "expired", "type": "OAuthException", "code": 190}}),
    ),
]
