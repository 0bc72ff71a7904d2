/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/sign-in.h"

#include <string.h>

#include "doubles/agent-world.h"

#define REDIRECT_URI "http://127.0.0.1:18417/callback"
#define SECONDS CVG_DEFAULT_SIGN_IN_SECONDS
#define PATIENCE_SECONDS 10

/* A sign-in to Confluence that waits for its answer, of an instance that is signed in already: so
 * that what is touched too early can be seen. */
typedef struct
{
  AgentWorld *world;
  CvgEntry *entry;
  CvgSignIn *sign_in;
  GPtrArray *phases; /* (element-type utf8): each that it came to */
  guint completions;
} Fixture;

static void
on_phase_changed (CvgSignIn *sign_in, gpointer user_data)
{
  g_ptr_array_add (((Fixture *) user_data)->phases,
                   g_strdup (cvg_sign_in_get_phase_name (sign_in)));
}

static void
on_completed (CvgSignIn *sign_in, gpointer user_data)
{
  ((Fixture *) user_data)->completions++;
  g_assert_true (cvg_sign_in_is_over (sign_in));
}

static void
forget_sign_in (Fixture *fixture)
{
  cvg_sign_in_cancel (fixture->sign_in);
  g_signal_handlers_disconnect_by_data (fixture->sign_in, fixture);
  g_clear_object (&fixture->sign_in);
}

