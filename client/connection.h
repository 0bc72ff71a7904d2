/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one connection to the session bus, and calls of the service.
 */
#pragma once

#include <gio/gio.h>

GDBusConnection *cvg_connection_get (GError **error);
GVariant *cvg_connection_call (const char *method,
                               GVariant *parameters,
                               const char *reply_type,
                               GError **error);
GVariant *cvg_connection_call_at (const char *owner,
                                  const char *path,
                                  const char *method,
                                  GVariant *parameters,
                                  const char *reply_type,
                                  GError **error);
GVariant *cvg_connection_get_properties (const char *owner, const char *path, GError **error);
char *cvg_connection_get_owner (GError **error);
GVariant *
cvg_connection_list_instances (const char *user_id, const char *server_name, GError **error);
GVariant *cvg_connection_list_servers (GError **error);
