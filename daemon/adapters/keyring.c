/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Secret Service as a peer: who owns its name, whether its default collection is open, and a
 * session with it. The state is found out by asking (a probe), never by concluding: signals and
 * refusals only say that it is time to ask again, since programs differ in what they announce.
 *
 * All calls go to the unique name of the present owner. When that changes, everything known of the
 * former one is dropped. Nothing in here ever causes a prompt.
 */
#include "adapters/keyring.h"

#include <string.h>

#include "adapters/keyring-error.h"
#include "adapters/keyring-session.h"
#include "dbus/error.h"

#define BUS_NAME "org.freedesktop.secrets"

/* Milliseconds; no person is involved, and a write to a slow disk is. */
#define CALL_TIMEOUT 20000

struct _CvgKeyring
{
  GObject parent_instance;

  GDBusConnection *connection; /* (owned) (nullable): NULL until it was needed */
  GCancellable *cancellable;   /* (owned): of the probes that nobody waits for, and of sessions */
  guint watch;                 /* of BUS_NAME */
  guint subscriptions[3];      /* to signals of @owner */

  CvgVaultState state;
  char *owner;            /* (owned) (nullable): unique name */
  char *default_path;     /* (owned) (nullable): of the default collection */
  SecretService *session; /* (owned) (nullable): with @owner */
  GPtrArray *openers;     /* (owned) (nullable) (element-type GTask): wait for a session */
  gboolean probing;       /* one that nobody waits for is under way */
  gboolean probe_again;   /* and something happened since it began */
};

enum
{
  STATE_CHANGED,
  OWNER_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CvgKeyring, cvg_keyring, G_TYPE_OBJECT)

static void set_owner (CvgKeyring *self, const char *owner);

/* --- State ----------------------------------------------------------------------------------- */

static void
set_state (CvgKeyring *self, CvgVaultState state)
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
static void
probe_soon (CvgKeyring *self)
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

/* --- The owner of the name ------------------------------------------------------------------- */

static void
on_collection_signal (GDBusConnection *connection,
                      const char *sender,
                      const char *path,
                      const char *interface_name,
                      const char *signal_name,
                      GVariant *parameters,
                      gpointer user_data)
{
  probe_soon (CVG_KEYRING (user_data));
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
    probe_soon (CVG_KEYRING (user_data));
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

static void
set_owner (CvgKeyring *self, const char *owner)
{
  if (g_strcmp0 (self->owner, owner) == 0)
    return;

  unsubscribe (self);
  g_clear_object (&self->session);
  g_clear_pointer (&self->default_path, g_free);
  g_free (self->owner);
  self->owner = g_strdup (owner);
  if (owner != NULL)
    subscribe (self);
  else
    set_state (self, CVG_VAULT_UNAVAILABLE);
  g_signal_emit (self, signals[OWNER_CHANGED], 0);
}

static void
on_name_appeared (GDBusConnection *connection,
                  const char *name,
                  const char *owner,
                  gpointer user_data)
{
  CvgKeyring *self = CVG_KEYRING (user_data);

  set_owner (self, owner);
  probe_soon (self);
}

static void
on_name_vanished (GDBusConnection *connection, const char *name, gpointer user_data)
{
  /* Said once at the beginning, too, where it is the probe's to find out more. */
  if (((CvgKeyring *) user_data)->owner != NULL)
    set_owner (user_data, NULL);
}

static void
set_connection (CvgKeyring *self, GDBusConnection *connection)
{
  if (self->connection == NULL)
    self->connection = g_object_ref (connection);
  if (self->watch == 0)
    self->watch =
        g_bus_watch_name_on_connection (self->connection, BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                        on_name_appeared, on_name_vanished, self, NULL);
}

/* --- Probe ----------------------------------------------------------------------------------- */

/* What a probe finds holds for the owner that was asked: it is the task's data. */
static void
end_probe (GTask *task, CvgVaultState state)
{
  CvgKeyring *self = CVG_KEYRING (g_task_get_source_object (task));

  if (g_task_return_error_if_cancelled (task))
    return;
  if (g_strcmp0 (g_task_get_task_data (task), self->owner) == 0)
    set_state (self, state);
  g_task_return_boolean (task, TRUE);
}

static void
on_locked_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      cvg_keyring_call_finish (CVG_KEYRING (source), result, "(v)", &error);
  g_autoptr (GVariant) locked = NULL;

  if (reply == NULL)
    {
      g_debug ("Can't ask whether the keyring is locked: %s", error->message);
      end_probe (task, CVG_VAULT_UNAVAILABLE);
      return;
    }

  g_variant_get (reply, "(v)", &locked);
  if (!g_variant_is_of_type (locked, G_VARIANT_TYPE_BOOLEAN))
    end_probe (task, CVG_VAULT_UNAVAILABLE);
  else
    end_probe (task, g_variant_get_boolean (locked) ? CVG_VAULT_LOCKED : CVG_VAULT_UNLOCKED);
}

