/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The notification port: telling the person something that no caller may be there to hear.
 */
#pragma once

#include <gio/gio.h>

#define CVG_TYPE_NOTIFY (cvg_notify_get_type ())
G_DECLARE_INTERFACE (CvgNotify, cvg_notify, CVG, NOTIFY, GObject)

/**
 * CvgNotifyInterface:
 * @show: required: shows a notification, in place of the earlier one of the same @id if that is
 *   still there. @title and @body are plain text. Silent where nothing shows notifications
 * @withdraw: required: takes the one of @id away, if there is one
 */
struct _CvgNotifyInterface
{
  GTypeInterface parent;

  void (*show) (CvgNotify *self, const char *id, const char *title, const char *body);
  void (*withdraw) (CvgNotify *self, const char *id);
};

void cvg_notify_show (CvgNotify *self, const char *id, const char *title, const char *body);
void cvg_notify_withdraw (CvgNotify *self, const char *id);
