/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sign-ins with what only some servers do.
 */
#include "agent/sign-in.h"

#include <string.h>

#include "doubles/agent-sign-in.h"

/* A provider is a value; here it is changed before anybody looks at it. */
static CvgProvider *
change_provider (AgentSignIn *fixture)
{
  return fixture->entry->provider;
}

static void
set_list (char ***where, const char *const *list)
{
  g_strfreev (*where);
  *where = g_strdupv ((char **) list);
}

static void
set_text (char **where, const char *text)
{
  g_free (*where);
  *where = g_strdup (text);
}

/* ---- what comes with the redirect ------------------------------------------------------------ */

static void
test_members (AgentSignIn *fixture, gconstpointer data)
{
  static const char *const members[] = { "realmId",      "realm_id", "shop", "shop",
                                         "access_token", "serial",   NULL };
  GVariant *kept = NULL;
  const char *realm = NULL;
  const char *shop = NULL;

  set_list (&change_provider (fixture)->redirect_members, members);
  agent_sign_in_begin (fixture, NULL);
  cvg_http_dummy_push_json (fixture->world->http, 200,
                            "{\"access_token\":\"hush-A9\",\"refresh_token\":\"hush-R9\","
                            "\"expires_in\":3600,\"shop\":\"the server's\"}");
  agent_world_push_profile (fixture->world);
  agent_sign_in_answer (fixture, "code=hush-C&realmId=9130&shop=mine&access_token=7&other=1");
  agent_sign_in_assert_authorized (fixture);

  kept = fixture->entry->credentials->members;
  g_assert_cmpuint (g_variant_n_children (kept), ==, 2);
  g_assert_true (g_variant_lookup (kept, "realm_id", "&s", &realm));
  g_assert_true (g_variant_lookup (kept, "shop", "&s", &shop));
  g_assert_cmpstr (realm, ==, "9130");
  g_assert_cmpstr (shop, ==, "the server's");
}

static void
test_members_refused (AgentSignIn *fixture, gconstpointer data)
{
  static const char *const members[] = { "realmId", "realm_id", NULL };

  set_list (&change_provider (fixture)->redirect_members, members);
  agent_sign_in_begin (fixture, NULL);
  agent_sign_in_answer (fixture, "code=hush-C&realmId=1&realmId=hush-2");
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_FAILED, CVG_ERROR_INVALID_ARGUMENT);
  /* The code was not worth a request. */
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->world->http), ==, 0);
}

/* ---- who it is from -------------------------------------------------------------------------- */

/* What the server would append to an answer with @what (sorted before "state"). */
static char *
sign (AgentSignIn *fixture, const char *what, const char *key)
{
  g_autofree char *state =
      agent_world_dup_parameter (cvg_sign_in_get_url (fixture->sign_in), "state");
  g_autofree char *message = g_strdup_printf ("%s&state=%s", what, state);
  g_autofree char *hex = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) key,
                                                    strlen (key), message, -1);

  return g_strdup_printf ("%s&hmac=%s", what, hex);
}

static void
test_signed (AgentSignIn *fixture, gconstpointer data)
{
  g_autofree char *answer = NULL;

  change_provider (fixture)->redirect_signature = g_strdup ("hmac");
  agent_sign_in_begin (fixture, NULL);
  answer = sign (fixture, "code=hush-C", "hush-S");
  agent_sign_in_push_all (fixture);
  agent_sign_in_answer (fixture, answer);
  agent_sign_in_assert_authorized (fixture);
}

static void
test_not_signed (AgentSignIn *fixture, gconstpointer data)
{
  g_autofree char *wrong = NULL;

  change_provider (fixture)->redirect_signature = g_strdup ("hmac");
  agent_sign_in_begin (fixture, NULL);
  agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_FAILED, CVG_ERROR_INVALID_ARGUMENT);

  agent_sign_in_begin (fixture, NULL);
  wrong = sign (fixture, "code=hush-C", "another key");
  agent_sign_in_answer (fixture, wrong);
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_FAILED, CVG_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->world->http), ==, 0);
}

static void
test_issuer_required (AgentSignIn *fixture, gconstpointer data)
{
  change_provider (fixture)->issuer = g_strdup ("https://as.example");
  change_provider (fixture)->issuer_required = TRUE;
  agent_sign_in_begin (fixture, NULL);
  agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_FAILED, CVG_ERROR_INVALID_ARGUMENT);

  agent_sign_in_begin (fixture, NULL);
  agent_sign_in_push_all (fixture);
  agent_sign_in_answer (fixture, "code=hush-C&iss=https%3A%2F%2Fas.example");
  agent_sign_in_assert_authorized (fixture);
}

