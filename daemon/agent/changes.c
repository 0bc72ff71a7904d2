/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Changes by callers. Each follows one order: open the keyring, change it there, then change the
 * memory and the record. So a change that fails has changed nothing, and one that is cut short by a
 * crash leaves nothing that the next start does not understand.
 *
 * Leaving a server has two steps more: before the credentials go, what the server has to be told is
 * put into the keyring; and when they are gone, it is told. docs/leaving.md.
 */
#include "agent/changes.h"

#include "dbus/error.h"
#include "model/auth-data.h"

struct _CvgChanges
{
  GObject parent_instance;

  CvgInstances *instances; /* (owned) */
  CvgSignIns *sign_ins;    /* (owned) */
  CvgKeeper *keeper;       /* (owned) */
  CvgRevoker *revoker;     /* (owned) */
  CvgClock *clock;         /* (owned) */
};

G_DEFINE_FINAL_TYPE (CvgChanges, cvg_changes, G_TYPE_OBJECT)

/* One change in progress. */
typedef struct
{
  CvgEntry *entry;             /* (owned) */
  CvgCredentials *credentials; /* (owned) (nullable): to be set */
  char *resource_id;           /* (owned) (nullable): to be chosen */
  gboolean with_instance;      /* delete the instance too */
  gboolean revoke;             /* tell its server */
  CvgCredentials *left;        /* (owned) (nullable): what is to be revoked */
  char *revocation_id;         /* (owned) (nullable): under which the revoker has it */
  gboolean revoked;            /* the server confirmed */
} Change;

static void
change_free (Change *change)
{
  cvg_entry_unref (change->entry);
  g_clear_pointer (&change->credentials, cvg_credentials_unref);
  g_clear_pointer (&change->left, cvg_credentials_unref);
  g_free (change->revocation_id);
  g_free (change->resource_id);
  g_free (change);
}

static void
cvg_changes_finalize (GObject *object)
{
  CvgChanges *self = CVG_CHANGES (object);

  g_clear_object (&self->clock);
  g_clear_object (&self->revoker);
  g_clear_object (&self->keeper);
  g_clear_object (&self->sign_ins);
  g_clear_object (&self->instances);

  G_OBJECT_CLASS (cvg_changes_parent_class)->finalize (object);
}

static void
cvg_changes_class_init (CvgChangesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_changes_finalize;
}

static void
cvg_changes_init (CvgChanges *self)
{
}

/** cvg_changes_new: all arguments (transfer none) */
CvgChanges *
cvg_changes_new (CvgInstances *instances,
                 CvgSignIns *sign_ins,
                 CvgKeeper *keeper,
                 CvgRevoker *revoker,
                 CvgClock *clock)
{
  CvgChanges *self = g_object_new (CVG_TYPE_CHANGES, NULL);

  self->instances = g_object_ref (instances);
  self->sign_ins = g_object_ref (sign_ins);
  self->keeper = g_object_ref (keeper);
  self->revoker = g_object_ref (revoker);
  self->clock = g_object_ref (clock);
  return self;
}

static GTask *
change_task_new (CvgChanges *self,
                 CvgEntry *entry,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Change *change = g_new0 (Change, 1);

  g_task_set_source_tag (task, cvg_changes_finish);
  change->entry = cvg_entry_ref (entry);
  g_task_set_task_data (task, change, (GDestroyNotify) change_free);
  return task;
}

static GError *
deleted_error (const Change *change)
{
  return g_error_new (CVG_ERROR, CVG_ERROR_NOT_FOUND, "Instance %s was deleted meanwhile",
                      change->entry->record->id);
}

/* Whether the keyring is open and the instance still there; returns @task with the error if not. */
static gboolean
may_go_on (GTask *task, GAsyncResult *opened)
{
  CvgChanges *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (cvg_keeper_open_finish (self->keeper, opened, &error))
    {
      if (!change->entry->removed)
        return TRUE;
      error = deleted_error (change);
    }

  g_task_return_error (task, error);
  return FALSE;
}

/**
 * cvg_changes_finish:
 *
 * Returns: whether the change was made. Fails with %CVG_ERROR_INVALID_ARGUMENT,
 *   %CVG_ERROR_NOT_FOUND, %CVG_ERROR_NOT_SIGNED_IN, %CVG_ERROR_KEYRING_LOCKED or
 *   %CVG_ERROR_KEYRING_UNAVAILABLE; nothing is changed then
 */
gboolean
cvg_changes_finish (CvgChanges *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_changes_finish), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- setting --------------------------------------------------------------------------------- */

static void store_set (GTask *task);

static CvgInstance *
make_set_record (CvgChanges *self, const Change *change)
{
  CvgInstance *record = cvg_instance_copy (change->entry->record);

  record->authorized_at = cvg_instances_stamp (self->instances, cvg_clock_get_now (self->clock));
  record->signed_in = TRUE;
  record->last_serial = change->credentials->serial;
  g_clear_pointer (&record->dead_reason, g_free);
  return record;
}

