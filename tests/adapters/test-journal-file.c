/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "adapters/journal-file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "dbus/error.h"
#include "kept-warnings.h"
#include "scratch-folder.h"
#include "wait-for.h"

#define A "0b3d4c5e-1111-4222-8333-444455556666"
#define B "1b3d4c5e-1111-4222-8333-444455556666"
#define C "2b3d4c5e-1111-4222-8333-444455556666"

typedef struct
{
  char *root;
  char *state_dir;
  char *folder;
  CvgJournal *journal;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->root = scratch_folder_new ();
  fixture->state_dir = g_build_filename (fixture->root, "state", "claviger", NULL);
  fixture->folder = g_build_filename (fixture->state_dir, "journal", NULL);
  fixture->journal = cvg_journal_file_new (fixture->state_dir);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  kept_warnings_assert_none ();
  g_assert_finalize_object (fixture->journal);
  scratch_folder_free (fixture->root);
  g_free (fixture->state_dir);
  g_free (fixture->folder);
}

static gboolean
write_rotation (CvgJournal *journal, const CvgRotation *rotation, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cvg_journal_write_async (journal, rotation, wait_for_keep, &result);
  wait_for_result (&result);
  return cvg_journal_write_finish (journal, result, error);
}

static gboolean
write_note (Fixture *fixture, const char *id, gint64 spent_at, GError **error)
{
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (id);

  rotation->spent_at = spent_at;
  return write_rotation (fixture->journal, rotation, error);
}

static gboolean
forget (Fixture *fixture, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cvg_journal_remove_async (fixture->journal, id, wait_for_keep, &result);
  wait_for_result (&result);
  return cvg_journal_remove_finish (fixture->journal, result, error);
}

/* As the next start would find it; 0: nothing. */
static gint64
spent_at (Fixture *fixture, const char *id)
{
  g_autoptr (GPtrArray) found = cvg_journal_load (fixture->journal);

  for (guint i = 0; i < found->len; i++)
    {
      const CvgRotation *rotation = g_ptr_array_index (found, i);

      if (strcmp (rotation->id, id) == 0)
        return rotation->spent_at;
    }
  return 0;
}

static char *
path_of (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static void
write_raw (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = path_of (fixture, name);

  g_assert_cmpint (g_mkdir_with_parents (fixture->folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static gboolean
exists (Fixture *fixture, const char *name)
{
  g_autofree char *path = path_of (fixture, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) none = cvg_journal_load (fixture->journal);
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (A);
  g_autoptr (CvgSecret) key = cvg_secret_new ("the-old-token");
  g_autoptr (CvgSecret) text = cvg_secret_new ("the-new-token");
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (CvgSecret) opened = NULL;
  g_autofree char *path = path_of (fixture, A);
  g_autofree char *raw = NULL;
  const CvgRotation *read = NULL;
  gsize size = 0;

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_false (g_file_test (fixture->state_dir, G_FILE_TEST_EXISTS));

  rotation->sealed_serial = 7;
  g_ptr_array_add (rotation->boxes, cvg_journal_seal (fixture->journal, key, A, 7, text, NULL));
  g_assert_true (write_rotation (fixture->journal, rotation, NULL));
  scratch_folder_assert_mode (fixture->folder, 0700);
  scratch_folder_assert_mode (path, 0600);
  g_assert_true (g_file_get_contents (path, &raw, &size, NULL));
  g_assert_null (strstr (raw, "token"));

  found = cvg_journal_load (fixture->journal);
  g_assert_cmpuint (found->len, ==, 1);
  read = g_ptr_array_index (found, 0);
  g_assert_cmpstr (read->id, ==, A);
  g_assert_cmpuint (read->boxes->len, ==, 1);
  opened = cvg_journal_unseal (fixture->journal, key, A, read->sealed_serial,
                               g_ptr_array_index (read->boxes, 0), NULL);
  g_assert_true (cvg_secret_equal (opened, text));

  g_assert_true (forget (fixture, A, NULL));
  g_assert_false (exists (fixture, A));
  g_assert_true (forget (fixture, A, NULL)); /* is gone: no error */
}

/* ---- order ----------------------------------------------------------------------------------- */

typedef struct
{
  GArray *ended; /* (element-type guint): the numbers of the calls, as they ended */
  guint number;
} Ending;

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Ending *ending = user_data;

  g_assert_true (g_task_propagate_boolean (G_TASK (result), NULL));
  g_array_append_val (ending->ended, ending->number);
}

static Ending *
ending_new (GArray *ended, guint number)
{
  Ending *ending = g_new0 (Ending, 1);

  ending->ended = ended;
  ending->number = number;
  return ending;
}

static void
test_order_of_one (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) ended = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (A);
  const guint count = 100;

  for (guint i = 0; i < count; i++)
    {
      rotation->spent_at = 1000 + i;
      if (i % 3 == 2)
        cvg_journal_remove_async (fixture->journal, A, on_ended, ending_new (ended, i));
      else
        cvg_journal_write_async (fixture->journal, rotation, on_ended, ending_new (ended, i));
    }
  rotation->spent_at = 5; /* what was asked for was what it said then */
  while (ended->len < count)
    g_main_context_iteration (NULL, TRUE);

  for (guint i = 0; i < count; i++)
    g_assert_cmpuint (g_array_index (ended, guint, i), ==, i);
  g_assert_cmpint (spent_at (fixture, A), ==, 1000 + count - 1);
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) ended = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GPtrArray) found = NULL;
  const guint count = 300;

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *id = g_strdup_printf ("%08x-1111-4222-8333-444455556666", i);
      g_autoptr (CvgRotation) rotation = cvg_rotation_new (id);

      rotation->spent_at = 1;
      cvg_journal_write_async (fixture->journal, rotation, on_ended, ending_new (ended, i));
      rotation->spent_at = 2 + i;
      cvg_journal_write_async (fixture->journal, rotation, on_ended, ending_new (ended, i));
      if (i % 2 == 1)
        cvg_journal_remove_async (fixture->journal, id, on_ended, ending_new (ended, i));
    }
  while (ended->len < count * 5 / 2)
    g_main_context_iteration (NULL, TRUE);

  found = cvg_journal_load (fixture->journal);
  g_assert_cmpuint (found->len, ==, count / 2);
  for (guint i = 0; i < found->len; i++)
    g_assert_cmpint (((CvgRotation *) g_ptr_array_index (found, i))->spent_at, ==, 2 + 2 * i);
}

