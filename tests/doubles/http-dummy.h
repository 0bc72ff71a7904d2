/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An HTTP port without a network: answers come from a queue, requests are remembered, and a
 * request can be held on the wire until the test lets it go.
 */
#pragma once

#include "ports/http.h"

#define CVG_TYPE_HTTP_DUMMY (cvg_http_dummy_get_type ())
G_DECLARE_FINAL_TYPE (CvgHttpDummy, cvg_http_dummy, CVG, HTTP_DUMMY, GObject)

/** CvgHttpDummyRequest: one request as it came; absent parts are "" */
typedef struct
{
  char *method;        /* (owned) */
  char *url;           /* (owned) */
  char *authorization; /* (owned) */
  char *content_type;  /* (owned) */
  char *body;          /* (owned) */
} CvgHttpDummyRequest;

CvgHttpDummy *cvg_http_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;

void cvg_http_dummy_push (CvgHttpDummy *self,
                          guint status,
                          const char *content_type,
                          guint retry_after,
                          const char *body);
void cvg_http_dummy_push_json (CvgHttpDummy *self, guint status, const char *body);
void cvg_http_dummy_push_challenge (CvgHttpDummy *self, const char *challenge);
void cvg_http_dummy_push_error (CvgHttpDummy *self, GError *error);
void cvg_http_dummy_push_unsent_error (CvgHttpDummy *self, GError *error);
guint cvg_http_dummy_get_queued (CvgHttpDummy *self);

void cvg_http_dummy_set_hold (CvgHttpDummy *self, gboolean hold);
guint cvg_http_dummy_get_held (CvgHttpDummy *self);
void cvg_http_dummy_answer (CvgHttpDummy *self);

guint cvg_http_dummy_get_count (CvgHttpDummy *self);
const CvgHttpDummyRequest *cvg_http_dummy_get_request (CvgHttpDummy *self, guint index);
