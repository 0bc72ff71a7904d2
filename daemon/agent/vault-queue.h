/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A queue in front of the vault: one operation at a time, in the order in which they were asked
 * for.
 */
#pragma once

#include <gio/gio.h>

#include "ports/vault.h"

#define CVG_TYPE_VAULT_QUEUE (cvg_vault_queue_get_type ())
G_DECLARE_FINAL_TYPE (CvgVaultQueue, cvg_vault_queue, CVG, VAULT_QUEUE, GObject)

/** CvgVaultCheck: Returns: whether an operation still makes sense, when its turn has come */
typedef gboolean (*CvgVaultCheck) (gpointer user_data, GError **error);

CvgVaultQueue *cvg_vault_queue_new (CvgVault *vault);
gboolean cvg_vault_queue_is_idle (CvgVaultQueue *self);

void cvg_vault_queue_store_async (CvgVaultQueue *self,
                                  const char *kind,
                                  const char *id,
                                  const char *label,
                                  CvgSecret *secret,
                                  CvgVaultCheck check,
                                  gpointer check_data,
                                  GDestroyNotify check_destroy,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
void cvg_vault_queue_remove_async (CvgVaultQueue *self,
                                   const char *kind,
                                   const char *id,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean cvg_vault_queue_write_finish (CvgVaultQueue *self, GAsyncResult *result, GError **error);

void
cvg_vault_queue_load_async (CvgVaultQueue *self, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *cvg_vault_queue_load_finish (CvgVaultQueue *self, GAsyncResult *result, GError **error);
