/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A keyring that is locked or gone: each method that needs it says so as such, changes nothing, and
 * works again when it is back. None of it is ever "sign in again".
 */
#include "bus/bus-world.h"

#define ID "'" BUS_ID "'"
#define NONE "@a{sv} {}"

typedef struct
{
  const char *path;
  const char *method;
  const char *arguments;
  const char *signature; /* of the answer */
} Row;

static const Row rows[] = {
  { "GetInstanceAuth", "GetInstanceAuth", "(" ID ", " NONE ")", "a{sv}" },
  { "GetUserAuth", "GetUserAuth", "('ada', 'Confluence', " NONE ")", "ba{sv}s" },
  { "GetAccessToken", "GetAccessToken", "(" ID ", " NONE ")", "sxt" },
  { "Authorize", "Authorize", "('Confluence', " ID ", " NONE ")", "o" },
  { "SetInstanceAuth", "SetInstanceAuth", "(" ID ", {'token': <'" BUS_SECRET "'>})", "" },
  { "SetUserAuth", "SetUserAuth", "('ada', 'Confluence', {'token': <'" BUS_SECRET "'>})", "s" },
  { "SetUserAuth-of-somebody-new", "SetUserAuth", "('new', 'Keyed', {'token': <'" BUS_SECRET "'>})",
    "s" },
  { "DeleteInstanceAuth", "DeleteInstanceAuth", "(" ID ", " NONE ")", "b" },
  { "DeleteUserAuth", "DeleteUserAuth", "('ada', 'Confluence', " NONE ")", "b" },
  { "DeleteInstance", "DeleteInstance", "(" ID ", " NONE ")", "b" },
  { "SelectResource", "SelectResource", "(" ID ", 'site-1')", "" },
  { "SetClient", "SetClient", "('Confluence', 'c', {'client-secret': <'" BUS_SECRET "'>})", "" },
  { "SetClient-takes-a-secret-away", "SetClient",
    "('Confluence', 'client-1', {'client-secret': <''>})", "" },
  { "DeleteClient", "DeleteClient", "('Confluence', 'client-2')", "" },
};

/* Of the rows, those that may be told not to ask the person. */
static const Row quiet_rows[] = {
  { "GetInstanceAuth", "GetInstanceAuth", "(" ID ", {'interactive': <false>})", "a{sv}" },
  { "GetUserAuth", "GetUserAuth", "('ada', 'Confluence', {'interactive': <false>})", "ba{sv}s" },
  { "GetAccessToken", "GetAccessToken", "(" ID ", {'interactive': <false>})", "sxt" },
};

static guint
count_prompts (BusWorld *world)
{
  return cvg_vault_dummy_count_calls (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK);
}

/* A client with a secret, an instance that is signed in, another client; then the keyring goes into
 * @state. */
static BusTrace
prepare (BusWorld *world, CvgVaultState state)
{
  bus_add_client (world->caller);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  bus_world_sign_in (world, world->caller, BUS_ID, "1");
  bus_call_nothing (world->caller, "SetClient",
                    g_variant_new_parsed ("('Confluence', 'client-2', "
                                          "{'client-secret': <'" BUS_SECRET "'>})"));
  cvg_vault_dummy_set_state (world->inside->vault, state);
  return bus_world_trace (world);
}

static void
assert_fails_and_changes_nothing (BusWorld *world,
                                  const Row *row,
                                  const BusTrace *before,
                                  const char *error)
{
  bus_call_failure (world->caller, row->method, g_variant_new_parsed (row->arguments), error,
                    "keyring");
  bus_world_assert_untouched (world, before);
}

static void
assert_works_when_it_is_back (BusWorld *world, const Row *row)
{
  g_autoptr (GVariant) answer = NULL;

  cvg_vault_dummy_set_state (world->inside->vault, CVG_VAULT_UNLOCKED);
  answer =
      bus_call (world->caller, row->method, g_variant_new_parsed (row->arguments), row->signature);
}

/* The real keyring's sentence is not the dummy's: what matters is the name. */
static void
test_dismissed (BusWorld *world, gconstpointer data)
{
  const Row *row = data;
  const BusTrace before = prepare (world, CVG_VAULT_LOCKED);
  g_autoptr (BusReply) reply = NULL;

  cvg_vault_dummy_fail_next (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK,
                             CVG_ERROR_KEYRING_LOCKED);
  reply = bus_begin (world->caller, row->method, g_variant_new_parsed (row->arguments));
  bus_reply_wait_failure (reply, "KeyringLocked", "");
  g_assert_cmpuint (count_prompts (world), ==, 1);
  bus_world_assert_untouched (world, &before);
  assert_works_when_it_is_back (world, row);
}

static void
test_unavailable (BusWorld *world, gconstpointer data)
{
  const Row *row = data;
  const BusTrace before = prepare (world, CVG_VAULT_UNAVAILABLE);

  assert_fails_and_changes_nothing (world, row, &before, "KeyringUnavailable");
  assert_works_when_it_is_back (world, row);
}

