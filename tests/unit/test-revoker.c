/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the server is told, what the caller is, and when it is tried again.
 */
#include "agent/revoker.h"

#include "doubles/agent-leave.h"

#define DAY (24 * 60 * 60)

static void
push (AgentWorld *world, guint status)
{
  cvg_http_dummy_push_json (world->http, status, "{}");
}

/* ---- the first attempt ----------------------------------------------------------------------- */

static void
test_confirmed (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_http_dummy_set_hold (world->http, TRUE);
  push (world, 200);
  push (world, 200);
  agent_leave_sign_out (fixture, &result);
  /* Deleted here before the server is told, and one token after the other. */
  g_assert_null (result);
  g_assert_null (fixture->entry->credentials);
  g_assert_true (agent_leave_is_queued (world));
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 1);
  agent_leave_assert_request (world, 0, "hush-R1");
  g_assert_cmpstr (cvg_http_dummy_get_request (world->http, 0)->body, ==,
                   "token=hush-R1&token_type_hint=refresh_token&client_id=the-client&"
                   "client_secret=hush-S");

  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  g_assert_null (result);
  agent_leave_assert_request (world, 1, "hush-A1");
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  agent_leave_assert_left (fixture, result, TRUE);
  g_assert_false (agent_leave_is_queued (world));
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 0);
}

static void
test_refused (AgentLeave *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  /* The other token is told all the same. */
  cvg_http_dummy_push_json (fixture->world->http, 400, "{\"error\":\"unsupported_token_type\"}");
  push (fixture->world, 200);
  agent_leave_sign_out (fixture, &result);
  agent_leave_assert_left (fixture, result, FALSE);
  g_assert_cmpuint (agent_leave_count_requests (fixture->world), ==, 2);
  g_assert_false (agent_leave_is_queued (fixture->world));
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (fixture->world->clock), ==, 0);
}

static void
test_not_wanted (AgentLeave *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  cvg_changes_delete_auth_async (cvg_agent_get_changes (fixture->world->agent), fixture->entry,
                                 FALSE, agent_world_on_ready, &result);
  agent_world_settle ();
  agent_leave_assert_left (fixture, result, FALSE);
  g_assert_cmpuint (agent_leave_count_requests (fixture->world), ==, 0);
  g_assert_false (agent_leave_is_queued (fixture->world));
}

/* What a person made at the server's page, and a program was given. */
static void
test_key (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  CvgChanges *changes = cvg_agent_get_changes (world->agent);
  g_autoptr (GVariant) key =
      g_variant_ref_sink (g_variant_new_parsed ("{'access_token': <'hush-K'>}"));
  g_autoptr (GAsyncResult) set = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_changes_set_auth_async (changes, fixture->entry, key, agent_world_on_ready, &set);
  agent_world_settle ();
  g_assert_true (cvg_changes_finish (changes, set, NULL));

  agent_leave_sign_out (fixture, &result);
  agent_leave_assert_left (fixture, result, FALSE);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 0);
  g_assert_false (agent_leave_is_queued (world));
}

static void
test_no_place (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  AgentLeave fixture = { world, agent_world_lookup (world, AGENT_WORLD_ID) };
  g_autoptr (GAsyncResult) result = NULL;

  /* Confluence has no revocation endpoint for these apps. */
  agent_leave_sign_out (&fixture, &result);
  agent_leave_assert_left (&fixture, result, FALSE);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_STORE), ==, 0);
}

static void
test_patience (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_http_dummy_set_hold (world->http, TRUE);
  push (world, 200);
  push (world, 200);
  agent_leave_sign_out (fixture, &result);
  agent_world_pass (world, 9);
  g_assert_null (result);
  agent_world_pass (world, 1);
  agent_leave_assert_left (fixture, result, FALSE);

  /* It goes on without the caller. */
  g_assert_true (agent_leave_is_queued (world));
  cvg_http_dummy_set_hold (world->http, FALSE);
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 2);
  g_assert_false (agent_leave_is_queued (world));
}

