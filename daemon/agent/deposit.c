/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The deposit. Until the new credentials are in the keyring, nothing of the instance is touched.
 *
 * When the keyring turns out to be locked at the very end, it is waited for until it is unlocked or
 * until nobody has the time: a grant that the person just gave is not thrown away.
 */
#include "agent/deposit.h"

#include "dbus/error.h"

struct _CvgDeposit
{
  GObject parent_instance;

  CvgInstances *instances;     /* (owned) */
  CvgKeeper *keeper;           /* (owned) */
  CvgClock *clock;             /* (owned) */
  const CvgSignInPlan *plan;   /* (borrowed): not looked at once nobody waits */
  CvgCredentials *credentials; /* (owned) */

  GTask *task;               /* (owned) (nullable): of who waits */
  GCancellable *cancellable; /* (owned): of the prompt */
  gulong keyring_changed_id; /* it waits for the keyring to be opened */
  gboolean is_writing;       /* a write that nothing can call back is on its way, or was done */
  gboolean is_urgent;        /* the keyring is not waited for */
};

G_DEFINE_FINAL_TYPE (CvgDeposit, cvg_deposit, G_TYPE_OBJECT)

enum
{
  SIGNAL_WAITING,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
cvg_deposit_finalize (GObject *object)
{
  CvgDeposit *self = CVG_DEPOSIT (object);

  g_assert (self->task == NULL);
  g_clear_signal_handler (&self->keyring_changed_id, self->keeper);
  g_clear_pointer (&self->credentials, cvg_credentials_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->clock);
  g_clear_object (&self->keeper);
  g_clear_object (&self->instances);

  G_OBJECT_CLASS (cvg_deposit_parent_class)->finalize (object);
}

static void
cvg_deposit_class_init (CvgDepositClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_deposit_finalize;

  /* waiting(): the keyring is locked, and the person about to be asked. */
  signals[SIGNAL_WAITING] = g_signal_new ("waiting", CVG_TYPE_DEPOSIT, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
cvg_deposit_init (CvgDeposit *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * cvg_deposit_new:
 * @instances: (transfer none)
 * @keeper: (transfer none)
 * @clock: (transfer none)
 * @plan: (transfer none): of the sign-in; it stays until nobody waits any more
 * @credentials: (transfer none): what the server gave; they get their serial here
 *
 * Returns: (transfer full): a deposit that nobody has asked for yet
 */
CvgDeposit *
cvg_deposit_new (CvgInstances *instances,
                 CvgKeeper *keeper,
                 CvgClock *clock,
                 const CvgSignInPlan *plan,
                 CvgCredentials *credentials)
{
  CvgDeposit *self = g_object_new (CVG_TYPE_DEPOSIT, NULL);

  self->instances = g_object_ref (instances);
  self->keeper = g_object_ref (keeper);
  self->clock = g_object_ref (clock);
  self->plan = plan;
  self->credentials = cvg_credentials_ref (credentials);
  return self;
}

/* ---- its end --------------------------------------------------------------------------------- */

/* @error is (transfer full) (nullable): %NULL: it is stored. */
static void
give (CvgDeposit *self, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  g_clear_signal_handler (&self->keyring_changed_id, self->keeper);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* ---- storing --------------------------------------------------------------------------------- */

static void store (CvgDeposit *self);

static CvgInstance *
make_record (CvgDeposit *self)
{
  CvgInstance *record = cvg_instance_copy (self->plan->entry->record);

  record->authorized_at = cvg_instances_stamp (self->instances, cvg_clock_get_now (self->clock));
  record->signed_in = TRUE;
  record->last_serial = self->credentials->serial;
  g_clear_pointer (&record->dead_reason, g_free);
  if (self->plan->client_was_named)
    {
      g_free (record->client_id);
      record->client_id = g_strdup (self->plan->client->client_id);
    }
  return record;
}

static void
on_keyring_changed (CvgKeeper *keeper, gpointer user_data)
{
  CvgDeposit *self = user_data;

  if (cvg_keeper_is_open (keeper))
    {
      g_clear_signal_handler (&self->keyring_changed_id, self->keeper);
      store (self);
    }
}

static void
on_unlock_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgDeposit) self = user_data;

  /* Opened or not: state-changed tells, now or when the person gets to it. */
  cvg_keeper_open_finish (CVG_KEEPER (source), result, NULL);
}

static void
wait_for_keyring (CvgDeposit *self)
{
  if (self->keyring_changed_id == 0)
    self->keyring_changed_id =
        g_signal_connect (self->keeper, "state-changed", G_CALLBACK (on_keyring_changed), self);
  g_signal_emit (self, signals[SIGNAL_WAITING], 0);
  /* Whoever was told may not have the time. */
  if (self->task == NULL)
    return;

  g_message ("Instance %s: signed in, but the keyring is locked; waiting for it",
             self->plan->entry->record->id);
  cvg_keeper_open_async (self->keeper, TRUE, self->cancellable, on_unlock_asked,
                         g_object_ref (self));
}

static void
on_recorded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgDeposit) self = user_data;

  /* What could not be written has been warned about; the keyring has all that matters. */
  cvg_instances_flush_finish (self->instances, result, NULL);
  give (self, NULL);
}

/* Locked, or about to be started again: it will tell when it is open. */
static gboolean
is_passing (CvgDeposit *self, const GError *error)
{
  return g_error_matches (error, CVG_ERROR, CVG_ERROR_KEYRING_LOCKED) ||
         (g_error_matches (error, CVG_ERROR, CVG_ERROR_KEYRING_UNAVAILABLE) &&
          !cvg_keeper_is_open (self->keeper));
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgDeposit) self = user_data;
  g_autoptr (CvgInstance) record = NULL;
  g_autoptr (GError) error = NULL;
  CvgEntry *entry = self->plan->entry;

