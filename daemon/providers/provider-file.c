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
#include "providers/provider-whole.h"

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
static const char *const methods[] = { "POST", "DELETE", NULL };
/* After "none", which is stored as -1, as the others are numbered above. */
static const char *const revocation_requests[] = { "none", "form", "json", "query", NULL };
static const char *const revocation_authentications[] = {
  [CVG_REVOCATION_AS_CLIENT] = "client",
  [CVG_REVOCATION_AS_BASIC] = "basic",
  [CVG_REVOCATION_AS_BEARER] = "bearer",
  [CVG_REVOCATION_AS_NOBODY] = "none",
  NULL,
};
static const char *const revocation_tokens[] = {
  [CVG_REVOCATION_BOTH] = "both",
  [CVG_REVOCATION_REFRESH_TOKEN] = "refresh",
  [CVG_REVOCATION_ACCESS_TOKEN] = "access",
  NULL,
};

#define AT(member) .offset = G_STRUCT_OFFSET (CvgProvider, member)
#define ENDPOINT .find_mistake = cvg_endpoint_find_mistake
#define PAGE .find_mistake = cvg_endpoint_find_page_mistake

/* clang-format off */
static const CvgField fields[] = {
  { "Provider", "Name", cvg_field_read_name, AT (name) },
  { "Provider", "PathName", cvg_field_read_path_name, AT (path_name) },
  { "Provider", "Kind", cvg_field_read_kinds, AT (kinds) },
  { "Provider", "Documentation", cvg_field_read_fixed_url, AT (documentation), PAGE },
  { "OAuth2", "Issuer", cvg_field_read_url, AT (issuer), .find_mistake = cvg_endpoint_find_issuer_mistake },
  { "OAuth2", "AuthorizationEndpoint", cvg_field_read_endpoint, AT (authorization_endpoint), ENDPOINT },
  { "OAuth2", "TokenEndpoint", cvg_field_read_endpoint, AT (token_endpoint), ENDPOINT },
  { "OAuth2", "RefreshEndpoint", cvg_field_read_endpoint, AT (refresh_endpoint), ENDPOINT },
  { "OAuth2", "RevocationEndpoint", cvg_field_read_revocation_url, AT (revocation_endpoint), ENDPOINT },
  { "OAuth2", "DeviceAuthorizationEndpoint", cvg_field_read_endpoint, AT (device_authorization_endpoint), ENDPOINT },
  { "OAuth2", "RegistrationEndpoint", cvg_field_read_url, AT (registration_endpoint), ENDPOINT },
  { "OAuth2", "Resource", cvg_field_read_url, AT (resource), ENDPOINT },
  { "OAuth2", "IssuerRequired", cvg_field_read_word, AT (issuer_required), .words = booleans },
  { "OAuth2", "CreateUrl", cvg_field_read_url, AT (create_url), PAGE },
  { "OAuth2", "ManageUrl", cvg_field_read_url, AT (manage_url), PAGE },
  { "OAuth2", "Scopes", cvg_field_read_scopes, AT (scopes) },
  { "OAuth2", "RequiredScopes", cvg_field_read_scopes, AT (required_scopes) },
  { "OAuth2", "ScopeSeparator", cvg_field_read_separator, AT (scope_separator), .words = separators },
  { "OAuth2", "GrantedScopeSeparator", cvg_field_read_separator, AT (granted_scope_separator), .words = separators },
  { "OAuth2", "AuthorizeParameters", cvg_field_read_parameters, AT (authorize_parameters) },
  { "OAuth2", "TokenParameters", cvg_field_read_parameters, AT (token_parameters) },
  { "OAuth2", "TokenHeaders", cvg_field_read_headers, AT (token_headers) },
  { "OAuth2", "TokenRequest", cvg_field_read_word, AT (token_request), .words = token_requests },
  { "OAuth2", "ClientAuthentication", cvg_field_read_word, AT (client_authentication), .words = client_authentications },
  { "OAuth2", "Pkce", cvg_field_read_word, AT (pkce), .words = pkce_methods },
  { "OAuth2", "RedirectUri", cvg_field_read_fixed_url, AT (redirect_uri), .find_mistake = cvg_endpoint_find_redirect_mistake },
  { "OAuth2", "RedirectPort", cvg_field_read_word, AT (redirect_port_exact), .words = redirect_ports },
  { "OAuth2", "RedirectMembers", cvg_field_read_redirect_members, AT (redirect_members) },
  { "OAuth2", "RedirectSignature", cvg_field_read_identifier, AT (redirect_signature) },
  { "OAuth2", "TokenTypes", cvg_field_read_identifiers, AT (token_types) },
  { "OAuth2", "TokenObjects", cvg_field_read_paths, AT (token_objects) },
  { "OAuth2", "RefreshTokenMember", cvg_field_read_identifier, AT (refresh_token_member) },
  { "OAuth2", "ErrorMembers", cvg_field_read_paths, AT (error_members) },
  { "OAuth2", "ErrorDescriptions", cvg_field_read_paths, AT (error_descriptions) },
  { "OAuth2", "UpgradeEndpoint", cvg_field_read_endpoint, AT (upgrade_endpoint), ENDPOINT },
  { "OAuth2", "UpgradeGrantType", cvg_field_read_grant_type, AT (upgrade_grant_type) },
  { "OAuth2", "RefreshRequest", cvg_field_read_word, AT (refresh_request), .words = token_requests },
  { "OAuth2", "RefreshAuthentication", cvg_field_read_word, AT (refresh_authentication), .words = client_authentications },
  { "OAuth2", "RefreshGrantType", cvg_field_read_grant_type, AT (refresh_grant_type) },
  { "OAuth2", "RefreshTokenParameter", cvg_field_read_identifier, AT (refresh_parameter) },
  { "OAuth2", "RefreshParameters", cvg_field_read_parameters, AT (refresh_parameters) },
  { "OAuth2", "RefreshTokenRotates", cvg_field_read_word, AT (refresh_token_rotates), .words = booleans },
  { "OAuth2", "RefreshTokenReuseWindow", cvg_field_read_seconds, AT (refresh_token_reuse_window) },
  { "OAuth2", "RefreshTokenIdleLifetime", cvg_field_read_seconds, AT (refresh_token_idle_lifetime) },
  { "OAuth2", "AccessTokenLifetime", cvg_field_read_seconds, AT (access_token_lifetime) },
  { "OAuth2", "DeadGrantErrors", cvg_field_read_dead_grants, AT (dead_grants) },
  { "OAuth2", "RevocationMethod", cvg_field_read_method, AT (revocation_method), .words = methods },
  { "OAuth2", "RevocationRequest", cvg_field_read_word_or_none, AT (revocation_request), .words = revocation_requests },
  { "OAuth2", "RevocationAuthentication", cvg_field_read_word, AT (revocation_authentication), .words = revocation_authentications },
  { "OAuth2", "RevocationToken", cvg_field_read_word, AT (revocation_tokens), .words = revocation_tokens },
  { "OAuth2", "RevocationTokenParameter", cvg_field_read_identifier, AT (revocation_parameter) },
  { "Resources", "Endpoint", cvg_field_read_url, AT (resources_endpoint), ENDPOINT },
  { "Resources", "Member", cvg_field_read_member, AT (resources_member) },
  { "Resources", "SelectedMember", cvg_field_read_member, AT (resources_selected_member) },
  { "Resources", "UrlMember", cvg_field_read_member, AT (resources_url_member) },
  /* After Endpoint, which it may be relative to. */
  { "Resources", "AccountEndpoint", cvg_field_read_account_url, AT (account_endpoint), ENDPOINT },
  { "Resources", "AccountScope", cvg_field_read_scope, AT (account_scope) },
  { "ApiKey", "Header", cvg_field_read_header, AT (api_key_header) },
  { "ApiKey", "CreateUrl", cvg_field_read_url, AT (api_key_create_url), PAGE },
  { "ApiKey", "Fields", cvg_field_read_fields, AT (api_key_fields) },
  { "ApiKey", "TokenField", cvg_field_read_identifier, AT (api_key_token) },
};
/* clang-format on */

