/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/sign-in.h"

#include <string.h>

#include "doubles/agent-sign-in.h"

#define SECONDS CVG_DEFAULT_SIGN_IN_SECONDS
#define PATIENCE_SECONDS 10

/* ---- the way it should go -------------------------------------------------------------------- */

static void
test_url (AgentSignIn *fixture, gconstpointer data)
{
  const char *url = cvg_sign_in_get_url (fixture->sign_in);
  g_autofree char *state = agent_world_dup_parameter (url, "state");
  g_autofree char *challenge = agent_world_dup_parameter (url, "code_challenge");
  g_autofree char *method = agent_world_dup_parameter (url, "code_challenge_method");
  g_autofree char *type = agent_world_dup_parameter (url, "response_type");
  g_autofree char *client_id = agent_world_dup_parameter (url, "client_id");
  g_autofree char *redirect_uri = agent_world_dup_parameter (url, "redirect_uri");
  g_autofree char *audience = agent_world_dup_parameter (url, "audience");
  g_autofree char *scope = agent_world_dup_parameter (url, "scope");
  g_autofree char *verifier = agent_world_dup_parameter (url, "code_verifier");

  g_assert_true (g_str_has_prefix (url, "https://auth.atlassian.com/authorize?"));
  g_assert_cmpuint (strlen (state), >=, 43);
  g_assert_cmpuint (strlen (challenge), ==, 43);
  g_assert_cmpstr (method, ==, "S256");
  g_assert_cmpstr (type, ==, "code");
  g_assert_cmpstr (client_id, ==, AGENT_WORLD_CLIENT_ID);
  g_assert_cmpstr (redirect_uri, ==, AGENT_SIGN_IN_REDIRECT_URI);
  g_assert_cmpstr (audience, ==, "api.atlassian.com");
  g_assert_nonnull (strstr (scope, "offline_access"));
  g_assert_null (verifier);
  g_assert_null (strstr (url, AGENT_WORLD_SECRET));
  g_assert_cmpint (cvg_sign_in_get_deadline (fixture->sign_in), ==, AGENT_WORLD_NOW + SECONDS);
  g_assert_cmpstr (cvg_sign_in_get_redirect_uri (fixture->sign_in), ==, AGENT_SIGN_IN_REDIRECT_URI);
  g_assert_true (cvg_sign_in_get_entry (fixture->sign_in) == fixture->entry);
}

static void
test_whole_flow (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  const CvgEntry *entry = fixture->entry;
  g_autofree char *nickname = NULL;
  guint visit = 0;

  agent_sign_in_push_all (fixture);
  agent_world_pass (world, 100);
  cvg_http_dummy_set_hold (world->http, TRUE);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  visit = agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_EXCHANGING);
  agent_sign_in_assert_exchange (fixture, cvg_http_dummy_get_request (world->http, 0));

  agent_sign_in_answer_request (fixture);
  /* Who signed in, and where: both asked at once, with the new token. */
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_EXCHANGING);
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 2);
  for (guint i = 1; i <= 2; i++)
    g_assert_cmpstr (cvg_http_dummy_get_request (world->http, i)->authorization, ==,
                     "Bearer hush-A9");
  agent_sign_in_answer_request (fixture);
  agent_sign_in_answer_request (fixture);
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_STORING);

  /* The browser waits, and nothing is touched, until it is durable. */
  g_assert_null (agent_sign_in_get_page (fixture, visit));
  agent_world_assert_secret (entry->credentials->access_token, "hush-A1");
  g_assert_cmpuint (fixture->completions, ==, 0);
  g_assert_cmpuint (agent_sign_in_count_users (fixture), ==, 1);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();

  agent_sign_in_assert_authorized (fixture);
  agent_sign_in_assert_phases (fixture, "exchanging storing authorized");
  agent_sign_in_assert_page (fixture, visit, CVG_PAGE_SUCCESS, "Signed in to Confluence");
  g_assert_nonnull (
      strstr (agent_sign_in_get_page (fixture, visit)->text, "Name (n@example.org) on Site"));
  agent_sign_in_assert_stored (fixture, "hush-A9/hush-R9/2");
  g_assert_cmpint (entry->record->authorized_at, ==, (AGENT_WORLD_NOW + 100) * G_TIME_SPAN_SECOND);
  g_assert_cmpint (entry->credentials->obtained_at, ==, AGENT_WORLD_NOW + 100);
  g_assert_cmpstr (entry->credentials->client_id, ==, AGENT_WORLD_CLIENT_ID);
  g_assert_cmpuint (g_variant_n_children (entry->credentials->resources), ==, 1);
  g_assert_nonnull (entry->credentials->account);
  /* The client was not chosen by anybody, so the instance goes on with the default. */
  g_assert_null (entry->record->client_id);
}

