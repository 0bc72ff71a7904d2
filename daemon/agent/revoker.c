/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The revoker. What is to be revoked is an item of the keyring before the credentials are deleted
 * there, and goes when the server has confirmed, or refused for good:
 *
 *   enqueue (store it) -> the credentials are deleted -> carry out (tell the server) -> remove it
 *
 * Cut short anywhere by a crash, the next start finds the item and goes on; unless the credentials
 * are still there as well, for then the grant was not left. docs/leaving.md.
 *
 * In memory an item is only while the keyring is open, as everything secret. With none of them
 * there is no alarm and nothing wakes.
 */
#include "agent/revoker.h"

#include "agent/errand.h"
#include "agent/leaving.h"
#include "agent/matter.h"

struct _CvgRevoker
{
  GObject parent_instance;

  CvgHttp *http;           /* (owned) */
  CvgClock *clock;         /* (owned) */
  CvgNetwork *network;     /* (owned) */
  CvgInstances *instances; /* (owned) */
  CvgClients *clients;     /* (owned) */
  CvgKeeper *keeper;       /* (owned) */
  CvgGate *gate;           /* (owned) */

  GHashTable *matters;    /* (owned) (element-type utf8 Matter): by the id of the revocation */
  GHashTable *over;       /* (owned) (element-type utf8): ids that the keyring may still have */
  GCancellable *stopping; /* (owned) */
  gboolean is_active;     /* between start and stop */
  guint n_under_way;
  guint alarm;
  gulong loaded_id;
  gulong state_changed_id;
  gulong network_changed_id;
  gulong stepped_id;
};

G_DEFINE_FINAL_TYPE (CvgRevoker, cvg_revoker, G_TYPE_OBJECT)

static void on_alarm (gpointer user_data);
static void on_loaded (CvgKeeper *keeper, GPtrArray *items, gpointer user_data);
static void on_keeper_changed (CvgKeeper *keeper, gpointer user_data);
static void on_network_changed (CvgNetwork *network, gpointer user_data);
static void on_stepped (CvgClock *clock, gint64 by, gpointer user_data);

static void
cvg_revoker_finalize (GObject *object)
{
  CvgRevoker *self = CVG_REVOKER (object);

  g_assert (self->n_under_way == 0);
  cvg_clock_clear_alarm (self->clock, &self->alarm);
  g_clear_signal_handler (&self->stepped_id, self->clock);
  g_clear_signal_handler (&self->network_changed_id, self->network);
  g_clear_signal_handler (&self->state_changed_id, self->keeper);
  g_clear_signal_handler (&self->loaded_id, self->keeper);
  g_clear_pointer (&self->over, g_hash_table_unref);
  g_clear_pointer (&self->matters, g_hash_table_unref);
  g_clear_object (&self->stopping);
  g_clear_object (&self->gate);
  g_clear_object (&self->keeper);
  g_clear_object (&self->clients);
  g_clear_object (&self->instances);
  g_clear_object (&self->network);
  g_clear_object (&self->clock);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (cvg_revoker_parent_class)->finalize (object);
}

static void
cvg_revoker_class_init (CvgRevokerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_revoker_finalize;
}

static void
cvg_revoker_init (CvgRevoker *self)
{
  self->matters =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) cvg_matter_free);
  self->over = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->stopping = g_cancellable_new ();
}

/** cvg_revoker_new: with what @parts (transfer none) has, which is not kept itself */
CvgRevoker *
cvg_revoker_new (const CvgRevokerParts *parts)
{
  CvgRevoker *self = g_object_new (CVG_TYPE_REVOKER, NULL);

  self->http = g_object_ref (parts->http);
  self->clock = g_object_ref (parts->clock);
  self->network = g_object_ref (parts->network);
  self->instances = g_object_ref (parts->instances);
  self->clients = g_object_ref (parts->clients);
  self->keeper = g_object_ref (parts->keeper);
  self->gate = g_object_ref (parts->gate);
  self->loaded_id = g_signal_connect (self->keeper, "loaded", G_CALLBACK (on_loaded), self);
  self->state_changed_id =
      g_signal_connect (self->keeper, "state-changed", G_CALLBACK (on_keeper_changed), self);
  self->network_changed_id =
      g_signal_connect (self->network, "changed", G_CALLBACK (on_network_changed), self);
  self->stepped_id = g_signal_connect (self->clock, "stepped", G_CALLBACK (on_stepped), self);
  return self;
}

