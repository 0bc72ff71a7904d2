/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Telling servers that a grant was left: now if they can be reached, else when they can.
 */
#pragma once

#include <gio/gio.h>

#include "agent/gate.h"
#include "agent/keeper.h"
#include "ports/clock.h"
#include "ports/http.h"
#include "ports/network.h"

#define CVG_TYPE_REVOKER (cvg_revoker_get_type ())
G_DECLARE_FINAL_TYPE (CvgRevoker, cvg_revoker, CVG, REVOKER, GObject)

/** CvgRevokerParts: what a revoker works with; all (borrowed) */
typedef struct
{
  CvgHttp *http;
  CvgClock *clock;
  CvgNetwork *network;
  CvgInstances *instances;
  CvgClients *clients;
  CvgKeeper *keeper;
  CvgGate *gate;
} CvgRevokerParts;

CvgRevoker *cvg_revoker_new (const CvgRevokerParts *parts);
void cvg_revoker_start (CvgRevoker *self);
void cvg_revoker_stop (CvgRevoker *self);
gboolean cvg_revoker_is_idle (CvgRevoker *self);

char *cvg_revoker_enqueue (CvgRevoker *self, const CvgEntry *entry) G_GNUC_WARN_UNUSED_RESULT;
void cvg_revoker_take_back (CvgRevoker *self, const char *id);
void cvg_revoker_carry_out_async (CvgRevoker *self,
                                  const char *id,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean cvg_revoker_carry_out_finish (CvgRevoker *self, GAsyncResult *result);

void cvg_revoker_revoke (CvgRevoker *self, const CvgEntry *entry, const CvgCredentials *late);
