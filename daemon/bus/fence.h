/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fence between what callers have below CVG_AUTHORIZATION_ROOT.
 */
#pragma once

#include <gio/gio.h>

char *cvg_fence_get_branch (const char *sender) G_GNUC_WARN_UNUSED_RESULT;
guint cvg_fence_put_up (GDBusConnection *connection) G_GNUC_WARN_UNUSED_RESULT;
