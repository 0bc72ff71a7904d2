/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The listener against real sockets. Client and listener share one main loop; a client's connect
 * and send are done by the kernel and need no answer, so they may be plain calls.
 */
#include "adapters/redirect-socket.h"
#include "dbus/error.h"
#include "wait-for.h"

#include <string.h>
#include <unistd.h>

#define ANY_URI "http://127.0.0.1/callback"

typedef struct
{
  GSocket *socket;
  GSource *source;
  GString *received;
  gboolean is_closed;
} Client;

typedef struct
{
  CvgRedirectSocket *listener;
  char *uri;       /* what was bound */
  char *authority; /* of it */
  guint port;
  gboolean later;   /* answer not before the test says so */
  GPtrArray *seen;  /* "URI QUERY" of each call */
  GPtrArray *waits; /* CvgRedirectReply, of those that are to be answered later */
} Fixture;

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Client *client = user_data;
  char buffer[4096];
  gssize count = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);

  if (count > 0)
    {
      g_string_append_len (client->received, buffer, count);
      return G_SOURCE_CONTINUE;
    }
  client->is_closed = TRUE;
  return G_SOURCE_REMOVE;
}

static Client *
client_new_at (GInetAddress *address, guint port)
{
  Client *client = g_new0 (Client, 1);
  g_autoptr (GSocketAddress) name = g_inet_socket_address_new (address, (guint16) port);
  g_autoptr (GError) error = NULL;

  client->received = g_string_new (NULL);
  client->socket = g_socket_new (g_inet_address_get_family (address), G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_connect (client->socket, name, NULL, &error);
  g_assert_no_error (error);
  client->source = g_socket_create_source (client->socket, G_IO_IN, NULL);
  g_source_set_callback (client->source, G_SOURCE_FUNC (on_readable), client, NULL);
  g_source_attach (client->source, NULL);
  return client;
}

static Client *
client_new (Fixture *fixture)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

  return client_new_at (address, fixture->port);
}

static void
client_free (Client *client)
{
  g_source_destroy (client->source);
  g_source_unref (client->source);
  g_object_unref (client->socket);
  g_string_free (client->received, TRUE);
  g_free (client);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

static void
client_send (Client *client, const char *text)
{
  g_autoptr (GError) error = NULL;
  gssize count = g_socket_send (client->socket, text, strlen (text), NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (count, ==, strlen (text));
}

static void
client_get (Client *client, const char *host, const char *target)
{
  g_autofree char *text = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, host);

  client_send (client, text);
}

static void
settle (void)
{
  /* A round trip of a loopback byte through both ends takes a few iterations. */
  for (guint i = 0; i < 100; i++)
    g_main_context_iteration (NULL, FALSE);
}

static guint
client_status (Client *client)
{
  WAIT_FOR (client->is_closed);
  if (client->received->len == 0)
    return 0;
  g_assert_true (g_str_has_prefix (client->received->str, "HTTP/1.1 "));
  return (guint) g_ascii_strtoull (client->received->str + strlen ("HTTP/1.1 "), NULL, 10);
}

static const char *
client_body (Client *client)
{
  const char *end = strstr (client->received->str, "\r\n\r\n");

  g_assert_nonnull (end);
  return end + 4;
}

static void
assert_refused (Fixture *fixture, const char *request, guint status)
{
  g_autoptr (Client) client = client_new (fixture);

  client_send (client, request);
  g_assert_cmpuint (client_status (client), ==, status);
  g_assert_cmpstr (client_body (client), ==, "");
  g_assert_null (strstr (client->received->str, "Access-Control"));
  g_assert_cmpuint (fixture->seen->len, ==, 0);
}

static CvgPage *
done_page (void)
{
  return cvg_page_new (200, CVG_PAGE_SUCCESS, "Done and dusted", "You are in.", NULL);
}

static void
on_redirect (const char *uri, const char *query, CvgRedirectReply *reply, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_ptr_array_add (fixture->seen, g_strdup_printf ("%s %s", uri, query));
  if (fixture->later)
    g_ptr_array_add (fixture->waits, reply);
  else
    cvg_redirect_reply_send (reply, done_page ());
}

static void
answer_waiting (Fixture *fixture)
{
  for (guint i = 0; i < fixture->waits->len; i++)
    cvg_redirect_reply_send (g_ptr_array_index (fixture->waits, i), done_page ());
  g_ptr_array_set_size (fixture->waits, 0);
}

static void
open_listener (Fixture *fixture, CvgRedirectSocket *listener, const char *uri)
{
  g_autoptr (GError) error = NULL;

  fixture->listener = listener;
  fixture->uri =
      cvg_redirect_open (CVG_REDIRECT (listener), uri, TRUE, on_redirect, fixture, &error);
  g_assert_no_error (error);

  g_autoptr (GUri) parsed = g_uri_parse (fixture->uri, G_URI_FLAGS_NONE, NULL);

  fixture->port = (guint) g_uri_get_port (parsed);
  fixture->authority = g_strndup (fixture->uri + strlen ("http://"),
                                  strcspn (fixture->uri + strlen ("http://"), "/"));
  g_assert_cmpuint (fixture->port, >, 0);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->seen = g_ptr_array_new_with_free_func (g_free);
  fixture->waits = g_ptr_array_new ();
  open_listener (fixture, cvg_redirect_socket_new (), data != NULL ? data : ANY_URI);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->uri != NULL)
    cvg_redirect_close (CVG_REDIRECT (fixture->listener), fixture->uri);
  g_assert_finalize_object (fixture->listener);
  answer_waiting (fixture);
  settle ();
  g_free (fixture->uri);
  g_free (fixture->authority);
  g_ptr_array_unref (fixture->seen);
  g_ptr_array_unref (fixture->waits);
}

