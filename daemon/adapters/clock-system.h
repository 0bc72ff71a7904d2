/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The clock of the machine.
 */
#pragma once

#include "ports/clock.h"

#define CVG_TYPE_CLOCK_SYSTEM (cvg_clock_system_get_type ())
G_DECLARE_FINAL_TYPE (CvgClockSystem, cvg_clock_system, CVG, CLOCK_SYSTEM, GObject)

CvgClock *cvg_clock_system_new (void) G_GNUC_WARN_UNUSED_RESULT;
void cvg_clock_system_pretend (CvgClockSystem *self, gint64 wall_shift, gint64 boot_shift);
