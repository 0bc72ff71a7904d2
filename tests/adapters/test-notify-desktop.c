/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The notification port on a server that is played on a private session bus.
 */
#include <string.h>

#include "adapters/notify-desktop.h"
#include "private-bus.h"
#include "wait-for.h"

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"

static const char introspection[] =
    "<node><interface name='org.freedesktop.Notifications'>"
    "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
    "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='as' direction='in'/><arg type='a{sv}' direction='in'/>"
    "<arg type='i' direction='in'/><arg type='u' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "</interface></node>";

typedef struct
{
  GTestDBus *bus;
  GDBusConnection *own;
  GDBusConnection *server;
  CvgNotify *notify;
  GString *log;       /* what the server was asked */
  guint32 last;       /* the number it gave out last */
  gboolean is_plain;  /* it renders no markup */
  gboolean holds;     /* calls of Notify wait */
  gboolean refuses;   /* or fail */
  GPtrArray *waiting; /* (element-type GDBusMethodInvocation): calls of Notify */
} Fixture;

/* ---- the played server ---- */

static void
give_number (Fixture *fixture, GDBusMethodInvocation *invocation)
{
  guint32 replaces = 0;

  if (fixture->refuses)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.example.Full", "no");
      return;
    }
  g_variant_get_child (g_dbus_method_invocation_get_parameters (invocation), 1, "u", &replaces);
  g_dbus_method_invocation_return_value (
      invocation, g_variant_new ("(u)", replaces != 0 ? replaces : ++fixture->last));
}

static void
handle_notify (Fixture *fixture, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  const char *app = NULL;
  guint32 replaces = 0;
  const char *icon = NULL;
  const char *title = NULL;
  const char *body = NULL;
  g_autofree const char **actions = NULL;
  g_autoptr (GVariant) hints = NULL;
  const char *entry = NULL;
  gint32 expires = -1;

  g_variant_get (parameters, "(&su&s&s&s^a&s@a{sv}i)", &app, &replaces, &icon, &title, &body,
                 &actions, &hints, &expires);
  g_assert_cmpstr (app, ==, "Claviger");
  g_assert_null (actions[0]);
  g_assert_true (g_variant_lookup (hints, "desktop-entry", "&s", &entry));
  g_assert_cmpstr (entry, ==, "org.claviger.Auth1");
  g_assert_cmpint (expires, ==, 0);
  g_string_append_printf (fixture->log, "[%u %s: %s]", replaces, title, body);
  if (fixture->holds)
    g_ptr_array_add (fixture->waiting, invocation);
  else
    give_number (fixture, invocation);
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
  const char *const rich[] = { "body", "body-markup", NULL };
  const char *const plain[] = { "body", NULL };
  guint32 number = 0;

  if (g_str_equal (method, "Notify"))
    handle_notify (fixture, parameters, invocation);
  else if (g_str_equal (method, "GetCapabilities"))
    {
      g_string_append_c (fixture->log, '?');
      g_dbus_method_invocation_return_value (
          invocation, g_variant_new ("(^as)", fixture->is_plain ? plain : rich));
    }
  else
    {
      g_variant_get (parameters, "(u)", &number);
      g_string_append_printf (fixture->log, "[%u gone]", number);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static void
start_server (Fixture *fixture)
{
  private_bus_take_name (fixture->server, NAME);
}

static void
end_server (Fixture *fixture)
{
  private_bus_leave_name (fixture->server, NAME);
}

static void
say_closed (Fixture *fixture, guint32 number)
{
  g_assert_true (g_dbus_connection_emit_signal (fixture->server, NULL, PATH, NAME,
                                                "NotificationClosed",
                                                g_variant_new ("(uu)", number, 2), NULL));
}

/* ---- */

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_method };

  fixture->log = g_string_new (NULL);
  fixture->waiting = g_ptr_array_new ();
  fixture->bus = private_bus_new ();
  fixture->own = private_bus_connect (fixture->bus);
  fixture->server = private_bus_connect (fixture->bus);
  private_bus_play (fixture->server, PATH, introspection, &vtable, fixture);
  fixture->notify = CVG_NOTIFY (cvg_notify_desktop_new (fixture->own));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cvg_notify_desktop_stop (CVG_NOTIFY_DESKTOP (fixture->notify));
  WAIT_FOR (G_OBJECT (fixture->notify)->ref_count == 1);
  g_assert_finalize_object (fixture->notify);
  g_object_unref (fixture->own);
  g_object_unref (fixture->server);
  g_ptr_array_unref (fixture->waiting);
  g_test_dbus_down (fixture->bus);
  g_object_unref (fixture->bus);
  g_string_free (fixture->log, TRUE);
}

