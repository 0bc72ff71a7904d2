/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The metadata of an authorization server. It decides where codes, tokens and secrets go, so that
 * it is believed only if it is about the very issuer that was asked for (RFC 8414 section 3.3),
 * and only if each URL in it is one that a provider file might have named. What it says beside that
 * is ignored.
 *
 * A document that is none is told from one that is wrong: after the first, the next place may be
 * looked at; after the second nobody looks on, since whoever could place it could place others.
 */
#include "oauth/metadata.h"

#include <string.h>

#include "dbus/error.h"
#include "model/endpoint.h"
#include "oauth/json-document.h"
#include "oauth/well-known.h"

#define OAUTH "oauth-authorization-server"
#define OPENID "openid-configuration"

/**
 * cvg_metadata_list_urls:
 * @issuer: an issuer identifier, judged
 *
 * Returns: (transfer full) (array zero-terminated=1): where its metadata may be, in the order in
 *   which to look: RFC 8414 first; then OpenID, whose own way is to append to a path, but which is
 *   also found inserted (RFC 8414 section 5)
 */
char **
cvg_metadata_list_urls (const char *issuer)
{
  g_autoptr (GPtrArray) urls = g_ptr_array_new ();
  char *inserted = cvg_well_known_insert (issuer, OPENID);
  char *appended = cvg_well_known_append (issuer, OPENID);

  g_ptr_array_add (urls, cvg_well_known_insert (issuer, OAUTH));
  g_ptr_array_add (urls, inserted);
  /* The same where the issuer has no path. */
  if (g_str_equal (inserted, appended))
    g_free (appended);
  else
    g_ptr_array_add (urls, appended);

  g_ptr_array_add (urls, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&urls), FALSE);
}

/** cvg_metadata_free: frees it */
void
cvg_metadata_free (CvgMetadata *metadata)
{
  g_free (metadata->issuer);
  g_free (metadata->authorization_endpoint);
  g_free (metadata->token_endpoint);
  g_free (metadata->revocation_endpoint);
  g_free (metadata->device_authorization_endpoint);
  g_free (metadata->registration_endpoint);
  g_strfreev (metadata->scopes);
  g_free (metadata);
}

/* ---- its members ----------------------------------------------------------------------------- */

static const struct
{
  const char *member;
  size_t offset;
} endpoints[] = {
  { "authorization_endpoint", G_STRUCT_OFFSET (CvgMetadata, authorization_endpoint) },
  { "token_endpoint", G_STRUCT_OFFSET (CvgMetadata, token_endpoint) },
  { "revocation_endpoint", G_STRUCT_OFFSET (CvgMetadata, revocation_endpoint) },
  { "device_authorization_endpoint", G_STRUCT_OFFSET (CvgMetadata, device_authorization_endpoint) },
  { "registration_endpoint", G_STRUCT_OFFSET (CvgMetadata, registration_endpoint) },
};

static gboolean
read_endpoints (CvgMetadata *metadata, JsonObject *object, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (endpoints); i++)
    {
      const char *url = NULL;
      const char *mistake = NULL;

      if (!cvg_json_document_read_string (object, endpoints[i].member, &url, error))
        return FALSE;
      /* Some write down what they have not. */
      if (url == NULL || *url == '\0')
        continue;

      mistake = cvg_endpoint_find_named_mistake (url, metadata->issuer);
      if (mistake != NULL)
        {
          g_set_error (error, CVG_ERROR, CVG_ERROR_REFUSED, "its “%s” %s", endpoints[i].member,
                       mistake);
          return FALSE;
        }
      G_STRUCT_MEMBER (char *, metadata, endpoints[i].offset) = g_strdup (url);
    }

  return TRUE;
}

static gboolean
contains (char **list, const char *text)
{
  return list != NULL && g_strv_contains ((const char *const *) list, text);
}

/* RFC 8414 section 2: left out, it is client_secret_basic. */
static gboolean
read_authentications (CvgMetadata *metadata, JsonObject *object, GError **error)
{
  g_auto (GStrv) methods = NULL;

  if (!cvg_json_document_read_strings (object, "token_endpoint_auth_methods_supported", &methods,
                                       error))
    return FALSE;

  metadata->names_authentications = methods != NULL;
  if (methods == NULL || contains (methods, "client_secret_basic"))
    metadata->authentications |= CVG_METADATA_TAKES_BASIC;
  if (contains (methods, "client_secret_post"))
    metadata->authentications |= CVG_METADATA_TAKES_POST;
  if (contains (methods, "none"))
    metadata->authentications |= CVG_METADATA_TAKES_NONE;
  return TRUE;
}

