/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-calls: Peer.Ping of pingd and GetAccessToken of clavigerd over the same connection, in
 * rounds that take turns, so that other work on the machine meets both alike. One call at a time
 * for the latency, then a window of calls in flight for the rate. Prints one JSON object; the first
 * call that fails ends it.
 */
#include <gio/gio.h>
#include <stdlib.h>

#include "dbus/names.h"
#include "samples.h"

typedef struct
{
  const char *key; /* in the output */
  const char *bus_name;
  const char *path;
  const char *interface;
  const char *method;
  gboolean takes_instance;
  GArray *latencies; /* (owned) */
  gint64 window_nanoseconds;
  guint window_calls;
} Target;

typedef struct
{
  GDBusConnection *bus; /* (owned) */
  GMainLoop *loop;      /* (owned) */
  const char *instance; /* (borrowed) */
  Target *target;       /* (borrowed): of the window that is running */
  int to_send;
  int in_flight;
} Bench;

static int calls = 20000;
static int rounds = 20;
static int window = 50;
static char *ping_name = NULL;

static const GOptionEntry entries[] = {
  { "calls", 'c', 0, G_OPTION_ARG_INT, &calls, "Calls of each kind", "N" },
  { "rounds", 'r', 0, G_OPTION_ARG_INT, &rounds, "Rounds that they are made in", "N" },
  { "window", 'w', 0, G_OPTION_ARG_INT, &window, "Calls in flight; 0: latency alone", "N" },
  { "ping", 'p', 0, G_OPTION_ARG_STRING, &ping_name, "The bus name of pingd", "NAME" },
  G_OPTION_ENTRY_NULL,
};

static G_NORETURN void
die (const char *what, const GError *error)
{
  g_printerr ("bench-calls: %s: %s\n", what, error->message);
  exit (1);
}

static GVariant *
arguments (const Bench *bench, const Target *target)
{
  return target->takes_instance ? g_variant_new ("(sa{sv})", bench->instance, NULL) : NULL;
}

static void
call_one_by_one (Bench *bench, Target *target, int count)
{
  for (int i = 0; i < count; i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 begin = samples_now ();
      g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
          bench->bus, target->bus_name, target->path, target->interface, target->method,
          arguments (bench, target), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
      if (reply == NULL)
        die (target->method, error);
      samples_add (target->latencies, samples_now () - begin);
    }
}

static void send_next (Bench *bench);

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bench *bench = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL)
    die (bench->target->method, error);
  bench->in_flight--;
  send_next (bench);
  if (bench->in_flight == 0)
    g_main_loop_quit (bench->loop);
}

static void
send_next (Bench *bench)
{
  const Target *target = bench->target;
  if (bench->to_send == 0)
    return;
  bench->to_send--;
  bench->in_flight++;
  g_dbus_connection_call (bench->bus, target->bus_name, target->path, target->interface,
                          target->method, arguments (bench, target), NULL, G_DBUS_CALL_FLAGS_NONE,
                          -1, NULL, on_reply, bench);
}

static void
call_in_window (Bench *bench, Target *target, int count)
{
  bench->target = target;
  bench->to_send = count;
  gint64 begin = samples_now ();
  for (int i = 0; i < window; i++)
    send_next (bench);
  g_main_loop_run (bench->loop);
  target->window_nanoseconds += samples_now () - begin;
  target->window_calls += (guint) count;
}

static void
print_results (const Target *targets, size_t n_targets)
{
  g_print ("{");
  for (size_t i = 0; i < n_targets; i++)
    {
      const Target *target = &targets[i];
      double seconds = (double) target->window_nanoseconds / 1e9;
      g_print ("%s\"%s\": {\"median\": %.1f, \"p99\": %.1f, \"rate\": %.0f}", i > 0 ? ", " : "",
               target->key, samples_quantile (target->latencies, 0.5),
               samples_quantile (target->latencies, 0.99),
               seconds > 0 ? target->window_calls / seconds : 0);
    }
  g_print ("}\n");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) options = g_option_context_new ("INSTANCE");
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    die ("usage", error);
  if (argc != 2 || ping_name == NULL || rounds < 1)
    {
      g_printerr (
          "usage: bench-calls --ping NAME [--calls N] [--rounds N] [--window N] INSTANCE\n");
      return 2;
    }

  Target targets[] = {
    { "ping", ping_name, "/", "org.freedesktop.DBus.Peer", "Ping", FALSE, samples_new (), 0, 0 },
    { "token", CVG_BUS_NAME, CVG_OBJECT_PATH, CVG_INTERFACE, "GetAccessToken", TRUE, samples_new (),
      0, 0 },
  };
  Bench bench = { .loop = g_main_loop_new (NULL, FALSE), .instance = argv[1] };
  bench.bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  if (bench.bus == NULL)
    die ("bus", error);

  /* The first round warms both up and is forgotten. */
  for (int round = -1; round < rounds; round++)
    for (size_t i = 0; i < G_N_ELEMENTS (targets); i++)
      {
        call_one_by_one (&bench, &targets[i], MAX (calls / rounds, 1));
        if (round < 0)
          g_array_set_size (targets[i].latencies, 0);
      }
  for (int round = 0; window > 0 && round < rounds; round++)
    for (size_t i = 0; i < G_N_ELEMENTS (targets); i++)
      call_in_window (&bench, &targets[i], MAX (calls / rounds, window));

  print_results (targets, G_N_ELEMENTS (targets));
  for (size_t i = 0; i < G_N_ELEMENTS (targets); i++)
    g_array_unref (targets[i].latencies);
  g_main_loop_unref (bench.loop);
  g_object_unref (bench.bus);
  return 0;
}
