# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kill points, read from the sources, so that none of them is forgotten."""

import functools
import re
from pathlib import Path

_SOURCES = Path(__file__).parents[2] / "daemon"
_POINT = re.compile(r'\bCVG_KILL_POINT \("([a-z-]+)"\)')

# Reached when the daemon starts and finds something; all others belong to a refresh.
_AT_START = {"journal-loaded", "seal-opened", "recovered-stored"}
# From here on the server's answer is on the disk.
_DURABLE = {"seal-written", "applied", "callers-answered", "keyring-written", "note-removed"}


@functools.cache
def all_points():
    return sorted({p for file in _SOURCES.rglob("*.c") for p in _POINT.findall(file.read_text())})


def of_a_refresh():
    return [point for point in all_points() if point not in _AT_START]


def of_the_start():
    return [point for point in all_points() if point in _AT_START]


def is_durable_at(point):
    return point in _DURABLE
