/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Handing out credentials: from memory if they are good for long enough, else after a refresh.
 */
#pragma once

#include <gio/gio.h>

#include "agent/refresher.h"

#define CVG_TYPE_DISPENSER (cvg_dispenser_get_type ())
G_DECLARE_FINAL_TYPE (CvgDispenser, cvg_dispenser, CVG, DISPENSER, GObject)

#define CVG_DEFAULT_MIN_VALIDITY 60 /* seconds */

/**
 * CvgDemand:
 * @min_validity: seconds that the token must still be valid for
 * @force_refresh: a new token in any case
 * @rejected_serial: the server rejected the token of that serial; 0: none
 * @interactive: the person may be asked to unlock the keyring
 */
typedef struct
{
  guint min_validity;
  gboolean force_refresh;
  guint64 rejected_serial;
  gboolean interactive;
} CvgDemand;

#define CVG_DEMAND_INIT                                                                            \
  {                                                                                                \
    CVG_DEFAULT_MIN_VALIDITY, FALSE, 0, TRUE                                                       \
  }

CvgDispenser *cvg_dispenser_new (CvgRefresher *refresher,
                                 CvgInstances *instances,
                                 CvgKeeper *keeper,
                                 CvgClock *clock);

CvgCredentials *cvg_dispenser_peek (CvgDispenser *self, CvgEntry *entry, const CvgDemand *demand);
void cvg_dispenser_get_async (CvgDispenser *self,
                              CvgEntry *entry,
                              const CvgDemand *demand,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
CvgCredentials *cvg_dispenser_get_finish (CvgDispenser *self, GAsyncResult *result, GError **error);