  if (cvg_writer_finish (cvg_keeper_get_writer (self->keeper), result, &error))
    {
      record = make_record (self);
      cvg_instances_replace_credentials (self->instances, entry, self->credentials, record);
      cvg_instances_flush_async (self->instances, on_recorded, g_object_ref (self));
      return;
    }

  self->is_writing = FALSE;
  if (entry->removed)
    give (self, g_error_new_literal (CVG_ERROR, CVG_ERROR_NOT_FOUND,
                                     "The instance was deleted during the sign-in"));
  else if (g_error_matches (error, CVG_ERROR, CVG_ERROR_CANCELLED))
    /* Another sign-in of the same instance was stored first; this one is the later. */
    store (self);
  else if (is_passing (self, error) && !self->is_urgent)
    wait_for_keyring (self);
  else
    give (self, g_steal_pointer (&error));
}

static void
store (CvgDeposit *self)
{
  CvgEntry *entry = self->plan->entry;
  g_autoptr (CvgInstance) record = NULL;

  self->credentials->serial = cvg_entry_give_serial (entry);
  record = make_record (self);
  self->is_writing = TRUE;
  cvg_writer_store_async (cvg_keeper_get_writer (self->keeper), entry, self->credentials, record,
                          entry->generation, on_stored, g_object_ref (self));
}

/** cvg_deposit_run_async: stores the credentials; once in the life of @self */
void
cvg_deposit_run_async (CvgDeposit *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->task == NULL && !self->is_writing);

  self->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->task, cvg_deposit_run_async);
  store (self);
}

/**
 * cvg_deposit_run_finish:
 *
 * Returns: whether the instance has the credentials, and the keyring too. Fails with
 *   %CVG_ERROR_NOT_FOUND, %CVG_ERROR_KEYRING_LOCKED, %CVG_ERROR_KEYRING_UNAVAILABLE or
 *   %CVG_ERROR_FAILED, or with %CVG_ERROR_CANCELLED after cvg_deposit_stop()
 */
gboolean
cvg_deposit_run_finish (CvgDeposit *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_deposit_run_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/** cvg_deposit_is_waiting: Returns: whether it waits for the keyring to be opened */
gboolean
cvg_deposit_is_waiting (CvgDeposit *self)
{
  return self->keyring_changed_id != 0;
}

/** cvg_deposit_is_writing: Returns: whether it can't be called back: what comes of it counts */
gboolean
cvg_deposit_is_writing (CvgDeposit *self)
{
  return self->is_writing;
}

/** cvg_deposit_hurry: from now on a locked keyring is a failure */
void
cvg_deposit_hurry (CvgDeposit *self)
{
  self->is_urgent = TRUE;
}

/** cvg_deposit_stop: waits for nothing; a write that is on its way is not to be stopped */
void
cvg_deposit_stop (CvgDeposit *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->task != NULL && !self->is_writing)
    give (self, g_error_new_literal (CVG_ERROR, CVG_ERROR_CANCELLED, "The sign-in was cancelled"));
}
