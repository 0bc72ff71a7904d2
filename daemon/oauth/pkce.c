/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Proof key for code exchange. The verifier is a nonce (cvg_nonce_new()); its challenge goes
 * through the browser, the verifier itself only to the token endpoint. There is no "plain": RFC
 * 7636 section 7.2 forbids to fall back to it.
 */
#include "oauth/pkce.h"

#include <string.h>

#include "oauth/base64url.h"

/**
 * cvg_pkce_challenge:
 * @verifier: 43 to 128 unreserved characters
 *
 * Returns: (transfer full): the challenge for method S256: RFC 7636 section 4.2
 */
char *
cvg_pkce_challenge (const char *verifier)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guchar digest[32] = { 0 };
  gsize length = sizeof digest;

  g_return_val_if_fail (verifier != NULL, NULL);

  g_checksum_update (checksum, (const guchar *) verifier, (gssize) strlen (verifier));
  g_checksum_get_digest (checksum, digest, &length);
  return cvg_base64url_encode (digest, length);
}
