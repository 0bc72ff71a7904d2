/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/sign-ins.h"

#include <string.h>

#include "doubles/agent-world.h"

#define REDIRECT_URI "http://127.0.0.1:18417/callback"
#define REMEMBER_SECONDS 60

static CvgSignIns *
sign_ins_of (AgentWorld *world)
{
  return cvg_agent_get_sign_ins (world->agent);
}

static void
begin (AgentWorld *world, CvgEntry *entry, const CvgSignInOptions *options, GAsyncResult **slot)
{
  const CvgSignInOptions defaults = CVG_SIGN_IN_OPTIONS_INIT;

  cvg_sign_ins_begin_async (sign_ins_of (world), entry, options != NULL ? options : &defaults, NULL,
                            agent_world_on_ready, slot);
}

static void
assert_not_begun (AgentWorld *world, GAsyncResult *result, CvgError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  g_assert_null (cvg_sign_ins_begin_finish (sign_ins_of (world), result, &error));
  agent_world_assert_error (error, code);
  g_assert_true (cvg_sign_ins_is_idle (sign_ins_of (world)));
}

static void
assert_begin_fails (AgentWorld *world,
                    CvgEntry *entry,
                    const CvgSignInOptions *options,
                    CvgError code)
{
  g_autoptr (GAsyncResult) result = NULL;

  begin (world, entry, options, &result);
  agent_world_settle ();
  assert_not_begun (world, result, code);
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->browser), ==, 0);
  g_assert_cmpuint (cvg_redirect_dummy_get_opened (world->redirect), ==,
                    cvg_redirect_dummy_get_closed (world->redirect));
}

static void
assert_phase (CvgSignIn *sign_in, CvgPhase phase)
{
  g_assert_cmpint (cvg_sign_in_get_phase (sign_in), ==, phase);
}

static void
assert_page (AgentWorld *world, guint visit, guint status, const char *title)
{
  const CvgPage *page = cvg_redirect_dummy_get_page (world->redirect, visit);

  g_assert_nonnull (page);
  g_assert_cmpuint (page->status, ==, status);
  g_assert_cmpint (page->mood, ==, CVG_PAGE_NEUTRAL);
  g_assert_cmpstr (page->title, ==, title);
  g_assert_null (page->location);
}

static void
push_all (AgentWorld *world, const char *access)
{
  agent_world_push_token (world, access, "hush-R9");
  agent_world_push_profile (world);
}

/* ---- beginning ------------------------------------------------------------------------------- */

static void
test_begin (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;
  g_autoptr (CvgSignIn) sign_in = NULL;
  g_autofree char *hint = NULL;

  options.activation_token = "token";
  options.login_hint = "n@example.org";
  g_assert_true (cvg_sign_ins_is_idle (sign_ins_of (world)));
  sign_in = agent_world_begin (world, agent_world_lookup (world, AGENT_WORLD_ID), &options);
  g_assert_false (cvg_sign_ins_is_idle (sign_ins_of (world)));
  g_assert_false (cvg_agent_is_idle (world->agent));

  /* The listener is there before the browser. */
  g_assert_cmpuint (cvg_redirect_dummy_get_users (world->redirect, REDIRECT_URI), ==, 1);
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->browser), ==, 1);
  g_assert_cmpstr (cvg_browser_dummy_get_url (world->browser, 0), ==,
                   cvg_sign_in_get_url (sign_in));
  g_assert_cmpstr (cvg_browser_dummy_get_token (world->browser, 0), ==, "token");
  hint = agent_world_dup_parameter (cvg_sign_in_get_url (sign_in), "login_hint");
  g_assert_cmpstr (hint, ==, "n@example.org");
}

