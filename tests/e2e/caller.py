# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that uses Claviger over D-Bus, with a connection and hence a name of its own."""

from gi.repository import Gio, GLib

from e2e.waiting import wait_for

NAME = "org.claviger.Auth1"
PATH = "/org/claviger/Auth1"
AUTHORIZATION = "org.claviger.Auth1.Authorization"
_ERRORS = "org.claviger.Auth1.Error."

# Options that are not strings (contract, section 2).
_OPTION_TYPES = {
    "default": "b",
    "force-refresh": "b",
    "interactive": "b",
    "min-validity": "u",
    "open-browser": "b",
    "rejected-serial": "t",
    "revoke": "b",
    "tenant": "a{ss}",
    "timeout": "u",
}


class BusError(Exception):
    """An error answer; `name` is without the common prefix where it is one of ours: `NotFound`."""

    def __init__(self, error):
        name = Gio.DBusError.get_remote_error(error)
        Gio.DBusError.strip_remote_error(error)
        self.name = (name or "local").removeprefix(_ERRORS)
        self.message = error.message
        super().__init__(f"{self.name}: {self.message}")


def refusal_of(call, *arguments, **named):
    """The BusError that this call ends with."""
    try:
        answer = call(*arguments, **named)
    except BusError as error:
        return error
    raise AssertionError(f"it went well, and should not have: {answer}")


def error_of(call, *arguments, **named):
    """Its name alone."""
    return refusal_of(call, *arguments, **named).name


def options(**values):
    """`min_validity=5` as the a{sv} that the contract has; a Variant is taken as it is."""
    named = {name.replace("_", "-"): value for name, value in values.items()}
    return {
        name: value
        if isinstance(value, GLib.Variant)
        else GLib.Variant(_OPTION_TYPES.get(name, "s"), value)
        for name, value in named.items()
    }


def auth_data(**values):
    """Credentials as a{sv}: strings, and numbers as the contract's `x`."""
    return {
        name: GLib.Variant("s" if isinstance(value, str) else "x", value)
        for name, value in values.items()
    }


class Pending:
    """A call that is under way; to be asked "not yet?" before it is waited for."""

    def __init__(self):
        self._reply = None
        self._error = None

    @property
    def is_done(self):
        return self._reply is not None or self._error is not None

    def result(self, timeout=20):
        wait_for(lambda: self.is_done, timeout, "the answer to a call")
        if self._error is not None:
            raise BusError(self._error)
        return self._reply.unpack()

    def on_reply(self, connection, result):
        try:
            self._reply = connection.call_finish(result)
        except GLib.Error as error:
            self._error = error


class Caller:
    def __init__(self, bus):
        self._connection = bus.connect()
        self.name = self._connection.get_unique_name()
        self.signals = []  # (path, member, arguments) of all that reached this connection
        self._subscription = self._connection.signal_subscribe(
            None, None, None, None, None, Gio.DBusSignalFlags.NONE, self._on_signal
        )

    def _on_signal(self, connection, sender, path, interface, member, arguments):
        if interface.startswith(NAME) or interface == "org.freedesktop.DBus.Properties":
            self.signals.append((path, member, arguments.unpack()))

    def close(self):
        """Leaves the bus, as a program does that ends."""
        if not self._connection.is_closed():
            self._connection.signal_unsubscribe(self._subscription)
            self._connection.close_sync(None)

    # Any method.

    def begin(self, method, signature="()", arguments=(), *, path=PATH, interface=NAME):
        """Calls without waiting."""
        pending = Pending()
        self._connection.call(
            NAME,
            path,
            interface,
            method,
            GLib.Variant(signature, arguments),
            None,
            Gio.DBusCallFlags.NONE,
            GLib.MAXINT32,
            None,
            pending.on_reply,
        )
        return pending

    def call(self, method, signature="()", arguments=(), *, timeout=20, **where):
        """The answer as a tuple of plain values; a BusError if there is none."""
        return self.begin(method, signature, arguments, **where).result(timeout)

    def get(self, name, *, path=PATH, interface=NAME):
        """A property."""
        reply = self.call(
            "Get",
            "(ss)",
            (interface, name),
            path=path,
            interface="org.freedesktop.DBus.Properties",
        )
        return reply[0]

    # The ones that nearly every test needs.

    def create_instance(self, user_id="ada", server_name="Confluence", **named):
        return self.call("CreateInstance", "(ssa{sv})", (user_id, server_name, options(**named)))[0]

    def list_instances(self, **named):
        return self.call("ListInstances", "(a{sv})", (options(**named),))[0]

    def instance(self, instance_id):
        """What ListInstances says of this one, or None."""
        instances = self.list_instances()
        return next((i for i in instances if i["instance-id"] == instance_id), None)

    def set_client(self, server_name, client_id, **named):
        self.call("SetClient", "(ssa{sv})", (server_name, client_id, options(**named)))

    def authorize(self, instance_id, server_name="Confluence", **named):
        """Begins a sign-in; the browser is the test's business unless `open_browser=True`."""
        named = {"open_browser": False, **named}
        reply = self.call("Authorize", "(ssa{sv})", (server_name, instance_id, options(**named)))
        return Authorization(self, reply[0])

    def get_access_token(self, instance_id, **named):
        """Token, expiry and serial."""
        return self.call("GetAccessToken", "(sa{sv})", (instance_id, options(**named)))

    def begin_refresh(self, instance_id):
        """GetAccessToken of a new token, without waiting."""
        arguments = (instance_id, options(force_refresh=True))
        return self.begin("GetAccessToken", "(sa{sv})", arguments)

    def get_instance_auth(self, instance_id, **named):
        return self.call("GetInstanceAuth", "(sa{sv})", (instance_id, options(**named)))[0]


class Authorization:
    """A sign-in in progress."""

    def __init__(self, caller, path):
        self._caller = caller
        self.path = path

    @property
    def url(self):
        return self.get("Url")

    @property
    def phase(self):
        return self.get("Phase")

    def get(self, name):
        return self._caller.get(name, path=self.path, interface=AUTHORIZATION)

    def call(self, method, signature="()", arguments=()):
        return self._caller.call(
            method, signature, arguments, path=self.path, interface=AUTHORIZATION
        )

    def completed(self):
        """The arguments of its Completed signal so far: outcome and details, or None."""
        return next((a for member, a in self._signals() if member == "Completed"), None)

    def has_been(self, phase):
        """Was this phase told in a signal?"""
        changes = [a[1] for member, a in self._signals() if member == "PropertiesChanged"]
        return {"Phase": phase} in changes

    def _signals(self):
        return [(m, arguments) for p, m, arguments in self._caller.signals if p == self.path]

    def wait(self, timeout=20):
        return wait_for(self.completed, timeout, "the sign-in to be over")
