/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Auth data, as the contract spells it. The named keys come first and win; what nobody named
 * follows as it was. The platform's own keys are spelled as the provider file says.
 */
#include "model/auth-data.h"

#include "dbus/error.h"
#include "model/vardict.h"

/* What people call the one string of an API, in the order in which it is looked for. */
static const char *const keys_of_api[] = { "token", "api_key" };

/**
 * cvg_auth_data_is_named_key:
 *
 * Returns: whether @key means the same in the auth data of every server, so that no server, file or
 *   redirect can have it mean something else
 */
gboolean
cvg_auth_data_is_named_key (const char *key)
{
  static const char *const keys[] = {
    "access_token", "refresh_token", "token_type", "scope", "expires_at",
    "expires_in",   "serial",        "id_token",   NULL,
  };

  return g_strv_contains (keys, key);
}

/* Whether @key is one that we spell out ourselves for these credentials. The platform's keys are
 * that only where there is something to say: else they are what the server or a caller set. */
static gboolean
is_named (const char *key, const CvgCredentials *credentials, const CvgProvider *provider)
{
  if (cvg_auth_data_is_named_key (key))
    return TRUE;
  if (credentials->account != NULL && g_str_equal (key, "account"))
    return TRUE;

  return credentials->resources != NULL &&
         (g_strcmp0 (key, provider->resources_member) == 0 ||
          g_strcmp0 (key, provider->resources_selected_member) == 0 ||
          g_strcmp0 (key, provider->resources_url_member) == 0);
}

/* An object that had the token in it has been relieved of it: what is kept would grow old. Programs
 * look for it where the server put it, so there they find the one that is good now.
 * Returns: (transfer full): @value, with the token if it is such an object */
static GVariant *
give_token_back (const char *key,
                 GVariant *value,
                 const CvgCredentials *credentials,
                 const CvgProvider *provider)
{
  g_auto (GVariantDict) dict = { { { 0 } } };

  if (!g_strv_contains ((const char *const *) provider->token_objects, key) ||
      !g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT) ||
      cvg_secret_is_empty (credentials->access_token))
    return g_variant_ref (value);

  g_variant_dict_init (&dict, value);
  if (!g_variant_dict_contains (&dict, "access_token"))
    {
      g_variant_dict_insert (&dict, "access_token", "s",
                             cvg_secret_peek (credentials->access_token));
      if (credentials->token_type != NULL)
        g_variant_dict_insert (&dict, "token_type", "s", credentials->token_type);
    }
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
add_members (GVariantBuilder *builder,
             const CvgCredentials *credentials,
             const CvgProvider *provider)
{
  GVariantIter iter;
  const char *key = NULL;
  GVariant *value = NULL;

  g_variant_iter_init (&iter, credentials->members);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    if (!is_named (key, credentials, provider))
      {
        g_autoptr (GVariant) whole = give_token_back (key, value, credentials, provider);

        g_variant_builder_add (builder, "{sv}", key, whole);
      }
}

static GVariant *
find_resource_by_id (GVariant *resources, const char *id)
{
  GVariantIter iter;
  GVariant *resource = NULL;

  g_variant_iter_init (&iter, resources);
  while ((resource = g_variant_iter_next_value (&iter)) != NULL)
    {
      const char *its_id = NULL;

      if (g_variant_lookup (resource, "id", "&s", &its_id) && g_strcmp0 (its_id, id) == 0)
        return resource;
      g_variant_unref (resource);
    }

  return NULL;
}

/* The id that all resources share, which is not rare: Atlassian lists a site once a product. */
static const char *
only_id (GVariant *resources)
{
  const char *only = NULL;

  for (gsize i = 0; i < g_variant_n_children (resources); i++)
    {
      g_autoptr (GVariant) resource = g_variant_get_child_value (resources, i);
      const char *id = NULL;

      if (!g_variant_lookup (resource, "id", "&s", &id))
        continue;
      if (only != NULL && g_strcmp0 (only, id) != 0)
        return NULL;
      only = id;
    }

  return only;
}

