/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ports/journal.h"

G_DEFINE_INTERFACE (CvgJournal, cvg_journal, G_TYPE_OBJECT)

static void
cvg_journal_default_init (CvgJournalInterface *iface)
{
}

GPtrArray *
cvg_journal_load (CvgJournal *self)
{
  g_return_val_if_fail (CVG_IS_JOURNAL (self), NULL);

  return CVG_JOURNAL_GET_IFACE (self)->load (self);
}

void
cvg_journal_write_async (CvgJournal *self,
                         const CvgRotation *rotation,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (CVG_IS_JOURNAL (self));

  CVG_JOURNAL_GET_IFACE (self)->write_async (self, rotation, callback, user_data);
}

gboolean
cvg_journal_write_finish (CvgJournal *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CVG_IS_JOURNAL (self), FALSE);

  return CVG_JOURNAL_GET_IFACE (self)->write_finish (self, result, error);
}

void
cvg_journal_remove_async (CvgJournal *self,
                          const char *id,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_return_if_fail (CVG_IS_JOURNAL (self));

  CVG_JOURNAL_GET_IFACE (self)->remove_async (self, id, callback, user_data);
}

gboolean
cvg_journal_remove_finish (CvgJournal *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CVG_IS_JOURNAL (self), FALSE);

  return CVG_JOURNAL_GET_IFACE (self)->remove_finish (self, result, error);
}

GBytes *
cvg_journal_seal (CvgJournal *self,
                  const CvgSecret *key,
                  const char *id,
                  guint64 serial,
                  const CvgSecret *text,
                  GError **error)
{
  g_return_val_if_fail (CVG_IS_JOURNAL (self), NULL);

  return CVG_JOURNAL_GET_IFACE (self)->seal (self, key, id, serial, text, error);
}

CvgSecret *
cvg_journal_unseal (CvgJournal *self,
                    const CvgSecret *key,
                    const char *id,
                    guint64 serial,
                    GBytes *box,
                    GError **error)
{
  g_return_val_if_fail (CVG_IS_JOURNAL (self), NULL);

  return CVG_JOURNAL_GET_IFACE (self)->unseal (self, key, id, serial, box, error);
}
