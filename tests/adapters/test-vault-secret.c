/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vault against a real GNOME Keyring.
 */
#include <string.h>

#include "gnome-keyring.h"
#include "wait-for.h"

static void
test_round_trip (KeyringFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  gnome_keyring_spawn_unlocked (fixture);
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_UNKNOWN);
  keyring_fixture_start (fixture);
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_UNLOCKED);
  g_assert_cmpuint (fixture->changes, ==, 1);
  items = keyring_fixture_load (fixture, NULL);
  g_assert_nonnull (items);
  g_assert_cmpuint (items->len, ==, 0);

  g_assert_true (keyring_fixture_store (fixture, ID_A, "{'token': <'a\nb'>}", NULL));
  g_assert_true (keyring_fixture_store (fixture, ID_B, "", NULL));
  first = keyring_fixture_load_one (fixture, ID_A);
  second = keyring_fixture_load_one (fixture, ID_B);
  g_assert_cmpstr (first, ==, "{'token': <'a\nb'>}");
  g_assert_cmpstr (second, ==, "");

  g_assert_true (keyring_fixture_remove (fixture, ID_A, NULL));
  g_assert_true (keyring_fixture_remove (fixture, ID_A, NULL)); /* nothing is left to do */
  g_assert_null (keyring_fixture_load_one (fixture, ID_A));
  g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 1);
}

static void
test_replace_keeps_one (KeyringFixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  gnome_keyring_spawn_unlocked (fixture);
  for (int i = 0; i < 3; i++)
    g_assert_true (keyring_fixture_store (fixture, ID_A, i < 2 ? "old" : "new", NULL));
  g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 1);
  text = keyring_fixture_load_one (fixture, ID_A);
  g_assert_cmpstr (text, ==, "new");
}

static void
test_attributes_tell_nothing (KeyringFixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) found = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) attributes = NULL;
  g_autofree char *text = NULL;
  g_autofree const char **paths = NULL;

  gnome_keyring_spawn_unlocked (fixture);
  g_assert_true (keyring_fixture_store (fixture, ID_A, "secret", NULL));
  found = keyring_fixture_call (fixture, GNOME_KEYRING_PATH, GNOME_KEYRING_SERVICE, "SearchItems",
                                g_variant_new_parsed ("({'application': 'org.claviger'},)"));
  g_variant_get (found, "(^a&oao)", &paths, NULL);
  reply =
      keyring_fixture_call (fixture, paths[0], "org.freedesktop.DBus.Properties", "Get",
                            g_variant_new ("(ss)", "org.freedesktop.Secret.Item", "Attributes"));
  g_variant_get (reply, "(v)", &attributes);
  g_assert_cmpuint (g_variant_n_children (attributes), ==, 4);
  text = g_variant_print (attributes, FALSE);
  g_assert_nonnull (strstr (text, "'application': 'org.claviger'"));
  g_assert_nonnull (strstr (text, "'kind': 'credentials'"));
  g_assert_nonnull (strstr (text, "'id': '" ID_A "'"));
  g_assert_nonnull (strstr (text, "'xdg:schema': 'org.claviger.Auth1.Item'"));
}

static void
assert_all_fail (KeyringFixture *fixture, CvgError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (keyring_fixture_load (fixture, &error));
  g_assert_error (error, CVG_ERROR, (int) code);
  g_clear_error (&error);
  g_assert_false (keyring_fixture_store (fixture, ID_A, "new", &error));
  g_assert_error (error, CVG_ERROR, (int) code);
  g_clear_error (&error);
  g_assert_false (keyring_fixture_remove (fixture, ID_A, &error));
  g_assert_error (error, CVG_ERROR, (int) code);
  g_clear_error (&error);
  /* No prompter can be started here. */
  g_assert_false (keyring_fixture_unlock (fixture, NULL, &error));
  g_assert_error (error, CVG_ERROR, (int) code);
}

static void
test_lock (KeyringFixture *fixture, gconstpointer data)
{
  gnome_keyring_spawn_unlocked (fixture);
  keyring_fixture_start (fixture);
  g_assert_true (keyring_fixture_store (fixture, ID_A, "old", NULL));
  g_assert_true (keyring_fixture_unlock (fixture, NULL, NULL)); /* is unlocked: at once */
  g_assert_cmpuint (fixture->changes, ==, 1);

  gnome_keyring_lock (fixture);
  keyring_fixture_wait_state (fixture, CVG_VAULT_LOCKED);
  g_assert_cmpuint (fixture->changes, ==, 2);
  assert_all_fail (fixture, CVG_ERROR_KEYRING_LOCKED);
  g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 1);
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_LOCKED);
}

static void
test_cold_is_not_empty (KeyringFixture *fixture, gconstpointer data)
{
  gnome_keyring_spawn_unlocked (fixture);
  g_assert_true (keyring_fixture_store (fixture, ID_A, "old", NULL));
  keyring_fixture_kill (fixture);
  keyring_fixture_wait_state (fixture, CVG_VAULT_UNAVAILABLE);

  gnome_keyring_spawn_cold (fixture);
  keyring_fixture_wait_state (fixture, CVG_VAULT_LOCKED);
  assert_all_fail (fixture, CVG_ERROR_KEYRING_LOCKED);
  g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 1);
}

