/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small files that are written as a whole, and stay written.
 */
#pragma once

#include <gio/gio.h>

void cvg_durable_file_write_async (const char *path,
                                   const char *text,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
void
cvg_durable_file_delete_async (const char *path, GAsyncReadyCallback callback, gpointer user_data);
gboolean cvg_durable_file_finish (GAsyncResult *result, GError **error);

gboolean cvg_durable_file_make_folder (const char *folder, GError **error);
gboolean cvg_durable_file_is_name (const char *name);
GPtrArray *cvg_durable_file_list (const char *folder) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cvg_durable_file_read (const char *path, gsize max_size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