static void
test_scope_of_the_answer (AgentSignIn *fixture, gconstpointer data)
{
  const CvgSignInOptions options = { .scope = "read:a,read:me",
                                     .timeout = SECONDS,
                                     .flow = CVG_FLOW_LOOPBACK };

  /* RFC 6749 section 5.1: without one in the answer it is what was asked for. */
  agent_sign_in_push_all (fixture);
  agent_sign_in_answer (fixture, "code=hush-C");
  g_assert_true (g_str_has_prefix (fixture->entry->credentials->scope, "read:me read:account "));

  agent_sign_in_begin (fixture, &options);
  agent_sign_in_push_all (fixture);
  agent_sign_in_answer (fixture, "code=hush-C");
  g_assert_cmpstr (fixture->entry->credentials->scope, ==, "read:a read:me offline_access");

  agent_sign_in_begin (fixture, &options);
  cvg_http_dummy_push_json (
      fixture->world->http, 200,
      "{\"access_token\":\"hush-A9\",\"scope\":\"read:a\",\"expires_in\":3600}");
  cvg_http_dummy_push_json (fixture->world->http, 200, "[]");
  agent_sign_in_answer (fixture, "code=hush-C");
  g_assert_cmpstr (fixture->entry->credentials->scope, ==, "read:a");
  /* Nor is an account asked for that was not granted: one question only. */
  g_assert_null (fixture->entry->credentials->account);
  agent_sign_in_assert_authorized (fixture);
}

static void
test_dead_grant_lives_again (AgentSignIn *fixture, gconstpointer data)
{
  g_autoptr (GError) dead = g_error_new (CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN, "It is over");

  cvg_instances_set_failed (fixture->world->instances, fixture->entry, dead, 0, 0);
  agent_sign_in_push_all (fixture);
  agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_assert_authorized (fixture);
  g_assert_null (fixture->entry->record->dead_reason);
  g_assert_null (fixture->entry->last_error);
}

static void
test_named_client (AgentSignIn *fixture, gconstpointer data)
{
  CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;

  options.client_id = AGENT_WORLD_CLIENT_ID;
  agent_sign_in_begin (fixture, &options);
  agent_sign_in_push_all (fixture);
  agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_assert_authorized (fixture);
  g_assert_cmpstr (fixture->entry->record->client_id, ==, AGENT_WORLD_CLIENT_ID);
}

static void
test_redirect_url (AgentSignIn *fixture, gconstpointer data)
{
  CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;
  guint failed = 0;
  guint visit = 0;

  /* Only success goes there: a failure is for the person to read. */
  options.redirect_url = "https://example.org/done?x=1";
  agent_sign_in_begin (fixture, &options);
  failed = agent_sign_in_answer (fixture, "error=access_denied");
  agent_sign_in_assert_page (fixture, failed, CVG_PAGE_FAILURE,
                             "You are not signed in to Confluence");

  agent_sign_in_begin (fixture, &options);
  agent_sign_in_push_all (fixture);
  cvg_vault_dummy_hold (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  visit = agent_sign_in_answer (fixture, "code=hush-C");
  g_assert_null (agent_sign_in_get_page (fixture, visit));
  cvg_vault_dummy_release (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  agent_sign_in_assert_authorized (fixture);
  g_assert_cmpuint (agent_sign_in_get_page (fixture, visit)->status, ==, 303);
  g_assert_cmpstr (agent_sign_in_get_page (fixture, visit)->location, ==,
                   "https://example.org/done?x=1");
}

static void
test_several_sites (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  agent_world_push_token (world, "hush-A9", "hush-R9");
  cvg_http_dummy_push_json (world->http, 200,
                            "[{\"id\":\"a\",\"name\":\"A\"},{\"id\":\"b\",\"name\":\"B\"}]");
  cvg_http_dummy_push_json (world->http, 200, "{}");
  visit = agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_assert_authorized (fixture);
  g_assert_nonnull (strstr (agent_sign_in_get_page (fixture, visit)->hint, "claviger site"));
}

/* ---- refusals -------------------------------------------------------------------------------- */

static void
test_denied (AgentSignIn *fixture, gconstpointer data)
{
  guint visit = agent_sign_in_answer (fixture, "error=access_denied&error_description=hush-said");

  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_DENIED, CVG_ERROR_REFUSED);
  agent_sign_in_assert_phases (fixture, "denied");
  agent_sign_in_assert_page (fixture, visit, CVG_PAGE_FAILURE,
                             "You are not signed in to Confluence");
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->world->http), ==, 0);
}

