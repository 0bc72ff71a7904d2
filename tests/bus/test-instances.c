/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Instances: creating, listing, setting, deleting, choosing a site; what is in the dictionaries.
 */
#include "bus/bus-world.h"

#include "ports/records.h"

/* Fails unless @dict has exactly @keys, each with its type: "key type", … */
static void
assert_keys (GVariant *dict, const char *const *keys)
{
  for (const char *const *key = keys; *key != NULL; key++)
    {
      g_auto (GStrv) words = g_strsplit (*key, " ", 2);
      g_autoptr (GVariant) value = g_variant_lookup_value (dict, words[0], NULL);

      if (value == NULL)
        g_error ("There is no %s", words[0]);
      g_assert_cmpstr (g_variant_get_type_string (value), ==, words[1]);
    }

  g_assert_cmpuint (g_variant_n_children (dict), ==, g_strv_length ((char **) keys));
}

static void
assert_text (GVariant *dict, const char *key, const char *expected)
{
  const char *value = NULL;

  g_assert_true (g_variant_lookup (dict, key, "&s", &value));
  g_assert_cmpstr (value, ==, expected);
}

static void
assert_number (GVariant *dict, const char *key, gint64 expected)
{
  gint64 value = 0;

  g_assert_true (g_variant_lookup (dict, key, "x", &value));
  g_assert_cmpint (value, ==, expected);
}

static GVariant *
list (BusCaller *caller, const char *filter)
{
  g_autofree char *text = g_strdup_printf ("(%s,)", filter);
  g_autoptr (GVariant) answer =
      bus_call (caller, "ListInstances", g_variant_new_parsed (text), "aa{sv}");

  return g_variant_get_child_value (answer, 0);
}

static GVariant *
get_auth (BusCaller *caller, const char *id)
{
  g_autoptr (GVariant) answer =
      bus_call (caller, "GetInstanceAuth", g_variant_new_parsed ("(%s, @a{sv} {})", id), "a{sv}");

  return g_variant_get_child_value (answer, 0);
}

static gboolean
get_boolean (BusCaller *caller, const char *method, GVariant *arguments)
{
  g_autoptr (GVariant) answer = bus_call (caller, method, arguments, "b");
  gboolean value = TRUE;

  g_variant_get (answer, "(b)", &value);
  return value;
}

/* ---- creating and listing -------------------------------------------------------------------- */

static void
test_create_makes_uuids (BusWorld *world, gconstpointer data)
{
  g_autofree char *first = NULL;

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GVariant) answer =
          bus_call (world->caller, "CreateInstance",
                    g_variant_new_parsed ("('ada', 'Confluence', @a{sv} {})"), "s");
      const char *id = NULL;

      g_variant_get (answer, "(&s)", &id);
      g_assert_true (g_uuid_string_is_valid (id));
      g_assert_cmpstr (id, !=, first);
      g_assert_nonnull (cvg_records_dummy_peek (world->inside->records, CVG_RECORDS_INSTANCES, id));
      g_free (first);
      first = g_strdup (id);
    }
}

static void
test_uuids_in_any_case (BusWorld *world, gconstpointer data)
{
  g_autoptr (GVariant) made =
      bus_call (world->caller, "CreateInstance",
                g_variant_new_parsed (
                    "('ada', 'Keyed', {'instance-id': <'ABCDEFAB-1111-4111-8111-ABCDEFABCDEF'>})"),
                "s");
  const char *id = NULL;

  g_variant_get (made, "(&s)", &id);
  g_assert_cmpstr (id, ==, "abcdefab-1111-4111-8111-abcdefabcdef");
  bus_call_failure (
      world->caller, "CreateInstance",
      g_variant_new_parsed (
          "('ada', 'Keyed', {'instance-id': <'AbcdefAb-1111-4111-8111-abcdefabcdef'>})"),
      "InvalidArgument", "instance-id");
  bus_call_failure (world->caller, "GetInstanceAuth",
                    g_variant_new_parsed ("('ABCDEFAB-1111-4111-8111-ABCDEFABCDEF', @a{sv} {})"),
                    "NotSignedIn", id);
}

