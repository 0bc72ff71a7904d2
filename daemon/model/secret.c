/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Secrets as values. A CvgSecret is immutable and counted; it has no way to become a log line.
 *
 * What this promises is care, not absence: buffers of GLib, JSON, HTTP and D-Bus that a secret
 * passes through on its way are not ours to wipe. Where it rests, it rests here.
 */
#include "model/secret.h"

#include <string.h>

struct _CvgSecret
{
  gatomicrefcount references;
  gpointer handle; /* (owned): of @memory */
  gsize length;    /* bytes, without the NUL */
  const CvgSecretMemory *memory;
};

static gpointer
heap_keep (const char *bytes, gsize length)
{
  /* The length in front is for the wipe. */
  gsize *handle = g_malloc (sizeof (gsize) + length + 1);

  *handle = length;
  memcpy (handle + 1, bytes, length);
  ((char *) (handle + 1))[length] = '\0';
  return handle;
}

static const char *
heap_peek (gconstpointer handle)
{
  return (const char *) ((const gsize *) handle + 1);
}

static void
heap_wipe (gpointer handle)
{
  explicit_bzero ((gsize *) handle + 1, *(gsize *) handle);
  g_free (handle);
}

static const CvgSecretMemory heap_memory = { heap_keep, heap_peek, heap_wipe };
static const CvgSecretMemory *current_memory = &heap_memory;

/**
 * cvg_secret_set_memory:
 * @memory: (nullable): where secrets made from now on rest; %NULL: the heap
 *
 * To be called once, before the first secret is made.
 */
void
cvg_secret_set_memory (const CvgSecretMemory *memory)
{
  current_memory = memory != NULL ? memory : &heap_memory;
}

/**
 * cvg_secret_new_sized:
 * @bytes: the secret; may hold any bytes
 * @length: how many
 *
 * Returns: (transfer full): a secret with a copy of @bytes, with a NUL behind them
 */
CvgSecret *
cvg_secret_new_sized (const char *bytes, gsize length)
{
  CvgSecret *secret = g_new0 (CvgSecret, 1);

  g_atomic_ref_count_init (&secret->references);
  secret->memory = current_memory;
  secret->handle = current_memory->keep (length > 0 ? bytes : "", length);
  secret->length = length;
  return secret;
}

/**
 * cvg_secret_new:
 * @text: the secret
 *
 * Returns: (transfer full): a secret with a copy of @text
 */
CvgSecret *
cvg_secret_new (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  return cvg_secret_new_sized (text, strlen (text));
}

/**
 * cvg_secret_new_take:
 * @text: (transfer full): the secret; wiped and freed
 *
 * Returns: (transfer full): a secret with a copy of @text
 */
CvgSecret *
cvg_secret_new_take (char *text)
{
  CvgSecret *secret = cvg_secret_new (text);

  cvg_wipe_free (text);
  return secret;
}

/** cvg_secret_ref: Returns: (transfer full): @secret */
CvgSecret *
cvg_secret_ref (CvgSecret *secret)
{
  g_atomic_ref_count_inc (&secret->references);
  return secret;
}

/** cvg_secret_unref: lets go of @secret; the last one wipes it */
void
cvg_secret_unref (CvgSecret *secret)
{
  if (!g_atomic_ref_count_dec (&secret->references))
    return;

  secret->memory->wipe (secret->handle);
  g_free (secret);
}

/**
 * cvg_secret_peek:
 *
 * Three places may look: who builds a request, who writes the keyring, who answers the owner.
 *
 * Returns: the bytes, with a NUL behind them, for as long as @secret lives
 */
const char *
cvg_secret_peek (const CvgSecret *secret)
{
  return secret->memory->peek (secret->handle);
}

/** cvg_secret_get_length: Returns: the number of bytes, without the NUL */
gsize
cvg_secret_get_length (const CvgSecret *secret)
{
  return secret->length;
}

/** cvg_secret_is_empty: Returns: whether @secret (nullable) is missing or has no byte */
gboolean
cvg_secret_is_empty (const CvgSecret *secret)
{
  return secret == NULL || secret->length == 0;
}

/**
 * cvg_equal_in_constant_time:
 *
 * Compares without telling by its duration where the first difference is. The lengths are not
 * kept secret.
 */
gboolean
cvg_equal_in_constant_time (const char *a, gsize a_length, const char *b, gsize b_length)
{
  volatile guchar difference = 0;

  if (a_length != b_length)
    return FALSE;

  for (gsize i = 0; i < a_length; i++)
    difference |= (guchar) a[i] ^ (guchar) b[i];

  return difference == 0;
}

/** cvg_secret_equal: Returns: whether both (nullable) hold the same bytes; in constant time */
gboolean
cvg_secret_equal (const CvgSecret *a, const CvgSecret *b)
{
  if (a == NULL || b == NULL)
    return a == b;

  return cvg_equal_in_constant_time (cvg_secret_peek (a), a->length, cvg_secret_peek (b),
                                     b->length);
}

/**
 * cvg_wipe_free:
 * @text: (transfer full) (nullable): a string that held a secret
 */
void
cvg_wipe_free (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}