/* All that is on its way has come: a call behind it was answered. */
static void
on_pong (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  *(gboolean *) user_data = TRUE;
}

static void
settle (Fixture *fixture)
{
  GDBusConnection *const ends[] = { fixture->own, fixture->server };

  /* There and back, and what that led to. */
  for (guint i = 0; i < 3 * G_N_ELEMENTS (ends); i++)
    {
      const char *peer = g_dbus_connection_get_unique_name (ends[(i + 1) % G_N_ELEMENTS (ends)]);
      gboolean answered = FALSE;

      g_dbus_connection_call (ends[i % G_N_ELEMENTS (ends)], peer, "/", "org.freedesktop.DBus.Peer",
                              "Ping", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, DEADLINE, NULL, on_pong,
                              &answered);
      WAIT_FOR (answered);
    }
}

static void
assert_asked (Fixture *fixture, const char *expected)
{
  settle (fixture);
  g_assert_cmpstr (fixture->log->str, ==, expected);
  g_string_truncate (fixture->log, 0);
}

static void
test_show_and_withdraw (Fixture *fixture, gconstpointer data)
{
  start_server (fixture);
  cvg_notify_show (fixture->notify, "a", "First & last", "<b> & co");
  cvg_notify_show (fixture->notify, "b", "Other", "text");
  settle (fixture);
  /* Both orders are right. */
  if (fixture->log->str[1] == '[' && fixture->log->str[4] == 'O')
    assert_asked (fixture, "?[0 Other: text][0 First & last: &lt;b&gt; &amp; co]");
  else
    assert_asked (fixture, "?[0 First & last: &lt;b&gt; &amp; co][0 Other: text]");
  cvg_notify_withdraw (fixture->notify, "b");
  cvg_notify_withdraw (fixture->notify, "a");
  cvg_notify_withdraw (fixture->notify, "a");
  cvg_notify_withdraw (fixture->notify, "never");
  settle (fixture);
  g_assert_cmpuint (fixture->log->len, ==, 2 * strlen ("[1 gone]"));
}

static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  fixture->is_plain = TRUE;
  start_server (fixture);
  cvg_notify_show (fixture->notify, "a", "A", "<1>");
  assert_asked (fixture, "?[0 A: <1>]");
  cvg_notify_show (fixture->notify, "a", "A", "2");
  assert_asked (fixture, "[1 A: 2]");
  cvg_notify_withdraw (fixture->notify, "a");
  assert_asked (fixture, "[1 gone]");
  cvg_notify_show (fixture->notify, "a", "A", "3");
  assert_asked (fixture, "[0 A: 3]");
}

/* What is wanted while the server thinks: only the last of it, and by the number it then has. */
static void
test_one_at_a_time (Fixture *fixture, gconstpointer data)
{
  fixture->holds = TRUE;
  start_server (fixture);
  cvg_notify_show (fixture->notify, "a", "A", "1");
  WAIT_FOR (fixture->waiting->len == 1);
  cvg_notify_show (fixture->notify, "a", "A", "2");
  cvg_notify_show (fixture->notify, "a", "A", "3");
  assert_asked (fixture, "?[0 A: 1]");
  give_number (fixture, fixture->waiting->pdata[0]);
  WAIT_FOR (fixture->waiting->len == 2);
  assert_asked (fixture, "[1 A: 3]");

  cvg_notify_show (fixture->notify, "a", "A", "4");
  cvg_notify_withdraw (fixture->notify, "a");
  give_number (fixture, fixture->waiting->pdata[1]);
  assert_asked (fixture, "[1 gone]");

  cvg_notify_show (fixture->notify, "a", "A", "5");
  WAIT_FOR (fixture->waiting->len == 3);
  cvg_notify_withdraw (fixture->notify, "a");
  cvg_notify_show (fixture->notify, "a", "A", "6");
  give_number (fixture, fixture->waiting->pdata[2]);
  WAIT_FOR (fixture->waiting->len == 4);
  assert_asked (fixture, "[0 A: 5][2 A: 6]");
  give_number (fixture, fixture->waiting->pdata[3]);
}

