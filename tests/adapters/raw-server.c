/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "raw-server.h"

#include <string.h>

/* One connection while it is read. */
typedef struct
{
  RawServer *server;         /* (borrowed): cancels the read before it goes */
  GSocketConnection *stream; /* (owned) */
  GString *request;          /* (owned): of the present request, as far as it came */
  char chunk[4096];
} Reading;

static void read_on (Reading *reading);
static void accept_next (RawServer *self);

static void
reading_free (Reading *reading)
{
  g_object_unref (reading->stream);
  g_string_free (reading->request, TRUE);
  g_free (reading);
}

/* Enough for what our client sends: a length, or no body. */
static gboolean
is_whole (const GString *request)
{
  const char *end = strstr (request->str, "\r\n\r\n");
  const char *length = strstr (request->str, "Content-Length: ");

  if (end == NULL)
    return FALSE;
  return length == NULL || length > end || strlen (end + 4) >= strtoul (length + 16, NULL, 10);
}

/* Returns: whether there is more to read */
static gboolean
behave (Reading *reading)
{
  RawServer *server = reading->server;
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (reading->stream));

  if (!is_whole (reading->request))
    return TRUE;

  server->requests++;
  g_string_truncate (reading->request, 0);
  if (server->manner == RAW_ANSWER)
    g_output_stream_write_all (out, server->answer, strlen (server->answer), NULL, NULL, NULL);
  else if (server->manner == RAW_CLOSE)
    {
      g_io_stream_close (G_IO_STREAM (reading->stream), NULL, NULL);
      return FALSE;
    }
  return TRUE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reading *reading = user_data;
  gssize count = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (count > 0)
    {
      g_string_append_len (reading->request, reading->chunk, count);
      g_string_append_len (reading->server->bytes, reading->chunk, count);
    }
  if (count > 0 && behave (reading))
    read_on (reading);
  else
    reading_free (reading);
}

static void
read_on (Reading *reading)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (reading->stream));

  g_input_stream_read_async (in, reading->chunk, sizeof reading->chunk, G_PRIORITY_DEFAULT,
                             reading->server->cancellable, on_read, reading);
}

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  RawServer *self = user_data;
  g_autoptr (GSocketConnection) connection =
      g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, NULL);
  Reading *reading = NULL;

  /* Cancelled: the server is no more. */
  if (connection == NULL)
    return;

  g_ptr_array_add (self->connections, g_object_ref (connection));
  reading = g_new0 (Reading, 1);
  reading->server = self;
  reading->stream = g_steal_pointer (&connection);
  reading->request = g_string_new (NULL);
  read_on (reading);
  accept_next (self);
}

static void
accept_next (RawServer *self)
{
  g_socket_listener_accept_async (self->listener, self->cancellable, on_accepted, self);
}

/** raw_server_new: Returns: (transfer full): a server on a free port of @address */
RawServer *
raw_server_new (const char *address, RawManner manner)
{
  RawServer *self = g_new0 (RawServer, 1);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  self->listener = g_socket_listener_new ();
  self->cancellable = g_cancellable_new ();
  self->connections = g_ptr_array_new_with_free_func (g_object_unref);
  self->bytes = g_string_new (NULL);
  self->manner = manner;
  self->answer = RAW_OK;
  g_socket_listener_add_address (self->listener, wanted, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  accept_next (self);
  return self;
}

/** raw_server_hang_up: closes what is connected; the peers have it before this returns */
void
raw_server_hang_up (RawServer *self)
{
  for (guint i = 0; i < self->connections->len; i++)
    g_socket_shutdown (g_socket_connection_get_socket (self->connections->pdata[i]), TRUE, TRUE,
                       NULL);
}

/** raw_server_stop_listening: connections to it are refused from now on */
void
raw_server_stop_listening (RawServer *self)
{
  g_cancellable_cancel (self->cancellable);
  g_socket_listener_close (self->listener);
}

/** raw_server_free: ends it, and lets the main context run until that is done */
void
raw_server_free (RawServer *self)
{
  raw_server_stop_listening (self);
  raw_server_hang_up (self);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->connections);
  g_string_free (self->bytes, TRUE);
  g_free (self);
}