#undef AT
#undef ENDPOINT
#undef PAGE

/* Whose keys are names that the file chooses, in the order in which they need one another. The
 * first is read before all other keys: their URLs may have its names in them. */
static const CvgField free_groups[] = {
  { .group = "Tenant", .read = cvg_field_read_tenant_parameter },
  { .group = "TenantDefaults", .read = cvg_field_read_tenant_default },
  { .group = "TenantDescriptions", .read = cvg_field_read_tenant_description },
  { .group = "AuthData", .read = cvg_field_read_auth_data },
};

static const CvgField *
find_free_group (const char *group)
{
  for (size_t i = 0; i < G_N_ELEMENTS (free_groups); i++)
    if (g_str_equal (free_groups[i].group, group))
      return &free_groups[i];

  return NULL;
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
overlay (GKeyFile *below, GKeyFile *above)
{
  g_auto (GStrv) groups = g_key_file_get_groups (above, NULL);

  for (char **group = groups; *group != NULL; group++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (above, *group, NULL, NULL);

      for (char **key = keys; keys != NULL && *key != NULL; key++)
        {
          g_autofree char *value = g_key_file_get_value (above, *group, *key, NULL);

          g_key_file_set_value (below, *group, *key, value);
        }
    }
}

/**
 * cvg_provider_file_merge:
 * @below: (nullable): the files of this name in the directories before
 * @above: the file on top of them
 *
 * Returns: (transfer full): both, key by key; neither of the two is changed
 */
GKeyFile *
cvg_provider_file_merge (GKeyFile *below, GKeyFile *above)
{
  g_autoptr (GKeyFile) merged = g_key_file_new ();

  if (below != NULL)
    overlay (merged, below);
  overlay (merged, above);
  return g_steal_pointer (&merged);
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

static void
read_key (CvgProvider *provider, const CvgField *field, GKeyFile *file, GPtrArray *mistakes)
{
  GError *error = NULL;

  if (!field->read (provider, field, file, &error))
    cvg_provider_mistakes_add (mistakes, field->group, field->key, error);
}

static void
read_group (CvgProvider *provider, const CvgField *group, GKeyFile *file, GPtrArray *mistakes)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group->group, NULL, NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (char **key = keys; keys != NULL && *key != NULL; key++)
    {
      CvgField field = *group;

      field.key = *key;
      /* GLib lists a key twice that the text sets twice. */
      if (g_hash_table_add (seen, *key))
        read_key (provider, &field, file, mistakes);
    }
}

/* Reads all of @file, and goes on after a mistake. */
static void
read_all (CvgProvider *provider, GKeyFile *file, GPtrArray *mistakes)
{
  for (size_t i = 0; i < G_N_ELEMENTS (free_groups); i++)
    read_group (provider, &free_groups[i], file, mistakes);
  /* The group first: of one that is not there GLib makes an error each time, even for nobody. */
  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_key_file_has_group (file, fields[i].group) &&
        g_key_file_has_key (file, fields[i].group, fields[i].key, NULL))
      read_key (provider, &fields[i], file, mistakes);
  cvg_provider_whole_check (provider, mistakes);
}

