/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The kernel's lock belongs to who opened the file, so two of them in one process are as good as
 * two processes.
 */
#include "adapters/state-lock.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "scratch-folder.h"

typedef struct
{
  char *root;
  char *state_dir;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->root = scratch_folder_new ();
  fixture->state_dir = g_build_filename (fixture->root, "claviger", NULL);
  fixture->path = g_build_filename (fixture->state_dir, "lock", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_remove (fixture->path);
  g_remove (fixture->state_dir);
  g_assert_cmpint (g_remove (fixture->root), ==, 0);
  g_free (fixture->root);
  g_free (fixture->state_dir);
  g_free (fixture->path);
}

static void
test_one_at_a_time (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  CvgStateLock *first = cvg_state_lock_take (fixture->state_dir, 0, &error);
  CvgStateLock *second = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (first);
  scratch_folder_assert_mode (fixture->state_dir, 0700);
  scratch_folder_assert_mode (fixture->path, 0600);

  second = cvg_state_lock_take (fixture->state_dir, 0, &error);
  g_assert_null (second);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, fixture->path));

  cvg_state_lock_release (first);
  second = cvg_state_lock_take (fixture->state_dir, 0, NULL);
  g_assert_nonnull (second);
  cvg_state_lock_release (second);
}

static gpointer
release_soon (gpointer lock)
{
  g_usleep (100 * 1000);
  cvg_state_lock_release (lock);
  return NULL;
}

static void
test_patience (Fixture *fixture, gconstpointer data)
{
  CvgStateLock *first = cvg_state_lock_take (fixture->state_dir, 0, NULL);
  g_autoptr (GThread) other = g_thread_new ("holder", release_soon, first);
  CvgStateLock *second = cvg_state_lock_take (fixture->state_dir, 20 * 1000, NULL);

  g_assert_nonnull (second);
  cvg_state_lock_release (second);
  g_thread_join (g_steal_pointer (&other));
}

/* A program that the daemon has started may outlive it, and must not keep the next one out. */
static void
test_is_not_inherited (Fixture *fixture, gconstpointer data)
{
  const char *const command[] = { "sleep", "60", NULL };
  CvgStateLock *lock = cvg_state_lock_take (fixture->state_dir, 0, NULL);
  g_autoptr (GSubprocess) child = g_subprocess_newv (command, G_SUBPROCESS_FLAGS_INHERIT_FDS, NULL);

  g_assert_nonnull (child);
  cvg_state_lock_release (lock);
  lock = cvg_state_lock_take (fixture->state_dir, 0, NULL);
  g_assert_nonnull (lock);
  cvg_state_lock_release (lock);
  g_subprocess_force_exit (child);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));
}

static void
test_nowhere (Fixture *fixture, gconstpointer data)
{
  g_autofree char *below = g_build_filename (fixture->path, "claviger", NULL);
  const char *const places[] = { "/proc/claviger", below };

  g_assert_cmpint (g_mkdir (fixture->state_dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (fixture->path, "no folder", -1, NULL));
  for (size_t i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GError) error = NULL;
      CvgStateLock *lock = cvg_state_lock_take (places[i], 20 * 1000, &error);

      g_assert_null (lock);
      g_assert_nonnull (error);
      g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY));
      g_assert_nonnull (strstr (error->message, places[i]));
    }
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
  add ("/state-lock/one-at-a-time", test_one_at_a_time);
  add ("/state-lock/patience", test_patience);
  add ("/state-lock/is-not-inherited", test_is_not_inherited);
  add ("/state-lock/nowhere", test_nowhere);
  return g_test_run ();
}
