/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sign-ins to a server of which the file names no more than the issuer, from the metadata to the
 * refresh, and what happens when it forgets its client.
 */
#include <string.h>

#include "doubles/agent-discovery.h"

#define SERVER AGENT_DISCOVERY_SERVER
#define ISSUER AGENT_DISCOVERY_ISSUER
#define URI AGENT_DISCOVERY_REDIRECT_URI
#define CODE "code=hush-C&iss=https%3A%2F%2Ffound.invalid"

typedef struct
{
  AgentWorld *world;
  CvgEntry *entry;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  fixture->entry = agent_world_add_instance (fixture->world, SERVER);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  agent_world_free (fixture->world);
}

static const CvgHttpDummyRequest *
get_last_request (Fixture *fixture)
{
  return cvg_http_dummy_get_request (fixture->world->http,
                                     cvg_http_dummy_get_count (fixture->world->http) - 1);
}

/* A sign-in that waits for its answer, as the client @client_id. */
static CvgSignIn *
begin_as (Fixture *fixture, const char *client_id)
{
  CvgSignIn *sign_in = agent_world_begin (fixture->world, fixture->entry, NULL);
  g_autofree char *shown = agent_world_dup_parameter (cvg_sign_in_get_url (sign_in), "client_id");

  g_assert_cmpstr (shown, ==, client_id);
  return sign_in;
}

static CvgSignIn *
begin_registered (Fixture *fixture, const char *client_id)
{
  CvgSignIn *sign_in = NULL;

  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  agent_discovery_push_registration (fixture->world, client_id, URI, NULL);
  sign_in = begin_as (fixture, client_id);
  g_assert_cmpstr (cvg_sign_in_get_redirect_uri (sign_in), ==, URI);
  return sign_in;
}

static void
sign_in_now (Fixture *fixture)
{
  g_autoptr (CvgSignIn) sign_in = begin_registered (fixture, "new");

  agent_world_push_token (fixture->world, "hush-A1", "hush-R1");
  agent_world_answer (fixture->world, sign_in, CODE);
  g_assert_cmpint (cvg_sign_in_get_phase (sign_in), ==, CVG_PHASE_IS_AUTHORIZED);
}

static void
fail_refresh (Fixture *fixture, const char *part)
{
  CvgRefresher *refresher = cvg_agent_get_refresher (fixture->world->agent);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cvg_refresher_refresh_async (refresher, fixture->entry, CVG_URGENCY_CALLER, NULL,
                               agent_world_on_ready, &result);
  agent_world_settle ();
  g_assert_nonnull (result);
  g_assert_null (cvg_refresher_refresh_finish (refresher, result, &error));
  agent_world_assert_error (error, CVG_ERROR_REFUSED);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_whole_way (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (CvgSignIn) sign_in = begin_registered (fixture, "new");
  g_autofree char *id = g_strdup (fixture->entry->record->id);
  g_autoptr (GAsyncResult) result = NULL;
  CvgRefresher *refresher = NULL;
  const CvgHttpDummyRequest *request = NULL;

  g_assert_true (g_str_has_prefix (cvg_sign_in_get_url (sign_in), ISSUER "/authorize?"));
  g_assert_cmpstr (cvg_browser_dummy_get_url (world->browser, 0), ==,
                   cvg_sign_in_get_url (sign_in));
  agent_world_push_token (world, "hush-A1", "hush-R1");
  agent_world_answer (world, sign_in, CODE);
  g_assert_cmpint (cvg_sign_in_get_phase (sign_in), ==, CVG_PHASE_IS_AUTHORIZED);
  request = get_last_request (fixture);
  g_assert_cmpstr (request->url, ==, ISSUER "/token");
  g_assert_nonnull (strstr (request->body, "client_id=new"));
  g_assert_nonnull (strstr (request->body, "code_verifier="));
  g_assert_nonnull (fixture->entry->credentials->server);
  g_assert_cmpstr (fixture->entry->credentials->client_id, ==, "new");

  /* The refresh asks nobody where to go, now and after a restart. */
  agent_world_restart (world);
  refresher = cvg_agent_get_refresher (world->agent);
  agent_world_push_token (world, "hush-A2", "hush-R2");
  cvg_refresher_refresh_async (refresher, agent_world_lookup (world, id), CVG_URGENCY_CALLER, NULL,
                               agent_world_on_ready, &result);
  agent_world_settle ();
  agent_world_assert_stored (world, id, "hush-A2/hush-R2/2");
  g_assert_cmpstr (get_last_request (fixture)->url, ==, ISSUER "/token");
}

/* Another issuer's answer, as by RFC 9207. */
static void
test_mixed_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgSignIn) sign_in = begin_registered (fixture, "new");

  agent_world_answer (fixture->world, sign_in, "code=hush-C&iss=https%3A%2F%2Fevil.invalid");
  g_assert_cmpint (cvg_sign_in_get_phase (sign_in), ==, CVG_PHASE_IS_FAILED);
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->world->http), ==, 2);
}

