/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is read once after a sign-in: the sites of the grant, and who signed in.
 */
#pragma once

#include <glib.h>

#include "model/credentials.h"
#include "model/http-message.h"
#include "model/provider.h"

CvgHttpRequest *cvg_resources_request (const CvgProvider *provider,
                                       GVariant *tenant,
                                       const CvgCredentials *credentials) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cvg_resources_parse (const CvgHttpResponse *response, GError **error) G_GNUC_WARN_UNUSED_RESULT;

CvgHttpRequest *cvg_account_request (const CvgProvider *provider,
                                     GVariant *tenant,
                                     const CvgCredentials *credentials) G_GNUC_WARN_UNUSED_RESULT;
GVariant *
cvg_account_parse (const CvgHttpResponse *response, GError **error) G_GNUC_WARN_UNUSED_RESULT;
