/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sign-in before it begins: what a caller wants of it, and what is known of it so far.
 */
#pragma once

#include <gio/gio.h>

#include "agent/flow.h"
#include "agent/preparation.h"
#include "agent/sign-in-plan.h"

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

/**
 * CvgBeginning:
 * @entry: (owned): the instance
 * @client_id: (owned) (nullable): the client that the caller wants
 * @redirect_url: (owned) (nullable): where the browser goes after success; the plan takes it
 * @scope: (owned) (nullable): the scopes that the caller wants
 * @login_hint: (owned) (nullable): for the provider; the plan takes it
 * @activation_token: (owned) (nullable): of the desktop
 * @open_browser: whether to open it
 * @timeout: seconds that the person has
 * @flow: how the answer comes back
 * @prepared: (owned) (nullable): provider and client, once they are known
 * @plan: (owned) (nullable): while the server is asked for codes
 * @cancellable: (owned) (nullable): of that; the caller's cancels it too
 * @caller_id: how it does
 */
typedef struct
{
  CvgEntry *entry;
  char *client_id;
  char *redirect_url;
  char *scope;
  char *login_hint;
  char *activation_token;
  gboolean open_browser;
  guint timeout;
  CvgFlow flow;
  CvgPrepared *prepared;
  CvgSignInPlan *plan;
  GCancellable *cancellable;
  gulong caller_id;
} CvgBeginning;

CvgBeginning *cvg_beginning_new (CvgEntry *entry,
                                 const CvgSignInOptions *options,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cvg_beginning_free (CvgBeginning *self);

const char *cvg_beginning_get_redirect_uri (const CvgBeginning *self);
CvgSignInPlan *cvg_beginning_make_plan (CvgBeginning *self, gint64 now) G_GNUC_WARN_UNUSED_RESULT;
