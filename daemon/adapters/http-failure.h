/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request that got no answer, in words.
 */
#pragma once

#include <gio/gio.h>

const char *cvg_http_failure_describe (const GError *error, gboolean is_begun);
