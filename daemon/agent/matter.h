/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One grant that was left, or is about to be, in the hands of the revoker: how far it is, and when
 * its server is asked next.
 */
#pragma once

#include "agent/waiters.h"
#include "model/revocation.h"

/**
 * CvgMatter:
 * @revocation: (owned)
 * @waiters: (owned): who wants to know what the server says
 * @is_held: its credentials are not deleted yet
 * @is_late: it came after its instance was left, and is carried out as soon as it is durable
 * @is_stored: the keyring has it
 * @is_under_way: an errand is
 * @next_at: Unix microseconds of the next attempt
 * @tried_at: likewise of the last one; 0: there was none
 * @retry_at: Unix microseconds before which the server asked not to be asked again; 0: none
 */
typedef struct
{
  CvgRevocation *revocation;
  CvgWaiters *waiters;
  gboolean is_held;
  gboolean is_late;
  gboolean is_stored;
  gboolean is_under_way;
  gint64 next_at;
  gint64 tried_at;
  gint64 retry_at;
} CvgMatter;

CvgMatter *cvg_matter_new (CvgRevocation *revocation, CvgClock *clock) G_GNUC_WARN_UNUSED_RESULT;
void cvg_matter_free (CvgMatter *matter);

gboolean cvg_matter_is_waiting (const CvgMatter *matter);
gboolean cvg_matter_is_in_keyring_alone (const CvgMatter *matter);
gboolean cvg_matter_is_hopeless (const CvgMatter *matter, gint64 now);
void cvg_matter_answer (CvgMatter *matter, gboolean is_confirmed);

void cvg_matter_postpone (CvgMatter *matter, gint64 now, guint retry_after);
void cvg_matter_hurry (CvgMatter *matter);
void cvg_matter_shift (CvgMatter *matter, gint64 by);
