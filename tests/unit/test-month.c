/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thirty days in the life of an agent with a few sign-ins, and all that can come between: outages,
 * lost answers, nights, locked and failing keyrings, a journal that can't be written, clocks that
 * are set, restarts. The server rotates, takes a replaced token for ten minutes, and kills the
 * grant when it comes later; so does this test.
 *
 * One trouble at a time, and then enough time to get over it. What no client can survive is left
 * out: an answer that is lost, and then no way to ask again while the server still takes the token.
 */
#include <stdio.h>
#include <string.h>

#include "doubles/agent-world.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define DAYS 30

#define LEEWAY (10 * MINUTE)

/* The cap of the back-off, and a bit. */
#define RECOVERY (35 * MINUTE)

#define N_GRANTS G_N_ELEMENTS (lifetimes)
static const guint lifetimes[] = { 10 * MINUTE, HOUR, HOUR, HOUR, 8 * HOUR };

/* What the server knows of a sign-in. Its tokens are numbers. */
typedef struct
{
  guint current;
  guint previous;
  gint64 replaced_at; /* by the server's clock */
  guint refreshes;
} Grant;

typedef enum
{
  SERVER_WELL,
  SERVER_AWAY, /* no connection */
  SERVER_BUSY, /* 503 */
  SERVER_MUTE, /* rotates, and the next answer is lost */
} Server;

typedef struct
{
  AgentWorld *world;
  GRand *random;
  Grant grants[N_GRANTS];
  Server server;
  guint served;   /* requests */
  gint64 stepped; /* seconds by which the clock has been set in all */
  gint64 well;    /* seconds in which a token could be had */
  guint n_troubles;
  guint n_ambiguous; /* tokens that were presented again */
} Month;

static gint64
get_true_time (Month *month)
{
  return cvg_clock_get_seconds (CVG_CLOCK (month->world->clock)) - month->stepped;
}

static char *
make_id (guint i)
{
  return g_strdup_printf ("00000000-0000-4000-8000-%012u", i + 1);
}

static CvgEntry *
get_entry (Month *month, guint i)
{
  g_autofree char *id = make_id (i);

  return agent_world_lookup (month->world, id);
}

/* ---- the server ------------------------------------------------------------------------------ */

static void
rotate (Month *month, Grant *grant, guint presented)
{
  gint64 now = get_true_time (month);

  if (presented == grant->current)
    {
      grant->previous = grant->current;
      grant->replaced_at = now;
    }
  else
    {
      /* Anything else would cost the person a sign-in. */
      g_assert_cmpuint (presented, ==, grant->previous);
      g_assert_cmpint (now - grant->replaced_at, <=, LEEWAY);
      month->n_ambiguous++;
    }
  grant->current++;
  grant->refreshes++;
}

static void
script_answer (Month *month, const CvgHttpDummyRequest *request)
{
  CvgHttpDummy *http = month->world->http;
  const char *token = strstr (request->body, "hush-R-");
  guint i = 0;
  guint presented = 0;
  g_autofree char *body = NULL;

  g_assert_nonnull (token);
  g_assert_cmpint (sscanf (token, "hush-R-%u-%u", &i, &presented), ==, 2);
  g_assert_cmpuint (i, <, N_GRANTS);

  if (month->server == SERVER_AWAY)
    {
      cvg_http_dummy_push_unsent_error (
          http, g_error_new_literal (CVG_ERROR, CVG_ERROR_TRY_LATER, "No answer: no connection"));
      return;
    }
  if (month->server == SERVER_BUSY)
    {
      cvg_http_dummy_push (http, 503, "text/html", 0, "<html>Please wait");
      return;
    }

  rotate (month, &month->grants[i], presented);
  if (month->server == SERVER_MUTE)
    {
      month->server = SERVER_WELL;
      cvg_http_dummy_push_error (
          http, g_error_new_literal (CVG_ERROR, CVG_ERROR_TRY_LATER, "No answer: cut off"));
      return;
    }

  body = g_strdup_printf ("{\"access_token\":\"hush-A-%u-%u\",\"refresh_token\":\"hush-R-%u-%u\","
                          "\"token_type\":\"Bearer\",\"expires_in\":%u}",
                          i, month->grants[i].current, i, month->grants[i].current, lifetimes[i]);
  cvg_http_dummy_push_json (http, 200, body);
}

static void
serve (Month *month)
{
  agent_world_settle ();
  while (cvg_http_dummy_get_held (month->world->http) > 0)
    {
      script_answer (month, cvg_http_dummy_get_request (month->world->http, month->served++));
      cvg_http_dummy_answer (month->world->http);
      agent_world_settle ();
    }
}

