/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Octets as text that needs no escaping in a URL (RFC 4648 section 5), without padding.
 */
#pragma once

#include <glib.h>

char *cvg_base64url_encode (const guchar *octets, gsize length) G_GNUC_WARN_UNUSED_RESULT;
