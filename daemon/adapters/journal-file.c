/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rotations as files: STATE/journal/UUID, each the record of one in GVariant's text format, a
 * durable file (adapters/durable-file.h). Nothing in them can be read without the keyring.
 *
 * What is asked for one instance happens in the order of the calls; those of different instances
 * go side by side, because disks make many flushes as fast as one.
 */
#include "adapters/journal-file.h"

#include <glib/gstdio.h>
#include <string.h>

#include "adapters/durable-file.h"
#include "adapters/seal-gnutls.h"
#include "dbus/error.h"

/* A few boxes of the usual size are 20 kB. What is larger than this could take long to read at the
 * start, so it is not written, and was not written by us. */
#define RECORD_BYTES_MAX (16 * 1024 * 1024)

/* How many files are on their way at the same time: GLib has ten workers before it looks for more,
 * and name lookups want some of them. */
#define AT_WORK_MAX 6

#define UUID_LENGTH 36

/* What is to be done for one instance. */
typedef struct
{
  char *id;        /* (owned) */
  GQueue steps;    /* (element-type Step), owned: the first one is at work, if any is */
  gboolean queued; /* in the journal's queue, or at work */
} Line;

/* One thing to do: write (@text) or delete. */
typedef struct
{
  GTask *task; /* (owned): whose source is the journal */
  Line *line;  /* (borrowed): lives as long as it has steps */
  char *text;  /* (owned) (nullable) */
} Step;

struct _CvgJournalFile
{
  GObject parent_instance;

  char *directory;   /* (owned) */
  GHashTable *lines; /* (owned) (element-type utf8 Line) */
  GQueue ready;      /* (element-type Line), borrowed: whose first step can begin */
  guint at_work;
};

static void cvg_journal_file_iface_init (CvgJournalInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgJournalFile,
                               cvg_journal_file,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_JOURNAL,
                                                      cvg_journal_file_iface_init))

static void run_ready (CvgJournalFile *self);

static void
line_free (Line *line)
{
  g_assert (g_queue_is_empty (&line->steps));
  g_free (line->id);
  g_free (line);
}

static void
step_free (Step *step)
{
  g_clear_object (&step->task);
  g_free (step->text);
  g_free (step);
}

/* @line waits for its turn, behind the others; without anything to do it goes. */
static void
queue_up (CvgJournalFile *self, Line *line)
{
  line->queued = !g_queue_is_empty (&line->steps);
  if (line->queued)
    g_queue_push_tail (&self->ready, line);
  else
    g_hash_table_remove (self->lines, line->id);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Step *step = user_data;
  CvgJournalFile *self = CVG_JOURNAL_FILE (g_task_get_source_object (step->task));
  g_autoptr (GError) error = NULL;
  gboolean done = cvg_durable_file_finish (result, &error);

  g_queue_pop_head (&step->line->steps);
  self->at_work--;
  queue_up (self, step->line);
  run_ready (self);

  if (done)
    g_task_return_boolean (step->task, TRUE);
  else
    g_task_return_new_error (step->task, CVG_ERROR, CVG_ERROR_FAILED, "Can't %s the journal %s: %s",
                             step->text != NULL ? "write" : "delete from", self->directory,
                             error->message);
  step_free (step);
}

static void
run_ready (CvgJournalFile *self)
{
  while (self->at_work < AT_WORK_MAX && !g_queue_is_empty (&self->ready))
    {
      Line *line = g_queue_pop_head (&self->ready);
      Step *step = g_queue_peek_head (&line->steps);
      g_autofree char *path = g_build_filename (self->directory, line->id, NULL);

      self->at_work++;
      if (step->text != NULL)
        cvg_durable_file_write_async (path, step->text, on_changed, step);
      else
        cvg_durable_file_delete_async (path, on_changed, step);
    }
}

/* Takes @task and @text. */
static void
enqueue (CvgJournalFile *self, const char *id, GTask *task, char *text)
{
  Line *line = g_hash_table_lookup (self->lines, id);
  Step *step = g_new0 (Step, 1);

  if (line == NULL)
    {
      line = g_new0 (Line, 1);
      line->id = g_strdup (id);
      g_hash_table_insert (self->lines, line->id, line);
    }
  step->task = task;
  step->line = line;
  step->text = text;
  g_queue_push_tail (&line->steps, step);
  if (!line->queued)
    queue_up (self, line);
  run_ready (self);
}

/* Returns: (transfer full): @rotation as it is in its file; fails if it could not be read again */
static char *
print (const CvgRotation *rotation, GError **error)
{
  g_autoptr (GVariant) record = cvg_rotation_to_record (rotation);
  g_autoptr (CvgRotation) again = cvg_rotation_from_record (record, error);
  g_autofree char *text = NULL;

  if (again == NULL)
    {
      g_prefix_error (error, "Can't write the journal: ");
      return NULL;
    }
  text = g_variant_print (record, TRUE);
  if (strlen (text) >= RECORD_BYTES_MAX)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED,
                           "Can't write the journal: the record is too large");
      return NULL;
    }
  return g_strconcat (text, "\n", NULL);
}

