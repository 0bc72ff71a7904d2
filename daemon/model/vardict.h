/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dictionaries of type a{sv}, and their one form as text.
 */
#pragma once

#include <glib.h>

#include "model/secret.h"

void cvg_vardict_add_string (GVariantBuilder *builder, const char *key, const char *value);
void cvg_vardict_add_int64 (GVariantBuilder *builder, const char *key, gint64 value);
void cvg_vardict_add_uint64 (GVariantBuilder *builder, const char *key, guint64 value);
void cvg_vardict_add_value (GVariantBuilder *builder, const char *key, GVariant *value);

void cvg_vardict_add_secret (GVariantBuilder *builder, const char *key, const CvgSecret *secret);
CvgSecret *cvg_vardict_dup_secret (GVariant *dict, const char *key) G_GNUC_WARN_UNUSED_RESULT;
char *cvg_vardict_dup_string (GVariant *dict, const char *key);
gboolean cvg_vardict_can_keep_double (double value);
GVariant *cvg_vardict_parse (const char *text, GError **error);
