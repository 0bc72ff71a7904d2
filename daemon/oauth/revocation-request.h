/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Telling a server that a grant is over (RFC 7009), and what its answer is worth.
 */
#pragma once

#include <glib.h>

#include "model/client.h"
#include "model/credentials.h"
#include "model/http-message.h"
#include "model/provider.h"

typedef enum
{
  CVG_REVOCATION_CONFIRMED, /* the token is dead */
  CVG_REVOCATION_PASSING,   /* nobody knows; to be asked again */
  CVG_REVOCATION_REFUSED,   /* asking again does not change it */
} CvgRevocationVerdict;

gboolean
cvg_revocation_is_possible (const CvgProvider *provider, const CvgCredentials *credentials);
GPtrArray *cvg_revocation_requests (const CvgProvider *provider,
                                    GVariant *tenant,
                                    const CvgClient *client,
                                    const CvgCredentials *credentials) G_GNUC_WARN_UNUSED_RESULT;

CvgRevocationVerdict
cvg_revocation_judge (const CvgHttpRequest *request, const CvgHttpResponse *response, char **seen);
