/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The journal as files, one for each instance.
 */
#pragma once

#include "ports/journal.h"

#define CVG_TYPE_JOURNAL_FILE (cvg_journal_file_get_type ())
G_DECLARE_FINAL_TYPE (CvgJournalFile, cvg_journal_file, CVG, JOURNAL_FILE, GObject)

CvgJournal *cvg_journal_file_new (const char *state_dir) G_GNUC_WARN_UNUSED_RESULT;
