/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the files that people write, which may be anything.
 */
#pragma once

#include <glib.h>

char *cvg_text_file_read (const char *path, size_t limit, size_t *size, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *cvg_text_file_list (const char *directory, const char *suffix) G_GNUC_WARN_UNUSED_RESULT;
