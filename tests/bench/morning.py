# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured of a crowd: the start, the rest, and the morning on which all have expired."""

import json
import os
import random
import subprocess
import time
from pathlib import Path
from statistics import median

from bench.crowd import Crowd, Vault, Writes, make_grants
from bench.measures import memory, quiet_environment, start_pingd, wakeups_at_rest
from e2e.caller import options
from e2e.waiting import wait_for

LATENCY = 0.05  # seconds that the server takes for a refresh, besides its own work
_CALLS_AT_ONCE = 100
_CALL_EVERY = 0.3  # seconds between calls for a token that has expired
_POLL = 0.1
_CPU_TICK = os.sysconf("SC_CLK_TCK")


def measure(world, tools, count, write_delay, idle):
    """All that the growth table has of `count` instances, by row."""
    found = {"instances": count}
    world.keyring.start()
    world.start_standin(access_token_size=2048)
    world.daemon.start(**quiet_environment)
    world.add_client()
    template = world.sign_in()
    world.daemon.stop()
    vault = Vault(world)
    crowd = Crowd(world, vault, template, count)
    crowd.fill()

    found |= _start(world, vault, crowd)
    found["wakeups"] = wakeups_at_rest(world.daemon.pid, idle)
    found["alone"] = _refresh_alone(world, template)
    world.daemon.stop()
    crowd.expire()
    if write_delay:
        vault.set_delay(write_delay)
    found |= _morning(world, tools, vault, crowd, template, write_delay)
    found |= _floor(world, tools, crowd, found["peak"])
    return found


def _call_all(world, instances, **named):
    """GetAccessToken of each of them, many at once; the answers."""
    answers = []
    for first in range(0, len(instances), _CALLS_AT_ONCE):
        some = instances[first : first + _CALLS_AT_ONCE]
        calls = [_begin(world, instance, **named) for instance in some]
        answers += [call.result(60) for call in calls]
    return answers


def _begin(world, instance, **named):
    return world.caller.begin("GetAccessToken", "(sa{sv})", (instance, options(**named)))


# The start.


def _start(world, vault, crowd):
    """From spawn to the name and to the first token, and what is in memory then."""
    floor = min(vault.read_all() for _ in range(3))
    begin = time.monotonic()
    world.daemon.start(timeout=60, **quiet_environment)
    named = time.monotonic() - begin
    _begin(world, crowd.ids[-1]).result(120)
    served = time.monotonic() - begin
    assert len(_call_all(world, crowd.ids)) == len(crowd.ids)
    rss, pss = memory(world.daemon.pid)
    peak = _status(world.daemon.pid, "VmHWM") / 1024
    return {"named": named, "served": served, "read_floor": floor, "rss": rss, "pss": pss,
            "peak_rss": peak}  # fmt: skip


def _status(pid, field):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


def _refresh_alone(world, template):
    """Seconds of a caller's refresh while nothing else goes on."""
    world.standin.fault("token", delay=LATENCY, times=None)
    times = []
    for _ in range(5):
        begin = time.monotonic()
        world.caller.get_access_token(template, force_refresh=True)
        times.append(time.monotonic() - begin)
    return median(times)


# The morning.


def _morning(world, tools, vault, crowd, template, write_delay):
    world.standin.clear_requests()
    writes = Writes(world)
    pingd = start_pingd(world, tools)
    begin = time.time()
    world.daemon.start(timeout=60, **quiet_environment)
    calls = _start_cached_calls(world, tools, template) if len(crowd.ids) >= 1000 else None
    watch = _Watch(world, crowd)
    wait_for(watch.is_over, 60 + len(crowd.ids), "all to be fresh")
    cpu = watch.cpu()
    cached = _end_cached_calls(calls)
    pingd.terminate()

    requests = world.standin.requests("token")
    load = world.standin.load()
    used = [request["body"]["refresh_token"] for request in requests]
    wanted = {grant["refresh_token"] for grant in crowd.grants}
    fresh = max(r["time"] for r in requests) + LATENCY - min(r["time"] for r in requests)
    written = len(writes.all())
    serials = {serial for _, _, serial in _call_all(world, crowd.ids)}
    assert len(serials) == 1 and serials != {1}, serials
    if write_delay:
        # All are served and all are safe; the hours that such a keyring needs are not waited for.
        vault.set_delay(0)
    _wait_for_keyring(world, writes, crowd)
    stored = time.time() - begin
    writes.stop()
    return {
        "requests": len(requests),
        "once": len(set(used)) == len(used) and set(used) == wanted,
        "peak": load["peak"],
        "connections": load["connections"],
        "first": min(r["time"] for r in requests) - begin,
        "fresh": fresh,
        "cpu": cpu / len(crowd.ids),
        "callers": watch.waited,
        "cached": cached,
        "writes": len(writes.all()) / len(crowd.ids),
        "written_when_fresh": written,
        "stored": stored,
        "journal_peak": watch.journal_peak,
        "rss_morning": watch.rss,
        "rss_after": memory(world.daemon.pid)[0],
    }


