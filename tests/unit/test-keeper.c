/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/keeper.h"

#include "doubles/agent-world.h"

#define RETRY_SECONDS 30

static void
open_keeper (AgentWorld *world, gboolean interactive, GAsyncResult **slot)
{
  cvg_keeper_open_async (world->keeper, interactive, NULL, agent_world_on_ready, slot);
}

static void
assert_opened (AgentWorld *world, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  g_assert_true (cvg_keeper_open_finish (world->keeper, result, &error));
  g_assert_no_error (error);
}

static void
assert_not_opened (AgentWorld *world, GAsyncResult *result, CvgError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  g_assert_false (cvg_keeper_open_finish (world->keeper, result, &error));
  agent_world_assert_error (error, code);
}

static guint
count (AgentWorld *world, CvgVaultDummyOperation operation)
{
  return cvg_vault_dummy_count_calls (world->vault, operation);
}

static void
count_emission (gpointer emitter, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
count_change (CvgInstances *instances, gpointer entry, gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* ---- at the start ---------------------------------------------------------------------------- */

static void
test_start_unlocked (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
  guint changes = 0;
  guint emissions = 0;
  CvgEntry *entry = NULL;

  agent_world_seed_client (world, "Confluence", "hush-S");
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  g_signal_connect (world->instances, "changed", G_CALLBACK (count_change), &changes);
  g_signal_connect (world->keeper, "state-changed", G_CALLBACK (count_emission), &emissions);
  cvg_agent_start (world->agent);
  entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_assert_null (entry->credentials);
  g_assert_false (cvg_keeper_is_open (world->keeper));
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "keyring-locked");

  agent_world_settle ();
  g_assert_true (cvg_keeper_is_open (world->keeper));
  g_assert_cmpstr (cvg_keeper_get_state (world->keeper), ==, "unlocked");
  agent_world_assert_secret (entry->credentials->access_token, "hush-A1");
  agent_world_assert_secret (
      cvg_clients_lookup (world->clients, "Confluence", AGENT_WORLD_CLIENT_ID)->secret, "hush-S");
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "active");
  g_assert_cmpuint (changes, >, 0);
  g_assert_cmpuint (emissions, >, 0);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_LOAD_ALL), ==, 1);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_STORE), ==, 0);
}

static void
test_start_locked (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  g_autoptr (GAsyncResult) background = NULL;

  g_assert_false (cvg_keeper_is_open (world->keeper));
  g_assert_cmpstr (cvg_keeper_get_state (world->keeper), ==, "locked");
  /* It is the keyring's state, and no sign-out. */
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "keyring-locked");

  open_keeper (world, FALSE, &background);
  agent_world_settle ();
  assert_not_opened (world, background, CVG_ERROR_KEYRING_LOCKED);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_LOAD_ALL), ==, 0);
}

static void
test_start_unavailable (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNAVAILABLE);
  g_autoptr (GAsyncResult) background = NULL;
  g_autoptr (GAsyncResult) interactive = NULL;

  g_assert_cmpstr (cvg_keeper_get_state (world->keeper), ==, "unavailable");
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "keyring-locked");
  open_keeper (world, FALSE, &background);
  open_keeper (world, TRUE, &interactive);
  agent_world_settle ();
  assert_not_opened (world, background, CVG_ERROR_KEYRING_UNAVAILABLE);
  assert_not_opened (world, interactive, CVG_ERROR_KEYRING_UNAVAILABLE);
}

static void
test_callers_before_the_state_is_known (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_LOCKED);
  g_autoptr (GAsyncResult) background = NULL;
  g_autoptr (GAsyncResult) interactive = NULL;

  /* Who starts the daemon by a call comes before the keyring was found. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_START);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_start (world);
  open_keeper (world, FALSE, &background);
  open_keeper (world, TRUE, &interactive);
  agent_world_settle ();
  g_assert_null (background);
  g_assert_null (interactive);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_UNLOCK), ==, 0);

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_START);
  agent_world_settle ();
  /* The one that may have the person asked, does; the other one does not wait for that. */
  assert_not_opened (world, background, CVG_ERROR_KEYRING_LOCKED);
  g_assert_null (interactive);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_UNLOCK), ==, 1);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  assert_opened (world, interactive);
}

