/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory for secrets: the pool of libsecret, which is locked into RAM, left out of core dumps and
 * wiped when it is freed. Where the limit on locked memory is too low, the library falls back to
 * ordinary memory, still wiped; a SecretValue is the only door to that pool.
 */
#include "adapters/memory-secret.h"

#define SECRET_API_SUBJECT_TO_CHANGE
#include <libsecret/secret.h>

#include "model/secret.h"

static gpointer
value_keep (const char *bytes, gsize length)
{
  return secret_value_new (bytes, (gssize) length, "application/octet-stream");
}

static const char *
value_peek (gconstpointer handle)
{
  return secret_value_get ((SecretValue *) handle, NULL);
}

static void
value_wipe (gpointer handle)
{
  secret_value_unref (handle);
}

static const CvgSecretMemory secret_memory = { value_keep, value_peek, value_wipe };

/** cvg_memory_secret_install: to be called once, before the first CvgSecret is made */
void
cvg_memory_secret_install (void)
{
  cvg_secret_set_memory (&secret_memory);
}
