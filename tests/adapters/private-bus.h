/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bus with nobody on it but whom a test connects: our adapter, and the services that it plays.
 */
#pragma once

#include <gio/gio.h>

GTestDBus *private_bus_new (void) G_GNUC_WARN_UNUSED_RESULT;
GDBusConnection *private_bus_connect (GTestDBus *bus) G_GNUC_WARN_UNUSED_RESULT;

GVariant *private_bus_call (GDBusConnection *connection, const char *method, GVariant *parameters);
void private_bus_play (GDBusConnection *connection,
                       const char *path,
                       const char *introspection,
                       const GDBusInterfaceVTable *vtable,
                       gpointer user_data);
void private_bus_take_name (GDBusConnection *connection, const char *name);
void private_bus_leave_name (GDBusConnection *connection, const char *name);
