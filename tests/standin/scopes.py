# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scopes of Confluence Cloud and what they let an application do, in a person's words."""

import re

_SENTENCES = {
    "read:confluence-space.summary": "See summaries of spaces",
    "read:confluence-content.all": "Read all content with its text",
    "read:confluence-content.summary": "Read summaries of content",
    "read:confluence-content.permission": "See who may see and change content",
    "read:confluence-props": "Read content properties",
    "write:confluence-props": "Change content properties",
    "read:confluence-user": "See users",
    "read:confluence-groups": "See groups",
    "write:confluence-groups": "Change groups",
    "search:confluence": "Search in Confluence",
    "readonly:content.attachment:confluence": "Download attachments",
    "write:confluence-content": "Create and change pages, blog posts and comments",
    "write:confluence-file": "Upload attachments",
    "write:confluence-space": "Create, change and delete spaces",
    "manage:confluence-configuration": "Change global settings",
    "read:jira-work": "Read projects and issues of Jira",
    "read:jira-user": "See users of Jira",
    "read:page:confluence": "Read pages",
    "read:space:confluence": "Read spaces",
    "read:me": "See your name, e-mail address and picture",
    "read:account": "See your account",
    "offline_access": "Keep access while you are away",
}
_GRANULAR = re.compile(r"(read|write|delete):([a-z][a-z.-]*):confluence")
_VERBS = {"read": "Read", "write": "Create and change", "delete": "Delete"}


def is_known(scope):
    return scope in _SENTENCES or _GRANULAR.fullmatch(scope) is not None


def sentence(scope):
    """What the consent page says of a scope."""
    if scope in _SENTENCES:
        return _SENTENCES[scope]
    granular = _GRANULAR.fullmatch(scope)
    if granular is None:
        return scope
    verb, thing = granular.groups()
    return f"{_VERBS[verb]}: {re.sub('[.-]', ' ', thing)}"


def belong_to(product, granted):
    """The granted scopes that a site of this product lists: how a client infers the product."""
    if product == "jira":
        return [s for s in granted if "jira" in s] or ["read:jira-work"]
    return [s for s in granted if "confluence" in s]
