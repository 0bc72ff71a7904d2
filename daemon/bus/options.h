/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Option dictionaries, checked by a table.
 */
#pragma once

#include <glib.h>

/**
 * CvgOption:
 * @key: its key
 * @type: its D-Bus type: "s", "b", "u", "t", or "a{ss}"
 * @target: where it goes: a const char *, gboolean, guint, guint64 or GVariant * variable, which
 * stays as it is when the key is absent. Strings are borrowed from the dictionary, a GVariant is a
 * new reference
 * @given: (nullable): whether it was there
 */
typedef struct
{
  const char *key;
  const char *type;
  gpointer target;
  gboolean *given;
} CvgOption;

gboolean cvg_options_read (GVariant *options, const CvgOption *table, gsize length, GError **error);
