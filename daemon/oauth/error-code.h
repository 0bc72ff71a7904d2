/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may be said of a server's error: its code, if that is a plain word, and the HTTP status.
 */
#pragma once

#include <glib.h>

gboolean cvg_error_code_is_presentable (const char *code);
char *cvg_error_code_describe (guint status, const char *code) G_GNUC_WARN_UNUSED_RESULT;
gboolean cvg_error_code_is_passing (guint status, const char *code);
GError *cvg_error_code_try_later (const char *server,
                                  guint status,
                                  guint retry_after) G_GNUC_WARN_UNUSED_RESULT;
