/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * org.freedesktop.Notifications on the session bus. Whoever shows notifications there is started by
 * the bus if need be; where nobody can be, nothing is shown and nobody hears of it.
 *
 * Invariant: one call at a time for an id. What is wanted meanwhile waits for its answer, which has
 * the number by which the server lets itself be told to replace or close it. A number counts until
 * the server says that the notification was closed, or leaves the bus.
 *
 * Before the first thing is shown nothing here listens to anything.
 */
#include "adapters/notify-desktop.h"

#include "dbus/names.h"

#define NAME "org.freedesktop.Notifications"
#define PATH "/org/freedesktop/Notifications"
#define INTERFACE "org.freedesktop.Notifications"

#define APP_NAME "Claviger"
/* Of the names that every icon theme has. */
#define ICON "dialog-password"
/* What is shown here waits for a person, and is withdrawn when it is no longer true. */
#define NEVER_EXPIRES 0

/* What the server at hand does with the text of a body. */
typedef enum
{
  MARKUP_UNKNOWN, /* not asked yet */
  MARKUP_ASKED,
  MARKUP_PLAIN,
  MARKUP_RENDERED,
} Markup;

/* One id of our caller's; there while it is shown, or to be. */
typedef struct
{
  CvgNotifyDesktop *notify; /* (borrowed) */
  char *id;                 /* (owned) */
  char *title;              /* (owned) (nullable): %NULL: it is to go */
  char *body;               /* (owned) (nullable): likewise */
  guint32 shown;            /* the server's number, 0 if it shows none */
  gboolean busy;            /* a call for it is under way */
  gboolean changed;         /* since that call, or there was none */
} Note;

struct _CvgNotifyDesktop
{
  GObject parent_instance;

  GDBusConnection *connection; /* (owned) */
  GCancellable *cancellable;   /* (owned): of all calls */
  GHashTable *notes;           /* (owned) (element-type utf8 Note): by id, which it borrows */
  Markup markup;
  guint watch;        /* of the name; 0 until something is shown */
  guint subscription; /* to NotificationClosed; likewise */
};

static void cvg_notify_desktop_notify_init (CvgNotifyInterface *iface);
static void go_on (CvgNotifyDesktop *self, Note *note);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgNotifyDesktop,
                               cvg_notify_desktop,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_NOTIFY,
                                                      cvg_notify_desktop_notify_init))

static void
note_free (gpointer data)
{
  Note *note = data;

  g_free (note->id);
  g_free (note->title);
  g_free (note->body);
  g_free (note);
}

/* Nothing is shown any more. A note that has a call under way is for that call to remove, and one
 * that still waits for its first may get it. */
static void
forget_shown (CvgNotifyDesktop *self)
{
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->notes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Note *note = value;

      note->shown = 0;
      if (!note->busy && !note->changed)
        g_hash_table_iter_remove (&iter);
    }
}

static void
forget_wanted (CvgNotifyDesktop *self)
{
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->notes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((Note *) value)->changed = FALSE;
  forget_shown (self);
}

/* ---- calls ---- */

static void
call (CvgNotifyDesktop *self,
      const char *method,
      GVariant *parameters,
      const char *reply_type,
      GDBusCallFlags flags,
      GAsyncReadyCallback callback,
      gpointer user_data)
{
  g_dbus_connection_call (self->connection, NAME, PATH, INTERFACE, method, parameters,
                          G_VARIANT_TYPE (reply_type), flags, -1, self->cancellable, callback,
                          user_data);
}

static GVariant *
describe (CvgNotifyDesktop *self, const Note *note)
{
  g_autofree char *escaped =
      self->markup == MARKUP_RENDERED ? g_markup_escape_text (note->body, -1) : NULL;
  GVariantBuilder hints;

  g_variant_builder_init (&hints, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&hints, "{sv}", "desktop-entry", g_variant_new_string (CVG_BUS_NAME));
  return g_variant_new ("(susss@asa{sv}i)", APP_NAME, note->shown, ICON, note->title,
                        escaped != NULL ? escaped : note->body, g_variant_new_strv (NULL, 0),
                        &hints, NEVER_EXPIRES);
}

/* A note stays in the table while a call for it is under way. */
static void
on_notified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Note *note = user_data;
  g_autoptr (CvgNotifyDesktop) self = note->notify;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  note->busy = FALSE;
  if (reply == NULL)
    {
      g_debug ("A notification can't be shown: %s", error->message);
      note->shown = 0;
    }
  else
    g_variant_get (reply, "(u)", &note->shown);
  go_on (self, note);
}

static void
on_capabilities (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgNotifyDesktop) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autofree const char **capabilities = NULL;
  g_autoptr (GList) notes = NULL;

  if (reply == NULL)
    {
      g_debug ("Nobody shows notifications: %s", error->message);
      self->markup = MARKUP_UNKNOWN;
      forget_wanted (self);
      return;
    }

  g_variant_get (reply, "(^a&s)", &capabilities);
  self->markup = g_strv_contains (capabilities, "body-markup") ? MARKUP_RENDERED : MARKUP_PLAIN;
  notes = g_hash_table_get_values (self->notes);
  for (GList *link = notes; link != NULL; link = link->next)
    go_on (self, link->data);
}

/* ---- what is wanted ---- */

static void
withdraw (CvgNotifyDesktop *self, Note *note)
{
  if (note->shown != 0 && !g_cancellable_is_cancelled (self->cancellable))
    call (self, "CloseNotification", g_variant_new ("(u)", note->shown), "()",
          G_DBUS_CALL_FLAGS_NO_AUTO_START, NULL, NULL);
  g_hash_table_remove (self->notes, note->id);
}

