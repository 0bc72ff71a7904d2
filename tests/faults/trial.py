# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One trial: something goes wrong in the middle of a refresh, and then the grant must still work.

A scenario says what goes wrong. What is asked afterwards is the same for all of them: the server
takes what the daemon has, although every token that it has replaced has become a deadly one; the
daemon still has what it gave to its callers; nothing that looks like a token lies open on the disk.
"""

import time

from gi.repository import GLib

from e2e.caller import BusError
from e2e.waiting import wait_for
from faults.outcome import Loss
from faults.tracer import Tracer

# The provider's 600 s in which a replaced token is still taken, and more.
_AWAY = 7200
_PASSING = ("TryLater", "KeyringLocked", "KeyringUnavailable", "org.freedesktop.DBus.Error.NoReply")
_COMPLAINTS = ("-CRITICAL **", "ERROR: AddressSanitizer", "LeakSanitizer", "runtime error:")


class Trial:
    def __init__(self, scene, rng, patience):
        self.scene = scene
        self.rng = rng
        self.patience = patience  # seconds for what must happen by itself
        self.patience_to_settle = patience
        self.story = []
        self.was_reached = True  # what the scenario was about did happen
        self.handed = []  # (instance, token, serial) that callers were given
        self.wanted_grant = None  # the one that counts, where there have been two
        self.calls = []
        self.callers = []
        self._tracers = []
        self._begin = time.monotonic()
        # The server's last answer is known to be durable: a caller has it, or the scenario knows.
        self.has_answer = False

    # What a scenario is made of.

    @property
    def daemon(self):
        return self.scene.daemon

    @property
    def keyring(self):
        return self.scene.keyring

    @property
    def standin(self):
        return self.scene.standin

    def say(self, text):
        self.story.append(f"{time.monotonic() - self._begin:7.3f} {text}")

    def restart(self, **environment):
        """The daemon again, in an orderly moment, with something in its environment."""
        self.say(f"restart {environment or ''} {' '.join(map(str, self.daemon.wrapper))}")
        self.daemon.kill()
        self.daemon.launch(**environment)

    def launch(self, **environment):
        """The daemon, which has ended."""
        self.say(f"start {environment or ''}")
        self.daemon.launch(**environment)

    def kill(self):
        if self.daemon.is_running:
            self.say("SIGKILL")
            self.daemon.kill()

    def new_caller(self):
        caller = self.scene.new_caller()
        self.callers.append(caller)
        return caller

    def refresh(self, caller=None, instance=None):
        """Begins a refresh; nobody waits for it yet."""
        instance = instance or self.scene.instance
        if caller is None:
            caller = self.callers[0] if self.callers else self.new_caller()
        self.say("a caller asks for a new token")
        call = caller.begin_refresh(instance)
        call.instance = instance
        self.calls.append(call)
        return call

    def finish(self, call, timeout=20):
        """Waits for it; the name of the error it ended with, or None for a token."""
        self.calls.remove(call)
        try:
            token, _expires_at, serial = call.result(timeout)
        except BusError as error:
            self.say(f"a caller was told {error}")
            return error.name
        self.say(f"a caller was given serial {serial}")
        self.handed.append((call.instance, token, serial))
        self.has_answer = True
        return None

    def refresh_now(self):
        """One that has to go well: nothing is wrong yet."""
        error = self.finish(self.refresh())
        assert error is None, f"a refresh before anything went wrong: {error}"
        self.has_answer = False

    def insist(self):
        """A program that asks until it has a new token."""
        self.has_answer = False
        instance = self.scene.instance
        self.handed.append((instance, *self._ask(instance, "asked again", force_refresh=True)))
        self.has_answer = True

    def pause(self, seconds):
        _pause(seconds)

    def asleep(self):
        """The machine has slept for hours."""
        self._time_passes()

    def hold_answers(self, seconds=20, **fault):
        """The server does its work and keeps the answer to itself for so long."""
        self.standin.fault("token", grant_type="refresh_token", delay_answer=seconds, **fault)

    def wait_for_rotation(self, timeout=10):
        """Until the server has replaced the token that the keyring has."""
        wait_for(lambda: not self.scene.has_current_token(), timeout, "the server to rotate")
        self.say("the server has rotated")

    def wait_for_rest(self):
        """Until the journal has let go of what the keyring has."""
        wait_for(lambda: not self.scene.journal_entries(), self.patience, "an empty journal")

    def trace(self, process_id, calls, injected=(), paths=()):
        output = self.scene.world.tree.log / f"strace-{len(self._tracers)}.log"
        self.say(f"strace {calls} {list(injected)}")
        tracer = Tracer(process_id, calls, output, injected, paths)
        self._tracers.append(tracer)
        return tracer

    def wait_for_death(self, timeout=10):
        """The daemon ends by what was set up for it; if it does not, it is killed all the same."""
        calls = list(self.calls)
        wait_for(
            lambda: not self.daemon.is_running or (calls and all(c.is_done for c in calls)),
            timeout,
            "the end of the daemon, or of the call",
        )
        if self.daemon.is_running and not self._dies_soon():
            # What was set up may not happen at any later moment.
            self.was_reached = False
            self.say("the daemon lives on")
            self.kill()
            return
        self.daemon.wait()
        self.say(f"the daemon ended with {self.daemon.status}")

    def _dies_soon(self):
        """There is more to do once the callers have been answered."""
        try:
            wait_for(lambda: not self.daemon.is_running, 0.4)
        except AssertionError:
            return False
        return True

    # The end of every trial.

    def verify(self):
        """Raises a Loss unless the grant still works."""
        for call in list(self.calls):
            if self.daemon.is_running and not call.is_done:
                continue  # it is the server or the keyring that it waits for, and they come back
            self.finish(call)
        # Only what has reached the daemon can outlive the time in which it can be asked for again.
        if self._can_wait() and self.rng.random() < 0.5:
            self._time_passes()
            self._mend()
        else:
            self._mend()
            self._wait_until_settled()
            self._time_passes()
        for call in list(self.calls):
            self.finish(call)
        for instance in self.scene.instances():
            self._check_what_was_handed_out(instance)
            self._check_that_it_works(instance)
        self._check_that_it_rests()
        self._check_what_lies_about()
        self.scene.send_crowd_away()

    def _can_wait(self):
        return self.has_answer or self.scene.has_current_token()

    def _time_passes(self):
        self.say(f"{_AWAY} s pass at the server")
        self.standin.advance(_AWAY)

    def _mend(self):
        self.say("all is well again")
        for tracer in self._tracers:
            tracer.stop()
        self.scene.mend()
        self.daemon.wrapper = []
        if not self.daemon.is_running:
            self.daemon.start()

    def _wait_until_settled(self):
        """It has said "at once", and the server does not wait for ever."""
        try:
            wait_for(self.scene.has_current_token, self.patience_to_settle)
            self.say("the keyring has a current token")
        except AssertionError:
            self.say(f"no current token in the keyring after {self.patience_to_settle} s")

    def _check_what_was_handed_out(self, instance):
        token, serial = self._ask(instance, "the token in use", force_refresh=False)
        known = {s: t for i, t, s in self.handed if i == instance}
        if known and serial < max(known):
            raise Loss(f"serial {max(known)} was handed out, and now it is {serial} again")
        if known.get(serial, token) != token:
            raise Loss(f"serial {serial} is another token than the one that was handed out")

    def _check_that_it_works(self, instance):
        token, serial = self._ask(instance, "a new token", force_refresh=True)
        if not self.standin.is_active(token):
            raise Loss(f"the server does not know the token that was handed out as {serial}")
        grant = self.standin.introspect(token)["grant"]
        if self.wanted_grant not in (None, grant):
            raise Loss("it is a token of the grant before the last sign-in")

    def _check_that_it_rests(self):
        try:
            wait_for(self.scene.has_current_token, self.patience)
        except AssertionError:
            raise Loss("the keyring has no token that the server has not replaced") from None
        self.wait_for_rest()

    def _ask(self, instance, what, **options):
        """What a program gets that does not give up for a passing reason."""
        caller = self.new_caller()
        deadline = time.monotonic() + self.patience
        while True:
            try:
                token, _expires_at, serial = caller.get_access_token(instance, **options)
                self.say(f"{what}: serial {serial}")
                return token, serial
            except BusError as error:
                self.say(f"{what}: {error}")
                if not self.daemon.is_running:
                    raise Loss(f"the daemon ended with {self.daemon.status}") from None
                if error.name not in _PASSING:
                    raise Loss(f"{what}: {error}") from None
                if time.monotonic() > deadline:
                    raise Loss(f"{what}: still {error}") from None
            _pause(0.1)

    def _check_what_lies_about(self):
        complaints = [
            line for line in self.daemon.log.splitlines() if any(c in line for c in _COMPLAINTS)
        ]
        complaints += [f"{path} holds a secret" for path in self.scene.leaks()]
        if complaints:
            raise Loss("; ".join(complaints))

    def close(self):
        for tracer in self._tracers:
            tracer.stop()
        for caller in self.callers:
            caller.close()


def _pause(seconds):
    """Before the next attempt, as a program does that was told to try later."""
    context = GLib.MainContext.default()
    over = []
    GLib.timeout_add(max(0, round(seconds * 1000)), lambda: over.append(True))
    while not over:
        context.iteration(True)
