/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The redirect port: the loopback listener that the browser ends on (RFC 8252 section 7.3).
 */
#pragma once

#include <gio/gio.h>

#include "model/page.h"

#define CVG_TYPE_REDIRECT (cvg_redirect_get_type ())
G_DECLARE_INTERFACE (CvgRedirect, cvg_redirect, CVG, REDIRECT, GObject)

/** CvgRedirectReply: gives the browser @page (transfer full); to be called exactly once */
typedef struct _CvgRedirectReply CvgRedirectReply;

/**
 * CvgRedirectFunc:
 * @redirect_uri: (borrowed): the URI under which the listener was opened
 * @query: (borrowed): the raw query of a well-formed GET of exactly that URI's path, "" without
 * @reply: (transfer full): to be answered, now or later, with cvg_redirect_reply_send()
 * @user_data: as given to cvg_redirect_open()
 *
 * Everything else (other hosts, paths, methods, bodies, prefetches, other Unix users) the listener
 * answers by itself.
 */
typedef void (*CvgRedirectFunc) (const char *redirect_uri,
                                 const char *query,
                                 CvgRedirectReply *reply,
                                 gpointer user_data);

/**
 * CvgRedirectInterface:
 * @open: required: binds the exact address of @redirect_uri (with @any_port: that address with a
 *   free port) and listens; counted: the second open of the same URI shares the first one's
 *   listener. Returns (transfer full): the URI with the port that was bound, which is what the
 *   provider must be told. Fails with %CVG_ERROR_PORT_IN_USE or %CVG_ERROR_FAILED
 * @close: required: one user less; with the last one the port is given back, after the answers that
 *   are still on their way to a browser
 */
struct _CvgRedirectInterface
{
  GTypeInterface parent;

  char *(*open) (CvgRedirect *self,
                 const char *redirect_uri,
                 gboolean any_port,
                 CvgRedirectFunc func,
                 gpointer user_data,
                 GError **error);
  void (*close) (CvgRedirect *self, const char *bound_uri);
};

char *cvg_redirect_open (CvgRedirect *self,
                         const char *redirect_uri,
                         gboolean any_port,
                         CvgRedirectFunc func,
                         gpointer user_data,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cvg_redirect_close (CvgRedirect *self, const char *bound_uri);

/** CvgRedirectReplyFunc: how the listener sends @page (transfer full) */
typedef void (*CvgRedirectReplyFunc) (CvgPage *page, gpointer user_data);

CvgRedirectReply *cvg_redirect_reply_new (CvgRedirectReplyFunc func,
                                          gpointer user_data,
                                          GDestroyNotify destroy) G_GNUC_WARN_UNUSED_RESULT;
void cvg_redirect_reply_send (CvgRedirectReply *reply, CvgPage *page);
