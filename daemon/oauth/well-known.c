/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Identifiers are cut and joined as text: what names a server must come back from it byte by byte,
 * and a URL library would write it anew. They were judged before (model/endpoint.h), so that what
 * is found here is where it seems to be.
 */
#include "oauth/well-known.h"

#include <string.h>

#define FOLDER "/.well-known/"

/* How much of @url is scheme and authority. */
static gsize
measure_origin (const char *url)
{
  const char *authority = strstr (url, "://");

  authority = authority != NULL ? authority + strlen ("://") : url;
  return (gsize) (authority - url) + strcspn (authority, "/?#");
}

/* The path of @url, without the slash that may end it. */
static char *
dup_path (const char *url)
{
  const char *path = url + measure_origin (url);
  gsize length = strcspn (path, "?#");

  if (length > 0 && path[length - 1] == '/')
    length--;
  return g_strndup (path, length);
}

static char *
dup_query (const char *url)
{
  const char *query = strchr (url, '?');

  return query != NULL ? g_strndup (query, strcspn (query, "#")) : g_strdup ("");
}

/** cvg_well_known_dup_origin: Returns: (transfer full): @url up to its path */
char *
cvg_well_known_dup_origin (const char *url)
{
  return g_strndup (url, measure_origin (url));
}

/**
 * cvg_well_known_insert:
 * @url: an identifier, absolute
 * @name: of the document
 *
 * Returns: (transfer full): its URL with the well-known part between host and path, from which a
 *   slash at the end is taken first (RFC 8414 section 3.1, RFC 9728 section 3.1); a query stays
 */
char *
cvg_well_known_insert (const char *url, const char *name)
{
  g_autofree char *origin = cvg_well_known_dup_origin (url);
  g_autofree char *path = dup_path (url);
  g_autofree char *query = dup_query (url);

  return g_strconcat (origin, FOLDER, name, path, query, NULL);
}

/**
 * cvg_well_known_append:
 *
 * Returns: (transfer full): the URL with the well-known part after the path (OpenID Connect
 *   Discovery section 4)
 */
char *
cvg_well_known_append (const char *url, const char *name)
{
  g_autofree char *origin = cvg_well_known_dup_origin (url);
  g_autofree char *path = dup_path (url);

  return g_strconcat (origin, path, FOLDER, name, NULL);
}
