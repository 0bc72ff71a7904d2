/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sleep port: the machine is about to be suspended, and is awake again. The system waits a few
 * seconds for cvg_sleep_allow(), so that what is on its way can be finished.
 */
#pragma once

#include <gio/gio.h>

#define CVG_TYPE_SLEEP (cvg_sleep_get_type ())
G_DECLARE_INTERFACE (CvgSleep, cvg_sleep, CVG, SLEEP, GObject)

/**
 * CvgSleepInterface:
 * @allow: required: after "about-to-sleep": nothing is on its way any more. Without effect at any
 *   other time
 *
 * Signals: "about-to-sleep" and "awake", in turns. On a machine that can't say so, neither comes.
 */
struct _CvgSleepInterface
{
  GTypeInterface parent;

  void (*allow) (CvgSleep *self);
};

void cvg_sleep_allow (CvgSleep *self);
void cvg_sleep_emit_about_to_sleep (CvgSleep *self);
void cvg_sleep_emit_awake (CvgSleep *self);