/* The last who holds it lets go while it writes. */
static void
test_let_go_of_in_the_middle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) ended = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (A);
  CvgJournal *other = cvg_journal_file_new (fixture->state_dir);

  g_object_add_weak_pointer (G_OBJECT (other), (gpointer *) &other);
  rotation->spent_at = 1;
  cvg_journal_write_async (other, rotation, on_ended, ending_new (ended, 0));
  rotation->spent_at = 2;
  cvg_journal_write_async (other, rotation, on_ended, ending_new (ended, 1));
  g_object_unref (other);
  while (ended->len < 2)
    g_main_context_iteration (NULL, TRUE);
  while (other != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (spent_at (fixture, A), ==, 2);
}

/* ---- what lies in the folder ----------------------------------------------------------------- */

static void
test_what_is_left_alone (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text;
    const char *warning; /* a part of it */
  } files[] = {
    { "", A },                                             /* a file system that lost it */
    { "{'version': <uint32 1>, 'instance-id': <'" A, A },  /* cut off */
    { "\xff\xfe\x01 not text", A },                        /* not even text */
    { "{}", "version 0" },                                 /* not ours */
    { "{'version': <uint32 2>, 'instance-id': <'" A "'>}", /* of a later clavigerd */
      "version 2" },
    { "{'version': <uint32 1>, 'instance-id': <'" B "'>, 'spent-at': <int64 5>}", /* misplaced */
      "another instance" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = path_of (fixture, A);
      g_autofree char *text = NULL;

      write_raw (fixture, A, files[i].text);
      g_assert_true (write_note (fixture, C, 9, NULL));
      g_assert_cmpint (spent_at (fixture, C), ==, 9); /* the others are read all the same */
      kept_warnings_take (files[i].warning);
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_cmpstr (text, ==, files[i].text);
    }

  g_assert_true (write_note (fixture, A, 5, NULL)); /* what is true now takes its place */
  g_assert_cmpint (spent_at (fixture, A), ==, 5);
}

static void
test_what_is_no_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *pipe = path_of (fixture, A);
  g_autofree char *folder = path_of (fixture, B);
  g_autofree char *large = path_of (fixture, C);

  write_raw (fixture, C, "{}");
  g_assert_cmpint (truncate (large, 1024 * 1024 * 1024), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0); /* to open it would be to wait for ever */
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);

  g_assert_cmpint (spent_at (fixture, A), ==, 0);
  kept_warnings_take (A);
  kept_warnings_take (B);
  kept_warnings_take (C);
}

static void
test_leftovers (Fixture *fixture, gconstpointer data)
{
  static const char *const others[] = { "notes.txt", A ".old", A ".X1Y2Z3W", ".hidden", "x" };

  write_raw (fixture, A ".X1Y2Z3", "{'version': <uint32 1>");
  for (size_t i = 0; i < G_N_ELEMENTS (others); i++)
    write_raw (fixture, others[i], "somebody's");

  g_assert_cmpint (spent_at (fixture, A), ==, 0);
  g_assert_false (exists (fixture, A ".X1Y2Z3")); /* a write of ours that was cut off */
  for (size_t i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_true (exists (fixture, others[i]));
}

static void
test_folder_is_deleted (Fixture *fixture, gconstpointer data)
{
  g_autofree char *state = g_path_get_dirname (fixture->state_dir);

  g_assert_true (write_note (fixture, A, 1, NULL));
  scratch_folder_delete (state);
  g_assert_true (forget (fixture, A, NULL));
  g_assert_true (write_note (fixture, B, 2, NULL));
  g_assert_cmpint (spent_at (fixture, B), ==, 2);
}

/* ---- failures -------------------------------------------------------------------------------- */

static void
test_no_room (Fixture *fixture, gconstpointer data)
{
  struct rlimit before;
  struct rlimit little;
  g_autoptr (GError) error = NULL;

  g_assert_true (write_note (fixture, A, 1, NULL));
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  little = before;
  little.rlim_cur = 10;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &little), ==, 0);
  g_assert_false (write_note (fixture, A, 2, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, fixture->folder));
  g_assert_true (g_str_has_suffix (error->message, g_strerror (EFBIG)));

  g_assert_cmpint (spent_at (fixture, A), ==, 1);
  g_assert_true (write_note (fixture, A, 3, NULL));
  g_assert_cmpint (spent_at (fixture, A), ==, 3);
}

