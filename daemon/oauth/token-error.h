/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a token endpoint's refusal means.
 */
#pragma once

#include <json-glib/json-glib.h>

#include "model/http-message.h"
#include "model/provider.h"
#include "oauth/token-response.h"

GError *cvg_token_error_classify (const CvgProvider *provider,
                                  CvgTokenGrant grant,
                                  const CvgHttpResponse *response,
                                  JsonObject *object) G_GNUC_WARN_UNUSED_RESULT;
GError *cvg_token_error_of_registered (const GError *error) G_GNUC_WARN_UNUSED_RESULT;
