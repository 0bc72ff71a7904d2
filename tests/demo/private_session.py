# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's session: the world of the end-to-end tests, but for two things that a person has too.

The daemon is started by the bus when it is first called, and a browser is opened by the daemon.
"""

import os
import shutil
import subprocess
from pathlib import Path

from e2e.caller import NAME
from e2e.waiting import wait_for
from e2e.world import World

from demo.register_browser import register

_BROWSER = Path(__file__).resolve().with_name("browser.py")


class PrivateSession:
    user = "ada"
    is_real = False
    has_person = False

    def __init__(self, programs, pictures):
        self._programs = programs
        self._pictures = pictures
        self._root = None
        self.world = None

    # Beginning and end.

    def begin(self, teller, stack):
        teller.step("A private session: nothing of yours is touched")
        self.world = world = World()
        self._root = world.tree.root
        stack.callback(self._end)

        world.bus.make_activatable(NAME, [self._programs["CLAVIGERD"]])
        teller.say(f"bus, home and XDG directories of its own in {self._root}")
        world.keyring.start()
        teller.say(f"{_first_line('gnome-keyring-daemon', '--version')}, unlocked, empty")
        world.start_standin()
        teller.say(f"a stand-in for Atlassian at {world.standin.url}")
        self._register_browser()
        teller.say("headless Chromium as the default browser, which will press Accept")

    def _register_browser(self):
        """The browser belongs to the daemon's world; where its pictures go does not."""
        shutil.rmtree(self._pictures, ignore_errors=True)
        self._pictures.mkdir(parents=True)
        variables = [
            f"DEMO_CONSENT_SCREENSHOT={self._pictures / 'consent.png'}",
            f"DEMO_SCREENSHOT={self.picture}",
        ]
        register(["/usr/bin/env", *variables, _BROWSER], self.world.environment)

    def _end(self):
        """Nothing stays: a process that did would still have our directory in its environment."""
        self._stop_daemon()
        self.world.__exit__(None)
        wait_for(lambda: not self._processes(), what="every process of the demo to end")

    def say_what_is_left(self, teller):
        teller.step(f"Over after {teller.seconds:.0f} s; no process, bus, keyring or file is left")
        teller.say(f"but two pictures: {_shown(self._pictures / 'consent.png')}, the consent page,")
        teller.say(f"and {_shown(self.picture)}, the page at which the sign-in ended")

    def _processes(self):
        marker = f"{self._root}/".encode()
        return [p for p in Path("/proc").glob("[0-9]*") if marker in _read(p / "environ")]

    # What the walk asks for.

    @property
    def picture(self):
        return self._pictures / "signed-in.png"

    @property
    def environment(self):
        return self.world.client_environment()

    @property
    def client(self):
        return (self.world.client_id, self.world.client_secret, self.world.redirect_uri)

    @property
    def standin(self):
        return self.world.standin

    def before_first_call(self, teller):
        assert self.daemon_process() is None
        teller.say("clavigerd does not run; the bus starts it for the first call")

    def browser_has_finished(self):
        wait_for(self.picture.exists, 20, "the picture of the last page")

    def daemon_process(self):
        return self.world.bus.process_of(NAME) if self.world.bus.has_owner(NAME) else None

    def restart_daemon(self):
        """The next call starts it again."""
        self._stop_daemon()

    def _stop_daemon(self):
        if process := self.daemon_process():
            os.kill(process, 15)
            self.world.bus.wait_for_no_name(NAME)


def _first_line(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[0].strip()


def _read(path):
    try:
        return path.read_bytes()
    except OSError:  # it has just ended, or is not ours
        return b""


def _shown(path):
    return os.path.relpath(path)
