/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/client-changes.h"

#include "doubles/agent-world.h"

static const gboolean yes = TRUE;
static const gboolean no = FALSE;

static void
set (AgentWorld *world, const char *client_id, const CvgClientChange *change, GAsyncResult **slot)
{
  cvg_client_changes_set_async (cvg_agent_get_client_changes (world->agent),
                                cvg_catalogue_lookup (world->catalogue, "Confluence"), client_id,
                                change, agent_world_on_ready, slot);
}

static void
delete_client (AgentWorld *world, const char *client_id, GAsyncResult **slot)
{
  cvg_client_changes_delete_async (cvg_agent_get_client_changes (world->agent), "Confluence",
                                   client_id, agent_world_on_ready, slot);
}

static void
assert_done (AgentWorld *world, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  g_assert_true (
      cvg_client_changes_finish (cvg_agent_get_client_changes (world->agent), result, &error));
  g_assert_no_error (error);
}

static void
assert_failed (AgentWorld *world, GAsyncResult *result, CvgError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  g_assert_false (
      cvg_client_changes_finish (cvg_agent_get_client_changes (world->agent), result, &error));
  agent_world_assert_error (error, code);
}

static void
set_now (AgentWorld *world, const char *client_id, const CvgClientChange *change)
{
  g_autoptr (GAsyncResult) result = NULL;

  set (world, client_id, change, &result);
  agent_world_settle ();
  assert_done (world, result);
}

static CvgClient *
lookup (AgentWorld *world, const char *client_id)
{
  return cvg_clients_lookup (world->clients, "Confluence", client_id);
}

static const char *
peek_stored (AgentWorld *world, const char *id)
{
  const CvgSecret *secret = cvg_vault_dummy_peek (world->vault, CVG_VAULT_CLIENT, id);

  return secret != NULL ? cvg_secret_peek (secret) : NULL;
}

static guint
count_stores (AgentWorld *world)
{
  return cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_STORE);
}

/* ---- setting --------------------------------------------------------------------------------- */

static void
test_add_public (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_LOCKED);
  const CvgClientChange change = { .redirect_uri = "http://127.0.0.1:1234/x", .label = "Work" };
  CvgClient *client = NULL;

  /* A client without a secret is no business of the keyring. */
  agent_world_start (world);
  set_now (world, "public", &change);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);

  client = lookup (world, "public");
  g_assert_nonnull (client);
  g_assert_true (g_uuid_string_is_valid (client->id));
  g_assert_cmpstr (client->redirect_uri, ==, "http://127.0.0.1:1234/x");
  g_assert_cmpstr (client->label, ==, "Work");
  g_assert_cmpint (client->created_at, ==, AGENT_WORLD_NOW);
  g_assert_true (client->is_default);
  g_assert_false (client->has_secret);
  g_assert_nonnull (cvg_records_dummy_peek (world->records, CVG_RECORDS_CLIENTS, client->id));
}

static void
test_add_with_secret (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  const CvgClientChange change = { .secret = "hush-N" };
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  set (world, "new", &change, &result);
  agent_world_settle ();
  /* The keyring first: until it has the secret, there is no client. */
  g_assert_null (result);
  g_assert_null (lookup (world, "new"));

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  assert_done (world, result);
  g_assert_true (lookup (world, "new")->has_secret);
  g_assert_false (lookup (world, "new")->is_default);
  agent_world_assert_secret (lookup (world, "new")->secret, "hush-N");
  g_assert_cmpstr (peek_stored (world, lookup (world, "new")->id), ==, "hush-N");
  g_assert_cmpstr (
      cvg_vault_dummy_peek_label (world->vault, CVG_VAULT_CLIENT, lookup (world, "new")->id), ==,
      "Claviger: client new of Confluence");
}

static void
test_change (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  const CvgClientChange label = { .label = "Work" };
  const CvgClientChange uri = { .redirect_uri = "https://example.org/x" };
  const CvgClientChange cleared = { .redirect_uri = "", .label = "" };
  const CvgClientChange secret = { .secret = "hush-N" };
  CvgClient *client = NULL;

  /* What is not named stays as it was. */
  set_now (world, AGENT_WORLD_CLIENT_ID, &label);
  set_now (world, AGENT_WORLD_CLIENT_ID, &uri);
  client = lookup (world, AGENT_WORLD_CLIENT_ID);
  g_assert_cmpstr (client->id, ==, AGENT_WORLD_CLIENT_UUID);
  g_assert_cmpstr (client->label, ==, "Work");
  g_assert_cmpstr (client->redirect_uri, ==, "https://example.org/x");
  agent_world_assert_secret (client->secret, "hush-S");
  g_assert_cmpuint (count_stores (world), ==, 0);

  set_now (world, AGENT_WORLD_CLIENT_ID, &secret);
  client = lookup (world, AGENT_WORLD_CLIENT_ID);
  g_assert_cmpstr (client->label, ==, "Work");
  agent_world_assert_secret (client->secret, "hush-N");
  g_assert_cmpstr (peek_stored (world, AGENT_WORLD_CLIENT_UUID), ==, "hush-N");

  set_now (world, AGENT_WORLD_CLIENT_ID, &cleared);
  client = lookup (world, AGENT_WORLD_CLIENT_ID);
  g_assert_null (client->label);
  g_assert_null (client->redirect_uri);
}

