/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may be said of a server's error. Descriptions and bodies are never quoted: they may hold a
 * token that the server echoes, and they end in logs, terminals and notifications that render
 * markup. A code that is a plain word is harmless, and is what one searches for.
 */
#include "oauth/error-code.h"

#include <string.h>

#include "dbus/error.h"

/* Longer than any code that the standards register. */
#define CODE_MAX 40

/** cvg_error_code_is_presentable: Returns: whether @code (nullable) may be shown to people */
gboolean
cvg_error_code_is_presentable (const char *code)
{
  gsize length = code != NULL ? strlen (code) : 0;

  return length > 0 && length <= CODE_MAX && strspn (code, "abcdefghijklmnopqrstuvwxyz_") == length;
}

/**
 * cvg_error_code_try_later:
 * @server: who was asked, for people
 * @status: HTTP status
 * @retry_after: seconds that it asked to wait, 0 if it did not
 *
 * Returns: (transfer full): a %CVG_ERROR_TRY_LATER
 */
GError *
cvg_error_code_try_later (const char *server, guint status, guint retry_after)
{
  if (retry_after > 0)
    return g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER,
                        "%s gave no usable answer (HTTP %u); try again in %u seconds", server,
                        status, retry_after);

  return g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER,
                      "%s gave no usable answer (HTTP %u); try again later", server, status);
}
