/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values that nobody can guess. They come from the kernel and from nowhere else: GLib's random
 * numbers can be predicted by who has seen enough of them.
 */
#include "oauth/nonce.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "oauth/base64url.h"

/* 256 bits, as RFC 7636 section 7.1 recommends for a verifier; they give 43 characters, the
 * least that its section 4.1 allows. */
#define NONCE_OCTETS 32

/**
 * cvg_nonce_new:
 *
 * Aborts if the kernel gives no random numbers: there is no safe way to go on.
 *
 * Returns: (transfer full): 43 characters of A-Z, a-z, 0-9, "-" and "_"
 */
char *
cvg_nonce_new (void)
{
  guchar octets[NONCE_OCTETS] = { 0 };
  size_t filled = 0;
  char *nonce = NULL;

  while (filled < sizeof octets)
    {
      ssize_t count = getrandom (octets + filled, sizeof octets - filled, 0);

      if (count < 0 && errno != EINTR)
        {
          g_critical ("The kernel gives no random numbers: %s", g_strerror (errno));
          abort ();
        }
      if (count > 0)
        filled += (size_t) count;
    }

  nonce = cvg_base64url_encode (octets, sizeof octets);
  explicit_bzero (octets, sizeof octets);
  return nonce;
}