/* Does the next thing for @note, which it may free. */
static void
go_on (CvgNotifyDesktop *self, Note *note)
{
  if (note->busy || self->markup == MARKUP_ASKED)
    return;
  if (note->title == NULL || g_cancellable_is_cancelled (self->cancellable))
    {
      withdraw (self, note);
      return;
    }
  if (!note->changed)
    {
      /* Nobody shows it: it was refused, or was closed while it was replaced. */
      if (note->shown == 0)
        g_hash_table_remove (self->notes, note->id);
      return;
    }
  if (self->markup == MARKUP_UNKNOWN)
    {
      self->markup = MARKUP_ASKED;
      call (self, "GetCapabilities", NULL, "(as)", G_DBUS_CALL_FLAGS_NONE, on_capabilities,
            g_object_ref (self));
      return;
    }

  note->busy = TRUE;
  note->changed = FALSE;
  g_object_ref (self);
  call (self, "Notify", describe (self, note), "(u)", G_DBUS_CALL_FLAGS_NONE, on_notified, note);
}

/* ---- what the server says ---- */

static void
on_closed (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *signal,
           GVariant *parameters,
           gpointer user_data)
{
  CvgNotifyDesktop *self = user_data;
  GHashTableIter iter;
  gpointer value = NULL;
  guint32 number = 0;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uu)")))
    return;

  g_variant_get (parameters, "(uu)", &number, NULL);
  g_hash_table_iter_init (&iter, self->notes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Note *note = value;

      if (note->shown != number)
        continue;
      note->shown = 0;
      if (!note->busy && !note->changed)
        g_hash_table_iter_remove (&iter);
      return;
    }
}

/* Another server may do otherwise, and has no numbers of the former. What the former showed is
 * gone, as if it had been closed. */
static void
on_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  CvgNotifyDesktop *self = user_data;

  if (self->markup != MARKUP_ASKED)
    self->markup = MARKUP_UNKNOWN;
  forget_shown (self);
}

static void
listen (CvgNotifyDesktop *self)
{
  if (self->watch != 0)
    return;

  self->subscription = g_dbus_connection_signal_subscribe (
      self->connection, NAME, INTERFACE, "NotificationClosed", PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_closed, self, NULL);
  self->watch = g_bus_watch_name_on_connection (
      self->connection, NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, on_vanished, self, NULL);
}

/* ---- port ---- */

static void
notify_desktop_show (CvgNotify *notify, const char *id, const char *title, const char *body)
{
  CvgNotifyDesktop *self = CVG_NOTIFY_DESKTOP (notify);
  Note *note = g_hash_table_lookup (self->notes, id);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  listen (self);
  if (note == NULL)
    {
      note = g_new0 (Note, 1);
      note->notify = self;
      note->id = g_strdup (id);
      g_hash_table_insert (self->notes, note->id, note);
    }
  g_free (note->title);
  g_free (note->body);
  note->title = g_strdup (title);
  note->body = g_strdup (body);
  note->changed = TRUE;
  go_on (self, note);
}

static void
notify_desktop_withdraw (CvgNotify *notify, const char *id)
{
  CvgNotifyDesktop *self = CVG_NOTIFY_DESKTOP (notify);
  Note *note = g_hash_table_lookup (self->notes, id);

  if (note == NULL)
    return;

  g_clear_pointer (&note->title, g_free);
  g_clear_pointer (&note->body, g_free);
  go_on (self, note);
}

/* ---- object ---- */

static void
cvg_notify_desktop_dispose (GObject *object)
{
  cvg_notify_desktop_stop (CVG_NOTIFY_DESKTOP (object));

  G_OBJECT_CLASS (cvg_notify_desktop_parent_class)->dispose (object);
}

static void
cvg_notify_desktop_finalize (GObject *object)
{
  CvgNotifyDesktop *self = CVG_NOTIFY_DESKTOP (object);

  g_clear_pointer (&self->notes, g_hash_table_unref);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (cvg_notify_desktop_parent_class)->finalize (object);
}

static void
cvg_notify_desktop_class_init (CvgNotifyDesktopClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cvg_notify_desktop_dispose;
  G_OBJECT_CLASS (klass)->finalize = cvg_notify_desktop_finalize;
}

static void
cvg_notify_desktop_notify_init (CvgNotifyInterface *iface)
{
  iface->show = notify_desktop_show;
  iface->withdraw = notify_desktop_withdraw;
}

static void
cvg_notify_desktop_init (CvgNotifyDesktop *self)
{
  self->cancellable = g_cancellable_new ();
  self->notes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, note_free);
}

/**
 * cvg_notify_desktop_new:
 * @connection: (transfer none): the session bus
 *
 * Returns: (transfer full): a notification port that has shown nothing
 */
CvgNotifyDesktop *
cvg_notify_desktop_new (GDBusConnection *connection)
{
  CvgNotifyDesktop *self = g_object_new (CVG_TYPE_NOTIFY_DESKTOP, NULL);

  self->connection = g_object_ref (connection);
  return self;
}

/** cvg_notify_desktop_stop: shows nothing any more; what is shown stays, for it is still true */
void
cvg_notify_desktop_stop (CvgNotifyDesktop *self)
{
  g_return_if_fail (CVG_IS_NOTIFY_DESKTOP (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
  if (self->subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->subscription);
  self->subscription = 0;
}
