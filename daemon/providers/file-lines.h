/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which line of a key file says what.
 */
#pragma once

#include <glib.h>

/**
 * CvgFileLine:
 * @number: counted from 1
 * @group: (nullable): which it begins, or is in
 * @key: (nullable): which it sets
 * @mistake: (nullable): why it is none that a key file may have
 */
typedef struct
{
  guint number;
  char *group;         /* (owned) */
  char *key;           /* (owned) */
  const char *mistake; /* (static) */
} CvgFileLine;

GPtrArray *cvg_file_lines_parse (const char *text, size_t size) G_GNUC_WARN_UNUSED_RESULT;
guint cvg_file_lines_find (GPtrArray *lines, const char *group, const char *key);
guint cvg_file_lines_count (const char *text, size_t size);