/* Begins another one, in place of the one there is. */
static void
begin (Fixture *fixture, const CvgSignInOptions *options)
{
  if (fixture->sign_in != NULL)
    forget_sign_in (fixture);

  fixture->sign_in = agent_world_begin (fixture->world, fixture->entry, options);
  g_ptr_array_set_size (fixture->phases, 0);
  fixture->completions = 0;
  g_signal_connect (fixture->sign_in, "phase-changed", G_CALLBACK (on_phase_changed), fixture);
  g_signal_connect (fixture->sign_in, "completed", G_CALLBACK (on_completed), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  fixture->entry = cvg_entry_ref (agent_world_lookup (fixture->world, AGENT_WORLD_ID));
  fixture->phases = g_ptr_array_new_with_free_func (g_free);
  begin (fixture, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  forget_sign_in (fixture);
  cvg_entry_unref (fixture->entry);
  agent_world_free (fixture->world);
  g_ptr_array_unref (fixture->phases);
}

static guint
answer_redirect (Fixture *fixture, const char *what)
{
  return agent_world_answer (fixture->world, fixture->sign_in, what);
}

/* The oldest request on the wire is answered, and what comes of it is done. */
static void
answer_request (Fixture *fixture)
{
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
}

static void
push_all (Fixture *fixture)
{
  agent_world_push_token (fixture->world, "hush-A9", "hush-R9");
  agent_world_push_profile (fixture->world);
}

static const CvgPage *
page_of (Fixture *fixture, guint visit)
{
  const CvgPage *page = cvg_redirect_dummy_get_page (fixture->world->redirect, visit);

  if (page == NULL)
    return NULL;

  /* Nothing of a query or of an answer may be on it. */
  g_assert_true (page->title == NULL || strstr (page->title, AGENT_WORLD_SECRET) == NULL);
  g_assert_true (page->text == NULL || strstr (page->text, AGENT_WORLD_SECRET) == NULL);
  g_assert_true (page->hint == NULL || strstr (page->hint, AGENT_WORLD_SECRET) == NULL);
  return page;
}

static void
assert_page (Fixture *fixture, guint visit, CvgPageMood mood, const char *title)
{
  const CvgPage *page = page_of (fixture, visit);

  g_assert_nonnull (page);
  g_assert_null (page->location);
  g_assert_cmpint (page->mood, ==, mood);
  g_assert_cmpstr (page->title, ==, title);
}

static void
assert_phase (Fixture *fixture, CvgPhase phase)
{
  g_assert_cmpint (cvg_sign_in_get_phase (fixture->sign_in), ==, phase);
}

static guint
count_users (Fixture *fixture)
{
  return cvg_redirect_dummy_get_users (fixture->world->redirect, REDIRECT_URI);
}

static void
assert_stored (Fixture *fixture, const char *expected)
{
  g_autofree char *stored = agent_world_dup_stored (fixture->world, AGENT_WORLD_ID);

  g_assert_cmpstr (stored, ==, expected);
}

static void
assert_authorized (Fixture *fixture)
{
  const CvgEntry *entry = fixture->entry;
  g_autofree char *stored = NULL;

  assert_phase (fixture, CVG_PHASE_IS_AUTHORIZED);
  g_assert_null (cvg_sign_in_get_error (fixture->sign_in));
  g_assert_cmpuint (fixture->completions, ==, 1);
  g_assert_cmpuint (count_users (fixture), ==, 0);
  agent_world_assert_secret (entry->credentials->access_token, "hush-A9");
  g_assert_true (entry->record->signed_in);
  g_assert_cmpuint (entry->record->last_serial, ==, entry->credentials->serial);
  g_assert_cmpstr (cvg_entry_get_status (entry, TRUE), ==, "active");
  /* The keyring and the memory agree. */
  stored = g_strdup_printf ("hush-A9/%s/%" G_GUINT64_FORMAT,
                            entry->credentials->refresh_token != NULL ? "hush-R9" : "",
                            entry->credentials->serial);
  assert_stored (fixture, stored);
}

/* Whatever went wrong: the person is where they were before. */
static void
assert_failed (Fixture *fixture, CvgPhase outcome, CvgError code)
{
  const CvgEntry *entry = fixture->entry;
  const CvgInstance *record = entry->record;

  assert_phase (fixture, outcome);
  g_assert_true (cvg_sign_in_is_over (fixture->sign_in));
  agent_world_assert_error (cvg_sign_in_get_error (fixture->sign_in), code);
  g_assert_cmpuint (fixture->completions, ==, 1);
  g_assert_cmpuint (count_users (fixture), ==, 0);

  assert_stored (fixture, "hush-A1/hush-R1/1");
  if (entry->credentials != NULL)
    agent_world_assert_secret (entry->credentials->access_token, "hush-A1");
  g_assert_cmpuint (entry->generation, ==, 0);
  g_assert_cmpint (record->authorized_at, ==, AGENT_WORLD_AUTHORIZED_AT);
  g_assert_cmpuint (record->last_serial, ==, 1);
  g_assert_null (record->client_id);
}

/* ---- the way it should go -------------------------------------------------------------------- */

static void
test_url (Fixture *fixture, gconstpointer data)
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
  g_assert_cmpstr (redirect_uri, ==, REDIRECT_URI);
  g_assert_cmpstr (audience, ==, "api.atlassian.com");
  g_assert_nonnull (strstr (scope, "offline_access"));
  g_assert_null (verifier);
  g_assert_null (strstr (url, AGENT_WORLD_SECRET));
  g_assert_cmpint (cvg_sign_in_get_deadline (fixture->sign_in), ==, AGENT_WORLD_NOW + SECONDS);
  g_assert_cmpstr (cvg_sign_in_get_redirect_uri (fixture->sign_in), ==, REDIRECT_URI);
  g_assert_true (cvg_sign_in_get_entry (fixture->sign_in) == fixture->entry);
}

/* RFC 7636 section 4.6, as the server does it. */
static char *
hash_verifier (const char *verifier)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;
  char *challenge = NULL;

  g_checksum_update (checksum, (const guchar *) verifier, -1);
  g_checksum_get_digest (checksum, digest, &length);
  challenge = g_base64_encode (digest, length);
  g_strdelimit (challenge, "+", '-');
  g_strdelimit (challenge, "/", '_');
  *strchr (challenge, '=') = '\0';
  return challenge;
}

static char *
dup_json_member (const char *json, const char *name)
{
  g_autofree char *start = g_strdup_printf ("\"%s\":\"", name);
  const char *value = strstr (json, start);

  g_assert (value != NULL);
  value += strlen (start);
  return g_strndup (value, strcspn (value, "\""));
}

