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
  char *kind;             /* (owned) */
  char *id;               /* (owned) */
  char *label;            /* (owned) */
  SecretValue *value;     /* (owned): what is to be stored */
  SecretService *session; /* (owned) (nullable) */
  char **duplicates;      /* (owned) (nullable): other items of that id */
} StoreCall;

static void
store_call_free (StoreCall *call)
{
  g_free (call->kind);
  g_free (call->id);
  g_free (call->label);
  g_clear_pointer (&call->value, secret_value_unref);
  g_clear_object (&call->session);
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
    cvg_keyring_call_async (keyring, *path, CVG_KEYRING_ITEM, "Delete", NULL, NULL, NULL, NULL);
}

static void
return_stored (CvgKeyring *keyring, GTask *task)
{
  delete_duplicates (keyring, g_task_get_task_data (task));
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
  const char *prompt = NULL;

  if (reply == NULL)
    {
      return_error (task, error);
      return;
    }

  g_variant_get (reply, "(o&o)", NULL, &prompt);
  if (strcmp (prompt, "/") == 0)
    {
      return_stored (keyring, task);
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
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (keyring, result, "()", &error);

  if (reply != NULL)
    return_stored (keyring, task);
  else
    return_error (task, error);
}

static void
set_secret (CvgKeyring *keyring, GTask *task, const char *path)
{
  const StoreCall *call = g_task_get_task_data (task);

  cvg_keyring_call_async (
      keyring, path, CVG_KEYRING_ITEM, "SetSecret",
      g_variant_new ("(@(oayays))", secret_service_encode_dbus_secret (call->session, call->value)),
      g_task_get_cancellable (task), on_secret_set, g_object_ref (task));
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
  else if (unlocked[0] == NULL && (locked[0] != NULL || cvg_keyring_get_default (keyring) == NULL))
    cvg_keyring_error_set_locked (&error);

  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  call->duplicates = unlocked[0] != NULL ? g_strdupv ((char **) unlocked + 1) : NULL;
  if (unlocked[0] != NULL)
    set_secret (keyring, task, unlocked[0]);
  else
    create_item (keyring, task);
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
 * @item: (transfer none): what is to be stored; copied
 * @label: what a person sees in a keyring program; used for a new item only
 */
void
cvg_keyring_store_async (CvgKeyring *keyring,
                         const CvgVaultItem *item,
                         const char *label,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);
  StoreCall *call = g_new0 (StoreCall, 1);

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
