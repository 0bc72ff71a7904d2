# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person with a browser, without the browser: opens the consent page, reads it, presses a button.

For the many tests in which a real browser would add nothing but seconds. It follows redirects as a
browser does, so the redirect at the end reaches the client's own listener.
"""

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser

# What Chromium sends with a top-level navigation.
_HEADERS = {
    "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "cross-site",
    "Upgrade-Insecure-Requests": "1",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) a-person-without-a-browser",
}


@dataclass
class Page:
    """Where the browser is and what it shows."""

    url: str
    status: int
    headers: dict
    text: str
    form: "Form | None" = None


@dataclass
class Form:
    action: str = ""
    fields: dict = field(default_factory=dict)
    buttons: dict = field(default_factory=dict)  # (name, value) by id
    choices: dict = field(default_factory=dict)  # options by select's name


class _FormReader(HTMLParser):
    """The first form of a page."""

    def __init__(self):
        super().__init__()
        self.form = None
        self._select = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form" and self.form is None:
            self.form = Form(action=attrs.get("action", ""))
        elif self.form is None:
            return
        elif tag == "input":
            self.form.fields[attrs["name"]] = attrs.get("value", "")
        elif tag == "button" and "id" in attrs:
            self.form.buttons[attrs["id"]] = (attrs["name"], attrs["value"])
        elif tag == "select":
            self._select = attrs["name"]
            self.form.choices[self._select] = []
        elif tag == "option":
            self.form.choices[self._select].append(attrs["value"])
            self.form.fields.setdefault(self._select, attrs["value"])


class Person:
    """One browser session; nothing is kept between two of them."""

    def __init__(self):
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor()
        )

    def open(self, url, data=None, timeout=20):
        """Goes to an address and follows redirects; an error page is a page too."""
        request = urllib.request.Request(url, data=data, headers=_HEADERS)
        try:
            response = self._opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as error_page:
            response = error_page
        with response:
            text = response.read().decode(errors="replace")
            reader = _FormReader()
            reader.feed(text)
            return Page(response.url, response.status, dict(response.headers), text, reader.form)

    def press(self, page, button, **choices):
        """Presses the button with this id, after choosing, as site="acme"."""
        name, value = page.form.buttons[button]
        fields = page.form.fields | choices | {name: value}
        action = urllib.parse.urljoin(page.url, page.form.action)
        return self.open(action, data=urllib.parse.urlencode(fields).encode())

    def enter_code(self, url, user_code, *, button="accept", **choices):
        """At the page of the device flow: types the code, if the address has it not, and decides."""
        page = self.open(url)
        if page.form is not None and "continue" in page.form.buttons:
            page = self.press(page, "continue", user_code=user_code)
        if page.form is None:
            return page
        return self.press(page, button, **choices)

    def sign_in(self, url, *, button="accept", **choices):
        """All of it: the page at which the browser ends up."""
        page = self.open(url)
        if page.form is None:
            return page
        return self.press(page, button, **choices)
