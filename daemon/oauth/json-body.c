/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON from a server. The JSON library parses by recursion without a limit, takes more than JSON
 * (comments, assignments), ends strings at an escaped NUL and lets numbers overflow; what it gets
 * was therefore walked over once. Anything that a sane server would not send is no answer at all.
 */
#include "oauth/json-body.h"

#include <string.h>

#include "model/vardict.h"

#define BODY_MAX (1024 * 1024)
/* What is kept of an answer goes out on the bus, as dictionaries of variants: three levels for one
 * of JSON. A bus throws out who sends a message of more than 64. */
#define DEPTH_MAX 16
/* Far more than any answer has. The library finds a member that comes twice, and what is taken out
 * of a list, by walking: with all that fits into a body, that would be minutes. */
#define COMMAS_MAX 10000

static int
read_hex (const char *p, const char *end)
{
  int value = 0;

  if (end - p < 4)
    return -1;
  for (int i = 0; i < 4; i++)
    {
      if (!g_ascii_isxdigit (p[i]))
        return -1;
      value = value << 4 | g_ascii_xdigit_value (p[i]);
    }

  return value;
}

/* @p is behind "\u"; halves of surrogate pairs are no characters (RFC 8259 section 8.2). */
static const char *
skip_unicode_escape (const char *p, const char *end)
{
  int unit = read_hex (p, end);
  int second = 0;

  if (unit <= 0 || (unit >= 0xdc00 && unit <= 0xdfff))
    return NULL;
  if (unit < 0xd800 || unit > 0xdfff)
    return p + 4;

  p += 4;
  if (end - p < 2 || p[0] != '\\' || p[1] != 'u')
    return NULL;

  second = read_hex (p + 2, end);
  return second >= 0xdc00 && second <= 0xdfff ? p + 6 : NULL;
}

/* @p is behind the quotation mark; returns what is behind the other one. */
static const char *
skip_string (const char *p, const char *end)
{
  while (p != NULL && p < end && *p != '"')
    {
      if ((guchar) *p < 0x20)
        return NULL;
      if (*p != '\\')
        p++;
      else if (end - p < 2 || strchr ("\"\\/bfnrtu", p[1]) == NULL)
        return NULL;
      else
        p = p[1] == 'u' ? skip_unicode_escape (p + 2, end) : p + 2;
    }

  return p != NULL && p < end ? p + 1 : NULL;
}

static gboolean
is_one_shallow_value (const char *p, const char *end)
{
  int depth = 0;
  guint commas = 0;
  gboolean is_over = FALSE;

  while (p != NULL && p < end)
    {
      if (is_over && !g_ascii_isspace (*p))
        return FALSE;
      if (*p == '"')
        {
          p = skip_string (p + 1, end);
          continue;
        }
      if (*p == '{' || *p == '[')
        depth++;
      else if (*p == '}' || *p == ']')
        is_over = --depth == 0;
      else if (*p == ',')
        commas++;
      else if (!g_ascii_isalnum (*p) && strchr (":+-. \t\r\n", *p) == NULL)
        return FALSE;
      if (depth < 0 || depth > DEPTH_MAX || commas > COMMAS_MAX)
        return FALSE;
      p++;
    }

  return p != NULL && is_over;
}

static gboolean
is_of_word (char c)
{
  return g_ascii_isalnum (c) || c == '.' || c == '+' || c == '-';
}

static gboolean
is_integer_beyond_64_bits (const char *word, gsize length)
{
  const char *limit = *word == '-' ? "-9223372036854775808" : "9223372036854775807";
  gsize limit_length = strlen (limit);

  if (length < limit_length)
    return FALSE;
  for (gsize i = *word == '-' ? 1 : 0; i < length; i++)
    if (!g_ascii_isdigit (word[i]))
      return FALSE;

  return length > limit_length || strncmp (word, limit, length) > 0;
}

