/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTTP requests and answers as values: what the protocol engine makes and reads, and the HTTP
 * port carries.
 */
#pragma once

#include <glib.h>

#include "model/secret.h"

/**
 * CvgHttpRequest:
 * @method: "GET", "POST" or "DELETE"
 * @url: absolute; it may hold a secret in its query, and is never logged
 * @authorization: (nullable): value of the Authorization header
 * @content_type: (nullable): of @body
 * @body: (nullable): what to send
 * @headers: (nullable): name, value, name, value, …: more headers
 *
 * Every request asks for JSON (Accept: application/json).
 */
typedef struct
{
  const char *method; /* (static) */
  char *url;
  CvgSecret *authorization;
  const char *content_type; /* (static) */
  CvgSecret *body;
  char **headers;
} CvgHttpRequest;

/**
 * CvgHttpResponse:
 * @status: HTTP status
 * @content_type: (nullable): without parameters, lower case
 * @retry_after: seconds that the server asks to wait, 0 if it does not say
 * @body: what came, at most the port's limit
 * @challenge: (nullable): the WWW-Authenticate header, as it came
 */
typedef struct
{
  guint status;
  char *content_type;
  guint retry_after;
  CvgSecret *body;
  char *challenge;
} CvgHttpResponse;

CvgHttpRequest *
cvg_http_request_new (const char *method, const char *url) G_GNUC_WARN_UNUSED_RESULT;
void cvg_http_request_free (CvgHttpRequest *request);

CvgHttpResponse *cvg_http_response_new (guint status,
                                        const char *content_type,
                                        guint retry_after,
                                        CvgSecret *body) G_GNUC_WARN_UNUSED_RESULT;
void cvg_http_response_free (CvgHttpResponse *response);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgHttpRequest, cvg_http_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgHttpResponse, cvg_http_response_free)
