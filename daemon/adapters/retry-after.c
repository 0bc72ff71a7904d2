/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Retry-After is seconds, or a date (RFC 9110 section 10.2.3), which is measured by the server's
 * own clock if it tells it.
 */
#include "adapters/retry-after.h"

#include <string.h>

#define LONGEST (24 * 60 * 60) /* s: more than a day is a mistake */

/** cvg_retry_after_read: Returns: seconds; 0 if the server said nothing that can be understood */
guint
cvg_retry_after_read (SoupMessageHeaders *headers)
{
  const char *value = soup_message_headers_get_one (headers, "Retry-After");
  const char *now = soup_message_headers_get_one (headers, "Date");
  guint64 seconds = 0;

  if (value == NULL)
    return 0;
  if (g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, &seconds, NULL))
    return (guint) MIN (seconds, LONGEST);
  /* Digits only, but more than fit. */
  if (*value != '\0' && strspn (value, "0123456789") == strlen (value))
    return LONGEST;

  g_autoptr (GDateTime) then = soup_date_time_new_from_http_string (value);
  g_autoptr (GDateTime) served = now != NULL ? soup_date_time_new_from_http_string (now) : NULL;
  g_autoptr (GDateTime) ours = g_date_time_new_now_utc ();

  if (then == NULL)
    return 0;
  GTimeSpan span = g_date_time_difference (then, served != NULL ? served : ours) / G_USEC_PER_SEC;

  return (guint) CLAMP (span, 0, LONGEST);
}
