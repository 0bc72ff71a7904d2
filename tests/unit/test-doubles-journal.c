/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "dbus/error.h"
#include "doubles/journal-dummy.h"

#define A "00000000-0000-4000-8000-00000000000a"
#define B "00000000-0000-4000-8000-00000000000b"

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Counts what has ended well. */
static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  if (cvg_journal_write_finish (CVG_JOURNAL (source), result, NULL))
    ++*(guint *) user_data;
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  if (cvg_journal_remove_finish (CVG_JOURNAL (source), result, NULL))
    ++*(guint *) user_data;
}

static void
write_note (CvgJournalDummy *dummy, const char *id, gint64 spent_at, guint *count)
{
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (id);

  rotation->spent_at = spent_at;
  cvg_journal_write_async (CVG_JOURNAL (dummy), rotation, on_written, count);
}

static gint64
spent_at (CvgJournalDummy *dummy, const char *id)
{
  g_autoptr (CvgRotation) rotation = cvg_journal_dummy_peek (dummy, id);

  return rotation != NULL ? rotation->spent_at : 0;
}

static void
test_remembers (void)
{
  CvgJournalDummy *dummy = cvg_journal_dummy_new ();
  g_autoptr (GPtrArray) found = NULL;
  guint count = 0;

  write_note (dummy, B, 2, &count);
  write_note (dummy, A, 1, &count);
  g_assert_cmpuint (cvg_journal_dummy_count (dummy), ==, 0);
  settle ();
  g_assert_cmpuint (count, ==, 2);
  found = cvg_journal_load (CVG_JOURNAL (dummy));
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpstr (((CvgRotation *) g_ptr_array_index (found, 0))->id, ==, A);

  cvg_journal_remove_async (CVG_JOURNAL (dummy), A, on_removed, &count);
  settle ();
  g_assert_cmpuint (count, ==, 3);
  g_assert_cmpuint (cvg_journal_dummy_count (dummy), ==, 1);
  g_assert_cmpuint (cvg_journal_dummy_count_calls (dummy, CVG_JOURNAL_DUMMY_WRITE), ==, 2);
  g_assert_finalize_object (dummy);
}

static void
test_holds_in_order (void)
{
  CvgJournalDummy *dummy = cvg_journal_dummy_new ();
  guint count = 0;

  cvg_journal_dummy_hold (dummy, CVG_JOURNAL_DUMMY_WRITE);
  write_note (dummy, A, 1, &count);
  cvg_journal_remove_async (CVG_JOURNAL (dummy), A, on_removed, &count); /* waits behind it */
  cvg_journal_remove_async (CVG_JOURNAL (dummy), B, on_removed, &count); /* need not wait */
  settle ();
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpuint (cvg_journal_dummy_count_held (dummy, CVG_JOURNAL_DUMMY_WRITE), ==, 1);
  g_assert_cmpuint (cvg_journal_dummy_count_held (dummy, CVG_JOURNAL_DUMMY_REMOVE), ==, 1);

  write_note (dummy, A, 2, &count);
  cvg_journal_dummy_release (dummy, CVG_JOURNAL_DUMMY_WRITE);
  g_assert_cmpint (spent_at (dummy, A), ==, 0); /* not yet */
  settle ();
  g_assert_cmpuint (count, ==, 4);
  g_assert_cmpint (spent_at (dummy, A), ==, 2);
  g_assert_finalize_object (dummy);
}

static void
test_fails (void)
{
  CvgJournalDummy *dummy = cvg_journal_dummy_new ();
  guint count = 0;

  cvg_journal_dummy_fail_next (dummy, CVG_JOURNAL_DUMMY_WRITE);
  write_note (dummy, A, 1, &count);
  settle ();
  g_assert_cmpuint (count, ==, 0);
  g_assert_cmpuint (cvg_journal_dummy_count (dummy), ==, 0);
  write_note (dummy, A, 2, &count);
  settle ();
  g_assert_cmpuint (count, ==, 1);

  cvg_journal_dummy_fail_next (dummy, CVG_JOURNAL_DUMMY_REMOVE);
  cvg_journal_remove_async (CVG_JOURNAL (dummy), A, on_removed, &count);
  settle ();
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpint (spent_at (dummy, A), ==, 2);
  g_assert_finalize_object (dummy);
}

static void
assert_stays_closed (CvgJournal *journal,
                     const CvgSecret *key,
                     const char *id,
                     guint64 serial,
                     GBytes *box)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgSecret) text = cvg_journal_unseal (journal, key, id, serial, box, &error);

  g_assert_null (text);
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
}

static void
test_seal (void)
{
  CvgJournalDummy *dummy = cvg_journal_dummy_new ();
  CvgJournal *journal = CVG_JOURNAL (dummy);
  g_autoptr (CvgSecret) key = cvg_secret_new ("old token");
  g_autoptr (CvgSecret) other = cvg_secret_new ("another token");
  g_autoptr (CvgSecret) none = cvg_secret_new ("");
  g_autoptr (CvgSecret) text = cvg_secret_new ("new token");
  g_autoptr (GBytes) box = cvg_journal_seal (journal, key, A, 3, text, NULL);
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (box, 0, 10);
  g_autoptr (GBytes) no_box = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgSecret) opened = cvg_journal_unseal (journal, key, A, 3, box, NULL);

  g_assert_true (cvg_secret_equal (opened, text));
  g_assert_null (
      g_strstr_len (g_bytes_get_data (box, NULL), (gssize) g_bytes_get_size (box), "new token"));
  assert_stays_closed (journal, other, A, 3, box);
  assert_stays_closed (journal, key, B, 3, box);
  assert_stays_closed (journal, key, A, 4, box);
  assert_stays_closed (journal, key, A, 3, cut);

  no_box = cvg_journal_seal (journal, none, A, 3, text, &error);
  g_assert_null (no_box);
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_finalize_object (dummy);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal-dummy/remembers", test_remembers);
  g_test_add_func ("/journal-dummy/holds-in-order", test_holds_in_order);
  g_test_add_func ("/journal-dummy/fails", test_fails);
  g_test_add_func ("/journal-dummy/seal", test_seal);
  return g_test_run ();
}