static void
test_success (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Client) client = client_new (fixture);
  g_autofree char *expected = g_strconcat (fixture->uri, " code=c&state=s&code=%zz", NULL);

  client_get (client, fixture->authority, "/callback?code=c&state=s&code=%zz");
  g_assert_cmpuint (client_status (client), ==, 200);
  g_assert_nonnull (strstr (client_body (client), "Done and dusted"));
  g_assert_true (g_str_has_suffix (client->received->str, "</html>\n"));
  g_assert_null (strstr (client->received->str, "code=c"));
  g_assert_cmpuint (fixture->seen->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->seen, 0), ==, expected);
}

static void
test_in_pieces (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Client) client = client_new (fixture);
  g_autofree char *text =
      g_strdup_printf ("GET /callback?code=c HTTP/1.1\r\nHost: %s\r\n\r\n", fixture->authority);

  for (const char *c = text; *c != '\0'; c++)
    {
      char piece[2] = { *c, '\0' };

      g_assert_cmpuint (fixture->seen->len, ==, 0);
      client_send (client, piece);
      settle ();
    }
  g_assert_cmpuint (client_status (client), ==, 200);
}

static void
test_half_closed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Client) client = client_new (fixture);

  client_get (client, fixture->authority, "/callback?code=c");
  g_socket_shutdown (client->socket, FALSE, TRUE, NULL);
  g_assert_cmpuint (client_status (client), ==, 200);
  g_assert_true (g_str_has_suffix (client->received->str, "</html>\n"));
}

