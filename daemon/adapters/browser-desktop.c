/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Three ways to a browser, the best first: the desktop portal, the service manager, a process of
 * our own. The next is tried when one is not there or fails; a person who said no is not asked in
 * another way.
 *
 * Never xdg-open and never a shell. The URL has the state in it, so it is in no log line.
 */
#include "adapters/browser-desktop.h"

#include "adapters/browser-direct.h"
#include "adapters/browser-portal.h"
#include "adapters/browser-systemd.h"
#include "adapters/browser-url.h"
#include "dbus/error.h"

struct _CvgBrowserDesktop
{
  GObject parent_instance;

  GDBusConnection *session; /* (owned) (nullable) */
};

/* One URL on its way; the data of its task. */
typedef struct
{
  char *url;   /* (owned) */
  char *token; /* (owned) (nullable) */
} Opening;

static void cvg_browser_desktop_browser_init (CvgBrowserInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgBrowserDesktop,
                               cvg_browser_desktop,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_BROWSER,
                                                      cvg_browser_desktop_browser_init))

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_free (opening->url);
  g_free (opening->token);
  g_free (opening);
}

/* The end of all ways: what is left is the person's own hand. */
static void
open_directly (GTask *task)
{
  const Opening *opening = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (cvg_browser_direct_open (opening->url, opening->token, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_FAILED,
                             "%s. Open the address of the sign-in by hand", error->message);
}

static void
on_systemd (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (cvg_browser_systemd_open_finish (result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_debug ("No browser through systemd (%s, %d)", g_quark_to_string (error->domain), error->code);
  open_directly (task);
}

static void
on_portal (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Opening *opening = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (cvg_browser_portal_open_finish (result, &error))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (g_task_return_error_if_cancelled (task))
    return;
  if (g_error_matches (error, CVG_ERROR, CVG_ERROR_CANCELLED))
    {
      g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_FAILED,
                               "%s. Open the address of the sign-in by hand", error->message);
      return;
    }
  g_debug ("No browser through the portal (%s, %d)", g_quark_to_string (error->domain),
           error->code);
  cvg_browser_systemd_open_async (G_DBUS_CONNECTION (source), opening->url, opening->token,
                                  g_task_get_cancellable (task), on_systemd, g_object_ref (task));
}

static void
browser_desktop_open_async (CvgBrowser *browser,
                            const char *url,
                            const char *activation_token,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  CvgBrowserDesktop *self = CVG_BROWSER_DESKTOP (browser);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  Opening *opening = NULL;

  g_task_set_source_tag (task, browser_desktop_open_async);
  if (!cvg_browser_url_check (url, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  opening = g_new0 (Opening, 1);
  opening->url = g_strdup (url);
  opening->token = g_strdup (activation_token);
  g_task_set_task_data (task, opening, opening_free);
  if (self->session != NULL)
    cvg_browser_portal_open_async (self->session, opening->url, opening->token, cancellable,
                                   on_portal, g_object_ref (task));
  else
    open_directly (task);
}

static gboolean
browser_desktop_open_finish (CvgBrowser *browser, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, browser), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, browser_desktop_open_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
cvg_browser_desktop_finalize (GObject *object)
{
  CvgBrowserDesktop *self = CVG_BROWSER_DESKTOP (object);

  g_clear_object (&self->session);

  G_OBJECT_CLASS (cvg_browser_desktop_parent_class)->finalize (object);
}

static void
cvg_browser_desktop_class_init (CvgBrowserDesktopClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_browser_desktop_finalize;
}

static void
cvg_browser_desktop_browser_init (CvgBrowserInterface *iface)
{
  iface->open_async = browser_desktop_open_async;
  iface->open_finish = browser_desktop_open_finish;
}

static void
cvg_browser_desktop_init (CvgBrowserDesktop *self)
{
}

/**
 * cvg_browser_desktop_new:
 * @session: (nullable): the session bus; without it only the last way is left
 *
 * Returns: (transfer full): a browser
 */
CvgBrowser *
cvg_browser_desktop_new (GDBusConnection *session)
{
  CvgBrowserDesktop *self = g_object_new (CVG_TYPE_BROWSER_DESKTOP, NULL);

  self->session = session != NULL ? g_object_ref (session) : NULL;
  return CVG_BROWSER (self);
}
