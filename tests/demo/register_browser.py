#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a program the default browser of a private session.

    register_browser.py [COMMAND [ARGUMENT …]]      (default: browser.py beside this file)

Writes below XDG_DATA_HOME and XDG_CONFIG_HOME and insists that they are set, so that nobody's own
browser is ever replaced.
"""

import os
import sys
from pathlib import Path

_DESKTOP_ID = "claviger-demo-browser.desktop"


def register(command, environment=os.environ):
    """GLib, and with it the daemon, opens http and https addresses with `command` from now on."""
    applications = Path(environment["XDG_DATA_HOME"]) / "applications"
    applications.mkdir(parents=True, exist_ok=True)
    quoted = " ".join(f'"{argument}"' for argument in command)
    (applications / _DESKTOP_ID).write_text(
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Name=Demo browser\n"
        f"Exec={quoted} %u\n"
        "MimeType=x-scheme-handler/http;x-scheme-handler/https;\n"
        "NoDisplay=true\n"
    )
    mimeapps = Path(environment["XDG_CONFIG_HOME"]) / "mimeapps.list"
    mimeapps.parent.mkdir(parents=True, exist_ok=True)
    mimeapps.write_text(
        "[Default Applications]\n"
        f"x-scheme-handler/http={_DESKTOP_ID};\n"
        f"x-scheme-handler/https={_DESKTOP_ID};\n"
    )


if __name__ == "__main__":
    register(sys.argv[1:] or [Path(__file__).resolve().with_name("browser.py")])
