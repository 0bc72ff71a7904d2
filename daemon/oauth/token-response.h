/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of the token endpoint (RFC 6749 sections 5.1 and 5.2), as they are and as they come.
 */
#pragma once

#include <glib.h>

#include "model/credentials.h"
#include "model/http-message.h"
#include "model/provider.h"

typedef enum
{
  CVG_TOKEN_GRANT_CODE,    /* an authorization code was exchanged */
  CVG_TOKEN_GRANT_REFRESH, /* a refresh token was used */
  CVG_TOKEN_GRANT_DEVICE,  /* a device code was asked for, or polled with: RFC 8628 */
  CVG_TOKEN_GRANT_UPGRADE, /* a token was to become a lasting one */
} CvgTokenGrant;

CvgCredentials *cvg_token_response_parse (const CvgProvider *provider,
                                          CvgTokenGrant grant,
                                          const CvgHttpResponse *response,
                                          gint64 now,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
CvgSecret *
cvg_token_response_find_refresh_token (const CvgProvider *provider,
                                       const CvgHttpResponse *response) G_GNUC_WARN_UNUSED_RESULT;
void cvg_token_response_add_members (CvgCredentials *credentials, GVariant *members);
CvgCredentials *cvg_token_response_merge (const CvgCredentials *before,
                                          const CvgCredentials *answer) G_GNUC_WARN_UNUSED_RESULT;
