/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All instances of the person, by id.
 */
#pragma once

#include <gio/gio.h>

#include "agent/entry.h"
#include "ports/records.h"
#include "providers/catalogue.h"

#define CVG_TYPE_INSTANCES (cvg_instances_get_type ())
G_DECLARE_FINAL_TYPE (CvgInstances, cvg_instances, CVG, INSTANCES, GObject)

CvgInstances *cvg_instances_new (CvgRecords *records, CvgCatalogue *catalogue);
void cvg_instances_load (CvgInstances *self);

CvgEntry *cvg_instances_lookup (CvgInstances *self, const char *id, GError **error);
CvgEntry *
cvg_instances_find_of_user (CvgInstances *self, const char *user_id, const char *server_name);
gint64 cvg_instances_stamp (CvgInstances *self, gint64 now);
GPtrArray *cvg_instances_list (CvgInstances *self);
void cvg_instances_shift_times (CvgInstances *self, gint64 by);

CvgEntry *cvg_instances_add (CvgInstances *self, CvgInstance *record);
void cvg_instances_update (CvgInstances *self, CvgEntry *entry, CvgInstance *record);
void cvg_instances_replace_credentials (CvgInstances *self,
                                        CvgEntry *entry,
                                        CvgCredentials *credentials,
                                        CvgInstance *record);
void cvg_instances_set_refreshed (CvgInstances *self,
                                  CvgEntry *entry,
                                  CvgCredentials *credentials,
                                  gboolean saved);
void cvg_instances_set_unsaved (CvgInstances *self, CvgEntry *entry, const GError *error);
void cvg_instances_set_saved (CvgInstances *self, CvgEntry *entry, CvgCredentials *credentials);
void cvg_instances_set_failed (CvgInstances *self,
                               CvgEntry *entry,
                               const GError *error,
                               gint64 now,
                               gint64 retry_at);
void cvg_instances_changed (CvgInstances *self, CvgEntry *entry);
void
cvg_instances_flush_async (CvgInstances *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cvg_instances_flush_finish (CvgInstances *self, GAsyncResult *result, GError **error);
void cvg_instances_remove (CvgInstances *self, CvgEntry *entry);
