/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Servers and clients: what is listed, and that no secret is.
 */
#include "bus/bus-world.h"

#include "ports/records.h"

static GVariant *
list (BusCaller *caller, const char *method, const char *arguments)
{
  g_autoptr (GVariant) answer =
      bus_call (caller, method, g_variant_new_parsed (arguments), "aa{sv}");
  GVariant *array = g_variant_get_child_value (answer, 0);
  g_autofree char *text = g_variant_print (array, TRUE);

  g_assert_null (strstr (text, BUS_SECRET));
  return array;
}

/* As GVariant prints it, with types, keys in the order of the contract. */
static void
assert_element (GVariant *array, gsize index, const char *expected)
{
  g_autoptr (GVariant) element = g_variant_get_child_value (array, index);
  g_autoptr (GVariant) parsed = g_variant_ref_sink (g_variant_new_parsed (expected));
  g_autoptr (GVariantDict) dict = g_variant_dict_new (element);
  GVariantIter iter;
  const char *key = NULL;
  GVariant *value = NULL;

  g_variant_iter_init (&iter, parsed);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) found = g_variant_dict_lookup_value (dict, key, NULL);

      if (found == NULL)
        g_error ("There is no %s", key);
      g_assert_cmpvariant (found, value);
    }
  g_assert_cmpuint (g_variant_n_children (element), ==, g_variant_n_children (parsed));
}

#define CODED                                                                                      \
  "{'name': <'Coded Desk'>, 'slug': <'coded-desk'>, 'path-name': <'coded-desk'>, "                 \
  "'kind': <'oauth2'>, 'default-client': <false>, 'scopes': <['read']>, "                          \
  "'flows': <['paste', 'device']>, 'needs-client': <true>}"
#define CONFLUENCE                                                                                 \
  "{'name': <'Confluence'>, 'slug': <'confluence'>, 'path-name': <'confluence'>, "                 \
  "'kind': <'oauth2'>, 'default-client': <false>, 'scopes': <['read:me', 'read:page']>, "          \
  "'documentation': <'https://docs.invalid/confluence'>, 'flows': <['loopback', 'paste']>, "       \
  "'redirect-uri': <'" BUS_REDIRECT_URI "'>, 'needs-client': <true>}"
#define KEYED                                                                                      \
  "{'name': <'Keyed'>, 'slug': <'keyed'>, 'path-name': <'keyed'>, 'kind': <'api-key'>, "           \
  "'default-client': <false>, 'scopes': <@as []>, "                                                \
  "'documentation': <'https://docs.invalid/keyed'>, "                                              \
  "'key-header': <'Authorization: Bearer {token}'>}"
#define TENANTED                                                                                   \
  "{'name': <'Tenanted Desk'>, 'slug': <'tenanted-desk'>, 'path-name': <'tenanted-desk'>, "        \
  "'kind': <'oauth2;api-key'>, 'default-client': <false>, 'scopes': <['read']>, "                  \
  "'flows': <['loopback', 'paste']>, 'redirect-uri': <'" BUS_REDIRECT_URI "'>, "                   \
  "'needs-client': <true>, 'key-header': <'X-Api-Key: {token}'>, "                                 \
  "'tenant': <[{'name': <'subdomain'>, 'pattern': <'^[a-z0-9-]+$'>}]>}"

static void
test_servers (BusWorld *world, gconstpointer data)
{
  g_autoptr (GVariant) servers = list (world->caller, "ListServers", "(@a{sv} {},)");

  g_assert_cmpuint (g_variant_n_children (servers), ==, 4);
  assert_element (servers, 0, CODED);
  assert_element (servers, 1, CONFLUENCE);
  assert_element (servers, 2, KEYED);
  assert_element (servers, 3, TENANTED);
}

