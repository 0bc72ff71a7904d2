/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the browser brings back from the provider (RFC 6749 sections 4.1.2 and 4.1.2.1).
 */
#pragma once

#include <glib.h>

#include "model/secret.h"

/**
 * CvgRedirectAnswer:
 * @query: all of it, as it came
 * @state: which sign-in it says it is of
 * @code: (nullable): the authorization code
 * @error: (nullable): the provider's error code, unchecked; never both, never neither
 * @issuer: (nullable): who says it answered (RFC 9207)
 */
typedef struct
{
  CvgSecret *query;
  char *state;
  CvgSecret *code;
  char *error;
  char *issuer;
} CvgRedirectAnswer;

CvgRedirectAnswer *
cvg_redirect_answer_parse (const char *query, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cvg_redirect_answer_free (CvgRedirectAnswer *answer);

gboolean cvg_redirect_answer_check_issuer (const CvgRedirectAnswer *answer,
                                           const char *issuer,
                                           gboolean is_required,
                                           GError **error);
gboolean cvg_redirect_answer_is_denial (const CvgRedirectAnswer *answer);
GError *cvg_redirect_answer_to_error (const CvgRedirectAnswer *answer) G_GNUC_WARN_UNUSED_RESULT;

char *cvg_redirect_url_match (const char *url,
                              const char *redirect_uri,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgRedirectAnswer, cvg_redirect_answer_free)
