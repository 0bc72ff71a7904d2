/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Is this a browser that was sent here, by a navigation of its own? A pure function from bytes to
 * a value.
 *
 * libsoup reads the head, since HTTP is not ours to invent; what it is generous about (control
 * characters, folded lines, repeated headers) is refused before or after, since nobody who has
 * business here needs generosity. The Host and the path are judged by who knows the addresses,
 * the query by who knows the sign-ins; nothing here looks into it.
 */
#include "adapters/redirect-request.h"

#include <libsoup/soup.h>
#include <string.h>

#include "model/secret.h"

#define HEAD_END "\r\n\r\n"

/**
 * cvg_redirect_request_measure:
 * @bytes: what has come so far
 * @length: how much
 *
 * Returns: the length of the request head with its blank line, or 0 while it is incomplete
 */
gsize
cvg_redirect_request_measure (const char *bytes, gsize length)
{
  const char *end = length > 0 ? memmem (bytes, length, HEAD_END, strlen (HEAD_END)) : NULL;

  return end != NULL ? (gsize) (end - bytes) + strlen (HEAD_END) : 0;
}

/* Printable ASCII and tabs in lines that end with CRLF, none of them folded (RFC 9112 section
 * 5.2): nothing is left that two parsers could read in two ways. */
static gboolean
is_plain_head (const char *head, gsize length)
{
  gsize end = cvg_redirect_request_measure (head, length);

  if (end == 0 || end != length || !g_ascii_isalpha (head[0]))
    return FALSE;

  /* Without the blank line, so that there is always something after a CRLF. */
  for (gsize i = 0; i < length - 2; i++)
    {
      const char c = head[i];

      if (c == '\r' && head[i + 1] == '\n' && head[i + 2] != ' ' && head[i + 2] != '\t')
        i++;
      else if (c != '\t' && !g_ascii_isprint (c))
        return FALSE;
    }
  return TRUE;
}

/* Whether a header that is there says anything but @wanted. */
static gboolean
contradicts (SoupMessageHeaders *headers, const char *name, const char *wanted)
{
  const char *value = soup_message_headers_get_list (headers, name);

  return value != NULL && g_ascii_strcasecmp (value, wanted) != 0;
}

/* Link scanners, prefetches and prerenders, frames, images, fetch(): they would spend the state
 * before the person's own navigation comes. Browsers that are too old to tell are let through. */
static gboolean
is_navigation (SoupMessageHeaders *headers)
{
  static const char *const purposes[] = { "Sec-Purpose", "Purpose", "X-Purpose", "X-Moz" };

  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++)
    {
      const char *value = soup_message_headers_get_list (headers, purposes[i]);
      g_autofree char *lower = value != NULL ? g_ascii_strdown (value, -1) : NULL;

      if (lower != NULL &&
          (strstr (lower, "prefetch") != NULL || strstr (lower, "preview") != NULL))
        return FALSE;
    }
  return !contradicts (headers, "Sec-Fetch-Mode", "navigate") &&
         !contradicts (headers, "Sec-Fetch-Dest", "document");
}

static gboolean
has_body (SoupMessageHeaders *headers)
{
  return contradicts (headers, "Content-Length", "0") ||
         soup_message_headers_get_list (headers, "Transfer-Encoding") != NULL;
}

/* libsoup takes everything up to "HTTP/" for the target, be there a line end in it. */
static gboolean
is_one_word (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    {
      if (!g_ascii_isgraph (*c))
        return FALSE;
    }
  return *text != '\0';
}

/* Returns: 0 or the status of the refusal */
static guint
judge (const char *method, const char *target, SoupMessageHeaders *headers)
{
  const char *host = soup_message_headers_get_list (headers, "Host");

  /* Exactly one Host (RFC 9112 section 3.2): libsoup joins several with a comma. */
  if (host == NULL || strchr (host, ',') != NULL || !is_one_word (host) || !is_one_word (method) ||
      !is_one_word (target))
    return SOUP_STATUS_BAD_REQUEST;
  if (strcmp (method, "GET") != 0)
    return SOUP_STATUS_METHOD_NOT_ALLOWED;
  /* Origin form only: an absolute one (RFC 9112 section 3.2.2) would carry a host of its own. */
  if (target[0] != '/' || strchr (target, '#') != NULL)
    return SOUP_STATUS_BAD_REQUEST;
  if (has_body (headers))
    return SOUP_STATUS_BAD_REQUEST;
  if (!is_navigation (headers))
    return SOUP_STATUS_FORBIDDEN;

  return 0;
}

/* A request target; it may have a code in it. */
typedef char *Target;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (Target, cvg_wipe_free, NULL)

/**
 * cvg_redirect_request_parse:
 * @head: a request head with its blank line
 * @length: bytes, as cvg_redirect_request_measure() says
 *
 * Returns: (transfer full): the request, or why it is refused
 */
CvgRedirectRequest *
cvg_redirect_request_parse (const char *head, gsize length)
{
  g_autoptr (SoupMessageHeaders) headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  g_autoptr (CvgRedirectRequest) request = g_new0 (CvgRedirectRequest, 1);
  g_autofree char *method = NULL;
  g_auto (Target) target = NULL;
  SoupHTTPVersion version;

  if (length > CVG_REDIRECT_HEAD_LIMIT)
    {
      request->refusal = CVG_REDIRECT_HEAD_TOO_LARGE;
      return g_steal_pointer (&request);
    }
  /* libsoup wants the head without its blank line. */
  if (!is_plain_head (head, length) ||
      soup_headers_parse_request (head, (int) length - 2, headers, &method, &target, &version) !=
          SOUP_STATUS_OK)
    {
      request->refusal = SOUP_STATUS_BAD_REQUEST;
      return g_steal_pointer (&request);
    }

  request->refusal = judge (method, target, headers);
  if (request->refusal != 0)
    return g_steal_pointer (&request);

  const char *mark = strchr (target, '?');

  request->host = g_strdup (soup_message_headers_get_list (headers, "Host"));
  request->path = mark != NULL ? g_strndup (target, (gsize) (mark - target)) : g_strdup (target);
  request->query = g_strdup (mark != NULL ? mark + 1 : "");
  return g_steal_pointer (&request);
}

void
cvg_redirect_request_free (CvgRedirectRequest *request)
{
  g_free (request->host);
  g_free (request->path);
  cvg_wipe_free (request->query);
  g_free (request);
}