/** cvg_revoker_is_idle: Returns: whether nothing is on its way to a server */
gboolean
cvg_revoker_is_idle (CvgRevoker *self)
{
  return self->n_under_way == 0;
}

static gboolean
is_stopping (CvgRevoker *self)
{
  return g_cancellable_is_cancelled (self->stopping);
}

/* @revocation (transfer full) */
static CvgMatter *
add_matter (CvgRevoker *self, CvgRevocation *revocation)
{
  CvgMatter *matter = cvg_matter_new (revocation, self->clock);

  g_hash_table_replace (self->matters, revocation->id, matter);
  return matter;
}

/* ---- when ------------------------------------------------------------------------------------ */

/* One alarm for all, at the time of the earliest. */
static void
plan (CvgRevoker *self)
{
  GHashTableIter iter;
  gpointer value = NULL;
  gint64 earliest = G_MAXINT64;

  cvg_clock_clear_alarm (self->clock, &self->alarm);
  if (!self->is_active || is_stopping (self))
    return;

  g_hash_table_iter_init (&iter, self->matters);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (cvg_matter_is_waiting (value))
      earliest = MIN (earliest, ((const CvgMatter *) value)->next_at);
  if (earliest < G_MAXINT64)
    self->alarm = cvg_clock_add_alarm (self->clock, earliest, on_alarm, self, NULL);
}

static void
on_network_changed (CvgNetwork *network, gpointer user_data)
{
  CvgRevoker *self = user_data;
  GHashTableIter iter;
  gpointer value = NULL;

  if (!cvg_network_is_up (network))
    return;

  g_hash_table_iter_init (&iter, self->matters);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    cvg_matter_hurry (value);
  plan (self);
}

static void
on_stepped (CvgClock *clock, gint64 by, gpointer user_data)
{
  CvgRevoker *self = user_data;
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->matters);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    cvg_matter_shift (value, by);
  plan (self);
}

/** cvg_revoker_start: from now on what waits is carried out by itself, too */
void
cvg_revoker_start (CvgRevoker *self)
{
  self->is_active = TRUE;
  plan (self);
}

/** cvg_revoker_stop: sends nothing more; the answers to what was sent are waited for */
void
cvg_revoker_stop (CvgRevoker *self)
{
  self->is_active = FALSE;
  g_cancellable_cancel (self->stopping);
  cvg_clock_clear_alarm (self->clock, &self->alarm);
}

/* ---- the keyring ----------------------------------------------------------------------------- */

/* A removal on its way. */
typedef struct
{
  CvgRevoker *revoker; /* (owned) */
  char *id;            /* (owned) */
} Removal;

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->revoker);
  g_free (removal->id);
  g_free (removal);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Removal, removal_free)

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Removal) removal = user_data;
  CvgRevoker *self = removal->revoker;
  g_autoptr (GError) error = NULL;

  /* What the keyring did not let go of is removed when it is read next, and not carried out. */
  if (cvg_writer_finish (cvg_keeper_get_writer (self->keeper), result, &error))
    g_hash_table_remove (self->over, removal->id);
  else
    g_message ("A revocation that is over could not be removed from the keyring yet: %s",
               error->message);
}

static void
remove_item (CvgRevoker *self, const char *id)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->revoker = g_object_ref (self);
  removal->id = g_strdup (id);
  g_hash_table_add (self->over, g_strdup (id));
  cvg_writer_remove_async (cvg_keeper_get_writer (self->keeper), CVG_VAULT_REVOCATION, id,
                           on_removed, removal);
}

/* @matter is gone after. */
static void
drop (CvgRevoker *self, CvgMatter *matter)
{
  if (matter->is_stored)
    remove_item (self, matter->revocation->id);
  g_hash_table_remove (self->matters, matter->revocation->id);
}

