/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The order of things in the keyring. Two writes of one item may not overtake each other, and what
 * a bulk read finds must be what the writes before it left; with one operation at a time, neither
 * can go wrong. It costs nothing: keyrings work on one thread and rewrite their whole file each
 * time.
 *
 * Nothing here can be cancelled: a write that is on its way is finished. That is what makes it safe
 * for callers to leave.
 */
#include "agent/vault-queue.h"

/* One operation that waits for its turn, or has it. */
typedef struct
{
  GTask *task;       /* (owned) */
  char *kind;        /* (owned) (nullable): %NULL: the bulk read */
  char *id;          /* (owned) (nullable) */
  char *label;       /* (owned) (nullable) */
  CvgSecret *secret; /* (owned) (nullable): %NULL: remove */
  CvgVaultCheck check;
  gpointer check_data; /* (owned), by @check_destroy */
  GDestroyNotify check_destroy;
} Operation;

struct _CvgVaultQueue
{
  GObject parent_instance;

  CvgVault *vault;    /* (owned) */
  GQueue waiting;     /* (element-type Operation) */
  Operation *current; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (CvgVaultQueue, cvg_vault_queue, G_TYPE_OBJECT)

static void
operation_free (Operation *operation)
{
  g_clear_object (&operation->task);
  g_free (operation->kind);
  g_free (operation->id);
  g_free (operation->label);
  g_clear_pointer (&operation->secret, cvg_secret_unref);
  if (operation->check_destroy != NULL)
    operation->check_destroy (operation->check_data);
  g_free (operation);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Operation, operation_free)

static void
cvg_vault_queue_finalize (GObject *object)
{
  CvgVaultQueue *self = CVG_VAULT_QUEUE (object);

  /* Each operation's task holds the queue. */
  g_assert (self->current == NULL && g_queue_is_empty (&self->waiting));
  g_clear_object (&self->vault);

  G_OBJECT_CLASS (cvg_vault_queue_parent_class)->finalize (object);
}

static void
cvg_vault_queue_class_init (CvgVaultQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_vault_queue_finalize;
}

static void
cvg_vault_queue_init (CvgVaultQueue *self)
{
  g_queue_init (&self->waiting);
}

/** cvg_vault_queue_new: a queue in front of @vault (transfer none) */
CvgVaultQueue *
cvg_vault_queue_new (CvgVault *vault)
{
  CvgVaultQueue *self = g_object_new (CVG_TYPE_VAULT_QUEUE, NULL);

  self->vault = g_object_ref (vault);
  return self;
}

/** cvg_vault_queue_is_idle: Returns: whether nothing is on its way */
gboolean
cvg_vault_queue_is_idle (CvgVaultQueue *self)
{
  return self->current == NULL && g_queue_is_empty (&self->waiting);
}

static void start_next (CvgVaultQueue *self);

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgVaultQueue) self = user_data;
  Operation *operation = self->current;
  CvgVault *vault = CVG_VAULT (source);
  GError *error = NULL;

  if (operation->kind == NULL)
    {
      GPtrArray *items = cvg_vault_load_all_finish (vault, result, &error);

      if (items != NULL)
        g_task_return_pointer (operation->task, items, (GDestroyNotify) g_ptr_array_unref);
    }
  else if (operation->secret != NULL ? cvg_vault_store_finish (vault, result, &error) :
                                       cvg_vault_remove_finish (vault, result, &error))
    {
      g_task_return_boolean (operation->task, TRUE);
    }

  if (error != NULL)
    g_task_return_error (operation->task, error);

  /* After the return: whoever waited for this write has drawn the conclusions before the next one
   * asks whether it still makes sense; be that next one pushed by them. */
  g_clear_pointer (&self->current, operation_free);
  start_next (self);
}

static void
start (CvgVaultQueue *self, Operation *operation)
{
  if (operation->kind == NULL)
    cvg_vault_load_all_async (self->vault, NULL, on_done, g_object_ref (self));
  else if (operation->secret != NULL)
    cvg_vault_store_async (self->vault, operation->kind, operation->id, operation->label,
                           operation->secret, NULL, on_done, g_object_ref (self));
  else
    cvg_vault_remove_async (self->vault, operation->kind, operation->id, NULL, on_done,
                            g_object_ref (self));
}

static void
start_next (CvgVaultQueue *self)
{
  while (self->current == NULL && !g_queue_is_empty (&self->waiting))
    {
      g_autoptr (Operation) operation = g_queue_pop_head (&self->waiting);
      GError *error = NULL;

      if (operation->check != NULL && !operation->check (operation->check_data, &error))
        {
          g_task_return_error (operation->task, error);
          continue;
        }

      self->current = g_steal_pointer (&operation);
      start (self, self->current);
    }
}

static Operation *
operation_new (CvgVaultQueue *self,
               const char *kind,
               const char *id,
               gpointer tag,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  Operation *operation = g_new0 (Operation, 1);

  operation->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (operation->task, tag);
  operation->kind = g_strdup (kind);
  operation->id = g_strdup (id);
  return operation;
}

static void
push (CvgVaultQueue *self, Operation *operation)
{
  g_queue_push_tail (&self->waiting, operation);
  start_next (self);
}

/**
 * cvg_vault_queue_store_async:
 * @check: (nullable): asked when the turn has come; if it refuses, nothing is written and its error
 *   is the result
 *
 * The rest as of cvg_vault_store_async().
 */
void
cvg_vault_queue_store_async (CvgVaultQueue *self,
                             const char *kind,
                             const char *id,
                             const char *label,
                             CvgSecret *secret,
                             CvgVaultCheck check,
                             gpointer check_data,
                             GDestroyNotify check_destroy,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  Operation *operation =
      operation_new (self, kind, id, cvg_vault_queue_write_finish, callback, user_data);

  operation->label = g_strdup (label);
  operation->secret = cvg_secret_ref (secret);
  operation->check = check;
  operation->check_data = check_data;
  operation->check_destroy = check_destroy;
  push (self, operation);
}

/** cvg_vault_queue_remove_async: as cvg_vault_remove_async() */
void
cvg_vault_queue_remove_async (CvgVaultQueue *self,
                              const char *kind,
                              const char *id,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  push (self, operation_new (self, kind, id, cvg_vault_queue_write_finish, callback, user_data));
}

/** cvg_vault_queue_write_finish: Returns: whether a store or a removal succeeded */
gboolean
cvg_vault_queue_write_finish (CvgVaultQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_vault_queue_write_finish), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/** cvg_vault_queue_load_async: as cvg_vault_load_all_async() */
void
cvg_vault_queue_load_async (CvgVaultQueue *self, GAsyncReadyCallback callback, gpointer user_data)
{
  push (self, operation_new (self, NULL, NULL, cvg_vault_queue_load_async, callback, user_data));
}

/** cvg_vault_queue_load_finish: Returns: (transfer full) (element-type CvgVaultItem): all items */
GPtrArray *
cvg_vault_queue_load_finish (CvgVaultQueue *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_vault_queue_load_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
