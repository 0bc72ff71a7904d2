/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Discovering what a provider file leaves out, shared by who wants it at the same time.
 */
#pragma once

#include <gio/gio.h>

#include "agent/discovered.h"
#include "ports/clock.h"
#include "ports/http.h"

#define CVG_TYPE_DISCOVERY (cvg_discovery_get_type ())
G_DECLARE_FINAL_TYPE (CvgDiscovery, cvg_discovery, CVG, DISCOVERY, GObject)

CvgDiscovery *cvg_discovery_new (CvgHttp *http, CvgClock *clock);
void cvg_discovery_stop (CvgDiscovery *self);
gboolean cvg_discovery_is_idle (CvgDiscovery *self);

gboolean cvg_discovery_is_needed (const CvgProvider *provider);
void cvg_discovery_run_async (CvgDiscovery *self,
                              CvgProvider *provider,
                              GVariant *tenant,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
CvgDiscovered *cvg_discovery_run_finish (CvgDiscovery *self, GAsyncResult *result, GError **error);
void cvg_discovery_forget (CvgDiscovery *self, const CvgProvider *provider, GVariant *tenant);
