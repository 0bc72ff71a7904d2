/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/changes.h"

#include "doubles/agent-world.h"

static CvgChanges *
changes_of (AgentWorld *world)
{
  return cvg_agent_get_changes (world->agent);
}

static void
set (AgentWorld *world, CvgEntry *entry, const char *auth_data, GAsyncResult **slot)
{
  g_autoptr (GVariant) value =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, auth_data, NULL, NULL, NULL);

  g_assert_nonnull (value);
  cvg_changes_set_auth_async (changes_of (world), entry, value, agent_world_on_ready, slot);
}

static void
sign_out (AgentWorld *world, CvgEntry *entry, GAsyncResult **slot)
{
  cvg_changes_delete_auth_async (changes_of (world), entry, TRUE, agent_world_on_ready, slot);
}

static void
delete_instance (AgentWorld *world, CvgEntry *entry, GAsyncResult **slot)
{
  cvg_changes_delete_instance_async (changes_of (world), entry, TRUE, agent_world_on_ready, slot);
}

static void
assert_done (AgentWorld *world, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  g_assert_true (cvg_changes_finish (changes_of (world), result, &error));
  g_assert_no_error (error);
}

static void
assert_failed (AgentWorld *world, GAsyncResult *result, CvgError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  g_assert_false (cvg_changes_finish (changes_of (world), result, &error));
  agent_world_assert_error (error, code);
}

static guint
count_prompts (AgentWorld *world)
{
  return cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK);
}

/* ---- setting --------------------------------------------------------------------------------- */

static void
test_set (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_add_instance (world, "Keyed");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) auth_data = NULL;
  g_autofree char *key = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  set (world, entry, "{'api_key': <'hush-K'>}", &result);
  agent_world_settle ();
  /* The keyring first. */
  g_assert_null (result);
  g_assert_null (entry->credentials);
  g_assert_false (entry->record->signed_in);

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  assert_done (world, result);
  agent_world_assert_stored (world, entry->record->id, "//1");
  g_assert_true (entry->record->signed_in);
  g_assert_cmpint (entry->record->authorized_at, ==, (gint64) AGENT_WORLD_NOW * G_USEC_PER_SEC);
  g_assert_cmpuint (entry->record->last_serial, ==, 1);
  auth_data = cvg_agent_build_auth_data (world->agent, entry, entry->credentials);
  g_variant_lookup (auth_data, "api_key", "s", &key);
  g_assert_cmpstr (key, ==, "hush-K");
}

static void
test_set_replaces (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgInstance) dead = cvg_instance_copy (entry->record);
  g_autoptr (GAsyncResult) result = NULL;

  dead->dead_reason = g_strdup ("It is over");
  cvg_instances_update (world->instances, entry, dead);
  set (world, entry, "{'access_token': <'hush-A9'>, 'refresh_token': <'hush-R9'>}", &result);
  agent_world_settle ();
  assert_done (world, result);
  agent_world_assert_stored (world, entry->record->id, "hush-A9/hush-R9/2");
  agent_world_assert_secret (entry->credentials->access_token, "hush-A9");
  g_assert_null (entry->record->dead_reason);
  g_assert_cmpstr (cvg_entry_get_status (entry, TRUE), ==, "active");
}

static void
test_set_refused (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) empty = NULL;
  g_autoptr (GAsyncResult) dismissed = NULL;

  /* Nobody is asked to unlock anything for nonsense. */
  set (world, entry, "{}", &empty);
  agent_world_settle ();
  assert_failed (world, empty, CVG_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (count_prompts (world), ==, 0);

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_UNLOCK, CVG_ERROR_KEYRING_LOCKED);
  set (world, entry, "{'access_token': <'hush-A9'>}", &dismissed);
  agent_world_settle ();
  assert_failed (world, dismissed, CVG_ERROR_KEYRING_LOCKED);
  agent_world_assert_stored (world, entry->record->id, "hush-A1/hush-R1/1");
}

static void
test_set_fails (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  set (world, entry, "{'access_token': <'hush-A9'>}", &result);
  agent_world_settle ();
  assert_failed (world, result, CVG_ERROR_FAILED);
  agent_world_assert_secret (entry->credentials->access_token, "hush-A1");
  agent_world_assert_stored (world, entry->record->id, "hush-A1/hush-R1/1");
  /* Nor is it tried again behind the caller's back. */
  g_assert_false (entry->unsaved);
  agent_world_pass (world, 60);
  agent_world_assert_stored (world, entry->record->id, "hush-A1/hush-R1/1");
}