static void
test_begin_refused (void)
{
  static const struct
  {
    const char *server;
    CvgSignInOptions options;
    CvgError code;
  } vectors[] = {
    { "Confluence", { .timeout = 0 }, CVG_ERROR_INVALID_ARGUMENT },
    { "Confluence", { .timeout = CVG_MAX_SIGN_IN_SECONDS + 1 }, CVG_ERROR_INVALID_ARGUMENT },
    { "Confluence",
      { .timeout = 600, .redirect_url = "http://evil.example/" },
      CVG_ERROR_INVALID_ARGUMENT },
    { "Confluence",
      { .timeout = 600, .redirect_url = "javascript:alert(1)" },
      CVG_ERROR_INVALID_ARGUMENT },
    { "Confluence", { .timeout = 600, .scope = "read \"all\"" }, CVG_ERROR_INVALID_ARGUMENT },
    { "Keyed", { .timeout = 600 }, CVG_ERROR_INVALID_ARGUMENT },
    { "Jira", { .timeout = 600 }, CVG_ERROR_NO_CLIENT },
    { "Confluence", { .timeout = 600, .client_id = "another" }, CVG_ERROR_NO_CLIENT },
  };
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autofree char *long_text = g_strnfill (513, 'x');
  const CvgSignInOptions long_hint = { .timeout = 600, .login_hint = long_text };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_test_message ("row %zu", i);
      assert_begin_fails (world, agent_world_add_instance (world, vectors[i].server),
                          &vectors[i].options, vectors[i].code);
    }
  assert_begin_fails (world, agent_world_lookup (world, AGENT_WORLD_ID), &long_hint,
                      CVG_ERROR_INVALID_ARGUMENT);
}

static void
test_begin_refused_without_a_prompt (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  const CvgSignInOptions nonsense = { .timeout = 0 };

  assert_begin_fails (world, agent_world_lookup (world, AGENT_WORLD_ID), &nonsense,
                      CVG_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
}

static void
test_server_lost (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);

  g_clear_pointer (&entry->provider, cvg_provider_unref);
  assert_begin_fails (world, entry, NULL, CVG_ERROR_UNKNOWN_SERVER);
}

static void
test_secret_missing (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);

  cvg_clients_set_secret (world->clients, AGENT_WORLD_CLIENT_UUID, NULL);
  assert_begin_fails (world, agent_world_lookup (world, AGENT_WORLD_ID), NULL, CVG_ERROR_NO_CLIENT);
}

static void
test_port_in_use (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  CvgSignInOptions paste = CVG_SIGN_IN_OPTIONS_INIT;
  g_autoptr (CvgSignIn) pasted = NULL;

  cvg_redirect_dummy_set_port_in_use (world->redirect, TRUE);
  assert_begin_fails (world, entry, NULL, CVG_ERROR_PORT_IN_USE);
  /* Who brings the address by hand needs no port. */
  paste.flow = CVG_FLOW_PASTE;
  pasted = agent_world_begin (world, entry, &paste);
  g_assert_cmpuint (cvg_redirect_dummy_get_opened (world->redirect), ==, 0);
  g_assert_cmpstr (cvg_sign_in_get_redirect_uri (pasted), ==, REDIRECT_URI);
}

static void
test_keyring_first (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CvgSignIn) sign_in = NULL;

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_UNLOCK, CVG_ERROR_KEYRING_LOCKED);
  assert_begin_fails (world, entry, NULL, CVG_ERROR_KEYRING_LOCKED);

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  begin (world, entry, NULL, &result);
  agent_world_settle ();
  g_assert_null (result);
  g_assert_cmpuint (cvg_redirect_dummy_get_opened (world->redirect), ==, 0);
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->browser), ==, 0);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  sign_in = cvg_sign_ins_begin_finish (sign_ins_of (world), result, NULL);
  g_assert_nonnull (sign_in);
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->browser), ==, 1);
}

static void
test_keyring_unavailable (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNAVAILABLE);

  assert_begin_fails (world, agent_world_lookup (world, AGENT_WORLD_ID), NULL,
                      CVG_ERROR_KEYRING_UNAVAILABLE);
}

