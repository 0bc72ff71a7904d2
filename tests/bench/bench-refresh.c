/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-refresh URL CONNECTIONS: posts each line of stdin as JSON to a token endpoint, so many at a
 * time over as many connections, and keeps nothing of the answers: the floor for a morning. Prints
 * one JSON object; it ends with 1 if an answer was not 200.
 */
#include <libsoup/soup.h>
#include <string.h>

#include "samples.h"

typedef struct
{
  SoupSession *session; /* (owned) */
  const char *url;      /* (borrowed) */
  char **bodies;        /* (owned) */
  guint next;
  guint on_the_wire;
  guint done;
  guint refused;
  GMainLoop *loop; /* (owned) */
} Refreshing;

static void send_next (Refreshing *refreshing);

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Refreshing *refreshing = user_data;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);

  refreshing->on_the_wire--;
  refreshing->done++;
  if (body == NULL || soup_message_get_status (message) != SOUP_STATUS_OK)
    refreshing->refused++;
  send_next (refreshing);
  if (refreshing->on_the_wire == 0)
    g_main_loop_quit (refreshing->loop);
}

static void
send_next (Refreshing *refreshing)
{
  const char *body = refreshing->bodies[refreshing->next];
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (body == NULL || *body == '\0')
    return;

  refreshing->next++;
  refreshing->on_the_wire++;
  message = soup_message_new (SOUP_METHOD_POST, refreshing->url);
  bytes = g_bytes_new_static (body, strlen (body));
  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  soup_session_send_and_read_async (refreshing->session, message, G_PRIORITY_DEFAULT, NULL,
                                    on_answer, refreshing);
}

static char **
read_lines (void)
{
  g_autoptr (GIOChannel) channel = g_io_channel_unix_new (0);
  g_autofree char *text = NULL;

  if (g_io_channel_read_to_end (channel, &text, NULL, NULL) != G_IO_STATUS_NORMAL || text == NULL)
    return g_new0 (char *, 1);

  return g_strsplit (text, "\n", -1);
}

int
main (int argc, char **argv)
{
  Refreshing refreshing = { NULL };
  int connections = argc == 3 ? (int) g_ascii_strtoll (argv[2], NULL, 10) : 0;

  if (connections < 1)
    {
      g_printerr ("usage: bench-refresh URL CONNECTIONS <BODIES\n");
      return 2;
    }

  refreshing.url = argv[1];
  refreshing.bodies = read_lines ();
  refreshing.loop = g_main_loop_new (NULL, FALSE);
  refreshing.session = soup_session_new_with_options ("max-conns", connections,
                                                      "max-conns-per-host", connections, NULL);
  gint64 begin = samples_now ();
  for (int i = 0; i < connections; i++)
    send_next (&refreshing);
  if (refreshing.on_the_wire > 0)
    g_main_loop_run (refreshing.loop);

  g_print ("{\"seconds\": %.3f, \"done\": %u, \"refused\": %u}\n",
           (double) (samples_now () - begin) / 1e9, refreshing.done, refreshing.refused);
  g_object_unref (refreshing.session);
  g_main_loop_unref (refreshing.loop);
  g_strfreev (refreshing.bodies);
  return refreshing.refused > 0;
}
