/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The planner in a whole agent. Nobody asks for a token here: what is refreshed is refreshed by
 * itself.
 */
#include "agent/planner.h"

#include "doubles/agent-world.h"

#define HOUR 3600
#define DAY (24 * HOUR)

/* Of a token that lives for an hour: when it is refreshed, and what is left of it then. */
#define EARLIEST 2700
#define LATEST 3060

#define MANY 200
#define ONE_OF_MANY "00000000-0000-4000-8000-000000000150"

typedef struct
{
  AgentWorld *world;
  CvgEntry *entry;
} Fixture;

static void
set_up_world (Fixture *fixture, CvgVaultState found)
{
  fixture->world = agent_world_new_started (found);
  fixture->entry = agent_world_lookup (fixture->world, AGENT_WORLD_ID);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_up_world (fixture, CVG_VAULT_UNLOCKED);
  cvg_agent_start_planner (fixture->world->agent);
}

static void
set_up_locked (Fixture *fixture, gconstpointer data)
{
  set_up_world (fixture, CVG_VAULT_LOCKED);
  cvg_agent_start_planner (fixture->world->agent);
}

static void
set_up_unstarted (Fixture *fixture, gconstpointer data)
{
  set_up_world (fixture, CVG_VAULT_UNLOCKED);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  agent_world_free (fixture->world);
}

/* Seconds since the world began, by its clock. */
static gint64
get_now (Fixture *fixture)
{
  return cvg_clock_get_seconds (CVG_CLOCK (fixture->world->clock)) - AGENT_WORLD_NOW;
}

static guint
count_requests (Fixture *fixture)
{
  return cvg_http_dummy_get_count (fixture->world->http);
}

static void
assert_planned (Fixture *fixture, gint64 least, gint64 most)
{
  gint64 at = fixture->entry->next_refresh_at - AGENT_WORLD_NOW;

  g_assert_cmpint (at, >=, least);
  g_assert_cmpint (at, <=, most);
  /* One alarm for all, and that at the time it says. */
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (fixture->world->clock), ==, 1);
  g_assert_cmpint (cvg_clock_dummy_get_next_alarm (fixture->world->clock) / G_TIME_SPAN_SECOND, ==,
                   fixture->entry->next_refresh_at);
}

/* Nor does anything wake. */
static void
assert_not_planned (Fixture *fixture)
{
  g_assert_cmpint (fixture->entry->next_refresh_at, ==, 0);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (fixture->world->clock), ==, 0);
}

static void
pass_until (Fixture *fixture, gint64 second)
{
  cvg_clock_dummy_advance (fixture->world->clock,
                           (AGENT_WORLD_NOW + second) * G_TIME_SPAN_SECOND -
                               cvg_clock_get_now (CVG_CLOCK (fixture->world->clock)));
  agent_world_settle ();
}

/* Until the time of the plan, in which nothing may happen, and then a second more. */
static void
pass_until_due (Fixture *fixture)
{
  gint64 due = fixture->entry->next_refresh_at - AGENT_WORLD_NOW;
  guint before = count_requests (fixture);

  pass_until (fixture, due - 1);
  g_assert_cmpuint (count_requests (fixture), ==, before);
  agent_world_pass (fixture->world, 2);
}

static void
push_passing_error (Fixture *fixture)
{
  cvg_http_dummy_push_unsent_error (
      fixture->world->http,
      g_error_new_literal (CVG_ERROR, CVG_ERROR_TRY_LATER, "No answer: no such host"));
}

/* ---- when all is well ------------------------------------------------------------------------ */

static void
test_unstarted (Fixture *fixture, gconstpointer data)
{
  assert_not_planned (fixture);
  cvg_agent_start_planner (fixture->world->agent);
  assert_planned (fixture, EARLIEST, LATEST);
}

static void
test_refresh (Fixture *fixture, gconstpointer data)
{
  assert_planned (fixture, EARLIEST, LATEST);
  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  pass_until_due (fixture);
  g_assert_cmpuint (count_requests (fixture), ==, 1);
  agent_world_assert_secret (fixture->entry->credentials->access_token, "hush-A2");

  /* The next life begins with the new token. */
  assert_planned (fixture, get_now (fixture) + EARLIEST - 2, get_now (fixture) + LATEST);
  agent_world_push_token (fixture->world, "hush-A3", "hush-R3");
  pass_until_due (fixture);
  g_assert_cmpuint (count_requests (fixture), ==, 2);
}

