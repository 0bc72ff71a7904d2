/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/redirect-answer.h"

#include <string.h>

#include "dbus/error.h"

static void
test_taken (void)
{
  static const struct
  {
    const char *query;
    const char *state;
    const char *code;
    const char *error;
    const char *issuer;
  } vectors[] = {
    /* RFC 6749 section 4.1.2 */
    { "code=SplxlOBeZQQYbYS6WxSbIA&state=xyz", "xyz", "SplxlOBeZQQYbYS6WxSbIA", NULL, NULL },
    /* section 4.1.2.1 */
    { "error=access_denied&state=xyz", "xyz", NULL, "access_denied", NULL },
    /* RFC 9207 section 2.1 */
    { "code=x1848ZT64p4IirMPT0R-X3141MFPTuBX-VFL_cvaplMH58&state="
      "ZWVlNDBlYzA1NjdkMDNhYjg3ZjUxZjAyNGQzMTM2NzI"
      "&iss=https%3A%2F%2Fhonest.as.example",
      "ZWVlNDBlYzA1NjdkMDNhYjg3ZjUxZjAyNGQzMTM2NzI",
      "x1848ZT64p4IirMPT0R-X3141MFPTuBX-VFL_cvaplMH58", NULL, "https://honest.as.example" },
    /* what nobody waits for, repeated or not text, is ignored */
    { "session_state=1&session_state=2&state=s&scope=%ff%00&code=c", "s", "c", NULL, NULL },
    /* a description may have lines; it is not read */
    { "error=server_error&error_description=a%0Ab&state=s", "s", NULL, "server_error", NULL },
    /* escapes in names and values, "+" is a space */
    { "%73tate=a%2Bb&c%6fde=4%2F0+x", "a+b", "4/0 x", NULL, NULL },
    /* without a value is as if it were not there: section 3.1 */
    { "code=c&state=s&error=&iss", "s", "c", NULL, NULL },
    /* names are compared exactly */
    { "CODE=x&code=c&state=s", "s", "c", NULL, NULL },
    /* litter between the pairs */
    { "&&code=c&&state=s&", "s", "c", NULL, NULL },
    /* Unicode, for what it is worth */
    { "code=%E2%82%AC&state=s", "s", "\xe2\x82\xac", NULL, NULL },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgRedirectAnswer) answer = cvg_redirect_answer_parse (vectors[i].query, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (answer->state, ==, vectors[i].state);
      g_assert_cmpstr (answer->code != NULL ? cvg_secret_peek (answer->code) : NULL, ==,
                       vectors[i].code);
      g_assert_cmpstr (answer->error, ==, vectors[i].error);
      g_assert_cmpstr (answer->issuer, ==, vectors[i].issuer);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *query;
    const char *reason;
  } vectors[] = {
    { "", "state" },                                     /* nothing */
    { "QUOTED", "state" },                               /* no pair */
    { "code=QUOTED", "state" },                          /* no state */
    { "code=QUOTED&state=", "state" },                   /* an empty one */
    { "state=QUOTED", "neither" },                       /* no answer in it */
    { "state=QUOTED&code=", "neither" },                 /* an empty one */
    { "state=QUOTED&code=QUOTED&error=QUOTED", "both" }, /* which is it? */
    { "code=QUOTED&code=QUOTED&state=s", "twice" },      /* the same twice */
    { "code=QUOTED&state=s&state=t", "twice" },          /* RFC 6749 section 3.1 */
    { "error=QUOTED&error=b&state=s", "twice" },         /* likewise */
    { "code=c&state=s&iss=QUOTED&iss=b", "twice" },      /* likewise */
    { "code=c&%63ode=QUOTED&state=s", "twice" },         /* in disguise */
    { "code=&code=QUOTED&state=s", "twice" },            /* an empty one counts too */
    { "code=QUOTED%&state=s", "percent" },               /* cut off */
    { "code=QUOTED&state=s&x=%4", "percent" },           /* cut off at the very end */
    { "code=QUOTED%zz&state=s", "percent" },             /* no hex */
    { "x=%u0041&code=QUOTED&state=s", "percent" },       /* what IIS knew */
    { "code=QUOTED%00&state=s", "not text" },            /* NUL */
    { "code=QUOTED%ff&state=s", "not text" },            /* not UTF-8 */
    { "code=QUOTED%c0%ae&state=s", "not text" },         /* overlong */
    { "code=QUOTED%0d%0a&state=s", "not text" },         /* another line */
    { "code=c&state=QUOTED%1b", "not text" },            /* an escape sequence */
    { "code=c&state=QUOTED%c2%85", "not text" },         /* a control character of Unicode */
    { "code=QUOTED x&state=s", "characters" },           /* bare space */
    { "code=QUOTED\n&state=s", "characters" },           /* bare line break */
    { "code=\xe2\x82\xacQUOTED&state=s", "characters" }, /* not escaped */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (cvg_redirect_answer_parse (vectors[i].query, &error));
      g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, vectors[i].reason));
      g_assert_null (strstr (error->message, "QUOTED"));
    }
}

