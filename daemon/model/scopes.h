/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of scopes (RFC 6749 section 3.3): an ordered set of words.
 */
#pragma once

#include <glib.h>

char **cvg_scopes_parse (const char *text);
char **cvg_scopes_union (const char *const *first, const char *const *second);
char *cvg_scopes_join (const char *const *scopes, char separator);
gboolean cvg_scopes_are_valid (const char *const *scopes, const char **bad);
