/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vault against a keyring that does what a test says: persons who answer prompts, writes that
 * lie, programs that announce nothing. The words are explained in mock-keyring.py.
 */
#include <string.h>

#include "keyring-fixture.h"
#include "wait-for.h"

#define ROOT "/org/freedesktop/secrets"

/* What the keyring was asked that a person would notice. */
static void
assert_log (KeyringFixture *fixture, const char *expected)
{
  g_autoptr (GVariant) reply =
      keyring_fixture_call (fixture, ROOT, "org.claviger.Mock", "TakeLog", NULL);
  const char *log = NULL;

  g_variant_get (reply, "(&s)", &log);
  g_assert_cmpstr (log, ==, expected);
}

static void
test_plain_session (KeyringFixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  keyring_fixture_spawn_mock (fixture, "");
  g_assert_true (keyring_fixture_store (fixture, ID_A, "old", NULL));
  g_assert_true (keyring_fixture_store (fixture, ID_A, "new", NULL));
  text = keyring_fixture_load_one (fixture, ID_A);
  g_assert_cmpstr (text, ==, "new");
  g_assert_true (keyring_fixture_remove (fixture, ID_A, NULL));
  g_assert_null (keyring_fixture_load_one (fixture, ID_A));
  assert_log (fixture, "");
}

static void
test_prompt_accepted (KeyringFixture *fixture, gconstpointer data)
{
  keyring_fixture_spawn_mock (fixture, "locked accept");
  keyring_fixture_start (fixture);
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_LOCKED);
  g_assert_true (keyring_fixture_unlock (fixture, NULL, NULL));
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_UNLOCKED);
  assert_log (fixture, "unlock " ROOT "/collection/only, prompt");
  g_assert_true (keyring_fixture_store (fixture, ID_A, "x", NULL));
}

static void
test_prompt_dismissed (KeyringFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  keyring_fixture_spawn_mock (fixture, "locked dismiss");
  g_assert_false (keyring_fixture_unlock (fixture, NULL, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_KEYRING_LOCKED);
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_LOCKED);
}

