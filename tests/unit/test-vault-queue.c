/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/vault-queue.h"

#include "doubles/agent-world.h"

#define KIND CVG_VAULT_CREDENTIALS

typedef struct
{
  CvgVaultDummy *vault;
  CvgVaultQueue *queue;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->vault = cvg_vault_dummy_new (CVG_VAULT_UNLOCKED);
  fixture->queue = cvg_vault_queue_new (CVG_VAULT (fixture->vault));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  agent_world_settle ();
  g_assert_true (cvg_vault_queue_is_idle (fixture->queue));
  g_assert_finalize_object (fixture->queue);
  g_assert_finalize_object (fixture->vault);
}

static void
store (Fixture *fixture, const char *id, const char *text, GAsyncResult **slot)
{
  g_autoptr (CvgSecret) secret = cvg_secret_new (text);

  cvg_vault_queue_store_async (fixture->queue, KIND, id, "Label", secret, NULL, NULL, NULL,
                               agent_world_on_ready, slot);
}

static gboolean
finish_write (Fixture *fixture, GAsyncResult *result, GError **error)
{
  g_assert_nonnull (result);
  return cvg_vault_queue_write_finish (fixture->queue, result, error);
}

static void
assert_written (Fixture *fixture, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (finish_write (fixture, result, &error));
  g_assert_no_error (error);
}

static const char *
peek (Fixture *fixture, const char *id)
{
  const CvgSecret *secret = cvg_vault_dummy_peek (fixture->vault, KIND, id);

  return secret != NULL ? cvg_secret_peek (secret) : NULL;
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) removed = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  cvg_vault_dummy_hold (fixture->vault, CVG_VAULT_DUMMY_STORE);
  store (fixture, "a", "hush-1", &first);
  cvg_vault_queue_remove_async (fixture->queue, KIND, "a", agent_world_on_ready, &removed);
  store (fixture, "a", "hush-2", &second);
  agent_world_settle ();

  /* One at a time: the vault does not even know of the others yet. */
  g_assert_cmpuint (cvg_vault_dummy_count_calls (fixture->vault, CVG_VAULT_DUMMY_STORE), ==, 1);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (fixture->vault, CVG_VAULT_DUMMY_REMOVE), ==, 0);
  g_assert_null (first);
  g_assert_null (removed);
  g_assert_false (cvg_vault_queue_is_idle (fixture->queue));

  cvg_vault_dummy_release (fixture->vault, CVG_VAULT_DUMMY_STORE);
  cvg_vault_dummy_hold (fixture->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_world_settle ();
  assert_written (fixture, first);
  g_assert_cmpstr (peek (fixture, "a"), ==, "hush-1");
  g_assert_cmpstr (cvg_vault_dummy_peek_label (fixture->vault, KIND, "a"), ==, "Label");
  g_assert_null (removed);
  g_assert_null (second);

  cvg_vault_dummy_release (fixture->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_world_settle ();
  assert_written (fixture, removed);
  assert_written (fixture, second);
  g_assert_cmpstr (peek (fixture, "a"), ==, "hush-2");
}

static void
test_load_between_writes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) before = NULL;
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) after = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;

  store (fixture, "a", "hush-1", &before);
  cvg_vault_queue_load_async (fixture->queue, agent_world_on_ready, &loaded);
  store (fixture, "a", "hush-2", &after);
  g_assert_null (loaded);
  agent_world_settle ();

  /* What a read finds is what the writes before it left, and nothing of those after it. */
  assert_written (fixture, before);
  items = cvg_vault_queue_load_finish (fixture->queue, loaded, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, 1);
  g_assert_cmpstr (cvg_secret_peek (((CvgVaultItem *) items->pdata[0])->secret), ==, "hush-1");
  assert_written (fixture, after);
  g_assert_cmpstr (peek (fixture, "a"), ==, "hush-2");
}