/* ---- the second step ------------------------------------------------------------------------- */

static void
set_upgrade (AgentSignIn *fixture)
{
  CvgProvider *provider = change_provider (fixture);

  set_text (&provider->upgrade_endpoint, "https://graph.example/access_token");
  set_text (&provider->upgrade_grant_type, "exchange_token");
  set_text (&provider->refresh_token_member, "access_token");
  agent_sign_in_begin (fixture, NULL);
}

static void
test_upgrade (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  const CvgCredentials *credentials = NULL;
  const CvgHttpDummyRequest *request = NULL;

  set_upgrade (fixture);
  cvg_http_dummy_push_json (world->http, 200,
                            "{\"access_token\":\"hush-short\",\"user_id\":\"17\"}");
  cvg_http_dummy_push_json (world->http, 200,
                            "{\"access_token\":\"hush-A9\",\"token_type\":\"bearer\","
                            "\"expires_in\":5183944}");
  agent_world_push_profile (world);
  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_answer_request (fixture);
  /* Nobody is told of the short-lived one, and it is not asked who signed in with it. */
  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_EXCHANGING);
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 1);
  request = cvg_http_dummy_get_request (world->http, 1);
  g_assert_cmpstr (request->method, ==, "GET");
  g_assert_cmpstr (request->body, ==, "");
  g_assert_cmpstr (request->url, ==,
                   "https://graph.example/access_token?grant_type=exchange_token"
                   "&client_secret=hush-S&access_token=hush-short");
  for (guint i = 0; i < 3; i++)
    agent_sign_in_answer_request (fixture);

  agent_sign_in_assert_phase (fixture, CVG_PHASE_IS_AUTHORIZED);
  credentials = fixture->entry->credentials;
  agent_world_assert_secret (credentials->access_token, "hush-A9");
  agent_world_assert_secret (credentials->refresh_token, "hush-A9");
  g_assert_cmpint (credentials->expires_at, ==, AGENT_WORLD_NOW + 5183944);
  g_assert_cmpstr (credentials->client_id, ==, AGENT_WORLD_CLIENT_ID);
  g_assert_nonnull (strstr (credentials->scope, "offline_access"));
  g_assert_true (g_variant_lookup (credentials->members, "user_id", "&s", NULL));
  g_assert_cmpstr (cvg_http_dummy_get_request (world->http, 2)->authorization, ==,
                   "Bearer hush-A9");
}

static void
test_upgrade_fails (AgentSignIn *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    const char *body;
    CvgError code;
  } vectors[] = {
    { 400, "{\"error\":\"invalid_request\"}", CVG_ERROR_REFUSED },
    { 503, "", CVG_ERROR_TRY_LATER },
    { 200, "{}", CVG_ERROR_TRY_LATER },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      set_upgrade (fixture);
      cvg_http_dummy_push_json (fixture->world->http, 200, "{\"access_token\":\"hush-short\"}");
      cvg_http_dummy_push_json (fixture->world->http, vectors[i].status, vectors[i].body);
      agent_sign_in_answer (fixture, "code=hush-C");
      agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_FAILED, vectors[i].code);
      g_assert_nonnull (strstr (cvg_sign_in_get_error (fixture->sign_in)->message, "short-lived"));
      /* It is no fault of the code. */
      g_assert_null (strstr (cvg_sign_in_get_error (fixture->sign_in)->message, "code"));
    }
}

static void
test_upgrade_cancelled (AgentSignIn *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  set_upgrade (fixture);
  cvg_http_dummy_push_json (world->http, 200, "{\"access_token\":\"hush-short\"}");
  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_sign_in_answer (fixture, "code=hush-C");
  agent_sign_in_answer_request (fixture);
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 1);
  cvg_sign_in_cancel (fixture->sign_in);
  agent_world_settle ();
  agent_sign_in_assert_failed (fixture, CVG_PHASE_IS_CANCELLED, CVG_ERROR_CANCELLED);
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 0);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/sign-in-dialects/" path, AgentSignIn, NULL, agent_sign_in_set_up, function,        \
              agent_sign_in_tear_down)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD ("members-of-the-redirect", test_members);
  ADD ("members-refused", test_members_refused);
  ADD ("signed", test_signed);
  ADD ("not-signed", test_not_signed);
  ADD ("issuer-required", test_issuer_required);
  ADD ("upgrade/whole-flow", test_upgrade);
  ADD ("upgrade/fails", test_upgrade_fails);
  ADD ("upgrade/cancelled", test_upgrade_cancelled);

  return g_test_run ();
}
