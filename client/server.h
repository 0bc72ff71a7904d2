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
gboolean cvg_server_takes_keys (GVariant *server);
gboolean cvg_server_has_flow (GVariant *server, const char *flow);
gboolean cvg_server_needs_client (GVariant *server);
gboolean cvg_server_wants_redirect_uri (GVariant *server);
char **cvg_server_dup_key_fields (GVariant *server);
GVariant *cvg_server_get_tenant_parameters (GVariant *server);
