/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/describe.h"

#include "doubles/agent-world.h"

static void
assert_is (GVariant *described, const char *expected)
{
  g_autoptr (GVariant) wanted = g_variant_ref_sink (g_variant_new_parsed (expected));
  g_autofree char *text = g_variant_print (described, FALSE);

  g_assert_false (g_variant_is_floating (described));
  g_assert_null (strstr (text, AGENT_WORLD_SECRET));
  g_assert_cmpvariant (described, wanted);
}

static CvgInstance *
make_record (void)
{
  CvgInstance *record = cvg_instance_new ();

  record->id = g_strdup (AGENT_WORLD_ID);
  record->user_id = g_strdup ("user");
  record->server_name = g_strdup ("Confluence");
  record->owner = g_strdup ("host");
  return record;
}

static CvgProvider *
make_provider (void)
{
  CvgProvider *provider = cvg_provider_new ();
  const char *const kinds[] = { "oauth2", "api-key", NULL };

  g_strfreev (provider->kinds);
  provider->name = g_strdup ("Confluence");
  provider->slug = g_strdup ("confluence");
  provider->kinds = g_strdupv ((char **) kinds);
  provider->redirect_uri = g_strdup ("http://127.0.0.1:18417/callback");
  return provider;
}

#define BASE                                                                                       \
  "{'instance-id': <'" AGENT_WORLD_ID "'>, 'user-id': <'user'>, 'server-name': <'Confluence'>,"    \
  " 'owner': <'host'>"

static void
test_instance_signed_out (void)
{
  g_autoptr (CvgInstance) record = make_record ();
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgEntry) entry = cvg_entry_new (record, provider);
  g_autoptr (CvgEntry) orphan = cvg_entry_new (record, NULL);
  g_autoptr (GVariant) described = cvg_describe_instance (entry, TRUE);
  g_autoptr (GVariant) orphan_described = cvg_describe_instance (orphan, TRUE);

  assert_is (described, BASE ", 'kind': <'oauth2'>, 'status': <'signed-out'>}");
  /* Its server is not in the catalogue any more. */
  assert_is (orphan_described, BASE ", 'status': <'signed-out'>}");
}

static void
test_instance_locked (void)
{
  g_autoptr (CvgInstance) record = make_record ();
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgEntry) entry = NULL;
  g_autoptr (GVariant) locked = NULL;
  g_autoptr (GVariant) gone = NULL;

  record->signed_in = TRUE;
  record->label = g_strdup ("Work");
  record->client_id = g_strdup ("its");
  entry = cvg_entry_new (record, provider);
  locked = cvg_describe_instance (entry, FALSE);
  assert_is (locked, BASE ", 'label': <'Work'>, 'kind': <'oauth2'>,"
                          " 'status': <'keyring-locked'>, 'client-id': <'its'>}");
  /* With the keyring open, its item is not there: somebody deleted it. */
  gone = cvg_describe_instance (entry, TRUE);
  assert_is (gone, BASE ", 'label': <'Work'>, 'kind': <'oauth2'>,"
                        " 'status': <'signed-out'>, 'client-id': <'its'>}");
}

static void
test_instance_active (void)
{
  g_autoptr (CvgInstance) record = make_record ();
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgEntry) entry = NULL;
  g_autoptr (GVariant) active = NULL;
  g_autoptr (GVariant) unreachable = NULL;

  record->signed_in = TRUE;
  record->client_id = g_strdup ("its");
  entry = cvg_entry_new (record, provider);
  entry->credentials = agent_world_credentials ("hush-A", "hush-R", 3600);
  entry->credentials->id_token = cvg_secret_new ("hush-I");
  entry->credentials->members =
      cvg_members_keep_secret (g_variant_new_parsed ("{'token': <'hush-T'>}"));
  entry->credentials->resources = g_variant_ref_sink (
      g_variant_new_parsed ("[{'id': <'a'>, 'name': <'Site A'>, 'url': <'https://a'>}]"));
  entry->credentials->account =
      g_variant_ref_sink (g_variant_new_parsed ("{'name': <'Name'>, 'email': <'n@example.org'>}"));

  /* The client is the one that the grant was made with. */
