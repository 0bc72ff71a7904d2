/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Providers as values, with the few questions that can be answered from one alone. A fresh one
 * has the defaults of the file format; whether what is filled in makes sense is judged where
 * provider files are read, not here.
 */
#include "model/provider.h"

#include <string.h>

#include "dbus/error.h"

/* A DNS name is at most 253 bytes, an identifier in a path hardly longer. */
#define MAX_TENANT_VALUE 255

/**
 * cvg_dead_grant_new:
 * @status: HTTP status
 * @error: the error code of RFC 6749 section 5.2
 * @description: (nullable): what the description must contain
 *
 * Returns: (transfer full): the sign of a dead grant
 */
CvgDeadGrant *
cvg_dead_grant_new (guint status, const char *error, const char *description)
{
  CvgDeadGrant *dead_grant = g_new0 (CvgDeadGrant, 1);

  dead_grant->status = status;
  dead_grant->error = g_strdup (error);
  dead_grant->description = g_strdup (description);
  return dead_grant;
}

/** cvg_dead_grant_free: frees it */
void
cvg_dead_grant_free (CvgDeadGrant *dead_grant)
{
  g_free (dead_grant->error);
  g_free (dead_grant->description);
  g_free (dead_grant);
}

/**
 * cvg_tenant_parameter_new:
 * @name: what stands between the braces
 * @pattern: the regular expression of its values
 *
 * Returns: (transfer full): the parameter; fails with %G_REGEX_ERROR if @pattern is none
 */
CvgTenantParameter *
cvg_tenant_parameter_new (const char *name, const char *pattern, GError **error)
{
  g_autofree char *whole = g_strdup_printf ("\\A(?:%s)\\z", pattern);
  g_autoptr (GRegex) alone = NULL;
  g_autoptr (GRegex) regex = NULL;
  CvgTenantParameter *parameter;

  /* Alone as well: "a)|(?:b" is no expression, but would be one inside the group. */
  alone = g_regex_new (pattern, 0, 0, error);
  if (alone == NULL)
    return NULL;
  regex = g_regex_new (whole, 0, 0, error);
  if (regex == NULL)
    return NULL;

  parameter = g_new0 (CvgTenantParameter, 1);
  parameter->name = g_strdup (name);
  parameter->regex = g_steal_pointer (&regex);
  parameter->pattern = g_strdup (pattern);
  return parameter;
}

/** cvg_tenant_parameter_free: frees it */
void
cvg_tenant_parameter_free (CvgTenantParameter *parameter)
{
  g_free (parameter->name);
  g_regex_unref (parameter->regex);
  g_free (parameter->pattern);
  g_free (parameter->default_value);
  g_free (parameter->description);
  g_free (parameter);
}

/** cvg_tenant_parameter_takes: Returns: whether @value is one of @parameter */
gboolean
cvg_tenant_parameter_takes (const CvgTenantParameter *parameter, const char *value)
{
  return *value != '\0' && strlen (value) <= MAX_TENANT_VALUE &&
         g_regex_match (parameter->regex, value, 0, NULL);
}

/* Every member that is owned alone, so that none is forgotten where all are copied or freed. */
static const size_t texts[] = {
  G_STRUCT_OFFSET (CvgProvider, name),
  G_STRUCT_OFFSET (CvgProvider, slug),
  G_STRUCT_OFFSET (CvgProvider, path_name),
  G_STRUCT_OFFSET (CvgProvider, documentation),
  G_STRUCT_OFFSET (CvgProvider, issuer),
  G_STRUCT_OFFSET (CvgProvider, authorization_endpoint),
  G_STRUCT_OFFSET (CvgProvider, token_endpoint),
  G_STRUCT_OFFSET (CvgProvider, refresh_endpoint),
  G_STRUCT_OFFSET (CvgProvider, revocation_endpoint),
  G_STRUCT_OFFSET (CvgProvider, device_authorization_endpoint),
  G_STRUCT_OFFSET (CvgProvider, registration_endpoint),
  G_STRUCT_OFFSET (CvgProvider, resource),
  G_STRUCT_OFFSET (CvgProvider, create_url),
  G_STRUCT_OFFSET (CvgProvider, manage_url),
  G_STRUCT_OFFSET (CvgProvider, redirect_uri),
  G_STRUCT_OFFSET (CvgProvider, redirect_signature),
  G_STRUCT_OFFSET (CvgProvider, refresh_token_member),
  G_STRUCT_OFFSET (CvgProvider, upgrade_endpoint),
  G_STRUCT_OFFSET (CvgProvider, upgrade_grant_type),
  G_STRUCT_OFFSET (CvgProvider, refresh_grant_type),
  G_STRUCT_OFFSET (CvgProvider, refresh_parameter),
  G_STRUCT_OFFSET (CvgProvider, revocation_parameter),
  G_STRUCT_OFFSET (CvgProvider, resources_endpoint),
  G_STRUCT_OFFSET (CvgProvider, resources_member),
  G_STRUCT_OFFSET (CvgProvider, resources_selected_member),
  G_STRUCT_OFFSET (CvgProvider, resources_url_member),
  G_STRUCT_OFFSET (CvgProvider, account_endpoint),
  G_STRUCT_OFFSET (CvgProvider, account_scope),
  G_STRUCT_OFFSET (CvgProvider, api_key_header),
  G_STRUCT_OFFSET (CvgProvider, api_key_create_url),
  G_STRUCT_OFFSET (CvgProvider, api_key_token),
};

