/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When an instance is to be refreshed next, as things are now. planner.h keeps it so.
 */
#pragma once

#include "agent/entry.h"

/**
 * CvgOutlook: what else a plan depends on
 * @now: Unix microseconds
 * @is_online: whether servers can be expected to answer
 * @failures_before: of the entry's failures in a row, those from before the server may have
 *   replaced the refresh token
 */
typedef struct
{
  gint64 now;
  gboolean is_online;
  guint failures_before;
} CvgOutlook;

gint64 cvg_plan_get_time (const CvgEntry *entry, const CvgOutlook *outlook);
