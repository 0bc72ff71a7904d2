/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the journal means at the next start, from the moment at which the keyring is read.
 */
#include "agent/rotations.h"

#include "doubles/agent-world.h"

#define SPENT_AT (AGENT_WORLD_NOW - 30)

/* A world that is about to start, with R1 in the keyring, serial 1. */
typedef struct
{
  AgentWorld *world;
  CvgRotation *rotation; /* what it will find in the journal */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);

  fixture->world = agent_world_new ((CvgVaultState) GPOINTER_TO_INT (data));
  fixture->rotation = cvg_rotation_new (AGENT_WORLD_ID);
  agent_world_seed_client (fixture->world, "Confluence", "hush-S");
  agent_world_seed_instance (fixture->world, AGENT_WORLD_ID, credentials);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cvg_rotation_free (fixture->rotation);
  agent_world_free (fixture->world);
}

/* What would have been the tokens of @serial, under the refresh token @key. */
static void
add_sealed (Fixture *fixture, const char *key, guint64 serial)
{
  CvgRotation *rotation = fixture->rotation;
  g_autofree char *token = g_strdup_printf ("hush-A%" G_GUINT64_FORMAT, serial);
  g_autofree char *refresh = g_strdup_printf ("hush-R%" G_GUINT64_FORMAT, serial);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials (token, refresh, 3600);
  g_autoptr (GVariant) identity = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_autoptr (CvgSecret) secret = cvg_secret_new (key);
  g_autoptr (CvgSecret) packed = NULL;

  credentials->serial = serial;
  packed = cvg_credentials_pack (credentials, identity);
  rotation->sealed_serial = serial;
  g_ptr_array_add (rotation->boxes, cvg_journal_seal (CVG_JOURNAL (fixture->world->journal), secret,
                                                      rotation->id, serial, packed, NULL));
}

static void
add_spent (Fixture *fixture, guint64 serial)
{
  fixture->rotation->spent_at = SPENT_AT;
  fixture->rotation->spent_serial = serial;
}

static CvgEntry *
start (Fixture *fixture)
{
  cvg_journal_dummy_put (fixture->world->journal, fixture->rotation);
  agent_world_start (fixture->world);
  return agent_world_lookup (fixture->world, AGENT_WORLD_ID);
}

static void
unlock (Fixture *fixture)
{
  cvg_vault_dummy_set_state (fixture->world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
}

static void
assert_noted (Fixture *fixture)
{
  g_assert_cmpuint (cvg_journal_dummy_count (fixture->world->journal), ==, 1);
}

/* Nothing is left to do, and nothing left behind. */
static void
assert_quiet (Fixture *fixture, const char *stored)
{
  AgentWorld *world = fixture->world;

  agent_world_assert_stored (world, AGENT_WORLD_ID, stored);
  g_assert_false (agent_world_lookup (world, AGENT_WORLD_ID)->unsaved);
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
  g_assert_true (cvg_agent_is_idle (world->agent));
}

static void
test_sealed (Fixture *fixture, gconstpointer data)
{
  CvgEntry *entry = NULL;

  add_sealed (fixture, "hush-R0", 2);
  add_sealed (fixture, "hush-R1", 2);
  entry = start (fixture);
  agent_world_assert_secret (entry->credentials->access_token, "hush-A2");
  assert_quiet (fixture, "hush-A2/hush-R2/2");
}

static void
test_sealed_while_locked (Fixture *fixture, gconstpointer data)
{
  add_sealed (fixture, "hush-R1", 2);
  start (fixture);
  assert_noted (fixture);
  unlock (fixture);
  assert_quiet (fixture, "hush-A2/hush-R2/2");
}

static void
test_sealed_and_stored (Fixture *fixture, gconstpointer data)
{
  /* It got to the keyring; only the file is left. */
  add_sealed (fixture, "hush-R0", 1);
  start (fixture);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (fixture->world->vault, CVG_VAULT_DUMMY_STORE), ==,
                    0);
  assert_quiet (fixture, "hush-A1/hush-R1/1");
}

static void
test_spent (Fixture *fixture, gconstpointer data)
{
  add_spent (fixture, 1);
  g_assert_cmpint (start (fixture)->spent_at, ==, SPENT_AT);
  /* Kept until an answer settles it. */
  assert_noted (fixture);
}

static void
test_spent_long_ago (Fixture *fixture, gconstpointer data)
{
  /* Of the token before: its answer came, and is in the keyring. */
  add_spent (fixture, 0);
  g_assert_cmpint (start (fixture)->spent_at, ==, 0);
  assert_quiet (fixture, "hush-A1/hush-R1/1");
}

