/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "client/qr-code.h"

#define WHITE "\033[30;107m"
#define END "\033[0m"

/* The smallest code has 21 modules a side, and four of quiet on each. */
static void
test_lines (void)
{
  unsigned int columns = 0;
  g_autofree char *text = cvg_qr_code_format ("https://x", &columns);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_cmpuint (columns, ==, 29);
  g_assert_cmpuint (g_strv_length (lines), ==, 16); /* 15 and what follows the last end */
  g_assert_cmpstr (lines[0], ==, WHITE "                             " END);
  g_assert_cmpstr (lines[1], ==, lines[0]);
  g_assert_true (g_str_has_prefix (lines[2], WHITE "    █▀▀▀▀▀█ "));
  g_assert_true (g_str_has_prefix (lines[3], WHITE "    █ ███ █ "));
  g_assert_true (g_str_has_prefix (lines[5], WHITE "    ▀▀▀▀▀▀▀ "));
  g_assert_true (g_str_has_suffix (lines[2], " █▀▀▀▀▀█    " END));
  g_assert_cmpstr (lines[14], ==, lines[0]);
  for (unsigned int i = 0; i < 15; i++)
    g_assert_cmpint (g_utf8_strlen (lines[i], -1), ==, 29 + (long) strlen (WHITE END));
}

static void
test_sizes (void)
{
  g_autofree char *longest = g_strnfill (2953, 'x');
  g_autofree char *too_long = g_strnfill (2954, 'x');
  g_autofree char *code = NULL;
  unsigned int columns = 0;

  code = cvg_qr_code_format (longest, &columns);
  g_assert_nonnull (code);
  g_assert_cmpuint (columns, ==, 177 + 8);
  g_assert_null (cvg_qr_code_format (too_long, &columns));
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/qr-code/lines", test_lines);
  g_test_add_func ("/client/qr-code/sizes", test_sizes);
  return g_test_run ();
}
