/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What others do to our items in a real GNOME Keyring is noticed; what we do, and locks, are not
 * told.
 */
#include "gnome-keyring.h"

/* Milliseconds; QUIET is what the vault waits for here, and BOUND by when it would have told. */
#define QUIET 50
#define BOUND 400

#define WRAPPED(text) "claviger credentials " ID_A "\n" text

static void
set_up (KeyringFixture *fixture)
{
  cvg_vault_secret_set_quiet (CVG_VAULT_SECRET (fixture->vault), QUIET);
  gnome_keyring_spawn_unlocked (fixture);
  keyring_fixture_start (fixture);
}

static void
load (KeyringFixture *fixture, guint count)
{
  g_autoptr (GPtrArray) items = keyring_fixture_load (fixture, NULL);

  g_assert_nonnull (items);
  g_assert_cmpuint (items->len, ==, count);
}

static void
assert_not_told (KeyringFixture *fixture, guint times)
{
  keyring_fixture_pass_time (fixture, BOUND);
  g_assert_cmpuint (fixture->told, ==, times);
}

static void
test_deleted_by_another (KeyringFixture *fixture, gconstpointer data)
{
  set_up (fixture);
  load (fixture, 0);
  g_assert_true (keyring_fixture_store (fixture, ID_A, "a", NULL));
  g_assert_true (keyring_fixture_store (fixture, ID_B, "b", NULL));
  gnome_keyring_delete (fixture, ID_A);
  keyring_fixture_wait_told (fixture, 1);
  load (fixture, 1);
  assert_not_told (fixture, 1);
}

static void
test_changed_by_another (KeyringFixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  set_up (fixture);
  gnome_keyring_put (fixture, ID_A, "x", WRAPPED ("old"));
  load (fixture, 1);
  gnome_keyring_put (fixture, ID_A, "x", WRAPPED ("old")); /* the same again is no change */
  assert_not_told (fixture, 0);
  gnome_keyring_put (fixture, ID_A, "x", WRAPPED ("new"));
  keyring_fixture_wait_told (fixture, 1);
  g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 1);
  text = keyring_fixture_load_one (fixture, ID_A);
  g_assert_cmpstr (text, ==, "new");
}

static void
test_made_by_another (KeyringFixture *fixture, gconstpointer data)
{
  set_up (fixture);
  load (fixture, 0);
  gnome_keyring_put (fixture, ID_B, "x", "unreadable");
  assert_not_told (fixture, 0);
  gnome_keyring_put (fixture, ID_A, "x", WRAPPED ("from a backup"));
  keyring_fixture_wait_told (fixture, 1);
  load (fixture, 1);
}

static void
test_many_are_told_once (KeyringFixture *fixture, gconstpointer data)
{
  set_up (fixture);
  load (fixture, 0);
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *id = g_strdup_printf ("%08x-1111-4222-8333-444455556666", i);

      g_assert_true (keyring_fixture_store (fixture, id, "s", NULL));
    }
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *id = g_strdup_printf ("%08x-1111-4222-8333-444455556666", i);

      gnome_keyring_delete (fixture, id);
    }
  keyring_fixture_wait_told (fixture, 1);
  assert_not_told (fixture, 1);
}

static void
test_own_writes_are_not_told (KeyringFixture *fixture, gconstpointer data)
{
  set_up (fixture);
  gnome_keyring_put (fixture, ID_A, "1", WRAPPED ("old"));
  gnome_keyring_put (fixture, ID_A, "2", WRAPPED ("copy"));
  load (fixture, 1);
  g_assert_true (keyring_fixture_store (fixture, ID_A, "new", NULL)); /* deletes the copy */
  g_assert_true (keyring_fixture_store (fixture, ID_B, "made", NULL));
  g_assert_true (keyring_fixture_store (fixture, ID_B, "set", NULL));
  assert_not_told (fixture, 0);
  g_assert_true (keyring_fixture_remove (fixture, ID_B, NULL));
  assert_not_told (fixture, 0);
  g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 1);
}

static void
test_locks_are_not_told (KeyringFixture *fixture, gconstpointer data)
{
  set_up (fixture);
  g_assert_true (keyring_fixture_store (fixture, ID_A, "a", NULL));
  g_assert_true (keyring_fixture_store (fixture, ID_B, "b", NULL));
  load (fixture, 2);
  for (int cycle = 0; cycle < 3; cycle++)
    {
      gnome_keyring_lock (fixture);
      keyring_fixture_wait_state (fixture, CVG_VAULT_LOCKED);
      gnome_keyring_unlock (fixture);
      keyring_fixture_wait_state (fixture, CVG_VAULT_UNLOCKED);
      load (fixture, 2);
      assert_not_told (fixture, 0);
    }
  g_assert_cmpstr (fixture->states->str, ==, "ULULULU");

  /* It still notices. */
  gnome_keyring_delete (fixture, ID_A);
  keyring_fixture_wait_told (fixture, 1);
}

static void
test_before_a_load (KeyringFixture *fixture, gconstpointer data)
{
  set_up (fixture);
  gnome_keyring_put (fixture, ID_A, "x", WRAPPED ("old"));
  load (fixture, 1);
  gnome_keyring_delete (fixture, ID_A);
  /* Announced before it is read; what is read is the truth already. */
  load (fixture, 0);
  assert_not_told (fixture, 0);
}

static void
add (const char *path, void (*test) (KeyringFixture *, gconstpointer))
{
  g_test_add (path, KeyringFixture, NULL, keyring_fixture_set_up, test, keyring_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  add ("/vault-watch/deleted-by-another", test_deleted_by_another);
  add ("/vault-watch/changed-by-another", test_changed_by_another);
  add ("/vault-watch/made-by-another", test_made_by_another);
  add ("/vault-watch/many-are-told-once", test_many_are_told_once);
  add ("/vault-watch/own-writes-are-not-told", test_own_writes_are_not_told);
  add ("/vault-watch/locks-are-not-told", test_locks_are_not_told);
  add ("/vault-watch/before-a-load", test_before_a_load);
  return keyring_fixture_run_tests (FALSE);
}
