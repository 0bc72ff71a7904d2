/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * New credentials, closed with a refresh token that the keyring still has: whoever has the box and
 * not the keyring has nothing. A box is
 *
 *   version (1 byte), salt (32), nonce (12), AES-256-GCM of the text, its tag (16)
 *
 * under HKDF-SHA256 (RFC 5869) of the token, with the salt, for the instance's id; the version, the
 * id and the serial are authenticated with it. The salt is drawn for each box, so no key is used
 * twice, and neither is a nonce.
 *
 * A token is no password: there is no stretching, because servers draw tokens at random. How much
 * that is worth is in docs/security.md.
 */
#include "adapters/seal-gnutls.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "dbus/error.h"

#define VERSION 1
#define CIPHER GNUTLS_CIPHER_AES_256_GCM
#define SALT_BYTES 32
#define NONCE_BYTES 12
#define KEY_BYTES 32
#define TAG_BYTES 16
#define HEAD_BYTES (1 + SALT_BYTES + NONCE_BYTES)
#define LABEL "claviger rotation journal: "

static gboolean
check (int code, const char *what, GError **error)
{
  if (code >= 0)
    return TRUE;

  g_set_error (error, CVG_ERROR, CVG_ERROR_FAILED, "%s: %s", what, gnutls_strerror (code));
  return FALSE;
}

/* @key_bytes is to be wiped by the caller, whatever comes of it. */
static gboolean
derive_key (const CvgSecret *key,
            const guchar *salt,
            const char *id,
            guchar *key_bytes,
            GError **error)
{
  g_autofree char *label = g_strconcat (LABEL, id, NULL);
  guchar extracted[KEY_BYTES];
  const gnutls_datum_t token = { (guchar *) cvg_secret_peek (key),
                                 (unsigned int) cvg_secret_get_length (key) };
  const gnutls_datum_t salt_datum = { (guchar *) salt, SALT_BYTES };
  const gnutls_datum_t middle = { extracted, sizeof extracted };
  const gnutls_datum_t info = { (guchar *) label, (unsigned int) strlen (label) };
  gboolean done = FALSE;

  if (cvg_secret_is_empty (key))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "There is no key to seal with");
      return FALSE;
    }
  done = check (gnutls_hkdf_extract (GNUTLS_MAC_SHA256, &token, &salt_datum, extracted),
                "Can't derive a key", error) &&
         check (gnutls_hkdf_expand (GNUTLS_MAC_SHA256, &middle, &info, key_bytes, KEY_BYTES),
                "Can't derive a key", error);
  explicit_bzero (extracted, sizeof extracted);
  return done;
}

/* Returns: (nullable): a cipher with the key of @salt */
static gnutls_aead_cipher_hd_t
open_cipher (const CvgSecret *key, const guchar *salt, const char *id, GError **error)
{
  gnutls_aead_cipher_hd_t cipher = NULL;
  guchar key_bytes[KEY_BYTES];
  const gnutls_datum_t datum = { key_bytes, sizeof key_bytes };

  if (derive_key (key, salt, id, key_bytes, error))
    check (gnutls_aead_cipher_init (&cipher, CIPHER, &datum), "Can't start the cipher", error);
  explicit_bzero (key_bytes, sizeof key_bytes);
  return cipher;
}

/* What is authenticated and not in the box. The id cannot run into the serial: it ends with the
 * NUL. */
static GByteArray *
associate (const char *id, guint64 serial)
{
  GByteArray *bytes = g_byte_array_new ();
  const guint8 version = VERSION;
  const guint64 big_endian = GUINT64_TO_BE (serial);

  g_byte_array_append (bytes, &version, sizeof version);
  g_byte_array_append (bytes, (const guint8 *) id, (guint) strlen (id) + 1);
  g_byte_array_append (bytes, (const guint8 *) &big_endian, sizeof big_endian);
  return bytes;
}

