/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All sign-ins in progress, and the way of a redirect to the one that it belongs to.
 */
#pragma once

#include <gio/gio.h>

#include "agent/beginning.h"
#include "agent/sign-in.h"
#include "ports/browser.h"

#define CVG_TYPE_SIGN_INS (cvg_sign_ins_get_type ())
G_DECLARE_FINAL_TYPE (CvgSignIns, cvg_sign_ins, CVG, SIGN_INS, GObject)

CvgSignIns *cvg_sign_ins_new (CvgHttp *http,
                              CvgClock *clock,
                              CvgBrowser *browser,
                              CvgRedirect *redirect,
                              CvgInstances *instances,
                              CvgPreparation *preparation,
                              CvgKeeper *keeper);
void cvg_sign_ins_stop (CvgSignIns *self);
gboolean cvg_sign_ins_is_idle (CvgSignIns *self);

void cvg_sign_ins_begin_async (CvgSignIns *self,
                               CvgEntry *entry,
                               const CvgSignInOptions *options,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
CvgSignIn *cvg_sign_ins_begin_finish (CvgSignIns *self, GAsyncResult *result, GError **error);

void cvg_sign_ins_open_browser_async (CvgSignIns *self,
                                      CvgSignIn *sign_in,
                                      const char *activation_token,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
gboolean cvg_sign_ins_open_browser_finish (CvgSignIns *self, GAsyncResult *result, GError **error);
void cvg_sign_ins_cancel_of (CvgSignIns *self, const CvgEntry *entry);
