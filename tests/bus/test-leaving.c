/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Leaving a server: what the three methods answer, and how long they take.
 */
#include "bus/bus-world.h"

static void
set_up (BusWorld *world)
{
  g_autoptr (GVariant) made = bus_call (
      world->caller, "CreateInstance",
      g_variant_new_parsed (
          "('ada', 'Tenanted Desk', {'instance-id': <%s>, 'tenant': <{'subdomain': 'acme'}>})",
          BUS_ID),
      "s");

  bus_set_tokens (world->caller, BUS_ID, "1", 3600);
}

static void
push (BusWorld *world, guint status)
{
  cvg_http_dummy_push (world->inside->http, status, NULL, 0, "");
}

static GVariant *
arguments_of (const char *method, const char *options)
{
  g_autofree char *text = g_str_equal (method, "DeleteUserAuth") ?
                              g_strdup_printf ("('ada', 'Tenanted Desk', %s)", options) :
                              g_strdup_printf ("('" BUS_ID "', %s)", options);

  return g_variant_new_parsed (text);
}

static void
assert_answer (BusReply *reply, gboolean expected)
{
  g_autoptr (GVariant) answer = bus_reply_wait (reply, "b");
  gboolean revoked = FALSE;

  g_variant_get (answer, "(b)", &revoked);
  g_assert_cmpint (revoked, ==, expected);
}

/* What the methods but one leave. */
static void
clean_up (BusWorld *world)
{
  g_autoptr (BusReply) reply =
      bus_begin (world->caller, "DeleteInstance", arguments_of ("", "{'revoke': <false>}"));

  assert_answer (reply, FALSE);
}

static const char *const methods[] = { "DeleteInstanceAuth", "DeleteInstance", "DeleteUserAuth" };

static void
test_confirmed (BusWorld *world, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (BusReply) reply = NULL;

      set_up (world);
      push (world, 200);
      push (world, 200);
      reply = bus_begin (world->caller, methods[i], arguments_of (methods[i], "@a{sv} {}"));
      assert_answer (reply, TRUE);
      g_assert_cmpstr (cvg_http_dummy_get_request (world->inside->http, (guint) (2 * i))->url, ==,
                       "https://acme.desk.invalid/revoke");
      if (i != 1)
        clean_up (world);
    }
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 6);
}

static void
test_not_wanted (BusWorld *world, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (BusReply) reply = NULL;

      set_up (world);
      reply =
          bus_begin (world->caller, methods[i], arguments_of (methods[i], "{'revoke': <false>}"));
      assert_answer (reply, FALSE);
      if (i != 1)
        clean_up (world);
    }
  g_assert_cmpuint (cvg_http_dummy_get_count (world->inside->http), ==, 0);
}

static void
test_later (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) reply = NULL;

  set_up (world);
  push (world, 503);
  reply = bus_begin (world->caller, "DeleteInstance", arguments_of ("", "@a{sv} {}"));
  assert_answer (reply, FALSE);
  g_assert_nonnull (cvg_vault_dummy_find (world->inside->vault, CVG_VAULT_REVOCATION));
}

/* The server has ten seconds. */
static void
test_patience (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) reply = NULL;

  set_up (world);
  cvg_http_dummy_set_hold (world->inside->http, TRUE);
  push (world, 200);
  push (world, 200);
  reply = bus_begin (world->caller, "DeleteInstanceAuth", arguments_of ("", "@a{sv} {}"));
  BUS_WAIT (cvg_http_dummy_get_held (world->inside->http) == 1);
  bus_world_pass (world, 9);
  bus_settle (world->caller);
  g_assert_false (reply->over);
  bus_world_pass (world, 1);
  assert_answer (reply, FALSE);

  cvg_http_dummy_set_hold (world->inside->http, FALSE);
  cvg_http_dummy_answer (world->inside->http);
  BUS_WAIT (cvg_vault_dummy_find (world->inside->vault, CVG_VAULT_REVOCATION) == NULL);
}

static void
test_revocable (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) reply = NULL;
  g_autoptr (GVariant) before = NULL;
  g_autoptr (GVariant) after = NULL;
  gboolean revocable = FALSE;

  set_up (world);
  before = bus_find_instance (world->caller, BUS_ID);
  g_assert_true (g_variant_lookup (before, "revocable", "b", &revocable) && revocable);

  reply = bus_begin (world->caller, "DeleteInstanceAuth", arguments_of ("", "{'revoke': <false>}"));
  assert_answer (reply, FALSE);
  after = bus_find_instance (world->caller, BUS_ID);
  g_assert_false (g_variant_lookup (after, "revocable", "b", NULL));
}

int
main (int argc, char **argv)
{
  bus_tests_init (&argc, &argv);
  BUS_TEST ("/leaving/confirmed", test_confirmed);
  BUS_TEST ("/leaving/not-wanted", test_not_wanted);
  BUS_TEST ("/leaving/later", test_later);
  BUS_TEST ("/leaving/patience", test_patience);
  BUS_TEST ("/leaving/revocable", test_revocable);
  return bus_tests_run ();
}
