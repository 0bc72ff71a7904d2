/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two daemons with the same records, journal and keyring would present the same refresh token
 * twice. The bus name keeps them apart on one bus; where a person has two (a second session, a
 * private bus), this does: a lock on STATE/lock, which the kernel gives back when its holder ends,
 * however it ends. The file is empty, stays, and means nothing by itself.
 */
#include "adapters/state-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sys/file.h>
#include <unistd.h>

#include "adapters/durable-file.h"

#define AGAIN_MILLISECONDS 20

struct _CvgStateLock
{
  int fd;
};

/* Of errno. */
static void
set_error (const char *path, GError **error)
{
  int saved = errno;

  if (saved == EWOULDBLOCK)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                 "another clavigerd serves this home already: it holds %s", path);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "Can't lock %s: %s", path,
                 g_strerror (saved));
}

static gboolean
lock (int fd, guint patience)
{
  for (guint waited = 0; flock (fd, LOCK_EX | LOCK_NB) < 0; waited += AGAIN_MILLISECONDS)
    {
      if (errno == EINTR)
        continue;
      if (errno != EWOULDBLOCK || waited >= patience)
        return FALSE;
      g_usleep (AGAIN_MILLISECONDS * 1000);
    }
  return TRUE;
}

/**
 * cvg_state_lock_take:
 * @state_dir: absolute path; made (mode 0700) if need be
 * @patience: milliseconds to wait for somebody who holds it
 *
 * Blocks, so it is for the time before the main loop. No program that the daemon starts inherits
 * the lock.
 *
 * Returns: (transfer full): the lock; fails with %G_IO_ERROR_BUSY if somebody else has it, and with
 *   another error if there can be none here (a home that can't be written to)
 */
CvgStateLock *
cvg_state_lock_take (const char *state_dir, guint patience, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, "lock", NULL);
  CvgStateLock *taken = NULL;
  int fd = -1;

  if (!cvg_durable_file_make_folder (state_dir, error))
    {
      g_prefix_error (error, "Can't make %s: ", state_dir);
      return NULL;
    }
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || !lock (fd, patience))
    {
      set_error (path, error);
      if (fd >= 0)
        close (fd);
      return NULL;
    }

  taken = g_new0 (CvgStateLock, 1);
  taken->fd = fd;
  return taken;
}

/** cvg_state_lock_release: @lock (transfer full) is free for the next one */
void
cvg_state_lock_release (CvgStateLock *lock)
{
  close (lock->fd);
  g_free (lock);
}
