/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which URLs go to a browser.
 */
#pragma once

#include <glib.h>

gboolean cvg_browser_url_check (const char *url, GError **error);
