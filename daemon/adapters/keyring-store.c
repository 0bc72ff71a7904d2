/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing one item. Where there is one, only its secret is set: that is one transaction, while
 * CreateItem is two, of which a crash can leave the first. The item is searched for each time: a
 * path that was remembered might be another program's item by now.
 *
 * A keyring that reports a failure, or dies, may have stored the secret all the same, or will store
 * it when it gets round to it. That is a failure to the caller: what a program in trouble has in
 * its memory is no proof of what is on its disk. So after a failure either secret may be the
 * item's, and the next store, which finds the item if there is one, decides.
 */
#include "adapters/keyring-store.h"

#include <string.h>

#include "adapters/keyring-error.h"
#include "adapters/keyring-item.h"
#include "adapters/keyring-prompt.h"

typedef struct
{
  CvgKeyringWatch *watch; /* (owned) */
  char *kind;             /* (owned) */
  char *id;               /* (owned) */
  char *label;            /* (owned) */
  SecretValue *value;     /* (owned): what is to be stored */
  SecretService *session; /* (owned) (nullable) */
  char *path;             /* (owned) (nullable): of the item, if there is one */
  char **duplicates;      /* (owned) (nullable): other items of that id */
} StoreCall;

static void
store_call_free (StoreCall *call)
{
  g_clear_object (&call->watch);
  g_free (call->kind);
  g_free (call->id);
  g_free (call->label);
  g_clear_pointer (&call->value, secret_value_unref);
  g_clear_object (&call->session);
  g_free (call->path);
  g_strfreev (call->duplicates);
  g_free (call);
}

/* Out of several items of one id the next load might take an old one. */
static void
delete_duplicates (CvgKeyring *keyring, const StoreCall *call)
{
  if (call->duplicates == NULL || *call->duplicates == NULL)
    return;

  g_message ("Deleting copies of an item of the keyring");
  for (char **path = call->duplicates; *path != NULL; path++)
    {
      cvg_keyring_watch_removed (call->watch, *path);
      cvg_keyring_call_async (keyring, *path, CVG_KEYRING_ITEM, "Delete", NULL, NULL, NULL, NULL);
    }
}

static void
return_stored (CvgKeyring *keyring, GTask *task, const char *path)
{
  const StoreCall *call = g_task_get_task_data (task);

  cvg_keyring_watch_stored (call->watch, path, call->value);
  delete_duplicates (keyring, call);
  g_task_return_boolean (task, TRUE);
}

/* (transfer full) error */
static void
return_error (GTask *task, GError *error)
{
  cvg_keyring_error_translate (&error);
  g_task_return_error (task, error);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (keyring, result, "(oo)", &error);
  const char *path = NULL;
  const char *prompt = NULL;

  if (reply == NULL)
    {
      return_error (task, error);
      return;
    }

  g_variant_get (reply, "(&o&o)", &path, &prompt);
  if (strcmp (prompt, "/") == 0)
    {
      return_stored (keyring, task, path);
      return;
    }
  /* It wants to ask the person, but this may be background work. */
  cvg_keyring_prompt_dismiss (keyring, prompt);
  cvg_keyring_error_set_locked (&error);
  g_task_return_error (task, error);
}

static void
create_item (CvgKeyring *keyring, GTask *task)
{
  const StoreCall *call = g_task_get_task_data (task);

  cvg_keyring_call_async (
      keyring, cvg_keyring_get_default (keyring), CVG_KEYRING_COLLECTION, "CreateItem",
      g_variant_new ("(@a{sv}@(oayays)b)",
                     cvg_keyring_item_properties (call->kind, call->id, call->label),
                     secret_service_encode_dbus_secret (call->session, call->value), TRUE),
      g_task_get_cancellable (task), on_created, g_object_ref (task));
}

static void
on_secret_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const StoreCall *call = g_task_get_task_data (task);
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (keyring, result, "()", &error);

  if (reply != NULL)
    return_stored (keyring, task, call->path);
  else
    return_error (task, error);
}

