# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo says: numbered steps, commands as one would type them, and no whole token ever."""

import hashlib
import os
import sys
import time


class Teller:
    def __init__(self):
        self._is_terminal = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._begin = time.monotonic()
        self._steps = 0

    def step(self, text):
        self._steps += 1
        print(f"\n{self._styled('1', f'{self._steps:2}  {text}')}", flush=True)

    def say(self, text):
        """Something that happened, or a program's answer."""
        for line in str(text).splitlines():
            print(f"    {line}", flush=True)

    def command(self, *words):
        """The command that the next lines are the answer of."""
        self.say(self._styled("36", "$ " + " ".join(str(w) for w in words)))

    @property
    def seconds(self):
        return time.monotonic() - self._begin

    def _styled(self, code, text):
        return f"\x1b[{code}m{text}\x1b[0m" if self._is_terminal else text


def fingerprint(secret):
    """Tells two secrets apart and says nothing of either."""
    return hashlib.sha256(secret.encode()).hexdigest()[:12]


def shortened(value):
    """A token as it may be shown: where it begins and how long it is."""
    return f"{value[:10]}… ({len(value)} characters)"


def masked(text, secrets):
    """A program's answer with each secret shortened."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, shortened(secret))
    return text


def cut(text, width=70, lines=1):
    """As much of it as one can take in at a glance."""
    text = text.strip()
    rows = [text[i : i + width] for i in range(0, len(text), width)] or [""]
    return "\n".join(rows[:lines]) + ("…" if len(rows) > lines else "")
