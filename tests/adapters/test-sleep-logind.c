/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sleep port on a logind that is played on a private system bus.
 */
#include <errno.h>
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <unistd.h>

#include "adapters/sleep-logind.h"
#include "private-bus.h"
#include "wait-for.h"

#define NAME "org.freedesktop.login1"
#define PATH "/org/freedesktop/login1"
#define MANAGER "org.freedesktop.login1.Manager"

static const char introspection[] =
    "<node><interface name='org.freedesktop.login1.Manager'><method name='Inhibit'>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='h' direction='out'/></method>"
    "<property name='PreparingForSleep' type='b' access='read'/>"
    "</interface></node>";

typedef struct
{
  GTestDBus *bus;
  GDBusConnection *logind;
  CvgSleepLogind *sleep;
  GString *log;       /* s: about to sleep, a: awake */
  GPtrArray *calls;   /* (element-type GDBusMethodInvocation): of Inhibit, not answered */
  GArray *inhibitors; /* (element-type int): our ends, in the order they were given out */
  gboolean holds;     /* calls of Inhibit wait in @calls */
  gboolean preparing;
} Fixture;

/* ---- the played logind ---- */

static void
give_inhibitor (Fixture *fixture, GDBusMethodInvocation *invocation)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  int ends[2] = { -1, -1 };

  if (fixture->preparing)
    {
      g_dbus_method_invocation_return_dbus_error (
          invocation, "org.freedesktop.login1.OperationInProgress", "it is too late for that");
      return;
    }
  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_set_fd_nonblocking (ends[0], TRUE, NULL));
  g_assert_cmpint (g_unix_fd_list_append (fds, ends[1], NULL), ==, 0);
  close (ends[1]);
  g_array_append_val (fixture->inhibitors, ends[0]);
  g_dbus_method_invocation_return_value_with_unix_fd_list (invocation, g_variant_new ("(h)", 0),
                                                           fds);
}

static void
on_method (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *method,
           GVariant *parameters,
           GDBusMethodInvocation *invocation,
           gpointer user_data)
{
  Fixture *fixture = user_data;
  const char *what = NULL;
  const char *who = NULL;
  const char *why = NULL;
  const char *mode = NULL;

  g_variant_get (parameters, "(&s&s&s&s)", &what, &who, &why, &mode);
  g_assert_cmpstr (what, ==, "sleep");
  g_assert_cmpstr (who, ==, "Claviger");
  g_assert_cmpstr (why, !=, "");
  g_assert_cmpstr (mode, ==, "delay");
  if (fixture->holds)
    g_ptr_array_add (fixture->calls, invocation);
  else
    give_inhibitor (fixture, invocation);
}

static GVariant *
get_property (GDBusConnection *connection,
              const char *sender,
              const char *path,
              const char *interface,
              const char *name,
              GError **error,
              gpointer user_data)
{
  return g_variant_new_boolean (((Fixture *) user_data)->preparing);
}

static void
start_logind (Fixture *fixture)
{
  private_bus_take_name (fixture->logind, NAME);
}

static void
end_logind (Fixture *fixture)
{
  private_bus_leave_name (fixture->logind, NAME);
}

static void
prepare_for_sleep (Fixture *fixture, gboolean start)
{
  g_autoptr (GError) error = NULL;

  fixture->preparing = start;
  g_dbus_connection_emit_signal (fixture->logind, NULL, PATH, MANAGER, "PrepareForSleep",
                                 g_variant_new ("(b)", start), &error);
  g_assert_no_error (error);
}

/* Its other end is open somewhere. */
static gboolean
is_held (Fixture *fixture, guint index)
{
  char byte = 0;

  g_assert_cmpuint (index, <, fixture->inhibitors->len);
  return read (g_array_index (fixture->inhibitors, int, index), &byte, 1) < 0 && errno == EAGAIN;
}

