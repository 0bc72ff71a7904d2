/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Refreshing access tokens (RFC 6749 section 6): one request on the wire for an instance, however
 * many callers wait for it.
 */
#pragma once

#include <gio/gio.h>

#include "agent/gate.h"
#include "agent/keeper.h"
#include "agent/revoker.h"
#include "ports/clock.h"
#include "ports/http.h"

#define CVG_TYPE_REFRESHER (cvg_refresher_get_type ())
G_DECLARE_FINAL_TYPE (CvgRefresher, cvg_refresher, CVG, REFRESHER, GObject)

/** CvgRefresherParts: what a refresher works with; all (borrowed) */
typedef struct
{
  CvgHttp *http;
  CvgClock *clock;
  CvgInstances *instances;
  CvgClients *clients;
  CvgKeeper *keeper;
  CvgRotations *rotations;
  CvgGate *gate;
  CvgRevoker *revoker;
} CvgRefresherParts;

CvgRefresher *cvg_refresher_new (const CvgRefresherParts *parts);
void cvg_refresher_stop (CvgRefresher *self);
gboolean cvg_refresher_is_idle (CvgRefresher *self);

void cvg_refresher_refresh_async (CvgRefresher *self,
                                  CvgEntry *entry,
                                  CvgUrgency urgency,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
CvgCredentials *
cvg_refresher_refresh_finish (CvgRefresher *self, GAsyncResult *result, GError **error);
