/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asking the keyring for its state: who has the name, what the default collection is, and whether
 * that is locked. It is the one way to know; a refusal says why an operation can't be begun.
 */
#include <string.h>

#include "adapters/keyring-error.h"
#include "adapters/keyring-private.h"

static void probe_owner (CvgKeyring *self, GTask *task);

/* What a probe finds holds for the owner that was asked, which is the task's data. Where somebody
 * else has the name by now, that one is asked. */
static void
end_probe (GTask *task, CvgVaultState state)
{
  CvgKeyring *self = CVG_KEYRING (g_task_get_source_object (task));
  gboolean same = g_strcmp0 (g_task_get_task_data (task), self->owner) == 0;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (!same && self->owner != NULL)
    {
      probe_owner (self, task);
      return;
    }
  if (same)
    cvg_keyring_set_state (self, state);
  g_task_return_boolean (task, TRUE);
}

/* --- Silence ---------------------------------------------------------------------------------- */

static void
on_late_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgKeyring) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->late);
  cvg_keyring_probe_soon (self);
}

/* A keyring that was too busy to answer, or stopped, will not say when it is back. So the question
 * that it left open is put again and has no deadline: once it is answered, it is time for a probe.
 */
static void
wait_for_late_answer (CvgKeyring *self,
                      const char *path,
                      const char *interface_name,
                      const char *method,
                      GVariant *parameters)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (parameters);

  if (self->owner == NULL || self->late != NULL || g_cancellable_is_cancelled (self->cancellable))
    return;

  g_message ("The keyring does not answer");
  self->late = g_cancellable_new ();
  g_dbus_connection_call (self->connection, self->owner, path, interface_name, method, sunk, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, G_MAXINT, self->late, on_late_answer,
                          g_object_ref (self));
}

/* --- The questions ---------------------------------------------------------------------------- */

static GVariant *
get_locked (void)
{
  return g_variant_new ("(ss)", CVG_KEYRING_COLLECTION, "Locked");
}

static void
on_locked_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (self, result, "(v)", &error);
  g_autoptr (GVariant) locked = NULL;

  if (reply == NULL)
    {
      g_debug ("Can't ask whether the keyring is locked: %s", error->message);
      if (cvg_keyring_error_is_silent (error) && self->default_path != NULL)
        wait_for_late_answer (self, self->default_path, "org.freedesktop.DBus.Properties", "Get",
                              get_locked ());
      end_probe (task, CVG_VAULT_UNAVAILABLE);
      return;
    }

  g_variant_get (reply, "(v)", &locked);
  if (!g_variant_is_of_type (locked, G_VARIANT_TYPE_BOOLEAN))
    end_probe (task, CVG_VAULT_UNAVAILABLE);
  else
    end_probe (task, g_variant_get_boolean (locked) ? CVG_VAULT_LOCKED : CVG_VAULT_UNLOCKED);
}

static void
on_alias_failed (CvgKeyring *self, GTask *task, const GError *error)
{
  g_debug ("Can't ask for the default collection: %s", error->message);
  if (cvg_keyring_error_is_silent (error))
    wait_for_late_answer (self, CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, "ReadAlias",
                          g_variant_new ("(s)", "default"));
  end_probe (task, CVG_VAULT_UNAVAILABLE);
}

static void
on_alias_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (self, result, "(o)", &error);
  const char *path = NULL;

  if (reply == NULL)
    {
      on_alias_failed (self, task, error);
      return;
    }

  g_variant_get (reply, "(&o)", &path);
  g_free (self->default_path);
  self->no_default = strcmp (path, "/") == 0;
  self->default_path = self->no_default ? NULL : g_strdup (path);
  if (self->no_default)
    {
      end_probe (task, CVG_VAULT_UNAVAILABLE);
      return;
    }

  cvg_keyring_call_async (self, path, "org.freedesktop.DBus.Properties", "Get", get_locked (),
                          g_task_get_cancellable (task), on_locked_read, g_object_ref (task));
}