static void
test_sealed_and_spent (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgRotation) left = NULL;
  CvgEntry *entry = NULL;

  /* R2 never got to the keyring, and was on its way to be spent itself. */
  add_sealed (fixture, "hush-R1", 2);
  add_spent (fixture, 2);
  entry = start (fixture);
  agent_world_assert_secret (entry->credentials->refresh_token, "hush-R2");
  g_assert_cmpint (entry->spent_at, ==, SPENT_AT);
  g_assert_false (entry->unsaved);
  left = cvg_journal_dummy_peek (fixture->world->journal, AGENT_WORLD_ID);
  g_assert_cmpint (left->spent_at, ==, SPENT_AT);
}

static void
test_cannot_be_opened (Fixture *fixture, gconstpointer data)
{
  CvgEntry *entry = NULL;

  add_sealed (fixture, "hush-R7", 2);
  entry = start (fixture);
  agent_world_take_warning ("does not open");
  /* What the keyring has is used, and nothing is thrown away. */
  agent_world_assert_secret (entry->credentials->access_token, "hush-A1");
  assert_noted (fixture);
}

static void
test_of_nobody (Fixture *fixture, gconstpointer data)
{
  cvg_rotation_free (fixture->rotation);
  fixture->rotation = cvg_rotation_new ("00000000-0000-4000-8000-00000000dead");
  add_spent (fixture, 0);
  start (fixture);
  /* Not before the keyring was read: the record may be lost, and it alone know the instance. */
  assert_noted (fixture);
  unlock (fixture);
  assert_quiet (fixture, "hush-A1/hush-R1/1");
}

static void
test_serials_go_on (Fixture *fixture, gconstpointer data)
{
  add_sealed (fixture, "hush-R1", 7);
  g_assert_cmpuint (cvg_entry_give_serial (start (fixture)), ==, 8);
}

/* Two writes are on their way, and fail: what there is, is what the disk has. */
static void
test_both_fail (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (CvgRotations) rotations = NULL;
  CvgEntry *entry = NULL;

  agent_world_start (world);
  entry = agent_world_lookup (world, AGENT_WORLD_ID);
  rotations =
      cvg_rotations_new (CVG_JOURNAL (world->journal), world->instances, CVG_CLOCK (world->clock));
  cvg_journal_dummy_fail_next (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  cvg_journal_dummy_fail_next (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  cvg_rotations_seal_async (rotations, entry, entry->credentials, NULL, NULL);
  cvg_rotations_note_async (rotations, entry, entry->credentials, NULL, NULL);
  g_assert_true (cvg_rotations_has_sealed (rotations, entry, 1));
  agent_world_settle ();
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
  g_assert_false (cvg_rotations_has_sealed (rotations, entry, 1));
  g_assert_cmpint (cvg_rotations_get_spent_at (rotations, entry), ==, 0);
  g_assert_true (cvg_rotations_is_idle (rotations));
}

static void
test_anchors_are_no_more_than_boxes (Fixture *fixture, gconstpointer data)
{
  CvgEntry *entry = NULL;

  /* Or nothing could be sealed. */
  agent_world_start (fixture->world);
  entry = agent_world_lookup (fixture->world, AGENT_WORLD_ID);
  for (guint i = 0; i < 2 * CVG_ROTATION_MAX_BOXES; i++)
    {
      g_autofree char *name = g_strdup_printf ("hush-%u", i);
      g_autoptr (CvgSecret) token = cvg_secret_new (name);

      if (i % 2 == 0)
        cvg_entry_add_anchor (entry, token);
      else
        cvg_entry_set_anchor (entry, token);
      g_assert_cmpuint (entry->anchors->len, <=, CVG_ROTATION_MAX_BOXES);
      g_assert_true (g_ptr_array_find_with_equal_func (entry->anchors, token,
                                                       (GEqualFunc) cvg_secret_equal, NULL));
    }
}

#define ADD(path, state, function)                                                                 \
  g_test_add ("/rotations/" path, Fixture, GINT_TO_POINTER (state), set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD ("sealed-is-recovered-and-stored", CVG_VAULT_UNLOCKED, test_sealed);
  ADD ("sealed-waits-for-the-lock", CVG_VAULT_LOCKED, test_sealed_while_locked);
  ADD ("sealed-and-stored-is-old", CVG_VAULT_UNLOCKED, test_sealed_and_stored);
  ADD ("spent-is-in-doubt", CVG_VAULT_UNLOCKED, test_spent);
  ADD ("spent-long-ago-is-not", CVG_VAULT_UNLOCKED, test_spent_long_ago);
  ADD ("sealed-and-spent", CVG_VAULT_UNLOCKED, test_sealed_and_spent);
  ADD ("what-cannot-be-opened-is-kept", CVG_VAULT_UNLOCKED, test_cannot_be_opened);
  ADD ("what-is-of-nobody-goes", CVG_VAULT_LOCKED, test_of_nobody);
  ADD ("serials-go-on", CVG_VAULT_UNLOCKED, test_serials_go_on);
  ADD ("both-fail", CVG_VAULT_UNLOCKED, test_both_fail);
  ADD ("anchors-are-no-more-than-boxes", CVG_VAULT_UNLOCKED, test_anchors_are_no_more_than_boxes);

  return g_test_run ();
}
