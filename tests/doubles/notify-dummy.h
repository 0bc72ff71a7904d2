/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A notification area that nobody looks at: what is shown can be asked for.
 */
#pragma once

#include "ports/notify.h"

#define CVG_TYPE_NOTIFY_DUMMY (cvg_notify_dummy_get_type ())
G_DECLARE_FINAL_TYPE (CvgNotifyDummy, cvg_notify_dummy, CVG, NOTIFY_DUMMY, GObject)

CvgNotifyDummy *cvg_notify_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;

guint cvg_notify_dummy_get_count (CvgNotifyDummy *self);
const char *cvg_notify_dummy_get_title (CvgNotifyDummy *self, const char *id);
const char *cvg_notify_dummy_get_body (CvgNotifyDummy *self, const char *id);
guint cvg_notify_dummy_get_shows (CvgNotifyDummy *self);
guint cvg_notify_dummy_get_withdrawals (CvgNotifyDummy *self);
