/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "doubles/agent-refresh.h"

/** agent_refresh_set_up: an agent that is signed in; requests stay on the wire until they are
 * answered */
void
agent_refresh_set_up (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = agent_world_new_started (CVG_VAULT_UNLOCKED);

  fixture->world = world;
  fixture->entry = cvg_entry_ref (agent_world_lookup (world, AGENT_WORLD_ID));
  fixture->refresher = cvg_agent_get_refresher (world->agent);
  cvg_http_dummy_set_hold (world->http, TRUE);
}

/** agent_refresh_tear_down: nothing is under way any more */
void
agent_refresh_tear_down (AgentRefresh *fixture, gconstpointer data)
{
  agent_world_settle ();
  g_assert_true (cvg_refresher_is_idle (fixture->refresher));
  cvg_entry_unref (fixture->entry);
  agent_world_free (fixture->world);
}

/** agent_refresh_refresh: a caller asks for one; the result gets into *@slot */
void
agent_refresh_refresh (AgentRefresh *fixture, GCancellable *cancellable, GAsyncResult **slot)
{
  cvg_refresher_refresh_async (fixture->refresher, fixture->entry, CVG_URGENCY_CALLER, cancellable,
                               agent_world_on_ready, slot);
}

/** agent_refresh_begin: a caller's refresh is on the wire, and will bring hush-A2 and hush-R2 */
void
agent_refresh_begin (AgentRefresh *fixture, GAsyncResult **slot)
{
  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  agent_refresh_refresh (fixture, NULL, slot);
  agent_world_settle ();
}

/** agent_refresh_answer: answers the oldest request on the wire, and does what comes of it */
void
agent_refresh_answer (AgentRefresh *fixture)
{
  agent_world_settle ();
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
}

/** agent_refresh_assert_served: @result has the access token @token */
void
agent_refresh_assert_served (AgentRefresh *fixture, GAsyncResult *result, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgCredentials) credentials = NULL;

  g_assert_nonnull (result);
  credentials = cvg_refresher_refresh_finish (fixture->refresher, result, &error);
  g_assert_no_error (error);
  agent_world_assert_secret (credentials->access_token, token);
}

/** agent_refresh_assert_failed: @result is an error of @code, with no secret in it */
void
agent_refresh_assert_failed (AgentRefresh *fixture, GAsyncResult *result, CvgError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  g_assert_null (cvg_refresher_refresh_finish (fixture->refresher, result, &error));
  agent_world_assert_error (error, code);
}

/** agent_refresh_assert_stored: the keyring has @expected: access token/refresh token/serial */
void
agent_refresh_assert_stored (AgentRefresh *fixture, const char *expected)
{
  agent_world_assert_stored (fixture->world, AGENT_WORLD_ID, expected);
}

/** agent_refresh_assert_in_memory: the entry has just these credentials */
void
agent_refresh_assert_in_memory (AgentRefresh *fixture,
                                const char *access,
                                const char *refresh_token,
                                guint64 serial)
{
  const CvgCredentials *credentials = fixture->entry->credentials;

  g_assert_nonnull (credentials);
  agent_world_assert_secret (credentials->access_token, access);
  agent_world_assert_secret (credentials->refresh_token, refresh_token);
  g_assert_cmpuint (credentials->serial, ==, serial);
}

/** agent_refresh_count_requests: Returns: how often the server was asked */
guint
agent_refresh_count_requests (AgentRefresh *fixture)
{
  return cvg_http_dummy_get_count (fixture->world->http);
}

/** agent_refresh_status_of: Returns: (transfer none): the status, as the contract spells it */
const char *
agent_refresh_status_of (AgentRefresh *fixture)
{
  return agent_world_status_of (fixture->world, AGENT_WORLD_ID);
}