/**
 * cvg_provider_file_knows:
 * @group: a group of a file
 * @key: (nullable): a key in it
 *
 * Returns: whether they mean something here
 */
gboolean
cvg_provider_file_knows (const char *group, const char *key)
{
  if (find_free_group (group) != NULL)
    return TRUE;
  if (key != NULL)
    return find_field (group, key) != NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (fields); i++)
    if (g_str_equal (fields[i].group, group))
      return TRUE;

  return FALSE;
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
        if (!cvg_provider_file_knows (*group, *key))
          g_debug ("%s: [%s] %s: nothing that is known here", slug, *group, *key);
    }
}

/**
 * cvg_provider_file_examine:
 * @mistakes: (element-type CvgProviderMistake): where those of @file are put
 *
 * cvg_provider_file_read(), which goes on after the first mistake.
 *
 * Returns: (transfer full) (nullable): the provider; %NULL: there are mistakes
 */
CvgProvider *
cvg_provider_file_examine (GKeyFile *file, const char *slug, GPtrArray *mistakes)
{
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  provider->slug = g_strdup (slug);
  read_all (provider, file, mistakes);
  return mistakes->len == 0 ? g_steal_pointer (&provider) : NULL;
}

/**
 * cvg_provider_file_read:
 * @file: a provider file, after the layers of it were merged
 * @slug: the name of the file without its suffix
 *
 * Returns: (transfer full): the provider; fails with %G_KEY_FILE_ERROR and a message
 *   "[Group] Key: reason" for the first mistake
 */
CvgProvider *
cvg_provider_file_read (GKeyFile *file, const char *slug, GError **error)
{
  g_autoptr (GPtrArray) mistakes = cvg_provider_mistakes_new ();
  g_autoptr (CvgProvider) provider = cvg_provider_file_examine (file, slug, mistakes);

  debug_unknown_keys (file, slug);
  if (provider == NULL)
    {
      const CvgProviderMistake *first = g_ptr_array_index (mistakes, 0);

      g_propagate_error (error, g_error_copy (first->error));
    }

  return g_steal_pointer (&provider);
}
