/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which items of the keyring are ours, by path, and what each held when it was last read or
 * written: not the secret, but as much of its hash as tells whether it is another one now. Kept
 * while the keyring is open, a hundred bytes an item.
 */
#include "adapters/keyring-ledger.h"

#include <string.h>

/* Half of a SHA-256: nobody searches for a second token with the same. */
#define DIGEST_BYTES 16

typedef struct
{
  gboolean is_known; /* else it could not be read */
  guint8 bytes[DIGEST_BYTES];
} Digest;

struct _CvgKeyringLedger
{
  GHashTable *items; /* (owned) (element-type utf8 Digest) */
};

/** cvg_keyring_ledger_new: Returns: (transfer full): one that knows of no item */
CvgKeyringLedger *
cvg_keyring_ledger_new (void)
{
  CvgKeyringLedger *self = g_new0 (CvgKeyringLedger, 1);

  self->items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
cvg_keyring_ledger_free (CvgKeyringLedger *self)
{
  g_clear_pointer (&self->items, g_hash_table_unref);
  g_free (self);
}

static Digest
digest_of (SecretValue *value)
{
  g_autoptr (GChecksum) checksum = NULL;
  guint8 bytes[32];
  gsize length = 0;
  gsize size = sizeof bytes;
  const char *secret = NULL;
  Digest digest = { FALSE, { 0 } };

  if (value == NULL)
    return digest;

  secret = secret_value_get (value, &length);
  checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (checksum, (const guchar *) secret, (gssize) length);
  g_checksum_get_digest (checksum, bytes, &size);
  digest.is_known = TRUE;
  memcpy (digest.bytes, bytes, DIGEST_BYTES);
  return digest;
}

/**
 * cvg_keyring_ledger_note:
 * @value: (nullable): what the item holds now; %NULL: it can't be read
 */
void
cvg_keyring_ledger_note (CvgKeyringLedger *self, const char *path, SecretValue *value)
{
  Digest digest = digest_of (value);

  g_hash_table_replace (self->items, g_strdup (path), g_memdup2 (&digest, sizeof digest));
}

/** cvg_keyring_ledger_forget: there is no such item any more */
void
cvg_keyring_ledger_forget (CvgKeyringLedger *self, const char *path)
{
  g_hash_table_remove (self->items, path);
}

/** cvg_keyring_ledger_has: Returns: whether the item is ours, as far as one knows */
gboolean
cvg_keyring_ledger_has (const CvgKeyringLedger *self, const char *path)
{
  return g_hash_table_contains (self->items, path);
}

/** cvg_keyring_ledger_agrees: Returns: whether the item held @value when it was last seen */
gboolean
cvg_keyring_ledger_agrees (const CvgKeyringLedger *self, const char *path, SecretValue *value)
{
  const Digest *noted = g_hash_table_lookup (self->items, path);
  Digest digest = digest_of (value);

  return noted != NULL && noted->is_known && memcmp (noted->bytes, digest.bytes, DIGEST_BYTES) == 0;
}
