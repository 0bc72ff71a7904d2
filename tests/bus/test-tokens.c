/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Handing out tokens: from memory while they are good, by one refresh for all who wait, and never
 * one caller's business at the cost of another's.
 */
#include "bus/bus-world.h"

#define CROWD 50

static BusReply *
ask (BusCaller *caller, const char *id, const char *options)
{
  g_autoptr (GVariant) dict = g_variant_ref_sink (g_variant_new_parsed (options));

  return bus_begin (caller, "GetAccessToken", g_variant_new ("(s@a{sv})", id, dict));
}

static void
assert_served (BusReply *reply, const char *name, gint64 expires_at, guint64 serial)
{
  g_autoptr (GVariant) answer = bus_reply_wait (reply, "sxt");
  g_autofree char *expected = g_strconcat (BUS_SECRET "-access-", name, NULL);
  const char *token = NULL;
  gint64 its_expiry = 0;
  guint64 its_serial = 0;

  g_variant_get (answer, "(&sxt)", &token, &its_expiry, &its_serial);
  g_assert_cmpstr (token, ==, expected);
  g_assert_cmpint (its_expiry, ==, expires_at);
  g_assert_cmpuint (its_serial, ==, serial);
}

/* An instance with a client, and with tokens called "1" that are good for an hour. */
static void
prepare (BusWorld *world)
{
  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);
}

static void
prepare_expired (BusWorld *world)
{
  prepare (world);
  bus_world_pass (world, 3600);
}

/* ---- from memory ----------------------------------------------------------------------------- */

static void
test_from_memory (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) reply = NULL;

  prepare (world);
  /* 60 seconds are what is asked for without a word: to the second. */
  bus_world_pass (world, 3540);
  reply = ask (world->caller, BUS_ID, "@a{sv} {}");
  assert_served (reply, "1", BUS_NOW + 3600, 1);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 0);
}

static void
test_default_validity_is_a_minute (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) reply = NULL;

  prepare (world);
  bus_world_pass (world, 3541);
  bus_world_push_tokens (world, "2");
  reply = ask (world->caller, BUS_ID, "@a{sv} {}");
  assert_served (reply, "2", BUS_NOW + 3541 + 3600, 2);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 1);
}

static void
test_min_validity (BusWorld *world, gconstpointer data)
{
  prepare (world);
  bus_world_pass (world, 3599);
  bus_assert_token (world->caller, BUS_ID, "{'min-validity': <uint32 0>}", "1");
  bus_assert_token (world->caller, BUS_ID, "{'min-validity': <uint32 1>}", "1");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 0);
  bus_world_push_tokens (world, "2");
  bus_assert_token (world->caller, BUS_ID, "{'min-validity': <uint32 2>}", "2");
}

static void
test_token_of_an_api_key (BusWorld *world, gconstpointer data)
{
  g_autoptr (GVariant) answer = NULL;
  const char *token = NULL;
  gint64 expires_at = -1;

  bus_create (world->caller, BUS_KEYED_ID, "ada", "Keyed");
  bus_call_nothing (
      world->caller, "SetInstanceAuth",
      g_variant_new_parsed ("(%s, {'api_key': <'" BUS_SECRET "-key'>})", BUS_KEYED_ID));
  answer = bus_call (world->caller, "GetAccessToken",
                     g_variant_new_parsed ("(%s, @a{sv} {})", BUS_KEYED_ID), "sxt");
  g_variant_get (answer, "(&sxt)", &token, &expires_at, NULL);
  g_assert_cmpstr (token, ==, BUS_SECRET "-key");
  g_assert_cmpint (expires_at, ==, 0);
}

/* Several members are no single token; the auth data has them. */
static void
test_no_single_token (BusWorld *world, gconstpointer data)
{
  bus_create (world->caller, BUS_KEYED_ID, "ada", "Keyed");
  bus_call_nothing (world->caller, "SetInstanceAuth",
                    g_variant_new_parsed ("(%s, {'data': <{'user': <'ada'>, 'password': <%s>}>})",
                                          BUS_KEYED_ID, BUS_SECRET));
  bus_call_failure (world->caller, "GetAccessToken",
                    g_variant_new_parsed ("(%s, @a{sv} {})", BUS_KEYED_ID), "Failed", "auth data");
}