static void
test_servers_of_a_kind (BusWorld *world, gconstpointer data)
{
  g_autoptr (GVariant) keyed = list (world->caller, "ListServers", "({'kind': <'api-key'>},)");
  g_autoptr (GVariant) none = list (world->caller, "ListServers", "({'kind': <'basic'>},)");

  g_assert_cmpuint (g_variant_n_children (keyed), ==, 2);
  assert_element (keyed, 0, KEYED);
  assert_element (keyed, 1, TENANTED);
  g_assert_cmpuint (g_variant_n_children (none), ==, 0);
}

static void
test_server_with_a_client (BusWorld *world, gconstpointer data)
{
  g_autoptr (GVariant) servers = NULL;
  g_autoptr (GVariant) confluence = NULL;
  gboolean has_client = FALSE;

  bus_add_client (world->caller);
  servers = list (world->caller, "ListServers", "(@a{sv} {},)");
  confluence = g_variant_get_child_value (servers, 1);
  g_assert_true (g_variant_lookup (confluence, "default-client", "b", &has_client));
  g_assert_true (has_client);
}

/* ---- clients --------------------------------------------------------------------------------- */

#define CLIENT_1                                                                                   \
  "{'server-name': <'Confluence'>, 'client-id': <'client-1'>, "                                    \
  "'redirect-uri': <'" BUS_REDIRECT_URI "'>, 'default': <true>, 'has-secret': <true>, "            \
  "'system': <false>, 'registered': <false>}"

static void
test_clients (BusWorld *world, gconstpointer data)
{
  g_autoptr (GVariant) none = list (world->caller, "ListClients", "('',)");
  g_autoptr (GVariant) one = NULL;
  g_autoptr (GVariant) all = NULL;
  g_autoptr (GVariant) others = NULL;

  g_assert_cmpuint (g_variant_n_children (none), ==, 0);
  bus_add_client (world->caller);
  one = list (world->caller, "ListClients", "('Confluence',)");
  g_assert_cmpuint (g_variant_n_children (one), ==, 1);
  assert_element (one, 0, CLIENT_1);
  g_assert_cmpuint (cvg_vault_dummy_count_items (world->inside->vault), ==, 1);

  bus_world_pass (world, 1);
  bus_call_nothing (
      world->caller, "SetClient",
      g_variant_new_parsed ("('Tenanted Desk', 'public', {'label': <'Work'>, "
                            "'redirect-uri': <'http://[::1]:9000/back'>, 'default': <false>})"));
  all = list (world->caller, "ListClients", "('',)");
  g_assert_cmpuint (g_variant_n_children (all), ==, 2);
  assert_element (all, 1,
                  "{'server-name': <'Tenanted Desk'>, 'client-id': <'public'>, 'label': <'Work'>, "
                  "'redirect-uri': <'http://[::1]:9000/back'>, 'default': <true>, "
                  "'has-secret': <false>, 'system': <false>, 'registered': <false>}");
  others = list (world->caller, "ListClients", "('Keyed',)");
  g_assert_cmpuint (g_variant_n_children (others), ==, 0);
  /* A client without a secret has no business in the keyring. */
  g_assert_cmpuint (cvg_vault_dummy_count_items (world->inside->vault), ==, 1);
}

static void
assert_default (BusCaller *caller, const char *const *ids, const char *default_id)
{
  g_autoptr (GVariant) clients = list (caller, "ListClients", "('Confluence',)");

  g_assert_cmpuint (g_variant_n_children (clients), ==, g_strv_length ((char **) ids));
  for (gsize i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (GVariant) client = g_variant_get_child_value (clients, i);
      const char *id = NULL;
      gboolean is_default = FALSE;

      g_assert_true (g_variant_lookup (client, "client-id", "&s", &id));
      g_assert_true (g_variant_lookup (client, "default", "b", &is_default));
      g_assert_cmpstr (id, ==, ids[i]);
      g_assert_cmpint (is_default, ==, g_str_equal (id, default_id));
    }
}

