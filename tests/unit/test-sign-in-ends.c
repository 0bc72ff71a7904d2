/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sign-in that others end, overtake or bring the answer to by hand.
 */
#include "agent/sign-in.h"

#include "doubles/agent-sign-in.h"

#define SECONDS CVG_DEFAULT_SIGN_IN_SECONDS

/* ---- cancelled, too late --------------------------------------------------------------------- */

static void
test_cancel_waiting (AgentSignIn *fixture, gconstpointer data)
{
  cvg_sign_in_cancel (fixture->sign_in);
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  agent_sign_in_assert_phases (fixture, "cancelled");
  /* Once is enough. */
  cvg_sign_in_cancel (fixture->sign_in);
  g_assert_cmpuint (fixture->completions, ==, 1);
  agent_world_pass (fixture->world, SECONDS);
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_CANCELLED);
}

static void
test_cancel_exchanging (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  cvg_http_dummy_set_hold (world->http, TRUE);
  visit = agent_sign_in_answer (fixture, "code=hush-C");
  cvg_sign_in_cancel (fixture->sign_in);
  agent_world_settle ();
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 0);
  agent_sign_in_assert_page (fixture, visit, CVG_PAGE_FAILURE,
                             "You are not signed in to Confluence");
}

static void
test_cancel_during_profile (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  agent_sign_in_push_all (fixture);
  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_answer_request (fixture);
  cvg_sign_in_cancel (fixture->sign_in);
  agent_world_settle ();
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  /* The questions are out; their answers go nowhere. */
  agent_sign_in_answer_request (fixture);
  agent_sign_in_answer_request (fixture);
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
}

static void
test_cancel_writing (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  agent_sign_in_push_all (fixture);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_sign_in_answer (fixture, "code=hush-C");
  /* Nothing can call a write back, so what comes of it is the truth. */
  cvg_sign_in_cancel (fixture->sign_in);
  agent_world_settle ();
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_STORING);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  agent_sign_in_assert_authorized (fixture);
}

static void
test_cancel_keyring_locked (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  agent_sign_in_lock_before_the_store (fixture, &visit);
  cvg_sign_in_cancel (fixture->sign_in);
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
}

static void
test_deadline_waiting (AgentSignIn *fixture, gconstpointer data)
{
  agent_world_pass (fixture->world, SECONDS - 1);
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_WAITING);
  agent_world_pass (fixture->world, 1);
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_TIMED_OUT, CVG_ERROR_TIMED_OUT);
  agent_sign_in_assert_phases (fixture, "timed-out");
}

static void
test_deadline_exchanging (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  guint visit = 0;

  cvg_http_dummy_set_hold (world->http, TRUE);
  visit = agent_sign_in_answer (fixture, "code=hush-C");
  agent_world_pass (world, SECONDS);
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_TIMED_OUT, CVG_ERROR_TIMED_OUT);
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 0);
  agent_sign_in_assert_page (fixture, visit, CVG_PAGE_FAILURE,
                             "You are not signed in to Confluence");
}

static void
test_deadline_writing (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  agent_sign_in_push_all (fixture);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_sign_in_answer (fixture, "code=hush-C");
  agent_world_pass (world, SECONDS + 10);
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_STORING);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  agent_sign_in_assert_authorized (fixture);
}

static void
test_deadline_writing_then_locked (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  agent_sign_in_push_all (fixture);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_sign_in_answer (fixture, "code=hush-C");
  agent_world_pass (world, SECONDS + 10);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  /* There is no time left to wait for it. */
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_FAILED, CVG_ERROR_KEYRING_LOCKED);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
}

/* ---- others at the same instance ------------------------------------------------------------- */

static void
test_deleted_while_queued (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) deleted = NULL;
  guint visit = 0;

  agent_sign_in_push_all (fixture);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_REMOVE);
  cvg_changes_delete_instance_async (cvg_agent_get_changes (world->agent), fixture->entry, TRUE,
                                     agent_world_on_ready, &deleted);
  visit = agent_sign_in_answer (fixture, "code=hush-C");
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_REMOVE);
  agent_world_settle ();
  g_assert_true (cvg_changes_finish (cvg_agent_get_changes (world->agent), deleted, NULL));
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_FAILED);
  agent_world_assert_error (cvg_sign_in_get_error (fixture->sign_in), CVG_ERROR_NOT_FOUND);
  agent_sign_in_assert_page (fixture, visit, CVG_PAGE_FAILURE,
                             "You are not signed in to Confluence");
  agent_sign_in_assert_stored (fixture, NULL);
}

static void
test_refreshed_while_stored (AgentSignIn *fixture, gconstpointer data)
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
  agent_sign_in_push_all (fixture);
  agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_STORING);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  g_assert_nonnull (refreshed);
  agent_sign_in_assert_authorized (fixture);
  agent_sign_in_assert_stored (fixture, "hush-A9/hush-R9/3");
}

