/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sign-in from its beginning to each of its ends, as the caller of Authorize sees it.
 */
#include "bus/bus-world.h"

static void
prepare (BusWorld *world)
{
  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
}

static void
assert_phase (BusCaller *caller, const char *authorization, const char *expected)
{
  g_autofree char *phase = bus_get_text (caller, authorization, "Phase");

  g_assert_cmpstr (phase, ==, expected);
}

/* The phases that PropertiesChanged told of @authorization, joined by spaces. */
static char *
get_told_phases (BusCaller *caller, const char *authorization)
{
  GString *phases = g_string_new (NULL);

  bus_settle (caller);
  for (guint i = 0; i < caller->signals->len; i++)
    {
      const BusSignal *signal = g_ptr_array_index (caller->signals, i);
      g_autoptr (GVariant) changed = NULL;
      g_autoptr (GVariant) invalidated = NULL;
      const char *interface = NULL;
      const char *phase = NULL;

      if (!g_str_equal (signal->name, "PropertiesChanged") ||
          !g_str_equal (signal->path, authorization))
        continue;

      g_variant_get (signal->parameters, "(&s@a{sv}@as)", &interface, &changed, &invalidated);
      g_assert_cmpstr (interface, ==, CVG_AUTHORIZATION_INTERFACE);
      g_assert_cmpuint (g_variant_n_children (changed), ==, 1);
      g_assert_cmpuint (g_variant_n_children (invalidated), ==, 0);
      g_assert_true (g_variant_lookup (changed, "Phase", "&s", &phase));
      g_string_append_printf (phases, "%s%s", phases->len > 0 ? " " : "", phase);
    }

  return g_string_free (phases, FALSE);
}

/* What Completed said besides the outcome: the instance, and for a failure why. */
static void
assert_details (BusCaller *caller, const char *error, const char *culprit)
{
  const BusSignal *completed = bus_caller_get_last (caller, "Completed");
  g_autoptr (GVariant) details = g_variant_get_child_value (completed->parameters, 1);
  g_autofree char *name = g_strconcat (CVG_ERROR_PREFIX, error, NULL);
  const char *id = NULL;
  const char *said = NULL;
  const char *message = NULL;

  g_assert_true (g_variant_lookup (details, "instance-id", "&s", &id));
  g_assert_cmpstr (id, ==, BUS_ID);
  if (error == NULL)
    {
      g_assert_cmpuint (g_variant_n_children (details), ==, 1);
      return;
    }

  g_assert_cmpuint (g_variant_n_children (details), ==, 3);
  g_assert_true (g_variant_lookup (details, "error", "&s", &said));
  g_assert_cmpstr (said, ==, name);
  g_assert_true (g_variant_lookup (details, "message", "&s", &message));
  g_assert_nonnull (strstr (message, culprit));
}

/* ---- beginning ------------------------------------------------------------------------------- */

static void
test_path_is_of_sender_and_token (BusWorld *world, gconstpointer data)
{
  g_autofree char *sender = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *path = NULL;

  prepare (world);
  sender = g_strdelimit (g_strdup (bus_caller_get_name (world->caller) + 1), ".", '_');
  expected = g_strdup_printf ("/org/claviger/Auth1/authorization/%s/My_token_1", sender);
  path = bus_authorize (world->caller, BUS_ID, "{'handle-token': <'My_token_1'>}");
  g_assert_cmpstr (path, ==, expected);
}

static void
test_path_without_token (BusWorld *world, gconstpointer data)
{
  g_autofree char *sender = NULL;
  g_autofree char *prefix = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  prepare (world);
  sender = g_strdelimit (g_strdup (bus_caller_get_name (world->caller) + 1), ".", '_');
  prefix = g_strdup_printf ("/org/claviger/Auth1/authorization/%s/", sender);
  first = bus_authorize (world->caller, BUS_ID, NULL);
  second = bus_authorize (world->caller, BUS_ID, NULL);
  g_assert_true (g_str_has_prefix (first, prefix));
  g_assert_null (strchr (first + strlen (prefix), '/'));
  g_assert_cmpstr (first, !=, second);
}

static void
assert_property (GVariant *all, const char *name, GVariant *expected)
{
  g_autoptr (GVariant) wanted = g_variant_ref_sink (expected);
  g_autoptr (GVariant) value = g_variant_lookup_value (all, name, NULL);

  g_assert_nonnull (value);
  g_assert_cmpvariant (value, wanted);
}

