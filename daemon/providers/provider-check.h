/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every mistake in the provider files, for the people who write them.
 */
#pragma once

#include <glib.h>

/**
 * CvgProviderReport:
 * @mistakes: (element-type utf8): each "FILE:LINE: [Group] Key: reason", by file and line
 * @fine: (element-type utf8): the files without any
 */
typedef struct
{
  GPtrArray *mistakes; /* (owned) */
  GPtrArray *fine;     /* (owned) */
} CvgProviderReport;

CvgProviderReport *
cvg_provider_check_directories (const char *const *directories) G_GNUC_WARN_UNUSED_RESULT;
CvgProviderReport *cvg_provider_check_files (const char *const *directories,
                                             const char *const *files) G_GNUC_WARN_UNUSED_RESULT;
CvgProviderReport *cvg_provider_check_bytes (const char *path,
                                             const char *bytes,
                                             size_t size) G_GNUC_WARN_UNUSED_RESULT;
void cvg_provider_report_free (CvgProviderReport *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgProviderReport, cvg_provider_report_free)
