/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the files that people write. What is under the name that was expected may be a FIFO, a
 * directory or a file that grows: none of them holds up the start or fills the memory.
 */
#include "providers/text-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads no more than one byte over the limit: that is how who asked sees that it is too large. */
static char *
read_up_to_limit (int fd, size_t limit, size_t *size, GError **error)
{
  g_autofree char *data = g_malloc (limit + 1);
  ssize_t count = 0;

  *size = 0;
  do
    {
      count = TEMP_FAILURE_RETRY (read (fd, data + *size, limit + 1 - *size));
      if (count < 0)
        {
          int code = errno;

          g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "can't be read: %s",
                       g_strerror (code));
          return NULL;
        }
      *size += (size_t) count;
    }
  while (count > 0 && *size <= limit);

  return g_steal_pointer (&data);
}

static int
open_regular (const char *path, GError **error)
{
  /* Non-blocking: a FIFO of that name would hold up the start until somebody writes to it. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status;

  if (fd < 0 || fstat (fd, &status) < 0)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "can't be opened: %s",
                   g_strerror (code));
    }
  else if (!S_ISREG (status.st_mode))
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "is not a regular file");
  else
    return fd;

  if (fd >= 0)
    close (fd);
  return -1;
}

/**
 * cvg_text_file_read:
 * @path: a file; a symbolic link to one will do
 * @limit: in bytes
 * @size: (out): of what was read; @limit + 1 says that there is more
 *
 * Blocks.
 *
 * Returns: (transfer full): the bytes, not terminated; fails with %G_FILE_ERROR and a message
 *   without its subject
 */
char *
cvg_text_file_read (const char *path, size_t limit, size_t *size, GError **error)
{
  char *data = NULL;
  int fd = open_regular (path, error);

  if (fd < 0)
    return NULL;

  data = read_up_to_limit (fd, limit, size, error);
  close (fd);
  return data;
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * cvg_text_file_list:
 * @directory: where to look; one that does not exist is as good as empty
 * @suffix: how the names end
 *
 * Blocks.
 *
 * Returns: (transfer full): the names of the files in @directory, in order, so that of two mistakes
 *   that depend on it always the same one is found
 */
GPtrArray *
cvg_text_file_list (const char *directory, const char *suffix)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (directory, 0, &error);
  const char *name;

  if (dir == NULL)
    {
      if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_warning ("%s: %s; the directory is skipped", directory, error->message);
      return names;
    }

  /* Hidden files are those of editors. */
  while ((name = g_dir_read_name (dir)) != NULL)
    if (*name != '.' && g_str_has_suffix (name, suffix))
      g_ptr_array_add (names, g_strdup (name));

  g_ptr_array_sort (names, compare_strings);
  return names;
}