static void
test_closed_by_person (Fixture *fixture, gconstpointer data)
{
  start_server (fixture);
  cvg_notify_show (fixture->notify, "a", "A", "1");
  assert_asked (fixture, "?[0 A: 1]");
  say_closed (fixture, 7);
  say_closed (fixture, 1);
  settle (fixture);
  cvg_notify_withdraw (fixture->notify, "a");
  assert_asked (fixture, "");
  cvg_notify_show (fixture->notify, "a", "A", "2");
  assert_asked (fixture, "[0 A: 2]");

  /* Closed while it is replaced: it comes again, since there is news. */
  fixture->holds = TRUE;
  cvg_notify_show (fixture->notify, "a", "A", "3");
  WAIT_FOR (fixture->waiting->len == 1);
  say_closed (fixture, 2);
  settle (fixture);
  give_number (fixture, fixture->waiting->pdata[0]);
  settle (fixture);
  cvg_notify_withdraw (fixture->notify, "a");
  assert_asked (fixture, "[2 A: 3][2 gone]");
}

static void
test_server_restarts (Fixture *fixture, gconstpointer data)
{
  start_server (fixture);
  cvg_notify_show (fixture->notify, "a", "A", "<1>");
  cvg_notify_show (fixture->notify, "b", "B", "1");
  settle (fixture);
  g_string_truncate (fixture->log, 0);
  end_server (fixture);
  settle (fixture);
  fixture->is_plain = TRUE;
  fixture->last = 40;
  start_server (fixture);
  settle (fixture);

  cvg_notify_withdraw (fixture->notify, "b");
  assert_asked (fixture, "");
  cvg_notify_show (fixture->notify, "a", "A", "<2>");
  assert_asked (fixture, "?[0 A: <2>]");
  cvg_notify_withdraw (fixture->notify, "a");
  assert_asked (fixture, "[41 gone]");
}

/* The answer of a server that is gone, after another was asked. */
static void
test_server_dies (Fixture *fixture, gconstpointer data)
{
  fixture->holds = TRUE;
  start_server (fixture);
  cvg_notify_show (fixture->notify, "a", "A", "1");
  WAIT_FOR (fixture->waiting->len == 1);
  end_server (fixture);
  settle (fixture);
  cvg_notify_show (fixture->notify, "b", "B", "1");
  settle (fixture);
  fixture->refuses = TRUE;
  give_number (fixture, fixture->waiting->pdata[0]);
  settle (fixture);
  fixture->refuses = FALSE;
  fixture->holds = FALSE;
  g_string_truncate (fixture->log, 0);

  start_server (fixture);
  cvg_notify_withdraw (fixture->notify, "a");
  cvg_notify_show (fixture->notify, "a", "A", "2");
  assert_asked (fixture, "?[0 A: 2]");
}

static void
test_nobody (Fixture *fixture, gconstpointer data)
{
  cvg_notify_show (fixture->notify, "a", "A", "1");
  settle (fixture);
  cvg_notify_show (fixture->notify, "a", "A", "2");
  cvg_notify_withdraw (fixture->notify, "a");
  settle (fixture);
  start_server (fixture);
  assert_asked (fixture, "");
  cvg_notify_show (fixture->notify, "a", "A", "3");
  assert_asked (fixture, "?[0 A: 3]");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  fixture->refuses = TRUE;
  start_server (fixture);
  cvg_notify_show (fixture->notify, "a", "A", "1");
  cvg_notify_withdraw (fixture->notify, "a");
  assert_asked (fixture, "?");
  cvg_notify_show (fixture->notify, "a", "A", "2");
  settle (fixture);
  cvg_notify_withdraw (fixture->notify, "a");
  assert_asked (fixture, "[0 A: 2]");
}

static void
test_stop (Fixture *fixture, gconstpointer data)
{
  start_server (fixture);
  cvg_notify_show (fixture->notify, "a", "A", "1");
  assert_asked (fixture, "?[0 A: 1]");
  cvg_notify_desktop_stop (CVG_NOTIFY_DESKTOP (fixture->notify));
  cvg_notify_show (fixture->notify, "b", "B", "1");
  cvg_notify_withdraw (fixture->notify, "a");
  assert_asked (fixture, "");
}

#define ADD(path, func) g_test_add ("/notify-desktop/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  ADD ("show-and-withdraw", test_show_and_withdraw);
  ADD ("replaced", test_replaced);
  ADD ("one-at-a-time", test_one_at_a_time);
  ADD ("closed-by-the-person", test_closed_by_person);
  ADD ("server-restarts", test_server_restarts);
  ADD ("server-dies-with-a-call", test_server_dies);
  ADD ("nobody-shows-any", test_nobody);
  ADD ("refused", test_refused);
  ADD ("stop", test_stop);
  return g_test_run ();
}
