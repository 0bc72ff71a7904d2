/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ports/notify.h"

G_DEFINE_INTERFACE (CvgNotify, cvg_notify, G_TYPE_OBJECT)

static void
cvg_notify_default_init (CvgNotifyInterface *iface)
{
}

void
cvg_notify_show (CvgNotify *self, const char *id, const char *title, const char *body)
{
  g_return_if_fail (CVG_IS_NOTIFY (self));

  CVG_NOTIFY_GET_IFACE (self)->show (self, id, title, body);
}

void
cvg_notify_withdraw (CvgNotify *self, const char *id)
{
  g_return_if_fail (CVG_IS_NOTIFY (self));

  CVG_NOTIFY_GET_IFACE (self)->withdraw (self, id);
}
