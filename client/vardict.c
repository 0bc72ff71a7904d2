/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys that do not apply are absent from the daemon's dictionaries, and a later daemon may know
 * more kinds of them: neither is an error to a client.
 */
#include "client/vardict.h"

/**
 * cvg_vardict_get_string:
 * @dict: a dictionary, a{sv}
 * @key: a key
 *
 * Returns: (transfer none): its string, which lives as long as @dict; empty without one
 */
const char *
cvg_vardict_get_string (GVariant *dict, const char *key)
{
  const char *value = "";

  (void) g_variant_lookup (dict, key, "&s", &value);
  return value;
}

/**
 * cvg_vardict_get_int64:
 * @dict: a dictionary, a{sv}
 * @key: a key
 *
 * Returns: its number; 0 without one
 */
gint64
cvg_vardict_get_int64 (GVariant *dict, const char *key)
{
  gint64 value = 0;

  (void) g_variant_lookup (dict, key, "x", &value);
  return value;
}

/**
 * cvg_vardict_get_boolean:
 * @dict: a dictionary, a{sv}
 * @key: a key
 *
 * Returns: its value; %FALSE without one
 */
gboolean
cvg_vardict_get_boolean (GVariant *dict, const char *key)
{
  gboolean value = FALSE;

  (void) g_variant_lookup (dict, key, "b", &value);
  return value;
}
