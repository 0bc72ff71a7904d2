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

static void
test_index_rebuilt (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
  CvgEntry *entry = NULL;

  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  cvg_records_remove (CVG_RECORDS (world->records), CVG_RECORDS_INSTANCES, AGENT_WORLD_ID);
  agent_world_start (world);

  entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_assert_true (entry->record->signed_in);
  g_assert_cmpstr (entry->record->user_id, ==, "user");
  g_assert_cmpstr (entry->provider->name, ==, "Confluence");
  agent_world_assert_secret (entry->credentials->access_token, "hush-A1");
  g_assert_nonnull (cvg_records_dummy_peek (world->records, CVG_RECORDS_INSTANCES, AGENT_WORLD_ID));
}

static void
test_index_older (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
  g_autoptr (CvgInstance) record = NULL;
  g_autoptr (GVariant) older = NULL;
  CvgEntry *entry = NULL;

  /* Killed after the keyring had the sign-in and before the record was written. */
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  record = cvg_instance_from_record (
      cvg_records_dummy_peek (world->records, CVG_RECORDS_INSTANCES, AGENT_WORLD_ID), NULL);
  record->signed_in = FALSE;
  record->authorized_at = 0;
  older = cvg_instance_to_record (record);
  cvg_records_save (CVG_RECORDS (world->records), CVG_RECORDS_INSTANCES, AGENT_WORLD_ID, older);
  agent_world_start (world);

  entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_assert_true (entry->record->signed_in);
  g_assert_cmpint (entry->record->authorized_at, ==, AGENT_WORLD_AUTHORIZED_AT);
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "active");
}

static void
test_index_knows_the_former_death (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
  g_autoptr (CvgInstance) record = NULL;
  g_autoptr (GVariant) older = NULL;

  /* The same, or the disk took nothing, of a sign-in that mended a dead grant. */
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  record = cvg_instance_from_record (
      cvg_records_dummy_peek (world->records, CVG_RECORDS_INSTANCES, AGENT_WORLD_ID), NULL);
  record->dead_reason = g_strdup ("no longer accepted");
  record->authorized_at--;
  older = cvg_instance_to_record (record);
  cvg_records_save (CVG_RECORDS (world->records), CVG_RECORDS_INSTANCES, AGENT_WORLD_ID, older);
  agent_world_start (world);
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "active");
}

static void
test_item_missing (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);

  /* Another program left an item without a secret, which is none. */
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  cvg_vault_dummy_put (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID, "");
  agent_world_start (world);
  g_assert_null (agent_world_lookup (world, AGENT_WORLD_ID)->credentials);
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "signed-out");
}

static void
test_item_unreadable (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
  g_autoptr (CvgCredentials) other = agent_world_credentials ("hush-A2", "hush-R2", 3600);

  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  agent_world_seed_instance (world, AGENT_WORLD_OTHER_ID, other);
  cvg_vault_dummy_put (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID, "hush-nonsense");
  agent_world_start (world);
  agent_world_take_warning (AGENT_WORLD_ID);

  /* It costs nobody else anything, and stays where it is. */
  g_assert_true (cvg_keeper_is_open (world->keeper));
  g_assert_null (agent_world_lookup (world, AGENT_WORLD_ID)->credentials);
  g_assert_nonnull (agent_world_lookup (world, AGENT_WORLD_OTHER_ID)->credentials);
  agent_world_assert_secret (
      cvg_vault_dummy_peek (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID), "hush-nonsense");
}

static void
test_items_of_nobody (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
  g_autoptr (CvgSecret) without_identity = cvg_credentials_pack (credentials, NULL);
  g_autoptr (CvgInstance) another = cvg_instance_new ();
  g_autoptr (GVariant) identity = NULL;
  g_autoptr (CvgSecret) of_another = NULL;
  g_autoptr (GPtrArray) list = NULL;

  /* Without an identity, with that of another instance, of a kind that nobody knows. */
  another->id = g_strdup (AGENT_WORLD_OTHER_ID);
  another->user_id = g_strdup ("user");
  another->server_name = g_strdup ("Confluence");
  another->owner = g_strdup ("host");
  identity = cvg_instance_to_record (another);
  of_another = cvg_credentials_pack (credentials, identity);
  cvg_vault_dummy_put (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID,
                       cvg_secret_peek (of_another));
  cvg_vault_dummy_put (world->vault, CVG_VAULT_CREDENTIALS, "nonsense",
                       cvg_secret_peek (without_identity));
  cvg_vault_dummy_put (world->vault, CVG_VAULT_CLIENT, AGENT_WORLD_ID, "hush-S");
  cvg_vault_dummy_put (world->vault, "future", AGENT_WORLD_ID, "hush-F");
  agent_world_start (world);

  g_assert_true (cvg_keeper_is_open (world->keeper));
  list = cvg_instances_list (world->instances);
  g_assert_cmpuint (list->len, ==, 0);
  g_assert_cmpuint (cvg_vault_dummy_count_items (world->vault), ==, 4);
}

/* ---- changed by another program -------------------------------------------------------------- */

