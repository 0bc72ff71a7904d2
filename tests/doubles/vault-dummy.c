/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A vault for tests. No operation ends inside the call that begins it, and what an operation does,
 * it does at its end: a store that is held has stored nothing yet. A held operation keeps the
 * vault alive, so a test that holds must release (or cancel) before it lets go.
 */
#include "doubles/vault-dummy.h"

#define OPERATIONS (CVG_VAULT_DUMMY_REMOVE + 1)

typedef struct
{
  CvgVaultItem *item; /* (owned) */
  char *label;        /* (owned) (nullable) */
} Entry;

/* One operation that has not ended. */
typedef struct
{
  CvgVaultDummyOperation operation;
  char *kind;        /* (owned) (nullable) */
  char *id;          /* (owned) (nullable) */
  char *label;       /* (owned) (nullable) */
  CvgSecret *secret; /* (owned) (nullable) */
  GSource *cancel;   /* (owned) (nullable): while held, ends it when its caller cancels */
} Call;

struct _CvgVaultDummy
{
  GObject parent_instance;

  CvgVaultState state;
  CvgVaultState found; /* what the start will find */
  GTree *entries;      /* (owned) (element-type utf8 Entry): by KIND/ID */
  guint calls[OPERATIONS];
  gboolean holds[OPERATIONS];
  GQueue held[OPERATIONS];     /* (element-type GTask), owned */
  GQueue failures[OPERATIONS]; /* of codes, plus one so that none is NULL */
};

static void cvg_vault_dummy_iface_init (CvgVaultInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgVaultDummy,
                               cvg_vault_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_VAULT, cvg_vault_dummy_iface_init))

static void
entry_free (Entry *entry)
{
  cvg_vault_item_free (entry->item);
  g_free (entry->label);
  g_free (entry);
}

static void
call_free (Call *call)
{
  g_free (call->kind);
  g_free (call->id);
  g_free (call->label);
  g_clear_pointer (&call->secret, cvg_secret_unref);
  g_clear_pointer (&call->cancel, g_source_unref);
  g_free (call);
}

static void
put (CvgVaultDummy *self, const char *kind, const char *id, const char *label, CvgSecret *secret)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->item = cvg_vault_item_new (kind, id, secret);
  entry->label = g_strdup (label);
  g_tree_replace (self->entries, g_strconcat (kind, "/", id, NULL), entry);
}

static GPtrArray *
copy_items (CvgVaultDummy *self)
{
  g_autoptr (GPtrArray) items =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_vault_item_free);

  for (GTreeNode *node = g_tree_node_first (self->entries); node != NULL;
       node = g_tree_node_next (node))
    {
      const CvgVaultItem *item = ((Entry *) g_tree_node_value (node))->item;

      g_ptr_array_add (items, cvg_vault_item_new (item->kind, item->id, item->secret));
    }
  return g_steal_pointer (&items);
}

/* What the state or the test forbids. */
static gboolean
check (CvgVaultDummy *self, const Call *call, GError **error)
{
  CvgVaultState state = self->state == CVG_VAULT_UNKNOWN ? self->found : self->state;
  gpointer failure = g_queue_pop_head (&self->failures[call->operation]);

  if (failure != NULL)
    {
      g_set_error (error, CVG_ERROR, GPOINTER_TO_INT (failure) - 1, "The test wants this to fail");
      return FALSE;
    }
  if (call->operation == CVG_VAULT_DUMMY_START)
    return TRUE;
  if (state == CVG_VAULT_UNAVAILABLE)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE, "There is no keyring");
      return FALSE;
    }
  if (state == CVG_VAULT_LOCKED && call->operation != CVG_VAULT_DUMMY_UNLOCK)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_KEYRING_LOCKED, "The keyring is locked");
      return FALSE;
    }
  return TRUE;
}