static void
assert_exchange (Fixture *fixture, const CvgHttpDummyRequest *request)
{
  g_autofree char *type = dup_json_member (request->body, "grant_type");
  g_autofree char *code = dup_json_member (request->body, "code");
  g_autofree char *redirect_uri = dup_json_member (request->body, "redirect_uri");
  g_autofree char *secret = dup_json_member (request->body, "client_secret");
  g_autofree char *verifier = dup_json_member (request->body, "code_verifier");
  g_autofree char *hashed = hash_verifier (verifier);
  g_autofree char *challenge =
      agent_world_dup_parameter (cvg_sign_in_get_url (fixture->sign_in), "code_challenge");

  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->url, ==, "https://auth.atlassian.com/oauth/token");
  g_assert_cmpstr (type, ==, "authorization_code");
  g_assert_cmpstr (code, ==, "hush-C");
  g_assert_cmpstr (redirect_uri, ==, REDIRECT_URI);
  g_assert_cmpstr (secret, ==, "hush-S");
  g_assert_cmpstr (hashed, ==, challenge);
}

static void
assert_phases (Fixture *fixture, const char *expected)
{
  g_autofree char *seen = NULL;

  g_ptr_array_add (fixture->phases, NULL);
  seen = g_strjoinv (" ", (char **) fixture->phases->pdata);
  g_ptr_array_remove_index (fixture->phases, fixture->phases->len - 1);
  g_assert_cmpstr (seen, ==, expected);
}

static void
test_whole_flow (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  const CvgEntry *entry = fixture->entry;
  g_autofree char *nickname = NULL;
  guint visit = 0;

  push_all (fixture);
  agent_world_pass (world, 100);
  cvg_http_dummy_set_hold (world->http, TRUE);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  visit = answer_redirect (fixture, "code=hush-C");
  assert_phase (fixture, CVG_PHASE_IS_EXCHANGING);
  assert_exchange (fixture, cvg_http_dummy_get_request (world->http, 0));

  answer_request (fixture);
  /* Who signed in, and where: both asked at once, with the new token. */
  assert_phase (fixture, CVG_PHASE_IS_EXCHANGING);
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 2);
  for (guint i = 1; i <= 2; i++)
    g_assert_cmpstr (cvg_http_dummy_get_request (world->http, i)->authorization, ==,
                     "Bearer hush-A9");
  answer_request (fixture);
  answer_request (fixture);
  assert_phase (fixture, CVG_PHASE_IS_STORING);

  /* The browser waits, and nothing is touched, until it is durable. */
  g_assert_null (page_of (fixture, visit));
  agent_world_assert_secret (entry->credentials->access_token, "hush-A1");
  g_assert_cmpuint (fixture->completions, ==, 0);
  g_assert_cmpuint (count_users (fixture), ==, 1);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();

  assert_authorized (fixture);
  assert_phases (fixture, "exchanging storing authorized");
  assert_page (fixture, visit, CVG_PAGE_SUCCESS, "Signed in to Confluence");
  g_assert_nonnull (strstr (page_of (fixture, visit)->text, "Name (n@example.org) on Site"));
  assert_stored (fixture, "hush-A9/hush-R9/2");
  g_assert_cmpint (entry->record->authorized_at, ==, (AGENT_WORLD_NOW + 100) * G_TIME_SPAN_SECOND);
  g_assert_cmpint (entry->credentials->obtained_at, ==, AGENT_WORLD_NOW + 100);
  g_assert_cmpstr (entry->credentials->client_id, ==, AGENT_WORLD_CLIENT_ID);
  g_assert_cmpuint (g_variant_n_children (entry->credentials->resources), ==, 1);
  g_assert_nonnull (entry->credentials->account);
  /* The client was not chosen by anybody, so the instance goes on with the default. */
  g_assert_null (entry->record->client_id);
}