/**
 * cvg_auth_data_find_resource:
 * @resource_id: (nullable): the one that the person chose
 *
 * Returns: (transfer full) (nullable): the site in use, an a{sv}: the one that the person chose,
 *   else the only one; %NULL if there is none or a choice is due
 */
GVariant *
cvg_auth_data_find_resource (const CvgCredentials *credentials, const char *resource_id)
{
  const char *id = NULL;

  if (credentials->resources == NULL)
    return NULL;

  if (resource_id != NULL)
    {
      GVariant *chosen = find_resource_by_id (credentials->resources, resource_id);

      if (chosen != NULL)
        return chosen;
    }

  id = only_id (credentials->resources);
  return id != NULL ? find_resource_by_id (credentials->resources, id) : NULL;
}

static void
add_resources (GVariantBuilder *builder,
               const CvgCredentials *credentials,
               const CvgInstance *instance,
               const CvgProvider *provider)
{
  g_autoptr (GVariant) in_use = cvg_auth_data_find_resource (credentials, instance->resource_id);

  if (credentials->resources == NULL || provider->resources_member == NULL)
    return;

  cvg_vardict_add_value (builder, provider->resources_member, credentials->resources);
  if (in_use != NULL)
    {
      g_autofree char *id = cvg_vardict_dup_string (in_use, "id");
      g_autofree char *url = cvg_vardict_dup_string (in_use, "url");

      cvg_vardict_add_string (builder, provider->resources_selected_member, id);
      cvg_vardict_add_string (builder, provider->resources_url_member, url);
    }
}

/* What all auth data of the server has. A server or a person who says otherwise is right. */
static void
add_templates (GVariantBuilder *builder,
               const CvgCredentials *credentials,
               const CvgInstance *instance,
               const CvgProvider *provider)
{
  for (char **pair = provider->auth_data; *pair != NULL; pair += 2)
    {
      g_autoptr (GVariant) given =
          credentials->members != NULL ?
              g_variant_lookup_value (credentials->members, pair[0], NULL) :
              NULL;
      g_autofree char *text = cvg_tenant_fill_text (pair[1], instance->tenant);

      if (given == NULL && !is_named (pair[0], credentials, provider))
        cvg_vardict_add_string (builder, pair[0], text);
    }
}

/**
 * cvg_auth_data_build:
 * @credentials: what the server gave
 * @instance: whose they are
 * @provider: the server
 * @now: Unix seconds
 *
 * Returns: (transfer full): the auth data, an a{sv}
 */
GVariant *
cvg_auth_data_build (const CvgCredentials *credentials,
                     const CvgInstance *instance,
                     const CvgProvider *provider,
                     gint64 now)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  cvg_vardict_add_secret (&builder, "access_token", credentials->access_token);
  cvg_vardict_add_secret (&builder, "refresh_token", credentials->refresh_token);
  cvg_vardict_add_string (&builder, "token_type", credentials->token_type);
  cvg_vardict_add_string (&builder, "scope", credentials->scope);
  if (credentials->expires_at != 0)
    {
      cvg_vardict_add_int64 (&builder, "expires_at", credentials->expires_at);
      g_variant_builder_add (&builder, "{sv}", "expires_in",
                             g_variant_new_int64 (MAX (credentials->expires_at - now, 0)));
    }
  cvg_vardict_add_uint64 (&builder, "serial", credentials->serial);
  cvg_vardict_add_secret (&builder, "id_token", credentials->id_token);
  add_resources (&builder, credentials, instance, provider);
  cvg_vardict_add_value (&builder, "account", credentials->account);
  if (credentials->members != NULL)
    add_members (&builder, credentials, provider);
  add_templates (&builder, credentials, instance, provider);

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* ---- what callers set ------------------------------------------------------------------------ */

/* Tokens and keys go into headers and are printed as one line. */
static gboolean
check_one_line (const char *key, GVariant *text, GError **error)
{
  for (const char *c = g_variant_get_string (text, NULL); *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      {
        g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                     "Auth data: “%s” has a control character in it", key);
        return FALSE;
      }

  return TRUE;
}

