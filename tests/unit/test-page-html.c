/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "adapters/page-html.h"

#include <string.h>

static const char *const policies[] = {
  "\r\nContent-Security-Policy: default-src 'none'; style-src 'sha256-",
  "\r\nX-Content-Type-Options: nosniff\r\n",
  "\r\nX-Frame-Options: DENY\r\n",
  "\r\nReferrer-Policy: no-referrer\r\n",
  "\r\nCache-Control: no-store\r\n",
  "\r\nCross-Origin-Resource-Policy: same-origin\r\n",
  "\r\nCross-Origin-Opener-Policy: same-origin\r\n",
  "\r\nConnection: close\r\n",
};

/* The answer as text, its policies checked. */
static char *
answer_text (GBytes *bytes)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = g_strndup (data, length);

  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    g_assert_nonnull (strstr (text, policies[i]));
  g_assert_null (strstr (text, "Access-Control-"));
  g_assert_null (strstr (text, "Set-Cookie"));
  return g_steal_pointer (&text);
}

static char *
between (const char *text, const char *from, const char *to)
{
  const char *start = strstr (text, from);

  g_assert_nonnull (start);
  start += strlen (from);

  const char *end = strstr (start, to);

  g_assert_nonnull (end);
  return g_strndup (start, (gsize) (end - start));
}

static void
test_page (gconstpointer data)
{
  CvgPageMood mood = (CvgPageMood) GPOINTER_TO_UINT (data);
  g_autoptr (CvgPage) page =
      cvg_page_new (200, mood, "Signed in to Confluence", "The text.", "The hint.");
  g_autoptr (GBytes) bytes = cvg_page_html_answer (page);
  g_autofree char *answer = answer_text (bytes);
  const char *body = strstr (answer, "\r\n\r\n") + 4;
  g_autofree char *length =
      g_strdup_printf ("\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n", strlen (body));

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200 OK\r\n"));
  g_assert_nonnull (strstr (answer, "\r\nContent-Type: text/html; charset=utf-8\r\n"));
  g_assert_nonnull (strstr (answer, length));
  g_assert_true (g_str_has_prefix (body, "<!DOCTYPE html>\n<html lang=\"en\">"));
  g_assert_nonnull (strstr (body, "<h1 class=\"title\">Signed in to Confluence</h1>"));
  g_assert_nonnull (strstr (body, ">The text.</p>"));
  g_assert_nonnull (strstr (body, ">The hint.</p>"));
}

/* The address of the page has the code in it: nothing may be fetched, followed or run from it. */
static void
test_nothing_leaves (void)
{
  static const char *const forbidden[] = { "<script", "<link",   "<img", "<a ",     "<form",
                                           "href",    "src=",    "url(", "@import", "http:",
                                           "https:",  " style=", " on" };
  g_autoptr (CvgPage) page = cvg_page_new (200, CVG_PAGE_FAILURE, "T", "x", "y");
  g_autofree char *html = cvg_page_html_render (page);

  for (guint i = 0; i < G_N_ELEMENTS (forbidden); i++)
    {
      if (strstr (html, forbidden[i]) != NULL)
        g_error ("The page has %s in it", forbidden[i]);
    }
}

static void
test_style_hash (void)
{
  g_autoptr (CvgPage) page = cvg_page_new (200, CVG_PAGE_SUCCESS, "T", NULL, NULL);
  g_autoptr (GBytes) bytes = cvg_page_html_answer (page);
  g_autofree char *answer = answer_text (bytes);
  g_autofree char *style = between (answer, "<style>", "</style>");
  g_autofree char *hash = between (answer, "'sha256-", "'");
  g_autofree char *hex =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, style, (gssize) strlen (style));
  gsize length = 0;
  g_autofree guchar *digest = g_base64_decode (hash, &length);

  g_assert_cmpuint (length, ==, 32);
  for (gsize i = 0; i < length; i++)
    g_assert_cmpint (digest[i], ==,
                     g_ascii_xdigit_value (hex[2 * i]) * 16 +
                         g_ascii_xdigit_value (hex[2 * i + 1]));
}

