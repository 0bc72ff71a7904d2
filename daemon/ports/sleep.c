/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ports/sleep.h"

static guint about_to_sleep_signal;
static guint awake_signal;

G_DEFINE_INTERFACE (CvgSleep, cvg_sleep, G_TYPE_OBJECT)

static void
cvg_sleep_default_init (CvgSleepInterface *iface)
{
  about_to_sleep_signal = g_signal_new ("about-to-sleep", CVG_TYPE_SLEEP, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  awake_signal = g_signal_new ("awake", CVG_TYPE_SLEEP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
}

void
cvg_sleep_allow (CvgSleep *self)
{
  g_return_if_fail (CVG_IS_SLEEP (self));

  CVG_SLEEP_GET_IFACE (self)->allow (self);
}

/** cvg_sleep_emit_about_to_sleep: for implementations */
void
cvg_sleep_emit_about_to_sleep (CvgSleep *self)
{
  g_signal_emit (self, about_to_sleep_signal, 0);
}

/** cvg_sleep_emit_awake: for implementations */
void
cvg_sleep_emit_awake (CvgSleep *self)
{
  g_signal_emit (self, awake_signal, 0);
}
