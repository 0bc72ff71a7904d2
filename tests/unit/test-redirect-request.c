/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "adapters/redirect-request.h"

#include <string.h>

#define HOST "Host: 127.0.0.1:18417\r\n"
#define GET "GET /callback?code=c&state=s HTTP/1.1\r\n"
#define END "\r\n"

typedef struct
{
  const char *name;
  const char *head;
  guint refusal;
  const char *path;
  const char *query;
} Vector;

static const Vector vectors[] = {
  /* What browsers send. */
  { "plain", GET HOST END, 0, "/callback", "code=c&state=s" },
  { "no-query", "GET /callback HTTP/1.1\r\n" HOST END, 0, "/callback", "" },
  { "empty-query", "GET /callback? HTTP/1.1\r\n" HOST END, 0, "/callback", "" },
  { "second-question-mark", "GET /c?a=?b HTTP/1.1\r\n" HOST END, 0, "/c", "a=?b" },
  { "http-1.0", "GET /c HTTP/1.0\r\n" HOST END, 0, "/c", "" },
  { "header-names-in-any-case", GET "hOsT: 127.0.0.1:18417\r\n" END, 0, "/callback",
    "code=c&state=s" },
  { "navigation",
    GET HOST "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Site: "
             "cross-site\r\n" END,
    0, "/callback", "code=c&state=s" },
  { "empty-body", GET HOST "Content-Length: 0\r\n" END, 0, "/callback", "code=c&state=s" },
  /* The path is compared as it is: nothing is decoded or tidied. */
  { "encoded-path", "GET /call%62ack HTTP/1.1\r\n" HOST END, 0, "/call%62ack", "" },
  { "dots", "GET /x/../callback HTTP/1.1\r\n" HOST END, 0, "/x/../callback", "" },
  { "slashes", "GET //evil.example/ HTTP/1.1\r\n" HOST END, 0, "//evil.example/", "" },
  /* The query is the agent's: duplicates and broken escapes pass. */
  { "query-untouched", "GET /c?code=a&code=b&%zz HTTP/1.1\r\n" HOST END, 0, "/c",
    "code=a&code=b&%zz" },

  /* Methods. */
  { "head", "HEAD /callback HTTP/1.1\r\n" HOST END, 405, NULL, NULL },
  { "post", "POST /callback HTTP/1.1\r\n" HOST END, 405, NULL, NULL },
  { "options", "OPTIONS /callback HTTP/1.1\r\n" HOST "Origin: https://evil.example\r\n" END, 405,
    NULL, NULL },
  { "get-in-small-letters", "get /callback HTTP/1.1\r\n" HOST END, 405, NULL, NULL },
  { "method-of-symbols", "G@T /callback HTTP/1.1\r\n" HOST END, 405, NULL, NULL },

  /* Targets that are not in origin form. */
  { "absolute-form", "GET http://127.0.0.1:18417/callback HTTP/1.1\r\n" HOST END, 400, NULL, NULL },
  { "absolute-form-of-another", "GET http://evil.example/callback HTTP/1.1\r\n" HOST END, 400, NULL,
    NULL },
  { "asterisk", "GET * HTTP/1.1\r\n" HOST END, 400, NULL, NULL },
  { "relative", "GET callback HTTP/1.1\r\n" HOST END, 400, NULL, NULL },
  { "fragment", "GET /callback#x HTTP/1.1\r\n" HOST END, 400, NULL, NULL },
  { "space-in-target", "GET /call back HTTP/1.1\r\n" HOST END, 400, NULL, NULL },

  /* Host: exactly one. */
  { "no-host", GET END, 400, NULL, NULL },
  { "two-hosts", GET HOST HOST END, 400, NULL, NULL },
  { "hosts-in-a-list", GET "Host: 127.0.0.1:18417, evil.example\r\n" END, 400, NULL, NULL },

  /* Bodies. */
  { "body", GET HOST "Content-Length: 5\r\n" END, 400, NULL, NULL },
  { "two-lengths", GET HOST "Content-Length: 0\r\nContent-Length: 0\r\n" END, 400, NULL, NULL },
  { "negative-length", GET HOST "Content-Length: -1\r\n" END, 400, NULL, NULL },
  { "chunked", GET HOST "Transfer-Encoding: chunked\r\n" END, 400, NULL, NULL },
  { "identity", GET HOST "Transfer-Encoding: identity\r\n" END, 400, NULL, NULL },

  /* Not the person's own navigation. */
  { "prefetch", GET HOST "Sec-Purpose: prefetch\r\n" END, 403, NULL, NULL },
  { "prerender", GET HOST "Sec-Purpose: prefetch;prerender\r\n" END, 403, NULL, NULL },
  { "old-prefetch", GET HOST "Purpose: Prefetch\r\n" END, 403, NULL, NULL },
  { "older-prefetch", GET HOST "X-Moz: prefetch\r\n" END, 403, NULL, NULL },
  { "preview", GET HOST "X-Purpose: preview\r\n" END, 403, NULL, NULL },
  { "fetch", GET HOST "Sec-Fetch-Mode: cors\r\n" END, 403, NULL, NULL },
  { "image", GET HOST "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n" END, 403, NULL, NULL },
  { "frame", GET HOST "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n" END, 403, NULL,
    NULL },
  { "two-modes", GET HOST "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Mode: cors\r\n" END, 403, NULL,
    NULL },

  /* Not HTTP/1, or not well-formed. */
  { "http-0.9", "GET /callback\r\n" END, 400, NULL, NULL },
  { "http-2-preface", "PRI * HTTP/2.0\r\n\r\n", 400, NULL, NULL },
  { "http-9", "GET / HTTP/9.1\r\n" HOST END, 400, NULL, NULL },
  { "tls", "\x16\x03\x01\x02\r\n\r\n", 400, NULL, NULL },
  { "only-the-end", "\r\n\r\n", 400, NULL, NULL },
  { "target-of-two-lines", "GET /callback\r\nX?code=c HTTP/1.1\r\n" HOST END, 400, NULL, NULL },
  { "leading-empty-line", "\r\n" GET HOST END, 400, NULL, NULL },
  { "leading-space", " " GET HOST END, 400, NULL, NULL },
  { "folded-line", GET "X: a\r\n b\r\n" HOST END, 400, NULL, NULL },
  { "bare-lf", "GET / HTTP/1.1\nHost: 127.0.0.1:18417\r\n" END, 400, NULL, NULL },
  { "bare-cr", "GET / HTTP/1.1\r\nX: a\rb\r\n" HOST END, 400, NULL, NULL },
  { "escape-sequence", "GET /\x1b[2J HTTP/1.1\r\n" HOST END, 400, NULL, NULL },
  { "not-ascii", "GET /\xc3\xa4 HTTP/1.1\r\n" HOST END, 400, NULL, NULL },
};

