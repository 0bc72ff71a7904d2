/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A fleet of desktops and one token endpoint that is away for an hour. What is simulated of a
 * desktop is the daemon's own code: agent/schedule.c says when its token is due, agent/backoff.c
 * what follows a failure, for itself and for the programs that ask. What is not simulated: sleep,
 * networks of their own, people.
 *
 *   outage [--desktops=N] [--check]
 *
 * prints the tables of docs/performance.md. With --check it fails if a load is higher than it
 * should be; the tests run that with a small fleet.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/backoff.h"
#include "agent/schedule.h"

#define HOUR 3600
#define LIFETIME HOUR
#define REUSE_WINDOW 600
#define MIN_VALIDITY 60

/* Seconds of the simulation: three hours to forget how it began, the outage, what follows. */
#define OUTAGE_BEGIN (3 * HOUR)
#define OUTAGE_END (4 * HOUR)
#define END (8 * HOUR)

/* Second 0, as Unix seconds. */
#define EPOCH G_GINT64_CONSTANT (1700000000)

#define NEVER (-1)

/** Trouble: what is seen of the endpoint while it is away */
typedef enum
{
  TROUBLE_NOT_HANDLED, /* no connection, or 503 */
  TROUBLE_NO_ANSWER,   /* 500, 504, or silence: the refresh token may have been replaced */
} Trouble;

/** Jitter: of the back-off: that of agent/backoff.c, or another to compare it with */
typedef enum
{
  JITTER_OURS,
  JITTER_NONE,
  JITTER_EQUAL,
  JITTER_FULL,
} Jitter;

/**
 * Scenario:
 * @retry_after: seconds that the endpoint asks for; 0: it does not
 * @asking: per cent of the desktops on which a program asks for a token each minute
 * @capacity: what the endpoint can do after the outage, as a multiple of the steady load; the rest
 *   gets 503. 0: anything
 * @cap: seconds; of another back-off than ours
 * @most_during: what --check takes as the average load of the outage, as a multiple of the steady
 *   one; 0: anything
 * @most_after: likewise, as the peak after it
 */
typedef struct
{
  const char *name;
  Trouble trouble;
  guint retry_after;
  guint asking;
  double capacity;
  Jitter jitter;
  guint cap;
  double most_during;
  double most_after;
} Scenario;

typedef struct
{
  gint32 obtained_at;
  gint32 failed_at; /* NEVER: the last refresh did not fail */
  gint32 spent_at;  /* NEVER: no doubt about the refresh token */
  gint32 retry_at;  /* 0: not asked for */
  guint16 failures;
  guint16 failures_before;
} Desktop;

/* Each desktop has two events: 2i is its own next refresh, 2i + 1 that a program asks. */
typedef struct
{
  gint32 second; /* NEVER: it is in no list */
  gint32 previous;
  gint32 next;
} Event;

typedef struct
{
  const Scenario *scenario;
  guint n;
  Desktop *desktops;       /* (owned) */
  Event *events;           /* (owned) */
  gint32 *first;           /* (owned): the list of each second */
  guint *requests;         /* (owned): in each second */
  guint *stale;            /* (owned): desktops without a good token, in each second */
  CvgCredentials *scratch; /* (owned): one for all */
  guint64 random;
} Fleet;

/* SplitMix64: fast, and good enough for tables. */
static double
draw (Fleet *fleet)
{
  guint64 z = fleet->random += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  z ^= z >> 31;
  return (double) (z >> 11) / (double) (G_GUINT64_CONSTANT (1) << 53);
}

/* ---- events ---------------------------------------------------------------------------------- */

static void
take_out (Fleet *fleet, gint32 which)
{
  Event *event = &fleet->events[which];

  if (event->second == NEVER)
    return;

  if (event->previous != NEVER)
    fleet->events[event->previous].next = event->next;
  else
    fleet->first[event->second] = event->next;
  if (event->next != NEVER)
    fleet->events[event->next].previous = event->previous;
  event->second = NEVER;
}