static void
test_list_signed_out (BusWorld *world, gconstpointer data)
{
  static const char *const bare[] = {
    "instance-id s", "user-id s", "server-name s", "owner s", "kind s", "status s", NULL
  };
  static const char *const full[] = { "instance-id s", "user-id s",   "server-name s",
                                      "owner s",       "kind s",      "status s",
                                      "label s",       "client-id s", NULL };
  g_autoptr (GVariant) made = NULL;
  g_autoptr (GVariant) first = NULL;
  g_autoptr (GVariant) second = NULL;

  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  made = bus_call (
      world->caller, "CreateInstance",
      g_variant_new_parsed ("('bob', 'Tenanted Desk', {'instance-id': <%s>, 'label': <'Work'>, "
                            "'client-id': <'client-7'>, 'tenant': <{'subdomain': 'acme'}>})",
                            BUS_OTHER_ID),
      "s");

  first = bus_find_instance (world->caller, BUS_ID);
  assert_keys (first, bare);
  assert_text (first, "user-id", "ada");
  assert_text (first, "server-name", "Confluence");
  assert_text (first, "owner", "host");
  assert_text (first, "kind", "oauth2");
  assert_text (first, "status", "signed-out");

  second = bus_find_instance (world->caller, BUS_OTHER_ID);
  assert_keys (second, full);
  assert_text (second, "label", "Work");
  assert_text (second, "client-id", "client-7");
}

static void
test_list_signed_in (BusWorld *world, gconstpointer data)
{
  static const char *const keys[] = { "instance-id s",  "user-id s", "server-name s",
                                      "owner s",        "kind s",    "status s",
                                      "client-id s",    "scopes as", "expires-at x",
                                      "refreshed-at x", "serial t",  "account s",
                                      "site s",         NULL };
  g_autoptr (GVariant) instance = NULL;
  g_autofree const char **scopes = NULL;
  guint64 serial = 0;

  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_world_sign_in (world, world->caller, BUS_ID, "1");

  instance = bus_find_instance (world->caller, BUS_ID);
  assert_keys (instance, keys);
  assert_text (instance, "status", "active");
  assert_text (instance, "client-id", "client-1");
  assert_text (instance, "account", "ada@first.invalid");
  assert_text (instance, "site", "First");
  assert_number (instance, "expires-at", BUS_NOW + 3600);
  assert_number (instance, "refreshed-at", BUS_NOW);
  g_assert_true (g_variant_lookup (instance, "serial", "t", &serial));
  g_assert_cmpuint (serial, ==, 1);
  g_assert_true (g_variant_lookup (instance, "scopes", "^a&s", &scopes));
  g_assert_cmpstr (scopes[0], ==, "read:me");
  g_assert_cmpstr (scopes[2], ==, "offline_access");
  g_assert_null (scopes[3]);
}

static void
test_list_needs_sign_in (BusWorld *world, gconstpointer data)
{
  g_autoptr (GVariant) instance = NULL;
  const char *why = NULL;

  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);
  bus_world_pass (world, 3600);
  cvg_http_dummy_push_json (world->inside->http, 403, "{\"error\":\"invalid_grant\"}");
  bus_call_failure (world->caller, "GetAccessToken",
                    g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "NeedsSignIn",
                    "sign in again");

  instance = bus_find_instance (world->caller, BUS_ID);
  assert_text (instance, "status", "needs-sign-in");
  g_assert_true (g_variant_lookup (instance, "last-error", "&s", &why));
  g_assert_null (strstr (why, BUS_SECRET));
}

typedef struct
{
  const char *filter;
  const char *ids[4];
} FilterRow;

