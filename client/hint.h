/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What to do after an error.
 */
#pragma once

#include <glib.h>

#include "client/cli.h"

char *cvg_hint_for_error (const CvgCli *cli, const GError *error);
