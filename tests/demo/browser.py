#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's browser: opens the address it is given, accepts, and shows what the person would see.

    browser.py URL

Headless, so that the demo runs anywhere; the page at which the sign-in ends is saved as a picture
to $DEMO_SCREENSHOT, and the consent page before it to $DEMO_CONSENT_SCREENSHOT, if these are set.
"""

import os
import sys
import tempfile
from pathlib import Path

# Run as a program: the harness, whose browser this is, lies one folder up.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from e2e.chromium import Chromium  # noqa: E402


def main(url):
    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        with Chromium(profile) as browser:
            browser.open(url)
            save(browser, "DEMO_CONSENT_SCREENSHOT")
            browser.press("accept")
            save(browser, "DEMO_SCREENSHOT")


def save(browser, variable):
    if path := os.environ.get(variable):
        browser.save_screenshot(path)


if __name__ == "__main__":
    main(sys.argv[1])
