/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may be said of a server's error. Descriptions and bodies are never quoted: they may hold a
 * token that the server echoes, and they end in logs, terminals and notifications that render
 * markup. A code that is a plain word or a short number is harmless, and is what one searches for.
 */
#include "oauth/error-code.h"

#include <string.h>

#include "dbus/error.h"

/* The two of RFC 6749 section 4.1.2.1, of RFC 8628 section 3.5, and what they are called in the
 * wild; some servers say so with status 200 or 400. */
static const char *const passing_codes[] = {
  "server_error",
  "temporarily_unavailable",
  "slow_down",
  "rate_limited",
  "ratelimited",
  "rate_limit_exceeded",
  "service_unavailable",
  "internal_error",
  "internal_server_error",
  NULL,
};

/* Longer than any code that the standards register, and than any number that is one. */
#define CODE_MAX 40
#define NUMBER_MAX 10

/** cvg_error_code_is_presentable: Returns: whether @code (nullable) may be shown to people */
gboolean
cvg_error_code_is_presentable (const char *code)
{
  gsize length = code != NULL ? strlen (code) : 0;

  if (length == 0 || length > CODE_MAX)
    return FALSE;

  return strspn (code, "abcdefghijklmnopqrstuvwxyz_") == length ||
         (strspn (code, "0123456789") == length && length <= NUMBER_MAX);
}

/** cvg_error_code_describe: Returns: (transfer full): what may be said of an answer of @status with
 * @code (nullable) */
char *
cvg_error_code_describe (guint status, const char *code)
{
  if (cvg_error_code_is_presentable (code))
    return g_strdup_printf ("HTTP %u, %s", status, code);

  return g_strdup_printf ("HTTP %u", status);
}

/**
 * cvg_error_code_is_passing:
 * @status: HTTP status
 * @code: (nullable): the error code that came with it
 *
 * Returns: whether the same request may well have another answer later
 */
gboolean
cvg_error_code_is_passing (guint status, const char *code)
{
  gboolean is_success = status >= 200 && status < 300;
  gboolean is_client_error = status >= 400 && status < 500;

  if (status == 408 || status == 429 || !(is_success || is_client_error))
    return TRUE;

  return code != NULL && g_strv_contains (passing_codes, code);
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