static void
test_length (void)
{
  g_autofree char *code = g_strnfill (8192 - strlen ("state=s&code="), 'c');
  g_autofree char *longest = g_strconcat ("state=s&code=", code, NULL);
  g_autofree char *too_long = g_strconcat (longest, "c", NULL);
  g_autoptr (CvgRedirectAnswer) answer = cvg_redirect_answer_parse (longest, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (answer);
  g_assert_cmpstr (cvg_secret_peek (answer->code), ==, code);
  g_assert_null (cvg_redirect_answer_parse (too_long, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
}

static void
test_issuer (void)
{
  static const struct
  {
    const char *query;
    const char *issuer;
    gboolean accepted;
  } vectors[] = {
    { "code=c&state=s&iss=https%3A%2F%2Fa.example", "https://a.example", TRUE },
    { "code=c&state=s&iss=https%3A%2F%2Fb.example", "https://a.example", FALSE },    /* mix-up */
    { "code=c&state=s&iss=https%3A%2F%2Fa.example%2F", "https://a.example", FALSE }, /* simple */
    { "code=c&state=s&iss=https%3A%2F%2FA.example", "https://a.example", FALSE },  /* comparison */
    { "error=e&state=s&iss=https%3A%2F%2Fb.example", "https://a.example", FALSE }, /* errors too */
    { "code=c&state=s", "https://a.example", TRUE },              /* it does not say */
    { "code=c&state=s&iss=https%3A%2F%2Fb.example", NULL, TRUE }, /* we do not know */
    { "code=c&state=s&iss=https%3A%2F%2Fb.example", "", TRUE },   /* likewise */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgRedirectAnswer) answer = cvg_redirect_answer_parse (vectors[i].query, NULL);

      g_assert_cmpint (cvg_redirect_answer_check_issuer (answer, vectors[i].issuer, FALSE, &error),
                       ==, vectors[i].accepted);
      if (vectors[i].accepted)
        g_assert_no_error (error);
      else
        g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
    }
}

/* RFC 9207 section 2.4: of a server that always says who it is, silence is a sign. */
static void
test_issuer_required (void)
{
  static const struct
  {
    const char *query;
    const char *issuer;
    gboolean accepted;
  } vectors[] = {
    { "code=c&state=s&iss=https%3A%2F%2Fa.example", "https://a.example", TRUE },
    { "code=c&state=s&iss=https%3A%2F%2Fb.example", "https://a.example", FALSE },
    { "code=c&state=s", "https://a.example", FALSE },
    { "code=c&state=s&iss=", "https://a.example", FALSE }, /* as if it were not there */
    { "error=e&state=s", "https://a.example", FALSE },     /* errors too */
    { "code=c&state=s", NULL, FALSE },                     /* whatever we know */
    { "code=c&state=s&iss=https%3A%2F%2Fa.example", NULL, TRUE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgRedirectAnswer) answer = cvg_redirect_answer_parse (vectors[i].query, NULL);

      g_assert_cmpint (cvg_redirect_answer_check_issuer (answer, vectors[i].issuer, TRUE, &error),
                       ==, vectors[i].accepted);
      if (!vectors[i].accepted)
        g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
    }
}

static void
test_errors (void)
{
  static const struct
  {
    const char *error;
    CvgError code;
    const char *quoted; /* what the message has of it; NULL: nothing */
    gboolean is_denial;
  } vectors[] = {
    { "access_denied", CVG_ERROR_REFUSED, "access_denied", TRUE },
    { "invalid_scope", CVG_ERROR_REFUSED, "invalid_scope", FALSE },
    { "unauthorized_client", CVG_ERROR_REFUSED, "unauthorized_client", FALSE },
    { "server_error", CVG_ERROR_TRY_LATER, "server_error", FALSE },
    { "temporarily_unavailable", CVG_ERROR_TRY_LATER, "temporarily_unavailable", FALSE },
    { "%3Cscript%3E", CVG_ERROR_REFUSED, NULL, FALSE },     /* markup */
    { "Access_denied", CVG_ERROR_REFUSED, NULL, FALSE },    /* codes are case-sensitive */
    { "access_denied%20", CVG_ERROR_REFUSED, NULL, FALSE }, /* not the code */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *query = g_strconcat ("state=s&error=", vectors[i].error, NULL);
      g_autoptr (CvgRedirectAnswer) answer = cvg_redirect_answer_parse (query, NULL);
      g_autoptr (GError) error = cvg_redirect_answer_to_error (answer);

      g_assert_error (error, CVG_ERROR, (int) vectors[i].code);
      g_assert_cmpint (cvg_redirect_answer_is_denial (answer), ==, vectors[i].is_denial);
      if (vectors[i].quoted != NULL)
        g_assert_nonnull (strstr (error->message, vectors[i].quoted));
      else
        g_assert_null (strstr (error->message, answer->error));
    }
}

static void
test_a_code_is_no_denial (void)
{
  g_autoptr (CvgRedirectAnswer) answer = cvg_redirect_answer_parse ("code=c&state=s", NULL);

  g_assert_false (cvg_redirect_answer_is_denial (answer));
}

#define URI "http://127.0.0.1:18417/callback"

static void
test_pasted (void)
{
  static const struct
  {
    const char *url;
    const char *query; /* NULL: refused */
    const char *reason;
  } vectors[] = {
    { URI "?code=c&state=s", "code=c&state=s", NULL },            /* as it is */
    { "  " URI "?code=c&state=s \r\n", "code=c&state=s", NULL },  /* pasted with its line */
    { URI "?code=c%2Fd&state=s#", "code=c%2Fd&state=s", NULL },   /* an empty fragment */
    { URI "?code=c&state=s#_=_", "code=c&state=s", NULL },        /* what Facebook adds */
    { "HTTP://127.0.0.1:18417/callback?code=c", "code=c", NULL }, /* letter case */
    { URI "?code=c#access_token=x#y", "code=c", NULL },           /* the listener never sees it */
    { " " URI "?code=c# \r\n", "code=c", NULL },                  /* white space behind it */
    { URI "?code=c#\xff %", "code=c", NULL },                     /* no part of an address */
    { URI "#access_token=QUOTED", NULL, "query" },                /* the implicit flow */
    { "https://127.0.0.1:18417/callback?code=QUOTED", NULL, "scheme" },
    { "http://localhost:18417/callback?code=QUOTED", NULL, "host" },
    { "http://127.0.0.1.evil.org:18417/callback?code=QUOTED", NULL, "host" },
    { "http://127.0.0.1:18418/callback?code=QUOTED", NULL, "port" },
    { "http://127.0.0.1/callback?code=QUOTED", NULL, "port" },
    { "http://127.0.0.1:18417/Callback?code=QUOTED", NULL, "path" },
    { "http://127.0.0.1:18417/callback/?code=QUOTED", NULL, "path" },
    { "http://127.0.0.1:18417?code=QUOTED", NULL, "path" },
    { "http://u@127.0.0.1:18417/callback?code=QUOTED", NULL, "user name" },
    { URI, NULL, "query" },
    { URI "?", NULL, "query" },
    { "", NULL, "no address" },
    { "QUOTED", NULL, "no address" },
    { "code=QUOTED&state=s", NULL, "no address" },
    { "http://?code=QUOTED", NULL, "" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *query = cvg_redirect_url_match (vectors[i].url, URI, &error);

      g_assert_cmpstr (query, ==, vectors[i].query);
      if (query != NULL)
        continue;
      g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, vectors[i].reason));
      g_assert_null (strstr (error->message, "QUOTED"));
    }
}

static void
test_pasted_without_a_path (void)
{
  g_autofree char *query =
      cvg_redirect_url_match ("http://[::1]:80/?code=c", "http://[::1]:80", NULL);
  g_autofree char *same = cvg_redirect_url_match ("http://[::1]?code=c", "http://[::1]:80/", NULL);

  g_assert_cmpstr (query, ==, "code=c");
  g_assert_cmpstr (same, ==, "code=c");
}

static void
test_pasted_over_https (void)
{
  static const struct
  {
    const char *redirect_uri;
    const char *url;
    const char *reason; /* NULL: taken */
  } vectors[] = {
    { "https://example.org/cb", "https://example.org/cb?code=c", NULL },
    { "https://example.org/cb", "https://example.org:443/cb?code=c", NULL }, /* its own port */
    { "https://example.org:443/cb", "https://example.org/cb?code=c", NULL }, /* as browsers do */
    { "https://example.org:8443/cb", "https://example.org:8443/cb?code=c", NULL },
    { "https://example.org", "https://example.org/?code=c", NULL },
    { "https://Example.org/cb", "HTTPS://example.ORG/cb?code=c", NULL },
    { "https://example.org/cb", "http://example.org/cb?code=c", "scheme" },
    { "https://example.org/cb", "http://example.org:443/cb?code=c", "scheme" },
    { "https://example.org/cb", "https://example.org:80/cb?code=c", "port" },
    { "https://example.org/cb", "https://example.org:8443/cb?code=c", "port" },
    { "https://example.org:8443/cb", "https://example.org/cb?code=c", "port" },
    { "https://example.org/cb", "https://example.org.evil.example/cb?code=c", "host" },
    { "https://example.org/cb", "https://example.org@evil.example/cb?code=c", "user name" },
    { "https://example.org/cb", "https://example.org/CB?code=c", "path" },
    { "https://example.org/cb", "example.org/cb?code=c", "no address" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *query =
          cvg_redirect_url_match (vectors[i].url, vectors[i].redirect_uri, &error);

      g_test_message ("%s: %s", vectors[i].url, error != NULL ? error->message : "taken");
      g_assert_cmpstr (query, ==, vectors[i].reason == NULL ? "code=c" : NULL);
      if (vectors[i].reason != NULL)
        g_assert_nonnull (strstr (error->message, vectors[i].reason));
    }
}

static void
test_pasted_novel (void)
{
  g_autofree char *novel = g_strnfill (100000, 'x');
  g_autofree char *url = g_strconcat (URI "?", novel, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (cvg_redirect_url_match (url, URI, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/redirect-answer/taken", test_taken);
  g_test_add_func ("/redirect-answer/refused", test_refused);
  g_test_add_func ("/redirect-answer/length", test_length);
  g_test_add_func ("/redirect-answer/issuer", test_issuer);
  g_test_add_func ("/redirect-answer/issuer-required", test_issuer_required);
  g_test_add_func ("/redirect-answer/errors", test_errors);
  g_test_add_func ("/redirect-answer/a-code-is-no-denial", test_a_code_is_no_denial);
  g_test_add_func ("/redirect-answer/pasted", test_pasted);
  g_test_add_func ("/redirect-answer/pasted-without-a-path", test_pasted_without_a_path);
  g_test_add_func ("/redirect-answer/pasted-over-https", test_pasted_over_https);
  g_test_add_func ("/redirect-answer/pasted-novel", test_pasted_novel);
  return g_test_run ();
}
