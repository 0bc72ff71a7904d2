/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When a server that could not be told is told again. Its patience is that of a refresh at first,
 * and then much longer: nobody waits for it.
 */
#include "agent/matter.h"

#include "agent/backoff.h"
#include "agent/schedule.h"

/* What a caller waits for the server: less than half of what D-Bus clients wait for an answer. */
#define WAITER_SECONDS 10

/* After so long the tokens of most servers have died by themselves. */
#define GIVE_UP (30 * G_TIME_SPAN_DAY)

/* For so many attempts, a few hours, an outage is waited out as any other. Then it is a server that
 * is gone, or a machine that is hardly ever on line. */
#define ATTEMPTS_IN_HASTE 8

/* A network that comes and goes is not used each time. */
#define MIN_APART (5 * G_TIME_SPAN_SECOND)

/** cvg_matter_new: @revocation (transfer full) is to be carried out at once */
CvgMatter *
cvg_matter_new (CvgRevocation *revocation, CvgClock *clock)
{
  CvgMatter *matter = g_new0 (CvgMatter, 1);

  matter->revocation = revocation;
  matter->waiters = cvg_waiters_new (clock, WAITER_SECONDS, "The server takes its time");
  matter->next_at = cvg_clock_get_now (clock);
  return matter;
}

/** cvg_matter_free: nobody may wait for it */
void
cvg_matter_free (CvgMatter *matter)
{
  cvg_waiters_free (matter->waiters);
  cvg_revocation_free (matter->revocation);
  g_free (matter);
}

/** cvg_matter_is_waiting: Returns: whether nothing but time is missing for the next attempt */
gboolean
cvg_matter_is_waiting (const CvgMatter *matter)
{
  return !matter->is_held && !matter->is_under_way;
}

/** cvg_matter_is_in_keyring_alone: Returns: whether memory may forget it: the keyring has it */
gboolean
cvg_matter_is_in_keyring_alone (const CvgMatter *matter)
{
  return cvg_matter_is_waiting (matter) && matter->is_stored;
}

/**
 * cvg_matter_is_hopeless:
 * @now: Unix microseconds
 *
 * Returns: whether one that has failed is not worth another attempt: it is too old, or nothing but
 *   memory has it
 */
gboolean
cvg_matter_is_hopeless (const CvgMatter *matter, gint64 now)
{
  gint64 age = now / G_TIME_SPAN_SECOND - matter->revocation->created_at;

  return !matter->is_stored || age > GIVE_UP / G_TIME_SPAN_SECOND;
}

/** cvg_matter_answer: who waits is told whether the server confirmed */
void
cvg_matter_answer (CvgMatter *matter, gboolean is_confirmed)
{
  g_autoptr (GPtrArray) tasks = cvg_waiters_take (matter->waiters);

  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (g_ptr_array_index (tasks, i), is_confirmed);
}

/**
 * cvg_matter_postpone:
 * @now: Unix microseconds
 * @retry_after: seconds that the server asked to wait; 0: it did not
 *
 * One more attempt came to nothing.
 */
void
cvg_matter_postpone (CvgMatter *matter, gint64 now, guint retry_after)
{
  const char *id = matter->revocation->id;
  guint n = ++matter->revocation->attempts;
  CvgFailure failure = n <= ATTEMPTS_IN_HASTE ? CVG_FAILURE_PASSING : CVG_FAILURE_REFUSED;
  gint64 retry_at = retry_after > 0 ? now / G_TIME_SPAN_SECOND + retry_after : 0;
  GTimeSpan delay = cvg_backoff_get_delay (failure, n, 0, cvg_schedule_draw (id, 2 * (guint64) n));

  matter->next_at =
      cvg_backoff_get_time (delay, retry_at, now, cvg_schedule_draw (id, 2 * (guint64) n + 1));
  matter->retry_at = retry_at > 0 ? matter->next_at : 0;
}

/** cvg_matter_hurry: there is a network, or another one: what failed for want of it need not wait;
 * what the server asked for is waited for */
void
cvg_matter_hurry (CvgMatter *matter)
{
  if (matter->retry_at == 0)
    matter->next_at = MIN (matter->next_at, matter->tried_at + MIN_APART);
}

/** cvg_matter_shift: somebody set the clock by @by microseconds; no time passed for it */
void
cvg_matter_shift (CvgMatter *matter, gint64 by)
{
  matter->next_at += by;
  if (matter->tried_at != 0)
    matter->tried_at += by;
  if (matter->retry_at != 0)
    matter->retry_at += by;
}
