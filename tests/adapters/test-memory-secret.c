/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "adapters/memory-secret.h"

#include <stdio.h>
#include <string.h>

#include "model/secret.h"

static void
test_round_trip (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
  } vectors[] = {
    { "", 0 },             /* a crash in the keyring leaves these */
    { "token", 5 },        /* text */
    { "a\0b\xff\x80", 5 }, /* any bytes */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgSecret) secret = cvg_secret_new_sized (vectors[i].bytes, vectors[i].length);

      g_assert_cmpmem (cvg_secret_peek (secret), cvg_secret_get_length (secret), vectors[i].bytes,
                       vectors[i].length);
      g_assert_cmpint (cvg_secret_peek (secret)[vectors[i].length], ==, '\0');
    }
}

/* Whether @address lies in a mapping that is kept out of core dumps ("dd" in its flags). */
static gboolean
is_left_out_of_dumps (gconstpointer address)
{
  g_autofree char *maps = NULL;
  gboolean inside = FALSE;

  g_assert_true (g_file_get_contents ("/proc/self/smaps", &maps, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (maps, "\n", -1);
  for (size_t i = 0; lines[i] != NULL; i++)
    {
      guint64 from = 0;
      guint64 to = 0;

      if (sscanf (lines[i], "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x ", &from, &to) == 2)
        inside = from <= (guint64) (gsize) address && (guint64) (gsize) address < to;
      else if (inside && g_str_has_prefix (lines[i], "VmFlags:"))
        return strstr (lines[i], " dd") != NULL;
    }
  return FALSE;
}

static void
test_memory_is_special (void)
{
  g_autoptr (CvgSecret) secret = cvg_secret_new ("a token");
  g_autofree char *heap = g_strdup ("no secret");

  if (g_getenv ("SECMEM_FORCE_FALLBACK") != NULL)
    {
      g_test_skip ("the library's locked memory is switched off");
      return;
    }
  if (!is_left_out_of_dumps (cvg_secret_peek (secret)))
    g_test_skip ("no locked memory here, or no /proc/self/smaps");
  g_assert_false (is_left_out_of_dumps (heap));
}

static void
test_large (void)
{
  /* Larger than a pool of the library, and many at once. */
  g_autofree char *text = g_strnfill (100000, 'x');
  CvgSecret *secrets[20];

  for (size_t i = 0; i < G_N_ELEMENTS (secrets); i++)
    secrets[i] = cvg_secret_new (text);
  for (size_t i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      g_assert_cmpstr (cvg_secret_peek (secrets[i]), ==, text);
      cvg_secret_unref (secrets[i]);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  cvg_memory_secret_install ();
  g_test_add_func ("/memory-secret/round-trip", test_round_trip);
  g_test_add_func ("/memory-secret/left-out-of-dumps", test_memory_is_special);
  g_test_add_func ("/memory-secret/large", test_large);
  return g_test_run ();
}
