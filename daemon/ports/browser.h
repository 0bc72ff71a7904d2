/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The browser port: shows a URL to the person, in the browser of their choice.
 */
#pragma once

#include <gio/gio.h>

#define CVG_TYPE_BROWSER (cvg_browser_get_type ())
G_DECLARE_INTERFACE (CvgBrowser, cvg_browser, CVG, BROWSER, GObject)

/**
 * CvgBrowserInterface:
 * @open_async: required: opens @url (https, or http to loopback). The browser must survive the end
 *   of the daemon and must not inherit its restrictions. @activation_token (nullable) is passed on
 * @open_finish: required: whether something was started; that says nothing about the person seeing
 *   a page. Fails with %CVG_ERROR_FAILED and a sentence for people, or %G_IO_ERROR_CANCELLED
 */
struct _CvgBrowserInterface
{
  GTypeInterface parent;

  void (*open_async) (CvgBrowser *self,
                      const char *url,
                      const char *activation_token,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*open_finish) (CvgBrowser *self, GAsyncResult *result, GError **error);
};

void cvg_browser_open_async (CvgBrowser *self,
                             const char *url,
                             const char *activation_token,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cvg_browser_open_finish (CvgBrowser *self, GAsyncResult *result, GError **error);
