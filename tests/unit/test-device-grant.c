/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sign-in by device code, poll after poll.
 */
#include "agent/device-grant.h"

#include <string.h>

#include "doubles/agent-world.h"

#define SECONDS CVG_DEFAULT_SIGN_IN_SECONDS
#define LAST_POLL_SECONDS 10
#define PAUSE_MAX 60

#define CODES(rest)                                                                                \
  "{\"device_code\":\"hush-D\",\"user_code\":\"WDJB-MJHT\","                                       \
  "\"verification_uri\":\"https://idp.invalid/go\"" rest "}"
#define PENDING "{\"error\":\"authorization_pending\"}"
#define SLOW_DOWN "{\"error\":\"slow_down\"}"

/* A server with a device endpoint, and a sign-in to it once it was begun. */
typedef struct
{
  AgentWorld *world;
  CvgEntry *entry;
  CvgSignIn *sign_in;
  guint completions;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->world = agent_world_new (CVG_VAULT_UNLOCKED);
  agent_world_seed_client (fixture->world, "By Code", "hush-S");
  agent_world_start (fixture->world);
  fixture->entry = cvg_entry_ref (agent_world_add_instance (fixture->world, "By Code"));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->sign_in != NULL)
    {
      cvg_sign_in_cancel (fixture->sign_in);
      g_signal_handlers_disconnect_by_data (fixture->sign_in, fixture);
    }
  g_clear_object (&fixture->sign_in);
  cvg_entry_unref (fixture->entry);
  agent_world_free (fixture->world);
}

static void
on_completed (CvgSignIn *sign_in, gpointer user_data)
{
  ((Fixture *) user_data)->completions++;
}

static void
begin_async (Fixture *fixture,
             const CvgSignInOptions *options,
             GCancellable *cancellable,
             GAsyncResult **slot)
{
  CvgSignInOptions defaults = CVG_SIGN_IN_OPTIONS_INIT;

  defaults.flow = CVG_FLOW_DEVICE;
  cvg_sign_ins_begin_async (cvg_agent_get_sign_ins (fixture->world->agent), fixture->entry,
                            options != NULL ? options : &defaults, cancellable,
                            agent_world_on_ready, slot);
  agent_world_settle ();
}

static CvgSignIn *
begin_finish (Fixture *fixture, GAsyncResult *result, GError **error)
{
  g_assert_nonnull (result);
  return cvg_sign_ins_begin_finish (cvg_agent_get_sign_ins (fixture->world->agent), result, error);
}

/* Begins one with the codes @codes. */
static void
begin (Fixture *fixture, const char *codes, const CvgSignInOptions *options)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cvg_http_dummy_push_json (fixture->world->http, 200, codes);
  begin_async (fixture, options, NULL, &result);
  fixture->sign_in = begin_finish (fixture, result, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->sign_in, "completed", G_CALLBACK (on_completed), fixture);
}

static void
assert_begin_fails (Fixture *fixture, const CvgSignInOptions *options, CvgError code)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  begin_async (fixture, options, NULL, &result);
  g_assert_null (begin_finish (fixture, result, &error));
  agent_world_assert_error (error, code);
  g_assert_cmpuint (cvg_browser_dummy_get_count (fixture->world->browser), ==, 0);
  g_assert_true (cvg_agent_is_idle (fixture->world->agent));
}

static guint
count_polls (Fixture *fixture)
{
  /* The first request asked for the codes. */
  return cvg_http_dummy_get_count (fixture->world->http) - 1;
}

static void
push (Fixture *fixture, guint status, const char *body)
{
  cvg_http_dummy_push_json (fixture->world->http, status, body);
}

/* The next poll comes in @seconds and not a second before. */
static void
assert_next_poll_in (Fixture *fixture, guint seconds)
{
  guint before = count_polls (fixture);

  agent_world_pass (fixture->world, seconds - 1);
  g_assert_cmpuint (count_polls (fixture), ==, before);
  agent_world_pass (fixture->world, 1);
  g_assert_cmpuint (count_polls (fixture), ==, before + 1);
}

