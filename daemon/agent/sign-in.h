/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One OAuth sign-in, from the URL that the browser opens to the credentials in the keyring
 * (RFC 6749 section 4.1, RFC 7636, RFC 8252; or RFC 8628).
 */
#pragma once

#include <gio/gio.h>

#include "agent/keeper.h"
#include "agent/sign-in-plan.h"
#include "oauth/redirect-answer.h"
#include "ports/clock.h"
#include "ports/http.h"
#include "ports/redirect.h"

#define CVG_TYPE_SIGN_IN (cvg_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (CvgSignIn, cvg_sign_in, CVG, SIGN_IN, GObject)

typedef enum
{
  CVG_PHASE_IS_WAITING,
  CVG_PHASE_IS_EXCHANGING,
  CVG_PHASE_IS_STORING,
  /* From here on it is over. */
  CVG_PHASE_IS_AUTHORIZED,
  CVG_PHASE_IS_DENIED,
  CVG_PHASE_IS_CANCELLED,
  CVG_PHASE_IS_TIMED_OUT,
  CVG_PHASE_IS_FAILED,
} CvgPhase;

CvgSignIn *cvg_sign_in_new (CvgHttp *http,
                            CvgClock *clock,
                            CvgInstances *instances,
                            CvgKeeper *keeper,
                            CvgSignInPlan *plan);

const char *cvg_sign_in_get_url (CvgSignIn *self);
const char *cvg_sign_in_get_redirect_uri (CvgSignIn *self);
const char *cvg_sign_in_get_user_code (CvgSignIn *self);
const CvgEntry *cvg_sign_in_get_entry (CvgSignIn *self);
gint64 cvg_sign_in_get_deadline (CvgSignIn *self);
CvgPhase cvg_sign_in_get_phase (CvgSignIn *self);
const char *cvg_sign_in_get_phase_name (CvgSignIn *self);
const GError *cvg_sign_in_get_error (CvgSignIn *self);
CvgClient *cvg_sign_in_get_lost_client (CvgSignIn *self);
gboolean cvg_sign_in_is_over (CvgSignIn *self);

gboolean cvg_sign_in_has_state (CvgSignIn *self, const char *state);
void cvg_sign_in_accept (CvgSignIn *self, const CvgRedirectAnswer *answer, CvgRedirectReply *reply);
gboolean cvg_sign_in_complete_from_url (CvgSignIn *self, const char *url, GError **error);
void cvg_sign_in_cancel (CvgSignIn *self);
void cvg_sign_in_stop (CvgSignIn *self);