/* ---- refreshing ------------------------------------------------------------------------------ */

static void
test_refresh_request (BusWorld *world, gconstpointer data)
{
  const CvgHttpDummyRequest *request = NULL;

  prepare_expired (world);
  bus_world_push_tokens (world, "2");
  bus_assert_token (world->caller, BUS_ID, NULL, "2");
  bus_assert_token (world->caller, BUS_ID, NULL, "2");

  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 1);
  request = cvg_http_dummy_get_request (world->inside->http, 0);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->url, ==, "https://idp.invalid/token");
  g_assert_nonnull (strstr (request->body, BUS_SECRET "-refresh-1"));
  g_assert_nonnull (strstr (request->body, BUS_SECRET "-client"));
}

static void
test_force_refresh (BusWorld *world, gconstpointer data)
{
  prepare (world);
  bus_world_push_tokens (world, "2");
  bus_assert_token (world->caller, BUS_ID, "{'force-refresh': <true>}", "2");
  bus_assert_token (world->caller, BUS_ID, "{'force-refresh': <false>}", "2");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 1);
}

/* Two programs were refused with the same token: the second refusal is of a token that is gone. */
static void
test_rejected_serial (BusWorld *world, gconstpointer data)
{
  prepare (world);
  bus_world_push_tokens (world, "2");
  bus_assert_token (world->caller, BUS_ID, "{'rejected-serial': <uint64 1>}", "2");
  bus_assert_token (world->caller, BUS_ID, "{'rejected-serial': <uint64 1>}", "2");
  bus_assert_token (world->caller, BUS_ID, "{'rejected-serial': <uint64 7>}", "2");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 1);

  bus_world_push_tokens (world, "3");
  bus_assert_token (world->caller, BUS_ID, "{'rejected-serial': <uint64 2>}", "3");
}

static void
test_crowd_gets_one_request (BusWorld *world, gconstpointer data)
{
  g_autoptr (GPtrArray) replies = g_ptr_array_new_with_free_func ((GDestroyNotify) bus_reply_unref);

  prepare_expired (world);
  cvg_http_dummy_set_hold (world->inside->http, TRUE);
  for (int i = 0; i < CROWD; i++)
    g_ptr_array_add (replies, ask (bus_world_add_caller (world), BUS_ID, "@a{sv} {}"));
  for (guint i = 1; i <= CROWD; i++)
    bus_settle (g_ptr_array_index (world->callers, i));
  for (guint i = 0; i < CROWD; i++)
    g_assert_false (((BusReply *) g_ptr_array_index (replies, i))->over);
  BUS_WAIT (cvg_http_dummy_get_held (world->inside->http) == 1);

  bus_world_push_tokens (world, "2");
  cvg_http_dummy_answer (world->inside->http);
  for (guint i = 0; i < CROWD; i++)
    assert_served (g_ptr_array_index (replies, i), "2", BUS_NOW + 7200, 2);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 1);
}

/* The three ways to ask join the same refresh, and each gets its own kind of answer. */
static void
test_all_three_join (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) token = NULL;
  g_autoptr (BusReply) instance = NULL;
  g_autoptr (BusReply) user = NULL;
  g_autoptr (GVariant) of_instance = NULL;
  g_autoptr (GVariant) of_user = NULL;

  prepare_expired (world);
  cvg_http_dummy_set_hold (world->inside->http, TRUE);
  token = ask (world->caller, BUS_ID, "@a{sv} {}");
  instance = bus_begin (world->caller, "GetInstanceAuth",
                        g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID));
  user = bus_begin (world->caller, "GetUserAuth",
                    g_variant_new_parsed ("('ada', 'Confluence', @a{sv} {})"));
  bus_settle (world->caller);
  g_assert_false (token->over || instance->over || user->over);

  bus_world_push_tokens (world, "2");
  cvg_http_dummy_answer (world->inside->http);
  assert_served (token, "2", BUS_NOW + 7200, 2);
  of_instance = bus_reply_wait (instance, "a{sv}");
  of_user = bus_reply_wait (user, "ba{sv}s");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 1);
}

