/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Deleting one item, with all its copies. Signing out must not leave a refresh token behind: what
 * lies in a locked collection is an error, and not "nothing to delete", as libsecret has it.
 */
#include "adapters/keyring-remove.h"

#include <string.h>

#include "adapters/keyring-error.h"
#include "adapters/keyring-item.h"
#include "adapters/keyring-prompt.h"

typedef struct
{
  CvgKeyringWatch *watch; /* (owned) */
  char *kind;             /* (owned) */
  char *id;               /* (owned) */
  char **paths;           /* (owned) (nullable): to be deleted */
  size_t next;            /* of @paths */
} RemoveCall;

static void delete_next (CvgKeyring *keyring, GTask *task);

static void
remove_call_free (RemoveCall *call)
{
  g_clear_object (&call->watch);
  g_free (call->kind);
  g_free (call->id);
  g_strfreev (call->paths);
  g_free (call);
}

static void
return_error (GTask *task, GError *error)
{
  cvg_keyring_error_translate (&error);
  g_task_return_error (task, error);
}

/* Deleted by somebody else in the meantime. */
static gboolean
is_gone (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);

  return g_strcmp0 (name, "org.freedesktop.Secret.Error.NoSuchObject") == 0 ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const RemoveCall *call = g_task_get_task_data (task);
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (keyring, result, "(o)", &error);
  const char *prompt = "/";

  if (reply != NULL)
    g_variant_get (reply, "(&o)", &prompt);
  else if (is_gone (error))
    g_clear_error (&error);
  else
    {
      return_error (task, error);
      return;
    }

  if (strcmp (prompt, "/") == 0)
    {
      cvg_keyring_watch_removed (call->watch, call->paths[call->next - 1]);
      delete_next (keyring, task);
      return;
    }
  /* It wants to ask the person, but this may be background work. */
  cvg_keyring_prompt_dismiss (keyring, prompt);
  cvg_keyring_error_set_locked (&error);
  g_task_return_error (task, error);
}

static void
delete_next (CvgKeyring *keyring, GTask *task)
{
  RemoveCall *call = g_task_get_task_data (task);
  const char *path = call->paths[call->next];

  if (path == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  call->next++;
  cvg_keyring_call_async (keyring, path, CVG_KEYRING_ITEM, "Delete", NULL,
                          g_task_get_cancellable (task), on_deleted, g_object_ref (task));
}

/* Nothing was found, which is good if that was an open keyring's word. */
static void
on_probed_after (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;

  if (!cvg_keyring_probe_unlocked_finish (keyring, result, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RemoveCall *call = g_task_get_task_data (task);
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (keyring, result, "(aoao)", &error);
  g_auto (GStrv) locked = NULL;

  if (reply == NULL)
    {
      return_error (task, error);
      return;
    }

  g_variant_get (reply, "(^ao^ao)", &call->paths, &locked);
  if (*locked != NULL)
    {
      cvg_keyring_error_set_locked (&error);
      g_task_return_error (task, error);
    }
  else if (*call->paths != NULL)
    delete_next (keyring, task);
  else
    cvg_keyring_probe_async (keyring, g_task_get_cancellable (task), on_probed_after,
                             g_object_ref (task));
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const RemoveCall *call = g_task_get_task_data (task);
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;

  if (!cvg_keyring_probe_unlocked_finish (keyring, result, &error))
    g_task_return_error (task, error);
  else
    cvg_keyring_call_async (keyring, CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, "SearchItems",
                            cvg_keyring_item_match (call->kind, call->id),
                            g_task_get_cancellable (task), on_found, g_object_ref (task));
}

/**
 * cvg_keyring_remove_async:
 * @watch: (transfer none): is told what we deleted
 *
 * Deletes every item of @kind and @id; none is fine, too.
 */
void
cvg_keyring_remove_async (CvgKeyring *keyring,
                          CvgKeyringWatch *watch,
                          const char *kind,
                          const char *id,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);
  RemoveCall *call = g_new0 (RemoveCall, 1);

  call->watch = g_object_ref (watch);
  call->kind = g_strdup (kind);
  call->id = g_strdup (id);
  g_task_set_source_tag (task, cvg_keyring_remove_async);
  g_task_set_task_data (task, call, (GDestroyNotify) remove_call_free);
  cvg_keyring_probe_async (keyring, cancellable, on_probed, g_object_ref (task));
}

/** cvg_keyring_remove_finish: Returns: whether there is no such item any more */
gboolean
cvg_keyring_remove_finish (CvgKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_keyring_remove_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