static void
assert_phase (Fixture *fixture, CvgPhase phase)
{
  g_assert_cmpint (cvg_sign_in_get_phase (fixture->sign_in), ==, phase);
}

static void
assert_authorized (Fixture *fixture)
{
  assert_phase (fixture, CVG_PHASE_IS_AUTHORIZED);
  g_assert_cmpuint (fixture->completions, ==, 1);
  g_assert_null (cvg_sign_in_get_error (fixture->sign_in));
  agent_world_assert_stored (fixture->world, fixture->entry->record->id, "hush-A9/hush-R9/1");
  g_assert_cmpstr (fixture->entry->credentials->client_id, ==, AGENT_WORLD_CLIENT_ID);
  g_assert_cmpstr (fixture->entry->credentials->scope, ==, "read");
}

/* It is over, and nobody polls any more. */
static void
assert_ended (Fixture *fixture, CvgPhase outcome, CvgError code)
{
  guint polls = count_polls (fixture);

  assert_phase (fixture, outcome);
  g_assert_cmpuint (fixture->completions, ==, 1);
  agent_world_assert_error (cvg_sign_in_get_error (fixture->sign_in), code);
  g_assert_null (fixture->entry->credentials);
  agent_world_assert_stored (fixture->world, fixture->entry->record->id, NULL);
  agent_world_pass (fixture->world, SECONDS);
  g_assert_cmpuint (count_polls (fixture), ==, polls);
}

/* ---- beginning ------------------------------------------------------------------------------- */

static void
test_begin (Fixture *fixture, gconstpointer data)
{
  const CvgHttpDummyRequest *request = NULL;

  begin (fixture, CODES (",\"expires_in\":300"), NULL);
  request = cvg_http_dummy_get_request (fixture->world->http, 0);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->url, ==, "https://idp.invalid/device");
  g_assert_cmpstr (request->body, ==,
                   "scope=read&client_id=" AGENT_WORLD_CLIENT_ID "&client_secret=hush-S");

  assert_phase (fixture, CVG_PHASE_IS_WAITING);
  g_assert_cmpstr (cvg_sign_in_get_url (fixture->sign_in), ==, "https://idp.invalid/go");
  g_assert_cmpstr (cvg_sign_in_get_user_code (fixture->sign_in), ==, "WDJB-MJHT");
  g_assert_null (cvg_sign_in_get_redirect_uri (fixture->sign_in));
  g_assert_cmpint (cvg_sign_in_get_deadline (fixture->sign_in), ==, AGENT_WORLD_NOW + 300);
  g_assert_false (cvg_sign_in_has_state (fixture->sign_in, ""));
  g_assert_cmpstr (cvg_browser_dummy_get_url (fixture->world->browser, 0), ==,
                   "https://idp.invalid/go");
  g_assert_cmpuint (cvg_redirect_dummy_get_opened (fixture->world->redirect), ==, 0);
}

static void
test_begin_with_complete_uri (Fixture *fixture, gconstpointer data)
{
  CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;

  options.flow = CVG_FLOW_DEVICE;
  options.open_browser = FALSE;
  options.timeout = 100;
  begin (fixture,
         CODES (",\"expires_in\":300,\"verification_uri_complete\":\"https://idp.invalid/go?c=W\""),
         &options);
  g_assert_cmpstr (cvg_sign_in_get_url (fixture->sign_in), ==, "https://idp.invalid/go?c=W");
  /* The sooner of the two. */
  g_assert_cmpint (cvg_sign_in_get_deadline (fixture->sign_in), ==, AGENT_WORLD_NOW + 100);
  g_assert_cmpuint (cvg_browser_dummy_get_count (fixture->world->browser), ==, 0);
}

