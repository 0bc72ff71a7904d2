/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The object of a sign-in: who can see and touch it, how long it is there, and its methods.
 */
#include "bus/bus-world.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"
#define INTROSPECTABLE "org.freedesktop.DBus.Introspectable"

static char *
begin (BusWorld *world, const char *options)
{
  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  return bus_authorize (world->caller, BUS_ID, options);
}

/* ---- who can see it -------------------------------------------------------------------------- */

typedef struct
{
  const char *interface;
  const char *method;
  const char *arguments;
} Attempt;

/* Everything that an object can be asked. */
static const Attempt attempts[] = {
  { PROPERTIES, "Get", "('" CVG_AUTHORIZATION_INTERFACE "', 'Url')" },
  { PROPERTIES, "Get", "('" CVG_AUTHORIZATION_INTERFACE "', 'Nothing')" },
  { PROPERTIES, "GetAll", "('" CVG_AUTHORIZATION_INTERFACE "',)" },
  { PROPERTIES, "Set", "('" CVG_AUTHORIZATION_INTERFACE "', 'Phase', <'authorized'>)" },
  { INTROSPECTABLE, "Introspect", "()" },
  { "org.freedesktop.DBus.Peer", "Ping", "()" },
  { CVG_AUTHORIZATION_INTERFACE, "OpenBrowser", "(@a{sv} {},)" },
  { CVG_AUTHORIZATION_INTERFACE, "CompleteFromUrl",
    "('" BUS_REDIRECT_URI "?code=" BUS_SECRET "&state=x',)" },
  { CVG_AUTHORIZATION_INTERFACE, "Cancel", "()" },
  { CVG_AUTHORIZATION_INTERFACE, "Nothing", "()" },
  { CVG_INTERFACE, "ListInstances", "(@a{sv} {},)" },
};

/* All that an answer says, with the path that was asked taken out. */
static char *
describe_answer (BusCaller *caller, const char *path, const Attempt *attempt)
{
  g_autoptr (BusReply) reply = bus_begin_at (caller, path, attempt->interface, attempt->method,
                                             g_variant_new_parsed (attempt->arguments));
  GVariant *body = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *bare = NULL;

  BUS_WAIT (reply->over);
  g_assert_nonnull (reply->message);
  body = g_dbus_message_get_body (reply->message);
  text = body != NULL ? g_variant_print (body, TRUE) : g_strdup ("");
  parts = g_strsplit (text, path, -1);
  bare = g_strjoinv ("PATH", parts);
  return g_strdup_printf ("%d %s %s", g_dbus_message_get_message_type (reply->message),
                          g_dbus_message_get_error_name (reply->message), bare);
}

/* Whatever is asked of @path has the answer that @nowhere has, where there never was anything. */
static void
assert_same_answers (BusCaller *caller, const char *path, const char *nowhere)
{
  for (size_t i = 0; i < G_N_ELEMENTS (attempts); i++)
    {
      g_autofree char *of_it = describe_answer (caller, path, &attempts[i]);
      g_autofree char *of_nothing = describe_answer (caller, nowhere, &attempts[i]);

      g_test_message ("%s.%s", attempts[i].interface, attempts[i].method);
      g_assert_cmpstr (of_it, ==, of_nothing);
    }
}

static void
assert_like_nothing (BusCaller *caller, const char *path)
{
  assert_same_answers (caller, path, CVG_AUTHORIZATION_ROOT "/1_99999/nothing");
}

static void
test_nobody_else_sees_it (BusWorld *world, gconstpointer data)
{
  BusCaller *other = bus_world_add_caller (world);
  g_autoptr (GVariant) known =
      bus_call (other, "ListInstances", g_variant_new_parsed ("(@a{sv} {},)"), "aa{sv}");
  g_autofree char *path = begin (world, NULL);
  g_autofree char *parent = NULL;
  g_autofree char *phase = NULL;

  assert_like_nothing (other, path);
  parent = g_path_get_dirname (path);
  assert_like_nothing (other, parent);
  phase = bus_get_text (world->caller, path, "Phase");
  g_assert_cmpstr (phase, ==, "waiting");
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->inside->browser), ==, 1);
}

