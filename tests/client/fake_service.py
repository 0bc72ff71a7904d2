#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fake org.claviger.Auth1 for tests of the client: it answers from tables and remembers calls.

It follows the D-Bus XML and knows none of the daemon's rules. What a sign-in does is chosen by the
label of the instance, what a token request does by the instance. Each call is a line of JSON on
stdout, the first line is "ready".
"""

import json
import os
import sys

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

NAME = "org.claviger.Auth1"
PATH = "/org/claviger/Auth1"

ALICE = "11111111-aaaa-4aaa-8aaa-000000000001"
WORK = "11111111-aaaa-4aaa-8aaa-000000000002"
DEAD = "22222222-bbbb-4bbb-8bbb-000000000003"
LOCKED = "33333333-cccc-4ccc-8ccc-000000000004"
LATER = "44444444-dddd-4ddd-8ddd-000000000005"
SITES = "55555555-eeee-4eee-8eee-000000000006"
KEYED = "66666666-ffff-4fff-8fff-000000000007"
CREATED = "99999999-ffff-4fff-8fff-000000000009"

TOKEN = "token-of-alice"
TWO_LINES = "token\r\nX-Evil: 1"
EVIL = "evil\x1b]0;title\x07"


def entry(instance_id, server, status, **more):
    keys = {"instance-id": instance_id, "user-id": "alice", "server-name": server, "owner": "host",
            "kind": "oauth2", "status": status}
    keys.update({key.replace("_", "-"): value for key, value in more.items()})
    variants = {key: GLib.Variant("b" if value is True else "s", value)
                for key, value in keys.items()}
    variants["expires-at"] = GLib.Variant("x", 2000000000)
    variants["scopes"] = GLib.Variant("as", ["read", "write"])
    return variants


INSTANCES = [
    entry(ALICE, "GitHub", "active", account="alice@example.com", revocable=True),
    entry(WORK, "Google Calendar", "active", label="büro", site="https://a.example",
          last_error="The newest credentials are not in the keyring yet"),
    entry(DEAD, "Jira", "needs-sign-in", last_error="The grant is dead"),
    entry(LOCKED, "Slack", "keyring-locked", label=EVIL),
    entry(LATER, "Slack", "unreachable"),
    entry(SITES, "Confluence", "signed-out", label="sites"),
    entry(KEYED, "Mail", "signed-out", kind="basic"),
]

SERVERS = [
    ("Confluence", "confluence", "oauth2", True),
    ("GitHub", "github", "oauth2", False),
    ("Google Calendar", "gcalendar", "oauth2", True),
    ("Jira", "jira", "oauth2", True),
    ("Notion", "notion", "api-key", False),
    ("Slack", "slack", "oauth2;api-key", True),
    ("Help Desk", "help-desk", "api-key;oauth2", False),
    ("Television", "television", "oauth2", True),
    ("Webby", "webby", "oauth2", False),
    ("Codes", "codes", "oauth2", False),
    ("Everybody's", "everybodys", "none", False),
    ("Mail", "mail", "basic", False),
]

# What an older daemon, or one that knows nothing of it, does not say.
MORE = {
    "Google Calendar": {
        "path-name": GLib.Variant("s", "calendar-of-google"),
        "flows": GLib.Variant("as", ["loopback", "paste"]),
        "redirect-uri": GLib.Variant("s", "http://127.0.0.1:18417/callback/gcalendar"),
        "needs-client": GLib.Variant("b", True),
        "create-url": GLib.Variant("s", "https://create.example/gcalendar"),
        "manage-url": GLib.Variant("s", "https://manage.example/gcalendar"),
    },
    "Help Desk": {
        "flows": GLib.Variant("as", ["loopback", "paste"]),
        "redirect-uri": GLib.Variant("s", "http://127.0.0.1:18417/callback/help-desk"),
        "needs-client": GLib.Variant("b", False),
        "key-url": GLib.Variant("s", "https://keys.example/help-desk"),
        "tenant": GLib.Variant("aa{sv}", [
            {"name": GLib.Variant("s", "subdomain"), "pattern": GLib.Variant("s", "[a-z]+"),
             "description": GLib.Variant("s", "what stands before .desk.example")},
            {"name": GLib.Variant("s", "zone"), "default": GLib.Variant("s", "eu")}]),
    },
    "Television": {
        "flows": GLib.Variant("as", ["loopback", "paste", "device"]),
        "redirect-uri": GLib.Variant("s", "http://127.0.0.1:18417/callback/television"),
        "needs-client": GLib.Variant("b", True),
    },
    "Webby": {
        "flows": GLib.Variant("as", ["paste"]),
        "needs-client": GLib.Variant("b", True),
    },
    "Codes": {
        "flows": GLib.Variant("as", ["device"]),
        "needs-client": GLib.Variant("b", False),
    },
    "Mail": {
        "key-url": GLib.Variant("s", "https://keys.example/mail"),
        "key-fields": GLib.Variant("as", ["user", "password"]),
    },
}

RESOURCES = [
    {"id": GLib.Variant("s", "site-1"), "name": GLib.Variant("s", "One"),
     "url": GLib.Variant("s", "https://one.example")},
    {"id": GLib.Variant("s", "site-2"), "name": GLib.Variant("s", "Two"),
     "url": GLib.Variant("s", "https://two.example")},
]

FAILURES = {
    DEAD: ("NeedsSignIn", "The grant is dead"),
    LOCKED: ("KeyringLocked", "The keyring is locked"),
    KEYED: ("NotSignedIn", "It has no credentials"),
    LATER: ("TryLater", "The server asks to wait 30 seconds"),
}


class Refusal(Exception):
    def __init__(self, name, message):
        super().__init__(message)
        self.name = f"{NAME}.Error.{name}"


class Service:
    def __init__(self, connection, interfaces):
        self.connection = connection
        self.interfaces = interfaces
        self.instances = {row["instance-id"].unpack(): row for row in INSTANCES}
        self.authorizations = {}
        connection.register_object(PATH, interfaces[NAME], self.on_call, self.on_get, None)

    def on_get(self, _connection, _sender, _path, _interface, name):
        return {"Version": GLib.Variant("u", 1), "DaemonVersion": GLib.Variant("s", "0.0.fake"),
                "KeyringState": GLib.Variant("s", "unlocked")}[name]

    def on_call(self, _connection, sender, _path, _interface, method, parameters, invocation):
        print(json.dumps([method, *parameters.unpack()]), flush=True)
        try:
            answer = getattr(self, method)(sender, *parameters.unpack())
        except Refusal as refusal:
            invocation.return_dbus_error(refusal.name, str(refusal))
            return
        if method == "Authorize" and self.instances[parameters.unpack()[1]].get("label") is not None:
            if self.instances[parameters.unpack()[1]]["label"].unpack() == "vanish":
                os._exit(0)
        invocation.return_value(answer)

    def get(self, instance_id):
        if instance_id not in self.instances:
            raise Refusal("NotFound", "There is no such instance")
        if instance_id in FAILURES:
            raise Refusal(*FAILURES[instance_id])
        return self.instances[instance_id]

    def auth_data(self, instance_id):
        self.get(instance_id)
        data = {"access_token": GLib.Variant("s", TOKEN), "expires_at": GLib.Variant("x", 2000000000),
                "serial": GLib.Variant("t", 7)}
        if instance_id == WORK:
            data["accessible_resources"] = GLib.Variant("aa{sv}", [])
        if instance_id == ALICE:
            data["not_a_number"] = GLib.Variant("d", float("nan"))
            data["numbers"] = GLib.Variant("ad", [float("inf"), 1.5])
        if instance_id == SITES:
            data["accessible_resources"] = GLib.Variant("aa{sv}", RESOURCES)
        return data

    def GetAccessToken(self, _sender, instance_id, _options):
        self.get(instance_id)
        token = TWO_LINES if instance_id == WORK else TOKEN
        return GLib.Variant("(sxt)", (token, 2000000000, 7))

    def GetInstanceAuth(self, _sender, instance_id, _options):
        return GLib.Variant("(a{sv})", (self.auth_data(instance_id),))

    def GetUserAuth(self, _sender, user_id, server_name, _options):
        if server_name not in [server[0] for server in SERVERS]:
            raise Refusal("UnknownServer", "No such server")
        if user_id != "alice":
            words = "Nobody has signed in"
            if server_name == "Jira":
                words += f". Sign in with: claviger login Jira --user {user_id}"
            return GLib.Variant("(ba{sv}s)", (False, {}, words))
        return GLib.Variant("(ba{sv}s)", (True, self.auth_data(ALICE), ""))

    def ListInstances(self, _sender, wanted):
        found = [row for row in self.instances.values()
                 if all(row[key].unpack() == value for key, value in wanted.items())]
        return GLib.Variant("(aa{sv})", (found,))

    def ListServers(self, _sender, _filter):
        rows = [{"name": GLib.Variant("s", name), "slug": GLib.Variant("s", slug),
                 "kind": GLib.Variant("s", kind), "default-client": GLib.Variant("b", client),
                 "documentation": GLib.Variant("s", f"https://docs.example/{slug}"),
                 **MORE.get(name, {})}
                for name, slug, kind, client in SERVERS]
        return GLib.Variant("(aa{sv})", (rows,))

    def CreateInstance(self, _sender, user_id, server_name, options):
        more = {"label": options["label"]} if "label" in options else {}
        row = entry(CREATED, server_name, "signed-out", **more)
        row["user-id"] = GLib.Variant("s", user_id)
        self.instances[CREATED] = row
        return GLib.Variant("(s)", (CREATED,))

    def DeleteInstance(self, _sender, instance_id, _options):
        self.instances.pop(instance_id, None)
        return GLib.Variant("(b)", (True,))

    def DeleteInstanceAuth(self, _sender, instance_id, _options):
        self.get(instance_id)
        return GLib.Variant("(b)", (False,))

    def SetInstanceAuth(self, _sender, _instance_id, auth_data):
        if "refused" in auth_data.values():
            raise Refusal("InvalidArgument", "That is no key")
        return GLib.Variant("()", ())

    def SetUserAuth(self, _sender, _user_id, _server_name, _auth_data):
        return GLib.Variant("(s)", (CREATED,))

    def SetClient(self, _sender, _server_name, _client_id, _options):
        return GLib.Variant("()", ())

    def ListClients(self, _sender, server_name):
        rows = [{"server-name": GLib.Variant("s", "Confluence"), "client-id": GLib.Variant("s", "cid"),
                 "redirect-uri": GLib.Variant("s", "http://127.0.0.1:18417/callback"),
                 "default": GLib.Variant("b", True), "has-secret": GLib.Variant("b", True)},
                {"server-name": GLib.Variant("s", "Jira"), "client-id": GLib.Variant("s", "bare"),
                 "default": GLib.Variant("b", True), "has-secret": GLib.Variant("b", False)},
                {"server-name": GLib.Variant("s", "Webby"), "client-id": GLib.Variant("s", "ours"),
                 "redirect-uri": GLib.Variant("s", "https://webby.example/callback"),
                 "system": GLib.Variant("b", True), "registered": GLib.Variant("b", False)},
                {"server-name": GLib.Variant("s", "Help Desk"), "client-id": GLib.Variant("s", "its"),
                 "system": GLib.Variant("b", False), "registered": GLib.Variant("b", True)}]
        rows = [row for row in rows if server_name in ("", row["server-name"].unpack())]
        return GLib.Variant("(aa{sv})", (rows,))

    def DeleteClient(self, _sender, _server_name, client_id):
        if client_id == "used":
            raise Refusal("Failed", "The client used of Jira is in use by the instance " + DEAD)
        if client_id != "cid":
            raise Refusal("NotFound", "There is no such client")
        return GLib.Variant("()", ())

    def SelectResource(self, _sender, _instance_id, _resource_id):
        return GLib.Variant("()", ())

    def Authorize(self, sender, server_name, instance_id, options):
        if server_name == "GitHub":
            raise Refusal("NoClient", "No OAuth client is known for GitHub")
        if server_name == "Slack":
            raise Refusal("NoClient", "Add one with: claviger client add Slack CLIENT_ID")
        path = "/".join([PATH, "authorization", sender[1:].replace(".", "_"),
                         options["handle-token"]])
        Authorization(self, path, sender, instance_id, options)
        return GLib.Variant("(o)", (path,))


class Authorization:
    """Ends at once as the label of its instance says, or as the pasted address says."""

    def __init__(self, service, path, sender, instance_id, options):
        self.service, self.path, self.sender, self.options = service, path, sender, options
        self.instance = service.instances[instance_id]
        self.label = self.instance["label"].unpack() if "label" in self.instance else ""
        self.deadline = GLib.get_real_time() // 1000000 + 90
        service.connection.register_object(path, service.interfaces[NAME + ".Authorization"],
                                           self.on_call, self.on_get, None)
        server = self.instance["server-name"].unpack()
        self.flow = options.get("flow", {"Webby": "paste", "Codes": "device"}.get(server, ""))
        self.redirect_uri = "http://127.0.0.1:18417/callback"
        if server == "Webby":
            self.redirect_uri = "https://webby.example/callback"
        if self.flow != "paste" and self.label != "wait":
            GLib.idle_add(self.complete)

    def on_get(self, _connection, _sender, _path, _interface, name):
        code = "ABCD-EFGH" if self.flow == "device" else ""
        return {"InstanceId": self.instance["instance-id"],
                "ServerName": self.instance["server-name"],
                "Url": GLib.Variant("s", "https://idp.example/authorize?state=s"),
                "RedirectUri": GLib.Variant("s", "" if code else self.redirect_uri),
                "UserCode": GLib.Variant("s", code), "Phase": GLib.Variant("s", "waiting"),
                "Deadline": GLib.Variant("x", self.deadline)}[name]

    def on_call(self, _connection, _sender, _path, _interface, method, parameters, invocation):
        print(json.dumps([method, *parameters.unpack()]), flush=True)
        if method == "CompleteFromUrl" and "code=" not in parameters.unpack()[0]:
            invocation.return_dbus_error(NAME + ".Error.InvalidArgument", "The address has no code")
            return
        invocation.return_value(GLib.Variant("()", ()))
        if method == "CompleteFromUrl":
            self.complete()

    def complete(self):
        outcomes = {"denied": ("denied", "Cancelled"), "late": ("timed-out", "TimedOut"),
                    "broken": ("failed", "Refused")}
        outcome, error = outcomes.get(self.label, ("authorized", ""))
        details = {"instance-id": self.instance["instance-id"]}
        if outcome == "authorized":
            self.instance["status"] = GLib.Variant("s", "active")
            self.instance["account"] = GLib.Variant("s", "alice@example.com")
        else:
            details["error"] = GLib.Variant("s", f"{NAME}.Error.{error}")
            details["message"] = GLib.Variant("s", f"It ended as {outcome}")
        self.service.connection.emit_signal(self.sender, self.path, NAME + ".Authorization",
                                            "Completed",
                                            GLib.Variant("(sa{sv})", (outcome, details)))
        return GLib.SOURCE_REMOVE


def main():
    connection = Gio.bus_get_sync(Gio.BusType.SESSION)
    interfaces = {}
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            for interface in Gio.DBusNodeInfo.new_for_xml(file.read()).interfaces:
                interfaces[interface.name] = interface
    service = Service(connection, interfaces)

    def on_line(channel, _condition):
        """Standard input: a JSON array of signal name and arguments to send to everybody."""
        line = channel.readline()
        if not line:
            return GLib.SOURCE_REMOVE
        name, signature, *values = json.loads(line)
        if name == "InstanceChanged":
            service.instances[values[0]]["status"] = GLib.Variant("s", values[1])
        connection.emit_signal(None, PATH, NAME, name, GLib.Variant(signature, tuple(values)))
        return GLib.SOURCE_CONTINUE

    GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN,
                      on_line)
    Gio.bus_own_name_on_connection(connection, NAME, Gio.BusNameOwnerFlags.NONE,
                                   lambda *_: print("ready", flush=True), None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
