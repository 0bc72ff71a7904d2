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

#include "model/scopes.h"

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

/* The value without white space around it; an empty one is as good as none and leaves NULL. */
static gboolean
get_text (GKeyFile *file, const CvgField *field, char **text, GError **error)
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

/* The items without white space around them, and without the empty ones. */
static char **
get_items (GKeyFile *file, const CvgField *field, GError **error)
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

static void
set_string (CvgProvider *provider, const CvgField *field, char *value)
{
  char **member = G_STRUCT_MEMBER_P (provider, field->offset);

  g_free (*member);
  *member = value;
}

static void
set_list (CvgProvider *provider, const CvgField *field, char **value)
{
  char ***member = G_STRUCT_MEMBER_P (provider, field->offset);

  g_strfreev (*member);
  *member = value;
}

/** cvg_field_read_name: a line of text for people */
gboolean
cvg_field_read_name (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  g_autofree char *text = NULL;

  if (!get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (strlen (text) > MAX_TEXT)
    return cvg_field_mistake (error, field, "is longer than %d bytes", MAX_TEXT);
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_isprint (g_utf8_get_char (c)))
      return cvg_field_mistake (error, field, "has a character that can't be printed");

  set_string (provider, field, g_steal_pointer (&text));
  return TRUE;
}

/** cvg_field_read_kinds: a list of the ways in which one can connect */
gboolean
cvg_field_read_kinds (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  static const char *const known[] = { "oauth2", "api-key", "basic", "connection-string",
                                       "none",   NULL };
  g_auto (GStrv) items = get_items (file, field, error);

  if (items == NULL)
    return FALSE;
  for (char **item = items; *item != NULL; item++)
    if (!g_strv_contains (known, *item))
      return cvg_field_mistake (error, field,
                                "must be of oauth2, api-key, basic, connection-string and none");
  if (g_strv_contains ((const char *const *) items, "none") && g_strv_length (items) > 1)
    return cvg_field_mistake (error, field, "has “none” beside others");

  set_list (provider, field, g_steal_pointer (&items));
  return TRUE;
}

static gboolean
check_url (const CvgProvider *provider, const CvgField *field, const char *url, GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
  g_autoptr (GVariant) samples = NULL;
  g_autofree char *sample = NULL;
  const char *reason;

  for (guint i = 0; i < provider->tenant_parameters->len; i++)
    {
      const CvgTenantParameter *parameter = g_ptr_array_index (provider->tenant_parameters, i);

      g_variant_builder_add (&builder, "{ss}", parameter->name, "sample");
    }
  samples = g_variant_ref_sink (g_variant_builder_end (&builder));
  sample = cvg_provider_expand (url, samples);

  reason = field->find_mistake (sample);
  return reason == NULL || cvg_field_mistake (error, field, "%s", reason);
}

/**
 * cvg_field_read_url: a URL; the names of tenant parameters may stand in it, in braces.
 *
 * It is judged with a sample in place of each {name}, and stored with the names
 */
gboolean
cvg_field_read_url (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  g_autofree char *text = NULL;

  if (!get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!check_url (provider, field, text, error))
    return FALSE;

  set_string (provider, field, g_steal_pointer (&text));
  return TRUE;
}

/**
 * cvg_field_read_fixed_url: a URL without tenant parameters: one that is needed when no instance is
 * known
 */
