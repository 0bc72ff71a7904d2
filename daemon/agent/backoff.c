/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The back-off, as pure functions. Three kinds of failure have three kinds of patience:
 *
 * passing: when a server comes back after an hour, everybody who uses it waits for it. The cap and
 * the jitter decide how many of them come in the first second: docs/performance.md has the numbers.
 *
 * ambiguous: the token that we hold may have been replaced, and only for a while does the server
 * still take it. So soon at first, then with longer breaks, and not without a last try or two
 * before the while is over.
 *
 * refused: a person has to mend something. Setting the client tries at once, whatever is said here.
 */
#include "agent/backoff.h"

/* Three tries before a token of an hour expires. Doubled instead, the same hour of an outage has
 * half as many requests again. */
#define PASSING_FIRST 30
#define PASSING_FACTOR 4
#define PASSING_CAP (30 * 60)

#define AMBIGUOUS_FIRST 2
#define AMBIGUOUS_FACTOR 4
/* Presented so often at least, even to a server that says nothing of a window: if it did replace
 * the token, soon is the only time at which it may still be lenient. */
#define AMBIGUOUS_TRIES 3
/* With fewer seconds than that left, a try would hardly be answered inside the window. */
#define AMBIGUOUS_LAST 30

#define REFUSED_FIRST (5 * 60)
#define REFUSED_CAP (6 * 60 * 60)

/* Who was told to come back at a time comes a little later, and not with everybody else. */
#define RETRY_AFTER_SPREAD 0.25
#define RETRY_AFTER_SPREAD_MIN (5 * G_TIME_SPAN_SECOND)
#define RETRY_AFTER_SPREAD_MAX (5 * G_TIME_SPAN_MINUTE)
/* Nobody is told more than that with a straight face, and a mistake there must not cost a grant. */
#define RETRY_AFTER_MAX (24 * G_TIME_SPAN_HOUR)

/* The cap is what a program waits at most after a server is back, and how often all of them ask
 * one that is not. */
#define PAUSE_FIRST 5
#define PAUSE_CAP (5 * 60)
/* Who insists may be a program as well, in a loop. */
#define KNOCKS 4
#define KNOCK_PAUSE 5

/* @first × @factor to the power of (@n - 1), but not more than @cap. */
static gint64
grow (gint64 first, gint64 factor, guint n, gint64 cap)
{
  gint64 seconds = first;

  for (guint i = 1; i < n && seconds < cap; i++)
    seconds *= factor;

  return MIN (seconds, cap);
}

/* Half of it for certain, half by chance. With the whole by chance the average wait would be
 * shorter, and those who wait would ask a server that is down half as often again. */
static GTimeSpan
jitter (gint64 seconds, double chance)
{
  return (GTimeSpan) ((double) (seconds * G_TIME_SPAN_SECOND) * (0.5 + 0.5 * chance));
}

static gboolean
is_worth_hurrying (guint n, gint64 window_left)
{
  return n <= AMBIGUOUS_TRIES || window_left >= AMBIGUOUS_LAST;
}

static gint64
count_ambiguous (guint n, gint64 window_left)
{
  gint64 seconds = grow (AMBIGUOUS_FIRST, AMBIGUOUS_FACTOR, n, G_MAXINT32);

  return window_left >= AMBIGUOUS_LAST ? MIN (seconds, window_left / 2) : seconds;
}

/**
 * cvg_backoff_get_delay:
 * @failure: of the last refresh
 * @n: failures of that kind in a row, from 1
 * @window_left: seconds for which the server is known to take a token that it has replaced; 0 or
 *   less: none
 * @chance: at least 0 and less than 1
 *
 * Returns: microseconds from the failure until the next try in the background
 */
GTimeSpan
cvg_backoff_get_delay (CvgFailure failure, guint n, gint64 window_left, double chance)
{
  switch (failure)
    {
    case CVG_FAILURE_AMBIGUOUS:
      if (is_worth_hurrying (n, window_left))
        return jitter (count_ambiguous (n, window_left), chance);
      break;

    case CVG_FAILURE_REFUSED:
      return jitter (grow (REFUSED_FIRST, 2, n, REFUSED_CAP), chance);

    case CVG_FAILURE_PASSING:
    default:
      break;
    }

  return jitter (grow (PASSING_FIRST, PASSING_FACTOR, n, PASSING_CAP), chance);
}

/**
 * cvg_backoff_get_time:
 * @delay: as above
 * @retry_at: Unix seconds before which the server asked not to be asked again; 0: it did not
 * @now: Unix microseconds
 * @chance: at least 0 and less than 1; another one than of @delay
 *
 * Returns: Unix microseconds of the next try
 */
gint64
cvg_backoff_get_time (GTimeSpan delay, gint64 retry_at, gint64 now, double chance)
{
  GTimeSpan asked = 0;

  if (retry_at > now / G_TIME_SPAN_SECOND)
    asked = MIN (retry_at - now / G_TIME_SPAN_SECOND, RETRY_AFTER_MAX / G_TIME_SPAN_SECOND) *
            G_TIME_SPAN_SECOND;
  /* @retry_at is in whole seconds, and the one in which the answer came had begun: one more. */
  if (asked > 0)
    asked += G_TIME_SPAN_SECOND + (GTimeSpan) (chance * CLAMP (RETRY_AFTER_SPREAD * (double) asked,
                                                               (double) RETRY_AFTER_SPREAD_MIN,
                                                               (double) RETRY_AFTER_SPREAD_MAX));

  return now + MAX (delay, asked);
}

/* Seconds that are left of @pause, which began at @failed_at. */
static guint
count_left (gint64 pause, gint64 failed_at, gint64 now)
{
  /* Of the future: the clock was put back. */
  if (failed_at <= 0 || failed_at > now || now - failed_at >= pause)
    return 0;

  return (guint) (pause - (now - failed_at));
}

/**
 * cvg_backoff_get_pause:
 * @failures: passing failures in a row
 * @failed_at: Unix seconds of the last one; 0: there was none, or the network is another one since
 * @now: Unix seconds
 *
 * Programs that ask again at once when they are told to try later must not become a storm on a
 * server that is down. For so long they are told so without asking it.
 *
 * Returns: seconds during which callers are not worth a request yet; 0: they are
 */
guint
cvg_backoff_get_pause (guint failures, gint64 failed_at, gint64 now)
{
  return failures > 0 ? count_left (grow (PAUSE_FIRST, 2, failures, PAUSE_CAP), failed_at, now) : 0;
}

/**
 * cvg_backoff_get_knock_pause: the same for who insists: a few times at once, then every few
 *   seconds, which a person hardly notices and a program in a loop does
 */
guint
cvg_backoff_get_knock_pause (guint failures, gint64 failed_at, gint64 now)
{
  return failures >= KNOCKS ? count_left (KNOCK_PAUSE, failed_at, now) : 0;
}
