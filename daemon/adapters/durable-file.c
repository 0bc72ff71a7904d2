/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file is always a whole text, the old or the new one: it is written beside, flushed to the disk,
 * and renamed; then the folder is flushed, so that the name is there after a power cut too. GLib's
 * own g_file_set_contents_full() does the same but does not say when the folder could not be
 * flushed, and leaves the flush out where it thinks that a file system needs none.
 *
 * Changes happen on GLib's pool of I/O workers, as GIO does with files itself. In which order is
 * the caller's business: two changes of one file must not be on their way at the same time.
 */
#include "adapters/durable-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "model/vardict.h"

/* What a worker sees: nothing but its copy of one change. */
typedef struct
{
  char *path; /* (owned) */
  char *text; /* (owned) (nullable): NULL to delete it */
} Change;

static void
change_free (Change *change)
{
  g_free (change->path);
  g_free (change->text);
  g_free (change);
}

/* Of errno; without a path: who asked knows it. */
static gboolean
fail (GError **error)
{
  int saved = errno;

  g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (saved), g_strerror (saved));
  return FALSE;
}

static int
flush (int fd)
{
  int status = 0;

  do
    status = fsync (fd);
  while (status < 0 && errno == EINTR);
  return status;
}

/* Puts on the disk which names are in @folder. */
static gboolean
flush_folder (const char *folder, GError **error)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean done = FALSE;

  if (fd < 0)
    return fail (error);

  /* Some file systems know no such thing for a folder, and have no need of it. */
  done = flush (fd) == 0 || errno == EINVAL || errno == ENOTSUP || errno == ENOSYS || fail (error);
  close (fd);
  return done;
}

/**
 * cvg_durable_file_make_folder:
 * @folder: absolute; made with mode 0700, as what is missing above it
 *
 * Blocks. Done when the names of new folders are on the disk.
 */
gboolean
cvg_durable_file_make_folder (const char *folder, GError **error)
{
  g_autofree char *parent = g_path_get_dirname (folder);
  int status = mkdir (folder, 0700);

  if (status < 0 && errno == ENOENT && strcmp (parent, folder) != 0)
    {
      if (!cvg_durable_file_make_folder (parent, error))
        return FALSE;
      status = mkdir (folder, 0700);
    }
  if (status < 0)
    return errno == EEXIST || fail (error);
  if (flush_folder (parent, error))
    return TRUE;

  rmdir (folder); /* else the next attempt would take it for one that is on the disk */
  return FALSE;
}

static gboolean
write_text (int fd, const char *text, GError **error)
{
  gsize left = strlen (text);

  while (left > 0)
    {
      gssize written = write (fd, text, left);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return fail (error);
      text += written;
      left -= (gsize) written;
    }
  return flush (fd) == 0 || fail (error);
}

static gboolean
write_file (const char *path, const char *text, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *beside = g_strconcat (path, ".XXXXXX", NULL);
  gboolean done = FALSE;
  int fd = -1;

  if (!cvg_durable_file_make_folder (folder, error))
    return FALSE;
  fd = g_mkstemp_full (beside, O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail (error);

  done = write_text (fd, text, error);
  /* One descriptor, closed in either case; what it says counts only if there was nothing before. */
  if (close (fd) < 0 && done)
    done = fail (error);
  if (done && rename (beside, path) < 0)
    done = fail (error);
  if (!done)
    {
      g_unlink (beside);
      return FALSE;
    }
  return flush_folder (folder, error);
}

static gboolean
delete_file (const char *path, GError **error)
{
  return g_unlink (path) == 0 || errno == ENOENT || fail (error);
}

/* On a worker. */
static void
run_change (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Change *change = task_data;
  GError *error = NULL;

  if (change->text != NULL ? write_file (change->path, change->text, &error) :
                             delete_file (change->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The task has no source object: its worker may be the last to let go of it. */
static void
begin (const char *path, const char *text, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Change *change = g_new0 (Change, 1);

  change->path = g_strdup (path);
  change->text = g_strdup (text);
  g_task_set_source_tag (task, begin);
  g_task_set_task_data (task, change, (GDestroyNotify) change_free);
  g_task_run_in_thread (task, run_change);
}

/**
 * cvg_durable_file_write_async:
 * @path: absolute; its folder is made (mode 0700) if need be, and the ones above
 * @text: what is to be in it, readable by the person alone
 *
 * Done when it is on the disk. If it fails, the file is what it was, or, where the disk did not
 * take the last flush, nobody knows until the next start.
 */
void
cvg_durable_file_write_async (const char *path,
                              const char *text,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (text != NULL);

  begin (path, text, callback, user_data);
}

/**
 * cvg_durable_file_delete_async:
 *
 * Deletes the file at @path, if there is one. It may be back after a power cut.
 */
void
cvg_durable_file_delete_async (const char *path, GAsyncReadyCallback callback, gpointer user_data)
{
  begin (path, NULL, callback, user_data);
}

/** cvg_durable_file_finish: fails with a #GFileError whose message is the bare reason */
gboolean
cvg_durable_file_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, begin), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * cvg_durable_file_is_name:
 *
 * Ids are UUIDs and kinds are ours, but a path is not built on trust. The characters are those
 * that a temporary file of ours cannot consist of alone: its name has a dot.
 */
gboolean
cvg_durable_file_is_name (const char *name)
{
  return *name != '\0' && strlen (name) <= 64 &&
         name[strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")] ==
             '\0';
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * cvg_durable_file_list:
 *
 * Blocks. A @folder that can't be read is empty, with a warning; one that is not there is just
 * empty.
 *
 * Returns: (transfer full) (element-type filename): all the names in @folder, in order
 */
GPtrArray *
cvg_durable_file_list (const char *folder)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name = NULL;

  if (dir == NULL && !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_warning ("Can't read %s: %s", folder, error->message);

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));

  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

/**
 * cvg_durable_file_read:
 * @max_size: bytes; what is larger was not written by us
 *
 * Blocks, for as long as a disk takes.
 *
 * Returns: (transfer full): the a{sv} whose text is in the file at @path
 */
GVariant *
cvg_durable_file_read (const char *path, gsize max_size, GError **error)
{
  g_autofree char *text = NULL;
  GStatBuf info;

  /* Nothing but a file of a sane size: opening a pipe would block for ever. */
  if (g_stat (path, &info) == 0 && (!S_ISREG (info.st_mode) || (gsize) info.st_size > max_size))
    {
      g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "not a record of ours");
      return NULL;
    }
  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;

  return cvg_vardict_parse (text, error);
}
