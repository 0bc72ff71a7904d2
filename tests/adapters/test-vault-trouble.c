/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The vault against keyrings in trouble: the name passes to another program, the program dies at
 * one step or another, falls silent, or talks nonsense. Whatever happens, each operation ends, says
 * that it failed, and the vault finds its way back by itself.
 */
#include <signal.h>
#include <string.h>

#include "keyring-fixture.h"
#include "wait-for.h"

/* Milliseconds, for a keyring that will not answer. */
#define SHORT 300

typedef enum
{
  LOAD,
  STORE,
  REMOVE,
  UNLOCK,
} Operation;

static void
begin (KeyringFixture *fixture, Operation operation, GAsyncResult **slot)
{
  g_autoptr (CvgSecret) secret = cvg_secret_new ("new");

  switch (operation)
    {
    case LOAD:
      cvg_vault_load_all_async (fixture->vault, NULL, wait_for_keep, slot);
      break;
    case STORE:
      cvg_vault_store_async (fixture->vault, CVG_VAULT_CREDENTIALS, ID_A, "l", secret, NULL,
                             wait_for_keep, slot);
      break;
    case REMOVE:
      cvg_vault_remove_async (fixture->vault, CVG_VAULT_CREDENTIALS, ID_A, NULL, wait_for_keep,
                              slot);
      break;
    case UNLOCK:
      cvg_vault_unlock_async (fixture->vault, NULL, wait_for_keep, slot);
      break;
    }
}

static void
wait_until_failed (KeyringFixture *fixture, Operation operation, GAsyncResult **slot, int code)
{
  g_autoptr (GError) error = NULL;

  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  switch (operation)
    {
    case LOAD:
      g_assert_null (cvg_vault_load_all_finish (fixture->vault, *slot, &error));
      break;
    case STORE:
      g_assert_false (cvg_vault_store_finish (fixture->vault, *slot, &error));
      break;
    case REMOVE:
      g_assert_false (cvg_vault_remove_finish (fixture->vault, *slot, &error));
      break;
    case UNLOCK:
      g_assert_false (cvg_vault_unlock_finish (fixture->vault, *slot, &error));
      break;
    }
  g_assert_error (error, CVG_ERROR, code);
  g_clear_object (slot);
}

static void
assert_fails (KeyringFixture *fixture, Operation operation, int code)
{
  GAsyncResult *result = NULL;

  begin (fixture, operation, &result);
  wait_until_failed (fixture, operation, &result, code);
}

/* --- The name passes to another --------------------------------------------------------------- */

