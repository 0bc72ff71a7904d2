/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which addresses a browser may be sent to. Browsers repair what they get (a backslash becomes a
 * slash, a tab vanishes, "https:x" becomes "https://x"), so that an address which needs repair is
 * refused: what was checked must be what is followed. Who may name which origin is not decided
 * here.
 *
 * The reasons name the option and never quote the address.
 */
#include "oauth/redirect-target.h"

#include <arpa/inet.h>
#include <string.h>

#include "dbus/error.h"
#include "model/endpoint.h"

/* What every browser and proxy takes. */
#define URL_MAX 2048

static gboolean
is_loopback_literal (const char *host)
{
  struct in_addr v4 = { 0 };
  struct in6_addr v6 = { 0 };

  if (inet_pton (AF_INET, host, &v4) == 1)
    return ntohl (v4.s_addr) >> 24 == 127;

  return inet_pton (AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK (&v6);
}

static const char *
find_mistake_in_bytes (const char *url)
{
  const char *authority = strstr (url, "://");
  gsize length = 0;

  if (strlen (url) > URL_MAX)
    return "must not be longer than 2048 bytes";
  for (const char *c = url; *c != '\0'; c++)
    {
      if (*c == ' ' || *c == '\t' || *c == '\r' || *c == '\n')
        return "must not have white space in it";
      if (!g_ascii_isgraph (*c))
        return "must be plain ASCII without control characters; escape the others";
      if (*c == '\\')
        return "must not have a backslash in it";
    }
  if (authority == NULL)
    return "must be an absolute URL";

  authority += strlen ("://");
  length = strcspn (authority, "/?#");
  if (memchr (authority, '@', length) != NULL)
    return "must not have a user name in it";
  if (memchr (authority, '%', length) != NULL)
    return "must not have escapes in its host";
  return NULL;
}

/* Parses what every address must be; @mistake says why there is none. */
static GUri *
parse (const char *url, const char **mistake)
{
  g_autoptr (GUri) uri = NULL;

  *mistake = find_mistake_in_bytes (url);
  if (*mistake != NULL)
    return NULL;

  uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  if (uri == NULL)
    *mistake = "must be an absolute URL";
  else if (g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    *mistake = "must have a host";
  else if (g_uri_get_fragment (uri) != NULL)
    *mistake = "must not have a fragment";
  else
    return g_steal_pointer (&uri);

  return NULL;
}

static const char *
find_mistake_in_target (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);

  if (strcmp (scheme, "https") == 0)
    return NULL;
  if (strcmp (scheme, "http") != 0)
    return "must be https, or http to a loopback address";
  /* A name is resolved by others: "localhost" is one too (RFC 8252 section 8.3). */
  if (!is_loopback_literal (g_uri_get_host (uri)))
    return "must be https; http is for the loopback addresses 127.0.0.0/8 and [::1] alone";
  return NULL;
}

static gboolean
refuse (const char *option, const char *mistake, GError **error)
{
  g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT, "%s %s", option, mistake);
  return FALSE;
}

/**
 * cvg_redirect_target_check:
 * @url: where a caller wants the browser to go when the sign-in is over
 *
 * Returns: whether it is an absolute https URL, or http to a loopback literal, with nothing in it
 *   that two programs could read in two ways; fails with %CVG_ERROR_INVALID_ARGUMENT
 */
gboolean
cvg_redirect_target_check (const char *url, GError **error)
{
  const char *mistake = NULL;
  g_autoptr (GUri) uri = NULL;

  g_return_val_if_fail (url != NULL, FALSE);

  uri = parse (url, &mistake);
  if (uri != NULL)
    mistake = find_mistake_in_target (uri);

  return mistake == NULL || refuse ("redirect-url", mistake, error);
}

/**
 * cvg_redirect_uri_check:
 * @uri: the redirect URI of a client, as registered with its provider
 *
 * Returns: whether it is one: cvg_endpoint_find_redirect_mistake(); fails with
 *   %CVG_ERROR_INVALID_ARGUMENT
 */
gboolean
cvg_redirect_uri_check (const char *uri, GError **error)
{
  const char *mistake = NULL;

  g_return_val_if_fail (uri != NULL, FALSE);

  mistake = cvg_endpoint_find_redirect_mistake (uri);
  return mistake == NULL || refuse ("redirect-uri", mistake, error);
}

/**
 * cvg_redirect_uri_is_remote:
 * @uri: one that cvg_redirect_uri_check() takes
 *
 * Returns: whether no listener of ours can be there
 */
gboolean
cvg_redirect_uri_is_remote (const char *uri)
{
  return g_ascii_strncasecmp (uri, "https:", strlen ("https:")) == 0;
}