/* Time passes, alarm by alarm. */
static void
pass (Month *month, gint64 seconds)
{
  CvgClockDummy *clock = month->world->clock;
  gint64 end = cvg_clock_get_now (CVG_CLOCK (clock)) + seconds * G_TIME_SPAN_SECOND;

  serve (month);
  while (cvg_clock_get_now (CVG_CLOCK (clock)) < end)
    {
      gint64 now = cvg_clock_get_now (CVG_CLOCK (clock));
      gint64 next = cvg_clock_dummy_get_next_alarm (clock);

      cvg_clock_dummy_advance (clock, next < 0 ? end - now : CLAMP (next - now, 0, end - now));
      serve (month);
    }
}

/* ---- troubles -------------------------------------------------------------------------------- */

static void
have_outage (Month *month)
{
  month->server = g_rand_boolean (month->random) ? SERVER_AWAY : SERVER_BUSY;
  pass (month, g_rand_int_range (month->random, MINUTE, 3 * HOUR));
  month->server = SERVER_WELL;
}

static void
lose_an_answer (Month *month)
{
  month->server = SERVER_MUTE;
  pass (month, HOUR);
  month->server = SERVER_WELL;
}

static void
lose_the_network (Month *month)
{
  cvg_network_dummy_set_up (month->world->network, FALSE);
  month->server = SERVER_AWAY;
  pass (month, g_rand_int_range (month->random, MINUTE, 5 * HOUR));
  month->server = SERVER_WELL;
  cvg_network_dummy_set_up (month->world->network, TRUE);
}

static void
suspend (Month *month, gint64 seconds)
{
  CvgClockDummy *clock = month->world->clock;

  cvg_clock_dummy_set_now (clock,
                           cvg_clock_get_now (CVG_CLOCK (clock)) + seconds * G_TIME_SPAN_SECOND);
}

static void
sleep_for_a_night (Month *month)
{
  cvg_sleep_dummy_about_to_sleep (month->world->sleep);
  serve (month);
  g_assert_true (cvg_sleep_dummy_is_allowed (month->world->sleep));
  suspend (month, 8 * HOUR);
  cvg_network_dummy_set_up (month->world->network, FALSE);
  cvg_sleep_dummy_awake (month->world->sleep);
  month->server = SERVER_AWAY;
  pass (month, 20);
  month->server = SERVER_WELL;
  cvg_network_dummy_set_up (month->world->network, TRUE);
}

static void
suspend_unannounced (Month *month)
{
  suspend (month, g_rand_int_range (month->random, MINUTE, 5 * HOUR));
}

static void
set_clock (Month *month)
{
  gint64 by = g_rand_int_range (month->random, -12 * HOUR, 12 * HOUR);

  month->stepped += by;
  cvg_clock_dummy_step (month->world->clock, by * G_TIME_SPAN_SECOND);
}

static void
lock_keyring (Month *month)
{
  cvg_vault_dummy_set_state (month->world->vault, CVG_VAULT_LOCKED);
  pass (month, g_rand_int_range (month->random, MINUTE, 4 * HOUR));
  cvg_vault_dummy_set_state (month->world->vault, CVG_VAULT_UNLOCKED);
}

/* While answers come. */
static void
fail_keyring (Month *month)
{
  for (gint32 n = g_rand_int_range (month->random, 1, 5); n > 0; n--)
    cvg_vault_dummy_fail_next (month->world->vault, CVG_VAULT_DUMMY_STORE,
                               CVG_ERROR_KEYRING_UNAVAILABLE);
  pass (month, 2 * HOUR);
}

static void
fail_journal (Month *month)
{
  for (gint32 n = g_rand_int_range (month->random, 1, 4); n > 0; n--)
    cvg_journal_dummy_fail_next (month->world->journal, CVG_JOURNAL_DUMMY_WRITE);
  pass (month, 2 * HOUR);
}

static void
restart (Month *month)
{
  agent_world_restart (month->world);
  cvg_agent_start_planner (month->world->agent);
}

static void
insist (Month *month)
{
  g_autoptr (GAsyncResult) result = NULL;
  CvgEntry *entry = get_entry (month, (guint) g_rand_int_range (month->random, 0, N_GRANTS));

  cvg_refresher_refresh_async (cvg_agent_get_refresher (month->world->agent), entry,
                               CVG_URGENCY_CALLER, NULL, agent_world_on_ready, &result);
  serve (month);
  g_assert_nonnull (result);
}

/* ---- the month ------------------------------------------------------------------------------- */

static void
set_up (Month *month)
{
  month->world = agent_world_new (CVG_VAULT_UNLOCKED);
  /* Each run is the same: what is found can be found again. */
  month->random = g_rand_new_with_seed (1);
  cvg_http_dummy_set_hold (month->world->http, TRUE);
  agent_world_seed_client (month->world, "Confluence", "hush-S");
  for (guint i = 0; i < N_GRANTS; i++)
    {
      g_autofree char *id = make_id (i);
      g_autofree char *refresh = g_strdup_printf ("hush-R-%u-1", i);
      g_autoptr (CvgCredentials) credentials =
          agent_world_credentials ("hush-A", refresh, lifetimes[i]);

      month->grants[i].current = 1;
      agent_world_seed_instance (month->world, id, credentials);
    }
  agent_world_start (month->world);
  cvg_agent_start_planner (month->world->agent);
}

