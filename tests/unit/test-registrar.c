/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/registrar.h"

#include <string.h>

#include "doubles/agent-discovery.h"

#define SERVER AGENT_DISCOVERY_SERVER
#define ISSUER AGENT_DISCOVERY_ISSUER
#define URI AGENT_DISCOVERY_REDIRECT_URI
#define PATIENCE_SECONDS 20

typedef struct
{
  AgentWorld *world;
  CvgRegistrar *registrar;
  CvgDiscovered *server;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgProvider) provider =
      cvg_provider_copy (cvg_catalogue_lookup (world->catalogue, SERVER));

  provider->registration_endpoint = g_strdup (ISSUER "/register");
  fixture->world = world;
  fixture->server = cvg_discovered_new_complete (provider);
  fixture->registrar =
      cvg_registrar_new (CVG_HTTP (world->http), CVG_CLOCK (world->clock), world->clients,
                         world->keeper, cvg_agent_get_client_changes (world->agent));
  cvg_http_dummy_set_hold (world->http, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  agent_world_settle ();
  g_assert_true (cvg_registrar_is_idle (fixture->registrar));
  g_assert_finalize_object (fixture->registrar);
  cvg_discovered_unref (fixture->server);
  agent_world_free (fixture->world);
}

static void
run (Fixture *fixture, GCancellable *cancellable, GAsyncResult **slot)
{
  static const char *const scopes[] = { "read", NULL };
  const CvgRegistrarJob job = { .server = fixture->server, .scopes = scopes };

  cvg_registrar_run_async (fixture->registrar, &job, cancellable, agent_world_on_ready, slot);
  agent_world_settle ();
}

static void
answer (Fixture *fixture)
{
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
}

static void
assert_registered (Fixture *fixture, GAsyncResult *result, const char *client_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgClient) client = NULL;

  g_assert_nonnull (result);
  client = cvg_registrar_run_finish (fixture->registrar, result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (client->client_id, ==, client_id);
}

static void
assert_failed (Fixture *fixture, GAsyncResult *result, int code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  g_assert_null (cvg_registrar_run_finish (fixture->registrar, result, &error));
  agent_world_assert_error (error, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static CvgClient *
lookup (Fixture *fixture, const char *client_id)
{
  return cvg_clients_lookup (fixture->world->clients, SERVER, client_id);
}

static guint
count_clients (Fixture *fixture)
{
  g_autoptr (GPtrArray) clients = cvg_clients_list (fixture->world->clients, SERVER);

  return clients->len;
}

static void
test_public (Fixture *fixture, gconstpointer data)
{
  const CvgHttpDummyRequest *request = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  const CvgClient *client = NULL;

  agent_discovery_push_registration (fixture->world, "new", URI, NULL);
  run (fixture, NULL, &result);
  request = cvg_http_dummy_get_request (fixture->world->http, 0);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->url, ==, ISSUER "/register");
  g_assert_cmpstr (request->content_type, ==, "application/json");
  g_assert_nonnull (strstr (request->body, "\"redirect_uris\":[\"" URI "\"]"));
  g_assert_nonnull (strstr (request->body, "\"application_type\":\"native\""));
  g_assert_nonnull (strstr (request->body, "\"token_endpoint_auth_method\":\"none\""));
  g_assert_nonnull (strstr (request->body, "\"scope\":\"read\""));
  g_assert_cmpuint (count_clients (fixture), ==, 0);
  answer (fixture);

  assert_registered (fixture, result, "new");
  client = lookup (fixture, "new");
  g_assert_true (client->is_registered);
  g_assert_true (client->is_default);
  g_assert_false (client->has_secret);
  g_assert_cmpstr (client->issuer, ==, ISSUER);
  g_assert_cmpstr (client->redirect_uri, ==, URI);
  g_assert_cmpint (client->authentication, ==, CVG_CLIENT_AUTHENTICATION_NONE);
  g_assert_cmpint (client->created_at, ==, AGENT_WORLD_NOW);
  g_assert_nonnull (
      cvg_records_dummy_peek (fixture->world->records, CVG_RECORDS_CLIENTS, client->id));
  g_assert_cmpuint (cvg_vault_dummy_count_calls (fixture->world->vault, CVG_VAULT_DUMMY_STORE), ==,
                    0);
}

/* Its secret is in the keyring before anybody has the client. */
static void
test_confidential (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;
  const CvgClient *client = NULL;

  fixture->server->registration = CVG_CLIENT_AUTHENTICATION_BASIC;
  agent_discovery_push_registration (world, "new", URI, "hush-D");
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  run (fixture, NULL, &result);
  g_assert_nonnull (strstr (cvg_http_dummy_get_request (world->http, 0)->body,
                            "\"token_endpoint_auth_method\":\"client_secret_basic\""));
  answer (fixture);
  g_assert_null (result);
  g_assert_null (lookup (fixture, "new"));
  g_assert_false (cvg_registrar_is_idle (fixture->registrar));
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();

  assert_registered (fixture, result, "new");
  client = lookup (fixture, "new");
  g_assert_true (client->has_secret);
  agent_world_assert_secret (client->secret, "hush-D");
  agent_world_assert_secret (cvg_vault_dummy_peek (world->vault, CVG_VAULT_CLIENT, client->id),
                             "hush-D");
  g_assert_cmpint (client->authentication, ==, CVG_CLIENT_AUTHENTICATION_BASIC);
}

static void
test_store_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  agent_discovery_push_registration (fixture->world, "new", URI, "hush-D");
  cvg_vault_dummy_fail_next (fixture->world->vault, CVG_VAULT_DUMMY_STORE,
                             CVG_ERROR_KEYRING_UNAVAILABLE);
  run (fixture, NULL, &result);
  answer (fixture);
  assert_failed (fixture, result, CVG_ERROR_KEYRING_UNAVAILABLE, SERVER);
  g_assert_cmpuint (count_clients (fixture), ==, 0);
}

