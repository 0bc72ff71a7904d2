/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Starting the browser as a process of our own.
 */
#pragma once

#include <glib.h>

gboolean cvg_browser_direct_open (const char *url, const char *activation_token, GError **error);
