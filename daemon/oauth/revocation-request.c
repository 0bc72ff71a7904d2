/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests for revocation, a token each. The refresh token goes first: it should take the access
 * tokens of the grant with it (RFC 7009 section 2.1), and not the other way round.
 *
 * Of an answer three things are worth telling apart, and the mistakes do not cost the same: a token
 * that is called dead and lives is what the person wanted to be rid of. So an answer counts only
 * where it can't mean anything else, and what is in doubt is asked again.
 */
#include "oauth/revocation-request.h"

#include <string.h>

#include "oauth/answer-body.h"
#include "oauth/error-code.h"
#include "oauth/json-body.h"
#include "oauth/parameters.h"

#define BEARER "Bearer "

/* An error that says of the token that it is not valid has confirmed what was asked for: RFC 7009
 * section 2.2 has 200 for that, and gives just this as the reason. invalid_grant is not among them:
 * servers say it of a token that another client was given, and that one is alive. */
static const char *const dead_token_codes[] = {
  "invalid_token", "token_revoked", "token_expired", "expired_token", NULL,
};

/* ---- asking ---------------------------------------------------------------------------------- */

/* Percent-escaped, so that a value can't leave its place. In one buffer of full size, which the
 * request wipes. */
static char *
dup_url (const CvgProvider *provider, GVariant *tenant, const char *client_id, const char *token)
{
  g_autofree char *expanded = cvg_tenant_expand_url (provider->revocation_endpoint, tenant);
  g_auto (GStrv) parts = g_strsplit (expanded, "{", -1);
  const gsize longest = 3 * MAX (strlen (client_id), strlen (token));
  GString *url = g_string_sized_new (strlen (expanded) + g_strv_length (parts) * longest + 1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *rest = i > 0 ? strchr (parts[i], '}') : NULL;

      if (rest == NULL)
        g_string_append_printf (url, "%s%s", i > 0 ? "{" : "", parts[i]);
      else if (g_str_has_prefix (parts[i], "token}"))
        g_string_append_uri_escaped (url, token, NULL, FALSE);
      else if (g_str_has_prefix (parts[i], "client_id}") && *client_id != '\0')
        g_string_append_uri_escaped (url, client_id, NULL, FALSE);
      else
        g_string_append_printf (url, "{%.*s}", (int) (rest - parts[i]), parts[i]);
      if (rest != NULL)
        g_string_append (url, rest + 1);
    }

  return g_string_free (url, FALSE);
}

static void
authenticate (const CvgProvider *provider,
              CvgHttpRequest *request,
              GArray *parameters,
              const CvgClient *client,
              const CvgSecret *token)
{
  switch (provider->revocation_authentication)
    {
    case CVG_REVOCATION_AS_BEARER:
      request->authorization =
          cvg_secret_new_take (g_strconcat (BEARER, cvg_secret_peek (token), NULL));
      break;
    case CVG_REVOCATION_AS_NOBODY:
      break;
    case CVG_REVOCATION_AS_BASIC:
      cvg_parameters_add_client (parameters, request, CVG_CLIENT_AUTHENTICATION_BASIC, client);
      break;
    case CVG_REVOCATION_AS_CLIENT:
    default:
      cvg_parameters_add_client (parameters, request, provider->client_authentication, client);
      break;
    }
}

static CvgHttpRequest *
build (const CvgProvider *provider,
       GVariant *tenant,
       const CvgClient *client,
       const CvgSecret *token,
       const char *hint)
{
  g_autoptr (GArray) parameters = cvg_parameters_new ();
  g_autoptr (CvgHttpRequest) request = cvg_http_request_new (provider->revocation_method, "");

  g_free (request->url);
  request->url =
      dup_url (provider, tenant, client != NULL ? client->client_id : "", cvg_secret_peek (token));
  /* What nobody has a value for: there is no such place. */
  if (strchr (request->url, '{') != NULL)
    return NULL;

  cvg_parameters_add (parameters, provider->revocation_parameter, cvg_secret_peek (token));
  /* Who calls the token something else does not speak RFC 7009. */
  if (g_str_equal (provider->revocation_parameter, "token"))
    cvg_parameters_add (parameters, "token_type_hint", hint);
  request->headers = g_strdupv (provider->token_headers);
  authenticate (provider, request, parameters, client, token);
  if (provider->revocation_request >= 0)
    cvg_parameters_complete (parameters, request,
                             (CvgTokenRequestFormat) provider->revocation_request);
  return g_steal_pointer (&request);
}

static gboolean
takes_refresh_token (const CvgProvider *provider, const CvgCredentials *credentials)
{
  return provider->revocation_tokens != CVG_REVOCATION_ACCESS_TOKEN &&
         !cvg_secret_is_empty (credentials->refresh_token);
}

static gboolean
takes_access_token (const CvgProvider *provider, const CvgCredentials *credentials)
{
  return provider->revocation_tokens != CVG_REVOCATION_REFRESH_TOKEN &&
         !cvg_secret_is_empty (credentials->access_token);
}