static void
carry_out (CvgVaultDummy *self, GTask *task)
{
  const Call *call = g_task_get_task_data (task);
  g_autofree char *key = NULL;
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (!check (self, call, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  switch (call->operation)
    {
    case CVG_VAULT_DUMMY_START:
      if (self->state == CVG_VAULT_UNKNOWN)
        cvg_vault_dummy_set_state (self, self->found);
      break;
    case CVG_VAULT_DUMMY_UNLOCK:
      cvg_vault_dummy_set_state (self, CVG_VAULT_UNLOCKED);
      break;
    case CVG_VAULT_DUMMY_LOAD_ALL:
      g_task_return_pointer (task, copy_items (self), (GDestroyNotify) g_ptr_array_unref);
      return;
    case CVG_VAULT_DUMMY_STORE:
      put (self, call->kind, call->id, call->label, call->secret);
      break;
    case CVG_VAULT_DUMMY_REMOVE:
      key = g_strconcat (call->kind, "/", call->id, NULL);
      g_tree_remove (self->entries, key);
      break;
    }
  g_task_return_boolean (task, TRUE);
}

static gboolean
on_turn (gpointer user_data)
{
  GTask *task = G_TASK (user_data);

  carry_out (CVG_VAULT_DUMMY (g_task_get_source_object (task)), task);
  return G_SOURCE_REMOVE;
}

static void
end_soon (GTask *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_task_attach_source (task, source, on_turn);
}

static gboolean
on_held_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (G_TASK (user_data));
  CvgVaultDummy *self = CVG_VAULT_DUMMY (g_task_get_source_object (task));
  Call *call = g_task_get_task_data (task);

  if (g_queue_remove (&self->held[call->operation], task))
    g_object_unref (task);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
hold_call (CvgVaultDummy *self, GTask *task)
{
  Call *call = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable != NULL)
    {
      call->cancel = g_cancellable_source_new (cancellable);
      g_task_attach_source (task, call->cancel, G_SOURCE_FUNC (on_held_cancelled));
    }
  g_queue_push_tail (&self->held[call->operation], g_object_ref (task));
}

/* The operation doubles as the tag: it is what a finish must agree on. */
static void
begin (CvgVault *vault,
       Call *call,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  CvgVaultDummy *self = CVG_VAULT_DUMMY (vault);
  g_autoptr (GTask) task = g_task_new (vault, cancellable, callback, user_data);

  g_task_set_source_tag (task, GINT_TO_POINTER (call->operation + 1));
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  self->calls[call->operation]++;

  if (self->holds[call->operation])
    hold_call (self, task);
  else
    end_soon (task);
}

static Call *
call_new (CvgVaultDummyOperation operation, const char *kind, const char *id)
{
  Call *call = g_new0 (Call, 1);

  call->operation = operation;
  call->kind = g_strdup (kind);
  call->id = g_strdup (id);
  return call;
}

static gboolean
finish (CvgVault *vault, CvgVaultDummyOperation operation, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, vault), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, GINT_TO_POINTER (operation + 1)), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static CvgVaultState
cvg_vault_dummy_get_state (CvgVault *vault)
{
  return CVG_VAULT_DUMMY (vault)->state;
}

static void
cvg_vault_dummy_start_async (CvgVault *vault,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  begin (vault, call_new (CVG_VAULT_DUMMY_START, NULL, NULL), cancellable, callback, user_data);
}

static gboolean
cvg_vault_dummy_start_finish (CvgVault *vault, GAsyncResult *result, GError **error)
{
  return finish (vault, CVG_VAULT_DUMMY_START, result, error);
}

static void
cvg_vault_dummy_unlock_async (CvgVault *vault,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  begin (vault, call_new (CVG_VAULT_DUMMY_UNLOCK, NULL, NULL), cancellable, callback, user_data);
}

static gboolean
cvg_vault_dummy_unlock_finish (CvgVault *vault, GAsyncResult *result, GError **error)
{
  return finish (vault, CVG_VAULT_DUMMY_UNLOCK, result, error);
}

static void
cvg_vault_dummy_load_all_async (CvgVault *vault,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  begin (vault, call_new (CVG_VAULT_DUMMY_LOAD_ALL, NULL, NULL), cancellable, callback, user_data);
}