static void
test_callers_before_it_is_read (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (GAsyncResult) background = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  agent_world_start (world);
  open_keeper (world, FALSE, &background);
  agent_world_settle ();
  g_assert_null (background);
  g_assert_true (cvg_keeper_is_opening (world->keeper));
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  agent_world_settle ();
  assert_opened (world, background);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_LOAD_ALL), ==, 1);
}

/* ---- opening --------------------------------------------------------------------------------- */

static void
test_one_prompt_for_all (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GAsyncResult) background = NULL;
  g_autoptr (GAsyncResult) later = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  open_keeper (world, TRUE, &first);
  agent_world_settle ();
  open_keeper (world, TRUE, &second);
  open_keeper (world, FALSE, &background);
  agent_world_settle ();
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_UNLOCK), ==, 1);
  g_assert_null (first);
  g_assert_null (second);
  assert_not_opened (world, background, CVG_ERROR_KEYRING_LOCKED);

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  assert_opened (world, first);
  assert_opened (world, second);
  /* They are told when all is in memory, not before. */
  g_assert_nonnull (agent_world_lookup (world, AGENT_WORLD_ID)->credentials);

  open_keeper (world, TRUE, &later);
  agent_world_settle ();
  assert_opened (world, later);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_UNLOCK), ==, 1);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_LOAD_ALL), ==, 1);
}

static void
test_dismissed (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GAsyncResult) again = NULL;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_UNLOCK, CVG_ERROR_KEYRING_LOCKED);
  open_keeper (world, TRUE, &first);
  open_keeper (world, TRUE, &second);
  agent_world_settle ();
  assert_not_opened (world, first, CVG_ERROR_KEYRING_LOCKED);
  assert_not_opened (world, second, CVG_ERROR_KEYRING_LOCKED);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_UNLOCK), ==, 1);
  /* Nobody is asked again until somebody needs it again. */
  agent_world_pass (world, 120);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_UNLOCK), ==, 1);

  open_keeper (world, TRUE, &again);
  agent_world_settle ();
  assert_opened (world, again);
}

