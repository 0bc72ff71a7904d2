/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What goes into the keyring, and what could not yet.
 */
#pragma once

#include <gio/gio.h>

#include "agent/instances.h"
#include "agent/rotations.h"
#include "agent/vault-queue.h"
#include "model/client.h"
#include "model/revocation.h"
#include "ports/clock.h"

#define CVG_TYPE_WRITER (cvg_writer_get_type ())
G_DECLARE_FINAL_TYPE (CvgWriter, cvg_writer, CVG, WRITER, GObject)

CvgWriter *cvg_writer_new (CvgVault *vault,
                           CvgVaultQueue *queue,
                           CvgInstances *instances,
                           CvgRotations *rotations,
                           CvgClock *clock);
void cvg_writer_stop (CvgWriter *self);

void cvg_writer_store_async (CvgWriter *self,
                             CvgEntry *entry,
                             CvgCredentials *credentials,
                             CvgInstance *record,
                             guint64 generation,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
void cvg_writer_store_client_async (CvgWriter *self,
                                    const CvgClient *client,
                                    CvgSecret *secret,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
void cvg_writer_store_revocation_async (CvgWriter *self,
                                        const CvgRevocation *revocation,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
void cvg_writer_remove_async (CvgWriter *self,
                              const char *kind,
                              const char *id,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean cvg_writer_finish (CvgWriter *self, GAsyncResult *result, GError **error);

void cvg_writer_save (CvgWriter *self, CvgEntry *entry);
void cvg_writer_catch_up (CvgWriter *self);
