# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo in the person's own session: their bus, their keyring, their browser.

What is put into the keyring is taken out again at the end, unless it is a sign-in to the real
Atlassian: that one is the person's to keep. No file of theirs is changed.
"""

import configparser
import getpass
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from e2e.caller import NAME
from e2e.ports import free_port
from e2e.program import Program
from e2e.waiting import wait_for
from gi.repository import Gio, GLib
from standin.client import StandIn

_PROVIDERS = Path(__file__).resolve().parents[2] / "data" / "providers"
_BUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")


class _OwnSession:
    """The daemon as it was built, in the foreground of the demo, on the bus that is there."""

    user = getpass.getuser()
    has_person = True

    def __init__(self, programs):
        self._programs = programs
        self._daemon = None
        self._bus = None
        self._directory = None
        self.environment = dict(os.environ)

    def begin(self, teller, stack):
        try:
            self._bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        except GLib.Error as error:
            sys.exit(f"demo: --here needs a session bus: {error.message}")
        if process := self.daemon_process():
            sys.exit(
                f"demo: a clavigerd runs in this session already (process {process}); "
                "stop it first: systemctl --user stop claviger"
            )
        self._directory = Path(tempfile.mkdtemp(prefix="claviger-demo-"))
        stack.callback(shutil.rmtree, self._directory, ignore_errors=True)
        teller.step("In your own session: your bus, your keyring, your browser")
        self.prepare(teller, stack)
        stack.callback(self.stop_daemon)
        stack.callback(self.tidy_up)
        self.start_daemon()
        teller.say(f"clavigerd as built here runs (process {self.daemon_process()})")

    def prepare(self, teller, stack):
        """What this kind of session needs before the daemon starts."""
        raise NotImplementedError

    def tidy_up(self):
        """Takes the demo's things out of the person's keyring, while the daemon still runs."""

    def start_daemon(self):
        log = self._directory / "clavigerd.log"
        self._daemon = Program([self._programs["CLAVIGERD"]], self.environment, log)
        wait_for(
            lambda: self.daemon_process() or self._daemon.status is not None, what="the daemon"
        )
        assert self._daemon.status is None, log.read_text(errors="replace")

    def stop_daemon(self):
        self._daemon.terminate()

    def restart_daemon(self):
        self.stop_daemon()
        self.start_daemon()

    def daemon_process(self):
        name = GLib.Variant("(s)", (NAME,))
        try:
            reply = self._bus.call_sync(
                *_BUS, "GetConnectionUnixProcessID", name, None, Gio.DBusCallFlags.NONE, 5000
            )
        except GLib.Error:  # nobody has the name
            return None
        return reply.unpack()[0]

    def before_first_call(self, teller):
        """It runs already."""

    def browser_has_finished(self):
        """The person closes it when they like."""


class HereSession(_OwnSession):
    """With the stand-in: an own copy of the catalogue points to it."""

    is_real = False

    def prepare(self, teller, stack):
        redirect_uri = f"http://127.0.0.1:{free_port()}/callback"
        self.client = ("claviger-demo", secrets.token_urlsafe(24), redirect_uri)
        self.standin = StandIn.start(
            client=":".join(self.client), app_name="Claviger", log=self._directory / "standin.log"
        )
        stack.callback(self.standin.stop)
        catalogue = self._directory / "providers"
        shutil.copytree(_PROVIDERS, catalogue)
        _point_to(self.standin.endpoints, redirect_uri, catalogue / "confluence.provider")
        self.environment["CLAVIGER_PROVIDERS_DIR"] = str(catalogue)
        teller.say(f"a stand-in for Atlassian at {self.standin.url}: press Accept there")

    def tidy_up(self):
        instances = json.loads(self._claviger("--json", "list") or "[]")
        for instance in instances:
            if instance.get("client-id") == self.client[0]:
                self._claviger("remove", instance["instance-id"])
        self._claviger("client", "remove", "Confluence", self.client[0])

    def _claviger(self, *words):
        command = [self._programs["CLAVIGER"], *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            print(f"demo: left in your keyring: {done.stderr.strip()}", file=sys.stderr)
        return done.stdout

    def say_what_is_left(self, teller):
        teller.step(f"Over after {teller.seconds:.0f} s; your keyring is as it was")


class PersonsAtlassian(_OwnSession):
    """With the real one, and an application of the person's own."""

    is_real = True
    standin = None

    def __init__(self, programs, client_id):
        super().__init__(programs)
        self._client_id = client_id

    def prepare(self, teller, stack):
        self.environment["CLAVIGER_PROVIDERS_DIR"] = str(_PROVIDERS)
        provider = _read_provider(_PROVIDERS / "confluence.provider")
        redirect_uri = provider["OAuth2"]["RedirectUri"]
        teller.say(f"the application must have the callback URL {redirect_uri}")
        self.client = (self._client_id, getpass.getpass("    its secret: "), redirect_uri)

    def say_what_is_left(self, teller):
        teller.step(f"Over after {teller.seconds:.0f} s; the sign-in is in your keyring")
        teller.say("claviger list shows it, claviger remove INSTANCE takes it away")


def _read_provider(path):
    provider = configparser.RawConfigParser()
    provider.optionxform = str
    provider.read(path)
    return provider


def _point_to(endpoints, redirect_uri, path):
    provider = _read_provider(path)
    provider["OAuth2"]["AuthorizationEndpoint"] = endpoints["authorization_endpoint"]
    provider["OAuth2"]["TokenEndpoint"] = endpoints["token_endpoint"]
    provider["OAuth2"]["RedirectUri"] = redirect_uri
    provider["Resources"]["Endpoint"] = endpoints["resources_endpoint"]
    with path.open("w") as file:
        provider.write(file, space_around_delimiters=False)
