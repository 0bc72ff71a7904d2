/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sites (workspaces, tenants) that a grant covers.
 */
#pragma once

#include <glib.h>

GVariant *cvg_site_find (GVariant *sites, const char *text, GError **error);
GVariant *cvg_site_list (const char *instance_id, char **selected, GError **error);