static gboolean
read_rest (CvgMetadata *metadata, JsonObject *object, GError **error)
{
  g_auto (GStrv) challenges = NULL;

  if (!cvg_json_document_read_strings (object, "code_challenge_methods_supported", &challenges,
                                       error) ||
      !cvg_json_document_read_strings (object, "scopes_supported", &metadata->scopes, error) ||
      !cvg_json_document_read_boolean (object, "authorization_response_iss_parameter_supported",
                                       &metadata->issuer_in_answers, error))
    return FALSE;

  metadata->names_pkce = challenges != NULL;
  metadata->takes_s256 = contains (challenges, "S256");
  return TRUE;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/**
 * cvg_metadata_parse:
 * @response: the answer of one of cvg_metadata_list_urls()
 * @issuer: who was asked for
 *
 * Messages of errors go on after the name of the server and a colon.
 *
 * Returns: (transfer full): what it says. Fails with %CVG_ERROR_NOT_FOUND if there is no such
 *   document, %CVG_ERROR_TRY_LATER if it can't be had now, and %CVG_ERROR_REFUSED if it may not be
 *   used
 */
CvgMetadata *
cvg_metadata_parse (const CvgHttpResponse *response, const char *issuer, GError **error)
{
  g_autoptr (JsonNode) root = cvg_json_document_open (response, error);
  g_autoptr (CvgMetadata) metadata = NULL;
  JsonObject *object = NULL;
  const char *named = NULL;

  if (root == NULL)
    return NULL;

  object = json_node_get_object (root);
  if (!cvg_json_document_read_string (object, "issuer", &named, error))
    return NULL;
  if (named == NULL)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_NOT_FOUND,
                           "the document there has no issuer");
      return NULL;
    }
  if (!g_str_equal (named, issuer))
    {
      /* Theirs is not repeated: it may be anything. */
      g_set_error (error, CVG_ERROR, CVG_ERROR_REFUSED,
                   "the metadata there is that of another issuer than %s", issuer);
      return NULL;
    }

  metadata = g_new0 (CvgMetadata, 1);
  metadata->issuer = g_strdup (issuer);
  if (!read_endpoints (metadata, object, error) ||
      !read_authentications (metadata, object, error) || !read_rest (metadata, object, error))
    return NULL;

  return g_steal_pointer (&metadata);
}

/**
 * cvg_metadata_choose_authentication:
 * @preferred: what the provider file says
 *
 * Returns: how a client with a secret authenticates: as @preferred if the server takes that, else
 *   in the way that it takes
 */
CvgClientAuthentication
cvg_metadata_choose_authentication (const CvgMetadata *metadata, CvgClientAuthentication preferred)
{
  if (preferred == CVG_CLIENT_AUTHENTICATION_NONE ||
      (metadata->authentications & (1u << preferred)) != 0)
    return preferred;
  if (metadata->authentications & CVG_METADATA_TAKES_BASIC)
    return CVG_CLIENT_AUTHENTICATION_BASIC;
  if (metadata->authentications & CVG_METADATA_TAKES_POST)
    return CVG_CLIENT_AUTHENTICATION_POST;

  /* It takes what we have not; then its refusal says more than ours could. */
  return preferred;
}

/**
 * cvg_metadata_choose_registration:
 *
 * A program on a person's computer keeps no secret of its maker's (RFC 8252 section 8.4), so it
 * registers as a public client. Where the server says that it has none, the secret is at least one
 * of this machine alone.
 *
 * Returns: how a client that registers itself is going to authenticate
 */
CvgClientAuthentication
cvg_metadata_choose_registration (const CvgMetadata *metadata)
{
  if (!metadata->names_authentications || metadata->authentications & CVG_METADATA_TAKES_NONE)
    return CVG_CLIENT_AUTHENTICATION_NONE;

  return cvg_metadata_choose_authentication (metadata, CVG_CLIENT_AUTHENTICATION_BASIC);
}