static void
test_while_the_keyring_is_asked (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  const CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (CvgEntry) kept = cvg_entry_ref (agent_world_add_instance (world, "Confluence"));
  g_autoptr (GAsyncResult) cancelled = NULL;
  g_autoptr (GAsyncResult) deleted = NULL;
  g_autoptr (GError) error = NULL;

  /* The caller of the one leaves, the instance of the other one is deleted. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  cvg_sign_ins_begin_async (sign_ins_of (world), entry, &options, cancellable, agent_world_on_ready,
                            &cancelled);
  begin (world, kept, NULL, &deleted);
  g_cancellable_cancel (cancellable);
  cvg_instances_remove (world->instances, kept);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();

  g_assert_nonnull (cancelled);
  g_assert_null (cvg_sign_ins_begin_finish (sign_ins_of (world), cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_not_begun (world, deleted, CVG_ERROR_NOT_FOUND);
  g_assert_cmpuint (cvg_redirect_dummy_get_opened (world->redirect), ==, 0);
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->browser), ==, 0);
}

static void
test_long_timeout (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;
  g_autoptr (CvgSignIn) sign_in = NULL;

  /* A day has more microseconds than 32 bits can count. */
  options.timeout = CVG_MAX_SIGN_IN_SECONDS;
  sign_in = agent_world_begin (world, agent_world_lookup (world, AGENT_WORLD_ID), &options);
  g_assert_cmpint (cvg_sign_in_get_deadline (sign_in), ==,
                   AGENT_WORLD_NOW + CVG_MAX_SIGN_IN_SECONDS);
  cvg_clock_dummy_advance (world->clock, (CVG_MAX_SIGN_IN_SECONDS - 1) * G_TIME_SPAN_SECOND);
  assert_phase (sign_in, CVG_PHASE_IS_WAITING);
  cvg_clock_dummy_advance (world->clock, G_TIME_SPAN_SECOND);
  assert_phase (sign_in, CVG_PHASE_IS_TIMED_OUT);
}

static void
test_no_end_of_them (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GPtrArray) pending = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GAsyncResult) one_more = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 64; i++)
    g_ptr_array_add (pending, agent_world_begin (world, entry, NULL));
  begin (world, entry, NULL, &one_more);
  agent_world_settle ();
  g_assert_null (cvg_sign_ins_begin_finish (sign_ins_of (world), one_more, &error));
  agent_world_assert_error (error, CVG_ERROR_TRY_LATER);
  g_assert_cmpuint (cvg_redirect_dummy_get_users (world->redirect, REDIRECT_URI), ==, 64);

  /* One that is over makes room, though it is remembered. */
  cvg_sign_in_cancel (g_ptr_array_index (pending, 0));
  g_ptr_array_add (pending, agent_world_begin (world, entry, NULL));
}

/* ---- servers of other ways ------------------------------------------------------------------- */

static void
add_client (AgentWorld *world, const char *server_name, const char *secret, const char *uri)
{
  const CvgClientChange change = { .secret = secret, .redirect_uri = uri };
  g_autoptr (GAsyncResult) result = NULL;

  cvg_client_changes_set_async (cvg_agent_get_client_changes (world->agent),
                                cvg_catalogue_lookup (world->catalogue, server_name), "its",
                                &change, agent_world_on_ready, &result);
  agent_world_settle ();
  g_assert_true (
      cvg_client_changes_finish (cvg_agent_get_client_changes (world->agent), result, NULL));
}

static void
test_any_port (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_add_instance (world, "Any Port");
  const CvgHttpDummyRequest *request = NULL;
  g_autoptr (CvgSignIn) first = NULL;
  g_autoptr (CvgSignIn) second = NULL;
  g_autofree char *told = NULL;

  /* RFC 8252 section 7.3: each gets a port of its own, and tells the server which. */
  add_client (world, "Any Port", "hush-S", NULL);
  first = agent_world_begin (world, entry, NULL);
  second = agent_world_begin (world, entry, NULL);
  g_assert_cmpstr (cvg_sign_in_get_redirect_uri (first), ==, "http://127.0.0.1:20001/callback");
  g_assert_cmpstr (cvg_sign_in_get_redirect_uri (second), ==, "http://127.0.0.1:20002/callback");
  told = agent_world_dup_parameter (cvg_sign_in_get_url (second), "redirect_uri");
  g_assert_cmpstr (told, ==, "http://127.0.0.1:20002/callback");

  agent_world_push_token (world, "hush-A9", "hush-R9");
  agent_world_answer (world, second, "code=hush-C&iss=https%3A%2F%2Fidp.invalid");
  assert_phase (second, CVG_PHASE_IS_AUTHORIZED);
  request = cvg_http_dummy_get_request (world->http, 0);
  g_assert_cmpstr (request->content_type, ==, "application/x-www-form-urlencoded");
  g_assert_true (g_str_has_prefix (request->authorization, "Basic "));
  g_assert_null (strstr (request->body, "hush-S"));
  g_assert_nonnull (
      strstr (request->body, "redirect_uri=http%3A%2F%2F127.0.0.1%3A20002%2Fcallback"));
  /* No sites and no account to ask for there. */
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 1);
  assert_phase (first, CVG_PHASE_IS_WAITING);
}