static void
test_scope_of_the_answer (Fixture *fixture, gconstpointer data)
{
  const CvgSignInOptions options = { .scope = "read:a,read:me",
                                     .timeout = SECONDS,
                                     .flow = CVG_FLOW_LOOPBACK };

  /* RFC 6749 section 5.1: without one in the answer it is what was asked for. */
  push_all (fixture);
  answer_redirect (fixture, "code=hush-C");
  g_assert_true (g_str_has_prefix (fixture->entry->credentials->scope, "read:me read:account "));

  begin (fixture, &options);
  push_all (fixture);
  answer_redirect (fixture, "code=hush-C");
  g_assert_cmpstr (fixture->entry->credentials->scope, ==, "read:a read:me offline_access");

  begin (fixture, &options);
  cvg_http_dummy_push_json (
      fixture->world->http, 200,
      "{\"access_token\":\"hush-A9\",\"scope\":\"read:a\",\"expires_in\":3600}");
  cvg_http_dummy_push_json (fixture->world->http, 200, "[]");
  answer_redirect (fixture, "code=hush-C");
  g_assert_cmpstr (fixture->entry->credentials->scope, ==, "read:a");
  /* Nor is an account asked for that was not granted: one question only. */
  g_assert_null (fixture->entry->credentials->account);
  assert_authorized (fixture);
}

static void
test_dead_grant_lives_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) dead = g_error_new (CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN, "It is over");

  cvg_instances_set_failed (fixture->world->instances, fixture->entry, dead, 0);
  push_all (fixture);
  answer_redirect (fixture, "code=hush-C");
  assert_authorized (fixture);
  g_assert_null (fixture->entry->record->dead_reason);
  g_assert_null (fixture->entry->last_error);
}

static void
test_named_client (Fixture *fixture, gconstpointer data)
{
  CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;

  options.client_id = AGENT_WORLD_CLIENT_ID;
  begin (fixture, &options);
  push_all (fixture);
  answer_redirect (fixture, "code=hush-C");
  assert_authorized (fixture);
  g_assert_cmpstr (fixture->entry->record->client_id, ==, AGENT_WORLD_CLIENT_ID);
}

static void
test_redirect_url (Fixture *fixture, gconstpointer data)
{
  CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;
  guint failed = 0;
  guint visit = 0;

  /* Only success goes there: a failure is for the person to read. */
  options.redirect_url = "https://example.org/done?x=1";
  begin (fixture, &options);
  failed = answer_redirect (fixture, "error=access_denied");
  assert_page (fixture, failed, CVG_PAGE_FAILURE, "You are not signed in to Confluence");

  begin (fixture, &options);
  push_all (fixture);
  cvg_vault_dummy_hold (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  visit = answer_redirect (fixture, "code=hush-C");
  g_assert_null (page_of (fixture, visit));
  cvg_vault_dummy_release (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  assert_authorized (fixture);
  g_assert_cmpuint (page_of (fixture, visit)->status, ==, 303);
  g_assert_cmpstr (page_of (fixture, visit)->location, ==, "https://example.org/done?x=1");
}

static void
test_several_sites (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  agent_world_push_token (world, "hush-A9", "hush-R9");
  cvg_http_dummy_push_json (world->http, 200,
                            "[{\"id\":\"a\",\"name\":\"A\"},{\"id\":\"b\",\"name\":\"B\"}]");
  cvg_http_dummy_push_json (world->http, 200, "{}");
  visit = answer_redirect (fixture, "code=hush-C");
  assert_authorized (fixture);
  g_assert_nonnull (strstr (page_of (fixture, visit)->hint, "claviger site"));
}

/* ---- refusals -------------------------------------------------------------------------------- */

static void
test_denied (Fixture *fixture, gconstpointer data)
{
  guint visit = answer_redirect (fixture, "error=access_denied&error_description=hush-said");

  assert_failed (fixture, CVG_PHASE_IS_DENIED, CVG_ERROR_REFUSED);
  assert_phases (fixture, "denied");
  assert_page (fixture, visit, CVG_PAGE_FAILURE, "You are not signed in to Confluence");
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->world->http), ==, 0);
}

static void
test_refusals (Fixture *fixture, gconstpointer data)
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
        begin (fixture, NULL);
      visit = answer_redirect (fixture, vectors[i].answer);
      assert_failed (fixture, CVG_PHASE_IS_FAILED, vectors[i].code);
      assert_page (fixture, visit, CVG_PAGE_FAILURE, "You are not signed in to Confluence");
    }
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->world->http), ==, 0);
}

