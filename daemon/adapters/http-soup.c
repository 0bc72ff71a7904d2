/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests to providers. Each is one attempt, bounded in time and size, with no redirects, no
 * cookies, no cache and no credentials but those it was given: a token endpoint that moves, logs
 * in or sets state is none.
 *
 * Invariant: a request ends by the answer, the caller's cancellable or our deadline, whichever
 * comes first, and its error says which. A POST is never sent twice here, and what fails can be
 * asked whether it was sent at all: whether a request that may have been heard may be repeated is
 * for its maker to know. A GET on a kept connection that turns out to be closed is sent once more,
 * by libsoup.
 *
 * HTTP/1.1 only. With HTTP/2 requests share a connection and its fate: libsoup 3.2 gives up all
 * that are under way when the server closes it in good order, and with them answers that hold the
 * only valid refresh token.
 *
 * The bytes of bodies are wiped where they were ours. libsoup's and the TLS library's buffers are
 * not.
 */
#include "adapters/http-soup.h"

#include <libsoup/soup.h>
#include <string.h>

#include "adapters/http-failure.h"
#include "adapters/retry-after.h"
#include "dbus/error.h"

#define DEADLINE 30000 /* ms: of the whole, from the name to the last byte */
#define FIRST_CHUNK 8192
/* A morning with many expired tokens of one provider is to look like one browser. */
#define CONNECTIONS_PER_HOST 8
/* Of all hosts, idle ones included, which make room: one slow provider, or a few, must not hold up
 * the others; and files are limited to 1,024 where nobody said otherwise. */
#define CONNECTIONS 256
/* s: short, since a server that closes a connection just as a request is on its way leaves us in
 * doubt. A token request and the reading of sites that follows it share a connection. */
#define IDLE_TIMEOUT 15

struct _CvgHttpSoup
{
  GObject parent_instance;

  SoupSession *session; /* (owned) (nullable): made with the first request */
  char *user_agent;     /* (owned) */
  guint deadline;       /* ms */
};

/* One request on the wire; the data of its task. */
typedef struct
{
  SoupMessage *message;      /* (owned) */
  GCancellable *cancellable; /* (owned): ours; cancelled by the deadline and by the caller */
  GSource *deadline;         /* (owned) */
  GSource *leaving;          /* (owned) (nullable): the caller's cancellable */
  gboolean is_late;          /* the deadline has passed */
  gboolean is_begun;         /* its first bytes may be on the wire */
  gboolean is_repeat;        /* libsoup was about to send it again */
  gboolean is_over;          /* its task was answered, and libsoup does not know it yet */
  GInputStream *body;        /* (owned) (nullable) */
  char *bytes;               /* (owned): wiped */
  gsize filled;
  gsize size;
} Exchange;

static void cvg_http_soup_http_init (CvgHttpInterface *iface);
static void read_on (GTask *task);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgHttpSoup,
                               cvg_http_soup,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_HTTP, cvg_http_soup_http_init))

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
exchange_free (gpointer data)
{
  Exchange *exchange = data;

  clear_source (&exchange->deadline);
  clear_source (&exchange->leaving);
  g_signal_handlers_disconnect_by_data (exchange->message, exchange);
  g_clear_object (&exchange->message);
  g_clear_object (&exchange->cancellable);
  g_clear_object (&exchange->body);
  if (exchange->bytes != NULL)
    explicit_bzero (exchange->bytes, exchange->size);
  g_free (exchange->bytes);
  g_free (exchange);
}

/* ---- errors ---- */

static void
fail (GTask *task, const GError *error)
{
  const Exchange *exchange = g_task_get_task_data (task);
  const char *host = g_uri_get_host (soup_message_get_uri (exchange->message));

  /* The caller's leaving counts first: whoever left wants to hear nothing else. */
  if (g_task_return_error_if_cancelled (task))
    return;

  g_debug ("A request to %s failed: %s (%d)", host, g_quark_to_string (error->domain), error->code);
  g_task_return_new_error (
      task, CVG_ERROR, CVG_ERROR_TRY_LATER, "No answer from %s: %s", host,
      exchange->is_late   ? "it did not answer in time" :
      exchange->is_repeat ? "it wanted the request a second time" :
                            cvg_http_failure_describe (error, exchange->is_begun));
}

/* ---- the answer ---- */

