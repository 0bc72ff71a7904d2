/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Having a session with the present owner. Who needs one while it is being opened waits for the
 * same one.
 */
#include "adapters/keyring-error.h"
#include "adapters/keyring-private.h"
#include "adapters/keyring-session.h"

static void
on_session_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgKeyring) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) session = cvg_keyring_session_open_finish (result, &error);
  g_autoptr (GPtrArray) openers = g_steal_pointer (&self->openers);
  g_autofree char *owner = NULL;

  if (session != NULL)
    {
      owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (session));
      if (owner == NULL || g_strcmp0 (owner, self->owner) != 0)
        cvg_keyring_error_set_absent (&error);
    }
  else if (self->owner == NULL)
    {
      g_clear_error (&error);
      cvg_keyring_error_set_absent (&error);
    }
  else
    cvg_keyring_error_translate (&error);

  if (error == NULL)
    g_set_object (&self->session, session);
  for (guint i = 0; i < openers->len; i++)
    {
      GTask *task = g_ptr_array_index (openers, i);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_pointer (task, g_object_ref (session), g_object_unref);
    }
}

static void
on_probed_for_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (source);
  GError *error = NULL;

  if (!cvg_keyring_probe_unlocked_finish (self, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->session != NULL)
    {
      g_task_return_pointer (task, g_object_ref (self->session), g_object_unref);
      return;
    }

  if (self->openers == NULL)
    {
      self->openers = g_ptr_array_new_with_free_func (g_object_unref);
      cvg_keyring_session_open_async (self->cancellable, on_session_opened, g_object_ref (self));
    }
  g_ptr_array_add (self->openers, g_steal_pointer (&task));
}

/**
 * cvg_keyring_open_async:
 *
 * What every operation on items begins with: makes sure that the default collection is unlocked,
 * which costs two short calls and no trust in signals, and that there is a session.
 */
void
cvg_keyring_open_async (CvgKeyring *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cvg_keyring_open_async);
  cvg_keyring_probe_async (self, cancellable, on_probed_for_open, g_object_ref (task));
}

/**
 * cvg_keyring_open_finish:
 *
 * Returns: (transfer full): the session. Fails with %CVG_ERROR_KEYRING_LOCKED,
 *   %CVG_ERROR_KEYRING_UNAVAILABLE, %CVG_ERROR_FAILED or %G_IO_ERROR_CANCELLED
 */
SecretService *
cvg_keyring_open_finish (CvgKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_keyring_open_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
