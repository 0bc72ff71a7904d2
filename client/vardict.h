/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading dictionaries, a{sv}: a key that is missing or of another type reads as empty.
 */
#pragma once

#include <glib.h>

const char *cvg_vardict_get_string (GVariant *dict, const char *key);
gint64 cvg_vardict_get_int64 (GVariant *dict, const char *key);
gboolean cvg_vardict_get_boolean (GVariant *dict, const char *key);
