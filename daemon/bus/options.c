/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "bus/options.h"

#include "dbus/error.h"

static void
take (GVariant *value, const CvgOption *option)
{
  switch (option->type[0])
    {
    case 's':
      *(const char **) option->target = g_variant_get_string (value, NULL);
      break;
    case 'b':
      *(gboolean *) option->target = g_variant_get_boolean (value);
      break;
    case 'u':
      *(guint *) option->target = g_variant_get_uint32 (value);
      break;
    case 't':
      *(guint64 *) option->target = g_variant_get_uint64 (value);
      break;
    default:
      *(GVariant **) option->target = g_variant_ref (value);
      break;
    }
}

/**
 * cvg_options_read:
 * @options: an a{sv}; must outlive the strings that are read from it
 * @table: the options that there are
 * @length: how many
 *
 * Reads what is there and leaves alone what is not in @table.
 *
 * Returns: %FALSE with %CVG_ERROR_INVALID_ARGUMENT, which names the key, if one is of another type
 */
gboolean
cvg_options_read (GVariant *options, const CvgOption *table, gsize length, GError **error)
{
  for (gsize i = 0; i < length; i++)
    {
      /* Lives on in @options: a child of a serialised dictionary shares its bytes. */
      g_autoptr (GVariant) value = g_variant_lookup_value (options, table[i].key, NULL);

      if (value == NULL)
        continue;

      if (!g_variant_is_of_type (value, G_VARIANT_TYPE (table[i].type)))
        {
          g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                       "Option “%s” must be of type “%s”, not “%s”", table[i].key, table[i].type,
                       g_variant_get_type_string (value));
          return FALSE;
        }

      take (value, &table[i]);
      if (table[i].given != NULL)
        *table[i].given = TRUE;
    }

  return TRUE;
}