static void
test_another_issuer (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgSignIn) sign_in = NULL;

  /* RFC 9207 section 2.4: a code of another server goes to none. */
  add_client (world, "Any Port", NULL, NULL);
  sign_in = agent_world_begin (world, agent_world_add_instance (world, "Any Port"), NULL);
  agent_world_answer (world, sign_in, "code=hush-C&iss=https%3A%2F%2Fevil.invalid");
  assert_phase (sign_in, CVG_PHASE_IS_FAILED);
  agent_world_assert_error (cvg_sign_in_get_error (sign_in), CVG_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 0);
}

static void
test_tenant (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autoptr (GVariant) tenant = g_variant_ref_sink (g_variant_new_parsed ("{'subdomain': 'acme'}"));
  const CvgNewInstance made = {
    .user_id = "user", .server_name = "Tenanted", .owner = "host", .tenant = tenant
  };
  CvgEntry *entry = cvg_agent_create_instance (world->agent, &made, NULL);
  g_autoptr (CvgSignIn) sign_in = NULL;
  CvgEntry *without = NULL;
  g_autoptr (CvgInstance) record = NULL;
  g_autofree char *challenge = NULL;

  g_assert_nonnull (entry);
  add_client (world, "Tenanted", NULL, NULL);
  /* Nobody said yet where its browser should come back to. */
  assert_begin_fails (world, entry, NULL, CVG_ERROR_NO_CLIENT);

  add_client (world, "Tenanted", NULL, "http://127.0.0.1:1234/back");
  /* An instance of before the server had tenants makes no address, and asks nobody. */
  without = cvg_agent_create_instance (world->agent, &made, NULL);
  record = cvg_instance_copy (without->record);
  g_clear_pointer (&record->tenant, g_variant_unref);
  cvg_instances_update (world->instances, without, record);
  assert_begin_fails (world, without, NULL, CVG_ERROR_INVALID_ARGUMENT);

  sign_in = agent_world_begin (world, entry, NULL);
  g_assert_true (
      g_str_has_prefix (cvg_sign_in_get_url (sign_in), "https://acme.idp.invalid/authorize?"));
  g_assert_cmpstr (cvg_sign_in_get_redirect_uri (sign_in), ==, "http://127.0.0.1:1234/back");
  /* This server does not know PKCE. */
  challenge = agent_world_dup_parameter (cvg_sign_in_get_url (sign_in), "code_challenge");
  g_assert_null (challenge);
  agent_world_push_token (world, "hush-A9", NULL);
  agent_world_answer (world, sign_in, "code=hush-C");
  assert_phase (sign_in, CVG_PHASE_IS_AUTHORIZED);
  g_assert_cmpstr (cvg_http_dummy_get_request (world->http, 0)->url, ==,
                   "https://acme.idp.invalid/token");
  g_assert_null (strstr (cvg_http_dummy_get_request (world->http, 0)->body, "code_verifier"));
}

/* ---- the way of a redirect ------------------------------------------------------------------- */

static void
test_two_at_once (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *one = agent_world_lookup (world, AGENT_WORLD_ID);
  CvgEntry *other = agent_world_add_instance (world, "Confluence");
  g_autoptr (CvgSignIn) first = agent_world_begin (world, one, NULL);
  g_autoptr (CvgSignIn) second = agent_world_begin (world, other, NULL);
  guint replay = 0;

  /* One listener, and the state tells whose it is. */
  g_assert_cmpstr (cvg_sign_in_get_url (first), !=, cvg_sign_in_get_url (second));
  g_assert_cmpuint (cvg_redirect_dummy_get_users (world->redirect, REDIRECT_URI), ==, 2);
  push_all (world, "hush-A8");
  agent_world_answer (world, second, "code=hush-C");
  assert_phase (second, CVG_PHASE_IS_AUTHORIZED);
  assert_phase (first, CVG_PHASE_IS_WAITING);
  agent_world_assert_secret (other->credentials->access_token, "hush-A8");
  agent_world_assert_secret (one->credentials->access_token, "hush-A1");
  g_assert_cmpuint (cvg_redirect_dummy_get_users (world->redirect, REDIRECT_URI), ==, 1);

  /* A reload of the last page is told so, and does nothing. */
  replay = agent_world_answer (world, second, "code=hush-C");
  assert_page (world, replay, 200, "Nothing more to do");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 3);

  push_all (world, "hush-A9");
  agent_world_answer (world, first, "code=hush-C");
  assert_phase (first, CVG_PHASE_IS_AUTHORIZED);
  agent_world_assert_secret (one->credentials->access_token, "hush-A9");
  agent_world_assert_secret (other->credentials->access_token, "hush-A8");
  g_assert_cmpuint (cvg_redirect_dummy_get_users (world->redirect, REDIRECT_URI), ==, 0);
}

