/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "doubles/agent-discovery.h"

/** agent_discovery_push_metadata: scripts what @issuer says of itself; @registers: also clients */
void
agent_discovery_push_metadata (AgentWorld *world, const char *issuer, gboolean registers)
{
  g_autofree char *registration =
      registers ? g_strdup_printf (",\"registration_endpoint\":\"%s/register\"", issuer) :
                  g_strdup ("");
  g_autofree char *body = g_strdup_printf (
      "{\"issuer\":\"%s\",\"authorization_endpoint\":\"%s/authorize\","
      "\"token_endpoint\":\"%s/token\",\"code_challenge_methods_supported\":[\"S256\"]%s}",
      issuer, issuer, issuer, registration);

  cvg_http_dummy_push_json (world->http, 200, body);
}

/** agent_discovery_push_registration: scripts a registration; @secret (nullable): a public client
 */
void
agent_discovery_push_registration (AgentWorld *world,
                                   const char *client_id,
                                   const char *redirect_uri,
                                   const char *secret)
{
  g_autofree char *shown =
      secret != NULL ?
          g_strdup_printf (",\"client_secret\":\"%s\",\"client_secret_expires_at\":0", secret) :
          g_strdup (",\"token_endpoint_auth_method\":\"none\"");
  g_autofree char *body = g_strdup_printf ("{\"client_id\":\"%s\",\"redirect_uris\":[\"%s\"]%s}",
                                           client_id, redirect_uri, shown);

  cvg_http_dummy_push_json (world->http, 201, body);
}

/**
 * agent_discovery_add_client:
 *
 * Returns: (transfer none): a public client of Discovered that Claviger registered at some time
 */
CvgClient *
agent_discovery_add_client (AgentWorld *world,
                            const char *client_id,
                            const char *issuer,
                            const char *redirect_uri,
                            gint64 expires_at)
{
  g_autoptr (CvgClient) client = cvg_client_new ();

  client->id = g_uuid_string_random ();
  client->server_name = g_strdup (AGENT_DISCOVERY_SERVER);
  client->client_id = g_strdup (client_id);
  client->redirect_uri = g_strdup (redirect_uri);
  client->is_registered = TRUE;
  client->issuer = g_strdup (issuer);
  client->authentication = CVG_CLIENT_AUTHENTICATION_NONE;
  client->expires_at = expires_at;
  client->created_at = AGENT_WORLD_NOW - 1000;
  cvg_clients_put (world->clients, client);
  return cvg_clients_lookup (world->clients, AGENT_DISCOVERY_SERVER, client_id);
}