static void
test_killed_and_back (KeyringFixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  gnome_keyring_spawn_unlocked (fixture);
  keyring_fixture_start (fixture);
  g_assert_true (keyring_fixture_store (fixture, ID_A, "old", NULL));
  keyring_fixture_kill (fixture);
  keyring_fixture_wait_state (fixture, CVG_VAULT_UNAVAILABLE);
  assert_all_fail (fixture, CVG_ERROR_KEYRING_UNAVAILABLE);

  gnome_keyring_spawn_unlocked (fixture);
  keyring_fixture_wait_state (fixture, CVG_VAULT_UNLOCKED);
  text = keyring_fixture_load_one (fixture, ID_A);
  g_assert_cmpstr (text, ==, "old");
  g_assert_true (keyring_fixture_store (fixture, ID_A, "new", NULL));
  g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 1);
}

static void
test_killed_during_operations (KeyringFixture *fixture, gconstpointer data)
{
  g_autoptr (CvgSecret) secret = cvg_secret_new ("x");
  GAsyncResult *results[6] = { NULL };

  gnome_keyring_spawn_unlocked (fixture);
  keyring_fixture_start (fixture);
  for (int i = 0; i < 3; i++)
    {
      cvg_vault_store_async (fixture->vault, CVG_VAULT_CLIENT, i % 2 == 0 ? ID_A : ID_B, "l",
                             secret, NULL, wait_for_keep, &results[2 * i]);
      cvg_vault_load_all_async (fixture->vault, NULL, wait_for_keep, &results[2 * i + 1]);
      for (int turn = 0; turn < i; turn++)
        g_main_context_iteration (NULL, TRUE);
    }
  keyring_fixture_kill (fixture);

  for (int i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) items = NULL;

      while (results[2 * i] == NULL || results[2 * i + 1] == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_false (cvg_vault_store_finish (fixture->vault, results[2 * i], &error));
      g_assert_error (error, CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE);
      g_clear_error (&error);
      items = cvg_vault_load_all_finish (fixture->vault, results[2 * i + 1], &error);
      g_assert_error (error, CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE);
      g_clear_object (&results[2 * i]);
      g_clear_object (&results[2 * i + 1]);
    }
}

/* Killed at some moment of a store, again and again: what it holds afterwards is the old secret or
 * the new one, what was said to be stored is there, and there is never a second item. */
static void
test_killed_during_stores (KeyringFixture *fixture, gconstpointer data)
{
  guint rounds = g_test_slow () ? 200 : 12;
  g_autofree char *kept = g_strdup ("0");

  gnome_keyring_spawn_unlocked (fixture);
  g_assert_true (keyring_fixture_store (fixture, ID_A, kept, NULL));
  for (guint round = 1; round <= rounds; round++)
    {
      g_autofree char *text = g_strdup_printf ("%u", round);
      g_autofree char *found = NULL;
      g_autoptr (CvgSecret) secret = cvg_secret_new (text);
      GAsyncResult *result = NULL;
      gint64 until = g_get_monotonic_time () + g_test_rand_int_range (0, 6000);

      cvg_vault_store_async (fixture->vault, CVG_VAULT_CREDENTIALS, ID_A, "l", secret, NULL,
                             wait_for_keep, &result);
      while (g_get_monotonic_time () < until)
        g_main_context_iteration (NULL, FALSE);
      keyring_fixture_kill (fixture);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      if (cvg_vault_store_finish (fixture->vault, result, NULL))
        {
          g_free (kept);
          kept = g_strdup (text);
        }
      g_clear_object (&result);
      keyring_fixture_wait_state (fixture, CVG_VAULT_UNAVAILABLE);

      gnome_keyring_spawn_unlocked (fixture);
      keyring_fixture_wait_state (fixture, CVG_VAULT_UNLOCKED);
      g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 1);
      found = keyring_fixture_load_one (fixture, ID_A);
      g_assert_true (g_strcmp0 (found, kept) == 0 || g_strcmp0 (found, text) == 0);
      g_free (kept);
      kept = g_steal_pointer (&found);
    }
}

static void
test_replaced (KeyringFixture *fixture, gconstpointer data)
{
  const char *const argv[] = { "gnome-keyring-daemon", "--replace", "--foreground", "--unlock",
                               "--components=secrets", NULL };
  g_autofree char *text = NULL;

  gnome_keyring_spawn_unlocked (fixture);
  keyring_fixture_start (fixture);
  g_assert_true (keyring_fixture_store (fixture, ID_A, "old", NULL));
  keyring_fixture_take_over (fixture, argv, "password");
  while (fixture->changes < 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (fixture->states->str, ==, "U-U");
  text = keyring_fixture_load_one (fixture, ID_A);
  g_assert_cmpstr (text, ==, "old");
  g_assert_true (keyring_fixture_store (fixture, ID_A, "new", NULL));
  g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 1);
}