static GPtrArray *
cvg_vault_dummy_load_all_finish (CvgVault *vault, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, vault), NULL);
  g_return_val_if_fail (
      g_async_result_is_tagged (result, GINT_TO_POINTER (CVG_VAULT_DUMMY_LOAD_ALL + 1)), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
cvg_vault_dummy_store_async (CvgVault *vault,
                             const char *kind,
                             const char *id,
                             const char *label,
                             CvgSecret *secret,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Call *call = call_new (CVG_VAULT_DUMMY_STORE, kind, id);

  call->label = g_strdup (label);
  call->secret = cvg_secret_ref (secret);
  begin (vault, call, cancellable, callback, user_data);
}

static gboolean
cvg_vault_dummy_store_finish (CvgVault *vault, GAsyncResult *result, GError **error)
{
  return finish (vault, CVG_VAULT_DUMMY_STORE, result, error);
}

static void
cvg_vault_dummy_remove_async (CvgVault *vault,
                              const char *kind,
                              const char *id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  begin (vault, call_new (CVG_VAULT_DUMMY_REMOVE, kind, id), cancellable, callback, user_data);
}

static gboolean
cvg_vault_dummy_remove_finish (CvgVault *vault, GAsyncResult *result, GError **error)
{
  return finish (vault, CVG_VAULT_DUMMY_REMOVE, result, error);
}

/** cvg_vault_dummy_set_state: somebody locks, unlocks, ends or starts the keyring */
void
cvg_vault_dummy_set_state (CvgVaultDummy *self, CvgVaultState state)
{
  g_return_if_fail (CVG_IS_VAULT_DUMMY (self));

  if (self->state == state)
    return;

  self->state = state;
  cvg_vault_emit_state_changed (CVG_VAULT (self));
}

/**
 * cvg_vault_dummy_fail_next:
 *
 * The next @operation that ends, fails with @code and does nothing; said twice, the next two do.
 * An unlock that fails with %CVG_ERROR_KEYRING_LOCKED is a prompt that the person dismissed.
 */
void
cvg_vault_dummy_fail_next (CvgVaultDummy *self, CvgVaultDummyOperation operation, CvgError code)
{
  g_return_if_fail (CVG_IS_VAULT_DUMMY (self));

  g_queue_push_tail (&self->failures[operation], GINT_TO_POINTER (code + 1));
}

/** cvg_vault_dummy_hold: every @operation from now on stays pending until it is released */
void
cvg_vault_dummy_hold (CvgVaultDummy *self, CvgVaultDummyOperation operation)
{
  g_return_if_fail (CVG_IS_VAULT_DUMMY (self));

  self->holds[operation] = TRUE;
}

/** cvg_vault_dummy_release: lets what was held end, in order and from the main loop; holds no more
 */
void
cvg_vault_dummy_release (CvgVaultDummy *self, CvgVaultDummyOperation operation)
{
  g_return_if_fail (CVG_IS_VAULT_DUMMY (self));

  self->holds[operation] = FALSE;
  while (!g_queue_is_empty (&self->held[operation]))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&self->held[operation]);
      Call *call = g_task_get_task_data (task);

      if (call->cancel != NULL)
        g_source_destroy (call->cancel);
      end_soon (task);
    }
}

/** cvg_vault_dummy_count_held: Returns: how many calls of @operation are held now */
guint
cvg_vault_dummy_count_held (CvgVaultDummy *self, CvgVaultDummyOperation operation)
{
  g_return_val_if_fail (CVG_IS_VAULT_DUMMY (self), 0);

  return g_queue_get_length (&self->held[operation]);
}

/** cvg_vault_dummy_count_calls: Returns: how often @operation was begun */
guint
cvg_vault_dummy_count_calls (CvgVaultDummy *self, CvgVaultDummyOperation operation)
{
  g_return_val_if_fail (CVG_IS_VAULT_DUMMY (self), 0);

  return self->calls[operation];
}

/**
 * cvg_vault_dummy_put:
 *
 * An item that was there before the test, or that another program writes: whatever the state, in
 * place of one that there is, and without a word. To have it noticed, say so with
 * cvg_vault_dummy_tell_items_changed().
 */
void
cvg_vault_dummy_put (CvgVaultDummy *self, const char *kind, const char *id, const char *text)
{
  g_autoptr (CvgSecret) secret = cvg_secret_new (text);

  g_return_if_fail (CVG_IS_VAULT_DUMMY (self));

  put (self, kind, id, NULL, secret);
}

/** cvg_vault_dummy_forget: another program deletes the item, without a word; none is fine, too */
void
cvg_vault_dummy_forget (CvgVaultDummy *self, const char *kind, const char *id)
{
  g_autofree char *key = g_strconcat (kind, "/", id, NULL);

  g_return_if_fail (CVG_IS_VAULT_DUMMY (self));

  g_tree_remove (self->entries, key);
}

/** cvg_vault_dummy_copy: @to has what is stored in @from, too */
void
cvg_vault_dummy_copy (CvgVaultDummy *from, CvgVaultDummy *to)
{
  g_return_if_fail (CVG_IS_VAULT_DUMMY (from) && CVG_IS_VAULT_DUMMY (to));

  for (GTreeNode *node = g_tree_node_first (from->entries); node != NULL;
       node = g_tree_node_next (node))
    {
      const Entry *entry = g_tree_node_value (node);

      put (to, entry->item->kind, entry->item->id, entry->label, entry->item->secret);
    }
}

