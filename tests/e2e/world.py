# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One world per test: home, bus, keyring, server, daemon and people, none of them anybody else's.

    with World() as world:
        world.begin()
        instance_id = world.sign_in()
        assert world.caller.get_access_token(instance_id)

The parts are there from the start and run when they are told to; `begin ()` is all of them as on a
good day. At the end everything is stopped, and what would be wrong in any test is checked.
"""

import configparser
import os
import secrets
import subprocess
from contextlib import ExitStack

from demo.register_browser import register
from e2e import standins
from e2e.bus import SessionBus
from e2e.caller import Caller
from e2e.chromium import Chromium
from e2e.command import Command
from e2e.daemon import Daemon, program_from
from e2e.keyring import Keyring
from e2e.ports import free_port
from e2e.tab import Tab
from e2e.tree import Tree
from standin.person import Person


class World:
    def __init__(self, *, keyring=Keyring, daemon=Daemon):
        """The classes are those of the parts that a test may want to know better."""
        self._end = ExitStack()  # what was there last ends first
        self.tree = Tree()
        self.environment = self.tree.environment()
        self.bus = SessionBus(self.tree, self.environment)
        self._end.callback(self.bus.stop)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.bus.address
        self.keyring = keyring(self.bus, self.tree, self.environment)
        self._end.callback(self.keyring.stop)
        self.standin = None
        self._end.callback(self._release_standin)
        self.daemon = daemon(self.bus, self.tree, self.environment)
        self._end.callback(self.daemon.close)
        self.person = Person()

        self.client_id = "claviger-e2e"
        self.client_secret = secrets.token_urlsafe(24)
        self.redirect_uri = f"http://127.0.0.1:{free_port()}/callback"

        self._callers = []

    def __enter__(self):
        return self

    def __exit__(self, failure, *rest):
        """Everything ends; then a test that had nothing to say against it may still fail."""
        known_secrets = self.secrets()
        try:
            self._end.close()
            complaints = [*self.daemon.complaints(), *self.files_with(known_secrets)]
        finally:
            if not os.environ.get("CLAVIGER_KEEP_WORLD"):
                self.tree.remove()
        if complaints and failure is None:
            raise AssertionError("\n".join(complaints))

    # Beginning and end.

    def begin(self, **standin):
        """Keyring unlocked, server up, catalogue pointing at it, daemon running with a client."""
        self.keyring.start()
        self.start_standin(**standin)
        self.daemon.start()
        self.add_client()

    def add_client(self):
        """What the person does once: tells the daemon of the application's registration."""
        self.caller.set_client(
            "Confluence",
            self.client_id,
            client_secret=self.client_secret,
            redirect_uri=self.redirect_uri,
            default=True,
        )

    def start_standin(self, **settings):
        """The server with our client; the catalogue's Confluence is it from now on."""
        self.standin = standins.take()
        self.standin.change(app_name="Claviger", **settings)
        self.standin.add_client(self.client_id, self.client_secret, self.redirect_uri)
        self.write_confluence()

    def write_confluence(self, **oauth2):
        """The catalogue's Confluence, with some keys of its [OAuth2] as a test wants them."""
        endpoints = self.standin.endpoints
        keys = {
            "AuthorizationEndpoint": endpoints["authorization_endpoint"],
            "TokenEndpoint": endpoints["token_endpoint"],
            "RedirectUri": self.redirect_uri,
        }
        self.write_provider(
            "confluence",
            OAuth2=keys | oauth2,
            Resources={"Endpoint": endpoints["resources_endpoint"]},
        )

    def _release_standin(self):
        if self.standin is not None:
            standins.give_back(self.standin)

    def refreshes(self):
        """The refresh requests that the server has seen."""
        requests = self.standin.requests("token")
        return [r for r in requests if r["body"].get("grant_type") == "refresh_token"]

    # Files.

    def write_provider(self, slug, **groups):
        """The person's own layer of the catalogue; it replaces key by key."""
        directory = self.tree.config / "claviger" / "providers"
        _write_key_file(directory / f"{slug}.provider", groups)

    def write_settings(self, **groups):
        """claviger.conf, as `Http={"Listen": "127.0.0.1:8080"}`."""
        _write_key_file(self.tree.config / "claviger" / "claviger.conf", groups)

    def secrets(self):
        """All that only the keyring may hold: what the server gave out, and our own."""
        issued = self.standin.secrets() if self.standin is not None else []
        return [*issued, self.client_secret, self.keyring.password]

    def files_with(self, secrets):
        """The files in which one of them lies open: logs, state, configuration, caches."""
        values = [secret.encode() for secret in secrets]
        return [
            f"{path.relative_to(self.tree.root)} holds a secret"
            for path in self.tree.files()
            # A browser's history is the browser's business, and it may still be tidying up.
            if not any(p.startswith("chromium") for p in path.relative_to(self.tree.root).parts)
            and any(value in path.read_bytes() for value in values)
        ]

    # People and programs.

    @property
    def caller(self):
        """The program that most tests need only one of."""
        return self._callers[0] if self._callers else self.new_caller()

    def new_caller(self):
        """One more program on the bus."""
        caller = Caller(self.bus)
        self._callers.append(caller)
        self._end.callback(caller.close)
        return caller

    def start_chromium(self):
        profile = self.tree.make(f"chromium-{secrets.token_hex(4)}")
        chromium = Chromium(profile, self.environment)
        self._end.callback(chromium.close)
        return chromium

    def capture_browser(self):
        """Makes a program the default browser that only writes down where it was sent."""
        seen = self.tree.root / "opened-urls"
        script = self.tree.home / "browser"
        script.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$1\" >>{seen}\n")
        script.chmod(0o700)
        register([script], self.environment)
        return lambda: seen.read_text().splitlines() if seen.exists() else []

    def sign_in(self, instance_id=None, *, person=None, site=None, **options):
        """A whole sign-in that goes well; the id of the instance."""
        instance_id = instance_id or self.caller.create_instance()
        authorization = self.caller.authorize(instance_id, **options)
        choices = {} if site is None else {"site": site}
        (person or self.person).sign_in(authorization.url, **choices)
        outcome, details = authorization.wait()
        assert outcome == "authorized", details
        return instance_id

    def open_tab(self, url, *, button="accept", **choices):
        """The person signs in while the test goes on."""
        return Tab(lambda: self.person.sign_in(url, button=button, **choices))

    def client_environment(self):
        """Who calls the client sits at a desktop, and it need not choose another way in."""
        return self.environment | {"G_DEBUG": "fatal-warnings", "WAYLAND_DISPLAY": "of-nobody"}

    def start_cli(self, *arguments, stdin="", terminal=None, **environment):
        """`claviger` in the background."""
        command = Command(
            [*program_from("CLAVIGER"), *arguments],
            self.client_environment() | environment,
            self.tree.make(f"client-{secrets.token_hex(4)}"),
            stdin=stdin,
            terminal=terminal,
        )
        self._end.callback(command.close)
        return command

    def cli(self, *arguments, stdin="", check=True, timeout=30, **environment):
        """Runs `claviger` with these arguments; with `check` it has to succeed."""
        done = subprocess.run(
            [*program_from("CLAVIGER"), *arguments],
            env=self.client_environment() | environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        assert not check or done.returncode == 0, f"{done.returncode}: {done.stderr}"
        return done


def _write_key_file(path, groups):
    path.parent.mkdir(parents=True, exist_ok=True)
    key_file = configparser.RawConfigParser()
    key_file.optionxform = str
    key_file.read_dict(groups)
    with path.open("w") as file:
        key_file.write(file, space_around_delimiters=False)
