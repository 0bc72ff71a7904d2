# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts by scenario, and what was lost."""


class Table:
    def __init__(self, label):
        self._label = label
        self._rows = {}  # scenario: [trials, losses, not reached, skipped, seconds]
        self._skips = {}
        self._missed = {}  # scenario: variants that had nothing to hit
        self.mistakes = []

    def add(self, result):
        row = self._rows.setdefault(result["scenario"], [0, 0, 0, 0, 0.0])
        row[0] += 1
        row[4] += result["seconds"]
        if result["outcome"] == "loss":
            row[1] += 1
            if not self._label:
                print(f"LOSS {result['number']} {result['scenario']}: {result['variant']}: "
                      f"{result['why']}\n     {result['kept']}", flush=True)
        elif result["outcome"] == "skipped":
            row[3] += 1
            self._skips.setdefault(result["why"], set()).add(result["scenario"])
        elif not result["reached"]:
            row[2] += 1
            self._missed.setdefault(result["scenario"], []).append(result["variant"])

    @property
    def trials(self):
        return sum(row[0] for row in self._rows.values())

    @property
    def losses(self):
        return sum(row[1] for row in self._rows.values())

    def print(self):
        if self._label:
            print(f"\nA daemon {self._label}:")
        width = max(map(len, self._rows), default=0)
        print(f"{'':{width}}  trials  losses  not reached  skipped  s each")
        for name, row in self._rows.items():
            print(f"{name:{width}}  {row[0]:6}  {row[1]:6}  {row[2]:11}  {row[3]:7}"
                  f"  {row[4] / row[0]:6.2f}")
        for why, names in self._skips.items():
            print(f"skipped ({', '.join(sorted(names))}): {why}")
        for name, variants in self._missed.items():
            print(f"not reached ({name}): {'; '.join(sorted(set(variants)))}")
        for mistake in self.mistakes:
            print(f"the kit itself: {mistake}")
        if self._label and self.trials:
            print(f"{self.losses} of {self.trials} lost", flush=True)
