/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether provider files say what their author meant.
 */
#pragma once

#include "client/cli.h"

gboolean cvg_provider_check_run (const CvgCli *cli, char **files, GError **error);