static void
test_properties (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) all = NULL;
  const char *url = NULL;

  prepare (world);
  path = bus_authorize (world->caller, BUS_ID, "{'timeout': <uint32 90>}");
  answer = bus_call_at (world->caller, path, "org.freedesktop.DBus.Properties", "GetAll",
                        g_variant_new ("(s)", CVG_AUTHORIZATION_INTERFACE), "a{sv}");
  all = g_variant_get_child_value (answer, 0);

  g_assert_cmpuint (g_variant_n_children (all), ==, 7);
  assert_property (all, "InstanceId", g_variant_new_string (BUS_ID));
  assert_property (all, "ServerName", g_variant_new_string ("Confluence"));
  assert_property (all, "RedirectUri", g_variant_new_string (BUS_REDIRECT_URI));
  assert_property (all, "UserCode", g_variant_new_string (""));
  assert_property (all, "Phase", g_variant_new_string ("waiting"));
  assert_property (all, "Deadline", g_variant_new_int64 (BUS_NOW + 90));
  g_assert_true (g_variant_lookup (all, "Url", "&s", &url));
  g_assert_true (g_str_has_prefix (url, "https://idp.invalid/authorize?"));
}

static char *
get_parameter (BusCaller *caller, const char *authorization, const char *name)
{
  g_autofree char *url = bus_get_text (caller, authorization, "Url");
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  g_autoptr (GHashTable) parameters =
      g_uri_parse_params (g_uri_get_query (uri), -1, "&", G_URI_PARAMS_WWW_FORM, NULL);

  return g_strdup (g_hash_table_lookup (parameters, name));
}

static void
assert_parameter (BusCaller *caller, const char *path, const char *name, const char *expected)
{
  g_autofree char *value = get_parameter (caller, path, name);

  g_assert_cmpstr (value, ==, expected);
}

static void
test_options_reach_the_url (BusWorld *world, gconstpointer data)
{
  g_autofree char *plain = NULL;
  g_autofree char *chosen = NULL;

  prepare (world);
  bus_call_nothing (world->caller, "SetClient",
                    g_variant_new_parsed ("('Confluence', 'client-2', "
                                          "{'redirect-uri': <'http://localhost:9000/back'>})"));
  plain = bus_authorize (world->caller, BUS_ID, NULL);
  assert_parameter (world->caller, plain, "client_id", "client-1");
  assert_parameter (world->caller, plain, "scope", "read:me read:page offline_access");
  assert_parameter (world->caller, plain, "redirect_uri", BUS_REDIRECT_URI);
  assert_parameter (world->caller, plain, "response_type", "code");
  assert_parameter (world->caller, plain, "code_challenge_method", "S256");
  assert_parameter (world->caller, plain, "login_hint", NULL);

  chosen = bus_authorize (world->caller, BUS_ID,
                          "{'client-id': <'client-2'>, 'scope': <'a,b c'>, "
                          "'login-hint': <'ada@first.invalid'>}");
  assert_parameter (world->caller, chosen, "client_id", "client-2");
  assert_parameter (world->caller, chosen, "scope", "a b c offline_access");
  assert_parameter (world->caller, chosen, "redirect_uri", "http://localhost:9000/back");
  assert_parameter (world->caller, chosen, "login_hint", "ada@first.invalid");
}

static void
test_default_timeout (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GVariant) deadline = NULL;

  prepare (world);
  path = bus_authorize (world->caller, BUS_ID, NULL);
  deadline = bus_get_property (world->caller, path, CVG_AUTHORIZATION_INTERFACE, "Deadline", "x");
  g_assert_cmpint (g_variant_get_int64 (deadline), ==, BUS_NOW + 600);
}

static void
test_browser_is_opened (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *url = NULL;

  prepare (world);
  path = bus_authorize (world->caller, BUS_ID, "{'activation-token': <'token-1'>}");
  url = bus_get_text (world->caller, path, "Url");
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->inside->browser), ==, 1);
  g_assert_cmpstr (cvg_browser_dummy_get_url (world->inside->browser, 0), ==, url);
  g_assert_cmpstr (cvg_browser_dummy_get_token (world->inside->browser, 0), ==, "token-1");
}

/* No reason to give up: the caller has the URL. */
static void
test_no_browser (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;

  prepare (world);
  cvg_browser_dummy_set_error (world->inside->browser,
                               g_error_new (CVG_ERROR, CVG_ERROR_FAILED, "There is no browser"));
  path = bus_authorize (world->caller, BUS_ID, NULL);
  assert_phase (world->caller, path, "waiting");
}

