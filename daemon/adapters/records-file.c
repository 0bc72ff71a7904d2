/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records as files: DIRECTORY/KIND/ID, each an a{sv} in GVariant's text format, readable by the
 * person alone. A file is always a whole record, the old or the new one: it is written beside,
 * flushed to the disk, and renamed.
 *
 * What is asked for happens one by one and in order, on GLib's pool of I/O workers, as GIO does
 * with files itself; a worker sees nothing but its copy of one step. A step that is still waiting
 * is dropped when a later one makes it pointless.
 */
#include "adapters/records-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "dbus/error.h"
#include "model/vardict.h"

/* Far above any record; what is larger was not written by us. */
#define RECORD_BYTES_MAX (1024 * 1024)

/* One thing to do: write (@text), delete (neither) or say that all before is done (@flush). */
typedef struct
{
  char *path;   /* (owned) (nullable): NULL for a flush */
  char *text;   /* (owned) (nullable) */
  GTask *flush; /* (owned) (nullable) */
} Step;

struct _CvgRecordsFile
{
  GObject parent_instance;

  char *directory; /* (owned) */
  GQueue steps;    /* (element-type Step), owned: not begun yet */
  gboolean busy;   /* a worker has a step */
  gboolean failed; /* since the last flush */
};

static void cvg_records_file_iface_init (CvgRecordsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgRecordsFile,
                               cvg_records_file,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_RECORDS,
                                                      cvg_records_file_iface_init))

static void run_next (CvgRecordsFile *self);

static void
step_free (Step *step)
{
  g_free (step->path);
  g_free (step->text);
  g_clear_object (&step->flush);
  g_free (step);
}

/* Ids are UUIDs and kinds are ours, but a path is not built on trust. The characters are those
 * that a temporary file of ours cannot consist of alone: its name has a dot. */
static gboolean
is_file_name (const char *name)
{
  return *name != '\0' && strlen (name) <= 64 &&
         name[strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")] ==
             '\0';
}

static gboolean
write_file (const char *path, const char *text, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) < 0)
    {
      int saved = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved), "%s", g_strerror (saved));
      return FALSE;
    }
  return g_file_set_contents_full (
      path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

static gboolean
delete_file (const char *path, GError **error)
{
  if (g_unlink (path) < 0 && errno != ENOENT)
    {
      int saved = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved), "%s", g_strerror (saved));
      return FALSE;
    }
  return TRUE;
}

/* On a worker. */
static void
run_step (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Step *step = task_data;
  GError *error = NULL;

  if (step->text != NULL ? write_file (step->path, step->text, &error) :
                           delete_file (step->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_step_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgRecordsFile) self = user_data;
  const Step *step = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      self->failed = TRUE;
      g_warning ("Can't %s %s: %s", step->text != NULL ? "write" : "delete", step->path,
                 error->message);
    }
  self->busy = FALSE;
  run_next (self);
}

static void
return_flush (CvgRecordsFile *self, Step *step)
{
  gboolean failed = self->failed;

  self->failed = FALSE;
  if (failed)
    g_task_return_new_error (step->flush, CVG_ERROR, CVG_ERROR_FAILED,
                             "Not everything could be written below %s", self->directory);
  else
    g_task_return_boolean (step->flush, TRUE);
  step_free (step);
}

static void
run_next (CvgRecordsFile *self)
{
  g_autoptr (CvgRecordsFile) alive = g_object_ref (self);

  while (!self->busy && !g_queue_is_empty (&self->steps))
    {
      Step *step = g_queue_pop_head (&self->steps);

      if (step->flush != NULL)
        {
          return_flush (self, step);
          continue;
        }

      /* What was asked for is carried out in any case, so the callback holds the records. The
       * task does not: its worker may be the last to let go of it. */
      g_autoptr (GTask) task = g_task_new (NULL, NULL, on_step_done, g_object_ref (self));

      g_task_set_source_tag (task, run_next);
      g_task_set_task_data (task, step, (GDestroyNotify) step_free);
      self->busy = TRUE;
      g_task_run_in_thread (task, run_step);
    }
}

/* A waiting step for the same file is pointless now. Not beyond a flush: its caller was promised
 * that what came before is on disk. */
