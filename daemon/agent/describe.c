/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dictionaries for callers, with the keys of the contract; keys that do not apply are absent. There
 * is no secret in any of them.
 */
#include "agent/describe.h"

#include "agent/account-name.h"
#include "agent/leaving.h"
#include "model/auth-data.h"
#include "model/scopes.h"
#include "model/vardict.h"

static void
add_words (GVariantBuilder *builder, const char *key, const char *const *words)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_strv (words, -1));
}

static void
add_boolean (GVariantBuilder *builder, const char *key, gboolean value)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_boolean (value));
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
  g_autofree char *account = cvg_account_name_find (credentials);
  g_autofree char *site = find_site_name (entry);

  if (credentials->scope != NULL)
    add_words (builder, "scopes", (const char *const *) scopes);
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
  if (cvg_leaving_is_possible (entry))
    add_boolean (&builder, "revocable", TRUE);
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
  add_boolean (&builder, "default", client->is_default);
  add_boolean (&builder, "has-secret", client->has_secret);
  add_boolean (&builder, "system", client->is_system);
  add_boolean (&builder, "registered", client->is_registered);
  cvg_vardict_add_string (&builder, "label", client->label);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* With neither endpoints nor a word on them, the server is asked for them at the sign-in. */
static gboolean
is_discovered (const CvgProvider *provider)
{
  return provider->authorization_endpoint == NULL &&
         provider->device_authorization_endpoint == NULL;
}

/* A redirect to https never comes to a listener of ours; the person carries it here. Where no URI
 * is fixed it is the client's, and only the sign-in knows. */
static void
add_flows (GVariantBuilder *builder, const CvgProvider *provider, const CvgClient *client)
{
  const char *flows[4] = { NULL };
  unsigned int count = 0;
  const char *uri = client != NULL && client->redirect_uri != NULL ? client->redirect_uri :
                                                                     provider->redirect_uri;

  if (provider->authorization_endpoint != NULL || is_discovered (provider))
    {
      if (uri != NULL && g_str_has_prefix (uri, "http:"))
        flows[count++] = "loopback";
      flows[count++] = "paste";
    }
  if (provider->device_authorization_endpoint != NULL)
    flows[count++] = "device";

  add_words (builder, "flows", flows);
}

/* The servers behind MCP endpoints are found by their resource, and those let anybody register. A
 * registration is made for the redirect URI that the file names. */
static gboolean
needs_client (const CvgProvider *provider)
{
  if (provider->redirect_uri == NULL)
    return TRUE;

  return provider->registration_endpoint == NULL &&
         (provider->resource == NULL || !is_discovered (provider));
}

static void
add_oauth2 (GVariantBuilder *builder, const CvgProvider *provider, const CvgClient *client)
{
  add_flows (builder, provider, client);
  cvg_vardict_add_string (builder, "redirect-uri", provider->redirect_uri);
  add_boolean (builder, "needs-client", needs_client (provider));
  cvg_vardict_add_string (builder, "create-url", provider->create_url);
}

static void
add_api_key (GVariantBuilder *builder, const CvgProvider *provider)
{
  cvg_vardict_add_string (builder, "key-url", provider->api_key_create_url);
  cvg_vardict_add_string (builder, "key-header", provider->api_key_header);
  if (*provider->api_key_fields != NULL)
    add_words (builder, "key-fields", (const char *const *) provider->api_key_fields);
}

static void
add_tenant_parameters (GVariantBuilder *builder, const CvgProvider *provider)
{
  g_auto (GVariantBuilder) parameters = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  if (provider->tenant_parameters->len == 0)
    return;

  for (guint i = 0; i < provider->tenant_parameters->len; i++)
    {
      const CvgTenantParameter *parameter = g_ptr_array_index (provider->tenant_parameters, i);
      g_auto (GVariantBuilder) described = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

      cvg_vardict_add_string (&described, "name", parameter->name);
      cvg_vardict_add_string (&described, "pattern", parameter->pattern);
      cvg_vardict_add_string (&described, "default", parameter->default_value);
      cvg_vardict_add_string (&described, "description", parameter->description);
      g_variant_builder_add_value (&parameters, g_variant_builder_end (&described));
    }
  g_variant_builder_add (builder, "{sv}", "tenant", g_variant_builder_end (&parameters));
}

static gboolean
takes_keys (const CvgProvider *provider)
{
  return cvg_provider_has_kind (provider, "api-key") || cvg_provider_has_kind (provider, "basic") ||
         cvg_provider_has_kind (provider, "connection-string");
}

/**
 * cvg_describe_server:
 * @client: (nullable): the client that sign-ins use when they name none
 *
 * Returns: (transfer full): the a{sv} of ListServers
 */
GVariant *
cvg_describe_server (const CvgProvider *provider, const CvgClient *client)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autofree char *kinds = g_strjoinv (";", provider->kinds);

  cvg_vardict_add_string (&builder, "name", provider->name);
  cvg_vardict_add_string (&builder, "slug", provider->slug);
  cvg_vardict_add_string (&builder, "path-name",
                          provider->path_name != NULL ? provider->path_name : provider->slug);
  cvg_vardict_add_string (&builder, "kind", kinds);
  add_boolean (&builder, "default-client", client != NULL);
  add_words (&builder, "scopes", (const char *const *) provider->scopes);
  cvg_vardict_add_string (&builder, "documentation", provider->documentation);
  cvg_vardict_add_string (&builder, "manage-url", provider->manage_url);
  if (cvg_provider_has_kind (provider, "oauth2"))
    add_oauth2 (&builder, provider, client);
  if (takes_keys (provider))
    add_api_key (&builder, provider);
  add_tenant_parameters (&builder, provider);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
