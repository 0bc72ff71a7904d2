/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long to wait after a refresh that failed.
 */
#pragma once

#include <glib.h>

/** CvgFailure: what kind of failure the last one was; a dead grant is none, nobody tries again */
typedef enum
{
  CVG_FAILURE_PASSING,   /* the network, or a server that can't just now */
  CVG_FAILURE_AMBIGUOUS, /* the server may have replaced the refresh token, and we not have heard */
  CVG_FAILURE_REFUSED,   /* the client: asking again does not mend it */
} CvgFailure;

GTimeSpan cvg_backoff_get_delay (CvgFailure failure, guint n, gint64 window_left, double chance);
gint64 cvg_backoff_get_time (GTimeSpan delay, gint64 retry_at, gint64 now, double chance);
guint cvg_backoff_get_pause (guint failures, gint64 failed_at, gint64 now);
guint cvg_backoff_get_knock_pause (guint failures, gint64 failed_at, gint64 now);
