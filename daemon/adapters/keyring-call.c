/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calling a method of the present owner, by its unique name: what was meant for one program is
 * never told to another.
 */
#include "adapters/keyring-error.h"
#include "adapters/keyring-private.h"

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (g_task_get_source_object (task));
  GError *error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    {
      g_task_return_pointer (task, reply, (GDestroyNotify) g_variant_unref);
      return;
    }
  if (cvg_keyring_error_is_locked (error))
    cvg_keyring_probe_soon (self);
  g_task_return_error (task, error);
}

/**
 * cvg_keyring_call_async:
 * @path: of the object
 * @parameters: (transfer floating) (nullable): its arguments
 *
 * Calls a method of the present owner.
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
  g_dbus_connection_call (self->connection, self->owner, path, interface_name, method, sunk, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, CVG_KEYRING_TIMEOUT, cancellable,
                          on_reply, g_object_ref (task));
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