static void
test_port_in_use (BusWorld *world, gconstpointer data)
{
  BusTrace before = { 0 };

  prepare (world);
  before = bus_world_trace (world);
  cvg_redirect_dummy_set_port_in_use (world->inside->redirect, TRUE);
  bus_call_failure (world->caller, "Authorize",
                    g_variant_new_parsed ("('Confluence', %s, @a{sv} {})", BUS_ID), "PortInUse",
                    "18417");
  bus_world_assert_untouched (world, &before);
}

/* Pasting needs no listener, so that a taken port is no obstacle. */
static void
test_paste_needs_no_port (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;

  prepare (world);
  cvg_redirect_dummy_set_port_in_use (world->inside->redirect, TRUE);
  path = bus_authorize (world->caller, BUS_ID, "{'flow': <'paste'>}");
  redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  bus_world_push_sign_in (world, "1");
  g_clear_pointer (&redirect, g_free);
  redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  g_assert_null (bus_call_at (world->caller, path, CVG_AUTHORIZATION_INTERFACE, "CompleteFromUrl",
                              g_variant_new ("(s)", redirect), ""));
  bus_wait_completed (world->caller, path, "authorized");
}

static void
test_handle_token_in_use (BusWorld *world, gconstpointer data)
{
  BusCaller *other = bus_world_add_caller (world);
  g_autofree char *first = NULL;
  g_autofree char *again = NULL;
  g_autofree char *others = NULL;
  g_autoptr (GVariant) cancelled = NULL;

  prepare (world);
  first = bus_authorize (world->caller, BUS_ID, "{'handle-token': <'t'>}");
  bus_call_failure (world->caller, "Authorize",
                    g_variant_new_parsed ("('Confluence', %s, {'handle-token': <'t'>})", BUS_ID),
                    "InvalidArgument", "handle-token");
  /* Each caller has names of its own. */
  others = bus_authorize (other, BUS_ID, "{'handle-token': <'t'>}");
  g_assert_cmpstr (others, !=, first);

  /* It is in use as long as the object is there, and free after. */
  cancelled = bus_call_at (world->caller, first, CVG_AUTHORIZATION_INTERFACE, "Cancel", NULL, "");
  bus_call_failure (world->caller, "Authorize",
                    g_variant_new_parsed ("('Confluence', %s, {'handle-token': <'t'>})", BUS_ID),
                    "InvalidArgument", "handle-token");
  bus_world_pass (world, 60);
  again = bus_authorize (world->caller, BUS_ID, "{'handle-token': <'t'>}");
  g_assert_cmpstr (again, ==, first);
}

/* Two calls with one token, at a keyring that has to be opened first. */
static void
test_handle_token_comes_into_use (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) first = NULL;
  g_autoptr (BusReply) second = NULL;
  g_autoptr (GVariant) path = NULL;

  prepare (world);
  cvg_vault_dummy_set_state (world->inside->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_hold (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK);
  first = bus_begin (world->caller, "Authorize",
                     g_variant_new_parsed ("('Confluence', %s, {'handle-token': <'t'>})", BUS_ID));
  second = bus_begin (world->caller, "Authorize",
                      g_variant_new_parsed ("('Confluence', %s, {'handle-token': <'t'>})", BUS_ID));
  bus_settle (world->caller);
  cvg_vault_dummy_release (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK);
  path = bus_reply_wait (first, "o");
  bus_reply_wait_failure (second, "InvalidArgument", "handle-token");
  /* Nobody knows of the second: it listens to nothing. */
  g_assert_cmpuint (cvg_redirect_dummy_get_users (world->inside->redirect, BUS_REDIRECT_URI), ==,
                    1);
}

/* ---- the good end ---------------------------------------------------------------------------- */

static void
test_authorized (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;
  g_autofree char *phases = NULL;
  guint visit = 0;

  prepare (world);
  path = bus_authorize (world->caller, BUS_ID, NULL);
  redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET "-code");
  bus_world_push_sign_in (world, "1");
  visit = bus_world_visit (world, redirect);
  bus_wait_completed (world->caller, path, "authorized");

  assert_details (world->caller, NULL, NULL);
  phases = get_told_phases (world->caller, path);
  g_assert_cmpstr (phases, ==, "exchanging storing authorized");
  assert_phase (world->caller, path, "authorized");
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
  g_assert_cmpint (cvg_redirect_dummy_get_page (world->inside->redirect, visit)->mood, ==,
                   CVG_PAGE_SUCCESS);
  g_assert_cmpuint (cvg_redirect_dummy_get_users (world->inside->redirect, BUS_REDIRECT_URI), ==,
                    0);
  g_assert_nonnull (
      strstr (cvg_http_dummy_get_request (world->inside->http, 0)->body, BUS_SECRET "-code"));
}

