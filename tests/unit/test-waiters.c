/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/waiters.h"

#include "doubles/agent-world.h"

#define SECONDS 24

typedef struct
{
  CvgClockDummy *clock;
  CvgWaiters *waiters;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = cvg_clock_dummy_new (AGENT_WORLD_NOW * G_TIME_SPAN_SECOND);
  fixture->waiters = cvg_waiters_new (CVG_CLOCK (fixture->clock), SECONDS, "It takes its time");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cvg_waiters_free (fixture->waiters);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (fixture->clock), ==, 0);
  g_assert_finalize_object (fixture->clock);
}

static void
add (Fixture *fixture, GCancellable *cancellable, GAsyncResult **slot)
{
  cvg_waiters_add (fixture->waiters, g_task_new (NULL, cancellable, agent_world_on_ready, slot));
}

static void
return_all (GPtrArray *tasks)
{
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (g_ptr_array_index (tasks, i), TRUE);
  agent_world_settle ();
}

static void
assert_failed (GAsyncResult *result, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  g_assert_false (g_task_propagate_boolean (G_TASK (result), &error));
  g_assert_error (error, domain, code);
}

static void
test_take (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GPtrArray) tasks = NULL;
  g_autoptr (GPtrArray) none = NULL;

  add (fixture, NULL, &first);
  add (fixture, NULL, &second);
  agent_world_settle ();
  g_assert_null (first);
  g_assert_null (second);

  tasks = cvg_waiters_take (fixture->waiters);
  g_assert_cmpuint (tasks->len, ==, 2);
  /* Who was taken has no deadline any more: the taker will answer. */
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (fixture->clock), ==, 0);
  none = cvg_waiters_take (fixture->waiters);
  g_assert_cmpuint (none->len, ==, 0);

  return_all (tasks);
  g_assert_true (g_task_propagate_boolean (G_TASK (first), NULL));
  g_assert_true (g_task_propagate_boolean (G_TASK (second), NULL));
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) left = NULL;
  g_autoptr (GAsyncResult) stays = NULL;
  g_autoptr (GPtrArray) tasks = NULL;

  add (fixture, cancellable, &left);
  add (fixture, NULL, &stays);
  g_cancellable_cancel (cancellable);
  agent_world_settle ();

  /* At once, and the other one does not notice. */
  assert_failed (left, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (stays);
  tasks = cvg_waiters_take (fixture->waiters);
  g_assert_cmpuint (tasks->len, ==, 1);
  return_all (tasks);
  g_assert_true (g_task_propagate_boolean (G_TASK (stays), NULL));
}

static void
test_cancelled_before (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) left = NULL;

  g_cancellable_cancel (cancellable);
  add (fixture, cancellable, &left);
  g_assert_null (left);
  agent_world_settle ();
  assert_failed (left, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_deadline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) early = NULL;
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GPtrArray) tasks = NULL;

  add (fixture, NULL, &early);
  cvg_clock_dummy_advance (fixture->clock, 10 * G_TIME_SPAN_SECOND);
  add (fixture, NULL, &late);
  cvg_clock_dummy_advance (fixture->clock, (SECONDS - 10) * G_TIME_SPAN_SECOND - 1);
  agent_world_settle ();
  g_assert_null (early);

  /* Each has its own: the second came ten seconds later. */
  cvg_clock_dummy_advance (fixture->clock, 1);
  agent_world_settle ();
  assert_failed (early, CVG_ERROR, CVG_ERROR_TRY_LATER);
  g_assert_null (late);
  cvg_clock_dummy_advance (fixture->clock, 10 * G_TIME_SPAN_SECOND);
  agent_world_settle ();
  assert_failed (late, CVG_ERROR, CVG_ERROR_TRY_LATER);

  tasks = cvg_waiters_take (fixture->waiters);
  g_assert_cmpuint (tasks->len, ==, 0);
}

static void
test_message (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GError) error = NULL;

  add (fixture, NULL, &late);
  /* A jump, as after a suspend. */
  cvg_clock_dummy_set_now (fixture->clock, (AGENT_WORLD_NOW + 3600) * G_TIME_SPAN_SECOND);
  agent_world_settle ();
  g_assert_nonnull (late);
  g_assert_false (g_task_propagate_boolean (G_TASK (late), &error));
  g_assert_cmpstr (error->message, ==, "It takes its time");
}

static void
test_cancel_after_take (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) taken = NULL;
  g_autoptr (GPtrArray) tasks = NULL;

  add (fixture, cancellable, &taken);
  tasks = cvg_waiters_take (fixture->waiters);
  g_cancellable_cancel (cancellable);
  agent_world_settle ();
  /* Answered by the taker alone, or it would be answered twice. */
  g_assert_null (taken);
  return_all (tasks);
  assert_failed (taken, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_long (Fixture *fixture, gconstpointer data)
{
  CvgWaiters *patient = cvg_waiters_new (CVG_CLOCK (fixture->clock), 86400, "A day is over");
  g_autoptr (GAsyncResult) slot = NULL;

  /* A day has more microseconds than 32 bits can count. */
  cvg_waiters_add (patient, g_task_new (NULL, NULL, agent_world_on_ready, &slot));
  cvg_clock_dummy_advance (fixture->clock, 86399 * G_TIME_SPAN_SECOND);
  agent_world_settle ();
  g_assert_null (slot);
  cvg_clock_dummy_advance (fixture->clock, G_TIME_SPAN_SECOND);
  agent_world_settle ();
  assert_failed (slot, CVG_ERROR, CVG_ERROR_TRY_LATER);
  cvg_waiters_free (patient);
}

static void
test_patient (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) slot = NULL;
  g_autoptr (GPtrArray) tasks = NULL;

  cvg_waiters_add_patient (fixture->waiters, g_task_new (NULL, NULL, agent_world_on_ready, &slot));
  /* Not even an alarm: ten thousand of them wait on a bad morning. */
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (fixture->clock), ==, 0);
  cvg_clock_dummy_advance (fixture->clock, 1000 * SECONDS * G_TIME_SPAN_SECOND);
  agent_world_settle ();
  g_assert_null (slot);
  tasks = cvg_waiters_take (fixture->waiters);
  return_all (tasks);
  g_assert_nonnull (slot);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/waiters/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD ("taken-are-all-who-wait", test_take);
  ADD ("one-cancels-the-others-stay", test_cancel);
  ADD ("cancelled-before-it-waits", test_cancelled_before);
  ADD ("each-has-a-deadline-of-its-own", test_deadline);
  ADD ("who-is-late-is-told-so", test_message);
  ADD ("cancelled-after-it-was-taken", test_cancel_after_take);
  ADD ("a-long-deadline", test_long);
  ADD ("the-patient-have-none", test_patient);

  return g_test_run ();
}
