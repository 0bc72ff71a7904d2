/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking for what a server says of itself.
 */
#pragma once

#include <gio/gio.h>

#include "oauth/metadata.h"
#include "ports/http.h"

/**
 * CvgServerFound:
 * @metadata: (owned): of the authorization server
 * @scopes: (owned): that the resource names; may be empty
 */
typedef struct
{
  CvgMetadata *metadata;
  char **scopes;
} CvgServerFound;

void cvg_server_found_free (CvgServerFound *found);

void cvg_server_search_async (CvgHttp *http,
                              const CvgProvider *provider,
                              GVariant *tenant,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
CvgServerFound *cvg_server_search_finish (CvgHttp *http, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgServerFound, cvg_server_found_free)
