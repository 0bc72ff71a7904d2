/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One daemon for one state directory.
 */
#pragma once

#include <glib.h>

typedef struct _CvgStateLock CvgStateLock;

CvgStateLock *cvg_state_lock_take (const char *state_dir,
                                   guint patience,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cvg_state_lock_release (CvgStateLock *lock);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgStateLock, cvg_state_lock_release)
