/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One bus a program, one world a test. Everybody is in this process and on its one main loop, so
 * that nothing here may block on an answer. Unique names are never given twice by a bus, so that
 * no test sees anything of another.
 *
 * The catalogue is providers/ next to this file, so that what the tests expect of a server does not
 * depend on what its real file says.
 */
#include "bus/bus-world.h"

#include "dbus/names.h"
#include "ports/records.h"

static GTestDBus *bus; /* (owned) */

/** bus_tests_init: to be called first */
void
bus_tests_init (int *argc, char ***argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (argc, argv, NULL);
}

/** bus_tests_run: runs the tests on a bus of their own */
int
bus_tests_run (void)
{
  int status = 0;

  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  status = g_test_run ();
  g_test_dbus_down (bus);
  g_assert_finalize_object (bus);
  return status;
}

/* ---- the world ------------------------------------------------------------------------------- */

static void export(BusWorld *world)
{
  g_autoptr (GError) error = NULL;

  world->connection =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  world->service = cvg_auth_service_new (world->inside->agent);
  g_assert_true (cvg_auth_service_export (world->service, world->connection, &error));
  g_assert_no_error (error);
}

/** bus_world_set_up: a world with an unlocked keyring, nothing in it, and one caller */
void
bus_world_set_up (BusWorld *world, gconstpointer data)
{
  g_autofree char *providers = g_test_build_filename (G_TEST_DIST, "bus", "providers", NULL);
  const char *const directories[] = { providers, NULL };

  world->inside =
      agent_world_new_at (BUS_NOW, cvg_catalogue_load (directories), CVG_VAULT_UNLOCKED);
  export(world);
  cvg_agent_start (world->inside->agent);
  BUS_WAIT (cvg_keeper_is_open (world->inside->keeper));

  world->callers = g_ptr_array_new_with_free_func ((GDestroyNotify) bus_caller_free);
  world->caller = bus_world_add_caller (world);
}

/** bus_world_tear_down: all of it must be gone after, and nothing of the script left over */
void
bus_world_tear_down (BusWorld *world, gconstpointer data)
{
  g_clear_pointer (&world->callers, g_ptr_array_unref);
  cvg_agent_stop (world->inside->agent);
  BUS_WAIT (cvg_agent_is_idle (world->inside->agent));
  cvg_auth_service_unexport (world->service);
  while (g_main_context_iteration (NULL, FALSE))
    continue;

  g_assert_finalize_object (world->service);
  agent_world_free (world->inside);
  bus_connection_close (world->connection);
}

/** bus_world_add_caller: Returns: (transfer none): one more program on the bus */
BusCaller *
bus_world_add_caller (BusWorld *world)
{
  BusCaller *caller = bus_caller_new (g_test_dbus_get_bus_address (bus),
                                      g_dbus_connection_get_unique_name (world->connection));

  g_ptr_array_add (world->callers, caller);
  return caller;
}

/** bus_world_pass: time passes */
void
bus_world_pass (BusWorld *world, gint64 seconds)
{
  cvg_clock_dummy_advance (world->inside->clock, seconds * G_USEC_PER_SEC);
}

/* ---- what there is --------------------------------------------------------------------------- */

/** bus_world_trace: Returns: what there is now */
BusTrace
bus_world_trace (BusWorld *world)
{
  BusTrace trace = {
    .instances = cvg_records_dummy_count (world->inside->records, CVG_RECORDS_INSTANCES),
    .clients = cvg_records_dummy_count (world->inside->records, CVG_RECORDS_CLIENTS),
    .saves = cvg_records_dummy_count_saves (world->inside->records),
    .items = cvg_vault_dummy_count_items (world->inside->vault),
    .stores = cvg_vault_dummy_count_calls (world->inside->vault, CVG_VAULT_DUMMY_STORE),
    .removals = cvg_vault_dummy_count_calls (world->inside->vault, CVG_VAULT_DUMMY_REMOVE),
    .requests = cvg_http_dummy_get_count (world->inside->http),
    .browsers = cvg_browser_dummy_get_count (world->inside->browser),
    .listeners = cvg_redirect_dummy_get_opened (world->inside->redirect),
  };

  for (guint i = 0; i < world->callers->len; i++)
    {
      BusCaller *caller = g_ptr_array_index (world->callers, i);

      if (caller->connection != NULL)
        bus_settle (caller);
      trace.signals += bus_caller_count (caller, "InstanceChanged") +
                       bus_caller_count (caller, "InstanceRemoved") +
                       bus_caller_count (caller, "Completed");
    }
  return trace;
}

