/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the words and numbers of a provider file are read: values of which there are only so many.
 */
#include "providers/field.h"

#include <string.h>

/* Finds which of the words it is; -1 stays where the value is empty. */
static gboolean
get_word (GKeyFile *file, const CvgField *field, int *index, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *all = NULL;

  if (!cvg_field_get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  for (int i = 0; field->words[i] != NULL; i++)
    if (g_str_equal (field->words[i], text))
      {
        *index = i;
        return TRUE;
      }

  all = g_strjoinv (" or ", (char **) field->words);
  return cvg_field_mistake (error, field, "must be %s", all);
}

/** cvg_field_read_word: one of the words of @field, stored as its index */
gboolean
cvg_field_read_word (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  int index = -1;

  if (!get_word (file, field, &index, error))
    return FALSE;
  if (index >= 0)
    G_STRUCT_MEMBER (int, provider, field->offset) = index;
  return TRUE;
}

/** cvg_field_read_word_or_none: likewise, where the first word is stored as -1 and the second as 0
 */
gboolean
cvg_field_read_word_or_none (CvgProvider *provider,
                             const CvgField *field,
                             GKeyFile *file,
                             GError **error)
{
  int index = -1;

  if (!get_word (file, field, &index, error))
    return FALSE;
  if (index >= 0)
    G_STRUCT_MEMBER (int, provider, field->offset) = index - 1;
  return TRUE;
}

/** cvg_field_read_method: one of the words of @field, stored as it stands there */
gboolean
cvg_field_read_method (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  int index = -1;

  if (!get_word (file, field, &index, error))
    return FALSE;
  if (index >= 0)
    G_STRUCT_MEMBER (const char *, provider, field->offset) = field->words[index];
  return TRUE;
}

/** cvg_field_read_separator: one of two words, stored as the character that it names */
gboolean
cvg_field_read_separator (CvgProvider *provider,
                          const CvgField *field,
                          GKeyFile *file,
                          GError **error)
{
  int index = -1;

  if (!get_word (file, field, &index, error))
    return FALSE;
  if (index >= 0)
    G_STRUCT_MEMBER (char, provider, field->offset) = " ,"[index];
  return TRUE;
}

/** cvg_field_read_seconds: a time in seconds */
gboolean
cvg_field_read_seconds (CvgProvider *provider,
                        const CvgField *field,
                        GKeyFile *file,
                        GError **error)
{
  g_autofree char *text = NULL;
  guint64 seconds;

  if (!cvg_field_get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, &seconds, NULL))
    return cvg_field_mistake (error, field, "must be a whole number of seconds from 0 to %d",
                              G_MAXINT32);

  G_STRUCT_MEMBER (guint, provider, field->offset) = (guint) seconds;
  return TRUE;
}
