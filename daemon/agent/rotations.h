/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules of the rotation journal: what is written when, and what it means at the next start.
 * docs/rotation.md has the argument.
 */
#pragma once

#include <gio/gio.h>

#include "agent/instances.h"
#include "ports/clock.h"
#include "ports/journal.h"

#define CVG_TYPE_ROTATIONS (cvg_rotations_get_type ())
G_DECLARE_FINAL_TYPE (CvgRotations, cvg_rotations, CVG, ROTATIONS, GObject)

CvgRotations *cvg_rotations_new (CvgJournal *journal, CvgInstances *instances, CvgClock *clock);
void cvg_rotations_load (CvgRotations *self);
gboolean cvg_rotations_is_idle (CvgRotations *self);

void cvg_rotations_note_async (CvgRotations *self,
                               const CvgEntry *entry,
                               const CvgCredentials *spent,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
void cvg_rotations_seal_async (CvgRotations *self,
                               CvgEntry *entry,
                               const CvgCredentials *credentials,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cvg_rotations_write_finish (CvgRotations *self, GAsyncResult *result, GError **error);

void cvg_rotations_settle (CvgRotations *self, const CvgEntry *entry);
void cvg_rotations_forget_saved (CvgRotations *self, const CvgEntry *entry, guint64 serial);
gboolean cvg_rotations_has_sealed (CvgRotations *self, const CvgEntry *entry, guint64 serial);
gint64 cvg_rotations_get_spent_at (CvgRotations *self, const CvgEntry *entry);

CvgCredentials *
cvg_rotations_recover (CvgRotations *self, const char *id, const CvgCredentials *held);
gint64
cvg_rotations_get_open_since (CvgRotations *self, const char *id, const CvgCredentials *newest);
void cvg_rotations_sweep (CvgRotations *self);
