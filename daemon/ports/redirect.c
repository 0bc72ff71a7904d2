/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ports/redirect.h"

struct _CvgRedirectReply
{
  CvgRedirectReplyFunc func;
  gpointer user_data; /* (owned), by @destroy */
  GDestroyNotify destroy;
};

G_DEFINE_INTERFACE (CvgRedirect, cvg_redirect, G_TYPE_OBJECT)

static void
cvg_redirect_default_init (CvgRedirectInterface *iface)
{
}

char *
cvg_redirect_open (CvgRedirect *self,
                   const char *redirect_uri,
                   gboolean any_port,
                   CvgRedirectFunc func,
                   gpointer user_data,
                   GError **error)
{
  g_return_val_if_fail (CVG_IS_REDIRECT (self), NULL);

  return CVG_REDIRECT_GET_IFACE (self)->open (self, redirect_uri, any_port, func, user_data, error);
}

void
cvg_redirect_close (CvgRedirect *self, const char *bound_uri)
{
  g_return_if_fail (CVG_IS_REDIRECT (self));

  CVG_REDIRECT_GET_IFACE (self)->close (self, bound_uri);
}

/**
 * cvg_redirect_reply_new:
 * @func: sends the page
 * @user_data: for @func
 * @destroy: (nullable): for @user_data, called after @func
 *
 * For implementations.
 */
CvgRedirectReply *
cvg_redirect_reply_new (CvgRedirectReplyFunc func, gpointer user_data, GDestroyNotify destroy)
{
  CvgRedirectReply *reply = g_new0 (CvgRedirectReply, 1);

  reply->func = func;
  reply->user_data = user_data;
  reply->destroy = destroy;
  return reply;
}

/**
 * cvg_redirect_reply_send:
 * @reply: (transfer full): as it came with the request
 * @page: (transfer full): what the browser gets
 */
void
cvg_redirect_reply_send (CvgRedirectReply *reply, CvgPage *page)
{
  g_return_if_fail (reply != NULL && page != NULL);

  reply->func (page, reply->user_data);
  if (reply->destroy != NULL)
    reply->destroy (reply->user_data);
  g_free (reply);
}