static gboolean
on_released (int fd, GIOCondition condition, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_until_released (Fixture *fixture, guint index)
{
  gboolean released = FALSE;

  g_unix_fd_add (g_array_index (fixture->inhibitors, int, index), G_IO_HUP, on_released, &released);
  WAIT_FOR (released);
}

/* ---- */

static void
on_about_to_sleep (CvgSleep *sleep, gpointer user_data)
{
  g_string_append_c (user_data, 's');
}

static void
on_awake (CvgSleep *sleep, gpointer user_data)
{
  g_string_append_c (user_data, 'a');
}

static void
connect_logind (Fixture *fixture)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_method,
                                               .get_property = get_property };

  fixture->logind = private_bus_connect (fixture->bus);
  private_bus_play (fixture->logind, PATH, introspection, &vtable, fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->log = g_string_new (NULL);
  fixture->calls = g_ptr_array_new ();
  fixture->inhibitors = g_array_new (FALSE, FALSE, sizeof (int));
  fixture->bus = private_bus_new ();
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (fixture->bus), TRUE);
  connect_logind (fixture);
  fixture->sleep = cvg_sleep_logind_new ();
  g_signal_connect (fixture->sleep, "about-to-sleep", G_CALLBACK (on_about_to_sleep), fixture->log);
  g_signal_connect (fixture->sleep, "awake", G_CALLBACK (on_awake), fixture->log);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cvg_sleep_logind_stop (fixture->sleep);
  WAIT_FOR (G_OBJECT (fixture->sleep)->ref_count == 1);
  g_assert_finalize_object (fixture->sleep);
  for (guint i = 0; i < fixture->inhibitors->len; i++)
    {
      wait_until_released (fixture, i);
      close (g_array_index (fixture->inhibitors, int, i));
    }
  g_array_unref (fixture->inhibitors);
  g_ptr_array_unref (fixture->calls);
  g_object_unref (fixture->logind);
  g_test_dbus_down (fixture->bus);
  g_object_unref (fixture->bus);
  g_string_free (fixture->log, TRUE);
}

static void
start (Fixture *fixture)
{
  start_logind (fixture);
  cvg_sleep_logind_start (fixture->sleep);
  WAIT_FOR (fixture->inhibitors->len == 1);
  /* And what else is on its way. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_turns (Fixture *fixture, gconstpointer data)
{
  CvgSleep *sleep = CVG_SLEEP (fixture->sleep);

  start (fixture);
  cvg_sleep_allow (sleep); /* nobody asked */
  g_assert_true (is_held (fixture, 0));

  prepare_for_sleep (fixture, TRUE);
  prepare_for_sleep (fixture, TRUE);
  WAIT_FOR (g_str_equal (fixture->log->str, "s"));
  g_assert_true (is_held (fixture, 0));
  cvg_sleep_allow (sleep);
  wait_until_released (fixture, 0);
  cvg_sleep_allow (sleep);
  g_assert_cmpuint (fixture->inhibitors->len, ==, 1);

  prepare_for_sleep (fixture, FALSE);
  WAIT_FOR (g_str_equal (fixture->log->str, "sa"));
  WAIT_FOR (fixture->inhibitors->len == 2);
  prepare_for_sleep (fixture, FALSE);
  prepare_for_sleep (fixture, TRUE);
  WAIT_FOR (g_str_equal (fixture->log->str, "sas"));
  g_assert_true (is_held (fixture, 1));
}

/* logind's patience ran out: the inhibitor is as good as before. */
static void
test_not_allowed (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  prepare_for_sleep (fixture, TRUE);
  prepare_for_sleep (fixture, FALSE);
  prepare_for_sleep (fixture, TRUE);
  WAIT_FOR (g_str_equal (fixture->log->str, "sas"));
  g_assert_true (is_held (fixture, 0));
  g_assert_cmpuint (fixture->inhibitors->len, ==, 1);
}

