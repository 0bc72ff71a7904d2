/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the person is told without having asked: only what nobody but them can mend.
 */
#pragma once

#include <gio/gio.h>

#include "agent/keeper.h"
#include "ports/notify.h"

#define CVG_TYPE_NOTICES (cvg_notices_get_type ())
G_DECLARE_FINAL_TYPE (CvgNotices, cvg_notices, CVG, NOTICES, GObject)

CvgNotices *cvg_notices_new (CvgNotify *notify,
                             CvgInstances *instances,
                             CvgKeeper *keeper,
                             CvgClock *clock) G_GNUC_WARN_UNUSED_RESULT;
void cvg_notices_start (CvgNotices *self);
void cvg_notices_stop (CvgNotices *self);