/** bus_world_assert_untouched: nothing of it has changed since @before */
void
bus_world_assert_untouched (BusWorld *world, const BusTrace *before)
{
  const BusTrace now = bus_world_trace (world);

  g_assert_cmpuint (now.instances, ==, before->instances);
  g_assert_cmpuint (now.clients, ==, before->clients);
  g_assert_cmpuint (now.saves, ==, before->saves);
  g_assert_cmpuint (now.items, ==, before->items);
  g_assert_cmpuint (now.stores, ==, before->stores);
  g_assert_cmpuint (now.removals, ==, before->removals);
  g_assert_cmpuint (now.requests, ==, before->requests);
  g_assert_cmpuint (now.browsers, ==, before->browsers);
  g_assert_cmpuint (now.listeners, ==, before->listeners);
  g_assert_cmpuint (now.signals, ==, before->signals);
}

/* ---- instances and clients ------------------------------------------------------------------- */

/** bus_add_client: adds the client "client-1" of Confluence, with a secret */
void
bus_add_client (BusCaller *caller)
{
  bus_call_nothing (caller, "SetClient",
                    g_variant_new_parsed ("('Confluence', 'client-1', "
                                          "{'client-secret': <'" BUS_SECRET "-client'>})"));
}

/** bus_create: makes an instance with @id */
void
bus_create (BusCaller *caller, const char *id, const char *user_id, const char *server_name)
{
  g_autoptr (GVariant) answer = bus_call (
      caller, "CreateInstance",
      g_variant_new_parsed ("(%s, %s, {'instance-id': <%s>})", user_id, server_name, id), "s");
  const char *made = NULL;

  g_variant_get (answer, "(&s)", &made);
  g_assert_cmpstr (made, ==, id);
}

/**
 * bus_set_tokens:
 * @name: the tokens are BUS_SECRET "-access-NAME" and BUS_SECRET "-refresh-NAME"
 * @lifetime: seconds
 *
 * Gives an instance tokens as a program would that got them elsewhere.
 */
void
bus_set_tokens (BusCaller *caller, const char *id, const char *name, gint64 lifetime)
{
  g_autofree char *access = g_strconcat (BUS_SECRET "-access-", name, NULL);
  g_autofree char *refresh = g_strconcat (BUS_SECRET "-refresh-", name, NULL);

  bus_call_nothing (caller, "SetInstanceAuth",
                    g_variant_new_parsed ("(%s, {'access_token': <%s>, 'refresh_token': <%s>, "
                                          "'scope': <'read:me read:page'>, 'expires_in': <%x>})",
                                          id, access, refresh, lifetime));
}

/** bus_find_instance: Returns: (transfer full): what ListInstances says of @id */
GVariant *
bus_find_instance (BusCaller *caller, const char *id)
{
  g_autoptr (GVariant) answer =
      bus_call (caller, "ListInstances", g_variant_new_parsed ("(@a{sv} {},)"), "aa{sv}");
  g_autoptr (GVariant) instances = g_variant_get_child_value (answer, 0);

  for (gsize i = 0; i < g_variant_n_children (instances); i++)
    {
      GVariant *instance = g_variant_get_child_value (instances, i);
      const char *its_id = NULL;

      if (g_variant_lookup (instance, "instance-id", "&s", &its_id) && g_str_equal (its_id, id))
        return instance;
      g_variant_unref (instance);
    }

  g_error ("There is no instance %s", id);
  return NULL;
}

/** bus_get_status: Returns: (transfer full): the status of @id */
char *
bus_get_status (BusCaller *caller, const char *id)
{
  g_autoptr (GVariant) instance = bus_find_instance (caller, id);
  char *status = NULL;

  g_assert_true (g_variant_lookup (instance, "status", "s", &status));
  return status;
}

/**
 * bus_assert_token:
 * @options: (nullable): of GetAccessToken, in text
 * @name: as of bus_set_tokens()
 */
void
bus_assert_token (BusCaller *caller, const char *id, const char *options, const char *name)
{
  g_autoptr (GVariant) dict =
      g_variant_ref_sink (g_variant_new_parsed (options != NULL ? options : "@a{sv} {}"));
  g_autofree char *expected = g_strconcat (BUS_SECRET "-access-", name, NULL);
  g_autoptr (GVariant) answer =
      bus_call (caller, "GetAccessToken", g_variant_new ("(s@a{sv})", id, dict), "sxt");
  const char *token = NULL;

  g_variant_get (answer, "(&sxt)", &token, NULL, NULL);
  g_assert_cmpstr (token, ==, expected);
}

/* ---- sign-ins -------------------------------------------------------------------------------- */

/**
 * bus_authorize:
 * @options: (nullable): in text
 *
 * Returns: (transfer full): path of the Authorization object of a sign-in to Confluence
 */