static void
test_completed_after_the_store (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;
  g_autofree char *status = NULL;
  guint visit = 0;

  prepare (world);
  path = bus_authorize (world->caller, BUS_ID, NULL);
  redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  bus_world_push_sign_in (world, "1");
  cvg_vault_dummy_hold (world->inside->vault, CVG_VAULT_DUMMY_STORE);
  visit = bus_world_visit (world, redirect);
  BUS_WAIT (cvg_vault_dummy_count_held (world->inside->vault, CVG_VAULT_DUMMY_STORE) == 1);

  assert_phase (world->caller, path, "storing");
  g_assert_cmpuint (bus_caller_count (world->caller, "Completed"), ==, 0);
  g_assert_null (cvg_redirect_dummy_get_page (world->inside->redirect, visit));
  status = bus_get_status (world->caller, BUS_ID);
  g_assert_cmpstr (status, ==, "signed-out");

  cvg_vault_dummy_release (world->inside->vault, CVG_VAULT_DUMMY_STORE);
  bus_wait_completed (world->caller, path, "authorized");
  g_assert_nonnull (cvg_vault_dummy_peek (world->inside->vault, CVG_VAULT_CREDENTIALS, BUS_ID));
  g_assert_nonnull (cvg_redirect_dummy_get_page (world->inside->redirect, visit));
}

/* Signing in again: the old credentials serve until the new ones are stored, under the same id. */
static void
test_old_credentials_serve_meanwhile (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;

  prepare (world);
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);
  path = bus_authorize (world->caller, BUS_ID, NULL);
  redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
  bus_world_push_sign_in (world, "2");
  cvg_vault_dummy_hold (world->inside->vault, CVG_VAULT_DUMMY_STORE);
  bus_world_visit (world, redirect);
  BUS_WAIT (cvg_vault_dummy_count_held (world->inside->vault, CVG_VAULT_DUMMY_STORE) == 1);
  bus_assert_token (world->caller, BUS_ID, NULL, "1");

  cvg_vault_dummy_release (world->inside->vault, CVG_VAULT_DUMMY_STORE);
  bus_wait_completed (world->caller, path, "authorized");
  bus_assert_token (world->caller, BUS_ID, NULL, "2");
}

static void
test_redirect_url_is_followed_as_it_is (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;
  const CvgPage *page = NULL;
  guint visit = 0;

  prepare (world);
  path = bus_authorize (world->caller, BUS_ID,
                        "{'redirect-url': <'https://app.invalid/done?a=b%20c&a=d'>}");
  redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  bus_world_push_sign_in (world, "1");
  visit = bus_world_visit (world, redirect);
  bus_wait_completed (world->caller, path, "authorized");
  page = cvg_redirect_dummy_get_page (world->inside->redirect, visit);
  g_assert_cmpuint (page->status, ==, 303);
  g_assert_cmpstr (page->location, ==, "https://app.invalid/done?a=b%20c&a=d");
}

/* ---- the other ends -------------------------------------------------------------------------- */

static void
test_denied (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;
  const CvgPage *page = NULL;
  guint visit = 0;

  prepare (world);
  path = bus_authorize (world->caller, BUS_ID, "{'redirect-url': <'https://app.invalid/done'>}");
  redirect =
      bus_make_redirect (world->caller, path, "error=access_denied&error_description=" BUS_SECRET);
  visit = bus_world_visit (world, redirect);
  bus_wait_completed (world->caller, path, "denied");
  assert_details (world->caller, "Refused", "access_denied");
  assert_phase (world->caller, path, "denied");
  /* The way back is for a success. */
  page = cvg_redirect_dummy_get_page (world->inside->redirect, visit);
  g_assert_null (page->location);
  g_assert_cmpint (page->mood, ==, CVG_PAGE_FAILURE);
}