static void
test_escaped (void)
{
  g_autoptr (CvgPage) page =
      cvg_page_new (400, CVG_PAGE_FAILURE, "<script>a</script>", "</style><b>\"'&", "<img src=x>");
  g_autofree char *html = cvg_page_html_render (page);

  g_assert_null (strstr (html, "<script"));
  g_assert_null (strstr (html, "<b>"));
  g_assert_null (strstr (html, "<img"));
  g_assert_nonnull (strstr (html, "&lt;script&gt;a&lt;/script&gt;"));
}

static void
test_absent_parts (void)
{
  g_autoptr (CvgPage) page = cvg_page_new (200, CVG_PAGE_NEUTRAL, "T", NULL, "");
  g_autofree char *html = cvg_page_html_render (page);

  g_assert_null (strstr (html, "class=\"text\""));
  g_assert_null (strstr (html, "class=\"hint\""));
}

static void
test_location (void)
{
  static const char *const location = "https://app.example/done?a=%20b&c=d";
  g_autoptr (CvgPage) page = cvg_page_new_redirect (location);
  g_autoptr (GBytes) bytes = cvg_page_html_answer (page);
  g_autofree char *answer = answer_text (bytes);
  g_autofree char *sent = between (answer, "\r\nLocation: ", "\r\n");

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 303 "));
  g_assert_cmpstr (sent, ==, location);
  g_assert_true (g_str_has_suffix (answer, "\r\nContent-Length: 0\r\n\r\n"));
}

static void
test_location_of_two_lines (void)
{
  g_autoptr (CvgPage) page = cvg_page_new_redirect ("https://app.example/\r\nSet-Cookie: a=b");
  g_autoptr (GBytes) bytes = cvg_page_html_answer (page);
  g_autofree char *answer = answer_text (bytes);

  g_assert_null (strstr (answer, "Location"));
}

static void
test_refusals (void)
{
  static const struct
  {
    guint status;
    const char *phrase;
  } vectors[] = {
    { 400, "Bad Request" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 421, "Misdirected Request" },             /* libsoup has no words for it */
    { 431, "Request Header Fields Too Large" }, /* likewise */
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GBytes) bytes = cvg_page_html_refuse (vectors[i].status);
      g_autofree char *answer = answer_text (bytes);
      g_autofree char *start =
          g_strdup_printf ("HTTP/1.1 %u %s\r\n", vectors[i].status, vectors[i].phrase);

      g_assert_true (g_str_has_prefix (answer, start));
      g_assert_true (g_str_has_suffix (answer, "\r\nContent-Length: 0\r\n\r\n"));
      g_assert_cmpint (strstr (answer, "\r\nAllow: GET\r\n") != NULL, ==, vectors[i].status == 405);
    }
}

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/page-html/success", GUINT_TO_POINTER (CVG_PAGE_SUCCESS), test_page);
  g_test_add_data_func ("/page-html/neutral", GUINT_TO_POINTER (CVG_PAGE_NEUTRAL), test_page);
  g_test_add_data_func ("/page-html/failure", GUINT_TO_POINTER (CVG_PAGE_FAILURE), test_page);
  g_test_add_func ("/page-html/nothing-leaves-it", test_nothing_leaves);
  g_test_add_func ("/page-html/policy-names-the-style", test_style_hash);
  g_test_add_func ("/page-html/text-is-escaped", test_escaped);
  g_test_add_func ("/page-html/absent-parts-leave-nothing", test_absent_parts);
  g_test_add_func ("/page-html/location-is-sent-as-it-is", test_location);
  g_test_add_func ("/page-html/location-of-two-lines-is-refused", test_location_of_two_lines);
  g_test_add_func ("/page-html/refusals-are-empty", test_refusals);

  return g_test_run ();
}