static void
on_set_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgChanges *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (cvg_writer_finish (cvg_keeper_get_writer (self->keeper), result, &error))
    {
      /* Made anew: something else of it may have changed during the write. */
      g_autoptr (CvgInstance) record = make_set_record (self, change);

      cvg_instances_replace_credentials (self->instances, change->entry, change->credentials,
                                         record);
      g_message ("Instance %s: its credentials were set by a program", record->id);
      g_task_return_boolean (task, TRUE);
      return;
    }

  if (change->entry->removed)
    {
      g_clear_error (&error);
      g_task_return_error (task, deleted_error (change));
    }
  else if (g_error_matches (error, CVG_ERROR, CVG_ERROR_CANCELLED))
    {
      /* Others were stored first; these are the later. */
      g_clear_error (&error);
      store_set (g_steal_pointer (&task));
    }
  else
    {
      g_task_return_error (task, error);
    }
}

/* Stores what is to be set, for the instance as it is now; @task (transfer full). */
static void
store_set (GTask *task)
{
  CvgChanges *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  CvgEntry *entry = change->entry;

  g_autoptr (CvgInstance) record = NULL;

  change->credentials->serial = cvg_entry_give_serial (entry);
  record = make_set_record (self, change);
  cvg_writer_store_async (cvg_keeper_get_writer (self->keeper), entry, change->credentials, record,
                          entry->generation, on_set_stored, task);
}

static void
on_open_for_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (may_go_on (task, result))
    store_set (g_steal_pointer (&task));
}

/**
 * cvg_changes_set_auth_async:
 * @entry: the instance
 * @auth_data: (transfer none): an a{sv}, as a caller gave it
 *
 * Gives the instance credentials that were got elsewhere; what it had before is replaced.
 */
void
cvg_changes_set_auth_async (CvgChanges *self,
                            CvgEntry *entry,
                            GVariant *auth_data,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = change_task_new (self, entry, callback, user_data);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  change->credentials =
      cvg_auth_data_parse (auth_data, cvg_clock_get_seconds (self->clock), &error);
  if (change->credentials == NULL)
    g_task_return_error (task, error);
  else
    cvg_keeper_open_async (self->keeper, TRUE, NULL, on_open_for_set, g_steal_pointer (&task));
}

/* ---- deleting -------------------------------------------------------------------------------- */

static void
forget_credentials (CvgChanges *self, CvgEntry *entry)
{
  g_autoptr (CvgInstance) record = cvg_instance_copy (entry->record);

  record->last_serial = cvg_entry_get_last_serial (entry);
  record->signed_in = FALSE;
  g_clear_pointer (&record->dead_reason, g_free);
  g_clear_pointer (&record->resource_id, g_free);
  cvg_instances_replace_credentials (self->instances, entry, NULL, record);
}

/* What came after that which is to be revoked was put down, by a refresh or as the very first, is
 * left too. And what is on its way still will find that it was left; not so that of an instance
 * which was signed out before: it was told then. Returns: (transfer full) (nullable) */
static CvgCredentials *
leave (const Change *change)
{
  CvgEntry *entry = change->entry;

  if (entry->record->signed_in)
    entry->left_generation = entry->generation;
  if (entry->credentials == NULL ||
      (change->left != NULL && entry->credentials->serial == change->left->serial))
    return NULL;

  return cvg_credentials_ref (entry->credentials);
}

static void
on_carried_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Change *change = g_task_get_task_data (task);

  change->revoked = cvg_revoker_carry_out_finish (CVG_REVOKER (source), result);
  g_task_return_boolean (task, TRUE);
}

/* Nothing is left here; @task (transfer full) returns when the server was told, or can't be. */
static void
tell_server (GTask *task)
{
  g_autoptr (GTask) kept = task;
  CvgChanges *self = g_task_get_source_object (task);
  const Change *change = g_task_get_task_data (task);

  if (change->revocation_id == NULL)
    g_task_return_boolean (task, TRUE);
  else
    cvg_revoker_carry_out_async (self->revoker, change->revocation_id, on_carried_out,
                                 g_steal_pointer (&kept));
}

/* @task (transfer full) */
static void
finish_delete (GTask *task)
{
  CvgChanges *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autoptr (CvgCredentials) late = change->revoke ? leave (change) : NULL;

  g_message ("Instance %s: %s", change->entry->record->id,
             change->with_instance ? "deleted" : "signed out");
  if (change->with_instance)
    {
      cvg_sign_ins_cancel_of (self->sign_ins, change->entry);
      cvg_instances_remove (self->instances, change->entry);
    }
  else
    {
      forget_credentials (self, change->entry);
    }
  /* Not before: what is asked of the keyring in here lets others have their turn. */
  if (late != NULL)
    cvg_revoker_revoke (self->revoker, change->entry, late);
  tell_server (task);
}

static void
on_item_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgChanges *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (!cvg_writer_finish (cvg_keeper_get_writer (self->keeper), result, &error))
    {
      if (change->revocation_id != NULL)
        cvg_revoker_take_back (self->revoker, change->revocation_id);
      g_task_return_error (task, error);
    }
  else if (change->entry->removed)
    /* Two callers deleted it at once; both got what they wanted. */
    tell_server (g_steal_pointer (&task));
  else
    finish_delete (g_steal_pointer (&task));
}

