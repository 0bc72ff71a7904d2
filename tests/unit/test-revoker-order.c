/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Leaving, step by step: what a crash, a locked keyring or a refresh on its way make of it.
 */
#include "agent/revoker.h"

#include "doubles/agent-leave.h"

static void
push_two (AgentWorld *world)
{
  cvg_http_dummy_push_json (world->http, 200, "{}");
  cvg_http_dummy_push_json (world->http, 200, "{}");
}

/* What a start after the crash finds: nothing left, and both tokens revoked. */
static void
assert_goes_on (AgentWorld *next)
{
  g_assert_cmpuint (agent_leave_count_requests (next), ==, 0);
  push_two (next);
  agent_leave_start (next);
  agent_world_pass (next, 1);
  g_assert_cmpuint (agent_leave_count_requests (next), ==, 2);
  agent_leave_assert_request (next, 0, "hush-R1");
  agent_leave_assert_request (next, 1, "hush-A1");
  g_assert_false (agent_leave_is_queued (next));
  g_assert_cmpstr (agent_world_status_of (next, AGENT_WORLD_ID), ==, "signed-out");
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (next->clock), ==, 0);
}

/* ---- a crash --------------------------------------------------------------------------------- */

/* Before anything is stored: it is as if nobody had asked. */
static void
test_crash_at_once (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (AgentWorld) next = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_leave_sign_out (fixture, &result);
  next = agent_world_crash (world);
  agent_leave_start (next);
  agent_world_pass (next, 60);
  g_assert_cmpstr (agent_world_status_of (next, AGENT_WORLD_ID), ==, "active");
  agent_world_assert_stored (next, AGENT_WORLD_ID, "hush-A1/hush-R1/1");

  push_two (world);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  agent_leave_assert_left (fixture, result, TRUE);
}

/* With both in the keyring, who wanted to leave was not told that it was done. */
static void
test_crash_before_deletion (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (AgentWorld) next = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_leave_sign_out (fixture, &result);
  g_assert_true (agent_leave_is_queued (world));
  g_assert_null (result);
  next = agent_world_crash (world);
  agent_leave_start (next);
  agent_world_pass (next, 60);
  g_assert_cmpuint (agent_leave_count_requests (next), ==, 0);
  g_assert_false (agent_leave_is_queued (next));
  g_assert_cmpstr (agent_world_status_of (next, AGENT_WORLD_ID), ==, "active");

  push_two (world);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_world_settle ();
  agent_leave_assert_left (fixture, result, TRUE);
}

/* Deleted in the keyring, while the record still says that it is signed in. */
static void
test_crash_after_deletion (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (AgentWorld) next = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_leave_sign_out (fixture, &result);
  next = agent_world_crash (world);
  cvg_vault_dummy_forget (next->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID);
  assert_goes_on (next);

  push_two (world);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_world_settle ();
  agent_leave_assert_left (fixture, result, TRUE);
}

static void
test_crash_on_the_wire (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (AgentWorld) next = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_http_dummy_set_hold (world->http, TRUE);
  push_two (world);
  agent_leave_sign_out (fixture, &result);
  next = agent_world_crash (world);
  assert_goes_on (next);

  cvg_http_dummy_set_hold (world->http, FALSE);
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  agent_leave_assert_left (fixture, result, TRUE);
}

/* The server has confirmed, and the item is still there: to say it again does no harm. */
static void
test_crash_before_the_end (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (AgentWorld) next = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_http_dummy_set_hold (world->http, TRUE);
  push_two (world);
  agent_leave_sign_out (fixture, &result);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_REMOVE);
  cvg_http_dummy_set_hold (world->http, FALSE);
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  agent_leave_assert_left (fixture, result, TRUE);
  next = agent_world_crash (world);
  assert_goes_on (next);

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_world_settle ();
  g_assert_false (agent_leave_is_queued (world));
}