static void
put_held (AgentWorld *world, const char *token, const char *refresh_token, guint64 serial)
{
  g_autoptr (CvgCredentials) credentials = agent_world_credentials (token, refresh_token, 3600);

  credentials->serial = serial;
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
}

static void
tell (AgentWorld *world)
{
  cvg_vault_dummy_tell_items_changed (world->vault);
  agent_world_settle ();
}

static void
test_others_delete (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  guint64 generation = entry->generation;
  guint changes = 0;

  g_signal_connect (world->instances, "changed", G_CALLBACK (count_change), &changes);
  cvg_vault_dummy_forget (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID);
  tell (world);
  g_assert_null (entry->credentials);
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "signed-out");
  g_assert_cmpuint (entry->generation, !=, generation);
  g_assert_cmpuint (changes, >, 0);
  g_assert_true (cvg_keeper_is_open (world->keeper));
  g_signal_handlers_disconnect_by_data (world->instances, &changes);
}

static void
test_others_put_an_old_copy_back (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = NULL;

  put_held (world, "hush-A5", "hush-R5", 5);
  agent_world_start (world);
  put_held (world, "hush-A1", "hush-R1", 1);
  tell (world);
  /* The server has replaced R1 long ago: ours goes back there. */
  entry = agent_world_lookup (world, AGENT_WORLD_ID);
  agent_world_assert_secret (entry->credentials->access_token, "hush-A5");
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A5/hush-R5/5");
  g_assert_false (entry->unsaved);
  g_assert_cmpuint (entry->anchors->len, ==, 1);
}

static void
test_others_put_a_newer_one (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);

  put_held (world, "hush-A5", "hush-R5", 5);
  tell (world);
  agent_world_assert_secret (agent_world_lookup (world, AGENT_WORLD_ID)->credentials->access_token,
                             "hush-A5");
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A5/hush-R5/5");
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_STORE), ==, 0);
}

static void
test_others_put_nonsense (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);

  cvg_vault_dummy_put (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID, "nonsense");
  tell (world);
  agent_world_take_warning (AGENT_WORLD_ID);
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A1/hush-R1/1");
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "active");
}

static void
test_others_empty_it (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);

  cvg_vault_dummy_put (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID, "");
  tell (world);
  agent_world_take_warning (AGENT_WORLD_ID);
  agent_world_assert_stored (world, AGENT_WORLD_ID, "hush-A1/hush-R1/1");
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "active");
}

/* Moved to a collection that is locked, or made illegible: that is not deleted. */
static void
test_others_hide_it (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  guint64 generation = entry->generation;

  cvg_vault_dummy_forget (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID);
  cvg_vault_dummy_put (world->vault, CVG_VAULT_ILLEGIBLE, "", "");
  tell (world);
  agent_world_assert_secret (entry->credentials->access_token, "hush-A1");
  g_assert_cmpuint (entry->generation, ==, generation);
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "active");

  /* Until it is known to be gone. */
  cvg_vault_dummy_forget (world->vault, CVG_VAULT_ILLEGIBLE, "");
  tell (world);
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "signed-out");
}

static void
test_others_delete_and_the_read_fails (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);

  cvg_vault_dummy_forget (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID);
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_LOAD_ALL, CVG_ERROR_FAILED);
  tell (world);
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "active");
  agent_world_pass (world, RETRY_SECONDS);
  g_assert_cmpstr (agent_world_status_of (world, AGENT_WORLD_ID), ==, "signed-out");
}

static void
test_others_change_it_while_it_is_read (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  tell (world);
  /* What is being read may be what was there before. */
  tell (world);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  agent_world_settle ();
  g_assert_cmpuint (count (world, CVG_VAULT_DUMMY_LOAD_ALL), ==, 3);
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
  g_test_add_func ("/keeper/memory/index-rebuilt", test_index_rebuilt);
  g_test_add_func ("/keeper/memory/index-older-than-the-keyring", test_index_older);
  g_test_add_func ("/keeper/memory/index-knows-the-former-death",
                   test_index_knows_the_former_death);
  g_test_add_func ("/keeper/memory/item-missing", test_item_missing);
  g_test_add_func ("/keeper/memory/item-unreadable", test_item_unreadable);
  g_test_add_func ("/keeper/memory/items-of-nobody", test_items_of_nobody);
  g_test_add_func ("/keeper/others/delete", test_others_delete);
  g_test_add_func ("/keeper/others/put-an-old-copy-back", test_others_put_an_old_copy_back);
  g_test_add_func ("/keeper/others/put-a-newer-one", test_others_put_a_newer_one);
  g_test_add_func ("/keeper/others/put-nonsense", test_others_put_nonsense);
  g_test_add_func ("/keeper/others/empty-it", test_others_empty_it);
  g_test_add_func ("/keeper/others/hide-it", test_others_hide_it);
  g_test_add_func ("/keeper/others/delete-and-the-read-fails",
                   test_others_delete_and_the_read_fails);
  g_test_add_func ("/keeper/others/change-it-while-it-is-read",
                   test_others_change_it_while_it_is_read);

  return g_test_run ();
}
