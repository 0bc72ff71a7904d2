/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Having a session with the present owner. Who needs one while it is being opened waits for the
 * same one.
 */
#include "adapters/keyring-error.h"
#include "adapters/keyring-private.h"
#include "adapters/keyring-session.h"

struct _CvgKeyringOpening
{
  CvgKeyring *keyring;       /* (owned) */
  char *owner;               /* (owned): with whom */
  GCancellable *cancellable; /* (owned) */
  GPtrArray *waiters;        /* (owned) (element-type GTask) */
};

static void
opening_free (CvgKeyringOpening *opening)
{
  g_clear_object (&opening->keyring);
  g_free (opening->owner);
  g_clear_object (&opening->cancellable);
  g_clear_pointer (&opening->waiters, g_ptr_array_unref);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgKeyringOpening, opening_free)

/* The session that there is, and the one that is being opened, are of no use any more. */
void
cvg_keyring_forget_session (CvgKeyring *self)
{
  g_clear_object (&self->session);
  if (self->opening != NULL)
    g_cancellable_cancel (g_steal_pointer (&self->opening)->cancellable);
}

/* libsecret goes by the well-known name, and so may have met somebody else. */
static gboolean
is_with (SecretService *session, const char *owner)
{
  g_autofree char *name = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (session));

  return g_strcmp0 (name, owner) == 0;
}

static void
on_session_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgKeyringOpening) opening = user_data;
  CvgKeyring *self = opening->keyring;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) session = cvg_keyring_session_open_finish (result, &error);
  gboolean is_present = self->opening == opening;

  if (is_present)
    self->opening = NULL;
  if (!is_present || (session != NULL && !is_with (session, opening->owner)))
    {
      g_clear_error (&error);
      cvg_keyring_error_set_replaced (&error);
    }
  else if (session == NULL)
    cvg_keyring_error_translate (&error);
  else
    g_set_object (&self->session, session);

  for (guint i = 0; i < opening->waiters->len; i++)
    {
      GTask *task = g_ptr_array_index (opening->waiters, i);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_pointer (task, g_object_ref (session), g_object_unref);
    }
}

static void
begin_opening (CvgKeyring *self)
{
  CvgKeyringOpening *opening = g_new0 (CvgKeyringOpening, 1);

  opening->keyring = g_object_ref (self);
  opening->owner = g_strdup (self->owner);
  opening->cancellable = g_cancellable_new ();
  opening->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  self->opening = opening;
  cvg_keyring_session_open_async (opening->cancellable, on_session_opened, opening);
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

  if (self->opening == NULL)
    begin_opening (self);
  g_ptr_array_add (self->opening->waiters, g_steal_pointer (&task));
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

/**
 * cvg_keyring_has_session:
 *
 * To be asked before each call that names a session: another program has other keys under the same
 * path, and would take what it decrypts for the secret.
 *
 * Returns: whether @session is with whom is called now
 */
gboolean
cvg_keyring_has_session (CvgKeyring *self, SecretService *session)
{
  return self->session == session;
}