static void
test_exchange_fails (Fixture *fixture, gconstpointer data)
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
        begin (fixture, NULL);
      cvg_http_dummy_push_json (fixture->world->http, vectors[i].status, vectors[i].body);
      visit = answer_redirect (fixture, "code=hush-C");
      assert_failed (fixture, CVG_PHASE_IS_FAILED, vectors[i].code);
      assert_page (fixture, visit, CVG_PAGE_FAILURE, "You are not signed in to Confluence");
    }
}

static void
test_no_network (Fixture *fixture, gconstpointer data)
{
  guint visit = 0;

  cvg_http_dummy_push_error (fixture->world->http,
                             g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "No network"));
  visit = answer_redirect (fixture, "code=hush-C");
  assert_failed (fixture, CVG_PHASE_IS_FAILED, CVG_ERROR_TRY_LATER);
  assert_page (fixture, visit, CVG_PAGE_FAILURE, "You are not signed in to Confluence");
}

static void
test_store_fails (Fixture *fixture, gconstpointer data)
{
  guint visit = 0;

  push_all (fixture);
  cvg_vault_dummy_fail_next (fixture->world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  visit = answer_redirect (fixture, "code=hush-C");
  assert_failed (fixture, CVG_PHASE_IS_FAILED, CVG_ERROR_FAILED);
  assert_page (fixture, visit, CVG_PAGE_FAILURE, "You are not signed in to Confluence");
}

/* ---- the profile ----------------------------------------------------------------------------- */

static void
test_profile_fails (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  agent_world_push_token (world, "hush-A9", "hush-R9");
  cvg_http_dummy_push (world->http, 500, "text/plain", 0, "hush-oops");
  cvg_http_dummy_push_error (world->http,
                             g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "No network"));
  answer_redirect (fixture, "code=hush-C");
  assert_authorized (fixture);
  g_assert_null (fixture->entry->credentials->resources);
  g_assert_null (fixture->entry->credentials->account);
}

static void
test_profile_is_slow (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  push_all (fixture);
  cvg_http_dummy_set_hold (world->http, TRUE);
  visit = answer_redirect (fixture, "code=hush-C");
  answer_request (fixture);
  /* One of the two comes; the other one is not waited for for ever. */
  answer_request (fixture);
  agent_world_pass (world, PATIENCE_SECONDS - 1);
  assert_phase (fixture, CVG_PHASE_IS_EXCHANGING);
  g_assert_null (page_of (fixture, visit));
  agent_world_pass (world, 1);
  assert_authorized (fixture);
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 0);
  g_assert_nonnull (fixture->entry->credentials->resources);
  g_assert_null (fixture->entry->credentials->account);

  /* Its answer is left in the script: it is no token, for whoever asks next. */
  g_assert_cmpuint (cvg_http_dummy_get_queued (world->http), ==, 1);
  cvg_http_dummy_set_hold (world->http, FALSE);
  begin (fixture, NULL);
  answer_redirect (fixture, "code=hush-C");
  assert_phase (fixture, CVG_PHASE_IS_FAILED);
}

/* ---- the keyring ----------------------------------------------------------------------------- */

static void
lock_before_the_store (Fixture *fixture, guint *visit)
{
  AgentWorld *world = fixture->world;

  push_all (fixture);
  cvg_http_dummy_set_hold (world->http, TRUE);
  *visit = answer_redirect (fixture, "code=hush-C");
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  for (guint i = 0; i < 3; i++)
    answer_request (fixture);
  cvg_http_dummy_set_hold (world->http, FALSE);
}

static void
test_keyring_locked_then_unlocked (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  lock_before_the_store (fixture, &visit);
  /* The grant that the person just gave is not thrown away: the keyring is asked for. */
  assert_phase (fixture, CVG_PHASE_IS_STORING);
  g_assert_cmpuint (cvg_vault_dummy_count_held (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 1);
  assert_page (fixture, visit, CVG_PAGE_NEUTRAL, "One more step: unlock your keyring");
  agent_world_pass (world, 100);
  assert_phase (fixture, CVG_PHASE_IS_STORING);
  assert_stored (fixture, "hush-A1/hush-R1/1");

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  assert_authorized (fixture);
  assert_phases (fixture, "exchanging storing authorized");
}

static void
test_keyring_dismissed_then_unlocked (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_UNLOCK, CVG_ERROR_KEYRING_LOCKED);
  lock_before_the_store (fixture, &visit);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  /* Not now, says the person; it waits on, and asks no more. */
  assert_phase (fixture, CVG_PHASE_IS_STORING);
  agent_world_pass (world, 60);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 1);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  assert_authorized (fixture);
}

