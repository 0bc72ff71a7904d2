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
  return parameter;
}

/** cvg_tenant_parameter_free: frees it */
void
cvg_tenant_parameter_free (CvgTenantParameter *parameter)
{
  g_free (parameter->name);
  g_regex_unref (parameter->regex);
  g_free (parameter);
}

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
  provider->pkce = TRUE;
  provider->redirect_port_exact = TRUE;
  provider->dead_grants = g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_dead_grant_free);
  for (size_t i = 0; i < G_N_ELEMENTS (statuses); i++)
    g_ptr_array_add (provider->dead_grants,
                     cvg_dead_grant_new (statuses[i], "invalid_grant", NULL));
  provider->tenant_parameters =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_tenant_parameter_free);
  provider->resources_member = g_strdup ("accessible_resources");
  provider->resources_selected_member = g_strdup ("selected_cloud_id");
  provider->resources_url_member = g_strdup ("site_url");
  return provider;
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

  g_free (provider->name);
  g_free (provider->slug);
  g_free (provider->documentation);
  g_strfreev (provider->kinds);
  g_free (provider->issuer);
  g_free (provider->authorization_endpoint);
  g_free (provider->token_endpoint);
  g_free (provider->refresh_endpoint);
  g_free (provider->revocation_endpoint);
  g_free (provider->device_authorization_endpoint);
  g_free (provider->registration_endpoint);
  g_strfreev (provider->scopes);
  g_strfreev (provider->required_scopes);
  g_strfreev (provider->authorize_parameters);
  g_strfreev (provider->token_parameters);
  g_free (provider->redirect_uri);
  g_ptr_array_unref (provider->dead_grants);
  g_ptr_array_unref (provider->tenant_parameters);
  g_free (provider->resources_endpoint);
  g_free (provider->resources_member);
  g_free (provider->resources_selected_member);
  g_free (provider->resources_url_member);
  g_free (provider->account_endpoint);
  g_free (provider->account_scope);
  g_free (provider->api_key_header);
  g_free (provider->api_key_create_url);
  g_free (provider);
}

/** cvg_provider_has_kind: Returns: whether one can connect to @provider in the way @kind */
gboolean
cvg_provider_has_kind (const CvgProvider *provider, const char *kind)
{
  return g_strv_contains ((const char *const *) provider->kinds, kind);
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

  while (*url != '\0')
    {
      const char *close = *url == '{' ? strchr (url, '}') : NULL;
      g_autofree char *name = close != NULL ? g_strndup (url + 1, close - url - 1) : NULL;
      const char *value = NULL;

      if (name != NULL && tenant != NULL && g_variant_lookup (tenant, name, "&s", &value))
        {
          g_string_append_uri_escaped (expanded, value, NULL, FALSE);
          url = close + 1;
        }
      else
        g_string_append_c (expanded, *url++);
    }

  return g_string_free (g_steal_pointer (&expanded), FALSE);
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

  if (*value == '\0' || strlen (value) > MAX_TENANT_VALUE ||
      !g_regex_match (parameter->regex, value, 0, NULL))
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
 * Returns: whether @tenant has a well-formed value for each tenant parameter of @provider, and
 *   nothing else; fails with %CVG_ERROR_INVALID_ARGUMENT, naming the parameter but not its value
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

      if (tenant == NULL || !g_variant_lookup (tenant, parameter->name, "&s", NULL))
        {
          g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                       "%s needs the tenant parameter “%s”", provider->name, parameter->name);
          return FALSE;
        }
    }

  return TRUE;
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
