/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls are sent and answers taken as messages, so that names, signatures and error texts are
 * judged as they are on the wire, before GDBus makes something else of them. Two rules hold for
 * every answer and every signal of every test, and are checked here: an error has a name that a
 * client can know, and none of them holds a secret.
 */
#include "bus/bus-caller.h"

/* Generous: a slow machine under valgrind is no failure. */
#define DEADLINE_SECONDS 60

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("Waited in vain: %s", (const char *) user_data);
  return G_SOURCE_REMOVE;
}

/** bus_deadline_add: Returns: id of a source that ends the program with @what (a literal) */
guint
bus_deadline_add (const char *what)
{
  return g_timeout_add_seconds (DEADLINE_SECONDS, on_deadline, (gpointer) what);
}

static void
on_gone (gpointer user_data, GObject *where_it_was)
{
  *(gboolean *) user_data = TRUE;
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_dbus_connection_close_finish (G_DBUS_CONNECTION (source), result, NULL);
}

/** bus_connection_close: closes @connection (transfer full) and waits until nobody has it any more
 */
void
bus_connection_close (GDBusConnection *connection)
{
  gboolean gone = FALSE;

  g_object_weak_ref (G_OBJECT (connection), on_gone, &gone);
  g_dbus_connection_close (connection, NULL, on_closed, NULL);
  g_object_unref (connection);
  /* The thread of GDBus lets go of it when it likes, and wakes nobody up for that. */
  guint deadline = bus_deadline_add ("somebody keeps the connection");
  while (!gone)
    {
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }
  g_source_remove (deadline);
}

/* ---- signals --------------------------------------------------------------------------------- */

static void
assert_no_secret (GVariant *value)
{
  g_autofree char *text = value != NULL ? g_variant_print (value, FALSE) : g_strdup ("");

  if (strstr (text, BUS_SECRET) != NULL)
    g_error ("There is a secret in: %s", text);
}

static void
signal_free (gpointer data)
{
  BusSignal *signal = data;

  g_free (signal->path);
  g_free (signal->interface);
  g_free (signal->name);
  g_variant_unref (signal->parameters);
  g_free (signal);
}

static void
on_signal (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *name,
           GVariant *parameters,
           gpointer user_data)
{
  BusCaller *caller = user_data;
  BusSignal *signal = g_new0 (BusSignal, 1);

  assert_no_secret (parameters);
  signal->path = g_strdup (path);
  signal->interface = g_strdup (interface);
  signal->name = g_strdup (name);
  signal->parameters = g_variant_ref (parameters);
  g_ptr_array_add (caller->signals, signal);
}

/** bus_caller_count: Returns: how many signals called @name came so far */
guint
bus_caller_count (BusCaller *caller, const char *name)
{
  guint count = 0;

  for (guint i = 0; i < caller->signals->len; i++)
    count += g_str_equal (((BusSignal *) g_ptr_array_index (caller->signals, i))->name, name);
  return count;
}

/** bus_caller_get_last: Returns: (transfer none): the last signal called @name; there must be one
 */
const BusSignal *
bus_caller_get_last (BusCaller *caller, const char *name)
{
  for (guint i = caller->signals->len; i > 0; i--)
    {
      const BusSignal *signal = g_ptr_array_index (caller->signals, i - 1);

      if (g_str_equal (signal->name, name))
        return signal;
    }

  g_error ("There was no signal %s", name);
  return NULL;
}

/* ---- coming and going ------------------------------------------------------------------------ */

/**
 * bus_caller_new:
 * @address: of the bus
 * @service: unique name of the service
 *
 * Returns: (transfer full): a caller with a match rule for every signal of the service
 */
