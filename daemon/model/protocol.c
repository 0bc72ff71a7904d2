/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Provider files add parameters to requests, and endpoints come with queries of their own. Which of
 * them are refused in a file and which are left out of a request is said once, here.
 */
#include "model/protocol.h"

/**
 * cvg_protocol_owns:
 * @name: of a parameter
 *
 * Returns: whether @name says what the protocol itself must say, be it said this time or not: who
 *   sets it from elsewhere would break a sign-in, or weaken it. In any letter case, for there are
 *   servers that don't care
 */
gboolean
cvg_protocol_owns (const char *name)
{
  /* "request" and "request_uri" bring a whole request, which would win over all that stands beside
   * them (RFC 9101); a "client_assertion" is a second way to authenticate. */
  static const char *const names[] = {
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "device_code",
    "grant_type",
    "iss",
    "nonce",
    "redirect_uri",
    "refresh_token",
    "request",
    "request_uri",
    "resource",
    "response_type",
    "scope",
    "state",
    "user_code",
    NULL,
  };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_strv_contains (names, lower);
}
