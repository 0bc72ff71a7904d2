/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How lists of name=value and the like are read.
 */
#include "providers/field.h"

#include <string.h>

#include "model/protocol.h"

/* Cuts the item in two at @separator, without white space around either part. */
static char *
split_item (char *item, char separator)
{
  char *second = strchr (item, separator);

  if (second == NULL)
    return NULL;
  *second++ = '\0';
  g_strchomp (item);
  return *item != '\0' ? g_strchug (second) : NULL;
}

static gboolean
has_name (GPtrArray *pairs, const char *name)
{
  for (guint i = 0; i < pairs->len; i += 2)
    if (g_ascii_strcasecmp (g_ptr_array_index (pairs, i), name) == 0)
      return TRUE;

  return FALSE;
}

/* Returns whether the pair is right; @value is NULL where the item has no separator. */
typedef gboolean
CheckPairFunc (const CvgField *field, const char *name, const char *value, GError **error);

static gboolean
read_pairs (CvgProvider *provider,
            const CvgField *field,
            GKeyFile *file,
            char separator,
            CheckPairFunc *check,
            GError **error)
{
  g_auto (GStrv) items = cvg_field_get_items (file, field, error);
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (g_free);

  if (items == NULL)
    return FALSE;
  for (char **item = items; *item != NULL; item++)
    {
      const char *value = split_item (*item, separator);

      if (!check (field, *item, value, error))
        return FALSE;
      if (has_name (pairs, *item))
        return cvg_field_mistake (error, field, "has “%s” twice", *item);
      g_ptr_array_add (pairs, g_strdup (*item));
      g_ptr_array_add (pairs, g_strdup (value));
    }

  g_ptr_array_add (pairs, NULL);
  cvg_field_set_list (provider, field, (char **) g_ptr_array_steal (pairs, NULL));
  return TRUE;
}

static gboolean
check_parameter (const CvgField *field, const char *name, const char *value, GError **error)
{
  if (value == NULL)
    return cvg_field_mistake (error, field, "has an item that is not name=value");
  if (cvg_protocol_owns (name))
    return cvg_field_mistake (error, field, "can't set “%s”: that is the protocol's own", name);
  if (!cvg_field_is_printable (name) || !cvg_field_is_printable (value))
    return cvg_field_mistake (error, field, "has a character that can't be printed");
  return TRUE;
}

/** cvg_field_read_parameters: a list of name=value */
gboolean
cvg_field_read_parameters (CvgProvider *provider,
                           const CvgField *field,
                           GKeyFile *file,
                           GError **error)
{
  return read_pairs (provider, field, file, '=', check_parameter, error);
}

/* Headers that HTTP itself, the credentials or the form of the body need as they are. */
static gboolean
is_own_header (const char *name)
{
  static const char *const names[] = {
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "cookie",
    "cookie2",
    "date",
    "dpop",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    NULL,
  };
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_strv_contains (names, lower) || g_str_has_prefix (lower, "content-") ||
         g_str_has_prefix (lower, "proxy-") || g_str_has_prefix (lower, "sec-");
}

static gboolean
is_header_value (const char *value)
{
  for (const char *c = value; *c != '\0'; c++)
    if (!g_ascii_isprint (*c))
      return FALSE;

  return TRUE;
}

/* RFC 9110 section 5.6.2: a token. */
static gboolean
is_header_name (const char *name)
{
  return *name != '\0' && is_header_value (name) && strpbrk (name, " \"(),/:;<=>?@[\\]{}") == NULL;
}

static gboolean
check_header (const CvgField *field, const char *name, const char *value, GError **error)
{
  if (value == NULL || *value == '\0' || !is_header_name (name))
    return cvg_field_mistake (error, field, "has an item that is not “Name: value”");
  if (is_own_header (name))
    return cvg_field_mistake (error, field, "can't set “%s”: that is the protocol's own", name);
  if (!is_header_value (value))
    return cvg_field_mistake (error, field, "must be printable ASCII");
  return TRUE;
}

/** cvg_field_read_headers: a list of “Name: value” */
gboolean
cvg_field_read_headers (CvgProvider *provider,
                        const CvgField *field,
                        GKeyFile *file,
                        GError **error)
{
  return read_pairs (provider, field, file, ':', check_header, error);
}

/* What tells whether a redirect is the right one, and what it grants, stays there. */
static gboolean
check_redirect_member (const CvgField *field, const char *name, const char *value, GError **error)
{
  static const char *const own[] = {
    "code", "error", "error_description", "error_uri", "iss", "state", NULL,
  };

  if (value == NULL || !cvg_field_is_identifier (name))
    return cvg_field_mistake (error, field, "has an item that is not parameter=member");
  if (g_strv_contains (own, name))
    return cvg_field_mistake (error, field, "can't keep “%s”: that is the protocol's own", name);
  return cvg_field_check_member (field, value, error);
}

/** cvg_field_read_redirect_members: a list of parameter=member */
gboolean
cvg_field_read_redirect_members (CvgProvider *provider,
                                 const CvgField *field,
                                 GKeyFile *file,
                                 GError **error)
{
  char **pairs = NULL;

  if (!read_pairs (provider, field, file, '=', check_redirect_member, error))
    return FALSE;

  pairs = G_STRUCT_MEMBER (char **, provider, field->offset);
  for (char **pair = pairs; *pair != NULL; pair += 2)
    for (char **other = pairs; other != pair; other += 2)
      if (g_str_equal (pair[1], other[1]))
        return cvg_field_mistake (error, field, "has “%s” twice", pair[1]);

  return TRUE;
}

static gboolean
check_key_header (const CvgProvider *provider,
                  const CvgField *field,
                  const char *text,
                  GError **error)
{
  const char *colon = strchr (text, ':');
  const char *brace;

  if (!is_header_value (text))
    return cvg_field_mistake (error, field, "must be printable ASCII");
  if (colon == NULL || colon == text ||
      strcspn (text, " {}()<>@,;\\\"/[]?=") < (size_t) (colon - text))
    return cvg_field_mistake (error, field, "must be “Name: value”");

  brace = strchr (colon, '{');
  if (brace == NULL || strchr (brace, '}') == NULL)
    return cvg_field_mistake (error, field, "has no place for the key, as {token}");

  return TRUE;
}

/** cvg_field_read_header: an HTTP header with a place for the key in it */
gboolean
cvg_field_read_header (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  return cvg_field_read_checked (provider, field, file, check_key_header, error);
}
