/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/preparation.h"

#include <string.h>

#include "doubles/agent-discovery.h"

#define SERVER AGENT_DISCOVERY_SERVER
#define ISSUER AGENT_DISCOVERY_ISSUER
#define URI AGENT_DISCOVERY_REDIRECT_URI

typedef struct
{
  AgentWorld *world;
  CvgPreparation *preparation;
  CvgEntry *entry;
} Fixture;

static CvgPreparation *
new_preparation (AgentWorld *world)
{
  return cvg_preparation_new (CVG_HTTP (world->http), CVG_CLOCK (world->clock), world->clients,
                              world->keeper, cvg_agent_get_client_changes (world->agent));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  fixture->preparation = new_preparation (fixture->world);
  fixture->entry = agent_world_add_instance (fixture->world, SERVER);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  agent_world_settle ();
  g_assert_true (cvg_preparation_is_idle (fixture->preparation));
  g_assert_finalize_object (fixture->preparation);
  agent_world_free (fixture->world);
}

static void
run (Fixture *fixture, const char *client_id, GCancellable *cancellable, GAsyncResult **slot)
{
  cvg_preparation_run_async (fixture->preparation, fixture->entry, client_id, NULL, cancellable,
                             agent_world_on_ready, slot);
  agent_world_settle ();
}

static CvgPrepared *
finish (Fixture *fixture, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  CvgPrepared *prepared = NULL;

  g_assert_nonnull (result);
  prepared = cvg_preparation_run_finish (fixture->preparation, result, &error);
  g_assert_no_error (error);
  return prepared;
}

static CvgPrepared *
prepare (Fixture *fixture, const char *client_id)
{
  g_autoptr (GAsyncResult) result = NULL;

  run (fixture, client_id, NULL, &result);
  return finish (fixture, result);
}

static void
assert_prepared (Fixture *fixture, const char *client_id, const char *expected)
{
  g_autoptr (CvgPrepared) prepared = prepare (fixture, client_id);

  g_assert_cmpstr (prepared->client->client_id, ==, expected);
}

static void
assert_failed (Fixture *fixture, const char *client_id, int code, const char *part)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  run (fixture, client_id, NULL, &result);
  g_assert_nonnull (result);
  g_assert_null (cvg_preparation_run_finish (fixture->preparation, result, &error));
  agent_world_assert_error (error, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static guint
count_requests (Fixture *fixture)
{
  return cvg_http_dummy_get_count (fixture->world->http);
}

static void
add_own_client (Fixture *fixture, const char *client_id)
{
  g_autoptr (GAsyncResult) result = NULL;
  const CvgClientChange change = { .secret = "hush-S" };

  cvg_client_changes_set_async (cvg_agent_get_client_changes (fixture->world->agent),
                                fixture->entry->provider, client_id, &change, agent_world_on_ready,
                                &result);
  agent_world_settle ();
  g_assert_true (cvg_client_changes_finish (cvg_agent_get_client_changes (fixture->world->agent),
                                            result, NULL));
}

/* ---- with a complete file -------------------------------------------------------------------- */

static void
test_complete (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgPrepared) prepared = NULL;

  fixture->entry = agent_world_lookup (fixture->world, AGENT_WORLD_ID);
  prepared = prepare (fixture, NULL);
  g_assert_true (prepared->provider == fixture->entry->provider);
  g_assert_null (prepared->server);
  g_assert_cmpstr (prepared->client->client_id, ==, AGENT_WORLD_CLIENT_ID);
  agent_world_assert_secret (prepared->client->secret, "hush-S");
  g_assert_cmpuint (count_requests (fixture), ==, 0);
}

static void
test_no_client (Fixture *fixture, gconstpointer data)
{
  fixture->entry = agent_world_add_instance (fixture->world, "Any Port");
  assert_failed (fixture, NULL, CVG_ERROR_NO_CLIENT, "http://127.0.0.1:20000/callback");
  assert_failed (fixture, "missing", CVG_ERROR_NO_CLIENT, "missing");
}

/* ---- with a discovered server ---------------------------------------------------------------- */