static void
test_keyring_locked_twice (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  lock_before_the_store (fixture, &visit);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  g_assert_cmpuint (cvg_vault_dummy_count_held (world->vault, CVG_VAULT_DUMMY_STORE), ==, 1);

  /* Locked again while it was being written. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  assert_phase (fixture, CVG_PHASE_IS_STORING);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  assert_authorized (fixture);
}

static void
test_keyring_locked_until_the_deadline (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  lock_before_the_store (fixture, &visit);
  agent_world_pass (world, SECONDS - 1);
  assert_phase (fixture, CVG_PHASE_IS_STORING);
  agent_world_pass (world, 1);
  /* The person did their part in time, so it says what was in the way. */
  assert_failed (fixture, CVG_PHASE_IS_FAILED, CVG_ERROR_KEYRING_LOCKED);

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  assert_stored (fixture, "hush-A1/hush-R1/1");
}

static void
test_keyring_locked_at_stop (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  /* Nobody is waited for when the daemon ends. */
  lock_before_the_store (fixture, &visit);
  cvg_agent_stop (world->agent);
  assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  agent_world_settle ();
  g_assert_true (cvg_agent_is_idle (world->agent));
}

static void
test_keyring_locked_after_stop (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  push_all (fixture);
  cvg_http_dummy_set_hold (world->http, TRUE);
  answer_redirect (fixture, "code=hush-C");
  cvg_agent_stop (world->agent);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  for (guint i = 0; i < 3; i++)
    answer_request (fixture);
  assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
}

/* ---- cancelled, too late --------------------------------------------------------------------- */

static void
test_cancel_waiting (Fixture *fixture, gconstpointer data)
{
  cvg_sign_in_cancel (fixture->sign_in);
  assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  assert_phases (fixture, "cancelled");
  /* Once is enough. */
  cvg_sign_in_cancel (fixture->sign_in);
  g_assert_cmpuint (fixture->completions, ==, 1);
  agent_world_pass (fixture->world, SECONDS);
  assert_phase (fixture, CVG_PHASE_IS_CANCELLED);
}

static void
test_cancel_exchanging (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  cvg_http_dummy_set_hold (world->http, TRUE);
  visit = answer_redirect (fixture, "code=hush-C");
  cvg_sign_in_cancel (fixture->sign_in);
  agent_world_settle ();
  assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 0);
  assert_page (fixture, visit, CVG_PAGE_FAILURE, "You are not signed in to Confluence");
}

static void
test_cancel_during_profile (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  push_all (fixture);
  cvg_http_dummy_set_hold (world->http, TRUE);
  answer_redirect (fixture, "code=hush-C");
  answer_request (fixture);
  cvg_sign_in_cancel (fixture->sign_in);
  agent_world_settle ();
  assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  /* The questions are out; their answers go nowhere. */
  answer_request (fixture);
  answer_request (fixture);
  assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
}

static void
test_cancel_writing (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  push_all (fixture);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  answer_redirect (fixture, "code=hush-C");
  /* Nothing can call a write back, so what comes of it is the truth. */
  cvg_sign_in_cancel (fixture->sign_in);
  agent_world_settle ();
  assert_phase (fixture, CVG_PHASE_IS_STORING);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  assert_authorized (fixture);
}

static void
test_cancel_keyring_locked (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  lock_before_the_store (fixture, &visit);
  cvg_sign_in_cancel (fixture->sign_in);
  assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
}

static void
test_deadline_waiting (Fixture *fixture, gconstpointer data)
{
  agent_world_pass (fixture->world, SECONDS - 1);
  assert_phase (fixture, CVG_PHASE_IS_WAITING);
  agent_world_pass (fixture->world, 1);
  assert_failed (fixture, CVG_PHASE_IS_TIMED_OUT, CVG_ERROR_TIMED_OUT);
  assert_phases (fixture, "timed-out");
}

