/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "doubles/agent-sign-in.h"

#include <string.h>

static void
on_phase_changed (CvgSignIn *sign_in, gpointer user_data)
{
  g_ptr_array_add (((AgentSignIn *) user_data)->phases,
                   g_strdup (cvg_sign_in_get_phase_name (sign_in)));
}

static void
on_completed (CvgSignIn *sign_in, gpointer user_data)
{
  ((AgentSignIn *) user_data)->completions++;
  g_assert_true (cvg_sign_in_is_over (sign_in));
}

static void
forget_sign_in (AgentSignIn *fixture)
{
  cvg_sign_in_cancel (fixture->sign_in);
  g_signal_handlers_disconnect_by_data (fixture->sign_in, fixture);
  g_clear_object (&fixture->sign_in);
}

/** agent_sign_in_begin: begins another one, in place of the one there is; @options (nullable) */
void
agent_sign_in_begin (AgentSignIn *fixture, const CvgSignInOptions *options)
{
  if (fixture->sign_in != NULL)
    forget_sign_in (fixture);

  fixture->sign_in = agent_world_begin (fixture->world, fixture->entry, options);
  g_ptr_array_set_size (fixture->phases, 0);
  fixture->completions = 0;
  g_signal_connect (fixture->sign_in, "phase-changed", G_CALLBACK (on_phase_changed), fixture);
  g_signal_connect (fixture->sign_in, "completed", G_CALLBACK (on_completed), fixture);
}

/** agent_sign_in_set_up: a world, and a sign-in that waits for its answer */
void
agent_sign_in_set_up (AgentSignIn *fixture, gconstpointer data)
{
  fixture->world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  fixture->entry = cvg_entry_ref (agent_world_lookup (fixture->world, AGENT_WORLD_ID));
  fixture->phases = g_ptr_array_new_with_free_func (g_free);
  agent_sign_in_begin (fixture, NULL);
}

/** agent_sign_in_tear_down: checks that nothing is left of either */
void
agent_sign_in_tear_down (AgentSignIn *fixture, gconstpointer data)
{
  forget_sign_in (fixture);
  cvg_entry_unref (fixture->entry);
  agent_world_free (fixture->world);
  g_ptr_array_unref (fixture->phases);
}

/** agent_sign_in_answer: the browser comes back; Returns: the number of the visit */
guint
agent_sign_in_answer (AgentSignIn *fixture, const char *what)
{
  return agent_world_answer (fixture->world, fixture->sign_in, what);
}

/**
 * agent_sign_in_answer_request:
 *
 * The oldest request on the wire is answered, and what comes of it is done
 */
void
agent_sign_in_answer_request (AgentSignIn *fixture)
{
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
}

/** agent_sign_in_push_all: scripts all answers of a sign-in that succeeds */
void
agent_sign_in_push_all (AgentSignIn *fixture)
{
  agent_world_push_token (fixture->world, "hush-A9", "hush-R9");
  agent_world_push_profile (fixture->world);
}

/** agent_sign_in_get_page: Returns: (transfer none) (nullable): what that visit got so far */
const CvgPage *
agent_sign_in_get_page (AgentSignIn *fixture, guint visit)
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

/** agent_sign_in_assert_page: that visit got a page, and not a redirect */
void
agent_sign_in_assert_page (AgentSignIn *fixture, guint visit, CvgPageMood mood, const char *title)
{
  const CvgPage *page = agent_sign_in_get_page (fixture, visit);

  g_assert_nonnull (page);
  g_assert_null (page->location);
  g_assert_cmpint (page->mood, ==, mood);
  g_assert_cmpstr (page->title, ==, title);
}

/** agent_sign_in_assert_phase: it is in @phase */
void
agent_sign_in_assert_phase (AgentSignIn *fixture, CvgPhase phase)
{
  g_assert_cmpint (cvg_sign_in_get_phase (fixture->sign_in), ==, phase);
}

/** agent_sign_in_count_users: Returns: how many sign-ins listen on the redirect URI */
guint
agent_sign_in_count_users (AgentSignIn *fixture)
{
  return cvg_redirect_dummy_get_users (fixture->world->redirect, AGENT_SIGN_IN_REDIRECT_URI);
}