static void
test_who_leaves_is_dropped (BusWorld *world, gconstpointer data)
{
  BusCaller *leaver = NULL;
  BusCaller *stayer = NULL;
  g_autoptr (BusReply) lost = NULL;
  g_autoptr (BusReply) kept = NULL;

  prepare_expired (world);
  leaver = bus_world_add_caller (world);
  stayer = bus_world_add_caller (world);
  cvg_http_dummy_set_hold (world->inside->http, TRUE);
  /* The one that began it leaves. */
  lost = ask (leaver, BUS_ID, "@a{sv} {}");
  bus_settle (leaver);
  kept = ask (stayer, BUS_ID, "@a{sv} {}");
  bus_settle (stayer);
  bus_caller_leave (leaver);
  bus_settle (stayer);
  g_assert_false (kept->over);

  bus_world_push_tokens (world, "2");
  cvg_http_dummy_answer (world->inside->http);
  assert_served (kept, "2", BUS_NOW + 7200, 2);
  g_assert_null (lost->message);
}

/* Nobody waits any more, and still the answer is kept: the old refresh token may be dead. */
static void
test_nobody_waits (BusWorld *world, gconstpointer data)
{
  BusCaller *leaver = NULL;
  g_autoptr (BusReply) lost = NULL;

  prepare_expired (world);
  leaver = bus_world_add_caller (world);
  cvg_http_dummy_set_hold (world->inside->http, TRUE);
  lost = ask (leaver, BUS_ID, "@a{sv} {}");
  bus_settle (leaver);
  bus_caller_leave (leaver);
  bus_settle (world->caller);
  BUS_WAIT (cvg_http_dummy_get_held (world->inside->http) == 1);

  bus_world_push_tokens (world, "2");
  cvg_http_dummy_answer (world->inside->http);
  bus_assert_token (world->caller, BUS_ID, NULL, "2");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 1);
}

static void
test_others_are_not_held_up (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) slow = NULL;

  prepare_expired (world);
  bus_create (world->caller, BUS_OTHER_ID, "bob", "Confluence");
  bus_set_tokens (world->caller, BUS_OTHER_ID, "9", 3600);
  cvg_http_dummy_set_hold (world->inside->http, TRUE);
  slow = ask (world->caller, BUS_ID, "@a{sv} {}");

  bus_assert_token (world->caller, BUS_OTHER_ID, NULL, "9");
  BUS_WAIT (cvg_http_dummy_get_held (world->inside->http) == 1);
  g_assert_false (slow->over);
  bus_world_push_tokens (world, "2");
  cvg_http_dummy_answer (world->inside->http);
  assert_served (slow, "2", BUS_NOW + 7200, 2);
}

/* The refresh under way does not take the token away from who can still use it. */
static void
test_forced_refresh_holds_up_nobody (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) slow = NULL;

  prepare (world);
  cvg_http_dummy_set_hold (world->inside->http, TRUE);
  slow = ask (world->caller, BUS_ID, "{'force-refresh': <true>}");
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
  g_assert_false (slow->over);
  bus_world_push_tokens (world, "2");
  cvg_http_dummy_answer (world->inside->http);
  assert_served (slow, "2", BUS_NOW + 3600, 2);
}

/* ---- when it does not work ------------------------------------------------------------------- */

static void
test_try_later_has_the_seconds (BusWorld *world, gconstpointer data)
{
  g_autofree char *status = NULL;

  prepare_expired (world);
  cvg_http_dummy_push (world->inside->http, 429, "application/json", 30, "{}");
  bus_call_failure (world->caller, "GetAccessToken",
                    g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "TryLater", "30 seconds");
  status = bus_get_status (world->caller, BUS_ID);
  g_assert_cmpstr (status, ==, "unreachable");

  /* Who asks before that is told how long it still is, and the server is left alone. */
  bus_world_pass (world, 10);
  bus_call_failure (world->caller, "GetAccessToken",
                    g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "TryLater", "20 seconds");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 1);

  bus_world_pass (world, 20);
  bus_world_push_tokens (world, "2");
  bus_assert_token (world->caller, BUS_ID, NULL, "2");
}

