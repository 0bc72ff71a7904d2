# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""strace(1) as an injector: a signal before the K-th call of a kind, or an error in its place.

It counts for each thread by itself, and the kernel never sees a call that was met.
"""

import functools
import re
import shutil
import signal
import subprocess

from e2e.waiting import wait_for
from faults.outcome import Skipped

_CALL = re.compile(r"^\d+ +(\w+)\(", re.MULTILINE)


@functools.cache
def reason_not_to():
    """Why there is no tracing here; empty if there is."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(
        ["strace", "-qq", "-e", "inject=getpid:error=EIO", "-o", "/dev/null", "true"],
        capture_output=True,
        text=True,
    )
    return "" if tried.returncode == 0 else f"ptrace is not permitted: {tried.stderr.strip()}"


def need():
    if reason_not_to():
        raise Skipped(reason_not_to())


def injection(call, *, which=1, error=None):
    """An expression for -e: `fsync`, the 2nd of them, ENOSPC in its place; or death by SIGKILL.

    `which` may also be "1+": all of them.
    """
    effect = f"error={error}" if error else "signal=SIGKILL"
    return f"inject={call}:{effect}:when={which}"


def around(injected, calls, output, paths=()):
    """The words to put before a command: traced from its first call on, and no parent to it."""
    need()
    return ["strace", "-D", *_words(injected, calls, output, paths), "--"]


def _words(injected, calls, output, paths):
    words = ["-f", "-qq", "-o", str(output), "-e", f"trace={calls}"]
    for path in paths:
        words += ["-P", str(path)]
    for expression in injected:
        words += ["-e", expression]
    return words


class Tracer:
    """Holds on to a running process, all of its threads, until `stop ()` or the end of either."""

    def __init__(self, pid, calls, output, injected=(), paths=()):
        need()
        self._output = output
        self._process = subprocess.Popen(
            ["strace", *_words(injected, calls, output, paths), "-p", str(pid)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: self.has_ended or _is_traced(pid), what="strace to attach")

    @property
    def has_ended(self):
        return self._process.poll() is not None

    def stop(self):
        """Lets go; the process runs on as if nothing had been."""
        if not self.has_ended:
            self._process.send_signal(signal.SIGTERM)
        self._process.wait()

    def counts(self):
        """How often each call was made, of any thread."""
        found = {}
        for call in _CALL.findall(self._output.read_text(errors="replace")):
            found[call] = found.get(call, 0) + 1
        return found

    def has_injected(self):
        return "(INJECTED)" in self._output.read_text(errors="replace")


def _is_traced(pid):
    """Every thread of it."""
    try:
        with open(f"/proc/{pid}/status") as status:
            if "TracerPid:\t0\n" in status.read():
                return False
        tasks = subprocess.run(
            ["grep", "-rhs", "^TracerPid", f"/proc/{pid}/task", "--include=status"],
            capture_output=True,
            text=True,
        ).stdout
    except FileNotFoundError:
        return False
    return "TracerPid:\t0\n" not in tasks
