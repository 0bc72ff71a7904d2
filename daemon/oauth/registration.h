/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dynamic registration of a client (RFC 7591): Claviger introduces itself to a server.
 */
#pragma once

#include <glib.h>

#include "model/http-message.h"
#include "model/provider.h"

/**
 * CvgRegistrationRequest:
 * @endpoint: where clients register
 * @redirect_uri: the one that the client is going to use, to the letter
 * @scopes: what it is going to ask for; may be empty
 * @authentication: how it is going to authenticate
 * @has_device_flow: it may also sign in by the device flow
 *
 * All of it is borrowed for the length of one call.
 */
typedef struct
{
  const char *endpoint;
  const char *redirect_uri;
  const char *const *scopes;
  CvgClientAuthentication authentication;
  gboolean has_device_flow;
} CvgRegistrationRequest;

/**
 * CvgRegistration:
 * @client_id: (owned)
 * @client_secret: (owned) (nullable): one that is of use
 * @authentication: how the client must authenticate
 * @expires_at: Unix seconds at which the secret ends; 0: never
 */
typedef struct
{
  char *client_id;
  CvgSecret *client_secret;
  CvgClientAuthentication authentication;
  gint64 expires_at;
} CvgRegistration;

CvgHttpRequest *
cvg_registration_request (const CvgRegistrationRequest *asked) G_GNUC_WARN_UNUSED_RESULT;
CvgRegistration *cvg_registration_parse (const CvgHttpResponse *response,
                                         const char *redirect_uri,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cvg_registration_free (CvgRegistration *registration);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgRegistration, cvg_registration_free)