static void
assert_still_there (BusWorld *world)
{
  /* Right after a failure nobody is asked again. */
  cvg_clock_dummy_advance (world->inside->clock, 60 * G_USEC_PER_SEC);
  bus_world_push_tokens (world, "2");
  bus_assert_token (world->caller, BUS_ID, NULL, "2");
}

static void
test_no_network (BusWorld *world, gconstpointer data)
{
  prepare_expired (world);
  cvg_http_dummy_push_error (world->inside->http,
                             g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "There is no network"));
  bus_call_failure (world->caller, "GetInstanceAuth",
                    g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "TryLater", "network");
  assert_still_there (world);
}

static void
test_captive_portal (BusWorld *world, gconstpointer data)
{
  prepare_expired (world);
  cvg_http_dummy_push (world->inside->http, 200, "text/html", 0, "<html>" BUS_SECRET "</html>");
  bus_call_failure (world->caller, "GetUserAuth",
                    g_variant_new_parsed ("('ada', 'Confluence', @a{sv} {})"), "TryLater", "");
  assert_still_there (world);
}

static void
test_refused (BusWorld *world, gconstpointer data)
{
  prepare_expired (world);
  cvg_http_dummy_push_json (world->inside->http, 401,
                            "{\"error\":\"invalid_client\",\"error_description\":\"" BUS_SECRET
                            "\"}");
  bus_call_failure (world->caller, "GetAccessToken",
                    g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "Refused", "invalid_client");
  assert_still_there (world);
}

typedef struct
{
  GQuark (*domain) (void);
  int code;
  const char *error;
  const char *culprit;
} ForeignRow;

static const ForeignRow foreign_rows[] = {
  /* What a library says is for the journal: it may name hosts and files. */
  { g_io_error_quark, G_IO_ERROR_FAILED, "Failed", "journal" },
  { g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE, "Failed", "journal" },
  { g_file_error_quark, G_FILE_ERROR_NOENT, "Failed", "journal" },
  /* Our own stop. */
  { g_io_error_quark, G_IO_ERROR_CANCELLED, "TryLater", "stopping" },
};

static void
test_foreign_errors_stay_inside (BusWorld *world, gconstpointer data)
{
  /* Each of them is a warning in the journal, and rightly so. */
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);

  prepare_expired (world);
  for (size_t i = 0; i < G_N_ELEMENTS (foreign_rows); i++)
    {
      const ForeignRow *row = &foreign_rows[i];
      g_autoptr (GVariant) instance = NULL;
      g_autofree char *text = NULL;

      cvg_http_dummy_push_error (world->inside->http,
                                 g_error_new (row->domain (), row->code, "of " BUS_SECRET));
      bus_call_failure (world->caller, "GetAccessToken",
                        g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), row->error, row->culprit);
      instance = bus_find_instance (world->caller, BUS_ID);
      text = g_variant_print (instance, FALSE);
      g_assert_null (strstr (text, BUS_SECRET));
      /* Who comes at once is told the same, and the server not asked. */
      cvg_clock_dummy_advance (world->inside->clock, 60 * G_USEC_PER_SEC);
    }
  g_log_set_always_fatal (fatal);
  assert_still_there (world);
}

/* A dead grant stays dead, without a word to the server, until the person mends it. */
static void
test_dead_grant (BusWorld *world, gconstpointer data)
{
  prepare_expired (world);
  cvg_http_dummy_push_json (world->inside->http, 403, "{\"error\":\"invalid_grant\"}");
  bus_call_failure (world->caller, "GetAccessToken",
                    g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "NeedsSignIn",
                    "sign in again");
  bus_call_failure (world->caller, "GetInstanceAuth",
                    g_variant_new_parsed ("(%s, {'force-refresh': <true>})", BUS_ID), "NeedsSignIn",
                    BUS_ID);
  bus_call_failure (world->caller, "GetUserAuth",
                    g_variant_new_parsed ("('ada', 'Confluence', @a{sv} {})"), "NeedsSignIn",
                    BUS_ID);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 1);

  bus_world_sign_in (world, world->caller, BUS_ID, "2");
  bus_assert_token (world->caller, BUS_ID, NULL, "2");
}

