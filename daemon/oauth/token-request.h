/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests to the token endpoint (RFC 6749 sections 4.1.3 and 6, RFC 8628 sections 3.1 and 3.4).
 */
#pragma once

#include <glib.h>

#include "model/client.h"
#include "model/http-message.h"
#include "model/provider.h"

CvgHttpRequest *cvg_token_request_exchange (const CvgProvider *provider,
                                            GVariant *tenant,
                                            const CvgClient *client,
                                            const CvgSecret *code,
                                            const CvgSecret *verifier,
                                            const char *redirect_uri) G_GNUC_WARN_UNUSED_RESULT;
char *cvg_token_request_dup_refresh_url (const CvgProvider *provider,
                                         GVariant *tenant) G_GNUC_WARN_UNUSED_RESULT;
CvgHttpRequest *
cvg_token_request_refresh (const CvgProvider *provider,
                           GVariant *tenant,
                           const CvgClient *client,
                           const CvgSecret *refresh_token) G_GNUC_WARN_UNUSED_RESULT;
CvgHttpRequest *cvg_token_request_upgrade (const CvgProvider *provider,
                                           GVariant *tenant,
                                           const CvgClient *client,
                                           const CvgSecret *access_token) G_GNUC_WARN_UNUSED_RESULT;
CvgHttpRequest *
cvg_token_request_device_codes (const CvgProvider *provider,
                                GVariant *tenant,
                                const CvgClient *client,
                                const char *const *scopes) G_GNUC_WARN_UNUSED_RESULT;
CvgHttpRequest *cvg_token_request_poll (const CvgProvider *provider,
                                        GVariant *tenant,
                                        const CvgClient *client,
                                        const CvgSecret *device_code) G_GNUC_WARN_UNUSED_RESULT;
