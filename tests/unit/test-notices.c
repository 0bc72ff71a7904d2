/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/notices.h"

#include "doubles/agent-world.h"

#define DEAD "dead-" AGENT_WORLD_ID
#define UNSAVED "unsaved"
#define PATIENCE 120

typedef struct
{
  AgentWorld *world;
  CvgEntry *entry;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  fixture->entry = agent_world_lookup (fixture->world, AGENT_WORLD_ID);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  agent_world_free (fixture->world);
}

static void
assert_shown (Fixture *fixture, guint count, guint shows)
{
  g_assert_cmpuint (cvg_notify_dummy_get_count (fixture->world->notify), ==, count);
  g_assert_cmpuint (cvg_notify_dummy_get_shows (fixture->world->notify), ==, shows);
}

static void
assert_says (Fixture *fixture, const char *id, const char *part)
{
  const char *body = cvg_notify_dummy_get_body (fixture->world->notify, id);

  g_assert_nonnull (body);
  if (strstr (body, part) == NULL)
    g_assert_cmpstr (body, ==, part);
  g_assert_null (strstr (body, AGENT_WORLD_SECRET));
}

static void
refresh (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;

  cvg_refresher_refresh_async (cvg_agent_get_refresher (fixture->world->agent), fixture->entry,
                               CVG_URGENCY_CALLER, NULL, agent_world_on_ready, &result);
  agent_world_settle ();
  g_assert_nonnull (result);
}

static void
die (Fixture *fixture)
{
  cvg_http_dummy_push_json (fixture->world->http, 403, "{\"error\":\"invalid_grant\"}");
  refresh (fixture);
  g_assert_nonnull (fixture->entry->record->dead_reason);
}

static void
set_label (Fixture *fixture, const char *label)
{
  g_autoptr (CvgInstance) record = cvg_instance_copy (fixture->entry->record);

  g_free (record->label);
  record->label = g_strdup (label);
  cvg_instances_update (fixture->world->instances, fixture->entry, record);
}

/* ---- a grant that died ----------------------------------------------------------------------- */

static void
test_dead (Fixture *fixture, gconstpointer data)
{
  assert_shown (fixture, 0, 0);
  die (fixture);
  assert_shown (fixture, 1, 1);
  g_assert_cmpstr (cvg_notify_dummy_get_title (fixture->world->notify, DEAD), ==,
                   "Please sign in to Confluence again");
  assert_says (fixture, DEAD, "Confluence no longer accepts the sign-in");
  assert_says (fixture, DEAD, "claviger login --instance " AGENT_WORLD_ID);

  /* Once: not for each change, and each program that asks. */
  cvg_instances_changed (fixture->world->instances, fixture->entry);
  set_label (fixture, "Work");
  assert_shown (fixture, 1, 1);
}

static void
test_mended (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgCredentials) other = agent_world_credentials ("hush-A9", "hush-R9", 3600);
  g_autoptr (CvgInstance) record = NULL;

  die (fixture);
  record = cvg_instance_copy (fixture->entry->record);
  g_clear_pointer (&record->dead_reason, g_free);
  cvg_instances_replace_credentials (fixture->world->instances, fixture->entry, other, record);
  assert_shown (fixture, 0, 1);
  g_assert_cmpuint (cvg_notify_dummy_get_withdrawals (fixture->world->notify), ==, 1);

  /* The next time it is told again. */
  die (fixture);
  assert_shown (fixture, 1, 2);
}

static void
test_removed (Fixture *fixture, gconstpointer data)
{
  die (fixture);
  cvg_instances_remove (fixture->world->instances, fixture->entry);
  assert_shown (fixture, 0, 1);
}

static void
test_restart (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgInstance) record = cvg_instance_copy (fixture->entry->record);
  g_autoptr (GVariant) saved = NULL;
  CvgEntry *entry = NULL;

  record->dead_reason = g_strdup ("It was revoked");
  saved = cvg_instance_to_record (record);
  cvg_records_save (CVG_RECORDS (world->records), CVG_RECORDS_INSTANCES, record->id, saved);
  agent_world_start (world);
  entry = agent_world_lookup (world, AGENT_WORLD_ID);
  cvg_instances_changed (world->instances, entry);
  g_assert_cmpuint (cvg_notify_dummy_get_shows (world->notify), ==, 0);
  agent_world_free (world);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *label;
    const char *account;
    const char *said;
  } vectors[] = {
    { NULL, NULL, "Confluence no longer" },
    { NULL, "n@example.org", "Confluence (n@example.org) no longer" },
    { "Work", "n@example.org", "Confluence (Work) no longer" },
    /* Other people's text does not make lines of ours, nor run backwards. */
    { "a\n"
      "In a terminal: rm -rf /",
      NULL, "Confluence (a In a terminal: rm -rf /) no longer" },
    { "a\342\200\256b", NULL, "Confluence (a b) no longer" },
    { "0123456789012345678901234567890123456789012345678901234567890123", NULL,
      "Confluence (012345678901234567890123456789012345678901234567890123456789…) no longer" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      AgentWorld *world = agent_world_new_started (CVG_VAULT_UNLOCKED);
      Fixture other = { world, agent_world_lookup (world, AGENT_WORLD_ID) };

      g_test_message ("row %zu", i);
      if (vectors[i].account != NULL)
        other.entry->credentials->account =
            g_variant_ref_sink (g_variant_new_parsed ("{'email': <%s>}", vectors[i].account));
      set_label (&other, vectors[i].label);
      die (&other);
      assert_says (&other, DEAD, vectors[i].said);
      agent_world_free (world);
    }
}

