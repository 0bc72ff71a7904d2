/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ports/records.h"

G_DEFINE_INTERFACE (CvgRecords, cvg_records, G_TYPE_OBJECT)

static void
cvg_records_default_init (CvgRecordsInterface *iface)
{
}

GPtrArray *
cvg_records_load (CvgRecords *self, const char *kind)
{
  g_return_val_if_fail (CVG_IS_RECORDS (self), NULL);

  return CVG_RECORDS_GET_IFACE (self)->load (self, kind);
}

void
cvg_records_save (CvgRecords *self, const char *kind, const char *id, GVariant *record)
{
  g_return_if_fail (CVG_IS_RECORDS (self));

  CVG_RECORDS_GET_IFACE (self)->save (self, kind, id, record);
}

void
cvg_records_remove (CvgRecords *self, const char *kind, const char *id)
{
  g_return_if_fail (CVG_IS_RECORDS (self));

  CVG_RECORDS_GET_IFACE (self)->remove (self, kind, id);
}

void
cvg_records_flush_async (CvgRecords *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (CVG_IS_RECORDS (self));

  CVG_RECORDS_GET_IFACE (self)->flush_async (self, cancellable, callback, user_data);
}

gboolean
cvg_records_flush_finish (CvgRecords *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CVG_IS_RECORDS (self), FALSE);

  return CVG_RECORDS_GET_IFACE (self)->flush_finish (self, result, error);
}
