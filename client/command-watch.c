/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * claviger watch: a line for each change, until it is stopped. The daemon tells only those who have
 * called it; whenever a new one takes over the name it is called again, and what changed in between
 * is told late rather than never.
 */
#include <signal.h>
#include <stdio.h>

#include <gio/gio.h>
#include <glib-unix.h>

#include "client/commands.h"
#include "client/connection.h"
#include "client/output.h"
#include "client/vardict.h"
#include "dbus/names.h"

#define REMOVED "removed"

typedef struct
{
  const CvgCli *cli;     /* (borrowed) */
  GMainLoop *loop;       /* (owned) */
  GHashTable *instances; /* (owned) (element-type utf8 GVariant): as last told, by id */
  GError *error;         /* (owned) (nullable) */
  gboolean lost;         /* whether the daemon that was called last has left */
} Watch;

static void
print_change (const Watch *watch, GVariant *instance, const char *id, const char *status)
{
  g_autofree char *time = cvg_output_format_time (g_get_real_time () / G_USEC_PER_SEC);
  g_autofree char *line = NULL;
  g_autofree char *printable = NULL;

  if (watch->cli->json)
    {
      g_auto (GVariantDict) change = G_VARIANT_DICT_INIT (instance);

      g_variant_dict_insert (&change, "instance-id", "s", id);
      g_variant_dict_insert (&change, "status", "s", status);
      cvg_output_print_json_line (g_variant_dict_end (&change));
      return;
    }

  line = g_strdup_printf ("%s  %s  %-14s  %s  %s", time, id, status,
                          instance != NULL ? cvg_vardict_get_string (instance, "server-name") : "",
                          instance != NULL ? cvg_vardict_get_string (instance, "label") : "");
  printable = cvg_output_make_printable (g_strchomp (line));
  cvg_output_print_line (printable);
  fflush (stdout);
}

/* Returns: (transfer full) (nullable): what there is now, by id */
static GHashTable *
fetch (GError **error)
{
  g_autoptr (GVariant) list = cvg_connection_list_instances (NULL, NULL, error);
  g_autoptr (GHashTable) instances = NULL;

  if (list == NULL)
    return NULL;

  instances =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  for (size_t i = 0; i < g_variant_n_children (list); i++)
    {
      GVariant *instance = g_variant_get_child_value (list, i);

      g_hash_table_insert (instances, g_strdup (cvg_vardict_get_string (instance, "instance-id")),
                           instance);
    }
  return g_steal_pointer (&instances);
}

static gboolean
differs (GVariant *before, GVariant *now)
{
  return before == NULL || !g_str_equal (cvg_vardict_get_string (before, "status"),
                                         cvg_vardict_get_string (now, "status"));
}

/* Takes in what there is now, and tells what differs from what was told last. */
static void
catch_up (Watch *watch)
{
  g_autoptr (GHashTable) now = fetch (NULL);
  GHashTableIter iter = { 0 };
  void *id = NULL;
  void *instance = NULL;

  if (now == NULL)
    return;

  g_hash_table_iter_init (&iter, now);
  while (g_hash_table_iter_next (&iter, &id, &instance))
    if (differs (g_hash_table_lookup (watch->instances, id), instance))
      print_change (watch, instance, id, cvg_vardict_get_string (instance, "status"));

  g_hash_table_iter_init (&iter, watch->instances);
  while (g_hash_table_iter_next (&iter, &id, &instance))
    if (!g_hash_table_contains (now, id))
      print_change (watch, instance, id, REMOVED);

  g_hash_table_unref (watch->instances);
  watch->instances = g_steal_pointer (&now);
}

static void
on_instance_signal (GDBusConnection *connection,
                    const char *sender,
                    const char *path,
                    const char *interface,
                    const char *signal,
                    GVariant *parameters,
                    void *user_data)
{
  Watch *watch = user_data;
  const char *id = NULL;
  const char *status = NULL;

  if (g_str_equal (signal, "InstanceRemoved") &&
      g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(s)")))
    {
      g_variant_get (parameters, "(&s)", &id);
      print_change (watch, g_hash_table_lookup (watch->instances, id), id, REMOVED);
      g_hash_table_remove (watch->instances, id);
    }
  else if (g_str_equal (signal, "InstanceChanged") &&
           g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ss)")))
    {
      /* The signal has no names: the list does. */
      g_autoptr (GHashTable) now = fetch (NULL);

      g_variant_get (parameters, "(&s&s)", &id, &status);
      if (now != NULL)
        {
          g_hash_table_unref (watch->instances);
          watch->instances = g_steal_pointer (&now);
        }
      print_change (watch, g_hash_table_lookup (watch->instances, id), id, status);
    }
}

static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, void *user_data)
{
  Watch *watch = user_data;

  if (watch->lost)
    catch_up (watch);
  watch->lost = FALSE;
}

/* A daemon that has nothing to do may leave; only the loss of the bus ends the watch. */
static void
on_vanished (GDBusConnection *connection, const char *name, void *user_data)
{
  Watch *watch = user_data;

  watch->lost = TRUE;
  if (connection != NULL)
    return;

  g_set_error_literal (&watch->error, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED,
                       "The session bus went away");
  g_main_loop_quit (watch->loop);
}

static gboolean
on_stop (void *user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
follow (Watch *watch)
{
  GDBusConnection *connection = cvg_connection_get (NULL);
  unsigned int interrupt = g_unix_signal_add (SIGINT, on_stop, watch->loop);
  unsigned int terminate = g_unix_signal_add (SIGTERM, on_stop, watch->loop);
  unsigned int name =
      g_bus_watch_name_on_connection (connection, CVG_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                      on_appeared, on_vanished, watch, NULL);

  cvg_cli_note (watch->cli, "Watching; Ctrl-C ends it.");
  g_main_loop_run (watch->loop);

  g_bus_unwatch_name (name);
  g_source_remove (terminate);
  g_source_remove (interrupt);
}

static gboolean
run_watch (CvgCli *cli, char **arguments, GError **error)
{
  Watch watch = { .cli = cli };
  unsigned int subscription = 0;

  if (cvg_connection_get (error) == NULL)
    return FALSE;

  subscription = g_dbus_connection_signal_subscribe (
      cvg_connection_get (NULL), CVG_BUS_NAME, CVG_INTERFACE, NULL, CVG_OBJECT_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_instance_signal, &watch, NULL);
  watch.instances = fetch (error);
  if (watch.instances == NULL)
    {
      g_dbus_connection_signal_unsubscribe (cvg_connection_get (NULL), subscription);
      return FALSE;
    }

  watch.loop = g_main_loop_new (NULL, FALSE);
  follow (&watch);

  g_dbus_connection_signal_unsubscribe (cvg_connection_get (NULL), subscription);
  g_main_loop_unref (watch.loop);
  g_hash_table_unref (watch.instances);
  if (watch.error != NULL)
    g_propagate_error (error, watch.error);
  return watch.error == NULL;
}

const CvgCommand cvg_command_watch = {
  .name = "watch",
  .arguments = "",
  .summary = "Follow the changes of the instances",
  .description =
      "Prints a line for each change until it is stopped; with --json, an object a line.\n"
      "Nothing secret is printed.\n\n"
      "Example:\n"
      "  claviger --json watch | jq -r 'select(.status == \"needs-sign-in\").account'",
  .max_arguments = 0,
  .run = run_watch,
};