static void
test_default (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  const CvgClientChange made = { .make_default = &yes };
  const CvgClientChange unmade = { .make_default = &no };

  set_now (world, "b", &made);
  g_assert_true (lookup (world, "b")->is_default);
  g_assert_false (lookup (world, AGENT_WORLD_CLIENT_ID)->is_default);
  set_now (world, "b", &unmade);
  g_assert_false (lookup (world, "b")->is_default);
  g_assert_true (lookup (world, AGENT_WORLD_CLIENT_ID)->is_default);
}

static void
test_forget_secret (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  const CvgClientChange change = { .secret = "" };

  set_now (world, AGENT_WORLD_CLIENT_ID, &change);
  g_assert_false (lookup (world, AGENT_WORLD_CLIENT_ID)->has_secret);
  g_assert_null (lookup (world, AGENT_WORLD_CLIENT_ID)->secret);
  g_assert_null (peek_stored (world, AGENT_WORLD_CLIENT_UUID));

  /* There is none any more: that is what was asked for. */
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  set_now (world, AGENT_WORLD_CLIENT_ID, &change);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *client_id;
    const char *redirect_uri;
    const char *named;
  } vectors[] = {
    { "", NULL, "client id" },
    { "a b", NULL, "client id" },
    { "a\n", NULL, "client id" },
    { "\xc3\xa4", NULL, "client id" },
    { "a", "http://example.org:80/callback", "redirect-uri" },
    { "a", "https://u@example.org/callback", "redirect-uri" },
    { "a", "http://127.0.0.1/callback", "redirect-uri" }, /* no port */
    { "a", "http://192.168.0.1:80/callback", "redirect-uri" },
    { "a", "nonsense", "redirect-uri" },
  };
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autofree char *long_id = g_strnfill (513, 'a');
  const CvgClientChange with_long_id = { .secret = NULL };
  g_autoptr (GAsyncResult) too_long = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const CvgClientChange change = { .secret = "hush-N",
                                       .redirect_uri = vectors[i].redirect_uri };
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("row %zu", i);
      set (world, vectors[i].client_id, &change, &result);
      agent_world_settle ();
      g_assert_nonnull (result);
      g_assert_false (
          cvg_client_changes_finish (cvg_agent_get_client_changes (world->agent), result, &error));
      agent_world_assert_error (error, CVG_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, vectors[i].named));
      g_assert_null (lookup (world, vectors[i].client_id));
    }
  g_assert_cmpuint (count_stores (world), ==, 0);

  set (world, long_id, &with_long_id, &too_long);
  agent_world_settle ();
  assert_failed (world, too_long, CVG_ERROR_INVALID_ARGUMENT);
  set_now (world, long_id + 1, &with_long_id);
}

static void
test_set_fails (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  const CvgClientChange change = { .secret = "hush-N", .label = "Work", .make_default = &yes };
  g_autoptr (GAsyncResult) existing = NULL;
  g_autoptr (GAsyncResult) fresh = NULL;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  set (world, AGENT_WORLD_CLIENT_ID, &change, &existing);
  set (world, "new", &change, &fresh);
  agent_world_settle ();

  assert_failed (world, existing, CVG_ERROR_FAILED);
  assert_failed (world, fresh, CVG_ERROR_FAILED);
  g_assert_null (lookup (world, AGENT_WORLD_CLIENT_ID)->label);
  agent_world_assert_secret (lookup (world, AGENT_WORLD_CLIENT_ID)->secret, "hush-S");
  g_assert_null (lookup (world, "new"));
}

static void
test_set_locked (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  const CvgClientChange change = { .secret = "hush-N" };
  g_autoptr (GAsyncResult) dismissed = NULL;
  g_autoptr (GAsyncResult) opened = NULL;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_UNLOCK, CVG_ERROR_KEYRING_LOCKED);
  set (world, "new", &change, &dismissed);
  agent_world_settle ();
  assert_failed (world, dismissed, CVG_ERROR_KEYRING_LOCKED);
  g_assert_null (lookup (world, "new"));

  set (world, "new", &change, &opened);
  agent_world_settle ();
  assert_done (world, opened);
  g_assert_nonnull (lookup (world, "new"));
}

