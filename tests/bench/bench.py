#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures clavigerd and claviger against floors of the same run; prints the tables of
docs/performance.md.

    ./dev bench [--short]

The daemon, a real gnome-keyring and the stand-in run in a private session; nothing of the host's
takes part but its CPUs. Times move with whatever else those do, so what counts are the ratios to a
floor that took turns with the thing measured. A wrong number of refreshes ends the run with 1; a
slow machine does not.
"""

import argparse
import os
import statistics
import sys
from pathlib import Path

# Run as a program: the harness lies one folder up.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from e2e.world import World  # noqa: E402

from bench.measures import (  # noqa: E402
    cached_calls,
    command_line,
    idle_wakeups,
    joined_refresh,
    memory_by_instances,
    other_instance_waits,
    quiet_environment,
    start_time,
)
from bench.table import Table  # noqa: E402

_FULL = {"calls": 20000, "rounds": 20, "spawns": 300, "starts": 40, "idle": 60,
         "instances": (1, 100, 1000), "memory_calls": 100_000}
_SHORT = {"calls": 2000, "rounds": 4, "spawns": 40, "starts": 8, "idle": 10,
          "instances": (1, 20), "memory_calls": 5000}


def parse_options():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.split("\n")[0])
    parser.add_argument("--short", action="store_true", help="a look in a minute, not for the docs")
    parser.add_argument("--build", type=Path, default=Path("_build"), help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    options = parse_options()
    build = options.build.resolve()
    os.environ["CLAVIGERD"] = str(build / "daemon" / "clavigerd")
    os.environ["CLAVIGER"] = str(build / "client" / "claviger")
    size = _SHORT if options.short else _FULL
    tools = build / "tests" / "bench"

    table = Table()
    for measure in (
        cached_calls,
        joined_refresh,
        other_instance_waits,
        command_line,
        start_time,
        idle_wakeups,
        memory_by_instances,
    ):
        with World() as world:
            world.keyring.start()
            world.start_standin(access_token_size=2048)
            world.daemon.start(**quiet_environment)
            world.add_client()
            print(f"{measure.__name__} …", file=sys.stderr, flush=True)
            measure(world, tools, size, table)
    print(table.markdown(machine()))
    sys.exit(table.has_mistakes)


def machine():
    """What a reader needs to know of where it ran."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")),
        "an unknown CPU",
    )
    load = statistics.fmean(os.getloadavg())
    return f"{os.cpu_count()} × {model}, Linux {os.uname().release}, load {load:.1f}"


if __name__ == "__main__":
    main()
