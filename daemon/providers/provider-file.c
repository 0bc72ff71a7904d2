/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One provider file: text in, provider out. A table says which key goes where and how it is read;
 * a provider comes out only if all of it is right, and the first mistake is named as
 * "[Group] Key: reason". Groups and keys that are not in the table are left alone, so that files
 * for a newer daemon work with this one.
 *
 * It opens no files and knows of no layers: that is the catalogue's part.
 */
#include "providers/provider-file.h"

#include <string.h>

#include "model/endpoint.h"
#include "providers/field.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static const char *const booleans[] = { "false", "true", NULL };
static const char *const separators[] = { "space", "comma", NULL };
static const char *const token_requests[] = {
  [CVG_TOKEN_REQUEST_FORM] = "form",
  [CVG_TOKEN_REQUEST_JSON] = "json",
  [CVG_TOKEN_REQUEST_QUERY] = "query",
  NULL,
};
static const char *const client_authentications[] = {
  [CVG_CLIENT_AUTHENTICATION_POST] = "post",
  [CVG_CLIENT_AUTHENTICATION_BASIC] = "basic",
  [CVG_CLIENT_AUTHENTICATION_NONE] = "none",
  NULL,
};
static const char *const pkce_methods[] = {
  [CVG_PKCE_NONE] = "none",
  [CVG_PKCE_S256] = "S256",
  [CVG_PKCE_S256_LOWER] = "s256",
  NULL,
};
static const char *const redirect_ports[] = { "any", "exact", NULL };

#define AT(member) .offset = G_STRUCT_OFFSET (CvgProvider, member)
#define ENDPOINT .find_mistake = cvg_endpoint_find_mistake
#define PAGE .find_mistake = cvg_endpoint_find_page_mistake

/* clang-format off */
static const CvgField fields[] = {
  { "Provider", "Name", cvg_field_read_name, AT (name) },
  { "Provider", "Kind", cvg_field_read_kinds, AT (kinds) },
  { "Provider", "Documentation", cvg_field_read_fixed_url, AT (documentation), PAGE },
  { "OAuth2", "Issuer", cvg_field_read_url, AT (issuer), .find_mistake = cvg_endpoint_find_issuer_mistake },
  { "OAuth2", "AuthorizationEndpoint", cvg_field_read_url, AT (authorization_endpoint), ENDPOINT },
  { "OAuth2", "TokenEndpoint", cvg_field_read_url, AT (token_endpoint), ENDPOINT },
  { "OAuth2", "RefreshEndpoint", cvg_field_read_url, AT (refresh_endpoint), ENDPOINT },
  { "OAuth2", "RevocationEndpoint", cvg_field_read_url, AT (revocation_endpoint), ENDPOINT },
  { "OAuth2", "DeviceAuthorizationEndpoint", cvg_field_read_url, AT (device_authorization_endpoint), ENDPOINT },
  { "OAuth2", "RegistrationEndpoint", cvg_field_read_url, AT (registration_endpoint), ENDPOINT },
  { "OAuth2", "Resource", cvg_field_read_url, AT (resource), ENDPOINT },
  { "OAuth2", "IssuerRequired", cvg_field_read_word, AT (issuer_required), .words = booleans },
  { "OAuth2", "CreateUrl", cvg_field_read_url, AT (create_url), PAGE },
  { "OAuth2", "ManageUrl", cvg_field_read_url, AT (manage_url), PAGE },
  { "OAuth2", "Scopes", cvg_field_read_scopes, AT (scopes) },
  { "OAuth2", "RequiredScopes", cvg_field_read_scopes, AT (required_scopes) },
  { "OAuth2", "ScopeSeparator", cvg_field_read_separator, AT (scope_separator), .words = separators },
  { "OAuth2", "AuthorizeParameters", cvg_field_read_parameters, AT (authorize_parameters) },
  { "OAuth2", "TokenParameters", cvg_field_read_parameters, AT (token_parameters) },
  { "OAuth2", "TokenRequest", cvg_field_read_word, AT (token_request), .words = token_requests },
  { "OAuth2", "ClientAuthentication", cvg_field_read_word, AT (client_authentication), .words = client_authentications },
  { "OAuth2", "Pkce", cvg_field_read_word, AT (pkce), .words = pkce_methods },
  { "OAuth2", "RedirectUri", cvg_field_read_fixed_url, AT (redirect_uri), .find_mistake = cvg_endpoint_find_redirect_mistake },
  { "OAuth2", "RedirectPort", cvg_field_read_word, AT (redirect_port_exact), .words = redirect_ports },
  { "OAuth2", "RefreshTokenRotates", cvg_field_read_word, AT (refresh_token_rotates), .words = booleans },
  { "OAuth2", "RefreshTokenReuseWindow", cvg_field_read_seconds, AT (refresh_token_reuse_window) },
  { "OAuth2", "RefreshTokenIdleLifetime", cvg_field_read_seconds, AT (refresh_token_idle_lifetime) },
  { "OAuth2", "AccessTokenLifetime", cvg_field_read_seconds, AT (access_token_lifetime) },
  { "OAuth2", "DeadGrantErrors", cvg_field_read_dead_grants, AT (dead_grants) },
  { "Resources", "Endpoint", cvg_field_read_url, AT (resources_endpoint), ENDPOINT },
  { "Resources", "Member", cvg_field_read_member, AT (resources_member) },
  { "Resources", "SelectedMember", cvg_field_read_member, AT (resources_selected_member) },
  { "Resources", "UrlMember", cvg_field_read_member, AT (resources_url_member) },
  /* After Endpoint, which it may be relative to. */
  { "Resources", "AccountEndpoint", cvg_field_read_account_url, AT (account_endpoint), ENDPOINT },
  { "Resources", "AccountScope", cvg_field_read_scope, AT (account_scope) },
  { "ApiKey", "Header", cvg_field_read_header, AT (api_key_header) },
  { "ApiKey", "CreateUrl", cvg_field_read_url, AT (api_key_create_url), PAGE },
};
/* clang-format on */

