#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One world and its share of the trials; faults.py starts it and reads a line of JSON for each."""

import json
import sys
import time
import traceback
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from faults.outcome import Loss, Skipped  # noqa: E402
from faults.plan import Plan  # noqa: E402
from faults.scene import Scene  # noqa: E402
from faults.trial import Trial  # noqa: E402


class Worker:
    def __init__(self, task):
        self._task = task
        self._scene = None

    def run(self):
        task = self._task
        for number, scenario, name, function, rng in Plan(
            task["trials"], task["seed"], task["only"]
        ):
            if number % task["of"] != task["number"]:
                continue
            begin = time.monotonic()
            result = self._try(function, rng, f"{scenario.name}: {name}")
            print(
                json.dumps(
                    {
                        "number": number,
                        "scenario": scenario.name,
                        "variant": name,
                        "seconds": time.monotonic() - begin,
                        **result,
                    }
                ),
                flush=True,
            )
        if self._scene is not None:
            self._scene.close()

    def _try(self, function, rng, title):
        if self._scene is None:
            self._scene = Scene()
        self._scene.prepare()
        trial = Trial(self._scene, rng, self._task["patience"])
        outcome, why, kept = "well", "", ""
        try:
            function(trial)
            trial.verify()
        except Skipped as reason:
            outcome, why = "skipped", str(reason)
        except Exception as failure:  # what the harness can't wait for any longer is no better
            outcome, why = "loss", str(failure) or repr(failure)
            if not isinstance(failure, Loss):
                trial.say(traceback.format_exc())
        finally:
            trial.close()
        if outcome == "loss":
            if self._task["keep"]:
                kept = str(self._scene.keep("\n".join([title, *trial.story, why, ""])))
            self._scene.close(failure=Loss)
            self._scene = None
        return {
            "outcome": outcome,
            "why": why,
            "kept": kept,
            "reached": trial.was_reached,
            "story": trial.story,
        }


if __name__ == "__main__":
    Worker(json.loads(sys.argv[1])).run()
