/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How lists of name=value and the like are read.
 */
#include "providers/field.h"

#include <string.h>

/* Parameters that say what the sign-in itself must say: a file that sets one would break it, or
 * weaken it. */
static gboolean
is_protocol_parameter (const char *name)
{
  static const char *const names[] = {
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "device_code",
    "grant_type",
    "redirect_uri",
    "refresh_token",
    "response_type",
    "scope",
    "state",
    NULL,
  };

  return g_strv_contains (names, name);
}

/** cvg_field_read_parameters: a list of name=value */
gboolean
cvg_field_read_parameters (CvgProvider *provider,
                           const CvgField *field,
                           GKeyFile *file,
                           GError **error)
{
  g_auto (GStrv) items = cvg_field_get_items (file, field, error);
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();

  if (items == NULL)
    return FALSE;
  for (char **item = items; *item != NULL; item++)
    {
      char *value = strchr (*item, '=');

      if (value == NULL)
        return cvg_field_mistake (error, field, "has an item that is not name=value");
      *value++ = '\0';
      g_strchomp (*item);
      if (**item == '\0')
        return cvg_field_mistake (error, field, "has an item that is not name=value");
      if (is_protocol_parameter (*item))
        return cvg_field_mistake (error, field, "can't set “%s”: that is the protocol's own",
                                  *item);
      g_strv_builder_add_many (pairs, *item, g_strchug (value), NULL);
    }

  cvg_field_set_list (provider, field, g_strv_builder_end (pairs));
  return TRUE;
}

/** cvg_field_read_header: an HTTP header with a place for the key in it */
gboolean
cvg_field_read_header (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  g_autofree char *text = NULL;
  const char *colon;
  const char *brace;

  if (!cvg_field_get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isprint (*c))
      return cvg_field_mistake (error, field, "must be printable ASCII");

  colon = strchr (text, ':');
  if (colon == NULL || colon == text ||
      strcspn (text, " {}()<>@,;\\\"/[]?=") < (size_t) (colon - text))
    return cvg_field_mistake (error, field, "must be “Name: value”");
  brace = strchr (colon, '{');
  if (brace == NULL || strchr (brace, '}') == NULL)
    return cvg_field_mistake (error, field, "has no place for the key, as {token}");

  cvg_field_set_string (provider, field, g_steal_pointer (&text));
  return TRUE;
}