#undef AT
#undef ENDPOINT
#undef PAGE

/* Each key of [Tenant] is a parameter. Its pattern is taken as it stands: key file escapes would
 * ask for each backslash of a regular expression twice. */
static gboolean
read_tenant_parameters (CvgProvider *provider, GKeyFile *file, GError **error)
{
  g_auto (GStrv) names = g_key_file_get_keys (file, "Tenant", NULL, NULL);

  for (char **name = names; name != NULL && *name != NULL; name++)
    {
      const CvgField field = { .group = "Tenant", .key = *name };
      g_autofree char *pattern = g_key_file_get_value (file, "Tenant", *name, NULL);
      g_autoptr (GError) regex_error = NULL;
      CvgTenantParameter *parameter;

      if (*g_strstrip (pattern) == '\0')
        continue;
      if (!cvg_field_is_identifier (*name))
        return cvg_field_mistake (error, &field,
                                  "must be named with ASCII letters, digits, “_” and “-”");
      parameter = cvg_tenant_parameter_new (*name, pattern, &regex_error);
      if (parameter == NULL)
        return cvg_field_mistake (error, &field, "is not a regular expression");
      g_ptr_array_add (provider->tenant_parameters, parameter);
    }

  return TRUE;
}

static const CvgField *
find_field (const char *group, const char *key)
{
  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_str_equal (fields[i].group, group) && g_str_equal (fields[i].key, key))
      return &fields[i];

  return NULL;
}

static void
debug_unknown_keys (GKeyFile *file, const char *slug)
{
  g_auto (GStrv) groups = NULL;

  if (g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN))
    return;

  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (file, *group, NULL, NULL);

      for (char **key = keys; *key != NULL; key++)
        if (!g_str_equal (*group, "Tenant") && find_field (*group, *key) == NULL)
          g_debug ("%s: [%s] %s: nothing that is known here", slug, *group, *key);
    }
}

/* What must be there, and what must not be there twice. */
static gboolean
check_whole (const CvgProvider *provider, GError **error)
{
  gboolean oauth2 = cvg_provider_has_kind (provider, "oauth2");

  if (provider->name == NULL)
    return cvg_field_mistake (error, find_field ("Provider", "Name"), "is missing");
  if (*provider->kinds == NULL)
    return cvg_field_mistake (error, find_field ("Provider", "Kind"), "is missing");
  if (oauth2 && provider->authorization_endpoint == NULL)
    return cvg_field_mistake (error, find_field ("OAuth2", "AuthorizationEndpoint"), "is missing");
  if (oauth2 && provider->token_endpoint == NULL)
    return cvg_field_mistake (error, find_field ("OAuth2", "TokenEndpoint"), "is missing");
  if (g_str_equal (provider->resources_selected_member, provider->resources_member))
    return cvg_field_mistake (error, find_field ("Resources", "SelectedMember"),
                              "is the same as Member");
  if (g_str_equal (provider->resources_url_member, provider->resources_member) ||
      g_str_equal (provider->resources_url_member, provider->resources_selected_member))
    return cvg_field_mistake (error, find_field ("Resources", "UrlMember"),
                              "is the same as Member or SelectedMember");

  return TRUE;
}

/**
 * cvg_provider_file_load:
 * @data: the text of a file, not terminated
 * @size: its length in bytes
 *
 * Returns: (transfer full): its groups and keys; fails with %G_KEY_FILE_ERROR if @data is too
 *   large, not UTF-8 (a NUL is not), begins with a byte order mark, or is not a key file
 */
GKeyFile *
cvg_provider_file_load (const char *data, size_t size, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (size > CVG_PROVIDER_FILE_MAX_SIZE)
    {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE, "is larger than %d bytes",
                   CVG_PROVIDER_FILE_MAX_SIZE);
      return NULL;
    }
  if (!g_utf8_validate_len (data, size, NULL))
    {
      g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_UNKNOWN_ENCODING,
                           "is not UTF-8 text");
      return NULL;
    }
  /* Some editors put one there unseen; to a key file it would be part of the first group's line. */
  if (size >= strlen (BYTE_ORDER_MARK) &&
      memcmp (data, BYTE_ORDER_MARK, strlen (BYTE_ORDER_MARK)) == 0)
    {
      g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_UNKNOWN_ENCODING,
                           "begins with a byte order mark; save it without");
      return NULL;
    }
  if (!g_key_file_load_from_data (file, data, size, G_KEY_FILE_NONE, error))
    return NULL;

  return g_steal_pointer (&file);
}

/**
 * cvg_provider_file_read:
 * @file: a provider file, after the layers of it were merged
 * @slug: the name of the file without its suffix
 *
 * Returns: (transfer full): the provider; fails with %G_KEY_FILE_ERROR and a message
 *   "[Group] Key: reason" at the first mistake
 */
CvgProvider *
cvg_provider_file_read (GKeyFile *file, const char *slug, GError **error)
{
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  provider->slug = g_strdup (slug);
  debug_unknown_keys (file, slug);

  /* First, for the URLs may name them. */
  if (!read_tenant_parameters (provider, file, error))
    return NULL;
  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_key_file_has_key (file, fields[i].group, fields[i].key, NULL) &&
        !fields[i].read (provider, &fields[i], file, error))
      return NULL;
  if (!check_whole (provider, error))
    return NULL;

  return g_steal_pointer (&provider);
}
