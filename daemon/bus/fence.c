/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Below CVG_AUTHORIZATION_ROOT each caller has a branch of its own, and what it asks of any other
 * path there has one answer, whether there is something or not. GDBus alone would give it away: its
 * error for a path below a branch is not the one for a path below none, and introspecting the root
 * lists the branches.
 *
 * The filter runs in the thread of GDBus. It looks at the message and at nothing else, so that
 * there is nothing to lock.
 */
#include "bus/fence.h"

#include <string.h>

#include "dbus/names.h"

#define INTROSPECTABLE "org.freedesktop.DBus.Introspectable"
#define PEER "org.freedesktop.DBus.Peer"

/* Of a path with nothing at it and nothing below. */
#define EMPTY_NODE                                                                                 \
  "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n"             \
  "                      \"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n"      \
  "<node/>\n"

/** cvg_fence_get_branch: Returns: (transfer full): the path below which @sender has its objects */
char *
cvg_fence_get_branch (const char *sender)
{
  g_autofree char *element = g_strdup (*sender == ':' ? sender + 1 : sender);

  return g_strdup_printf ("%s/%s", CVG_AUTHORIZATION_ROOT, g_strdelimit (element, ".", '_'));
}

static gboolean
is_at_or_below (const char *path, const char *root)
{
  gsize length = strlen (root);

  return strncmp (path, root, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static gboolean
is_shut_out (GDBusMessage *message)
{
  const char *path = g_dbus_message_get_path (message);
  const char *sender = g_dbus_message_get_sender (message);
  g_autofree char *branch = NULL;

  if (g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL ||
      !is_at_or_below (path, CVG_AUTHORIZATION_ROOT))
    return FALSE;
  /* Of the connection, not of the path. */
  if (g_strcmp0 (g_dbus_message_get_interface (message), PEER) == 0)
    return FALSE;

  branch = sender != NULL ? cvg_fence_get_branch (sender) : NULL;
  return branch == NULL || !is_at_or_below (path, branch);
}

static GDBusMessage *
make_answer (GDBusMessage *call)
{
  GDBusMessage *answer = NULL;

  if (g_strcmp0 (g_dbus_message_get_interface (call), INTROSPECTABLE) == 0 &&
      g_strcmp0 (g_dbus_message_get_member (call), "Introspect") == 0)
    {
      answer = g_dbus_message_new_method_reply (call);
      g_dbus_message_set_body (answer, g_variant_new ("(s)", EMPTY_NODE));
      return answer;
    }

  /* The name that GDBus uses for it. */
  return g_dbus_message_new_method_error (call, "org.freedesktop.DBus.Error.UnknownMethod",
                                          "Object does not exist at path “%s”",
                                          g_dbus_message_get_path (call));
}

static GDBusMessage *
on_message (GDBusConnection *connection,
            GDBusMessage *message,
            gboolean incoming,
            gpointer user_data)
{
  if (!incoming || !is_shut_out (message))
    return message;

  if (!(g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED))
    {
      g_autoptr (GDBusMessage) answer = make_answer (message);

      g_dbus_connection_send_message (connection, answer, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                      NULL);
    }

  g_object_unref (message);
  return NULL;
}

/** cvg_fence_put_up: Returns: an id for g_dbus_connection_remove_filter() */
guint
cvg_fence_put_up (GDBusConnection *connection)
{
  return g_dbus_connection_add_filter (connection, on_message, NULL, NULL);
}
