#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run.sh BUILDDIR: every check that needs no running program, one TAP line each. A check passes in
# silence; what it found is shown below its line. A tool that cannot work here skips, and says why.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${1:-_build}
count=0
failed=0

# check NAME COMMAND...: exit 77 is a skip.
check ()
{
  name=$1
  shift
  count=$((count + 1))
  output=$("$@" 2>&1)
  case $? in
    0) echo "ok $count - $name" ;;
    77) echo "ok $count - $name # SKIP $output" ;;
    *)
      failed=$((failed + 1))
      echo "not ok $count - $name"
      printf '%s\n' "$output" | sed 's/^/# /'
      ;;
  esac
}

# files PATTERN...: of the repository, also those not committed yet.
files ()
{
  git ls-files --cached --others --exclude-standard -- "$@" | sort -u \
    | while IFS= read -r file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done
}

each ()
{
  list=$1
  shift
  [ -n "$list" ] || { echo 'no such file yet'; return 77; }
  printf '%s\n' "$list" | xargs -d '\n' "$@"
}

c_files=$(files '*.c' '*.h')
shell_scripts=$(files dev '*.sh')
bash_scripts=$(files .ci/run)

cpp_check ()
{
  # Suppressed: what it cannot know of g_auto* (leaks are LeakSanitizer's) and of GLib's macros.
  cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
    --enable=warning,performance,portability \
    --library=gtk --library=posix --suppress=memleak --suppress=leakNoVarFunctionCall \
    --suppress=varFuncNullUB --suppress=unknownMacro --suppress=missingInclude \
    --suppress=nullPointerRedundantCheck --suppress=preprocessorErrorDirective \
    -j "$(nproc)" -I . -I daemon dbus daemon client tests/unit tests/doubles
}

# Files in parallel: clang-tidy takes seconds for each.
tidy ()
{
  [ -f "$build/compile_commands.json" ] || { echo 'the build directory is not set up'; return 1; }
  # What files include must have been generated.
  "${NINJA:-ninja}" -C "$build" dbus/generated.h daemon/adapters/pages-resource.h >/dev/null ||
    return 1
  files 'daemon/*.c' 'client/*.c' 'dbus/*.c' \
    | while IFS= read -r file; do
      ! grep -q "/$file\"" "$build/compile_commands.json" || printf '%s\n' "$file"
    done | xargs -d '\n' -n 1 -P "$(nproc)" clang-tidy --quiet -p "$build" \
      --extra-arg=-Wno-unknown-warning-option 2>&1 \
    | grep -E 'warning:|error:' && return 1
  return 0
}

units ()
{
  command -v systemd-analyze >/dev/null || { echo 'no systemd-analyze'; return 77; }
  dir=$(mktemp -d) || return 1
  # /bin/true stands in for the daemon, which is not installed where the unit expects it.
  sed 's|@libexecdir@/clavigerd|/bin/true|' data/systemd/claviger.service.in >"$dir/claviger.service"
  answer=$(XDG_RUNTIME_DIR=$dir systemd-analyze --user --man=no verify "$dir/claviger.service" 2>&1)
  status=$?
  rm -rf "$dir"
  case $answer in
    *'Failed to initialize manager'*) echo 'systemd-analyze cannot run here'; return 77 ;;
    *) [ -z "$answer" ] || printf '%s\n' "$answer"
      [ -z "$answer" ] || status=1 ;;
  esac
  return $status
}

desktop_files ()
{
  found=$(files '*.desktop' '*.desktop.in')
  [ -n "$found" ] || { echo 'no desktop file'; return 77; }
  dir=$(mktemp -d) || return 1
  status=0
  for file in $found; do
    copy=$dir/$(basename "${file%.in}")
    sed 's|@[a-z]*@||' "$file" >"$copy"
    desktop-file-validate "$copy" || status=1
  done
  rm -rf "$dir"
  return $status
}

spelling ()
{
  # shellcheck disable=SC2046 # a list of names
  codespell --check-hidden --ignore-words tests/lint/words.txt --skip '*.svg,*.txt,*.png,*/corpus/*' \
    $(files .)
}

check 'include arrows' tests/lint/rooms.py
check 'licence lines' tests/lint/spdx.py
check 'rules on text, lengths' tests/lint/text.py
check clang-format each "$c_files" clang-format --dry-run -Werror
check cppcheck cpp_check
check clang-tidy tidy
check codespell spelling
check 'shellcheck (sh)' each "$shell_scripts" shellcheck --shell=dash
check 'shellcheck (bash)' each "$bash_scripts" shellcheck --shell=bash
check 'D-Bus XML' each "$(files 'dbus/*.xml')" xmllint --noout
check 'manual pages' each "$(files 'docs/man/*.[1-9]')" mandoc -Tlint -Wwarning
check 'desktop files' desktop_files
check 'systemd unit' units
echo "1..$count"
[ "$failed" -eq 0 ]
