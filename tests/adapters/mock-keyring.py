#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Secret Service that misbehaves in the ways named as arguments.

It knows plain sessions only, announces nothing, and keeps one collection:
locked            the collection is locked
no-default        there is no default collection until a prompt has made one
blind             when locked it finds nothing, as KeePassXC
accept, dismiss   what the person answers to every prompt; neither: they are away
liar              writes are carried out, but answered with an error
full              writes fail
asks              CreateItem and Delete want a prompt
elsewhere         an item of ours lies in a second, locked collection
many              it has 450 items of ours
fails-third       the third GetSecrets fails, and counting begins anew
replace           takes the name from whoever has it
mute=METHOD       that method is carried out, and not answered
dies=METHOD       it is killed when the method is called
dies-after=METHOD it is killed when it has carried the method out, before it answers
garbage=METHOD    that method is answered with something of another type
"""
import os
import signal
import sys

import dbus
import dbus.lowlevel
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

ROOT = "/org/freedesktop/secrets"
SERVICE = "org.freedesktop.Secret.Service"
COLLECTION = "org.freedesktop.Secret.Collection"
ITEM = "org.freedesktop.Secret.Item"
PROMPT = "org.freedesktop.Secret.Prompt"
DEFAULT = ROOT + "/collection/only"
OTHER = ROOT + "/collection/other"
MOVED = "1b3d4c5e-1111-4222-8333-444455556666"


def failure(name):
    return dbus.DBusException("as the test wants it", name=name)


class Trouble:
    """What happens to a call before its method sees it, and to its answer."""

    def __init__(self, state):
        self.state = state
        state.bus.add_message_filter(self.on_message)

    def on_message(self, bus, message):
        if message.get_type() != dbus.lowlevel.MESSAGE_TYPE_METHOD_CALL:
            return dbus.lowlevel.HANDLER_RESULT_NOT_YET_HANDLED
        member = message.get_member()
        if "dies=" + member in self.state.words:
            os.kill(os.getpid(), signal.SIGKILL)
        if "garbage=" + member in self.state.words:
            reply = dbus.lowlevel.MethodReturnMessage(message)
            reply.append(["neither", "here", "nor", "there"], signature="as")
            bus.send_message(reply)
            return dbus.lowlevel.HANDLER_RESULT_HANDLED
        if "mute=" + member in self.state.words:
            message.set_no_reply(True)
        return dbus.lowlevel.HANDLER_RESULT_NOT_YET_HANDLED

    def after(self, member):
        if "dies-after=" + member in self.state.words:
            os.kill(os.getpid(), signal.SIGKILL)


class State:
    def __init__(self, bus, words):
        self.bus = bus
        self.words = words
        self.locked = "locked" in words
        self.default = "no-default" not in words
        self.other_locked = "elsewhere" in words
        self.items = {}
        self.created = 0
        self.prompts = []  # what each did: shown, dismissed
        self.log = []
        self.trouble = Trouble(self)

    def new_prompt(self, action):
        path = f"{ROOT}/prompt/p{len(self.prompts)}"
        self.prompts.append(Prompt(self, path, action))
        return dbus.ObjectPath(path)

    def write(self, member, change):
        if self.locked:
            raise failure("org.freedesktop.Secret.Error.IsLocked")
        if "full" in self.words:
            raise failure("org.freedesktop.DBus.Error.Failed")
        change()
        self.trouble.after(member)
        if "liar" in self.words:
            raise failure("org.freedesktop.DBus.Error.Failed")


class Prompt(dbus.service.Object):
    def __init__(self, state, path, action):
        super().__init__(state.bus, path)
        self.state = state
        self.action = action

    @dbus.service.method(PROMPT, in_signature="s")
    def Prompt(self, window):
        self.state.log.append("prompt")
        if "accept" in self.state.words:
            self.action()
            self.Completed(False, dbus.String(""))
        elif "dismiss" in self.state.words:
            self.Completed(True, dbus.String(""))

    @dbus.service.method(PROMPT)
    def Dismiss(self):
        self.state.log.append("dismiss")

    @dbus.service.signal(PROMPT, signature="bv")
    def Completed(self, dismissed, result):
        pass


class Item(dbus.service.Object):
    def __init__(self, state, path, attributes, secret):
        super().__init__(state.bus, path)
        self.state = state
        self.path = path
        self.attributes = attributes
        self.secret = secret

    @dbus.service.method(ITEM, in_signature="(oayays)")
    def SetSecret(self, secret):
        self.state.write("SetSecret", lambda: setattr(self, "secret", secret[2]))

    @dbus.service.method(ITEM, out_signature="o")
    def Delete(self):
        if "asks" in self.state.words:
            return self.state.new_prompt(lambda: None)
        del self.state.items[self.path]
        self.remove_from_connection()
        self.state.trouble.after("Delete")
        return dbus.ObjectPath("/")


class Collection(dbus.service.Object):
    def __init__(self, state, path):
        super().__init__(state.bus, path)
        self.state = state
        self.path = path

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature="ss", out_signature="v")
    def Get(self, interface, name):
        assert (interface, name) == (COLLECTION, "Locked")
        return self.state.locked if self.path == DEFAULT else self.state.other_locked

    @dbus.service.method(COLLECTION, in_signature="a{sv}(oayays)b", out_signature="oo")
    def CreateItem(self, properties, secret, replace):
        if "asks" in self.state.words:
            return dbus.ObjectPath("/"), self.state.new_prompt(lambda: None)
        self.state.created += 1
        path = dbus.ObjectPath(f"{self.path}/i{self.state.created}")
        attributes = properties[ITEM + ".Attributes"]

        def change():
            self.state.items[path] = Item(self.state, path, attributes, secret[2])

        self.state.write("CreateItem", change)
        return path, dbus.ObjectPath("/")


class Service(dbus.service.Object):
    def __init__(self, state):
        super().__init__(state.bus, ROOT)
        self.state = state
        Collection(state, DEFAULT)
        Collection(state, OTHER)
        self.reads = 0
        for number in range(450 if "many" in state.words else 0):
            uuid = f"{number:08x}-1111-4222-8333-444455556666"
            path = dbus.ObjectPath(f"{DEFAULT}/many{number}")
            attributes = {"application": "org.claviger", "kind": "credentials", "id": uuid}
            secret = f"claviger credentials {uuid}\n{uuid}".encode()
            state.items[path] = Item(state, path, attributes, secret)
        if state.other_locked:
            path = dbus.ObjectPath(OTHER + "/moved")
            attributes = {"application": "org.claviger", "kind": "credentials", "id": MOVED}
            secret = f"claviger credentials {MOVED}\nold".encode()
            state.items[path] = Item(state, path, attributes, secret)

    @dbus.service.method(SERVICE, in_signature="sv", out_signature="vo")
    def OpenSession(self, algorithm, data):
        if algorithm != "plain":
            raise failure("org.freedesktop.DBus.Error.NotSupported")
        return dbus.String("", variant_level=1), dbus.ObjectPath(ROOT + "/session/s")

    @dbus.service.method(SERVICE, in_signature="s", out_signature="o")
    def ReadAlias(self, name):
        return dbus.ObjectPath(DEFAULT if self.state.default else "/")

    @dbus.service.method(SERVICE, in_signature="a{sv}s", out_signature="oo")
    def CreateCollection(self, properties, alias):
        assert alias == "default" and str(properties[COLLECTION + ".Label"])
        prompt = self.state.new_prompt(lambda: setattr(self.state, "default", True))
        return dbus.ObjectPath("/"), prompt

    @dbus.service.method(SERVICE, in_signature="a{ss}", out_signature="aoao")
    def SearchItems(self, wanted):
        found = ([], [])
        for path, item in self.state.items.items():
            locked = self.state.locked if path.startswith(DEFAULT) else self.state.other_locked
            if locked and "blind" in self.state.words:
                continue
            if all(item.attributes.get(key) == value for key, value in wanted.items()):
                found[locked].append(path)
        return dbus.Array(found[0], signature="o"), dbus.Array(found[1], signature="o")

    @dbus.service.method(SERVICE, in_signature="aoo", out_signature="a{o(oayays)}")
    def GetSecrets(self, paths, session):
        self.reads += 1
        if "fails-third" in self.state.words and self.reads == 3:
            self.reads = 0
            raise failure("org.freedesktop.DBus.Error.Failed")
        return dbus.Dictionary(
            {
                path: dbus.Struct(
                    (session, dbus.ByteArray(b""), dbus.ByteArray(bytes(self.state.items[path].secret)), "text/plain"),
                    signature="oayays",
                )
                for path in paths
            },
            signature="o(oayays)",
        )

    @dbus.service.method(SERVICE, in_signature="ao", out_signature="aoo")
    def Unlock(self, paths):
        self.state.log.append("unlock " + " ".join(paths))

        def action():
            self.state.locked = self.state.locked and DEFAULT not in paths
            self.state.other_locked = self.state.other_locked and OTHER not in paths

        return dbus.Array([], signature="o"), self.state.new_prompt(action)

    # For the test itself.
    @dbus.service.method("org.claviger.Mock", in_signature="as")
    def SetWords(self, words):
        self.state.words = words
        self.state.locked = "locked" in words

    @dbus.service.method("org.claviger.Mock", out_signature="s")
    def TakeLog(self):
        text = ", ".join(self.state.log)
        self.state.log.clear()
        return text


def main():
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus()
    service = Service(State(bus, sys.argv[1:]))
    name = dbus.service.BusName(
        "org.freedesktop.secrets",
        bus,
        allow_replacement=True,
        replace_existing="replace" in sys.argv,
        do_not_queue=True,
    )
    GLib.MainLoop().run()
    del service, name


main()
