/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What memory becomes of what the keyring has: lost records, missing and broken items, and what
 * other programs do to them.
 */
#include "agent/contents.h"

#include "doubles/agent-world.h"

#define RETRY_SECONDS 30

static guint
count (AgentWorld *world, CvgVaultDummyOperation operation)
{
  return cvg_vault_dummy_count_calls (world->vault, operation);
}

static void
count_change (CvgInstances *instances, gpointer entry, gpointer user_data)
{
  (*(guint *) user_data)++;
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

  g_test_add_func ("/contents/index-rebuilt", test_index_rebuilt);
  g_test_add_func ("/contents/index-older-than-the-keyring", test_index_older);
  g_test_add_func ("/contents/index-knows-the-former-death", test_index_knows_the_former_death);
  g_test_add_func ("/contents/item-missing", test_item_missing);
  g_test_add_func ("/contents/item-unreadable", test_item_unreadable);
  g_test_add_func ("/contents/items-of-nobody", test_items_of_nobody);
  g_test_add_func ("/contents/others/delete", test_others_delete);
  g_test_add_func ("/contents/others/put-an-old-copy-back", test_others_put_an_old_copy_back);
  g_test_add_func ("/contents/others/put-a-newer-one", test_others_put_a_newer_one);
  g_test_add_func ("/contents/others/put-nonsense", test_others_put_nonsense);
  g_test_add_func ("/contents/others/empty-it", test_others_empty_it);
  g_test_add_func ("/contents/others/hide-it", test_others_hide_it);
  g_test_add_func ("/contents/others/delete-and-the-read-fails",
                   test_others_delete_and_the_read_fails);
  g_test_add_func ("/contents/others/change-it-while-it-is-read",
                   test_others_change_it_while_it_is_read);

  return g_test_run ();
}