static void
test_cancelled (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GVariant) first = NULL;
  g_autoptr (GVariant) second = NULL;

  prepare (world);
  path = bus_authorize (world->caller, BUS_ID, NULL);
  first = bus_call_at (world->caller, path, CVG_AUTHORIZATION_INTERFACE, "Cancel", NULL, "");
  bus_wait_completed (world->caller, path, "cancelled");
  assert_details (world->caller, "Cancelled", "cancelled");
  g_assert_cmpuint (cvg_redirect_dummy_get_users (world->inside->redirect, BUS_REDIRECT_URI), ==,
                    0);

  /* Once more does nothing, and is no error. */
  second = bus_call_at (world->caller, path, CVG_AUTHORIZATION_INTERFACE, "Cancel", NULL, "");
  bus_wait_completed (world->caller, path, "cancelled");
}

static void
test_timed_out (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;

  prepare (world);
  path = bus_authorize (world->caller, BUS_ID, "{'timeout': <uint32 30>}");
  bus_world_pass (world, 29);
  assert_phase (world->caller, path, "waiting");
  bus_world_pass (world, 1);
  bus_wait_completed (world->caller, path, "timed-out");
  assert_details (world->caller, "TimedOut", "time");
  assert_phase (world->caller, path, "timed-out");
}

typedef struct
{
  const char *path;
  const char *query; /* of the redirect, besides the state */
  guint status;      /* of the token endpoint; 0: it is not asked */
  const char *body;
  const char *error;
  const char *culprit;
} FailedRow;

static const FailedRow failed_rows[] = {
  /* What the provider says at the redirect. */
  { "scope", "error=invalid_scope", 0, NULL, "Refused", "invalid_scope" },
  { "server", "error=temporarily_unavailable", 0, NULL, "TryLater", "temporarily_unavailable" },
  /* An error code with a secret in it is no code. */
  { "hostile", "error=%22" BUS_SECRET "%22%20ha", 0, NULL, "Refused", "refused" },
  /* What it says to the code. */
  { "code", "code=" BUS_SECRET, 400, "{\"error\":\"invalid_grant\"}", "Refused", "invalid_grant" },
  { "client", "code=" BUS_SECRET, 401, "{\"error\":\"invalid_client\"}", "Refused",
    "invalid_client" },
  { "down", "code=" BUS_SECRET, 503, "{\"error\":\"" BUS_SECRET "\"}", "TryLater", "" },
  { "nonsense", "code=" BUS_SECRET, 200, "[\"" BUS_SECRET "\"]", "TryLater", "" },
  { "no-token", "code=" BUS_SECRET, 200, "{\"access_token\":\"\"}", "TryLater", "" },
};

static void
test_failed (BusWorld *world, gconstpointer data)
{
  const FailedRow *row = data;
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;
  guint visit = 0;

  prepare (world);
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);
  path = bus_authorize (world->caller, BUS_ID, NULL);
  redirect = bus_make_redirect (world->caller, path, row->query);
  if (row->status != 0)
    cvg_http_dummy_push_json (world->inside->http, row->status, row->body);
  visit = bus_world_visit (world, redirect);
  bus_wait_completed (world->caller, path, "failed");
  assert_details (world->caller, row->error, row->culprit);
  assert_phase (world->caller, path, "failed");
  g_assert_cmpint (cvg_redirect_dummy_get_page (world->inside->redirect, visit)->mood, ==,
                   CVG_PAGE_FAILURE);
  /* Whatever went wrong, everybody is where they were before. */
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
}

static void
test_store_fails (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;

  prepare (world);
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);
  path = bus_authorize (world->caller, BUS_ID, NULL);
  redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  bus_world_push_sign_in (world, "2");
  cvg_vault_dummy_fail_next (world->inside->vault, CVG_VAULT_DUMMY_STORE,
                             CVG_ERROR_KEYRING_UNAVAILABLE);
  bus_world_visit (world, redirect);
  bus_wait_completed (world->caller, path, "failed");
  assert_details (world->caller, "KeyringUnavailable", "");
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
}

/* A grant that the person just gave is not thrown away because the keyring was locked meanwhile. */
static void
test_locked_at_the_end (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;

  prepare (world);
  path = bus_authorize (world->caller, BUS_ID, NULL);
  redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  cvg_vault_dummy_set_state (world->inside->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_hold (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK);
  bus_world_push_sign_in (world, "1");
  bus_world_visit (world, redirect);
  BUS_WAIT (cvg_vault_dummy_count_held (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK) == 1);
  assert_phase (world->caller, path, "storing");
  g_assert_cmpuint (bus_caller_count (world->caller, "Completed"), ==, 0);

  cvg_vault_dummy_release (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK);
  bus_wait_completed (world->caller, path, "authorized");
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
}

static void
test_instance_deleted_meanwhile (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GVariant) deleted = NULL;

  prepare (world);
  path = bus_authorize (world->caller, BUS_ID, NULL);
  deleted = bus_call (world->caller, "DeleteInstance",
                      g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "b");
  bus_wait_completed (world->caller, path, "cancelled");
  assert_details (world->caller, "Cancelled", "");
}