static void
test_set_twice_at_once (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autofree char *stored = NULL;

  set (world, entry, "{'access_token': <'hush-A2'>}", &first);
  set (world, entry, "{'access_token': <'hush-A3'>}", &second);
  agent_world_settle ();
  assert_done (world, first);
  assert_done (world, second);
  /* The later one holds, in both places, under a serial of its own. */
  agent_world_assert_secret (entry->credentials->access_token, "hush-A3");
  g_assert_cmpuint (entry->credentials->serial, >, 2);
  g_assert_cmpuint (entry->record->last_serial, ==, entry->credentials->serial);
  stored = g_strdup_printf ("hush-A3//%" G_GUINT64_FORMAT, entry->credentials->serial);
  agent_world_assert_stored (world, entry->record->id, stored);
}

static void
test_set_while_site_is_chosen (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgInstance) labelled = cvg_instance_copy (entry->record);
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  set (world, entry, "{'access_token': <'hush-A9'>}", &result);
  agent_world_settle ();
  labelled->resource_id = g_strdup ("site");
  cvg_instances_update (world->instances, entry, labelled);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  assert_done (world, result);
  g_assert_cmpstr (entry->record->resource_id, ==, "site");
}

/* ---- signing out ----------------------------------------------------------------------------- */

static void
test_sign_out (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgInstance) chosen = cvg_instance_copy (entry->record);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) set_again = NULL;

  chosen->resource_id = g_strdup ("site");
  cvg_instances_update (world->instances, entry, chosen);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_REMOVE);
  sign_out (world, entry, &result);
  agent_world_settle ();
  g_assert_null (result);
  g_assert_nonnull (entry->credentials);

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_world_settle ();
  assert_done (world, result);
  agent_world_assert_stored (world, entry->record->id, NULL);
  g_assert_null (entry->credentials);
  g_assert_false (entry->record->signed_in);
  g_assert_null (entry->record->resource_id);
  g_assert_cmpstr (cvg_entry_get_status (entry, TRUE), ==, "signed-out");

  /* It is the same instance still, and its serials go on. */
  set (world, entry, "{'access_token': <'hush-A9'>}", &set_again);
  agent_world_settle ();
  assert_done (world, set_again);
  g_assert_cmpuint (entry->credentials->serial, ==, 2);
}

static void
test_sign_out_dead (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GError) dead = g_error_new (CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN, "It is over");
  g_autoptr (GAsyncResult) result = NULL;

  cvg_instances_set_failed (world->instances, entry, dead, 0, 0);
  sign_out (world, entry, &result);
  agent_world_settle ();
  assert_done (world, result);
  g_assert_cmpstr (cvg_entry_get_status (entry, TRUE), ==, "signed-out");
}

static void
test_sign_out_fails (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) failed = NULL;
  g_autoptr (GAsyncResult) dismissed = NULL;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_REMOVE, CVG_ERROR_FAILED);
  sign_out (world, entry, &failed);
  agent_world_settle ();
  assert_failed (world, failed, CVG_ERROR_FAILED);
  g_assert_true (entry->record->signed_in);
  g_assert_nonnull (entry->credentials);

  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_UNLOCK, CVG_ERROR_KEYRING_LOCKED);
  sign_out (world, entry, &dismissed);
  agent_world_settle ();
  assert_failed (world, dismissed, CVG_ERROR_KEYRING_LOCKED);
  g_assert_true (entry->record->signed_in);
  agent_world_assert_stored (world, entry->record->id, "hush-A1/hush-R1/1");
}

static void
test_sign_out_signed_out (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  CvgEntry *entry = agent_world_add_instance (world, "Confluence");
  g_autoptr (GAsyncResult) result = NULL;

  /* There is nothing in the keyring that it would have to be unlocked for. */
  sign_out (world, entry, &result);
  agent_world_settle ();
  assert_done (world, result);
  g_assert_cmpuint (count_prompts (world), ==, 0);
}

static void
test_sign_out_keeps_refresh_from_coming_back (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  const CvgDemand force = { .force_refresh = TRUE };
  g_autoptr (GAsyncResult) refreshed = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CvgCredentials) served = NULL;
  g_autoptr (GError) error = NULL;

  /* The answer comes while the item is being removed: who asked gets it, since nobody was signed
   * out yet. Its store waits behind the removal, and is void. */
  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_world_push_token (world, "hush-A2", "hush-R2");
  cvg_dispenser_get_async (cvg_agent_get_dispenser (world->agent), entry, &force, NULL,
                           agent_world_on_ready, &refreshed);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_REMOVE);
  sign_out (world, entry, &result);
  agent_world_settle ();
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_world_settle ();

  assert_done (world, result);
  g_assert_nonnull (refreshed);
  served = cvg_dispenser_get_finish (cvg_agent_get_dispenser (world->agent), refreshed, &error);
  g_assert_no_error (error);
  agent_world_assert_secret (served->access_token, "hush-A2");
  agent_world_assert_stored (world, entry->record->id, NULL);
  g_assert_null (entry->credentials);
  g_assert_false (entry->record->signed_in);
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
}