static void
test_deadline_exchanging (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  cvg_http_dummy_set_hold (world->http, TRUE);
  visit = answer_redirect (fixture, "code=hush-C");
  agent_world_pass (world, SECONDS);
  assert_failed (fixture, CVG_PHASE_IS_TIMED_OUT, CVG_ERROR_TIMED_OUT);
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 0);
  assert_page (fixture, visit, CVG_PAGE_FAILURE, "You are not signed in to Confluence");
}

static void
test_deadline_writing (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  push_all (fixture);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  answer_redirect (fixture, "code=hush-C");
  agent_world_pass (world, SECONDS + 10);
  assert_phase (fixture, CVG_PHASE_IS_STORING);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  assert_authorized (fixture);
}

static void
test_deadline_writing_then_locked (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  push_all (fixture);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  answer_redirect (fixture, "code=hush-C");
  agent_world_pass (world, SECONDS + 10);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  /* There is no time left to wait for it. */
  assert_failed (fixture, CVG_PHASE_IS_FAILED, CVG_ERROR_KEYRING_LOCKED);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
}

/* ---- others at the same instance ------------------------------------------------------------- */

static void
test_deleted_while_queued (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) deleted = NULL;
  guint visit = 0;

  push_all (fixture);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_REMOVE);
  cvg_changes_delete_instance_async (cvg_agent_get_changes (world->agent), fixture->entry,
                                     agent_world_on_ready, &deleted);
  visit = answer_redirect (fixture, "code=hush-C");
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_world_settle ();
  g_assert_true (cvg_changes_finish (cvg_agent_get_changes (world->agent), deleted, NULL));
  assert_phase (fixture, CVG_PHASE_IS_FAILED);
  agent_world_assert_error (cvg_sign_in_get_error (fixture->sign_in), CVG_ERROR_NOT_FOUND);
  assert_page (fixture, visit, CVG_PAGE_FAILURE, "You are not signed in to Confluence");
  assert_stored (fixture, NULL);
}

static void
test_refreshed_while_stored (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  const CvgDemand force = { .force_refresh = TRUE };
  g_autoptr (GAsyncResult) refreshed = NULL;

  /* A refresh is in the keyring's queue before it: it must not have the same serial. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_push_token (world, "hush-A2", "hush-R2");
  cvg_dispenser_get_async (cvg_agent_get_dispenser (world->agent), fixture->entry, &force, NULL,
                           agent_world_on_ready, &refreshed);
  agent_world_settle ();
  push_all (fixture);
  answer_redirect (fixture, "code=hush-C");
  assert_phase (fixture, CVG_PHASE_IS_STORING);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  g_assert_nonnull (refreshed);
  assert_authorized (fixture);
  assert_stored (fixture, "hush-A9/hush-R9/3");
}

static void
test_two_of_one_instance (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (CvgSignIn) other = agent_world_begin (world, fixture->entry, NULL);

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_push_token (world, "hush-A8", "hush-R8");
  agent_world_push_profile (world);
  agent_world_answer (world, other, "code=hush-C");
  push_all (fixture);
  answer_redirect (fixture, "code=hush-C");
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();

  /* Both succeed; what was answered later is what counts. */
  g_assert_cmpint (cvg_sign_in_get_phase (other), ==, CVG_PHASE_IS_AUTHORIZED);
  assert_authorized (fixture);
  agent_world_assert_secret (fixture->entry->credentials->refresh_token, "hush-R9");
}

/* ---- pasted ---------------------------------------------------------------------------------- */

static void
begin_paste (Fixture *fixture)
{
  CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;

  options.flow = CVG_FLOW_PASTE;
  options.open_browser = FALSE;
  begin (fixture, &options);
  g_assert_cmpuint (count_users (fixture), ==, 0);
}

static gboolean
paste (Fixture *fixture, const char *before, const char *what, GError **error)
{
  g_autofree char *query = agent_world_dup_answer (fixture->sign_in, what);
  g_autofree char *url = g_strconcat (before, "?", query, NULL);
  gboolean accepted = cvg_sign_in_complete_from_url (fixture->sign_in, url, error);

  agent_world_settle ();
  return accepted;
}

