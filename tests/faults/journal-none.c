/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A journal that says that all is well and keeps nothing: what it is linked into loses grants, and
 * the kit has to see that. It takes the place of adapters/journal-file.c when a program is linked.
 */
#include "adapters/journal-file.h"

#include "dbus/error.h"

struct _CvgJournalFile
{
  GObject parent_instance;
};

static void cvg_journal_file_iface_init (CvgJournalInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgJournalFile,
                               cvg_journal_file,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_JOURNAL,
                                                      cvg_journal_file_iface_init))

static GPtrArray *
load (CvgJournal *journal)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_rotation_free);
}

static void
succeed (CvgJournal *journal, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (journal, NULL, callback, user_data);

  g_task_set_source_tag (task, succeed);
  g_task_return_boolean (task, TRUE);
}

static void
write_async (CvgJournal *journal,
             const CvgRotation *rotation,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  succeed (journal, callback, user_data);
}

static void
remove_async (CvgJournal *journal, const char *id, GAsyncReadyCallback callback, gpointer user_data)
{
  succeed (journal, callback, user_data);
}

static gboolean
finish (CvgJournal *journal, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, succeed), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static GBytes *
seal (CvgJournal *journal,
      const CvgSecret *key,
      const char *id,
      guint64 serial,
      const CvgSecret *text,
      GError **error)
{
  return g_bytes_new_static ("nothing", 7);
}

static CvgSecret *
unseal (CvgJournal *journal,
        const CvgSecret *key,
        const char *id,
        guint64 serial,
        GBytes *box,
        GError **error)
{
  g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "Nothing was kept");
  return NULL;
}

static void
cvg_journal_file_iface_init (CvgJournalInterface *iface)
{
  iface->load = load;
  iface->write_async = write_async;
  iface->write_finish = finish;
  iface->remove_async = remove_async;
  iface->remove_finish = finish;
  iface->seal = seal;
  iface->unseal = unseal;
}

static void
cvg_journal_file_class_init (CvgJournalFileClass *klass)
{
}

static void
cvg_journal_file_init (CvgJournalFile *self)
{
}

CvgJournal *
cvg_journal_file_new (const char *state_dir)
{
  return g_object_new (CVG_TYPE_JOURNAL_FILE, NULL);
}