/* Begins to unlock, and returns when the prompt is up and waits for a person. */
static void
unlock_until_prompt (KeyringFixture *fixture, GCancellable *cancellable, GAsyncResult **slot)
{
  cvg_vault_unlock_async (fixture->vault, cancellable, wait_for_keep, slot);
  /* bus, alias, state, search, unlock, prompt: the last call that is made */
  for (gboolean prompted = FALSE; !prompted;)
    {
      g_autoptr (GVariant) reply = NULL;
      const char *log = NULL;

      while (g_main_context_iteration (NULL, FALSE))
        ;
      reply = keyring_fixture_call (fixture, ROOT, "org.claviger.Mock", "TakeLog", NULL);
      g_variant_get (reply, "(&s)", &log);
      prompted = g_str_has_suffix (log, "prompt");
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (*slot); /* not yet */
}

static void
test_prompt_cancelled (KeyringFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  keyring_fixture_spawn_mock (fixture, "locked");
  unlock_until_prompt (fixture, cancellable, &result);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (cvg_vault_unlock_finish (fixture->vault, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* Not dismissed: GNOME Keyring would not survive it. */
  assert_log (fixture, "");
  g_clear_object (&result);
}

static void
test_prompter_dies (KeyringFixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  keyring_fixture_spawn_mock (fixture, "locked");
  unlock_until_prompt (fixture, NULL, &result);
  keyring_fixture_kill (fixture);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (cvg_vault_unlock_finish (fixture->vault, result, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE);
  g_clear_object (&result);
}

static void
test_background_never_prompts (KeyringFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  keyring_fixture_spawn_mock (fixture, "");
  g_assert_true (keyring_fixture_store (fixture, ID_A, "x", NULL));
  keyring_fixture_set_words (fixture, "asks accept");
  g_assert_false (keyring_fixture_store (fixture, ID_B, "x", &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);
  g_assert_false (keyring_fixture_remove (fixture, ID_A, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_KEYRING_LOCKED);
  assert_log (fixture, "dismiss, dismiss");
}

static void
test_silent_blind_lock (KeyringFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = NULL;

  keyring_fixture_spawn_mock (fixture, "");
  g_assert_true (keyring_fixture_store (fixture, ID_A, "x", NULL));
  keyring_fixture_set_words (fixture, "locked blind"); /* nobody tells */
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_UNLOCKED);
  items = keyring_fixture_load (fixture, &error);
  g_assert_null (items);
  g_assert_error (error, CVG_ERROR, CVG_ERROR_KEYRING_LOCKED);
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_LOCKED);
  g_clear_error (&error);
  g_assert_false (keyring_fixture_remove (fixture, ID_A, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_KEYRING_LOCKED);
}

static gsize
count_items (KeyringFixture *fixture)
{
  g_autoptr (GVariant) reply =
      keyring_fixture_call (fixture, ROOT, "org.freedesktop.Secret.Service", "SearchItems",
                            g_variant_new_parsed ("(@a{ss} {},)"));
  g_autoptr (GVariant) unlocked = g_variant_get_child_value (reply, 0);

  return g_variant_n_children (unlocked);
}

static void
assert_store_fails (KeyringFixture *fixture, const char *id, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (keyring_fixture_store (fixture, id, text, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_null (strstr (error->message, "as the test wants"));
}

static void
test_errors_are_failures (KeyringFixture *fixture, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  /* It was made, but who was told of an error does not rely on it. */
  keyring_fixture_spawn_mock (fixture, "liar");
  assert_store_fails (fixture, ID_A, "created");
  assert_store_fails (fixture, ID_A, "set");
  g_assert_cmpuint (count_items (fixture), ==, 1);

  keyring_fixture_set_words (fixture, "full");
  assert_store_fails (fixture, ID_A, "lost");
  assert_store_fails (fixture, ID_B, "lost");
  first = keyring_fixture_load_one (fixture, ID_A);
  g_assert_cmpstr (first, ==, "set");

  keyring_fixture_set_words (fixture, "");
  g_assert_true (keyring_fixture_store (fixture, ID_A, "again", NULL));
  second = keyring_fixture_load_one (fixture, ID_A);
  g_assert_cmpstr (second, ==, "again");
  g_assert_cmpuint (count_items (fixture), ==, 1);
}

static void
test_default_is_made (KeyringFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  keyring_fixture_spawn_mock (fixture, "no-default dismiss");
  keyring_fixture_start (fixture);
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_UNAVAILABLE);
  g_assert_false (keyring_fixture_unlock (fixture, NULL, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE);

  keyring_fixture_set_words (fixture, "accept");
  g_assert_true (keyring_fixture_unlock (fixture, NULL, NULL));
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_UNLOCKED);
  g_assert_true (keyring_fixture_store (fixture, ID_A, "x", NULL));
}

static void
test_items_elsewhere (KeyringFixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  keyring_fixture_spawn_mock (fixture, "elsewhere accept");
  g_assert_true (keyring_fixture_store (fixture, ID_A, "here", NULL));
  text = keyring_fixture_load_one (fixture, ID_A);
  g_assert_cmpstr (text, ==, "here");
  assert_log (fixture, "");

  g_assert_true (keyring_fixture_unlock (fixture, NULL, NULL));
  assert_log (fixture, "unlock " ROOT "/collection/other, prompt");
  g_assert_true (keyring_fixture_unlock (fixture, NULL, NULL));
  assert_log (fixture, ""); /* nothing is left to ask for */
}

/* A copy that lies in a locked collection keeps no new secret out, and comes to nothing. */
static void
test_stale_copy_elsewhere (KeyringFixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  keyring_fixture_spawn_mock (fixture, "elsewhere accept");
  g_assert_null (keyring_fixture_load_one (fixture, ID_B));
  g_assert_true (fixture->illegible);
  g_assert_true (keyring_fixture_store (fixture, ID_B, "new", NULL));
  before = keyring_fixture_load_one (fixture, ID_B);
  g_assert_cmpstr (before, ==, "new");
  assert_log (fixture, "");

  g_assert_true (keyring_fixture_unlock (fixture, NULL, NULL));
  g_assert_cmpuint (count_items (fixture), ==, 2);
  after = keyring_fixture_load_one (fixture, ID_B);
  g_assert_cmpstr (after, ==, "new");
  g_assert_true (keyring_fixture_store (fixture, ID_B, "newer", NULL));
  while (count_items (fixture) == 2)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_many_in_slices (KeyringFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) items = NULL;

  keyring_fixture_spawn_mock (fixture, "many");
  g_assert_true (keyring_fixture_store (fixture, ID_A, ID_A, NULL));
  g_atomic_int_set (&fixture->calls, 0);
  items = keyring_fixture_load (fixture, NULL);
  g_assert_cmpint (g_atomic_int_get (&fixture->calls), ==,
                   13); /* alias, state, search, 10 slices */
  g_assert_cmpuint (items->len, ==, 451);
  g_assert_false (fixture->illegible);
  for (guint i = 0; i < items->len; i++)
    {
      const CvgVaultItem *item = g_ptr_array_index (items, i);

      g_assert_cmpstr (cvg_secret_peek (item->secret), ==, item->id);
    }
}

static void
test_slice_fails (KeyringFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = NULL;

  keyring_fixture_spawn_mock (fixture, "many fails-third");
  g_assert_null (keyring_fixture_load (fixture, &error)); /* not the two slices that came */
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  keyring_fixture_set_words (fixture, "");
  items = keyring_fixture_load (fixture, NULL);
  g_assert_cmpuint (items->len, ==, 450);
}

static void
test_activation (KeyringFixture *fixture, gconstpointer data)
{
  g_autofree char *script =
      g_test_build_filename (G_TEST_DIST, "adapters", "mock-keyring.py", NULL);
  g_autoptr (GError) error = NULL;

  keyring_fixture_set_activation (fixture, script);
  keyring_fixture_start (fixture);
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_UNLOCKED);

  /* It crashes; the next one who needs it starts it again. */
  keyring_fixture_kill_activated (fixture);
  keyring_fixture_wait_state (fixture, CVG_VAULT_UNAVAILABLE);
  g_assert_true (keyring_fixture_store (fixture, ID_A, "x", NULL));
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_UNLOCKED);

  /* The bus can't start it. */
  keyring_fixture_kill_activated (fixture);
  keyring_fixture_wait_state (fixture, CVG_VAULT_UNAVAILABLE);
  keyring_fixture_set_activation (fixture, NULL);
  g_assert_false (keyring_fixture_store (fixture, ID_A, "x", &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE);
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
  add ("/vault-mock/plain-session", test_plain_session);
  add ("/vault-mock/prompt-accepted", test_prompt_accepted);
  add ("/vault-mock/prompt-dismissed", test_prompt_dismissed);
  add ("/vault-mock/prompt-cancelled", test_prompt_cancelled);
  add ("/vault-mock/prompter-dies", test_prompter_dies);
  add ("/vault-mock/background-never-prompts", test_background_never_prompts);
  add ("/vault-mock/silent-blind-lock", test_silent_blind_lock);
  add ("/vault-mock/errors-are-failures", test_errors_are_failures);
  add ("/vault-mock/default-is-made", test_default_is_made);
  add ("/vault-mock/items-elsewhere", test_items_elsewhere);
  add ("/vault-mock/stale-copy-elsewhere", test_stale_copy_elsewhere);
  add ("/vault-mock/many-in-slices", test_many_in_slices);
  add ("/vault-mock/slice-fails", test_slice_fails);
  add ("/vault-mock/activation", test_activation);
  return keyring_fixture_run_tests (TRUE);
}