/* Who has sign-ins is nobody's business either. */
static void
test_nobody_else_sees_the_callers (BusWorld *world, gconstpointer data)
{
  static const Attempt introspect = { INTROSPECTABLE, "Introspect", "()" };
  static const char *const paths[] = { "/org/claviger/Auth1", CVG_AUTHORIZATION_ROOT };
  BusCaller *other = bus_world_add_caller (world);
  g_autofree char *before[G_N_ELEMENTS (paths)] = { NULL };
  g_autofree char *path = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++)
    before[i] = describe_answer (other, paths[i], &introspect);
  path = begin (world, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *after = describe_answer (other, paths[i], &introspect);

      g_assert_cmpstr (after, ==, before[i]);
      g_clear_pointer (&before[i], g_free);
    }
}

static void
test_its_caller_sees_it (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = begin (world, NULL);
  g_autoptr (GVariant) answer =
      bus_call_at (world->caller, path, INTROSPECTABLE, "Introspect", NULL, "s");
  g_autoptr (GDBusNodeInfo) node = NULL;
  const char *xml = NULL;

  g_variant_get (answer, "(&s)", &xml);
  node = g_dbus_node_info_new_for_xml (xml, NULL);
  g_assert_nonnull (g_dbus_node_info_lookup_interface (node, CVG_AUTHORIZATION_INTERFACE));
}

/* No other path of its caller is one: neither beside the object nor above nor below it. */
static void
test_paths_around_it (BusWorld *world, gconstpointer data)
{
  static const Attempt cancel = { CVG_AUTHORIZATION_INTERFACE, "Cancel", "()" };
  g_autofree char *path = begin (world, "{'handle-token': <'a'>}");
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *beside = g_strconcat (parent, "/b", NULL);
  g_autofree char *below = g_strconcat (path, "/a", NULL);
  const char *const around[] = { parent, beside, below, CVG_AUTHORIZATION_ROOT };
  g_autofree char *phase = NULL;

  for (size_t i = 0; i < G_N_ELEMENTS (around); i++)
    {
      g_autofree char *answer = describe_answer (world->caller, around[i], &cancel);

      g_assert_true (g_str_has_prefix (answer, "3 org.freedesktop.DBus.Error.UnknownMethod"));
    }
  phase = bus_get_text (world->caller, path, "Phase");
  g_assert_cmpstr (phase, ==, "waiting");
}

static void
test_signals_for_its_caller_alone (BusWorld *world, gconstpointer data)
{
  BusCaller *other = bus_world_add_caller (world);
  g_autoptr (GVariant) known =
      bus_call (other, "ListInstances", g_variant_new_parsed ("(@a{sv} {},)"), "aa{sv}");
  g_autofree char *path = begin (world, NULL);
  g_autofree char *redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);

  bus_world_push_sign_in (world, "1");
  bus_world_visit (world, redirect);
  bus_wait_completed (world->caller, path, "authorized");
  g_assert_cmpuint (bus_caller_count (world->caller, "PropertiesChanged"), ==, 3);

  bus_settle (other);
  g_assert_cmpuint (bus_caller_count (other, "InstanceChanged"), >, 0);
  g_assert_cmpuint (bus_caller_count (other, "PropertiesChanged"), ==, 0);
  g_assert_cmpuint (bus_caller_count (other, "Completed"), ==, 0);
}

/* ---- how long it is there -------------------------------------------------------------------- */

static void
test_it_stays_for_a_minute (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = begin (world, NULL);
  g_autofree char *redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  g_autofree char *phase = NULL;
  g_autofree char *parent = NULL;
  g_autofree char *beside = NULL;

  bus_world_push_sign_in (world, "1");
  bus_world_visit (world, redirect);
  bus_wait_completed (world->caller, path, "authorized");
  bus_world_pass (world, 59);
  phase = bus_get_text (world->caller, path, "Phase");
  g_assert_cmpstr (phase, ==, "authorized");
  bus_world_pass (world, 1);
  parent = g_path_get_dirname (path);
  beside = g_strconcat (parent, "/nothing", NULL);
  assert_same_answers (world->caller, path, beside);
}