static void
put_in (Fleet *fleet, gint32 which, gint64 second)
{
  Event *event = &fleet->events[which];

  take_out (fleet, which);
  if (second >= END)
    return;

  event->second = (gint32) second;
  event->previous = NEVER;
  event->next = fleet->first[second];
  if (event->next != NEVER)
    fleet->events[event->next].previous = which;
  fleet->first[second] = which;
}

/* ---- a desktop ------------------------------------------------------------------------------- */

static gboolean
is_stale (const Desktop *desktop, gint32 now)
{
  return desktop->obtained_at + LIFETIME - MIN_VALIDITY < now;
}

static gint64
get_due (Fleet *fleet, const Desktop *desktop, gint32 now)
{
  fleet->scratch->obtained_at = EPOCH + desktop->obtained_at;
  fleet->scratch->expires_at = EPOCH + desktop->obtained_at + LIFETIME;
  return cvg_schedule_get_due (fleet->scratch, 0, EPOCH + now, draw (fleet)) - EPOCH;
}

static GTimeSpan
get_other_delay (Fleet *fleet, guint n)
{
  double most = MIN (30.0 * (double) (1 << MIN (n - 1, 16)), fleet->scenario->cap);
  double chance = draw (fleet);

  switch (fleet->scenario->jitter)
    {
    case JITTER_FULL:
      return (GTimeSpan) (most * chance * G_TIME_SPAN_SECOND);
    case JITTER_EQUAL:
      return (GTimeSpan) (most * (0.5 + 0.5 * chance) * G_TIME_SPAN_SECOND);
    case JITTER_NONE:
    case JITTER_OURS:
    default:
      return (GTimeSpan) (most * G_TIME_SPAN_SECOND);
    }
}

static gint64
get_retry (Fleet *fleet, const Desktop *desktop, gint32 now)
{
  gboolean is_ambiguous = desktop->spent_at != NEVER;
  guint n = desktop->failures - (is_ambiguous ? desktop->failures_before : 0);
  GTimeSpan delay = 0;

  if (fleet->scenario->jitter != JITTER_OURS)
    delay = get_other_delay (fleet, n);
  else
    delay = cvg_backoff_get_delay (is_ambiguous ? CVG_FAILURE_AMBIGUOUS : CVG_FAILURE_PASSING, n,
                                   desktop->spent_at + REUSE_WINDOW - now, draw (fleet));

  return cvg_backoff_get_time (delay, desktop->retry_at > 0 ? EPOCH + desktop->retry_at : 0,
                               (EPOCH + now) * G_TIME_SPAN_SECOND, draw (fleet)) /
             G_TIME_SPAN_SECOND -
         EPOCH;
}

static void
succeed (Fleet *fleet, gint32 i, gint32 now)
{
  Desktop *desktop = &fleet->desktops[i];

  desktop->obtained_at = now;
  desktop->failed_at = NEVER;
  desktop->spent_at = NEVER;
  desktop->retry_at = 0;
  desktop->failures = 0;
  put_in (fleet, 2 * i, get_due (fleet, desktop, now));
  if ((guint) i % 100 < fleet->scenario->asking)
    /* Its minute is not ours. */
    put_in (fleet, 2 * i + 1, now + LIFETIME - MIN_VALIDITY + (gint64) (draw (fleet) * 60) + 1);
}

static void
fail (Fleet *fleet, gint32 i, gint32 now, gboolean is_ambiguous)
{
  Desktop *desktop = &fleet->desktops[i];
  gint64 due = 0;

  if (is_ambiguous && desktop->spent_at == NEVER)
    {
      desktop->spent_at = now;
      desktop->failures_before = desktop->failures;
    }
  desktop->failures++;
  desktop->failed_at = now;
  desktop->retry_at =
      fleet->scenario->retry_after > 0 ? now + (gint32) fleet->scenario->retry_after : 0;
  due = get_due (fleet, desktop, now);
  if (desktop->spent_at != NEVER)
    due = now;
  put_in (fleet, 2 * i, MAX (MAX (due, get_retry (fleet, desktop, now)), now + 1));
}

