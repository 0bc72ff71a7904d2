/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the keys of a provider file are read: a function for each kind of value, which fills one
 * member of a provider or says what is wrong. An empty value is as good as none, but for lists:
 * there it is the empty list, which is how an override takes everything out of one.
 *
 * Which key is of which kind is the business of provider-file.c.
 */
#include "providers/field.h"

#include <string.h>

#include "model/auth-data.h"

#define MAX_TEXT 255

/**
 * cvg_field_mistake:
 * @format: what is wrong with the key: a sentence without its subject
 *
 * Sets @error to "[Group] Key: reason".
 *
 * Returns: %FALSE
 */
gboolean
cvg_field_mistake (GError **error, const CvgField *field, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, "[%s] %s: %s", field->group,
               field->key, reason);
  return FALSE;
}

/**
 * cvg_field_get_text:
 * @text: (out) (nullable): the value without white space around it; an empty one is as good as none
 */
gboolean
cvg_field_get_text (GKeyFile *file, const CvgField *field, char **text, GError **error)
{
  /* GLib gives a value even where it found a mistake in it. */
  g_autoptr (GError) escape_error = NULL;
  g_autofree char *value = g_key_file_get_string (file, field->group, field->key, &escape_error);

  if (escape_error != NULL)
    return cvg_field_mistake (error, field, "has a backslash that escapes nothing");

  g_strstrip (value);
  *text = *value != '\0' ? g_steal_pointer (&value) : NULL;
  return TRUE;
}

/**
 * cvg_field_get_items:
 *
 * Returns: (transfer full): the items without white space around them, and without the empty ones
 */
char **
cvg_field_get_items (GKeyFile *file, const CvgField *field, GError **error)
{
  g_autoptr (GError) escape_error = NULL;
  g_auto (GStrv) items =
      g_key_file_get_string_list (file, field->group, field->key, NULL, &escape_error);
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();

  if (escape_error != NULL)
    {
      cvg_field_mistake (error, field, "has a backslash that escapes nothing");
      return NULL;
    }

  for (char **item = items; *item != NULL; item++)
    if (*g_strstrip (*item) != '\0')
      g_strv_builder_add (kept, *item);

  return g_strv_builder_end (kept);
}

/** cvg_field_set_string: stores @value (transfer full) in the member of @field */
void
cvg_field_set_string (CvgProvider *provider, const CvgField *field, char *value)
{
  char **member = G_STRUCT_MEMBER_P (provider, field->offset);

  g_free (*member);
  *member = value;
}

/** cvg_field_set_list: stores @value (transfer full) in the member of @field */
void
cvg_field_set_list (CvgProvider *provider, const CvgField *field, char **value)
{
  char ***member = G_STRUCT_MEMBER_P (provider, field->offset);

  g_strfreev (*member);
  *member = value;
}

/** cvg_field_is_identifier: Returns: whether @text is a letter, then letters, digits, “_”, “-” */
gboolean
cvg_field_is_identifier (const char *text)
{
  if (!g_ascii_isalpha (*text) || strlen (text) > MAX_TEXT)
    return FALSE;
  while (g_ascii_isalnum (*text) || *text == '_' || *text == '-')
    text++;
  return *text == '\0';
}

/** cvg_field_is_slug: Returns: whether @text can be typed on command lines and name a file */
gboolean
cvg_field_is_slug (const char *text)
{
  return g_ascii_isalnum (*text) &&
         text[strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] == '\0';
}

/** cvg_field_is_printable: Returns: whether @text has only characters that people can see */
gboolean
cvg_field_is_printable (const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_isprint (g_utf8_get_char (c)))
      return FALSE;

  return TRUE;
}

/** cvg_field_check_line: Returns: whether @text can be a line for people */
gboolean
cvg_field_check_line (const CvgField *field, const char *text, GError **error)
{
  if (strlen (text) > MAX_TEXT)
    return cvg_field_mistake (error, field, "is longer than %d bytes", MAX_TEXT);
  if (!cvg_field_is_printable (text))
    return cvg_field_mistake (error, field, "has a character that can't be printed");
  return TRUE;
}

