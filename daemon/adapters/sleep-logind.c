/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * org.freedesktop.login1 on the system bus: a delay inhibitor, held whenever the machine is awake,
 * makes logind wait for us (5 s, unless it was told otherwise) between saying that it will sleep
 * and sleeping.
 *
 * Invariant: "about-to-sleep" and "awake" alternate, also when logind ends or is started again in
 * between: who can no longer be told that the machine is awake is told at once. A machine without a
 * system bus or without logind is one that never sleeps, which is no news for anyone.
 *
 * The fd is the inhibitor: closing it is what lets the machine sleep, and a process that ends does
 * so. An inhibitor outlives a restart of logind.
 */
#include "adapters/sleep-logind.h"

#include <gio/gunixfdlist.h>
#include <unistd.h>

#define NAME "org.freedesktop.login1"
#define PATH "/org/freedesktop/login1"
#define MANAGER "org.freedesktop.login1.Manager"

/* Shown by systemd-inhibit(1). */
#define WHO "Claviger"
#define WHY "Access tokens that are being refreshed have to be stored"

struct _CvgSleepLogind
{
  GObject parent_instance;

  GCancellable *cancellable;   /* (owned) (nullable): of all calls; %NULL until started */
  GDBusConnection *connection; /* (owned) (nullable) */
  guint watch;                 /* of the name */
  guint subscription;          /* to PrepareForSleep */
  int inhibitor;               /* (owned): fd, -1 if there is none */
  gboolean asking;             /* for an inhibitor */
  gboolean preparing;          /* "about-to-sleep" was the last that we said */
  gboolean allowed;            /* since then */
};

static void cvg_sleep_logind_sleep_init (CvgSleepInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgSleepLogind,
                               cvg_sleep_logind,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_SLEEP, cvg_sleep_logind_sleep_init))

static void
set_inhibitor (CvgSleepLogind *self, int fd)
{
  if (self->inhibitor >= 0)
    close (self->inhibitor);
  self->inhibitor = fd;
}

/* ---- the inhibitor ---- */

static void
on_inhibited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgSleepLogind) self = user_data;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), &fds, result, &error);
  int fd = -1;

  self->asking = FALSE;
  if (reply != NULL && fds != NULL && g_unix_fd_list_get_length (fds) == 1)
    fd = g_unix_fd_list_get (fds, 0, &error);
  if (fd < 0)
    {
      /* Refused while it is on its way to sleep: the next turn is after that. */
      g_debug ("No sleep inhibitor: %s", error != NULL ? error->message : "no file came");
      return;
    }
  if (g_cancellable_is_cancelled (self->cancellable) || (self->preparing && self->allowed))
    close (fd);
  else
    set_inhibitor (self, fd);
}

static void
take_inhibitor (CvgSleepLogind *self)
{
  if (self->asking)
    return;

  self->asking = TRUE;
  g_dbus_connection_call_with_unix_fd_list (self->connection, NAME, PATH, MANAGER, "Inhibit",
                                            g_variant_new ("(ssss)", "sleep", WHO, WHY, "delay"),
                                            G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                                            -1, NULL, self->cancellable, on_inhibited,
                                            g_object_ref (self));
}

/* ---- sleeping ---- */

static void
set_preparing (CvgSleepLogind *self, gboolean preparing)
{
  if (preparing == self->preparing)
    return;

  self->preparing = preparing;
  self->allowed = FALSE;
  g_debug ("The machine is %s", preparing ? "about to sleep" : "awake");
  if (preparing)
    cvg_sleep_emit_about_to_sleep (CVG_SLEEP (self));
  else
    cvg_sleep_emit_awake (CVG_SLEEP (self));
}

static void
on_prepare_for_sleep (GDBusConnection *connection,
                      const char *sender,
                      const char *path,
                      const char *interface,
                      const char *signal,
                      GVariant *parameters,
                      gpointer user_data)
{
  g_autoptr (CvgSleepLogind) self = g_object_ref (CVG_SLEEP_LOGIND (user_data));
  gboolean start = FALSE;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    return;

  g_variant_get (parameters, "(b)", &start);
  /* First of all: sleep may come again soon. */
  if (!start && self->inhibitor < 0)
    take_inhibitor (self);
  set_preparing (self, start);
}

