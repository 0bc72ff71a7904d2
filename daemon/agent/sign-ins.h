/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All sign-ins in progress, and the way of a redirect to the one that it belongs to.
 */
#pragma once

#include <gio/gio.h>

#include "agent/flow.h"
#include "agent/preparation.h"
#include "agent/sign-in.h"
#include "ports/browser.h"

#define CVG_TYPE_SIGN_INS (cvg_sign_ins_get_type ())
G_DECLARE_FINAL_TYPE (CvgSignIns, cvg_sign_ins, CVG, SIGN_INS, GObject)

#define CVG_DEFAULT_SIGN_IN_SECONDS 600
#define CVG_MAX_SIGN_IN_SECONDS 86400

/**
 * CvgSignInOptions:
 * @client_id: (nullable): the client to use; %NULL: the instance's, else the server's default
 * @scope: (nullable): scopes to ask for, separated by commas or spaces
 * @redirect_url: (nullable): where the browser goes after success
 * @open_browser: whether to open it
 * @activation_token: (nullable): of the desktop
 * @timeout: seconds that the person has
 * @login_hint: (nullable): for the provider
 * @flow: how the answer comes back
 */
typedef struct
{
  const char *client_id;
  const char *scope;
  const char *redirect_url;
  gboolean open_browser;
  const char *activation_token;
  guint timeout;
  const char *login_hint;
  CvgFlow flow;
} CvgSignInOptions;

#define CVG_SIGN_IN_OPTIONS_INIT                                                                   \
  {                                                                                                \
    .open_browser = TRUE, .timeout = CVG_DEFAULT_SIGN_IN_SECONDS, .flow = CVG_FLOW_ANY             \
  }

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
