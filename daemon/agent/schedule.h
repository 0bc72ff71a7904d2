/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When credentials are due to be refreshed if all goes well. When it does not, backoff.h goes on.
 */
#pragma once

#include <glib.h>

#include "model/credentials.h"

gint64 cvg_schedule_get_due (const CvgCredentials *credentials,
                             guint idle_lifetime,
                             gint64 now,
                             double chance);
double cvg_schedule_draw (const char *id, guint64 turn);
