/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values that nobody can guess: the state of a sign-in and the verifier of PKCE.
 */
#pragma once

#include <glib.h>

char *cvg_nonce_new (void) G_GNUC_WARN_UNUSED_RESULT;
