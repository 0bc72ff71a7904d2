/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who has called: the bus names that may talk to us, each checked once, watched until it leaves.
 */
#pragma once

#include <gio/gio.h>

#define CVG_TYPE_CALLERS (cvg_callers_get_type ())
G_DECLARE_FINAL_TYPE (CvgCallers, cvg_callers, CVG, CALLERS, GObject)

CvgCallers *cvg_callers_new (GDBusConnection *connection);

gboolean cvg_callers_is_known (CvgCallers *self, const char *name);
GCancellable *cvg_callers_get_presence (CvgCallers *self, const char *name);
GPtrArray *cvg_callers_list (CvgCallers *self);

void cvg_callers_identify_async (CvgCallers *self,
                                 const char *name,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean cvg_callers_identify_finish (CvgCallers *self, GAsyncResult *result, GError **error);