/* A crash came between the two, or the keyring would not let go of the credentials: whoever wanted
 * to leave was not told that it was done, and may do it again. */
static gboolean
was_not_left (CvgRevoker *self, const CvgRevocation *revocation)
{
  const CvgEntry *entry = cvg_instances_lookup (self->instances, revocation->instance_id, NULL);

  return entry != NULL && entry->credentials != NULL && revocation->authorized_at != 0 &&
         entry->record->authorized_at == revocation->authorized_at;
}

static void
take_item (CvgRevoker *self, const CvgVaultItem *item)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgRevocation) revocation = NULL;

  if (g_hash_table_contains (self->over, item->id))
    {
      remove_item (self, item->id);
      return;
    }
  if (g_hash_table_contains (self->matters, item->id) || cvg_secret_is_empty (item->secret))
    return;

  revocation = cvg_revocation_unpack (item->id, item->secret, &error);
  if (revocation == NULL)
    g_warning ("The revocation %s in the keyring is left alone: %s", item->id, error->message);
  else if (was_not_left (self, revocation))
    {
      g_message ("Instance %s: its sign-out was cut short before it was done; it is still signed "
                 "in",
                 revocation->instance_id);
      remove_item (self, item->id);
    }
  else
    {
      g_message ("Instance %s: %s has still to be told that it was left", revocation->instance_id,
                 revocation->server_name);
      add_matter (self, g_steal_pointer (&revocation))->is_stored = TRUE;
    }
}

static gboolean
is_missing (gpointer id, gpointer matter, gpointer found)
{
  return cvg_matter_is_in_keyring_alone (matter) && !g_hash_table_contains (found, id);
}

static gboolean
is_to_be_forgotten (gpointer id, gpointer matter, gpointer user_data)
{
  return cvg_matter_is_in_keyring_alone (matter);
}

static void
on_loaded (CvgKeeper *keeper, GPtrArray *items, gpointer user_data)
{
  CvgRevoker *self = user_data;
  g_autoptr (GHashTable) found = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean is_complete = TRUE;

  for (guint i = 0; i < items->len; i++)
    {
      const CvgVaultItem *item = g_ptr_array_index (items, i);

      if (g_strcmp0 (item->kind, CVG_VAULT_ILLEGIBLE) == 0)
        is_complete = FALSE;
      if (g_strcmp0 (item->kind, CVG_VAULT_REVOCATION) != 0)
        continue;
      g_hash_table_add (found, item->id);
      take_item (self, item);
    }

  /* Somebody deleted them in a keyring program, who does not want them carried out. */
  if (is_complete)
    g_hash_table_foreach_remove (self->matters, is_missing, found);
  plan (self);
}

static void
on_keeper_changed (CvgKeeper *keeper, gpointer user_data)
{
  CvgRevoker *self = user_data;

  if (cvg_keeper_is_open (keeper))
    return;

  g_hash_table_foreach_remove (self->matters, is_to_be_forgotten, NULL);
  plan (self);
}

/* ---- carrying out ---------------------------------------------------------------------------- */

/* Nothing can end what the server does not end, but for the person on its pages. */
static void
say_not_revoked (const CvgRevocation *revocation, const char *reason)
{
  g_message ("Instance %s: %s has not confirmed that its credentials are dead, and is not asked "
             "again%s%s. To be sure, end the access %s%s",
             revocation->instance_id, revocation->server_name, *reason != '\0' ? ": " : "", reason,
             revocation->manage_url != NULL ? "at " : "on its page of connected apps",
             revocation->manage_url != NULL ? revocation->manage_url : "");
}

static void
conclude (CvgRevoker *self, CvgMatter *matter)
{
  const CvgRevocation *revocation = matter->revocation;
  gboolean is_confirmed = cvg_revocation_is_confirmed (revocation);

  if (is_confirmed)
    g_message ("Instance %s: %s has confirmed that its credentials are dead",
               revocation->instance_id, revocation->server_name);
  else
    say_not_revoked (revocation, "it refused");
  cvg_matter_answer (matter, is_confirmed);
  drop (self, matter);
}

