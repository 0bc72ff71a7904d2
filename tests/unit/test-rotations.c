/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the journal means at the next start, from the moment at which the keyring is read.
 */
#include "agent/rotations.h"

#include "doubles/agent-world.h"

#define WINDOW 600

/* A world that is about to start, with R1 in the keyring, serial 1. */
static AgentWorld *
set_up_world (CvgVaultState state)
{
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
  AgentWorld *world = agent_world_new (state);

  agent_world_seed_client (world, "Confluence", "hush-S");
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  return world;
}

static GBytes *
seal (AgentWorld *world, const char *key, const char *token, const char *refresh, guint64 serial)
{
  g_autoptr (CvgCredentials) credentials = agent_world_credentials (token, refresh, 3600);
  g_autoptr (GVariant) identity = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_autoptr (CvgSecret) secret = cvg_secret_new (key);
  g_autoptr (CvgSecret) packed = NULL;

  credentials->serial = serial;
  packed = cvg_credentials_pack (credentials, identity);
  return cvg_journal_seal (CVG_JOURNAL (world->journal), secret, AGENT_WORLD_ID, serial, packed,
                           NULL);
}

static void
put (AgentWorld *world, CvgRotation *rotation)
{
  cvg_journal_dummy_put (world->journal, rotation);
}

/* Nothing is left to do, and nothing left behind. */
static void
assert_quiet (AgentWorld *world, const char *stored)
{
  g_autofree char *found = agent_world_dup_stored (world, AGENT_WORLD_ID);

  g_assert_cmpstr (found, ==, stored);
  g_assert_false (agent_world_lookup (world, AGENT_WORLD_ID)->unsaved);
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
  g_assert_true (cvg_agent_is_idle (world->agent));
}

static void
test_sealed (void)
{
  g_autoptr (AgentWorld) world = set_up_world (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (AGENT_WORLD_ID);

  rotation->sealed_serial = 2;
  g_ptr_array_add (rotation->boxes, seal (world, "hush-R0", "hush-A2", "hush-R2", 2));
  g_ptr_array_add (rotation->boxes, seal (world, "hush-R1", "hush-A2", "hush-R2", 2));
  put (world, rotation);
  agent_world_start (world);
  agent_world_assert_secret (agent_world_lookup (world, AGENT_WORLD_ID)->credentials->access_token,
                             "hush-A2");
  assert_quiet (world, "hush-A2/hush-R2/2");
}

static void
test_sealed_while_locked (void)
{
  g_autoptr (AgentWorld) world = set_up_world (CVG_VAULT_LOCKED);
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (AGENT_WORLD_ID);

  rotation->sealed_serial = 2;
  g_ptr_array_add (rotation->boxes, seal (world, "hush-R1", "hush-A2", "hush-R2", 2));
  put (world, rotation);
  agent_world_start (world);
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 1);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  assert_quiet (world, "hush-A2/hush-R2/2");
}

static void
test_sealed_and_stored (void)
{
  g_autoptr (AgentWorld) world = set_up_world (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (AGENT_WORLD_ID);

  /* It got to the keyring; only the file is left. */
  rotation->sealed_serial = 1;
  g_ptr_array_add (rotation->boxes, seal (world, "hush-R0", "hush-A1", "hush-R1", 1));
  put (world, rotation);
  agent_world_start (world);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_STORE), ==, 0);
  assert_quiet (world, "hush-A1/hush-R1/1");
}

static void
test_spent (void)
{
  g_autoptr (AgentWorld) world = set_up_world (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (AGENT_WORLD_ID);

  rotation->spent_at = AGENT_WORLD_NOW - 30;
  rotation->spent_serial = 1;
  put (world, rotation);
  agent_world_start (world);
  g_assert_cmpint (agent_world_lookup (world, AGENT_WORLD_ID)->spent_at, ==, AGENT_WORLD_NOW - 30);
  /* Kept until an answer settles it. */
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 1);
}