static void
test_one_default (BusWorld *world, gconstpointer data)
{
  static const char *const both[] = { "client-1", "client-2", NULL };
  static const char *const first[] = { "client-1", NULL };

  bus_add_client (world->caller);
  bus_world_pass (world, 1);
  bus_call_nothing (world->caller, "SetClient",
                    g_variant_new_parsed ("('Confluence', 'client-2', @a{sv} {})"));
  assert_default (world->caller, both, "client-1");
  bus_call_nothing (world->caller, "SetClient",
                    g_variant_new_parsed ("('Confluence', 'client-2', {'default': <true>})"));
  assert_default (world->caller, both, "client-2");
  bus_call_nothing (world->caller, "DeleteClient",
                    g_variant_new_parsed ("('Confluence', 'client-2')"));
  assert_default (world->caller, first, "client-1");
}

/* What is not given stays; an empty secret takes it away. */
static void
test_changing_a_client (BusWorld *world, gconstpointer data)
{
  g_autoptr (GVariant) labelled = NULL;
  g_autoptr (GVariant) bare = NULL;

  bus_add_client (world->caller);
  bus_call_nothing (world->caller, "SetClient",
                    g_variant_new_parsed ("('Confluence', 'client-1', {'label': <'Work'>})"));
  labelled = list (world->caller, "ListClients", "('Confluence',)");
  assert_element (labelled, 0,
                  "{'server-name': <'Confluence'>, 'client-id': <'client-1'>, 'label': <'Work'>, "
                  "'redirect-uri': <'" BUS_REDIRECT_URI "'>, 'default': <true>, "
                  "'has-secret': <true>, 'system': <false>, 'registered': <false>}");

  bus_call_nothing (
      world->caller, "SetClient",
      g_variant_new_parsed ("('Confluence', 'client-1', {'client-secret': <''>, 'label': <''>})"));
  bare = list (world->caller, "ListClients", "('Confluence',)");
  assert_element (bare, 0,
                  "{'server-name': <'Confluence'>, 'client-id': <'client-1'>, "
                  "'redirect-uri': <'" BUS_REDIRECT_URI "'>, 'default': <true>, "
                  "'has-secret': <false>, 'system': <false>, 'registered': <false>}");
  g_assert_cmpuint (cvg_vault_dummy_count_items (world->inside->vault), ==, 0);
}

static void
test_deleting_a_client (BusWorld *world, gconstpointer data)
{
  bus_add_client (world->caller);
  bus_call_nothing (world->caller, "DeleteClient",
                    g_variant_new_parsed ("('Confluence', 'client-1')"));
  g_assert_cmpuint (cvg_vault_dummy_count_items (world->inside->vault), ==, 0);
  g_assert_cmpuint (cvg_records_dummy_count (world->inside->records, CVG_RECORDS_CLIENTS), ==, 0);
  bus_call_failure (world->caller, "DeleteClient",
                    g_variant_new_parsed ("('Confluence', 'client-1')"), "NotFound", "Confluence");
}

/* Without a client nobody signs in, and the text says how to add one. */
static void
test_no_client (BusWorld *world, gconstpointer data)
{
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_call_failure (world->caller, "Authorize",
                    g_variant_new_parsed ("('Confluence', %s, @a{sv} {})", BUS_ID), "NoClient",
                    "claviger client add");

  bus_set_tokens (world->caller, BUS_ID, "1", 3600);
  bus_call_failure (world->caller, "GetAccessToken",
                    g_variant_new_parsed ("(%s, {'force-refresh': <true>})", BUS_ID), "NoClient",
                    "claviger client add");
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
}

int
main (int argc, char **argv)
{
  bus_tests_init (&argc, &argv);
  BUS_TEST ("/catalogue/servers", test_servers);
  BUS_TEST ("/catalogue/servers-of-a-kind", test_servers_of_a_kind);
  BUS_TEST ("/catalogue/server-with-a-client", test_server_with_a_client);
  BUS_TEST ("/catalogue/clients", test_clients);
  BUS_TEST ("/catalogue/one-default", test_one_default);
  BUS_TEST ("/catalogue/changing-a-client", test_changing_a_client);
  BUS_TEST ("/catalogue/deleting-a-client", test_deleting_a_client);
  BUS_TEST ("/catalogue/no-client", test_no_client);
  return bus_tests_run ();
}
