/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What SERVER on the command line means.
 */
#pragma once

#include "client/cli.h"

gboolean cvg_server_same_name (const char *name, const char *text);
GVariant *cvg_server_find (GVariant *servers, const char *text, GError **error);
GVariant *cvg_server_resolve (CvgCli *cli, const char *text, GError **error);
GVariant *cvg_server_look_up (const char *name);
gboolean cvg_server_has_kind (GVariant *server, const char *kind);
