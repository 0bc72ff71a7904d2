/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/well-known.h"

static void
test_places (void)
{
  static const struct
  {
    const char *url;
    const char *inserted;
    const char *appended;
    const char *origin;
  } vectors[] = {
    /* without a path */
    { "https://a.example", "https://a.example/.well-known/x", "https://a.example/.well-known/x",
      "https://a.example" },
    /* a slash alone is no path (RFC 8414 section 3.1) */
    { "https://a.example/", "https://a.example/.well-known/x", "https://a.example/.well-known/x",
      "https://a.example" },
    /* RFC 8414 section 3.1, the example; and OpenID Connect Discovery section 4.1 */
    { "https://a.example/issuer1", "https://a.example/.well-known/x/issuer1",
      "https://a.example/issuer1/.well-known/x", "https://a.example" },
    /* one slash at the end goes, and only that */
    { "https://a.example:8443/a//b//", "https://a.example:8443/.well-known/x/a//b/",
      "https://a.example:8443/a//b//.well-known/x", "https://a.example:8443" },
    /* RFC 9728 section 3.1: a query stays */
    { "https://a.example/r?k=v", "https://a.example/.well-known/x/r?k=v",
      "https://a.example/r/.well-known/x", "https://a.example" },
    { "https://a.example?k=/v", "https://a.example/.well-known/x?k=/v",
      "https://a.example/.well-known/x", "https://a.example" },
    /* letter case and escapes are the server's */
    { "https://A.example/%7Ea", "https://A.example/.well-known/x/%7Ea",
      "https://A.example/%7Ea/.well-known/x", "https://A.example" },
    { "http://[::1]:80/a", "http://[::1]:80/.well-known/x/a", "http://[::1]:80/a/.well-known/x",
      "http://[::1]:80" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *inserted = cvg_well_known_insert (vectors[i].url, "x");
      g_autofree char *appended = cvg_well_known_append (vectors[i].url, "x");
      g_autofree char *origin = cvg_well_known_dup_origin (vectors[i].url);

      g_assert_cmpstr (inserted, ==, vectors[i].inserted);
      g_assert_cmpstr (appended, ==, vectors[i].appended);
      g_assert_cmpstr (origin, ==, vectors[i].origin);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/well-known/places", test_places);
  return g_test_run ();
}
