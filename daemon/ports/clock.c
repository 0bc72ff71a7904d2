/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ports/clock.h"

static guint stepped_signal;

G_DEFINE_INTERFACE (CvgClock, cvg_clock, G_TYPE_OBJECT)

static void
cvg_clock_default_init (CvgClockInterface *iface)
{
  stepped_signal = g_signal_new ("stepped", CVG_TYPE_CLOCK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_INT64);
}

gint64
cvg_clock_get_now (CvgClock *self)
{
  g_return_val_if_fail (CVG_IS_CLOCK (self), 0);

  return CVG_CLOCK_GET_IFACE (self)->get_now (self);
}

/** cvg_clock_get_seconds: Returns: wall-clock time in whole Unix seconds */
gint64
cvg_clock_get_seconds (CvgClock *self)
{
  return cvg_clock_get_now (self) / G_USEC_PER_SEC;
}

guint
cvg_clock_add_alarm (CvgClock *self,
                     gint64 at,
                     CvgClockFunc func,
                     gpointer user_data,
                     GDestroyNotify destroy)
{
  g_return_val_if_fail (CVG_IS_CLOCK (self), 0);

  return CVG_CLOCK_GET_IFACE (self)->add_alarm (self, at, func, user_data, destroy);
}

void
cvg_clock_remove_alarm (CvgClock *self, guint id)
{
  g_return_if_fail (CVG_IS_CLOCK (self));

  CVG_CLOCK_GET_IFACE (self)->remove_alarm (self, id);
}

/** cvg_clock_clear_alarm: removes the alarm of *@id, if there is one, and sets *@id to 0 */
void
cvg_clock_clear_alarm (CvgClock *self, guint *id)
{
  guint alarm = *id;

  *id = 0;
  if (alarm != 0)
    cvg_clock_remove_alarm (self, alarm);
}

/** cvg_clock_emit_stepped: for implementations; @by: microseconds, negative if it was put back */
void
cvg_clock_emit_stepped (CvgClock *self, gint64 by)
{
  g_signal_emit (self, stepped_signal, 0, by);
}
