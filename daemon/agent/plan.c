/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plan of one instance, a pure function: schedule.c when all is well, backoff.c after a
 * failure, and what the network's hint has to say to either.
 */
#include "agent/plan.h"

#include "agent/backoff.h"
#include "agent/schedule.h"

/* A keyring that takes nothing for so many rotations has to take something before the next one: a
 * seal is written for each token that it may hold. */
#define MAX_ANCHORS 8

/* After a failure, even if everything has changed for the better since: networks come up in many
 * small steps. */
#define BREATH (2 * G_TIME_SPAN_SECOND)

/* Seconds for which a hint that there is no network is believed at most, and how long before its
 * end that of a token is near. */
#define BELIEF (24 * 60 * 60)
#define LAST_MINUTE 90

static gboolean
can_be_refreshed (const CvgEntry *entry)
{
  return !entry->removed && entry->record->dead_reason == NULL && entry->provider != NULL &&
         entry->credentials != NULL && entry->credentials->refresh_token != NULL &&
         cvg_entry_has_refresh_endpoint (entry) && entry->anchors->len <= MAX_ANCHORS;
}

static gboolean
is_mended (const CvgEntry *entry)
{
  return entry->refused && entry->failures == 0;
}

static CvgFailure
get_failure (const CvgEntry *entry)
{
  if (entry->refused)
    return CVG_FAILURE_REFUSED;

  return entry->spent_at != 0 ? CVG_FAILURE_AMBIGUOUS : CVG_FAILURE_PASSING;
}

/* Unix microseconds before which it is too early after the last failure; 0: there was none. */
static gint64
get_retry_time (const CvgEntry *entry, const CvgOutlook *outlook)
{
  /* Not of the future, if the clock was put back. */
  gint64 failed_at = MIN (entry->failed_at, outlook->now / G_TIME_SPAN_SECOND);
  gint64 spent_at = MIN (entry->spent_at, failed_at);
  guint n = entry->failures;
  GTimeSpan delay = BREATH;

  if (entry->failed_at == 0)
    return 0;

  if (entry->spent_at != 0)
    n -= MIN (outlook->failures_before, n);
  if (n > 0)
    delay = cvg_backoff_get_delay (
        get_failure (entry), n, spent_at + entry->provider->refresh_token_reuse_window - failed_at,
        cvg_schedule_draw (entry->record->id, (guint64) failed_at));

  return cvg_backoff_get_time (delay, entry->retry_at, failed_at * G_TIME_SPAN_SECOND,
                               cvg_schedule_draw (entry->record->id, ~(guint64) failed_at));
}

/* A hint, no more. It is not believed so long that callers would meet a token that is no longer
 * good, nor so long that a refresh token would die of it. */
static gint64
get_end_of_belief (const CvgEntry *entry, gint64 due, gint64 now)
{
  gint64 expires_at = entry->credentials->expires_at;

  /* At once means that there is nothing to lose by trying. */
  if (due == now)
    return due;
  if (expires_at != 0)
    return MAX (due, MIN (expires_at - LAST_MINUTE, due + BELIEF));

  return due + BELIEF;
}

/**
 * cvg_plan_get_time:
 *
 * Returns: Unix microseconds at which @entry is to be refreshed; now or earlier: at once; 0: not at
 *   all
 */
gint64
cvg_plan_get_time (const CvgEntry *entry, const CvgOutlook *outlook)
{
  gint64 now = outlook->now / G_TIME_SPAN_SECOND;
  gint64 retry_time = 0;
  gint64 due = 0;

  if (!can_be_refreshed (entry))
    return 0;

  retry_time = get_retry_time (entry, outlook);
  /* However good the access token still is, and whatever the hint: the server takes the refresh
   * token for a while only, if it has replaced it. */
  if (entry->spent_at != 0)
    return MAX (outlook->now, retry_time);

  due = cvg_schedule_get_due (entry->credentials, entry->provider->refresh_token_idle_lifetime, now,
                              cvg_schedule_draw (entry->record->id, entry->credentials->serial));
  /* What is known to be wrong shall not stay open until the token that is still good has grown old:
   * whether a client that was set anew mends it, and whether a server that somebody asked in vain
   * is there again. */
  if (is_mended (entry) || (entry->unreachable && outlook->is_online))
    due = now;
  if (due == 0)
    return 0;
  if (!outlook->is_online)
    due = get_end_of_belief (entry, due, now);

  return MAX (due * G_TIME_SPAN_SECOND, retry_time);
}
