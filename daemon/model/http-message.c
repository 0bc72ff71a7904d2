/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/http-message.h"

/**
 * cvg_http_request_new:
 * @method: (static): "GET", "POST" or "DELETE"
 * @url: absolute
 *
 * Returns: (transfer full): a request, for its maker to complete
 */
CvgHttpRequest *
cvg_http_request_new (const char *method, const char *url)
{
  CvgHttpRequest *request = g_new0 (CvgHttpRequest, 1);

  request->method = method;
  request->url = g_strdup (url);
  return request;
}

void
cvg_http_request_free (CvgHttpRequest *request)
{
  g_strfreev (request->headers);
  cvg_wipe_free (request->url);
  g_clear_pointer (&request->authorization, cvg_secret_unref);
  g_clear_pointer (&request->body, cvg_secret_unref);
  g_free (request);
}

/**
 * cvg_http_response_new:
 * @status: HTTP status
 * @content_type: (nullable): without parameters
 * @retry_after: seconds, or 0
 * @body: (transfer none): what came
 *
 * Returns: (transfer full): an answer
 */
CvgHttpResponse *
cvg_http_response_new (guint status, const char *content_type, guint retry_after, CvgSecret *body)
{
  CvgHttpResponse *response = g_new0 (CvgHttpResponse, 1);

  response->status = status;
  response->content_type = content_type != NULL ? g_ascii_strdown (content_type, -1) : NULL;
  response->retry_after = retry_after;
  response->body = cvg_secret_ref (body);
  return response;
}

void
cvg_http_response_free (CvgHttpResponse *response)
{
  g_free (response->content_type);
  g_free (response->challenge);
  cvg_secret_unref (response->body);
  g_free (response);
}