static const size_t lists[] = {
  G_STRUCT_OFFSET (CvgProvider, kinds),
  G_STRUCT_OFFSET (CvgProvider, scopes),
  G_STRUCT_OFFSET (CvgProvider, required_scopes),
  G_STRUCT_OFFSET (CvgProvider, authorize_parameters),
  G_STRUCT_OFFSET (CvgProvider, token_parameters),
  G_STRUCT_OFFSET (CvgProvider, token_headers),
  G_STRUCT_OFFSET (CvgProvider, redirect_members),
  G_STRUCT_OFFSET (CvgProvider, token_types),
  G_STRUCT_OFFSET (CvgProvider, token_objects),
  G_STRUCT_OFFSET (CvgProvider, error_members),
  G_STRUCT_OFFSET (CvgProvider, error_descriptions),
  G_STRUCT_OFFSET (CvgProvider, refresh_parameters),
  G_STRUCT_OFFSET (CvgProvider, api_key_fields),
  G_STRUCT_OFFSET (CvgProvider, auth_data),
};

/**
 * cvg_provider_new:
 *
 * Returns: (transfer full): a provider with the defaults of the file format, for its maker to
 *   fill. Its lists are there and empty, but for the dead grants: those of RFC 6749 section 5.2,
 *   with the statuses that servers send them with
 */
CvgProvider *
cvg_provider_new (void)
{
  static const guint statuses[] = { 400, 401, 403 };
  CvgProvider *provider = g_new0 (CvgProvider, 1);

  g_atomic_ref_count_init (&provider->references);
  provider->kinds = g_new0 (char *, 1);
  provider->scopes = g_new0 (char *, 1);
  provider->required_scopes = g_new0 (char *, 1);
  provider->scope_separator = ' ';
  provider->authorize_parameters = g_new0 (char *, 1);
  provider->token_parameters = g_new0 (char *, 1);
  provider->token_request = CVG_TOKEN_REQUEST_FORM;
  provider->client_authentication = CVG_CLIENT_AUTHENTICATION_POST;
  provider->token_headers = g_new0 (char *, 1);
  provider->pkce = CVG_PKCE_S256;
  provider->redirect_port_exact = TRUE;
  provider->redirect_members = g_new0 (char *, 1);
  provider->token_types = g_new0 (char *, 1);
  provider->token_objects = g_new0 (char *, 1);
  provider->refresh_token_member = g_strdup ("refresh_token");
  provider->error_members = g_strdupv ((char *[]){ (char *) "error", NULL });
  provider->error_descriptions = g_strdupv ((char *[]){ (char *) "error_description", NULL });
  provider->refresh_request = -1;
  provider->refresh_authentication = -1;
  provider->refresh_grant_type = g_strdup ("refresh_token");
  provider->refresh_parameter = g_strdup ("refresh_token");
  provider->refresh_parameters = g_new0 (char *, 1);
  provider->revocation_method = "POST";
  provider->revocation_request = CVG_TOKEN_REQUEST_FORM;
  provider->revocation_parameter = g_strdup ("token");
  provider->dead_grants = g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_dead_grant_free);
  for (size_t i = 0; i < G_N_ELEMENTS (statuses); i++)
    g_ptr_array_add (provider->dead_grants,
                     cvg_dead_grant_new (statuses[i], "invalid_grant", NULL));
  provider->tenant_parameters =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_tenant_parameter_free);
  provider->resources_member = g_strdup ("accessible_resources");
  provider->resources_selected_member = g_strdup ("selected_cloud_id");
  provider->resources_url_member = g_strdup ("site_url");
  provider->api_key_fields = g_new0 (char *, 1);
  provider->auth_data = g_new0 (char *, 1);
  return provider;
}

