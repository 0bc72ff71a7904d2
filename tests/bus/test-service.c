/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The object itself: what it says of itself, its properties, its signals and who gets them.
 */
#include "bus/bus-world.h"

#define PROPERTIES "org.freedesktop.DBus.Properties"
#define INTROSPECTABLE "org.freedesktop.DBus.Introspectable"

static char *
print_interface (const char *xml)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, &error);
  GDBusInterfaceInfo *interface = NULL;
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  interface = g_dbus_node_info_lookup_interface (node, CVG_INTERFACE);
  g_assert_nonnull (interface);
  g_dbus_interface_info_generate_xml (interface, 0, text);
  return g_string_free (text, FALSE);
}

static void
test_introspection_is_the_xml (BusWorld *world, gconstpointer data)
{
  g_autoptr (GVariant) answer =
      bus_call_at (world->caller, CVG_OBJECT_PATH, INTROSPECTABLE, "Introspect", NULL, "s");
  g_autofree char *file =
      g_test_build_filename (G_TEST_DIST, "..", "dbus", CVG_INTERFACE ".xml", NULL);
  g_autofree char *contents = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *found = NULL;
  const char *xml = NULL;

  g_assert_true (g_file_get_contents (file, &contents, NULL, NULL));
  expected = print_interface (contents);
  g_variant_get (answer, "(&s)", &xml);
  found = print_interface (xml);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_properties (BusWorld *world, gconstpointer data)
{
  g_autoptr (GVariant) answer = bus_call_at (world->caller, CVG_OBJECT_PATH, PROPERTIES, "GetAll",
                                             g_variant_new ("(s)", CVG_INTERFACE), "a{sv}");
  g_autoptr (GVariant) all = g_variant_get_child_value (answer, 0);
  guint version = 0;
  const char *daemon_version = NULL;
  const char *keyring_state = NULL;

  g_assert_cmpuint (g_variant_n_children (all), ==, 3);
  g_assert_true (g_variant_lookup (all, "Version", "u", &version));
  g_assert_cmpuint (version, ==, 1);
  g_assert_true (g_variant_lookup (all, "DaemonVersion", "&s", &daemon_version));
  g_assert_true (g_ascii_isdigit (*daemon_version));
  g_assert_true (g_variant_lookup (all, "KeyringState", "&s", &keyring_state));
  g_assert_cmpstr (keyring_state, ==, "unlocked");
}

static void
test_properties_cannot_be_set (BusWorld *world, gconstpointer data)
{
  g_autoptr (BusReply) reply =
      bus_begin_at (world->caller, CVG_OBJECT_PATH, PROPERTIES, "Set",
                    g_variant_new_parsed ("(%s, 'KeyringState', <'unlocked'>)", CVG_INTERFACE));
  const char *message = NULL;

  g_assert_true (
      g_str_has_prefix (bus_reply_wait_error (reply, &message), "org.freedesktop.DBus.Error."));
}

static void
assert_keyring_state_told (BusCaller *caller, const char *state)
{
  const BusSignal *signal = NULL;
  g_autoptr (GVariant) changed = NULL;
  g_autofree const char **invalidated = NULL;
  const char *interface = NULL;
  const char *told = NULL;
  g_autoptr (GVariant) now = NULL;

  bus_settle (caller);
  signal = bus_caller_get_last (caller, "PropertiesChanged");
  g_assert_cmpstr (signal->path, ==, CVG_OBJECT_PATH);
  g_variant_get (signal->parameters, "(&s@a{sv}^a&s)", &interface, &changed, &invalidated);
  g_assert_cmpstr (interface, ==, CVG_INTERFACE);
  g_assert_cmpuint (g_variant_n_children (changed), ==, 1);
  g_assert_true (g_variant_lookup (changed, "KeyringState", "&s", &told));
  g_assert_cmpstr (told, ==, state);
  g_assert_null (invalidated[0]);

  now = bus_get_property (caller, CVG_OBJECT_PATH, CVG_INTERFACE, "KeyringState", "s");
  g_assert_cmpstr (g_variant_get_string (now, NULL), ==, state);
}

/* It is no secret, so that everybody may know it. */
static void
test_keyring_state_is_told (BusWorld *world, gconstpointer data)
{
  BusCaller *stranger = bus_world_add_caller (world);

  bus_settle (stranger);
  cvg_vault_dummy_set_state (world->inside->vault, CVG_VAULT_LOCKED);
  BUS_WAIT (bus_caller_count (stranger, "PropertiesChanged") == 1);
  assert_keyring_state_told (stranger, "locked");
  assert_keyring_state_told (world->caller, "locked");

  cvg_vault_dummy_set_state (world->inside->vault, CVG_VAULT_UNAVAILABLE);
  BUS_WAIT (bus_caller_count (stranger, "PropertiesChanged") == 2);
  assert_keyring_state_told (stranger, "unavailable");

  cvg_vault_dummy_set_state (world->inside->vault, CVG_VAULT_UNLOCKED);
  BUS_WAIT (bus_caller_count (stranger, "PropertiesChanged") == 3);
  assert_keyring_state_told (stranger, "unlocked");
}

/* ---- signals about instances ----------------------------------------------------------------- */

static void
assert_changed (BusCaller *caller, guint count, const char *status)
{
  const BusSignal *signal = NULL;
  const char *id = NULL;
  const char *told = NULL;

  bus_settle (caller);
  g_assert_cmpuint (bus_caller_count (caller, "InstanceChanged"), ==, count);
  signal = bus_caller_get_last (caller, "InstanceChanged");
  g_assert_cmpstr (signal->path, ==, CVG_OBJECT_PATH);
  g_assert_cmpstr (signal->interface, ==, CVG_INTERFACE);
  g_assert_cmpstr (g_variant_get_type_string (signal->parameters), ==, "(ss)");
  g_variant_get (signal->parameters, "(&s&s)", &id, &told);
  g_assert_cmpstr (id, ==, BUS_ID);
  g_assert_cmpstr (told, ==, status);
}

static void
test_callers_alone_are_told (BusWorld *world, gconstpointer data)
{
  BusCaller *other = bus_world_add_caller (world);
  BusCaller *reader = bus_world_add_caller (world);
  BusCaller *stranger = bus_world_add_caller (world);
  g_autoptr (GVariant) none =
      bus_call (other, "ListInstances", g_variant_new_parsed ("(@a{sv} {},)"), "aa{sv}");
  g_autoptr (GVariant) deleted = NULL;
  const BusSignal *removed = NULL;
  const char *id = NULL;

  /* It reads a property, which is a call like any other. */
  bus_settle (reader);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  assert_changed (world->caller, 1, "signed-out");
  assert_changed (other, 1, "signed-out");
  assert_changed (reader, 1, "signed-out");
  bus_set_tokens (world->caller, BUS_ID, "1", 3600);
  assert_changed (other, 2, "active");

  deleted = bus_call (world->caller, "DeleteInstance",
                      g_variant_new_parsed ("(%s, @a{sv} {})", BUS_ID), "b");
  bus_settle (other);
  g_assert_cmpuint (bus_caller_count (other, "InstanceRemoved"), ==, 1);
  removed = bus_caller_get_last (other, "InstanceRemoved");
  g_assert_cmpstr (g_variant_get_type_string (removed->parameters), ==, "(s)");
  g_variant_get (removed->parameters, "(&s)", &id);
  g_assert_cmpstr (id, ==, BUS_ID);
  g_assert_cmpuint (bus_caller_count (world->caller, "InstanceRemoved"), ==, 1);

  bus_settle (stranger);
  g_assert_cmpuint (stranger->signals->len, ==, 0);
}

/* A caller that left gets nothing, and nobody stumbles over it. */
static void
test_who_left_is_forgotten (BusWorld *world, gconstpointer data)
{
  BusCaller *other = bus_world_add_caller (world);
  g_autoptr (GVariant) none =
      bus_call (other, "ListInstances", g_variant_new_parsed ("(@a{sv} {},)"), "aa{sv}");

  bus_caller_leave (other);
  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  assert_changed (world->caller, 1, "signed-out");
  g_assert_cmpuint (other->signals->len, ==, 0);
}

/* ---- what it does not do --------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  const char *method;
  const char *arguments;
  const char *error;
} ForeignRow;

static const ForeignRow foreign_rows[] = {
  /* The bus's own words for what is no call of ours. */
  { "unknown-method", "Forget", "()", "org.freedesktop.DBus.Error.UnknownMethod" },
  { "no-arguments", "GetAccessToken", "()", "org.freedesktop.DBus.Error.InvalidArgs" },
  { "wrong-type", "GetAccessToken", "(1, @a{sv} {})", "org.freedesktop.DBus.Error.InvalidArgs" },
  { "one-too-many", "ListClients", "('', '')", "org.freedesktop.DBus.Error.InvalidArgs" },
  { "options-of-strings", "ListServers", "(@a{ss} {},)", "org.freedesktop.DBus.Error.InvalidArgs" },
};