static void
test_taken_over (KeyringFixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  keyring_fixture_spawn_mock (fixture, "");
  keyring_fixture_start (fixture);
  g_assert_true (keyring_fixture_store (fixture, ID_A, "old", NULL));
  g_assert_cmpstr (fixture->states->str, ==, "U");

  keyring_fixture_spawn_mock (fixture, "replace");
  while (fixture->changes < 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (fixture->states->str, ==, "U-U");
  g_assert_null (keyring_fixture_load_one (fixture, ID_A));
  g_assert_true (keyring_fixture_store (fixture, ID_A, "new", NULL));
  text = keyring_fixture_load_one (fixture, ID_A);
  g_assert_cmpstr (text, ==, "new");
}

static void
test_taken_over_by_locked (KeyringFixture *fixture, gconstpointer data)
{
  keyring_fixture_spawn_mock (fixture, "");
  keyring_fixture_start (fixture);
  keyring_fixture_spawn_mock (fixture, "locked replace");
  keyring_fixture_wait_state (fixture, CVG_VAULT_LOCKED);
  g_assert_cmpstr (fixture->states->str, ==, "U-L");
}

/* Each operation has a call with the first program when a second one takes the name; the first
 * lives on and might still answer. */
static void
test_taken_over_amid (KeyringFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *words;
    Operation operation;
  } vectors[] = {
    { "mute=SearchItems", LOAD },     { "mute=GetSecrets", LOAD },
    { "mute=OpenSession", LOAD },     { "mute=CreateItem", STORE },
    { "mute=SetSecret", STORE },      { "mute=Delete", REMOVE },
    { "mute=Unlock locked", UNLOCK }, { "mute=Prompt locked", UNLOCK },
  };
  gint64 began = g_get_monotonic_time ();

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      GAsyncResult *result = NULL;

      keyring_fixture_spawn_mock (fixture, "");
      keyring_fixture_start (fixture);
      keyring_fixture_wait_state (fixture, CVG_VAULT_UNLOCKED);
      if (i != 2 && i != 3) /* else there is a session, and the item */
        g_assert_true (keyring_fixture_store (fixture, ID_A, "old", NULL));
      keyring_fixture_set_words (fixture, vectors[i].words);
      begin (fixture, vectors[i].operation, &result);
      for (int turn = 0; turn < 200; turn++)
        {
          g_main_context_iteration (NULL, FALSE);
          g_usleep (1000);
        }
      g_assert_null (result); /* not yet */
      keyring_fixture_spawn_mock (fixture, "replace");
      wait_until_failed (fixture, vectors[i].operation, &result, CVG_ERROR_KEYRING_UNAVAILABLE);
      keyring_fixture_wait_state (fixture, CVG_VAULT_UNLOCKED);
      g_assert_true (keyring_fixture_store (fixture, ID_A, "new", NULL));
      keyring_fixture_kill (fixture);
      keyring_fixture_wait_state (fixture, CVG_VAULT_UNAVAILABLE);
    }
  /* None waited for its deadline. */
  g_assert_cmpint (g_get_monotonic_time () - began, <, 18 * G_USEC_PER_SEC);
}

/* --- It dies ---------------------------------------------------------------------------------- */

static void
test_dies_amid (KeyringFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *words;
    Operation operation;
  } vectors[] = {
    { "dies=ReadAlias", LOAD },       { "dies=Get", LOAD },
    { "dies=OpenSession", LOAD },     { "dies=SearchItems", LOAD },
    { "dies=GetSecrets", LOAD },      { "dies=OpenSession", STORE },
    { "dies=CreateItem", STORE },     { "dies-after=CreateItem", STORE },
    { "dies=SetSecret", STORE },      { "dies-after=SetSecret", STORE },
    { "dies=SearchItems", REMOVE },   { "dies=Delete", REMOVE },
    { "dies-after=Delete", REMOVE },  { "dies=SearchItems locked", UNLOCK },
    { "dies=Unlock locked", UNLOCK }, { "dies=Prompt locked", UNLOCK },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gboolean opens = strstr (vectors[i].words, "OpenSession") != NULL;
      gboolean creates = strstr (vectors[i].words, "CreateItem") != NULL;

      g_test_message ("%s", vectors[i].words);
      keyring_fixture_spawn_mock (fixture, "");
      if (!opens && !creates)
        g_assert_true (keyring_fixture_store (fixture, ID_A, "old", NULL));
      keyring_fixture_set_words (fixture, vectors[i].words);
      assert_fails (fixture, vectors[i].operation, CVG_ERROR_KEYRING_UNAVAILABLE);
      keyring_fixture_wait_state (fixture, CVG_VAULT_UNAVAILABLE);
      keyring_fixture_kill (fixture);
    }

  keyring_fixture_spawn_mock (fixture, "");
  keyring_fixture_wait_state (fixture, CVG_VAULT_UNLOCKED);
  g_assert_true (keyring_fixture_store (fixture, ID_A, "new", NULL));
}

/* --- It falls silent -------------------------------------------------------------------------- */

static void
test_never_answers (KeyringFixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  cvg_vault_secret_set_timeout (CVG_VAULT_SECRET (fixture->vault), SHORT);
  keyring_fixture_spawn_mock (fixture, "");
  g_assert_true (keyring_fixture_store (fixture, ID_A, "old", NULL));
  keyring_fixture_signal (fixture, SIGSTOP);
  for (int operation = LOAD; operation <= UNLOCK; operation++)
    assert_fails (fixture, (Operation) operation, CVG_ERROR_KEYRING_UNAVAILABLE);
  g_assert_cmpint (cvg_vault_get_state (fixture->vault), ==, CVG_VAULT_UNAVAILABLE);

  /* Nobody tells that it is back; its late answer does. */
  keyring_fixture_signal (fixture, SIGCONT);
  keyring_fixture_wait_state (fixture, CVG_VAULT_UNLOCKED);
  text = keyring_fixture_load_one (fixture, ID_A);
  g_assert_nonnull (text);
}