static void
test_own_client (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgPrepared) prepared = NULL;

  add_own_client (fixture, "mine");
  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  prepared = prepare (fixture, NULL);
  g_assert_cmpstr (prepared->client->client_id, ==, "mine");
  g_assert_cmpstr (prepared->provider->token_endpoint, ==, ISSUER "/token");
  g_assert_cmpstr (prepared->provider->authorization_endpoint, ==, ISSUER "/authorize");
  g_assert_cmpint (prepared->provider->client_authentication, ==, CVG_CLIENT_AUTHENTICATION_BASIC);
  g_assert_false (prepared->provider->redirect_port_exact);
  g_assert_true (g_variant_lookup (prepared->server, "token-endpoint", "&s", NULL));
  /* What the catalogue has stays as it is. */
  g_assert_null (fixture->entry->provider->token_endpoint);
}

static void
test_discovery_fails (Fixture *fixture, gconstpointer data)
{
  add_own_client (fixture, "mine");
  cvg_http_dummy_push_json (fixture->world->http, 200, "{\"issuer\":\"https://evil.invalid\"}");
  assert_failed (fixture, NULL, CVG_ERROR_REFUSED, "another issuer");
}

static void
test_registers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgPrepared) prepared = NULL;
  g_autoptr (CvgPrepared) again = NULL;

  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  agent_discovery_push_registration (fixture->world, "new", URI, NULL);
  prepared = prepare (fixture, NULL);
  g_assert_cmpstr (prepared->client->client_id, ==, "new");
  g_assert_true (prepared->client->is_registered);
  /* The redirect URI is what it was registered for, to the port, whatever the file says. */
  g_assert_true (prepared->provider->redirect_port_exact);
  g_assert_cmpuint (count_requests (fixture), ==, 2);

  again = prepare (fixture, NULL);
  g_assert_cmpstr (again->client->client_id, ==, "new");
  g_assert_cmpuint (count_requests (fixture), ==, 2);
}

/* It is registered for what it is going to ask for, as far as the server knows it. */
static void
test_registered_scopes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CvgPrepared) prepared = NULL;

  cvg_http_dummy_push_json (fixture->world->http, 200,
                            "{\"issuer\":\"" ISSUER "\",\"token_endpoint\":\"" ISSUER "/t\","
                            "\"authorization_endpoint\":\"" ISSUER "/a\","
                            "\"registration_endpoint\":\"" ISSUER "/r\","
                            "\"scopes_supported\":[\"offline_access\",\"openid\",\"x\"]}");
  agent_discovery_push_registration (fixture->world, "new", URI, NULL);
  cvg_preparation_run_async (fixture->preparation, fixture->entry, NULL, "read openid", NULL,
                             agent_world_on_ready, &result);
  agent_world_settle ();
  prepared = finish (fixture, result);
  g_assert_nonnull (strstr (cvg_http_dummy_get_request (fixture->world->http, 1)->body,
                            "\"scope\":\"openid offline_access\""));
}

/* Another daemon: the registration is remembered, the metadata is not. */
static void
test_restart (Fixture *fixture, gconstpointer data)
{
  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  agent_discovery_push_registration (fixture->world, "new", URI, "hush-D");
  assert_prepared (fixture, NULL, "new");

  g_assert_finalize_object (fixture->preparation);
  agent_world_restart (fixture->world);
  fixture->preparation = new_preparation (fixture->world);
  fixture->entry = agent_world_add_instance (fixture->world, SERVER);
  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  assert_prepared (fixture, NULL, "new");
}

static void
test_two_at_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (CvgPrepared) one = NULL;
  g_autoptr (CvgPrepared) other = NULL;

  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  agent_discovery_push_registration (fixture->world, "new", URI, NULL);
  run (fixture, NULL, NULL, &first);
  run (fixture, NULL, NULL, &second);
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
  g_assert_null (first);
  g_assert_cmpuint (cvg_http_dummy_get_held (fixture->world->http), ==, 1);
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();

  one = finish (fixture, first);
  other = finish (fixture, second);
  g_assert_cmpstr (one->client->client_id, ==, "new");
  g_assert_cmpstr (other->client->client_id, ==, "new");
  g_assert_cmpuint (count_requests (fixture), ==, 2);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  agent_discovery_push_metadata (fixture->world, ISSUER, FALSE);
  run (fixture, NULL, cancellable, &result);
  g_cancellable_cancel (cancellable);
  agent_world_settle ();
  g_assert_nonnull (result);
  g_assert_null (cvg_preparation_run_finish (fixture->preparation, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  /* It is known to whoever comes next. */
  cvg_http_dummy_answer (fixture->world->http);
  agent_world_settle ();
  assert_failed (fixture, NULL, CVG_ERROR_NO_CLIENT, SERVER);
}

static void
test_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  cvg_http_dummy_set_hold (fixture->world->http, TRUE);
  run (fixture, NULL, NULL, &result);
  g_assert_false (cvg_preparation_is_idle (fixture->preparation));
  cvg_preparation_stop (fixture->preparation);
  agent_world_settle ();
  g_assert_null (cvg_preparation_run_finish (fixture->preparation, result, &error));
  agent_world_assert_error (error, CVG_ERROR_TRY_LATER);
}

