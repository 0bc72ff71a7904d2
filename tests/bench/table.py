# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of the bench, as the markdown that docs/performance.md has."""


class Table:
    def __init__(self):
        self._rows = []
        self.has_mistakes = False

    def ratio(self, what, measured, floor, unit, aim):
        """A row whose verdict is measured / floor; for a rate, more is better."""
        ratio = f"**{measured / floor:.2f}**" if floor else "–"
        self._rows.append((what, _number(measured, unit), _number(floor, unit), ratio, aim))

    def value(self, what, measured, unit, aim):
        """A row that needs no floor."""
        self._rows.append((what, f"**{_number(measured, unit)}**", "", "", aim))

    def must_be(self, what, measured, wanted):
        """A row that is right or wrong, whatever the machine does."""
        self.has_mistakes |= measured != wanted
        self._rows.append((what, f"**{measured}**", "", "", str(wanted)))

    def markdown(self, machine):
        head = [("what", "measured", "floor", "ratio", "aim"), ("---", "--:", "--:", "--:", "--:")]
        lines = ["| " + " | ".join(row) + " |" for row in head + self._rows]
        return "\n".join([f"Measured on {machine}.", "", *lines])


def _number(value, unit):
    if unit == "µs" and value >= 10_000:
        return f"{value / 1000:.1f} ms"
    if unit == "/s":
        return f"{value:,.0f}/s".replace(",", " ")
    if unit == "":
        return f"{value:.0f}"
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.2f} {unit}"
