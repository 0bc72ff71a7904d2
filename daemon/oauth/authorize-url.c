/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The address of the authorization endpoint with the question in its query. The endpoint's own
 * query is kept (RFC 6749 section 3.1), each parameter appears once, and what the protocol says
 * wins over what a provider file says.
 */
#include "oauth/authorize-url.h"

#include "model/endpoint.h"
#include "model/protocol.h"
#include "model/scopes.h"
#include "oauth/form.h"

typedef struct
{
  GString *query;    /* (owned) */
  GHashTable *names; /* (owned): those that are in @query, or must not get there again */
} Query;

static void
append_pair (Query *query, const char *name, const char *encoded)
{
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);

  g_string_append_printf (query->query, "%s%s=%s", query->query->len > 0 ? "&" : "", escaped,
                          encoded);
}

static void
add_own (Query *query, const char *name, const char *value)
{
  g_autofree char *escaped = NULL;

  if (value == NULL || *value == '\0')
    return;

  /* Not the form encoding: of a space, "%20" is understood by all and "+" by most. */
  escaped = g_uri_escape_string (value, NULL, FALSE);
  append_pair (query, name, escaped);
  g_hash_table_add (query->names, g_strdup (name));
}

static void
add_extra (Query *query, const char *name, const char *value)
{
  if (!cvg_protocol_owns (name) && !g_hash_table_contains (query->names, name))
    add_own (query, name, value);
}

static gboolean
keep_pair (const char *name, const char *value, gsize length, gpointer user_data)
{
  Query *query = user_data;
  g_autofree char *encoded = g_strndup (value, length);

  if (!cvg_protocol_owns (name) && !g_hash_table_contains (query->names, name))
    append_pair (query, name, encoded);
  return TRUE;
}

static gboolean
note_name (const char *name, const char *value, gsize length, gpointer user_data)
{
  Query *query = user_data;

  g_hash_table_add (query->names, g_strdup (name));
  return TRUE;
}

/* RFC 7636 section 4.3 knows one spelling of it; not all servers do. */
static const char *
get_method (const CvgAuthorizeRequest *request)
{
  if (request->challenge == NULL)
    return NULL;

  return request->provider->pkce == CVG_PKCE_S256_LOWER ? "s256" : "S256";
}

static char *
build_query (const CvgAuthorizeRequest *request, const char *endpoint_query)
{
  const CvgProvider *provider = request->provider;
  g_autofree char *scope = cvg_scopes_join (request->scopes, provider->scope_separator);
  g_autofree char *resource = cvg_provider_dup_resource (provider, request->tenant);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Query query = { g_string_new (NULL), names };

  if (request->login_hint != NULL)
    g_hash_table_add (names, g_strdup ("login_hint"));
  if (endpoint_query != NULL)
    {
      cvg_form_visit (endpoint_query, keep_pair, &query);
      cvg_form_visit (endpoint_query, note_name, &query);
    }

  add_own (&query, "response_type", "code");
  add_own (&query, "client_id", request->client_id);
  add_own (&query, "redirect_uri", request->redirect_uri);
  add_own (&query, "scope", scope);
  add_own (&query, "state", request->state);
  add_own (&query, "code_challenge", request->challenge);
  add_own (&query, "code_challenge_method", get_method (request));
  add_own (&query, "resource", resource);
  add_own (&query, "login_hint", request->login_hint);
  for (char **pair = provider->authorize_parameters;
       pair != NULL && pair[0] != NULL && pair[1] != NULL; pair += 2)
    add_extra (&query, pair[0], pair[1]);

  return g_string_free (query.query, FALSE);
}

/**
 * cvg_authorize_url_build:
 * @request: what to ask
 *
 * What comes out was parsed and written anew: nothing in it can be taken for an option or for two
 * words by whoever opens it.
 *
 * Returns: (transfer full) (nullable): an absolute URL; %NULL if the provider's endpoint is none
 */
char *
cvg_authorize_url_build (const CvgAuthorizeRequest *request)
{
  g_autofree char *endpoint = NULL;
  g_autofree char *query = NULL;
  g_autoptr (GUri) uri = NULL;
  g_autoptr (GUri) complete = NULL;

  g_return_val_if_fail (request->provider->authorization_endpoint != NULL, NULL);

  endpoint = cvg_tenant_expand_url (request->provider->authorization_endpoint, request->tenant);
  if (cvg_endpoint_find_mistake (endpoint) != NULL)
    return NULL;

  uri = g_uri_parse (endpoint, G_URI_FLAGS_ENCODED | G_URI_FLAGS_NON_DNS, NULL);

  query = build_query (request, g_uri_get_query (uri));
  complete = g_uri_build (G_URI_FLAGS_ENCODED, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
                          g_uri_get_port (uri), g_uri_get_path (uri), query, NULL);
  return g_uri_to_string (complete);
}

/**
 * cvg_authorize_scopes:
 * @provider: whose defaults and requirements
 * @asked: (nullable): scopes that the caller names, separated by commas or white space
 *
 * Returns: (transfer full) (array zero-terminated=1): @asked or else the provider's default, and
 *   what the provider requires (as offline_access, without which there is no refresh token)
 */
char **
cvg_authorize_scopes (const CvgProvider *provider, const char *asked)
{
  g_auto (GStrv) named = cvg_scopes_parse (asked);
  const char *const *wanted = (const char *const *) (*named != NULL ? named : provider->scopes);

  return cvg_scopes_union (wanted, (const char *const *) provider->required_scopes);
}
