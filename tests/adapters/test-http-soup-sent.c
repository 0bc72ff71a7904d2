/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the HTTP port says of a request that failed: whether a server can have seen it. And that
 * none is sent twice, whatever the server and the kept connections do.
 */
#include <string.h>

#include "adapters/http-soup.h"
#include "dbus/error.h"
#include "raw-server.h"
#include "wait-for.h"

#define BODY "refresh_token=s3cret"
/* As many requests to one host as are on the wire at once. */
#define AT_ONCE 8
#define LATE 60 /* ms */

/* The proxy of this program: none, until a test sets one. */
typedef GSimpleProxyResolver OurProxy;
typedef GSimpleProxyResolverClass OurProxyClass;

static void our_proxy_resolver_init (GProxyResolverInterface *iface);
GType our_proxy_get_type (void);

G_DEFINE_TYPE_WITH_CODE (OurProxy,
                         our_proxy,
                         G_TYPE_SIMPLE_PROXY_RESOLVER,
                         G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, our_proxy_resolver_init))

static gboolean
our_proxy_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static void
our_proxy_resolver_init (GProxyResolverInterface *iface)
{
  iface->is_supported = our_proxy_is_supported;
}

static void
our_proxy_class_init (OurProxyClass *klass)
{
}

static void
our_proxy_init (OurProxy *self)
{
}

typedef struct
{
  CvgHttpSoup *http;
  RawServer *server;
  char *base;
} Fixture;

/* One request that ended, or will. */
typedef struct
{
  GAsyncResult *result;
} End;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->http = cvg_http_soup_new ("7.8");
  fixture->server = raw_server_new ("127.0.0.1", RAW_ANSWER);
  fixture->base = g_strdup_printf ("http://127.0.0.1:%u", fixture->server->port);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  GProxyResolver *resolver = g_proxy_resolver_get_default ();

  g_simple_proxy_resolver_set_default_proxy (G_SIMPLE_PROXY_RESOLVER (resolver), NULL);
  /* What was given up ends a moment later. */
  while (G_OBJECT (fixture->http)->ref_count > 1 || g_main_context_pending (NULL))
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (fixture->http);
  raw_server_free (fixture->server);
  g_free (fixture->base);
}

static void
begin (Fixture *fixture, const char *method, const char *url, GCancellable *cancellable, End *end)
{
  g_autoptr (CvgHttpRequest) request = cvg_http_request_new (method, url);

  end->result = NULL;
  if (g_str_equal (method, "POST"))
    {
      request->content_type = "application/x-www-form-urlencoded";
      request->body = cvg_secret_new (BODY);
    }
  cvg_http_send_async (CVG_HTTP (fixture->http), request, cancellable, wait_for_keep, &end->result);
}

static void
wait_for (End *end)
{
  WAIT_FOR (end->result != NULL);
}

static void
wait_for_requests (RawServer *server, guint count)
{
  WAIT_FOR (server->requests >= count);
}

static void
assert_answer (Fixture *fixture, End *end, guint status)
{
  g_autoptr (GError) error = NULL;

  wait_for (end);
  g_autoptr (CvgHttpResponse) response =
      cvg_http_send_finish (CVG_HTTP (fixture->http), end->result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, status);
  g_assert_true (cvg_http_was_sent (CVG_HTTP (fixture->http), end->result));
  g_clear_object (&end->result);
}

static void
assert_failed (Fixture *fixture, End *end, const char *why, gboolean sent)
{
  g_autoptr (GError) error = NULL;

  wait_for (end);
  g_assert_null (cvg_http_send_finish (CVG_HTTP (fixture->http), end->result, &error));
  if (why != NULL)
    {
      g_assert_error (error, CVG_ERROR, CVG_ERROR_TRY_LATER);
      if (strstr (error->message, why) == NULL)
        g_error ("\"%s\" does not say \"%s\"", error->message, why);
    }
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (cvg_http_was_sent (CVG_HTTP (fixture->http), end->result) == sent);
  g_clear_object (&end->result);
}

/* ---- before anything was sent ---- */

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  End end;

  raw_server_stop_listening (fixture->server);
  begin (fixture, "POST", fixture->base, NULL, &end);
  assert_failed (fixture, &end, "it refused the connection", FALSE);
}

static void
test_name (Fixture *fixture, gconstpointer data)
{
  End end;

  begin (fixture, "POST", "https://idp.invalid/token", NULL, &end);
  assert_failed (fixture, &end, "its name ", FALSE);
}

/* It answers a TLS greeting in plain HTTP. */
static void
test_no_tls (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/", fixture->server->port);
  End end;

  fixture->server->manner = RAW_SILENT;
  begin (fixture, "POST", url, NULL, &end);
  while (fixture->server->bytes->len == 0)
    g_main_context_iteration (NULL, TRUE);
  GOutputStream *out = g_io_stream_get_output_stream (fixture->server->connections->pdata[0]);
  g_output_stream_write_all (out, RAW_OK, strlen (RAW_OK), NULL, NULL, NULL);
  assert_failed (fixture, &end, "no secure connection could be made", FALSE);
}

