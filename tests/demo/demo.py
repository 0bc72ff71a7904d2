#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole way, to be watched: sign in to Confluence, use the token, rotate it, restart, use it.

    ./dev demo [--here] [--client-id ID]

Without a word in a private session: an own bus, a real gnome-keyring with a throw-away password, a
stand-in for Atlassian and a headless Chromium; nothing of yours is touched. With --here on your own
bus, keyring and browser, still with the stand-in; with --here --client-id ID with the real Atlassian.
"""

import argparse
import contextlib
import os
import sys
from pathlib import Path

# Run as a program: the harness lies one folder up.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from demo.here import HereSession, PersonsAtlassian  # noqa: E402
from demo.private_session import PrivateSession  # noqa: E402
from demo.telling import Teller  # noqa: E402
from demo.walk import Walk  # noqa: E402


def parse_options():
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__.split("\n")[0])
    parser.add_argument("--here", action="store_true", help="in your session, keyring and browser")
    parser.add_argument(
        "--client-id", metavar="ID", help="with --here: the real Atlassian, with your application"
    )
    parser.add_argument("--build", type=Path, default=Path("_build"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client_id and not options.here:
        parser.error("--client-id goes with --here: a private session has no browser of yours")
    return options


def main():
    options = parse_options()
    build = options.build.resolve()
    programs = {
        "CLAVIGERD": build / "daemon" / "clavigerd",
        "CLAVIGER": build / "client" / "claviger",
    }
    for variable, program in programs.items():
        if not program.exists():
            sys.exit(f"demo: {program} is not there; build first (./dev build)")
        os.environ[variable] = str(program)

    teller = Teller()
    with contextlib.ExitStack() as stack:
        if options.client_id:
            session = PersonsAtlassian(programs, options.client_id)
        elif options.here:
            session = HereSession(programs)
        else:
            session = PrivateSession(programs, build / "demo")
        session.begin(teller, stack)
        Walk(session, teller).run()
    session.say_what_is_left(teller)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except AssertionError as failure:
        sys.exit(f"\ndemo: it did not go as it should: {failure}")
