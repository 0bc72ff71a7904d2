# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Worlds with thousands of instances, made from one that signed in.

The one is the template: its record and its item in the keyring are copied with other ids, tokens
and times, past the daemon, which would write the keyring once for each.
"""

import http.client
import json
import re
import time
import urllib.parse
import uuid
from collections import deque
from functools import partial

from gi.repository import Gio, GLib

from e2e.keyring import NAME as SECRETS
from e2e.keyring import Keyring
from e2e.program import Program
from e2e.waiting import wait_for
from e2e.world import World

SERVICE = "/org/freedesktop/secrets"
COLLECTION = "/org/freedesktop/secrets/collection/login"
_I_SERVICE = "org.freedesktop.Secret.Service"
_I_COLLECTION = "org.freedesktop.Secret.Collection"
_I_ITEM = "org.freedesktop.Secret.Item"
_I_CONTROL = "org.claviger.Bench.Keyring"
_WINDOW = 50  # calls to the keyring that are under way at once
_SLICE = 500  # secrets in one reply of the floor's read


class KeyringDouble:
    """The part of e2e.keyring that a world needs, with a keyring that a bench can wait for."""

    password = "none"

    def __init__(self, program, bus, tree, environment):
        self._command = [program]
        self._bus = bus
        self._environment = environment
        self._log = tree.log / "keyring.log"
        self._program = None

    def start(self):
        self._program = Program(self._command, self._environment, self._log)
        self._bus.wait_for_name(SECRETS)

    def stop(self):
        if self._program is not None:
            self._program.terminate()
            self._program = None


class CrowdedWorld(World):
    def __init__(self, double=None):
        """`double`: the program that is the keyring in place of GNOME Keyring."""
        super().__init__(keyring=partial(KeyringDouble, double) if double else Keyring)

    def secrets(self):
        """Ten thousand files times forty thousand tokens is for other tests."""
        return []


class Vault:
    """The keyring as a bench uses it: many calls at once."""

    def __init__(self, world):
        self._bus = world.bus.connect()
        _, self._session = self.call(
            SERVICE, _I_SERVICE, "OpenSession", "(sv)", "plain", GLib.Variant("s", "")
        ).unpack()

    def call(self, path, interface, method, signature, *arguments):
        return self._bus.call_sync(
            SECRETS, path, interface, method, GLib.Variant(signature, arguments), None,
            Gio.DBusCallFlags.NO_AUTO_START, 600_000, None,
        )  # fmt: skip

    def _begin(self, on_reply, path, interface, method, arguments):
        self._bus.call(
            SECRETS, path, interface, method, arguments, None,
            Gio.DBusCallFlags.NO_AUTO_START, 600_000, None,
            lambda bus, result: on_reply(bus.call_finish(result)),
        )  # fmt: skip

    def in_turns(self, calls):
        """Makes all of these calls, so many at a time; the replies in the order of the calls."""
        waiting = deque(enumerate(calls))
        replies = {}
        under_way = set()

        def begin_more():
            while waiting and len(under_way) < _WINDOW:
                number, call = waiting.popleft()
                under_way.add(number)
                self._begin(lambda reply, n=number: on_reply(n, reply), *call)

        def on_reply(number, reply):
            replies[number] = reply
            under_way.discard(number)
            begin_more()

        begin_more()
        wait_for(lambda: not under_way, 3600, "the keyring to have it all")
        return [replies[number] for number in sorted(replies)]

    def _secret(self, value):
        """As the bus has it; byte by byte, as Python makes it by itself, would take seconds."""
        bytes_ = [
            GLib.Variant.new_from_bytes(GLib.VariantType("ay"), GLib.Bytes.new(part), True)
            for part in (b"", value.encode())
        ]
        return GLib.Variant.new_tuple(
            GLib.Variant("o", self._session), *bytes_, GLib.Variant("s", "text/plain")
        )

    def find(self, attributes):
        reply = self.call(SERVICE, _I_SERVICE, "SearchItems", "(a{ss})", attributes)
        return reply.unpack()[0]

    def read_all(self):
        """Seconds that the least program needs for every item: one search, and reads by slices."""
        begin = time.monotonic()
        paths = self.find({"application": "org.claviger"})
        for first in range(0, len(paths), _SLICE):
            some = paths[first : first + _SLICE]
            self.call(SERVICE, _I_SERVICE, "GetSecrets", "(aoo)", some, self._session)
        return time.monotonic() - begin

    def read(self, path):
        reply = self.call(SERVICE, _I_SERVICE, "GetSecrets", "(aoo)", [path], self._session)
        return bytes(reply.unpack()[0][path][2]).decode()

    def create(self, label, attributes, value):
        """As arguments of `in_turns`."""
        properties = {
            f"{_I_ITEM}.Label": GLib.Variant("s", label),
            f"{_I_ITEM}.Attributes": GLib.Variant("a{ss}", attributes),
        }
        arguments = GLib.Variant.new_tuple(
            GLib.Variant("a{sv}", properties), self._secret(value), GLib.Variant("b", False)
        )
        return (COLLECTION, _I_COLLECTION, "CreateItem", arguments)

    def replace(self, path, value):
        return (path, _I_ITEM, "SetSecret", GLib.Variant.new_tuple(self._secret(value)))

    def set_delay(self, milliseconds):
        """Of each write; of the double alone."""
        self.call(SERVICE, _I_CONTROL, "SetDelay", "(u)", milliseconds)


class Writes:
    """Each call that writes the keyring, as the bus sees it: GNOME Keyring tells no change of one."""

    def __init__(self, world):
        self._log = world.tree.log / "writes.log"
        matches = [
            f"type=method_call,interface={_I_ITEM},member=SetSecret",
            f"type=method_call,interface={_I_COLLECTION},member=CreateItem",
        ]
        command = ["dbus-monitor", "--profile", "--address", world.bus.address, *matches]
        self._program = Program(command, world.environment, self._log)
        wait_for(lambda: self._log.exists() and self._log.read_text(), what="dbus-monitor")

    def all(self):
        """The path and the time of each."""
        rows = (line.split("\t") for line in self._log.read_text().splitlines())
        return [(row[5], float(row[1])) for row in rows if row[0] == "mc"]

    def stop(self):
        self._program.terminate()


class Crowd:
    """So many instances besides the template, each with a grant of the server."""

    def __init__(self, world, vault, template, count):
        self._world = world
        self._vault = vault
        self._template = template
        self.grants = make_grants(world, count)
        self.ids = [str(uuid.uuid4()) for _ in range(count)]
        self._paths = []

    def fill(self):
        """Writes records and items; the daemon must not run."""
        instances = self._world.tree.state / "claviger" / "instances"
        record = (instances / self._template).read_text()
        [path] = self._vault.find({"application": "org.claviger", "id": self._template})
        self._item = self._vault.read(path)
        for number, instance_id in enumerate(self.ids):
            file = instances / instance_id
            file.write_text(self._copy(record, number))
            file.chmod(0o600)

        soon = int(time.time()) + 3600
        replies = self._vault.in_turns(
            self._vault.create(
                "Claviger: Confluence",
                {"application": "org.claviger", "kind": "credentials", "id": instance_id,
                 "xdg:schema": "org.claviger.Auth1.Item"},
                self._secret(number, soon),
            )
            for number, instance_id in enumerate(self.ids)
        )  # fmt: skip
        self._paths = [reply.unpack()[0] for reply in replies]

    def expire(self):
        """All of them an hour ago, as on the morning after; the daemon must not run."""
        past = int(time.time()) - 3600
        self._vault.in_turns(
            self._vault.replace(path, self._secret(number, past))
            for number, path in enumerate(self._paths)
        )

    def _copy(self, text, number):
        text = text.replace(self._template, self.ids[number])
        return text.replace("'user-id': <'ada'>", f"'user-id': <'user{number:06}'>")

    def _secret(self, number, expires_at):
        text = self._copy(self._item, number)
        grant = self.grants[number]
        for key, value in (
            ("access-token", f"'{grant['access_token']}'"),
            ("refresh-token", f"'{grant['refresh_token']}'"),
            ("expires-at", f"int64 {expires_at}"),
            ("obtained-at", f"int64 {expires_at - 3600}"),
        ):
            text, found = re.subn(f"'{key}': <[^>]*>", f"'{key}': <{value}>", text)
            assert found == 1, key
        return text


def make_grants(world, count):
    """Grants without a browser, over one connection."""
    control = urllib.parse.urlsplit(world.standin.endpoints["control"])
    connection = http.client.HTTPConnection(control.netloc)
    body = json.dumps({"client_id": world.client_id})
    headers = {"Content-Type": "application/json"}
    grants = []
    for _ in range(count):
        connection.request("POST", f"{control.path}grants", body, headers)
        grants.append(json.load(connection.getresponse()))
    connection.close()
    return grants