static void
test_failure_is_one_operations_own (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) bad = NULL;
  g_autoptr (GAsyncResult) bad_load = NULL;
  g_autoptr (GAsyncResult) good = NULL;
  g_autoptr (GError) error = NULL;

  cvg_vault_dummy_fail_next (fixture->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  cvg_vault_dummy_fail_next (fixture->vault, CVG_VAULT_DUMMY_LOAD_ALL, CVG_ERROR_KEYRING_LOCKED);
  store (fixture, "a", "hush-1", &bad);
  cvg_vault_queue_load_async (fixture->queue, agent_world_on_ready, &bad_load);
  store (fixture, "b", "hush-2", &good);
  agent_world_settle ();

  g_assert_false (finish_write (fixture, bad, &error));
  agent_world_assert_error (error, CVG_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_null (cvg_vault_queue_load_finish (fixture->queue, bad_load, &error));
  agent_world_assert_error (error, CVG_ERROR_KEYRING_LOCKED);
  assert_written (fixture, good);
  g_assert_null (peek (fixture, "a"));
}

/* ---- checks ---------------------------------------------------------------------------------- */

typedef struct
{
  gboolean holds;
  guint asked;
  guint destroyed;
} Check;

static gboolean
check (gpointer user_data, GError **error)
{
  Check *its = user_data;

  its->asked++;
  if (!its->holds)
    g_set_error_literal (error, CVG_ERROR, CVG_ERROR_CANCELLED, "It is void");
  return its->holds;
}

static void
destroy_check (gpointer user_data)
{
  ((Check *) user_data)->destroyed++;
}

static void
store_checked (Fixture *fixture, const char *id, Check *its, GAsyncResult **slot)
{
  g_autoptr (CvgSecret) secret = cvg_secret_new ("hush-checked");

  cvg_vault_queue_store_async (fixture->queue, KIND, id, "Label", secret, check, its, destroy_check,
                               agent_world_on_ready, slot);
}

static void
test_check_at_its_turn (Fixture *fixture, gconstpointer data)
{
  Check void_by_then = { .holds = TRUE };
  Check good_by_then = { .holds = FALSE };
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GError) error = NULL;

  cvg_vault_dummy_hold (fixture->vault, CVG_VAULT_DUMMY_STORE);
  store (fixture, "a", "hush-1", &first);
  store_checked (fixture, "b", &void_by_then, &refused);
  store_checked (fixture, "c", &good_by_then, &done);
  agent_world_settle ();
  g_assert_cmpuint (void_by_then.asked, ==, 0);
  g_assert_cmpuint (good_by_then.asked, ==, 0);

  /* It counts what holds when the turn has come, not what held when it was asked for. */
  void_by_then.holds = FALSE;
  good_by_then.holds = TRUE;
  cvg_vault_dummy_release (fixture->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();

  assert_written (fixture, first);
  g_assert_false (finish_write (fixture, refused, &error));
  agent_world_assert_error (error, CVG_ERROR_CANCELLED);
  assert_written (fixture, done);
  g_assert_null (peek (fixture, "b"));
  g_assert_cmpstr (peek (fixture, "c"), ==, "hush-checked");
  g_assert_cmpuint (cvg_vault_dummy_count_calls (fixture->vault, CVG_VAULT_DUMMY_STORE), ==, 2);

  g_assert_cmpuint (void_by_then.asked, ==, 1);
  g_assert_cmpuint (void_by_then.destroyed, ==, 1);
  g_assert_cmpuint (good_by_then.asked, ==, 1);
  g_assert_cmpuint (good_by_then.destroyed, ==, 1);
}

/* A write that makes the next one void, by the conclusions of whoever waited for it. */
typedef struct
{
  Check *next;
  gboolean done;
} Conclusion;

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Conclusion *conclusion = user_data;

  g_assert_true (cvg_vault_queue_write_finish (CVG_VAULT_QUEUE (source), result, NULL));
  conclusion->next->holds = FALSE;
  conclusion->done = TRUE;
}

static void
test_conclusions_come_first (Fixture *fixture, gconstpointer data)
{
  Check next = { .holds = TRUE };
  Conclusion conclusion = { .next = &next };
  g_autoptr (CvgSecret) secret = cvg_secret_new ("hush-1");
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GError) error = NULL;

  cvg_vault_queue_store_async (fixture->queue, KIND, "a", "Label", secret, NULL, NULL, NULL,
                               on_written, &conclusion);
  store_checked (fixture, "a", &next, &refused);
  agent_world_settle ();

  g_assert_true (conclusion.done);
  g_assert_false (finish_write (fixture, refused, &error));
  agent_world_assert_error (error, CVG_ERROR_CANCELLED);
  g_assert_cmpstr (peek (fixture, "a"), ==, "hush-1");
}

/* A write that asks for another one, from inside its callback. */
typedef struct
{
  Fixture *fixture;
  GAsyncResult *again;
} Follower;

static void
on_written_store_more (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Follower *follower = user_data;

  g_assert_true (cvg_vault_queue_write_finish (CVG_VAULT_QUEUE (source), result, NULL));
  store (follower->fixture, "a", "hush-3", &follower->again);
}

static void
test_nothing_overtakes (Fixture *fixture, gconstpointer data)
{
  Follower follower = { .fixture = fixture };
  g_autoptr (CvgSecret) secret = cvg_secret_new ("hush-1");
  g_autoptr (GAsyncResult) waiting = NULL;

  cvg_vault_queue_store_async (fixture->queue, KIND, "a", "Label", secret, NULL, NULL, NULL,
                               on_written_store_more, &follower);
  store (fixture, "a", "hush-2", &waiting);
  agent_world_settle ();

  /* The third was asked for while the second waited, and comes after it. */
  assert_written (fixture, waiting);
  assert_written (fixture, follower.again);
  g_assert_cmpstr (peek (fixture, "a"), ==, "hush-3");
  g_clear_object (&follower.again);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/vault-queue/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD ("one-at-a-time-in-order", test_order);
  ADD ("a-read-sees-the-writes-before-it", test_load_between_writes);
  ADD ("a-failure-is-one-operations-own", test_failure_is_one_operations_own);
  ADD ("a-check-is-asked-at-its-turn", test_check_at_its_turn);
  ADD ("conclusions-come-before-the-next-check", test_conclusions_come_first);
  ADD ("nothing-overtakes", test_nothing_overtakes);

  return g_test_run ();
}
