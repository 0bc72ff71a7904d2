/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A journal for tests. No operation ends inside the call that begins it, and what an operation
 * does, it does at its end: a write that is held has written nothing yet, as if the power went
 * before it. What is asked for one instance happens in order, so it waits behind what is held of
 * the same one.
 *
 * The seal hides nothing from anybody who reads this. It only tells keys, ids, serials and changed
 * boxes from each other, and keeps the text itself out of the box.
 */
#include "doubles/journal-dummy.h"

#include <string.h>

#include "dbus/error.h"

#define OPERATIONS (CVG_JOURNAL_DUMMY_REMOVE + 1)
#define VEIL 0xa5
#define MARK_LENGTH 64 /* of a SHA-256 in hexadecimal */

/* One operation that has not ended. */
typedef struct
{
  CvgJournalDummyOperation operation;
  char *id;              /* (owned) */
  CvgRotation *rotation; /* (owned) (nullable): what to write */
} Call;

struct _CvgJournalDummy
{
  GObject parent_instance;

  GTree *rotations; /* (owned) (element-type utf8 CvgRotation): by id, so loads are in order */
  guint calls[OPERATIONS];
  gboolean holds[OPERATIONS];
  guint failures[OPERATIONS];
  GQueue held; /* (element-type GTask), owned: in the order of the calls */
};

static void cvg_journal_dummy_iface_init (CvgJournalInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgJournalDummy,
                               cvg_journal_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_JOURNAL,
                                                      cvg_journal_dummy_iface_init))

static void
call_free (Call *call)
{
  g_free (call->id);
  g_clear_pointer (&call->rotation, cvg_rotation_free);
  g_free (call);
}

static void
put (CvgJournalDummy *self, const CvgRotation *rotation)
{
  g_tree_replace (self->rotations, g_strdup (rotation->id), cvg_rotation_copy (rotation));
}

static gboolean
on_turn (gpointer user_data)
{
  GTask *task = G_TASK (user_data);
  CvgJournalDummy *self = CVG_JOURNAL_DUMMY (g_task_get_source_object (task));
  const Call *call = g_task_get_task_data (task);

  if (self->failures[call->operation] > 0)
    {
      self->failures[call->operation]--;
      g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_FAILED, "The test wants this to fail");
      return G_SOURCE_REMOVE;
    }
  if (call->rotation != NULL)
    put (self, call->rotation);
  else
    g_tree_remove (self->rotations, call->id);
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static void
end_soon (GTask *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_task_attach_source (task, source, on_turn);
}

/* Whether @call must stay behind what is in front of @end (nullable: behind all) in the queue. */
static gboolean
must_wait (CvgJournalDummy *self, const Call *call, const GList *end)
{
  if (self->holds[call->operation])
    return TRUE;

  for (const GList *link = self->held.head; link != end; link = link->next)
    if (strcmp (((Call *) g_task_get_task_data (link->data))->id, call->id) == 0)
      return TRUE;

  return FALSE;
}

/* The operation doubles as the tag: it is what a finish must agree on. */
static void
begin (CvgJournal *journal, Call *call, GAsyncReadyCallback callback, gpointer user_data)
{
  CvgJournalDummy *self = CVG_JOURNAL_DUMMY (journal);
  g_autoptr (GTask) task = g_task_new (journal, NULL, callback, user_data);

  g_task_set_source_tag (task, GINT_TO_POINTER (call->operation + 1));
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  self->calls[call->operation]++;

  if (must_wait (self, call, NULL))
    g_queue_push_tail (&self->held, g_steal_pointer (&task));
  else
    end_soon (task);
}

static gboolean
finish (CvgJournal *journal,
        CvgJournalDummyOperation operation,
        GAsyncResult *result,
        GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, journal), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, GINT_TO_POINTER (operation + 1)), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static GPtrArray *
cvg_journal_dummy_load (CvgJournal *journal)
{
  CvgJournalDummy *self = CVG_JOURNAL_DUMMY (journal);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_rotation_free);

  for (GTreeNode *node = g_tree_node_first (self->rotations); node != NULL;
       node = g_tree_node_next (node))
    g_ptr_array_add (found, cvg_rotation_copy (g_tree_node_value (node)));

  return g_steal_pointer (&found);
}