static void
test_locked_after_write (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  const CvgClientChange change = { .secret = "hush-N" };
  g_autoptr (GAsyncResult) result = NULL;

  /* Locked while it was being written: the write failed, and nothing is in memory. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  set (world, AGENT_WORLD_CLIENT_ID, &change, &result);
  agent_world_settle ();
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  assert_failed (world, result, CVG_ERROR_KEYRING_LOCKED);
  g_assert_null (lookup (world, AGENT_WORLD_CLIENT_ID)->secret);
  g_assert_true (lookup (world, AGENT_WORLD_CLIENT_ID)->has_secret);
}

static void
test_two_add_the_same (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  const CvgClientChange one = { .secret = "hush-1", .label = "One" };
  const CvgClientChange other = { .secret = "hush-2", .redirect_uri = "http://127.0.0.1:2/x" };
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GPtrArray) list = NULL;

  /* Both wait for one prompt, and neither finds the other's client yet. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  set (world, "new", &one, &first);
  set (world, "new", &other, &second);
  agent_world_settle ();
  g_assert_null (first);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  assert_done (world, first);
  assert_done (world, second);

  /* It is one client, with what either said of it; the later secret is that of both places. */
  list = cvg_clients_list (world->clients, "Confluence");
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_cmpstr (lookup (world, "new")->label, ==, "One");
  g_assert_cmpstr (lookup (world, "new")->redirect_uri, ==, "http://127.0.0.1:2/x");
  agent_world_assert_secret (lookup (world, "new")->secret, "hush-2");
  g_assert_cmpstr (peek_stored (world, lookup (world, "new")->id), ==, "hush-2");
  g_assert_cmpuint (cvg_vault_dummy_count_items (world->vault), ==, 3);
}

static void
test_label_during_prompt (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  const CvgClientChange secret = { .secret = "hush-N" };
  const CvgClientChange label = { .label = "Work" };
  g_autoptr (GAsyncResult) slow = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  set (world, AGENT_WORLD_CLIENT_ID, &secret, &slow);
  set_now (world, AGENT_WORLD_CLIENT_ID, &label);
  g_assert_cmpstr (lookup (world, AGENT_WORLD_CLIENT_ID)->label, ==, "Work");
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  assert_done (world, slow);

  /* The one that took longer does not undo the one that came between. */
  g_assert_cmpstr (lookup (world, AGENT_WORLD_CLIENT_ID)->label, ==, "Work");
  agent_world_assert_secret (lookup (world, AGENT_WORLD_CLIENT_ID)->secret, "hush-N");
}

/* ---- deleting -------------------------------------------------------------------------------- */

static AgentWorld *
new_world_without_users (void)
{
  AgentWorld *world = agent_world_new (CVG_VAULT_UNLOCKED);

  agent_world_seed_client (world, "Confluence", "hush-S");
  agent_world_start (world);
  return world;
}

static void
test_delete (void)
{
  g_autoptr (AgentWorld) world = new_world_without_users ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) again = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_REMOVE);
  delete_client (world, AGENT_WORLD_CLIENT_ID, &result);
  agent_world_settle ();
  g_assert_null (result);
  g_assert_nonnull (lookup (world, AGENT_WORLD_CLIENT_ID));

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_world_settle ();
  assert_done (world, result);
  g_assert_null (lookup (world, AGENT_WORLD_CLIENT_ID));
  g_assert_null (peek_stored (world, AGENT_WORLD_CLIENT_UUID));
  g_assert_cmpuint (cvg_records_dummy_count (world->records, CVG_RECORDS_CLIENTS), ==, 0);

  delete_client (world, AGENT_WORLD_CLIENT_ID, &again);
  agent_world_settle ();
  assert_failed (world, again, CVG_ERROR_NOT_FOUND);
}

static void
test_delete_twice_at_once (void)
{
  g_autoptr (AgentWorld) world = new_world_without_users ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  delete_client (world, AGENT_WORLD_CLIENT_ID, &first);
  delete_client (world, AGENT_WORLD_CLIENT_ID, &second);
  agent_world_settle ();
  assert_done (world, first);
  assert_done (world, second);
  g_assert_null (lookup (world, AGENT_WORLD_CLIENT_ID));
}

static void
test_delete_fails (void)
{
  g_autoptr (AgentWorld) world = new_world_without_users ();
  g_autoptr (GAsyncResult) failed = NULL;
  g_autoptr (GAsyncResult) dismissed = NULL;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_REMOVE, CVG_ERROR_FAILED);
  delete_client (world, AGENT_WORLD_CLIENT_ID, &failed);
  agent_world_settle ();
  assert_failed (world, failed, CVG_ERROR_FAILED);
  g_assert_nonnull (lookup (world, AGENT_WORLD_CLIENT_ID));

  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_UNLOCK, CVG_ERROR_KEYRING_LOCKED);
  delete_client (world, AGENT_WORLD_CLIENT_ID, &dismissed);
  agent_world_settle ();
  assert_failed (world, dismissed, CVG_ERROR_KEYRING_LOCKED);
  g_assert_nonnull (lookup (world, AGENT_WORLD_CLIENT_ID));
  g_assert_cmpstr (peek_stored (world, AGENT_WORLD_CLIENT_UUID), ==, "hush-S");
}

