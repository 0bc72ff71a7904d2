/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One provider file: text in, provider out.
 */
#pragma once

#include <glib.h>

#include "model/provider.h"

#define CVG_PROVIDER_FILE_SUFFIX ".provider"
#define CVG_PROVIDER_FILE_MAX_SIZE 65536 /* bytes */

GKeyFile *
cvg_provider_file_load (const char *data, size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GKeyFile *cvg_provider_file_merge (GKeyFile *below, GKeyFile *above) G_GNUC_WARN_UNUSED_RESULT;
gboolean cvg_provider_file_knows (const char *group, const char *key);
CvgProvider *cvg_provider_file_examine (GKeyFile *file,
                                        const char *slug,
                                        GPtrArray *mistakes) G_GNUC_WARN_UNUSED_RESULT;
CvgProvider *
cvg_provider_file_read (GKeyFile *file, const char *slug, GError **error) G_GNUC_WARN_UNUSED_RESULT;