/* ---- the endpoint ---------------------------------------------------------------------------- */

static double
get_steady_load (const Fleet *fleet)
{
  return fleet->n / (0.8 * LIFETIME);
}

static void
request (Fleet *fleet, gint32 i, gint32 now)
{
  const Scenario *scenario = fleet->scenario;
  guint place = ++fleet->requests[now];

  if (now >= OUTAGE_BEGIN && now < OUTAGE_END)
    fail (fleet, i, now, scenario->trouble == TROUBLE_NO_ANSWER);
  else if (now >= OUTAGE_END && scenario->capacity > 0 &&
           place > scenario->capacity * get_steady_load (fleet))
    fail (fleet, i, now, FALSE);
  else
    succeed (fleet, i, now);
}

static void
ask (Fleet *fleet, gint32 i, gint32 now)
{
  const Desktop *desktop = &fleet->desktops[i];

  /* It was refreshed in time: no program met it, and succeed() has set the next time. */
  if (!is_stale (desktop, now))
    return;

  put_in (fleet, 2 * i + 1, now + 60);
  if (desktop->retry_at > now ||
      cvg_backoff_get_pause (desktop->failures,
                             desktop->failed_at != NEVER ? EPOCH + desktop->failed_at : 0,
                             EPOCH + now) > 0)
    return;

  request (fleet, i, now);
}

/* ---- a run ----------------------------------------------------------------------------------- */

static Fleet *
fleet_new (const Scenario *scenario, guint n)
{
  Fleet *fleet = g_new0 (Fleet, 1);

  fleet->scenario = scenario;
  fleet->n = n;
  fleet->desktops = g_new0 (Desktop, n);
  fleet->events = g_new (Event, 2 * n);
  fleet->first = g_new (gint32, END);
  fleet->requests = g_new0 (guint, END);
  fleet->stale = g_new0 (guint, END);
  fleet->scratch = cvg_credentials_new ();
  fleet->scratch->access_token = cvg_secret_new ("access");
  fleet->scratch->refresh_token = cvg_secret_new ("refresh");
  for (guint i = 0; i < 2 * n; i++)
    fleet->events[i].second = NEVER;
  for (guint second = 0; second < END; second++)
    fleet->first[second] = NEVER;

  /* People come to work during one lifetime. */
  for (guint i = 0; i < n; i++)
    {
      Desktop *desktop = &fleet->desktops[i];

      desktop->failed_at = NEVER;
      desktop->spent_at = NEVER;
      put_in (fleet, 2 * (gint32) i, (gint64) (draw (fleet) * 0.8 * LIFETIME));
    }
  return fleet;
}

static void
fleet_free (Fleet *fleet)
{
  cvg_credentials_unref (fleet->scratch);
  g_free (fleet->stale);
  g_free (fleet->requests);
  g_free (fleet->first);
  g_free (fleet->events);
  g_free (fleet->desktops);
  g_free (fleet);
}

static guint
count_stale (const Fleet *fleet, gint32 now)
{
  guint n = 0;

  for (guint i = 0; i < fleet->n; i++)
    n += is_stale (&fleet->desktops[i], now) ? 1 : 0;
  return n;
}

static void
run (Fleet *fleet)
{
  for (gint32 now = 0; now < END; now++)
    {
      while (fleet->first[now] != NEVER)
        {
          gint32 event = fleet->first[now];

          take_out (fleet, event);
          if (event % 2 == 0)
            request (fleet, event / 2, now);
          else
            ask (fleet, event / 2, now);
        }
      if (now >= OUTAGE_END && (now - OUTAGE_END) % 10 == 0)
        fleet->stale[now] = count_stale (fleet, now);
    }
}

