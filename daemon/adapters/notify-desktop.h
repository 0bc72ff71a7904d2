/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The notification port over org.freedesktop.Notifications.
 */
#pragma once

#include "ports/notify.h"

#define CVG_TYPE_NOTIFY_DESKTOP (cvg_notify_desktop_get_type ())
G_DECLARE_FINAL_TYPE (CvgNotifyDesktop, cvg_notify_desktop, CVG, NOTIFY_DESKTOP, GObject)

CvgNotifyDesktop *cvg_notify_desktop_new (GDBusConnection *connection) G_GNUC_WARN_UNUSED_RESULT;
void cvg_notify_desktop_stop (CvgNotifyDesktop *self);