/* A client that was removed, as far as we know: its id says who asks. */
static void
test_lost_secret (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  AgentLeave fixture = { world, NULL };
  g_autoptr (GAsyncResult) result = NULL;

  agent_leave_seed (world);
  cvg_vault_dummy_forget (world->vault, CVG_VAULT_CLIENT, AGENT_WORLD_CLIENT_UUID);
  agent_leave_start (world);
  fixture.entry = agent_world_lookup (world, AGENT_WORLD_ID);
  cvg_http_dummy_push_json (world->http, 401, "{\"error\":\"invalid_client\"}");
  cvg_http_dummy_push_json (world->http, 401, "{\"error\":\"invalid_client\"}");
  agent_leave_sign_out (&fixture, &result);
  agent_leave_assert_left (&fixture, result, FALSE);
  g_assert_cmpstr (cvg_http_dummy_get_request (world->http, 0)->body, ==,
                   "token=hush-R1&token_type_hint=refresh_token&client_id=the-client");
  g_assert_false (agent_leave_is_queued (world));
}

/* ---- again ----------------------------------------------------------------------------------- */

static void
leave_off_line (AgentLeave *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;

  agent_leave_push_gone (fixture->world);
  agent_leave_sign_out (fixture, &result);
  /* The caller does not wait for better days. */
  agent_leave_assert_left (fixture, result, FALSE);
  g_assert_true (agent_leave_is_queued (fixture->world));
  g_assert_cmpuint (agent_leave_count_requests (fixture->world), ==, 1);
}

static void
test_backoff (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  leave_off_line (fixture);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 1);
  agent_world_pass (world, 14);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 1);

  /* To the second at which chance has put it: the next pause begins there. */
  push (world, 503);
  for (guint i = 0; i < 17 && agent_leave_count_requests (world) == 1; i++)
    agent_world_pass (world, 1);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 2);
  agent_world_pass (world, 58);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 2);

  push (world, 200);
  push (world, 200);
  agent_world_pass (world, 63);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 4);
  g_assert_false (agent_leave_is_queued (world));
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 0);
}

static void
test_retry_after (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_http_dummy_push (world->http, 503, NULL, 600, "");
  agent_leave_sign_out (fixture, &result);
  agent_leave_assert_left (fixture, result, FALSE);
  agent_world_pass (world, 300);
  /* Another network is no reason to ask before. */
  cvg_network_dummy_set_up (world->network, FALSE);
  cvg_network_dummy_set_up (world->network, TRUE);
  agent_world_pass (world, 300);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 1);
  push (world, 200);
  push (world, 200);
  agent_world_pass (world, 152);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 3);
}

static void
test_network_comes_back (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  cvg_network_dummy_set_up (world->network, FALSE);
  leave_off_line (fixture);
  agent_world_pass (world, 7);
  push (world, 200);
  push (world, 200);
  cvg_network_dummy_set_up (world->network, TRUE);
  agent_world_pass (world, 1);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 3);
  g_assert_false (agent_leave_is_queued (world));
}

static void
test_flapping_network (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  leave_off_line (fixture);
  for (guint i = 0; i < 4; i++)
    {
      cvg_network_dummy_set_up (world->network, FALSE);
      cvg_network_dummy_set_up (world->network, TRUE);
      agent_world_pass (world, 1);
    }
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 1);
}

/* The access token alone is left to be told, also in the keyring. */
static void
test_half_done (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  push (world, 200);
  push (world, 503);
  agent_leave_sign_out (fixture, &result);
  agent_leave_assert_left (fixture, result, FALSE);
  g_assert_null (strstr (cvg_secret_peek (cvg_vault_dummy_peek (
                             world->vault, CVG_VAULT_REVOCATION,
                             cvg_vault_dummy_find (world->vault, CVG_VAULT_REVOCATION))),
                         "hush-R1"));
  push (world, 200);
  agent_world_pass (world, 31);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 3);
  agent_leave_assert_request (world, 2, "hush-A1");
  g_assert_false (agent_leave_is_queued (world));
}

