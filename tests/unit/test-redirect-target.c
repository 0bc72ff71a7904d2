/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/redirect-target.h"

#include <string.h>

#include "dbus/error.h"

typedef struct
{
  const char *url;
  const char *reason; /* part of the sentence; NULL: taken */
} Vector;

static void
check_vectors (const Vector *vectors,
               size_t count,
               const char *option,
               gboolean (*check) (const char *url, GError **error))
{
  for (size_t i = 0; i < count; i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean taken = check (vectors[i].url, &error);

      g_test_message ("%s: %s", vectors[i].url, error != NULL ? error->message : "taken");
      g_assert_cmpint (taken, ==, vectors[i].reason == NULL);
      if (taken)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
      g_assert_true (g_str_has_prefix (error->message, option));
      g_assert_nonnull (strstr (error->message, vectors[i].reason));
    }
}

static void
test_target (void)
{
  static const Vector vectors[] = {
    { "https://example.org", NULL },                           /* the least */
    { "https://example.org:8443/a/b?c=d&e=f%20g", NULL },      /* port, path, query */
    { "HTTPS://example.org/", NULL },                          /* letter case of the scheme */
    { "http://127.0.0.1/", NULL },                             /* loopback literal */
    { "http://127.255.0.7:3000/done", NULL },                  /* 127.0.0.0/8 */
    { "http://[::1]:3000/done", NULL },                        /* likewise */
    { "https://example.org/a@b?c=@d", NULL },                  /* "@" that is no user name */
    { "https://example.org/?u=https%3A%2F%2Fx%2F%23", NULL },  /* escapes stay escapes */
    { "", "absolute" },                                        /* nothing */
    { "/done", "absolute" },                                   /* relative */
    { "//example.org/done", "absolute" },                      /* relative to the scheme */
    { "example.org", "absolute" },                             /* no scheme */
    { "https:example.org", "absolute" },                       /* what browsers repair */
    { "https:/example.org", "absolute" },                      /* likewise */
    { "https:///example.org", "host" },                        /* likewise */
    { "https://", "host" },                                    /* no host */
    { "https://:443/", "host" },                               /* no host */
    { "http://example.org/", "https" },                        /* not encrypted */
    { "http://localhost:3000/", "[::1]" },                     /* a name, not a literal */
    { "http://127.1/", "https" },                              /* shorthand */
    { "http://2130706433/", "https" },                         /* a number */
    { "http://0177.0.0.1/", "https" },                         /* octal */
    { "http://127.0.0.1.example.org/", "https" },              /* looks like one */
    { "http://128.0.0.1/", "127.0.0.0/8" },                    /* next to it */
    { "http://[::ffff:127.0.0.1]/", "https" },                 /* mapped */
    { "http://0.0.0.0/", "https" },                            /* every address */
    { "http://127.0.0.1%2eexample.org/", "escapes" },          /* escapes in a host */
    { "https://exa%6dple.org/", "escapes" },                   /* likewise */
    { "https://user@example.org/", "user name" },              /* userinfo */
    { "https://user:pw@example.org/", "user name" },           /* likewise */
    { "https://@example.org/", "user name" },                  /* empty, but there */
    { "https://example.org@evil.org/", "user name" },          /* the trick */
    { "https://example.org/#x", "fragment" },                  /* fragment */
    { "https://example.org/#", "fragment" },                   /* empty, but there */
    { "https://example.org\\@evil.org/", "backslash" },        /* read in two ways */
    { "https://example.org/a b", "white space" },              /* space */
    { " https://example.org/", "white space" },                /* around it */
    { "https://exam\tple.org/", "white space" },               /* browsers drop it */
    { "https://example.org/\r\nSet-Cookie:x", "white space" }, /* another header */
    { "https://example.org/\x01", "control" },                 /* control character */
    { "https://example.org/\x7f", "control" },                 /* likewise */
    { "https://ex\xc3\xa4mple.org/", "ASCII" },                /* not escaped */
    { "https://example.org/\xc2\x85", "ASCII" },               /* a control character of Unicode */
    { "javascript://x/%0aalert(1)", "https" },                 /* schemes that do things */
    { "javascript:alert(1)", "absolute" },                     /* likewise */
    { "data:text/html,x", "absolute" },                        /* likewise */
    { "file:///etc/passwd", "host" },                          /* likewise */
    { "myapp://done", "https" },                               /* custom scheme */
    { "https://example.org:99999/", "absolute" },              /* no such port */
    { "https://example.org:x/", "absolute" },                  /* no port at all */
    { "https://[::1/", "absolute" },                           /* bracket left open */
  };

  check_vectors (vectors, G_N_ELEMENTS (vectors), "redirect-url", cvg_redirect_target_check);
}