static void
test_restart (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  agent_leave_push_gone (world);
  agent_leave_sign_out (fixture, &result);
  agent_leave_assert_left (fixture, result, FALSE);
  g_clear_object (&result);
  agent_world_restart (world);
  agent_world_pass (world, 60);
  /* Not before the daemon has its name. */
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 1);
  push_two (world);
  cvg_agent_start_planner (world->agent);
  agent_world_pass (world, 1);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 3);
  g_assert_false (agent_leave_is_queued (world));
}

/* Who deletes the instance itself is not asked later whether it is still there. */
static void
test_instance_is_gone (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (AgentWorld) next = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  agent_leave_push_gone (world);
  cvg_changes_delete_instance_async (cvg_agent_get_changes (world->agent), fixture->entry, TRUE,
                                     agent_world_on_ready, &result);
  agent_world_settle ();
  agent_leave_assert_left (fixture, result, FALSE);
  next = agent_world_crash (world);
  push_two (next);
  agent_leave_start (next);
  agent_world_pass (next, 1);
  g_assert_false (agent_leave_is_queued (next));
}

/* ---- the keyring ----------------------------------------------------------------------------- */

static void
test_keyring_does_not_take_it (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  agent_leave_push_gone (world);
  agent_leave_sign_out (fixture, &result);
  agent_leave_assert_left (fixture, result, FALSE);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 1);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 0);
}

static void
test_keyring_keeps_the_credentials (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  CvgChanges *changes = cvg_agent_get_changes (world->agent);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean revoked = FALSE;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_REMOVE, CVG_ERROR_FAILED);
  agent_leave_sign_out (fixture, &result);
  g_assert_false (cvg_changes_delete_finish (changes, result, &revoked, &error));
  agent_world_assert_error (error, CVG_ERROR_FAILED);
  agent_world_pass (world, 60);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 0);
  g_assert_false (agent_leave_is_queued (world));
  g_assert_nonnull (fixture->entry->credentials);
}

/* Nor is it carried out later, when the keyring would not let go of that item either. */
static void
test_keyring_keeps_both (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_REMOVE, CVG_ERROR_FAILED);
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_REMOVE, CVG_ERROR_FAILED);
  agent_leave_sign_out (fixture, &result);
  g_assert_true (agent_leave_is_queued (world));
  cvg_vault_dummy_tell_items_changed (world->vault);
  agent_world_settle ();
  g_assert_false (agent_leave_is_queued (world));
  agent_world_pass (world, 60);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 0);
}

static void
test_locked (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  agent_leave_push_gone (world);
  agent_leave_sign_out (fixture, &result);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  agent_world_pass (world, 3600);
  /* It is not in memory any more. */
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 1);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 0);

  push_two (world);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  agent_world_pass (world, 1);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 3);
  g_assert_false (agent_leave_is_queued (world));
}

static void
test_locked_on_the_wire (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_http_dummy_set_hold (world->http, TRUE);
  push_two (world);
  agent_leave_sign_out (fixture, &result);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  agent_world_settle ();
  cvg_http_dummy_set_hold (world->http, FALSE);
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  agent_leave_assert_left (fixture, result, TRUE);
  g_assert_true (agent_leave_is_queued (world));

  /* It is over, and is not said again. */
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  agent_world_pass (world, 60);
  g_assert_false (agent_leave_is_queued (world));
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 2);
}

static void
test_failed_while_locked (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_leave_push_gone (world);
  agent_leave_sign_out (fixture, &result);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  agent_world_settle ();
  cvg_http_dummy_set_hold (world->http, FALSE);
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  agent_leave_assert_left (fixture, result, FALSE);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 0);

  push_two (world);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  agent_world_pass (world, 1);
  g_assert_false (agent_leave_is_queued (world));
}

static void
test_deleted_by_hand (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  agent_leave_push_gone (world);
  agent_leave_sign_out (fixture, &result);
  cvg_vault_dummy_forget (world->vault, CVG_VAULT_REVOCATION,
                          cvg_vault_dummy_find (world->vault, CVG_VAULT_REVOCATION));
  cvg_vault_dummy_tell_items_changed (world->vault);
  agent_world_pass (world, 3600);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 1);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 0);
}