class _Watch:
    """Looks at a morning while it lasts, and makes a call now and then."""

    def __init__(self, world, crowd):
        self._world = world
        self._crowd = crowd
        self._next_look = self._next_call = 0
        self._call = None
        self._begun = 0
        self.waited = []  # seconds of the calls that had to wait for their server
        self.journal_peak = 0
        self.rss = 0

    def is_over(self):
        now = time.monotonic()
        self._follow_call(now)
        if now < self._next_look:
            return False
        self._next_look = now + _POLL
        self.journal_peak = max(self.journal_peak, len(_journal(self._world)))
        self.rss = max(self.rss, memory(self._world.daemon.pid)[0])
        load = self._world.standin.load()
        is_done = load["requests"] >= len(self._crowd.ids) and load["in_flight"] == 0
        return is_done and self._call is None

    def cpu(self):
        """Seconds that the daemon has computed since it began."""
        fields = Path(f"/proc/{self._world.daemon.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _CPU_TICK

    def _follow_call(self, now):
        """The program that rejects a token is served first; most tokens are not fresh yet."""
        if self._call is not None and self._call.is_done:
            self._call.result()
            waited = now - self._begun
            if waited > LATENCY:
                self.waited.append(waited)
            self._call = None
            self._next_call = now + _CALL_EVERY
        elif self._call is None and now >= self._next_call:
            if self._world.standin.load()["requests"] >= len(self._crowd.ids):
                return
            self._begun = time.monotonic()
            self._call = _begin(self._world, random.choice(self._crowd.ids))


def _journal(world):
    directory = world.tree.state / "claviger" / "journal"
    return os.listdir(directory) if directory.exists() else []


def _start_cached_calls(world, tools, instance):
    """A program that wants a token that is fresh, all the time."""
    command = [tools / "bench-calls", "--ping", "org.claviger.Bench.Ping", "--window", 0,
               "--calls", 2000, "--rounds", 40, instance]  # fmt: skip
    return subprocess.Popen(
        [str(word) for word in command], env=world.environment, stdout=subprocess.PIPE, text=True
    )


def _end_cached_calls(calls):
    """Median and 99th percentile, in Pings of the same rounds."""
    if calls is None:
        return None
    found = json.loads(calls.communicate()[0])
    token, ping = found["token"], found["ping"]
    return {"median": token["median"] / ping["median"], "p99": token["p99"] / ping["p99"],
            "p99_us": token["p99"]}  # fmt: skip


def _wait_for_keyring(world, writes, crowd):
    """Until every rotation is in the keyring and the journal is empty."""
    wait_for(lambda: _journal(world) == [], 3600, "the journal to be empty")
    # The bus tells the watcher of a write when it has time to.
    wait_for(lambda: len({path for path, _ in writes.all()}) == len(crowd.ids), 10, "all writes")


# The floor.


def _floor(world, tools, crowd, connections):
    """The same number of refreshes by a client that keeps nothing, as many at a time."""
    grants = make_grants(world, len(crowd.ids))
    client = {"client_id": world.client_id, "client_secret": world.client_secret}
    bodies = "\n".join(
        json.dumps({"grant_type": "refresh_token", "refresh_token": g["refresh_token"]} | client)
        for g in grants
    )
    done = subprocess.run(
        [tools / "bench-refresh", world.standin.endpoints["token_endpoint"], str(connections)],
        input=bodies, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {"floor": json.loads(done.stdout)["seconds"]}
