#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# sanitized.sh COMMAND...: one test of ./dev asan, and what LeakSanitizer needs to be believed:
# - It fails itself now and then when a thread of GLib's pool ends while it looks ("Tracer caught
#   signal"). That says nothing of the test, which runs again.
# - GLib has no frame pointers: a leak's stack, and so the list of suppressions, means something only
#   with the slow unwinder. That one has the last word, and works only when a leak was seen.
# - In the end-to-end tests each daemon would meet the first: leaks are not looked for there. Whatever
#   else AddressSanitizer finds counts.
set -u

case $1 in
  *python3*)
    ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
    export ASAN_OPTIONS
    exec "$@"
    ;;
esac

output=$(mktemp -d) || exit 99
trap 'rm -rf "$output"' EXIT
for _ in 1 2 3; do
  "$@" >"$output/stdout" 2>"$output/stderr"
  status=$?
  if grep -q 'detected memory leaks' "$output/stderr"; then
    export ASAN_OPTIONS="${ASAN_OPTIONS:-}:fast_unwind_on_malloc=0"
  elif ! grep -q 'Tracer caught signal' "$output/stderr"; then
    break
  fi
done
cat "$output/stdout"
cat "$output/stderr" >&2
exit "$status"
