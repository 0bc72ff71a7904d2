/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The records port: what is known of instances and clients without the keyring, on disk. A record
 * is an a{sv} under a kind and an id; nothing in it is secret.
 */
#pragma once

#include <gio/gio.h>

#define CVG_TYPE_RECORDS (cvg_records_get_type ())
G_DECLARE_INTERFACE (CvgRecords, cvg_records, CVG, RECORDS, GObject)

#define CVG_RECORDS_INSTANCES "instances"
#define CVG_RECORDS_CLIENTS "clients"

/**
 * CvgRecordsInterface:
 * @load: required: every record (element-type GVariant) of a kind. Called before the daemon serves,
 *   and only then: it may block. A record that can't be read is left where it is, with a warning
 * @save: required: writes a record, in the order of the calls, without blocking. Each is replaced
 *   as a whole or not at all; a failure is warned about, and the record in memory stays true
 * @remove: required: deletes a record, in the same order
 * @flush_async: required: done when all that was asked for before is on disk
 */
struct _CvgRecordsInterface
{
  GTypeInterface parent;

  GPtrArray *(*load) (CvgRecords *self, const char *kind);
  void (*save) (CvgRecords *self, const char *kind, const char *id, GVariant *record);
  void (*remove) (CvgRecords *self, const char *kind, const char *id);
  void (*flush_async) (CvgRecords *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*flush_finish) (CvgRecords *self, GAsyncResult *result, GError **error);
};

GPtrArray *cvg_records_load (CvgRecords *self, const char *kind);
void cvg_records_save (CvgRecords *self, const char *kind, const char *id, GVariant *record);
void cvg_records_remove (CvgRecords *self, const char *kind, const char *id);
void cvg_records_flush_async (CvgRecords *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cvg_records_flush_finish (CvgRecords *self, GAsyncResult *result, GError **error);