/* GDBus looks for an object in one turn of the main loop and calls it in another. */
static void
test_forgotten_during_a_call (BusWorld *world, gconstpointer data)
{
  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  for (guint turns = 0; turns < 12; turns++)
    {
      g_autofree char *path = bus_authorize (world->caller, BUS_ID, "{'flow': <'paste'>}");
      g_autoptr (BusReply) first =
          bus_begin_at (world->caller, path, CVG_AUTHORIZATION_INTERFACE, "Cancel", NULL);
      g_autoptr (GVariant) nothing = bus_reply_wait (first, "");
      g_autoptr (BusReply) reply =
          bus_begin_at (world->caller, path, CVG_AUTHORIZATION_INTERFACE, "Cancel", NULL);

      for (guint i = 0; i < turns && !reply->over; i++)
        g_main_context_iteration (NULL, TRUE);
      bus_world_pass (world, 60);
      BUS_WAIT (reply->over);
    }
}

static void
test_cancelled_when_its_caller_leaves (BusWorld *world, gconstpointer data)
{
  BusCaller *leaver = bus_world_add_caller (world);
  g_autofree char *path = NULL;

  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  path = bus_authorize (leaver, BUS_ID, NULL);
  g_assert_cmpuint (cvg_redirect_dummy_get_users (world->inside->redirect, BUS_REDIRECT_URI), ==,
                    1);
  bus_caller_leave (leaver);
  BUS_WAIT (cvg_redirect_dummy_get_users (world->inside->redirect, BUS_REDIRECT_URI) == 0);
  assert_like_nothing (world->caller, path);
}

/* Before it began: there is a prompt, and whom it is for has left. */
static void
test_caller_leaves_at_the_prompt (BusWorld *world, gconstpointer data)
{
  BusCaller *leaver = bus_world_add_caller (world);
  g_autoptr (BusReply) reply = NULL;

  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  cvg_vault_dummy_set_state (world->inside->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_hold (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK);
  reply = bus_begin (leaver, "Authorize",
                     g_variant_new_parsed ("('Confluence', %s, @a{sv} {})", BUS_ID));
  BUS_WAIT (cvg_vault_dummy_count_held (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK) == 1);
  bus_caller_leave (leaver);
  bus_settle (world->caller);
  cvg_vault_dummy_release (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK);
  BUS_WAIT (cvg_keeper_is_open (cvg_agent_get_keeper (world->inside->agent)));
  bus_settle (world->caller);
  g_assert_cmpuint (cvg_redirect_dummy_get_opened (world->inside->redirect), ==, 0);
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->inside->browser), ==, 0);
}

static void
test_detached (BusWorld *world, gconstpointer data)
{
  BusCaller *leaver = bus_world_add_caller (world);
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;
  guint visit = 0;

  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  path = bus_authorize (leaver, BUS_ID, "{'detach': <true>}");
  redirect = bus_make_redirect (leaver, path, "code=" BUS_SECRET);
  bus_caller_leave (leaver);
  bus_settle (world->caller);
  g_assert_cmpuint (cvg_redirect_dummy_get_users (world->inside->redirect, BUS_REDIRECT_URI), ==,
                    1);
  assert_like_nothing (world->caller, path);

  bus_world_push_sign_in (world, "1");
  visit = bus_world_visit (world, redirect);
  BUS_WAIT (cvg_redirect_dummy_get_page (world->inside->redirect, visit) != NULL);
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
}

/* What has its answer ends well even then: the code is good once. */
static void
test_caller_leaves_during_the_store (BusWorld *world, gconstpointer data)
{
  BusCaller *leaver = bus_world_add_caller (world);
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;

  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  path = bus_authorize (leaver, BUS_ID, NULL);
  redirect = bus_make_redirect (leaver, path, "code=" BUS_SECRET);
  cvg_vault_dummy_hold (world->inside->vault, CVG_VAULT_DUMMY_STORE);
  bus_world_push_sign_in (world, "1");
  bus_world_visit (world, redirect);
  BUS_WAIT (cvg_vault_dummy_count_held (world->inside->vault, CVG_VAULT_DUMMY_STORE) == 1);
  bus_caller_leave (leaver);
  bus_settle (world->caller);
  cvg_vault_dummy_release (world->inside->vault, CVG_VAULT_DUMMY_STORE);
  BUS_WAIT (cvg_vault_dummy_peek (world->inside->vault, CVG_VAULT_CREDENTIALS, BUS_ID) != NULL);
  BUS_WAIT (cvg_agent_is_idle (world->inside->agent));
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
}