static void
test_strays (Fixture *fixture, gconstpointer data)
{
  g_autofree char *get =
      g_strdup_printf ("GET /callback?code=c HTTP/1.1\r\nHost: %s\r\n", fixture->authority);
  g_autofree char *host = g_strdup_printf ("Host: %s\r\n\r\n", fixture->authority);
  g_autofree char *favicon = g_strconcat ("GET /favicon.ico HTTP/1.1\r\n", host, NULL);
  g_autofree char *below = g_strconcat ("GET /callback/x HTTP/1.1\r\n", host, NULL);
  g_autofree char *post = g_strconcat ("POST /callback HTTP/1.1\r\n", host, NULL);
  g_autofree char *options = g_strconcat ("OPTIONS /callback HTTP/1.1\r\n", host, NULL);
  g_autofree char *body = g_strconcat (get, "Content-Length: 3\r\n\r\nabc", NULL);
  g_autofree char *prefetch = g_strconcat (get, "Sec-Purpose: prefetch\r\n\r\n", NULL);
  g_autofree char *image = g_strconcat (get, "Sec-Fetch-Dest: image\r\n\r\n", NULL);

  assert_refused (fixture, favicon, 404);
  assert_refused (fixture, below, 404);
  assert_refused (fixture, post, 405);
  assert_refused (fixture, options, 405);
  assert_refused (fixture, body, 400);
  assert_refused (fixture, prefetch, 403);
  assert_refused (fixture, image, 403);
  assert_refused (fixture, "GET /callback HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421);
  assert_refused (fixture, "GET /callback HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 421);
  assert_refused (fixture, "GET /favicon.ico HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421);

  /* And the sign-in goes on. */
  test_success (fixture, data);
}

static void
test_huge_head (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Client) client = client_new (fixture);
  g_autoptr (GString) head = g_string_new ("GET /callback HTTP/1.1\r\nX: ");

  while (head->len < 20000)
    g_string_append_c (head, 'x');
  client_send (client, head->str);
  g_assert_cmpuint (client_status (client), ==, 431);
  g_assert_cmpuint (fixture->seen->len, ==, 0);
}

static void
test_slow_head (Fixture *fixture, gconstpointer data)
{
  CvgRedirectSocket *quick = cvg_redirect_socket_new_with_limits (50, 50, 50);
  Fixture inner = { .seen = fixture->seen, .waits = fixture->waits };

  open_listener (&inner, quick, ANY_URI);
  g_autoptr (Client) client = client_new (&inner);

  client_send (client, "GET /callback?code=");
  g_assert_cmpuint (client_status (client), ==, 0);
  g_assert_cmpuint (fixture->seen->len, ==, 0);

  cvg_redirect_close (CVG_REDIRECT (quick), inner.uri);
  g_assert_finalize_object (quick);
  g_free (inner.uri);
  g_free (inner.authority);
}

/* A page that nobody makes: the connection ends, and the late page goes nowhere. */
static void
test_slow_page (Fixture *fixture, gconstpointer data)
{
  CvgRedirectSocket *quick = cvg_redirect_socket_new_with_limits (5000, 50, 50);
  Fixture inner = { .seen = fixture->seen, .waits = fixture->waits, .later = TRUE };

  open_listener (&inner, quick, ANY_URI);
  g_autoptr (Client) client = client_new (&inner);

  client_get (client, inner.authority, "/callback");
  g_assert_cmpuint (client_status (client), ==, 0);
  g_assert_cmpuint (inner.waits->len, ==, 1);
  answer_waiting (&inner);

  cvg_redirect_close (CVG_REDIRECT (quick), inner.uri);
  g_assert_finalize_object (quick);
  g_free (inner.uri);
  g_free (inner.authority);
}

static void
test_idle_connections (Fixture *fixture, gconstpointer data)
{
  Client *idle[3 * CVG_REDIRECT_MAX_PEERS];
  guint dropped = 0;

  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    {
      idle[i] = client_new (fixture);
      settle ();
    }
  client_send (idle[0], "GET /");
  settle ();
  test_success (fixture, data);

  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    {
      dropped += idle[i]->is_closed ? 1 : 0;
      client_free (idle[i]);
    }
  g_assert_cmpuint (dropped, >=, G_N_ELEMENTS (idle) - CVG_REDIRECT_MAX_PEERS);
}

static void
test_waiting_stay (Fixture *fixture, gconstpointer data)
{
  Client *waiting[CVG_REDIRECT_MAX_PEERS];

  fixture->later = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
    {
      waiting[i] = client_new (fixture);
      client_get (waiting[i], fixture->authority, "/callback");
    }
  WAIT_FOR (fixture->waits->len == G_N_ELEMENTS (waiting));

  g_autoptr (Client) newcomer = client_new (fixture);

  g_assert_cmpuint (client_status (newcomer), ==, 0);
  answer_waiting (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
    {
      g_assert_cmpuint (client_status (waiting[i]), ==, 200);
      client_free (waiting[i]);
    }
}

static void
test_reply_later (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Client) client = client_new (fixture);

  fixture->later = TRUE;
  client_get (client, fixture->authority, "/callback?code=c");
  WAIT_FOR (fixture->waits->len == 1);
  settle ();
  g_assert_false (client->is_closed);
  g_assert_cmpuint (client->received->len, ==, 0);

  answer_waiting (fixture);
  g_assert_cmpuint (client_status (client), ==, 200);
}

static void
test_hang_up (Fixture *fixture, gconstpointer data)
{
  Client *client = client_new (fixture);

  fixture->later = TRUE;
  client_get (client, fixture->authority, "/callback?code=c");
  WAIT_FOR (fixture->waits->len == 1);
  client_free (client);
  settle ();

  /* The page goes nowhere, and the next browser is served. */
  answer_waiting (fixture);
  fixture->later = FALSE;
  g_ptr_array_set_size (fixture->seen, 0);
  test_success (fixture, data);
}

static void
test_location (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Client) client = client_new (fixture);

  fixture->later = TRUE;
  client_get (client, fixture->authority, "/callback?code=c");
  WAIT_FOR (fixture->waits->len == 1);
  cvg_redirect_reply_send (g_ptr_array_index (fixture->waits, 0),
                           cvg_page_new_redirect ("https://app.example/done?x=1"));
  g_ptr_array_set_size (fixture->waits, 0);
  g_assert_cmpuint (client_status (client), ==, 303);
  g_assert_nonnull (
      strstr (client->received->str, "\r\nLocation: https://app.example/done?x=1\r\n"));
}

static gboolean
can_bind (GSocketFamily family, guint port, GSocket **bound)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (family);
  g_autoptr (GSocketAddress) name = g_inet_socket_address_new (address, (guint16) port);
  g_autoptr (GSocket) socket =
      g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  gboolean ok =
      socket != NULL && g_socket_bind (socket, name, TRUE, NULL) && g_socket_listen (socket, NULL);

  if (ok && bound != NULL)
    *bound = g_steal_pointer (&socket);
  return ok;
}

