/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/pkce.h"

static void
test_rfc7636_appendix_b (void)
{
  g_autofree char *challenge = cvg_pkce_challenge ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");

  g_assert_cmpstr (challenge, ==, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

/* The hash is of the text itself, not of what it encodes (RFC 7636 section 4.2). */
static void
test_hashes_the_text (void)
{
  g_autofree char *empty = cvg_pkce_challenge ("");
  g_autofree char *abc = cvg_pkce_challenge ("abc");

  g_assert_cmpstr (empty, ==, "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
  g_assert_cmpstr (abc, ==, "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pkce/rfc7636-appendix-b", test_rfc7636_appendix_b);
  g_test_add_func ("/pkce/hashes-the-text", test_hashes_the_text);
  return g_test_run ();
}