static void
test_begin_refused (Fixture *fixture, gconstpointer data)
{
  CvgSignInOptions loopback = CVG_SIGN_IN_OPTIONS_INIT;

  push (fixture, 400, "{\"error\":\"invalid_scope\",\"error_description\":\"hush-said\"}");
  assert_begin_fails (fixture, NULL, CVG_ERROR_REFUSED);
  push (fixture, 503, "");
  assert_begin_fails (fixture, NULL, CVG_ERROR_TRY_LATER);
  cvg_http_dummy_push_error (fixture->world->http,
                             g_error_new_literal (CVG_ERROR, CVG_ERROR_TRY_LATER, "No network"));
  assert_begin_fails (fixture, NULL, CVG_ERROR_TRY_LATER);
  push (fixture, 200, "{\"device_code\":\"hush-D\",\"user_code\":\"A\"}");
  assert_begin_fails (fixture, NULL, CVG_ERROR_REFUSED);
  /* No redirect URI is known of it, so there is nothing to listen on. */
  loopback.flow = CVG_FLOW_LOOPBACK;
  assert_begin_fails (fixture, &loopback, CVG_ERROR_NO_CLIENT);
}

static void
test_begin_over_https (Fixture *fixture, gconstpointer data)
{
  const CvgClientChange change = { .redirect_uri = "https://example.org/cb" };
  CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;
  g_autoptr (GAsyncResult) set = NULL;

  cvg_client_changes_set_async (cvg_agent_get_client_changes (fixture->world->agent),
                                fixture->entry->provider, AGENT_WORLD_CLIENT_ID, &change,
                                agent_world_on_ready, &set);
  agent_world_settle ();
  options.flow = CVG_FLOW_LOOPBACK;
  assert_begin_fails (fixture, &options, CVG_ERROR_INVALID_ARGUMENT);

  /* Nobody said how: the person brings it. */
  options.flow = CVG_FLOW_ANY;
  fixture->sign_in = agent_world_begin (fixture->world, fixture->entry, &options);
  g_assert_cmpstr (cvg_sign_in_get_redirect_uri (fixture->sign_in), ==, "https://example.org/cb");
  g_assert_null (cvg_sign_in_get_user_code (fixture->sign_in));
  g_assert_cmpuint (cvg_redirect_dummy_get_opened (fixture->world->redirect), ==, 0);
}

static void
test_caller_leaves_before_the_codes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  begin_async (fixture, NULL, cancellable, &result);
  g_assert_null (result);
  g_assert_false (cvg_agent_is_idle (fixture->world->agent));
  g_cancellable_cancel (cancellable);
  agent_world_settle ();
  g_assert_null (begin_finish (fixture, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (cvg_http_dummy_get_held (fixture->world->http), ==, 0);
  g_assert_true (cvg_agent_is_idle (fixture->world->agent));
}

static void
test_stop_before_the_codes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;

  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  begin_async (fixture, NULL, NULL, &first);
  begin_async (fixture, NULL, NULL, &second);
  cvg_agent_stop (fixture->world->agent);
  agent_world_settle ();
  g_assert_null (begin_finish (fixture, first, &error));
  agent_world_assert_error (error, CVG_ERROR_TRY_LATER);
  g_assert_nonnull (second);
  g_assert_cmpuint (cvg_http_dummy_get_held (fixture->world->http), ==, 0);
  g_assert_true (cvg_agent_is_idle (fixture->world->agent));
}

static void
test_deleted_before_the_codes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  push (fixture, 200, CODES (""));
  begin_async (fixture, NULL, NULL, &result);
  cvg_instances_remove (fixture->world->instances, fixture->entry);
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
  g_assert_null (begin_finish (fixture, result, &error));
  agent_world_assert_error (error, CVG_ERROR_NOT_FOUND);
}

/* ---- polling --------------------------------------------------------------------------------- */

