/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls go out on the connection itself. A GDBusProxy would first ask for the owner and for all
 * properties: two round trips more than `claviger token` needs.
 */
#include "client/connection.h"

#include "dbus/error.h"
#include "dbus/names.h"

#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

/* A call may wait for the person, who is asked to unlock the keyring, and then for a server. The
 * daemon has its own, shorter deadlines for the network. */
#define CALL_TIMEOUT_MS (5 * 60 * 1000)

/**
 * cvg_connection_get:
 * @error: return location; the daemon "can't be reached" without a bus
 *
 * Returns: (transfer none): the connection to the session bus, made at the first use
 */
GDBusConnection *
cvg_connection_get (GError **error)
{
  static GDBusConnection *connection = NULL;
  g_autoptr (GError) cause = NULL;

  if (connection != NULL)
    return connection;

  /* Registers the names of our errors: without it they arrive as an anonymous GIO error. */
  (void) cvg_error_quark ();

  connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &cause);
  if (connection == NULL)
    g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER, "There is no session bus: %s",
                 cause->message);
  else
    g_dbus_connection_set_exit_on_close (connection, FALSE);

  return connection;
}

static GVariant *
call (const char *owner,
      const char *path,
      const char *interface,
      const char *method,
      GVariant *parameters,
      const char *reply_type,
      GError **error)
{
  GDBusConnection *connection = cvg_connection_get (error);
  g_autoptr (GVariant) sunk = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;

  if (connection == NULL)
    return NULL;

  return g_dbus_connection_call_sync (connection, owner, path, interface, method, sunk,
                                      G_VARIANT_TYPE (reply_type), G_DBUS_CALL_FLAGS_NONE,
                                      CALL_TIMEOUT_MS, NULL, error);
}

/**
 * cvg_connection_call:
 * @method: a method of org.claviger.Auth1
 * @parameters: (nullable): its arguments, a tuple; sunk if floating
 * @reply_type: type of its answer, a tuple
 * @error: return location
 *
 * Calls the service, which the bus starts if need be.
 *
 * Returns: (transfer full) (nullable): the answer
 */
GVariant *
cvg_connection_call (const char *method,
                     GVariant *parameters,
                     const char *reply_type,
                     GError **error)
{
  return call (CVG_BUS_NAME, CVG_OBJECT_PATH, CVG_INTERFACE, method, parameters, reply_type, error);
}

/**
 * cvg_connection_call_at:
 * @owner: unique name of the service on the bus
 * @path: the object, of org.claviger.Auth1 or of a sign-in in progress
 * @method: a method of its interface
 * @parameters: (nullable): its arguments, a tuple; sunk if floating
 * @reply_type: type of its answer, a tuple
 * @error: return location
 *
 * As cvg_connection_call(), of one running service and no successor of it: a sign-in lives and
 * dies with the process that began it.
 *
 * Returns: (transfer full) (nullable): the answer
 */
GVariant *
cvg_connection_call_at (const char *owner,
                        const char *path,
                        const char *method,
                        GVariant *parameters,
                        const char *reply_type,
                        GError **error)
{
  gboolean main_object = g_str_equal (path, CVG_OBJECT_PATH);

  return call (owner, path, main_object ? CVG_INTERFACE : CVG_AUTHORIZATION_INTERFACE, method,
               parameters, reply_type, error);
}

/**
 * cvg_connection_get_properties:
 * @owner: (nullable): unique name of the service; %NULL for whoever has the well-known name
 * @path: the object
 * @error: return location
 *
 * Returns: (transfer full) (nullable): all properties of our interface there, a{sv}
 */
GVariant *
cvg_connection_get_properties (const char *owner, const char *path, GError **error)
{
  gboolean main_object = g_str_equal (path, CVG_OBJECT_PATH);
  const char *interface = main_object ? CVG_INTERFACE : CVG_AUTHORIZATION_INTERFACE;
  g_autoptr (GVariant) reply = NULL;

  reply = call (owner != NULL ? owner : CVG_BUS_NAME, path, PROPERTIES_INTERFACE, "GetAll",
                g_variant_new ("(s)", interface), "(a{sv})", error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/**
 * cvg_connection_get_owner:
 * @error: return location
 *
 * Returns: (transfer full) (nullable): unique name of the running service
 */
char *
cvg_connection_get_owner (GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  char *owner = NULL;

  reply = call ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                "GetNameOwner", g_variant_new ("(s)", CVG_BUS_NAME), "(s)", error);
  if (reply != NULL)
    g_variant_get (reply, "(s)", &owner);

  return owner;
}

/**
 * cvg_connection_list_instances:
 * @user_id: (nullable): only those of this user
 * @server_name: (nullable): only those of this server
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the instances, aa{sv}
 */
GVariant *
cvg_connection_list_instances (const char *user_id, const char *server_name, GError **error)
{
  g_auto (GVariantDict) filter = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) reply = NULL;

  if (user_id != NULL)
    g_variant_dict_insert (&filter, "user-id", "s", user_id);
  if (server_name != NULL)
    g_variant_dict_insert (&filter, "server-name", "s", server_name);

  reply = cvg_connection_call (
      "ListInstances", g_variant_new ("(@a{sv})", g_variant_dict_end (&filter)), "(aa{sv})", error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/**
 * cvg_connection_list_servers:
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the catalogue, aa{sv}
 */
GVariant *
cvg_connection_list_servers (GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  reply = cvg_connection_call ("ListServers", g_variant_new ("(a{sv})", NULL), "(aa{sv})", error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}
