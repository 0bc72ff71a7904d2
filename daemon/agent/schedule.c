/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The schedule, a pure function. A token is refreshed when four fifths of its life are over, but
 * early enough that no caller has to wait for it; a refresh token that would die of not being used
 * is used in time.
 *
 * Many tokens of one morning would come back together the next hour. Each has its own draw, which
 * moves it by up to a twentieth of the lifetime either way.
 */
#include "agent/schedule.h"

/* Of a lifetime: the latest point, and how much before it the earliest is. In the middle between
 * them are the four fifths. */
#define LATEST_SHARE 0.85
#define SPREAD_SHARE 0.10

/* What callers want at least if they do not say, and what a slow refresh takes with one repetition;
 * both in seconds. */
#define MIN_VALIDITY 60
#define REFRESH_TAKES 30

/* Less than that, and a token can't be kept good enough for callers however often it is refreshed:
 * their calls refresh it. */
#define SHORT_LIFETIME 120

/* A server that gives tokens for a second would otherwise be asked each second for as long as the
 * session lasts. */
#define MIN_SECONDS_APART 15

/* A clock that was put back shows in credentials of the future. Servers and we may differ by less
 * for honest reasons. */
#define MAX_AHEAD 60

/* No server means more than this; beyond are numbers that would overflow in sums. */
#define MAX_LIFETIME ((gint64) 100 * 366 * 24 * 60 * 60)

/* Seconds from the beginning of a life of @lifetime until @chance has it end. */
static gint64
count_in_life (gint64 lifetime, gboolean for_callers, double chance)
{
  double latest = LATEST_SHARE * (double) lifetime;

  if (for_callers && lifetime >= SHORT_LIFETIME)
    latest = MIN (latest,
                  MAX ((double) (lifetime - MIN_VALIDITY - REFRESH_TAKES), (double) lifetime / 2));

  return (gint64) (latest - chance * SPREAD_SHARE * (double) lifetime);
}

static gint64
get_due_by_expiry (const CvgCredentials *credentials, gint64 now, double chance)
{
  gint64 expires_at = MIN (credentials->expires_at, now + MAX_LIFETIME);
  gint64 obtained_at = credentials->obtained_at;

  if (expires_at <= now)
    return obtained_at > 0 && obtained_at < expires_at ?
               MAX (now, obtained_at + MIN_SECONDS_APART) :
               now;
  /* Nobody knows how long it lives, only how long it still does. */
  if (obtained_at <= 0 || obtained_at >= expires_at)
    return MAX (now, expires_at - MIN_VALIDITY - REFRESH_TAKES);

  return obtained_at +
         MAX (MIN_SECONDS_APART, count_in_life (expires_at - obtained_at, TRUE, chance));
}

/**
 * cvg_schedule_get_due:
 * @idle_lifetime: seconds without use after which the refresh token dies; 0: it does not
 * @now: Unix seconds
 * @chance: at least 0 and less than 1: whose turn is earlier and whose later
 *
 * Returns: Unix seconds at which the token should be refreshed; @now or less: at once; 0: never
 */
gint64
cvg_schedule_get_due (const CvgCredentials *credentials,
                      guint idle_lifetime,
                      gint64 now,
                      double chance)
{
  gint64 due = 0;

  if (credentials->refresh_token == NULL)
    return 0;
  if (credentials->access_token == NULL)
    return now;
  /* How old they really are nobody can tell. */
  if (credentials->obtained_at > now + MAX_AHEAD)
    return now;

  if (credentials->expires_at != 0)
    due = get_due_by_expiry (credentials, now, chance);
  if (idle_lifetime > 0)
    {
      gint64 used_at = MAX (credentials->obtained_at, 0);
      gint64 due_by_use = used_at + count_in_life (idle_lifetime, FALSE, chance);

      due = due == 0 ? due_by_use : MIN (due, due_by_use);
    }

  return due;
}

/**
 * cvg_schedule_draw:
 * @id: of an instance
 * @turn: which draw
 *
 * What looks like chance, and is the same for the same question: who plans again because something
 * else changed comes to the same plan.
 *
 * Returns: at least 0 and less than 1
 */
double
cvg_schedule_draw (const char *id, guint64 turn)
{
  /* FNV-1a, then the last steps of MurmurHash3, since in FNV alone late characters hardly reach the
   * high bits. */
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (const char *at = id; *at != '\0'; at++)
    hash = (hash ^ (guint8) *at) * G_GUINT64_CONSTANT (0x100000001b3);
  hash ^= turn * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  hash = (hash ^ (hash >> 33)) * G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  hash = (hash ^ (hash >> 33)) * G_GUINT64_CONSTANT (0xc4ceb9fe1a85ec53);
  hash ^= hash >> 33;
  /* A double has room for 53 bits. */
  return (double) (hash >> 11) / (double) (G_GUINT64_CONSTANT (1) << 53);
}