/* The keyring is locked right after the write: the client is there, but can't be used now. */
static void
test_locked_after (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  agent_discovery_push_registration (fixture->world, "new", URI, "hush-D");
  cvg_vault_dummy_hold (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  run (fixture, NULL, &result);
  answer (fixture);
  cvg_vault_dummy_release (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  cvg_vault_dummy_set_state (fixture->world->vault, CVG_VAULT_LOCKED);
  agent_world_settle ();
  assert_failed (fixture, result, CVG_ERROR_KEYRING_LOCKED, "");
  g_assert_true (lookup (fixture, "new") == NULL || lookup (fixture, "new")->secret == NULL);
}

static void
test_shared (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GAsyncResult) third = NULL;
  g_autoptr (GError) error = NULL;

  agent_discovery_push_registration (fixture->world, "new", URI, NULL);
  run (fixture, cancellable, &first);
  run (fixture, NULL, &second);
  run (fixture, NULL, &third);
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->world->http), ==, 1);

  /* The one who began it leaves, and it goes on. */
  g_cancellable_cancel (cancellable);
  agent_world_settle ();
  g_assert_null (cvg_registrar_run_finish (fixture->registrar, first, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  answer (fixture);
  assert_registered (fixture, second, "new");
  assert_registered (fixture, third, "new");
  g_assert_cmpuint (count_clients (fixture), ==, 1);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    const char *body;
    int code;
    const char *part;
  } vectors[] = {
    { 403, "{\"error\":\"access_denied\"}", CVG_ERROR_REFUSED, "claviger client add Discovered" },
    { 400, "{\"error\":\"invalid_redirect_uri\"}", CVG_ERROR_REFUSED, "this computer" },
    { 404, "<html>", CVG_ERROR_REFUSED, "404" },
    { 503, "", CVG_ERROR_TRY_LATER, "503" },
    { 201, "{\"client_id\":\"new\",\"redirect_uris\":[\"https://evil.example\"]}",
      CVG_ERROR_REFUSED, "redirect URI" },
    { 201,
      "{\"client_id\":\"new\",\"redirect_uris\":[\"" URI "\"],\"client_secret\":\"hush-D\","
      "\"client_secret_expires_at\":1}",
      CVG_ERROR_REFUSED, "over already" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      cvg_http_dummy_push_json (fixture->world->http, vectors[i].status, vectors[i].body);
      run (fixture, NULL, &result);
      answer (fixture);
      assert_failed (fixture, result, vectors[i].code, vectors[i].part);
      g_assert_cmpuint (count_clients (fixture), ==, 0);
      g_assert_true (cvg_registrar_is_idle (fixture->registrar));
    }
}

/* A server must not put itself in the place of a client that somebody else made. */
static void
test_taken_id (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  CvgClient *before = NULL;

  agent_world_seed_client (fixture->world, SERVER, NULL);
  agent_world_restart (fixture->world);
  g_clear_object (&fixture->registrar);
  fixture->registrar = cvg_registrar_new (
      CVG_HTTP (fixture->world->http), CVG_CLOCK (fixture->world->clock), fixture->world->clients,
      fixture->world->keeper, cvg_agent_get_client_changes (fixture->world->agent));
  before = lookup (fixture, AGENT_WORLD_CLIENT_ID);
  g_assert_nonnull (before);

  agent_discovery_push_registration (fixture->world, AGENT_WORLD_CLIENT_ID, URI, NULL);
  run (fixture, NULL, &result);
  answer (fixture);
  assert_failed (fixture, result, CVG_ERROR_REFUSED, "there already");
  g_assert_true (lookup (fixture, AGENT_WORLD_CLIENT_ID) == before);
}

/* RFC 7591 section 3.2.1: a server may give the id that it gave before. The client keeps its place,
 * and so do those who are signed in with it. */
static void
test_same_id (Fixture *fixture, gconstpointer data)
{
  static const char *const secrets[] = { "hush-S1", "hush-S2", NULL };
  AgentWorld *world = fixture->world;
  g_autofree char *id = NULL;

  fixture->server->registration = CVG_CLIENT_AUTHENTICATION_BASIC;
  for (size_t i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      const CvgClient *client = NULL;

      agent_discovery_push_registration (world, "same", URI, secrets[i]);
      run (fixture, NULL, &result);
      answer (fixture);
      assert_registered (fixture, result, "same");
      g_assert_cmpuint (count_clients (fixture), ==, 1);

      client = lookup (fixture, "same");
      if (id == NULL)
        id = g_strdup (client->id);
      g_assert_cmpstr (client->id, ==, id);
      g_assert_true (client->is_default);
      g_assert_cmpint (client->has_secret, ==, secrets[i] != NULL);
      g_assert_cmpint (cvg_vault_dummy_peek (world->vault, CVG_VAULT_CLIENT, id) != NULL, ==,
                       secrets[i] != NULL);
      if (secrets[i] != NULL)
        agent_world_assert_secret (cvg_vault_dummy_peek (world->vault, CVG_VAULT_CLIENT, id),
                                   secrets[i]);
    }
}

/* Another issuer's client of that id is another one. */
static void
test_same_id_elsewhere (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  agent_discovery_add_client (fixture->world, "same", "https://old.invalid", URI, 0);
  agent_discovery_push_registration (fixture->world, "same", URI, NULL);
  run (fixture, NULL, &result);
  answer (fixture);
  assert_failed (fixture, result, CVG_ERROR_REFUSED, "there already");
}

/* What it takes the place of goes, unless somebody is signed in with it. */
static void
test_replaces (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  CvgEntry *entry = agent_world_add_instance (world, SERVER);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A", "hush-R", 3600);
  g_autoptr (GAsyncResult) result = NULL;

  agent_discovery_add_client (world, "unused", "https://old.invalid", URI, 0);
  agent_discovery_add_client (world, "used", ISSUER, "http://127.0.0.1:1/old", 0);
  g_free (credentials->client_id);
  credentials->client_id = g_strdup ("used");
  cvg_instances_replace_credentials (world->instances, entry, credentials, entry->record);

  agent_discovery_push_registration (world, "new", URI, NULL);
  run (fixture, NULL, &result);
  answer (fixture);
  assert_registered (fixture, result, "new");
  g_assert_null (lookup (fixture, "unused"));
  g_assert_nonnull (lookup (fixture, "used"));
  g_assert_false (lookup (fixture, "used")->is_default);
  g_assert_true (lookup (fixture, "new")->is_default);
}

static void
test_network (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  cvg_http_dummy_push_error (fixture->world->http,
                             g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "nobody answers"));
  run (fixture, NULL, &result);
  answer (fixture);
  assert_failed (fixture, result, CVG_ERROR_TRY_LATER, "Discovered: nobody answers");
}

