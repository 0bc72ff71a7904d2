/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an authorization server says of itself (RFC 8414, OpenID Connect Discovery).
 */
#pragma once

#include <glib.h>

#include "model/http-message.h"
#include "model/provider.h"

/** CvgMetadataAuthentications: the ways of a client to authenticate that a server takes */
typedef enum
{
  CVG_METADATA_TAKES_BASIC = 1 << CVG_CLIENT_AUTHENTICATION_BASIC,
  CVG_METADATA_TAKES_POST = 1 << CVG_CLIENT_AUTHENTICATION_POST,
  CVG_METADATA_TAKES_NONE = 1 << CVG_CLIENT_AUTHENTICATION_NONE,
} CvgMetadataAuthentications;

/**
 * CvgMetadata:
 * @issuer: (owned): who it is, as it was asked for
 * @authorization_endpoint: (owned) (nullable)
 * @token_endpoint: (owned) (nullable)
 * @revocation_endpoint: (owned) (nullable)
 * @device_authorization_endpoint: (owned) (nullable)
 * @registration_endpoint: (owned) (nullable)
 * @authentications: a set of #CvgMetadataAuthentications
 * @names_authentications: it says so; else @authentications is the standard's default
 * @names_pkce: it says which methods of PKCE it takes
 * @takes_s256: S256 is one of them
 * @issuer_in_answers: it names itself in each answer (RFC 9207)
 * @scopes: (owned) (nullable): those that it names; %NULL: it names none
 *
 * All URLs have been judged: requests may go there.
 */
typedef struct
{
  char *issuer;
  char *authorization_endpoint;
  char *token_endpoint;
  char *revocation_endpoint;
  char *device_authorization_endpoint;
  char *registration_endpoint;
  guint authentications;
  gboolean names_authentications;
  gboolean names_pkce;
  gboolean takes_s256;
  gboolean issuer_in_answers;
  char **scopes;
} CvgMetadata;

char **cvg_metadata_list_urls (const char *issuer) G_GNUC_WARN_UNUSED_RESULT;
CvgMetadata *cvg_metadata_parse (const CvgHttpResponse *response,
                                 const char *issuer,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cvg_metadata_free (CvgMetadata *metadata);

CvgClientAuthentication
cvg_metadata_choose_authentication (const CvgMetadata *metadata, CvgClientAuthentication preferred);
CvgClientAuthentication cvg_metadata_choose_registration (const CvgMetadata *metadata);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgMetadata, cvg_metadata_free)
