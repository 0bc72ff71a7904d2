/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is written to the keyring, and what could not be.
 */
#include "agent/writer.h"

#include <string.h>

#include "doubles/agent-world.h"

#define RETRY_SECONDS 30

static guint
count (AgentWorld *world, CvgVaultDummyOperation operation)
{
  return cvg_vault_dummy_count_calls (world->vault, operation);
}

/* ---- writing --------------------------------------------------------------------------------- */

static void
store (AgentWorld *world, CvgEntry *entry, const char *token, GAsyncResult **slot)
{
  g_autoptr (CvgCredentials) credentials = agent_world_credentials (token, "hush-R9", 3600);

  cvg_writer_store_async (cvg_keeper_get_writer (world->keeper), entry, credentials, entry->record,
                          entry->generation, agent_world_on_ready, slot);
}

static void
assert_write_failed (AgentWorld *world, GAsyncResult *result, CvgError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  g_assert_false (cvg_writer_finish (cvg_keeper_get_writer (world->keeper), result, &error));
  agent_world_assert_error (error, code);
}

static void
test_store (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) result = NULL;

  store (world, entry, "hush-A9", &result);
  g_assert_false (cvg_keeper_is_idle (world->keeper));
  agent_world_settle ();
  g_assert_true (cvg_writer_finish (cvg_keeper_get_writer (world->keeper), result, NULL));
  g_assert_true (cvg_keeper_is_idle (world->keeper));
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A9/hush-R9/1");
  g_assert_cmpstr (cvg_vault_dummy_peek_label (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID),
                   ==, "Claviger: Confluence");
  /* It writes, and leaves the memory to who asked. */
  agent_world_assert_secret (entry->credentials->access_token, "hush-A1");
}

static void
test_store_locked (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) locked = NULL;
  g_autoptr (GAsyncResult) unavailable = NULL;

  store (world, entry, "hush-A9", &locked);
  agent_world_settle ();
  assert_write_failed (world, locked, CVG_ERROR_KEYRING_LOCKED);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNAVAILABLE);
  store (world, entry, "hush-A9", &unavailable);
  agent_world_settle ();
  assert_write_failed (world, unavailable, CVG_ERROR_KEYRING_UNAVAILABLE);
  /* A store to a locked keyring makes some of them ask: it does not even get there. */
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_STORE), ==, 0);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
}

static void
test_store_superseded (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgCredentials) replaced = agent_world_credentials ("hush-A5", "hush-R5", 3600);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  store (world, entry, "hush-A8", &first);
  store (world, entry, "hush-A9", &second);
  agent_world_settle ();
  cvg_instances_replace_credentials (world->instances, entry, replaced, entry->record);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  /* The first was on its way; the second had not begun. */
  g_assert_true (cvg_writer_finish (cvg_keeper_get_writer (world->keeper), first, NULL));
  assert_write_failed (world, second, CVG_ERROR_CANCELLED);
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A8/hush-R9/1");
}

static void
test_store_removed (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgEntry) entry = cvg_entry_ref (agent_world_lookup (world, AGENT_WORLD_ID));
  g_autoptr (GAsyncResult) result = NULL;

  cvg_instances_remove (world->instances, entry);
  store (world, entry, "hush-A9", &result);
  agent_world_settle ();
  assert_write_failed (world, result, CVG_ERROR_CANCELLED);
}

/* ---- what could not be written --------------------------------------------------------------- */

/* As a refresh does whose store fails. */
static void
make_unsaved (AgentWorld *world, CvgEntry *entry)
{
  if (cvg_vault_get_state (CVG_VAULT (world->vault)) == CVG_VAULT_UNLOCKED)
    cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);

  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A2", "hush-R2", 3600);

  credentials->serial = cvg_entry_give_serial (entry);
  cvg_instances_set_refreshed (world->instances, entry, credentials, FALSE);
  cvg_writer_save (cvg_keeper_get_writer (world->keeper), entry);
  agent_world_settle ();
}

static void
test_unsaved_is_retried (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);

  make_unsaved (world, entry);
  g_assert_true (entry->unsaved);
  g_assert_nonnull (strstr (entry->last_error, "not in the keyring yet"));
  agent_world_pass (world, RETRY_SECONDS - 1);
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A1/hush-R1/1");

  /* It fails once more, and is tried once more. */
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  agent_world_pass (world, 1);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_STORE), ==, 2);
  g_assert_true (entry->unsaved);
  /* Less and less often: each try makes a keyring program write its whole file. */
  agent_world_pass (world, 2 * RETRY_SECONDS - 1);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_STORE), ==, 2);
  agent_world_pass (world, 1);
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A2/hush-R2/2");
  g_assert_false (entry->unsaved);
  g_assert_null (entry->last_error);

  /* And then never again. */
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 0);
  agent_world_pass (world, 5 * RETRY_SECONDS);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_STORE), ==, 3);
}

static void
test_unsaved_together (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);

  /* That many fail is no reason to wait longer: the keyring is one. */
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  agent_world_seed_instance (world, AGENT_WORLD_OTHER_ID, credentials);
  agent_world_start (world);
  make_unsaved (world, agent_world_lookup (world, AGENT_WORLD_ID));
  make_unsaved (world, agent_world_lookup (world, AGENT_WORLD_OTHER_ID));
  for (guint i = 0; i < 2; i++)
    cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  agent_world_pass (world, RETRY_SECONDS);
  agent_world_pass (world, 2 * RETRY_SECONDS);
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A2/hush-R2/2");
  agent_world_assert_stored (world, AGENT_WORLD_OTHER_ID, "hush-A2/hush-R2/2");
}