static void
test_under_way (Fixture *fixture, gconstpointer data)
{
  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  pass_until_due (fixture);
  g_assert_cmpuint (cvg_http_dummy_get_held (fixture->world->http), ==, 1);
  g_assert_cmpint (fixture->entry->next_refresh_at, ==, 0);

  /* Whatever changes meanwhile. */
  cvg_instances_changed (fixture->world->instances, fixture->entry);
  cvg_network_dummy_set_up (fixture->world->network, TRUE);
  agent_world_pass (fixture->world, 100);
  g_assert_cmpuint (count_requests (fixture), ==, 1);

  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
  assert_planned (fixture, get_now (fixture) + EARLIEST, get_now (fixture) + LATEST);
}

static void
test_asked_for (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  /* A program was first: then it is the new token that has a plan. */
  pass_until (fixture, 2000);
  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  cvg_refresher_refresh_async (cvg_agent_get_refresher (fixture->world->agent), fixture->entry,
                               CVG_URGENCY_CALLER, NULL, agent_world_on_ready, &result);
  agent_world_settle ();
  assert_planned (fixture, 2000 + EARLIEST, 2000 + LATEST);
}

static void
test_nothing_to_do (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgCredentials) plain = agent_world_credentials ("hush-A9", NULL, HOUR);

  cvg_instances_replace_credentials (fixture->world->instances, fixture->entry, plain,
                                     fixture->entry->record);
  assert_not_planned (fixture);
  cvg_instances_replace_credentials (fixture->world->instances, fixture->entry, NULL,
                                     fixture->entry->record);
  assert_not_planned (fixture);
  agent_world_add_instance (fixture->world, "Keyed");
  assert_not_planned (fixture);
}

static void
test_signed_in_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgCredentials) other = agent_world_credentials ("hush-A9", "hush-R9", 2 * HOUR);

  /* While the old token is on its way. */
  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  pass_until_due (fixture);
  cvg_instances_replace_credentials (fixture->world->instances, fixture->entry, other,
                                     fixture->entry->record);
  g_assert_cmpint (fixture->entry->next_refresh_at, >=, AGENT_WORLD_NOW + 2 * EARLIEST);
  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
  assert_planned (fixture, 2 * EARLIEST, 2 * LATEST);
}

static void
test_removed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgEntry) kept = cvg_entry_ref (fixture->entry);

  cvg_instances_remove (fixture->world->instances, fixture->entry);
  assert_not_planned (fixture);
}

static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  cvg_agent_stop (fixture->world->agent);
  assert_not_planned (fixture);
  cvg_instances_changed (fixture->world->instances, fixture->entry);
  cvg_network_dummy_set_up (fixture->world->network, TRUE);
  assert_not_planned (fixture);
}

static void
test_stopped_under_way (Fixture *fixture, gconstpointer data)
{
  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  pass_until_due (fixture);
  cvg_agent_stop (fixture->world->agent);
  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
  assert_not_planned (fixture);
  agent_world_assert_secret (fixture->entry->credentials->access_token, "hush-A2");
}

/* ---- failures -------------------------------------------------------------------------------- */

static void
test_passing (Fixture *fixture, gconstpointer data)
{
  gint64 failed_at = 0;

  push_passing_error (fixture);
  pass_until_due (fixture);
  failed_at = fixture->entry->failed_at - AGENT_WORLD_NOW;
  assert_planned (fixture, failed_at + 15, failed_at + 30);
  g_assert_cmpstr (cvg_entry_get_status (fixture->entry, TRUE), ==, CVG_STATUS_UNREACHABLE);

  push_passing_error (fixture);
  pass_until_due (fixture);
  failed_at = fixture->entry->failed_at - AGENT_WORLD_NOW;
  assert_planned (fixture, failed_at + 60, failed_at + 120);

  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  pass_until_due (fixture);
  g_assert_cmpuint (count_requests (fixture), ==, 3);
  assert_planned (fixture, get_now (fixture) + EARLIEST - 2, get_now (fixture) + LATEST);
}

static void
test_ambiguous (Fixture *fixture, gconstpointer data)
{
  /* It was sent, and then nothing was heard. */
  cvg_http_dummy_push_error (
      fixture->world->http,
      g_error_new_literal (CVG_ERROR, CVG_ERROR_TRY_LATER, "No answer: cut off"));
  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  pass_until (fixture, fixture->entry->next_refresh_at - AGENT_WORLD_NOW);
  agent_world_settle ();
  g_assert_cmpuint (count_requests (fixture), ==, 1);
  agent_world_pass (fixture->world, 3);
  g_assert_cmpuint (count_requests (fixture), ==, 2);
  agent_world_assert_secret (fixture->entry->credentials->refresh_token, "hush-R2");
}