static void
test_close (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Client) served = client_new (fixture);
  g_autoptr (Client) idle = client_new (fixture);

  fixture->later = TRUE;
  client_get (served, fixture->authority, "/callback?code=c");
  WAIT_FOR (fixture->waits->len == 1);
  g_assert_false (can_bind (G_SOCKET_FAMILY_IPV4, fixture->port, NULL));

  cvg_redirect_close (CVG_REDIRECT (fixture->listener), fixture->uri);
  g_clear_pointer (&fixture->uri, g_free);
  g_assert_true (can_bind (G_SOCKET_FAMILY_IPV4, fixture->port, NULL));
  g_assert_cmpuint (client_status (idle), ==, 0);
  g_assert_false (served->is_closed);
  answer_waiting (fixture);
  g_assert_cmpuint (client_status (served), ==, 200);
}

/* The daemon stops while a page is on its way. */
static void
test_finalize_sends (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Client) served = client_new (fixture);
  g_autoptr (Client) waiting = client_new (fixture);

  fixture->later = TRUE;
  client_get (served, fixture->authority, "/callback?code=c");
  WAIT_FOR (fixture->waits->len == 1);
  CvgRedirectReply *reply = g_ptr_array_steal_index (fixture->waits, 0);
  client_get (waiting, fixture->authority, "/callback?code=d");
  WAIT_FOR (fixture->waits->len == 1);

  cvg_redirect_close (CVG_REDIRECT (fixture->listener), fixture->uri);
  g_clear_pointer (&fixture->uri, g_free);
  cvg_redirect_reply_send (reply, done_page ());
  g_assert_finalize_object (fixture->listener);
  g_assert_cmpuint (client_status (served), ==, 200);
  g_assert_cmpuint (client_status (waiting), ==, 0);
  fixture->listener = cvg_redirect_socket_new ();
}

