/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ports/browser.h"

G_DEFINE_INTERFACE (CvgBrowser, cvg_browser, G_TYPE_OBJECT)

static void
cvg_browser_default_init (CvgBrowserInterface *iface)
{
}

void
cvg_browser_open_async (CvgBrowser *self,
                        const char *url,
                        const char *activation_token,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (CVG_IS_BROWSER (self));

  CVG_BROWSER_GET_IFACE (self)->open_async (self, url, activation_token, cancellable, callback,
                                            user_data);
}

gboolean
cvg_browser_open_finish (CvgBrowser *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CVG_IS_BROWSER (self), FALSE);

  return CVG_BROWSER_GET_IFACE (self)->open_finish (self, result, error);
}
