/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The HTTP port against a real server in the same process. That the server shares the main loop is
 * a test of its own: anything that blocked would never end.
 */
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "adapters/http-soup.h"
#include "dbus/error.h"
#include "wait-for.h"

#define SECRET "s3cret-refresh-token"

typedef struct
{
  CvgHttpSoup *http;
  SoupServer *server;
  char *base;
  GAsyncResult *result;
  guint count;                 /* requests that came */
  char *method;                /* of the last one */
  char *body;                  /* likewise */
  SoupMessageHeaders *headers; /* likewise */
  GPtrArray *paused;           /* (element-type SoupServerMessage) */
} Fixture;

static void
answer (SoupServerMessage *message, guint status, const char *type, const char *body, gsize length)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, body, length);
}

static void
answer_json (SoupServerMessage *message)
{
  answer (message, 200, "Application/JSON; charset=utf-8", "{\"a\":1}", 7);
}

static void
set_header (SoupServerMessage *message, const char *name, const char *value)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), name, value);
}

static void
answer_sized (SoupServerMessage *message, gsize size)
{
  g_autofree char *body = g_malloc (size);

  memset (body, 'x', size);
  answer (message, 200, "text/plain", body, size);
}

/* More than the limit, and then silence: whoever waits for the end waits for ever. */
static void
answer_endless (Fixture *fixture, SoupServerMessage *message)
{
  static char chunk[65536];
  SoupMessageBody *body = soup_server_message_get_response_body (message);

  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                     SOUP_ENCODING_CHUNKED);
  for (guint i = 0; i < 2 * CVG_HTTP_BODY_LIMIT / sizeof chunk; i++)
    soup_message_body_append (body, SOUP_MEMORY_STATIC, chunk, sizeof chunk);
}

static void
drop_connection (SoupServerMessage *message)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

  g_io_stream_close (stream, NULL, NULL);
}

static void
answer_retry (SoupServerMessage *message, GHashTable *query)
{
  const char *date = g_hash_table_lookup (query, "date");

  if (date != NULL)
    set_header (message, "Date", date);
  set_header (message, "Retry-After", g_hash_table_lookup (query, "after"));
  answer (message, 429, "application/json", "{}", 2);
}

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  Fixture *fixture = user_data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  fixture->count++;
  g_free (fixture->method);
  fixture->method = g_strdup (soup_server_message_get_method (message));
  g_free (fixture->body);
  fixture->body = g_strndup (body->data, (gsize) body->length);
  g_clear_pointer (&fixture->headers, soup_message_headers_unref);
  fixture->headers = soup_message_headers_ref (soup_server_message_get_request_headers (message));

  if (g_str_equal (path, "/ok"))
    answer_json (message);
  else if (g_str_equal (path, "/slow"))
    {
      g_ptr_array_add (fixture->paused, g_object_ref (message));
      soup_server_message_pause (message);
    }
  else if (g_str_equal (path, "/limit"))
    answer_sized (message, CVG_HTTP_BODY_LIMIT);
  else if (g_str_equal (path, "/huge"))
    answer_sized (message, CVG_HTTP_BODY_LIMIT + 1);
  else if (g_str_equal (path, "/endless"))
    answer_endless (fixture, message);
  else if (g_str_equal (path, "/dropped"))
    drop_connection (message);
  else if (g_str_equal (path, "/retry"))
    answer_retry (message, query);
  else if (g_str_equal (path, "/empty"))
    soup_server_message_set_status (message, 204, NULL);
  else if (g_str_equal (path, "/redirect"))
    soup_server_message_set_redirect (message, 302, "/ok");
  else if (g_str_equal (path, "/cookie"))
    {
      set_header (message, "Set-Cookie", "a=b; path=/");
      answer_json (message);
    }
  else if (g_str_equal (path, "/login"))
    {
      set_header (message, "WWW-Authenticate", "Basic realm=\"x\"");
      answer (message, 401, "application/json", "{}", 2);
    }
  else
    answer (message, 404, "text/html", "no", 2);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->http = cvg_http_soup_new ("7.8");
  fixture->server = soup_server_new (NULL, NULL);
  fixture->paused = g_ptr_array_new_with_free_func (g_object_unref);
  soup_server_add_handler (fixture->server, NULL, on_request, fixture, NULL);
  soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);

  GSList *uris = soup_server_get_uris (fixture->server);

  fixture->base = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_null (fixture->result);
  g_ptr_array_unref (fixture->paused);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->http);
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  g_clear_pointer (&fixture->headers, soup_message_headers_unref);
  g_free (fixture->method);
  g_free (fixture->body);
  g_free (fixture->base);
}

