/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "adapters/records-file.h"

#include <glib/gstdio.h>
#include <string.h>

#include "dbus/error.h"
#include "kept-warnings.h"
#include "model/vardict.h"
#include "scratch-folder.h"
#include "wait-for.h"

#define A "0b3d4c5e-1111-4222-8333-444455556666"
#define B "1b3d4c5e-1111-4222-8333-444455556666"

typedef struct
{
  char *root;
  char *directory;
  CvgRecords *records;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->root = scratch_folder_new ();
  fixture->directory = g_build_filename (fixture->root, "state", "claviger", NULL);
  fixture->records = cvg_records_file_new (fixture->directory);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  kept_warnings_assert_none ();
  g_assert_finalize_object (fixture->records);
  scratch_folder_free (fixture->root);
  g_free (fixture->directory);
}

static gboolean
flush (Fixture *fixture, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  cvg_records_flush_async (fixture->records, NULL, wait_for_keep, &result);
  return cvg_records_flush_finish (fixture->records, wait_for_result (&result), error);
}

static void
save (Fixture *fixture, const char *id, const char *text)
{
  cvg_records_save (fixture->records, CVG_RECORDS_INSTANCES, id,
                    g_variant_new_parsed ("{'label': <%s>, 'at': <int64 5>}", text));
}

static char *
read_label (Fixture *fixture, const char *id)
{
  g_autofree char *path = g_build_filename (fixture->directory, "instances", id, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GVariant) record = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  record = cvg_vardict_parse (text, NULL);
  g_assert_nonnull (record);
  return cvg_vardict_dup_string (record, "label");
}

static void
write_raw (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *folder = g_build_filename (fixture->directory, "instances", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) none = cvg_records_load (fixture->records, CVG_RECORDS_INSTANCES);
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *path = g_build_filename (fixture->directory, "instances", A, NULL);
  g_autofree char *label = NULL;
  gint64 at = 0;

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_false (g_file_test (fixture->directory, G_FILE_TEST_EXISTS));

  save (fixture, B, "second");
  save (fixture, A, "it's \"fïrst\"\n");
  g_assert_true (flush (fixture, NULL));

  found = cvg_records_load (fixture->records, CVG_RECORDS_INSTANCES);
  g_assert_cmpuint (found->len, ==, 2);
  label = cvg_vardict_dup_string (g_ptr_array_index (found, 0), "label");
  g_assert_cmpstr (label, ==, "it's \"fïrst\"\n");
  g_assert_true (g_variant_lookup (g_ptr_array_index (found, 0), "at", "x", &at));
  g_assert_cmpint (at, ==, 5);

  scratch_folder_assert_mode (path, 0600);
  scratch_folder_assert_mode (fixture->directory, 0700);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;

  for (int i = 0; i < 200; i++)
    {
      g_autofree char *text = g_strdup_printf ("%d", i);

      save (fixture, A, text);
      save (fixture, B, text);
    }
  cvg_records_remove (fixture->records, CVG_RECORDS_INSTANCES, B);
  g_assert_true (flush (fixture, NULL));
  a = read_label (fixture, A);
  b = read_label (fixture, B);
  g_assert_cmpstr (a, ==, "199");
  g_assert_null (b);

  cvg_records_remove (fixture->records, CVG_RECORDS_INSTANCES, B); /* is gone: no error */
  save (fixture, B, "again");
  g_assert_true (flush (fixture, NULL));
  b = read_label (fixture, B);
  g_assert_cmpstr (b, ==, "again");
}

static void
test_flush_is_a_barrier (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *before = NULL;

  save (fixture, A, "before");
  save (fixture, B, "before");
  cvg_records_flush_async (fixture->records, NULL, wait_for_keep, &result);
  save (fixture, B, "after"); /* must not take the place of the one that the flush waits for */
  g_assert_true (cvg_records_flush_finish (fixture->records, wait_for_result (&result), NULL));
  before = read_label (fixture, B);
  g_assert_nonnull (before);
  g_clear_object (&result);
  g_assert_true (flush (fixture, NULL));
}

static void
test_bad_files_are_skipped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *folder = g_build_filename (fixture->directory, "instances", "folder", NULL);

  write_raw (fixture, A, "{'label': <'good'>}\n");
  write_raw (fixture, "truncated", "{'label': <'goo");
  write_raw (fixture, "no-dictionary", "42");
  write_raw (fixture, "empty", "");
  write_raw (fixture, A ".X1Y2Z3", "{'label': <'left by a crash'>}"); /* silently */
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);

  found = cvg_records_load (fixture->records, CVG_RECORDS_INSTANCES);
  g_assert_cmpuint (found->len, ==, 1);
  kept_warnings_take ("empty");
  kept_warnings_take ("folder");
  kept_warnings_take ("no-dictionary");
  kept_warnings_take ("truncated");
  write_raw (fixture, "truncated", "{}"); /* was left where it is */
}

static void
test_bad_names_are_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {
    "",          /* the folder itself */
    ".",         /* likewise */
    "..",        /* its parent */
    "../evil",   /* elsewhere */
    "/etc/evil", /* absolute */
    "a/b",       /* below */
    "a.b",       /* what a temporary file looks like */
    "a b",       /* not a UUID */
    "\xc3\xa9",  /* not ASCII */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_test_expect_message ("claviger-adapters", G_LOG_LEVEL_CRITICAL, "*_is_name*");
      save (fixture, names[i], "evil");
      g_test_expect_message ("claviger-adapters", G_LOG_LEVEL_CRITICAL, "*_is_name*");
      cvg_records_remove (fixture->records, CVG_RECORDS_INSTANCES, names[i]);
      g_test_assert_expected_messages ();
    }
  g_assert_true (flush (fixture, NULL));
  g_assert_false (g_file_test (fixture->directory, G_FILE_TEST_EXISTS));
}

static void
test_failure_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *state = g_build_filename (fixture->root, "state", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL;

  g_assert_true (g_file_set_contents (state, "in the way", -1, NULL));
  save (fixture, A, "x");
  g_assert_false (flush (fixture, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  kept_warnings_take (A);

  g_assert_cmpint (g_remove (state), ==, 0);
  save (fixture, A, "y");
  g_assert_true (flush (fixture, NULL));
  label = read_label (fixture, A);
  g_assert_cmpstr (label, ==, "y");
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
  add ("/records-file/round-trip", test_round_trip);
  add ("/records-file/order", test_order);
  add ("/records-file/flush-is-a-barrier", test_flush_is_a_barrier);
  add ("/records-file/bad-files-are-skipped", test_bad_files_are_skipped);
  add ("/records-file/bad-names-are-refused", test_bad_names_are_refused);
  add ("/records-file/failure-is-told", test_failure_is_told);
  return g_test_run ();
}
