/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Callers, by unique bus name. A unique name is never used twice in the life of a bus, so what was
 * found out about one holds until it leaves, and the check costs one call to the bus for each
 * caller rather than for each call.
 *
 * The bus keeps other Unix users out by itself; that is checked again here, from what the bus knows
 * of the connection and not from what the caller says.
 */
#include "bus/callers.h"

#include <unistd.h>

#include "dbus/error.h"

#define DBUS_NAME "org.freedesktop.DBus"
#define DBUS_PATH "/org/freedesktop/DBus"

/* One bus name that has called. */
typedef struct
{
  CvgCallers *callers;    /* (borrowed) */
  char *name;             /* (owned) */
  gboolean is_known;      /* it was checked, and may talk to us */
  GCancellable *presence; /* (owned): fires when it leaves */
  guint subscription;
  GPtrArray *waiters; /* (owned) (element-type GTask): for the check, in the order of their calls */
} Caller;

struct _CvgCallers
{
  GObject parent_instance;

  GDBusConnection *connection; /* (owned) */
  GHashTable *callers;         /* (owned) (element-type utf8 Caller) */
};

G_DEFINE_FINAL_TYPE (CvgCallers, cvg_callers, G_TYPE_OBJECT)

enum
{
  SIGNAL_LEFT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
caller_free (Caller *caller)
{
  g_dbus_connection_signal_unsubscribe (caller->callers->connection, caller->subscription);
  g_ptr_array_unref (caller->waiters);
  g_object_unref (caller->presence);
  g_free (caller->name);
  g_free (caller);
}

static void
cvg_callers_finalize (GObject *object)
{
  CvgCallers *self = CVG_CALLERS (object);

  g_clear_pointer (&self->callers, g_hash_table_unref);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (cvg_callers_parent_class)->finalize (object);
}

static void
cvg_callers_class_init (CvgCallersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_callers_finalize;

  /* left(name): a caller has left the bus. */
  signals[SIGNAL_LEFT] = g_signal_new ("left", CVG_TYPE_CALLERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
cvg_callers_init (CvgCallers *self)
{
  self->callers =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) caller_free);
}

/** cvg_callers_new: @connection (transfer none): the bus */
CvgCallers *
cvg_callers_new (GDBusConnection *connection)
{
  CvgCallers *self = g_object_new (CVG_TYPE_CALLERS, NULL);

  self->connection = g_object_ref (connection);
  return self;
}

/** cvg_callers_is_known: Returns: whether @name was checked and may talk to us */
gboolean
cvg_callers_is_known (CvgCallers *self, const char *name)
{
  const Caller *caller = g_hash_table_lookup (self->callers, name);

  return caller != NULL && caller->is_known;
}

/**
 * cvg_callers_get_presence:
 *
 * Returns: (transfer none) (nullable): fires when @name leaves; %NULL if it has
 */
GCancellable *
cvg_callers_get_presence (CvgCallers *self, const char *name)
{
  const Caller *caller = g_hash_table_lookup (self->callers, name);

  return caller != NULL ? caller->presence : NULL;
}

/** cvg_callers_list: Returns: (transfer container) (element-type utf8): who may talk to us */
GPtrArray *
cvg_callers_list (CvgCallers *self)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->callers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Caller *) value)->is_known)
      g_ptr_array_add (names, ((Caller *) value)->name);

  return names;
}

