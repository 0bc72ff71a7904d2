/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One rotation for each instance that has something on its way. The table mirrors the disk: what
 * was written last, or is about to be. A write that fails leaves the disk as it was, and so the
 * table; nothing on disk is given up before what replaces it is there.
 *
 * Serials, which only grow, say what is newer. So nothing has to be removed in time: what is left
 * behind by a crash is recognized as old.
 */
#include "agent/rotations.h"

#include "dbus/error.h"
#include "model/kill-point.h"

struct _CvgRotations
{
  GObject parent_instance;

  CvgJournal *journal;     /* (owned) */
  CvgInstances *instances; /* (owned) */
  CvgClock *clock;         /* (owned) */
  GHashTable *rotations; /* (owned) (element-type utf8 CvgRotation): the key is the rotation's id */
  GHashTable *writes;    /* (owned) (element-type utf8 Write): the last one of each instance that is
                          * on its way; both borrowed from its task */
  gulong replaced_id;
  gulong removed_id;
  gulong stepped_id;
  guint n_pending; /* writes and removals on their way */
};

G_DEFINE_FINAL_TYPE (CvgRotations, cvg_rotations, G_TYPE_OBJECT)

/* A write on its way; the data of its task. */
typedef struct _Write Write;
struct _Write
{
  char *id;            /* (owned) */
  CvgRotation *before; /* (owned) (nullable): what the disk has until it is done, if the one before
                        * it succeeds */
  Write *previous;     /* (borrowed) (nullable): on its way too, of the same instance */
  Write *next;         /* (borrowed) (nullable): likewise */
};

static void
write_free (Write *write)
{
  g_free (write->id);
  g_clear_pointer (&write->before, cvg_rotation_free);
  g_free (write);
}

static void
cvg_rotations_finalize (GObject *object)
{
  CvgRotations *self = CVG_ROTATIONS (object);

  g_assert (self->n_pending == 0);
  g_clear_signal_handler (&self->replaced_id, self->instances);
  g_clear_signal_handler (&self->removed_id, self->instances);
  g_clear_signal_handler (&self->stepped_id, self->clock);
  g_clear_pointer (&self->writes, g_hash_table_unref);
  g_clear_pointer (&self->rotations, g_hash_table_unref);
  g_clear_object (&self->clock);
  g_clear_object (&self->instances);
  g_clear_object (&self->journal);

  G_OBJECT_CLASS (cvg_rotations_parent_class)->finalize (object);
}

static void
cvg_rotations_class_init (CvgRotationsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_rotations_finalize;
}

static void
cvg_rotations_init (CvgRotations *self)
{
  self->rotations =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) cvg_rotation_free);
  self->writes = g_hash_table_new (g_str_hash, g_str_equal);
}

/* ---- the table and the disk ------------------------------------------------------------------ */

static CvgRotation *
lookup (CvgRotations *self, const char *id)
{
  return g_hash_table_lookup (self->rotations, id);
}

static void
put (CvgRotations *self, CvgRotation *rotation)
{
  g_hash_table_replace (self->rotations, rotation->id, rotation);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgRotations) self = user_data;
  g_autoptr (GError) error = NULL;

  CVG_KILL_POINT ("note-removed");
  self->n_pending--;
  /* What stays behind is recognized by its serials. */
  if (!cvg_journal_remove_finish (CVG_JOURNAL (source), result, &error))
    g_message ("An entry of the journal could not be deleted: %s", error->message);
}

static void
drop (CvgRotations *self, const char *id)
{
  g_autofree char *kept = g_strdup (id);

  g_hash_table_remove (self->writes, id);
  if (!g_hash_table_remove (self->rotations, id))
    return;

  self->n_pending++;
  cvg_journal_remove_async (self->journal, kept, on_removed, g_object_ref (self));
}

static void
leave_line (CvgRotations *self, Write *write)
{
  if (write->next != NULL)
    write->next->previous = write->previous;
  else if (g_hash_table_lookup (self->writes, write->id) == write)
    {
      g_hash_table_remove (self->writes, write->id);
      if (write->previous != NULL)
        g_hash_table_insert (self->writes, write->previous->id, write->previous);
    }
  if (write->previous != NULL)
    write->previous->next = write->next;
}

