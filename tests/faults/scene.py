# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where one trial after the other takes place: a world that is mended, not made anew, in between.

Bus, keyring daemon, stand-in and system bus go on; only what a trial broke is started again. A
world in which a grant was lost is given up, and its directory kept.
"""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from e2e.caller import Caller
from e2e.waiting import wait_for
from e2e.world import World
from faults.clavigerd import Clavigerd
from faults.machine import Machine
from faults.strongbox import TOKEN, Strongbox
from faults.volume import Volume
from faults.wall_clock import WallClock

# A family of tokens grows with each trial, and all of it is searched for: a new one now and then.
_TRIALS_OF_A_GRANT = 25


class Scene:
    def __init__(self):
        self.machine = Machine()
        self.world = World(keyring=Strongbox, daemon=Clavigerd)
        self.keyring = self.world.keyring
        self.daemon = self.world.daemon
        tree = self.world.tree
        self.state = Volume(tree.state)
        self.keyrings = Volume(tree.data / "keyrings")
        self.clock = WallClock(tree.root / "wall-clock")
        self.daemon.environment["DBUS_SYSTEM_BUS_ADDRESS"] = self.machine.address
        self.daemon.environment.update(self.clock.environment())
        self.world.begin()
        self.standin = self.world.standin
        self.instance = None
        self.crowd = []  # more of them, for one trial
        self._trials = 0

    # Before and after a trial.

    def prepare(self):
        """All is well, and an instance is signed in."""
        self.daemon.forget_log()
        self.mend()
        if not self.daemon.is_running:
            self.daemon.start()
        if self.instance is None or self._trials % _TRIALS_OF_A_GRANT == 0:
            self._sign_in()
        self._trials += 1
        self.standin.clear_requests()

    def _sign_in(self):
        if self.instance is not None:
            self.world.caller.call("DeleteInstance", "(sa{sv})", (self.instance, {}))
        self.standin.reset()
        self.standin.change(app_name="Claviger")
        self.standin.add_client(
            self.world.client_id, self.world.client_secret, self.world.redirect_uri
        )
        self.instance = self.world.sign_in()
        wait_for(self.has_current_token, what="the keyring to have what the sign-in brought")

    def sign_in_more(self, count):
        """Other instances, whose tokens are asked about like that of the first one."""
        self.crowd = [self.world.sign_in() for _ in range(count)]
        wait_for(self.has_current_token, what="the keyring to have what the sign-ins brought")

    def send_crowd_away(self):
        for instance in self.crowd:
            self.world.caller.call("DeleteInstance", "(sa{sv})", (instance, {}))
        self.crowd = []

    def mend(self):
        """What was taken away comes back: the disk, the keyring, the server, the clock."""
        self.state.drain()
        self.keyrings.drain()
        self.standin.clear_faults()
        self.clock.right()
        if not self.keyring.is_running:
            self.keyring.start()
        elif self.keyring.is_locked():
            self.keyring.unlock()

    def new_caller(self):
        """A program of its own; the trial's to close."""
        return Caller(self.world.bus)

    # What is known of the grant.

    def instances(self):
        return [self.instance, *self.crowd]

    def has_current_token(self):
        """Does the keyring have, of each instance, a refresh token that the server has not replaced?"""
        return all(map(self._is_current, self.instances()))

    def _is_current(self, instance):
        described = map(self.standin.introspect, self.keyring.tokens(instance))
        return any(token.get("state") == "current" for token in described)

    def journal_entries(self):
        """What the daemon has noted on the disk; at rest it is nothing."""
        return list((self.world.tree.state / "claviger" / "journal").glob("*"))

    def leaks(self):
        """Files outside the keyring's with something in them that looks like a token."""
        world = self.world
        others = [world.client_secret.encode(), world.keyring.password.encode()]
        for path in world.tree.files():
            with suppress(FileNotFoundError):
                text = path.read_bytes()
                if TOKEN.search(text) or any(secret in text for secret in others):
                    yield path.relative_to(world.tree.root)

    # The end.

    def keep(self, story):
        """A copy of the world, for whoever looks for the cause; where it is."""
        # Before it goes on: what it leaves is what there is to be looked at.
        if self.daemon.is_running:
            self.daemon.kill()
        place = Path(tempfile.mkdtemp(prefix="claviger-loss-", dir="/tmp"))
        shutil.copytree(
            self.world.tree.root, place, dirs_exist_ok=True, ignore=lambda d, names: _sockets(d)
        )
        (place / "story.txt").write_text(story)
        return place

    def close(self, failure=None):
        """Whatever state it is in; a world that says nothing against it is checked a last time."""
        try:
            self.world.__exit__(failure, None, None)
        finally:
            self.machine.close()
            self.state.unmount()
            self.keyrings.unmount()
            self.world.tree.remove()


def _sockets(directory):
    """What can't be copied, and what only fills a disk."""
    return [p.name for p in Path(directory).iterdir() if p.is_socket() or p.name == "ballast"]
