/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a power cut leaves can't be tried here; what can is that the disk is told everything, and in
 * the order that matters. So the calls that tell it are this program's own, which note that they
 * came, and fail when a test wants it.
 */
#include "adapters/durable-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scratch-folder.h"
#include "wait-for.h"

/* ---- the disk -------------------------------------------------------------------------------- */

/* Workers call these, but only while the test waits for their end. */
static GString *calls;
static const char *fail_at; /* the call that is to fail, with @fail_with */
static int fail_with;

static gboolean
note (const char *call)
{
  g_string_append_printf (calls, "%s%s", calls->len > 0 ? " " : "", call);
  if (g_strcmp0 (fail_at, call) != 0)
    return TRUE;

  errno = fail_with;
  return FALSE;
}

int
fsync (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *path = g_file_read_link (link, NULL);
  const char *call = NULL;

  if (path != NULL && g_file_test (path, G_FILE_TEST_IS_DIR))
    call = g_str_has_suffix (path, "/folder") ? "flush-folder" : "flush-parent";
  else
    call = "flush-file";
  return note (call) ? (int) syscall (SYS_fsync, fd) : -1;
}

int
rename (const char *from, const char *to)
{
  return note ("rename") ? renameat (AT_FDCWD, from, AT_FDCWD, to) : -1;
}

/* ---- tests ----------------------------------------------------------------------------------- */

