/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The keyring, as the agent lives with it.
 *
 * Invariant: secrets are in memory while the keyring is open, and only then, except those that are
 * newer than the keyring's (entry->unsaved): these stay until they are stored. What a crash kept
 * from the keyring comes from the journal when what the keyring has can open it. Only
 * cvg_keeper_open_async() with @interactive can lead to a prompt; everything else that happens
 * here happens behind the person's back and never asks.
 *
 * A locked or absent keyring is a state of the keyring. It never makes an instance "signed out".
 */
#include "agent/keeper.h"

#include "dbus/error.h"

/* A read can fail with the keyring unlocked: one that is busy restarting. */
#define RETRY_SECONDS 30

struct _CvgKeeper
{
  GObject parent_instance;

  CvgVault *vault;        /* (owned) */
  CvgVaultQueue *queue;   /* (owned) */
  CvgWriter *writer;      /* (owned) */
  CvgContents contents;   /* each (owned) */
  CvgClock *clock;        /* (owned) */
  GCancellable *stopping; /* (owned): for prompts */

  gulong state_changed_id;
  gulong items_changed_id;
  gboolean open;      /* everything that the keyring has is in memory */
  gboolean starting;  /* the state is being found out for the first time */
  gboolean unlocking; /* a prompt is up */
  gboolean loading;   /* a bulk read is on its way */
  gboolean outdated;  /* another program changed something: to be read once more */
  GPtrArray *waiters; /* (owned) (element-type GTask): for it to be open */
  guint retry_alarm;
};

G_DEFINE_FINAL_TYPE (CvgKeeper, cvg_keeper, G_TYPE_OBJECT)

