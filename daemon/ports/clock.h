/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The clock port: what time it is, and being told when a time has come. An interface so that
 * tests move time instead of waiting for it.
 */
#pragma once

#include <gio/gio.h>

#define CVG_TYPE_CLOCK (cvg_clock_get_type ())
G_DECLARE_INTERFACE (CvgClock, cvg_clock, CVG, CLOCK, GObject)

typedef void (*CvgClockFunc) (gpointer user_data);

/**
 * CvgClockInterface:
 * @get_now: required: wall-clock time, Unix microseconds
 * @add_alarm: required: calls @func once, from the main context, as soon as the wall clock is at or
 *   past @at (Unix microseconds), be it by time passing, a suspend or a step of the clock; never
 *   before it returns. Returns an id, not 0
 * @remove_alarm: required: forgets an alarm that has not gone off
 *
 * Signal "stepped" (gint64 microseconds): somebody set the wall clock, by so much; time did not
 * pass for it. Small corrections are not told.
 */
struct _CvgClockInterface
{
  GTypeInterface parent;

  gint64 (*get_now) (CvgClock *self);
  guint (*add_alarm) (CvgClock *self,
                      gint64 at,
                      CvgClockFunc func,
                      gpointer user_data,
                      GDestroyNotify destroy);
  void (*remove_alarm) (CvgClock *self, guint id);
};

gint64 cvg_clock_get_now (CvgClock *self);
gint64 cvg_clock_get_seconds (CvgClock *self);
guint cvg_clock_add_alarm (CvgClock *self,
                           gint64 at,
                           CvgClockFunc func,
                           gpointer user_data,
                           GDestroyNotify destroy) G_GNUC_WARN_UNUSED_RESULT;
void cvg_clock_remove_alarm (CvgClock *self, guint id);
void cvg_clock_clear_alarm (CvgClock *self, guint *id);
void cvg_clock_emit_stepped (CvgClock *self, gint64 by);