static void
test_refusals (AgentSignIn *fixture, gconstpointer data)
{
  static const struct
  {
    const char *answer;
    CvgError code;
  } vectors[] = {
    { "error=invalid_scope&error_description=hush-said", CVG_ERROR_REFUSED },
    { "error=hush-made-up+%22code%22", CVG_ERROR_REFUSED }, /* no word to be repeated */
    { "error=server_error", CVG_ERROR_TRY_LATER },
    { "error=temporarily_unavailable", CVG_ERROR_TRY_LATER },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      guint visit = 0;

      g_test_message ("row %zu", i);
      if (i > 0)
        agent_sign_in_begin (fixture, NULL);
      visit = agent_sign_in_answer (fixture, vectors[i].answer);
      agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_FAILED, vectors[i].code);
      agent_sign_in_assert_page (fixture, visit, CVG_PAGE_FAILURE,
                                 "You are not signed in to Confluence");
    }
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->world->http), ==, 0);
}

static void
test_exchange_fails (AgentSignIn *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    const char *body;
    CvgError code;
  } vectors[] = {
    { 400, "{\"error\":\"invalid_grant\"}", CVG_ERROR_REFUSED },
    { 403, "{\"error\":\"invalid_grant\",\"error_description\":\"hush-C\"}", CVG_ERROR_REFUSED },
    { 401, "{\"error\":\"invalid_client\"}", CVG_ERROR_REFUSED },
    { 503, "", CVG_ERROR_TRY_LATER },
    { 200, "{\"hush-nonsense\":1}", CVG_ERROR_TRY_LATER },
    { 200, "<html>", CVG_ERROR_TRY_LATER },
    { 200, "{\"access_token\":\"hush-A9\",\"token_type\":\"mac\"}", CVG_ERROR_REFUSED },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      guint visit = 0;

      g_test_message ("row %zu", i);
      if (i > 0)
        agent_sign_in_begin (fixture, NULL);
      cvg_http_dummy_push_json (fixture->world->http, vectors[i].status, vectors[i].body);
      visit = agent_sign_in_answer (fixture, "code=hush-C");
      agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_FAILED, vectors[i].code);
      agent_sign_in_assert_page (fixture, visit, CVG_PAGE_FAILURE,
                                 "You are not signed in to Confluence");
    }
}

static void
test_no_network (AgentSignIn *fixture, gconstpointer data)
{
  guint visit = 0;

  cvg_http_dummy_push_error (fixture->world->http,
                             g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "No network"));
  visit = agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_FAILED, CVG_ERROR_TRY_LATER);
  agent_sign_in_assert_page (fixture, visit, CVG_PAGE_FAILURE,
                             "You are not signed in to Confluence");
}

static void
test_store_fails (AgentSignIn *fixture, gconstpointer data)
{
  guint visit = 0;

  agent_sign_in_push_all (fixture);
  cvg_vault_dummy_fail_next (fixture->world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  visit = agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_FAILED, CVG_ERROR_FAILED);
  agent_sign_in_assert_page (fixture, visit, CVG_PAGE_FAILURE,
                             "You are not signed in to Confluence");
}

/* ---- the profile ----------------------------------------------------------------------------- */

static void
test_profile_fails (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  agent_world_push_token (world, "hush-A9", "hush-R9");
  cvg_http_dummy_push (world->http, 500, "text/plain", 0, "hush-oops");
  cvg_http_dummy_push_error (world->http,
                             g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "No network"));
  agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_assert_authorized (fixture);
  g_assert_null (fixture->entry->credentials->resources);
  g_assert_null (fixture->entry->credentials->account);
}

static void
test_profile_is_slow (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  agent_sign_in_push_all (fixture);
  cvg_http_dummy_set_hold (world->http, TRUE);
  visit = agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_answer_request (fixture);
  /* One of the two comes; the other one is not waited for for ever. */
  agent_sign_in_answer_request (fixture);
  agent_world_pass (world, PATIENCE_SECONDS - 1);
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_EXCHANGING);
  g_assert_null (agent_sign_in_get_page (fixture, visit));
  agent_world_pass (world, 1);
  agent_sign_in_assert_authorized (fixture);
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 0);
  g_assert_nonnull (fixture->entry->credentials->resources);
  g_assert_null (fixture->entry->credentials->account);

  /* Its answer is left in the script: it is no token, for whoever asks next. */
  g_assert_cmpuint (cvg_http_dummy_get_queued (world->http), ==, 1);
  cvg_http_dummy_set_hold (world->http, FALSE);
  agent_sign_in_begin (fixture, NULL);
  agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_FAILED);
}

