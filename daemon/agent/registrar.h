/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Registering Claviger with servers that let it (RFC 7591).
 */
#pragma once

#include <gio/gio.h>

#include "agent/client-changes.h"
#include "agent/discovered.h"

#define CVG_TYPE_REGISTRAR (cvg_registrar_get_type ())
G_DECLARE_FINAL_TYPE (CvgRegistrar, cvg_registrar, CVG, REGISTRAR, GObject)

CvgRegistrar *cvg_registrar_new (CvgHttp *http,
                                 CvgClock *clock,
                                 CvgClients *clients,
                                 CvgKeeper *keeper,
                                 CvgClientChanges *changes);
void cvg_registrar_stop (CvgRegistrar *self);
gboolean cvg_registrar_is_idle (CvgRegistrar *self);

/**
 * CvgRegistrarJob:
 * @server: (borrowed): with whom to register; it has a registration endpoint and a redirect URI
 * @tenant: (borrowed) (nullable): a{ss} for the {names} in its URLs
 * @scopes: (borrowed): what is going to be asked for
 */
typedef struct
{
  const CvgDiscovered *server;
  GVariant *tenant;
  const char *const *scopes;
} CvgRegistrarJob;

char *
cvg_registrar_dup_issuer (const CvgProvider *provider, GVariant *tenant) G_GNUC_WARN_UNUSED_RESULT;
void cvg_registrar_run_async (CvgRegistrar *self,
                              const CvgRegistrarJob *job,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
CvgClient *cvg_registrar_run_finish (CvgRegistrar *self, GAsyncResult *result, GError **error);