static const FilterRow filter_rows[] = {
  { "@a{sv} {}", { BUS_ID, BUS_OTHER_ID, BUS_KEYED_ID } },
  { "{'user-id': <'ada'>}", { BUS_ID, BUS_KEYED_ID } },
  { "{'user-id': <'Ada'>}", { NULL } },
  { "{'user-id': <''>}", { NULL } },
  { "{'server-name': <'Confluence'>}", { BUS_ID, BUS_OTHER_ID } },
  { "{'status': <'active'>}", { BUS_KEYED_ID } },
  { "{'status': <'keyring-locked'>}", { NULL } },
  { "{'user-id': <'ada'>, 'server-name': <'Confluence'>, 'status': <'signed-out'>}", { BUS_ID } },
};

static void
test_list_filters (BusWorld *world, gconstpointer data)
{
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_create (world->caller, BUS_OTHER_ID, "bob", "Confluence");
  bus_create (world->caller, BUS_KEYED_ID, "ada", "Keyed");
  bus_call_nothing (world->caller, "SetInstanceAuth",
                    g_variant_new_parsed ("(%s, {'token': <%s>})", BUS_KEYED_ID, BUS_SECRET));

  for (size_t i = 0; i < G_N_ELEMENTS (filter_rows); i++)
    {
      const FilterRow *row = &filter_rows[i];
      g_autoptr (GVariant) found = list (world->caller, row->filter);

      g_test_message ("%s", row->filter);
      g_assert_cmpuint (g_variant_n_children (found), ==, g_strv_length ((char **) row->ids));
      for (gsize j = 0; j < g_variant_n_children (found); j++)
        {
          g_autoptr (GVariant) instance = g_variant_get_child_value (found, j);

          assert_text (instance, "instance-id", row->ids[j]);
        }
    }
}

/* ---- auth data ------------------------------------------------------------------------------- */

static void
test_auth_data_of_a_sign_in (BusWorld *world, gconstpointer data)
{
  static const char *const keys[] = { "access_token s",
                                      "refresh_token s",
                                      "token_type s",
                                      "scope s",
                                      "expires_at x",
                                      "expires_in x",
                                      "serial t",
                                      "accessible_resources aa{sv}",
                                      "selected_cloud_id s",
                                      "site_url s",
                                      "account a{sv}",
                                      "zone s",
                                      NULL };
  static const char *const site_keys[] = { "id s",      "name s",      "url s",
                                           "scopes as", "avatarUrl s", NULL };
  g_autoptr (GVariant) auth = NULL;
  g_autoptr (GVariant) sites = NULL;
  g_autoptr (GVariant) site = NULL;
  g_autoptr (GVariant) account = NULL;

  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_world_sign_in (world, world->caller, BUS_ID, "1");
  bus_world_pass (world, 10);

  auth = get_auth (world->caller, BUS_ID);
  assert_keys (auth, keys);
  assert_text (auth, "access_token", BUS_SECRET "-access-1");
  assert_text (auth, "refresh_token", BUS_SECRET "-refresh-1");
  assert_text (auth, "token_type", "Bearer");
  assert_text (auth, "scope", "read:me read:page offline_access");
  assert_number (auth, "expires_at", BUS_NOW + 3600);
  assert_number (auth, "expires_in", 3590);
  assert_text (auth, "selected_cloud_id", "site-1");
  assert_text (auth, "site_url", "https://first.invalid");
  assert_text (auth, "zone", "eu");
  sites = g_variant_lookup_value (auth, "accessible_resources", NULL);
  g_assert_cmpuint (g_variant_n_children (sites), ==, 1);
  site = g_variant_get_child_value (sites, 0);
  assert_keys (site, site_keys);
  account = g_variant_lookup_value (auth, "account", NULL);
  assert_text (account, "account_id", "1");
}