/* ---- OpenBrowser ----------------------------------------------------------------------------- */

static BusReply *
open_browser (BusWorld *world, const char *path, const char *options)
{
  g_autoptr (GVariant) dict = g_variant_ref_sink (g_variant_new_parsed (options));

  return bus_begin_at (world->caller, path, CVG_AUTHORIZATION_INTERFACE, "OpenBrowser",
                       g_variant_new ("(@a{sv})", dict));
}

static void
test_open_browser (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = begin (world, "{'open-browser': <false>}");
  g_autofree char *url = bus_get_text (world->caller, path, "Url");
  g_autoptr (BusReply) wrong = NULL;
  g_autoptr (BusReply) good = NULL;
  g_autoptr (BusReply) failed = NULL;
  g_autoptr (GVariant) nothing = NULL;

  g_assert_cmpuint (cvg_browser_dummy_get_count (world->inside->browser), ==, 0);
  wrong = open_browser (world, path, "{'activation-token': <1>}");
  bus_reply_wait_failure (wrong, "InvalidArgument", "activation-token");
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->inside->browser), ==, 0);

  good = open_browser (world, path, "{'activation-token': <'token-1'>, 'x-unknown': <1>}");
  nothing = bus_reply_wait (good, "");
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->inside->browser), ==, 1);
  g_assert_cmpstr (cvg_browser_dummy_get_url (world->inside->browser, 0), ==, url);
  g_assert_cmpstr (cvg_browser_dummy_get_token (world->inside->browser, 0), ==, "token-1");

  cvg_browser_dummy_set_error (world->inside->browser,
                               g_error_new (CVG_ERROR, CVG_ERROR_FAILED, "There is no browser"));
  failed = open_browser (world, path, "@a{sv} {}");
  bus_reply_wait_failure (failed, "Failed", "browser");
}

static void
test_open_browser_when_it_is_over (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = begin (world, "{'open-browser': <false>, 'timeout': <uint32 5>}");
  g_autoptr (BusReply) reply = NULL;

  bus_world_pass (world, 5);
  bus_wait_completed (world->caller, path, "timed-out");
  reply = open_browser (world, path, "@a{sv} {}");
  bus_reply_wait_failure (reply, "TimedOut", "over");
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->inside->browser), ==, 0);
}

/* ---- CompleteFromUrl ------------------------------------------------------------------------- */

static BusReply *
paste (BusWorld *world, const char *path, const char *url)
{
  return bus_begin_at (world->caller, path, CVG_AUTHORIZATION_INTERFACE, "CompleteFromUrl",
                       g_variant_new ("(s)", url));
}

static void
test_complete_from_url (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = begin (world, "{'flow': <'paste'>}");
  g_autofree char *redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  g_autofree char *pasted = g_strconcat (" ", redirect, "\n", NULL);
  g_autoptr (BusReply) reply = NULL;
  g_autoptr (BusReply) again = NULL;
  g_autoptr (GVariant) nothing = NULL;

  g_assert_cmpuint (cvg_redirect_dummy_get_opened (world->inside->redirect), ==, 0);
  bus_world_push_sign_in (world, "1");
  reply = paste (world, path, pasted);
  nothing = bus_reply_wait (reply, "");
  bus_wait_completed (world->caller, path, "authorized");
  bus_assert_token (world->caller, BUS_ID, NULL, "1");

  again = paste (world, path, redirect);
  bus_reply_wait_failure (again, "Failed", "already");
  g_assert_cmpuint (bus_caller_count (world->caller, "Completed"), ==, 1);
}

typedef struct
{
  const char *path;
  const char *prefix; /* of the address, up to the query */
  const char *query;  /* with %s for the state */
  const char *culprit;
} WrongRow;