static void
test_illegible_item (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);

  agent_leave_seed (world);
  cvg_vault_dummy_put (world->vault, CVG_VAULT_REVOCATION, "odd", "{'version': <uint64 7>}");
  agent_leave_start (world);
  agent_world_take_warning ("revocation odd");
  agent_world_pass (world, 60);
  g_assert_nonnull (cvg_vault_dummy_peek (world->vault, CVG_VAULT_REVOCATION, "odd"));
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 0);
}

static void
test_label (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;
  const char *id = NULL;

  agent_leave_push_gone (world);
  agent_leave_sign_out (fixture, &result);
  id = cvg_vault_dummy_find (world->vault, CVG_VAULT_REVOCATION);
  g_assert_true (g_uuid_string_is_valid (id));
  g_assert_cmpstr (cvg_vault_dummy_peek_label (world->vault, CVG_VAULT_REVOCATION, id), ==,
                   "Claviger: revocation for Leavable");
}

/* ---- a refresh on its way -------------------------------------------------------------------- */

static void
begin_refresh (AgentLeave *fixture, GAsyncResult **slot)
{
  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  cvg_refresher_refresh_async (cvg_agent_get_refresher (fixture->world->agent), fixture->entry,
                               CVG_URGENCY_CALLER, NULL, agent_world_on_ready, slot);
  agent_world_settle ();
  g_assert_cmpuint (cvg_http_dummy_get_held (fixture->world->http), ==, 1);
}

static void
assert_superseded (AgentLeave *fixture, GAsyncResult *result)
{
  g_autoptr (CvgCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  credentials = cvg_refresher_refresh_finish (cvg_agent_get_refresher (fixture->world->agent),
                                              result, &error);
  g_assert_null (credentials);
  agent_world_assert_error (error, CVG_ERROR_CANCELLED);
}

/* What the server gives to an instance that has left must not stay alive. */
static void
test_refresh_on_its_way (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) refreshed = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  begin_refresh (fixture, &refreshed);
  cvg_changes_delete_instance_async (cvg_agent_get_changes (world->agent), fixture->entry, TRUE,
                                     agent_world_on_ready, &result);
  agent_world_settle ();
  push_two (world);
  push_two (world);
  cvg_http_dummy_set_hold (world->http, FALSE);
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  assert_superseded (fixture, refreshed);
  agent_leave_assert_left (fixture, result, TRUE);

  g_assert_cmpuint (agent_leave_count_requests (world), ==, 5);
  for (guint i = 1; i < 5; i++)
    {
      const CvgHttpDummyRequest *request = cvg_http_dummy_get_request (world->http, i);

      g_assert_cmpstr (request->url, ==, "https://idp.invalid/revoke");
    }
  g_assert_false (agent_leave_is_queued (world));
}

/* Nobody asked for it to be revoked. */
static void
test_refresh_on_its_way_unrevoked (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) refreshed = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  begin_refresh (fixture, &refreshed);
  cvg_changes_delete_auth_async (cvg_agent_get_changes (world->agent), fixture->entry, FALSE,
                                 agent_world_on_ready, &result);
  agent_world_settle ();
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  assert_superseded (fixture, refreshed);
  agent_leave_assert_left (fixture, result, FALSE);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 1);
}

/* Who signs out and then removes asks twice; the second time there is nothing to leave any more. */
static void
test_refresh_on_its_way_left_twice (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) refreshed = NULL;
  g_autoptr (GAsyncResult) signed_out = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  begin_refresh (fixture, &refreshed);
  agent_leave_sign_out (fixture, &signed_out);
  cvg_changes_delete_instance_async (cvg_agent_get_changes (world->agent), fixture->entry, TRUE,
                                     agent_world_on_ready, &result);
  agent_world_settle ();
  push_two (world);
  push_two (world);
  cvg_http_dummy_set_hold (world->http, FALSE);
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  assert_superseded (fixture, refreshed);
  agent_leave_assert_left (fixture, signed_out, TRUE);
  agent_leave_assert_left (fixture, result, FALSE);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 5);
  g_assert_false (agent_leave_is_queued (world));
}

