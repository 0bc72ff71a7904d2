/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records as files: DIRECTORY/KIND/ID, each an a{sv} in GVariant's text format, a durable file
 * (adapters/durable-file.h).
 *
 * What is asked for happens one by one and in order. A step that is still waiting is dropped when a
 * later one makes it pointless.
 */
#include "adapters/records-file.h"

#include <string.h>

#include "adapters/durable-file.h"
#include "dbus/error.h"

/* Far above any record. */
#define RECORD_BYTES_MAX (1024 * 1024)

/* One thing to do: write (@text), delete (neither) or say that all before is done (@flush). */
typedef struct
{
  CvgRecordsFile *records; /* (owned) (nullable): while it is carried out */
  char *path;              /* (owned) (nullable): NULL for a flush */
  char *text;              /* (owned) (nullable) */
  GTask *flush;            /* (owned) (nullable) */
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

static void
on_step_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Step *step = user_data;
  g_autoptr (CvgRecordsFile) self = g_steal_pointer (&step->records);
  g_autoptr (GError) error = NULL;

  if (!cvg_durable_file_finish (result, &error))
    {
      self->failed = TRUE;
      g_warning ("Can't %s %s: %s", step->text != NULL ? "write" : "delete", step->path,
                 error->message);
    }
  step_free (step);
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

      /* What was asked for is carried out in any case. */
      step->records = g_object_ref (self);
      self->busy = TRUE;
      if (step->text != NULL)
        cvg_durable_file_write_async (step->path, step->text, on_step_done, step);
      else
        cvg_durable_file_delete_async (step->path, on_step_done, step);
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

  g_return_if_fail (cvg_durable_file_is_name (kind) && cvg_durable_file_is_name (id));
  g_return_if_fail (g_variant_is_of_type (record, G_VARIANT_TYPE_VARDICT));

  text = g_variant_print (sunk, TRUE);
  enqueue (CVG_RECORDS_FILE (records), kind, id, g_strconcat (text, "\n", NULL));
}

static void
cvg_records_file_remove (CvgRecords *records, const char *kind, const char *id)
{
  g_return_if_fail (cvg_durable_file_is_name (kind) && cvg_durable_file_is_name (id));

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

static GPtrArray *
cvg_records_file_load (CvgRecords *records, const char *kind)
{
  CvgRecordsFile *self = CVG_RECORDS_FILE (records);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autofree char *folder = g_build_filename (self->directory, kind, NULL);
  g_autoptr (GPtrArray) names = cvg_durable_file_list (folder);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GError) error = NULL;
      GVariant *record = NULL;

      if (!cvg_durable_file_is_name (name))
        continue;
      record = cvg_durable_file_read (path, RECORD_BYTES_MAX, &error);
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
