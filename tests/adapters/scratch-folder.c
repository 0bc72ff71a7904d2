/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "scratch-folder.h"

#include <glib/gstdio.h>

/** scratch_folder_new: Returns: (transfer full): path of an empty folder: scratch_folder_free() */
char *
scratch_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("cvg-test-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

/** scratch_folder_delete: deletes what is at @path, and below; follows no link */
void
scratch_folder_delete (const char *path)
{
  g_autoptr (GDir) dir =
      g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      scratch_folder_delete (child);
    }
  g_remove (path);
}

/** scratch_folder_free: deletes it with all that is in it; @path: (transfer full) */
void
scratch_folder_free (char *path)
{
  scratch_folder_delete (path);
  g_free (path);
}

/** scratch_folder_assert_mode: @path is there, and who may do what with it is @mode */
void
scratch_folder_assert_mode (const char *path, guint mode)
{
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, mode);
}
