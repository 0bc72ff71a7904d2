/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "adapters/seal-gnutls.h"

#include <string.h>

#include "dbus/error.h"

#define A "0b3d4c5e-1111-4222-8333-444455556666"
#define B "1b3d4c5e-1111-4222-8333-444455556666"
#define TEXT "{'refresh_token': <'the-new-one'>, 'access_token': <'an-access-token'>}"
#define SERIAL 7

/* TEXT in a box, made by another implementation (OpenSSL, by python3-cryptography). */
#define KNOWN_BOX                                                                                  \
  "AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fZGVmZ2hpamtsbW5v8p+XHMQSKSjo/KvE/3wy"               \
  "piZe3Oyx441MsSVZCpcSb8olZDD3kPywaIpxZDwvmzedTkAfGHUEhxQ8hyrC/N17GyVW9+OAn3v6hInJ"               \
  "kbU3LlHnQgJNhRAv"

typedef struct
{
  CvgSecret *key;
  CvgSecret *text;
  GBytes *box;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->key = cvg_secret_new ("the-old-refresh-token");
  fixture->text = cvg_secret_new (TEXT);
  fixture->box = cvg_seal_close (fixture->key, A, SERIAL, fixture->text, &error);
  g_assert_no_error (error);
  g_assert_nonnull (fixture->box);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cvg_secret_unref (fixture->key);
  cvg_secret_unref (fixture->text);
  g_bytes_unref (fixture->box);
}

static void
assert_stays_closed (const CvgSecret *key, const char *id, guint64 serial, GBytes *box)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgSecret) text = cvg_seal_open (key, id, serial, box, &error);

  g_assert_null (text);
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  static const char zeros[] = "a\0b\0";
  g_autoptr (CvgSecret) opened = cvg_seal_open (fixture->key, A, SERIAL, fixture->box, NULL);
  g_autoptr (CvgSecret) empty = cvg_secret_new ("");
  g_autoptr (CvgSecret) with_zeros = cvg_secret_new_sized (zeros, sizeof zeros);
  g_autoptr (GBytes) empty_box = cvg_seal_close (fixture->key, A, 0, empty, NULL);
  g_autoptr (GBytes) zeros_box = cvg_seal_close (fixture->key, A, G_MAXUINT64, with_zeros, NULL);
  g_autoptr (CvgSecret) empty_opened = cvg_seal_open (fixture->key, A, 0, empty_box, NULL);
  g_autoptr (CvgSecret) zeros_opened =
      cvg_seal_open (fixture->key, A, G_MAXUINT64, zeros_box, NULL);

  g_assert_true (cvg_secret_equal (opened, fixture->text));
  g_assert_true (cvg_secret_equal (empty_opened, empty));
  g_assert_true (cvg_secret_equal (zeros_opened, with_zeros));
}

/* A key of one byte and one of many; what a token is made of is the server's business. */
static void
test_any_key (Fixture *fixture, gconstpointer data)
{
  g_autofree char *many = g_strnfill (100000, 'k');
  const char *const keys[] = { "k", many, "\xff\xfe" };

  for (size_t i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (CvgSecret) key = cvg_secret_new (keys[i]);
      g_autoptr (GBytes) box = cvg_seal_close (key, A, SERIAL, fixture->text, NULL);
      g_autoptr (CvgSecret) opened = cvg_seal_open (key, A, SERIAL, box, NULL);

      g_assert_true (cvg_secret_equal (opened, fixture->text));
      assert_stays_closed (fixture->key, A, SERIAL, box);
    }
}

static void
test_no_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgSecret) none = cvg_secret_new ("");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) box = cvg_seal_close (none, A, SERIAL, fixture->text, &error);

  g_assert_null (box);
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  assert_stays_closed (none, A, SERIAL, fixture->box);
}

static void
test_bound_to_key_id_and_serial (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgSecret) other = cvg_secret_new ("the-old-refresh-tokem");
  g_autoptr (CvgSecret) shorter = cvg_secret_new ("the-old-refresh-toke");

  assert_stays_closed (other, A, SERIAL, fixture->box);
  assert_stays_closed (shorter, A, SERIAL, fixture->box);
  assert_stays_closed (fixture->key, B, SERIAL, fixture->box);
  assert_stays_closed (fixture->key, "", SERIAL, fixture->box);
  assert_stays_closed (fixture->key, A, SERIAL + 1, fixture->box);
  assert_stays_closed (fixture->key, A, SERIAL + (G_GUINT64_CONSTANT (1) << 32), fixture->box);
}

