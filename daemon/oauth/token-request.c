/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests to the token endpoint. The client authenticates in one way only (RFC 6749 section
 * 2.3), each parameter is there once, and the provider's extra parameters never take the place of
 * the protocol's own.
 */
#include "oauth/token-request.h"

#include "oauth/parameters.h"

/* Never taken from a provider file, be they sent or not: a second way to authenticate is as wrong
 * as a second value. */
static const char *const reserved[] = {
  "grant_type",    "code",      "redirect_uri",  "code_verifier",
  "refresh_token", "client_id", "client_secret", NULL,
};

static const char *
peek_or_null (const CvgSecret *secret)
{
  return secret != NULL ? cvg_secret_peek (secret) : NULL;
}

static void
add_extras (GArray *parameters, char **extras)
{
  for (; extras != NULL && extras[0] != NULL && extras[1] != NULL; extras += 2)
    if (!g_strv_contains (reserved, extras[0]))
      cvg_parameters_add (parameters, extras[0], extras[1]);
}

static CvgHttpRequest *
build (const CvgProvider *provider, const CvgClient *client, const char *url, GArray *parameters)
{
  CvgHttpRequest *request = cvg_http_request_new ("POST", url);

  cvg_parameters_add_client (parameters, request, provider->client_authentication, client);
  add_extras (parameters, provider->token_parameters);
  cvg_parameters_complete (parameters, request, provider->token_request);
  return request;
}

/**
 * cvg_token_request_exchange:
 * @provider: whose token endpoint
 * @tenant: (nullable): a{ss} for the {names} in the endpoint
 * @client: who asks; its secret, if it has one, at hand
 * @code: the authorization code
 * @verifier: (nullable): of PKCE
 * @redirect_uri: the same as in the authorization request: RFC 6749 section 4.1.3
 *
 * Returns: (transfer full): the request that turns @code into tokens
 */
CvgHttpRequest *
cvg_token_request_exchange (const CvgProvider *provider,
                            GVariant *tenant,
                            const CvgClient *client,
                            const CvgSecret *code,
                            const CvgSecret *verifier,
                            const char *redirect_uri)
{
  g_autoptr (GArray) parameters = cvg_parameters_new ();
  g_autofree char *url = NULL;

  g_return_val_if_fail (provider->token_endpoint != NULL, NULL);

  url = cvg_provider_expand (provider->token_endpoint, tenant);
  cvg_parameters_add (parameters, "grant_type", "authorization_code");
  cvg_parameters_add (parameters, "code", cvg_secret_peek (code));
  cvg_parameters_add (parameters, "redirect_uri", redirect_uri);
  cvg_parameters_add (parameters, "code_verifier", peek_or_null (verifier));
  return build (provider, client, url, parameters);
}

/** cvg_token_request_dup_refresh_url: Returns: (transfer full): where a refresh is asked for */
char *
cvg_token_request_dup_refresh_url (const CvgProvider *provider, GVariant *tenant)
{
  const char *endpoint =
      provider->refresh_endpoint != NULL ? provider->refresh_endpoint : provider->token_endpoint;

  return endpoint != NULL ? cvg_provider_expand (endpoint, tenant) : g_strdup ("");
}

/**
 * cvg_token_request_refresh:
 * @provider: whose token endpoint
 * @tenant: (nullable): a{ss} for the {names} in the endpoint
 * @client: who asks; its secret, if it has one, at hand
 * @refresh_token: of the grant
 *
 * No scope is sent: left out, it is what was granted (RFC 6749 section 6), and Atlassian refuses
 * to rotate with one.
 *
 * Returns: (transfer full): the request for a new access token
 */
CvgHttpRequest *
cvg_token_request_refresh (const CvgProvider *provider,
                           GVariant *tenant,
                           const CvgClient *client,
                           const CvgSecret *refresh_token)
{
  g_autoptr (GArray) parameters = cvg_parameters_new ();
  g_autofree char *url = cvg_token_request_dup_refresh_url (provider, tenant);

  cvg_parameters_add (parameters, "grant_type", "refresh_token");
  cvg_parameters_add (parameters, "refresh_token", cvg_secret_peek (refresh_token));
  return build (provider, client, url, parameters);
}