static void
succeed (GTask *task)
{
  const Exchange *exchange = g_task_get_task_data (task);
  SoupMessageHeaders *headers = soup_message_get_response_headers (exchange->message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  g_autoptr (CvgSecret) body = cvg_secret_new_sized (exchange->bytes, exchange->filled);
  CvgHttpResponse *response = cvg_http_response_new (soup_message_get_status (exchange->message),
                                                     type, cvg_retry_after_read (headers), body);

  response->challenge = g_strdup (soup_message_headers_get_list (headers, "WWW-Authenticate"));
  g_task_return_pointer (task, response, (GDestroyNotify) cvg_http_response_free);
}

/* realloc() would leave the old copy behind. */
static void
make_room (Exchange *exchange)
{
  if (exchange->filled < exchange->size)
    return;

  /* One byte above the limit, to see whether there is more. */
  gsize size = MIN (MAX (2 * exchange->size, FIRST_CHUNK), CVG_HTTP_BODY_LIMIT + 1);
  char *bytes = g_malloc (size);

  if (exchange->bytes != NULL)
    {
      memcpy (bytes, exchange->bytes, exchange->filled);
      explicit_bzero (exchange->bytes, exchange->size);
      g_free (exchange->bytes);
    }
  exchange->bytes = bytes;
  exchange->size = size;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gssize count = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (count < 0)
    {
      fail (task, error);
      return;
    }
  if (count == 0)
    {
      succeed (task);
      return;
    }

  exchange->filled += (gsize) count;
  if (exchange->filled > CVG_HTTP_BODY_LIMIT)
    {
      g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_TRY_LATER,
                               "The answer of %s is too large",
                               g_uri_get_host (soup_message_get_uri (exchange->message)));
      return;
    }
  read_on (g_steal_pointer (&task));
}

/* Takes @task. */
static void
read_on (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  make_room (exchange);
  g_input_stream_read_async (exchange->body, exchange->bytes + exchange->filled,
                             exchange->size - exchange->filled, g_task_get_priority (task),
                             exchange->cancellable, on_read, task);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  exchange->body = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (exchange->is_over)
    return;
  if (exchange->body == NULL)
    {
      fail (task, error);
      return;
    }
  /* An answer to what was not asked is a proxy's, which was to make a tunnel. It says nothing of
   * the grant, whatever its status. */
  if (!exchange->is_begun)
    {
      g_set_error (&error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED, "CONNECT was answered with %u",
                   soup_message_get_status (exchange->message));
      fail (task, error);
      return;
    }
  read_on (g_steal_pointer (&task));
}

/* ---- the request ---- */

/* What has not begun, now never will. */
static void
empty_message (SoupMessage *message)
{
  soup_message_headers_clear (soup_message_get_request_headers (message));
  soup_message_set_request_body_from_bytes (message, NULL, NULL);
}

/* While a request waits for a place, libsoup (3.2) does not look at its cancellable: the task is
 * answered here. When the request's turn comes after all, libsoup looks before it writes; should
 * another version not do so, there is nothing in it. */
static void
give_up (GTask *task)
{
  g_autoptr (GTask) alive = g_object_ref (task);
  g_autoptr (GError) error = NULL;
  Exchange *exchange = g_task_get_task_data (alive);

  exchange->is_over = !exchange->is_begun;
  g_cancellable_cancel (exchange->cancellable);
  if (!exchange->is_over)
    return;

  empty_message (exchange->message);
  clear_source (&exchange->deadline);
  clear_source (&exchange->leaving);
  g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "It was not begun");
  fail (alive, error);
}

static gboolean
on_deadline (gpointer user_data)
{
  Exchange *exchange = g_task_get_task_data (user_data);

  exchange->is_late = TRUE;
  give_up (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_caller_left (GCancellable *cancellable, gpointer user_data)
{
  give_up (user_data);
  return G_SOURCE_REMOVE;
}

/* The sources are destroyed with the exchange, which the task holds; so they hold no task. */
static GSource *
attach (GTask *task, GSource *source, GSourceFunc func)
{
  g_source_set_callback (source, func, task, NULL);
  g_source_set_priority (source, g_task_get_priority (task));
  g_source_attach (source, g_task_get_context (task));
  return source;
}

/* There is a connection, secure if it is to be, and now the request is written to it. */
static void
on_starting (SoupMessage *message, gpointer user_data)
{
  Exchange *exchange = user_data;

  exchange->is_begun = !exchange->is_over;
}

/* libsoup sends again what it holds to be harmless: a GET that a kept connection swallowed, and
 * anything that a server calls misdirected (421). A proxy that wants a login is no such case: there
 * the request has not begun. */
static void
on_restarted (SoupMessage *message, gpointer user_data)
{
  Exchange *exchange = user_data;

  if (!exchange->is_begun || soup_message_get_method (message) == SOUP_METHOD_GET)
    return;

  exchange->is_repeat = TRUE;
  g_cancellable_cancel (exchange->cancellable);
}

/* See the top: what is not offered can't be agreed on. */
static void
on_network_event (SoupMessage *message,
                  GSocketClientEvent event,
                  GIOStream *connection,
                  gpointer user_data)
{
  static const char *const protocols[] = { "http/1.1", NULL };

  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING && G_IS_TLS_CONNECTION (connection))
    g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (connection), protocols);
}

static void
follow (Exchange *exchange)
{
  g_signal_connect (exchange->message, "network-event", G_CALLBACK (on_network_event), exchange);
  g_signal_connect (exchange->message, "starting", G_CALLBACK (on_starting), exchange);
  g_signal_connect (exchange->message, "restarted", G_CALLBACK (on_restarted), exchange);
}

static gboolean
is_header_value (CvgSecret *value)
{
  return strpbrk (cvg_secret_peek (value), "\r\n") == NULL;
}

