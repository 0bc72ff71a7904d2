/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A machine that sleeps when a test says so.
 */
#pragma once

#include "ports/sleep.h"

#define CVG_TYPE_SLEEP_DUMMY (cvg_sleep_dummy_get_type ())
G_DECLARE_FINAL_TYPE (CvgSleepDummy, cvg_sleep_dummy, CVG, SLEEP_DUMMY, GObject)

CvgSleepDummy *cvg_sleep_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;

void cvg_sleep_dummy_about_to_sleep (CvgSleepDummy *self);
void cvg_sleep_dummy_awake (CvgSleepDummy *self);

gboolean cvg_sleep_dummy_is_allowed (CvgSleepDummy *self);
guint cvg_sleep_dummy_get_allows (CvgSleepDummy *self);