static void
drop_superseded (CvgRecordsFile *self, const char *path)
{
  for (GList *link = self->steps.tail; link != NULL; link = link->prev)
    {
      Step *step = link->data;

      if (step->flush != NULL)
        return;
      if (strcmp (step->path, path) == 0)
        {
          g_queue_delete_link (&self->steps, link);
          step_free (step);
          return;
        }
    }
}

static void
enqueue (CvgRecordsFile *self, const char *kind, const char *id, char *text)
{
  Step *step = g_new0 (Step, 1);

  step->path = g_build_filename (self->directory, kind, id, NULL);
  step->text = text;
  drop_superseded (self, step->path);
  g_queue_push_tail (&self->steps, step);
  run_next (self);
}

static void
cvg_records_file_save (CvgRecords *records, const char *kind, const char *id, GVariant *record)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (record);
  g_autofree char *text = NULL;

  g_return_if_fail (is_file_name (kind) && is_file_name (id));
  g_return_if_fail (g_variant_is_of_type (record, G_VARIANT_TYPE_VARDICT));

  text = g_variant_print (sunk, TRUE);
  enqueue (CVG_RECORDS_FILE (records), kind, id, g_strconcat (text, "\n", NULL));
}

static void
cvg_records_file_remove (CvgRecords *records, const char *kind, const char *id)
{
  g_return_if_fail (is_file_name (kind) && is_file_name (id));

  enqueue (CVG_RECORDS_FILE (records), kind, id, NULL);
}

static void
cvg_records_file_flush_async (CvgRecords *records,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  CvgRecordsFile *self = CVG_RECORDS_FILE (records);
  Step *step = g_new0 (Step, 1);

  step->flush = g_task_new (records, cancellable, callback, user_data);
  g_task_set_source_tag (step->flush, cvg_records_file_flush_async);
  g_queue_push_tail (&self->steps, step);
  run_next (self);
}

static gboolean
cvg_records_file_flush_finish (CvgRecords *records, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, records), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_records_file_flush_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static GVariant *
read_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  GStatBuf info;

  /* Nothing but a file of a sane size: opening a pipe would block for ever. */
  if (g_stat (path, &info) == 0 && (!S_ISREG (info.st_mode) || info.st_size > RECORD_BYTES_MAX))
    {
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "not a record of ours");
      return NULL;
    }
  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;

  return cvg_vardict_parse (text, error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
list_names (const char *folder)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name = NULL;

  if (dir == NULL && !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_warning ("Can't read %s: %s", folder, error->message);

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_file_name (name))
      g_ptr_array_add (names, g_strdup (name));

  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static GPtrArray *
cvg_records_file_load (CvgRecords *records, const char *kind)
{
  CvgRecordsFile *self = CVG_RECORDS_FILE (records);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autofree char *folder = g_build_filename (self->directory, kind, NULL);
  g_autoptr (GPtrArray) names = list_names (folder);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (names, i), NULL);
      g_autoptr (GError) error = NULL;
      GVariant *record = read_file (path, &error);

      if (record != NULL)
        g_ptr_array_add (found, record);
      else
        g_warning ("Skipping the record %s: %s", path, error->message);
    }
  return g_steal_pointer (&found);
}

static void
cvg_records_file_finalize (GObject *object)
{
  CvgRecordsFile *self = CVG_RECORDS_FILE (object);

  g_assert (g_queue_is_empty (&self->steps));
  g_clear_pointer (&self->directory, g_free);

  G_OBJECT_CLASS (cvg_records_file_parent_class)->finalize (object);
}

static void
cvg_records_file_class_init (CvgRecordsFileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_records_file_finalize;
}

static void
cvg_records_file_init (CvgRecordsFile *self)
{
}

static void
cvg_records_file_iface_init (CvgRecordsInterface *iface)
{
  iface->load = cvg_records_file_load;
  iface->save = cvg_records_file_save;
  iface->remove = cvg_records_file_remove;
  iface->flush_async = cvg_records_file_flush_async;
  iface->flush_finish = cvg_records_file_flush_finish;
}

/**
 * cvg_records_file_new:
 * @directory: absolute path, $XDG_STATE_HOME/claviger; made (mode 0700) with the first record
 *
 * Returns: (transfer full): the records below @directory
 */
CvgRecords *
cvg_records_file_new (const char *directory)
{
  CvgRecordsFile *self = g_object_new (CVG_TYPE_RECORDS_FILE, NULL);

  self->directory = g_strdup (directory);
  return CVG_RECORDS (self);
}