static void
cvg_journal_file_write_async (CvgJournal *journal,
                              const CvgRotation *rotation,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (journal, NULL, callback, user_data);
  GError *error = NULL;
  char *text = print (rotation, &error);

  g_task_set_source_tag (task, cvg_journal_file_write_async);
  if (text == NULL)
    g_task_return_error (task, error);
  else
    enqueue (CVG_JOURNAL_FILE (journal), rotation->id, g_steal_pointer (&task), text);
}

static gboolean
cvg_journal_file_write_finish (CvgJournal *journal, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, journal), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_journal_file_write_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
cvg_journal_file_remove_async (CvgJournal *journal,
                               const char *id,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (journal, NULL, callback, user_data);

  g_task_set_source_tag (task, cvg_journal_file_remove_async);
  if (!g_uuid_string_is_valid (id))
    g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_FAILED, "%s is not an instance", id);
  else
    enqueue (CVG_JOURNAL_FILE (journal), id, g_steal_pointer (&task), NULL);
}

static gboolean
cvg_journal_file_remove_finish (CvgJournal *journal, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, journal), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_journal_file_remove_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static CvgRotation *
read_rotation (const char *path, const char *id, GError **error)
{
  g_autoptr (GVariant) record = cvg_durable_file_read (path, RECORD_BYTES_MAX, error);
  g_autoptr (CvgRotation) rotation = NULL;

  if (record != NULL)
    rotation = cvg_rotation_from_record (record, error);
  if (rotation == NULL)
    return NULL;
  if (strcmp (rotation->id, id) != 0)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "It is of another instance");
      return NULL;
    }
  return g_steal_pointer (&rotation);
}

/* What a write that was cut off has left beside the file: UUID.XXXXXX. */
static gboolean
is_leftover (const char *name)
{
  g_autofree char *id = g_strndup (name, UUID_LENGTH);

  return g_uuid_string_is_valid (id) && name[UUID_LENGTH] == '.' &&
         strlen (name + UUID_LENGTH) == strlen (".XXXXXX");
}

static GPtrArray *
cvg_journal_file_load (CvgJournal *journal)
{
  CvgJournalFile *self = CVG_JOURNAL_FILE (journal);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_rotation_free);
  g_autoptr (GPtrArray) names = cvg_durable_file_list (self->directory);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = g_build_filename (self->directory, name, NULL);
      g_autoptr (GError) error = NULL;
      CvgRotation *rotation = NULL;

      if (is_leftover (name))
        g_unlink (path);
      if (!g_uuid_string_is_valid (name))
        continue;

      rotation = read_rotation (path, name, &error);
      if (rotation != NULL)
        g_ptr_array_add (found, rotation);
      else
        g_warning ("Leaving %s in the journal alone: %s", path, error->message);
    }
  return g_steal_pointer (&found);
}

static GBytes *
cvg_journal_file_seal (CvgJournal *journal,
                       const CvgSecret *key,
                       const char *id,
                       guint64 serial,
                       const CvgSecret *text,
                       GError **error)
{
  return cvg_seal_close (key, id, serial, text, error);
}

static CvgSecret *
cvg_journal_file_unseal (CvgJournal *journal,
                         const CvgSecret *key,
                         const char *id,
                         guint64 serial,
                         GBytes *box,
                         GError **error)
{
  return cvg_seal_open (key, id, serial, box, error);
}

static void
cvg_journal_file_finalize (GObject *object)
{
  CvgJournalFile *self = CVG_JOURNAL_FILE (object);

  g_assert (self->at_work == 0);
  g_clear_pointer (&self->lines, g_hash_table_unref);
  g_clear_pointer (&self->directory, g_free);

  G_OBJECT_CLASS (cvg_journal_file_parent_class)->finalize (object);
}

static void
cvg_journal_file_class_init (CvgJournalFileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_journal_file_finalize;
}

static void
cvg_journal_file_init (CvgJournalFile *self)
{
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) line_free);
}

static void
cvg_journal_file_iface_init (CvgJournalInterface *iface)
{
  iface->load = cvg_journal_file_load;
  iface->write_async = cvg_journal_file_write_async;
  iface->write_finish = cvg_journal_file_write_finish;
  iface->remove_async = cvg_journal_file_remove_async;
  iface->remove_finish = cvg_journal_file_remove_finish;
  iface->seal = cvg_journal_file_seal;
  iface->unseal = cvg_journal_file_unseal;
}

/**
 * cvg_journal_file_new:
 * @state_dir: absolute path, $XDG_STATE_HOME/claviger; made (mode 0700) with the first record
 *
 * Returns: (transfer full): the journal in STATE_DIR/journal
 */
CvgJournal *
cvg_journal_file_new (const char *state_dir)
{
  CvgJournalFile *self = g_object_new (CVG_TYPE_JOURNAL_FILE, NULL);

  self->directory = g_build_filename (state_dir, "journal", NULL);
  return CVG_JOURNAL (self);
}