static void
test_redirect_uri (void)
{
  static const Vector vectors[] = {
    { "http://127.0.0.1:18417/callback", NULL },    /* RFC 8252 section 7.3 */
    { "http://[::1]:18417/callback", NULL },        /* likewise */
    { "http://localhost:8080/", NULL },             /* discouraged, but registered by some */
    { "http://127.0.0.1:1", NULL },                 /* the lowest port, no path */
    { "http://127.0.0.1:65535/", NULL },            /* the highest */
    { "http://127.0.0.1/callback", "port" },        /* no port */
    { "http://127.0.0.1:/callback", "port" },       /* likewise */
    { "http://127.0.0.1:0/callback", "port" },      /* any port: not for a registration */
    { "http://127.0.0.2:18417/", "host" },          /* where nobody listens */
    { "http://LOCALHOST:18417/", "host" },          /* another text than is compared with */
    { "http://%31%32%37.0.0.1:1/", "escape" },      /* read in two ways */
    { "http://127.0.0.1:65536/", "absolute" },      /* no such port */
    { "https://example.org/callback", NULL },       /* a page of the person's own */
    { "https://example.org:8443", NULL },           /* likewise */
    { "https://example.org/cb?x=1", "query" },      /* the answer is all of it */
    { "https://example.org/cb#x", "fragment" },     /* RFC 6749 section 3.1.2 */
    { "https://u@example.org/cb", "user name" },    /* userinfo */
    { "https:///callback", "host" },                /* no host */
    { "ftp://127.0.0.1:18417/", "http" },           /* another scheme */
    { "http://example.org:80/", "host" },           /* not this machine */
    { "http://LOCALHOST.example.org:80/", "host" }, /* likewise */
    { "http://192.168.1.2:80/", "host" },           /* likewise */
    { "http://127.0.0.1:18417/cb?x=1", "query" },   /* ours is all of the query */
    { "http://127.0.0.1:18417/cb?", "query" },      /* empty, but there */
    { "http://127.0.0.1:18417/cb#x", "fragment" },  /* RFC 6749 section 3.1.2 */
    { "http://u@127.0.0.1:18417/", "user name" },   /* userinfo */
    { "org.example.app:/callback", "host" },        /* custom scheme */
    { "urn:ietf:wg:oauth:2.0:oob", "host" },        /* the old paste flow */
    { "", "absolute" },                             /* nothing */
  };

  check_vectors (vectors, G_N_ELEMENTS (vectors), "redirect-uri", cvg_redirect_uri_check);
}

static void
test_remote (void)
{
  g_assert_true (cvg_redirect_uri_is_remote ("https://example.org/callback"));
  g_assert_true (cvg_redirect_uri_is_remote ("HTTPS://example.org/callback"));
  g_assert_false (cvg_redirect_uri_is_remote ("http://127.0.0.1:18417/callback"));
  g_assert_false (cvg_redirect_uri_is_remote ("http://localhost:18417/https:"));
}

static void
test_length (void)
{
  static const char start[] = "https://example.org/";
  g_autofree char *path = g_strnfill (2049 - strlen (start), 'a');
  g_autofree char *too_long = g_strconcat (start, path, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (cvg_redirect_target_check (too_long, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
  too_long[2048] = '\0';
  g_assert_true (cvg_redirect_target_check (too_long, NULL));
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/redirect-target/target", test_target);
  g_test_add_func ("/redirect-target/redirect-uri", test_redirect_uri);
  g_test_add_func ("/redirect-target/remote", test_remote);
  g_test_add_func ("/redirect-target/length", test_length);
  return g_test_run ();
}
