/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/error-code.h"

#include <string.h>

#include "dbus/error.h"

static void
test_presentable (void)
{
  static const struct
  {
    const char *code;
    gboolean presentable;
  } vectors[] = {
    { "invalid_grant", TRUE },                              /* RFC 6749 section 5.2 */
    { "a", TRUE },                                          /* shortest */
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", TRUE },   /* 40: longest */
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", FALSE }, /* 41 */
    { "190", TRUE },                                        /* a number */
    { "1234567890", TRUE },                                 /* the longest one */
    { "12345678901", FALSE },                               /* no code is that long */
    { "invalid_2fa", FALSE },                               /* letters and digits: a token? */
    { "-1", FALSE },                                        /* no plain number */
    { "", FALSE },                                          /* none */
    { NULL, FALSE },                                        /* none */
    { "Invalid_grant", FALSE },                             /* no plain word */
    { "invalid grant", FALSE },                             /* a sentence may quote anything */
    { "eyJhbGciOiJIUzI1NiJ9", FALSE },                      /* a token in the wrong place */
    { "<b>x</b>", FALSE },                                  /* markup */
    { "invalid_grant\n", FALSE },                           /* a forged log line */
    { "inv\xc3\xa4lid", FALSE },                            /* not ASCII */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    g_assert_cmpint (cvg_error_code_is_presentable (vectors[i].code), ==, vectors[i].presentable);
}

static void
test_try_later_says_when (void)
{
  g_autoptr (GError) when = cvg_error_code_try_later ("Confluence", 429, 30);
  g_autoptr (GError) whenever = cvg_error_code_try_later ("Confluence", 503, 0);

  g_assert_error (when, CVG_ERROR, CVG_ERROR_TRY_LATER);
  g_assert_nonnull (strstr (when->message, "Confluence"));
  g_assert_nonnull (strstr (when->message, "HTTP 429"));
  g_assert_nonnull (strstr (when->message, "in 30 seconds"));
  g_assert_error (whenever, CVG_ERROR, CVG_ERROR_TRY_LATER);
  g_assert_null (strstr (whenever->message, "seconds"));
}

static void
test_passing (void)
{
  static const struct
  {
    guint status;
    const char *code;
    gboolean is_passing;
    const char *described;
  } vectors[] = {
    { 500, NULL, TRUE, "HTTP 500" },
    { 503, "invalid_client", TRUE, "HTTP 503, invalid_client" },
    { 429, NULL, TRUE, "HTTP 429" },
    { 408, NULL, TRUE, "HTTP 408" },
    { 302, NULL, TRUE, "HTTP 302" }, /* a page that says that it is being repaired */
    { 400, "temporarily_unavailable", TRUE, "HTTP 400, temporarily_unavailable" },
    { 200, "ratelimited", TRUE, "HTTP 200, ratelimited" },
    { 200, NULL, FALSE, "HTTP 200" },
    { 400, "invalid_request", FALSE, "HTTP 400, invalid_request" },
    { 400, "Said: eyJ", FALSE, "HTTP 400" }, /* not presentable */
    { 404, NULL, FALSE, "HTTP 404" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *seen = cvg_error_code_describe (vectors[i].status, vectors[i].code);

      g_assert_cmpint (cvg_error_code_is_passing (vectors[i].status, vectors[i].code), ==,
                       vectors[i].is_passing);
      g_assert_cmpstr (seen, ==, vectors[i].described);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error-code/presentable", test_presentable);
  g_test_add_func ("/error-code/try-later-says-when", test_try_later_says_when);
  g_test_add_func ("/error-code/passing", test_passing);
  return g_test_run ();
}