static void
test_whole_flow (Fixture *fixture, gconstpointer data)
{
  const CvgHttpDummyRequest *poll = NULL;

  begin (fixture, CODES (",\"interval\":7"), NULL);
  push (fixture, 400, PENDING);
  push (fixture, 200, PENDING);
  agent_world_push_token (fixture->world, "hush-A9", "hush-R9");
  assert_next_poll_in (fixture, 7);
  assert_next_poll_in (fixture, 7);
  assert_phase (fixture, CVG_PHASE_IS_WAITING);
  assert_next_poll_in (fixture, 7);
  assert_authorized (fixture);

  poll = cvg_http_dummy_get_request (fixture->world->http, 3);
  g_assert_cmpstr (poll->method, ==, "POST");
  g_assert_cmpstr (poll->url, ==, "https://idp.invalid/token");
  g_assert_cmpstr (poll->body, ==,
                   "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
                   "&device_code=hush-D&client_id=" AGENT_WORLD_CLIENT_ID "&client_secret=hush-S");
  agent_world_pass (fixture->world, SECONDS);
  g_assert_cmpuint (count_polls (fixture), ==, 3);
}

static void
test_one_poll_at_a_time (Fixture *fixture, gconstpointer data)
{
  begin (fixture, CODES (""), NULL);
  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  push (fixture, 400, PENDING);
  agent_world_pass (fixture->world, 5);
  g_assert_cmpuint (cvg_http_dummy_get_held (fixture->world->http), ==, 1);
  agent_world_pass (fixture->world, 20);
  g_assert_cmpuint (count_polls (fixture), ==, 1);
  /* The interval is from the end of the one to the start of the next. */
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
  assert_next_poll_in (fixture, 5);
}

static void
test_slow_down (Fixture *fixture, gconstpointer data)
{
  begin (fixture, CODES (""), NULL);
  push (fixture, 400, SLOW_DOWN);
  push (fixture, 400, PENDING);
  push (fixture, 200, SLOW_DOWN);
  push (fixture, 400, PENDING);
  agent_world_push_token (fixture->world, "hush-A9", "hush-R9");
  assert_next_poll_in (fixture, 5);
  /* For good, not for once. */
  assert_next_poll_in (fixture, 10);
  assert_next_poll_in (fixture, 10);
  assert_next_poll_in (fixture, 15);
  assert_next_poll_in (fixture, 15);
  assert_authorized (fixture);
}

static void
test_server_down (Fixture *fixture, gconstpointer data)
{
  begin (fixture, CODES (""), NULL);
  push (fixture, 503, "");
  cvg_http_dummy_push_error (fixture->world->http,
                             g_error_new_literal (CVG_ERROR, CVG_ERROR_TRY_LATER, "No answer"));
  push (fixture, 200, "<html>");
  push (fixture, 429, "");
  push (fixture, 500, "");
  push (fixture, 400, PENDING);
  agent_world_push_token (fixture->world, "hush-A9", "hush-R9");
  assert_next_poll_in (fixture, 5);
  assert_next_poll_in (fixture, 10);
  assert_next_poll_in (fixture, 20);
  assert_next_poll_in (fixture, 40);
  assert_next_poll_in (fixture, PAUSE_MAX);
  assert_next_poll_in (fixture, PAUSE_MAX);
  /* It is back: as before. */
  assert_next_poll_in (fixture, 5);
  assert_authorized (fixture);
}

