/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines for people carry no control characters, since labels and names come from other programs;
 * JSON escapes them, and what a program asked for verbatim is written verbatim.
 *
 * Bytes go straight to stdio, which is UTF-8 whatever the locale: main() sees to it.
 */
#include "client/output.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#define GAP "  "

static unsigned int
measure (gunichar letter)
{
  if (g_unichar_iswide (letter))
    return 2;
  return g_unichar_iszerowidth (letter) ? 0 : 1;
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
    width += measure (g_utf8_get_char (at));
  return width;
}

/**
 * cvg_output_cut:
 * @text: UTF-8
 * @width: how many columns of a terminal there are for it
 *
 * Returns: (transfer full): @text, or as much of it as there is room for and an ellipsis
 */
char *
cvg_output_cut (const char *text, unsigned int width)
{
  const char *end = text;
  unsigned int taken = 1; /* by the ellipsis */
  g_autofree char *beginning = NULL;

  if (cvg_output_get_width (text) <= width)
    return g_strdup (text);
  if (width == 0)
    return g_strdup ("");

  while (taken + measure (g_utf8_get_char (end)) <= width)
    {
      taken += measure (g_utf8_get_char (end));
      end = g_utf8_next_char (end);
    }

  beginning = g_strndup (text, (size_t) (end - text));
  return g_strconcat (g_strchomp (beginning), "…", NULL);
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
