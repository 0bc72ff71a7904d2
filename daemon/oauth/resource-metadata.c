/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a resource to who gives tokens for it. The document is believed only if it is about the very
 * resource that was asked for (RFC 9728 section 3.3): else one resource could have another one's
 * tokens asked for, and be given them.
 */
#include "oauth/resource-metadata.h"

#include <string.h>

#include "dbus/error.h"
#include "model/endpoint.h"
#include "model/scopes.h"
#include "oauth/challenge.h"
#include "oauth/json-document.h"
#include "oauth/well-known.h"

#define PROTECTED "oauth-protected-resource"

/* As much as a caller may ask for: an address of more is refused on its way. */
#define MAX_SCOPES 4096

/** cvg_resource_metadata_free: frees it */
void
cvg_resource_metadata_free (CvgResourceMetadata *metadata)
{
  g_free (metadata->issuer);
  g_strfreev (metadata->scopes);
  g_free (metadata);
}

/**
 * cvg_resource_metadata_find_url:
 * @response: what @resource answers to somebody without a token
 * @resource: its identifier
 * @url: (out) (transfer full) (nullable): where it says that its metadata is; %NULL if it does not
 *
 * Returns: whether @url can be used, be it %NULL; fails with %CVG_ERROR_REFUSED if nobody may be
 *   sent there
 */
gboolean
cvg_resource_metadata_find_url (const CvgHttpResponse *response,
                                const char *resource,
                                char **url,
                                GError **error)
{
  g_autofree char *found = response->status == 401 ?
                               cvg_challenge_find (response->challenge, "resource_metadata") :
                               NULL;
  const char *mistake = found != NULL ? cvg_endpoint_find_named_mistake (found, resource) : NULL;

  *url = NULL;
  if (mistake != NULL)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_REFUSED, "its “resource_metadata” %s", mistake);
      return FALSE;
    }

  *url = g_steal_pointer (&found);
  return TRUE;
}

/**
 * cvg_resource_metadata_list_urls:
 *
 * Returns: (transfer full) (array zero-terminated=1): where the metadata of @resource may be if it
 *   does not say so itself: with its path, then at the root of its host
 */
char **
cvg_resource_metadata_list_urls (const char *resource)
{
  g_autofree char *origin = cvg_well_known_dup_origin (resource);
  g_autoptr (GPtrArray) urls = g_ptr_array_new ();
  char *inserted = cvg_well_known_insert (resource, PROTECTED);
  char *root = cvg_well_known_insert (origin, PROTECTED);

  g_ptr_array_add (urls, inserted);
  if (g_str_equal (inserted, root))
    g_free (root);
  else
    g_ptr_array_add (urls, root);

  g_ptr_array_add (urls, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&urls), FALSE);
}

/* At the root of a host there is one document for all that it has, which may be about the host. */
static gboolean
is_about (const char *named, const char *resource, const char *url)
{
  g_autofree char *origin = cvg_well_known_dup_origin (resource);
  g_autofree char *root = cvg_well_known_insert (origin, PROTECTED);

  if (g_str_equal (named, resource))
    return TRUE;

  return g_str_equal (url, root) && g_str_has_prefix (named, origin) &&
         (named[strlen (origin)] == '\0' || g_str_equal (named + strlen (origin), "/"));
}

/* A menu that can't be ordered from is none. */
static char **
choose_scopes (char **named)
{
  g_auto (GStrv) scopes = cvg_scopes_union ((const char *const *) named, NULL);
  g_autofree char *joined = cvg_scopes_join ((const char *const *) scopes, ' ');

  if (strlen (joined) > MAX_SCOPES || !cvg_scopes_are_valid ((const char *const *) scopes, NULL))
    return g_new0 (char *, 1);

  return g_steal_pointer (&scopes);
}

static gboolean
check_resource (JsonObject *object, const char *resource, const char *url, GError **error)
{
  const char *named = NULL;

  if (!cvg_json_document_read_string (object, "resource", &named, error))
    return FALSE;
  if (named != NULL && is_about (named, resource, url))
    return TRUE;

  if (named == NULL)
    g_set_error_literal (error, CVG_ERROR, CVG_ERROR_NOT_FOUND,
                         "the document there names no resource");
  else
    g_set_error (error, CVG_ERROR, CVG_ERROR_REFUSED,
                 "the metadata there is that of another resource than %s", resource);
  return FALSE;
}

static gboolean
check_servers (char **servers, const char *resource, GError **error)
{
  const char *mistake = NULL;

  if (servers == NULL || *servers == NULL)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_REFUSED,
                           "its metadata names no authorization server");
      return FALSE;
    }

  mistake = cvg_endpoint_find_issuer_mistake (*servers);
  if (mistake == NULL)
    mistake = cvg_endpoint_find_named_mistake (*servers, resource);
  if (mistake == NULL)
    return TRUE;

  g_set_error (error, CVG_ERROR, CVG_ERROR_REFUSED,
               "the authorization server that its metadata names %s", mistake);
  return FALSE;
}

/**
 * cvg_resource_metadata_parse:
 * @response: what was found at @url
 * @url: where it was looked for
 * @resource: the identifier of the resource that was asked for
 *
 * Of several authorization servers the first is taken. Messages of errors go on after the name of
 * the server and a colon.
 *
 * Returns: (transfer full): what it says. Fails as cvg_metadata_parse()
 */
CvgResourceMetadata *
cvg_resource_metadata_parse (const CvgHttpResponse *response,
                             const char *url,
                             const char *resource,
                             GError **error)
{
  g_autoptr (JsonNode) root = cvg_json_document_open (response, error);
  g_auto (GStrv) servers = NULL;
  g_auto (GStrv) scopes = NULL;
  CvgResourceMetadata *metadata = NULL;
  JsonObject *object = NULL;

  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  if (!check_resource (object, resource, url, error) ||
      !cvg_json_document_read_strings (object, "authorization_servers", &servers, error) ||
      !check_servers (servers, resource, error) ||
      !cvg_json_document_read_strings (object, "scopes_supported", &scopes, error))
    return NULL;

  metadata = g_new0 (CvgResourceMetadata, 1);
  metadata->issuer = g_strdup (*servers);
  metadata->scopes = choose_scopes (scopes);
  return metadata;
}
