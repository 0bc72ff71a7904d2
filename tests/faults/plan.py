# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which trials there are: every scenario has its share, and its variants take turns."""

import random

from faults.scenarios import all_scenarios


class Plan:
    def __init__(self, trials, seed, only=("",)):
        """`only`: parts of names, of scenarios or variants; "=name" is a scenario's whole name."""
        self._scenarios = [s for s in map(_picked(only), all_scenarios()) if s.variants]
        for number, scenario in enumerate(self._scenarios):
            random.Random(f"{seed}/{number}").shuffle(scenario.variants)
        self._trials = trials
        self._seed = seed

    def __iter__(self):
        """(number, scenario, variant's name, its function, a source of randomness)."""
        turns = [0] * len(self._scenarios)
        for number in range(self._trials):
            # Whoever is furthest behind its share.
            which = min(
                range(len(turns)), key=lambda s: (turns[s] + 0.5) / self._scenarios[s].share
            )
            scenario = self._scenarios[which]
            name, function = scenario.variants[turns[which] % len(scenario.variants)]
            turns[which] += 1
            rng = random.Random(f"{self._seed}/{scenario.name}/{name}/{turns[which]}")
            yield number, scenario, name, function, rng

    def list(self):
        for scenario in self._scenarios:
            print(f"{scenario.name}: {scenario.sentence}")
            for name, _function in sorted(scenario.variants, key=lambda variant: variant[0]):
                print(f"    {name}")


def _picked(only):
    def pick(scenario):
        def fits(variant):
            whole = f"{scenario.name}: {variant}"
            return any(
                text[1:] == scenario.name if text.startswith("=") else text in whole
                for text in only
            )

        scenario.variants = [variant for variant in scenario.variants if fits(variant[0])]
        return scenario

    return pick