static void
on_alias_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = cvg_keyring_call_finish (self, result, "(o)", &error);
  const char *path = "/";

  if (reply != NULL)
    g_variant_get (reply, "(&o)", &path);
  else
    g_debug ("Can't ask for the default collection: %s", error->message);

  if (g_strcmp0 (g_task_get_task_data (task), self->owner) == 0)
    {
      g_free (self->default_path);
      self->default_path = strcmp (path, "/") != 0 ? g_strdup (path) : NULL;
    }
  if (strcmp (path, "/") == 0)
    {
      end_probe (task, CVG_VAULT_UNAVAILABLE);
      return;
    }

  cvg_keyring_call_async (self, path, "org.freedesktop.DBus.Properties", "Get",
                          g_variant_new ("(ss)", CVG_KEYRING_COLLECTION, "Locked"),
                          g_task_get_cancellable (task), on_locked_read, g_object_ref (task));
}

static void
probe_owner (CvgKeyring *self, GTask *task)
{
  g_task_set_task_data (task, g_strdup (self->owner), g_free);
  cvg_keyring_call_async (self, CVG_KEYRING_PATH, CVG_KEYRING_SERVICE, "ReadAlias",
                          g_variant_new ("(s)", "default"), g_task_get_cancellable (task),
                          on_alias_read, g_object_ref (task));
}

static void
call_bus (CvgKeyring *self,
          const char *method,
          GVariant *parameters,
          const char *type,
          GAsyncReadyCallback callback,
          GTask *task)
{
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", method, parameters, G_VARIANT_TYPE (type),
                          G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT, g_task_get_cancellable (task),
                          callback, g_object_ref (task));
}

/* Returns: whether there is an owner, who is then asked. */
static gboolean
take_owner (CvgKeyring *self, GTask *task, GVariant *reply)
{
  const char *owner = NULL;

  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(&s)", &owner);
  set_owner (self, owner);
  probe_owner (self, task);
  return TRUE;
}

static void
on_new_owner_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (!take_owner (CVG_KEYRING (g_task_get_source_object (task)), task, reply))
    end_probe (task, CVG_VAULT_UNAVAILABLE);
}

static void
on_service_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      g_debug ("Can't start a keyring: %s", error->message);
      end_probe (task, CVG_VAULT_UNAVAILABLE);
      return;
    }
  call_bus (self, "GetNameOwner", g_variant_new ("(s)", BUS_NAME), "(s)", on_new_owner_read, task);
}

/* A start without looking first would fail for a keyring that runs but can't be activated. */
static void
on_owner_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (g_task_get_source_object (task));
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (!take_owner (self, task, reply))
    call_bus (self, "StartServiceByName", g_variant_new ("(su)", BUS_NAME, 0), "(u)",
              on_service_started, task);
}

static void
probe_connected (CvgKeyring *self, GTask *task)
{
  if (self->owner != NULL)
    probe_owner (self, task);
  else
    call_bus (self, "GetNameOwner", g_variant_new ("(s)", BUS_NAME), "(s)", on_owner_read, task);
}

static void
on_bus_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (g_task_get_source_object (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_bus_get_finish (result, &error);

  if (connection == NULL)
    {
      g_debug ("There is no session bus: %s", error->message);
      end_probe (task, CVG_VAULT_UNAVAILABLE);
      return;
    }
  set_connection (self, connection);
  probe_connected (self, task);
}

/**
 * cvg_keyring_probe_async:
 *
 * Finds out the state anew; starts a keyring program, if there is none and the bus knows how.
 */
void
cvg_keyring_probe_async (CvgKeyring *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cvg_keyring_probe_async);
  if (self->connection == NULL)
    {
      g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus_found, g_object_ref (task));
      return;
    }
  set_connection (self, self->connection);
  probe_connected (self, task);
}

