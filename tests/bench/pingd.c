/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * pingd NAME: a service that owns a name and does nothing: the floor for everything that a GDBus
 * daemon costs. GDBus itself answers org.freedesktop.DBus.Peer.Ping. Built twice: pingd-links also
 * loads the libraries that clavigerd loads, and is the floor for its start and its memory.
 */
#include <gio/gio.h>
#include <glib-unix.h>
#ifdef BENCH_LINKS
#include <gnutls/gnutls.h>
#include <json-glib/json-glib.h>
#include <libsecret/secret.h>
#include <libsoup/soup.h>

/* One symbol of each, so that the linker keeps the library. */
const void *const bench_links[] = {
  gnutls_check_version,
  json_parser_new,
  secret_service_get,
  soup_session_new,
};
#endif

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_warning ("%s is taken, or there is no bus", name);
  g_main_loop_quit (user_data);
}

static gboolean
on_sigterm (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  if (argc != 2)
    {
      g_printerr ("usage: pingd NAME\n");
      return 2;
    }

  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint owner_id = g_bus_own_name (G_BUS_TYPE_SESSION, argv[1], G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE,
                                   NULL, NULL, on_name_lost, loop, NULL);
  g_unix_signal_add (SIGTERM, on_sigterm, loop);
  g_main_loop_run (loop);
  g_bus_unown_name (owner_id);
  return 0;
}
