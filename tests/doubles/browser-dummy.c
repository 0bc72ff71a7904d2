/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "doubles/browser-dummy.h"

struct _CvgBrowserDummy
{
  GObject parent_instance;

  GPtrArray *urls;   /* (owned) (element-type utf8) */
  GPtrArray *tokens; /* (owned) (element-type utf8): "" where none was given */
  GError *error;     /* (owned) (nullable): what each call fails with */
};

static void cvg_browser_dummy_browser_init (CvgBrowserInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgBrowserDummy,
                               cvg_browser_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_BROWSER,
                                                      cvg_browser_dummy_browser_init))

static void
browser_dummy_open_async (CvgBrowser *browser,
                          const char *url,
                          const char *activation_token,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  CvgBrowserDummy *self = CVG_BROWSER_DUMMY (browser);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, browser_dummy_open_async);
  g_ptr_array_add (self->urls, g_strdup (url));
  g_ptr_array_add (self->tokens, g_strdup (activation_token != NULL ? activation_token : ""));

  if (self->error != NULL)
    g_task_return_error (task, g_error_copy (self->error));
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
browser_dummy_open_finish (CvgBrowser *browser, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, browser), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, browser_dummy_open_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
cvg_browser_dummy_finalize (GObject *object)
{
  CvgBrowserDummy *self = CVG_BROWSER_DUMMY (object);

  g_ptr_array_unref (self->urls);
  g_ptr_array_unref (self->tokens);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (cvg_browser_dummy_parent_class)->finalize (object);
}

static void
cvg_browser_dummy_class_init (CvgBrowserDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_browser_dummy_finalize;
}

static void
cvg_browser_dummy_browser_init (CvgBrowserInterface *iface)
{
  iface->open_async = browser_dummy_open_async;
  iface->open_finish = browser_dummy_open_finish;
}

static void
cvg_browser_dummy_init (CvgBrowserDummy *self)
{
  self->urls = g_ptr_array_new_with_free_func (g_free);
  self->tokens = g_ptr_array_new_with_free_func (g_free);
}

/** cvg_browser_dummy_new: Returns: (transfer full): a browser that succeeds */
CvgBrowserDummy *
cvg_browser_dummy_new (void)
{
  return g_object_new (CVG_TYPE_BROWSER_DUMMY, NULL);
}

/** cvg_browser_dummy_set_error: calls fail from now on with @error (transfer full) (nullable) */
void
cvg_browser_dummy_set_error (CvgBrowserDummy *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
}

/** cvg_browser_dummy_get_count: Returns: how often a URL was to be opened */
guint
cvg_browser_dummy_get_count (CvgBrowserDummy *self)
{
  return self->urls->len;
}

/** cvg_browser_dummy_get_url: Returns: (transfer none): the URL of the call @index, from 0 */
const char *
cvg_browser_dummy_get_url (CvgBrowserDummy *self, guint index)
{
  g_assert_cmpuint (index, <, self->urls->len);
  return g_ptr_array_index (self->urls, index);
}

/** cvg_browser_dummy_get_token: Returns: (transfer none): its activation token, "" without one */
const char *
cvg_browser_dummy_get_token (CvgBrowserDummy *self, guint index)
{
  g_assert_cmpuint (index, <, self->tokens->len);
  return g_ptr_array_index (self->tokens, index);
}
