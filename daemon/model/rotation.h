/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the journal has of one instance: that its refresh token is being spent, and credentials that
 * the keyring does not have yet. docs/rotation.md is the argument.
 */
#pragma once

#include <glib.h>

/* A record from disk has no more and no larger boxes than these, and none may be written that has:
 * it could not be read again. A box takes what a server may answer with, many times over. */
#define CVG_ROTATION_MAX_BOXES 16
#define CVG_ROTATION_MAX_BOX_BYTES (4 * 1024 * 1024 + 1024)

/**
 * CvgRotation:
 * @id: (owned): the instance
 * @spent_at: Unix seconds at which the newest refresh token was about to be presented and since
 *   when no answer settled it; 0: it is not being spent
 * @spent_serial: the serial of the credentials that have that token; 0: none
 * @boxes: (owned) (element-type GBytes): the newest credentials, sealed; once for each refresh
 * token that the keyring may hold, since a store that failed may have been carried out. Empty: the
 *   keyring has the newest ones
 * @sealed_serial: the serial of what is in the boxes; 0: none
 */
typedef struct
{
  char *id;
  gint64 spent_at;
  guint64 spent_serial;
  GPtrArray *boxes;
  guint64 sealed_serial;
} CvgRotation;

CvgRotation *cvg_rotation_new (const char *id) G_GNUC_WARN_UNUSED_RESULT;
CvgRotation *cvg_rotation_copy (const CvgRotation *from) G_GNUC_WARN_UNUSED_RESULT;
void cvg_rotation_free (CvgRotation *rotation);

gboolean cvg_rotation_is_empty (const CvgRotation *rotation);
GVariant *cvg_rotation_to_record (const CvgRotation *rotation);
CvgRotation *cvg_rotation_from_record (GVariant *record, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgRotation, cvg_rotation_free)
