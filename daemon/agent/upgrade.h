/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second step that some servers want after the exchange: from a token that soon dies to one
 * that lasts.
 */
#pragma once

#include <gio/gio.h>

#include "agent/sign-in-plan.h"
#include "model/credentials.h"
#include "ports/clock.h"
#include "ports/http.h"

void cvg_upgrade_async (CvgHttp *http,
                        CvgClock *clock,
                        const CvgSignInPlan *plan,
                        CvgCredentials *credentials,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
CvgCredentials *
cvg_upgrade_finish (CvgHttp *http, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
