/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/base64url.h"

static void
test_vectors (void)
{
  static const struct
  {
    const char *octets;
    gsize length;
    const char *text;
  } vectors[] = {
    { "", 0, "" },                            /* nothing */
    { "f", 1, "Zg" },                         /* two paddings dropped */
    { "fo", 2, "Zm8" },                       /* one padding dropped */
    { "foo", 3, "Zm9v" },                     /* none to drop: RFC 4648 section 10 */
    { "foobar", 6, "Zm9vYmFy" },              /* likewise */
    { "\xfb\xff\xbf", 3, "-_-_" },            /* both characters that differ */
    { "\x03\xec\xff\xe0\xc1", 5, "A-z_4ME" }, /* RFC 7515 appendix C */
    { "\0\0\0", 3, "AAAA" },                  /* NULs are octets too */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text =
          cvg_base64url_encode ((const guchar *) vectors[i].octets, vectors[i].length);

      g_assert_cmpstr (text, ==, vectors[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base64url/vectors", test_vectors);
  return g_test_run ();
}
