/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Secret Service as a peer: who owns its name, whether its default collection is open, and a
 * session with it. The state is found out by asking (a probe), never by concluding: signals and
 * refusals only say that it is time to ask again, since programs differ in what they announce.
 *
 * All calls go to the unique name of the present owner. When that changes, with or without a moment
 * in which nobody has the name, everything known of the former one is dropped, what it was asked
 * fails at once, and the keyring is unavailable until the new one was asked for its state: it may
 * hold other items, and other versions of them. Nothing in here ever causes a prompt.
 */
#include "adapters/keyring.h"

#include "adapters/keyring-private.h"

/* Milliseconds; no person is involved, and a write to a slow disk is. */
#define CALL_TIMEOUT 20000

enum
{
  STATE_CHANGED,
  OWNER_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CvgKeyring, cvg_keyring, G_TYPE_OBJECT)

/* --- State ------------------------------------------------------------------------------------ */

void
cvg_keyring_set_state (CvgKeyring *self, CvgVaultState state)
{
  static const char *const words[] = { "unknown", "unlocked", "locked", "unavailable" };

  if (self->state == state)
    return;

  g_debug ("The keyring is %s now", words[state]);
  self->state = state;
  g_signal_emit (self, signals[STATE_CHANGED], 0);
}

static void
on_own_probe_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CvgKeyring *self = CVG_KEYRING (source);
  gboolean again = self->probe_again;

  self->probing = FALSE;
  self->probe_again = FALSE;
  if (cvg_keyring_probe_finish (self, result, NULL) && again && self->owner != NULL)
    {
      self->probing = TRUE;
      cvg_keyring_probe_async (self, self->cancellable, on_own_probe_done, NULL);
    }
}

/* Asks for the state, if there is somebody to ask; a burst of signals becomes two probes. */
void
cvg_keyring_probe_soon (CvgKeyring *self)
{
  if (self->owner == NULL || g_cancellable_is_cancelled (self->cancellable))
    return;

  if (self->probing)
    {
      self->probe_again = TRUE;
      return;
    }
  self->probing = TRUE;
  cvg_keyring_probe_async (self, self->cancellable, on_own_probe_done, NULL);
}

/* --- The owner of the name -------------------------------------------------------------------- */

static void
on_collection_signal (GDBusConnection *connection,
                      const char *sender,
                      const char *path,
                      const char *interface_name,
                      const char *signal_name,
                      GVariant *parameters,
                      gpointer user_data)
{
  cvg_keyring_probe_soon (CVG_KEYRING (user_data));
}

static void
on_properties_changed (GDBusConnection *connection,
                       const char *sender,
                       const char *path,
                       const char *interface_name,
                       const char *signal_name,
                       GVariant *parameters,
                       gpointer user_data)
{
  g_autoptr (GVariant) changed = NULL;
  g_autoptr (GVariant) locked = NULL;
  g_autofree const char **invalidated = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;

  g_variant_get (parameters, "(&s@a{sv}^a&s)", NULL, &changed, &invalidated);
  locked = g_variant_lookup_value (changed, "Locked", NULL);
  if (locked != NULL || g_strv_contains (invalidated, "Locked"))
    cvg_keyring_probe_soon (CVG_KEYRING (user_data));
}

static void
subscribe (CvgKeyring *self)
{
  self->subscriptions[0] = g_dbus_connection_signal_subscribe (
      self->connection, self->owner, "org.freedesktop.DBus.Properties", "PropertiesChanged", NULL,
      CVG_KEYRING_COLLECTION, G_DBUS_SIGNAL_FLAGS_NONE, on_properties_changed, self, NULL);
  /* CollectionCreated, CollectionDeleted, CollectionChanged. */
  self->subscriptions[1] = g_dbus_connection_signal_subscribe (
      self->connection, self->owner, CVG_KEYRING_SERVICE, NULL, CVG_KEYRING_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, on_collection_signal, self, NULL);
  /* Another collection became the default one. */
  self->subscriptions[2] = g_dbus_connection_signal_subscribe (
      self->connection, self->owner, "org.freedesktop.DBus.Properties", "PropertiesChanged",
      CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, G_DBUS_SIGNAL_FLAGS_NONE, on_collection_signal, self,
      NULL);
}

static void
unsubscribe (CvgKeyring *self)
{
  for (size_t i = 0; i < G_N_ELEMENTS (self->subscriptions); i++)
    if (self->subscriptions[i] != 0)
      {
        g_dbus_connection_signal_unsubscribe (self->connection, self->subscriptions[i]);
        self->subscriptions[i] = 0;
      }
}

