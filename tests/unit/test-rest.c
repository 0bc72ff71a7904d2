/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/rest.h"

#include "doubles/agent-world.h"

#define HOST "auth.example.com"

typedef struct
{
  CvgSleepDummy *sleep;
  CvgGate *gate;
  CvgRest *rest;
  guint n_passed;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->sleep = cvg_sleep_dummy_new ();
  fixture->gate = cvg_gate_new ();
  fixture->rest = cvg_rest_new (CVG_SLEEP (fixture->sleep), fixture->gate);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->rest);
  g_assert_finalize_object (fixture->gate);
  g_assert_finalize_object (fixture->sleep);
}

static void
on_passed (gpointer user_data)
{
  ((Fixture *) user_data)->n_passed++;
}

static CvgTicket *
enter (Fixture *fixture)
{
  CvgTicket *ticket = cvg_gate_enter (fixture->gate, HOST, CVG_URGENCY_CALLER, on_passed, fixture);

  agent_world_settle ();
  return ticket;
}

static void
test_idle (Fixture *fixture, gconstpointer data)
{
  cvg_sleep_dummy_about_to_sleep (fixture->sleep);
  g_assert_true (cvg_sleep_dummy_is_allowed (fixture->sleep));
  g_assert_cmpuint (cvg_sleep_dummy_get_allows (fixture->sleep), ==, 1);
}

static void
test_under_way (Fixture *fixture, gconstpointer data)
{
  CvgTicket *first = enter (fixture);
  CvgTicket *second = enter (fixture);

  cvg_sleep_dummy_about_to_sleep (fixture->sleep);
  g_assert_false (cvg_sleep_dummy_is_allowed (fixture->sleep));
  cvg_ticket_leave (first);
  g_assert_false (cvg_sleep_dummy_is_allowed (fixture->sleep));
  cvg_ticket_leave (second);
  g_assert_true (cvg_sleep_dummy_is_allowed (fixture->sleep));
}

static void
test_nothing_begins (Fixture *fixture, gconstpointer data)
{
  CvgTicket *ticket = NULL;

  cvg_sleep_dummy_about_to_sleep (fixture->sleep);
  ticket = enter (fixture);
  g_assert_cmpuint (fixture->n_passed, ==, 0);
  cvg_sleep_dummy_awake (fixture->sleep);
  agent_world_settle ();
  g_assert_cmpuint (fixture->n_passed, ==, 1);
  cvg_ticket_leave (ticket);
}

static void
test_too_late (Fixture *fixture, gconstpointer data)
{
  CvgTicket *ticket = enter (fixture);

  /* It took longer than the system waits. */
  cvg_sleep_dummy_about_to_sleep (fixture->sleep);
  cvg_sleep_dummy_awake (fixture->sleep);
  cvg_ticket_leave (ticket);
  g_assert_cmpuint (cvg_sleep_dummy_get_allows (fixture->sleep), ==, 0);
}

static void
test_again (Fixture *fixture, gconstpointer data)
{
  for (guint i = 1; i <= 3; i++)
    {
      CvgTicket *ticket = enter (fixture);

      cvg_sleep_dummy_about_to_sleep (fixture->sleep);
      cvg_ticket_leave (ticket);
      g_assert_cmpuint (cvg_sleep_dummy_get_allows (fixture->sleep), ==, i);
      cvg_sleep_dummy_awake (fixture->sleep);
    }
  g_assert_cmpuint (fixture->n_passed, ==, 3);
}

static void
test_awake_and_empty (Fixture *fixture, gconstpointer data)
{
  cvg_ticket_leave (enter (fixture));
  g_assert_cmpuint (cvg_sleep_dummy_get_allows (fixture->sleep), ==, 0);
}

/* In a whole agent: the machine sleeps when the new token is on the disk, and not before. */
static void
test_agent (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) late = NULL;

  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_world_push_token (world, "hush-A2", "hush-R2");
  cvg_refresher_refresh_async (cvg_agent_get_refresher (world->agent), entry, CVG_URGENCY_CALLER,
                               NULL, agent_world_on_ready, &result);
  agent_world_settle ();
  cvg_sleep_dummy_about_to_sleep (world->sleep);
  cvg_journal_dummy_hold (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  g_assert_false (cvg_sleep_dummy_is_allowed (world->sleep));
  cvg_journal_dummy_release (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  agent_world_settle ();
  g_assert_true (cvg_sleep_dummy_is_allowed (world->sleep));

  /* Who asks now is served after the sleep. */
  cvg_http_dummy_set_hold (world->http, FALSE);
  agent_world_push_token (world, "hush-A3", "hush-R3");
  cvg_refresher_refresh_async (cvg_agent_get_refresher (world->agent), entry, CVG_URGENCY_CALLER,
                               NULL, agent_world_on_ready, &late);
  agent_world_settle ();
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 1);
  cvg_sleep_dummy_awake (world->sleep);
  agent_world_settle ();
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 2);
  g_assert_nonnull (late);
  /* They hold the refresher. */
  g_clear_object (&result);
  g_clear_object (&late);
  agent_world_free (world);
}

#define ADD(path, function) g_test_add ("/rest/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD ("with-nothing-under-way-at-once", test_idle);
  ADD ("what-is-under-way-is-finished", test_under_way);
  ADD ("nothing-is-begun", test_nothing_begins);
  ADD ("it-took-too-long", test_too_late);
  ADD ("night-after-night", test_again);
  ADD ("awake-says-nothing", test_awake_and_empty);
  ADD ("the-token-is-on-the-disk-first", test_agent);

  return g_test_run ();
}