/* Asked less and less often, and after a month not any more. */
static void
test_gives_up (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  gint64 start = cvg_clock_get_seconds (CVG_CLOCK (world->clock));
  gint64 now = start;
  guint on_first_day = 0;
  guint later = 0;

  leave_off_line (fixture);
  while (cvg_clock_dummy_count_alarms (world->clock) > 0)
    {
      g_assert_true (agent_leave_is_queued (world));
      push (world, 503);
      cvg_clock_dummy_set_now (world->clock, cvg_clock_dummy_get_next_alarm (world->clock));
      agent_world_settle ();
      now = cvg_clock_get_seconds (CVG_CLOCK (world->clock));
      if (now < start + DAY)
        on_first_day++;
      else
        later++;
    }

  g_assert_false (agent_leave_is_queued (world));
  g_assert_cmpint (now, >=, start + 30 * DAY);
  g_assert_cmpint (now, <=, start + 31 * DAY);
  g_assert_cmpuint (on_first_day, >=, 10);
  g_assert_cmpuint (on_first_day, <=, 20);
  g_assert_cmpuint (later, <=, 30 * 8);
}

static void
test_clock_is_set (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  leave_off_line (fixture);
  cvg_clock_dummy_step (world->clock, -DAY * G_TIME_SPAN_SECOND);
  push (world, 200);
  push (world, 200);
  agent_world_pass (world, 31);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 3);
}

/* ---- stopping -------------------------------------------------------------------------------- */

static void
test_stop_on_the_wire (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_leave_sign_out (fixture, &result);
  cvg_agent_stop (world->agent);
  agent_world_settle ();
  /* It is told again at the next start: a slow server does not hold up the end of a session. */
  g_assert_true (cvg_agent_is_idle (world->agent));
  agent_leave_assert_left (fixture, result, FALSE);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 1);
  g_assert_true (agent_leave_is_queued (world));
}

static void
test_stop_at_the_gate (AgentLeave *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_sleep_dummy_about_to_sleep (world->sleep);
  agent_leave_sign_out (fixture, &result);
  g_assert_null (result);
  cvg_agent_stop (world->agent);
  agent_world_settle ();
  g_assert_true (cvg_agent_is_idle (world->agent));
  agent_leave_assert_left (fixture, result, FALSE);
  g_assert_cmpuint (agent_leave_count_requests (world), ==, 0);
  g_assert_true (agent_leave_is_queued (world));
}

int
main (int argc, char **argv)
{
  agent_world_init (&argc, &argv);

#define ADD(path, func)                                                                            \
  g_test_add ("/revoker/" path, AgentLeave, NULL, agent_leave_set_up, func, agent_leave_tear_down)

  ADD ("confirmed", test_confirmed);
  ADD ("refused", test_refused);
  ADD ("not-wanted", test_not_wanted);
  ADD ("a-key-is-no-grant", test_key);
  g_test_add_func ("/revoker/no-place-for-it", test_no_place);
  ADD ("callers-wait-ten-seconds", test_patience);
  g_test_add_func ("/revoker/secret-of-the-client-is-lost", test_lost_secret);
  ADD ("tried-again-with-back-off", test_backoff);
  ADD ("retry-after", test_retry_after);
  ADD ("network-comes-back", test_network_comes_back);
  ADD ("flapping-network", test_flapping_network);
  ADD ("half-done", test_half_done);
  ADD ("gives-up-after-a-month", test_gives_up);
  ADD ("clock-is-set", test_clock_is_set);
  ADD ("stop-on-the-wire", test_stop_on_the_wire);
  ADD ("stop-at-the-gate", test_stop_at_the_gate);

  return g_test_run ();
}
