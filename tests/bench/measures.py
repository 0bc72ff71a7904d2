# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One function for each thing that is measured; each gets a world of its own with a running daemon."""

import json
import subprocess
import time
from pathlib import Path
from statistics import mean, median

from e2e.caller import NAME, auth_data, options
from e2e.daemon import program_from
from e2e.program import Program
from e2e.waiting import wait_for

_PING = "org.claviger.Bench.Ping"
# Debug output would be measured too.
quiet_environment = {"G_MESSAGES_DEBUG": "", "G_DEBUG": ""}
_CALLERS = 50
_SLOW = 2.0  # seconds that the server takes for a refresh
_POOL_IDLE = 20  # seconds; GLib ends a pool's idle thread after 15


def _run(world, *command):
    done = subprocess.run(
        [str(word) for word in command],
        env=world.environment,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    if done.returncode != 0:
        raise AssertionError(f"{command[0]}: {done.stderr}")
    return json.loads(done.stdout)


def start_pingd(world, tools):
    pingd = Program([tools / "pingd", _PING], world.environment, world.tree.log / "pingd.log")
    world.bus.wait_for_name(_PING)
    return pingd


def _calls(world, tools, instance, calls, rounds, window=_CALLERS):
    counts = ["--calls", calls, "--rounds", rounds, "--window", window]
    return _run(world, tools / "bench-calls", "--ping", _PING, *counts, instance)


def cached_calls(world, tools, size, table):
    """A token from memory, against GDBus answering Ping by itself."""
    instance = world.sign_in()
    pingd = start_pingd(world, tools)
    found = _calls(world, tools, instance, size["calls"], size["rounds"])
    pingd.terminate()
    token, ping = found["token"], found["ping"]
    table.ratio("cached token, median of one call", token["median"], ping["median"], "µs", "1.65")
    table.ratio("cached token, 99th percentile", token["p99"], ping["p99"], "µs", "1.65")
    table.ratio(f"cached token, {_CALLERS} in flight", token["rate"], ping["rate"], "/s", "0.75")


def _sign_in_stale(world, delay=_SLOW, **named):
    """Signed in with a token that has expired, and a server that takes its time for the next one."""
    world.standin.change(expires_in=1)
    instance = world.sign_in(world.caller.create_instance(**named))
    expires_at = world.caller.instance(instance)["expires-at"]
    wait_for(lambda: time.time() > expires_at, what="the token to expire")
    world.standin.change(expires_in=3600)
    world.standin.clear_requests()
    world.standin.fault("token", delay=delay)
    return instance


def joined_refresh(world, tools, size, table):
    """50 programs want the same expired token from a server that takes its time."""
    instance = _sign_in_stale(world)
    callers = [world.new_caller() for _ in range(_CALLERS)]
    begin = time.monotonic()
    pending = [c.begin("GetAccessToken", "(sa{sv})", (instance, options())) for c in callers]
    wait_for(lambda: all(p.is_done for p in pending), 20, "all callers to be served")
    seconds = time.monotonic() - begin
    tokens = {p.result()[0] for p in pending}
    requests = len(world.standin.requests("token"))
    table.must_be(f"{_CALLERS} callers of one expired token: refreshes", requests, 1)
    table.must_be("… different tokens that they got", len(tokens), 1)
    table.ratio("… until all are served", seconds, _SLOW, "s", "1.02")


def other_instance_waits(world, tools, size, table):
    """A cached token while the refresh of another instance waits for its server."""
    cached = world.sign_in(world.caller.create_instance(user_id="grace"))
    calls = max(size["calls"] // 10, 200)
    pingd = start_pingd(world, tools)

    def in_pings():
        found = _calls(world, tools, cached, calls, 10, window=0)
        return found["token"]["median"] / found["ping"]["median"]

    quiet = [in_pings()]
    stale = _sign_in_stale(world, user_id="ada", delay=calls / 200)
    waiting = world.caller.begin("GetAccessToken", "(sa{sv})", (stale, options()))
    wait_for(lambda: world.standin.requests("token"), what="the refresh to be on the wire")
    busy = in_pings()
    was_waiting = not waiting.is_done
    waiting.result()
    quiet.append(in_pings())
    pingd.terminate()
    what = "cached token while another's refresh waits, median"
    table.ratio(what, busy, mean(quiet), "pings", "1.00")
    table.must_be("… the other was still waiting then", "yes" if was_waiting else "no", "yes")


def command_line(world, tools, size, table):
    """`claviger token` as a whole process, against the least that a GDBus program does."""
    instance = world.sign_in()
    claviger = [*program_from("CLAVIGER"), "token", instance]
    onecall = [tools / "onecall", instance]
    spawns = [size["spawns"], "--", *claviger, "--", *onecall]
    token, floor = _run(world, tools / "bench-spawn", *spawns)
    what = "`claviger token`, whole process"
    table.ratio(what, token["median"], floor["median"], "µs", "1.10")


def start_time(world, tools, size, table):
    """From spawn to the name on the bus, with one instance in the keyring."""
    world.sign_in()
    world.daemon.stop()
    commands = {
        "clavigerd": (NAME, *program_from("CLAVIGERD")),
        "floor": (_PING, tools / "pingd-links", _PING),
    }
    times = {name: [] for name in commands}
    for turn in range(size["starts"] + 1):
        for name, command in commands.items():
            microseconds = _run(world, tools / "bench-start", *command)
            if turn > 0:  # the first fills the page cache
                times[name].append(microseconds)
    what = "daemon, spawn to name owned"
    table.ratio(what, median(times["clavigerd"]), median(times["floor"]), "µs", "1.20")


def idle_wakeups(world, tools, size, table):
    """How often any thread of the daemon runs while nobody asks anything."""
    instance = world.sign_in()
    world.caller.get_access_token(instance)
    wakeups = wakeups_at_rest(world.daemon.pid, size["idle"])
    table.value(f"wake-ups in {size['idle']} s at rest", wakeups, "", "0")


def memory_by_instances(world, tools, size, table):
    """Resident and proportional memory of a daemon that has just started, by what it keeps."""
    pings = start_pingd(world, tools)
    floor = _start_floor(world, tools)
    instances = []
    for count in size["instances"]:
        while len(instances) < count:
            instances.append(_add_instance(world, len(instances)))
        _restart_quietly(world)
        for instance in instances:
            world.caller.get_access_token(instance)
        rss, pss = memory(world.daemon.pid)
        what = f"memory with {count} instance{'s' if count > 1 else ''}"
        table.ratio(f"{what}, RSS", rss, memory(floor.pid)[0], "MB", "13 MB")
        table.ratio(f"{what}, PSS", pss, memory(floor.pid)[1], "MB", "")

    before = memory(world.daemon.pid)[0]
    _calls(world, tools, instances[0], size["memory_calls"], 10, window=0)
    after = memory(world.daemon.pid)[0]
    table.ratio(f"RSS after {size['memory_calls']:,} calls more", after, before, "MB", "1.00")
    floor.terminate()
    pings.terminate()


# Means.


def _start_floor(world, tools):
    name = f"{_PING}.Links"
    floor = Program([tools / "pingd-links", name], world.environment, world.tree.log / "floor.log")
    world.bus.wait_for_name(name)
    return floor


def _add_instance(world, number):
    """Credentials that somebody else got: as much as a sign-in keeps, without the browser."""
    instance = world.caller.create_instance(user_id=f"user{number}")
    values = auth_data(
        access_token=f"a{number:06}" + "x" * 2041,
        refresh_token=f"r{number:06}" + "x" * 1017,
        expires_at=int(time.time()) + 3600,
    )
    world.caller.call("SetInstanceAuth", "(sa{sv})", (instance, values), timeout=60)
    return instance


def _restart_quietly(world):
    world.daemon.restart(**quiet_environment)


def memory(pid):
    """RSS and PSS in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return kilobytes["Rss"] / 1024, kilobytes["Pss"] / 1024


def wakeups_at_rest(pid, seconds):
    """How often any thread ran, from when the last pool thread of what went before has ended."""
    time.sleep(_POOL_IDLE)
    before = _switches(pid)
    time.sleep(seconds)
    after = _switches(pid)
    # A thread that has come counts in full; one that has gone was awake once more to go.
    return sum(after[t] - before.get(t, 0) for t in after) + len(before.keys() - after.keys())


def _switches(pid):
    """Voluntary context switches by thread: each is a sleep that something ended."""
    found = {}
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines())
        found[status.parent.name] = int(fields["voluntary_ctxt_switches"])
    return found