static void
begin (Fixture *fixture, const char *path, GCancellable *cancellable)
{
  g_autofree char *url = g_strconcat (fixture->base, path, NULL);
  g_autoptr (CvgHttpRequest) request = cvg_http_request_new ("POST", url);

  request->authorization = cvg_secret_new ("Basic Zm9vOmJhcg==");
  request->content_type = "application/x-www-form-urlencoded";
  request->body = cvg_secret_new ("refresh_token=" SECRET);
  cvg_http_send_async (CVG_HTTP (fixture->http), request, cancellable, wait_for_keep,
                       &fixture->result);
}

static CvgHttpResponse *
end (Fixture *fixture, GError **error)
{
  while (fixture->result == NULL)
    g_main_context_iteration (NULL, TRUE);

  g_autoptr (GAsyncResult) result = g_steal_pointer (&fixture->result);

  return cvg_http_send_finish (CVG_HTTP (fixture->http), result, error);
}

static void
assert_try_later (Fixture *fixture, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgHttpResponse) response = end (fixture, &error);

  g_assert_null (response);
  g_assert_error (error, CVG_ERROR, CVG_ERROR_TRY_LATER);
  g_assert_cmpstr (error->message, ==, expected);
}

static const char *
header (Fixture *fixture, const char *name)
{
  return soup_message_headers_get_list (fixture->headers, name);
}

static void
test_post (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin (fixture, "/ok", NULL);
  g_assert_null (fixture->result);
  g_autoptr (CvgHttpResponse) response = end (fixture, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
  g_assert_cmpstr (response->content_type, ==, "application/json");
  g_assert_cmpuint (response->retry_after, ==, 0);
  g_assert_cmpstr (cvg_secret_peek (response->body), ==, "{\"a\":1}");

  g_assert_cmpstr (fixture->method, ==, "POST");
  g_assert_cmpstr (fixture->body, ==, "refresh_token=" SECRET);
  g_assert_cmpstr (header (fixture, "Content-Type"), ==, "application/x-www-form-urlencoded");
  g_assert_cmpstr (header (fixture, "Accept"), ==, "application/json");
  g_assert_cmpstr (header (fixture, "User-Agent"), ==, "claviger/7.8");
  g_assert_cmpstr (header (fixture, "Authorization"), ==, "Basic Zm9vOmJhcg==");
}

static void
test_get (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strconcat (fixture->base, "/ok?a=%20b", NULL);
  g_autoptr (CvgHttpRequest) request = cvg_http_request_new ("GET", url);

  cvg_http_send_async (CVG_HTTP (fixture->http), request, NULL, wait_for_keep, &fixture->result);
  g_autoptr (CvgHttpResponse) response = end (fixture, NULL);

  g_assert_cmpuint (response->status, ==, 200);
  g_assert_cmpstr (fixture->method, ==, "GET");
  g_assert_cmpstr (fixture->body, ==, "");
  g_assert_null (header (fixture, "Authorization"));
}

static void
test_statuses (Fixture *fixture, gconstpointer data)
{
  begin (fixture, "/missing", NULL);
  g_autoptr (CvgHttpResponse) missing = end (fixture, NULL);
  g_assert_cmpuint (missing->status, ==, 404);
  g_assert_cmpstr (missing->content_type, ==, "text/html");
  g_assert_cmpstr (cvg_secret_peek (missing->body), ==, "no");

  begin (fixture, "/empty", NULL);
  g_autoptr (CvgHttpResponse) empty = end (fixture, NULL);
  g_assert_cmpuint (empty->status, ==, 204);
  g_assert_null (empty->content_type);
  g_assert_true (cvg_secret_is_empty (empty->body));
}

static void
test_nothing_automatic (Fixture *fixture, gconstpointer data)
{
  begin (fixture, "/redirect", NULL);
  g_autoptr (CvgHttpResponse) redirect = end (fixture, NULL);
  g_assert_cmpuint (redirect->status, ==, 302);
  g_assert_cmpuint (fixture->count, ==, 1);

  begin (fixture, "/login", NULL);
  g_autoptr (CvgHttpResponse) login = end (fixture, NULL);
  g_assert_cmpuint (login->status, ==, 401);
  g_assert_cmpuint (fixture->count, ==, 2);

  begin (fixture, "/cookie", NULL);
  g_autoptr (CvgHttpResponse) cookie = end (fixture, NULL);
  g_assert_cmpuint (cookie->status, ==, 200);
  begin (fixture, "/ok", NULL);
  g_autoptr (CvgHttpResponse) after = end (fixture, NULL);
  g_assert_cmpuint (after->status, ==, 200);
  g_assert_null (header (fixture, "Cookie"));
}

static void
test_retry_after (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *query;
    guint seconds;
  } vectors[] = {
    { "after=7", 7 },
    { "after=0", 0 },
    { "after=86401", 86400 },                   /* longer than a day */
    { "after=99999999999999999999999", 86400 }, /* longer than time */
    { "after=-5", 0 },                          /* not a number of seconds */
    { "after=soon", 0 },
    { "after=Sat,%2021%20Nov%202026%2010:00:30%20GMT&date=Sat,%2021%20Nov%202026%2010:00:00%20GMT",
      30 }, /* by the server's clock */
    { "after=Sat,%2021%20Nov%202026%2009:00:00%20GMT&date=Sat,%2021%20Nov%202026%2010:00:00%20GMT",
      0 },                                                      /* in the past */
    { "after=Fri,%2001%20Jan%202100%2000:00:00%20GMT", 86400 }, /* by ours */
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/retry?", vectors[i].query, NULL);

      begin (fixture, path, NULL);
      g_autoptr (CvgHttpResponse) response = end (fixture, NULL);

      g_assert_cmpuint (response->status, ==, 429);
      g_assert_cmpuint (response->retry_after, ==, vectors[i].seconds);
    }
}

