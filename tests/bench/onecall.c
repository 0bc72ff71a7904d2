/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * onecall INSTANCE: the least that a GDBus program does to print a token: connect, one call, print.
 * The floor for `claviger token` as a whole process.
 */
#include <gio/gio.h>

#include "dbus/names.h"

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (argc != 2)
    {
      g_printerr ("usage: onecall INSTANCE\n");
      return 2;
    }

  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_autoptr (GVariant) reply = NULL;
  if (bus != NULL)
    reply = g_dbus_connection_call_sync (
        bus, CVG_BUS_NAME, CVG_OBJECT_PATH, CVG_INTERFACE, "GetAccessToken",
        g_variant_new ("(sa{sv})", argv[1], NULL), G_VARIANT_TYPE ("(sxt)"), G_DBUS_CALL_FLAGS_NONE,
        -1, NULL, &error);
  if (reply == NULL)
    {
      g_printerr ("onecall: %s\n", error->message);
      return 1;
    }

  const char *token = NULL;
  g_variant_get (reply, "(&sxt)", &token, NULL, NULL);
  g_print ("%s\n", token);
  return 0;
}
