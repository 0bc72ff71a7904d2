/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-start NAME COMMAND…: starts a service, prints the microseconds until its name is owned,
 * ends it with SIGTERM and waits until it is gone.
 */
#include <gio/gio.h>
#include <signal.h>

#include "samples.h"

typedef struct
{
  GMainLoop *loop;
  gint64 owned_at; /* 0: not yet */
} Start;

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  Start *start = user_data;
  start->owned_at = samples_now ();
  g_main_loop_quit (start->loop);
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Start *start = user_data;
  /* Said once at the beginning too: nobody has it yet, and the watch is in place. */
  g_main_loop_quit (start->loop);
}

static gboolean
on_timeout (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (argc < 3)
    {
      g_printerr ("usage: bench-start NAME COMMAND...\n");
      return 2;
    }

  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Start start = { .loop = loop };
  guint watch = g_bus_watch_name (G_BUS_TYPE_SESSION, argv[1], G_BUS_NAME_WATCHER_FLAGS_NONE,
                                  on_appeared, on_vanished, &start, NULL);
  guint timeout = g_timeout_add_seconds (10, on_timeout, loop);
  g_main_loop_run (loop);
  if (start.owned_at != 0)
    {
      g_printerr ("bench-start: somebody has %s already\n", argv[1]);
      return 1;
    }

  gint64 begin = samples_now ();
  g_autoptr (GSubprocess) service =
      g_subprocess_newv ((const char *const *) argv + 2, G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  if (service == NULL)
    {
      g_printerr ("bench-start: %s\n", error->message);
      return 1;
    }
  g_main_loop_run (loop);
  g_subprocess_send_signal (service, SIGTERM);
  g_subprocess_wait (service, NULL, NULL);
  g_bus_unwatch_name (watch);
  g_source_remove (timeout);
  if (start.owned_at == 0)
    {
      g_printerr ("bench-start: %s has not got its name\n", argv[2]);
      return 1;
    }
  g_print ("%.1f\n", (double) (start.owned_at - begin) / 1000.0);
  return 0;
}