static void
test_delete_public (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNAVAILABLE);
  g_autoptr (GAsyncResult) result = NULL;

  agent_world_seed_client (world, "Confluence", NULL);
  agent_world_start (world);
  delete_client (world, AGENT_WORLD_CLIENT_ID, &result);
  agent_world_settle ();
  assert_done (world, result);
  g_assert_null (lookup (world, AGENT_WORLD_CLIENT_ID));
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
}

static void
test_delete_then_add (void)
{
  g_autoptr (AgentWorld) world = new_world_without_users ();
  const CvgClientChange change = { .secret = "hush-N" };
  g_autoptr (GAsyncResult) deleted = NULL;
  g_autoptr (GAsyncResult) added = NULL;

  delete_client (world, AGENT_WORLD_CLIENT_ID, &deleted);
  set (world, AGENT_WORLD_CLIENT_ID, &change, &added);
  agent_world_settle ();
  assert_done (world, deleted);
  assert_done (world, added);
  /* The later one holds, in all places. */
  agent_world_assert_secret (lookup (world, AGENT_WORLD_CLIENT_ID)->secret, "hush-N");
  g_assert_cmpstr (peek_stored (world, lookup (world, AGENT_WORLD_CLIENT_ID)->id), ==, "hush-N");
}

static void
assert_names (AgentWorld *world, GAsyncResult *result, const char *instance_id)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (
      cvg_client_changes_finish (cvg_agent_get_client_changes (world->agent), result, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, instance_id));
}

static void
test_delete_used (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autoptr (GAsyncResult) used = NULL;
  g_autoptr (GAsyncResult) unused = NULL;

  delete_client (world, AGENT_WORLD_CLIENT_ID, &used);
  agent_world_settle ();
  assert_names (world, used, AGENT_WORLD_ID);
  g_assert_nonnull (lookup (world, AGENT_WORLD_CLIENT_ID));
  g_assert_cmpstr (peek_stored (world, AGENT_WORLD_CLIENT_UUID), ==, "hush-S");

  cvg_instances_remove (world->instances, agent_world_lookup (world, AGENT_WORLD_ID));
  delete_client (world, AGENT_WORLD_CLIENT_ID, &unused);
  agent_world_settle ();
  assert_done (world, unused);
}

/* Whether anybody uses it can't be known without the keyring. */
static void
test_delete_used_locked (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_LOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
  g_autoptr (GAsyncResult) result = NULL;

  agent_world_seed_client (world, "Confluence", NULL);
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  agent_world_start (world);
  delete_client (world, AGENT_WORLD_CLIENT_ID, &result);
  agent_world_settle ();
  assert_names (world, result, AGENT_WORLD_ID);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 1);
}

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  g_test_add_func ("/client-changes/set/public-without-keyring", test_add_public);
  g_test_add_func ("/client-changes/set/keyring-first", test_add_with_secret);
  g_test_add_func ("/client-changes/set/what-is-not-named-stays", test_change);
  g_test_add_func ("/client-changes/set/default", test_default);
  g_test_add_func ("/client-changes/set/secret-forgotten", test_forget_secret);
  g_test_add_func ("/client-changes/set/refused", test_refused);
  g_test_add_func ("/client-changes/set/a-failure-changes-nothing", test_set_fails);
  g_test_add_func ("/client-changes/set/keyring-locked", test_set_locked);
  g_test_add_func ("/client-changes/set/keyring-locked-meanwhile", test_locked_after_write);
  g_test_add_func ("/client-changes/set/two-add-the-same", test_two_add_the_same);
  g_test_add_func ("/client-changes/set/label-during-a-prompt", test_label_during_prompt);
  g_test_add_func ("/client-changes/delete/keyring-first", test_delete);
  g_test_add_func ("/client-changes/delete/twice-at-once", test_delete_twice_at_once);
  g_test_add_func ("/client-changes/delete/a-failure-changes-nothing", test_delete_fails);
  g_test_add_func ("/client-changes/delete/public-without-keyring", test_delete_public);
  g_test_add_func ("/client-changes/delete/and-added-again", test_delete_then_add);
  g_test_add_func ("/client-changes/delete/used", test_delete_used);
  g_test_add_func ("/client-changes/delete/used-behind-a-lock", test_delete_used_locked);

  return g_test_run ();
}
