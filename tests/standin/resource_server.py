# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API behind the tokens: the sites of a grant, the person, and a few pages of Confluence."""

import uuid

from aiohttp import web

from standin import scopes


def routes():
    return [
        web.get("/oauth/token/accessible-resources", sites, name="accessible-resources"),
        web.get("/me", me, name="me"),
        web.get("/ex/confluence/{cloud_id}/wiki/api/v2/pages", pages, name="pages"),
    ]


def cloud_id(site):
    """A site's id: the same in every run, so that tests and demos can quote it."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{site}.atlassian.net"))


def _grant(request):
    """The grant behind the bearer token (RFC 6750 section 2.1), or None."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    token = request.app["server"].ledger.active_access_token(value)
    return token.grant if token and scheme.lower() == "bearer" else None


def _refuse(status, message):
    return web.json_response({"code": status, "message": message}, status=status)


async def sites(request):
    grant = _grant(request)
    if grant is None:
        return _refuse(401, "Unauthorized")
    products = request.app["server"].settings.products
    return web.json_response(
        [_site(site, product, grant.scope) for site in grant.sites for product in products]
    )


def _site(name, product, granted):
    """One entry; the product shows only in its scopes, as with Atlassian."""
    return {
        "id": cloud_id(name),
        "name": name,
        "url": f"https://{name}.atlassian.net",
        "scopes": scopes.belong_to(product, granted),
        "avatarUrl": f"https://site-admin-avatar-cdn.prod.public.atl-paas.net/{product}.png",
    }


async def me(request):
    grant = _grant(request)
    if grant is None:
        return _refuse(401, "Unauthorized")
    if "read:me" not in grant.scope:
        return _refuse(403, "Forbidden")
    name = grant.account.partition("@")[0]
    return web.json_response(
        {
            "account_type": "atlassian",
            "account_id": f"557058:{uuid.uuid5(uuid.NAMESPACE_URL, grant.account)}",
            "email": grant.account,
            "name": name.title(),
            "picture": "https://secure.gravatar.com/avatar/standin",
            "account_status": "active",
            "nickname": name,
            "zoneinfo": "Europe/Prague",
            "locale": "en-GB",
            "extended_profile": {"job_title": "Mathematician", "organization": "Example"},
        }
    )


async def pages(request):
    """Says whether the token is live: what a program that was handed one would do with it."""
    grant = _grant(request)
    if grant is None:
        return _refuse(request.app["server"].settings.api_unauthorized, "Unauthorized")
    site = next((s for s in grant.sites if cloud_id(s) == request.match_info["cloud_id"]), None)
    if site is None:
        return _refuse(404, "Not Found")
    titles = ["Welcome", "Meeting notes", "How to open doors"]
    return web.json_response(
        {
            "results": [
                {"id": str(65537 + i), "status": "current", "title": title, "spaceId": "65536"}
                for i, title in enumerate(titles)
            ],
            "_links": {"base": f"https://{site}.atlassian.net/wiki"},
        }
    )