static const WrongRow wrong_rows[] = {
  { "wrong-state", BUS_REDIRECT_URI, "?code=" BUS_SECRET "&state=" BUS_SECRET, "state" },
  { "no-state", BUS_REDIRECT_URI, "?code=" BUS_SECRET, "state" },
  { "state-twice", BUS_REDIRECT_URI, "?code=" BUS_SECRET "&state=%s&state=%s", "twice" },
  { "neither-code-nor-error", BUS_REDIRECT_URI, "?state=%s", "code" },
  { "no-query", BUS_REDIRECT_URI, "", "query" },
  { "wrong-path", "http://127.0.0.1:18417/other", "?code=" BUS_SECRET "&state=%s", "path" },
  { "wrong-port", "http://127.0.0.1:18418/callback", "?code=" BUS_SECRET "&state=%s", "port" },
  { "wrong-host", "http://evil.invalid:18417/callback", "?code=" BUS_SECRET "&state=%s", "host" },
  { "wrong-scheme", "https://127.0.0.1:18417/callback", "?code=" BUS_SECRET "&state=%s", "scheme" },
  { "the-address-of-the-provider", "https://idp.invalid/authorize", "?state=%s", "" },
  { "no-address", BUS_SECRET, "", "no address" },
  { "empty", "", "", "no address" },
};

static void
test_complete_from_wrong_url (BusWorld *world, gconstpointer data)
{
  const WrongRow *row = data;
  g_autofree char *path = begin (world, NULL);
  g_autofree char *redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  const char *state = strstr (redirect, "&state=") + strlen ("&state=");
  g_auto (GStrv) parts = g_strsplit (row->query, "%s", -1);
  g_autofree char *query = g_strjoinv (state, parts);
  g_autofree char *url = g_strconcat (row->prefix, query, NULL);
  g_autoptr (BusReply) reply = paste (world, path, url);
  g_autofree char *phase = NULL;

  bus_reply_wait_failure (reply, "InvalidArgument", row->culprit);
  phase = bus_get_text (world->caller, path, "Phase");
  g_assert_cmpstr (phase, ==, "waiting");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 0);

  /* It did no harm: the right one is still good. */
  bus_world_push_sign_in (world, "1");
  bus_world_visit (world, redirect);
  bus_wait_completed (world->caller, path, "authorized");
}

static void
test_complete_from_url_when_it_is_over (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = begin (world, NULL);
  g_autofree char *redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  g_autoptr (GVariant) nothing = NULL;
  g_autoptr (BusReply) reply = NULL;

  nothing = bus_call_at (world->caller, path, CVG_AUTHORIZATION_INTERFACE, "Cancel", NULL, "");
  reply = paste (world, path, redirect);
  bus_reply_wait_failure (reply, "Cancelled", "cancelled");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 0);
}

int
main (int argc, char **argv)
{
  bus_tests_init (&argc, &argv);
  BUS_TEST ("/authorization/nobody-else-sees-it", test_nobody_else_sees_it);
  BUS_TEST ("/authorization/nobody-else-sees-the-callers", test_nobody_else_sees_the_callers);
  BUS_TEST ("/authorization/its-caller-sees-it", test_its_caller_sees_it);
  BUS_TEST ("/authorization/paths-around-it", test_paths_around_it);
  BUS_TEST ("/authorization/signals-for-its-caller-alone", test_signals_for_its_caller_alone);
  BUS_TEST ("/authorization/it-stays-for-a-minute", test_it_stays_for_a_minute);
  BUS_TEST ("/authorization/forgotten-during-a-call", test_forgotten_during_a_call);
  BUS_TEST ("/authorization/cancelled-when-its-caller-leaves",
            test_cancelled_when_its_caller_leaves);
  BUS_TEST ("/authorization/caller-leaves-at-the-prompt", test_caller_leaves_at_the_prompt);
  BUS_TEST ("/authorization/detached", test_detached);
  BUS_TEST ("/authorization/caller-leaves-during-the-store", test_caller_leaves_during_the_store);
  BUS_TEST ("/authorization/open-browser", test_open_browser);
  BUS_TEST ("/authorization/open-browser-when-it-is-over", test_open_browser_when_it_is_over);
  BUS_TEST ("/authorization/complete-from-url", test_complete_from_url);
  BUS_TEST ("/authorization/complete-from-url-when-it-is-over",
            test_complete_from_url_when_it_is_over);
  for (size_t i = 0; i < G_N_ELEMENTS (wrong_rows); i++)
    {
      g_autofree char *path =
          g_strconcat ("/authorization/complete-from-wrong-url/", wrong_rows[i].path, NULL);

      g_test_add (path, BusWorld, &wrong_rows[i], bus_world_set_up, test_complete_from_wrong_url,
                  bus_world_tear_down);
    }
  return bus_tests_run ();
}