static void
on_progress_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgRevoker) self = user_data;
  g_autoptr (GError) error = NULL;

  /* Then it has the whole of it, and the server is told something twice. */
  if (!cvg_writer_finish (cvg_keeper_get_writer (self->keeper), result, &error))
    g_debug ("What is left of a revocation could not be stored: %s", error->message);
}

static void
try_again_later (CvgRevoker *self, CvgMatter *matter, const GError *error)
{
  const CvgRevocation *revocation = matter->revocation;

  if (revocation->attempts == 1)
    g_message ("Instance %s: %s could not be told that it was left (%s); it is tried again",
               revocation->instance_id, revocation->server_name, error->message);
  else
    g_info ("Instance %s: attempt %u to tell %s that it was left: %s", revocation->instance_id,
            revocation->attempts, revocation->server_name, error->message);

  if (cvg_revocation_get_next (revocation) != g_ptr_array_index (revocation->steps, 0))
    cvg_writer_store_revocation_async (cvg_keeper_get_writer (self->keeper), revocation,
                                       on_progress_stored, g_object_ref (self));
  /* It was closed meanwhile, and has it. */
  if (!cvg_keeper_is_open (self->keeper))
    g_hash_table_remove (self->matters, revocation->id);
}

static void
take_failure (CvgRevoker *self, CvgMatter *matter, guint retry_after, const GError *error)
{
  gint64 now = cvg_clock_get_now (self->clock);

  cvg_matter_answer (matter, FALSE);
  cvg_matter_postpone (matter, now, retry_after);
  if (!cvg_matter_is_hopeless (matter, now))
    {
      try_again_later (self, matter, error);
      return;
    }

  say_not_revoked (matter->revocation, error->message);
  drop (self, matter);
}

/* One errand, and whom it is about. */
typedef struct
{
  CvgRevoker *revoker; /* (owned) */
  CvgMatter *matter;   /* (borrowed): not let go of while it is under way */
} Trip;

static void
on_run (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Trip *trip = user_data;
  g_autoptr (CvgRevoker) self = trip->revoker;
  g_autoptr (GError) error = NULL;
  guint retry_after = 0;
  gboolean is_over = cvg_errand_run_finish (result, &retry_after, &error);

  self->n_under_way--;
  trip->matter->is_under_way = FALSE;
  if (is_over)
    conclude (self, trip->matter);
  else if (is_stopping (self))
    /* The next start finds it. */
    cvg_matter_answer (trip->matter, FALSE);
  else
    take_failure (self, trip->matter, retry_after, error);
  plan (self);
}

static void
set_off (CvgRevoker *self, CvgMatter *matter, CvgUrgency urgency)
{
  Trip *trip = g_new0 (Trip, 1);

  trip->revoker = g_object_ref (self);
  trip->matter = matter;
  matter->is_under_way = TRUE;
  matter->tried_at = cvg_clock_get_now (self->clock);
  self->n_under_way++;
  cvg_errand_run_async (self->http, self->gate, matter->revocation, urgency, matter->is_stored,
                        self->stopping, on_run, trip);
}

static void
on_alarm (gpointer user_data)
{
  CvgRevoker *self = user_data;
  gint64 now = cvg_clock_get_now (self->clock);
  GHashTableIter iter;
  gpointer value = NULL;

  self->alarm = 0;
  g_hash_table_iter_init (&iter, self->matters);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (cvg_matter_is_waiting (value) && ((const CvgMatter *) value)->next_at <= now)
      set_off (self, value, CVG_URGENCY_BACKGROUND);
  plan (self);
}

/* Its credentials are deleted, or were never kept. */
static void
go (CvgRevoker *self, CvgMatter *matter, CvgUrgency urgency)
{
  matter->is_held = FALSE;
  if (!is_stopping (self))
    set_off (self, matter, urgency);
}

/* ---- leaving --------------------------------------------------------------------------------- */

