/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Proof key for code exchange (RFC 7636), method S256: there is no other.
 */
#pragma once

#include <glib.h>

char *cvg_pkce_challenge (const char *verifier) G_GNUC_WARN_UNUSED_RESULT;
