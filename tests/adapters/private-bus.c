/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "private-bus.h"

#include "wait-for.h"

/* Of RequestName: nobody is to wait in line, and what it says to a new owner. */
#define DO_NOT_QUEUE 4
#define IS_OWNER 1

/** private_bus_new: Returns: (transfer full): a bus that is up */
GTestDBus *
private_bus_new (void)
{
  GTestDBus *bus = g_test_dbus_new (G_TEST_DBUS_NONE);

  g_test_dbus_up (bus);
  return bus;
}

/** private_bus_connect: Returns: (transfer full): a new connection, not the shared one */
GDBusConnection *
private_bus_connect (GTestDBus *bus)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (bus),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

/**
 * private_bus_call:
 *
 * Asks the bus itself, and waits for the answer: what @connection sent before has arrived there.
 *
 * Returns: (transfer full): the answer
 */
GVariant *
private_bus_call (GDBusConnection *connection, const char *method, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_sync (
      connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
      parameters, NULL, G_DBUS_CALL_FLAGS_NONE, DEADLINE, NULL, &error);

  g_assert_no_error (error);
  return reply;
}

/**
 * private_bus_play:
 * @introspection: XML of a node with one interface
 * @vtable: outlives @connection
 *
 * An object of a service that is not there until it takes its name.
 */
void
private_bus_play (GDBusConnection *connection,
                  const char *path,
                  const char *introspection,
                  const GDBusInterfaceVTable *vtable,
                  gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (introspection, &error);

  g_assert_no_error (error);
  g_dbus_connection_register_object (connection, path, node->interfaces[0], vtable, user_data, NULL,
                                     &error);
  g_assert_no_error (error);
}

/** private_bus_take_name: a service is there; nobody else has its name */
void
private_bus_take_name (GDBusConnection *connection, const char *name)
{
  g_autoptr (GVariant) reply =
      private_bus_call (connection, "RequestName", g_variant_new ("(su)", name, DO_NOT_QUEUE));
  guint32 answer = 0;

  g_variant_get (reply, "(u)", &answer);
  g_assert_cmpuint (answer, ==, IS_OWNER);
}

/** private_bus_leave_name: as if the service had ended */
void
private_bus_leave_name (GDBusConnection *connection, const char *name)
{
  g_variant_unref (private_bus_call (connection, "ReleaseName", g_variant_new ("(s)", name)));
}