static void
test_no_registration (Fixture *fixture, gconstpointer data)
{
  agent_discovery_push_metadata (fixture->world, ISSUER, FALSE);
  assert_failed (fixture, NULL, CVG_ERROR_NO_CLIENT, URI);
  /* One that was registered at another time is no help. */
  agent_discovery_add_client (fixture->world, "old", ISSUER, URI, AGENT_WORLD_NOW);
  assert_failed (fixture, NULL, CVG_ERROR_NO_CLIENT, "of no use any more");
}

static void
test_registration_refused (Fixture *fixture, gconstpointer data)
{
  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  cvg_http_dummy_push_json (fixture->world->http, 403, "{}");
  assert_failed (fixture, NULL, CVG_ERROR_REFUSED, "claviger client add");
  /* And it is asked again the next time. */
  agent_discovery_push_registration (fixture->world, "new", URI, NULL);
  assert_prepared (fixture, NULL, "new");
}

/* ---- which one is of use --------------------------------------------------------------------- */

typedef struct
{
  const char *issuer;
  const char *redirect_uri;
  gint64 expires_at;
  gboolean is_of_use;
} Registered;

static const Registered registered[] = {
  { ISSUER, URI, 0, TRUE },
  { ISSUER, URI, AGENT_WORLD_NOW + 1, TRUE },
  { ISSUER, URI, AGENT_WORLD_NOW, FALSE },  /* it is over */
  { "https://old.invalid", URI, 0, FALSE }, /* the server has moved */
  { ISSUER "/", URI, 0, FALSE },            /* an issuer is compared by the letter */
  { ISSUER, "http://127.0.0.1:20002/callback/discovered", 0, FALSE }, /* another port */
  { ISSUER, NULL, 0, FALSE },                                         /* nobody knows for what */
};

static void
test_of_use (Fixture *fixture, gconstpointer data)
{
  const Registered *row = data;

  agent_discovery_add_client (fixture->world, "old", row->issuer, row->redirect_uri,
                              row->expires_at);
  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  if (!row->is_of_use)
    agent_discovery_push_registration (fixture->world, "new", URI, NULL);
  assert_prepared (fixture, NULL, row->is_of_use ? "old" : "new");
  g_assert_cmpint (cvg_clients_lookup (fixture->world->clients, SERVER, "old") != NULL, ==,
                   row->is_of_use);
}

/* Somebody deleted it from the keyring. */
static void
test_secret_missing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgClient) client =
      cvg_client_copy (agent_discovery_add_client (fixture->world, "old", ISSUER, URI, 0));

  client->has_secret = TRUE;
  cvg_clients_put (fixture->world->clients, client);
  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  agent_discovery_push_registration (fixture->world, "new", URI, NULL);
  assert_prepared (fixture, NULL, "new");
}

/* What a person adds counts before what Claviger made for want of it. */
/* A server may take its time, and the keyring be locked meanwhile: that is not to have lost what is
 * in it. */
static void
test_locked_meanwhile (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CvgPrepared) prepared = NULL;

  add_own_client (fixture, "own");
  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_discovery_push_metadata (world, ISSUER, TRUE);
  run (fixture, NULL, NULL, &result);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  g_assert_null (result);
  g_assert_cmpuint (cvg_vault_dummy_count_held (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 1);

  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  prepared = finish (fixture, result);
  g_assert_cmpstr (prepared->client->client_id, ==, "own");
  agent_world_assert_secret (prepared->client->secret, "hush-S");
}

static void
test_locked_for_good (Fixture *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  add_own_client (fixture, "own");
  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_discovery_push_metadata (world, ISSUER, TRUE);
  run (fixture, NULL, NULL, &result);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_UNLOCK, CVG_ERROR_KEYRING_LOCKED);
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  g_assert_nonnull (result);
  g_assert_null (cvg_preparation_run_finish (fixture->preparation, result, &error));
  agent_world_assert_error (error, CVG_ERROR_KEYRING_LOCKED);
  g_assert_cmpuint (count_requests (fixture), ==, 1);
}

