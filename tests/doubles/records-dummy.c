/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records for tests: what is saved is there at once; only the flush is asynchronous, as in life.
 */
#include "doubles/records-dummy.h"

struct _CvgRecordsDummy
{
  GObject parent_instance;

  GTree *records; /* (owned) (element-type utf8 GVariant): by KIND/ID, so loads are in order */
  guint saves;
};

static void cvg_records_dummy_iface_init (CvgRecordsInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgRecordsDummy,
                               cvg_records_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_RECORDS,
                                                      cvg_records_dummy_iface_init))

static GPtrArray *
cvg_records_dummy_load (CvgRecords *records, const char *kind)
{
  CvgRecordsDummy *self = CVG_RECORDS_DUMMY (records);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autofree char *prefix = g_strconcat (kind, "/", NULL);

  for (GTreeNode *node = g_tree_node_first (self->records); node != NULL;
       node = g_tree_node_next (node))
    if (g_str_has_prefix (g_tree_node_key (node), prefix))
      g_ptr_array_add (found, g_variant_ref (g_tree_node_value (node)));

  return g_steal_pointer (&found);
}

static void
cvg_records_dummy_save (CvgRecords *records, const char *kind, const char *id, GVariant *record)
{
  CvgRecordsDummy *self = CVG_RECORDS_DUMMY (records);

  self->saves++;
  g_tree_replace (self->records, g_strconcat (kind, "/", id, NULL), g_variant_ref_sink (record));
}

static void
cvg_records_dummy_remove (CvgRecords *records, const char *kind, const char *id)
{
  CvgRecordsDummy *self = CVG_RECORDS_DUMMY (records);
  g_autofree char *key = g_strconcat (kind, "/", id, NULL);

  g_tree_remove (self->records, key);
}

static gboolean
on_flushed (gpointer user_data)
{
  g_task_return_boolean (G_TASK (user_data), TRUE);
  return G_SOURCE_REMOVE;
}

static void
cvg_records_dummy_flush_async (CvgRecords *records,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (records, cancellable, callback, user_data);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_task_set_source_tag (task, cvg_records_dummy_flush_async);
  g_task_attach_source (task, source, on_flushed);
}

static gboolean
cvg_records_dummy_flush_finish (CvgRecords *records, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, records), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_records_dummy_flush_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/** cvg_records_dummy_peek: Returns: (transfer none) (nullable): the record of @kind and @id */
GVariant *
cvg_records_dummy_peek (CvgRecordsDummy *self, const char *kind, const char *id)
{
  g_autofree char *key = g_strconcat (kind, "/", id, NULL);

  return g_tree_lookup (self->records, key);
}

/** cvg_records_dummy_count: Returns: how many records of @kind there are */
guint
cvg_records_dummy_count (CvgRecordsDummy *self, const char *kind)
{
  g_autoptr (GPtrArray) found = cvg_records_dummy_load (CVG_RECORDS (self), kind);

  return found->len;
}

/** cvg_records_dummy_count_saves: Returns: how often anything was saved */
guint
cvg_records_dummy_count_saves (CvgRecordsDummy *self)
{
  return self->saves;
}

static void
cvg_records_dummy_finalize (GObject *object)
{
  CvgRecordsDummy *self = CVG_RECORDS_DUMMY (object);

  g_clear_pointer (&self->records, g_tree_unref);

  G_OBJECT_CLASS (cvg_records_dummy_parent_class)->finalize (object);
}

static void
cvg_records_dummy_class_init (CvgRecordsDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_records_dummy_finalize;
}

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (a, b);
}

static void
cvg_records_dummy_init (CvgRecordsDummy *self)
{
  self->records = g_tree_new_full (compare_keys, NULL, g_free, (GDestroyNotify) g_variant_unref);
}

static void
cvg_records_dummy_iface_init (CvgRecordsInterface *iface)
{
  iface->load = cvg_records_dummy_load;
  iface->save = cvg_records_dummy_save;
  iface->remove = cvg_records_dummy_remove;
  iface->flush_async = cvg_records_dummy_flush_async;
  iface->flush_finish = cvg_records_dummy_flush_finish;
}

/** cvg_records_dummy_new: Returns: (transfer full): records, none of them yet */
CvgRecordsDummy *
cvg_records_dummy_new (void)
{
  return g_object_new (CVG_TYPE_RECORDS_DUMMY, NULL);
}
