/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The clients that a machine comes with.
 */
#pragma once

#include <glib.h>

#include "model/client.h"

#define CVG_CLIENT_FILE_SUFFIX ".client"

CvgClient *
cvg_client_file_read (const char *data, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *cvg_client_file_load_all (const char *directory) G_GNUC_WARN_UNUSED_RESULT;
