/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which URLs requests may go to, be they named by a provider file or by a server that describes
 * itself. Tokens, codes and secrets go to these places, so that nothing is mended here: a URL that
 * could be read in two ways is a mistake. Reasons are sentences without a subject, for a warning,
 * and never repeat the URL.
 *
 * Braces must be gone before: whether a {name} may stand in a URL is for the provider file.
 */
#include "model/endpoint.h"

#include <arpa/inet.h>
#include <string.h>

#define MAX_URL 2048

static gboolean
is_loopback (const char *host)
{
  return g_str_equal (host, "127.0.0.1") || g_str_equal (host, "::1") ||
         g_ascii_strcasecmp (host, "localhost") == 0;
}

/* Who decodes it reads another host than who does not. */
static gboolean
has_escape_in_host (const char *url)
{
  const char *host = strstr (url, "://");

  host = host != NULL ? host + strlen ("://") : url;
  return memchr (host, '%', strcspn (host, "/?#")) != NULL;
}

static const char *
find_text_mistake (const char *url)
{
  if (strlen (url) > MAX_URL)
    return "is longer than 2048 bytes";

  for (const char *c = url; *c != '\0'; c++)
    {
      if (*c == '{' || *c == '}')
        return "has a {parameter} that [Tenant] does not declare";
      if (!g_ascii_isgraph (*c) || strchr ("\"<>\\^`|", *c) != NULL)
        return "has a character that no URL may have";
    }

  return has_escape_in_host (url) ? "has an escape in its host" : NULL;
}

/* What GUri decodes from the authority must be a plain name or address. */
static gboolean
is_host (const char *host)
{
  return host != NULL && *host != '\0' &&
         host[strspn (
             host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:")] == '\0';
}

static GUri *
parse (const char *url, const char **mistake)
{
  g_autoptr (GUri) uri = NULL;

  *mistake = find_text_mistake (url);
  if (*mistake != NULL)
    return NULL;

  /* NON_DNS: else GUri makes "xn--" names of what other readers may take for something else. */
  uri = g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_NON_DNS, NULL);
  if (uri == NULL)
    *mistake = "is not an absolute URL";
  else if (!is_host (g_uri_get_host (uri)))
    *mistake = "has no host, or one that is not plain ASCII";
  else if (g_uri_get_userinfo (uri) != NULL)
    *mistake = "must not have a user name";
  else if (g_uri_get_port (uri) == 0)
    *mistake = "has the port 0";

  return *mistake == NULL ? g_steal_pointer (&uri) : NULL;
}

static const char *
find_mistake (const char *url, gboolean allow_query, gboolean allow_fragment)
{
  const char *mistake = NULL;
  g_autoptr (GUri) uri = parse (url, &mistake);

  if (uri == NULL)
    return mistake;
  if (!g_str_equal (g_uri_get_scheme (uri), "https") &&
      !(g_str_equal (g_uri_get_scheme (uri), "http") && is_loopback (g_uri_get_host (uri))))
    return "must be https (http only to 127.0.0.1, [::1] or localhost)";
  if (!allow_fragment && g_uri_get_fragment (uri) != NULL)
    return "must not have a fragment";
  if (!allow_query && g_uri_get_query (uri) != NULL)
    return "must not have a query";

  return NULL;
}

/**
 * cvg_endpoint_find_mistake:
 * @url: where requests go; may have a query, which is kept (RFC 6749 section 3.1)
 *
 * Returns: (nullable): why @url can't be that; %NULL: it can
 */
const char *
cvg_endpoint_find_mistake (const char *url)
{
  return find_mistake (url, TRUE, FALSE);
}

/* This machine, the one that is meant by "this network", and what answers on the link alone: there
 * cloud machines find their own credentials. */
static gboolean
is_near_v4 (struct in_addr address)
{
  const guint32 number = ntohl (address.s_addr);

  return number >> 24 == 0 || number >> 24 == 127 || number >> 16 == (169 << 8 | 254);
}

static gboolean
is_near_v6 (const struct in6_addr *address)
{
  struct in_addr inner;

  if (!IN6_IS_ADDR_V4MAPPED (address))
    return IN6_IS_ADDR_LOOPBACK (address) || IN6_IS_ADDR_UNSPECIFIED (address) ||
           IN6_IS_ADDR_LINKLOCAL (address);

  memcpy (&inner, address->s6_addr + 12, sizeof inner);
  return is_near_v4 (inner);
}

/* A TLS certificate for one of these would be a curiosity; all the same. */
static gboolean
leads_here (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_NON_DNS, NULL);
  g_autofree char *host = uri != NULL && g_uri_get_host (uri) != NULL ?
                              g_ascii_strdown (g_uri_get_host (uri), -1) :
                              g_strdup ("");
  gsize length = strlen (host);
  struct in_addr v4;
  struct in6_addr v6;

  if (length > 0 && host[length - 1] == '.')
    host[length - 1] = '\0';
  /* Not inet_pton(): name resolution takes "127.1" and 2130706433 as well. */
  if (inet_aton (host, &v4) != 0)
    return is_near_v4 (v4);
  if (inet_pton (AF_INET6, host, &v6) == 1)
    return is_near_v6 (&v6);

  return is_loopback (host) || g_str_has_suffix (host, ".localhost");
}

