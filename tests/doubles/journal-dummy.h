/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A journal in memory that fails and dawdles when a test says so.
 */
#pragma once

#include "ports/journal.h"

#define CVG_TYPE_JOURNAL_DUMMY (cvg_journal_dummy_get_type ())
G_DECLARE_FINAL_TYPE (CvgJournalDummy, cvg_journal_dummy, CVG, JOURNAL_DUMMY, GObject)

typedef enum
{
  CVG_JOURNAL_DUMMY_WRITE,
  CVG_JOURNAL_DUMMY_REMOVE, /*< last >*/
} CvgJournalDummyOperation;

CvgJournalDummy *cvg_journal_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;

void cvg_journal_dummy_fail_next (CvgJournalDummy *self, CvgJournalDummyOperation operation);
void cvg_journal_dummy_hold (CvgJournalDummy *self, CvgJournalDummyOperation operation);
void cvg_journal_dummy_release (CvgJournalDummy *self, CvgJournalDummyOperation operation);
guint cvg_journal_dummy_count_held (CvgJournalDummy *self, CvgJournalDummyOperation operation);
guint cvg_journal_dummy_count_calls (CvgJournalDummy *self, CvgJournalDummyOperation operation);

void cvg_journal_dummy_put (CvgJournalDummy *self, const CvgRotation *rotation);
CvgRotation *
cvg_journal_dummy_peek (CvgJournalDummy *self, const char *id) G_GNUC_WARN_UNUSED_RESULT;
guint cvg_journal_dummy_count (CvgJournalDummy *self);
