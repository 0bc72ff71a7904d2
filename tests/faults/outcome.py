# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a trial can end, other than well."""


class Loss(Exception):
    """The grant does not work any more, or a promise that goes with it was broken."""


class Skipped(Exception):
    """This machine does not let the kit do that: no ptrace, no mounts."""
