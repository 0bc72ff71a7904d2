#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Claviger authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# after-install.sh UNITDIR: switches the user unit on for all users, as a package would. Not when
# installing into a DESTDIR, not where systemd does not look, and no reason to fail.
set -eu
[ -z "${DESTDIR:-}" ] || exit 0
case $1 in /usr/lib/* | /usr/local/lib/* | /etc/* | /lib/*) ;; *) exit 0 ;; esac
command -v systemctl >/dev/null || exit 0
systemctl --global enable claviger.service || echo 'claviger: enable claviger.service yourself' >&2
