/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/secret.h"

#include <string.h>

static void
test_holds_a_copy (void)
{
  char text[] = "token";
  g_autoptr (CvgSecret) secret = cvg_secret_new (text);

  memset (text, 'x', strlen (text));
  g_assert_cmpstr (cvg_secret_peek (secret), ==, "token");
  g_assert_cmpuint (cvg_secret_get_length (secret), ==, 5);
}

static void
test_holds_any_bytes (void)
{
  g_autoptr (CvgSecret) secret = cvg_secret_new_sized ("a\0b\xff", 4);

  g_assert_cmpmem (cvg_secret_peek (secret), cvg_secret_get_length (secret), "a\0b\xff", 4);
  /* A NUL is behind the bytes, so that a text is one. */
  g_assert_cmpint (cvg_secret_peek (secret)[4], ==, '\0');
}

static void
test_empty (void)
{
  g_autoptr (CvgSecret) empty = cvg_secret_new ("");
  g_autoptr (CvgSecret) sized = cvg_secret_new_sized (NULL, 0);
  g_autoptr (CvgSecret) nul = cvg_secret_new_sized ("", 1);

  g_assert_true (cvg_secret_is_empty (NULL));
  g_assert_true (cvg_secret_is_empty (empty));
  g_assert_true (cvg_secret_is_empty (sized));
  g_assert_false (cvg_secret_is_empty (nul));
  g_assert_cmpstr (cvg_secret_peek (sized), ==, "");
}

static void
test_take (void)
{
  g_autoptr (CvgSecret) secret = cvg_secret_new_take (g_strdup ("token"));

  g_assert_cmpstr (cvg_secret_peek (secret), ==, "token");
}

static void
test_lives_as_long_as_a_holder (void)
{
  g_autoptr (CvgSecret) second = NULL;
  CvgSecret *first = cvg_secret_new ("token");

  second = cvg_secret_ref (first);
  g_assert_true (second == first);
  cvg_secret_unref (first);
  g_assert_cmpstr (cvg_secret_peek (second), ==, "token");
}

static void
test_equality (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    gboolean equal;
  } vectors[] = {
    { "token", "token", TRUE },   /* the same */
    { "", "", TRUE },             /* nothing is nothing */
    { "token", "tokeN", FALSE },  /* the last byte */
    { "token", "Token", FALSE },  /* the first byte */
    { "token", "token1", FALSE }, /* a beginning */
    { "token", "", FALSE },       /* likewise */
    { NULL, NULL, TRUE },         /* none is none */
    { "", NULL, FALSE },          /* none is not an empty one */
    { NULL, "token", FALSE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgSecret) a = vectors[i].a != NULL ? cvg_secret_new (vectors[i].a) : NULL;
      g_autoptr (CvgSecret) b = vectors[i].b != NULL ? cvg_secret_new (vectors[i].b) : NULL;

      g_assert_cmpint (cvg_secret_equal (a, b), ==, vectors[i].equal);
    }
}

static void
test_equality_looks_behind_a_nul (void)
{
  g_assert_true (cvg_equal_in_constant_time ("a\0b", 3, "a\0b", 3));
  g_assert_false (cvg_equal_in_constant_time ("a\0b", 3, "a\0c", 3));
  g_assert_false (cvg_equal_in_constant_time ("a\0b", 3, "a", 1));
}

static void
test_wipe_free_takes_nothing (void)
{
  cvg_wipe_free (NULL);
  cvg_wipe_free (g_strdup (""));
}

/* A memory that tells what it was asked: one block, which stays readable after the wipe. */
static struct
{
  char bytes[16];
  int kept;
  int wiped;
} block;

static gpointer
block_keep (const char *bytes, gsize length)
{
  g_assert_cmpuint (length, <, sizeof block.bytes);
  memcpy (block.bytes, bytes, length);
  block.bytes[length] = '\0';
  block.kept++;
  return &block;
}

static const char *
block_peek (gconstpointer handle)
{
  g_assert_true (handle == &block);
  return block.bytes;
}

static void
block_wipe (gpointer handle)
{
  g_assert_true (handle == &block);
  memset (block.bytes, 0, sizeof block.bytes);
  block.wiped++;
}

static void
test_the_last_holder_wipes (void)
{
  static const CvgSecretMemory memory = { block_keep, block_peek, block_wipe };
  g_autoptr (CvgSecret) on_the_heap = cvg_secret_new ("heap");
  CvgSecret *secret = NULL;

  cvg_secret_set_memory (&memory);
  secret = cvg_secret_new ("token");
  cvg_secret_ref (secret);
  g_assert_cmpint (block.kept, ==, 1);
  g_assert_cmpstr (cvg_secret_peek (secret), ==, "token");

  cvg_secret_unref (secret);
  g_assert_cmpint (block.wiped, ==, 0);
  g_assert_cmpstr (block.bytes, ==, "token");
  /* One that was made before goes where it came from. */
  g_assert_cmpstr (cvg_secret_peek (on_the_heap), ==, "heap");

  cvg_secret_set_memory (NULL);
  cvg_secret_unref (secret);
  g_assert_cmpint (block.wiped, ==, 1);
  g_assert_cmpstr (block.bytes, ==, "");
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secret/holds-a-copy", test_holds_a_copy);
  g_test_add_func ("/secret/holds-any-bytes", test_holds_any_bytes);
  g_test_add_func ("/secret/empty", test_empty);
  g_test_add_func ("/secret/take", test_take);
  g_test_add_func ("/secret/lives-as-long-as-a-holder", test_lives_as_long_as_a_holder);
  g_test_add_func ("/secret/equality", test_equality);
  g_test_add_func ("/secret/equality-looks-behind-a-nul", test_equality_looks_behind_a_nul);
  g_test_add_func ("/secret/wipe-free-takes-nothing", test_wipe_free_takes_nothing);
  g_test_add_func ("/secret/the-last-holder-wipes", test_the_last_holder_wipes);
  return g_test_run ();
}
