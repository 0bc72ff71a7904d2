/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The head of a request to the redirect listener, as a value.
 */
#pragma once

#include <glib.h>

/* Bytes of a request head, its blank line included. An authorization answer is well below 4 KiB and
 * browsers add 1 to 2 KiB of their own; but cookies are shared by all ports of a host, and who
 * develops web pages on this one has many. */
#define CVG_REDIRECT_HEAD_LIMIT 16384
#define CVG_REDIRECT_HEAD_TOO_LARGE 431 /* RFC 6585 section 5; libsoup has no name for it */

/**
 * CvgRedirectRequest:
 * @refusal: 0, or the HTTP status that the request is to be refused with; the rest is %NULL then
 * @host: value of the only Host header
 * @path: raw, begins with "/"
 * @query: raw, "" without one
 */
typedef struct
{
  guint refusal;
  char *host;
  char *path;
  char *query;
} CvgRedirectRequest;

gsize cvg_redirect_request_measure (const char *bytes, gsize length);
CvgRedirectRequest *
cvg_redirect_request_parse (const char *head, gsize length) G_GNUC_WARN_UNUSED_RESULT;
void cvg_redirect_request_free (CvgRedirectRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgRedirectRequest, cvg_redirect_request_free)