/* ---- deleting -------------------------------------------------------------------------------- */

static void
test_delete (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgEntry) entry = cvg_entry_ref (agent_world_lookup (world, AGENT_WORLD_ID));
  g_autoptr (CvgSignIn) sign_in = agent_world_begin (world, entry, NULL);
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_REMOVE);
  delete_instance (world, entry, &result);
  agent_world_settle ();
  g_assert_null (result);
  g_assert_false (entry->removed);

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_world_settle ();
  assert_done (world, result);
  g_assert_true (entry->removed);
  g_assert_null (cvg_instances_lookup (world->instances, AGENT_WORLD_ID, NULL));
  agent_world_assert_stored (world, entry->record->id, NULL);
  g_assert_null (cvg_records_dummy_peek (world->records, CVG_RECORDS_INSTANCES, AGENT_WORLD_ID));
  g_assert_cmpint (cvg_sign_in_get_phase (sign_in), ==, CVG_PHASE_IS_CANCELLED);
}

static void
test_delete_fails (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgSignIn) sign_in = agent_world_begin (world, entry, NULL);
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_REMOVE, CVG_ERROR_FAILED);
  delete_instance (world, entry, &result);
  agent_world_settle ();
  assert_failed (world, result, CVG_ERROR_FAILED);
  /* A change that fails has changed nothing: not even a sign-in that is under way. */
  g_assert_false (entry->removed);
  g_assert_nonnull (entry->credentials);
  g_assert_cmpint (cvg_sign_in_get_phase (sign_in), ==, CVG_PHASE_IS_WAITING);
}

static void
test_delete_twice_at_once (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  delete_instance (world, entry, &first);
  delete_instance (world, entry, &second);
  agent_world_settle ();
  assert_done (world, first);
  assert_done (world, second);
}

static void
test_delete_signed_out (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNAVAILABLE);
  g_autoptr (CvgEntry) entry = cvg_entry_ref (agent_world_add_instance (world, "Confluence"));
  g_autoptr (GAsyncResult) result = NULL;

  delete_instance (world, entry, &result);
  agent_world_settle ();
  assert_done (world, result);
  g_assert_true (entry->removed);
}

static void
test_delete_during_first_store (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgEntry) entry = cvg_entry_ref (agent_world_add_instance (world, "Confluence"));
  g_autoptr (GAsyncResult) was_set = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  /* Its first credentials are on their way into the keyring: they must not stay there alone, or
   * the instance would be found in the keyring at the next start, and be back. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  set (world, entry, "{'access_token': <'hush-A9'>}", &was_set);
  agent_world_settle ();
  g_assert_cmpuint (cvg_vault_dummy_count_held (world->vault, CVG_VAULT_DUMMY_STORE), ==, 1);
  delete_instance (world, entry, &result);
  agent_world_settle ();
  g_assert_null (result);

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  assert_done (world, was_set);
  assert_done (world, result);
  g_assert_true (entry->removed);
  agent_world_assert_stored (world, entry->record->id, NULL);
}

static void
test_set_behind_delete (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgEntry) entry = cvg_entry_ref (agent_world_lookup (world, AGENT_WORLD_ID));
  g_autoptr (GAsyncResult) was_set = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  delete_instance (world, entry, &result);
  set (world, entry, "{'access_token': <'hush-A9'>}", &was_set);
  agent_world_settle ();
  assert_done (world, result);
  assert_failed (world, was_set, CVG_ERROR_NOT_FOUND);
  agent_world_assert_stored (world, entry->record->id, NULL);
}

/* ---- choosing a site ------------------------------------------------------------------------- */

static void
select_site (AgentWorld *world, CvgEntry *entry, const char *id, GAsyncResult **slot)
{
  cvg_changes_select_resource_async (changes_of (world), entry, id, agent_world_on_ready, slot);
}

static AgentWorld *
make_world_with_sites (CvgVaultState found)
{
  AgentWorld *world = agent_world_new (found);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);

  credentials->resources =
      g_variant_ref_sink (g_variant_new_parsed ("[{'id': <'a'>}, {'id': <'b'>}]"));
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  agent_world_start (world);
  return world;
}

