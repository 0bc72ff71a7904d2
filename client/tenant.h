/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which one of a server's addresses is meant: its tenant parameters.
 */
#pragma once

#include <glib.h>

gboolean cvg_tenant_is_needed (GVariant *server);
GVariant *cvg_tenant_read (GVariant *server, char **given, GError **error);
