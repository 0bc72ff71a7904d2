/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Columns are aligned by the width that a terminal gives each character, not by bytes. Cells and
 * lines for people carry no control characters, since labels and names come from other programs;
 * JSON escapes them, and what a program asked for verbatim is written verbatim.
 *
 * Bytes go straight to stdio, which is UTF-8 whatever the locale: main() sees to it.
 */
#include "client/output.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#define GAP "  "
#define BOLD "\033[1m"
#define COLOUR_END "\033[0m"

struct _CvgTable
{
  unsigned int columns;
  GPtrArray *rows; /* (owned) (element-type GStrv): the headings first */
};

/**
 * cvg_table_new:
 * @headings: (array length=columns): names of the columns
 * @columns: how many
 *
 * Returns: (transfer full): a table without rows
 */
CvgTable *
cvg_table_new (const char *const *headings, unsigned int columns)
{
  CvgTable *table = g_new0 (CvgTable, 1);

  table->columns = columns;
  table->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  cvg_table_add_row (table, headings);
  return table;
}

/**
 * cvg_table_free:
 * @table: (transfer full): a table
 */
void
cvg_table_free (CvgTable *table)
{
  g_ptr_array_unref (table->rows);
  g_free (table);
}

/**
 * cvg_table_add_row:
 * @table: a table
 * @cells: a text for each column, which is copied; %NULL is empty
 */
void
cvg_table_add_row (CvgTable *table, const char *const *cells)
{
  char **row = g_new0 (char *, table->columns + 1);

  for (unsigned int i = 0; i < table->columns; i++)
    row[i] = cvg_output_make_printable (cells[i] != NULL ? cells[i] : "");
  g_ptr_array_add (table->rows, row);
}

static unsigned int
get_column_width (const CvgTable *table, unsigned int column)
{
  unsigned int width = 0;
  gboolean used = FALSE;

  for (unsigned int i = 0; i < table->rows->len; i++)
    {
      char **row = g_ptr_array_index (table->rows, i);

      width = MAX (width, cvg_output_get_width (row[column]));
      used = used || (i > 0 && *row[column] != '\0');
    }
  return used ? width : 0;
}

/* The words of the contract for how an instance is; they stand for themselves in any column. */
static const char *
get_colour (const char *cell)
{
  static const struct
  {
    const char *word;
    const char *colour;
  } colours[] = {
    { "active", "\033[32m" },         { "unlocked", "\033[32m" },
    { "needs-sign-in", "\033[31m" },  { "unavailable", "\033[31m" },
    { "unreachable", "\033[33m" },    { "locked", "\033[33m" },
    { "keyring-locked", "\033[33m" }, { "signed-out", "\033[2m" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (colours); i++)
    if (g_str_equal (cell, colours[i].word))
      return colours[i].colour;
  return NULL;
}

static void
append_row (const CvgTable *table,
            unsigned int index,
            const unsigned int *widths,
            gboolean colours,
            GString *text)
{
  char **row = g_ptr_array_index (table->rows, index);
  unsigned int owed = 0;

  for (unsigned int i = 0; i < table->columns; i++)
    {
      const char *colour = index == 0 ? BOLD : get_colour (row[i]);

      if (widths[i] == 0)
        continue;

      /* A gap is owed until there is something to its right: no line ends in spaces. */
      if (*row[i] != '\0')
        {
          g_string_append_printf (text, "%*s", (int) owed, "");
          owed = 0;
          if (colours && colour != NULL)
            g_string_append_printf (text, "%s%s" COLOUR_END, colour, row[i]);
          else
            g_string_append (text, row[i]);
        }
      owed += widths[i] - cvg_output_get_width (row[i]) + strlen (GAP);
    }

  g_string_append_c (text, '\n');
}

/**
 * cvg_table_format:
 * @table: a table
 * @colours: whether a terminal will show it, and in colours
 *
 * Columns that are empty in all rows are left out.
 *
 * Returns: (transfer full): its lines; empty without rows
 */
char *
cvg_table_format (const CvgTable *table, gboolean colours)
{
  g_autofree unsigned int *widths = g_new0 (unsigned int, table->columns);
  GString *text = g_string_new (NULL);

  for (unsigned int i = 0; i < table->columns; i++)
    widths[i] = get_column_width (table, i);

  for (unsigned int i = 0; i < table->rows->len && table->rows->len > 1; i++)
    append_row (table, i, widths, colours, text);

  return g_string_free (text, FALSE);
}

static gboolean
can_show_colours (void)
{
  const char *no_color = g_getenv ("NO_COLOR");
  const char *term = g_getenv ("TERM");

  return (no_color == NULL || *no_color == '\0') && term != NULL && !g_str_equal (term, "dumb") &&
         isatty (STDOUT_FILENO);
}

/**
 * cvg_table_print:
 * @table: a table
 *
 * Prints it, in colours on a terminal that has not asked for none (NO_COLOR).
 */
void
cvg_table_print (const CvgTable *table)
{
  g_autofree char *text = cvg_table_format (table, can_show_colours ());

  fputs (text, stdout);
}

/**
 * cvg_output_get_width:
 * @text: UTF-8
 *
 * Returns: how many columns of a terminal it takes
 */
unsigned int
cvg_output_get_width (const char *text)
{
  unsigned int width = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar letter = g_utf8_get_char (at);

      if (g_unichar_iswide (letter))
        width += 2;
      else if (!g_unichar_iszerowidth (letter))
        width += 1;
    }
  return width;
}

