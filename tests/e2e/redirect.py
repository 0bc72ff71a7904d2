# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests at a loopback listener that no well-behaved browser sends, or not in this moment."""

import socket
import urllib.parse
from http.client import HTTPConnection

from standin.person import Person


def state_of(authorization):
    """The state in the address that the browser is to open."""
    query = urllib.parse.urlsplit(authorization.url).query
    return dict(urllib.parse.parse_qsl(query))["state"]


def address(redirect_uri, **query):
    return f"{redirect_uri}?{urllib.parse.urlencode(query)}"


def accepted_address(url):
    """Accepts at the consent page and stops there: the address of the redirect, not yet opened."""
    person = Person()
    page = person.open(url)
    name, value = page.form.buttons["accept"]
    form = urllib.parse.urlencode(page.form.fields | {name: value})
    target = urllib.parse.urlsplit(urllib.parse.urljoin(page.url, page.form.action))
    connection = HTTPConnection(target.netloc, timeout=10)
    connection.request(
        "POST", target.path, form, {"Content-Type": "application/x-www-form-urlencoded"}
    )
    return connection.getresponse().headers["Location"]


def request(url, *, method="GET", host=None, headers=None, path=None):
    """One request, as it is said here; status and body of the answer."""
    parts = urllib.parse.urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    target = path or f"{parts.path}?{parts.query}"
    connection.request(method, target, headers={"Host": host or parts.netloc, **(headers or {})})
    response = connection.getresponse()
    return response.status, response.read().decode()


def redirection(url):
    """Where this address sends a browser, not followed: status and Location."""
    parts = urllib.parse.urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    response = connection.getresponse()
    return response.status, response.headers["Location"]


def is_open(url):
    """Does anybody listen there? A call that is cut off found a listener that was just leaving."""
    parts = urllib.parse.urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), 5).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return False
    return True