static void
return_waiters (Caller *caller, const GError *error)
{
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&caller->waiters);

  caller->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiters->len; i++)
    {
      GTask *task = g_ptr_array_index (waiters, i);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

/* It has left, or may not talk to us: in both cases nothing of it is kept. */
static void
forget (CvgCallers *self, Caller *caller, const GError *error)
{
  g_autofree char *name = g_strdup (caller->name);
  g_autoptr (GCancellable) presence = g_object_ref (caller->presence);

  return_waiters (caller, error);
  g_hash_table_remove (self->callers, name);
  g_cancellable_cancel (presence);
  g_signal_emit (self, signals[SIGNAL_LEFT], 0, name);
}

static void
on_name_owner_changed (GDBusConnection *connection,
                       const char *sender,
                       const char *path,
                       const char *interface,
                       const char *signal,
                       GVariant *parameters,
                       gpointer user_data)
{
  Caller *caller = user_data;
  g_autoptr (CvgCallers) self = g_object_ref (caller->callers);
  const char *new_owner = NULL;

  g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &new_owner);
  if (*new_owner == '\0')
    {
      g_autoptr (GError) error =
          g_error_new_literal (CVG_ERROR, CVG_ERROR_CANCELLED, "The caller has left the bus");

      forget (self, caller, error);
    }
}

static gboolean
is_same_user (GVariant *reply, GError **error)
{
  g_autoptr (GVariant) credentials = g_variant_get_child_value (reply, 0);
  guint32 uid = 0;

  if (g_variant_lookup (credentials, "UnixUserID", "u", &uid) && uid == getuid ())
    return TRUE;

  g_set_error_literal (error, CVG_ERROR, CVG_ERROR_ACCESS_DENIED,
                       "Claviger serves the programs of the user that it runs as");
  return FALSE;
}

static void
on_credentials (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgCallers *self = g_task_get_source_object (task);
  Caller *caller = g_hash_table_lookup (self->callers, g_task_get_task_data (task));
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (caller == NULL)
    return;

  if (reply != NULL && is_same_user (reply, &error))
    {
      caller->is_known = TRUE;
      return_waiters (caller, NULL);
      return;
    }

  if (error->domain != CVG_ERROR)
    {
      g_clear_error (&error);
      error = g_error_new_literal (CVG_ERROR, CVG_ERROR_ACCESS_DENIED,
                                   "The bus could not tell who is calling");
    }
  forget (self, caller, error);
}

static Caller *
add_caller (CvgCallers *self, const char *name)
{
  Caller *caller = g_new0 (Caller, 1);

  caller->callers = self;
  caller->name = g_strdup (name);
  caller->presence = g_cancellable_new ();
  caller->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  /* Before the question below, so that a caller that leaves between the two is noticed. */
  caller->subscription = g_dbus_connection_signal_subscribe (
      self->connection, DBUS_NAME, DBUS_NAME, "NameOwnerChanged", DBUS_PATH, name,
      G_DBUS_SIGNAL_FLAGS_NONE, on_name_owner_changed, caller, NULL);
  g_hash_table_insert (self->callers, caller->name, caller);
  return caller;
}

/**
 * cvg_callers_identify_async:
 * @name: unique bus name of a caller
 *
 * Finds out whether it may talk to us. Calls of one caller are answered in their order.
 */
void
cvg_callers_identify_async (CvgCallers *self,
                            const char *name,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Caller *caller = g_hash_table_lookup (self->callers, name);
  GTask *question = NULL;

  g_task_set_source_tag (task, cvg_callers_identify_async);
  if (caller != NULL && caller->is_known)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (caller != NULL)
    {
      g_ptr_array_add (caller->waiters, g_steal_pointer (&task));
      return;
    }

  caller = add_caller (self, name);
  g_ptr_array_add (caller->waiters, g_steal_pointer (&task));
  question = g_task_new (self, NULL, NULL, NULL);
  g_task_set_task_data (question, g_strdup (name), g_free);
  g_dbus_connection_call (self->connection, DBUS_NAME, DBUS_PATH, DBUS_NAME,
                          "GetConnectionCredentials", g_variant_new ("(s)", name),
                          G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          on_credentials, question);
}

/** cvg_callers_identify_finish: fails with %CVG_ERROR_ACCESS_DENIED or %CVG_ERROR_CANCELLED */
gboolean
cvg_callers_identify_finish (CvgCallers *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_callers_identify_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
