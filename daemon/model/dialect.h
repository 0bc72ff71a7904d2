/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The few ways in which servers want the same thing said.
 */
#pragma once

typedef enum
{
  CVG_CLIENT_AUTHENTICATION_POST,  /* client_id and client_secret in the body */
  CVG_CLIENT_AUTHENTICATION_BASIC, /* RFC 6749 section 2.3.1: form-encoded, then Basic */
  CVG_CLIENT_AUTHENTICATION_NONE,  /* a public client: client_id in the body */
} CvgClientAuthentication;

typedef enum
{
  CVG_TOKEN_REQUEST_FORM, /* application/x-www-form-urlencoded, as the RFC says */
  CVG_TOKEN_REQUEST_JSON,
  CVG_TOKEN_REQUEST_QUERY, /* nothing but a GET with all of it in the query */
} CvgTokenRequestFormat;

typedef enum
{
  CVG_PKCE_NONE,
  CVG_PKCE_S256,
  CVG_PKCE_S256_LOWER, /* the same method, whose name this server wants as "s256" */
} CvgPkceMethod;

typedef enum
{
  CVG_REVOCATION_BOTH, /* the refresh token, then the access token */
  CVG_REVOCATION_REFRESH_TOKEN,
  CVG_REVOCATION_ACCESS_TOKEN,
} CvgRevocationTokens;

/** How a request for revocation shows that it may; %CVG_REVOCATION_AS_CLIENT: as at the token
 * endpoint (RFC 7009 section 2.1) */
typedef enum
{
  CVG_REVOCATION_AS_CLIENT,
  CVG_REVOCATION_AS_BASIC,
  CVG_REVOCATION_AS_BEARER, /* by the token itself, in the Authorization header */
  CVG_REVOCATION_AS_NOBODY,
} CvgRevocationAuthentication;
