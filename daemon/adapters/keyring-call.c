/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calling a method of the present owner, by its unique name: what was meant for one program is
 * never told to another.
 */
#include "adapters/keyring-error.h"
#include "adapters/keyring-private.h"

#define ERROR_NO_SESSION "org.freedesktop.Secret.Error.NoSession"

/* One call on its way. */
typedef struct
{
  GCancellable *wire;   /* (owned): of the call itself: the caller cancels, or the owner changes */
  gulong caller;        /* on the task's cancellable */
  gulong owner_changed; /* on the keyring */
  gboolean lost;        /* whom it asked does not have the name any more */
} Call;

static void
call_free (Call *call)
{
  g_assert (call->owner_changed == 0);
  g_clear_object (&call->wire);
  g_free (call);
}

static void
on_caller_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
on_owner_changed (CvgKeyring *self, gpointer user_data)
{
  Call *call = user_data;

  call->lost = TRUE;
  g_cancellable_cancel (call->wire);
}

static void
on_failed (CvgKeyring *self, const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  if (g_strcmp0 (name, ERROR_NO_SESSION) == 0)
    cvg_keyring_forget_session (self);
  else if (cvg_keyring_error_is_locked (error))
    cvg_keyring_probe_soon (self);
}

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (g_task_get_source_object (task));
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  g_cancellable_disconnect (g_task_get_cancellable (task), call->caller);
  g_clear_signal_handler (&call->owner_changed, self);
  if (call->lost)
    {
      /* Even a reply is of no use: it is about another program's items. */
      g_clear_pointer (&reply, g_variant_unref);
      g_clear_error (&error);
      cvg_keyring_error_set_replaced (&error);
    }
  if (reply != NULL)
    {
      g_task_return_pointer (task, reply, (GDestroyNotify) g_variant_unref);
      return;
    }
  on_failed (self, error);
  g_task_return_error (task, error);
}

/**
 * cvg_keyring_call_async:
 * @path: of the object
 * @parameters: (transfer floating) (nullable): its arguments
 *
 * Calls a method of the present owner. Fails with %CVG_ERROR_KEYRING_UNAVAILABLE if there is none,
 * and as soon as that is somebody else.
 */
void
cvg_keyring_call_async (CvgKeyring *self,
                        const char *path,
                        const char *interface_name,
                        const char *method,
                        GVariant *parameters,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GVariant) sunk = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;
  Call *call = NULL;

  g_task_set_source_tag (task, cvg_keyring_call_async);
  /* A reply that has come is a reply. */
  g_task_set_check_cancellable (task, FALSE);
  if (self->owner == NULL)
    {
      GError *error = NULL;

      cvg_keyring_error_set_absent (&error);
      g_task_return_error (task, error);
      return;
    }

  call = g_new0 (Call, 1);
  call->wire = g_cancellable_new ();
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  call->owner_changed =
      g_signal_connect (self, "owner-changed", G_CALLBACK (on_owner_changed), call);
  if (cancellable != NULL)
    call->caller = g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled),
                                          g_object_ref (call->wire), g_object_unref);
  g_dbus_connection_call (self->connection, self->owner, path, interface_name, method, sunk, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, self->timeout, call->wire, on_reply,
                          g_object_ref (task));
}

/**
 * cvg_keyring_call_finish:
 * @type: what the reply must be
 *
 * Returns: (transfer full): the reply; errors as they came
 */
GVariant *
cvg_keyring_call_finish (CvgKeyring *self, GAsyncResult *result, const char *type, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_keyring_call_async), NULL);

  reply = g_task_propagate_pointer (G_TASK (result), error);
  if (reply != NULL && !g_variant_is_of_type (reply, G_VARIANT_TYPE (type)))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "a reply of type %s instead of %s",
                   g_variant_get_type_string (reply), type);
      return NULL;
    }
  return g_steal_pointer (&reply);
}