static void
test_spent_long_ago (void)
{
  g_autoptr (AgentWorld) world = set_up_world (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (AGENT_WORLD_ID);

  /* Of the token before: its answer came, and is in the keyring. */
  rotation->spent_at = AGENT_WORLD_NOW - 30;
  rotation->spent_serial = 0;
  put (world, rotation);
  agent_world_start (world);
  g_assert_cmpint (agent_world_lookup (world, AGENT_WORLD_ID)->spent_at, ==, 0);
  assert_quiet (world, "hush-A1/hush-R1/1");
}

static void
test_sealed_and_spent (void)
{
  g_autoptr (AgentWorld) world = set_up_world (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (AGENT_WORLD_ID);
  g_autoptr (CvgRotation) left = NULL;
  CvgEntry *entry = NULL;

  /* R2 never got to the keyring, and was on its way to be spent itself. */
  rotation->sealed_serial = 2;
  g_ptr_array_add (rotation->boxes, seal (world, "hush-R1", "hush-A2", "hush-R2", 2));
  rotation->spent_at = AGENT_WORLD_NOW - 30;
  rotation->spent_serial = 2;
  put (world, rotation);
  agent_world_start (world);
  entry = agent_world_lookup (world, AGENT_WORLD_ID);
  agent_world_assert_secret (entry->credentials->refresh_token, "hush-R2");
  g_assert_cmpint (entry->spent_at, ==, AGENT_WORLD_NOW - 30);
  g_assert_false (entry->unsaved);
  left = cvg_journal_dummy_peek (world->journal, AGENT_WORLD_ID);
  g_assert_cmpint (left->spent_at, ==, AGENT_WORLD_NOW - 30);
}

static void
test_cannot_be_opened (void)
{
  g_autoptr (AgentWorld) world = set_up_world (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (AGENT_WORLD_ID);

  rotation->sealed_serial = 2;
  g_ptr_array_add (rotation->boxes, seal (world, "hush-R7", "hush-A2", "hush-R2", 2));
  put (world, rotation);
  agent_world_start (world);
  agent_world_take_warning ("does not open");
  /* What the keyring has is used, and nothing is thrown away. */
  agent_world_assert_secret (agent_world_lookup (world, AGENT_WORLD_ID)->credentials->access_token,
                             "hush-A1");
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 1);
}

static void
test_of_nobody (void)
{
  g_autoptr (AgentWorld) world = set_up_world (CVG_VAULT_LOCKED);
  g_autoptr (CvgRotation) rotation = cvg_rotation_new ("00000000-0000-4000-8000-00000000dead");

  rotation->spent_at = AGENT_WORLD_NOW;
  put (world, rotation);
  agent_world_start (world);
  /* Not before the keyring was read: the record may be lost, and it alone know the instance. */
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 1);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  assert_quiet (world, "hush-A1/hush-R1/1");
}

static void
test_serials_go_on (void)
{
  g_autoptr (AgentWorld) world = set_up_world (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (AGENT_WORLD_ID);

  rotation->sealed_serial = 7;
  g_ptr_array_add (rotation->boxes, seal (world, "hush-R1", "hush-A7", "hush-R7", 7));
  put (world, rotation);
  agent_world_start (world);
  g_assert_cmpuint (cvg_entry_give_serial (agent_world_lookup (world, AGENT_WORLD_ID)), ==, 8);
}

static void
test_anchors_are_no_more_than_boxes (void)
{
  g_autoptr (AgentWorld) world = set_up_world (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = NULL;

  /* Or nothing could be sealed. */
  agent_world_start (world);
  entry = agent_world_lookup (world, AGENT_WORLD_ID);
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

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  g_test_add_func ("/rotations/sealed-is-recovered-and-stored", test_sealed);
  g_test_add_func ("/rotations/sealed-waits-for-the-lock", test_sealed_while_locked);
  g_test_add_func ("/rotations/sealed-and-stored-is-old", test_sealed_and_stored);
  g_test_add_func ("/rotations/spent-is-in-doubt", test_spent);
  g_test_add_func ("/rotations/spent-long-ago-is-not", test_spent_long_ago);
  g_test_add_func ("/rotations/sealed-and-spent", test_sealed_and_spent);
  g_test_add_func ("/rotations/what-cannot-be-opened-is-kept", test_cannot_be_opened);
  g_test_add_func ("/rotations/what-is-of-nobody-goes", test_of_nobody);
  g_test_add_func ("/rotations/serials-go-on", test_serials_go_on);
  g_test_add_func ("/rotations/anchors-are-no-more-than-boxes",
                   test_anchors_are_no_more_than_boxes);

  return g_test_run ();
}
