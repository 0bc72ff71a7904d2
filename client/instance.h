/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What INSTANCE on the command line means.
 */
#pragma once

#include "client/cli.h"

GVariant *cvg_instance_find (GVariant *instances, const char *text, GError **error);
GVariant *cvg_instance_find_reusable (GVariant *instances, const char *label);
gboolean cvg_instance_is_id (const char *text);
char *cvg_instance_resolve_id (CvgCli *cli, const char *text, GError **error);
GVariant *cvg_instance_resolve (CvgCli *cli, const char *text, GError **error);
char *cvg_instance_abbreviate (GVariant *instances, const char *instance_id);
char *cvg_instance_describe (GVariant *instance);