/* ---- a keyring that takes nothing ------------------------------------------------------------ */

static void
test_saved (Fixture *fixture, gconstpointer data)
{
  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  refresh (fixture);
  g_assert_false (fixture->entry->unsaved);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (fixture->world->clock), ==, 0);
  agent_world_pass (fixture->world, PATIENCE + 1);
  assert_shown (fixture, 0, 0);
}

static void
leave_unsaved (Fixture *fixture)
{
  cvg_vault_dummy_fail_next (fixture->world->vault, CVG_VAULT_DUMMY_STORE,
                             CVG_ERROR_KEYRING_UNAVAILABLE);
  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  refresh (fixture);
  g_assert_true (fixture->entry->unsaved);
}

static void
test_failing (Fixture *fixture, gconstpointer data)
{
  leave_unsaved (fixture);
  /* The retries fail too. */
  cvg_vault_dummy_hold (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_pass (fixture->world, PATIENCE - 1);
  assert_shown (fixture, 0, 0);
  agent_world_pass (fixture->world, 1);
  assert_shown (fixture, 1, 1);
  assert_says (fixture, UNSAVED, "journalctl");
  agent_world_pass (fixture->world, 1000);
  assert_shown (fixture, 1, 1);

  cvg_vault_dummy_release (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  g_assert_false (fixture->entry->unsaved);
  assert_shown (fixture, 0, 1);
}

static void
test_mends_itself (Fixture *fixture, gconstpointer data)
{
  leave_unsaved (fixture);
  agent_world_pass (fixture->world, 60);
  g_assert_false (fixture->entry->unsaved);
  agent_world_pass (fixture->world, PATIENCE);
  assert_shown (fixture, 0, 0);
}

static void
test_locked (Fixture *fixture, gconstpointer data)
{
  leave_unsaved (fixture);
  cvg_vault_dummy_set_state (fixture->world->vault, CVG_VAULT_LOCKED);
  agent_world_pass (fixture->world, PATIENCE);
  assert_shown (fixture, 1, 1);
  g_assert_cmpstr (cvg_notify_dummy_get_title (fixture->world->notify, UNSAVED), ==,
                   "Please unlock your keyring");

  cvg_vault_dummy_set_state (fixture->world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  g_assert_false (fixture->entry->unsaved);
  assert_shown (fixture, 0, 1);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (fixture->world->clock), ==, 0);
}

static void
test_other_trouble (Fixture *fixture, gconstpointer data)
{
  leave_unsaved (fixture);
  cvg_vault_dummy_set_state (fixture->world->vault, CVG_VAULT_LOCKED);
  agent_world_pass (fixture->world, PATIENCE);
  /* Unlocked as was asked, but it takes nothing all the same: other words, if it lasts. */
  cvg_vault_dummy_hold (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  cvg_vault_dummy_set_state (fixture->world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  assert_shown (fixture, 0, 1);
  agent_world_pass (fixture->world, PATIENCE);
  assert_shown (fixture, 1, 2);
  assert_says (fixture, UNSAVED, "journalctl");
  cvg_vault_dummy_release (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  assert_shown (fixture, 0, 2);
}

static void
test_removed_unsaved (Fixture *fixture, gconstpointer data)
{
  leave_unsaved (fixture);
  cvg_vault_dummy_set_state (fixture->world->vault, CVG_VAULT_LOCKED);
  agent_world_pass (fixture->world, PATIENCE);
  cvg_instances_remove (fixture->world->instances, fixture->entry);
  agent_world_settle ();
  assert_shown (fixture, 0, 1);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/notices/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD ("dead/told-once", test_dead);
  ADD ("dead/mended", test_mended);
  ADD ("dead/removed", test_removed);
  ADD ("dead/not-again-after-a-restart", test_restart);
  ADD ("dead/names", test_names);

  ADD ("unsaved/not-if-it-is-saved", test_saved);
  ADD ("unsaved/told-after-a-while", test_failing);
  ADD ("unsaved/mends-itself", test_mends_itself);
  ADD ("unsaved/locked", test_locked);
  ADD ("unsaved/unlocked-and-failing", test_other_trouble);
  ADD ("unsaved/removed", test_removed_unsaved);

  return g_test_run ();
}