/* What was there before @write is what the disk has still, and what the next one goes on from. */
static void
take_back (CvgRotations *self, Write *write)
{
  gboolean is_last = g_hash_table_lookup (self->writes, write->id) == write;

  if (write->next != NULL)
    {
      g_clear_pointer (&write->next->before, cvg_rotation_free);
      write->next->before = g_steal_pointer (&write->before);
    }
  else if (is_last && write->before != NULL)
    put (self, g_steal_pointer (&write->before));
  else if (is_last)
    g_hash_table_remove (self->rotations, write->id);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgRotations *self = g_task_get_source_object (task);
  Write *write = g_task_get_task_data (task);
  GError *error = NULL;
  gboolean done = cvg_journal_write_finish (CVG_JOURNAL (source), result, &error);

  self->n_pending--;
  if (!done)
    take_back (self, write);
  leave_line (self, write);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Takes @rotation. */
static void
write_async (CvgRotations *self,
             CvgRotation *rotation,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  const CvgRotation *before = lookup (self, rotation->id);
  Write *write = g_new0 (Write, 1);

  write->id = g_strdup (rotation->id);
  write->before = before != NULL ? cvg_rotation_copy (before) : NULL;
  g_task_set_source_tag (task, cvg_rotations_write_finish);
  g_task_set_task_data (task, write, (GDestroyNotify) write_free);
  put (self, rotation);
  write->previous = g_hash_table_lookup (self->writes, write->id);
  if (write->previous != NULL)
    write->previous->next = write;
  g_hash_table_replace (self->writes, write->id, write);
  self->n_pending++;
  cvg_journal_write_async (self->journal, rotation, on_written, g_steal_pointer (&task));
}

/** cvg_rotations_write_finish: Returns: whether it is on the disk; fails with %CVG_ERROR_FAILED */
gboolean
cvg_rotations_write_finish (CvgRotations *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_rotations_write_finish), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/** cvg_rotations_is_idle: Returns: whether nothing is on its way to the disk */
gboolean
cvg_rotations_is_idle (CvgRotations *self)
{
  return self->n_pending == 0;
}

/* ---- a refresh ------------------------------------------------------------------------------- */

/**
 * cvg_rotations_note_async:
 * @spent: credentials of @entry
 *
 * Notes that the refresh token of @spent is about to be presented. What is sealed already stays:
 * it holds that token. Done when it is durable; finish with cvg_rotations_write_finish().
 */
void
cvg_rotations_note_async (CvgRotations *self,
                          const CvgEntry *entry,
                          const CvgCredentials *spent,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  const CvgRotation *before = lookup (self, entry->record->id);
  CvgRotation *rotation =
      before != NULL ? cvg_rotation_copy (before) : cvg_rotation_new (entry->record->id);

  /* A server's window in which it takes a replaced token counts from the first time. */
  if (rotation->spent_at == 0 || rotation->spent_serial != spent->serial)
    rotation->spent_at = cvg_clock_get_seconds (self->clock);
  rotation->spent_serial = spent->serial;
  write_async (self, rotation, callback, user_data);
}

static void
on_settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* The next start would present the token once more, which does no harm. */
  if (!cvg_rotations_write_finish (CVG_ROTATIONS (source), result, &error))
    g_message ("A note in the journal could not be taken back: %s", error->message);
}

/* By what the keyring is known to have; what can't be opened may be newer than that. */
static gboolean
has_news (const CvgRotation *rotation, const CvgEntry *entry)
{
  return rotation->boxes->len > 0 && (entry->unsaved || entry->credentials == NULL ||
                                      rotation->sealed_serial > entry->credentials->serial);
}

/**
 * cvg_rotations_settle: takes the note of @entry back: the token was not spent, by the server's own
 *   word or because it was never asked
 */
void
cvg_rotations_settle (CvgRotations *self, const CvgEntry *entry)
{
  const CvgRotation *before = lookup (self, entry->record->id);
  CvgRotation *rotation = NULL;

  if (before == NULL || before->spent_at == 0)
    return;
  if (!has_news (before, entry))
    {
      drop (self, entry->record->id);
      return;
    }

  rotation = cvg_rotation_copy (before);
  rotation->spent_at = 0;
  rotation->spent_serial = 0;
  write_async (self, rotation, on_settled, NULL);
}