static void
test_own_client_later (Fixture *fixture, gconstpointer data)
{
  agent_discovery_add_client (fixture->world, "registered", ISSUER, URI, 0);
  add_own_client (fixture, "mine");
  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  assert_prepared (fixture, NULL, "mine");
  assert_prepared (fixture, "registered", "registered");
}

/* A secret is for those whom it was made with. */
static void
test_named_of_another_issuer (Fixture *fixture, gconstpointer data)
{
  agent_discovery_add_client (fixture->world, "other", "https://other.invalid", URI, 0);
  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  assert_failed (fixture, "other", CVG_ERROR_REFUSED, "https://other.invalid");
}

/* An instance's own is passed over when it is of no use: nobody has to know of it. */
static void
test_instances_own (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgInstance) record = cvg_instance_copy (fixture->entry->record);

  add_own_client (fixture, "mine");
  agent_discovery_add_client (fixture->world, "own", ISSUER, URI, 0);
  record->client_id = g_strdup ("own");
  cvg_instances_update (fixture->world->instances, fixture->entry, record);
  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  assert_prepared (fixture, NULL, "own");

  cvg_clients_expire (fixture->world->clients,
                      cvg_clients_lookup (fixture->world->clients, SERVER, "own"), AGENT_WORLD_NOW);
  assert_prepared (fixture, NULL, "mine");
}

static void
test_lost (Fixture *fixture, gconstpointer data)
{
  CvgClient *client = agent_discovery_add_client (fixture->world, "old", ISSUER, URI, 0);

  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  assert_prepared (fixture, NULL, "old");
  cvg_preparation_lose_client (fixture->preparation, fixture->entry, client);
  /* Where one registers is asked again, too. */
  agent_discovery_push_metadata (fixture->world, ISSUER, TRUE);
  agent_discovery_push_registration (fixture->world, "new", URI, NULL);
  assert_prepared (fixture, NULL, "new");
}

static void
test_tenants (Fixture *fixture, gconstpointer data)
{
  static const char *const uri = "http://127.0.0.1:20002/callback/tenants";
  static const char *const tenants[] = { "a", "b", "a" };
  CvgEntry *entries[2] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (tenants); i++)
    {
      g_autofree char *issuer = g_strdup_printf ("https://%s.found.invalid", tenants[i]);
      g_autofree char *text = g_strdup_printf ("{'t': '%s'}", tenants[i]);
      g_autoptr (GVariant) tenant = g_variant_ref_sink (g_variant_new_parsed (text));
      const CvgNewInstance made = {
        .user_id = "user", .server_name = "Discovered Tenants", .owner = "host", .tenant = tenant
      };

      if (i < 2)
        {
          entries[i] = cvg_agent_create_instance (fixture->world->agent, &made, NULL);
          agent_discovery_push_metadata (fixture->world, issuer, TRUE);
          agent_discovery_push_registration (fixture->world, tenants[i], uri, NULL);
        }
      /* The third time it is the first one's again, although the second's is the default. */
      fixture->entry = entries[i % 2];
      assert_prepared (fixture, NULL, tenants[i]);
    }
}

#define ADD(path, function)                                                                        \
  g_test_add ("/preparation/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  agent_world_init (&argc, &argv);

  ADD ("complete", test_complete);
  ADD ("no-client", test_no_client);
  ADD ("own-client", test_own_client);
  ADD ("discovery-fails", test_discovery_fails);
  ADD ("registers", test_registers);
  ADD ("registered-scopes", test_registered_scopes);
  ADD ("restart", test_restart);
  ADD ("two-at-once-register-once", test_two_at_once);
  ADD ("cancel", test_cancel);
  ADD ("stop", test_stop);
  ADD ("no-registration", test_no_registration);
  ADD ("registration-refused", test_registration_refused);
  for (size_t i = 0; i < G_N_ELEMENTS (registered); i++)
    {
      g_autofree char *path = g_strdup_printf ("/preparation/of-use/%zu", i);

      g_test_add (path, Fixture, &registered[i], set_up, test_of_use, tear_down);
    }
  ADD ("secret-missing", test_secret_missing);
  ADD ("locked-meanwhile", test_locked_meanwhile);
  ADD ("locked-for-good", test_locked_for_good);
  ADD ("own-client-later", test_own_client_later);
  ADD ("named-of-another-issuer", test_named_of_another_issuer);
  ADD ("instances-own", test_instances_own);
  ADD ("lost", test_lost);
  ADD ("tenants", test_tenants);

  return g_test_run ();
}
