/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Waiters of shared work. Each waits with a task, a cancellable and, unless nobody is in a hurry
 * for it, a deadline of its own: whoever cancels or runs out of time is answered at once and taken
 * off the list, and the work goes on for the others, or for nobody.
 */
#include "agent/waiters.h"

#include "dbus/error.h"

typedef struct
{
  CvgWaiters *waiters;   /* (borrowed): the list it is on */
  GTask *task;           /* (owned) */
  GSource *cancellation; /* (owned) (nullable) */
  guint deadline;        /* alarm; 0: it is patient */
} Waiter;

struct _CvgWaiters
{
  CvgClock *clock;    /* (owned) */
  guint seconds;      /* that each may wait */
  char *late_message; /* (owned): what who ran out of time is told */
  GPtrArray *list;    /* (owned) (element-type Waiter) */
};

static void
waiter_free (Waiter *waiter)
{
  if (waiter->cancellation != NULL)
    {
      g_source_destroy (waiter->cancellation);
      g_source_unref (waiter->cancellation);
    }
  cvg_clock_clear_alarm (waiter->waiters->clock, &waiter->deadline);
  g_clear_object (&waiter->task);
  g_free (waiter);
}

/**
 * cvg_waiters_new:
 * @clock: (transfer none): for the deadlines
 * @seconds: that each waiter has
 * @late_message: what a waiter is told, with %CVG_ERROR_TRY_LATER, when they are over
 */
CvgWaiters *
cvg_waiters_new (CvgClock *clock, guint seconds, const char *late_message)
{
  CvgWaiters *waiters = g_new0 (CvgWaiters, 1);

  waiters->clock = g_object_ref (clock);
  waiters->seconds = seconds;
  waiters->late_message = g_strdup (late_message);
  waiters->list = g_ptr_array_new_with_free_func ((GDestroyNotify) waiter_free);
  return waiters;
}

/** cvg_waiters_free: nobody may be left on it */
void
cvg_waiters_free (CvgWaiters *waiters)
{
  g_assert (waiters->list->len == 0);
  g_ptr_array_unref (waiters->list);
  g_object_unref (waiters->clock);
  g_free (waiters->late_message);
  g_free (waiters);
}

static GTask *
leave (Waiter *waiter)
{
  GTask *task = g_steal_pointer (&waiter->task);

  g_ptr_array_remove_fast (waiter->waiters->list, waiter);
  return task;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = leave (user_data);

  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
on_deadline (gpointer user_data)
{
  Waiter *waiter = user_data;
  g_autofree char *message = g_strdup (waiter->waiters->late_message);
  g_autoptr (GTask) task = NULL;

  waiter->deadline = 0;
  task = leave (waiter);
  g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_TRY_LATER, "%s", message);
}

static Waiter *
add (CvgWaiters *waiters, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->waiters = waiters;
  waiter->task = task;
  if (cancellable != NULL)
    {
      waiter->cancellation = g_cancellable_source_new (cancellable);
      g_source_set_callback (waiter->cancellation, G_SOURCE_FUNC (on_cancelled), waiter, NULL);
      g_source_attach (waiter->cancellation, g_task_get_context (task));
    }
  g_ptr_array_add (waiters->list, waiter);
  return waiter;
}

/** cvg_waiters_add: @task (transfer full) waits from now on, until its time is over */
void
cvg_waiters_add (CvgWaiters *waiters, GTask *task)
{
  Waiter *waiter = add (waiters, task);

  waiter->deadline = cvg_clock_add_alarm (
      waiters->clock, cvg_clock_get_now (waiters->clock) + waiters->seconds * G_TIME_SPAN_SECOND,
      on_deadline, waiter, NULL);
}

/** cvg_waiters_add_patient: @task (transfer full) waits from now on, for as long as it takes */
void
cvg_waiters_add_patient (CvgWaiters *waiters, GTask *task)
{
  add (waiters, task);
}

/**
 * cvg_waiters_take:
 *
 * Returns: (transfer full) (element-type GTask): who still waits; to be returned by the caller. The
 *   list is empty after
 */
GPtrArray *
cvg_waiters_take (CvgWaiters *waiters)
{
  GPtrArray *tasks = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < waiters->list->len; i++)
    g_ptr_array_add (tasks,
                     g_steal_pointer (&((Waiter *) g_ptr_array_index (waiters->list, i))->task));

  g_ptr_array_set_size (waiters->list, 0);
  return tasks;
}