/* The first credentials of an instance are about to be stored when it is deleted. */
static void
test_first_credentials_on_their_way (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (CvgEntry) entry = cvg_entry_ref (agent_world_add_instance (world, "Leavable"));
  g_autoptr (GVariant) auth_data = g_variant_ref_sink (
      g_variant_new_parsed ("{'access_token': <'hush-A7'>, 'refresh_token': <'hush-R7'>}"));
  g_autoptr (GAsyncResult) was_set = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  cvg_changes_set_auth_async (cvg_agent_get_changes (world->agent), entry, auth_data,
                              agent_world_on_ready, &was_set);
  agent_world_settle ();
  cvg_changes_delete_instance_async (cvg_agent_get_changes (world->agent), entry, TRUE,
                                     agent_world_on_ready, &result);
  agent_world_settle ();
  g_assert_null (result);

  push_two (world);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  g_assert_nonnull (was_set);
  g_assert_nonnull (result);
  g_assert_true (entry->removed);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 2);
  agent_leave_assert_request (world, 0, "hush-R7");
  agent_leave_assert_request (world, 1, "hush-A7");
  g_assert_false (agent_leave_is_queued (world));
}

/* It lands after the tokens to be revoked were put down, and before they are deleted. */
static void
test_refresh_in_between (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) refreshed = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  begin_refresh (fixture, &refreshed);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_leave_sign_out (fixture, &result);
  cvg_http_dummy_set_hold (world->http, FALSE);
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  g_assert_nonnull (refreshed);
  agent_world_assert_secret (fixture->entry->credentials->refresh_token, "hush-R2");

  push_two (world);
  push_two (world);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_world_settle ();
  agent_leave_assert_left (fixture, result, TRUE);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 5);
  g_assert_false (agent_leave_is_queued (world));
}

int
main (int argc, char **argv)
{
  agent_world_init (&argc, &argv);

#define ADD(path, func)                                                                            \
  g_test_add ("/revoker-order/" path, AgentLeave, NULL, agent_leave_set_up, func,                  \
              agent_leave_tear_down)

  ADD ("crash/at-once", test_crash_at_once);
  ADD ("crash/before-deletion", test_crash_before_deletion);
  ADD ("crash/after-deletion", test_crash_after_deletion);
  ADD ("crash/on-the-wire", test_crash_on_the_wire);
  ADD ("crash/before-the-end", test_crash_before_the_end);
  ADD ("restart", test_restart);
  ADD ("instance-is-gone", test_instance_is_gone);
  ADD ("keyring/does-not-take-it", test_keyring_does_not_take_it);
  ADD ("keyring/keeps-the-credentials", test_keyring_keeps_the_credentials);
  ADD ("keyring/keeps-both", test_keyring_keeps_both);
  ADD ("keyring/locked", test_locked);
  ADD ("keyring/locked-on-the-wire", test_locked_on_the_wire);
  ADD ("keyring/failed-while-locked", test_failed_while_locked);
  ADD ("keyring/deleted-by-hand", test_deleted_by_hand);
  g_test_add_func ("/revoker-order/keyring/illegible", test_illegible_item);
  ADD ("keyring/label", test_label);
  ADD ("refresh/on-its-way", test_refresh_on_its_way);
  ADD ("refresh/on-its-way-unrevoked", test_refresh_on_its_way_unrevoked);
  ADD ("refresh/on-its-way-left-twice", test_refresh_on_its_way_left_twice);
  ADD ("refresh/in-between", test_refresh_in_between);
  ADD ("first-credentials/on-their-way", test_first_credentials_on_their_way);

  return g_test_run ();
}