#define SIGNED_IN                                                                                  \
  ", 'client-id': <'the-client'>, 'scopes': <['read:me', 'offline_access']>,"                      \
  " 'expires-at': <int64 1700003600>, 'refreshed-at': <int64 1700000000>,"                         \
  " 'serial': <uint64 1>, 'account': <'n@example.org'>, 'site': <'Site A'>"
  active = cvg_describe_instance (entry, TRUE);
  assert_is (active, BASE ", 'kind': <'oauth2'>, 'status': <'active'>" SIGNED_IN "}");

  entry->unreachable = TRUE;
  entry->last_error = g_strdup ("No network");
  entry->next_refresh_at = 1700003000;
  unreachable = cvg_describe_instance (entry, TRUE);
  assert_is (unreachable, BASE ", 'kind': <'oauth2'>, 'status': <'unreachable'>" SIGNED_IN
                               ", 'next-refresh-at': <int64 1700003000>,"
                               " 'last-error': <'No network'>}");
}

static void
test_instance_dead (void)
{
  g_autoptr (CvgInstance) record = make_record ();
  g_autoptr (CvgEntry) entry = NULL;
  g_autoptr (GVariant) described = NULL;

  /* Known from the record alone, after a restart and with the keyring locked. */
  record->signed_in = TRUE;
  record->dead_reason = g_strdup ("It is over");
  entry = cvg_entry_new (record, NULL);
  described = cvg_describe_instance (entry, FALSE);
  assert_is (described, BASE ", 'status': <'needs-sign-in'>, 'last-error': <'It is over'>}");
}

static void
test_account_and_site (void)
{
  static const struct
  {
    const char *account;
    const char *account_name;
    const char *site;
    const char *site_name;
  } vectors[] = {
    { "{'email': <'e'>, 'name': <'n'>, 'nickname': <'k'>}", "e", "{'id': <'a'>}", NULL },
    { "{'name': <'n'>, 'nickname': <'k'>}", "n", "{'id': <'a'>, 'url': <'u'>}", "u" },
    { "{'nickname': <'k'>}", "k", "{'id': <'a'>, 'name': <'s'>, 'url': <'u'>}", "s" },
    { "{'email': <''>, 'name': <'n'>}", "n", "{'name': <'s'>}", NULL },
    { "{'email': <['e']>}", NULL, "{'id': <'a'>, 'name': <1>, 'url': <'u'>}", "u" },
    { "{'account_id': <'1'>}", NULL, "{'id': <1>}", NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgInstance) record = make_record ();
      g_autoptr (CvgEntry) entry = cvg_entry_new (record, NULL);
      g_autofree char *sites = g_strdup_printf ("[%s]", vectors[i].site);
      g_autofree char *account = NULL;
      g_autofree char *site = NULL;
      g_autoptr (GVariant) described = NULL;

      g_test_message ("row %zu", i);
      entry->credentials = agent_world_credentials ("hush-A", NULL, 0);
      entry->credentials->account =
          g_variant_parse (G_VARIANT_TYPE_VARDICT, vectors[i].account, NULL, NULL, NULL);
      entry->credentials->resources =
          g_variant_parse (G_VARIANT_TYPE ("aa{sv}"), sites, NULL, NULL, NULL);
      described = cvg_describe_instance (entry, TRUE);
      g_variant_lookup (described, "account", "s", &account);
      g_variant_lookup (described, "site", "s", &site);
      g_assert_cmpstr (account, ==, vectors[i].account_name);
      g_assert_cmpstr (site, ==, vectors[i].site_name);
    }
}