static void
test_shared (Fixture *fixture, gconstpointer data)
{
  CvgRedirect *redirect = CVG_REDIRECT (fixture->listener);
  g_autofree char *other = g_strdup_printf ("http://%s/other", fixture->authority);
  g_autofree char *other_bound =
      cvg_redirect_open (redirect, other, FALSE, on_redirect, fixture, NULL);
  g_autofree char *again =
      cvg_redirect_open (redirect, fixture->uri, FALSE, on_redirect, fixture, NULL);
  g_autoptr (Client) client = client_new (fixture);
  g_autofree char *expected = g_strconcat (other, " a=b", NULL);

  g_assert_cmpstr (other_bound, ==, other);
  g_assert_cmpstr (again, ==, fixture->uri);
  client_get (client, fixture->authority, "/other?a=b");
  g_assert_cmpuint (client_status (client), ==, 200);
  g_assert_cmpstr (g_ptr_array_index (fixture->seen, 0), ==, expected);
  g_ptr_array_set_size (fixture->seen, 0);

  cvg_redirect_close (redirect, again);
  cvg_redirect_close (redirect, other_bound);
  test_success (fixture, data);

  g_autoptr (Client) late = client_new (fixture);

  client_get (late, fixture->authority, "/other?a=b");
  g_assert_cmpuint (client_status (late), ==, 404);
}

static void
test_port_taken (Fixture *fixture, gconstpointer data)
{
  CvgRedirectSocket *second = cvg_redirect_socket_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  /* Not our own name under valgrind. */
  g_assert_true (g_file_get_contents ("/proc/self/comm", &name, NULL, NULL));
  g_strchomp (name);

  g_autofree char *us =
      g_strdup_printf ("Port %u is in use by \"%s\" (pid %d)", fixture->port, name, getpid ());

  g_assert_null (
      cvg_redirect_open (CVG_REDIRECT (second), fixture->uri, FALSE, on_redirect, fixture, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_PORT_IN_USE);
  g_assert_cmpstr (error->message, ==, us);
  g_assert_finalize_object (second);
}

static void
test_localhost (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GInetAddress) six = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr (Client) by_four = client_new (fixture);

  g_assert_true (g_str_has_prefix (fixture->uri, "http://localhost:"));
  client_get (by_four, fixture->authority, "/callback?code=4");
  g_assert_cmpuint (client_status (by_four), ==, 200);

  if (!can_bind (G_SOCKET_FAMILY_IPV6, 0, NULL))
    {
      g_test_skip ("This machine has no IPv6");
      return;
    }
  g_autoptr (Client) by_six = client_new_at (six, fixture->port);

  client_get (by_six, fixture->authority, "/callback?code=6");
  g_assert_cmpuint (client_status (by_six), ==, 200);
  g_assert_cmpuint (fixture->seen->len, ==, 2);
}

static void
test_localhost_half_taken (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) squatter = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = g_strdup_printf ("http://localhost:%u/callback", fixture->port);

  cvg_redirect_close (CVG_REDIRECT (fixture->listener), fixture->uri);
  g_clear_pointer (&fixture->uri, g_free);
  if (!can_bind (G_SOCKET_FAMILY_IPV6, fixture->port, &squatter))
    {
      g_test_skip ("This machine has no IPv6");
      return;
    }
  g_assert_null (cvg_redirect_open (CVG_REDIRECT (fixture->listener), uri, FALSE, on_redirect,
                                    fixture, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_PORT_IN_USE);
  g_assert_true (can_bind (G_SOCKET_FAMILY_IPV4, fixture->port, NULL));
}