static void
test_dead (Fixture *fixture, gconstpointer data)
{
  cvg_http_dummy_push_json (fixture->world->http, 403, "{\"error\":\"invalid_grant\"}");
  pass_until_due (fixture);
  g_assert_nonnull (fixture->entry->record->dead_reason);
  /* And never again. */
  assert_not_planned (fixture);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  CvgClient *client =
      cvg_clients_lookup (fixture->world->clients, "Confluence", AGENT_WORLD_CLIENT_ID);
  g_autoptr (CvgSecret) secret = cvg_secret_new ("hush-S2");
  gint64 failed_at = 0;

  cvg_http_dummy_push_json (fixture->world->http, 401, "{\"error\":\"invalid_client\"}");
  pass_until_due (fixture);
  g_assert_true (fixture->entry->refused);
  failed_at = fixture->entry->failed_at - AGENT_WORLD_NOW;
  assert_planned (fixture, failed_at + 150, failed_at + 300);

  /* Of another server: no business of this one. */
  agent_world_seed_client (fixture->world, "Any Port", "hush-S9");
  assert_planned (fixture, failed_at + 150, failed_at + 300);

  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  cvg_clients_set_secret (fixture->world->clients, client->id, secret);
  agent_world_pass (fixture->world, 3);
  g_assert_cmpuint (count_requests (fixture), ==, 2);
  agent_world_assert_secret (fixture->entry->credentials->access_token, "hush-A2");
}

static void
test_found_spent (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", HOUR);
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (AGENT_WORLD_ID);

  /* The process before died with a refresh on the wire. */
  rotation->spent_at = AGENT_WORLD_NOW - 100;
  rotation->spent_serial = 1;
  cvg_journal_dummy_put (world->journal, rotation);
  agent_world_seed_client (world, "Confluence", "hush-S");
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  agent_world_push_token (world, "hush-A2", "hush-R2");
  agent_world_start (world);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 0);

  cvg_agent_start_planner (world->agent);
  agent_world_settle ();
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 1);
  agent_world_free (world);
}

/* ---- the keyring ----------------------------------------------------------------------------- */

static void
test_locked (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  assert_not_planned (fixture);
  pass_until (fixture, DAY);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  /* Overdue by now: soon, but not all in one moment. */
  assert_planned (fixture, DAY, DAY + 3);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  agent_world_settle ();
  assert_not_planned (fixture);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
}

/* ---- the network ----------------------------------------------------------------------------- */

static void
test_offline (Fixture *fixture, gconstpointer data)
{
  gint64 due = fixture->entry->next_refresh_at;

  cvg_network_dummy_set_up (fixture->world->network, FALSE);
  assert_planned (fixture, HOUR - 90, HOUR - 90);
  pass_until (fixture, LATEST + 100);
  g_assert_cmpuint (count_requests (fixture), ==, 0);

  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  cvg_network_dummy_set_up (fixture->world->network, TRUE);
  g_assert_cmpuint (count_requests (fixture), ==, 0);
  agent_world_pass (fixture->world, 3);
  g_assert_cmpuint (count_requests (fixture), ==, 1);

  /* What is not due is not touched by it. */
  due = fixture->entry->next_refresh_at;
  cvg_network_dummy_set_up (fixture->world->network, TRUE);
  g_assert_cmpint (fixture->entry->next_refresh_at, ==, due);
}

static void
test_wrong_hint (Fixture *fixture, gconstpointer data)
{
  cvg_network_dummy_set_up (fixture->world->network, FALSE);
  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  /* It is tried in the end, and works. */
  pass_until_due (fixture);
  g_assert_cmpuint (count_requests (fixture), ==, 1);
}

static void
test_online_again (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 6; i++)
    {
      push_passing_error (fixture);
      pass_until_due (fixture);
    }
  g_assert_cmpint (fixture->entry->next_refresh_at, >, AGENT_WORLD_NOW + get_now (fixture) + 300);

  /* At once, the back-off begins anew; but each of the many steps of a network that comes up is
   * not another try. */
  push_passing_error (fixture);
  cvg_network_dummy_set_up (fixture->world->network, TRUE);
  for (guint i = 0; i < 20; i++)
    cvg_network_dummy_set_up (fixture->world->network, TRUE);
  agent_world_pass (fixture->world, 3);
  g_assert_cmpuint (count_requests (fixture), ==, 7);
  g_assert_cmpuint (fixture->entry->failures, ==, 1);
  assert_planned (fixture, get_now (fixture) + 10, get_now (fixture) + 30);
}