static void
test_read_only (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) write_error = NULL;
  g_autoptr (GError) remove_error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("root may write everywhere");
      return;
    }
  g_assert_true (write_note (fixture, A, 1, NULL));
  g_assert_cmpint (g_chmod (fixture->folder, 0500), ==, 0);
  g_assert_false (write_note (fixture, A, 2, &write_error));
  g_assert_false (forget (fixture, A, &remove_error));
  g_assert_cmpint (g_chmod (fixture->folder, 0700), ==, 0);
  g_assert_error (write_error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_error (remove_error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_true (g_str_has_suffix (write_error->message, g_strerror (EACCES)));
  g_assert_cmpint (spent_at (fixture, A), ==, 1);
}

/* Where not even root can make a folder. */
static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  CvgJournal *journal = cvg_journal_file_new ("/proc/claviger");
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (A);
  g_autoptr (GPtrArray) found = cvg_journal_load (journal);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (found->len, ==, 0);
  g_assert_false (write_rotation (journal, rotation, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_true (g_str_has_suffix (error->message, g_strerror (ENOENT)));
  g_assert_finalize_object (journal);
}

static void
test_something_in_the_way (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (fixture->state_dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (fixture->folder, "no folder", -1, NULL));
  g_assert_false (write_note (fixture, A, 1, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_cmpint (spent_at (fixture, A), ==, 0);
  kept_warnings_take (fixture->folder);

  g_assert_cmpint (g_remove (fixture->folder), ==, 0);
  g_assert_true (write_note (fixture, A, 1, NULL));
}

/* What could not be read again is not written: the one before stays. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (A);
  g_autoptr (CvgRotation) nameless = cvg_rotation_new ("../evil");
  g_autofree char *most = g_malloc0 (CVG_ROTATION_MAX_BOX_BYTES);
  g_autoptr (GBytes) box = g_bytes_new_static (most, CVG_ROTATION_MAX_BOX_BYTES);
  g_autoptr (GError) count_error = NULL;
  g_autoptr (GError) size_error = NULL;
  g_autoptr (GError) name_error = NULL;

  g_assert_true (write_note (fixture, A, 1, NULL));
  for (guint i = 0; i <= CVG_ROTATION_MAX_BOXES; i++)
    g_ptr_array_add (rotation->boxes, g_bytes_new_static ("x", 1));
  g_assert_false (write_rotation (fixture->journal, rotation, &count_error));
  g_assert_error (count_error, CVG_ERROR, CVG_ERROR_FAILED);

  g_ptr_array_set_size (rotation->boxes, 0);
  for (guint i = 0; i < 3; i++)
    g_ptr_array_add (rotation->boxes, g_bytes_ref (box));
  g_assert_false (write_rotation (fixture->journal, rotation, &size_error));
  g_assert_error (size_error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_cmpint (spent_at (fixture, A), ==, 1);

  g_ptr_array_set_size (rotation->boxes, 2); /* two of the largest are no trouble */
  g_assert_true (write_rotation (fixture->journal, rotation, NULL));
  g_assert_cmpint (spent_at (fixture, A), ==, 0);

  g_assert_false (write_rotation (fixture->journal, nameless, &name_error));
  g_assert_error (name_error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_false (forget (fixture, "../evil", NULL));
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  kept_warnings_init ();
  add ("/journal-file/round-trip", test_round_trip);
  add ("/journal-file/order-of-one", test_order_of_one);
  add ("/journal-file/many", test_many);
  add ("/journal-file/let-go-of-in-the-middle", test_let_go_of_in_the_middle);
  add ("/journal-file/what-is-left-alone", test_what_is_left_alone);
  add ("/journal-file/what-is-no-file", test_what_is_no_file);
  add ("/journal-file/leftovers", test_leftovers);
  add ("/journal-file/folder-is-deleted", test_folder_is_deleted);
  add ("/journal-file/no-room", test_no_room);
  add ("/journal-file/read-only", test_read_only);
  add ("/journal-file/no-folder", test_no_folder);
  add ("/journal-file/something-in-the-way", test_something_in_the_way);
  add ("/journal-file/refused", test_refused);
  return g_test_run ();
}
