#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain rules on the text of the files, each with its reason in RULES; and the length of C functions.

Not here: what a formatter, a compiler or a spell checker already says.
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_LINES = 80  # a table or a class_init may be longer
FILE_LINES = 800

# Pattern, the files it is about, reason. The patterns are written so that they do not match themselves.
RULES = [
    (r"/(?:work|roo[t]|hom[e]/(?!you\b)[a-z]\w*)/", r".*", "a path of one machine"),
    (r"\b(?:pypi\.or[g]|registry\.npmj[s]|proxy\.golan[g]|crates\.i[o]|deb\.debian\.or[g])", r".*",
     "a package registry's host"),
    (r"[ \t]+$", r"(?!.*\.(?:md|txt|http|seed)$)", "blanks at the end of a line"),
    (r"\t", r".*\.(?:[ch]|py|xml|build)$", "a tab"),
    (r"\b(?:goto \w+;|(?:g_error|printf|g_print|g_thread_new) \()", r"daemon/(?!main\.c).*\.[ch]$",
     "not in the daemon: goto, aborting, printing, threads"),
    (r"\w_sync \(", r"daemon/(?!main\.c).*\.[ch]$", "a blocking call in the daemon"),
    (r"\bg_main_loop_run|g_main_context_iteration", r"daemon/(?!main\.c|daemon\.c).*\.[ch]$",
     "a nested main loop"),
    (r"\bg(?:char|int|double|float)\b", r"(?:daemon|client|dbus|tests)/.*\.[ch]$",
     "GLib's name of a plain C type"),
    (r"#!/usr/bin/env pyth[o]n", r".*", "another python3 on PATH lacks the tests' modules"),
]
# The line where one is right says so, with its reason before the word: /* reason: lint-ok */
EXCUSE = "lint-ok"


def comment_free(line):
    """Drops strings and one-line comments, where a word is no code."""
    line = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)
    return re.sub(r"/\*.*?\*/|/\*.*|^\s*\*.*|//.*", "", line)


def text_mistakes(name, lines):
    for pattern, files, reason in RULES:
        if not re.match(files, name):
            continue
        code_only = "daemon" in files and name.endswith((".c", ".h"))
        for number, line in enumerate(lines, 1):
            if EXCUSE not in line and re.search(pattern, comment_free(line) if code_only else line):
                yield f"{name}:{number}: {reason}"


def length_mistakes(name, lines):
    """In the project's style a function body begins and ends with a brace in the first column."""
    if len(lines) > FILE_LINES:
        yield f"{name}: {len(lines)} lines, the limit is {FILE_LINES}"
    start = None
    table_lines = 0  # of the function so far: a table of vectors is as long as it has to be
    in_table = False
    for number, line in enumerate(lines, 1):
        in_table = in_table and line.strip() != "};" or line.endswith("= {")
        table_lines += in_table
        if line == "{" and lines[number - 2].endswith(")"):
            start = number
            table_lines = 0
        elif line.startswith("}") and start:
            what = next((m[0] for i in range(start - 2, max(start - 12, -1), -1)
                         if (m := re.match(r"\w+(?= \()", lines[i]))), "?")
            length = number - start - table_lines
            if length > FUNCTION_LINES and not what.endswith("_class_init"):
                yield f"{name}:{start}: {what} has {length} lines, the limit is {FUNCTION_LINES}"
            start = None


SELF_TEST = [
    ("docs/a.md", ["see " + "/roo" + "t/x"], True),
    ("docs/a.md", ["see /usr/share"], False),
    ("daemon/agent/a.c", ["  g_file_load_contents_sync (a);"], True),
    ("daemon/agent/a.c", ["  /* not x_sync (a) */"], False),
    ("daemon/agent/a.c", ["  goto out;"], True),
    ("daemon/agent/a.c", ["  g_error (\"x\");"], True),
    ("daemon/agent/a.c", ["  return g_error_new (a, b, \"goto\");"], False),
    ("daemon/agent/a.c", ["  gint a;"], True),
    ("daemon/agent/a.c", ["void", "f (void)", "{", *["  a ();"] * 80, "}"], True),
    ("daemon/agent/a.c", ["void", "f (void)", "{", *["  a ();"] * 70, "}"], False),
    ("tests/unit/a.c", ["void", "f (void)", "{", "  t = {", *["    { 1 },"] * 90, "  };", "}"], False),
]


def mistakes(name, lines):
    yield from text_mistakes(name, lines)
    if name.endswith((".c", ".h")):
        yield from length_mistakes(name, lines)


def main():
    for name, lines, wrong in SELF_TEST:
        if bool(list(mistakes(name, lines))) != wrong:
            sys.exit(f"text.py: self-test: {name}: {lines[:2]}")
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    found = []
    count = 0
    for name in listed:
        path = ROOT / name
        if not name or name.startswith("LICENSES/") or "/corpus/" in name or not path.is_file():
            continue
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue  # a picture or a hostile vector
        count += 1
        found += mistakes(name, lines)
    print("\n".join(found) or f"{count} files")
    sys.exit(bool(found))


main()
