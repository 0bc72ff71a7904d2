/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is OAuth's own in a request.
 */
#pragma once

#include <glib.h>

gboolean cvg_protocol_owns (const char *name);
