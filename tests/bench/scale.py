#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures how clavigerd grows with the number of instances; prints the table "Growth" of
docs/performance.md.

    ./dev bench --scale [--short]

Up to 1,000 instances are kept by a real gnome-keyring; for 10,000, whose filling alone would take
it hours, keyring-double stands in and takes as long for a write as that one would. A refresh that
was made twice, or not at all, ends the run with 1; a slow machine does not.
"""

import argparse
import os
import sys
from pathlib import Path
from statistics import median

# Run as a program: the harness lies one folder up.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.bench import machine  # noqa: E402
from bench.crowd import CrowdedWorld  # noqa: E402
from bench.morning import LATENCY, measure  # noqa: E402

# Instances, and milliseconds of a write of the double; None: GNOME Keyring.
_FULL = [(10, None), (100, None), (1000, None), (10_000, 500)]
_SHORT = [(10, None), (100, 10)]


def parse_options():
    parser = argparse.ArgumentParser(
        prog="./dev bench --scale", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--short", action="store_true", help="a look in two minutes")
    parser.add_argument("--build", type=Path, default=Path("_build"), help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    options = parse_options()
    build = options.build.resolve()
    os.environ["CLAVIGERD"] = str(build / "daemon" / "clavigerd")
    tools = build / "tests" / "bench"
    columns = []
    for count, write_delay in _SHORT if options.short else _FULL:
        print(f"{count} instances …", file=sys.stderr, flush=True)
        with CrowdedWorld(None if write_delay is None else tools / "keyring-double") as world:
            found = measure(world, tools, count, write_delay, 10 if options.short else 30)
        print(found, file=sys.stderr, flush=True)
        columns.append(found | {"write_delay": write_delay})
    print(_markdown(columns))
    sys.exit(not all(column["once"] for column in columns))


# The table: a row for each thing, a column for each number of instances.


def _rows():
    """What it is, and how it reads in a column."""
    yield "keyring", lambda c: "GNOME Keyring" if c["write_delay"] is None else "its double"
    yield "start: spawn to name owned", lambda c: _ms(c["named"])
    yield "start: spawn to the first token, all being read", lambda c: _ms(c["served"])
    yield "… floor: the same read by a bare client", lambda c: _ms(c["read_floor"])
    yield "memory when all have been served, RSS (PSS)", lambda c: f"{c['rss']:.0f} MB ({c['pss']:.0f})"
    yield "… at most while starting", lambda c: f"{c['peak_rss']:.0f} MB"
    yield "… at most during the morning, and after it", _morning_memory
    yield "wake-ups at rest", lambda c: f"**{c['wakeups']}**"
    yield "morning: refresh requests", lambda c: f"**{c['requests']}**"
    yield "… each instance exactly once", lambda c: "**yes**" if c["once"] else "**NO**"
    yield "… at once at most, over connections", lambda c: f"{c['peak']}, {c['connections']}"
    yield "… spawn to the first request", lambda c: _ms(c["first"])
    yield "… first request to the last answer", lambda c: _ms(c["fresh"])
    yield "… floor: a bare client, and the ratio", _floor
    yield "… the daemon's CPU time for each", lambda c: _ms(c["cpu"])
    yield "… a caller's refresh in the middle of it", _callers
    yield "… a cached token meanwhile, median (99th)", _cached
    yield "… keyring writes for each rotation", lambda c: f"**{c['writes']:.2f}**"
    yield "… of these done when all were fresh", lambda c: f"{c['written_when_fresh']}"
    yield "… until all are in the keyring", _stored
    yield "… files in the journal at most", lambda c: f"{c['journal_peak']}"


def _ms(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _morning_memory(column):
    return f"{column['rss_morning']:.0f}, {column['rss_after']:.0f} MB"


def _floor(column):
    return f"{_ms(column['floor'])}, **{column['fresh'] / column['floor']:.2f}**"


def _callers(column):
    """Against the same when nothing else goes on."""
    if not column["callers"]:
        return "–"
    waited = median(column["callers"])
    return f"{_ms(waited)} (**{waited / column['alone']:.2f}** × alone)"


def _cached(column):
    cached = column["cached"]
    return f"**{cached['median']:.2f}** ({cached['p99']:.2f}) Pings" if cached else "–"


def _stored(column):
    if not column["write_delay"]:
        return _ms(column["stored"])
    minutes = column["instances"] * column["write_delay"] / 60_000
    return f"{minutes:.0f} min at {column['write_delay']} ms each (computed)"


def _markdown(columns):
    head = ["instances", *(f"{column['instances']:,}" for column in columns)]
    rule = ["---", *("--:" for _ in columns)]
    rows = [[what, *(show(column) for column in columns)] for what, show in _rows()]
    lines = ["| " + " | ".join(row) + " |" for row in [head, rule, *rows]]
    where = f"Measured on {machine()}; the server takes {LATENCY * 1000:.0f} ms for a refresh."
    return "\n".join([where, "", *lines])


if __name__ == "__main__":
    main()