/* It comes too late to be of use. */
static void
test_allowed_before_it_came (Fixture *fixture, gconstpointer data)
{
  fixture->holds = TRUE;
  start_logind (fixture);
  cvg_sleep_logind_start (fixture->sleep);
  WAIT_FOR (fixture->calls->len == 1);
  prepare_for_sleep (fixture, TRUE);
  WAIT_FOR (g_str_equal (fixture->log->str, "s"));
  cvg_sleep_allow (CVG_SLEEP (fixture->sleep));

  fixture->preparing = FALSE;
  give_inhibitor (fixture, fixture->calls->pdata[0]);
  wait_until_released (fixture, 0);
}

static void
test_restart (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  end_logind (fixture);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (is_held (fixture, 0)); /* logind remembers it */
  start_logind (fixture);
  WAIT_FOR (fixture->inhibitors->len == 2);
  wait_until_released (fixture, 0);
  g_assert_true (is_held (fixture, 1));

  prepare_for_sleep (fixture, TRUE);
  WAIT_FOR (g_str_equal (fixture->log->str, "s"));
  end_logind (fixture);
  WAIT_FOR (g_str_equal (fixture->log->str, "sa"));
}

/* Started between the word and the sleep. */
static void
test_starts_late (Fixture *fixture, gconstpointer data)
{
  fixture->preparing = TRUE;
  start_logind (fixture);
  cvg_sleep_logind_start (fixture->sleep);
  WAIT_FOR (g_str_equal (fixture->log->str, "s"));
  g_assert_cmpuint (fixture->inhibitors->len, ==, 0);
  prepare_for_sleep (fixture, FALSE);
  WAIT_FOR (g_str_equal (fixture->log->str, "sa"));
  WAIT_FOR (fixture->inhibitors->len == 1);
}

static void
test_logind_comes_later (Fixture *fixture, gconstpointer data)
{
  cvg_sleep_logind_start (fixture->sleep);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  start_logind (fixture);
  WAIT_FOR (fixture->inhibitors->len == 1);
  g_assert_true (is_held (fixture, 0));
  g_assert_cmpstr (fixture->log->str, ==, "");
}

static void
test_no_bus (Fixture *fixture, gconstpointer data)
{
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere", TRUE);
  cvg_sleep_logind_start (fixture->sleep);
  WAIT_FOR (G_OBJECT (fixture->sleep)->ref_count == 1);
  cvg_sleep_allow (CVG_SLEEP (fixture->sleep));
  g_assert_cmpstr (fixture->log->str, ==, "");
}

static void
test_bus_ends (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  prepare_for_sleep (fixture, TRUE);
  WAIT_FOR (g_str_equal (fixture->log->str, "s"));
  g_dbus_connection_set_exit_on_close (fixture->logind, FALSE);
  g_test_dbus_stop (fixture->bus);
  WAIT_FOR (g_str_equal (fixture->log->str, "sa"));
}

static void
test_stop (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  cvg_sleep_logind_stop (fixture->sleep);
  wait_until_released (fixture, 0);
  prepare_for_sleep (fixture, TRUE);
  /* Until the signal must have come. */
  g_variant_unref (private_bus_call (fixture->logind, "GetId", NULL));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (fixture->log->str, ==, "");
}

static void
test_garbage (Fixture *fixture, gconstpointer data)
{
  start (fixture);
  g_dbus_connection_emit_signal (fixture->logind, NULL, PATH, MANAGER, "PrepareForSleep",
                                 g_variant_new ("(s)", "true"), NULL);
  prepare_for_sleep (fixture, TRUE);
  WAIT_FOR (g_str_equal (fixture->log->str, "s"));
}

#define ADD(path, func) g_test_add ("/sleep-logind/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  ADD ("turns", test_turns);
  ADD ("not-allowed", test_not_allowed);
  ADD ("allowed-before-the-inhibitor-came", test_allowed_before_it_came);
  ADD ("logind-restarts", test_restart);
  ADD ("starts-while-sleep-is-prepared", test_starts_late);
  ADD ("logind-comes-later", test_logind_comes_later);
  ADD ("no-system-bus", test_no_bus);
  ADD ("system-bus-ends", test_bus_ends);
  ADD ("stop", test_stop);
  ADD ("garbage", test_garbage);
  return g_test_run ();
}
