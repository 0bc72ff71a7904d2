/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dictionaries for callers, with the keys of the contract; keys that do not apply are absent. There
 * is no secret in any of them.
 */
#include "agent/describe.h"

#include "model/auth-data.h"
#include "model/scopes.h"
#include "model/vardict.h"

static void
add_scopes (GVariantBuilder *builder, const char *key, const char *const *scopes)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_strv (scopes, -1));
}

/** cvg_describe_account: Returns: (transfer full) (nullable): who signed in, as people know them */
char *
cvg_describe_account (const CvgCredentials *credentials)
{
  static const char *const keys[] = { "email", "name", "nickname" };

  for (size_t i = 0; credentials->account != NULL && i < G_N_ELEMENTS (keys); i++)
    {
      char *name = cvg_vardict_dup_string (credentials->account, keys[i]);

      if (name != NULL && *name != '\0')
        return name;
      g_free (name);
    }

  return NULL;
}

static char *
find_site_name (const CvgEntry *entry)
{
  g_autoptr (GVariant) site =
      cvg_auth_data_find_resource (entry->credentials, entry->record->resource_id);
  char *name = NULL;

  if (site == NULL)
    return NULL;

  name = cvg_vardict_dup_string (site, "name");
  return name != NULL ? name : cvg_vardict_dup_string (site, "url");
}

static void
add_credentials (GVariantBuilder *builder, const CvgEntry *entry)
{
  const CvgCredentials *credentials = entry->credentials;
  g_auto (GStrv) scopes = cvg_scopes_parse (credentials->scope);
  g_autofree char *account = cvg_describe_account (credentials);
  g_autofree char *site = find_site_name (entry);

  if (credentials->scope != NULL)
    add_scopes (builder, "scopes", (const char *const *) scopes);
  cvg_vardict_add_int64 (builder, "expires-at", credentials->expires_at);
  cvg_vardict_add_int64 (builder, "refreshed-at", credentials->obtained_at);
  cvg_vardict_add_uint64 (builder, "serial", credentials->serial);
  cvg_vardict_add_string (builder, "account", account);
  cvg_vardict_add_string (builder, "site", site);
}

static const char *
find_client_id (const CvgEntry *entry)
{
  if (entry->credentials != NULL && entry->credentials->client_id != NULL)
    return entry->credentials->client_id;

  return entry->record->client_id;
}

/**
 * cvg_describe_instance:
 * @keyring_is_open: whether all that the keyring has is at hand
 *
 * Returns: (transfer full): the a{sv} of ListInstances
 */
GVariant *
cvg_describe_instance (const CvgEntry *entry, gboolean keyring_is_open)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  const CvgInstance *record = entry->record;

  cvg_vardict_add_string (&builder, "instance-id", record->id);
  cvg_vardict_add_string (&builder, "user-id", record->user_id);
  cvg_vardict_add_string (&builder, "server-name", record->server_name);
  cvg_vardict_add_string (&builder, "owner", record->owner);
  cvg_vardict_add_string (&builder, "label", record->label);
  if (entry->provider != NULL)
    cvg_vardict_add_string (&builder, "kind", entry->provider->kinds[0]);
  cvg_vardict_add_string (&builder, "status", cvg_entry_get_status (entry, keyring_is_open));
  cvg_vardict_add_string (&builder, "client-id", find_client_id (entry));
  if (entry->credentials != NULL)
    add_credentials (&builder, entry);
  cvg_vardict_add_int64 (&builder, "next-refresh-at", entry->next_refresh_at);
  cvg_vardict_add_string (&builder, "last-error",
                          entry->last_error != NULL ? entry->last_error : record->dead_reason);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/** cvg_describe_client: Returns: (transfer full): the a{sv} of ListClients */
GVariant *
cvg_describe_client (const CvgClient *client, const CvgProvider *provider)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  const char *redirect_uri = client->redirect_uri;

  if (redirect_uri == NULL && provider != NULL)
    redirect_uri = provider->redirect_uri;

  cvg_vardict_add_string (&builder, "server-name", client->server_name);
  cvg_vardict_add_string (&builder, "client-id", client->client_id);
  cvg_vardict_add_string (&builder, "redirect-uri", redirect_uri);
  g_variant_builder_add (&builder, "{sv}", "default", g_variant_new_boolean (client->is_default));
  g_variant_builder_add (&builder, "{sv}", "has-secret",
                         g_variant_new_boolean (client->has_secret));
  cvg_vardict_add_string (&builder, "label", client->label);
  if (client->is_system)
    g_variant_builder_add (&builder, "{sv}", "system", g_variant_new_boolean (TRUE));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/** cvg_describe_server: Returns: (transfer full): the a{sv} of ListServers */
GVariant *
cvg_describe_server (const CvgProvider *provider, gboolean has_client)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autofree char *kinds = g_strjoinv (";", provider->kinds);

  cvg_vardict_add_string (&builder, "name", provider->name);
  cvg_vardict_add_string (&builder, "slug", provider->slug);
  cvg_vardict_add_string (&builder, "kind", kinds);
  g_variant_builder_add (&builder, "{sv}", "default-client", g_variant_new_boolean (has_client));
  if (provider->scopes != NULL)
    add_scopes (&builder, "scopes", (const char *const *) provider->scopes);
  cvg_vardict_add_string (&builder, "documentation", provider->documentation);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
