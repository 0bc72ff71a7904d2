# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong, a file for each kind of thing; README.md has the table.

A scenario is a name, a sentence, and its variants: functions that are given a Trial. Trials are
shared out by `share`.
"""

from dataclasses import dataclass, field


@dataclass
class Scenario:
    name: str
    sentence: str
    share: int = 2
    variants: list = field(default_factory=list)  # (name, function)

    def variant(self, name, function, *arguments, **named):
        self.variants.append((name, lambda trial: function(trial, *arguments, **named)))


def all_scenarios():
    """In the order of the table."""
    from faults.scenarios import (
        answers,
        background,
        callers,
        clocks,
        crowds,
        disks,
        duplicates,
        keyrings,
        kills,
        sign_ins,
        sleeps,
        system_calls,
    )

    parts = (
        kills,
        background,
        system_calls,
        disks,
        keyrings,
        answers,
        duplicates,
        sleeps,
        clocks,
        callers,
        crowds,
        sign_ins,
    )
    return [scenario for part in parts for scenario in part.scenarios()]