static void
test_replay_while_exchanging (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgSignIn) sign_in = agent_world_begin (world, entry, NULL);
  guint first = 0;
  guint second = 0;

  push_all (world, "hush-A9");
  cvg_http_dummy_set_hold (world->http, TRUE);
  first = agent_world_answer (world, sign_in, "code=hush-C");
  second = agent_world_answer (world, sign_in, "code=hush-D");
  assert_page (world, second, 200, "Nothing more to do");
  g_assert_null (cvg_redirect_dummy_get_page (world->redirect, first));
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 1);
  for (guint i = 0; i < 3; i++)
    {
      cvg_http_dummy_answer (world->http);
      agent_world_settle ();
    }
  assert_phase (sign_in, CVG_PHASE_IS_AUTHORIZED);
  g_assert_cmpint (cvg_redirect_dummy_get_page (world->redirect, first)->mood, ==,
                   CVG_PAGE_SUCCESS);
}

static void
test_strays (void)
{
  static const struct
  {
    const char *query;
    const char *title;
  } vectors[] = {
    { "code=hush-C&state=another", "This sign-in is not known" },
    { "error=access_denied&state=another", "This sign-in is not known" },
    { "", "This address does not complete a sign-in" },
    { "code=hush-C", "This address does not complete a sign-in" },
    { "state=another", "This address does not complete a sign-in" },
    { "code=%zz&state=another", "This address does not complete a sign-in" },
  };
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgSignIn) sign_in = agent_world_begin (world, entry, NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      guint visit = cvg_redirect_dummy_visit (world->redirect, REDIRECT_URI, vectors[i].query);

      g_test_message ("row %zu", i);
      agent_world_settle ();
      assert_page (world, visit, 400, vectors[i].title);
      assert_phase (sign_in, CVG_PHASE_IS_WAITING);
    }
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 0);

  /* And it is still good. */
  push_all (world, "hush-A9");
  agent_world_answer (world, sign_in, "code=hush-C");
  assert_phase (sign_in, CVG_PHASE_IS_AUTHORIZED);
}

static void
test_malformed_with_the_right_state (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgSignIn) sign_in = agent_world_begin (world, entry, NULL);
  guint visit = agent_world_answer (world, sign_in, "code=hush-C&code=hush-D");

  assert_page (world, visit, 400, "This address does not complete a sign-in");
  assert_phase (sign_in, CVG_PHASE_IS_WAITING);
}

static void
test_wrong_redirect_uri (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgSignIn) here = NULL;
  g_autoptr (CvgSignIn) there = NULL;
  g_autofree char *query = NULL;
  guint visit = 0;

  add_client (world, "Confluence", NULL, "http://127.0.0.1:1234/back");
  here = agent_world_begin (world, entry, NULL);
  options.client_id = "its";
  there = agent_world_begin (world, entry, &options);
  query = agent_world_dup_answer (here, "code=hush-C");
  /* The right state at another client's door: a mix-up, or an attempt at one. */
  visit = cvg_redirect_dummy_visit (world->redirect, "http://127.0.0.1:1234/back", query);
  agent_world_settle ();
  assert_page (world, visit, 400, "This sign-in is not known");
  assert_phase (here, CVG_PHASE_IS_WAITING);
  assert_phase (there, CVG_PHASE_IS_WAITING);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 0);
}

