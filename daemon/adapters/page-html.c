/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page at the end of a sign-in. It is reached with a code in its address, so it has nothing
 * that could carry the address on: no script, no link, no font, no image from elsewhere, and
 * headers that forbid the browser to think otherwise. The looks are in data/pages/; they are part
 * of the program, so that the policy can name the one style sheet by its hash.
 *
 * Nothing here knows the query, so nothing of it can be echoed.
 */
#include "adapters/page-html.h"

#include <libsoup/soup.h>
#include <string.h>

#include "pages-resource.h"

#define RESOURCE_PREFIX "/org/claviger/pages/"

static const char *const mood_names[] = {
  [CVG_PAGE_SUCCESS] = "success",
  [CVG_PAGE_NEUTRAL] = "neutral",
  [CVG_PAGE_FAILURE] = "failure",
};

/* A part of the page, as text that lives as long as the program. */
static const char *
part (const char *name)
{
  g_autofree char *path = g_strconcat (RESOURCE_PREFIX, name, NULL);
  g_autoptr (GBytes) bytes =
      g_resource_lookup_data (cvg_pages_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_assert (bytes != NULL);
  /* Uncompressed, so it lies in the program itself, with the NUL that the compiler adds. */
  return g_bytes_get_data (bytes, NULL);
}

/* CSP Level 3 section 2.3.1: base64 of the digest of exactly what is between the style tags. */
static const char *
content_policy (void)
{
  static char *policy = NULL;

  if (g_once_init_enter (&policy))
    {
      const char *style = part ("page.css");
      guint8 digest[32];
      gsize length = sizeof digest;
      g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

      g_checksum_update (checksum, (const guchar *) style, (gssize) strlen (style));
      g_checksum_get_digest (checksum, digest, &length);

      g_autofree char *hash = g_base64_encode (digest, length);

      g_once_init_leave (&policy,
                         g_strdup_printf ("default-src 'none'; style-src 'sha256-%s'; base-uri "
                                          "'none'; form-action 'none'; frame-ancestors 'none'",
                                          hash));
    }
  return policy;
}

static void
append_element (GString *html, const char *element, const char *class, const char *text)
{
  g_autofree char *escaped = NULL;

  if (text == NULL || *text == '\0')
    return;

  escaped = g_markup_escape_text (text, -1);
  g_string_append_printf (html, "<%s class=\"%s\">%s</%s>\n", element, class, escaped, element);
}

/**
 * cvg_page_html_render:
 * @page: what to show
 *
 * Returns: (transfer full): an HTML document
 */
char *
cvg_page_html_render (const CvgPage *page)
{
  const char *mood = mood_names[page->mood];
  g_autofree char *mark = g_strconcat (mood, ".svg", NULL);
  g_autofree char *title = g_markup_escape_text (page->title, -1);
  GString *html = g_string_new ("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                                "<meta charset=\"utf-8\">\n"
                                "<meta name=\"viewport\" content=\"width=device-width, "
                                "initial-scale=1\">\n"
                                "<meta name=\"color-scheme\" content=\"light dark\">\n"
                                "<meta name=\"robots\" content=\"noindex\">\n");

  g_string_append_printf (html, "<title>%s – Claviger</title>\n<style>%s</style>\n</head>\n", title,
                          part ("page.css"));
  g_string_append_printf (html, "<body class=\"%s\">\n<main class=\"card\">\n<div role=\"%s\">\n",
                          mood, page->mood == CVG_PAGE_FAILURE ? "alert" : "status");
  g_string_append (html, part (mark));
  append_element (html, "h1", "title", page->title);
  append_element (html, "p", "text", page->text);
  append_element (html, "p", "hint", page->hint);
  g_string_append (html, "</div>\n</main>\n<footer class=\"footer\">Claviger · the keeper of your "
                         "sign-ins</footer>\n</body>\n</html>\n");
  return g_string_free (html, FALSE);
}

/* libsoup has no words for the younger ones of the statuses in use here (RFC 9110, RFC 6585). */
static const char *
get_phrase (guint status)
{
  switch (status)
    {
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return soup_status_get_phrase (status);
    }
}

static GString *
answer_new (guint status)
{
  GString *answer = g_string_new (NULL);

  g_string_append_printf (answer, "HTTP/1.1 %u %s\r\n", status, get_phrase (status));
  g_string_append_printf (answer, "Content-Security-Policy: %s\r\n", content_policy ());
  g_string_append (answer, "Cache-Control: no-store\r\n"
                           "Connection: close\r\n"
                           "Cross-Origin-Opener-Policy: same-origin\r\n"
                           "Cross-Origin-Resource-Policy: same-origin\r\n"
                           "Referrer-Policy: no-referrer\r\n"
                           "X-Content-Type-Options: nosniff\r\n"
                           "X-Frame-Options: DENY\r\n");
  return answer;
}

/**
 * cvg_page_html_answer:
 * @page: what to show, or where to send the browser
 *
 * Returns: (transfer full): the whole HTTP answer, after which the connection is to be closed
 */
GBytes *
cvg_page_html_answer (const CvgPage *page)
{
  GString *answer = answer_new (page->status);

  if (page->location != NULL && strpbrk (page->location, "\r\n") == NULL)
    {
      /* Not through a URI parser and back: it is the caller's, and stays as the caller wrote it. */
      g_string_append_printf (answer, "Location: %s\r\nContent-Length: 0\r\n\r\n", page->location);
      return g_string_free_to_bytes (answer);
    }

  g_autofree char *html = cvg_page_html_render (page);

  g_string_append_printf (answer,
                          "Content-Type: text/html; charset=utf-8\r\n"
                          "Content-Language: en\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                          strlen (html), html);
  return g_string_free_to_bytes (answer);
}

/**
 * cvg_page_html_refuse:
 * @status: HTTP status
 *
 * Returns: (transfer full): an HTTP answer without a body: whoever has no business here learns
 * nothing about who is here
 */
GBytes *
cvg_page_html_refuse (guint status)
{
  GString *answer = answer_new (status);

  if (status == SOUP_STATUS_METHOD_NOT_ALLOWED)
    g_string_append (answer, "Allow: GET\r\n");
  g_string_append (answer, "Content-Length: 0\r\n\r\n");
  return g_string_free_to_bytes (answer);
}
