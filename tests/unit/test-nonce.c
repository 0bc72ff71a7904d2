/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/nonce.h"

#include <string.h>

static void
test_shape (void)
{
  for (int i = 0; i < 100; i++)
    {
      g_autofree char *nonce = cvg_nonce_new ();

      g_assert_cmpuint (strlen (nonce), ==, 43);
      g_assert_cmpuint (strspn (nonce, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_"), ==, 43);
    }
}

static void
test_no_two_are_the_same (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < 1000; i++)
    g_assert_true (g_hash_table_add (seen, cvg_nonce_new ()));
}

/* Each place takes many values: a nonce of which a part stays the same is half of one. */
static void
test_every_place_varies (void)
{
  guint64 seen[43] = { 0 };

  for (int i = 0; i < 200; i++)
    {
      g_autofree char *nonce = cvg_nonce_new ();

      for (int place = 0; place < 43; place++)
        seen[place] |= G_GUINT64_CONSTANT (1) << (nonce[place] % 64);
    }

  /* The last character holds four bits, so 16 values; 200 draws miss half of them practically
   * never. */
  for (int place = 0; place < 43; place++)
    g_assert_cmpint (__builtin_popcountll (seen[place]), >, 8);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nonce/shape", test_shape);
  g_test_add_func ("/nonce/no-two-are-the-same", test_no_two_are_the_same);
  g_test_add_func ("/nonce/every-place-varies", test_every_place_varies);
  return g_test_run ();
}
