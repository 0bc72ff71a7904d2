/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading every item at once: one search and one GetSecrets, however many there are.
 *
 * "Nothing found" would sign the person out everywhere, so it is not believed easily: the default
 * collection must be unlocked before, and, where anything is missing, still be so afterwards. A
 * locked KeePassXC finds nothing at all.
 */
#include "adapters/keyring-load.h"

#include "adapters/keyring-error.h"
#include "adapters/keyring-item.h"

typedef struct
{
  SecretService *session; /* (owned) (nullable) */
  GPtrArray *items;       /* (owned) (element-type CvgVaultItem) */
  gsize asked;            /* secrets that were asked for */
  guint locked;           /* items of ours that lie in locked collections */
  guint unreadable;       /* that crashed at birth, or are not ours after all */
} LoadCall;

static void
load_call_free (LoadCall *call)
{
  g_clear_object (&call->session);
  g_clear_pointer (&call->items, g_ptr_array_unref);
  g_free (call);
}

static void
return_error (GTask *task, GError *error)
{
  cvg_keyring_error_translate (&error);
  g_task_return_error (task, error);
}

static void
return_items (GTask *task)
{
  LoadCall *call = g_task_get_task_data (task);

  if (call->locked > 0)
    g_message ("Left out, since they lie in a locked keyring beside the default one: items: %u",
               call->locked);
  if (call->unreadable > 0)
    g_message ("Left out, since they have no readable secret in the keyring: items: %u",
               call->unreadable);
  g_task_return_pointer (task, g_steal_pointer (&call->items), (GDestroyNotify) g_ptr_array_unref);
}

static void
on_probed_after (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;

  if (!cvg_keyring_probe_unlocked_finish (keyring, result, &error))
    g_task_return_error (task, error);
  else
    return_items (task);
}

static void
finish_load (CvgKeyring *keyring, GTask *task)
{
  const LoadCall *call = g_task_get_task_data (task);

  if (call->locked == 0 && call->unreadable == 0 && call->items->len > 0)
    return_items (task);
  else
    cvg_keyring_probe_async (keyring, g_task_get_cancellable (task), on_probed_after,
                             g_object_ref (task));
}

static gboolean
is_same_item (gconstpointer a, gconstpointer b)
{
  const CvgVaultItem *first = a;
  const CvgVaultItem *second = b;

  return g_str_equal (first->kind, second->kind) && g_str_equal (first->id, second->id);
}

static void
add_item (LoadCall *call, GVariant *encoded)
{
  SecretValue *value = secret_service_decode_dbus_secret (call->session, encoded);
  CvgVaultItem *item = value != NULL ? cvg_keyring_item_unwrap (value) : NULL;

  g_clear_pointer (&value, secret_value_unref);
  if (item == NULL)
    call->unreadable++;
  /* Somebody copied it; the next store leaves one of them. */
  else if (g_ptr_array_find_with_equal_func (call->items, item, is_same_item, NULL))
    cvg_vault_item_free (item);
  else
    g_ptr_array_add (call->items, item);
}

static void
on_secrets (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LoadCall *call = g_task_get_task_data (task);
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (keyring, result, "(a{o(oayays)})", &error);
  g_autoptr (GVariant) secrets = NULL;

  if (reply == NULL)
    {
      return_error (task, error);
      return;
    }

  secrets = g_variant_get_child_value (reply, 0);
  for (gsize i = 0; i < g_variant_n_children (secrets); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (secrets, i);
      g_autoptr (GVariant) encoded = g_variant_get_child_value (entry, 1);

      add_item (call, encoded);
    }
  /* What got locked in the meantime is left out of the reply. */
  call->unreadable += (guint) (call->asked - MIN (call->asked, g_variant_n_children (secrets)));
  finish_load (keyring, task);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LoadCall *call = g_task_get_task_data (task);
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (keyring, result, "(aoao)", &error);
  g_autoptr (GVariant) unlocked = NULL;
  g_autoptr (GVariant) locked = NULL;

  if (reply == NULL)
    {
      return_error (task, error);
      return;
    }

  g_variant_get (reply, "(@ao@ao)", &unlocked, &locked);
  call->asked = g_variant_n_children (unlocked);
  call->locked = (guint) g_variant_n_children (locked);
  if (call->asked == 0)
    {
      finish_load (keyring, task);
      return;
    }
  cvg_keyring_call_async (
      keyring, CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, "GetSecrets",
      g_variant_new ("(@aoo)", unlocked, secret_service_get_session_dbus_path (call->session)),
      g_task_get_cancellable (task), on_secrets, g_object_ref (task));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LoadCall *call = g_task_get_task_data (task);
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;

  call->session = cvg_keyring_open_finish (keyring, result, &error);
  if (call->session == NULL)
    g_task_return_error (task, error);
  else
    cvg_keyring_call_async (keyring, CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, "SearchItems",
                            cvg_keyring_item_match (NULL, NULL), g_task_get_cancellable (task),
                            on_found, g_object_ref (task));
}

/** cvg_keyring_load_async: reads every item of ours in an unlocked collection */
void
cvg_keyring_load_async (CvgKeyring *keyring,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);
  LoadCall *call = g_new0 (LoadCall, 1);

  call->items = g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_vault_item_free);
  g_task_set_source_tag (task, cvg_keyring_load_async);
  g_task_set_task_data (task, call, (GDestroyNotify) load_call_free);
  cvg_keyring_open_async (keyring, cancellable, on_opened, g_object_ref (task));
}

/** cvg_keyring_load_finish: Returns: (transfer full) (element-type CvgVaultItem): the items */
GPtrArray *
cvg_keyring_load_finish (CvgKeyring *keyring, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, keyring), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_keyring_load_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