static void
probe_owner (CvgKeyring *self, GTask *task)
{
  g_task_set_task_data (task, g_strdup (self->owner), g_free);
  cvg_keyring_call_async (self, CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, "ReadAlias",
                          g_variant_new ("(s)", "default"), g_task_get_cancellable (task),
                          on_alias_read, g_object_ref (task));
}

static void
call_bus (CvgKeyring *self,
          const char *method,
          GVariant *parameters,
          const char *type,
          GAsyncReadyCallback callback,
          GTask *task)
{
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", method, parameters, G_VARIANT_TYPE (type),
                          G_DBUS_CALL_FLAGS_NONE, self->timeout, g_task_get_cancellable (task),
                          callback, g_object_ref (task));
}

/* Returns: whether there is an owner, who is then asked. */
static gboolean
take_owner (CvgKeyring *self, GTask *task, GVariant *reply)
{
  const char *owner = NULL;

  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(&s)", &owner);
  cvg_keyring_set_owner (self, owner);
  probe_owner (self, task);
  return TRUE;
}

static void
on_new_owner_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (!take_owner (CVG_KEYRING (g_task_get_source_object (task)), task, reply))
    end_probe (task, CVG_VAULT_UNAVAILABLE);
}

static void
on_service_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      g_debug ("Can't start a keyring: %s", error->message);
      end_probe (task, CVG_VAULT_UNAVAILABLE);
      return;
    }
  call_bus (self, "GetNameOwner", g_variant_new ("(s)", CVG_KEYRING_BUS_NAME), "(s)",
            on_new_owner_read, task);
}

/* A start without looking first would fail for a keyring that runs but can't be activated. */
static void
on_owner_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (g_task_get_source_object (task));
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (!take_owner (self, task, reply))
    call_bus (self, "StartServiceByName", g_variant_new ("(su)", CVG_KEYRING_BUS_NAME, 0), "(u)",
              on_service_started, task);
}

static void
probe_connected (CvgKeyring *self, GTask *task)
{
  if (self->owner != NULL)
    probe_owner (self, task);
  else
    call_bus (self, "GetNameOwner", g_variant_new ("(s)", CVG_KEYRING_BUS_NAME), "(s)",
              on_owner_read, task);
}

static void
on_bus_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);

  if (connection == NULL)
    {
      g_debug ("There is no session bus: %s", error->message);
      end_probe (task, CVG_VAULT_UNAVAILABLE);
      return;
    }
  cvg_keyring_set_connection (self, connection);
  probe_connected (self, task);
}

/**
 * cvg_keyring_probe_async:
 *
 * Finds out the state anew; starts a keyring program, if there is none and the bus knows how.
 */
void
cvg_keyring_probe_async (CvgKeyring *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cvg_keyring_probe_async);
  if (self->connection == NULL)
    {
      g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus_found, g_object_ref (task));
      return;
    }
  cvg_keyring_set_connection (self, self->connection);
  probe_connected (self, task);
}

/** cvg_keyring_probe_finish: Returns: %TRUE, whatever the state is; fails only if cancelled */
gboolean
cvg_keyring_probe_finish (CvgKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_keyring_probe_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/** cvg_keyring_set_refusal: @error: (out): why nothing can be done in the state that was found */
void
cvg_keyring_set_refusal (CvgKeyring *self, GError **error)
{
  if (self->state == CVG_VAULT_LOCKED)
    cvg_keyring_error_set_locked (error);
  else if (self->no_default)
    cvg_keyring_error_set_no_default (error);
  else if (self->owner != NULL)
    cvg_keyring_error_set_silent (error);
  else
    cvg_keyring_error_set_absent (error);
}

/**
 * cvg_keyring_probe_unlocked_finish:
 *
 * Returns: whether the probe found it unlocked; fails with why nothing can be done now, or if
 *   cancelled
 */
gboolean
cvg_keyring_probe_unlocked_finish (CvgKeyring *self, GAsyncResult *result, GError **error)
{
  if (!cvg_keyring_probe_finish (self, result, error))
    return FALSE;
  if (self->state == CVG_VAULT_UNLOCKED)
    return TRUE;

  cvg_keyring_set_refusal (self, error);
  return FALSE;
}
