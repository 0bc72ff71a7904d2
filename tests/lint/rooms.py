#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The include arrows between the rooms (docs/architecture.md), read from the #include lines.

A room that needs a header which it may not know of is a design question, answered here in a review
and not in the file that wanted it. Not covered: what a room reaches at link time without a header.

Without an argument the tree is checked, after the checker itself (--self-test runs that alone).
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What a room may include of ours; "room/" stands for each of its headers. Its own room is implied.
MODEL = ["model/"]
PORTS = ["ports/", *MODEL]
OURS = {
    "dbus": [],
    "daemon/model": ["dbus/error.h"],
    "daemon/oauth": [*MODEL, "dbus/error.h"],
    "daemon/providers": [*MODEL, "dbus/error.h"],
    "daemon/ports": [*MODEL, "dbus/error.h"],
    "daemon/agent": ["oauth/", "providers/", *PORTS, "dbus/error.h", "dbus/names.h",
                     "dbus/shell-word.h"],
    # The pages and pictures that the redirect listener shows, compiled in.
    "daemon/adapters": [*PORTS, "dbus/error.h", "dbus/names.h", "pages-resource.h"],
    "daemon/bus": ["agent/", *PORTS, "dbus/"],
    "daemon/http": ["agent/", *PORTS, "dbus/error.h"],
    "daemon/daemon": ["agent/", "adapters/", "bus/", "http/", "providers/", "oauth/", *PORTS,
                      "dbus/error.h", "dbus/names.h"],
    "daemon/main": ["daemon.h", "dbus/names.h", "dbus/error.h"],
    "client": ["dbus/"],
}

# Outside libraries with few homes. Everything else outside is the C library, POSIX and GLib.
LIBRARIES = [
    (re.compile(r"libsecret/"), {"daemon/adapters"}),
    (re.compile(r"libsoup/"), {"daemon/adapters", "daemon/http"}),
    (re.compile(r"gnutls/"), {"daemon/adapters"}),
    (re.compile(r"json-glib/"), {"daemon/oauth", "daemon/http", "client"}),
    (re.compile(r"qrencode\.h"), {"client"}),
    # The pure rooms have no I/O, and so nothing of GIO but the names of its errors, which come
    # with dbus/error.h.
    (re.compile(r"gio/gunix|gio/gdesktop|gio/gnetworking"),
     {"daemon/adapters", "daemon/bus", "daemon/http", "daemon/daemon", "daemon/main", "client"}),
    # Generated D-Bus code belongs to the two edges.
    (re.compile(r"dbus/generated\.h"), {"daemon/bus", "client"}),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def room_of(path):
    """The room of a file, by its path from the root; None where no rule holds (tests)."""
    parts = Path(path).parts
    if parts[0] in ("dbus", "client"):
        return parts[0]
    if parts[0] != "daemon":
        return None
    if len(parts) > 2:
        return "/".join(parts[:2])
    return "daemon/main" if parts[1] == "main.c" else "daemon/daemon"


def wrong_arrows(path, text):
    """Yields a sentence for each include of `text`, a file at `path`, that its room may not have."""
    room = room_of(path)
    if room is None:
        return
    if room not in OURS:
        yield f"{path}: the room {room} is not in the table of tests/lint/rooms.py"
        return
    own = room.removeprefix("daemon/") + "/"
    allowed = [own, *OURS[room]]
    for quote, header in INCLUDE.findall(text):
        for pattern, homes in LIBRARIES:
            if pattern.match(header) and room not in homes:
                yield f"{path}: <{header}> is for {', '.join(sorted(homes))}"
        if quote == '"' and not header.startswith("dbus/generated"):
            # A header next to the file (client/output.h) is of its own room.
            beside = "/" not in header and (ROOT / path).with_name(header).exists()
            if not beside and not any(fits(header, rule) for rule in allowed):
                yield f'{path}: "{header}" is not for {room}'


def fits(header, rule):
    return header.startswith(rule) if rule.endswith("/") else header == rule


# A path, an include line, and whether the arrow is wrong.
SELF_TEST = [
    ("daemon/model/a.c", '#include "model/secret.h"', False),
    ("daemon/model/a.c", '#include "ports/clock.h"', True),
    ("daemon/model/a.c", "#include <json-glib/json-glib.h>", True),
    ("daemon/oauth/a.c", "#include <json-glib/json-glib.h>", False),
    ("daemon/oauth/a.c", "  #  include <libsoup/soup.h>", True),
    ("daemon/agent/a.c", '#include "ports/vault.h"', False),
    ("daemon/agent/a.c", '#include "adapters/vault-secret.h"', True),
    ("daemon/agent/a.c", '#include "dbus/generated.h"', True),
    ("daemon/agent/a.c", "#include <libsecret/secret.h>", True),
    ("daemon/adapters/a.c", "#include <libsecret/secret.h>", False),
    ("daemon/agent/a.c", "#include <gnutls/crypto.h>", True),
    ("daemon/adapters/a.c", '#include "agent/refresher.h"', True),
    ("daemon/bus/a.c", '#include "dbus/generated.h"', False),
    ("daemon/bus/a.c", '#include "oauth/token-request.h"', True),
    ("daemon/http/a.c", '#include "bus/service.h"', True),
    ("daemon/main.c", '#include "agent/agent.h"', True),
    ("daemon/daemon.c", '#include "agent/agent.h"', False),
    ("daemon/new-room/a.c", "", True),
    ("client/login.c", '#include "model/secret.h"', True),
    ("client/login.c", "#include <libsoup/soup.h>", True),
    ("dbus/error.c", '#include "model/secret.h"', True),
    ("tests/unit/test-a.c", '#include "agent/agent.h"', False),
]


def self_test():
    for path, line, wrong in SELF_TEST:
        if bool(list(wrong_arrows(path, line + "\n"))) != wrong:
            sys.exit(f"rooms.py: self-test: {path} with {line!r} should be {'wrong' if wrong else 'right'}")


def main():
    self_test()
    if sys.argv[1:] == ["--self-test"]:
        return
    files = [p.relative_to(ROOT) for room in ("dbus", "daemon", "client")
             for p in sorted((ROOT / room).rglob("*.[ch]"))]
    if not files:
        sys.exit("rooms.py: no files found")
    wrong = [line for path in files
             for line in wrong_arrows(path.as_posix(), (ROOT / path).read_text())]
    print("\n".join(wrong) or f"{len(files)} files")
    sys.exit(bool(wrong))


main()