static void
test_discovery_fails (Fixture *fixture, gconstpointer data)
{
  const CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;
  CvgSignIns *sign_ins = cvg_agent_get_sign_ins (fixture->world->agent);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cvg_http_dummy_push_json (fixture->world->http, 200,
                            "{\"issuer\":\"" ISSUER
                            "\",\"authorization_endpoint\":\"javascript:alert(1)\"}");
  cvg_sign_ins_begin_async (sign_ins, fixture->entry, &options, NULL, agent_world_on_ready,
                            &result);
  agent_world_settle ();
  g_assert_null (cvg_sign_ins_begin_finish (sign_ins, result, &error));
  agent_world_assert_error (error, CVG_ERROR_REFUSED);
  g_assert_cmpuint (cvg_browser_dummy_get_count (fixture->world->browser), ==, 0);
}

/* It stops while the server is being asked. */
static void
test_stop (Fixture *fixture, gconstpointer data)
{
  const CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;
  CvgSignIns *sign_ins = cvg_agent_get_sign_ins (fixture->world->agent);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  cvg_sign_ins_begin_async (sign_ins, fixture->entry, &options, NULL, agent_world_on_ready,
                            &result);
  agent_world_settle ();
  g_assert_null (result);
  g_assert_false (cvg_agent_is_idle (fixture->world->agent));
  cvg_agent_stop (fixture->world->agent);
  agent_world_settle ();
  g_assert_true (cvg_agent_is_idle (fixture->world->agent));
  g_assert_null (cvg_sign_ins_begin_finish (sign_ins, result, &error));
  agent_world_assert_error (error, CVG_ERROR_TRY_LATER);
}

/* ---- the server forgets its client ----------------------------------------------------------- */

static void
test_lost_at_the_exchange (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (CvgSignIn) sign_in = begin_registered (fixture, "new");
  g_autoptr (CvgSignIn) again = NULL;

  cvg_http_dummy_push_json (world->http, 401, "{\"error\":\"invalid_client\"}");
  agent_world_answer (world, sign_in, CODE);
  g_assert_cmpint (cvg_sign_in_get_phase (sign_in), ==, CVG_PHASE_IS_FAILED);
  agent_world_assert_error (cvg_sign_in_get_error (sign_in), CVG_ERROR_REFUSED);
  g_assert_nonnull (strstr (cvg_sign_in_get_error (sign_in)->message, "register anew"));

  again = begin_registered (fixture, "newer");
  g_assert_null (cvg_clients_lookup (world->clients, SERVER, "new"));
  cvg_sign_in_cancel (again);
}

/* A person's own client is theirs to mend. */
static void
test_own_refused (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (CvgSignIn) sign_in = NULL;
  g_autoptr (CvgSignIn) again = NULL;

  agent_world_seed_client (world, SERVER, "hush-S");
  agent_world_restart (world);
  fixture->entry = agent_world_add_instance (world, SERVER);
  agent_discovery_push_metadata (world, ISSUER, TRUE);
  sign_in = begin_as (fixture, AGENT_WORLD_CLIENT_ID);
  cvg_http_dummy_push_json (world->http, 401, "{\"error\":\"invalid_client\"}");
  agent_world_answer (world, sign_in, CODE);
  g_assert_nonnull (strstr (cvg_sign_in_get_error (sign_in)->message, "claviger client add"));
  again = begin_as (fixture, AGENT_WORLD_CLIENT_ID);
  cvg_sign_in_cancel (again);
}

static void
test_lost_at_the_refresh (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (CvgSignIn) again = NULL;

  sign_in_now (fixture);
  cvg_http_dummy_push_json (world->http, 401, "{\"error\":\"invalid_client\"}");
  fail_refresh (fixture, "sign in again");
  g_assert_nonnull (strstr (fixture->entry->last_error, "sign in again"));
  /* Its grant is not given up: the server may have been mistaken. */
  g_assert_nonnull (cvg_clients_lookup (world->clients, SERVER, "new"));
  g_assert_true (fixture->entry->record->signed_in);

  /* The metadata of a moment ago is still good. */
  agent_discovery_push_registration (world, "newer", URI, NULL);
  again = begin_as (fixture, "newer");
  agent_world_push_token (world, "hush-A2", "hush-R2");
  agent_world_answer (world, again, CODE);
  g_assert_cmpint (cvg_sign_in_get_phase (again), ==, CVG_PHASE_IS_AUTHORIZED);
  g_assert_cmpstr (fixture->entry->credentials->client_id, ==, "newer");
}

#define ADD(path, function)                                                                        \
  g_test_add ("/sign-in-discovered/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  agent_world_init (&argc, &argv);

  ADD ("whole-way", test_whole_way);
  ADD ("mixed-up", test_mixed_up);
  ADD ("discovery-fails", test_discovery_fails);
  ADD ("stop", test_stop);
  ADD ("lost-at-the-exchange", test_lost_at_the_exchange);
  ADD ("own-refused", test_own_refused);
  ADD ("lost-at-the-refresh", test_lost_at_the_refresh);

  return g_test_run ();
}
