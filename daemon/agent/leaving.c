/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From an instance to a revocation: which provider, which client, which tokens.
 */
#include "agent/leaving.h"

#include "oauth/revocation-request.h"

/* A key that a person made at the server and gave to us may be in use elsewhere too; it is ended
 * where it was made. A sign-in names its client, and nothing but a grant has a refresh token. */
static gboolean
is_grant (const CvgCredentials *credentials)
{
  return credentials->client_id != NULL || !cvg_secret_is_empty (credentials->refresh_token);
}

/**
 * cvg_leaving_is_possible:
 *
 * Returns: whether the server of @entry has a place where what it has can be revoked; without the
 *   keyring, as far as its file says
 */
gboolean
cvg_leaving_is_possible (const CvgEntry *entry)
{
  g_autoptr (CvgProvider) provider = NULL;

  if (entry->provider == NULL || !entry->record->signed_in)
    return FALSE;
  if (entry->credentials == NULL)
    return entry->provider->revocation_endpoint != NULL;
  if (!is_grant (entry->credentials))
    return FALSE;

  provider = cvg_provider_with_server (entry->provider, entry->credentials->server);
  return cvg_revocation_is_possible (provider, entry->credentials);
}

/* One that was removed is still known by its id, which is all that a public one says; and one whose
 * secret is lost comes without it. There are servers that want no more. Returns: (transfer full)
 * (nullable) */
static CvgClient *
find_client (const CvgEntry *entry, const CvgCredentials *credentials, CvgClients *clients)
{
  const char *client_id =
      credentials->client_id != NULL ? credentials->client_id : entry->record->client_id;
  CvgClient *client = cvg_clients_choose (clients, entry->record->server_name, client_id, NULL);

  if (client != NULL)
    return cvg_client_ref (client);
  if (client_id == NULL)
    return NULL;

  client = cvg_client_new ();
  client->client_id = g_strdup (client_id);
  return client;
}

/**
 * cvg_leaving_make_revocation:
 * @entry: whose grant
 * @credentials: what to revoke of it
 * @clients: with their secrets at hand
 * @now: Unix seconds
 *
 * Returns: (transfer full) (nullable): what to tell the server, under a new id; %NULL: there is
 *   nothing to revoke, or no place for it
 */
CvgRevocation *
cvg_leaving_make_revocation (const CvgEntry *entry,
                             const CvgCredentials *credentials,
                             CvgClients *clients,
                             gint64 now)
{
  const CvgInstance *record = entry->record;
  g_autoptr (CvgProvider) provider = NULL;
  g_autoptr (CvgClient) client = NULL;
  g_autoptr (GPtrArray) requests = NULL;
  CvgRevocation *revocation = NULL;

  if (entry->provider == NULL || !is_grant (credentials))
    return NULL;

  provider = cvg_provider_with_server (entry->provider, credentials->server);
  client = find_client (entry, credentials, clients);
  requests = cvg_revocation_requests (provider, record->tenant, client, credentials);
  if (requests->len == 0)
    return NULL;

  revocation = cvg_revocation_new ();
  revocation->id = g_uuid_string_random ();
  revocation->server_name = g_strdup (record->server_name);
  revocation->instance_id = g_strdup (record->id);
  if (provider->manage_url != NULL)
    revocation->manage_url = cvg_tenant_expand_url (provider->manage_url, record->tenant);
  revocation->created_at = now;
  while (requests->len > 0)
    cvg_revocation_add_step (revocation, g_ptr_array_steal_index (requests, 0));
  return revocation;
}