/* What is sealed late, because nothing could be written when it came, may be on its way to the
 * server by now. */
static void
keep_note (CvgRotations *self, CvgRotation *rotation)
{
  const CvgRotation *before = lookup (self, rotation->id);

  if (before == NULL || before->spent_at == 0 || before->spent_serial < rotation->sealed_serial)
    return;

  rotation->spent_at = before->spent_at;
  rotation->spent_serial = before->spent_serial;
}

/**
 * cvg_rotations_seal_async:
 * @credentials: what the refresh brought
 *
 * Seals @credentials with each refresh token that the keyring may hold, and writes that in place of
 * the note of what they replace. Done when it is durable; finish with cvg_rotations_write_finish().
 */
void
cvg_rotations_seal_async (CvgRotations *self,
                          CvgEntry *entry,
                          const CvgCredentials *credentials,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (entry->record->id);
  g_autoptr (GVariant) identity = cvg_instance_to_record (entry->record);
  g_autoptr (CvgSecret) packed = cvg_credentials_pack (credentials, identity);
  GError *error = NULL;

  /* Not to be expected: what can be refreshed came out of the keyring, or went into it. */
  if (entry->anchors->len == 0)
    {
      g_task_report_new_error (self, callback, user_data, cvg_rotations_write_finish, CVG_ERROR,
                               CVG_ERROR_FAILED, "There is nothing to seal it with");
      return;
    }

  rotation->sealed_serial = credentials->serial;
  keep_note (self, rotation);
  for (guint i = 0; i < entry->anchors->len; i++)
    {
      GBytes *box = cvg_journal_seal (self->journal, g_ptr_array_index (entry->anchors, i),
                                      rotation->id, rotation->sealed_serial, packed, &error);

      if (box == NULL)
        {
          g_task_report_error (self, callback, user_data, cvg_rotations_write_finish, error);
          return;
        }
      g_ptr_array_add (rotation->boxes, box);
    }
  write_async (self, g_steal_pointer (&rotation), callback, user_data);
}

/**
 * cvg_rotations_forget_saved:
 * @serial: of credentials of @entry that the keyring has got
 */
void
cvg_rotations_forget_saved (CvgRotations *self, const CvgEntry *entry, guint64 serial)
{
  CvgRotation *rotation = lookup (self, entry->record->id);

  /* With the note of a later refresh in it the file has to stay; what is sealed in it is old. */
  if (rotation != NULL && rotation->sealed_serial <= serial &&
      (rotation->spent_at == 0 || rotation->spent_serial < serial))
    drop (self, entry->record->id);
}

/** cvg_rotations_has_sealed: Returns: whether the credentials of @serial are safe in the journal */
gboolean
cvg_rotations_has_sealed (CvgRotations *self, const CvgEntry *entry, guint64 serial)
{
  const CvgRotation *rotation = lookup (self, entry->record->id);

  return rotation != NULL && rotation->boxes->len > 0 && rotation->sealed_serial >= serial;
}

/** cvg_rotations_get_spent_at: Returns: Unix seconds since when @entry has a note; 0: it has none
 */
gint64
cvg_rotations_get_spent_at (CvgRotations *self, const CvgEntry *entry)
{
  const CvgRotation *rotation = lookup (self, entry->record->id);

  return rotation != NULL ? rotation->spent_at : 0;
}

/* ---- the next start -------------------------------------------------------------------------- */

/** cvg_rotations_load: reads the journal; to be called once, before the daemon serves */
void
cvg_rotations_load (CvgRotations *self)
{
  g_autoptr (GPtrArray) loaded = cvg_journal_load (self->journal);

  for (guint i = 0; i < loaded->len; i++)
    put (self, cvg_rotation_copy (g_ptr_array_index (loaded, i)));
  if (loaded->len > 0)
    g_message ("Refreshes that were cut short or wait for the keyring: %u", loaded->len);
}