static void
test_foreign_calls (BusWorld *world, gconstpointer data)
{
  for (size_t i = 0; i < G_N_ELEMENTS (foreign_rows); i++)
    {
      const ForeignRow *row = &foreign_rows[i];
      g_autoptr (BusReply) reply =
          bus_begin (world->caller, row->method, g_variant_new_parsed (row->arguments));
      const char *message = NULL;

      g_test_message ("%s", row->name);
      g_assert_cmpstr (bus_reply_wait_error (reply, &message), ==, row->error);
    }
}

static void
test_access_is_not_yet (BusWorld *world, gconstpointer data)
{
  BusTrace before = { 0 };

  bus_create (world->caller, BUS_ID, "ada", "Confluence");
  before = bus_world_trace (world);
  bus_call_failure (world->caller, "GrantAccess",
                    g_variant_new ("(ss)", BUS_ID, "app:org.example.App"), "Failed", "not yet");
  bus_call_failure (world->caller, "RevokeAccess",
                    g_variant_new ("(ss)", BUS_ID, "app:org.example.App"), "Failed", "not yet");
  bus_call_failure (world->caller, "ListAccess", g_variant_new ("(s)", BUS_ID), "Failed",
                    "not yet");
  bus_world_assert_untouched (world, &before);
}

int
main (int argc, char **argv)
{
  bus_tests_init (&argc, &argv);
  BUS_TEST ("/service/introspection-is-the-xml", test_introspection_is_the_xml);
  BUS_TEST ("/service/properties", test_properties);
  BUS_TEST ("/service/properties-cannot-be-set", test_properties_cannot_be_set);
  BUS_TEST ("/service/keyring-state-is-told", test_keyring_state_is_told);
  BUS_TEST ("/service/callers-alone-are-told", test_callers_alone_are_told);
  BUS_TEST ("/service/who-left-is-forgotten", test_who_left_is_forgotten);
  BUS_TEST ("/service/foreign-calls", test_foreign_calls);
  BUS_TEST ("/service/access-is-not-yet", test_access_is_not_yet);
  return bus_tests_run ();
}
