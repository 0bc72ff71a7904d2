/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The authorization code grant of one sign-in: the address that the browser opens, and the one
 * answer that it may bring back (RFC 6749 section 4.1, RFC 7636, RFC 9207).
 */
#pragma once

#include "agent/sign-in-plan.h"
#include "model/http-message.h"
#include "oauth/redirect-answer.h"

typedef struct _CvgCodeGrant CvgCodeGrant;

CvgCodeGrant *cvg_code_grant_new (const CvgSignInPlan *plan) G_GNUC_WARN_UNUSED_RESULT;
void cvg_code_grant_close (CvgCodeGrant *self);
void cvg_code_grant_free (CvgCodeGrant *self);

const char *cvg_code_grant_get_url (const CvgCodeGrant *self);
gboolean cvg_code_grant_has_state (const CvgCodeGrant *self, const char *state);
gboolean cvg_code_grant_is_used (const CvgCodeGrant *self);

CvgRedirectAnswer *cvg_code_grant_read_url (const CvgCodeGrant *self,
                                            const char *url,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean cvg_code_grant_use (CvgCodeGrant *self, const CvgRedirectAnswer *answer, GError **error);
CvgHttpRequest *
cvg_code_grant_redeem (CvgCodeGrant *self, const CvgSecret *code) G_GNUC_WARN_UNUSED_RESULT;
void cvg_code_grant_complete (const CvgCodeGrant *self, CvgCredentials *credentials);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgCodeGrant, cvg_code_grant_free)