/* All that a server sees of us before it proves who it is; and h2 is not offered. */
static void
test_tls_hangs (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/", fixture->server->port);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GString *bytes = fixture->server->bytes;
  End end;

  fixture->server->manner = RAW_SILENT;
  cvg_http_soup_set_deadline (fixture->http, LATE);
  begin (fixture, "POST", url, NULL, &end);
  assert_failed (fixture, &end, "it did not answer in time", FALSE);
  g_assert_nonnull (memmem (bytes->str, bytes->len, "\x08http/1.1", 9));
  g_assert_null (memmem (bytes->str, bytes->len, "\x02h2", 3));

  cvg_http_soup_set_deadline (fixture->http, 30000);
  g_string_truncate (bytes, 0);
  begin (fixture, "POST", url, cancellable, &end);
  while (bytes->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  assert_failed (fixture, &end, NULL, FALSE);
}

static void
test_cancelled_before (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  End end;

  g_cancellable_cancel (cancellable);
  begin (fixture, "POST", fixture->base, cancellable, &end);
  assert_failed (fixture, &end, NULL, FALSE);
  g_assert_cmpuint (fixture->server->requests, ==, 0);
}

static void
test_not_a_request (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  End end;

  begin (fixture, "POST", "not a URL", NULL, &end);
  wait_for (&end);
  g_assert_null (cvg_http_send_finish (CVG_HTTP (fixture->http), end.result, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_false (cvg_http_was_sent (CVG_HTTP (fixture->http), end.result));
  g_object_unref (end.result);
}

/* A proxy that does not let us through: its answer is not the server's. */
static void
test_proxy (Fixture *fixture, gconstpointer data)
{
  static const char *const answers[] = {
    "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nno",
    "HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 2\r\n\r\nno",
    "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
    "nonsense\r\n\r\n",
  };
  GProxyResolver *resolver = g_proxy_resolver_get_default ();
  End end;

  g_simple_proxy_resolver_set_default_proxy (G_SIMPLE_PROXY_RESOLVER (resolver), fixture->base);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      fixture->server->answer = answers[i];
      cvg_http_soup_set_deadline (fixture->http, 5000);
      begin (fixture, "POST", "https://idp.invalid/token", NULL, &end);
      assert_failed (fixture, &end, "the proxy on the way did not let us through", FALSE);
    }
  g_assert_null (strstr (fixture->server->bytes->str, BODY));
}

/* The deadline is of the whole, and so of waiting for a place too. */
static void
test_waits_for_a_place (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  End busy[AT_ONCE];
  End late;
  End left;

  fixture->server->manner = RAW_SILENT;
  for (guint i = 0; i < AT_ONCE; i++)
    begin (fixture, "POST", fixture->base, NULL, &busy[i]);
  wait_for_requests (fixture->server, AT_ONCE);

  cvg_http_soup_set_deadline (fixture->http, LATE);
  begin (fixture, "POST", fixture->base, NULL, &late);
  begin (fixture, "POST", fixture->base, cancellable, &left);
  g_cancellable_cancel (cancellable);
  assert_failed (fixture, &left, NULL, FALSE);
  assert_failed (fixture, &late, "it did not answer in time", FALSE);
  g_assert_cmpuint (fixture->server->requests, ==, AT_ONCE);
  g_assert_cmpuint (fixture->server->connections->len, ==, AT_ONCE);

  /* Their turn comes, and passes. */
  raw_server_hang_up (fixture->server);
  for (guint i = 0; i < AT_ONCE; i++)
    assert_failed (fixture, &busy[i], "the connection was dropped", TRUE);
  fixture->server->manner = RAW_ANSWER;
  cvg_http_soup_set_deadline (fixture->http, 30000);
  begin (fixture, "POST", fixture->base, NULL, &late);
  assert_answer (fixture, &late, 200);
  g_assert_cmpuint (fixture->server->requests, ==, AT_ONCE + 1);
}

/* Three servers that don't answer are no reason for a fourth to wait. */
static void
test_other_hosts (Fixture *fixture, gconstpointer data)
{
  RawServer *slow[3];
  End busy[3][AT_ONCE];
  End end;

  for (guint host = 0; host < G_N_ELEMENTS (slow); host++)
    {
      g_autofree char *address = g_strdup_printf ("127.0.0.%u", host + 2);

      slow[host] = raw_server_new (address, RAW_SILENT);
      g_autofree char *url = g_strdup_printf ("http://%s:%u/", address, slow[host]->port);

      for (guint i = 0; i < AT_ONCE; i++)
        begin (fixture, "POST", url, NULL, &busy[host][i]);
      wait_for_requests (slow[host], AT_ONCE);
    }
  begin (fixture, "POST", fixture->base, NULL, &end);
  assert_answer (fixture, &end, 200);

  for (guint host = 0; host < G_N_ELEMENTS (slow); host++)
    {
      raw_server_free (slow[host]);
      for (guint i = 0; i < AT_ONCE; i++)
        assert_failed (fixture, &busy[host][i], "the connection was dropped", TRUE);
    }
}

/* ---- after ---- */

static void
test_closed (Fixture *fixture, gconstpointer data)
{
  End end;

  fixture->server->manner = RAW_CLOSE;
  begin (fixture, "POST", fixture->base, NULL, &end);
  assert_failed (fixture, &end, "the connection was dropped", TRUE);
  g_assert_cmpuint (fixture->server->requests, ==, 1);
}

static void
test_silent (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  End end;

  fixture->server->manner = RAW_SILENT;
  begin (fixture, "POST", fixture->base, cancellable, &end);
  wait_for_requests (fixture->server, 1);
  g_cancellable_cancel (cancellable);
  assert_failed (fixture, &end, NULL, TRUE);

  cvg_http_soup_set_deadline (fixture->http, LATE);
  begin (fixture, "POST", fixture->base, NULL, &end);
  assert_failed (fixture, &end, "it did not answer in time", TRUE);
}

static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  End end;

  fixture->server->answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{";
  begin (fixture, "POST", fixture->base, NULL, &end);
  wait_for_requests (fixture->server, 1);
  raw_server_hang_up (fixture->server);
  assert_failed (fixture, &end, "", TRUE);
}

/* ---- kept connections ---- */

static void
test_kept (Fixture *fixture, gconstpointer data)
{
  End end;

  for (guint i = 0; i < 3; i++)
    {
      begin (fixture, i < 2 ? "POST" : "GET", fixture->base, NULL, &end);
      assert_answer (fixture, &end, 200);
    }
  g_assert_cmpuint (fixture->server->requests, ==, 3);
  g_assert_cmpuint (fixture->server->connections->len, ==, 1);
}

static void
test_kept_and_closed_before (Fixture *fixture, gconstpointer data)
{
  End end;

  begin (fixture, "POST", fixture->base, NULL, &end);
  assert_answer (fixture, &end, 200);
  raw_server_hang_up (fixture->server);
  begin (fixture, "POST", fixture->base, NULL, &end);
  assert_answer (fixture, &end, 200);
  g_assert_cmpuint (fixture->server->requests, ==, 2);
  g_assert_cmpuint (fixture->server->connections->len, ==, 2);
}

static void
test_kept_and_closed_upon (Fixture *fixture, gconstpointer data)
{
  End end;

  begin (fixture, "POST", fixture->base, NULL, &end);
  assert_answer (fixture, &end, 200);
  fixture->server->manner = RAW_CLOSE;
  begin (fixture, "POST", fixture->base, NULL, &end);
  assert_failed (fixture, &end, "the connection was dropped", TRUE);
  g_assert_cmpuint (fixture->server->connections->len, ==, 1);
  g_assert_cmpuint (fixture->server->requests, ==, 2);
}

/* What a GET asks for can be asked twice, and libsoup does. */
static void
test_kept_get_is_repeated (Fixture *fixture, gconstpointer data)
{
  End end;

  begin (fixture, "POST", fixture->base, NULL, &end);
  assert_answer (fixture, &end, 200);
  fixture->server->manner = RAW_CLOSE;
  begin (fixture, "GET", fixture->base, NULL, &end);
  wait_for_requests (fixture->server, 2);
  fixture->server->manner = RAW_ANSWER;
  assert_answer (fixture, &end, 200);
  g_assert_cmpuint (fixture->server->requests, ==, 3);
}

static void
test_misdirected (Fixture *fixture, gconstpointer data)
{
  End end;

  fixture->server->answer = "HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n";
  begin (fixture, "POST", fixture->base, NULL, &end);
  assert_failed (fixture, &end, "it wanted the request a second time", TRUE);
  g_assert_cmpuint (fixture->server->requests, ==, 1);
}

#define ADD(path, func) g_test_add ("/http-soup-sent/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  /* The proxy of whoever runs this has no part in it, and one test sets its own. */
  g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME, our_proxy_get_type (),
                                  "ours", 0);
  g_setenv ("GIO_USE_PROXY_RESOLVER", "ours", TRUE);
  g_test_init (&argc, &argv, NULL);

  ADD ("refused", test_refused);
  ADD ("unknown-name", test_name);
  ADD ("no-tls", test_no_tls);
  ADD ("tls-that-hangs", test_tls_hangs);
  ADD ("cancelled-before", test_cancelled_before);
  ADD ("not-a-request", test_not_a_request);
  ADD ("proxy-that-refuses", test_proxy);
  ADD ("deadline-while-waiting-for-a-place", test_waits_for_a_place);
  ADD ("slow-hosts-do-not-starve-others", test_other_hosts);
  ADD ("closed-after-it-was-read", test_closed);
  ADD ("silence-after-it-was-read", test_silent);
  ADD ("half-an-answer", test_truncated);
  ADD ("kept-connections-are-used", test_kept);
  ADD ("kept-connection-closed-before", test_kept_and_closed_before);
  ADD ("kept-connection-closed-upon-a-post", test_kept_and_closed_upon);
  ADD ("kept-connection-closed-upon-a-get", test_kept_get_is_repeated);
  ADD ("misdirected-is-not-repeated", test_misdirected);

  return g_test_run ();
}
