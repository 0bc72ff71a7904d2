/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

GError *cvg_error_for_bus (GError *error) G_GNUC_WARN_UNUSED_RESULT;