static void
sleep_logind_allow (CvgSleep *sleep)
{
  CvgSleepLogind *self = CVG_SLEEP_LOGIND (sleep);

  if (!self->preparing)
    return;

  self->allowed = TRUE;
  set_inhibitor (self, -1);
}

/* ---- logind comes and goes ---- */

static void
on_preparing_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgSleepLogind) self = user_data;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) value = NULL;

  if (reply == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;

  g_variant_get (reply, "(v)", &value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    set_preparing (self, g_variant_get_boolean (value));
}

/* Whoever comes into a sleep that has been announced has missed the signal. */
static void
on_appeared (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  CvgSleepLogind *self = user_data;

  take_inhibitor (self);
  g_dbus_connection_call (connection, NAME, PATH, "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", MANAGER, "PreparingForSleep"),
                          G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                          self->cancellable, on_preparing_read, g_object_ref (self));
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_autoptr (CvgSleepLogind) self = g_object_ref (CVG_SLEEP_LOGIND (user_data));

  set_preparing (self, FALSE);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgSleepLogind) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);

  if (connection == NULL || g_cancellable_is_cancelled (self->cancellable))
    {
      g_debug ("Nobody will say when the machine sleeps: %s",
               error != NULL ? error->message : "stopped");
      return;
    }

  /* Whatever happens to the system bus is no reason for us to end. */
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  self->connection = g_steal_pointer (&connection);
  self->subscription = g_dbus_connection_signal_subscribe (
      self->connection, NAME, MANAGER, "PrepareForSleep", PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_prepare_for_sleep, self, NULL);
  self->watch = g_bus_watch_name_on_connection (
      self->connection, NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared, on_vanished, self, NULL);
}

/* ---- object ---- */

static void
cvg_sleep_logind_dispose (GObject *object)
{
  cvg_sleep_logind_stop (CVG_SLEEP_LOGIND (object));

  G_OBJECT_CLASS (cvg_sleep_logind_parent_class)->dispose (object);
}

static void
cvg_sleep_logind_finalize (GObject *object)
{
  g_clear_object (&CVG_SLEEP_LOGIND (object)->cancellable);

  G_OBJECT_CLASS (cvg_sleep_logind_parent_class)->finalize (object);
}

static void
cvg_sleep_logind_class_init (CvgSleepLogindClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cvg_sleep_logind_dispose;
  G_OBJECT_CLASS (klass)->finalize = cvg_sleep_logind_finalize;
}

static void
cvg_sleep_logind_sleep_init (CvgSleepInterface *iface)
{
  iface->allow = sleep_logind_allow;
}

static void
cvg_sleep_logind_init (CvgSleepLogind *self)
{
  self->inhibitor = -1;
}

/** cvg_sleep_logind_new: Returns: (transfer full): a machine that nobody listens to yet */
CvgSleepLogind *
cvg_sleep_logind_new (void)
{
  return g_object_new (CVG_TYPE_SLEEP_LOGIND, NULL);
}

/** cvg_sleep_logind_start: begins to listen, once, and to hold an inhibitor */
void
cvg_sleep_logind_start (CvgSleepLogind *self)
{
  g_return_if_fail (CVG_IS_SLEEP_LOGIND (self));
  g_return_if_fail (self->cancellable == NULL);

  self->cancellable = g_cancellable_new ();
  g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_connected, g_object_ref (self));
}

/** cvg_sleep_logind_stop: says nothing any more, and keeps no machine awake */
void
cvg_sleep_logind_stop (CvgSleepLogind *self)
{
  g_return_if_fail (CVG_IS_SLEEP_LOGIND (self));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  self->subscription = 0;
  set_inhibitor (self, -1);
  g_clear_object (&self->connection);
}
