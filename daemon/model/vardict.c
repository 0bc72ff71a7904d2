/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dictionaries of type a{sv}. As text they are in GVariant's own text format, which keeps every
 * type exactly (JSON would not) and is read back by the library that wrote it: records on disk
 * and secrets in the keyring are such texts.
 */
#include "model/vardict.h"

#include <math.h>

/** cvg_vardict_add_string: adds @value (nullable), unless it is %NULL or empty */
void
cvg_vardict_add_string (GVariantBuilder *builder, const char *key, const char *value)
{
  if (value != NULL && *value != '\0')
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (value));
}

/** cvg_vardict_add_int64: adds @value, unless it is 0 */
void
cvg_vardict_add_int64 (GVariantBuilder *builder, const char *key, gint64 value)
{
  if (value != 0)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_int64 (value));
}

/** cvg_vardict_add_uint64: adds @value, unless it is 0 */
void
cvg_vardict_add_uint64 (GVariantBuilder *builder, const char *key, guint64 value)
{
  if (value != 0)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_uint64 (value));
}

/** cvg_vardict_add_value: adds @value (nullable), unless it is %NULL */
void
cvg_vardict_add_value (GVariantBuilder *builder, const char *key, GVariant *value)
{
  if (value != NULL)
    g_variant_builder_add (builder, "{sv}", key, value);
}

/** cvg_vardict_add_secret: adds @secret (nullable), unless it is missing or empty */
void
cvg_vardict_add_secret (GVariantBuilder *builder, const char *key, const CvgSecret *secret)
{
  if (!cvg_secret_is_empty (secret))
    cvg_vardict_add_string (builder, key, cvg_secret_peek (secret));
}

/** cvg_vardict_dup_secret: Returns: (transfer full) (nullable): the string of @key, as a secret */
CvgSecret *
cvg_vardict_dup_secret (GVariant *dict, const char *key)
{
  const char *value = NULL;

  return g_variant_lookup (dict, key, "&s", &value) ? cvg_secret_new (value) : NULL;
}

/** cvg_vardict_dup_string: Returns: (transfer full) (nullable): the string of @key */
char *
cvg_vardict_dup_string (GVariant *dict, const char *key)
{
  char *value = NULL;

  g_variant_lookup (dict, key, "s", &value);
  return value;
}

/**
 * cvg_vardict_can_keep_double:
 *
 * Returns: whether @value survives as text: the parser refuses what it finds out of range, which
 *   numbers next to zero (subnormal ones) are, and JSON has no word for those that are not finite
 */
gboolean
cvg_vardict_can_keep_double (double value)
{
  return isnormal (value) || fpclassify (value) == FP_ZERO;
}

/**
 * cvg_vardict_parse:
 * @text: an a{sv} in GVariant's text format
 *
 * Returns: (transfer full): the dictionary; fails with %G_VARIANT_PARSE_ERROR
 */
GVariant *
cvg_vardict_parse (const char *text, GError **error)
{
  return g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, error);
}
