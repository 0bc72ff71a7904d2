/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The URL may be built from what a server said of itself, and it ends in an argument list of
 * another program. So it is a web address with nothing in it that any parser could trip over; that
 * it begins with its scheme means that it never begins with a dash.
 */
#include "adapters/browser-url.h"

#include <string.h>

#include "dbus/error.h"

static gboolean
is_loopback (const char *host)
{
  return strcmp (host, "127.0.0.1") == 0 || strcmp (host, "::1") == 0 ||
         strcmp (host, "localhost") == 0;
}

/* Characters that RFC 3986 has no use for: controls, spaces, quotes, brackets of shells and
 * markup, backslashes, anything beyond ASCII. */
static gboolean
is_plain (const char *url)
{
  for (const char *c = url; *c != '\0'; c++)
    {
      if (!g_ascii_isgraph (*c) || strchr ("\"'<>\\^`{|}", *c) != NULL)
        return FALSE;
    }
  return TRUE;
}

/**
 * cvg_browser_url_check:
 * @url: what is to be opened
 *
 * Returns: whether it is https, or http to this machine, and harmless; else %CVG_ERROR_FAILED
 */
gboolean
cvg_browser_url_check (const char *url, GError **error)
{
  g_autoptr (GUri) uri = is_plain (url) ? g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL) : NULL;
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  const char *host = uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : "";

  if (*host != '\0' && g_uri_get_userinfo (uri) == NULL &&
      (strcmp (scheme, "https") == 0 || (strcmp (scheme, "http") == 0 && is_loopback (host))))
    return TRUE;

  g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED,
                       "This address is not one that a browser may be sent to");
  return FALSE;
}
