/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-spawn TIMES -- COMMAND… -- COMMAND…: whole processes, from spawn to exit, the commands
 * taking turns; their output goes to /dev/null. Prints a JSON list with the median and the 99th
 * percentile of each. In C because the loop of an interpreter would be a good part of what is
 * measured.
 */
#include <fcntl.h>
#include <glib.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "samples.h"

#define COMMANDS_MAX 8

static gint64
run_once (char **command, const posix_spawn_file_actions_t *actions)
{
  pid_t pid = 0;
  int status = 0;
  gint64 begin = samples_now ();
  if (posix_spawn (&pid, command[0], actions, NULL, command, environ) != 0 ||
      waitpid (pid, &status, 0) != pid || status != 0)
    {
      g_printerr ("bench-spawn: %s failed (%d)\n", command[0], status);
      exit (1);
    }
  return samples_now () - begin;
}

int
main (int argc, char **argv)
{
  char **commands[COMMANDS_MAX];
  GArray *samples[COMMANDS_MAX];
  size_t n_commands = 0;

  for (int i = 2; i < argc; i++)
    if (strcmp (argv[i], "--") == 0 && i + 1 < argc && n_commands < COMMANDS_MAX)
      {
        argv[i] = NULL;
        samples[n_commands] = samples_new ();
        commands[n_commands++] = &argv[i + 1];
      }
  if (n_commands == 0)
    {
      g_printerr ("usage: bench-spawn TIMES -- COMMAND... [-- COMMAND...]\n");
      return 2;
    }

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);

  /* The first run of each fills the page cache and is forgotten. */
  int times = atoi (argv[1]);
  for (int round = -1; round < times; round++)
    for (size_t i = 0; i < n_commands; i++)
      {
        gint64 duration = run_once (commands[i], &actions);
        if (round >= 0)
          samples_add (samples[i], duration);
      }

  g_print ("[");
  for (size_t i = 0; i < n_commands; i++)
    {
      g_print ("%s{\"median\": %.1f, \"p99\": %.1f}", i > 0 ? ", " : "",
               samples_quantile (samples[i], 0.5), samples_quantile (samples[i], 0.99));
      g_array_unref (samples[i]);
    }
  g_print ("]\n");
  posix_spawn_file_actions_destroy (&actions);
  return 0;
}