enum
{
  SIGNAL_STATE_CHANGED,
  SIGNAL_LOADED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void on_vault_state_changed (CvgVault *vault, gpointer user_data);
static void on_vault_items_changed (CvgVault *vault, gpointer user_data);
static void advance (CvgKeeper *self);
static void load (CvgKeeper *self);

static void
cvg_keeper_finalize (GObject *object)
{
  CvgKeeper *self = CVG_KEEPER (object);

  g_assert (self->waiters->len == 0);
  g_clear_signal_handler (&self->items_changed_id, self->vault);
  g_clear_signal_handler (&self->state_changed_id, self->vault);
  cvg_clock_clear_alarm (self->clock, &self->retry_alarm);
  g_clear_pointer (&self->waiters, g_ptr_array_unref);
  g_clear_object (&self->stopping);
  g_clear_object (&self->clock);
  g_clear_object (&self->contents.rotations);
  g_clear_object (&self->contents.clients);
  g_clear_object (&self->contents.instances);
  g_clear_object (&self->writer);
  g_clear_object (&self->queue);
  g_clear_object (&self->vault);

  G_OBJECT_CLASS (cvg_keeper_parent_class)->finalize (object);
}

static void
cvg_keeper_class_init (CvgKeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_keeper_finalize;

  /* state-changed(): the state, or whether it is open, changed. */
  signals[SIGNAL_STATE_CHANGED] = g_signal_new ("state-changed", CVG_TYPE_KEEPER, G_SIGNAL_RUN_LAST,
                                                0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* loaded(items): a GPtrArray of CvgVaultItem: all that was read, of whose secrets only those are
   * left that nobody took; it is open from now on. */
  signals[SIGNAL_LOADED] = g_signal_new ("loaded", CVG_TYPE_KEEPER, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
}

static void
cvg_keeper_init (CvgKeeper *self)
{
  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  self->stopping = g_cancellable_new ();
}

/** cvg_keeper_new: all arguments (transfer none) */
CvgKeeper *
cvg_keeper_new (CvgVault *vault,
                CvgInstances *instances,
                CvgClients *clients,
                CvgRotations *rotations,
                CvgClock *clock)
{
  CvgKeeper *self = g_object_new (CVG_TYPE_KEEPER, NULL);

  self->vault = g_object_ref (vault);
  self->queue = cvg_vault_queue_new (vault);
  self->writer = cvg_writer_new (vault, self->queue, instances, rotations, clock);
  self->contents.instances = g_object_ref (instances);
  self->contents.clients = g_object_ref (clients);
  self->contents.rotations = g_object_ref (rotations);
  self->clock = g_object_ref (clock);
  self->state_changed_id =
      g_signal_connect (vault, "state-changed", G_CALLBACK (on_vault_state_changed), self);
  self->items_changed_id =
      g_signal_connect (vault, "items-changed", G_CALLBACK (on_vault_items_changed), self);
  return self;
}

/** cvg_keeper_get_writer: Returns: (transfer none): what writes to the same keyring */
CvgWriter *
cvg_keeper_get_writer (CvgKeeper *self)
{
  return self->writer;
}

/** cvg_keeper_is_open: Returns: whether everything that the keyring has is in memory */
gboolean
cvg_keeper_is_open (CvgKeeper *self)
{
  return self->open;
}

/**
 * cvg_keeper_is_opening:
 *
 * Returns: whether what the keyring has is about to be in memory without anybody's help, as far as
 *   one knows
 */
gboolean
cvg_keeper_is_opening (CvgKeeper *self)
{
  return !self->open && (self->starting || cvg_vault_get_state (self->vault) == CVG_VAULT_UNLOCKED);
}

/** cvg_keeper_is_idle: Returns: whether nothing is being read or written */
gboolean
cvg_keeper_is_idle (CvgKeeper *self)
{
  return cvg_vault_queue_is_idle (self->queue);
}

/** cvg_keeper_get_state: Returns: the state, as the contract spells it */
const char *
cvg_keeper_get_state (CvgKeeper *self)
{
  switch (cvg_vault_get_state (self->vault))
    {
    case CVG_VAULT_UNLOCKED:
      return "unlocked";
    case CVG_VAULT_LOCKED:
      return "locked";
    case CVG_VAULT_UNKNOWN:
    case CVG_VAULT_UNAVAILABLE:
    default:
      return "unavailable";
    }
}

/** cvg_keeper_new_state_error: Returns: (transfer full): why it is not open */
GError *
cvg_keeper_new_state_error (CvgKeeper *self)
{
  if (cvg_vault_get_state (self->vault) == CVG_VAULT_UNLOCKED)
    return g_error_new_literal (CVG_ERROR, CVG_ERROR_TRY_LATER,
                                "The keyring is just being read; try again in a second");

  return cvg_vault_new_state_error (self->vault);
}

/* ---- what is in memory ----------------------------------------------------------------------- */

static void
announce (CvgKeeper *self)
{
  g_autoptr (GPtrArray) entries = cvg_instances_list (self->contents.instances);

  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
  for (guint i = 0; i < entries->len; i++)
    {
      CvgEntry *entry = g_ptr_array_index (entries, i);

      /* A dead grant is one whether or not the keyring can be read. */
      if (entry->record->signed_in && entry->record->dead_reason == NULL)
        cvg_instances_changed (self->contents.instances, entry);
    }
}

/* ---- opening --------------------------------------------------------------------------------- */

/* A waiter's task has for its data whether it may make the person be asked. */
static gboolean
is_interactive (GTask *task)
{
  return GPOINTER_TO_INT (g_task_get_task_data (task));
}

static void
return_waiters (CvgKeeper *self, const GError *error)
{
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&self->waiters);

  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiters->len; i++)
    {
      GTask *task = g_ptr_array_index (waiters, i);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

static void
on_retry (gpointer user_data)
{
  CvgKeeper *self = user_data;

  self->retry_alarm = 0;
  advance (self);
}

static void
retry_later (CvgKeeper *self)
{
  if (self->retry_alarm == 0 && !g_cancellable_is_cancelled (self->stopping))
    self->retry_alarm = cvg_clock_add_alarm (
        self->clock, cvg_clock_get_now (self->clock) + RETRY_SECONDS * G_TIME_SPAN_SECOND, on_retry,
        self, NULL);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgKeeper) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items =
      cvg_vault_queue_load_finish (CVG_VAULT_QUEUE (source), result, &error);

  self->loading = FALSE;
  if (items == NULL)
    {
      g_message ("The keyring could not be read: %s", error->message);
      return_waiters (self, error);
      /* What was changed is not known yet. */
      self->outdated = self->open;
      if (cvg_vault_get_state (self->vault) == CVG_VAULT_UNLOCKED)
        retry_later (self);
      return;
    }

  /* It may have been locked again in the meantime. */
  if (cvg_vault_get_state (self->vault) != CVG_VAULT_UNLOCKED)
    {
      advance (self);
      return;
    }

  cvg_contents_take (&self->contents, items);
  self->open = TRUE;
  g_signal_emit (self, signals[SIGNAL_LOADED], 0, items);
  announce (self);
  return_waiters (self, NULL);
  cvg_clock_clear_alarm (self->clock, &self->retry_alarm);
  cvg_writer_catch_up (self->writer);
  if (self->outdated)
    load (self);
}

static void
load (CvgKeeper *self)
{
  if (self->loading || (self->open && !self->outdated))
    return;

  self->loading = TRUE;
  self->outdated = FALSE;
  cvg_vault_queue_load_async (self->queue, on_loaded, g_object_ref (self));
}

/* Goes on from the state that the vault is in now: towards open, or to an error for who waits. */
static void
advance (CvgKeeper *self)
{
  if (self->starting)
    return;

  /* Also when a prompt is still up: the person may have unlocked it in another way. */
  if (cvg_vault_get_state (self->vault) == CVG_VAULT_UNLOCKED)
    load (self);
  else if (self->unlocking)
    return;
  else if (self->waiters->len > 0)
    {
      g_autoptr (GError) error = cvg_vault_new_state_error (self->vault);

      return_waiters (self, error);
    }
}

static void
on_vault_state_changed (CvgVault *vault, gpointer user_data)
{
  CvgKeeper *self = user_data;
  gboolean was_open = self->open;

  g_message ("The keyring is %s", cvg_keeper_get_state (self));
  if (cvg_vault_get_state (vault) != CVG_VAULT_UNLOCKED)
    {
      self->open = FALSE;
      cvg_contents_drop (&self->contents);
    }

  /* The instances change when it closes, and next when what it has is in memory again. */
  if (was_open && !self->open)
    announce (self);
  else
    g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
  advance (self);
}

static void
on_vault_items_changed (CvgVault *vault, gpointer user_data)
{
  CvgKeeper *self = user_data;

  g_message ("Another program changed credentials in the keyring; reading it again");
  self->outdated = TRUE;
  if (self->open)
    load (self);
}

static void
on_unlocked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgKeeper) self = user_data;
  g_autoptr (GError) error = NULL;