static void
test_sizes (Fixture *fixture, gconstpointer data)
{
  begin (fixture, "/limit", NULL);
  g_autoptr (CvgHttpResponse) limit = end (fixture, NULL);
  g_assert_cmpuint (cvg_secret_get_length (limit->body), ==, CVG_HTTP_BODY_LIMIT);

  begin (fixture, "/huge", NULL);
  assert_try_later (fixture, "The answer of 127.0.0.1 is too large");
  begin (fixture, "/endless", NULL);
  assert_try_later (fixture, "The answer of 127.0.0.1 is too large");

  begin (fixture, "/ok", NULL);
  g_autoptr (CvgHttpResponse) after = end (fixture, NULL);
  g_assert_cmpuint (after->status, ==, 200);
}

static void
test_dropped (Fixture *fixture, gconstpointer data)
{
  begin (fixture, "/dropped?code=" SECRET, NULL);
  assert_try_later (fixture, "No answer from 127.0.0.1: the connection was dropped");
  /* Once: whether it may be sent again is not for us to say. */
  g_assert_cmpuint (fixture->count, ==, 1);
}

/* The server closes a connection that was kept, as they do. */
static void
test_dropped_when_reused (Fixture *fixture, gconstpointer data)
{
  begin (fixture, "/ok", NULL);
  g_autoptr (CvgHttpResponse) first = end (fixture, NULL);
  g_assert_nonnull (first);
  begin (fixture, "/dropped", NULL);
  assert_try_later (fixture, "No answer from 127.0.0.1: the connection was dropped");
  g_assert_cmpuint (fixture->count, ==, 2);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  soup_server_disconnect (fixture->server);
  begin (fixture, "/ok?code=" SECRET, NULL);
  assert_try_later (fixture, "No answer from 127.0.0.1: it refused the connection");
}

static void
test_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgHttpRequest) request = cvg_http_request_new ("GET", "https://idp.invalid/?code=x");
  g_autoptr (GError) error = NULL;

  cvg_http_send_async (CVG_HTTP (fixture->http), request, NULL, wait_for_keep, &fixture->result);
  g_autoptr (CvgHttpResponse) response = end (fixture, &error);

  g_assert_null (response);
  g_assert_error (error, CVG_ERROR, CVG_ERROR_TRY_LATER);
  g_assert_true (g_str_has_prefix (error->message, "No answer from idp.invalid: its name "));
}

