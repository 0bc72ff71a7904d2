/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which addresses a browser may be sent to: by a caller when a sign-in is over, and by a
 * provider when the person has answered.
 */
#pragma once

#include <glib.h>

gboolean cvg_redirect_target_check (const char *url, GError **error);
gboolean cvg_redirect_uri_check (const char *uri, GError **error);
gboolean cvg_redirect_uri_is_remote (const char *uri);