/* What the caller set comes back unchanged; the members of “data” stand beside the others. */
static void
test_auth_data_of_an_api_key (BusWorld *world, gconstpointer data)
{
  static const char *const token_keys[] = { "token s", "serial t", NULL };
  static const char *const data_keys[] = { "api_key s", "region s", "limits a{sv}", "serial t",
                                           NULL };
  g_autoptr (GVariant) first = NULL;
  g_autoptr (GVariant) second = NULL;

  bus_create (world->caller, BUS_KEYED_ID, "ada", "Keyed");
  bus_call_nothing (world->caller, "SetInstanceAuth",
                    g_variant_new_parsed ("(%s, {'token': <'" BUS_SECRET "-key'>})", BUS_KEYED_ID));
  first = get_auth (world->caller, BUS_KEYED_ID);
  assert_keys (first, token_keys);
  assert_text (first, "token", BUS_SECRET "-key");

  bus_call_nothing (world->caller, "SetInstanceAuth",
                    g_variant_new_parsed ("(%s, {'data': <{'api_key': <'" BUS_SECRET
                                          "-2'>, 'region': <'eu'>, "
                                          "'limits': <{'day': <5>}>}>})",
                                          BUS_KEYED_ID));
  second = get_auth (world->caller, BUS_KEYED_ID);
  assert_keys (second, data_keys);
  assert_text (second, "api_key", BUS_SECRET "-2");
  assert_text (second, "region", "eu");
}

static void
test_serials_grow (BusWorld *world, gconstpointer data)
{
  guint64 last = 0;

  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (GVariant) auth = NULL;
      guint64 serial = 0;

      bus_set_tokens (world->caller, BUS_ID, "1", 3600);
      auth = get_auth (world->caller, BUS_ID);
      g_assert_true (g_variant_lookup (auth, "serial", "t", &serial));
      g_assert_cmpuint (serial, >, last);
      last = serial;
      g_assert_false (get_boolean (world->caller, "DeleteInstanceAuth",
                                   g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID)));
    }
}

/* ---- deleting -------------------------------------------------------------------------------- */

static void
test_delete_auth_keeps_the_instance (BusWorld *world, gconstpointer data)
{
  g_autofree char *status = NULL;

  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);
  g_assert_nonnull (cvg_vault_dummy_peek (world->inside->vault, CVG_VAULT_CREDENTIALS, BUS_ID));

  g_assert_false (get_boolean (world->caller, "DeleteInstanceAuth",
                               g_variant_new_parsed ("(%s, {'revoke': <false>})", BUS_ID)));
  g_assert_null (cvg_vault_dummy_peek (world->inside->vault, CVG_VAULT_CREDENTIALS, BUS_ID));
  status = bus_get_status (world->caller, BUS_ID);
  g_assert_cmpstr (status, ==, "signed-out");
  bus_call_failure (world->caller, "GetAccessToken",
                    g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "NotSignedIn", BUS_ID);
}

static void
test_delete_instance (BusWorld *world, gconstpointer data)
{
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);

  g_assert_false (get_boolean (world->caller, "DeleteInstance",
                               g_variant_new_parsed ("(%s, {'revoke': <false>})", BUS_ID)));
  g_assert_null (cvg_vault_dummy_peek (world->inside->vault, CVG_VAULT_CREDENTIALS, BUS_ID));
  g_assert_null (cvg_records_dummy_peek (world->inside->records, CVG_RECORDS_INSTANCES, BUS_ID));
  bus_call_failure (world->caller, "GetAccessToken",
                    g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "NotFound", BUS_ID);
  bus_call_failure (world->caller, "DeleteInstance",
                    g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "NotFound", BUS_ID);
}

/* A failure of the keyring leaves everything as it was. */
static void
test_delete_that_fails (BusWorld *world, gconstpointer data)
{
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);

  cvg_vault_dummy_fail_next (world->inside->vault, CVG_VAULT_DUMMY_REMOVE,
                             CVG_ERROR_KEYRING_UNAVAILABLE);
  bus_call_failure (world->caller, "DeleteInstance",
                    g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "KeyringUnavailable", "");
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
  g_assert_nonnull (cvg_records_dummy_peek (world->inside->records, CVG_RECORDS_INSTANCES, BUS_ID));
}