/* Whatever it was, it is over: each sign-in works, and nothing of it is left. */
static void
assert_well (Month *month)
{
  AgentWorld *world = month->world;
  gint64 now = cvg_clock_get_seconds (CVG_CLOCK (world->clock));

  for (guint i = 0; i < N_GRANTS; i++)
    {
      const CvgEntry *entry = get_entry (month, i);
      g_autofree char *token = g_strdup_printf ("hush-R-%u-%u", i, month->grants[i].current);

      g_assert_cmpstr (cvg_entry_get_status (entry, TRUE), ==, CVG_STATUS_ACTIVE);
      agent_world_assert_secret (entry->credentials->refresh_token, token);
      g_assert_true (cvg_credentials_is_fresh (entry->credentials, now, 60));
      g_assert_false (entry->unsaved);
      g_assert_cmpint (entry->spent_at, ==, 0);
      g_assert_cmpuint (entry->anchors->len, ==, 1);
      g_assert_cmpint (entry->next_refresh_at, >, now);
    }

  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 1);
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
  g_assert_cmpuint (cvg_notify_dummy_get_count (world->notify), ==, 0);
  g_assert_cmpuint (cvg_vault_dummy_count_items (world->vault), ==, N_GRANTS + 1);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
}

static void
have_trouble (Month *month)
{
  static void (*const troubles[]) (Month *) = {
    have_outage,         lose_an_answer, lose_an_answer, lose_the_network,
    suspend_unannounced, set_clock,      lock_keyring,   fail_keyring,
    fail_journal,        restart,        insist,
  };

  month->n_troubles++;
  troubles[g_rand_int_range (month->random, 0, G_N_ELEMENTS (troubles))](month);
  month->server = SERVER_WELL;
}

static void
live (Month *month, gint64 seconds)
{
  pass (month, seconds);
  month->well += seconds;
}

static void
live_for_a_day (Month *month, gint64 evening)
{
  while (get_true_time (month) < evening)
    {
      live (month, g_rand_int_range (month->random, 10 * MINUTE, 3 * HOUR));
      assert_well (month);
      have_trouble (month);
      pass (month, RECOVERY);
      assert_well (month);
    }
  month->n_troubles++;
  sleep_for_a_night (month);
  pass (month, RECOVERY);
  assert_well (month);
}

/* Neither forgotten for a while, nor more often than the lifetimes say. */
static void
assert_no_drift (Month *month)
{
  gint64 seconds = get_true_time (month) - AGENT_WORLD_NOW;

  for (guint i = 0; i < N_GRANTS; i++)
    {
      double least = (double) month->well / (0.86 * lifetimes[i]) - month->n_troubles;
      double most = (double) seconds / (0.74 * lifetimes[i]) + 2 * month->n_troubles;

      g_test_message ("lifetime %u: %u refreshes, %.0f to %.0f", lifetimes[i],
                      month->grants[i].refreshes, least, most);
      g_assert_cmpfloat (month->grants[i].refreshes, >=, least);
      g_assert_cmpfloat (month->grants[i].refreshes, <=, most);
    }
}

static void
test_month (void)
{
  Month month = { 0 };

  set_up (&month);
  for (guint day = 0; day < DAYS; day++)
    live_for_a_day (&month, AGENT_WORLD_NOW + day * DAY + 16 * HOUR);

  assert_no_drift (&month);
  g_test_message ("%u troubles, %u requests, %u tokens presented again", month.n_troubles,
                  month.served, month.n_ambiguous);
  g_assert_cmpuint (month.n_troubles, >, 4 * DAYS);
  g_assert_cmpuint (month.n_ambiguous, >, 0);
  agent_world_free (month.world);
  g_rand_free (month.random);
}

/* Nobody touches it: exactly what the lifetime says, to the last day. */
static void
test_quiet (void)
{
  Month month = { 0 };

  set_up (&month);
  for (guint day = 0; day < DAYS; day++)
    {
      live (&month, DAY);
      assert_well (&month);
    }
  for (guint i = 0; i < N_GRANTS; i++)
    {
      g_assert_cmpfloat (month.grants[i].refreshes, >=, DAYS * DAY / (0.86 * lifetimes[i]) - 1);
      g_assert_cmpfloat (month.grants[i].refreshes, <=, DAYS * DAY / (0.74 * lifetimes[i]) + 1);
    }
  g_assert_cmpuint (month.n_ambiguous, ==, 0);
  agent_world_free (month.world);
  g_rand_free (month.random);
}

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  g_test_add_func ("/month/quiet", test_quiet);
  g_test_add_func ("/month/troubles", test_month);

  return g_test_run ();
}
