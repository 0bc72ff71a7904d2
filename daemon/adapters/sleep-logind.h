/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sleep port over logind.
 */
#pragma once

#include "ports/sleep.h"

#define CVG_TYPE_SLEEP_LOGIND (cvg_sleep_logind_get_type ())
G_DECLARE_FINAL_TYPE (CvgSleepLogind, cvg_sleep_logind, CVG, SLEEP_LOGIND, GObject)

CvgSleepLogind *cvg_sleep_logind_new (void) G_GNUC_WARN_UNUSED_RESULT;
void cvg_sleep_logind_start (CvgSleepLogind *self);
void cvg_sleep_logind_stop (CvgSleepLogind *self);