static void
set_secret (CvgKeyring *keyring, GTask *task)
{
  const StoreCall *call = g_task_get_task_data (task);

  cvg_keyring_call_async (
      keyring, call->path, CVG_KEYRING_ITEM, "SetSecret",
      g_variant_new ("(@(oayays))", secret_service_encode_dbus_secret (call->session, call->value)),
      g_task_get_cancellable (task), on_secret_set, g_object_ref (task));
}

/* Out of several copies: that of the default collection, which is read first, too. */
static void
choose_item (StoreCall *call, const char *const *paths, const char *default_path)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  const char *chosen = paths[0];

  for (const char *const *path = paths; *path != NULL; path++)
    if (cvg_keyring_path_is_in (*path, default_path))
      {
        chosen = *path;
        break;
      }
  for (const char *const *path = paths; *path != NULL; path++)
    if (*path != chosen)
      g_ptr_array_add (others, g_strdup (*path));
  g_ptr_array_add (others, NULL);

  call->path = g_strdup (chosen);
  call->duplicates = (char **) g_ptr_array_free (g_steal_pointer (&others), FALSE);
}

/* Whether a new item may be made beside those that are locked: an old copy in another collection,
 * to which somebody has moved it, must not keep the new secret out for as long as that stays
 * locked. The one in the default collection is read first, and the next store deletes the copy when
 * it can. */
static gboolean
may_create (const char *const *locked, const char *default_path)
{
  if (default_path == NULL)
    return FALSE;

  for (; *locked != NULL; locked++)
    if (cvg_keyring_path_is_in (*locked, default_path))
      return FALSE;
  return TRUE;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  StoreCall *call = g_task_get_task_data (task);
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (keyring, result, "(aoao)", &error);
  g_autofree const char **unlocked = NULL;
  g_autofree const char **locked = NULL;

  if (reply == NULL)
    {
      return_error (task, error);
      return;
    }

  g_variant_get (reply, "(^a&o^a&o)", &unlocked, &locked);
  if (!cvg_keyring_has_session (keyring, call->session))
    cvg_keyring_error_set_replaced (&error);
  else if (unlocked[0] == NULL && !may_create (locked, cvg_keyring_get_default (keyring)))
    cvg_keyring_error_set_locked (&error);

  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (unlocked[0] == NULL)
    {
      create_item (keyring, task);
      return;
    }
  choose_item (call, unlocked, cvg_keyring_get_default (keyring));
  set_secret (keyring, task);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  StoreCall *call = g_task_get_task_data (task);
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;

  call->session = cvg_keyring_open_finish (keyring, result, &error);
  if (call->session == NULL)
    g_task_return_error (task, error);
  else
    cvg_keyring_call_async (keyring, CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, "SearchItems",
                            cvg_keyring_item_match (call->kind, call->id),
                            g_task_get_cancellable (task), on_found, g_object_ref (task));
}

/**
 * cvg_keyring_store_async:
 * @watch: (transfer none): is told what we wrote
 * @item: (transfer none): what is to be stored; copied
 * @label: what a person sees in a keyring program; used for a new item only
 */
void
cvg_keyring_store_async (CvgKeyring *keyring,
                         CvgKeyringWatch *watch,
                         const CvgVaultItem *item,
                         const char *label,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);
  StoreCall *call = g_new0 (StoreCall, 1);

  call->watch = g_object_ref (watch);
  call->kind = g_strdup (item->kind);
  call->id = g_strdup (item->id);
  call->label = g_strdup (label);
  call->value = cvg_keyring_item_wrap (item->kind, item->id, item->secret);
  g_task_set_source_tag (task, cvg_keyring_store_async);
  g_task_set_task_data (task, call, (GDestroyNotify) store_call_free);
  /* Stored is stored, also where the caller cancels too late; each step heeds it by itself. */
  g_task_set_check_cancellable (task, FALSE);
  cvg_keyring_open_async (keyring, cancellable, on_opened, g_object_ref (task));
}

/** cvg_keyring_store_finish: Returns: whether it is stored; durably, as far as the keyring says */
gboolean
cvg_keyring_store_finish (CvgKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_keyring_store_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