static void
test_unsaved_hides_no_failure (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autoptr (GError) failure = g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "No usable answer");
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  make_unsaved (world, entry);
  cvg_instances_set_failed (world->instances, entry, failure, AGENT_WORLD_NOW, 0);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  g_assert_true (entry->unsaved);
  g_assert_cmpstr (entry->last_error, ==, "No usable answer");
}

static void
test_unsaved_and_the_clock_is_set (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);

  /* While its store is under way its times move, which makes it another value. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  make_unsaved (world, entry);
  cvg_instances_shift_times (world->instances, 7200);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  g_assert_true (entry->unsaved);
  agent_world_pass (world, RETRY_SECONDS);
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A2/hush-R2/2");
  g_assert_false (entry->unsaved);
}

static void
test_unsaved_outlives_a_lock (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);

  make_unsaved (world, entry);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  agent_world_settle ();
  /* It is the only token that works: what is in the keyring has been replaced. */
  agent_world_assert_secret (entry->credentials->access_token, "hush-A2");
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "active");
  agent_world_pass (world, 3 * RETRY_SECONDS);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_STORE), ==, 1);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_UNLOCK), ==, 0);

  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  agent_world_assert_secret (entry->credentials->access_token, "hush-A2");
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A2/hush-R2/2");
  g_assert_false (entry->unsaved);

  /* Now it goes with the others. */
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  g_assert_null (entry->credentials);
}

static void
test_unsaved_while_locked (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);

  make_unsaved (world, entry);
  /* Time alone unlocks nothing: no wake-up, once the person has been told. */
  agent_world_pass (world, 300);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 0);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A2/hush-R2/2");
}

/* A token waits to be written; a refresh brings the next one, whose store is under way when the
 * alarm of the first is about to go off. */
static void
overtake_unsaved (AgentWorld *world, CvgEntry *entry, GAsyncResult **slot)
{
  const CvgDemand force = { .force_refresh = TRUE };

  make_unsaved (world, entry);
  agent_world_pass (world, RETRY_SECONDS - 1);
  agent_world_push_token (world, "hush-A3", "hush-R3");
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  cvg_dispenser_get_async (cvg_agent_get_dispenser (world->agent), entry, &force, NULL,
                           agent_world_on_ready, slot);
  agent_world_settle ();
}

static void
test_unsaved_never_overwrites_newer (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) refreshed = NULL;
  g_autoptr (CvgCredentials) served = NULL;

  overtake_unsaved (world, entry, &refreshed);
  g_assert_cmpuint (cvg_vault_dummy_count_held (world->vault, CVG_VAULT_DUMMY_STORE), ==, 1);
  agent_world_pass (world, 1);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();

  /* The older one behind it must not put back the refresh token that the server replaced. */
  g_assert_nonnull (refreshed);
  served = cvg_dispenser_get_finish (cvg_agent_get_dispenser (world->agent), refreshed, NULL);
  agent_world_assert_secret (served->access_token, "hush-A3");
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A3/hush-R3/3");
  g_assert_false (entry->unsaved);
}

static void
test_unsaved_newer_stays_unsaved (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) refreshed = NULL;

  /* Likewise, but the store of the newer one fails. */
  overtake_unsaved (world, entry, &refreshed);
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  g_assert_nonnull (refreshed);
  g_assert_true (entry->unsaved);
  agent_world_assert_secret (entry->credentials->access_token, "hush-A3");

  agent_world_pass (world, RETRY_SECONDS);
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A3/hush-R3/3");
  g_assert_false (entry->unsaved);
}

static void
test_unsaved_replaced (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgCredentials) replaced = agent_world_credentials ("hush-A5", "hush-R5", 3600);

  /* Signed in again: what waited is void. */
  make_unsaved (world, entry);
  cvg_instances_replace_credentials (world->instances, entry, replaced, entry->record);
  agent_world_pass (world, RETRY_SECONDS);
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_STORE), ==, 1);
}

static void
test_unsaved_at_stop (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);

  make_unsaved (world, entry);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), >, 0);
  cvg_agent_stop (world->agent);
  agent_world_settle ();
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 0);
  /* The last chance: the process ends, and the memory with it. */
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A2/hush-R2/2");
}

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  g_test_add_func ("/writer/store/durable", test_store);
  g_test_add_func ("/writer/store/locked", test_store_locked);
  g_test_add_func ("/writer/store/superseded", test_store_superseded);
  g_test_add_func ("/writer/store/removed", test_store_removed);
  g_test_add_func ("/writer/unsaved/and-the-clock-is-set", test_unsaved_and_the_clock_is_set);
  g_test_add_func ("/writer/unsaved/is-retried", test_unsaved_is_retried);
  g_test_add_func ("/writer/unsaved/many-together", test_unsaved_together);
  g_test_add_func ("/writer/unsaved/hides-no-failure", test_unsaved_hides_no_failure);
  g_test_add_func ("/writer/unsaved/outlives-a-lock", test_unsaved_outlives_a_lock);
  g_test_add_func ("/writer/unsaved/while-locked", test_unsaved_while_locked);
  g_test_add_func ("/writer/unsaved/never-overwrites-newer", test_unsaved_never_overwrites_newer);
  g_test_add_func ("/writer/unsaved/newer-stays-unsaved", test_unsaved_newer_stays_unsaved);
  g_test_add_func ("/writer/unsaved/replaced", test_unsaved_replaced);
  g_test_add_func ("/writer/unsaved/last-chance-at-stop", test_unsaved_at_stop);

  return g_test_run ();
}