/**
 * cvg_revocation_is_possible:
 * @provider: whose grant; cvg_provider_with_server() applied
 *
 * Returns: whether the server has a place where @credentials can be revoked
 */
gboolean
cvg_revocation_is_possible (const CvgProvider *provider, const CvgCredentials *credentials)
{
  return provider->revocation_endpoint != NULL && (takes_refresh_token (provider, credentials) ||
                                                   takes_access_token (provider, credentials));
}

/**
 * cvg_revocation_requests:
 * @provider: whose grant; cvg_provider_with_server() applied
 * @tenant: (nullable): a{ss} for the {names} in the endpoint
 * @client: (nullable): the client of the grant, with its secret if that is at hand; %NULL: unknown
 * @credentials: what to revoke
 *
 * Returns: (transfer full) (element-type CvgHttpRequest): the requests, to be sent in this order;
 *   none where it can't be done
 */
GPtrArray *
cvg_revocation_requests (const CvgProvider *provider,
                         GVariant *tenant,
                         const CvgClient *client,
                         const CvgCredentials *credentials)
{
  g_autoptr (GPtrArray) requests =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_http_request_free);
  gboolean needs_client = provider->revocation_authentication == CVG_REVOCATION_AS_CLIENT ||
                          provider->revocation_authentication == CVG_REVOCATION_AS_BASIC;
  gboolean with_refresh_token = takes_refresh_token (provider, credentials);
  CvgHttpRequest *request = NULL;

  if (provider->revocation_endpoint == NULL || (client == NULL && needs_client))
    return g_steal_pointer (&requests);

  if (with_refresh_token)
    {
      request = build (provider, tenant, client, credentials->refresh_token, "refresh_token");
      if (request != NULL)
        g_ptr_array_add (requests, request);
    }
  /* There are servers where one token is both. */
  if (takes_access_token (provider, credentials) &&
      !(with_refresh_token &&
        cvg_secret_equal (credentials->access_token, credentials->refresh_token)))
    {
      request = build (provider, tenant, client, credentials->access_token, "access_token");
      if (request != NULL)
        g_ptr_array_add (requests, request);
    }

  return g_steal_pointer (&requests);
}

/* ---- the answer ------------------------------------------------------------------------------ */

/* RFC 6750 section 3.1. Only where the token itself was what it came with: else it may be about
 * the client. */
static gboolean
is_challenge_of_dead_token (const CvgHttpRequest *request, const CvgHttpResponse *response)
{
  return response->status == 401 && response->challenge != NULL && request->authorization != NULL &&
         g_str_has_prefix (cvg_secret_peek (request->authorization), BEARER) &&
         strstr (response->challenge, "error=\"invalid_token\"") != NULL;
}

static gboolean
says_token_is_dead (const CvgHttpRequest *request,
                    const CvgHttpResponse *response,
                    const char *code)
{
  guint status = response->status;

  if (is_challenge_of_dead_token (request, response))
    return TRUE;

  return (status / 100 == 2 || status == 400 || status == 401) && code != NULL &&
         g_strv_contains (dead_token_codes, code);
}

/* A page instead of an answer: of a proxy, of a server that is being repaired. With these statuses
 * it is the server's own, and the endpoint is not there. */
static gboolean
is_stray_page (const CvgHttpResponse *response)
{
  return g_strcmp0 (response->content_type, "text/html") == 0 &&
         !cvg_secret_is_empty (response->body) && response->status != 404 &&
         response->status != 405 && response->status != 410;
}

/**
 * cvg_revocation_judge:
 * @request: what was asked
 * @response: what came
 * @seen: (out) (transfer full): what may be said of it: the status, and a code that is a plain word
 *
 * RFC 7009 section 2.2: the body of a 200 says nothing, an unknown token gets one too. But servers
 * have errors under 200. Section 2.2.1: after a 503 the token still exists.
 *
 * Returns: whether the token is dead
 */
CvgRevocationVerdict
cvg_revocation_judge (const CvgHttpRequest *request, const CvgHttpResponse *response, char **seen)
{
  g_autoptr (JsonObject) object = cvg_answer_body_read (response);
  const char *code = object != NULL ? cvg_json_body_get_string (object, "error") : NULL;
  gboolean says_error = object != NULL && cvg_answer_body_says_error (object, NULL);

  *seen = cvg_error_code_describe (response->status, code);
  if (is_stray_page (response))
    return CVG_REVOCATION_PASSING;
  if (response->status / 100 == 2 && !says_error)
    return CVG_REVOCATION_CONFIRMED;
  if (says_token_is_dead (request, response, code))
    return CVG_REVOCATION_CONFIRMED;

  return cvg_error_code_is_passing (response->status, code) ? CVG_REVOCATION_PASSING :
                                                              CVG_REVOCATION_REFUSED;
}
