/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a protected resource says of itself, and who gives tokens for it (RFC 9728).
 */
#pragma once

#include <glib.h>

#include "model/http-message.h"

/**
 * CvgResourceMetadata:
 * @issuer: (owned): the authorization server that it names first, judged
 * @scopes: (owned): the scopes that it names; may be empty
 */
typedef struct
{
  char *issuer;
  char **scopes;
} CvgResourceMetadata;

gboolean cvg_resource_metadata_find_url (const CvgHttpResponse *response,
                                         const char *resource,
                                         char **url,
                                         GError **error);
char **cvg_resource_metadata_list_urls (const char *resource) G_GNUC_WARN_UNUSED_RESULT;
CvgResourceMetadata *cvg_resource_metadata_parse (const CvgHttpResponse *response,
                                                  const char *url,
                                                  const char *resource,
                                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cvg_resource_metadata_free (CvgResourceMetadata *metadata);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgResourceMetadata, cvg_resource_metadata_free)
