/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a sign-in needs to know of its server, and the client that it asks as.
 */
#pragma once

#include <gio/gio.h>

#include "agent/client-changes.h"
#include "ports/http.h"

#define CVG_TYPE_PREPARATION (cvg_preparation_get_type ())
G_DECLARE_FINAL_TYPE (CvgPreparation, cvg_preparation, CVG, PREPARATION, GObject)

/**
 * CvgPrepared:
 * @provider: (owned): complete
 * @server: (owned) (nullable): a{sv}: what was discovered of it, to be kept with the grant
 * @client: (owned): with its secret
 */
typedef struct
{
  CvgProvider *provider;
  GVariant *server;
  CvgClient *client;
} CvgPrepared;

void cvg_prepared_free (CvgPrepared *prepared);

CvgPreparation *cvg_preparation_new (CvgHttp *http,
                                     CvgClock *clock,
                                     CvgClients *clients,
                                     CvgKeeper *keeper,
                                     CvgClientChanges *changes);
void cvg_preparation_stop (CvgPreparation *self);
gboolean cvg_preparation_is_idle (CvgPreparation *self);

void cvg_preparation_run_async (CvgPreparation *self,
                                const CvgEntry *entry,
                                const char *client_id,
                                const char *scope,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
CvgPrepared *
cvg_preparation_run_finish (CvgPreparation *self, GAsyncResult *result, GError **error);
void cvg_preparation_lose_client (CvgPreparation *self, const CvgEntry *entry, CvgClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgPrepared, cvg_prepared_free)
