/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ways in beside a listener on this machine, as a caller sees them.
 */
#include "bus/bus-world.h"

#define SERVER "Coded Desk"
#define HTTPS_REDIRECT_URI "https://desk.invalid/callback"
#define URL "https://idp.invalid/go"
#define COMPLETE_URL "https://idp.invalid/go?c=WDJB-MJHT"

static void
prepare (BusWorld *world, const char *client)
{
  g_autofree char *arguments = g_strdup_printf ("('" SERVER "', 'client-1', %s)", client);

  bus_call_nothing (world->caller, "SetClient", g_variant_new_parsed (arguments));
  bus_create (world->caller, BUS_ID, "ada", SERVER);
}

static void
push_codes (BusWorld *world)
{
  cvg_http_dummy_push_json (world->inside->http, 200,
                            "{\"device_code\":\"" BUS_SECRET "\",\"user_code\":\"WDJB-MJHT\","
                            "\"verification_uri\":\"" URL "\",\"verification_uri_complete\":"
                            "\"" COMPLETE_URL "\",\"expires_in\":300}");
}

static GVariant *
arguments_of (const char *options)
{
  g_autoptr (GVariant) dict = g_variant_ref_sink (g_variant_new_parsed (options));

  return g_variant_new ("(ss@a{sv})", SERVER, BUS_ID, dict);
}

static char *
authorize (BusWorld *world, const char *options)
{
  g_autoptr (GVariant) answer = bus_call (world->caller, "Authorize", arguments_of (options), "o");
  char *path = NULL;

  g_variant_get (answer, "(o)", &path);
  return path;
}

static void
assert_text (BusWorld *world, const char *path, const char *property, const char *expected)
{
  g_autofree char *text = bus_get_text (world->caller, path, property);

  g_assert_cmpstr (text, ==, expected);
}

static void
refuse_address (BusWorld *world, const char *path, const char *url, const char *culprit)
{
  g_autoptr (BusReply) reply = bus_begin_at (world->caller, path, CVG_AUTHORIZATION_INTERFACE,
                                             "CompleteFromUrl", g_variant_new ("(s)", url));

  bus_reply_wait_failure (reply, "InvalidArgument", culprit);
}

/* ---- by device code -------------------------------------------------------------------------- */

static void
test_device (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GVariant) deadline = NULL;

  prepare (world, "@a{sv} {}");
  push_codes (world);
  path = authorize (world, "{'flow': <'device'>}");
  assert_text (world, path, "Url", COMPLETE_URL);
  assert_text (world, path, "UserCode", "WDJB-MJHT");
  assert_text (world, path, "RedirectUri", "");
  assert_text (world, path, "Phase", "waiting");
  deadline = bus_get_property (world->caller, path, CVG_AUTHORIZATION_INTERFACE, "Deadline", "x");
  g_assert_cmpint (g_variant_get_int64 (deadline), ==, BUS_NOW + 300);
  g_assert_cmpstr (cvg_browser_dummy_get_url (world->inside->browser, 0), ==, COMPLETE_URL);

  bus_world_push_tokens (world, "1");
  bus_world_pass (world, 5);
  bus_wait_completed (world->caller, path, "authorized");
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
  /* Nothing that is no longer good for anything vanishes under a late reader. */
  assert_text (world, path, "UserCode", "WDJB-MJHT");
}

static void
test_device_denied (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;

  prepare (world, "@a{sv} {}");
  push_codes (world);
  path = authorize (world, "{'flow': <'device'>, 'open-browser': <false>}");
  cvg_http_dummy_push_json (world->inside->http, 400, "{\"error\":\"access_denied\"}");
  bus_world_pass (world, 5);
  bus_wait_completed (world->caller, path, "denied");
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->inside->browser), ==, 0);
}

static void
test_device_not_begun (BusWorld *world, gconstpointer data)
{
  prepare (world, "@a{sv} {}");
  cvg_http_dummy_push_json (world->inside->http, 400, "{\"error\":\"unauthorized_client\"}");
  bus_call_failure (world->caller, "Authorize", arguments_of ("{'flow': <'device'>}"), "Refused",
                    "device code");
  cvg_http_dummy_push_json (world->inside->http, 503, "");
  bus_call_failure (world->caller, "Authorize", arguments_of ("{'flow': <'device'>}"), "TryLater",
                    SERVER);
}

static void
test_device_takes_no_address (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;

  prepare (world, "@a{sv} {}");
  push_codes (world);
  path = authorize (world, "{'flow': <'device'>}");
  refuse_address (world, path, COMPLETE_URL, "by a code");
  assert_text (world, path, "Phase", "waiting");
}

static void
test_device_caller_leaves (BusWorld *world, gconstpointer data)
{
  BusCaller *caller = bus_world_add_caller (world);
  g_autoptr (GVariant) answer = NULL;

  prepare (world, "@a{sv} {}");
  push_codes (world);
  answer = bus_call (caller, "Authorize", arguments_of ("{'flow': <'device'>}"), "o");
  g_assert_false (cvg_agent_is_idle (world->inside->agent));
  bus_caller_leave (caller);
  BUS_WAIT (cvg_agent_is_idle (world->inside->agent));
  bus_world_pass (world, 300);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 1);
}

/* ---- over https ------------------------------------------------------------------------------ */

static void
test_https (BusWorld *world, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *redirect = NULL;
  g_autofree char *elsewhere = NULL;

  prepare (world, "{'redirect-uri': <'" HTTPS_REDIRECT_URI "'>}");
  bus_call_failure (world->caller, "Authorize", arguments_of ("{'flow': <'loopback'>}"),
                    "InvalidArgument", "paste");
  /* Nobody says how, and there is one way only. */
  path = authorize (world, "@a{sv} {}");
  assert_text (world, path, "RedirectUri", HTTPS_REDIRECT_URI);
  assert_text (world, path, "UserCode", "");
  g_assert_cmpuint (cvg_redirect_dummy_get_opened (world->inside->redirect), ==, 0);

  redirect = bus_make_redirect (world->caller, path, "code=" BUS_SECRET);
  elsewhere = g_strconcat ("http", redirect + strlen ("https"), NULL);
  refuse_address (world, path, elsewhere, "scheme");
  refuse_address (world, path, HTTPS_REDIRECT_URI "?code=" BUS_SECRET "&state=x",
                  "another sign-in");
  bus_world_push_tokens (world, "1");
  g_assert_null (bus_call_at (world->caller, path, CVG_AUTHORIZATION_INTERFACE, "CompleteFromUrl",
                              g_variant_new ("(s)", redirect), ""));
  bus_wait_completed (world->caller, path, "authorized");
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
}

int
main (int argc, char *argv[])
{
  bus_tests_init (&argc, &argv);
  BUS_TEST ("/flows/device", test_device);
  BUS_TEST ("/flows/device/denied", test_device_denied);
  BUS_TEST ("/flows/device/not-begun", test_device_not_begun);
  BUS_TEST ("/flows/device/takes-no-address", test_device_takes_no_address);
  BUS_TEST ("/flows/device/caller-leaves", test_device_caller_leaves);
  BUS_TEST ("/flows/https", test_https);
  return bus_tests_run ();
}