static void
test_unlocked_by_the_prompt (BusWorld *world, gconstpointer data)
{
  const Row *row = data;
  g_autoptr (BusReply) reply = NULL;
  g_autoptr (GVariant) answer = NULL;

  prepare (world, CVG_VAULT_LOCKED);
  cvg_vault_dummy_hold (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK);
  reply = bus_begin (world->caller, row->method, g_variant_new_parsed (row->arguments));
  bus_settle (world->caller);
  g_assert_cmpuint (count_prompts (world), ==, 1);
  g_assert_false (reply->over);

  cvg_vault_dummy_release (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK);
  answer = bus_reply_wait (reply, row->signature);
}

static void
test_quiet (BusWorld *world, gconstpointer data)
{
  const Row *row = data;
  const BusTrace before = prepare (world, CVG_VAULT_LOCKED);

  assert_fails_and_changes_nothing (world, row, &before, "KeyringLocked");
  g_assert_cmpuint (count_prompts (world), ==, 0);
  assert_works_when_it_is_back (world, row);
}

/* A call that fails anyway asks nobody for a password. */
static void
test_wrong_arguments_do_not_prompt (BusWorld *world, gconstpointer data)
{
  static const char *const calls[][2] = {
    { "GetAccessToken", "(" ID ", {'min-validity': <'60'>})" },
    { "Authorize", "('Confluence', " ID ", {'timeout': <uint32 0>})" },
    { "Authorize", "('Confluence', " ID ", {'redirect-url': <'javascript:1'>})" },
    { "SetInstanceAuth", "(" ID ", " NONE ")" },
    { "SetUserAuth", "('', 'Keyed', {'token': <'" BUS_SECRET "'>})" },
    { "DeleteInstance", "(" ID ", {'revoke': <1>})" },
    { "SetClient", "('Confluence', '', {'client-secret': <'" BUS_SECRET "'>})" },
  };

  prepare (world, CVG_VAULT_LOCKED);
  for (size_t i = 0; i < G_N_ELEMENTS (calls); i++)
    bus_call_failure (world->caller, calls[i][0], g_variant_new_parsed (calls[i][1]),
                      "InvalidArgument", "");
  g_assert_cmpuint (count_prompts (world), ==, 0);
}

/* ---- one prompt for all ---------------------------------------------------------------------- */

static void
test_one_prompt (BusWorld *world, gconstpointer data)
{
  BusCaller *other = bus_world_add_caller (world);
  g_autoptr (BusReply) first = NULL;
  g_autoptr (BusReply) second = NULL;
  g_autoptr (GVariant) token = NULL;

  prepare (world, CVG_VAULT_LOCKED);
  cvg_vault_dummy_hold (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK);
  first =
      bus_begin (world->caller, "GetAccessToken", g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID));
  second = bus_begin (other, "GetAccessToken", g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID));
  bus_settle (world->caller);
  bus_settle (other);
  g_assert_cmpuint (count_prompts (world), ==, 1);

  /* Who asked first leaves; the prompt stays up for the other. */
  bus_caller_leave (world->caller);
  bus_settle (other);
  g_assert_cmpuint (cvg_vault_dummy_count_held (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK), ==,
                    1);
  cvg_vault_dummy_release (world->inside->vault, CVG_VAULT_DUMMY_UNLOCK);
  token = bus_reply_wait (second, "sxt");
  g_assert_null (first->message);
}

/* ---- what needs no keyring ------------------------------------------------------------------- */

static void
test_listing_while_locked (BusWorld *world, gconstpointer data)
{
  static const char *const keys[] = { "instance-id", "user-id", "server-name", "owner",
                                      "kind",        "status",  NULL };
  g_autoptr (GVariant) instance = NULL;
  g_autoptr (GVariant) clients = NULL;
  g_autofree char *text = NULL;
  g_autofree char *status = NULL;
  GVariantIter iter;
  const char *key = NULL;

  prepare (world, CVG_VAULT_LOCKED);
  status = bus_get_status (world->caller, BUS_ID);
  g_assert_cmpstr (status, ==, "keyring-locked");
  instance = bus_find_instance (world->caller, BUS_ID);
  g_variant_iter_init (&iter, instance);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, NULL))
    if (!g_strv_contains (keys, key))
      g_error ("A locked instance has %s", key);

  clients = bus_call (world->caller, "ListClients", g_variant_new ("(s)", ""), "aa{sv}");
  text = g_variant_print (clients, FALSE);
  g_assert_null (strstr (text, BUS_SECRET));
  g_assert_cmpuint (count_prompts (world), ==, 0);
}