static void
test_answers_are_lost (KeyringFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *words;
    Operation operation;
  } vectors[] = {
    { "mute=CreateItem", STORE }, /* while there is no item */
    { "mute=SetSecret", STORE },      { "mute=Get", LOAD },           { "mute=SearchItems", LOAD },
    { "mute=GetSecrets", LOAD },      { "mute=SearchItems", REMOVE }, { "mute=Delete", REMOVE },
    { "mute=Unlock locked", UNLOCK },
  };

  keyring_fixture_spawn_mock (fixture, "");
  g_assert_true (keyring_fixture_store (fixture, ID_B, "is left alone", NULL));
  cvg_vault_secret_set_timeout (CVG_VAULT_SECRET (fixture->vault), SHORT);
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = NULL;
      g_autoptr (GPtrArray) items = NULL;

      g_test_message ("%s", vectors[i].words);
      keyring_fixture_set_words (fixture, vectors[i].words);
      assert_fails (fixture, vectors[i].operation, CVG_ERROR_KEYRING_UNAVAILABLE);
      keyring_fixture_set_words (fixture, "");
      /* What came of it, the next one finds, and decides. */
      g_assert_true (keyring_fixture_store (fixture, ID_A, "decided", NULL));
      text = keyring_fixture_load_one (fixture, ID_A);
      g_assert_cmpstr (text, ==, "decided");
      items = keyring_fixture_load (fixture, NULL);
      g_assert_cmpuint (items->len, ==, 2);
    }
}

/* --- It talks nonsense ------------------------------------------------------------------------ */

static void
test_garbage (KeyringFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *words;
    Operation operation;
    int code;
  } vectors[] = {
    { "garbage=ReadAlias", LOAD, CVG_ERROR_KEYRING_UNAVAILABLE },
    { "garbage=Get", LOAD, CVG_ERROR_KEYRING_UNAVAILABLE },
    { "garbage=SearchItems", LOAD, CVG_ERROR_FAILED },
    { "garbage=GetSecrets", LOAD, CVG_ERROR_FAILED },
    { "garbage=SearchItems", STORE, CVG_ERROR_FAILED },
    { "garbage=SetSecret", STORE, CVG_ERROR_FAILED },
    { "garbage=SearchItems", REMOVE, CVG_ERROR_FAILED },
    { "garbage=Delete", REMOVE, CVG_ERROR_FAILED },
    { "garbage=ReadAlias", UNLOCK, CVG_ERROR_KEYRING_UNAVAILABLE },
    { "garbage=Unlock locked", UNLOCK, CVG_ERROR_FAILED },
  };
  g_autofree char *text = NULL;

  keyring_fixture_spawn_mock (fixture, "");
  g_assert_true (keyring_fixture_store (fixture, ID_A, "old", NULL));
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_test_message ("%s", vectors[i].words);
      keyring_fixture_set_words (fixture, vectors[i].words);
      assert_fails (fixture, vectors[i].operation, vectors[i].code);
    }
  keyring_fixture_set_words (fixture, "");
  text = keyring_fixture_load_one (fixture, ID_A);
  g_assert_cmpstr (text, ==, "old");
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
  add ("/vault-trouble/taken-over", test_taken_over);
  add ("/vault-trouble/taken-over-by-locked", test_taken_over_by_locked);
  add ("/vault-trouble/taken-over-amid", test_taken_over_amid);
  add ("/vault-trouble/dies-amid", test_dies_amid);
  add ("/vault-trouble/never-answers", test_never_answers);
  add ("/vault-trouble/answers-are-lost", test_answers_are_lost);
  add ("/vault-trouble/garbage", test_garbage);
  return keyring_fixture_run_tests (FALSE);
}