typedef struct
{
  char *root;
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->root = scratch_folder_new ();
  fixture->folder = g_build_filename (fixture->root, "folder", NULL);
  fixture->path = g_build_filename (fixture->folder, "file", NULL);
  g_string_truncate (calls, 0);
  fail_at = NULL;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_remove (fixture->path);
  g_remove (fixture->folder);
  g_assert_cmpint (g_remove (fixture->root), ==, 0); /* nothing else was in them */
  g_free (fixture->root);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static gboolean
finish (GAsyncResult **result, GError **error)
{
  g_autoptr (GAsyncResult) taken = wait_for_result (result);

  *result = NULL;
  return cvg_durable_file_finish (taken, error);
}

static gboolean
write_text (const char *path, const char *text, GError **error)
{
  GAsyncResult *result = NULL;

  cvg_durable_file_write_async (path, text, wait_for_keep, &result);
  return finish (&result, error);
}

static void
assert_text (Fixture *fixture, const char *expected)
{
  g_autofree char *text = NULL;

  g_file_get_contents (fixture->path, &text, NULL, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_assert_true (write_text (fixture->path, "one", NULL));
  g_assert_cmpstr (calls->str, ==, "flush-parent flush-file rename flush-folder");
  assert_text (fixture, "one");

  g_string_truncate (calls, 0);
  g_assert_true (write_text (fixture->path, "two", NULL));
  g_assert_cmpstr (calls->str, ==, "flush-file rename flush-folder");
  assert_text (fixture, "two");
}

static void
test_folders (Fixture *fixture, gconstpointer data)
{
  g_autofree char *deep = g_build_filename (fixture->folder, "a", "b", "file", NULL);
  g_autofree char *b = g_path_get_dirname (deep);
  g_autofree char *a = g_path_get_dirname (b);

  g_assert_true (write_text (deep, "x", NULL));
  g_assert_true (g_str_has_prefix (calls->str, "flush-parent flush-folder flush-parent "));
  scratch_folder_assert_mode (a, 0700);
  scratch_folder_assert_mode (deep, 0600);
  g_remove (deep);
  g_remove (b);
  g_remove (a);
}

/* Each call that may fail: the error is told, the old text stays, nothing is left lying about. */
static void
test_failures (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *call;
    int error;
    GFileError code;
    const char *left; /* what is in the file then */
  } failures[] = {
    { "flush-file", ENOSPC, G_FILE_ERROR_NOSPC, "old" },
    { "flush-file", EIO, G_FILE_ERROR_IO, "old" },
    { "rename", EDQUOT, G_FILE_ERROR_FAILED, "old" },
    { "flush-folder", EIO, G_FILE_ERROR_IO, "new" }, /* it may be there or not: not done */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autoptr (GError) error = NULL;

      fail_at = NULL;
      g_assert_true (write_text (fixture->path, "old", NULL));
      fail_at = failures[i].call;
      fail_with = failures[i].error;
      g_assert_false (write_text (fixture->path, "new", &error));
      g_assert_error (error, G_FILE_ERROR, (int) failures[i].code);
      g_assert_cmpstr (error->message, ==, g_strerror (failures[i].error));
      assert_text (fixture, failures[i].left);
    }
}

/* A file system that can't flush a folder keeps names in some other way. */
static void
test_folder_that_needs_no_flush (Fixture *fixture, gconstpointer data)
{
  fail_at = "flush-folder";
  fail_with = EINVAL;
  g_assert_true (write_text (fixture->path, "x", NULL));
}

static void
test_folder_that_is_not_on_the_disk (Fixture *fixture, gconstpointer data)
{
  fail_at = "flush-parent";
  fail_with = EIO;
  g_assert_false (write_text (fixture->path, "x", NULL));
  g_assert_false (g_file_test (fixture->folder, G_FILE_TEST_EXISTS));
  fail_at = NULL;
  g_string_truncate (calls, 0);
  g_assert_true (write_text (fixture->path, "x", NULL));
  g_assert_true (g_str_has_prefix (calls->str, "flush-parent "));
}

/* A real refusal in the middle of a text. */
static void
test_no_room (Fixture *fixture, gconstpointer data)
{
  g_autofree char *much = g_strnfill (100000, 'x');
  struct rlimit before;
  struct rlimit little;
  g_autoptr (GError) error = NULL;

  g_assert_true (write_text (fixture->path, "old", NULL));
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  little = before;
  little.rlim_cur = 50000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &little), ==, 0);
  g_assert_false (write_text (fixture->path, much, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpstr (error->message, ==, g_strerror (EFBIG));
  assert_text (fixture, "old");
  g_assert_true (write_text (fixture->path, much, NULL));
  assert_text (fixture, much);
}

static void
test_in_the_way (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other_error = NULL;

  g_assert_true (g_file_set_contents (fixture->folder, "no folder", -1, NULL));
  g_assert_false (write_text (fixture->path, "x", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
  g_assert_cmpint (g_remove (fixture->folder), ==, 0);

  g_assert_cmpint (g_mkdir_with_parents (fixture->path, 0700), ==, 0);
  g_assert_false (write_text (fixture->path, "x", &other_error));
  g_assert_error (other_error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
}

static void
test_delete (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  cvg_durable_file_delete_async (fixture->path, wait_for_keep, &result); /* there is none */
  g_assert_true (finish (&result, NULL));
  g_assert_true (write_text (fixture->path, "x", NULL));
  cvg_durable_file_delete_async (fixture->path, wait_for_keep, &result);
  g_assert_true (finish (&result, NULL));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  cvg_durable_file_delete_async (fixture->folder, wait_for_keep, &result); /* is no file */
  g_assert_false (finish (&result, &error));
  g_assert_cmpint (error->domain, ==, G_FILE_ERROR);
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
  calls = g_string_new (NULL);
  add ("/durable-file/order", test_order);
  add ("/durable-file/folders", test_folders);
  add ("/durable-file/failures", test_failures);
  add ("/durable-file/folder-that-needs-no-flush", test_folder_that_needs_no_flush);
  add ("/durable-file/folder-that-is-not-on-the-disk", test_folder_that_is_not_on_the_disk);
  add ("/durable-file/no-room", test_no_room);
  add ("/durable-file/in-the-way", test_in_the_way);
  add ("/durable-file/delete", test_delete);
  return g_test_run ();
}
