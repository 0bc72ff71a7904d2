/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "doubles/agent-leave.h"

#define SERVER "Leavable"

/** agent_leave_seed: an instance, signed in for ever, and its client with a secret */
void
agent_leave_seed (AgentWorld *world)
{
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 0);

  agent_world_seed_client (world, SERVER, "hush-S");
  agent_world_seed_instance_of (world, SERVER, AGENT_WORLD_ID, credentials);
}

/** agent_leave_start: the agent, with what it does by itself */
void
agent_leave_start (AgentWorld *world)
{
  agent_world_start (world);
  cvg_agent_start_planner (world->agent);
  agent_world_settle ();
}

void
agent_leave_set_up (AgentLeave *fixture, gconstpointer data)
{
  fixture->world = agent_world_new (CVG_VAULT_UNLOCKED);
  agent_leave_seed (fixture->world);
  agent_leave_start (fixture->world);
  fixture->entry = cvg_entry_ref (agent_world_lookup (fixture->world, AGENT_WORLD_ID));
}

void
agent_leave_tear_down (AgentLeave *fixture, gconstpointer data)
{
  cvg_entry_unref (fixture->entry);
  agent_world_free (fixture->world);
}

/** agent_leave_sign_out: begins it, and does what can be done without time passing */
void
agent_leave_sign_out (AgentLeave *fixture, GAsyncResult **slot)
{
  cvg_changes_delete_auth_async (cvg_agent_get_changes (fixture->world->agent), fixture->entry,
                                 TRUE, agent_world_on_ready, slot);
  agent_world_settle ();
}

/** agent_leave_assert_left: it is signed out, and the caller was told whether it is @revoked */
void
agent_leave_assert_left (AgentLeave *fixture, GAsyncResult *result, gboolean revoked)
{
  g_autoptr (GError) error = NULL;
  gboolean said = FALSE;

  g_assert_nonnull (result);
  g_assert_true (cvg_changes_delete_finish (cvg_agent_get_changes (fixture->world->agent), result,
                                            &said, &error));
  g_assert_no_error (error);
  g_assert_cmpint (said, ==, revoked);
  g_assert_null (fixture->entry->credentials);
  agent_world_assert_stored (fixture->world, AGENT_WORLD_ID, NULL);
}

/** agent_leave_push_gone: scripts a server that can't be reached */
void
agent_leave_push_gone (AgentWorld *world)
{
  cvg_http_dummy_push_unsent_error (
      world->http, g_error_new_literal (CVG_ERROR, CVG_ERROR_TRY_LATER, "Nobody is there"));
}

/** agent_leave_count_requests: Returns: how many requests were sent, to whatever endpoint */
guint
agent_leave_count_requests (AgentWorld *world)
{
  return cvg_http_dummy_get_count (world->http);
}

/** agent_leave_assert_request: the request @index asked for the revocation of @token */
void
agent_leave_assert_request (AgentWorld *world, guint index, const char *token)
{
  const CvgHttpDummyRequest *request = cvg_http_dummy_get_request (world->http, index);
  g_autofree char *start = g_strdup_printf ("token=%s&", token);

  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->url, ==, "https://idp.invalid/revoke");
  if (!g_str_has_prefix (request->body, start))
    g_assert_cmpstr (request->body, ==, start);
}

/** agent_leave_is_queued: Returns: whether the keyring has something to be revoked */
gboolean
agent_leave_is_queued (AgentWorld *world)
{
  return cvg_vault_dummy_find (world->vault, CVG_VAULT_REVOCATION) != NULL;
}