static void
test_deadline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  cvg_http_soup_set_deadline (fixture->http, 50);
  begin (fixture, "/slow", cancellable);
  assert_try_later (fixture, "No answer from 127.0.0.1: it did not answer in time");
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  begin (fixture, "/slow", cancellable);
  while (fixture->paused->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (fixture->result);

  g_cancellable_cancel (cancellable);
  g_autoptr (CvgHttpResponse) response = end (fixture, &error);

  g_assert_null (response);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cancelled_before (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  begin (fixture, "/ok", cancellable);
  g_autoptr (CvgHttpResponse) response = end (fixture, &error);

  g_assert_null (response);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (fixture->count, ==, 0);
}

static void
test_not_a_request (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgHttpRequest) no_url = cvg_http_request_new ("GET", "not a URL");
  g_autoptr (CvgHttpRequest) two_lines = cvg_http_request_new ("GET", fixture->base);
  g_autoptr (GError) error = NULL;

  cvg_http_send_async (CVG_HTTP (fixture->http), no_url, NULL, wait_for_keep, &fixture->result);
  g_assert_null (end (fixture, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_clear_error (&error);

  two_lines->authorization = cvg_secret_new ("Bearer a\r\nX: y");
  cvg_http_send_async (CVG_HTTP (fixture->http), two_lines, NULL, wait_for_keep, &fixture->result);
  g_assert_null (end (fixture, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_assert_cmpuint (fixture->count, ==, 0);
}

/* A certificate that nobody vouches for. Returns: (nullable): %NULL if none can be made here */
static GTlsCertificate *
make_certificate (void)
{
  g_autofree char *folder = g_dir_make_tmp ("claviger-XXXXXX", NULL);
  g_autofree char *key = g_build_filename (folder, "key.pem", NULL);
  g_autofree char *certificate = g_build_filename (folder, "certificate.pem", NULL);
  const char *const argv[] = {
    "openssl", "req",   "-x509",         "-newkey",   "rsa:2048",
    "-nodes",  "-subj", "/CN=127.0.0.1", "-addext",   "subjectAltName=IP:127.0.0.1",
    "-keyout", key,     "-out",          certificate, NULL
  };
  g_autoptr (GSubprocess) openssl =
      g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
  GTlsCertificate *made = NULL;

  if (openssl != NULL && g_subprocess_wait_check (openssl, NULL, NULL))
    made = g_tls_certificate_new_from_files (certificate, key, NULL);
  g_remove (key);
  g_remove (certificate);
  g_rmdir (folder);
  return made;
}

static void
test_tls (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTlsCertificate) certificate = make_certificate ();
  g_autoptr (GError) error = NULL;

  if (certificate == NULL)
    {
      g_test_skip ("No certificate could be made (openssl or glib-networking is missing)");
      return;
    }
  soup_server_disconnect (fixture->server);
  soup_server_set_tls_certificate (fixture->server, certificate);
  soup_server_listen_local (fixture->server, 0,
                            SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS, &error);
  g_assert_no_error (error);

  GSList *uris = soup_server_get_uris (fixture->server);

  g_free (fixture->base);
  fixture->base = g_strdup_printf ("https://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  begin (fixture, "/ok", NULL);
  assert_try_later (fixture, "No answer from 127.0.0.1: its TLS certificate is not trusted");
  g_assert_cmpuint (fixture->count, ==, 0);
}

#define ADD(path, func) g_test_add ("/http-soup/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  /* The proxy of whoever runs this has no part in it. */
  g_unsetenv ("http_proxy");
  g_unsetenv ("https_proxy");
  g_unsetenv ("all_proxy");
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init (&argc, &argv, NULL);

  ADD ("post-sends-the-secret-body", test_post);
  ADD ("get-has-no-body", test_get);
  ADD ("any-status-is-an-answer", test_statuses);
  ADD ("no-redirect-no-login-no-cookie", test_nothing_automatic);
  ADD ("retry-after", test_retry_after);
  ADD ("sizes", test_sizes);
  ADD ("dropped-is-not-repeated", test_dropped);
  ADD ("dropped-when-reused-is-not-repeated", test_dropped_when_reused);
  ADD ("refused", test_refused);
  ADD ("unknown-name", test_name);
  ADD ("deadline", test_deadline);
  ADD ("cancelled", test_cancelled);
  ADD ("cancelled-before", test_cancelled_before);
  ADD ("not-a-request", test_not_a_request);
  ADD ("untrusted-certificate", test_tls);

  return g_test_run ();
}
