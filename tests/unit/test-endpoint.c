/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/endpoint.h"

#include <string.h>

typedef struct
{
  const char *url;
  const char *mistake; /* part of the sentence; NULL: taken */
} Vector;

static void
check_vectors (const Vector *vectors, size_t count, const char *(*find_mistake) (const char *url))
{
  for (size_t i = 0; i < count; i++)
    {
      const char *mistake = find_mistake (vectors[i].url);

      g_test_message ("%s: %s", vectors[i].url, mistake != NULL ? mistake : "taken");
      g_assert_cmpint (mistake == NULL, ==, vectors[i].mistake == NULL);
      g_assert_true (mistake == NULL || strstr (mistake, vectors[i].mistake) != NULL);
    }
}

static void
test_endpoint (void)
{
  static const Vector vectors[] = {
    { "https://a.example/token", NULL },
    { "https://a.example:8443/token?a=b", NULL },       /* RFC 6749 section 3.1: a query is kept */
    { "http://127.0.0.1:9/token", NULL },               /* on this machine */
    { "http://[::1]:9/token", NULL },                   /* likewise */
    { "http://LOCALHOST:9/token", NULL },               /* likewise */
    { "http://a.example/token", "must be https" },      /* readable on its way */
    { "http://127.0.0.1.a.example/", "must be https" }, /* not on this machine */
    { "javascript:alert(1)", "no host" },               /* no place at all */
    { "file:///etc/passwd", "no host" },                /* likewise */
    { "data:text/html,x", "no host" },                  /* likewise */
    { "//a.example/token", "not an absolute URL" },     /* relative */
    { "", "not an absolute URL" },                      /* nothing */
    { "https://u@a.example/token", "user name" },       /* whose host is it? */
    { "https://a.example/token#x", "fragment" },        /* RFC 6749 section 3.1 */
    { "https://a.example\\@b.example/", "character" },  /* read in two ways */
    { "https://a.example/ token", "character" },
    { "https://b\xc3\xbc.example/", "character" },
    { "https://a.example:0/", "port 0" },
    { "https://a.example/%zz", "not an absolute URL" },  /* a broken escape */
    { "https://a%2eexample/", "escape in its host" },    /* another host, once decoded */
    { "https://a.example%2F.b/", "escape in its host" }, /* likewise */
    { "https://[fe80::1%25eth0]/", "escape" },           /* nobody else's link */
    { "https://a.example?%2F", NULL },                   /* behind it they are at home */
  };

  check_vectors (vectors, G_N_ELEMENTS (vectors), cvg_endpoint_find_mistake);
}

static void
test_issuer (void)
{
  static const Vector vectors[] = {
    { "https://a.example", NULL },           { "https://a.example/tenant/", NULL },
    { "https://a.example/?a=b", "query" },   /* RFC 8414 section 2 */
    { "https://a.example/#a", "fragment" },  /* likewise */
    { "http://a.example", "must be https" }, /* likewise */
  };

  check_vectors (vectors, G_N_ELEMENTS (vectors), cvg_endpoint_find_issuer_mistake);
}

/* What is named by somebody out there. */
static void
test_named (void)
{
  static const Vector vectors[] = {
    { "https://b.example/token", NULL }, /* another host is no mistake */
    { "http://b.example/token", "must be https" },
    { "http://127.0.0.1:631/", "must not lead to this machine" },
    { "http://[::1]:631/", "must not lead to this machine" },
    { "http://localhost:631/", "must not lead to this machine" },
    { "https://LocalHost/", "must not lead to this machine" },
    { "https://localhost./", "must not lead to this machine" },
    { "https://a.localhost/", "must not lead to this machine" },
    { "https://127.9.9.9/", "must not lead to this machine" },
    { "https://0.0.0.0/", "must not lead to this machine" },
    { "https://127.0.0.1./", "must not lead to this machine" },
    { "https://127.1/", "must not lead to this machine" },      /* in shorthand */
    { "https://2130706433/", "must not lead to this machine" }, /* as one number */
    { "https://0x7f.0.0.1/", "must not lead to this machine" },
    { "https://0177.0.0.1/", "must not lead to this machine" },
    { "https://0/", "must not lead to this machine" },
    { "https://[::]/", "must not lead to this machine" },
    { "https://[0:0:0:0:0:0:0:1]/", "must not lead to this machine" },
    { "https://[::ffff:127.0.0.1]/", "must not lead to this machine" },
    { "https://[::ffff:a9fe:a9fe]/", "must not lead to this machine" },
    { "https://169.254.169.254/", "must not lead to this machine" }, /* of the link */
    { "https://[fe80::1]/", "must not lead to this machine" },       /* likewise */
    { "https://10.0.0.1/", NULL },                                   /* of a company */
    { "https://[2001:db8::1]/", NULL },
    { "https://128.0.0.1/", NULL },
    { "https://127.example/", NULL }, /* a name like any other */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const char *mistake =
          cvg_endpoint_find_named_mistake (vectors[i].url, "https://a.example/issuer");

      g_test_message ("%s: %s", vectors[i].url, mistake != NULL ? mistake : "taken");
      g_assert_cmpint (mistake == NULL, ==, vectors[i].mistake == NULL);
      g_assert_true (mistake == NULL || strstr (mistake, vectors[i].mistake) != NULL);
    }

  /* What is here already may name what is here. */
  g_assert_null (
      cvg_endpoint_find_named_mistake ("http://127.0.0.1:9/token", "http://localhost:8/issuer"));
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/endpoint/endpoint", test_endpoint);
  g_test_add_func ("/endpoint/issuer", test_issuer);
  g_test_add_func ("/endpoint/named-by-a-server", test_named);
  return g_test_run ();
}
