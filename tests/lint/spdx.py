#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file says whose it is and under which licence, in its first lines, and LICENSES/ has the text.

Files that cannot carry a comment (pictures, fuzz seeds, JSON) have a FILE.license beside them or lie
below a folder with a file named .license.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LICENSES = {p.stem for p in (ROOT / "LICENSES").glob("*.txt")}
# Put together so that this file does not look like another licence statement.
HOLDER = re.compile("SPDX-" + r"FileCopyrightText: \d{4} \S+")
LICENSE = re.compile("SPDX-" + r"License-Identifier: ([\w.+-]+)")


def header(path):
    """The text in which the two lines must stand."""
    folders = [f for f in path.parents if ROOT in f.parents]
    for instead in (path.with_name(path.name + ".license"), *(f / ".license" for f in folders)):
        if instead.exists():
            return instead.read_text()
    return path.read_bytes()[:2000].decode(errors="replace")


def mistakes(name, text):
    if not HOLDER.search(text):
        yield f"{name}: no SPDX copyright line"
    license_line = LICENSE.search(text)
    if not license_line:
        yield f"{name}: no SPDX licence line"
    elif license_line[1] not in LICENSES:
        yield f"{name}: LICENSES/{license_line[1]}.txt is missing"
    elif name.startswith("dbus/") and license_line[1] != "LGPL-2.1-or-later":
        yield f"{name}: the contract is LGPL-2.1-or-later"


def main():
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    names = [n for n in listed if n and not n.startswith("LICENSES/") and (ROOT / n).is_file()
             and not n.endswith(".license")]
    wrong = [line for n in names for line in mistakes(n, header(ROOT / n))]
    print("\n".join(wrong) or f"{len(names)} files")
    sys.exit(bool(wrong))


main()
