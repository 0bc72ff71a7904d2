/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only some servers have in the redirect: a signature, and parameters that are part of the
 * auth data.
 */
#pragma once

#include "model/client.h"
#include "model/provider.h"
#include "oauth/redirect-answer.h"

gboolean cvg_redirect_extras_check_signature (const CvgRedirectAnswer *answer,
                                              const CvgProvider *provider,
                                              const CvgClient *client,
                                              GError **error);
gboolean cvg_redirect_extras_read_members (const CvgRedirectAnswer *answer,
                                           const CvgProvider *provider,
                                           GVariant **members,
                                           GError **error);
