# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keyring of the e2e tests, with what the kit asks of it hundreds of times: which tokens it has."""

import re

from gi.repository import GLib

from e2e.keyring import NAME, Keyring

_SERVICE = "/org/freedesktop/secrets"
_SECRET_SERVICE = "org.freedesktop.Secret.Service"
# The stand-in's tokens look like nothing else that is written anywhere.
TOKEN = re.compile(rb"eyJ[\w-]{20,}\.[\w-]+\.[\w-]+")


class Strongbox(Keyring):
    def __init__(self, bus, tree, environment):
        super().__init__(bus, tree, environment)
        self._session = None

    @property
    def is_running(self):
        return self._program is not None and self._program.status is None

    @property
    def pid(self):
        return self._program.pid

    def start(self):
        self._session = None
        super().start()

    def start_cold(self):
        self._session = None
        super().start_cold()

    def wait(self):
        """It was killed by something that the trial has set up."""
        self._program.wait()
        self._program = None
        self._bus.wait_for_no_name(NAME)

    def tokens(self, instance_id):
        """The tokens that it has of an instance; none while it is locked or gone."""
        try:
            found, locked = self._call(
                _SERVICE, _SECRET_SERVICE, "SearchItems", "(a{ss})", {"id": instance_id}
            )
            if locked or not found:
                return []
            if self._session is None:
                self._session = self._open_session()
            secrets = self._call(
                _SERVICE, _SECRET_SERVICE, "GetSecrets", "(aoo)", found, self._session
            )[0]
        except GLib.Error:
            return []
        return [
            token.decode() for secret in secrets.values() for token in TOKEN.findall(bytes(secret[2]))
        ]