static void
test_deadline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  run (fixture, NULL, &result);
  agent_world_pass (fixture->world, PATIENCE_SECONDS - 1);
  g_assert_null (result);
  agent_world_pass (fixture->world, 1);
  assert_failed (fixture, result, CVG_ERROR_TRY_LATER, "20 seconds");
}

static void
test_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) late = NULL;

  run (fixture, NULL, &result);
  cvg_registrar_stop (fixture->registrar);
  agent_world_settle ();
  assert_failed (fixture, result, CVG_ERROR_TRY_LATER, "stopping");
  run (fixture, NULL, &late);
  assert_failed (fixture, late, CVG_ERROR_TRY_LATER, "stopping");
}

/* What has been answered is stored, whoever waits. */
static void
test_stop_while_storing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  agent_discovery_push_registration (fixture->world, "new", URI, "hush-D");
  cvg_vault_dummy_hold (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  run (fixture, NULL, &result);
  answer (fixture);
  cvg_registrar_stop (fixture->registrar);
  agent_world_settle ();
  g_assert_false (cvg_registrar_is_idle (fixture->registrar));
  cvg_vault_dummy_release (fixture->world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  assert_registered (fixture, result, "new");
  g_assert_nonnull (lookup (fixture, "new"));
}

static void
test_tenant_endpoint (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_free (fixture->server->provider->registration_endpoint);
  fixture->server->provider->registration_endpoint = g_strdup ("https://{t}.invalid/register");
  run (fixture, NULL, &result);
  assert_failed (fixture, result, CVG_ERROR_INVALID_ARGUMENT, "tenant");
}

#define ADD(path, function)                                                                        \
  g_test_add ("/registrar/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  agent_world_init (&argc, &argv);

  ADD ("public", test_public);
  ADD ("confidential", test_confidential);
  ADD ("store-fails", test_store_fails);
  ADD ("locked-after-the-store", test_locked_after);
  ADD ("two-at-once-register-once", test_shared);
  ADD ("refused", test_refused);
  ADD ("taken-id", test_taken_id);
  ADD ("same-id", test_same_id);
  ADD ("same-id-elsewhere", test_same_id_elsewhere);
  ADD ("replaces-what-nobody-uses", test_replaces);
  ADD ("network", test_network);
  ADD ("deadline", test_deadline);
  ADD ("stop", test_stop);
  ADD ("stop-while-storing", test_stop_while_storing);
  ADD ("tenant-endpoint", test_tenant_endpoint);

  return g_test_run ();
}