BusCaller *
bus_caller_new (const char *address, const char *service)
{
  BusCaller *caller = g_new0 (BusCaller, 1);
  g_autoptr (GError) error = NULL;

  caller->connection =
      g_dbus_connection_new_for_address_sync (address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  caller->service = g_strdup (service);
  caller->signals = g_ptr_array_new_with_free_func (signal_free);
  caller->subscription =
      g_dbus_connection_signal_subscribe (caller->connection, service, NULL, NULL, NULL, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NONE, on_signal, caller, NULL);
  return caller;
}

/** bus_caller_leave: it crashes, or ends: the bus takes its name away */
void
bus_caller_leave (BusCaller *caller)
{
  if (caller->connection == NULL)
    return;

  g_dbus_connection_signal_unsubscribe (caller->connection, caller->subscription);
  bus_connection_close (g_steal_pointer (&caller->connection));
}

void
bus_caller_free (BusCaller *caller)
{
  bus_caller_leave (caller);
  g_ptr_array_unref (caller->signals);
  g_free (caller->service);
  g_free (caller);
}

/** bus_caller_get_name: Returns: (transfer none): its unique name */
const char *
bus_caller_get_name (BusCaller *caller)
{
  return g_dbus_connection_get_unique_name (caller->connection);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static void
assert_known_error (GDBusMessage *message)
{
  const char *name = g_dbus_message_get_error_name (message);

  if (g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_ERROR)
    return;

  if (!g_str_has_prefix (name, CVG_ERROR_PREFIX) &&
      !g_str_has_prefix (name, "org.freedesktop.DBus.Error."))
    g_error ("An error that no client can know: %s", name);
  assert_no_secret (g_dbus_message_get_body (message));
}

static void
reply_clear (gpointer data)
{
  g_clear_object (&((BusReply *) data)->message);
}

/** bus_reply_unref: lets go of @reply; the call goes on */
void
bus_reply_unref (BusReply *reply)
{
  g_rc_box_release_full (reply, reply_clear);
}

static void
on_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BusReply *reply = user_data;

  reply->message =
      g_dbus_connection_send_message_with_reply_finish (G_DBUS_CONNECTION (source), result, NULL);
  reply->over = TRUE;
  if (reply->message != NULL)
    assert_known_error (reply->message);
  bus_reply_unref (reply);
}

/**
 * bus_begin_at:
 * @arguments: (nullable): a tuple, taken if floating
 *
 * Returns: (transfer full): where the answer will be
 */
BusReply *
bus_begin_at (BusCaller *caller,
              const char *path,
              const char *interface,
              const char *method,
              GVariant *arguments)
{
  BusReply *reply = g_rc_box_new0 (BusReply);
  g_autoptr (GDBusMessage) message =
      g_dbus_message_new_method_call (caller->service, path, interface, method);

  if (arguments != NULL)
    g_dbus_message_set_body (message, arguments);
  g_dbus_connection_send_message_with_reply (caller->connection, message,
                                             G_DBUS_SEND_MESSAGE_FLAGS_NONE, G_MAXINT, NULL, NULL,
                                             on_reply, g_rc_box_acquire (reply));
  return reply;
}

/** bus_begin: as bus_begin_at(), of the service's own object */
BusReply *
bus_begin (BusCaller *caller, const char *method, GVariant *arguments)
{
  return bus_begin_at (caller, CVG_OBJECT_PATH, CVG_INTERFACE, method, arguments);
}

/**
 * bus_reply_wait_error:
 * @message: (out) (transfer none): its text
 *
 * Returns: (transfer none): the name of the error that it must be
 */
const char *
bus_reply_wait_error (BusReply *reply, const char **message)
{
  BUS_WAIT (reply->over);
  g_assert_nonnull (reply->message);
  if (g_dbus_message_get_message_type (reply->message) != G_DBUS_MESSAGE_TYPE_ERROR)
    g_error ("It did not fail: %s", g_dbus_message_print (reply->message, 0));

  g_assert_cmpstr (g_dbus_message_get_signature (reply->message), ==, "s");
  g_variant_get (g_dbus_message_get_body (reply->message), "(&s)", message);
  return g_dbus_message_get_error_name (reply->message);
}

/**
 * bus_reply_wait:
 * @signature: of the answer, without parentheses
 *
 * Returns: (transfer full) (nullable): its arguments; %NULL if @signature is empty
 */
GVariant *
bus_reply_wait (BusReply *reply, const char *signature)
{
  GVariant *body = NULL;

  BUS_WAIT (reply->over);
  g_assert_nonnull (reply->message);
  body = g_dbus_message_get_body (reply->message);
  if (g_dbus_message_get_message_type (reply->message) == G_DBUS_MESSAGE_TYPE_ERROR)
    {
      g_autofree char *text = g_variant_print (body, FALSE);

      g_error ("It failed: %s %s", g_dbus_message_get_error_name (reply->message), text);
    }

  g_assert_cmpstr (g_dbus_message_get_signature (reply->message), ==, signature);
  return body != NULL ? g_variant_ref (body) : NULL;
}

/**
 * bus_reply_wait_failure:
 * @error: its name, without the prefix of ours
 * @culprit: a part of its text: what was wrong
 */
void
bus_reply_wait_failure (BusReply *reply, const char *error, const char *culprit)
{
  g_autofree char *expected = g_strconcat (CVG_ERROR_PREFIX, error, NULL);
  const char *message = NULL;
  const char *name = bus_reply_wait_error (reply, &message);

  g_assert_cmpstr (name, ==, expected);
  if (strstr (message, culprit) == NULL)
    g_error ("“%s” is not in: %s", culprit, message);
}

/** bus_call: Returns: (transfer full) (nullable): the answer, which must be of @signature */
GVariant *
bus_call (BusCaller *caller, const char *method, GVariant *arguments, const char *signature)
{
  g_autoptr (BusReply) reply = bus_begin (caller, method, arguments);

  return bus_reply_wait (reply, signature);
}

/** bus_call_at: as bus_call(), of any object */
GVariant *
bus_call_at (BusCaller *caller,
             const char *path,
             const char *interface,
             const char *method,
             GVariant *arguments,
             const char *signature)
{
  g_autoptr (BusReply) reply = bus_begin_at (caller, path, interface, method, arguments);

  return bus_reply_wait (reply, signature);
}

/** bus_call_nothing: calls what answers without arguments */
void
bus_call_nothing (BusCaller *caller, const char *method, GVariant *arguments)
{
  g_autoptr (GVariant) answer = bus_call (caller, method, arguments, "");
}

/** bus_call_failure: calls what must fail: bus_reply_wait_failure() */
void
bus_call_failure (BusCaller *caller,
                  const char *method,
                  GVariant *arguments,
                  const char *error,
                  const char *culprit)
{
  g_autoptr (BusReply) reply = bus_begin (caller, method, arguments);

  bus_reply_wait_failure (reply, error, culprit);
}

/** bus_get_property: Returns: (transfer full): the value of a property, which must be of @type */
GVariant *
bus_get_property (BusCaller *caller,
                  const char *path,
                  const char *interface,
                  const char *property,
                  const char *type)
{
  g_autoptr (GVariant) answer = bus_call_at (caller, path, "org.freedesktop.DBus.Properties", "Get",
                                             g_variant_new ("(ss)", interface, property), "v");
  GVariant *value = NULL;

  g_variant_get (answer, "(v)", &value);
  g_assert_cmpstr (g_variant_get_type_string (value), ==, type);
  return value;
}

/**
 * bus_settle:
 *
 * When it returns, @caller has every signal that the service sent before. It makes nobody a caller:
 * reading a property is no call of a method.
 */
void
bus_settle (BusCaller *caller)
{
  g_autoptr (GVariant) version =
      bus_get_property (caller, CVG_OBJECT_PATH, CVG_INTERFACE, "Version", "u");

  g_assert_cmpuint (g_variant_get_uint32 (version), ==, CVG_INTERFACE_VERSION);
}