  self->unlocking = FALSE;
  if (cvg_vault_unlock_finish (CVG_VAULT (source), result, &error) ||
      cvg_vault_get_state (self->vault) == CVG_VAULT_UNLOCKED)
    advance (self);
  else
    return_waiters (self, error);
}

static void
unlock (CvgKeeper *self)
{
  self->unlocking = TRUE;
  cvg_vault_unlock_async (self->vault, self->stopping, on_unlocked, g_object_ref (self));
}

/* Those who came before the state was known, and for whom nobody may be asked. */
static void
turn_away_background (CvgKeeper *self)
{
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&self->waiters);
  g_autoptr (GPtrArray) away = g_ptr_array_new_with_free_func (g_object_unref);

  self->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiters->len; i++)
    {
      GTask *task = g_ptr_array_index (waiters, i);

      g_ptr_array_add (is_interactive (task) ? self->waiters : away, g_object_ref (task));
    }
  for (guint i = 0; i < away->len; i++)
    g_task_return_error (g_ptr_array_index (away, i), cvg_vault_new_state_error (self->vault));
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgKeeper) self = user_data;

  cvg_vault_start_finish (CVG_VAULT (source), result, NULL);
  self->starting = FALSE;
  if (cvg_vault_get_state (self->vault) == CVG_VAULT_UNLOCKED)
    {
      advance (self);
      return;
    }

  turn_away_background (self);
  if (self->waiters->len > 0 && !self->unlocking)
    unlock (self);
}

/** cvg_keeper_start: finds the keyring and, if it is unlocked, reads it; never prompts */
void
cvg_keeper_start (CvgKeeper *self)
{
  self->starting = TRUE;
  cvg_vault_start_async (self->vault, self->stopping, on_started, g_object_ref (self));
}

/** cvg_keeper_stop: takes down a prompt, forgets retries, and stops the writer */
void
cvg_keeper_stop (CvgKeeper *self)
{
  g_cancellable_cancel (self->stopping);
  cvg_clock_clear_alarm (self->clock, &self->retry_alarm);
  cvg_writer_stop (self->writer);
}

static gboolean
is_locked_for (CvgKeeper *self, gboolean interactive)
{
  CvgVaultState state = cvg_vault_get_state (self->vault);

  return !interactive && !self->starting && state != CVG_VAULT_UNLOCKED;
}

/**
 * cvg_keeper_open_async:
 * @interactive: whether the person may be asked to unlock it
 * @cancellable: (nullable): for this caller alone; a prompt that others wait for stays
 *
 * Has everything in memory that the keyring holds. Fails with %CVG_ERROR_KEYRING_LOCKED (also if
 * the person dismissed the prompt), %CVG_ERROR_KEYRING_UNAVAILABLE or %CVG_ERROR_FAILED.
 */
void
cvg_keeper_open_async (CvgKeeper *self,
                       gboolean interactive,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  CvgVaultState state = cvg_vault_get_state (self->vault);

  g_task_set_source_tag (task, cvg_keeper_open_async);
  g_task_set_task_data (task, GINT_TO_POINTER (interactive), NULL);
  if (self->open)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (is_locked_for (self, interactive))
    {
      g_task_return_error (task, cvg_vault_new_state_error (self->vault));
      return;
    }

  g_ptr_array_add (self->waiters, g_steal_pointer (&task));
  if (interactive && !self->starting && !self->unlocking && state != CVG_VAULT_UNLOCKED)
    unlock (self);
  else
    advance (self);
}

/** cvg_keeper_open_finish: Returns: whether it is open */
gboolean
cvg_keeper_open_finish (CvgKeeper *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_keeper_open_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