static void
test_answer_after_cancel (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgSignIn) gone = agent_world_begin (world, entry, NULL);
  g_autoptr (CvgSignIn) other = agent_world_begin (world, entry, NULL);
  guint remembered = 0;
  guint forgotten = 0;

  cvg_sign_in_cancel (gone);
  remembered = agent_world_answer (world, gone, "code=hush-C");
  assert_page (world, remembered, 200, "Nothing more to do");
  agent_world_pass (world, REMEMBER_SECONDS);
  forgotten = agent_world_answer (world, gone, "code=hush-C");
  assert_page (world, forgotten, 400, "This sign-in is not known");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 0);
  assert_phase (other, CVG_PHASE_IS_WAITING);
}

/* ---- the browser ----------------------------------------------------------------------------- */

static void
test_no_browser (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;
  g_autoptr (CvgSignIn) sign_in = NULL;

  options.open_browser = FALSE;
  sign_in = agent_world_begin (world, agent_world_lookup (world, AGENT_WORLD_ID), &options);
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->browser), ==, 0);
}

static void
test_browser_fails (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgSignIn) sign_in = NULL;

  cvg_browser_dummy_set_error (world->browser,
                               g_error_new (CVG_ERROR, CVG_ERROR_FAILED, "No browser"));
  /* The address can be opened by hand. */
  sign_in = agent_world_begin (world, entry, NULL);
  push_all (world, "hush-A9");
  agent_world_answer (world, sign_in, "code=hush-C");
  assert_phase (sign_in, CVG_PHASE_IS_AUTHORIZED);
}

static void
open_again (AgentWorld *world, CvgSignIn *sign_in, int code)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean opened = FALSE;

  cvg_sign_ins_open_browser_async (sign_ins_of (world), sign_in, "again", agent_world_on_ready,
                                   &result);
  agent_world_settle ();
  g_assert_nonnull (result);
  opened = cvg_sign_ins_open_browser_finish (sign_ins_of (world), result, &error);
  g_assert_cmpint (opened, ==, code < 0);
  if (code < 0)
    g_assert_no_error (error);
  else
    agent_world_assert_error (error, code);
}

static void
test_browser_again (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgSignIn) cancelled = agent_world_begin (world, entry, NULL);
  g_autoptr (CvgSignIn) sign_in = agent_world_begin (world, entry, NULL);

  open_again (world, sign_in, -1);
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->browser), ==, 3);
  g_assert_cmpstr (cvg_browser_dummy_get_url (world->browser, 2), ==,
                   cvg_sign_in_get_url (sign_in));
  g_assert_cmpstr (cvg_browser_dummy_get_token (world->browser, 2), ==, "again");
  cvg_browser_dummy_set_error (world->browser,
                               g_error_new (CVG_ERROR, CVG_ERROR_FAILED, "No browser"));
  open_again (world, sign_in, CVG_ERROR_FAILED);
  cvg_browser_dummy_set_error (world->browser, NULL);

  cvg_sign_in_cancel (cancelled);
  open_again (world, cancelled, CVG_ERROR_CANCELLED);
  push_all (world, "hush-A9");
  agent_world_answer (world, sign_in, "code=hush-C");
  open_again (world, sign_in, CVG_ERROR_FAILED);
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->browser), ==, 4);
}

/* ---- over ------------------------------------------------------------------------------------ */

static void
on_forgotten (CvgSignIns *sign_ins, CvgSignIn *sign_in, gpointer user_data)
{
  CvgSignIn **slot = user_data;

  g_assert_null (*slot);
  *slot = g_object_ref (sign_in);
}

static void
test_forgotten (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgSignIn) sign_in = agent_world_begin (world, entry, NULL);
  g_autoptr (CvgSignIn) forgotten = NULL;
  gulong id =
      g_signal_connect (sign_ins_of (world), "forgotten", G_CALLBACK (on_forgotten), &forgotten);

  agent_world_pass (world, 2 * REMEMBER_SECONDS);
  g_assert_null (forgotten);
  push_all (world, "hush-A9");
  agent_world_answer (world, sign_in, "code=hush-C");
  agent_world_pass (world, REMEMBER_SECONDS - 1);
  g_assert_null (forgotten);
  agent_world_pass (world, 1);
  g_assert_true (forgotten == sign_in);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 0);
  g_signal_handler_disconnect (sign_ins_of (world), id);
}