/* ---- what came of it ------------------------------------------------------------------------- */

/* Requests in a second, on average over @width of them. */
static double
get_load (const Fleet *fleet, gint32 from, gint32 width)
{
  double sum = 0;

  for (gint32 second = from; second < MIN (from + width, END); second++)
    sum += fleet->requests[second];
  return sum / width;
}

/* The busiest ten seconds, so that small fleets are not judged by chance. */
static double
get_peak (const Fleet *fleet, gint32 from, gint32 to)
{
  double peak = 0;

  for (gint32 second = from; second + 10 <= to; second++)
    peak = MAX (peak, get_load (fleet, second, 10));
  return peak;
}

/* Seconds after the outage until at most one in @part is without a good token. */
static gint32
get_recovery (const Fleet *fleet, guint part)
{
  gint32 last = 0;

  for (gint32 second = OUTAGE_END; second < END; second += 10)
    if (fleet->stale[second] > fleet->n / part)
      last = second + 10 - OUTAGE_END;
  return last;
}

typedef struct
{
  double steady;
  double during;     /* on average */
  double worst;      /* during, at its peak */
  double peak;       /* after */
  double echo;       /* from an hour after on */
  gint32 recovery;   /* of 99 in 100 */
  gint32 all;        /* of everybody, as far as 1 in 10,000 is nobody */
  double course[11]; /* minutes after the end */
} Result;

static const gint32 course_minutes[11] = { 0, 1, 2, 5, 10, 15, 20, 30, 40, 50, 60 };

static Result
simulate (const Scenario *scenario, guint n)
{
  Fleet *fleet = fleet_new (scenario, n);
  double steady = get_steady_load (fleet);
  Result result = { .steady = steady };

  fleet->random = 1;
  run (fleet);
  result.during = get_load (fleet, OUTAGE_BEGIN, OUTAGE_END - OUTAGE_BEGIN) / steady;
  result.worst = get_peak (fleet, OUTAGE_BEGIN, OUTAGE_END) / steady;
  result.peak = get_peak (fleet, OUTAGE_END, OUTAGE_END + HOUR) / steady;
  result.echo = get_peak (fleet, OUTAGE_END + HOUR, END) / steady;
  result.recovery = get_recovery (fleet, 100);
  result.all = get_recovery (fleet, 10000);
  for (size_t i = 0; i < G_N_ELEMENTS (course_minutes); i++)
    result.course[i] = get_load (fleet, OUTAGE_END + course_minutes[i] * 60, 10) / steady;
  fleet_free (fleet);
  return result;
}

static void
print_row (const Scenario *scenario, const Result *result)
{
  g_print ("| %s | %.1f | %.1f | **%.1f** | %.1f | %.0f min | %.0f min |\n", scenario->name,
           result->during, result->worst, result->peak, result->echo, result->recovery / 60.0,
           result->all / 60.0);
}

static void
print_head (const char *what)
{
  g_print (
      "\n| %s | during, average | during, peak | after, peak | later, peak | 99 %% fresh | all "
      "fresh |\n| --- | --: | --: | --: | --: | --: | --: |\n",
      what);
}

static gboolean
check (const Scenario *scenario, const Result *result)
{
  /* Whoever failed last at the very end of the outage waits for the cap. */
  gint32 longest = scenario->capacity > 0 ? 2 * 1800 : 1800;

  if (scenario->most_during == 0 ||
      (result->during <= scenario->most_during && result->peak <= scenario->most_after &&
       result->echo <= scenario->most_after && result->all <= longest))
    return TRUE;

  g_printerr ("%s: %.1f times the steady load during the outage (at most %.1f is good), %.1f and "
              "later %.1f after it (%.1f); all fresh after %d s (%d)\n",
              scenario->name, result->during, scenario->most_during, result->peak, result->echo,
              scenario->most_after, result->all, longest);
  return FALSE;
}