static void
test_retry_after (Fixture *fixture, gconstpointer data)
{
  begin (fixture, CODES (""), NULL);
  cvg_http_dummy_push (fixture->world->http, 429, "application/json", 90, "");
  cvg_http_dummy_push (fixture->world->http, 503, "application/json", 1, "");
  agent_world_push_token (fixture->world, "hush-A9", "hush-R9");
  assert_next_poll_in (fixture, 5);
  assert_next_poll_in (fixture, 90);
  /* Never sooner than without it. */
  assert_next_poll_in (fixture, 20);
  assert_authorized (fixture);
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    const char *body;
    CvgPhase outcome;
    CvgError code;
  } vectors[] = {
    { 400, "{\"error\":\"access_denied\",\"error_description\":\"hush-said\"}", CVG_PHASE_IS_DENIED,
      CVG_ERROR_REFUSED },
    { 400, "{\"error\":\"expired_token\"}", CVG_PHASE_IS_TIMED_OUT, CVG_ERROR_TIMED_OUT },
    { 400, "{\"error\":\"invalid_grant\"}", CVG_PHASE_IS_FAILED, CVG_ERROR_REFUSED },
    { 401, "{\"error\":\"invalid_client\"}", CVG_PHASE_IS_FAILED, CVG_ERROR_REFUSED },
    { 200, "{\"access_token\":\"hush-A\",\"token_type\":\"mac\"}", CVG_PHASE_IS_FAILED,
      CVG_ERROR_REFUSED },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_test_message ("row %zu", i);
      if (i > 0)
        {
          tear_down (fixture, NULL);
          memset (fixture, 0, sizeof *fixture);
          set_up (fixture, NULL);
        }
      begin (fixture, CODES (""), NULL);
      push (fixture, 400, PENDING);
      push (fixture, vectors[i].status, vectors[i].body);
      assert_next_poll_in (fixture, 5);
      assert_next_poll_in (fixture, 5);
      assert_ended (fixture, vectors[i].outcome, vectors[i].code);
    }
}

/* ---- others end it --------------------------------------------------------------------------- */

static void
test_deadline (Fixture *fixture, gconstpointer data)
{
  begin (fixture, CODES (",\"expires_in\":12"), NULL);
  push (fixture, 400, PENDING);
  push (fixture, 400, PENDING);
  agent_world_pass (fixture->world, 11);
  assert_phase (fixture, CVG_PHASE_IS_WAITING);
  agent_world_pass (fixture->world, 1);
  g_assert_cmpuint (count_polls (fixture), ==, 2);
  assert_ended (fixture, CVG_PHASE_IS_TIMED_OUT, CVG_ERROR_TIMED_OUT);
}

/* A poll is under way when the time is over. */
static void
hold_the_last_poll (Fixture *fixture)
{
  begin (fixture, CODES (",\"expires_in\":7"), NULL);
  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  agent_world_pass (fixture->world, 7);
  g_assert_cmpuint (cvg_http_dummy_get_held (fixture->world->http), ==, 1);
  assert_phase (fixture, CVG_PHASE_IS_WAITING);
}