/** cvg_vault_dummy_find: Returns: (transfer none) (nullable): the id of the first item of @kind */
const char *
cvg_vault_dummy_find (CvgVaultDummy *self, const char *kind)
{
  g_return_val_if_fail (CVG_IS_VAULT_DUMMY (self), NULL);

  for (GTreeNode *node = g_tree_node_first (self->entries); node != NULL;
       node = g_tree_node_next (node))
    {
      const CvgVaultItem *item = ((Entry *) g_tree_node_value (node))->item;

      if (g_str_equal (item->kind, kind))
        return item->id;
    }

  return NULL;
}

/** cvg_vault_dummy_tell_items_changed: what was put and forgotten so far is noticed now */
void
cvg_vault_dummy_tell_items_changed (CvgVaultDummy *self)
{
  g_return_if_fail (CVG_IS_VAULT_DUMMY (self));

  cvg_vault_emit_items_changed (CVG_VAULT (self));
}

static Entry *
lookup (CvgVaultDummy *self, const char *kind, const char *id)
{
  g_autofree char *key = g_strconcat (kind, "/", id, NULL);

  return g_tree_lookup (self->entries, key);
}

/** cvg_vault_dummy_peek: Returns: (transfer none) (nullable): what is stored, whatever the state */
CvgSecret *
cvg_vault_dummy_peek (CvgVaultDummy *self, const char *kind, const char *id)
{
  Entry *entry = lookup (self, kind, id);

  return entry != NULL ? entry->item->secret : NULL;
}

/** cvg_vault_dummy_peek_label: Returns: (transfer none) (nullable): the label it was stored under
 */
const char *
cvg_vault_dummy_peek_label (CvgVaultDummy *self, const char *kind, const char *id)
{
  Entry *entry = lookup (self, kind, id);

  return entry != NULL ? entry->label : NULL;
}

/** cvg_vault_dummy_count_items: Returns: how many items there are, of all kinds */
guint
cvg_vault_dummy_count_items (CvgVaultDummy *self)
{
  g_return_val_if_fail (CVG_IS_VAULT_DUMMY (self), 0);

  return (guint) g_tree_nnodes (self->entries);
}

static void
cvg_vault_dummy_finalize (GObject *object)
{
  CvgVaultDummy *self = CVG_VAULT_DUMMY (object);

  g_clear_pointer (&self->entries, g_tree_unref);
  for (size_t i = 0; i < OPERATIONS; i++)
    g_queue_clear (&self->failures[i]);

  G_OBJECT_CLASS (cvg_vault_dummy_parent_class)->finalize (object);
}

static void
cvg_vault_dummy_class_init (CvgVaultDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_vault_dummy_finalize;
}

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (a, b);
}

static void
cvg_vault_dummy_init (CvgVaultDummy *self)
{
  self->entries = g_tree_new_full (compare_keys, NULL, g_free, (GDestroyNotify) entry_free);
}

static void
cvg_vault_dummy_iface_init (CvgVaultInterface *iface)
{
  iface->get_state = cvg_vault_dummy_get_state;
  iface->start_async = cvg_vault_dummy_start_async;
  iface->start_finish = cvg_vault_dummy_start_finish;
  iface->unlock_async = cvg_vault_dummy_unlock_async;
  iface->unlock_finish = cvg_vault_dummy_unlock_finish;
  iface->load_all_async = cvg_vault_dummy_load_all_async;
  iface->load_all_finish = cvg_vault_dummy_load_all_finish;
  iface->store_async = cvg_vault_dummy_store_async;
  iface->store_finish = cvg_vault_dummy_store_finish;
  iface->remove_async = cvg_vault_dummy_remove_async;
  iface->remove_finish = cvg_vault_dummy_remove_finish;
}

/**
 * cvg_vault_dummy_new:
 * @found: the state that the start will find; until then it is %CVG_VAULT_UNKNOWN
 *
 * Returns: (transfer full): an empty vault
 */
CvgVaultDummy *
cvg_vault_dummy_new (CvgVaultState found)
{
  CvgVaultDummy *self = g_object_new (CVG_TYPE_VAULT_DUMMY, NULL);

  self->found = found;
  return self;
}