static void
test_paste (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin_paste (fixture);
  push_all (fixture);
  g_assert_true (paste (fixture, "  " REDIRECT_URI, "code=hush-C", &error));
  g_assert_no_error (error);
  assert_authorized (fixture);
  assert_exchange (fixture, cvg_http_dummy_get_request (fixture->world->http, 0));

  g_assert_false (paste (fixture, REDIRECT_URI, "code=hush-C", &error));
  agent_world_assert_error (error, CVG_ERROR_FAILED);
  g_assert_cmpuint (fixture->completions, ==, 1);
}

static void
test_paste_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *before;
    const char *what;
  } vectors[] = {
    { "https://evil.example/callback", "code=hush-C" },
    { "http://127.0.0.1:18418/callback", "code=hush-C" },
    { "http://127.0.0.1:18417/other", "code=hush-C" },
    { "hush-nonsense", "code=hush-C" },
    { REDIRECT_URI, "code=hush-C&code=hush-D" },
    { REDIRECT_URI, "code=hush-C&error=access_denied" },
    { REDIRECT_URI, "nothing=1" },
    { REDIRECT_URI, "code=hush-C&state=another" }, /* twice a state, then */
  };
  g_autoptr (GError) foreign = NULL;

  begin_paste (fixture);
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("row %zu", i);
      g_assert_false (paste (fixture, vectors[i].before, vectors[i].what, &error));
      agent_world_assert_error (error, CVG_ERROR_INVALID_ARGUMENT);
      assert_phase (fixture, CVG_PHASE_IS_WAITING);
    }

  g_assert_false (cvg_sign_in_complete_from_url (
      fixture->sign_in, REDIRECT_URI "?code=hush-C&state=another", &foreign));
  agent_world_assert_error (foreign, CVG_ERROR_INVALID_ARGUMENT);
  /* None of it has used it up. */
  push_all (fixture);
  g_assert_true (paste (fixture, REDIRECT_URI, "code=hush-C", NULL));
  assert_authorized (fixture);
}

static void
test_paste_denied (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin_paste (fixture);
  g_assert_true (paste (fixture, REDIRECT_URI, "error=access_denied", NULL));
  assert_failed (fixture, CVG_PHASE_IS_DENIED, CVG_ERROR_REFUSED);
  g_assert_false (paste (fixture, REDIRECT_URI, "code=hush-C", &error));
  agent_world_assert_error (error, CVG_ERROR_REFUSED);
}

static void
test_paste_into_a_loopback_flow (Fixture *fixture, gconstpointer data)
{
  /* The browser ran on another machine, where nobody listened. */
  push_all (fixture);
  g_assert_true (paste (fixture, REDIRECT_URI, "code=hush-C", NULL));
  assert_authorized (fixture);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/sign-in/" path, Fixture, NULL, set_up, function, tear_down)

static void
add_more (void)
{
  ADD ("keyring/locked-at-stop", test_keyring_locked_at_stop);
  ADD ("keyring/locked-after-stop", test_keyring_locked_after_stop);
  ADD ("cancel/waiting", test_cancel_waiting);
  ADD ("cancel/exchanging", test_cancel_exchanging);
  ADD ("cancel/during-the-profile", test_cancel_during_profile);
  ADD ("cancel/writing", test_cancel_writing);
  ADD ("cancel/keyring-locked", test_cancel_keyring_locked);
  ADD ("deadline/waiting", test_deadline_waiting);
  ADD ("deadline/exchanging", test_deadline_exchanging);
  ADD ("deadline/writing", test_deadline_writing);
  ADD ("deadline/writing-then-locked", test_deadline_writing_then_locked);
  ADD ("others/deleted-while-queued", test_deleted_while_queued);
  ADD ("others/refreshed-while-stored", test_refreshed_while_stored);
  ADD ("others/two-of-one-instance", test_two_of_one_instance);
  ADD ("paste/accepted-once", test_paste);
  ADD ("paste/refused-and-still-waiting", test_paste_refused);
  ADD ("paste/denied", test_paste_denied);
  ADD ("paste/into-a-loopback-flow", test_paste_into_a_loopback_flow);
}

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
  add_more ();

  return g_test_run ();
}
