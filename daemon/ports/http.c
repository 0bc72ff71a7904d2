/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ports/http.h"

G_DEFINE_INTERFACE (CvgHttp, cvg_http, G_TYPE_OBJECT)

static void
cvg_http_default_init (CvgHttpInterface *iface)
{
}

void
cvg_http_send_async (CvgHttp *self,
                     const CvgHttpRequest *request,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_return_if_fail (CVG_IS_HTTP (self));

  CVG_HTTP_GET_IFACE (self)->send_async (self, request, cancellable, callback, user_data);
}

CvgHttpResponse *
cvg_http_send_finish (CvgHttp *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CVG_IS_HTTP (self), NULL);

  return CVG_HTTP_GET_IFACE (self)->send_finish (self, result, error);
}

gboolean
cvg_http_was_sent (CvgHttp *self, GAsyncResult *result)
{
  CvgHttpInterface *iface = CVG_HTTP_GET_IFACE (self);

  return iface->was_sent == NULL || iface->was_sent (self, result);
}