static void
test_set_that_fails (BusWorld *world, gconstpointer data)
{
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);

  cvg_vault_dummy_fail_next (world->inside->vault, CVG_VAULT_DUMMY_STORE,
                             CVG_ERROR_KEYRING_UNAVAILABLE);
  bus_call_failure (world->caller, "SetInstanceAuth",
                    g_variant_new_parsed ("(%s, {'access_token': <'" BUS_SECRET "-2'>})", BUS_ID),
                    "KeyringUnavailable", "");
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
}

/* ---- of a user ------------------------------------------------------------------------------- */

static void
test_user_auth_makes_the_instance (BusWorld *world, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GVariant) answer =
      bus_call (world->caller, "SetUserAuth",
                g_variant_new_parsed ("('ada', 'Keyed', {'token': <'" BUS_SECRET "-1'>})"), "s");
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GVariant) auth = NULL;

  g_variant_get (answer, "(s)", &first);
  g_assert_true (g_uuid_string_is_valid (first));
  again =
      bus_call (world->caller, "SetUserAuth",
                g_variant_new_parsed ("('ada', 'Keyed', {'token': <'" BUS_SECRET "-2'>})"), "s");
  g_variant_get (again, "(s)", &second);
  g_assert_cmpstr (second, ==, first);
  auth = get_auth (world->caller, first);
  assert_text (auth, "token", BUS_SECRET "-2");

  g_assert_false (get_boolean (world->caller, "DeleteUserAuth",
                               g_variant_new_parsed ("('ada', 'Keyed', @a{sv} {})")));
  bus_call_failure (world->caller, "GetInstanceAuth",
                    g_variant_new_parsed ("(%s, @a{sv} {})", first), "NotSignedIn", first);
}

/* The instance that was made for it goes too. */
static void
test_user_auth_that_fails (BusWorld *world, gconstpointer data)
{
  cvg_vault_dummy_fail_next (world->inside->vault, CVG_VAULT_DUMMY_STORE,
                             CVG_ERROR_KEYRING_UNAVAILABLE);
  bus_call_failure (world->caller, "SetUserAuth",
                    g_variant_new_parsed ("('ada', 'Keyed', {'token': <'" BUS_SECRET "-1'>})"),
                    "KeyringUnavailable", "");
  g_assert_cmpuint (cvg_records_dummy_count (world->inside->records, CVG_RECORDS_INSTANCES), ==, 0);
}

static void
assert_user_auth (BusCaller *caller,
                  const char *user_id,
                  gboolean is_authenticated,
                  const char *name)
{
  g_autoptr (GVariant) answer =
      bus_call (caller, "GetUserAuth",
                g_variant_new_parsed ("(%s, 'Confluence', @a{sv} {})", user_id), "ba{sv}s");
  g_autoptr (GVariant) auth = NULL;
  gboolean said = FALSE;
  const char *message = NULL;

  g_variant_get (answer, "(b@a{sv}&s)", &said, &auth, &message);
  g_assert_cmpint (said, ==, is_authenticated);
  g_assert_cmpint (*message == '\0', ==, is_authenticated);
  if (is_authenticated)
    {
      g_autofree char *token = g_strconcat (BUS_SECRET "-access-", name, NULL);

      assert_text (auth, "access_token", token);
      return;
    }

  g_assert_cmpuint (g_variant_n_children (auth), ==, 0);
  g_autofree char *command = g_strconcat ("claviger login Confluence --user ", user_id, NULL);

  g_assert_true (g_str_has_suffix (message, command));
}

static void
test_user_auth_without_credentials (BusWorld *world, gconstpointer data)
{
  assert_user_auth (world->caller, "ada", FALSE, NULL);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  assert_user_auth (world->caller, "ada", FALSE, NULL);
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);
  assert_user_auth (world->caller, "bob", FALSE, NULL);
  assert_user_auth (world->caller, "ada", TRUE, "1");
}