static void
test_online_while_under_way (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 6; i++)
    {
      push_passing_error (fixture);
      pass_until_due (fixture);
    }
  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  pass_until_due (fixture);
  cvg_network_dummy_set_up (fixture->world->network, TRUE);
  push_passing_error (fixture);
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
  g_assert_cmpuint (fixture->entry->failures, ==, 1);
  assert_planned (fixture, get_now (fixture) + 10, get_now (fixture) + 30);
}

/* ---- sleep and time -------------------------------------------------------------------------- */

static void
test_asleep (Fixture *fixture, gconstpointer data)
{
  cvg_sleep_dummy_about_to_sleep (fixture->world->sleep);
  assert_not_planned (fixture);
  cvg_clock_dummy_set_now (fixture->world->clock, (AGENT_WORLD_NOW + DAY) * G_TIME_SPAN_SECOND);
  agent_world_settle ();
  cvg_instances_changed (fixture->world->instances, fixture->entry);
  assert_not_planned (fixture);

  /* The network comes a little later than we wake. */
  cvg_sleep_dummy_awake (fixture->world->sleep);
  assert_planned (fixture, DAY + 5, DAY + 8);
  agent_world_pass (fixture->world, 3);
  g_assert_cmpuint (count_requests (fixture), ==, 0);
  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  agent_world_pass (fixture->world, 5);
  g_assert_cmpuint (count_requests (fixture), ==, 1);
}

static void
test_awake_online (Fixture *fixture, gconstpointer data)
{
  cvg_sleep_dummy_about_to_sleep (fixture->world->sleep);
  cvg_clock_dummy_set_now (fixture->world->clock, (AGENT_WORLD_NOW + DAY) * G_TIME_SPAN_SECOND);
  cvg_sleep_dummy_awake (fixture->world->sleep);
  /* It says that it is there. */
  cvg_network_dummy_set_up (fixture->world->network, TRUE);
  assert_planned (fixture, DAY, DAY + 3);
}

static void
test_suspended (Fixture *fixture, gconstpointer data)
{
  /* Nobody said that the machine would sleep: the alarm is hours late. */
  cvg_clock_dummy_set_now (fixture->world->clock, (AGENT_WORLD_NOW + DAY) * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (count_requests (fixture), ==, 0);
  assert_planned (fixture, DAY, DAY + 3);
  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  pass_until_due (fixture);
  g_assert_cmpuint (count_requests (fixture), ==, 1);
}

static void
test_clock_set (Fixture *fixture, gconstpointer data)
{
  pass_until (fixture, 1000);
  cvg_clock_dummy_step (fixture->world->clock, 3 * HOUR * G_TIME_SPAN_SECOND);
  agent_world_settle ();
  assert_planned (fixture, 3 * HOUR + EARLIEST, 3 * HOUR + LATEST);
  g_assert_cmpint (fixture->entry->credentials->expires_at, ==, AGENT_WORLD_NOW + 4 * HOUR);

  cvg_clock_dummy_step (fixture->world->clock, -DAY * G_TIME_SPAN_SECOND);
  agent_world_settle ();
  assert_planned (fixture, 3 * HOUR - DAY + EARLIEST, 3 * HOUR - DAY + LATEST);
  g_assert_cmpuint (count_requests (fixture), ==, 0);
}

/* ---- many ------------------------------------------------------------------------------------ */

static void
seed_many (AgentWorld *world)
{
  agent_world_seed_client (world, "Confluence", "hush-S");
  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *id = g_strdup_printf ("00000000-0000-4000-8000-%012u", i + 100);
      g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", HOUR);

      agent_world_seed_instance (world, id, credentials);
    }
}

/* How many of them are to be refreshed before so many seconds from now have passed. */
static guint
count_due_within (Fixture *fixture, AgentWorld *world, gint64 seconds)
{
  g_autoptr (GPtrArray) entries = cvg_instances_list (world->instances);
  gint64 until = cvg_clock_get_seconds (CVG_CLOCK (world->clock)) + seconds;
  guint n = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      const CvgEntry *entry = g_ptr_array_index (entries, i);

      if (entry->next_refresh_at != 0 && entry->next_refresh_at < until)
        n++;
    }
  return n;
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = agent_world_new (CVG_VAULT_UNLOCKED);

  seed_many (world);
  agent_world_start (world);
  cvg_agent_start_planner (world->agent);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 1);
  g_assert_cmpuint (count_due_within (fixture, world, EARLIEST), ==, 0);
  /* They were all signed in in one second, and will be refreshed in six minutes. */
  g_assert_cmpuint (count_due_within (fixture, world, LATEST + 1), ==, MANY);
  g_assert_cmpuint (count_due_within (fixture, world, (EARLIEST + LATEST) / 2), >, MANY / 3);
  g_assert_cmpuint (count_due_within (fixture, world, (EARLIEST + LATEST) / 2), <, MANY * 2 / 3);
  agent_world_free (world);
}