/**
 * cvg_seal_close:
 * @key: a refresh token
 * @id: the instance
 * @serial: of the credentials in @text
 * @text: at most %CVG_SEAL_TEXT_BYTES_MAX
 *
 * Returns: (transfer full): a box, no two of them alike; fails with %CVG_ERROR_FAILED
 */
GBytes *
cvg_seal_close (const CvgSecret *key,
                const char *id,
                guint64 serial,
                const CvgSecret *text,
                GError **error)
{
  const gsize text_length = cvg_secret_get_length (text);
  g_autoptr (GByteArray) associated = associate (id, serial);
  gsize sealed_length = text_length + TAG_BYTES;
  g_autofree guchar *box = NULL;
  guchar *salt = NULL;
  guchar *nonce = NULL;
  gnutls_aead_cipher_hd_t cipher = NULL;
  gboolean done = FALSE;

  if (text_length > CVG_SEAL_TEXT_BYTES_MAX)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "It is too large to be sealed");
      return NULL;
    }
  box = g_malloc (HEAD_BYTES + sealed_length);
  box[0] = VERSION;
  salt = box + 1;
  nonce = salt + SALT_BYTES;
  if (!check (gnutls_rnd (GNUTLS_RND_KEY, salt, SALT_BYTES), "No random bytes", error) ||
      !check (gnutls_rnd (GNUTLS_RND_NONCE, nonce, NONCE_BYTES), "No random bytes", error))
    return NULL;
  cipher = open_cipher (key, salt, id, error);
  if (cipher == NULL)
    return NULL;

  done = check (gnutls_aead_cipher_encrypt (cipher, nonce, NONCE_BYTES, associated->data,
                                            associated->len, TAG_BYTES, cvg_secret_peek (text),
                                            text_length, box + HEAD_BYTES, &sealed_length),
                "Can't seal", error);
  gnutls_aead_cipher_deinit (cipher);
  return done ? g_bytes_new_take (g_steal_pointer (&box), HEAD_BYTES + sealed_length) : NULL;
}

static gboolean
is_box (const guchar *bytes, gsize size)
{
  return size >= HEAD_BYTES + TAG_BYTES &&
         size <= HEAD_BYTES + CVG_SEAL_TEXT_BYTES_MAX + TAG_BYTES && bytes[0] == VERSION;
}

/**
 * cvg_seal_open:
 * @key: the refresh token that @box was closed with
 * @id: the instance
 * @serial: as it was closed
 * @box: bytes from disk, anything
 *
 * Returns: (transfer full): the text; fails with %CVG_ERROR_FAILED if anything is not as it was
 */
CvgSecret *
cvg_seal_open (const CvgSecret *key, const char *id, guint64 serial, GBytes *box, GError **error)
{
  gsize size = 0;
  const guchar *bytes = g_bytes_get_data (box, &size);
  g_autoptr (GByteArray) associated = associate (id, serial);
  gsize capacity = 0;
  gsize length = 0;
  g_autofree guchar *text = NULL;
  gnutls_aead_cipher_hd_t cipher = NULL;
  CvgSecret *opened = NULL;

  if (!is_box (bytes, size))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "It is not a box of this version");
      return NULL;
    }
  cipher = open_cipher (key, bytes + 1, id, error);
  if (cipher == NULL)
    return NULL;

  length = capacity = size - HEAD_BYTES - TAG_BYTES;
  text = g_malloc (capacity + 1); /* not NULL for nothing */
  if (check (gnutls_aead_cipher_decrypt (cipher, bytes + 1 + SALT_BYTES, NONCE_BYTES,
                                         associated->data, associated->len, TAG_BYTES,
                                         bytes + HEAD_BYTES, size - HEAD_BYTES, text, &length),
             "Can't open the seal", error))
    opened = cvg_secret_new_sized ((const char *) text, length);
  explicit_bzero (text, capacity);
  gnutls_aead_cipher_deinit (cipher);
  return opened;
}
