#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault kit: so many trials over all scenarios; prints trials and losses of each.

    ./dev faults 2000

A build with kill points is tried, and then, with fewer trials, the same without a journal: a kit
that finds nothing wrong with that one proves nothing. Ends with "N trials, M losses"; the exit
status is 0 only if M is 0 and the build without a journal had some.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

# Run as a program: the harness lies one folder up.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from faults import points  # noqa: E402
from faults.plan import Plan  # noqa: E402
from faults.table import Table  # noqa: E402
from faults.volume import IN_NAMESPACE  # noqa: E402

# Where a daemon without a journal must lose: the process ends, and the keyring has not got it.
_MUST_LOSE = ("kill point", "kill", "two kills", "keyring locked", "keyring killed")


def parse_options():
    parser = argparse.ArgumentParser(prog="./dev faults", description=__doc__.split("\n")[0])
    parser.add_argument("trials", type=int, nargs="?", default=150)
    parser.add_argument("--seed", type=int, default=1, help="another order, other moments")
    parser.add_argument("--only", default="", metavar="TEXT", help="scenarios, or their variants")
    parser.add_argument("--worlds", type=int, default=2, help="that run side by side")
    parser.add_argument("--patience", type=float, default=20, metavar="SECONDS",
                        help="for what the daemon must do by itself")
    parser.add_argument("--list", action="store_true", help="the scenarios and their variants")
    parser.add_argument("--stories", action="store_true", help="print what each trial did")
    parser.add_argument("--broken", type=int, metavar="TRIALS",
                        help="for the build without a journal (an eighth of the others, but 24)")
    parser.add_argument("--build", type=Path, default=Path("_build-faults"),
                        help=argparse.SUPPRESS)
    return parser.parse_args()


def namespace():
    """The words that give a worker mounts of its own, where that is allowed."""
    for words in (["unshare", "--mount"], ["unshare", "--mount", "--map-root-user"]):
        if subprocess.run([*words, "true"], capture_output=True).returncode == 0:
            return words
    return []


class Run:
    """One build under so many trials, in several worlds at once."""

    def __init__(self, options, *, daemon, trials, only, patience, label):
        self.table = Table(label)
        self._lock = threading.Lock()
        self._stories = options.stories
        words = namespace()
        tools = options.build / "tests" / "faults"
        environment = os.environ | {
            "CLAVIGERD": str(daemon),
            "CLAVIGER_WALL_CLOCK_LIBRARY": str(tools / "libwall-clock.so"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        if words:
            environment[IN_NAMESPACE] = "1"
        self._workers = []
        for number in range(options.worlds):
            task = {
                "trials": trials, "seed": options.seed, "only": only, "patience": patience,
                "number": number, "of": options.worlds, "keep": label == "",
            }
            worker = subprocess.Popen(
                [*words, sys.executable, Path(__file__).with_name("worker.py"), json.dumps(task)],
                env=environment, stdout=subprocess.PIPE, text=True,
            )
            self._workers.append(worker)

    def wait(self):
        readers = [threading.Thread(target=self._read, args=(w,)) for w in self._workers]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        return self.table

    def _read(self, worker):
        for line in worker.stdout:
            result = json.loads(line)
            with self._lock:
                self.table.add(result)
                if self._stories:
                    print(f"--- {result['scenario']}: {result['variant']}", *result["story"],
                          sep="\n", flush=True)
        if worker.wait() != 0:
            with self._lock:
                self.table.mistakes.append(f"a world ended with {worker.returncode}")


def main():
    options = parse_options()
    options.build = options.build.resolve()
    if options.list:
        Plan(0, options.seed, [options.only]).list()
        return
    if not points.all_points():
        print("there are no kill points in the sources", file=sys.stderr)

    sound = Run(
        options,
        daemon=options.build / "daemon" / "clavigerd",
        trials=options.trials,
        only=[options.only],
        patience=options.patience,
        label="",
    ).wait()
    sound.print()
    broken_trials = max(24, options.trials // 8) if options.broken is None else options.broken
    broken = None
    if broken_trials:
        broken = Run(
            options,
            daemon=options.build / "tests" / "faults" / "clavigerd-no-journal",
            trials=broken_trials,
            only=[f"={name}" for name in _MUST_LOSE],
            patience=1.5,
            label="without a journal, which has to lose",
        ).wait()
        broken.print()
        if not broken.losses:
            print("The kit found nothing wrong with a daemon that has no journal.")
    print(f"{sound.trials} trials, {sound.losses} losses", flush=True)
    works = not sound.mistakes and sound.trials == options.trials
    sys.exit(not (works and not sound.losses and (broken is None or broken.losses)))


if __name__ == "__main__":
    main()
