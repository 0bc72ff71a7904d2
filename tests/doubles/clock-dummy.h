/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A clock that stands still until a test moves it.
 */
#pragma once

#include "ports/clock.h"

#define CVG_TYPE_CLOCK_DUMMY (cvg_clock_dummy_get_type ())
G_DECLARE_FINAL_TYPE (CvgClockDummy, cvg_clock_dummy, CVG, CLOCK_DUMMY, GObject)

CvgClockDummy *cvg_clock_dummy_new (gint64 now) G_GNUC_WARN_UNUSED_RESULT;

void cvg_clock_dummy_set_now (CvgClockDummy *self, gint64 now);
void cvg_clock_dummy_advance (CvgClockDummy *self, gint64 span);
void cvg_clock_dummy_step (CvgClockDummy *self, gint64 by);

guint cvg_clock_dummy_count_alarms (CvgClockDummy *self);
gint64 cvg_clock_dummy_get_next_alarm (CvgClockDummy *self);