static gboolean
take_string (GVariantDict *dict, const char *key, char **value, GError **error)
{
  g_autoptr (GVariant) variant = g_variant_dict_lookup_value (dict, key, NULL);

  if (variant == NULL)
    return TRUE;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_STRING))
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                   "Auth data: “%s” must be a string, not of type “%s”", key,
                   g_variant_get_type_string (variant));
      return FALSE;
    }

  if (!check_one_line (key, variant, error))
    return FALSE;

  /* Empty is as good as absent: an empty refresh token is none that a server could take. */
  if (*g_variant_get_string (variant, NULL) != '\0')
    *value = g_variant_dup_string (variant, NULL);
  g_variant_dict_remove (dict, key);
  return TRUE;
}

static gboolean
take_secret (GVariantDict *dict, const char *key, CvgSecret **secret, GError **error)
{
  char *value = NULL;

  if (!take_string (dict, key, &value, error))
    return FALSE;

  if (value != NULL)
    *secret = cvg_secret_new_take (value);
  return TRUE;
}

/* Which integer type a caller's language picks is not the caller's fault. */
static gboolean
take_integer (GVariantDict *dict, const char *key, gint64 *value, GError **error)
{
  g_autoptr (GVariant) variant = g_variant_dict_lookup_value (dict, key, NULL);

  if (variant == NULL)
    return TRUE;

  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_INT64))
    *value = g_variant_get_int64 (variant);
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_INT32))
    *value = g_variant_get_int32 (variant);
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_UINT32))
    *value = g_variant_get_uint32 (variant);
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_UINT64) &&
           g_variant_get_uint64 (variant) <= G_MAXINT64)
    *value = (gint64) g_variant_get_uint64 (variant);
  else
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                   "Auth data: “%s” must be a whole number (int64), not of type “%s”", key,
                   g_variant_get_type_string (variant));
      return FALSE;
    }

  g_variant_dict_remove (dict, key);
  return TRUE;
}

/* The members of “data” count as if they stood beside it. */
static gboolean
unwrap_data (GVariantDict *dict, GError **error)
{
  g_autoptr (GVariant) data = g_variant_dict_lookup_value (dict, "data", NULL);
  GVariantIter iter;
  const char *key = NULL;
  GVariant *value = NULL;

  if (data == NULL)
    return TRUE;

  if (!g_variant_is_of_type (data, G_VARIANT_TYPE_VARDICT))
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                   "Auth data: “data” must be a dictionary (a{sv}), not of type “%s”",
                   g_variant_get_type_string (data));
      return FALSE;
    }

  g_variant_dict_remove (dict, "data");
  g_variant_iter_init (&iter, data);
  while ((value = NULL, g_variant_iter_next (&iter, "{&sv}", &key, &value)))
    {
      g_autoptr (GVariant) owned = value;

      if (g_variant_dict_contains (dict, key))
        {
          g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                       "Auth data: “%s” is there twice, in “data” and beside it", key);
          return FALSE;
        }
      g_variant_dict_insert_value (dict, key, owned);
    }
  return TRUE;
}

static gboolean
take_named (GVariantDict *dict, CvgCredentials *credentials, gint64 now, GError **error)
{
  gint64 expires_in = 0;

  if (!take_secret (dict, "access_token", &credentials->access_token, error) ||
      !take_secret (dict, "refresh_token", &credentials->refresh_token, error) ||
      !take_secret (dict, "id_token", &credentials->id_token, error) ||
      !take_string (dict, "token_type", &credentials->token_type, error) ||
      !take_string (dict, "scope", &credentials->scope, error) ||
      !take_integer (dict, "expires_at", &credentials->expires_at, error) ||
      !take_integer (dict, "expires_in", &expires_in, error))
    return FALSE;

  if (credentials->expires_at < 0 || expires_in < 0 || expires_in > G_MAXINT32)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT, "Auth data: “%s” is out of range",
                   credentials->expires_at < 0 ? "expires_at" : "expires_in");
      return FALSE;
    }

  if (credentials->expires_at == 0 && expires_in > 0)
    credentials->expires_at = now + expires_in;
  /* The serial is ours to give. */
  g_variant_dict_remove (dict, "serial");
  return TRUE;
}