static void
test_no_refresh_token (BusWorld *world, gconstpointer data)
{
  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_call_nothing (world->caller, "SetInstanceAuth",
                    g_variant_new_parsed ("(%s, {'access_token': <'" BUS_SECRET "-access-1'>, "
                                          "'expires_in': <int64 100>})",
                                          BUS_ID));
  bus_world_pass (world, 99);
  bus_assert_token (world->caller, BUS_ID, NULL, "1");
  bus_world_pass (world, 1);
  bus_call_failure (world->caller, "GetAccessToken",
                    g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "NeedsSignIn",
                    "refresh token");
}

/* D-Bus clients give up after 25 seconds; before that they hear that it goes on. */
static void
test_slow_server (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) reply = NULL;

  prepare_expired (world);
  cvg_http_dummy_set_hold (world->inside->http, TRUE);
  reply = ask (world->caller, BUS_ID, "@a{sv} {}");
  bus_settle (world->caller);
  bus_world_pass (world, 23);
  bus_settle (world->caller);
  g_assert_false (reply->over);
  bus_world_pass (world, 1);
  bus_reply_wait_failure (reply, "TryLater", "the refresh goes on");

  bus_world_push_tokens (world, "2");
  cvg_http_dummy_answer (world->inside->http);
  bus_assert_token (world->caller, BUS_ID, NULL, "2");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 1);
}

/* What was replaced meanwhile is not brought back by an answer that comes late, and who waited for
 * the old one gets the new one. */
static void
test_replaced_during_the_refresh (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) reply = NULL;
  g_autoptr (GVariant) answer = NULL;

  prepare_expired (world);
  cvg_http_dummy_set_hold (world->inside->http, TRUE);
  reply = ask (world->caller, BUS_ID, "@a{sv} {}");
  bus_settle (world->caller);
  bus_set_tokens (world->caller, BUS_ID, "7", 3600);
  bus_world_push_tokens (world, "2");
  cvg_http_dummy_answer (world->inside->http);
  answer = bus_reply_wait (reply, "sxt");
  g_assert_nonnull (answer);
  bus_assert_token (world->caller, BUS_ID, NULL, "7");
}

static void
test_deleted_during_the_refresh (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) reply = NULL;
  g_autoptr (GVariant) deleted = NULL;

  prepare_expired (world);
  cvg_http_dummy_set_hold (world->inside->http, TRUE);
  reply = ask (world->caller, BUS_ID, "@a{sv} {}");
  bus_settle (world->caller);
  deleted = bus_call (world->caller, "DeleteInstance",
                      g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "b");
  bus_world_push_tokens (world, "2");
  cvg_http_dummy_answer (world->inside->http);
  bus_reply_wait_failure (reply, "NotFound", BUS_ID);
  g_assert_null (cvg_vault_dummy_peek (world->inside->vault, CVG_VAULT_CREDENTIALS, BUS_ID));
}

/* It is handed out after it is safe, not before; and then it does not wait for the keyring. */
static void
test_safe_before_it_is_handed_out (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) reply = NULL;

  prepare_expired (world);
  cvg_vault_dummy_hold (world->inside->vault, CVG_VAULT_DUMMY_STORE);
  cvg_http_dummy_set_hold (world->inside->http, TRUE);
  bus_world_push_tokens (world, "2");
  reply = ask (world->caller, BUS_ID, "@a{sv} {}");
  BUS_WAIT (cvg_http_dummy_get_held (world->inside->http) == 1);
  cvg_journal_dummy_hold (world->inside->journal, CVG_JOURNAL_DUMMY_WRITE);
  cvg_http_dummy_answer (world->inside->http);
  BUS_WAIT (cvg_journal_dummy_count_held (world->inside->journal, CVG_JOURNAL_DUMMY_WRITE) == 1);
  bus_settle (world->caller);
  g_assert_false (reply->over);
  cvg_journal_dummy_release (world->inside->journal, CVG_JOURNAL_DUMMY_WRITE);
  assert_served (reply, "2", BUS_NOW + 7200, 2);
  BUS_WAIT (cvg_vault_dummy_count_held (world->inside->vault, CVG_VAULT_DUMMY_STORE) == 1);
  cvg_vault_dummy_release (world->inside->vault, CVG_VAULT_DUMMY_STORE);
}

