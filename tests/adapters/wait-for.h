/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real things answer in their own time, which a test waits for, but not for ever.
 */
#pragma once

#include <gio/gio.h>

#define DEADLINE 10000 /* ms: what should have happened by then has not */

/* The main loop turns until @condition is true. */
#define WAIT_FOR(condition)                                                                        \
  do                                                                                               \
    {                                                                                              \
      guint too_late = wait_for_add_deadline ();                                                   \
                                                                                                   \
      while (!(condition))                                                                         \
        g_main_context_iteration (NULL, TRUE);                                                     \
      g_source_remove (too_late);                                                                  \
    }                                                                                              \
  while (0)

guint wait_for_add_deadline (void) G_GNUC_WARN_UNUSED_RESULT;

void wait_for_keep (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *wait_for_result (GAsyncResult **slot);
