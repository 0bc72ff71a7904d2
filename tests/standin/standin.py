#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in as a program: options in, one line of JSON out when it is ready, then it serves.

    standin.py --client my-app:s3cret:http://127.0.0.1:18417/callback --site acme --site beta
"""

import argparse
import asyncio
import ctypes
import json
import logging
import signal
import sys
from dataclasses import fields
from pathlib import Path

# Run as a program, the first place to look for modules is this folder, where `standin` is this
# very file; the package is one folder up.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from aiohttp import web  # noqa: E402

from standin.registration import Client  # noqa: E402
from standin.server import Server  # noqa: E402
from standin.settings import Settings  # noqa: E402

PR_SET_PDEATHSIG = 1


def add_setting(parser, field):
    """One option from the description of one setting."""
    about = field.metadata
    flag = "--" + (about["option"] or field.name).replace("_", "-")
    options = {"dest": field.name, "default": argparse.SUPPRESS}
    if about["type"] is bool:
        options["action"] = argparse.BooleanOptionalAction
    elif about["type"] is list:
        options |= {"nargs": "+", "action": "extend", "metavar": "VALUE"}
    else:
        options |= {"type": about["type"], "choices": about["choices"]}
    parser.add_argument(flag, help=about["sentence"].replace("%", "%%"), **options)


def parse_options(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0: a free one")
    parser.add_argument(
        "--client",
        type=Client.parse,
        nargs="+",
        action="extend",
        default=[],
        metavar="ID:SECRET:REDIRECT_URI",
        help="a registered application; no secret makes it a public client",
    )
    parser.add_argument("--clock-offset", type=float, default=0, help="seconds ahead of real time")
    parser.add_argument("--log", metavar="FILE", help="in place of stderr")
    parser.add_argument(
        "--with-parent", action="store_true", help="end when the starting process does"
    )
    settings = parser.add_argument_group("what kind of server this is")
    for field in fields(Settings):
        add_setting(settings, field)
    return parser.parse_args(arguments)


async def serve(server, port):
    """Until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)

    runner = web.AppRunner(server.application(), access_log=None)
    await runner.setup()
    # Requests held back by a fault must not hold up the end.
    site = web.TCPSite(runner, "127.0.0.1", port, shutdown_timeout=0.1)
    await site.start()
    server.url = "http://127.0.0.1:%d" % runner.addresses[0][1]
    print(json.dumps(server.endpoints()), flush=True)
    await stop.wait()
    await runner.cleanup()


def main():
    options = parse_options(sys.argv[1:])
    logging.basicConfig(filename=options.log, level=logging.INFO, format="%(asctime)s %(message)s")
    if options.with_parent:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    names = {field.name for field in fields(Settings)}
    settings = Settings(**{k: v for k, v in vars(options).items() if k in names})
    server = Server(settings, options.client, options.clock_offset)
    asyncio.run(serve(server, options.port))


if __name__ == "__main__":
    main()