static const char *
find_mistake_in_naming (const char *url, const char *namer)
{
  return leads_here (url) && !leads_here (namer) ? "must not lead to this machine" : NULL;
}

/**
 * cvg_endpoint_find_named_mistake:
 * @url: where requests are to go, as a server says
 * @namer: a URL of that server
 *
 * As cvg_endpoint_find_mistake(); and nobody out there may send us to the services of this machine
 * or of its link.
 *
 * Returns: (nullable): why @url can't be that; %NULL: it can
 */
const char *
cvg_endpoint_find_named_mistake (const char *url, const char *namer)
{
  const char *mistake = cvg_endpoint_find_mistake (url);

  return mistake != NULL ? mistake : find_mistake_in_naming (url, namer);
}

/**
 * cvg_endpoint_find_named_page_mistake:
 * @url: where a person is to go, as a server says
 * @namer: a URL of that server; {names} may still be in it
 *
 * As cvg_endpoint_find_page_mistake(); and nobody out there may send a browser to the services of
 * this machine or of its link.
 *
 * Returns: (nullable): why @url can't be that; %NULL: it can
 */
const char *
cvg_endpoint_find_named_page_mistake (const char *url, const char *namer)
{
  const char *mistake = cvg_endpoint_find_page_mistake (url);

  return mistake != NULL ? mistake : find_mistake_in_naming (url, namer);
}

/**
 * cvg_endpoint_find_issuer_mistake:
 * @url: an issuer identifier (RFC 8414 section 2: neither query nor fragment)
 *
 * Returns: (nullable): why @url can't be that; %NULL: it can
 */
const char *
cvg_endpoint_find_issuer_mistake (const char *url)
{
  return find_mistake (url, FALSE, FALSE);
}

/**
 * cvg_endpoint_find_page_mistake:
 * @url: a page for people, which may have any query and fragment
 *
 * Returns: (nullable): why @url can't be that; %NULL: it can
 */
const char *
cvg_endpoint_find_page_mistake (const char *url)
{
  return find_mistake (url, TRUE, TRUE);
}

/* Where our listener can be. */
static gboolean
is_own_host (const char *host)
{
  static const char *const hosts[] = { "127.0.0.1", "::1", "localhost", NULL };

  return g_strv_contains (hosts, host);
}

/**
 * cvg_endpoint_find_redirect_mistake:
 * @url: where the browser comes back to, as it is registered with a server: here on this machine
 *   (RFC 8252 section 7.3), or a page of somebody's, from where a person carries the address here
 *
 * Returns: (nullable): why @url can't be that; %NULL: it can
 */
const char *
cvg_endpoint_find_redirect_mistake (const char *url)
{
  const char *mistake = NULL;
  g_autoptr (GUri) uri = parse (url, &mistake);
  gboolean is_https = uri != NULL && g_str_equal (g_uri_get_scheme (uri), "https");

  if (uri == NULL)
    return mistake;
  if (!is_https &&
      (!g_str_equal (g_uri_get_scheme (uri), "http") || !is_own_host (g_uri_get_host (uri))))
    return "must be http to the host 127.0.0.1, [::1] or localhost, or https";
  if (!is_https && g_uri_get_port (uri) < 0)
    return "must name its port";
  /* The answer is all of the query, and a fragment does not come with it. */
  if (g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    return "must have neither query nor fragment";

  return NULL;
}
