/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which line of a key file says what. GLib reads key files but keeps no line numbers, so that it is
 * asked line by line here: whatever it takes for a group or a key is one. A value never goes on in
 * the next line, and of a key that is there twice the last line counts.
 */
#include "providers/file-lines.h"

#include <string.h>

/* What a line is put under that needs a group above it. */
#define SOME_GROUP "[group]\n"

static void
line_free (CvgFileLine *line)
{
  g_free (line->group);
  g_free (line->key);
  g_free (line);
}

static gboolean
load (GKeyFile *file, const char *text, GError **error)
{
  return g_key_file_load_from_data (file, text, (gsize) -1, G_KEY_FILE_KEEP_TRANSLATIONS, error);
}

/* The key that @text sets, were it in a group. */
static char *
parse_key (const char *text)
{
  g_autofree char *below = g_strconcat (SOME_GROUP, text, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) keys = NULL;

  if (!load (file, below, NULL))
    return NULL;

  keys = g_key_file_get_keys (file, "group", NULL, NULL);
  return keys != NULL ? g_strdup (keys[0]) : NULL;
}

/* Returns (transfer full) (nullable): what @text is, below @group (nullable); NULL: nothing */
static CvgFileLine *
parse_line (const char *text, const char *group)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *key = NULL;
  CvgFileLine *line = NULL;

  if (load (file, text, &error))
    {
      g_autofree char *begun = g_key_file_get_start_group (file);

      if (begun == NULL)
        return NULL;
      line = g_new0 (CvgFileLine, 1);
      line->group = g_steal_pointer (&begun);
      return line;
    }

  if (g_error_matches (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND))
    key = parse_key (text);
  line = g_new0 (CvgFileLine, 1);
  line->group = g_strdup (group);
  if (key == NULL)
    line->mistake = "is neither a [Group], nor Key=value, nor a # comment";
  else if (group == NULL)
    line->mistake = "is before the first [Group]";
  else
    line->key = g_steal_pointer (&key);

  return line;
}

/**
 * cvg_file_lines_parse:
 * @text: of a file, not terminated, but UTF-8 and hence without a NUL
 * @size: in bytes
 *
 * Returns: (transfer full) (element-type CvgFileLine): its lines, but for comments and empty ones
 */
GPtrArray *
cvg_file_lines_parse (const char *text, size_t size)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
  g_autofree char *copy = g_strndup (text, size);
  g_auto (GStrv) texts = g_strsplit (copy, "\n", -1);
  const char *group = NULL;

  for (guint i = 0; texts[i] != NULL; i++)
    {
      CvgFileLine *line = *g_strchomp (texts[i]) != '\0' ? parse_line (texts[i], group) : NULL;

      if (line == NULL)
        continue;
      line->number = i + 1;
      group = line->group;
      g_ptr_array_add (lines, line);
    }

  return lines;
}

/**
 * cvg_file_lines_find:
 * @lines: of cvg_file_lines_parse()
 * @key: (nullable): %NULL: the group itself
 *
 * Returns: the number of the line that counts for @key; 0: there is none
 */
guint
cvg_file_lines_find (GPtrArray *lines, const char *group, const char *key)
{
  for (guint i = lines->len; i > 0; i--)
    {
      const CvgFileLine *line = g_ptr_array_index (lines, i - 1);

      if (line->mistake == NULL && g_strcmp0 (line->group, group) == 0 &&
          g_strcmp0 (line->key, key) == 0)
        return line->number;
    }

  return 0;
}

/** cvg_file_lines_count: Returns: the number of the line in which the byte after @text is */
guint
cvg_file_lines_count (const char *text, size_t size)
{
  guint count = 1;

  for (size_t i = 0; i < size; i++)
    if (text[i] == '\n')
      count++;

  return count;
}