static void
test_cancel_of (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  CvgEntry *other = agent_world_add_instance (world, "Confluence");
  g_autoptr (CvgSignIn) waiting = agent_world_begin (world, entry, NULL);
  g_autoptr (CvgSignIn) exchanging = agent_world_begin (world, entry, NULL);
  g_autoptr (CvgSignIn) of_other = agent_world_begin (world, other, NULL);

  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_world_answer (world, exchanging, "code=hush-C");
  cvg_sign_ins_cancel_of (sign_ins_of (world), entry);
  agent_world_settle ();
  assert_phase (waiting, CVG_PHASE_IS_CANCELLED);
  assert_phase (exchanging, CVG_PHASE_IS_CANCELLED);
  assert_phase (of_other, CVG_PHASE_IS_WAITING);
}

static void
test_stop (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (CvgSignIn) waiting = agent_world_begin (world, entry, NULL);
  g_autoptr (CvgSignIn) exchanging = agent_world_begin (world, entry, NULL);
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GError) error = NULL;

  push_all (world, "hush-A9");
  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_world_answer (world, exchanging, "code=hush-C");
  cvg_agent_stop (world->agent);
  agent_world_settle ();
  assert_phase (waiting, CVG_PHASE_IS_CANCELLED);
  begin (world, entry, NULL, &late);
  agent_world_settle ();
  g_assert_null (cvg_sign_ins_begin_finish (sign_ins_of (world), late, &error));
  agent_world_assert_error (error, CVG_ERROR_TRY_LATER);

  /* A code is good once, and the person has done their part. */
  assert_phase (exchanging, CVG_PHASE_IS_EXCHANGING);
  g_assert_false (cvg_agent_is_idle (world->agent));
  for (guint i = 0; i < 3; i++)
    {
      cvg_http_dummy_answer (world->http);
      agent_world_settle ();
    }
  assert_phase (exchanging, CVG_PHASE_IS_AUTHORIZED);
  g_assert_true (cvg_agent_is_idle (world->agent));
}

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  g_test_add_func ("/sign-ins/begin/listener-then-browser", test_begin);
  g_test_add_func ("/sign-ins/begin/refused", test_begin_refused);
  g_test_add_func ("/sign-ins/begin/refused-without-a-prompt", test_begin_refused_without_a_prompt);
  g_test_add_func ("/sign-ins/begin/server-lost", test_server_lost);
  g_test_add_func ("/sign-ins/begin/secret-missing", test_secret_missing);
  g_test_add_func ("/sign-ins/begin/port-in-use", test_port_in_use);
  g_test_add_func ("/sign-ins/begin/keyring-first", test_keyring_first);
  g_test_add_func ("/sign-ins/begin/keyring-unavailable", test_keyring_unavailable);
  g_test_add_func ("/sign-ins/begin/while-the-keyring-is-asked", test_while_the_keyring_is_asked);
  g_test_add_func ("/sign-ins/begin/a-long-timeout", test_long_timeout);
  g_test_add_func ("/sign-ins/begin/no-end-of-them", test_no_end_of_them);
  g_test_add_func ("/sign-ins/servers/any-port", test_any_port);
  g_test_add_func ("/sign-ins/servers/another-issuer", test_another_issuer);
  g_test_add_func ("/sign-ins/servers/tenant", test_tenant);
  g_test_add_func ("/sign-ins/redirect/two-at-once", test_two_at_once);
  g_test_add_func ("/sign-ins/redirect/replay-while-exchanging", test_replay_while_exchanging);
  g_test_add_func ("/sign-ins/redirect/strays", test_strays);
  g_test_add_func ("/sign-ins/redirect/malformed", test_malformed_with_the_right_state);
  g_test_add_func ("/sign-ins/redirect/wrong-redirect-uri", test_wrong_redirect_uri);
  g_test_add_func ("/sign-ins/redirect/after-cancel", test_answer_after_cancel);
  g_test_add_func ("/sign-ins/browser/not-wanted", test_no_browser);
  g_test_add_func ("/sign-ins/browser/fails", test_browser_fails);
  g_test_add_func ("/sign-ins/browser/again", test_browser_again);
  g_test_add_func ("/sign-ins/over/forgotten-after-a-minute", test_forgotten);
  g_test_add_func ("/sign-ins/over/cancelled-with-its-instance", test_cancel_of);
  g_test_add_func ("/sign-ins/over/stop", test_stop);

  return g_test_run ();
}
