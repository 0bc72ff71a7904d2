/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One waiter of a piece of work that several wait for: it may leave when it likes, and it waits no
 * longer than it has time, without the work taking any notice.
 */
#pragma once

#include <gio/gio.h>

#include "ports/clock.h"

typedef struct _CvgWaiters CvgWaiters;

CvgWaiters *cvg_waiters_new (CvgClock *clock, guint seconds, const char *late_message);
void cvg_waiters_free (CvgWaiters *waiters);
void cvg_waiters_add (CvgWaiters *waiters, GTask *task);
void cvg_waiters_add_patient (CvgWaiters *waiters, GTask *task);
GPtrArray *cvg_waiters_take (CvgWaiters *waiters);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgWaiters, cvg_waiters_free)