static CvgSecret *
open_boxes (CvgRotations *self, const CvgRotation *rotation, const CvgCredentials *held)
{
  for (guint i = 0; held->refresh_token != NULL && i < rotation->boxes->len; i++)
    {
      CvgSecret *text = cvg_journal_unseal (self->journal, held->refresh_token, rotation->id,
                                            rotation->sealed_serial,
                                            g_ptr_array_index (rotation->boxes, i), NULL);

      if (text != NULL)
        return text;
    }
  return NULL;
}

/**
 * cvg_rotations_recover:
 * @id: an instance
 * @held: (transfer none): what the keyring has of it
 *
 * Returns: (transfer full) (nullable): newer credentials, from the journal; %NULL: there are none
 */
CvgCredentials *
cvg_rotations_recover (CvgRotations *self, const char *id, const CvgCredentials *held)
{
  const CvgRotation *rotation = lookup (self, id);
  g_autoptr (CvgSecret) text = NULL;
  g_autoptr (GError) error = NULL;
  CvgCredentials *newer = NULL;

  if (rotation == NULL || rotation->boxes->len == 0 || rotation->sealed_serial <= held->serial)
    return NULL;

  text = open_boxes (self, rotation, held);
  if (text != NULL)
    newer = cvg_credentials_unpack (text, NULL, &error);
  if (newer == NULL)
    /* Left where it is: the keyring may yet get its right copy back. */
    g_warning ("Instance %s: the journal has newer credentials, but what the keyring has does not "
               "open them: another program changed it, or put an older copy back",
               id);
  else
    g_message ("Instance %s: credentials that had not reached the keyring were recovered", id);

  return newer;
}

/**
 * cvg_rotations_get_open_since:
 * @newest: (transfer none): the newest credentials that there are of @id
 *
 * Returns: Unix seconds since when nobody knows whether the server took their refresh token: a
 *   refresh left and its answer was lost; 0: all is settled
 */
gint64
cvg_rotations_get_open_since (CvgRotations *self, const char *id, const CvgCredentials *newest)
{
  const CvgRotation *rotation = lookup (self, id);

  if (rotation == NULL || rotation->spent_at == 0 || rotation->spent_serial < newest->serial)
    return 0;

  return rotation->spent_at;
}

/**
 * cvg_rotations_sweep:
 *
 * Drops what belongs to no instance. To be called when the keyring has been read: before, an
 * instance may be known to it alone.
 */
void
cvg_rotations_sweep (CvgRotations *self)
{
  g_autoptr (GList) ids = g_hash_table_get_keys (self->rotations);

  for (GList *link = ids; link != NULL; link = link->next)
    if (cvg_instances_lookup (self->instances, link->data, NULL) == NULL)
      drop (self, link->data);
}

/* ---- other credentials, or none -------------------------------------------------------------- */

static void
on_replaced (CvgInstances *instances, CvgEntry *entry, gpointer user_data)
{
  drop (user_data, entry->record->id);
}

/* The notes in memory are as old as they were, as the credentials are; those on disk have the time
 * of the clock that was wrong, then or now. */
static void
on_clock_stepped (CvgClock *clock, gint64 by, gpointer user_data)
{
  CvgRotations *self = user_data;
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->rotations);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      CvgRotation *rotation = value;

      if (rotation->spent_at != 0)
        rotation->spent_at = MAX (rotation->spent_at + by / G_TIME_SPAN_SECOND, 1);
    }
}

/** cvg_rotations_new: all arguments (transfer none) */
CvgRotations *
cvg_rotations_new (CvgJournal *journal, CvgInstances *instances, CvgClock *clock)
{
  CvgRotations *self = g_object_new (CVG_TYPE_ROTATIONS, NULL);

  self->journal = g_object_ref (journal);
  self->instances = g_object_ref (instances);
  self->clock = g_object_ref (clock);
  self->replaced_id = g_signal_connect (instances, "replaced", G_CALLBACK (on_replaced), self);
  self->stepped_id = g_signal_connect (clock, "stepped", G_CALLBACK (on_clock_stepped), self);
  self->removed_id = g_signal_connect (instances, "removed", G_CALLBACK (on_replaced), self);
  return self;
}
