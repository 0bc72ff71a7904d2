/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * clavigerd: options, signals, the bus name, the main loop, the exit status.
 */
#include <gio/gio.h>
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "daemon.h"
#include "dbus/names.h"

typedef enum
{
  STATUS_OK = 0,       /* asked to stop */
  STATUS_FAILED = 1,   /* no session bus, or another clavigerd serves it or this home already; or a
                          provider file has a mistake */
  STATUS_BAD_USAGE = 2 /* options that make no sense */
} Status;

typedef struct
{
  GMainLoop *loop;   /* (owned) */
  CvgDaemon *daemon; /* (owned) (nullable) */
  guint name_id;
  guint interrupt_id;
  guint terminate_id;
  gboolean name_acquired;
  gboolean stopping;
  Status status;
} Process;

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Process *process = user_data;

  cvg_daemon_stop_finish (CVG_DAEMON (source), result, NULL);
  g_main_loop_quit (process->loop);
}

static void
stop (Process *process, Status status)
{
  if (process->stopping)
    return;

  process->stopping = TRUE;
  process->status = status;
  cvg_daemon_stop_async (process->daemon, on_stopped, process);
}

static gboolean
on_terminate (gpointer user_data)
{
  g_message ("Asked to stop");
  stop (user_data, STATUS_OK);
  return G_SOURCE_CONTINUE;
}

static void
on_name_acquired (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Process *process = user_data;

  process->name_acquired = TRUE;
  g_message ("Serving %s", name);
  if (!process->stopping)
    cvg_daemon_begin (process->daemon);
}

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer user_data)
{
  Process *process = user_data;

  if (process->stopping)
    return;

  if (process->name_acquired)
    {
      g_message ("The name %s was taken away; stopping", name);
      stop (process, STATUS_FAILED);
      return;
    }

  /* Started twice, by the desktop and by the bus: the one that serves is enough. */
  g_message ("The name %s is taken: another clavigerd serves this session already", name);
  stop (process, STATUS_FAILED);
}

static void
on_bus_closed (GDBusConnection *connection,
               gboolean remote_peer_vanished,
               GError *error,
               gpointer user_data)
{
  g_message ("The session bus is gone; stopping");
  stop (user_data, STATUS_FAILED);
}

/* Tokens are in this process: no core file. The limit can be raised again by a child, which a
 * browser is in the worst case; that is also why the umask stays what it was. */
static void
guard_process (void)
{
  struct rlimit limit = { 0, 0 };

  getrlimit (RLIMIT_CORE, &limit);
  limit.rlim_cur = 0;
  setrlimit (RLIMIT_CORE, &limit);
}

/* The desktop's proxy resolver reads GSettings and, where the schemas are not installed, ends the
 * whole process over it. Without them there is no proxy setting to read either. To be called while
 * there is one thread: it may change the environment. */
static void
guard_proxy_resolver (void)
{
  GSettingsSchemaSource *schemas = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (schemas != NULL)
    schema = g_settings_schema_source_lookup (schemas, "org.gnome.system.proxy", TRUE);
  if (schema == NULL)
    g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", FALSE);
}

static CvgDaemonSettings
get_settings (void)
{
  const char *providers_dir = g_getenv ("CLAVIGER_PROVIDERS_DIR");
  const char *sysconf_dir = g_getenv ("CLAVIGER_SYSCONFDIR");

  return (CvgDaemonSettings){
    .providers_dir = providers_dir != NULL ? providers_dir : CVG_PROVIDERSDIR,
    .sysconf_dir = sysconf_dir != NULL ? sysconf_dir : CVG_SYSCONFDIR,
  };
}

static Status
serve (GDBusConnection *connection)
{
  g_autofree char *state_dir = g_build_filename (g_get_user_state_dir (), "claviger", NULL);
  CvgDaemonSettings settings = get_settings ();
  g_autoptr (GError) error = NULL;
  Process process = { NULL };

  settings.state_dir = state_dir;
  process.loop = g_main_loop_new (NULL, FALSE);
  process.daemon = cvg_daemon_new (connection, &settings);
  if (!cvg_daemon_start (process.daemon, &error))
    {
      g_printerr ("clavigerd: %s\n", error->message);
      process.status = STATUS_FAILED;
    }
  else
    {
      process.interrupt_id = g_unix_signal_add (SIGINT, on_terminate, &process);
      process.terminate_id = g_unix_signal_add (SIGTERM, on_terminate, &process);
      g_dbus_connection_set_exit_on_close (connection, FALSE);
      g_signal_connect (connection, "closed", G_CALLBACK (on_bus_closed), &process);
      process.name_id = g_bus_own_name_on_connection (
          connection, CVG_BUS_NAME, G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE, on_name_acquired,
          on_name_lost, &process, NULL);
      g_main_loop_run (process.loop);

      g_bus_unown_name (process.name_id);
      g_source_remove (process.interrupt_id);
      g_source_remove (process.terminate_id);
      g_signal_handlers_disconnect_by_data (connection, &process);
      /* The last answers are still in the connection's queue. */
      g_dbus_connection_flush_sync (connection, NULL, NULL);
    }

  g_clear_object (&process.daemon);
  g_main_loop_unref (process.loop);
  return process.status;
}

static void
print_mistake (const char *line)
{
  /* Not g_print(), which turns what the locale lacks into question marks. */
  fputs (line, stdout);
  fputc ('\n', stdout);
}

static void
print_fine (const char *line)
{
  fputs (line, stderr);
  fputc ('\n', stderr);
}

/* What it is to do instead of serving. */
typedef struct
{
  gboolean show_version;
  gboolean check_providers;
  char **files; /* (owned) (nullable) */
} Options;

static gboolean
parse_options (Options *options, int *argc, char ***argv)
{
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->show_version, "Print the version and exit",
      NULL },
    { "check-providers", 0, 0, G_OPTION_ARG_NONE, &options->check_providers,
      "Print each mistake in FILEs, or in all provider files, and exit", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL, "[FILE…]" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context,
                                "The credential agent of the desktop. It starts by itself: "
                                "at login, or when a program asks for it.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (g_option_context_parse (context, argc, argv, &error) &&
      (options->files == NULL || options->check_providers))
    return TRUE;

  g_printerr ("clavigerd: %s\n", error != NULL ? error->message : "it takes no arguments");
  return FALSE;
}

static Status
check_providers (char **files)
{
  const CvgDaemonSettings settings = get_settings ();

  return cvg_daemon_check_providers (&settings, (const char *const *) files, print_mistake,
                                     print_fine) ?
             STATUS_OK :
             STATUS_FAILED;
}

int
main (int argc, char **argv)
{
  Options options = { FALSE };
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  /* Debug lines go where the others go, and never into what somebody pipes. */
  g_log_writer_default_set_use_stderr (TRUE);
  g_set_prgname ("clavigerd");
  if (!parse_options (&options, &argc, &argv))
    return STATUS_BAD_USAGE;
  if (options.show_version)
    {
      g_print ("clavigerd %s\n", CVG_VERSION); /* asked for, before it serves: lint-ok */
      return STATUS_OK;
    }
  if (options.check_providers)
    return check_providers (options.files);

  guard_process ();
  guard_proxy_resolver ();
  connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  if (connection == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_printerr ("clavigerd: there is no session bus: %s\n", error->message);
      return STATUS_FAILED;
    }

  return serve (connection);
}
