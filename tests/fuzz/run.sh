#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run.sh BUILDDIR SECONDS: each target for SECONDS, one TAP line each. It begins with the seeds in
# tests/fuzz/corpus/TARGET; what it finds new stays in the build directory, and an input that crashes
# goes to tests/fuzz/crashes/TARGET, to be made a row of a unit test.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=$1
seconds=$2
count=0
failed=0

for program in "$build"/tests/fuzz/fuzz-*; do
  { [ -f "$program" ] && [ -x "$program" ]; } || continue
  target=$(basename "$program")
  target=${target#fuzz-}
  count=$((count + 1))
  found=$build/tests/fuzz/corpus-$target
  seeds=tests/fuzz/corpus/$target
  crashes=tests/fuzz/crashes/$target
  mkdir -p "$found" "$crashes"
  [ -d "$seeds" ] || seeds=
  # shellcheck disable=SC2086 # no seeds: no word
  if output=$("$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
      -artifact_prefix="$crashes/" "$found" $seeds 2>&1); then
    runs=$(printf '%s\n' "$output" | sed -n 's/^stat::number_of_executed_units: *//p')
    echo "ok $count - fuzz $target, ${runs:-?} inputs"
  else
    failed=$((failed + 1))
    echo "not ok $count - fuzz $target"
    printf '%s\n' "$output" | tail -n 60 | sed 's/^/# /'
  fi
  rmdir -p "$crashes" 2>/dev/null
done
echo "1..$count"
[ "$count" -gt 0 ] || { echo 'no fuzz targets were built' >&2; exit 1; }
[ "$failed" -eq 0 ]