/** cvg_provider_copy: Returns: (transfer full): the same once more, to be changed by its maker */
CvgProvider *
cvg_provider_copy (const CvgProvider *from)
{
  CvgProvider *copy = g_memdup2 (from, sizeof *from);

  g_atomic_ref_count_init (&copy->references);
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    G_STRUCT_MEMBER (char *, copy, texts[i]) = g_strdup (G_STRUCT_MEMBER (char *, from, texts[i]));
  for (size_t i = 0; i < G_N_ELEMENTS (lists); i++)
    G_STRUCT_MEMBER (char **, copy, lists[i]) =
        g_strdupv (G_STRUCT_MEMBER (char **, from, lists[i]));
  g_ptr_array_ref (copy->dead_grants);
  g_ptr_array_ref (copy->tenant_parameters);
  return copy;
}

/** cvg_provider_ref: Returns: (transfer full): @provider */
CvgProvider *
cvg_provider_ref (CvgProvider *provider)
{
  g_atomic_ref_count_inc (&provider->references);
  return provider;
}

/** cvg_provider_unref: lets go of @provider */
void
cvg_provider_unref (CvgProvider *provider)
{
  if (!g_atomic_ref_count_dec (&provider->references))
    return;

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (G_STRUCT_MEMBER (char *, provider, texts[i]));
  for (size_t i = 0; i < G_N_ELEMENTS (lists); i++)
    g_strfreev (G_STRUCT_MEMBER (char **, provider, lists[i]));
  g_ptr_array_unref (provider->dead_grants);
  g_ptr_array_unref (provider->tenant_parameters);
  g_free (provider);
}

static void
replace_text (char **text, GVariant *server, const char *key)
{
  const char *value = NULL;

  if (!g_variant_lookup (server, key, "&s", &value))
    return;
  g_free (*text);
  *text = g_strdup (value);
}

/**
 * cvg_provider_with_server:
 * @server: (nullable): a{sv}: what was discovered of it when a grant was made: issuer,
 *   token-endpoint and revocation-endpoint (s), client-authentication (x, as in a client's record)
 *
 * A grant stays with the server that made it: what is discovered anew may be another one.
 *
 * Returns: (transfer full): @provider, with these in place of what its file says
 */
CvgProvider *
cvg_provider_with_server (CvgProvider *provider, GVariant *server)
{
  CvgProvider *changed = NULL;
  gint64 authentication = 0;

  if (server == NULL)
    return cvg_provider_ref (provider);

  changed = cvg_provider_copy (provider);
  replace_text (&changed->issuer, server, "issuer");
  replace_text (&changed->token_endpoint, server, "token-endpoint");
  replace_text (&changed->revocation_endpoint, server, "revocation-endpoint");
  if (g_variant_lookup (server, "client-authentication", "x", &authentication) &&
      authentication >= CVG_CLIENT_AUTHENTICATION_POST &&
      authentication <= CVG_CLIENT_AUTHENTICATION_NONE)
    changed->client_authentication = (CvgClientAuthentication) authentication;
  return changed;
}

/** cvg_provider_has_kind: Returns: whether one can connect to @provider in the way @kind */
gboolean
cvg_provider_has_kind (const CvgProvider *provider, const char *kind)
{
  return g_strv_contains ((const char *const *) provider->kinds, kind);
}

/* Returns whether each {name} of @template has a value; one without stays as it is. */
static gboolean
fill (GString *filled, const char *template, GVariant *tenant, gboolean escape)
{
  gboolean complete = TRUE;

  while (*template != '\0')
    {
      const char *close = *template == '{' ? strchr (template, '}') : NULL;
      g_autofree char *name = close != NULL ? g_strndup (template + 1, close - template - 1) : NULL;
      const char *value = NULL;

      if (name != NULL && tenant != NULL && g_variant_lookup (tenant, name, "&s", &value))
        {
          if (escape)
            g_string_append_uri_escaped (filled, value, NULL, FALSE);
          else
            g_string_append (filled, value);
          template = close + 1;
        }
      else
        {
          complete = complete && name == NULL;
          g_string_append_c (filled, *template ++);
        }
    }

  return complete;
}

/**
 * cvg_provider_expand:
 * @url: a URL of a provider, with {names} in it
 * @tenant: (nullable): a{ss}: the values of an instance
 *
 * What has no value stays as it is, so that the request fails at name resolution rather than
 * reach another tenant.
 *
 * Returns: (transfer full): @url with percent-escaped values, which hence can't leave the place
 *   that the file gives them: no "/", "@", ":", "?" or "#" comes from a value
 */
char *
cvg_provider_expand (const char *url, GVariant *tenant)
{
  g_autoptr (GString) expanded = g_string_new (NULL);

  fill (expanded, url, tenant, TRUE);
  return g_string_free (g_steal_pointer (&expanded), FALSE);
}

/**
 * cvg_provider_fill:
 * @text: a text of a provider, with {names} in it
 * @tenant: (nullable): a{ss}: the values of an instance
 *
 * Returns: (transfer full) (nullable): @text with the values as they are; %NULL: one has none
 */
