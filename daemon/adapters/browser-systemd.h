/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Starting the browser through the service manager of the session.
 */
#pragma once

#include <gio/gio.h>

void cvg_browser_systemd_open_async (GDBusConnection *session,
                                     const char *url,
                                     const char *activation_token,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean cvg_browser_systemd_open_finish (GAsyncResult *result, GError **error);
