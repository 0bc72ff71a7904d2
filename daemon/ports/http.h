/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The HTTP port: one request, one bounded answer.
 */
#pragma once

#include <gio/gio.h>

#include "model/http-message.h"

#define CVG_TYPE_HTTP (cvg_http_get_type ())
G_DECLARE_INTERFACE (CvgHttp, cvg_http, CVG, HTTP, GObject)

/**
 * CvgHttpInterface:
 * @send_async: required: sends the request (which it copies what it needs from before it returns).
 *   The whole, waiting for a place included, has a deadline of 30 s and the body a limit of 1 MiB;
 *   redirects are not followed, and nothing but a GET goes out a second time
 * @send_finish: required: the answer, whatever its status. Fails with %CVG_ERROR_TRY_LATER if none
 *   came (network, name resolution, TLS, deadline, size): the message says which, for people,
 *   and names the host but never the query; %G_IO_ERROR_CANCELLED if @cancellable fired
 * @was_sent: optional: of a result that failed: whether the server can have seen the request. %TRUE
 *   in doubt, and by default: what was seen may have been carried out
 */
struct _CvgHttpInterface
{
  GTypeInterface parent;

  void (*send_async) (CvgHttp *self,
                      const CvgHttpRequest *request,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  CvgHttpResponse *(*send_finish) (CvgHttp *self, GAsyncResult *result, GError **error);
  gboolean (*was_sent) (CvgHttp *self, GAsyncResult *result);
};

void cvg_http_send_async (CvgHttp *self,
                          const CvgHttpRequest *request,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
CvgHttpResponse *cvg_http_send_finish (CvgHttp *self, GAsyncResult *result, GError **error);
gboolean cvg_http_was_sent (CvgHttp *self, GAsyncResult *result);