static void
test_ipv6 (Fixture *fixture, gconstpointer data)
{
  CvgRedirect *redirect = CVG_REDIRECT (fixture->listener);
  g_autoptr (GInetAddress) six = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);

  if (!can_bind (G_SOCKET_FAMILY_IPV6, 0, NULL))
    {
      g_test_skip ("This machine has no IPv6");
      return;
    }
  cvg_redirect_close (redirect, fixture->uri);
  g_free (fixture->uri);
  g_free (fixture->authority);
  open_listener (fixture, fixture->listener, "http://[::1]/callback");
  g_assert_true (g_str_has_prefix (fixture->authority, "[::1]:"));
  g_assert_true (can_bind (G_SOCKET_FAMILY_IPV4, fixture->port, NULL));

  g_autoptr (Client) client = client_new_at (six, fixture->port);

  client_get (client, fixture->authority, "/callback?code=6");
  g_assert_cmpuint (client_status (client), ==, 200);
}

static void
test_other_user (Fixture *fixture, gconstpointer data)
{
  if (getuid () != 0 || seteuid (65534) != 0)
    {
      g_test_skip ("Only root can be somebody else");
      return;
    }
  /* The kernel notes who creates the socket. */
  g_autoptr (Client) client = client_new (fixture);

  g_assert_cmpint (seteuid (0), ==, 0);
  client_get (client, fixture->authority, "/callback?code=c");
  g_assert_cmpuint (client_status (client), ==, 0);
  g_assert_cmpuint (fixture->seen->len, ==, 0);
  test_success (fixture, data);
}

static void
test_bad_uris (void)
{
  static const char *const uris[] = {
    "https://127.0.0.1:1/callback",    /* we have no certificate */
    "http://192.0.2.1:1/callback",     /* not this machine */
    "http://0.0.0.0:1/callback",       /* everybody's */
    "http://localhost.evil.example/",  /* begins well */
    "http://127.1:1/callback",         /* the same address in other letters */
    "http://user@127.0.0.1:1/cb",      /* user info */
    "http://127.0.0.1:1/callback?a=b", /* query */
    "http://127.0.0.1:1/callback#a",   /* fragment */
    "claviger:/callback",              /* scheme of an application */
    "",
  };
  CvgRedirectSocket *listener = cvg_redirect_socket_new ();

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          cvg_redirect_open (CVG_REDIRECT (listener), uris[i], FALSE, on_redirect, NULL, &error));
      g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
    }
  g_assert_finalize_object (listener);
}

#define ADD(path, uri, func)                                                                       \
  g_test_add ("/redirect-socket/" path, Fixture, uri, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  ADD ("redirect-gets-its-page", NULL, test_success);
  ADD ("redirect-comes-in-pieces", NULL, test_in_pieces);
  ADD ("half-closed-gets-the-whole-page", NULL, test_half_closed);
  ADD ("strays-do-not-end-the-sign-in", NULL, test_strays);
  ADD ("huge-head-is-refused", NULL, test_huge_head);
  ADD ("slow-head-is-dropped", NULL, test_slow_head);
  ADD ("slow-page-is-given-up", NULL, test_slow_page);
  ADD ("idle-connections-make-room", NULL, test_idle_connections);
  ADD ("waiting-browsers-stay", NULL, test_waiting_stay);
  ADD ("page-may-come-later", NULL, test_reply_later);
  ADD ("hang-up-while-waiting", NULL, test_hang_up);
  ADD ("location-is-followed", NULL, test_location);
  ADD ("close-gives-the-port-back", NULL, test_close);
  ADD ("page-on-its-way-outlives-the-listener", NULL, test_finalize_sends);
  ADD ("two-uris-share-a-port", NULL, test_shared);
  ADD ("taken-port-is-named", NULL, test_port_taken);
  ADD ("localhost-is-both-families", "http://localhost/callback", test_localhost);
  ADD ("localhost-needs-both-families", NULL, test_localhost_half_taken);
  ADD ("ipv6-literal", NULL, test_ipv6);
  ADD ("another-user-gets-nothing", NULL, test_other_user);
  g_test_add_func ("/redirect-socket/bad-uris", test_bad_uris);

  return g_test_run ();
}
