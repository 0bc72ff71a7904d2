/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Times of one thing that was done many times, in nanoseconds, and what is said of them: the median
 * and the 99th percentile, never a mean, which other work on the machine would move.
 */
#pragma once

#include <glib.h>
#include <time.h>

static inline gint64
samples_now (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

static inline int
samples_compare (gconstpointer a, gconstpointer b)
{
  gint64 first = *(const gint64 *) a;
  gint64 second = *(const gint64 *) b;
  return (first > second) - (first < second);
}

static inline GArray *
samples_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (gint64));
}

static inline void
samples_add (GArray *samples, gint64 nanoseconds)
{
  g_array_append_val (samples, nanoseconds);
}

/* The value below which this share of the samples lies, in microseconds; 0 if there are none. */
static inline double
samples_quantile (GArray *samples, double share)
{
  if (samples->len == 0)
    return 0;
  g_array_sort (samples, samples_compare);
  guint index = MIN ((guint) (share * samples->len), samples->len - 1);
  return (double) g_array_index (samples, gint64, index) / 1000.0;
}
