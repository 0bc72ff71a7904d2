# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of the demo, the same in every session. Each shows the command that a person would type
and asserts what the step is there to prove."""

import json
import os
import shlex
import signal
import subprocess
from dataclasses import dataclass

from e2e.caller import NAME, PATH
from e2e.waiting import wait_for

from demo.telling import cut, fingerprint, masked, shortened

SERVER = "Confluence"


@dataclass
class AuthData:
    access_token: str
    refresh_token: str
    serial: int
    everything: dict


class Walk:
    def __init__(self, session, teller):
        self._session = session
        self._teller = teller
        self._instance = None

    def run(self):
        self.add_client()
        self.sign_in()
        first = self.show_auth_data()
        self.call_over_bus(first)
        second = self.force_refresh(first)
        self.restart(second)
        if self._session.standin:
            self.crash(second)

    # The steps.

    def add_client(self):
        client_id, client_secret, redirect_uri = self._session.client
        self._teller.step("Once: tell Claviger of the application that Atlassian knows")
        self._session.before_first_call(self._teller)
        arguments = ["client", "add", SERVER, client_id, "--redirect-uri", redirect_uri]
        self._claviger(*arguments, stdin=client_secret + "\n")
        self._teller.say(f"clavigerd has put the secret away (process {self._session.daemon_process()})")

    def sign_in(self):
        self._teller.step("Sign in: the daemon opens the browser and waits for its redirect")
        words = ["login", SERVER, "--user", self._session.user, "--client-id", self._session.client[0]]
        self._instance = self._claviger(*words, shows=False, waits=True).strip()
        self._teller.say(f"signed in; the instance is {self._instance}")
        self._session.browser_has_finished()

    def show_auth_data(self):
        self._teller.step("The auth data, from the command line")
        data = self._auth_data(shows=True)
        assert data.access_token and data.refresh_token, "there is no token"
        return data

    def call_over_bus(self, data):
        self._teller.step("The same over D-Bus, as any program asks for it")
        answer = self._call("GetUserAuth", self._session.user, SERVER, "{}")
        assert data.access_token in answer, "another token than the command line's"
        self._teller.say(cut(masked(answer, [data.access_token, data.refresh_token]), lines=3))

    def force_refresh(self, before):
        self._teller.step("A forced refresh: Atlassian replaces the refresh token at each use")
        self._claviger("refresh", self._instance, shows=False)
        after = self._auth_data()
        rows = [("", "before", "after")]
        rows.append(("serial", before.serial, after.serial))
        for name in ("access_token", "refresh_token"):
            old, new = getattr(before, name), getattr(after, name)
            rows.append((name, fingerprint(old), fingerprint(new)))
            assert old != new or self._session.is_real, f"the {name} is the same as before"
        assert after.serial > before.serial, "the serial is the same as before"
        for row in rows:
            self._teller.say("{:14} {:14} {:14}".format(*map(str, row)).rstrip())
        if standin := self._session.standin:
            [grant] = standin.grants()
            seen = [r["body"]["grant_type"] for r in standin.requests("token")]
            assert grant["alive"] and seen == ["authorization_code", "refresh_token"], seen
            self._teller.say(f"the stand-in saw: {', '.join(seen)}; the grant is alive")
        return after

    def restart(self, before):
        self._teller.step("A restart of the daemon: the keyring has kept everything")
        old = self._session.daemon_process()
        requests = self._count_requests()
        self._session.restart_daemon()
        self._teller.say(f"clavigerd (process {old}) was told to end, and has")
        token = self._claviger("token", self._instance, shows=False).strip()
        assert token == before.access_token, "the token is not the one from before the restart"
        assert self._count_requests() == requests, "the network was asked"
        process = self._session.daemon_process()
        assert process != old, "it is the same process"
        self._teller.say(f"{shortened(token)}: the same as before,")
        self._teller.say(f"from a new clavigerd (process {process}) that asked the keyring alone")

    def crash(self, before):
        self._teller.step("kill -9 in the middle of a refresh: the grant is not lost")
        standin = self._session.standin
        requests = len(standin.requests("token"))
        standin.fault("token", delay_answer=5)
        self._teller.command("claviger", "refresh", self._instance, "&")
        refresh = subprocess.Popen(
            [os.environ["CLAVIGER"], "refresh", self._instance],
            env=self._session.environment,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: len(standin.requests("token")) > requests, what="the refresh")
        killed = self._session.daemon_process()
        os.kill(killed, signal.SIGKILL)
        refresh.wait(timeout=20)
        self._teller.say(f"clavigerd (process {killed}) was killed; the server has replaced the refresh")
        self._teller.say("token by then, and its answer came to nobody")
        self._claviger("status")
        wait_for(lambda: len(standin.requests("token")) > requests + 1, what="the second try")
        self._teller.say(f"the next one (process {self._session.daemon_process()}) read of it in its")
        self._teller.say("journal, and asked again at once")
        token = self._claviger("token", self._instance, "--force-refresh", shows=False).strip()
        assert token != before.access_token, "the token from before the crash"
        # Beyond the time in which the server still takes what it replaced.
        standin.advance(7200)
        self._claviger("refresh", self._instance, shows=False)
        [grant] = standin.grants()
        assert grant["alive"], "the grant is dead"
        self._teller.say("two hours later at the server the next refresh works; the grant is alive")

    # Means.

    def _auth_data(self, shows=False):
        answer = self._claviger("--json", "auth", self._instance, shows=False)
        data = json.loads(answer)["authData"]
        known = AuthData(data["access_token"], data["refresh_token"], data["serial"], data)
        if shows:
            for name, value in data.items():
                shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                shown = masked(shown, [known.access_token, known.refresh_token])
                self._teller.say(f"{name:21} {cut(shown)}")
        return known

    def _count_requests(self):
        return len(self._session.standin.requests()) if self._session.standin else 0

    def _claviger(self, *words, stdin="", shows=True, waits=False):
        self._teller.command("claviger", *words)
        done = subprocess.run(
            [os.environ["CLAVIGER"], *words],
            env=self._session.environment,
            input=stdin,
            stdout=subprocess.PIPE,
            # What it says while it waits is for the person who has to act.
            stderr=None if waits and self._session.has_person else subprocess.PIPE,
            text=True,
            timeout=None if self._session.has_person else 60,
        )
        assert done.returncode == 0, f"claviger {words[0]} ended with {done.returncode}: {done.stderr}"
        if shows and done.stdout:
            self._teller.say(done.stdout)
        return done.stdout

    def _call(self, method, *arguments):
        words = ["--session", "--dest", NAME, "--object-path", PATH, "--method", f"{NAME}.{method}"]
        self._teller.command("gdbus call", *words[:-2], "\\")
        self._teller.say(shlex.join([*words[-2:], *arguments]))
        done = subprocess.run(
            ["gdbus", "call", *words, *arguments],
            env=self._session.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