static void
test_user_auth_of_the_last_authorized (BusWorld *world, gconstpointer data)
{
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_world_pass (world, 1);
  bus_create (world->caller, BUS_OTHER_ID, "ada", "Confluence");

  /* The later one is signed out: it does not answer. */
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);
  assert_user_auth (world->caller, "ada", TRUE, "1");

  bus_world_pass (world, 1);
  bus_set_tokens (world->caller, BUS_OTHER_ID, "2", 3600);
  assert_user_auth (world->caller, "ada", TRUE, "2");

  /* The older instance, authorized again. */
  bus_world_pass (world, 1);
  bus_set_tokens (world->caller, BUS_ID, "3", 3600);
  assert_user_auth (world->caller, "ada", TRUE, "3");

  g_assert_false (get_boolean (world->caller, "DeleteUserAuth",
                               g_variant_new_parsed ("('ada', 'Confluence', @a{sv} {})")));
  assert_user_auth (world->caller, "ada", TRUE, "2");
}

/* ---- choosing a site ------------------------------------------------------------------------- */

static void
test_select_resource (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;
  g_autoptr (GVariant) undecided = NULL;
  g_autoptr (GVariant) decided = NULL;
  guint stores = 0;

  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  path = bus_authorize (world->caller, BUS_ID, NULL);
  redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  bus_world_push_tokens (world, "1");
  cvg_http_dummy_push_json (world->inside->http, 200,
                            "[{\"id\":\"a\",\"name\":\"A\",\"url\":\"https://a.invalid\"},"
                            "{\"id\":\"b\",\"name\":\"B\",\"url\":\"https://b.invalid\"}]");
  cvg_http_dummy_push_json (world->inside->http, 200, "{\"name\":\"Ada\"}");
  bus_world_visit (world, redirect);
  bus_wait_completed (world->caller, path, "authorized");

  undecided = get_auth (world->caller, BUS_ID);
  g_assert_false (g_variant_lookup (undecided, "selected_cloud_id", "&s", NULL));
  g_assert_false (g_variant_lookup (undecided, "site_url", "&s", NULL));

  stores = cvg_vault_dummy_count_calls (world->inside->vault, CVG_VAULT_DUMMY_STORE);
  bus_call_nothing (world->caller, "SelectResource", g_variant_new ("(ss)", BUS_ID, "b"));
  decided = get_auth (world->caller, BUS_ID);
  assert_text (decided, "selected_cloud_id", "b");
  assert_text (decided, "site_url", "https://b.invalid");
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->inside->vault, CVG_VAULT_DUMMY_STORE), ==,
                    stores);
}

int
main (int argc, char **argv)
{
  bus_tests_init (&argc, &argv);
  BUS_TEST ("/instances/create-makes-uuids", test_create_makes_uuids);
  BUS_TEST ("/instances/uuids-in-any-case", test_uuids_in_any_case);
  BUS_TEST ("/instances/list-signed-out", test_list_signed_out);
  BUS_TEST ("/instances/list-signed-in", test_list_signed_in);
  BUS_TEST ("/instances/list-needs-sign-in", test_list_needs_sign_in);
  BUS_TEST ("/instances/list-filters", test_list_filters);
  BUS_TEST ("/instances/auth-data-of-a-sign-in", test_auth_data_of_a_sign_in);
  BUS_TEST ("/instances/auth-data-of-an-api-key", test_auth_data_of_an_api_key);
  BUS_TEST ("/instances/serials-grow", test_serials_grow);
  BUS_TEST ("/instances/delete-auth-keeps-the-instance", test_delete_auth_keeps_the_instance);
  BUS_TEST ("/instances/delete-instance", test_delete_instance);
  BUS_TEST ("/instances/delete-that-fails", test_delete_that_fails);
  BUS_TEST ("/instances/set-that-fails", test_set_that_fails);
  BUS_TEST ("/instances/user-auth-makes-the-instance", test_user_auth_makes_the_instance);
  BUS_TEST ("/instances/user-auth-that-fails", test_user_auth_that_fails);
  BUS_TEST ("/instances/user-auth-without-credentials", test_user_auth_without_credentials);
  BUS_TEST ("/instances/user-auth-of-the-last-authorized", test_user_auth_of_the_last_authorized);
  BUS_TEST ("/instances/select-resource", test_select_resource);
  return bus_tests_run ();
}
