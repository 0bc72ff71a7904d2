# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in as a test sees it: start it, turn its knobs, read what it saw, stop it.

Needs the standard library only, so that any project's tests can use it as it is:

    with StandIn.start(client="my-app:s3cret:http://127.0.0.1:18417/callback") as standin:
        standin.fault("token", status=503, times=2)
        …
        assert len(standin.requests("token")) == 3
"""

import json
import select
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

_PROGRAM = Path(__file__).with_name("standin.py")
# A test of a loopback server has no business with the machine's proxy.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class StandInError(RuntimeError):
    """The stand-in did not start, or did not like what the test asked of it."""


class StandIn:
    def __init__(self, process, endpoints):
        self._process = process
        self.endpoints = endpoints
        self.url = endpoints["url"]

    @classmethod
    def start(cls, *, timeout=20, log=None, python=sys.executable, **options):
        """Starts the program; options are its flags: `expires_in=5`, `site=["a", "b"]`."""
        command = [python, str(_PROGRAM), "--with-parent", *_flags(options)]
        if log is not None:
            command += ["--log", str(log)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        readable, _, _ = select.select([process.stdout], [], [], timeout)
        line = process.stdout.readline() if readable else ""
        if not line:
            process.kill()
            process.wait()
            process.stdout.close()
            raise StandInError(f"the stand-in was not ready within {timeout} s")
        return cls(process, json.loads(line))

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.stop()

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def reset(self):
        """Forgets everything, so that the next test need not start a process of its own."""
        self._call("POST", "reset", {})

    # Settings and clock.

    def add_client(self, client_id, client_secret, redirect_uri):
        values = {
            "client_id": client_id,
            "client_secret": client_secret,
            "redirect_uri": redirect_uri,
        }
        return self._call("POST", "clients", values)

    def change(self, **settings):
        return self._call("PATCH", "settings", settings)

    def advance(self, seconds):
        """Moves the server's clock: tokens grow old without waiting."""
        return self._call("POST", "clock", {"advance": seconds})

    def now(self):
        return self._call("GET", "clock")["now"]

    # What goes wrong.

    def fault(self, endpoint, **fault):
        """See faults.py for the members, as status=429, retry_after=7, times=2."""
        return self._call("POST", "faults", {"endpoint": endpoint, **fault})

    def faults(self):
        """Those that are still to come."""
        return self._call("GET", "faults")

    def clear_faults(self):
        self._call("DELETE", "faults")

    # What it saw.

    def requests(self, endpoint=None):
        path = "requests" if endpoint is None else f"requests?endpoint={endpoint}"
        return self._call("GET", path)

    def clear_requests(self):
        self._call("DELETE", "requests")

    def load(self):
        """`requests` so far, `in_flight` now, their `peak`, and over how many `connections`."""
        return self._call("GET", "load")

    def secrets(self):
        """Every code, token and client secret so far: none of them may be in anybody's log."""
        return self._call("GET", "secrets")

    # Grants and tokens.

    def grants(self):
        return self._call("GET", "grants")

    def make_grant(self, client_id, **options):
        """A token answer without a browser, plus the id of its `grant`."""
        return self._call("POST", "grants", {"client_id": client_id, **options})

    def end_grant(self, grant_id):
        self._call("POST", f"grants/{grant_id}/end", {})

    def revoke_grant(self, grant_id):
        self._call("POST", f"grants/{grant_id}/revoke", {})

    def is_alive(self, grant_id):
        """Could some refresh token of the grant still be used?"""
        return next(g["alive"] for g in self.grants() if g["id"] == grant_id)

    def introspect(self, token):
        return self._call("POST", "tokens/introspect", {"token": token})

    def is_active(self, token):
        return self.introspect(token)["active"]

    def expire(self, token):
        self._call("POST", "tokens/expire", {"token": token})

    def revoke(self, token):
        self._call("POST", "tokens/revoke", {"token": token})

    def _call(self, method, path, values=None):
        request = urllib.request.Request(self.endpoints["control"] + path, method=method)
        if values is not None:
            request.data = json.dumps(values).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with _opener.open(request, timeout=20) as response:
                return json.load(response)
        except urllib.error.HTTPError as refusal:
            raise StandInError(refusal.read().decode()) from None


def _flags(options):
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if isinstance(value, bool):
            yield flag if value else f"--no-{flag[2:]}"
        elif isinstance(value, (list, tuple)):
            yield from (f"{flag}={item}" for item in value)
        else:
            yield f"{flag}={value}"
