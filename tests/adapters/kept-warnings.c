/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "kept-warnings.h"

#include <glib.h>
#include <string.h>

static GPtrArray *warnings; /* (owned) (element-type utf8) */

static GLogWriterOutput
keep (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user_data)
{
  if (level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL))
    for (gsize i = 0; i < n; i++)
      if (strcmp (fields[i].key, "MESSAGE") == 0)
        g_ptr_array_add (warnings, g_strdup (fields[i].value));

  return G_LOG_WRITER_HANDLED;
}

/** kept_warnings_init: from now on no warning is written to the log */
void
kept_warnings_init (void)
{
  warnings = g_ptr_array_new_with_free_func (g_free);
  g_log_set_writer_func (keep, NULL, NULL);
}

/** kept_warnings_take: there is a warning, and the first one has @part in it */
void
kept_warnings_take (const char *part)
{
  g_assert_cmpuint (warnings->len, >, 0);
  g_assert_nonnull (strstr (g_ptr_array_index (warnings, 0), part));
  g_ptr_array_remove_index (warnings, 0);
}

/** kept_warnings_assert_none: all that there were have been taken */
void
kept_warnings_assert_none (void)
{
  if (warnings->len > 0)
    g_assert_cmpstr (g_ptr_array_index (warnings, 0), ==, NULL);
}
