# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins that are started once and used by one world after the other.

To start and to stop one takes longer than all the rest of a world; to reset it takes nothing.
"""

import atexit
import os

from standin.client import StandIn

_idle = []


def take():
    """One that knows nothing of whoever had it before."""
    if not _idle:
        standin = StandIn.start(log=os.environ.get("CLAVIGER_STANDIN_LOG", os.devnull))
        atexit.register(standin.stop)
        return standin
    standin = _idle.pop()
    standin.reset()
    return standin


def give_back(standin):
    _idle.append(standin)
