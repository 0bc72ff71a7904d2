/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Refreshing in the background: each instance when it is due, without anybody asking.
 */
#pragma once

#include <gio/gio.h>

#include "agent/refresher.h"
#include "ports/network.h"
#include "ports/sleep.h"

#define CVG_TYPE_PLANNER (cvg_planner_get_type ())
G_DECLARE_FINAL_TYPE (CvgPlanner, cvg_planner, CVG, PLANNER, GObject)

/** CvgPlannerParts: what a planner works with; all (borrowed) */
typedef struct
{
  CvgClock *clock;
  CvgNetwork *network;
  CvgSleep *sleep;
  CvgInstances *instances;
  CvgClients *clients;
  CvgKeeper *keeper;
  CvgRefresher *refresher;
} CvgPlannerParts;

CvgPlanner *cvg_planner_new (const CvgPlannerParts *parts) G_GNUC_WARN_UNUSED_RESULT;
void cvg_planner_start (CvgPlanner *self);
void cvg_planner_stop (CvgPlanner *self);