/* The secret itself is what libsoup sends from. */
static GBytes *
secret_bytes (CvgSecret *secret)
{
  return g_bytes_new_with_free_func (cvg_secret_peek (secret), cvg_secret_get_length (secret),
                                     (GDestroyNotify) cvg_secret_unref, cvg_secret_ref (secret));
}

/* Returns: (transfer full) (nullable): %NULL if it can't be one */
static SoupMessage *
make_message (const CvgHttpRequest *request)
{
  g_autoptr (SoupMessage) message = soup_message_new (request->method, request->url);
  SoupMessageHeaders *headers = NULL;

  if (message == NULL ||
      (request->authorization != NULL && !is_header_value (request->authorization)))
    return NULL;

  /* "Idempotent" lets a POST have a kept connection, no more (libsoup 3.2, 3.6): a handshake for
   * each would be what a morning with a thousand of them costs most. See on_restarted(). */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE |
                                       SOUP_MESSAGE_IDEMPOTENT);
  headers = soup_message_get_request_headers (message);
  soup_message_headers_replace (headers, "Accept", "application/json");
  for (char **pair = request->headers; pair != NULL && *pair != NULL; pair += 2)
    soup_message_headers_replace (headers, pair[0], pair[1]);
  if (request->authorization != NULL)
    soup_message_headers_replace (headers, "Authorization",
                                  cvg_secret_peek (request->authorization));
  if (request->body != NULL)
    {
      g_autoptr (GBytes) bytes = secret_bytes (request->body);

      soup_message_set_request_body_from_bytes (message, request->content_type, bytes);
    }
  return g_steal_pointer (&message);
}

/* Made late: a session loads the TLS modules, which a daemon that only hands out fresh tokens does
 * not need. */
static SoupSession *
get_session (CvgHttpSoup *self)
{
  if (self->session != NULL)
    return self->session;

  self->session = soup_session_new_with_options ("user-agent", self->user_agent, "idle-timeout",
                                                 IDLE_TIMEOUT, "max-conns", CONNECTIONS,
                                                 "max-conns-per-host", CONNECTIONS_PER_HOST, NULL);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_AUTH_MANAGER);
  return self->session;
}

static void
http_soup_send_async (CvgHttp *http,
                      const CvgHttpRequest *request,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  CvgHttpSoup *self = CVG_HTTP_SOUP (http);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (SoupMessage) message = make_message (request);
  Exchange *exchange = NULL;

  g_task_set_source_tag (task, http_soup_send_async);
  /* An answer that is there counts, even if its caller left in the meantime: it may hold the only
   * valid token. */
  g_task_set_check_cancellable (task, FALSE);
  if (message == NULL)
    {
      g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_FAILED, "This can't be a request");
      return;
    }

  exchange = g_new0 (Exchange, 1);
  exchange->message = g_steal_pointer (&message);
  exchange->cancellable = g_cancellable_new ();
  g_task_set_task_data (task, exchange, exchange_free);
  follow (exchange);
  exchange->deadline = attach (task, g_timeout_source_new (self->deadline), on_deadline);
  if (cancellable != NULL)
    exchange->leaving =
        attach (task, g_cancellable_source_new (cancellable), G_SOURCE_FUNC (on_caller_left));

  soup_session_send_async (get_session (self), exchange->message, g_task_get_priority (task),
                           exchange->cancellable, on_sent, g_object_ref (task));
}

static CvgHttpResponse *
http_soup_send_finish (CvgHttp *http, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, http), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, http_soup_send_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* In the queue of a session, or while the name is looked up, a connection made and secured: nothing
 * of the request has left. */
static gboolean
http_soup_was_sent (CvgHttp *http, GAsyncResult *result)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, http_soup_send_async), TRUE);

  const Exchange *exchange = g_task_get_task_data (G_TASK (result));

  return exchange != NULL && exchange->is_begun;
}

/* ---- object ---- */

static void
cvg_http_soup_finalize (GObject *object)
{
  CvgHttpSoup *self = CVG_HTTP_SOUP (object);

  g_clear_object (&self->session);
  g_free (self->user_agent);

  G_OBJECT_CLASS (cvg_http_soup_parent_class)->finalize (object);
}

static void
cvg_http_soup_class_init (CvgHttpSoupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_http_soup_finalize;
}

static void
cvg_http_soup_http_init (CvgHttpInterface *iface)
{
  iface->send_async = http_soup_send_async;
  iface->send_finish = http_soup_send_finish;
  iface->was_sent = http_soup_was_sent;
}

static void
cvg_http_soup_init (CvgHttpSoup *self)
{
  self->deadline = DEADLINE;
}

/**
 * cvg_http_soup_new:
 * @version: ours, for the User-Agent
 *
 * Returns: (transfer full): an HTTP port that has done nothing yet
 */
CvgHttpSoup *
cvg_http_soup_new (const char *version)
{
  CvgHttpSoup *self = g_object_new (CVG_TYPE_HTTP_SOUP, NULL);

  self->user_agent = g_strconcat ("claviger/", version, NULL);
  return self;
}

/** cvg_http_soup_set_deadline: for tests, which can't wait for the usual one */
void
cvg_http_soup_set_deadline (CvgHttpSoup *self, guint milliseconds)
{
  self->deadline = milliseconds;
}