/** cvg_keyring_probe_finish: Returns: %TRUE, whatever the state is; fails only if cancelled */
gboolean
cvg_keyring_probe_finish (CvgKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_keyring_probe_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
refuse (CvgKeyring *self, GError **error)
{
  if (self->state == CVG_VAULT_LOCKED)
    cvg_keyring_error_set_locked (error);
  else if (self->owner != NULL && self->default_path == NULL)
    cvg_keyring_error_set_no_default (error);
  else
    cvg_keyring_error_set_absent (error);
}

/**
 * cvg_keyring_probe_unlocked_finish:
 *
 * Returns: whether the probe found it unlocked; fails with why nothing can be done now, or if
 *   cancelled
 */
gboolean
cvg_keyring_probe_unlocked_finish (CvgKeyring *self, GAsyncResult *result, GError **error)
{
  if (!cvg_keyring_probe_finish (self, result, error))
    return FALSE;
  if (self->state == CVG_VAULT_UNLOCKED)
    return TRUE;

  refuse (self, error);
  return FALSE;
}

/* --- Session --------------------------------------------------------------------------------- */

static void
on_session_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgKeyring) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) session = cvg_keyring_session_open_finish (result, &error);
  g_autoptr (GPtrArray) openers = g_steal_pointer (&self->openers);
  g_autofree char *owner = NULL;

  if (session != NULL)
    {
      owner = g_dbus_proxy_get_name_owner (G_DBUS_PROXY (session));
      if (owner == NULL || g_strcmp0 (owner, self->owner) != 0)
        cvg_keyring_error_set_absent (&error);
    }
  else if (self->owner == NULL)
    {
      g_clear_error (&error);
      cvg_keyring_error_set_absent (&error);
    }
  else
    cvg_keyring_error_translate (&error);

  if (error == NULL)
    g_set_object (&self->session, session);
  for (guint i = 0; i < openers->len; i++)
    {
      GTask *task = g_ptr_array_index (openers, i);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_pointer (task, g_object_ref (session), g_object_unref);
    }
}

static void
on_probed_for_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (source);
  GError *error = NULL;

  if (!cvg_keyring_probe_unlocked_finish (self, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->session != NULL)
    {
      g_task_return_pointer (task, g_object_ref (self->session), g_object_unref);
      return;
    }

  if (self->openers == NULL)
    {
      self->openers = g_ptr_array_new_with_free_func (g_object_unref);
      cvg_keyring_session_open_async (self->cancellable, on_session_opened, g_object_ref (self));
    }
  g_ptr_array_add (self->openers, g_steal_pointer (&task));
}

/**
 * cvg_keyring_open_async:
 *
 * What every operation on items begins with: makes sure that the default collection is unlocked,
 * which costs two short calls and no trust in signals, and that there is a session.
 */
void
cvg_keyring_open_async (CvgKeyring *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, cvg_keyring_open_async);
  cvg_keyring_probe_async (self, cancellable, on_probed_for_open, g_object_ref (task));
}

/**
 * cvg_keyring_open_finish:
 *
 * Returns: (transfer full): the session. Fails with %CVG_ERROR_KEYRING_LOCKED,
 *   %CVG_ERROR_KEYRING_UNAVAILABLE, %CVG_ERROR_FAILED or %G_IO_ERROR_CANCELLED
 */
SecretService *
cvg_keyring_open_finish (CvgKeyring *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_keyring_open_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- Calls ----------------------------------------------------------------------------------- */

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgKeyring *self = CVG_KEYRING (g_task_get_source_object (task));
  GError *error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    {
      g_task_return_pointer (task, reply, (GDestroyNotify) g_variant_unref);
      return;
    }
  if (cvg_keyring_error_is_locked (error))
    probe_soon (self);
  g_task_return_error (task, error);
}

/**
 * cvg_keyring_call_async:
 * @path: of the object
 * @parameters: (transfer floating) (nullable): its arguments
 *
 * Calls a method of the present owner.
 */
void
cvg_keyring_call_async (CvgKeyring *self,
                        const char *path,
                        const char *interface_name,
                        const char *method,
                        GVariant *parameters,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GVariant) sunk = parameters != NULL ? g_variant_ref_sink (parameters) : NULL;

  g_task_set_source_tag (task, cvg_keyring_call_async);
  /* A reply that has come is a reply. */
  g_task_set_check_cancellable (task, FALSE);
  if (self->owner == NULL)
    {
      GError *error = NULL;

      cvg_keyring_error_set_absent (&error);
      g_task_return_error (task, error);
      return;
    }
  g_dbus_connection_call (self->connection, self->owner, path, interface_name, method, sunk, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT, cancellable, on_reply,
                          g_object_ref (task));
}

/**
 * cvg_keyring_call_finish:
 * @type: what the reply must be
 *
 * Returns: (transfer full): the reply; errors as they came
 */
GVariant *
cvg_keyring_call_finish (CvgKeyring *self, GAsyncResult *result, const char *type, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_keyring_call_async), NULL);

  reply = g_task_propagate_pointer (G_TASK (result), error);
  if (reply != NULL && !g_variant_is_of_type (reply, G_VARIANT_TYPE (type)))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "a reply of type %s instead of %s",
                   g_variant_get_type_string (reply), type);
      return NULL;
    }
  return g_steal_pointer (&reply);
}

/* --- Object ---------------------------------------------------------------------------------- */

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

/** cvg_keyring_stop: listens no more, and ends what it does on its own */
void
cvg_keyring_stop (CvgKeyring *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->connection != NULL)
    unsubscribe (self);
  if (self->watch != 0)
    g_bus_unwatch_name (self->watch);
  self->watch = 0;
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

  g_assert (self->openers == NULL);
  g_clear_object (&self->session);
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
