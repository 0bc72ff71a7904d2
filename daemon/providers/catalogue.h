/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The servers that Claviger knows, by name.
 */
#pragma once

#include <glib.h>

#include "model/provider.h"

typedef struct _CvgCatalogue CvgCatalogue;

CvgCatalogue *cvg_catalogue_load (const char *const *directories) G_GNUC_WARN_UNUSED_RESULT;
void cvg_catalogue_free (CvgCatalogue *catalogue);

CvgProvider *cvg_catalogue_lookup (const CvgCatalogue *catalogue, const char *name);
GPtrArray *cvg_catalogue_list (const CvgCatalogue *catalogue) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgCatalogue, cvg_catalogue_free)