/**
 * cvg_output_make_printable:
 * @text: anything
 *
 * Returns: (transfer full): valid UTF-8 of one line in which a control character, or one that turns
 *   the direction of writing, is a replacement character
 */
char *
cvg_output_make_printable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *printable = g_string_sized_new (strlen (valid));

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar letter = g_utf8_get_char (at);
      gboolean turns =
          (letter >= 0x202a && letter <= 0x202e) || (letter >= 0x2066 && letter <= 0x2069);

      g_string_append_unichar (printable, g_unichar_iscntrl (letter) || turns ? 0xfffd : letter);
    }
  return g_string_free (printable, FALSE);
}

/**
 * cvg_output_format_time:
 * @unix_seconds: a time; 0 for none
 *
 * Returns: (transfer full): it in local time; empty for none
 */
char *
cvg_output_format_time (gint64 unix_seconds)
{
  g_autoptr (GDateTime) time = NULL;

  if (unix_seconds != 0)
    time = g_date_time_new_from_unix_local (unix_seconds);
  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S") : g_strdup ("");
}

/* JSON has no number for "infinite" or "none", and json-glib writes them all the same. */
static void
replace_infinities (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter = { 0 };
      JsonNode *member = NULL;

      json_object_iter_init (&iter, json_node_get_object (node));
      while (json_object_iter_next (&iter, NULL, &member))
        replace_infinities (member);
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (unsigned int i = 0; i < json_array_get_length (array); i++)
        replace_infinities (json_array_get_element (array, i));
    }
  else if (json_node_get_value_type (node) == G_TYPE_DOUBLE &&
           !isfinite (json_node_get_double (node)))
    json_node_init_null (node);
}

/**
 * cvg_output_format_json:
 * @value: what to say
 * @pretty: whether on several lines
 *
 * Returns: (transfer full): it as JSON; a double that is no number is null
 */
char *
cvg_output_format_json (GVariant *value, gboolean pretty)
{
  g_autoptr (JsonNode) node = json_gvariant_serialize (value);

  replace_infinities (node);
  return json_to_string (node, pretty);
}

/**
 * cvg_output_print_json:
 * @value: what to say; sunk if floating
 *
 * Prints it as JSON on several lines.
 */
void
cvg_output_print_json (GVariant *value)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (value);
  g_autofree char *text = cvg_output_format_json (sunk, TRUE);

  puts (text);
}

/**
 * cvg_output_print_json_line:
 * @value: what to say; sunk if floating
 *
 * Prints it as JSON on one line, at once.
 */
void
cvg_output_print_json_line (GVariant *value)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (value);
  g_autofree char *text = cvg_output_format_json (sunk, FALSE);

  puts (text);
  fflush (stdout);
}

static char *
format_value (const char *key, GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **words = g_variant_get_strv (value, NULL);

      return g_strjoinv (" ", (char **) words);
    }

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64) &&
      (g_str_has_suffix (key, "-at") || g_str_has_suffix (key, "_at")))
    return cvg_output_format_time (g_variant_get_int64 (value));

  return cvg_output_format_json (value, FALSE);
}

static int
compare_keys (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * cvg_output_print_pairs:
 * @dict: a dictionary, a{sv}
 *
 * Prints a line for each key, in the order of the alphabet.
 */
void
cvg_output_print_pairs (GVariant *dict)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  unsigned int widest = 0;

  for (size_t i = 0; i < g_variant_n_children (dict); i++)
    {
      const char *key = NULL;

      g_variant_get_child (dict, i, "{&sv}", &key, NULL);
      g_ptr_array_add (keys, (char *) key);
      widest = MAX (widest, cvg_output_get_width (key));
    }
  g_ptr_array_sort (keys, compare_keys);

  for (unsigned int i = 0; i < keys->len; i++)
    {
      const char *key = g_ptr_array_index (keys, i);
      g_autoptr (GVariant) value = g_variant_lookup_value (dict, key, NULL);
      g_autofree char *text = format_value (key, value);
      g_autofree char *printable_key = cvg_output_make_printable (key);
      g_autofree char *printable = cvg_output_make_printable (text);

      printf ("%s%*s" GAP "%s\n", printable_key, (int) (widest - cvg_output_get_width (key)), "",
              printable);
    }
}

/**
 * cvg_output_print_line:
 * @text: data
 *
 * Prints it as it is.
 */
void
cvg_output_print_line (const char *text)
{
  puts (text);
}

/**
 * cvg_output_close:
 * @error: return location
 *
 * A script must not take half of the data for all of it, as when the disk is full.
 *
 * Returns: whether all data was written
 */
gboolean
cvg_output_close (GError **error)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "The output can't be written: %s",
               g_strerror (errno));
  return FALSE;
}
