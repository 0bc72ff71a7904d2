/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Auth data: the a{sv} that callers get of credentials, and give to set them.
 */
#pragma once

#include "model/credentials.h"
#include "model/instance.h"
#include "model/provider.h"

gboolean cvg_auth_data_is_named_key (const char *key);
GVariant *cvg_auth_data_build (const CvgCredentials *credentials,
                               const CvgInstance *instance,
                               const CvgProvider *provider,
                               gint64 now);
CvgCredentials *
cvg_auth_data_parse (GVariant *auth_data, gint64 now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
CvgSecret *cvg_auth_data_get_token (const CvgCredentials *credentials,
                                    const CvgProvider *provider) G_GNUC_WARN_UNUSED_RESULT;

GVariant *cvg_auth_data_find_resource (const CvgCredentials *credentials, const char *resource_id);