static void
test_select (void)
{
  g_autoptr (AgentWorld) world = make_world_with_sites (CVG_VAULT_LOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) other = NULL;
  g_autoptr (GVariant) auth_data = NULL;
  g_autofree char *selected = NULL;

  /* What sites there are is in the keyring. */
  select_site (world, entry, "b", &result);
  agent_world_settle ();
  assert_done (world, result);
  g_assert_cmpuint (count_prompts (world), ==, 1);
  g_assert_cmpstr (entry->record->resource_id, ==, "b");
  auth_data = cvg_agent_build_auth_data (world->agent, entry, entry->credentials);
  g_variant_lookup (auth_data, "selected_cloud_id", "s", &selected);
  g_assert_cmpstr (selected, ==, "b");

  select_site (world, entry, "c", &other);
  agent_world_settle ();
  assert_failed (world, other, CVG_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (entry->record->resource_id, ==, "b");
}

static void
test_select_nothing (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *without_sites = agent_world_lookup (world, AGENT_WORLD_ID);
  CvgEntry *signed_out = agent_world_add_instance (world, "Confluence");
  g_autoptr (GAsyncResult) no_sites = NULL;
  g_autoptr (GAsyncResult) no_sign_in = NULL;

  select_site (world, without_sites, "a", &no_sites);
  select_site (world, signed_out, "a", &no_sign_in);
  agent_world_settle ();
  assert_failed (world, no_sites, CVG_ERROR_INVALID_ARGUMENT);
  assert_failed (world, no_sign_in, CVG_ERROR_NOT_SIGNED_IN);
}

static void
test_select_item_missing (void)
{
  g_autoptr (AgentWorld) world = make_world_with_sites (CVG_VAULT_LOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) result = NULL;

  /* Another program deleted the item; only the unlocking shows it. */
  cvg_vault_dummy_put (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID, "");
  select_site (world, entry, "a", &result);
  agent_world_settle ();
  assert_failed (world, result, CVG_ERROR_NOT_SIGNED_IN);
}

static void
test_deleted_during_the_prompt (void)
{
  g_autoptr (AgentWorld) world = make_world_with_sites (CVG_VAULT_LOCKED);
  g_autoptr (CvgEntry) entry = cvg_entry_ref (agent_world_lookup (world, AGENT_WORLD_ID));
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  select_site (world, entry, "a", &result);
  agent_world_settle ();
  g_assert_null (result);
  cvg_instances_remove (world->instances, entry);
  cvg_vault_dummy_put (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID, "");
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  assert_failed (world, result, CVG_ERROR_NOT_FOUND);
}

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  g_test_add_func ("/changes/set/keyring-first", test_set);
  g_test_add_func ("/changes/set/replaces-also-what-is-dead", test_set_replaces);
  g_test_add_func ("/changes/set/refused", test_set_refused);
  g_test_add_func ("/changes/set/a-failure-changes-nothing", test_set_fails);
  g_test_add_func ("/changes/set/twice-at-once-the-later-holds", test_set_twice_at_once);
  g_test_add_func ("/changes/set/keeps-what-changed-meanwhile", test_set_while_site_is_chosen);
  g_test_add_func ("/changes/sign-out/keyring-first", test_sign_out);
  g_test_add_func ("/changes/sign-out/dead", test_sign_out_dead);
  g_test_add_func ("/changes/sign-out/a-failure-changes-nothing", test_sign_out_fails);
  g_test_add_func ("/changes/sign-out/signed-out-without-keyring", test_sign_out_signed_out);
  g_test_add_func ("/changes/sign-out/a-refresh-does-not-undo-it",
                   test_sign_out_keeps_refresh_from_coming_back);
  g_test_add_func ("/changes/delete/all-of-it", test_delete);
  g_test_add_func ("/changes/delete/a-failure-changes-nothing", test_delete_fails);
  g_test_add_func ("/changes/delete/twice-at-once", test_delete_twice_at_once);
  g_test_add_func ("/changes/delete/signed-out-without-keyring", test_delete_signed_out);
  g_test_add_func ("/changes/delete/during-its-first-store", test_delete_during_first_store);
  g_test_add_func ("/changes/delete/nothing-comes-after-it", test_set_behind_delete);
  g_test_add_func ("/changes/select/a-site", test_select);
  g_test_add_func ("/changes/select/nothing-to-choose", test_select_nothing);
  g_test_add_func ("/changes/select/item-missing", test_select_item_missing);
  g_test_add_func ("/changes/select/deleted-during-the-prompt", test_deleted_during_the_prompt);

  return g_test_run ();
}