/* A store on its way. */
typedef struct
{
  CvgRevoker *revoker; /* (owned) */
  CvgMatter *matter;   /* (borrowed): held until its store is over */
} Storing;

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Storing *storing = user_data;
  g_autoptr (CvgRevoker) self = storing->revoker;
  CvgMatter *matter = storing->matter;
  g_autoptr (GError) error = NULL;

  matter->is_stored = cvg_writer_finish (cvg_keeper_get_writer (self->keeper), result, &error);
  if (!matter->is_stored)
    g_message ("Instance %s: the keyring did not take what %s has to be told (%s); it is tried "
               "once",
               matter->revocation->instance_id, matter->revocation->server_name, error->message);
  if (matter->is_late)
    go (self, matter, CVG_URGENCY_BACKGROUND);
}

/* Returns: (transfer none): @revocation (transfer full), held, and about to be durable */
static CvgMatter *
hold (CvgRevoker *self, CvgRevocation *revocation)
{
  CvgMatter *matter = add_matter (self, revocation);
  Storing *storing = g_new0 (Storing, 1);

  matter->is_held = TRUE;
  storing->revoker = g_object_ref (self);
  storing->matter = matter;
  cvg_writer_store_revocation_async (cvg_keeper_get_writer (self->keeper), revocation, on_stored,
                                     storing);
  return matter;
}

/**
 * cvg_revoker_enqueue:
 * @entry: an instance that is about to lose its credentials; the keyring is open
 *
 * What its server has to be told is durable before anything that the keyring is asked after this;
 * or it is in memory alone, where the keyring does not take it. Nothing is sent yet: that is for
 * cvg_revoker_carry_out_async(), when the credentials are deleted.
 *
 * Returns: (transfer full) (nullable): an id for what is to be carried out or taken back; %NULL:
 *   there is nothing to revoke, or no place for it
 */
char *
cvg_revoker_enqueue (CvgRevoker *self, const CvgEntry *entry)
{
  CvgRevocation *revocation = NULL;

  if (entry->credentials != NULL)
    revocation = cvg_leaving_make_revocation (entry, entry->credentials, self->clients,
                                              cvg_clock_get_seconds (self->clock));
  if (revocation == NULL)
    return NULL;

  revocation->authorized_at = entry->record->authorized_at;
  return g_strdup (hold (self, revocation)->revocation->id);
}

/** cvg_revoker_take_back: the credentials could not be deleted: @id is not carried out */
void
cvg_revoker_take_back (CvgRevoker *self, const char *id)
{
  CvgMatter *matter = g_hash_table_lookup (self->matters, id);

  if (matter != NULL)
    drop (self, matter);
}

/**
 * cvg_revoker_carry_out_async:
 * @id: of cvg_revoker_enqueue(); its credentials are deleted
 *
 * Tells the server, and goes on trying if that can't be done now. The caller has an answer after
 * the first attempt, or after ten seconds.
 */
void
cvg_revoker_carry_out_async (CvgRevoker *self,
                             const char *id,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  CvgMatter *matter = g_hash_table_lookup (self->matters, id);

  g_task_set_source_tag (task, cvg_revoker_carry_out_async);
  if (matter == NULL || is_stopping (self))
    {
      g_task_return_boolean (task, FALSE);
      return;
    }

  cvg_waiters_add (matter->waiters, g_steal_pointer (&task));
  go (self, matter, CVG_URGENCY_CALLER);
}

/** cvg_revoker_carry_out_finish: Returns: whether the server confirmed that all of it is dead */
gboolean
cvg_revoker_carry_out_finish (CvgRevoker *self, GAsyncResult *result)
{
  g_autoptr (GError) late = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_revoker_carry_out_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), &late);
}

/**
 * cvg_revoker_revoke:
 * @entry: an instance that was left
 * @late: (transfer none): what its server gave it after that
 *
 * Has @late revoked, too, be it now or later; nobody waits for it.
 */
void
cvg_revoker_revoke (CvgRevoker *self, const CvgEntry *entry, const CvgCredentials *late)
{
  CvgRevocation *revocation =
      cvg_leaving_make_revocation (entry, late, self->clients, cvg_clock_get_seconds (self->clock));

  if (revocation != NULL)
    hold (self, revocation)->is_late = TRUE;
}