static void
test_two_of_one_instance (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (CvgSignIn) other = agent_world_begin (world, fixture->entry, NULL);

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_push_token (world, "hush-A8", "hush-R8");
  agent_world_push_profile (world);
  agent_world_answer (world, other, "code=hush-C");
  agent_sign_in_push_all (fixture);
  agent_sign_in_answer (fixture, "code=hush-C");
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();

  /* Both succeed; what was answered later is what counts. */
  g_assert_cmpint (cvg_sign_in_get_phase (other), ==, CVG_PHASE_IS_AUTHORIZED);
  agent_sign_in_assert_authorized (fixture);
  agent_world_assert_secret (fixture->entry->credentials->refresh_token, "hush-R9");
}

/* ---- pasted ---------------------------------------------------------------------------------- */

static void
begin_paste (AgentSignIn *fixture)
{
  CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;

  options.flow = CVG_FLOW_PASTE;
  options.open_browser = FALSE;
  agent_sign_in_begin (fixture, &options);
  g_assert_cmpuint (agent_sign_in_count_users (fixture), ==, 0);
}

static gboolean
paste (AgentSignIn *fixture, const char *before, const char *what, GError **error)
{
  g_autofree char *query = agent_world_dup_answer (fixture->sign_in, what);
  g_autofree char *url = g_strconcat (before, "?", query, NULL);
  gboolean accepted = cvg_sign_in_complete_from_url (fixture->sign_in, url, error);

  agent_world_settle ();
  return accepted;
}

static void
test_paste (AgentSignIn *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin_paste (fixture);
  agent_sign_in_push_all (fixture);
  g_assert_true (paste (fixture, "  " AGENT_SIGN_IN_REDIRECT_URI, "code=hush-C", &error));
  g_assert_no_error (error);
  agent_sign_in_assert_authorized (fixture);
  agent_sign_in_assert_exchange (fixture, cvg_http_dummy_get_request (fixture->world->http, 0));

  g_assert_false (paste (fixture, AGENT_SIGN_IN_REDIRECT_URI, "code=hush-C", &error));
  agent_world_assert_error (error, CVG_ERROR_FAILED);
  g_assert_cmpuint (fixture->completions, ==, 1);
}

static void
test_paste_refused (AgentSignIn *fixture, gconstpointer data)
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
    { AGENT_SIGN_IN_REDIRECT_URI, "code=hush-C&code=hush-D" },
    { AGENT_SIGN_IN_REDIRECT_URI, "code=hush-C&error=access_denied" },
    { AGENT_SIGN_IN_REDIRECT_URI, "nothing=1" },
    { AGENT_SIGN_IN_REDIRECT_URI, "code=hush-C&state=another" }, /* twice a state, then */
  };
  g_autoptr (GError) foreign = NULL;

  begin_paste (fixture);
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("row %zu", i);
      g_assert_false (paste (fixture, vectors[i].before, vectors[i].what, &error));
      agent_world_assert_error (error, CVG_ERROR_INVALID_ARGUMENT);
      agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_WAITING);
    }

  g_assert_false (cvg_sign_in_complete_from_url (
      fixture->sign_in, AGENT_SIGN_IN_REDIRECT_URI "?code=hush-C&state=another", &foreign));
  agent_world_assert_error (foreign, CVG_ERROR_INVALID_ARGUMENT);
  /* None of it has used it up. */
  agent_sign_in_push_all (fixture);
  g_assert_true (paste (fixture, AGENT_SIGN_IN_REDIRECT_URI, "code=hush-C", NULL));
  agent_sign_in_assert_authorized (fixture);
}

static void
test_paste_denied (AgentSignIn *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin_paste (fixture);
  g_assert_true (paste (fixture, AGENT_SIGN_IN_REDIRECT_URI, "error=access_denied", NULL));
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_DENIED, CVG_ERROR_REFUSED);
  g_assert_false (paste (fixture, AGENT_SIGN_IN_REDIRECT_URI, "code=hush-C", &error));
  agent_world_assert_error (error, CVG_ERROR_REFUSED);
}

static void
test_paste_into_a_loopback_flow (AgentSignIn *fixture, gconstpointer data)
{
  /* The browser ran on another machine, where nobody listened. */
  agent_sign_in_push_all (fixture);
  g_assert_true (paste (fixture, AGENT_SIGN_IN_REDIRECT_URI, "code=hush-C", NULL));
  agent_sign_in_assert_authorized (fixture);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/sign-in/" path, AgentSignIn, NULL, agent_sign_in_set_up, function,                 \
              agent_sign_in_tear_down)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

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

  return g_test_run ();
}