/* However many one program begins, there is an end to it, and an end of each makes room. */
static void
test_too_many (BusWorld *world, gconstpointer data)
{
  g_autofree char *first = NULL;
  g_autofree char *again = NULL;
  g_autoptr (GVariant) nothing = NULL;

  prepare (world);
  first = bus_authorize (world->caller, BUS_ID, NULL);
  for (guint i = 1; i < 64; i++)
    g_free (bus_authorize (world->caller, BUS_ID, NULL));
  bus_call_failure (world->caller, "Authorize",
                    g_variant_new_parsed ("('Confluence', %s, @a{sv} {})", BUS_ID), "TryLater",
                    "64");

  nothing = bus_call_at (world->caller, first, CVG_AUTHORIZATION_INTERFACE, "Cancel", NULL, "");
  again = bus_authorize (world->caller, BUS_ID, NULL);
  assert_phase (world->caller, again, "waiting");
}

/* ---- a redirect that is not ours ------------------------------------------------------------- */

static void
test_stray_redirects (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;

  prepare (world);
  path = bus_authorize (world->caller, BUS_ID, NULL);
  redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  cvg_redirect_dummy_visit (world->inside->redirect, BUS_REDIRECT_URI, "");
  cvg_redirect_dummy_visit (world->inside->redirect, BUS_REDIRECT_URI, "code=" BUS_SECRET);
  cvg_redirect_dummy_visit (world->inside->redirect, BUS_REDIRECT_URI,
                            "code=" BUS_SECRET "&state=wrong");
  assert_phase (world->caller, path, "waiting");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 0);

  bus_world_push_sign_in (world, "1");
  bus_world_visit (world, redirect);
  bus_wait_completed (world->caller, path, "authorized");
}

int
main (int argc, char **argv)
{
  bus_tests_init (&argc, &argv);
  BUS_TEST ("/authorize/path-is-of-sender-and-token", test_path_is_of_sender_and_token);
  BUS_TEST ("/authorize/path-without-token", test_path_without_token);
  BUS_TEST ("/authorize/properties", test_properties);
  BUS_TEST ("/authorize/options-reach-the-url", test_options_reach_the_url);
  BUS_TEST ("/authorize/default-timeout", test_default_timeout);
  BUS_TEST ("/authorize/browser-is-opened", test_browser_is_opened);
  BUS_TEST ("/authorize/no-browser", test_no_browser);
  BUS_TEST ("/authorize/port-in-use", test_port_in_use);
  BUS_TEST ("/authorize/paste-needs-no-port", test_paste_needs_no_port);
  BUS_TEST ("/authorize/handle-token-in-use", test_handle_token_in_use);
  BUS_TEST ("/authorize/handle-token-comes-into-use", test_handle_token_comes_into_use);
  BUS_TEST ("/authorize/authorized", test_authorized);
  BUS_TEST ("/authorize/completed-after-the-store", test_completed_after_the_store);
  BUS_TEST ("/authorize/old-credentials-serve-meanwhile", test_old_credentials_serve_meanwhile);
  BUS_TEST ("/authorize/redirect-url-is-followed-as-it-is", test_redirect_url_is_followed_as_it_is);
  BUS_TEST ("/authorize/denied", test_denied);
  BUS_TEST ("/authorize/cancelled", test_cancelled);
  BUS_TEST ("/authorize/timed-out", test_timed_out);
  BUS_TEST ("/authorize/store-fails", test_store_fails);
  BUS_TEST ("/authorize/locked-at-the-end", test_locked_at_the_end);
  BUS_TEST ("/authorize/instance-deleted-meanwhile", test_instance_deleted_meanwhile);
  BUS_TEST ("/authorize/too-many", test_too_many);
  BUS_TEST ("/authorize/stray-redirects", test_stray_redirects);
  for (size_t i = 0; i < G_N_ELEMENTS (failed_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/authorize/failed/", failed_rows[i].path, NULL);

      g_test_add (path, BusWorld, &failed_rows[i], bus_world_set_up, test_failed,
                  bus_world_tear_down);
    }
  return bus_tests_run ();
}