static void
test_many_overdue (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = agent_world_new (CVG_VAULT_UNLOCKED);
  guint soon = 0;

  seed_many (world);
  cvg_clock_dummy_set_now (world->clock, (AGENT_WORLD_NOW + DAY) * G_TIME_SPAN_SECOND);
  agent_world_start (world);
  cvg_agent_start_planner (world->agent);
  agent_world_settle ();

  /* Two seconds and 50 ms for each. */
  g_assert_cmpuint (count_due_within (fixture, world, 13), ==, MANY);
  soon = count_due_within (fixture, world, 6);
  g_assert_cmpuint (soon, >, MANY / 3);
  g_assert_cmpuint (soon, <, MANY * 2 / 3);

  /* Small changes and large ones put nobody off, and let nobody overtake. */
  for (guint i = 0; i < 5; i++)
    {
      cvg_network_dummy_set_up (world->network, TRUE);
      cvg_instances_changed (world->instances, agent_world_lookup (world, ONE_OF_MANY));
      g_assert_cmpuint (count_due_within (fixture, world, 13), ==, MANY);
    }
  g_assert_cmpuint (count_due_within (fixture, world, 6), >=, soon);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 0);

  for (guint i = 0; i < MANY; i++)
    agent_world_push_token (world, "hush-A2", "hush-R2");
  agent_world_pass (world, 13);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, MANY);
  agent_world_free (world);
}

static void
test_spent_first (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (ONE_OF_MANY);

  rotation->spent_at = AGENT_WORLD_NOW + DAY - 10;
  rotation->spent_serial = 1;
  cvg_journal_dummy_put (world->journal, rotation);
  seed_many (world);
  cvg_clock_dummy_set_now (world->clock, (AGENT_WORLD_NOW + DAY) * G_TIME_SPAN_SECOND);
  agent_world_start (world);
  agent_world_push_token (world, "hush-A2", "hush-R2");
  cvg_agent_start_planner (world->agent);
  agent_world_settle ();
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 1);
  agent_world_free (world);
}

#define ADD_WITH(path, set, function)                                                              \
  g_test_add ("/planner/" path, Fixture, NULL, set, function, tear_down)
#define ADD(path, function) ADD_WITH (path, set_up, function)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD_WITH ("nothing-before-it-is-started", set_up_unstarted, test_unstarted);
  ADD ("refreshed-when-due", test_refresh);
  ADD ("one-under-way-is-enough", test_under_way);
  ADD ("a-program-was-first", test_asked_for);
  ADD ("nothing-to-refresh-nothing-wakes", test_nothing_to_do);
  ADD ("signed-in-again", test_signed_in_again);
  ADD ("removed", test_removed);
  ADD ("stopped", test_stopped);
  ADD ("stopped-while-under-way", test_stopped_under_way);

  ADD ("a-passing-failure-is-tried-again", test_passing);
  ADD ("an-ambiguous-one-soon", test_ambiguous);
  ADD ("a-dead-grant-never", test_dead);
  ADD ("a-refusal-when-the-client-is-set", test_refused);
  ADD ("found-spent-in-the-journal", test_found_spent);

  ADD_WITH ("a-locked-keyring-has-no-plans", set_up_locked, test_locked);

  ADD ("offline-waits-for-the-network", test_offline);
  ADD ("a-wrong-hint-does-no-harm", test_wrong_hint);
  ADD ("online-again-begins-anew", test_online_again);
  ADD ("online-while-one-is-under-way", test_online_while_under_way);

  ADD ("asleep-begins-nothing", test_asleep);
  ADD ("awake-with-a-network", test_awake_online);
  ADD ("a-suspend-that-nobody-announced", test_suspended);
  ADD ("the-clock-is-set", test_clock_set);

  ADD ("many-are-spread", test_many);
  ADD ("many-overdue-are-spread", test_many_overdue);
  ADD ("who-may-have-been-replaced-is-first", test_spent_first);

  return g_test_run ();
}