static void
test_any_flipped_bit (Fixture *fixture, gconstpointer data)
{
  gsize size = 0;
  const guchar *bytes = g_bytes_get_data (fixture->box, &size);

  for (gsize bit = 0; bit < size * 8; bit++)
    {
      g_autofree guchar *copy = g_memdup2 (bytes, size);
      g_autoptr (GBytes) box = NULL;

      copy[bit / 8] ^= (guchar) (1 << bit % 8);
      box = g_bytes_new_static (copy, size);
      assert_stays_closed (fixture->key, A, SERIAL, box);
    }
}

static void
test_any_length (Fixture *fixture, gconstpointer data)
{
  gsize size = 0;
  const char *bytes = g_bytes_get_data (fixture->box, &size);
  g_autoptr (GByteArray) longer = g_byte_array_new ();
  g_autoptr (GBytes) longer_box = NULL;

  for (gsize length = 0; length < size; length++)
    {
      g_autoptr (GBytes) cut = g_bytes_new (bytes, length);

      assert_stays_closed (fixture->key, A, SERIAL, cut);
    }
  g_byte_array_append (longer, (const guint8 *) bytes, (guint) size);
  g_byte_array_append (longer, (const guint8 *) "", 1);
  longer_box = g_bytes_new (longer->data, longer->len);
  assert_stays_closed (fixture->key, A, SERIAL, longer_box);
}

static void
test_bounded (Fixture *fixture, gconstpointer data)
{
  g_autofree char *most = g_strnfill (CVG_SEAL_TEXT_BYTES_MAX + 1, 't');
  g_autoptr (CvgSecret) largest = cvg_secret_new_sized (most, CVG_SEAL_TEXT_BYTES_MAX);
  g_autoptr (CvgSecret) too_large = cvg_secret_new (most);
  g_autoptr (GBytes) box = cvg_seal_close (fixture->key, A, SERIAL, largest, NULL);
  g_autoptr (CvgSecret) opened = cvg_seal_open (fixture->key, A, SERIAL, box, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) none = cvg_seal_close (fixture->key, A, SERIAL, too_large, &error);

  g_assert_true (cvg_secret_equal (opened, largest));
  g_assert_null (none);
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
}

static void
test_says_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) again = cvg_seal_close (fixture->key, A, SERIAL, fixture->text, NULL);
  gsize size = 0;
  const char *bytes = g_bytes_get_data (fixture->box, &size);
  const char *other = g_bytes_get_data (again, NULL);

  g_assert_cmpuint (g_bytes_get_size (again), ==, size);
  g_assert_null (memmem (bytes, size, "token", 5));
  g_assert_null (memmem (bytes, size, "-new-", 5));
  g_assert_null (memmem (bytes, size, "-old-", 5));
  /* Salt, nonce, text and tag: no eight bytes of the one box are in the same place of the other. */
  for (gsize i = 1; i + 8 <= size; i++)
    g_assert_cmpint (memcmp (bytes + i, other + i, 8), !=, 0);
}

/* What lies on a disk must open in each later version too. */
static void
test_known_box (Fixture *fixture, gconstpointer data)
{
  gsize size = 0;
  g_autofree guchar *bytes = g_base64_decode (KNOWN_BOX, &size);
  g_autoptr (GBytes) box = g_bytes_new (bytes, size);
  g_autoptr (CvgSecret) opened = cvg_seal_open (fixture->key, A, SERIAL, box, NULL);

  g_assert_true (cvg_secret_equal (opened, fixture->text));
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  add ("/seal/round-trip", test_round_trip);
  add ("/seal/any-key", test_any_key);
  add ("/seal/no-key", test_no_key);
  add ("/seal/bound-to-key-id-and-serial", test_bound_to_key_id_and_serial);
  add ("/seal/any-flipped-bit", test_any_flipped_bit);
  add ("/seal/any-length", test_any_length);
  add ("/seal/bounded", test_bounded);
  add ("/seal/says-nothing", test_says_nothing);
  add ("/seal/known-box", test_known_box);
  return g_test_run ();
}