/* An instance that never signed in has nothing in the keyring, and asks nobody to unlock it. */
static void
test_signed_out_while_locked (BusWorld *world, gconstpointer data)
{
  g_autoptr (GVariant) deleted = NULL;
  g_autofree char *status = NULL;

  prepare (world, CVG_VAULT_LOCKED);
  bus_create (world->caller, BUS_OTHER_ID, "bob", "Confluence");
  status = bus_get_status (world->caller, BUS_OTHER_ID);
  g_assert_cmpstr (status, ==, "signed-out");
  bus_call_failure (world->caller, "GetAccessToken",
                    g_variant_new_parsed ("(%s, @a{sv} {})", BUS_OTHER_ID), "NotSignedIn",
                    BUS_OTHER_ID);
  deleted = bus_call (world->caller, "DeleteInstance",
                      g_variant_new_parsed ("(%s, @a{sv} {})", BUS_OTHER_ID), "b");
  bus_call_nothing (world->caller, "SetClient",
                    g_variant_new_parsed ("('Confluence', 'public', {'label': <'No secret'>})"));
  g_assert_cmpuint (count_prompts (world), ==, 0);
}

static void
assert_told (BusCaller *caller, const char *status)
{
  const BusSignal *signal = NULL;
  const char *told = NULL;

  bus_settle (caller);
  signal = bus_caller_get_last (caller, "InstanceChanged");
  g_variant_get (signal->parameters, "(&s&s)", NULL, &told);
  g_assert_cmpstr (told, ==, status);
}

static void
test_lock_is_told (BusWorld *world, gconstpointer data)
{
  guint before = 0;

  prepare (world, CVG_VAULT_LOCKED);
  assert_told (world->caller, "keyring-locked");
  before = bus_caller_count (world->caller, "InstanceChanged");
  cvg_vault_dummy_set_state (world->inside->vault, CVG_VAULT_UNLOCKED);
  BUS_WAIT (cvg_keeper_is_open (cvg_agent_get_keeper (world->inside->agent)));
  g_assert_cmpuint (bus_caller_count (world->caller, "InstanceChanged"), >=, before);
  assert_told (world->caller, "active");
}

/* A token that could not be stored is the only one that works: it is kept and handed out. */
static void
test_locked_during_a_refresh (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) reply = NULL;
  g_autoptr (GVariant) answer = NULL;

  prepare (world, CVG_VAULT_UNLOCKED);
  cvg_http_dummy_set_hold (world->inside->http, TRUE);
  reply = bus_begin (world->caller, "GetAccessToken",
                     g_variant_new_parsed ("(%s, {'force-refresh': <true>})", BUS_ID));
  bus_settle (world->caller);
  cvg_vault_dummy_set_state (world->inside->vault, CVG_VAULT_LOCKED);
  bus_world_push_tokens (world, "2");
  cvg_http_dummy_answer (world->inside->http);
  answer = bus_reply_wait (reply, "sxt");
  bus_assert_token (world->caller, BUS_ID, "{'interactive': <false>}", "2");
  g_assert_cmpuint (count_prompts (world), ==, 0);

  cvg_vault_dummy_set_state (world->inside->vault, CVG_VAULT_UNLOCKED);
  BUS_WAIT (cvg_agent_is_idle (world->inside->agent));
  bus_assert_token (world->caller, BUS_ID, NULL, "2");
  g_assert_nonnull (strstr (
      cvg_secret_peek (cvg_vault_dummy_peek (world->inside->vault, CVG_VAULT_CREDENTIALS, BUS_ID)),
      BUS_SECRET "-access-2"));
}

static void
add_rows (const char *prefix,
          const Row *table,
          size_t length,
          void (*test) (BusWorld *world, gconstpointer data))
{
  for (size_t i = 0; i < length; i++)
    {
      g_autofree char *path = g_strconcat (prefix, table[i].path, NULL);

      g_test_add (path, BusWorld, &table[i], bus_world_set_up, test, bus_world_tear_down);
    }
}

int
main (int argc, char **argv)
{
  bus_tests_init (&argc, &argv);
  add_rows ("/keyring/dismissed/", rows, G_N_ELEMENTS (rows), test_dismissed);
  add_rows ("/keyring/unavailable/", rows, G_N_ELEMENTS (rows), test_unavailable);
  add_rows ("/keyring/unlocked-by-the-prompt/", rows, G_N_ELEMENTS (rows),
            test_unlocked_by_the_prompt);
  add_rows ("/keyring/quiet/", quiet_rows, G_N_ELEMENTS (quiet_rows), test_quiet);
  BUS_TEST ("/keyring/wrong-arguments-do-not-prompt", test_wrong_arguments_do_not_prompt);
  BUS_TEST ("/keyring/one-prompt", test_one_prompt);
  BUS_TEST ("/keyring/listing-while-locked", test_listing_while_locked);
  BUS_TEST ("/keyring/signed-out-while-locked", test_signed_out_while_locked);
  BUS_TEST ("/keyring/lock-is-told", test_lock_is_told);
  BUS_TEST ("/keyring/locked-during-a-refresh", test_locked_during_a_refresh);
  return bus_tests_run ();
}