gboolean
cvg_field_read_fixed_url (CvgProvider *provider,
                          const CvgField *field,
                          GKeyFile *file,
                          GError **error)
{
  g_autofree char *text = NULL;
  const char *reason;

  if (!get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (strpbrk (text, "{}") != NULL)
    return cvg_field_mistake (error, field, "must not have a {parameter}");
  reason = field->find_mistake (text);
  if (reason != NULL)
    return cvg_field_mistake (error, field, "%s", reason);

  set_string (provider, field, g_steal_pointer (&text));
  return TRUE;
}

/**
 * cvg_field_read_account_url: a URL, or a reference relative to the endpoint of the resources, so
 * that who moves that one moves both
 */
gboolean
cvg_field_read_account_url (CvgProvider *provider,
                            const CvgField *field,
                            GKeyFile *file,
                            GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *url = NULL;

  if (!get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;

  if (g_uri_peek_scheme (text) != NULL)
    url = g_steal_pointer (&text);
  else if (provider->resources_endpoint == NULL)
    return cvg_field_mistake (error, field, "is relative, but there is no Endpoint");
  else
    url = g_uri_resolve_relative (provider->resources_endpoint, text, G_URI_FLAGS_ENCODED, NULL);
  if (url == NULL)
    return cvg_field_mistake (error, field, "can't be resolved relative to Endpoint");
  if (!check_url (provider, field, url, error))
    return FALSE;

  set_string (provider, field, g_steal_pointer (&url));
  return TRUE;
}

static gboolean
check_scopes (const CvgField *field, const char *const *scopes, GError **error)
{
  const char *bad = NULL;

  if (!cvg_scopes_are_valid (scopes, &bad))
    return cvg_field_mistake (error, field, "“%s” is not a scope", bad);
  for (; *scopes != NULL; scopes++)
    if (strchr (*scopes, ',') != NULL)
      return cvg_field_mistake (error, field, "“%s” is not a scope: “;” stands between scopes here",
                                *scopes);

  return TRUE;
}

/** cvg_field_read_scopes: a list of scopes */
gboolean
cvg_field_read_scopes (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  g_auto (GStrv) items = get_items (file, field, error);

  if (items == NULL || !check_scopes (field, (const char *const *) items, error))
    return FALSE;

  set_list (provider, field, cvg_scopes_union ((const char *const *) items, NULL));
  return TRUE;
}

/** cvg_field_read_scope: one scope */
gboolean
cvg_field_read_scope (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  g_autofree char *text = NULL;

  if (!get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!check_scopes (field, (const char *const[]){ text, NULL }, error))
    return FALSE;

  set_string (provider, field, g_steal_pointer (&text));
  return TRUE;
}

/* Finds which of the words it is; -1 stays where the value is empty. */
static gboolean
get_word (GKeyFile *file, const CvgField *field, int *index, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *all = NULL;

  if (!get_text (file, field, &text, error))
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
    provider->scope_separator = " ,"[index];
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

  if (!get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT32, &seconds, NULL))
    return cvg_field_mistake (error, field, "must be a whole number of seconds from 0 to %d",
                              G_MAXINT32);

  G_STRUCT_MEMBER (guint, provider, field->offset) = (guint) seconds;
  return TRUE;
}

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
  g_auto (GStrv) items = get_items (file, field, error);
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

  set_list (provider, field, g_strv_builder_end (pairs));
  return TRUE;
}

static CvgDeadGrant *
parse_dead_grant (const char *item)
{
  g_auto (GStrv) parts = g_strsplit (item, ":", 3);
  guint64 status;

  if (g_strv_length (parts) < 2 || *g_strstrip (parts[1]) == '\0')
    return NULL;
  /* Not 5xx: a server in trouble says nothing of the grant, whatever its page says. */
  if (!g_ascii_string_to_unsigned (g_strstrip (parts[0]), 10, 200, 499, &status, NULL))
    return NULL;
  if (parts[2] != NULL && *g_strstrip (parts[2]) == '\0')
    return NULL;

  return cvg_dead_grant_new ((guint) status, parts[1], parts[2]);
}

/** cvg_field_read_dead_grants: a list of status:error[:description] */
gboolean
cvg_field_read_dead_grants (CvgProvider *provider,
                            const CvgField *field,
                            GKeyFile *file,
                            GError **error)
{
  g_auto (GStrv) items = get_items (file, field, error);

  if (items == NULL)
    return FALSE;

  g_ptr_array_set_size (provider->dead_grants, 0);
  for (char **item = items; *item != NULL; item++)
    {
      CvgDeadGrant *dead_grant = parse_dead_grant (*item);

      if (dead_grant == NULL)
        return cvg_field_mistake (
            error, field,
            "has an item that is not status:error or status:error:description, "
            "with a status from 200 to 499");
      g_ptr_array_add (provider->dead_grants, dead_grant);
    }

  return TRUE;
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

/**
 * cvg_field_read_member: the name of a key of the auth data, beside those that mean the same for
 * every server
 */
gboolean
cvg_field_read_member (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  static const char *const taken[] = {
    "access_token",  "account", "expires_at", "expires_in", "id_token",
    "refresh_token", "scope",   "serial",     "token_type", NULL,
  };
  g_autofree char *text = NULL;

  if (!get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!cvg_field_is_identifier (text))
    return cvg_field_mistake (error, field, "must be made of ASCII letters, digits, “_” and “-”");
  if (g_strv_contains (taken, text))
    return cvg_field_mistake (error, field, "can't be “%s”, which is in every auth data", text);

  set_string (provider, field, g_steal_pointer (&text));
  return TRUE;
}

/** cvg_field_read_header: an HTTP header with a place for the key in it */
gboolean
cvg_field_read_header (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  g_autofree char *text = NULL;
  const char *colon;
  const char *brace;

  if (!get_text (file, field, &text, error))
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

  set_string (provider, field, g_steal_pointer (&text));
  return TRUE;
}