/* The library lets whole numbers overflow. With ".0" behind it such a number is a double, which is
 * as near as D-Bus gets. Returns (transfer full): @text with those, to be wiped */
static char *
make_wide_integers_doubles (const char *text, gsize length)
{
  const char *end = text + length;
  /* So much that it is never moved, which would leave secrets behind. */
  GString *safe = g_string_sized_new (2 * length);

  for (const char *p = text, *next = NULL; p < end; p = next)
    {
      next = *p == '"' ? skip_string (p + 1, end) : p + 1;
      while (is_of_word (*p) && next < end && is_of_word (*next))
        next++;

      g_string_append_len (safe, p, next - p);
      if (is_integer_beyond_64_bits (p, (gsize) (next - p)))
        g_string_append (safe, ".0");
    }

  return g_string_free (safe, FALSE);
}

/**
 * cvg_json_body_is_sound:
 *
 * Returns: whether @body is worth reading: not too long, UTF-8, without a NUL
 */
gboolean
cvg_json_body_is_sound (const CvgSecret *body)
{
  gsize length = cvg_secret_get_length (body);

  /* With a length given, the check also fails on a NUL. */
  return length > 0 && length <= BODY_MAX &&
         g_utf8_validate (cvg_secret_peek (body), (gssize) length, NULL);
}

/**
 * cvg_json_body_parse:
 * @body: what came
 *
 * Returns: (transfer full) (nullable): an object or an array; %NULL if @body is neither. Why is of
 *   no use to anybody, and the parser's message quotes the text
 */
JsonNode *
cvg_json_body_parse (const CvgSecret *body)
{
  const char *text = cvg_secret_peek (body);
  gsize length = cvg_secret_get_length (body);
  g_autoptr (JsonParser) parser = json_parser_new ();
  char *safe = NULL;
  gboolean is_json = FALSE;

  if (!cvg_json_body_is_sound (body) || !is_one_shallow_value (text, text + length))
    return NULL;

  safe = make_wide_integers_doubles (text, length);
  is_json = json_parser_load_from_data (parser, safe, -1, NULL);
  cvg_wipe_free (safe);

  return is_json ? json_parser_steal_root (parser) : NULL;
}

/** cvg_json_body_get_string: Returns: (nullable): the string @member; %NULL if it is none */
const char *
cvg_json_body_get_string (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (node);
}

/* What has no form in which it could be kept: null, of which a variant has "maybe" that D-Bus does
 * not carry, and numbers too big or too small for a double, whose text GVariant does not read back:
 * an item in the keyring with one in it could not be opened any more. */
static gboolean
is_dropped (JsonNode *node)
{
  if (JSON_NODE_HOLDS_NULL (node))
    return TRUE;

  return json_node_get_value_type (node) == G_TYPE_DOUBLE &&
         !cvg_vardict_can_keep_double (json_node_get_double (node));
}

static void
drop_unkeepable (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      g_autoptr (GList) names = json_object_get_members (object);

      for (GList *name = names; name != NULL; name = name->next)
        {
          JsonNode *member = json_object_get_member (object, name->data);

          if (is_dropped (member))
            json_object_remove_member (object, name->data);
          else
            drop_unkeepable (member);
        }
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = json_array_get_length (array); i > 0; i--)
        if (is_dropped (json_array_get_element (array, i - 1)))
          json_array_remove_element (array, i - 1);
        else
          drop_unkeepable (json_array_get_element (array, i - 1));
    }
}

/**
 * cvg_json_body_to_variant:
 * @node: what a server sent, but not null; loses what can't be kept: nulls, and numbers that are no
 *   normal doubles
 *
 * Returns: (transfer full): the same as a variant, objects as a{sv}, arrays as av
 */
GVariant *
cvg_json_body_to_variant (JsonNode *node)
{
  drop_unkeepable (node);
  return g_variant_ref_sink (json_gvariant_deserialize (node, NULL, NULL));
}