/** cvg_field_check_member: Returns: whether @text can name a key of the auth data, beside those
 * that mean the same for every server */
gboolean
cvg_field_check_member (const CvgField *field, const char *text, GError **error)
{
  if (!cvg_field_is_identifier (text))
    return cvg_field_mistake (error, field, "must be made of ASCII letters, digits, “_” and “-”");
  if (cvg_auth_data_is_named_key (text) || g_str_equal (text, "account"))
    return cvg_field_mistake (error, field, "can't be “%s”, which is in every auth data", text);
  return TRUE;
}

/**
 * cvg_field_read_checked:
 * @check: what the value must be like
 *
 * A text: stored in the member of @field if it is right. An empty one leaves what was there.
 */
gboolean
cvg_field_read_checked (CvgProvider *provider,
                        const CvgField *field,
                        GKeyFile *file,
                        CvgFieldCheckFunc *check,
                        GError **error)
{
  g_autofree char *text = NULL;

  if (!cvg_field_get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!check (provider, field, text, error))
    return FALSE;

  cvg_field_set_string (provider, field, g_steal_pointer (&text));
  return TRUE;
}

static gboolean
check_name (const CvgProvider *provider, const CvgField *field, const char *text, GError **error)
{
  return cvg_field_check_line (field, text, error);
}

/** cvg_field_read_name: a line of text for people */
gboolean
cvg_field_read_name (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  return cvg_field_read_checked (provider, field, file, check_name, error);
}

static gboolean
check_member (const CvgProvider *provider, const CvgField *field, const char *text, GError **error)
{
  return cvg_field_check_member (field, text, error);
}

/**
 * cvg_field_read_member: the name of a key of the auth data, beside those that mean the same for
 * every server
 */
gboolean
cvg_field_read_member (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  return cvg_field_read_checked (provider, field, file, check_member, error);
}

static gboolean
check_identifier (const CvgProvider *provider,
                  const CvgField *field,
                  const char *text,
                  GError **error)
{
  return cvg_field_is_identifier (text) ||
         cvg_field_mistake (error, field, "must be made of ASCII letters, digits, “_” and “-”");
}

/** cvg_field_read_identifier: a name on the wire, of a parameter or a member of an answer */
gboolean
cvg_field_read_identifier (CvgProvider *provider,
                           const CvgField *field,
                           GKeyFile *file,
                           GError **error)
{
  return cvg_field_read_checked (provider, field, file, check_identifier, error);
}

static gboolean
check_path_name (const CvgProvider *provider,
                 const CvgField *field,
                 const char *text,
                 GError **error)
{
  return (strlen (text) <= MAX_TEXT && cvg_field_is_slug (text)) ||
         cvg_field_mistake (error, field,
                            "must be made of lower-case ASCII letters, digits, “-”, “_” and “.”");
}

/** cvg_field_read_path_name: a segment of a path, as a slug is one */
gboolean
cvg_field_read_path_name (CvgProvider *provider,
                          const CvgField *field,
                          GKeyFile *file,
                          GError **error)
{
  return cvg_field_read_checked (provider, field, file, check_path_name, error);
}

static gboolean
check_grant_type (const CvgProvider *provider,
                  const CvgField *field,
                  const char *text,
                  GError **error)
{
  static const char allowed[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/";

  return (strlen (text) <= MAX_TEXT && text[strspn (text, allowed)] == '\0') ||
         cvg_field_mistake (error, field, "is neither a plain name nor a URI");
}

/** cvg_field_read_grant_type: a name, or a URI that is one (RFC 6749 section 4.5) */
gboolean
cvg_field_read_grant_type (CvgProvider *provider,
                           const CvgField *field,
                           GKeyFile *file,
                           GError **error)
{
  return cvg_field_read_checked (provider, field, file, check_grant_type, error);
}