char *
cvg_provider_fill (const char *text, GVariant *tenant)
{
  g_autoptr (GString) filled = g_string_new (NULL);

  if (!fill (filled, text, tenant, FALSE))
    return NULL;

  return g_string_free (g_steal_pointer (&filled), FALSE);
}

static const CvgTenantParameter *
find_parameter (const CvgProvider *provider, const char *name)
{
  for (guint i = 0; i < provider->tenant_parameters->len; i++)
    {
      const CvgTenantParameter *parameter = g_ptr_array_index (provider->tenant_parameters, i);

      if (g_str_equal (parameter->name, name))
        return parameter;
    }

  return NULL;
}

static gboolean
check_value (const CvgProvider *provider, const char *name, const char *value, GError **error)
{
  const CvgTenantParameter *parameter = find_parameter (provider, name);

  if (parameter == NULL)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT, "%s has no tenant parameter “%s”",
                   provider->name, name);
      return FALSE;
    }

  if (!cvg_tenant_parameter_takes (parameter, value))
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                   "The tenant parameter “%s” of %s is malformed", name, provider->name);
      return FALSE;
    }

  return TRUE;
}

/**
 * cvg_provider_check_tenant:
 * @tenant: (nullable): a{ss}: the values that somebody gave for an instance
 *
 * Returns: whether @tenant has a well-formed value for each tenant parameter of @provider that has
 *   no default, and of no other names; fails with %CVG_ERROR_INVALID_ARGUMENT, naming the parameter
 * but not its value
 */
gboolean
cvg_provider_check_tenant (const CvgProvider *provider, GVariant *tenant, GError **error)
{
  if (tenant != NULL)
    {
      GVariantIter iter;
      const char *name;
      const char *value;

      g_variant_iter_init (&iter, tenant);
      while (g_variant_iter_next (&iter, "{&s&s}", &name, &value))
        if (!check_value (provider, name, value, error))
          return FALSE;
    }

  for (guint i = 0; i < provider->tenant_parameters->len; i++)
    {
      const CvgTenantParameter *parameter = g_ptr_array_index (provider->tenant_parameters, i);

      if (parameter->default_value == NULL &&
          (tenant == NULL || !g_variant_lookup (tenant, parameter->name, "&s", NULL)))
        {
          g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                       "%s needs the tenant parameter “%s”", provider->name, parameter->name);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * cvg_provider_complete_tenant:
 * @tenant: (nullable): a{ss}: the values that somebody gave for an instance
 *
 * Returns: (transfer full) (nullable): @tenant, with the defaults of the parameters that it does
 * not have; %NULL: there are no values at all
 */
GVariant *
cvg_provider_complete_tenant (const CvgProvider *provider, GVariant *tenant)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
  g_autoptr (GVariant) complete = NULL;

  if (tenant != NULL)
    {
      GVariantIter iter;
      const char *name;
      const char *value;

      g_variant_iter_init (&iter, tenant);
      while (g_variant_iter_next (&iter, "{&s&s}", &name, &value))
        g_variant_builder_add (&builder, "{ss}", name, value);
    }

  for (guint i = 0; i < provider->tenant_parameters->len; i++)
    {
      const CvgTenantParameter *parameter = g_ptr_array_index (provider->tenant_parameters, i);

      if (parameter->default_value != NULL &&
          (tenant == NULL || !g_variant_lookup (tenant, parameter->name, "&s", NULL)))
        g_variant_builder_add (&builder, "{ss}", parameter->name, parameter->default_value);
    }

  complete = g_variant_ref_sink (g_variant_builder_end (&builder));
  return g_variant_n_children (complete) > 0 ? g_steal_pointer (&complete) : NULL;
}

static gboolean
contains_in_any_case (const char *text, const char *part)
{
  g_autofree char *lower_text = g_ascii_strdown (text, -1);
  g_autofree char *lower_part = g_ascii_strdown (part, -1);

  return strstr (lower_text, lower_part) != NULL;
}

/**
 * cvg_provider_is_dead_grant:
 * @status: HTTP status of the answer to a refresh
 * @error: (nullable): its error code
 * @description: (nullable): its error description
 *
 * Returns: whether the grant is dead, so that only the person can mend it. Providers differ here
 *   from RFC 6749 section 5.2 and from one another, hence the list in the file
 */
gboolean
cvg_provider_is_dead_grant (const CvgProvider *provider,
                            guint status,
                            const char *error,
                            const char *description)
{
  for (guint i = 0; i < provider->dead_grants->len; i++)
    {
      const CvgDeadGrant *dead = g_ptr_array_index (provider->dead_grants, i);

      if (dead->status == status && g_strcmp0 (dead->error, error) == 0 &&
          (dead->description == NULL ||
           (description != NULL && contains_in_any_case (description, dead->description))))
        return TRUE;
    }

  return FALSE;
}