static gboolean
check_keys_of_api (GVariantDict *dict, GError **error)
{
  for (size_t i = 0; i < G_N_ELEMENTS (keys_of_api); i++)
    {
      const char *key = keys_of_api[i];
      g_autoptr (GVariant) value = g_variant_dict_lookup_value (dict, key, NULL);

      if (value != NULL && !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
        {
          g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                       "Auth data: “%s” must be a string, not of type “%s”", key,
                       g_variant_get_type_string (value));
          return FALSE;
        }
      if (value != NULL && !check_one_line (key, value, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
can_be_kept (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    return cvg_vardict_can_keep_double (g_variant_get_double (value));
  if (!g_variant_is_container (value))
    return TRUE;

  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      if (!can_be_kept (child))
        return FALSE;
    }

  return TRUE;
}

/**
 * cvg_auth_data_parse:
 * @auth_data: an a{sv}, as a caller gave it
 * @now: Unix seconds
 *
 * Returns: (transfer full): credentials without a serial; fails with %CVG_ERROR_INVALID_ARGUMENT if
 *   there is nothing in it, or a named key has another type
 */
CvgCredentials *
cvg_auth_data_parse (GVariant *auth_data, gint64 now, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (auth_data);
  g_autoptr (CvgCredentials) credentials = cvg_credentials_new ();
  g_autoptr (GVariant) members = NULL;

  if (!can_be_kept (auth_data))
    {
      g_set_error_literal (
          error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
          "Auth data: there is a number in it that is not finite, or too near to 0");
      return NULL;
    }
  if (!unwrap_data (&dict, error) || !take_named (&dict, credentials, now, error) ||
      !check_keys_of_api (&dict, error))
    return NULL;

  members = g_variant_ref_sink (g_variant_dict_end (&dict));
  if (g_variant_n_children (members) > 0)
    credentials->members = cvg_members_keep_secret (members);

  if (cvg_secret_is_empty (credentials->access_token) &&
      cvg_secret_is_empty (credentials->refresh_token) && credentials->members == NULL)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                           "Auth data: there is no credential in it");
      return NULL;
    }

  credentials->obtained_at = now;
  return g_steal_pointer (&credentials);
}

static CvgSecret *
get_key (const CvgCredentials *credentials, const char *name)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (credentials->members, name, NULL);

  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ||
      *g_variant_get_string (value, NULL) == '\0' || !check_one_line (name, value, NULL))
    return NULL;

  return cvg_secret_new (g_variant_get_string (value, NULL));
}

/**
 * cvg_auth_data_get_token:
 * @provider: (nullable): the server
 *
 * Returns: (transfer full) (nullable): the one string that a program presents to the server: the
 *   access token, else the key that the server's file calls the token (if it calls none so, the
 *   first that there is of those that it asks for), else what the caller set as “token” or
 *   “api_key”. One that has several lines is none, and for the key that is the token no other of
 *   the file stands in: that may be a name, which no server takes for a token
 */
CvgSecret *
cvg_auth_data_get_token (const CvgCredentials *credentials, const CvgProvider *provider)
{
  CvgSecret *token = NULL;

  if (!cvg_secret_is_empty (credentials->access_token))
    return cvg_secret_ref (credentials->access_token);
  if (credentials->members == NULL)
    return NULL;

  if (provider != NULL && provider->api_key_token != NULL)
    token = get_key (credentials, provider->api_key_token);
  else
    for (char **name = provider != NULL ? provider->api_key_fields : NULL;
         token == NULL && name != NULL && *name != NULL; name++)
      token = get_key (credentials, *name);
  for (size_t i = 0; token == NULL && i < G_N_ELEMENTS (keys_of_api); i++)
    token = get_key (credentials, keys_of_api[i]);

  return token;
}