static void
cvg_journal_dummy_write_async (CvgJournal *journal,
                               const CvgRotation *rotation,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  Call *call = g_new0 (Call, 1);

  call->operation = CVG_JOURNAL_DUMMY_WRITE;
  call->id = g_strdup (rotation->id);
  call->rotation = cvg_rotation_copy (rotation);
  begin (journal, call, callback, user_data);
}

static gboolean
cvg_journal_dummy_write_finish (CvgJournal *journal, GAsyncResult *result, GError **error)
{
  return finish (journal, CVG_JOURNAL_DUMMY_WRITE, result, error);
}

static void
cvg_journal_dummy_remove_async (CvgJournal *journal,
                                const char *id,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  Call *call = g_new0 (Call, 1);

  call->operation = CVG_JOURNAL_DUMMY_REMOVE;
  call->id = g_strdup (id);
  begin (journal, call, callback, user_data);
}

static gboolean
cvg_journal_dummy_remove_finish (CvgJournal *journal, GAsyncResult *result, GError **error)
{
  return finish (journal, CVG_JOURNAL_DUMMY_REMOVE, result, error);
}

/* Tells one key, id, serial and text from any other. */
static char *
mark (const CvgSecret *key, const char *id, guint64 serial, const char *text, gsize length)
{
  g_autofree char *what = g_strdup_printf ("%s %" G_GUINT64_FORMAT " ", id, serial);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) cvg_secret_peek (key),
                                       cvg_secret_get_length (key));

  g_hmac_update (hmac, (const guchar *) what, -1);
  g_hmac_update (hmac, (const guchar *) text, (gssize) length);
  return g_strdup (g_hmac_get_string (hmac));
}

static GBytes *
cvg_journal_dummy_seal (CvgJournal *journal,
                        const CvgSecret *key,
                        const char *id,
                        guint64 serial,
                        const CvgSecret *text,
                        GError **error)
{
  g_autoptr (GString) box = g_string_new (NULL);
  const char *bytes = cvg_secret_peek (text);
  gsize length = cvg_secret_get_length (text);
  g_autofree char *front = NULL;

  if (cvg_secret_is_empty (key))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "There is no key to seal with");
      return NULL;
    }
  front = mark (key, id, serial, bytes, length);
  g_string_append (box, front);
  for (gsize i = 0; i < length; i++)
    g_string_append_c (box, (char) ((guchar) bytes[i] ^ VEIL));

  return g_bytes_new (box->str, box->len);
}

static CvgSecret *
cvg_journal_dummy_unseal (CvgJournal *journal,
                          const CvgSecret *key,
                          const char *id,
                          guint64 serial,
                          GBytes *box,
                          GError **error)
{
  gsize size = 0;
  const char *bytes = g_bytes_get_data (box, &size);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *front = NULL;

  for (gsize i = MARK_LENGTH; i < size; i++)
    g_string_append_c (text, (char) ((guchar) bytes[i] ^ VEIL));

  front = mark (key, id, serial, text->str, text->len);
  if (size < MARK_LENGTH || memcmp (front, bytes, MARK_LENGTH) != 0)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "The box does not open");
      return NULL;
    }
  return cvg_secret_new_sized (text->str, text->len);
}

/** cvg_journal_dummy_fail_next: the next @operation that ends fails; said twice, the next two do */
void
cvg_journal_dummy_fail_next (CvgJournalDummy *self, CvgJournalDummyOperation operation)
{
  g_return_if_fail (CVG_IS_JOURNAL_DUMMY (self));

  self->failures[operation]++;
}

/** cvg_journal_dummy_hold: every @operation from now on stays pending until it is released */
void
cvg_journal_dummy_hold (CvgJournalDummy *self, CvgJournalDummyOperation operation)
{
  g_return_if_fail (CVG_IS_JOURNAL_DUMMY (self));

  self->holds[operation] = TRUE;
}