/* ---- the keyring ----------------------------------------------------------------------------- */

static void
test_keyring_locked_then_unlocked (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  agent_sign_in_lock_before_the_store (fixture, &visit);
  /* The grant that the person just gave is not thrown away: the keyring is asked for. */
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_STORING);
  g_assert_cmpuint (cvg_vault_dummy_count_held (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 1);
  agent_sign_in_assert_page (fixture, visit, CVG_PAGE_NEUTRAL,
                             "One more step: unlock your keyring");
  agent_world_pass (world, 100);
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_STORING);
  agent_sign_in_assert_stored (fixture, "hush-A1/hush-R1/1");

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  agent_sign_in_assert_authorized (fixture);
  agent_sign_in_assert_phases (fixture, "exchanging storing authorized");
}

static void
test_keyring_dismissed_then_unlocked (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_UNLOCK, CVG_ERROR_KEYRING_LOCKED);
  agent_sign_in_lock_before_the_store (fixture, &visit);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  /* Not now, says the person; it waits on, and asks no more. */
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_STORING);
  agent_world_pass (world, 60);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 1);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  agent_sign_in_assert_authorized (fixture);
}

static void
test_keyring_locked_twice (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  agent_sign_in_lock_before_the_store (fixture, &visit);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  g_assert_cmpuint (cvg_vault_dummy_count_held (world->vault, CVG_VAULT_DUMMY_STORE), ==, 1);

  /* Locked again while it was being written. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_STORING);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  agent_sign_in_assert_authorized (fixture);
}

static void
test_keyring_locked_until_the_deadline (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  agent_sign_in_lock_before_the_store (fixture, &visit);
  agent_world_pass (world, SECONDS - 1);
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_STORING);
  agent_world_pass (world, 1);
  /* The person did their part in time, so it says what was in the way. */
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_FAILED, CVG_ERROR_KEYRING_LOCKED);

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  agent_sign_in_assert_stored (fixture, "hush-A1/hush-R1/1");
}

static void
test_keyring_restarts (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  /* Gone at the very end, as when its daemon is replaced by a newer one. */
  agent_sign_in_push_all (fixture);
  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_sign_in_answer (fixture, "code=hush-C");
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNAVAILABLE);
  for (guint i = 0; i < 3; i++)
    agent_sign_in_answer_request (fixture);
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_STORING);
  agent_world_pass (world, 5);
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_STORING);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  agent_sign_in_assert_authorized (fixture);
}

static void
test_keyring_locked_at_stop (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  /* Nobody is waited for when the daemon ends. */
  agent_sign_in_lock_before_the_store (fixture, &visit);
  cvg_agent_stop (world->agent);
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  agent_world_settle ();
  g_assert_true (cvg_agent_is_idle (world->agent));
}

static void
test_keyring_locked_after_stop (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  agent_sign_in_push_all (fixture);
  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_sign_in_answer (fixture, "code=hush-C");
  cvg_agent_stop (world->agent);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  for (guint i = 0; i < 3; i++)
    agent_sign_in_answer_request (fixture);
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/sign-in/" path, AgentSignIn, NULL, agent_sign_in_set_up, function,                 \
              agent_sign_in_tear_down)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD ("url", test_url);
  ADD ("whole-flow", test_whole_flow);
  ADD ("scope-of-the-answer", test_scope_of_the_answer);
  ADD ("a-dead-grant-lives-again", test_dead_grant_lives_again);
  ADD ("a-named-client-stays", test_named_client);
  ADD ("redirect-url-after-success-only", test_redirect_url);
  ADD ("several-sites", test_several_sites);
  ADD ("refused/denied", test_denied);
  ADD ("refused/other-errors", test_refusals);
  ADD ("refused/exchange", test_exchange_fails);
  ADD ("refused/no-network", test_no_network);
  ADD ("refused/store", test_store_fails);
  ADD ("profile/failures-cost-nothing", test_profile_fails);
  ADD ("profile/slow-is-cut", test_profile_is_slow);
  ADD ("keyring/locked-then-unlocked", test_keyring_locked_then_unlocked);
  ADD ("keyring/dismissed-then-unlocked", test_keyring_dismissed_then_unlocked);
  ADD ("keyring/locked-twice", test_keyring_locked_twice);
  ADD ("keyring/locked-until-the-deadline", test_keyring_locked_until_the_deadline);
  ADD ("keyring/restarts", test_keyring_restarts);
  ADD ("keyring/locked-at-stop", test_keyring_locked_at_stop);
  ADD ("keyring/locked-after-stop", test_keyring_locked_after_stop);

  return g_test_run ();
}