static void
test_vector (gconstpointer data)
{
  const Vector *vector = data;
  gsize length = cvg_redirect_request_measure (vector->head, strlen (vector->head));

  g_assert_cmpuint (length, ==, strlen (vector->head));

  /* A copy of exactly that size, so that a sanitizer sees each step too far. */
  g_autofree char *copy = g_memdup2 (vector->head, length);
  g_autoptr (CvgRedirectRequest) request = cvg_redirect_request_parse (copy, length);

  g_assert_cmpuint (request->refusal, ==, vector->refusal);
  g_assert_cmpstr (request->path, ==, vector->path);
  g_assert_cmpstr (request->query, ==, vector->query);
  g_assert_cmpstr (request->host, ==, vector->refusal == 0 ? "127.0.0.1:18417" : NULL);
}

static void
test_nul (void)
{
  static const char head[] = "GET /callback\0 HTTP/1.1\r\n" HOST END;
  g_autoptr (CvgRedirectRequest) request = cvg_redirect_request_parse (head, sizeof head - 1);

  g_assert_cmpuint (request->refusal, ==, 400);
}

static void
test_too_large (void)
{
  g_autoptr (GString) head = g_string_new (GET HOST "X: ");

  while (head->len < CVG_REDIRECT_HEAD_LIMIT - 4)
    g_string_append_c (head, 'x');
  g_string_append (head, "\r\n\r\n");

  g_autoptr (CvgRedirectRequest) fits = cvg_redirect_request_parse (head->str, head->len);

  g_assert_cmpuint (head->len, ==, CVG_REDIRECT_HEAD_LIMIT);
  g_assert_cmpuint (fits->refusal, ==, 0);

  g_string_insert_c (head, (gssize) head->len - 4, 'x');
  g_autoptr (CvgRedirectRequest) larger = cvg_redirect_request_parse (head->str, head->len);

  g_assert_cmpuint (larger->refusal, ==, CVG_REDIRECT_HEAD_TOO_LARGE);
}

static void
test_incomplete (void)
{
  static const char head[] = GET HOST END "more";
  gsize whole = sizeof head - 1 - strlen ("more");

  for (gsize length = 0; length < whole; length++)
    g_assert_cmpuint (cvg_redirect_request_measure (head, length), ==, 0);
  for (gsize length = whole; length < sizeof head; length++)
    g_assert_cmpuint (cvg_redirect_request_measure (head, length), ==, whole);
}

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/redirect-request/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_vector);
    }
  g_test_add_func ("/redirect-request/nul", test_nul);
  g_test_add_func ("/redirect-request/too-large", test_too_large);
  g_test_add_func ("/redirect-request/incomplete", test_incomplete);

  return g_test_run ();
}
