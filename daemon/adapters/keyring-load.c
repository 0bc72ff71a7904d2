/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading every item: one search, and the secrets in slices.
 *
 * "Nothing found" would sign the person out everywhere, so it is not believed easily: the default
 * collection must be unlocked before, and, where anything is missing, still be so afterwards. A
 * locked KeePassXC finds nothing at all.
 */
#include "adapters/keyring-load.h"

#include <string.h>

#include "adapters/keyring-error.h"
#include "adapters/keyring-item.h"
#include "adapters/keyring-read.h"

typedef struct
{
  CvgKeyringWatch *watch;   /* (owned) */
  SecretService *session;   /* (owned) (nullable) */
  GPtrArray *items;         /* (owned) (element-type CvgVaultItem) */
  GHashTable *seen;         /* (owned) (element-type CvgVaultItem): those of @items */
  CvgKeyringLedger *ledger; /* (owned) (nullable) */
  guint asked;              /* secrets that were asked for */
  guint came;               /* of these */
  guint locked;             /* items of ours that lie in locked collections */
  guint unreadable;         /* that crashed at birth, or are not ours after all */
} LoadCall;

static void
load_call_free (LoadCall *call)
{
  g_clear_object (&call->watch);
  g_clear_object (&call->session);
  g_clear_pointer (&call->seen, g_hash_table_unref);
  g_clear_pointer (&call->items, g_ptr_array_unref);
  g_clear_pointer (&call->ledger, cvg_keyring_ledger_free);
  g_free (call);
}

static void
return_error (GTask *task, GError *error)
{
  const LoadCall *call = g_task_get_task_data (task);

  cvg_keyring_watch_load_ends (call->watch, NULL);
  cvg_keyring_error_translate (&error);
  g_task_return_error (task, error);
}

/* Else whoever reads the list would take them for deleted. */
static void
add_illegible (GPtrArray *items)
{
  g_autoptr (CvgSecret) nothing = cvg_secret_new ("");

  g_ptr_array_add (items, cvg_vault_item_new (CVG_VAULT_ILLEGIBLE, "", nothing));
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
  if (call->locked > 0 || call->unreadable > 0)
    add_illegible (call->items);
  cvg_keyring_watch_load_ends (call->watch, g_steal_pointer (&call->ledger));
  g_task_return_pointer (task, g_steal_pointer (&call->items), (GDestroyNotify) g_ptr_array_unref);
}

static void
on_probed_after (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;

  if (!cvg_keyring_probe_unlocked_finish (keyring, result, &error))
    return_error (task, error);
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

static guint
hash_item (gconstpointer key)
{
  const CvgVaultItem *item = key;

  return g_str_hash (item->kind) * 31 + g_str_hash (item->id);
}

static gboolean
is_same_item (gconstpointer a, gconstpointer b)
{
  const CvgVaultItem *first = a;
  const CvgVaultItem *second = b;

  return g_str_equal (first->kind, second->kind) && g_str_equal (first->id, second->id);
}

static void
on_secret (const char *path, SecretValue *value, gpointer user_data)
{
  LoadCall *call = user_data;
  CvgVaultItem *item = value != NULL ? cvg_keyring_item_unwrap (value) : NULL;

  call->came++;
  cvg_keyring_ledger_note (call->ledger, path, value);
  if (item == NULL)
    call->unreadable++;
  /* Somebody copied it; the next store leaves one of them. */
  else if (g_hash_table_contains (call->seen, item))
    cvg_vault_item_free (item);
  else
    {
      g_ptr_array_add (call->items, item);
      g_hash_table_add (call->seen, item);
    }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LoadCall *call = g_task_get_task_data (task);
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;

  if (!cvg_keyring_read_finish (keyring, result, &error))
    {
      return_error (task, error);
      return;
    }
  /* What got locked in the meantime is left out of the replies. */
  call->unreadable += call->asked - MIN (call->asked, call->came);
  finish_load (keyring, task);
}

/* Those of the default collection first: out of several copies the first one counts, and that is
 * where they are stored. */
static GPtrArray *
order_paths (const char *const *paths, const char *default_path)
{
  GPtrArray *ordered = g_ptr_array_new_with_free_func (g_free);

  for (int elsewhere = FALSE; elsewhere <= TRUE; elsewhere++)
    for (const char *const *path = paths; *path != NULL; path++)
      if (cvg_keyring_path_is_in (*path, default_path) == !elsewhere)
        g_ptr_array_add (ordered, g_strdup (*path));
  return ordered;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LoadCall *call = g_task_get_task_data (task);
  CvgKeyring *keyring = CVG_KEYRING (source);
  GError *error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (keyring, result, "(aoao)", &error);
  g_autofree const char **unlocked = NULL;
  g_autofree const char **locked = NULL;
  g_autoptr (GPtrArray) paths = NULL;

  if (reply == NULL)
    {
      return_error (task, error);
      return;
    }

  g_variant_get (reply, "(^a&o^a&o)", &unlocked, &locked);
  for (const char **path = locked; *path != NULL; path++, call->locked++)
    cvg_keyring_ledger_note (call->ledger, *path, NULL);
  paths = order_paths (unlocked, cvg_keyring_get_default (keyring));
  call->asked = paths->len;
  cvg_keyring_read_async (keyring, call->session, paths, on_secret, call,
                          g_task_get_cancellable (task), on_read, g_object_ref (task));
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
    return_error (task, error);
  else
    cvg_keyring_call_async (keyring, CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, "SearchItems",
                            cvg_keyring_item_match (NULL, NULL), g_task_get_cancellable (task),
                            on_found, g_object_ref (task));
}

/**
 * cvg_keyring_load_async:
 * @watch: (transfer none): is told what there is
 *
 * Reads every item of ours in an unlocked collection.
 */
void
cvg_keyring_load_async (CvgKeyring *keyring,
                        CvgKeyringWatch *watch,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (keyring, cancellable, callback, user_data);
  LoadCall *call = g_new0 (LoadCall, 1);

  call->watch = g_object_ref (watch);
  call->ledger = cvg_keyring_ledger_new ();
  call->items = g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_vault_item_free);
  call->seen = g_hash_table_new (hash_item, is_same_item);
  g_task_set_source_tag (task, cvg_keyring_load_async);
  g_task_set_task_data (task, call, (GDestroyNotify) load_call_free);
  cvg_keyring_watch_load_begins (watch);
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