static void
test_client (void)
{
  g_autoptr (CvgClient) client = cvg_client_new ();
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (GVariant) full = NULL;
  g_autoptr (GVariant) little = NULL;
  g_autoptr (GVariant) orphan = NULL;

  client->id = g_strdup (AGENT_WORLD_CLIENT_UUID);
  client->server_name = g_strdup ("Confluence");
  client->client_id = g_strdup ("its");
  little = cvg_describe_client (client, provider);
  assert_is (little, "{'server-name': <'Confluence'>, 'client-id': <'its'>,"
                     " 'redirect-uri': <'http://127.0.0.1:18417/callback'>,"
                     " 'default': <false>, 'has-secret': <false>,"
                     " 'system': <false>, 'registered': <false>}");
  orphan = cvg_describe_client (client, NULL);
  assert_is (orphan, "{'server-name': <'Confluence'>, 'client-id': <'its'>,"
                     " 'default': <false>, 'has-secret': <false>,"
                     " 'system': <false>, 'registered': <false>}");

  client->redirect_uri = g_strdup ("http://127.0.0.1:1/x");
  client->label = g_strdup ("Work");
  client->is_default = TRUE;
  client->has_secret = TRUE;
  client->secret = cvg_secret_new ("hush-S");
  full = cvg_describe_client (client, provider);
  assert_is (full, "{'server-name': <'Confluence'>, 'client-id': <'its'>,"
                   " 'redirect-uri': <'http://127.0.0.1:1/x'>, 'default': <true>,"
                   " 'has-secret': <true>, 'system': <false>, 'registered': <false>,"
                   " 'label': <'Work'>}");
}

static void
test_client_of_the_machine (void)
{
  g_autoptr (CvgClient) client = cvg_client_new ();
  g_autoptr (GVariant) system = NULL;
  g_autoptr (GVariant) registered = NULL;

  client->server_name = g_strdup ("Confluence");
  client->client_id = g_strdup ("its");
  client->is_system = TRUE;
  system = cvg_describe_client (client, NULL);
  assert_is (system, "{'server-name': <'Confluence'>, 'client-id': <'its'>,"
                     " 'default': <false>, 'has-secret': <false>,"
                     " 'system': <true>, 'registered': <false>}");

  client->is_system = FALSE;
  client->is_registered = TRUE;
  registered = cvg_describe_client (client, NULL);
  assert_is (registered, "{'server-name': <'Confluence'>, 'client-id': <'its'>,"
                         " 'default': <false>, 'has-secret': <false>,"
                         " 'system': <false>, 'registered': <true>}");
}

/* A provider of these ways in, with neither endpoints nor anything else. */
static CvgProvider *
make_bare (const char *kinds)
{
  CvgProvider *provider = cvg_provider_new ();

  g_strfreev (provider->kinds);
  provider->name = g_strdup ("Some Desk");
  provider->slug = g_strdup ("some-desk");
  provider->kinds = g_strsplit (kinds, ";", -1);
  return provider;
}

#define SOME_DESK                                                                                  \
  "{'name': <'Some Desk'>, 'slug': <'some-desk'>, 'path-name': <'some-desk'>, 'kind': <'"
#define NOTHING_ELSE "'>, 'default-client': <false>, 'scopes': <@as []>"