static void
test_unlocked_by_other_means (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  g_autoptr (GAsyncResult) waiting = NULL;

  /* The prompt is up, and the person unlocks it in a keyring program. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  open_keeper (world, TRUE, &waiting);
  agent_world_settle ();
  g_assert_null (waiting);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  assert_opened (world, waiting);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  g_assert_true (cvg_keeper_is_open (world->keeper));
}

static void
test_one_caller_cancels (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) left = NULL;
  g_autoptr (GAsyncResult) stays = NULL;
  g_autoptr (GError) error = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  cvg_keeper_open_async (world->keeper, TRUE, cancellable, agent_world_on_ready, &left);
  open_keeper (world, TRUE, &stays);
  g_cancellable_cancel (cancellable);
  agent_world_settle ();
  /* The prompt is still up for the other one. */
  g_assert_cmpuint (cvg_vault_dummy_count_held (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 1);
  g_assert_null (stays);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  assert_opened (world, stays);
  g_assert_nonnull (left);
  g_assert_false (cvg_keeper_open_finish (world->keeper, left, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_stop_takes_the_prompt_down (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  g_autoptr (GAsyncResult) waiting = NULL;
  g_autoptr (GError) error = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  open_keeper (world, TRUE, &waiting);
  agent_world_settle ();
  cvg_agent_stop (world->agent);
  agent_world_settle ();
  g_assert_nonnull (waiting);
  g_assert_false (cvg_keeper_open_finish (world->keeper, waiting, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (cvg_vault_dummy_count_held (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
}

static void
test_read_fails (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
  g_autoptr (GAsyncResult) waiting = NULL;

  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_LOAD_ALL, CVG_ERROR_FAILED);
  cvg_agent_start (world->agent);
  open_keeper (world, FALSE, &waiting);
  agent_world_settle ();
  assert_not_opened (world, waiting, CVG_ERROR_FAILED);
  g_assert_false (cvg_keeper_is_open (world->keeper));

  /* Nobody has to come for it to be tried again. */
  agent_world_pass (world, RETRY_SECONDS - 1);
  g_assert_false (cvg_keeper_is_open (world->keeper));
  agent_world_pass (world, 1);
  g_assert_true (cvg_keeper_is_open (world->keeper));
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "active");
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 0);
}

static void
test_read_fails_and_somebody_comes (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (GAsyncResult) waiting = NULL;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_LOAD_ALL, CVG_ERROR_FAILED);
  agent_world_start (world);
  open_keeper (world, FALSE, &waiting);
  agent_world_settle ();
  assert_opened (world, waiting);
}

static void
test_locked_while_it_is_read (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
  g_autoptr (GAsyncResult) waiting = NULL;

  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  agent_world_start (world);
  open_keeper (world, FALSE, &waiting);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  agent_world_settle ();
  assert_not_opened (world, waiting, CVG_ERROR_KEYRING_LOCKED);
  g_assert_false (cvg_keeper_is_open (world->keeper));
  g_assert_null (agent_world_lookup (world, AGENT_WORLD_ID)->credentials);
}

static void
test_locked_and_unlocked_while_it_is_read (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);

  /* The read failed because of the lock, which is gone by now. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_LOAD_ALL, CVG_ERROR_KEYRING_LOCKED);
  agent_world_start (world);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  agent_world_settle ();
  g_assert_false (cvg_keeper_is_open (world->keeper));
  agent_world_pass (world, RETRY_SECONDS);
  g_assert_true (cvg_keeper_is_open (world->keeper));
}

/* ---- what is in memory ----------------------------------------------------------------------- */

static void
test_lock_drops_secrets (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  guint changes = 0;

  g_signal_connect (world->instances, "changed", G_CALLBACK (count_change), &changes);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  g_assert_null (entry->credentials);
  g_assert_null (cvg_clients_lookup (world->clients, "Confluence", AGENT_WORLD_CLIENT_ID)->secret);
  g_assert_false (cvg_keeper_is_open (world->keeper));
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "keyring-locked");
  g_assert_cmpuint (changes, ==, 1);
  agent_world_settle ();

  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  g_assert_null (entry->credentials);
  agent_world_settle ();
  agent_world_assert_secret (entry->credentials->access_token, "hush-A1");
  agent_world_assert_secret (
      cvg_clients_lookup (world->clients, "Confluence", AGENT_WORLD_CLIENT_ID)->secret, "hush-S");
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "active");
  g_assert_cmpuint (changes, ==, 2);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
}

static void
test_keyring_ends_and_comes_back (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);

  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNAVAILABLE);
  agent_world_settle ();
  g_assert_cmpstr (cvg_keeper_get_state (world->keeper), ==, "unavailable");
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "keyring-locked");
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "active");
}

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  g_test_add_func ("/keeper/start/unlocked", test_start_unlocked);
  g_test_add_func ("/keeper/start/locked", test_start_locked);
  g_test_add_func ("/keeper/start/unavailable", test_start_unavailable);
  g_test_add_func ("/keeper/start/callers-before-the-state-is-known",
                   test_callers_before_the_state_is_known);
  g_test_add_func ("/keeper/start/callers-before-it-is-read", test_callers_before_it_is_read);
  g_test_add_func ("/keeper/open/one-prompt-for-all", test_one_prompt_for_all);
  g_test_add_func ("/keeper/open/dismissed", test_dismissed);
  g_test_add_func ("/keeper/open/unlocked-by-other-means", test_unlocked_by_other_means);
  g_test_add_func ("/keeper/open/one-caller-cancels", test_one_caller_cancels);
  g_test_add_func ("/keeper/open/stop-takes-the-prompt-down", test_stop_takes_the_prompt_down);
  g_test_add_func ("/keeper/open/read-fails", test_read_fails);
  g_test_add_func ("/keeper/open/read-fails-and-somebody-comes",
                   test_read_fails_and_somebody_comes);
  g_test_add_func ("/keeper/open/locked-while-it-is-read", test_locked_while_it_is_read);
  g_test_add_func ("/keeper/open/locked-and-unlocked-while-it-is-read",
                   test_locked_and_unlocked_while_it_is_read);
  g_test_add_func ("/keeper/memory/lock-drops-secrets", test_lock_drops_secrets);
  g_test_add_func ("/keeper/memory/keyring-ends-and-comes-back", test_keyring_ends_and_comes_back);

  return g_test_run ();
}