void
cvg_keyring_set_owner (CvgKeyring *self, const char *owner)
{
  gboolean was_owned = self->owner != NULL;

  if (g_strcmp0 (self->owner, owner) == 0)
    return;

  unsubscribe (self);
  cvg_keyring_forget_session (self);
  g_cancellable_cancel (self->late);
  g_clear_object (&self->late);
  g_clear_pointer (&self->default_path, g_free);
  self->no_default = FALSE;
  g_free (self->owner);
  self->owner = g_strdup (owner);
  if (owner != NULL)
    subscribe (self);
  g_signal_emit (self, signals[OWNER_CHANGED], 0);
  if (was_owned || owner == NULL)
    cvg_keyring_set_state (self, CVG_VAULT_UNAVAILABLE);
}

static void
on_name_appeared (GDBusConnection *connection,
                  const char *name,
                  const char *owner,
                  gpointer user_data)
{
  CvgKeyring *self = CVG_KEYRING (user_data);

  cvg_keyring_set_owner (self, owner);
  cvg_keyring_probe_soon (self);
}

static void
on_name_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  /* Said once at the beginning, too, where it is the probe's to find out more. */
  if (((CvgKeyring *) user_data)->owner != NULL)
    cvg_keyring_set_owner (user_data, NULL);
}

void
cvg_keyring_set_connection (CvgKeyring *self, GDBusConnection *connection)
{
  if (self->connection == NULL)
    self->connection = g_object_ref (connection);
  if (self->watch == 0)
    self->watch = g_bus_watch_name_on_connection (self->connection, CVG_KEYRING_BUS_NAME,
                                                  G_BUS_NAME_WATCHER_FLAGS_NONE, on_name_appeared,
                                                  on_name_vanished, self, NULL);
}

/* --- Object ----------------------------------------------------------------------------------- */

/** cvg_keyring_get_state: Returns: what is known now */
CvgVaultState
cvg_keyring_get_state (CvgKeyring *self)
{
  return self->state;
}

/** cvg_keyring_get_connection: Returns: (nullable): the bus; %NULL before the first probe */
GDBusConnection *
cvg_keyring_get_connection (CvgKeyring *self)
{
  return self->connection;
}

/** cvg_keyring_get_owner: Returns: (nullable): the unique name of the keyring program */
const char *
cvg_keyring_get_owner (CvgKeyring *self)
{
  return self->owner;
}

/** cvg_keyring_get_default: Returns: (nullable): the path of the default collection */
const char *
cvg_keyring_get_default (CvgKeyring *self)
{
  return self->default_path;
}

/** cvg_keyring_lacks_default: Returns: whether the owner says that there is no default collection
 */
gboolean
cvg_keyring_lacks_default (CvgKeyring *self)
{
  return self->no_default;
}

/** cvg_keyring_set_timeout: @milliseconds that a call may take; for tests, which have less time */
void
cvg_keyring_set_timeout (CvgKeyring *self, int milliseconds)
{
  self->timeout = milliseconds;
}

/** cvg_keyring_stop: listens no more, and ends what it does on its own */
void
cvg_keyring_stop (CvgKeyring *self)
{
  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->late);
  cvg_keyring_forget_session (self);
  if (self->connection != NULL)
    unsubscribe (self);
  g_clear_handle_id (&self->watch, g_bus_unwatch_name);
}

static void
cvg_keyring_dispose (GObject *object)
{
  cvg_keyring_stop (CVG_KEYRING (object));

  G_OBJECT_CLASS (cvg_keyring_parent_class)->dispose (object);
}

static void
cvg_keyring_finalize (GObject *object)
{
  CvgKeyring *self = CVG_KEYRING (object);

  g_assert (self->opening == NULL);
  g_clear_object (&self->session);
  g_clear_object (&self->late);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->owner, g_free);
  g_clear_pointer (&self->default_path, g_free);

  G_OBJECT_CLASS (cvg_keyring_parent_class)->finalize (object);
}

static void
cvg_keyring_class_init (CvgKeyringClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cvg_keyring_dispose;
  object_class->finalize = cvg_keyring_finalize;
  signals[STATE_CHANGED] = g_signal_new ("state-changed", CVG_TYPE_KEYRING, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[OWNER_CHANGED] = g_signal_new ("owner-changed", CVG_TYPE_KEYRING, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cvg_keyring_init (CvgKeyring *self)
{
  self->cancellable = g_cancellable_new ();
  self->timeout = CALL_TIMEOUT;
}

/**
 * cvg_keyring_new:
 * @connection: (nullable): the session bus as g_bus_get() shares it, since libsecret uses that
 *   and a session belongs to the connection that opened it; %NULL: got when it is needed
 *
 * Returns: (transfer full): the keyring; its state is unknown until the first probe
 */
CvgKeyring *
cvg_keyring_new (GDBusConnection *connection)
{
  CvgKeyring *self = g_object_new (CVG_TYPE_KEYRING, NULL);

  g_set_object (&self->connection, connection);
  return self;
}
