/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The exit statuses of claviger: a promise to scripts, the same list as in the man page.
 */
#pragma once

#include <glib.h>

/**
 * CvgExitStatus:
 * @CVG_EXIT_DONE: done
 * @CVG_EXIT_FAILED: it failed, in a way that no other status names
 * @CVG_EXIT_USAGE: the command line is wrong, or says too little to know what is meant
 * @CVG_EXIT_NEEDS_SIGN_IN: the person has to sign in first
 * @CVG_EXIT_NOT_FOUND: there is no such instance, server, site or client
 * @CVG_EXIT_KEYRING: the keyring is locked or unavailable
 * @CVG_EXIT_TRY_LATER: a passing failure; the credentials are kept
 * @CVG_EXIT_CANCELLED: the person denied or cancelled it
 * @CVG_EXIT_TIMED_OUT: the time for it ran out
 * @CVG_EXIT_UNREACHABLE: the daemon, or the session bus, can't be reached
 */
typedef enum
{
  CVG_EXIT_DONE = 0,
  CVG_EXIT_FAILED = 1,
  CVG_EXIT_USAGE = 2,
  CVG_EXIT_NEEDS_SIGN_IN = 3,
  CVG_EXIT_NOT_FOUND = 4,
  CVG_EXIT_KEYRING = 5,
  CVG_EXIT_TRY_LATER = 6,
  CVG_EXIT_CANCELLED = 7,
  CVG_EXIT_TIMED_OUT = 8,
  CVG_EXIT_UNREACHABLE = 9,
} CvgExitStatus;

#define CVG_EXIT_COUNT (CVG_EXIT_UNREACHABLE + 1)

const char *cvg_exit_status_get_sentence (CvgExitStatus status);
CvgExitStatus cvg_exit_status_from_error (const GError *error);
