/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records that are kept in memory.
 */
#pragma once

#include "ports/records.h"

#define CVG_TYPE_RECORDS_DUMMY (cvg_records_dummy_get_type ())
G_DECLARE_FINAL_TYPE (CvgRecordsDummy, cvg_records_dummy, CVG, RECORDS_DUMMY, GObject)

CvgRecordsDummy *cvg_records_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;

GVariant *cvg_records_dummy_peek (CvgRecordsDummy *self, const char *kind, const char *id);
guint cvg_records_dummy_count (CvgRecordsDummy *self, const char *kind);
guint cvg_records_dummy_count_saves (CvgRecordsDummy *self);