/* What an endpoint may be like, with the daemon's rules. The bounds have room for the chance of a
 * small fleet. */
static const Scenario endpoints[] = {
  { .name = "no connection, or 503", .most_during = 4.5, .most_after = 3 },
  { .name = "503 with `Retry-After: 120`",
    .retry_after = 120,
    .most_during = 4.5,
    .most_after = 3 },
  { .name = "no answer, or 500", .trouble = TROUBLE_NO_ANSWER, .most_during = 11, .most_after = 3 },
  { .name = "503; on each tenth desktop a program asks each minute",
    .asking = 10,
    .most_during = 5,
    .most_after = 3.6 },
  { .name = "503; on each desktop a program asks each minute",
    .asking = 100,
    .most_during = 10,
    .most_after = 12 },
  { .name = "503, then twice the steady load and no more",
    .capacity = 2,
    .most_during = 4.5,
    .most_after = 3 },
};

/* Other rules, with an endpoint that is away. */
static const Scenario rules[] = {
  { .name = "**ours: fourfold to 30 min, half by chance**" },
  { .name = "doubled to 30 min, half by chance", .jitter = JITTER_EQUAL, .cap = 1800 },
  { .name = "doubled to 30 min, all by chance", .jitter = JITTER_FULL, .cap = 1800 },
  { .name = "doubled to 30 min, nothing by chance", .jitter = JITTER_NONE, .cap = 1800 },
  { .name = "doubled to 15 min, half by chance", .jitter = JITTER_EQUAL, .cap = 900 },
  { .name = "doubled to 5 min, half by chance", .jitter = JITTER_EQUAL, .cap = 300 },
  { .name = "doubled to 60 min, half by chance", .jitter = JITTER_EQUAL, .cap = 3600 },
  { .name = "each 30 s, for ever", .jitter = JITTER_NONE, .cap = 30 },
};

static gboolean
run_table (const Scenario *scenarios, size_t n_scenarios, guint n)
{
  gboolean all_good = TRUE;

  for (size_t i = 0; i < n_scenarios; i++)
    {
      Result result = simulate (&scenarios[i], n);

      print_row (&scenarios[i], &result);
      all_good = check (&scenarios[i], &result) && all_good;
    }
  return all_good;
}

static void
print_course (guint n)
{
  Result result = simulate (&endpoints[0], n);

  g_print ("%u desktops; steady load: %.0f requests a second.\n", n, result.steady);
  g_print ("\n| minutes after |");
  for (size_t i = 0; i < G_N_ELEMENTS (course_minutes); i++)
    g_print (" %d |", course_minutes[i]);
  g_print ("\n| --- |");
  for (size_t i = 0; i < G_N_ELEMENTS (course_minutes); i++)
    g_print (" --: |");
  g_print ("\n| requests a second |");
  for (size_t i = 0; i < G_N_ELEMENTS (course_minutes); i++)
    g_print (" %.0f |", result.course[i] * result.steady);
  g_print ("\n");
}

int
main (int argc, char *argv[])
{
  int n = 1000000;
  gboolean check_only = FALSE;
  const GOptionEntry options[] = {
    { "desktops", 0, 0, G_OPTION_ARG_INT, &n, "How many", "N" },
    { "check", 0, 0, G_OPTION_ARG_NONE, &check_only, "Fail if a load is too high", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean all_good = FALSE;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || n < 1 || n > 100000000)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "That many can't be simulated");
      return 2;
    }

  if (!check_only)
    print_course ((guint) n);
  print_head ("the endpoint, for an hour");
  all_good = run_table (endpoints, G_N_ELEMENTS (endpoints), (guint) n);
  if (!check_only)
    {
      print_head ("the rules");
      run_table (rules, G_N_ELEMENTS (rules), (guint) n);
    }
  return !check_only || all_good ? EXIT_SUCCESS : EXIT_FAILURE;
}
