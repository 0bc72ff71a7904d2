/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening a URL through the desktop portal.
 */
#pragma once

#include <gio/gio.h>

void cvg_browser_portal_open_async (GDBusConnection *session,
                                    const char *url,
                                    const char *activation_token,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean cvg_browser_portal_open_finish (GAsyncResult *result, GError **error);
