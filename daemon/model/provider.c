/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Providers as values, with the few questions that can be answered from one alone. A fresh one
 * has the defaults of the file format; whether what is filled in makes sense is judged where
 * provider files are read, not here.
 */
#include "model/provider.h"

#include <string.h>

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

/**
 * cvg_provider_dup_resource:
 * @tenant: (nullable): a{ss}: the values of an instance
 *
 * Returns: (transfer full) (nullable): whom the tokens are for (RFC 8707)
 */
char *
cvg_provider_dup_resource (const CvgProvider *provider, GVariant *tenant)
{
  return provider->resource != NULL ? cvg_tenant_expand_url (provider->resource, tenant) : NULL;
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
