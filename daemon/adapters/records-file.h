/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records as files, one each.
 */
#pragma once

#include "ports/records.h"

#define CVG_TYPE_RECORDS_FILE (cvg_records_file_get_type ())
G_DECLARE_FINAL_TYPE (CvgRecordsFile, cvg_records_file, CVG, RECORDS_FILE, GObject)

CvgRecords *cvg_records_file_new (const char *directory) G_GNUC_WARN_UNUSED_RESULT;
