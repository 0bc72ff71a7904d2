/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person types, or a script writes; mostly secrets.
 */
#pragma once

#include <glib.h>

char *cvg_prompt_read_secret (const char *question, gboolean required, GError **error);
char *cvg_prompt_read_text (const char *question, GError **error);
void cvg_prompt_free_secret (char *secret);
GVariant *cvg_prompt_read_values (char **keys, const char *whence, GError **error);