char *
bus_authorize (BusCaller *caller, const char *id, const char *options)
{
  g_autoptr (GVariant) dict =
      g_variant_ref_sink (g_variant_new_parsed (options != NULL ? options : "@a{sv} {}"));
  g_autoptr (GVariant) answer =
      bus_call (caller, "Authorize", g_variant_new ("(ss@a{sv})", "Confluence", id, dict), "o");
  char *path = NULL;

  g_variant_get (answer, "(o)", &path);
  return path;
}

/** bus_get_text: Returns: (transfer full): a property of an Authorization object that is a string
 */
char *
bus_get_text (BusCaller *caller, const char *authorization, const char *property)
{
  g_autoptr (GVariant) value =
      bus_get_property (caller, authorization, CVG_AUTHORIZATION_INTERFACE, property, "s");

  return g_variant_dup_string (value, NULL);
}

/**
 * bus_make_redirect:
 * @query: what the provider adds besides the state
 *
 * Returns: (transfer full): the address that the provider sends the browser to
 */
char *
bus_make_redirect (BusCaller *caller, const char *authorization, const char *query)
{
  g_autofree char *url = bus_get_text (caller, authorization, "Url");
  g_autofree char *redirect_uri = bus_get_text (caller, authorization, "RedirectUri");
  g_autofree char *state = agent_world_dup_parameter (url, "state");

  g_assert_nonnull (state);
  return g_strdup_printf ("%s?%s&state=%s", redirect_uri, query, state);
}

/** bus_world_push_tokens: the token endpoint will give tokens called @name: bus_set_tokens() */
void
bus_world_push_tokens (BusWorld *world, const char *name)
{
  g_autofree char *json = g_strdup_printf (
      "{\"access_token\":\"" BUS_SECRET "-access-%s\",\"refresh_token\":\"" BUS_SECRET
      "-refresh-%s\",\"token_type\":\"Bearer\",\"expires_in\":3600,"
      "\"scope\":\"read:me read:page offline_access\",\"zone\":\"eu\"}",
      name, name);

  cvg_http_dummy_push_json (world->inside->http, 200, json);
}

/** bus_world_push_sign_in: as bus_world_push_tokens(), then one site and the account */
void
bus_world_push_sign_in (BusWorld *world, const char *name)
{
  bus_world_push_tokens (world, name);
  cvg_http_dummy_push_json (world->inside->http, 200,
                            "[{\"id\":\"site-1\",\"name\":\"First\",\"url\":\"https://first."
                            "invalid\",\"scopes\":[\"read:page\"],\"avatarUrl\":\"https://"
                            "first.invalid/a.png\"}]");
  cvg_http_dummy_push_json (world->inside->http, 200,
                            "{\"account_id\":\"1\",\"name\":\"Ada\",\"email\":\"ada@first."
                            "invalid\"}");
}

/** bus_world_visit: the browser follows @redirect; Returns: the number of the visit */
guint
bus_world_visit (BusWorld *world, const char *redirect)
{
  g_auto (GStrv) parts = g_strsplit (redirect, "?", 2);

  return cvg_redirect_dummy_visit (world->inside->redirect, parts[0], parts[1]);
}

/** bus_wait_completed: waits for the one Completed of @authorization, which must say @outcome */
void
bus_wait_completed (BusCaller *caller, const char *authorization, const char *outcome)
{
  const BusSignal *completed = NULL;
  const char *said = NULL;

  BUS_WAIT (bus_caller_count (caller, "Completed") > 0);
  bus_settle (caller);
  g_assert_cmpuint (bus_caller_count (caller, "Completed"), ==, 1);
  completed = bus_caller_get_last (caller, "Completed");
  g_assert_cmpstr (completed->path, ==, authorization);
  g_assert_cmpstr (completed->interface, ==, CVG_AUTHORIZATION_INTERFACE);
  g_assert_cmpstr (g_variant_get_type_string (completed->parameters), ==, "(sa{sv})");
  g_variant_get (completed->parameters, "(&s@a{sv})", &said, NULL);
  g_assert_cmpstr (said, ==, outcome);
}

/** bus_world_sign_in: signs @id in to Confluence, with tokens called @name; a client must be there
 */
void
bus_world_sign_in (BusWorld *world, BusCaller *caller, const char *id, const char *name)
{
  g_autofree char *path = bus_authorize (caller, id, "{'open-browser': <false>}");
  g_autofree char *redirect = bus_make_redirect (caller, path, "code=" BUS_SECRET "-code");

  bus_world_push_sign_in (world, name);
  bus_world_visit (world, redirect);
  bus_wait_completed (caller, path, CVG_OUTCOME_AUTHORIZED);
}