/** agent_sign_in_assert_stored: what the keyring has, see agent_world_assert_stored() */
void
agent_sign_in_assert_stored (AgentSignIn *fixture, const char *expected)
{
  agent_world_assert_stored (fixture->world, AGENT_WORLD_ID, expected);
}

/** agent_sign_in_assert_authorized: it is over, and its credentials are in use */
void
agent_sign_in_assert_authorized (AgentSignIn *fixture)
{
  const CvgEntry *entry = fixture->entry;
  g_autofree char *stored = NULL;

  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_AUTHORIZED);
  g_assert_null (cvg_sign_in_get_error (fixture->sign_in));
  g_assert_cmpuint (fixture->completions, ==, 1);
  g_assert_cmpuint (agent_sign_in_count_users (fixture), ==, 0);
  agent_world_assert_secret (entry->credentials->access_token, "hush-A9");
  g_assert_true (entry->record->signed_in);
  g_assert_cmpuint (entry->record->last_serial, ==, entry->credentials->serial);
  g_assert_cmpstr (cvg_entry_get_status (entry, TRUE), ==, "active");
  /* The keyring and the memory agree. */
  stored = g_strdup_printf ("hush-A9/%s/%" G_GUINT64_FORMAT,
                            entry->credentials->refresh_token != NULL ? "hush-R9" : "",
                            entry->credentials->serial);
  agent_sign_in_assert_stored (fixture, stored);
}

/** agent_sign_in_assert_failed: it is over, and the person is where they were before */
void
agent_sign_in_assert_failed (AgentSignIn *fixture, CvgPhase outcome, CvgError code)
{
  const CvgEntry *entry = fixture->entry;
  const CvgInstance *record = entry->record;

  agent_sign_in_assert_phase (fixture, outcome);
  g_assert_true (cvg_sign_in_is_over (fixture->sign_in));
  agent_world_assert_error (cvg_sign_in_get_error (fixture->sign_in), code);
  g_assert_cmpuint (fixture->completions, ==, 1);
  g_assert_cmpuint (agent_sign_in_count_users (fixture), ==, 0);

  agent_sign_in_assert_stored (fixture, "hush-A1/hush-R1/1");
  if (entry->credentials != NULL)
    agent_world_assert_secret (entry->credentials->access_token, "hush-A1");
  g_assert_cmpuint (entry->generation, ==, 0);
  g_assert_cmpint (record->authorized_at, ==, AGENT_WORLD_AUTHORIZED_AT);
  g_assert_cmpuint (record->last_serial, ==, 1);
  g_assert_null (record->client_id);
}

/**
 * agent_sign_in_assert_phases:
 *
 * It has been in the phases @expected, in that order, since it was begun
 */
void
agent_sign_in_assert_phases (AgentSignIn *fixture, const char *expected)
{
  g_autofree char *seen = NULL;

  g_ptr_array_add (fixture->phases, NULL);
  seen = g_strjoinv (" ", (char **) fixture->phases->pdata);
  g_ptr_array_remove_index (fixture->phases, fixture->phases->len - 1);
  g_assert_cmpstr (seen, ==, expected);
}

/**
 * agent_sign_in_lock_before_the_store:
 *
 * Gets it to where the keyring turns out to be locked, with a prompt up
 */
void
agent_sign_in_lock_before_the_store (AgentSignIn *fixture, guint *visit)
{
  AgentWorld *world = fixture->world;

  agent_sign_in_push_all (fixture);
  cvg_http_dummy_set_hold (world->http, TRUE);
  *visit = agent_sign_in_answer (fixture, "code=hush-C");
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  for (guint i = 0; i < 3; i++)
    agent_sign_in_answer_request (fixture);
  cvg_http_dummy_set_hold (world->http, FALSE);
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

/** agent_sign_in_assert_exchange: @request exchanges the code of this very sign-in */
void
agent_sign_in_assert_exchange (AgentSignIn *fixture, const CvgHttpDummyRequest *request)
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
  g_assert_cmpstr (redirect_uri, ==, AGENT_SIGN_IN_REDIRECT_URI);
  g_assert_cmpstr (secret, ==, "hush-S");
  g_assert_cmpstr (hashed, ==, challenge);
}
