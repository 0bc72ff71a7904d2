/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An errand: going to a server once, to say what has still to be said about a grant that was left.
 */
#pragma once

#include <gio/gio.h>

#include "agent/gate.h"
#include "model/revocation.h"
#include "ports/http.h"

void cvg_errand_run_async (CvgHttp *http,
                           CvgGate *gate,
                           CvgRevocation *revocation,
                           CvgUrgency urgency,
                           gboolean is_repeatable,
                           GCancellable *stopping,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean cvg_errand_run_finish (GAsyncResult *result, guint *retry_after, GError **error);
