/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Challenges of a server that wants to know who asks (RFC 9110 section 11.6.1).
 */
#pragma once

#include <glib.h>

char *cvg_challenge_find (const char *challenge, const char *parameter) G_GNUC_WARN_UNUSED_RESULT;
