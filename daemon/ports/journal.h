/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The journal port: what must survive a crash between a refresh and the keyring, a CvgRotation for
 * each instance, and the seal that keeps it unreadable for whoever lacks the keyring's secret.
 */
#pragma once

#include <gio/gio.h>

#include "model/rotation.h"
#include "model/secret.h"

#define CVG_TYPE_JOURNAL (cvg_journal_get_type ())
G_DECLARE_INTERFACE (CvgJournal, cvg_journal, CVG, JOURNAL, GObject)

/**
 * CvgJournalInterface:
 * @load: required: every rotation (element-type CvgRotation). Called before the daemon serves, and
 *   only then: it may block. What can't be read is left where it is, with a warning
 * @write_async: required: makes @rotation the one of its instance, as a whole or not at all; done
 *   when it is on the disk, power cuts included. What is asked for the same instance is carried out
 *   in the order of the calls. Fails with %CVG_ERROR_FAILED, which says why
 * @remove_async: required: forgets the rotation of an instance, in the same order; it need not be
 *   durable, and is no error if there is none
 * @seal: required: closes @text with a key derived from @key; what is authenticated with it is the
 *   id and the serial. Does not block
 * @unseal: required: opens it; fails with %CVG_ERROR_FAILED if @key, @id or @serial is another one,
 *   or a single bit of @box
 */
struct _CvgJournalInterface
{
  GTypeInterface parent;

  GPtrArray *(*load) (CvgJournal *self);
  void (*write_async) (CvgJournal *self,
                       const CvgRotation *rotation,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  gboolean (*write_finish) (CvgJournal *self, GAsyncResult *result, GError **error);
  void (*remove_async) (CvgJournal *self,
                        const char *id,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*remove_finish) (CvgJournal *self, GAsyncResult *result, GError **error);
  GBytes *(*seal) (CvgJournal *self,
                   const CvgSecret *key,
                   const char *id,
                   guint64 serial,
                   const CvgSecret *text,
                   GError **error);
  CvgSecret *(*unseal) (CvgJournal *self,
                        const CvgSecret *key,
                        const char *id,
                        guint64 serial,
                        GBytes *box,
                        GError **error);
};

GPtrArray *cvg_journal_load (CvgJournal *self);
void cvg_journal_write_async (CvgJournal *self,
                              const CvgRotation *rotation,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cvg_journal_write_finish (CvgJournal *self, GAsyncResult *result, GError **error);
void cvg_journal_remove_async (CvgJournal *self,
                               const char *id,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cvg_journal_remove_finish (CvgJournal *self, GAsyncResult *result, GError **error);
GBytes *cvg_journal_seal (CvgJournal *self,
                          const CvgSecret *key,
                          const char *id,
                          guint64 serial,
                          const CvgSecret *text,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
CvgSecret *cvg_journal_unseal (CvgJournal *self,
                               const CvgSecret *key,
                               const char *id,
                               guint64 serial,
                               GBytes *box,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
