/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * org.freedesktop.portal.OpenURI: the session starts the browser, so it is not our child, does not
 * die with us and inherits nothing of ours; and the person's own choice of browser counts.
 *
 * Invariant: the task is returned by the first of: the Response, failure of the call, the portal's
 * leaving the bus, the caller's cancellable, and patience running out. A portal that has taken the
 * call and is silent has most likely a question on the screen, so that counts as opened: opening
 * the page a second time in another way would be worse.
 */
#include "adapters/browser-portal.h"

#include "dbus/error.h"

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define REQUEST_INTERFACE "org.freedesktop.portal.Request"

/* Starting the portal may take its backend along; a session that can't is to be given up soon. */
#define CALL_TIMEOUT 15000 /* ms */
#define PATIENCE 60        /* s */

/* Response codes of a portal request. */
enum
{
  RESPONSE_DONE,
  RESPONSE_DISMISSED,
};

/* One OpenURI call; the data of its task. */
typedef struct
{
  GDBusConnection *session; /* (owned) */
  GTask *hold;              /* (owned) (nullable): the task itself, until it is returned */
  char *handle;             /* (owned): the request that is listened to */
  guint subscription;
  guint watch;
  guint patience;
  GSource *leaving; /* (owned) (nullable): the caller's cancellable */
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  g_assert (call->hold == NULL && call->subscription == 0);
  g_clear_object (&call->session);
  g_free (call->handle);
  g_free (call);
}

/* Returns the task with @error (transfer full) (nullable); later callers come to nothing. */
static void
settle (Call *call, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&call->hold);

  if (task == NULL)
    {
      g_clear_error (&error);
      return;
    }

  g_dbus_connection_signal_unsubscribe (call->session, call->subscription);
  call->subscription = 0;
  g_clear_handle_id (&call->watch, g_bus_unwatch_name);
  g_clear_handle_id (&call->patience, g_source_remove);
  if (call->leaving != NULL)
    g_source_destroy (call->leaving);
  g_clear_pointer (&call->leaving, g_source_unref);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_response (GDBusConnection *session,
             const char *sender,
             const char *path,
             const char *interface,
             const char *signal,
             GVariant *parameters,
             gpointer user_data)
{
  guint32 code = G_MAXUINT32;
  GError *error = NULL;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    g_variant_get (parameters, "(u@a{sv})", &code, NULL);

  if (code == RESPONSE_DISMISSED)
    error = g_error_new_literal (CVG_ERROR, CVG_ERROR_CANCELLED, "No browser was chosen");
  else if (code != RESPONSE_DONE)
    error = g_error_new_literal (CVG_ERROR, CVG_ERROR_FAILED,
                                 "The desktop portal could not open the address");
  settle (user_data, error);
}

static void
listen_to (Call *call, const char *handle)
{
  if (call->subscription != 0)
    g_dbus_connection_signal_unsubscribe (call->session, call->subscription);
  g_free (call->handle);
  call->handle = g_strdup (handle);
  call->subscription = g_dbus_connection_signal_subscribe (
      call->session, PORTAL_NAME, REQUEST_INTERFACE, "Response", call->handle, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_response, call, NULL);
}

static void
on_portal_gone (GDBusConnection *session, const char *name, gpointer user_data)
{
  settle (user_data,
          g_error_new_literal (CVG_ERROR, CVG_ERROR_FAILED, "The desktop portal went away"));
}

static gboolean
on_patience_out (gpointer user_data)
{
  Call *call = user_data;

  call->patience = 0;
  settle (call, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_caller_left (GCancellable *cancellable, gpointer user_data)
{
  Call *call = user_data;

  /* Takes a question off the screen. */
  g_dbus_connection_call (call->session, PORTAL_NAME, call->handle, REQUEST_INTERFACE, "Close",
                          NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT, NULL, NULL,
                          NULL);
  settle (call, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
  return G_SOURCE_REMOVE;
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  const char *handle = NULL;

  if (reply == NULL)
    {
      settle (call, g_steal_pointer (&error));
      return;
    }
  if (call->hold == NULL)
    return;

  /* Old portals choose a path of their own. */
  g_variant_get (reply, "(&o)", &handle);
  if (g_strcmp0 (handle, call->handle) != 0)
    listen_to (call, handle);
  call->watch = g_bus_watch_name_on_connection (
      call->session, PORTAL_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_portal_gone, call, NULL);
  call->patience = g_timeout_add_seconds (PATIENCE, on_patience_out, call);
}

/* Where the answer will come, so that it can be listened for before the question is asked. */
static char *
predict_handle (GDBusConnection *session, const char *token)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (session) + 1);

  g_strdelimit (sender, ".", '_');
  return g_strdup_printf (PORTAL_PATH "/request/%s/%s", sender, token);
}

static GVariant *
make_arguments (const char *url, const char *token, const char *activation_token)
{
  GVariantBuilder options;

  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
  if (activation_token != NULL)
    g_variant_builder_add (&options, "{sv}", "activation_token",
                           g_variant_new_string (activation_token));
  return g_variant_new ("(ssa{sv})", "", url, &options);
}

/**
 * cvg_browser_portal_open_async:
 * @session: the session bus
 * @url: checked
 * @activation_token: (nullable): from the caller's window
 *
 * Fails with %CVG_ERROR_CANCELLED if the person dismissed the portal's question, with anything
 * else if there is no portal or it did not open the URL.
 */
void
cvg_browser_portal_open_async (GDBusConnection *session,
                               const char *url,
                               const char *activation_token,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  g_autofree char *token = g_strdup_printf ("claviger%08x", g_random_int ());
  g_autofree char *handle = predict_handle (session, token);
  Call *call = g_new0 (Call, 1);

  g_task_set_source_tag (task, cvg_browser_portal_open_async);
  g_task_set_task_data (task, call, call_free);
  call->session = g_object_ref (session);
  call->hold = g_object_ref (task);
  listen_to (call, handle);
  if (cancellable != NULL)
    {
      call->leaving = g_cancellable_source_new (cancellable);
      g_source_set_callback (call->leaving, G_SOURCE_FUNC (on_caller_left), call, NULL);
      g_source_attach (call->leaving, g_task_get_context (task));
    }
  /* Not with the caller's cancellable: only the end of the call says that nothing more comes. */
  g_dbus_connection_call (session, PORTAL_NAME, PORTAL_PATH, "org.freedesktop.portal.OpenURI",
                          "OpenURI", make_arguments (url, token, activation_token),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT, NULL,
                          on_called, g_object_ref (task));
}

gboolean
cvg_browser_portal_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_browser_portal_open_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