static void
test_deadline_in_a_poll (Fixture *fixture, gconstpointer data)
{
  hold_the_last_poll (fixture);
  agent_world_push_token (fixture->world, "hush-A9", "hush-R9");
  agent_world_pass (fixture->world, LAST_POLL_SECONDS - 1);
  assert_phase (fixture, CVG_PHASE_IS_WAITING);
  /* The keyring may take its time, too. */
  cvg_vault_dummy_hold (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
  assert_phase (fixture, CVG_PHASE_IS_STORING);
  agent_world_pass (fixture->world, LAST_POLL_SECONDS);
  cvg_vault_dummy_release (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  assert_authorized (fixture);
}

static void
test_deadline_in_a_poll_for_nothing (Fixture *fixture, gconstpointer data)
{
  hold_the_last_poll (fixture);
  push (fixture, 400, PENDING);
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
  assert_ended (fixture, CVG_PHASE_IS_TIMED_OUT, CVG_ERROR_TIMED_OUT);
}

static void
test_deadline_in_a_poll_without_end (Fixture *fixture, gconstpointer data)
{
  hold_the_last_poll (fixture);
  agent_world_pass (fixture->world, LAST_POLL_SECONDS);
  g_assert_cmpuint (cvg_http_dummy_get_held (fixture->world->http), ==, 0);
  assert_ended (fixture, CVG_PHASE_IS_TIMED_OUT, CVG_ERROR_TIMED_OUT);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  begin (fixture, CODES (""), NULL);
  push (fixture, 400, PENDING);
  agent_world_pass (fixture->world, 7);
  cvg_sign_in_cancel (fixture->sign_in);
  assert_ended (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
}

static void
test_cancel_in_a_poll (Fixture *fixture, gconstpointer data)
{
  begin (fixture, CODES (""), NULL);
  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  agent_world_pass (fixture->world, 5);
  cvg_sign_in_cancel (fixture->sign_in);
  agent_world_settle ();
  g_assert_cmpuint (cvg_http_dummy_get_held (fixture->world->http), ==, 0);
  assert_ended (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
}

static void
test_deleted (Fixture *fixture, gconstpointer data)
{
  begin (fixture, CODES (""), NULL);
  cvg_sign_ins_cancel_of (cvg_agent_get_sign_ins (fixture->world->agent), fixture->entry);
  assert_ended (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
}

static void
test_stop (Fixture *fixture, gconstpointer data)
{
  begin (fixture, CODES (""), NULL);
  cvg_agent_stop (fixture->world->agent);
  assert_ended (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  g_assert_true (cvg_agent_is_idle (fixture->world->agent));
}

static void
test_stop_in_a_poll (Fixture *fixture, gconstpointer data)
{
  /* The tokens that it may bring are given once. */
  begin (fixture, CODES (""), NULL);
  agent_world_push_token (fixture->world, "hush-A9", "hush-R9");
  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  agent_world_pass (fixture->world, 5);
  cvg_agent_stop (fixture->world->agent);
  agent_world_settle ();
  assert_phase (fixture, CVG_PHASE_IS_WAITING);
  g_assert_false (cvg_agent_is_idle (fixture->world->agent));
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
  assert_authorized (fixture);
  g_assert_true (cvg_agent_is_idle (fixture->world->agent));
}

static void
test_stop_in_a_poll_for_nothing (Fixture *fixture, gconstpointer data)
{
  begin (fixture, CODES (""), NULL);
  push (fixture, 400, PENDING);
  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  agent_world_pass (fixture->world, 5);
  cvg_agent_stop (fixture->world->agent);
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
  assert_ended (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
}

static void
test_paste (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin (fixture, CODES (""), NULL);
  g_assert_false (cvg_sign_in_complete_from_url (
      fixture->sign_in, "https://idp.invalid/go?code=hush-C&state=x", &error));
  agent_world_assert_error (error, CVG_ERROR_INVALID_ARGUMENT);
  assert_phase (fixture, CVG_PHASE_IS_WAITING);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/device-grant/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD ("begin", test_begin);
  ADD ("begin/with-complete-uri", test_begin_with_complete_uri);
  ADD ("begin/refused", test_begin_refused);
  ADD ("begin/over-https", test_begin_over_https);
  ADD ("begin/caller-leaves-before-the-codes", test_caller_leaves_before_the_codes);
  ADD ("begin/stop-before-the-codes", test_stop_before_the_codes);
  ADD ("begin/deleted-before-the-codes", test_deleted_before_the_codes);
  ADD ("whole-flow", test_whole_flow);
  ADD ("one-poll-at-a-time", test_one_poll_at_a_time);
  ADD ("slow-down", test_slow_down);
  ADD ("server-down", test_server_down);
  ADD ("retry-after", test_retry_after);
  ADD ("refusals", test_refusals);
  ADD ("deadline", test_deadline);
  ADD ("deadline/in-a-poll", test_deadline_in_a_poll);
  ADD ("deadline/in-a-poll-for-nothing", test_deadline_in_a_poll_for_nothing);
  ADD ("deadline/in-a-poll-without-end", test_deadline_in_a_poll_without_end);
  ADD ("cancel", test_cancel);
  ADD ("cancel/in-a-poll", test_cancel_in_a_poll);
  ADD ("cancel/deleted", test_deleted);
  ADD ("stop", test_stop);
  ADD ("stop/in-a-poll", test_stop_in_a_poll);
  ADD ("stop/in-a-poll-for-nothing", test_stop_in_a_poll_for_nothing);
  ADD ("paste", test_paste);

  return g_test_run ();
}