/**
 * cvg_journal_dummy_release:
 *
 * Holds no more of @operation; what was held of it ends, in order and from the main loop, and so
 * does what only waited behind it.
 */
void
cvg_journal_dummy_release (CvgJournalDummy *self, CvgJournalDummyOperation operation)
{
  GList *next = NULL;

  g_return_if_fail (CVG_IS_JOURNAL_DUMMY (self));

  self->holds[operation] = FALSE;
  for (GList *link = self->held.head; link != NULL; link = next)
    {
      g_autoptr (GTask) task = NULL;

      next = link->next;
      if (must_wait (self, g_task_get_task_data (link->data), link))
        continue;
      task = link->data;
      g_queue_delete_link (&self->held, link);
      end_soon (task);
    }
}

/** cvg_journal_dummy_count_held: Returns: how many calls of @operation have to wait now */
guint
cvg_journal_dummy_count_held (CvgJournalDummy *self, CvgJournalDummyOperation operation)
{
  guint count = 0;

  g_return_val_if_fail (CVG_IS_JOURNAL_DUMMY (self), 0);

  for (const GList *link = self->held.head; link != NULL; link = link->next)
    if (((Call *) g_task_get_task_data (link->data))->operation == operation)
      count++;

  return count;
}

/** cvg_journal_dummy_count_calls: Returns: how often @operation was begun */
guint
cvg_journal_dummy_count_calls (CvgJournalDummy *self, CvgJournalDummyOperation operation)
{
  g_return_val_if_fail (CVG_IS_JOURNAL_DUMMY (self), 0);

  return self->calls[operation];
}

/** cvg_journal_dummy_put: a rotation that an earlier life has left */
void
cvg_journal_dummy_put (CvgJournalDummy *self, const CvgRotation *rotation)
{
  g_return_if_fail (CVG_IS_JOURNAL_DUMMY (self));

  put (self, rotation);
}

/** cvg_journal_dummy_peek: Returns: (transfer full) (nullable): what is written of @id */
CvgRotation *
cvg_journal_dummy_peek (CvgJournalDummy *self, const char *id)
{
  const CvgRotation *rotation = NULL;

  g_return_val_if_fail (CVG_IS_JOURNAL_DUMMY (self), NULL);

  rotation = g_tree_lookup (self->rotations, id);
  return rotation != NULL ? cvg_rotation_copy (rotation) : NULL;
}

/** cvg_journal_dummy_count: Returns: how many rotations are written */
guint
cvg_journal_dummy_count (CvgJournalDummy *self)
{
  g_return_val_if_fail (CVG_IS_JOURNAL_DUMMY (self), 0);

  return (guint) g_tree_nnodes (self->rotations);
}

static void
cvg_journal_dummy_finalize (GObject *object)
{
  CvgJournalDummy *self = CVG_JOURNAL_DUMMY (object);

  g_clear_pointer (&self->rotations, g_tree_unref);

  G_OBJECT_CLASS (cvg_journal_dummy_parent_class)->finalize (object);
}

static void
cvg_journal_dummy_class_init (CvgJournalDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_journal_dummy_finalize;
}

static int
compare_ids (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (a, b);
}

static void
cvg_journal_dummy_init (CvgJournalDummy *self)
{
  self->rotations = g_tree_new_full (compare_ids, NULL, g_free, (GDestroyNotify) cvg_rotation_free);
}

static void
cvg_journal_dummy_iface_init (CvgJournalInterface *iface)
{
  iface->load = cvg_journal_dummy_load;
  iface->write_async = cvg_journal_dummy_write_async;
  iface->write_finish = cvg_journal_dummy_write_finish;
  iface->remove_async = cvg_journal_dummy_remove_async;
  iface->remove_finish = cvg_journal_dummy_remove_finish;
  iface->seal = cvg_journal_dummy_seal;
  iface->unseal = cvg_journal_dummy_unseal;
}

/** cvg_journal_dummy_new: Returns: (transfer full): a journal with nothing in it */
CvgJournalDummy *
cvg_journal_dummy_new (void)
{
  return g_object_new (CVG_TYPE_JOURNAL_DUMMY, NULL);
}