static void
test_server (void)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgClient) client = cvg_client_new ();
  const char *const scopes[] = { "a", "b", NULL };
  g_autoptr (GVariant) with = NULL;
  g_autoptr (GVariant) without = NULL;

  g_strfreev (provider->scopes);
  provider->scopes = g_strdupv ((char **) scopes);
  provider->authorization_endpoint = g_strdup ("https://idp/authorize");
  without = cvg_describe_server (provider, NULL);
  assert_is (without, "{'name': <'Confluence'>, 'slug': <'confluence'>,"
                      " 'path-name': <'confluence'>, 'kind': <'oauth2;api-key'>,"
                      " 'default-client': <false>, 'scopes': <['a', 'b']>,"
                      " 'flows': <['loopback', 'paste']>,"
                      " 'redirect-uri': <'http://127.0.0.1:18417/callback'>,"
                      " 'needs-client': <true>}");

  provider->path_name = g_strdup ("wiki");
  provider->documentation = g_strdup ("https://help");
  provider->create_url = g_strdup ("https://create");
  provider->manage_url = g_strdup ("https://manage");
  provider->device_authorization_endpoint = g_strdup ("https://idp/device");
  with = cvg_describe_server (provider, client);
  assert_is (with, "{'name': <'Confluence'>, 'slug': <'confluence'>,"
                   " 'path-name': <'wiki'>, 'kind': <'oauth2;api-key'>,"
                   " 'default-client': <true>, 'scopes': <['a', 'b']>,"
                   " 'documentation': <'https://help'>, 'manage-url': <'https://manage'>,"
                   " 'flows': <['loopback', 'paste', 'device']>,"
                   " 'redirect-uri': <'http://127.0.0.1:18417/callback'>,"
                   " 'needs-client': <true>, 'create-url': <'https://create'>}");
}

static void
test_server_with_keys (void)
{
  static const char *const kinds[] = { "api-key", "basic", "connection-string" };
  const char *const fields[] = { "user", "password", NULL };

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (CvgProvider) provider = make_bare (kinds[i]);
      g_autoptr (GVariant) bare = cvg_describe_server (provider, NULL);
      g_autoptr (GVariant) full = NULL;
      g_autofree char *kind = g_strconcat (SOME_DESK, kinds[i], NOTHING_ELSE "}", NULL);
      g_autofree char *all = g_strconcat (
          SOME_DESK, kinds[i],
          NOTHING_ELSE ", 'key-url': <'https://keys'>, 'key-header': <'X-Key: {user}'>,"
                       " 'key-fields': <['user', 'password']>}",
          NULL);

      assert_is (bare, kind);
      g_strfreev (provider->api_key_fields);
      provider->api_key_fields = g_strdupv ((char **) fields);
      provider->api_key_header = g_strdup ("X-Key: {user}");
      provider->api_key_create_url = g_strdup ("https://keys");
      full = cvg_describe_server (provider, NULL);
      assert_is (full, all);
    }
}

static void
test_server_with_nothing (void)
{
  g_autoptr (CvgProvider) provider = make_bare ("none");
  g_autoptr (GVariant) described = NULL;

  /* What its ways in do not need is not told. */
  provider->api_key_create_url = g_strdup ("https://keys");
  provider->create_url = g_strdup ("https://create");
  described = cvg_describe_server (provider, NULL);
  assert_is (described, SOME_DESK "none" NOTHING_ELSE "}");
}

static void
assert_flows (CvgProvider *provider, CvgClient *client, const char *expected, gboolean needs)
{
  g_autoptr (GVariant) described = cvg_describe_server (provider, client);
  g_autoptr (GVariant) flows = g_variant_lookup_value (described, "flows", NULL);
  g_autoptr (GVariant) wanted = g_variant_ref_sink (g_variant_new_parsed (expected));
  gboolean needs_client = !needs;

  g_assert_cmpvariant (flows, wanted);
  g_assert_true (g_variant_lookup (described, "needs-client", "b", &needs_client));
  g_assert_cmpint (needs_client, ==, needs);
}