/* ---- what a server may put into an answer ---------------------------------------------------- */

/* A bus throws out who sends a message that is nested too deeply; what is as deep as an answer may
 * be is still a message. */
static void
test_nested_members (BusWorld *world, gconstpointer data)
{
  g_autoptr (GString) json =
      g_string_new ("{\"access_token\":\"" BUS_SECRET "-access-2\",\"expires_in\":3600,\"a\":");
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) auth_data = NULL;
  g_autoptr (GVariant) nested = NULL;

  for (guint i = 0; i < 15; i++)
    g_string_append (json, "{\"a\":");
  g_string_append (json, "1");
  for (guint i = 0; i < 16; i++)
    g_string_append_c (json, '}');
  prepare_expired (world);
  cvg_http_dummy_push_json (world->inside->http, 200, json->str);

  answer = bus_call (world->caller, "GetInstanceAuth",
                     g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "a{sv}");
  auth_data = g_variant_get_child_value (answer, 0);
  nested = g_variant_lookup_value (auth_data, "a", G_VARIANT_TYPE_VARDICT);
  g_assert_nonnull (nested);
  bus_assert_token (world->caller, BUS_ID, "@a{sv} {}", "2");
}

int
main (int argc, char **argv)
{
  bus_tests_init (&argc, &argv);
  BUS_TEST ("/tokens/from-memory", test_from_memory);
  BUS_TEST ("/tokens/default-validity-is-a-minute", test_default_validity_is_a_minute);
  BUS_TEST ("/tokens/min-validity", test_min_validity);
  BUS_TEST ("/tokens/token-of-an-api-key", test_token_of_an_api_key);
  BUS_TEST ("/tokens/no-single-token", test_no_single_token);
  BUS_TEST ("/tokens/refresh-request", test_refresh_request);
  BUS_TEST ("/tokens/force-refresh", test_force_refresh);
  BUS_TEST ("/tokens/rejected-serial", test_rejected_serial);
  BUS_TEST ("/tokens/crowd-gets-one-request", test_crowd_gets_one_request);
  BUS_TEST ("/tokens/all-three-join", test_all_three_join);
  BUS_TEST ("/tokens/who-leaves-is-dropped", test_who_leaves_is_dropped);
  BUS_TEST ("/tokens/nobody-waits", test_nobody_waits);
  BUS_TEST ("/tokens/others-are-not-held-up", test_others_are_not_held_up);
  BUS_TEST ("/tokens/forced-refresh-holds-up-nobody", test_forced_refresh_holds_up_nobody);
  BUS_TEST ("/tokens/try-later-has-the-seconds", test_try_later_has_the_seconds);
  BUS_TEST ("/tokens/no-network", test_no_network);
  BUS_TEST ("/tokens/captive-portal", test_captive_portal);
  BUS_TEST ("/tokens/refused", test_refused);
  BUS_TEST ("/tokens/foreign-errors-stay-inside", test_foreign_errors_stay_inside);
  BUS_TEST ("/tokens/dead-grant", test_dead_grant);
  BUS_TEST ("/tokens/no-refresh-token", test_no_refresh_token);
  BUS_TEST ("/tokens/slow-server", test_slow_server);
  BUS_TEST ("/tokens/replaced-during-the-refresh", test_replaced_during_the_refresh);
  BUS_TEST ("/tokens/deleted-during-the-refresh", test_deleted_during_the_refresh);
  BUS_TEST ("/tokens/safe-before-it-is-handed-out", test_safe_before_it_is_handed_out);
  BUS_TEST ("/tokens/nested-members", test_nested_members);
  return bus_tests_run ();
}
