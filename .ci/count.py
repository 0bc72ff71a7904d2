#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""count.py RESULTS BUILDDIR...: sums up what the runners reported, as "N passed, N failed".

What counts as one: a TAP line (of a C test program or of a lint or fuzz run), a pytest test, any other
meson test, and each step's own exit status. Skipped tests count as neither and are named. A runner
that failed without naming a failed test (a crash, a time-out) is a failure of its own.
"""
import json
import re
import sys
from pathlib import Path

TAP = re.compile(r"^(not )?ok\b[^#\n]*(#\s*(?:SKIP|TODO))?", re.MULTILINE | re.IGNORECASE)
PYTEST = re.compile(r"^(?:=+ )?(\d+ (?:passed|failed|errors?|skipped)\b.*) in [\d.]+s", re.MULTILINE)


class Count:
    def __init__(self):
        self.passed = self.failed = 0
        self.skipped = []

    def tap(self, text, whose):
        for no, skip in TAP.findall(text):
            if skip:
                self.skipped.append(whose)
            elif no:
                self.failed += 1
            else:
                self.passed += 1

    def pytest(self, summary, whose):
        for number, word in re.findall(r"(\d+) (\w+)", summary):
            if word in ("passed", "xfailed"):
                self.passed += int(number)
            elif word in ("failed", "error", "errors", "xpassed"):
                self.failed += int(number)
            elif word == "skipped":
                self.skipped += [whose] * int(number)

    def meson(self, log):
        """One test program of testlog.json."""
        before = self.failed
        whose = log["name"]
        output = log.get("stdout") or ""
        summary = PYTEST.findall(output)
        if summary:
            self.pytest(summary[-1], whose)
        elif TAP.search(output):
            self.tap(output, whose)
        elif log["result"] in ("OK", "EXPECTEDFAIL"):
            self.passed += 1
        elif log["result"] == "SKIP":
            self.skipped.append(whose)
        if log["result"] not in ("OK", "EXPECTEDFAIL", "SKIP") and self.failed == before:
            self.failed += 1


def main():
    results = Path(sys.argv[1])
    count = Count()
    steps = [line.split() for line in (results / "steps").read_text().splitlines()]
    for name, status in steps:
        if name in ("lint", "fuzz"):
            count.tap((results / f"{name}.out").read_text(errors="replace"), name)
        count.passed += status == "0"
        count.failed += status != "0"
    for build in sys.argv[2:]:
        # With a wrapper the name has one more part.
        for log in (Path(build) / "meson-logs").glob("testlog*.json"):
            for line in log.read_text(errors="replace").splitlines():
                count.meson(json.loads(line))
    if count.skipped:
        print("skipped:", ", ".join(f"{n} ({count.skipped.count(n)})" for n in sorted(set(count.skipped))))
    print(f"{count.passed} passed, {count.failed} failed", flush=True)
    sys.exit(bool(count.failed or not count.passed))


main()