static void
test_flows (void)
{
  static const struct
  {
    const char *authorization;
    const char *device;
    const char *redirect_uri;
    const char *of_the_client; /* of its own redirect URI, if there is a client */
    const char *flows;
  } vectors[] = {
    { "https://a", NULL, "http://127.0.0.1:1/", NULL, "['loopback', 'paste']" },
    { "https://a", "https://d", "http://[::1]:1/", NULL, "['loopback', 'paste', 'device']" },
    { "https://a", NULL, "https://p/", NULL, "['paste']" },
    { "https://a", NULL, NULL, NULL, "['paste']" },
    { "https://a", NULL, NULL, "http://127.0.0.1:1/", "['loopback', 'paste']" },
    { "https://a", NULL, "http://127.0.0.1:1/", "https://p/", "['paste']" },
    { NULL, "https://d", "http://127.0.0.1:1/", NULL, "['device']" },
    /* Nothing is known before the server was asked. */
    { NULL, NULL, "http://127.0.0.1:1/", NULL, "['loopback', 'paste']" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgProvider) provider = make_bare ("oauth2");
      g_autoptr (CvgClient) client = cvg_client_new ();

      g_test_message ("row %zu", i);
      provider->authorization_endpoint = g_strdup (vectors[i].authorization);
      provider->device_authorization_endpoint = g_strdup (vectors[i].device);
      provider->redirect_uri = g_strdup (vectors[i].redirect_uri);
      client->redirect_uri = g_strdup (vectors[i].of_the_client);
      assert_flows (provider, client->redirect_uri != NULL ? client : NULL, vectors[i].flows, TRUE);
    }
}

static void
test_needs_client (void)
{
  g_autoptr (CvgProvider) provider = make_bare ("oauth2");

  provider->resource = g_strdup ("https://mcp");
  assert_flows (provider, NULL, "['paste']", TRUE); /* for which redirect URI would it be? */
  provider->redirect_uri = g_strdup ("http://127.0.0.1:1/");
  assert_flows (provider, NULL, "['loopback', 'paste']", FALSE);
  provider->authorization_endpoint = g_strdup ("https://a");
  assert_flows (provider, NULL, "['loopback', 'paste']", TRUE);
  provider->registration_endpoint = g_strdup ("https://r");
  assert_flows (provider, NULL, "['loopback', 'paste']", FALSE);
}

static void
test_tenant_parameters (void)
{
  g_autoptr (CvgProvider) provider = make_bare ("none");
  CvgTenantParameter *shop = cvg_tenant_parameter_new ("shop", "[a-z]+", NULL);
  g_autoptr (GVariant) described = NULL;

  shop->default_value = g_strdup ("acme");
  shop->description = g_strdup ("The shop's name");
  g_ptr_array_add (provider->tenant_parameters, shop);
  g_ptr_array_add (provider->tenant_parameters, cvg_tenant_parameter_new ("zone", "eu|us", NULL));
  described = cvg_describe_server (provider, NULL);
  assert_is (described, SOME_DESK "none" NOTHING_ELSE ", 'tenant': <["
                                  "{'name': <'shop'>, 'pattern': <'[a-z]+'>, 'default': <'acme'>,"
                                  " 'description': <\"The shop's name\">},"
                                  "{'name': <'zone'>, 'pattern': <'eu|us'>}]>}");
}

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  g_test_add_func ("/describe/instance/signed-out", test_instance_signed_out);
  g_test_add_func ("/describe/instance/keyring-locked", test_instance_locked);
  g_test_add_func ("/describe/instance/active", test_instance_active);
  g_test_add_func ("/describe/instance/dead", test_instance_dead);
  g_test_add_func ("/describe/instance/account-and-site", test_account_and_site);
  g_test_add_func ("/describe/client", test_client);
  g_test_add_func ("/describe/client/of-the-machine", test_client_of_the_machine);
  g_test_add_func ("/describe/server", test_server);
  g_test_add_func ("/describe/server/keys", test_server_with_keys);
  g_test_add_func ("/describe/server/nothing-needed", test_server_with_nothing);
  g_test_add_func ("/describe/server/flows", test_flows);
  g_test_add_func ("/describe/server/needs-client", test_needs_client);
  g_test_add_func ("/describe/server/tenant-parameters", test_tenant_parameters);

  return g_test_run ();
}
