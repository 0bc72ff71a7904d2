# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real gnome-keyring, which a test can lock, unlock, kill and start cold.

All of it works without a prompt: nobody is there to answer one.
"""

import os
import signal

from gi.repository import Gio, GLib

from e2e.program import Program
from e2e.waiting import wait_for

NAME = "org.freedesktop.secrets"
_SERVICE = "/org/freedesktop/secrets"
_COLLECTION = "/org/freedesktop/secrets/collection/login"
_COLD = ["gnome-keyring-daemon", "--start", "--foreground", "--components=secrets"]
_UNLOCKING = ["gnome-keyring-daemon", "--unlock", "--foreground", "--components=secrets"]


class Keyring:
    """One keyring, named login, which is also the default."""

    def __init__(self, bus, tree, environment, password="open sesame"):
        self.password = password
        self._bus = bus
        self._environment = environment
        self._log = tree.log / "keyring.log"
        self._program = None
        self._connection = None

    # Coming and going.

    def start(self):
        """Unlocked; the first time the keyring is created."""
        self._start(_UNLOCKING, stdin=self.password.encode())

    def start_cold(self):
        """As after a login that gave no password: locked, and never unlocked in this life.

        Not the same as `lock ()`: a cold keyring knows its items by hashed attributes only.
        """
        self._start(_COLD)

    def make_activatable(self):
        """Not there, but a call to it starts it cold."""
        self._bus.make_activatable(NAME, ["/usr/bin/" + _COLD[0], *_COLD[1:]])

    def _start(self, command, stdin=b""):
        self._program = Program(command, self._environment, self._log, stdin)
        self._bus.wait_for_name(NAME)

    def kill(self):
        """Without a chance to tidy up; also one that the bus has started."""
        if self._bus.has_owner(NAME):
            os.kill(self._bus.process_of(NAME), signal.SIGKILL)
            self._bus.wait_for_no_name(NAME)
        if self._program is not None:
            self._program.wait()
            self._program = None

    def stop(self):
        if self._program is not None:
            self._program.kill()
            self._program = None
        if self._connection is not None:
            self._connection.close_sync(None)
            self._connection = None

    # Locking.

    def is_locked(self):
        return self._get(_COLLECTION, "org.freedesktop.Secret.Collection", "Locked")

    def lock(self):
        self._call(_SERVICE, "org.freedesktop.Secret.Service", "Lock", "(ao)", [_COLLECTION])
        wait_for(self.is_locked, what="the keyring to be locked")

    def unlock(self, password=None):
        """What a login does; an ordinary program has to let the person be asked."""
        secret = (password or self.password).encode()
        self._call(
            _SERVICE,
            "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
            "UnlockWithMasterPassword",
            "(o(oayays))",
            _COLLECTION,
            self._secret(secret),
        )

    # What is in it.

    def items(self):
        """Label, attributes and secret of every item; needs an unlocked keyring."""
        paths = self._get(_COLLECTION, "org.freedesktop.Secret.Collection", "Items")
        session = self._open_session()
        secrets = self._call(
            _SERVICE, "org.freedesktop.Secret.Service", "GetSecrets", "(aoo)", paths, session
        )[0]
        return [
            {
                "label": self._get(path, "org.freedesktop.Secret.Item", "Label"),
                "attributes": self._get(path, "org.freedesktop.Secret.Item", "Attributes"),
                "secret": bytes(secrets[path][2]),
            }
            for path in paths
        ]

    def delete_items(self, value):
        """Those with this value in an attribute, as a person does in a keyring program."""
        for path in self._get(_COLLECTION, "org.freedesktop.Secret.Collection", "Items"):
            attributes = self._get(path, "org.freedesktop.Secret.Item", "Attributes")
            if value in attributes.values():
                self._call(path, "org.freedesktop.Secret.Item", "Delete", "()")

    def store(self, label, attributes, secret):
        """An item of some other program."""
        properties = {
            "org.freedesktop.Secret.Item.Label": GLib.Variant("s", label),
            "org.freedesktop.Secret.Item.Attributes": GLib.Variant("a{ss}", attributes),
        }
        self._call(
            _COLLECTION,
            "org.freedesktop.Secret.Collection",
            "CreateItem",
            "(a{sv}(oayays)b)",
            properties,
            self._secret(secret),
            True,
        )

    # The bus.

    def _open_session(self):
        """Secrets travel in the clear, on a connection that the session is bound to."""
        reply = self._call(
            _SERVICE,
            "org.freedesktop.Secret.Service",
            "OpenSession",
            "(sv)",
            "plain",
            GLib.Variant("s", ""),
        )
        return reply[1]

    def _secret(self, value):
        return (self._open_session(), b"", value, "text/plain")

    def _get(self, path, interface, name):
        return self._call(
            path, "org.freedesktop.DBus.Properties", "Get", "(ss)", interface, name
        )[0]

    def _call(self, path, interface, method, signature, *arguments):
        if self._connection is None:
            self._connection = self._bus.connect()
        reply = self._connection.call_sync(
            NAME,
            path,
            interface,
            method,
            GLib.Variant(signature, arguments),
            None,
            Gio.DBusCallFlags.NO_AUTO_START,
            10000,
            None,
        )
        return reply.unpack()