/* @task (transfer full) */
static void
remove_item (GTask *task)
{
  CvgChanges *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);

  cvg_writer_remove_async (cvg_keeper_get_writer (self->keeper), CVG_VAULT_CREDENTIALS,
                           change->entry->record->id, on_item_removed, task);
}

static void
on_open_for_delete (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgChanges *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  CvgEntry *entry = change->entry;

  if (!may_go_on (task, result))
    return;

  if (change->revoke && entry->credentials != NULL)
    {
      change->left = cvg_credentials_ref (entry->credentials);
      change->revocation_id = cvg_revoker_enqueue (self->revoker, entry);
    }
  /* The keyring does one after the other: what the server has to be told is there before. */
  remove_item (g_steal_pointer (&task));
}

static void delete (GTask *task)
{
  CvgChanges *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);

  if (change->entry->record->signed_in)
    cvg_keeper_open_async (self->keeper, TRUE, NULL, on_open_for_delete, g_object_ref (task));
  else if (!cvg_keeper_is_idle (self->keeper))
    /* Its first credentials may be on their way into the keyring this moment: they would be there
     * without an instance, and bring it back at the next start. So the removal queues behind. */
    remove_item (g_object_ref (task));
  else
    /* The keyring has nothing of it, and need not be unlocked for it. */
    finish_delete (g_object_ref (task));
}

/**
 * cvg_changes_delete_auth_async:
 * @revoke: whether its server is to be told, too
 *
 * Signs @entry out; it stays as an instance. To be finished with cvg_changes_delete_finish().
 */
void
cvg_changes_delete_auth_async (CvgChanges *self,
                               CvgEntry *entry,
                               gboolean revoke,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = change_task_new (self, entry, callback, user_data);

  ((Change *) g_task_get_task_data (task))->revoke = revoke;
  delete (task);
}

/** cvg_changes_delete_instance_async: the same, and deletes @entry and ends its sign-ins */
void
cvg_changes_delete_instance_async (CvgChanges *self,
                                   CvgEntry *entry,
                                   gboolean revoke,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = change_task_new (self, entry, callback, user_data);
  Change *change = g_task_get_task_data (task);

  change->revoke = revoke;
  change->with_instance = TRUE;
  delete (task);
}

/**
 * cvg_changes_delete_finish:
 * @revoked: (out): whether the server confirmed that the credentials are dead; if not, it may be
 *   told later
 *
 * Returns: as cvg_changes_finish()
 */
gboolean
cvg_changes_delete_finish (CvgChanges *self,
                           GAsyncResult *result,
                           gboolean *revoked,
                           GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  *revoked = ((const Change *) g_task_get_task_data (G_TASK (result)))->revoked;
  return cvg_changes_finish (self, result, error);
}

/* ---- choosing a site ------------------------------------------------------------------------- */

static gboolean
has_resource (const CvgCredentials *credentials, const char *resource_id)
{
  GVariantIter iter;
  GVariant *resource = NULL;
  gboolean found = FALSE;

  if (credentials->resources == NULL)
    return FALSE;

  g_variant_iter_init (&iter, credentials->resources);
  while (!found && (resource = g_variant_iter_next_value (&iter)) != NULL)
    {
      const char *id = NULL;

      found = g_variant_lookup (resource, "id", "&s", &id) && g_strcmp0 (id, resource_id) == 0;
      g_variant_unref (resource);
    }

  return found;
}

static void
on_open_for_select (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgChanges *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  CvgEntry *entry = change->entry;
  g_autoptr (CvgInstance) record = NULL;

  if (!may_go_on (task, result))
    return;

  if (entry->credentials == NULL)
    {
      g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_NOT_SIGNED_IN,
                               "Instance %s is not signed in", entry->record->id);
      return;
    }
  if (!has_resource (entry->credentials, change->resource_id))
    {
      g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                               "The grant of instance %s has no site with that id",
                               entry->record->id);
      return;
    }

  /* An id is no secret: the record has it, and the keyring need not be written for it. */
  record = cvg_instance_copy (entry->record);
  g_free (record->resource_id);
  record->resource_id = g_strdup (change->resource_id);
  cvg_instances_update (self->instances, entry, record);
  g_task_return_boolean (task, TRUE);
}

/** cvg_changes_select_resource_async: the site of @resource_id is the one in use from now on */
void
cvg_changes_select_resource_async (CvgChanges *self,
                                   CvgEntry *entry,
                                   const char *resource_id,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = change_task_new (self, entry, callback, user_data);

  ((Change *) g_task_get_task_data (task))->resource_id = g_strdup (resource_id);
  if (!entry->record->signed_in)
    g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_NOT_SIGNED_IN,
                             "Instance %s is not signed in", entry->record->id);
  else
    cvg_keeper_open_async (self->keeper, TRUE, NULL, on_open_for_select, g_steal_pointer (&task));
}