static void
test_no_default (KeyringFixture *fixture, gconstpointer data)
{
  gnome_keyring_spawn_cold (fixture); /* with an empty home */
  keyring_fixture_start (fixture);
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_UNAVAILABLE);
  assert_all_fail (fixture, CVG_ERROR_KEYRING_UNAVAILABLE);
}

static void
test_no_keyring (KeyringFixture *fixture, gconstpointer data)
{
  keyring_fixture_start (fixture);
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_UNAVAILABLE);
  assert_all_fail (fixture, CVG_ERROR_KEYRING_UNAVAILABLE);

  gnome_keyring_spawn_unlocked (fixture);
  keyring_fixture_wait_state (fixture, CVG_VAULT_UNLOCKED);
}

static void
test_many_items_few_calls (KeyringFixture *fixture, gconstpointer data)
{
  guint count = g_test_slow () ? 1000 : 60; /* each store rewrites the whole keyring */
  int calls;

  gnome_keyring_spawn_unlocked (fixture);
  keyring_fixture_start (fixture);
  for (guint i = 0; i < count; i++)
    {
      g_autofree char *id = g_strdup_printf ("%08x-1111-4222-8333-444455556666", i);

      g_assert_true (keyring_fixture_store (fixture, id, id, NULL));
    }

  g_atomic_int_set (&fixture->calls, 0);
  g_autoptr (GPtrArray) items = keyring_fixture_load (fixture, NULL);
  calls = g_atomic_int_get (&fixture->calls);
  g_assert_cmpuint (items->len, ==, count);
  for (guint i = 0; i < items->len; i++)
    {
      const CvgVaultItem *item = g_ptr_array_index (items, i);

      g_assert_cmpstr (item->kind, ==, CVG_VAULT_CREDENTIALS);
      g_assert_cmpstr (cvg_secret_peek (item->secret), ==, item->id);
    }
  /* Alias, state, search, and the secrets by 50. */
  g_assert_cmpint (calls, ==, 3 + (int) (count + 49) / 50);
}

static void
test_what_crashes_leave (KeyringFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autofree char *text = NULL;

  gnome_keyring_spawn_unlocked (fixture);
  gnome_keyring_put (fixture, ID_A, "", "");              /* between the two halves of CreateItem */
  gnome_keyring_put (fixture, ID_B, "", "not wrapped\n"); /* by a person, with a keyring program */
  items = keyring_fixture_load (fixture, NULL);
  g_assert_nonnull (items);
  g_assert_cmpuint (items->len, ==, 0);
  g_assert_true (fixture->illegible);

  g_assert_true (keyring_fixture_store (fixture, ID_A, "mended", NULL));
  text = keyring_fixture_load_one (fixture, ID_A);
  g_assert_cmpstr (text, ==, "mended");
  g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 2);
}

static void
test_copies_end (KeyringFixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  gnome_keyring_spawn_unlocked (fixture);
  gnome_keyring_put (fixture, ID_A, "1", "claviger credentials " ID_A "\nold");
  gnome_keyring_put (fixture, ID_A, "2", "claviger credentials " ID_A "\nold");
  g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 2);
  g_assert_true (keyring_fixture_store (fixture, ID_A, "new", NULL));
  text = keyring_fixture_load_one (fixture, ID_A);
  g_assert_cmpstr (text, ==, "new");
  g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 1);

  gnome_keyring_put (fixture, ID_A, "3", "claviger credentials " ID_A "\nold");
  g_assert_true (keyring_fixture_remove (fixture, ID_A, NULL));
  g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 0);
}

static void
test_cancel (KeyringFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (CvgSecret) secret = cvg_secret_new ("x");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  gnome_keyring_spawn_unlocked (fixture);
  cvg_vault_store_async (fixture->vault, CVG_VAULT_CLIENT, ID_A, "l", secret, cancellable,
                         wait_for_keep, &result);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (cvg_vault_store_finish (fixture->vault, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  g_assert_cmpuint (gnome_keyring_count_items (fixture), ==, 0);
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
  add ("/vault-secret/round-trip", test_round_trip);
  add ("/vault-secret/replace-keeps-one", test_replace_keeps_one);
  add ("/vault-secret/attributes-tell-nothing", test_attributes_tell_nothing);
  add ("/vault-secret/lock", test_lock);
  add ("/vault-secret/cold-is-not-empty", test_cold_is_not_empty);
  add ("/vault-secret/killed-and-back", test_killed_and_back);
  add ("/vault-secret/killed-during-operations", test_killed_during_operations);
  add ("/vault-secret/killed-during-stores", test_killed_during_stores);
  add ("/vault-secret/replaced", test_replaced);
  add ("/vault-secret/no-default", test_no_default);
  add ("/vault-secret/no-keyring", test_no_keyring);
  add ("/vault-secret/many-items-few-calls", test_many_items_few_calls);
  add ("/vault-secret/what-crashes-leave", test_what_crashes_leave);
  add ("/vault-secret/copies-end", test_copies_end);
  add ("/vault-secret/cancel", test_cancel);
  return keyring_fixture_run_tests (FALSE);
}
