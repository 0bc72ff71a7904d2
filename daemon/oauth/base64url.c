/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Base64 in the alphabet of URLs. GLib has the common alphabet only.
 */
#include "oauth/base64url.h"

/**
 * cvg_base64url_encode:
 * @octets: any bytes
 * @length: how many
 *
 * Returns: (transfer full): @octets in the alphabet of RFC 4648 section 5, without padding
 */
char *
cvg_base64url_encode (const guchar *octets, gsize length)
{
  char *text = g_base64_encode (octets, length);

  for (char *c = text; *c != '\0'; c++)
    switch (*c)
      {
      case '+':
        *c = '-';
        break;
      case '/':
        *c = '_';
        break;
      case '=':
        *c = '\0';
        return text;
      default:
        break;
      }

  return text;
}
