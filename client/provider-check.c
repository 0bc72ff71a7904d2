/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The judge of a provider file is the daemon that will read it, so it is the daemon's program that
 * is run: a process of its own, which touches neither the bus nor the keyring. What it finds is on
 * stdout, a line for each mistake; that there is none it says on stderr.
 */
#include "client/provider-check.h"

#include <gio/gio.h>

/* For a daemon that is not installed. */
#define DAEMON_VARIABLE "CLAVIGERD"

static GStrv
build_command (char **files)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  const char *program = g_getenv (DAEMON_VARIABLE);

  if (program == NULL || *program == '\0')
    program = CVG_DAEMON;

  g_ptr_array_add (words, g_strdup (program));
  g_ptr_array_add (words, g_strdup ("--check-providers"));
  for (char **file = files; *file != NULL; file++)
    g_ptr_array_add (words, g_canonicalize_filename (*file, NULL));
  g_ptr_array_add (words, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

/**
 * cvg_provider_check_run:
 * @cli: the command's context
 * @files: provider files; none for all that the daemon reads
 * @error: return location
 *
 * Has them checked, and what was found printed.
 *
 * Returns: whether they are free of mistakes
 */
gboolean
cvg_provider_check_run (const CvgCli *cli, char **files, GError **error)
{
  g_auto (GStrv) command = build_command (files);
  GSubprocessFlags flags = cli->quiet ? G_SUBPROCESS_FLAGS_STDERR_SILENCE : G_SUBPROCESS_FLAGS_NONE;
  g_autoptr (GError) cause = NULL;
  g_autoptr (GSubprocess) daemon = g_subprocess_newv ((const char *const *) command, flags, &cause);

  if (daemon == NULL || !g_subprocess_wait (daemon, NULL, &cause))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   "The daemon's program, which checks provider files, can't be run: %s",
                   cause->message);
      return FALSE;
    }

  if (g_subprocess_get_if_exited (daemon) && g_subprocess_get_exit_status (daemon) == 0)
    return TRUE;

  if (g_subprocess_get_if_exited (daemon) && g_subprocess_get_exit_status (daemon) == 1)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                         "There are mistakes, as listed above");
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 "%s can't check provider files: it ended in an unexpected way", command[0]);
  return FALSE;
}
