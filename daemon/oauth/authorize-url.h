/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The address that the browser opens to ask the person (RFC 6749 section 4.1.1).
 */
#pragma once

#include <glib.h>

#include "model/provider.h"

/**
 * CvgAuthorizeRequest:
 * @provider: whose endpoint
 * @tenant: (nullable): a{ss} for the {names} in the endpoint
 * @client_id: the client that asks
 * @redirect_uri: where the answer goes; the exchange must send the same
 * @scopes: what to ask for, complete: cvg_authorize_scopes()
 * @state: what the answer must bring back
 * @challenge: (nullable): of PKCE, method S256, however the provider spells that
 * @login_hint: (nullable): who will probably sign in
 *
 * All of it is borrowed for the length of one call.
 */
typedef struct
{
  const CvgProvider *provider;
  GVariant *tenant;
  const char *client_id;
  const char *redirect_uri;
  const char *const *scopes;
  const char *state;
  const char *challenge;
  const char *login_hint;
} CvgAuthorizeRequest;

char *cvg_authorize_url_build (const CvgAuthorizeRequest *request) G_GNUC_WARN_UNUSED_RESULT;
char **
cvg_authorize_scopes (const CvgProvider *provider, const char *asked) G_GNUC_WARN_UNUSED_RESULT;
