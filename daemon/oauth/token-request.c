/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests to the token endpoint, and to the one before it in the device flow. The client
 * authenticates in one way only (RFC 6749 section 2.3), each parameter is there once, and the
 * provider's extra parameters never take the place of the protocol's own.
 */
#include "oauth/token-request.h"

#include <string.h>

#include "model/protocol.h"
#include "model/scopes.h"
#include "oauth/parameters.h"

/* How a request is made of its parameters. */
typedef struct
{
  CvgTokenRequestFormat format;
  CvgClientAuthentication authentication;
} Manner;

static const char *
peek_or_null (const CvgSecret *secret)
{
  return secret != NULL ? cvg_secret_peek (secret) : NULL;
}

static gboolean
has (const GArray *parameters, const char *name)
{
  for (guint i = 0; i < parameters->len; i++)
    if (strcmp (g_array_index (parameters, CvgParameter, i).name, name) == 0)
      return TRUE;

  return FALSE;
}

static void
add_extras (GArray *parameters, char **extras)
{
  for (; extras != NULL && extras[0] != NULL && extras[1] != NULL; extras += 2)
    if (!cvg_protocol_owns (extras[0]) && !has (parameters, extras[0]))
      cvg_parameters_add (parameters, extras[0], extras[1]);
}

static Manner
get_refresh_manner (const CvgProvider *provider)
{
  Manner manner = { provider->token_request, provider->client_authentication };

  if (provider->refresh_request >= 0)
    manner.format = (CvgTokenRequestFormat) provider->refresh_request;
  if (provider->refresh_authentication >= 0)
    manner.authentication = (CvgClientAuthentication) provider->refresh_authentication;

  return manner;
}

static CvgHttpRequest *
make_request (const CvgProvider *provider, const char *url, CvgTokenRequestFormat format)
{
  CvgHttpRequest *request =
      cvg_http_request_new (format == CVG_TOKEN_REQUEST_QUERY ? "GET" : "POST", url);

  request->headers = g_strdupv (provider->token_headers);
  return request;
}

static CvgHttpRequest *
build (const CvgProvider *provider,
       const CvgClient *client,
       const char *url,
       Manner manner,
       GArray *parameters)
{
  CvgHttpRequest *request = make_request (provider, url, manner.format);

  cvg_parameters_add_client (parameters, request, manner.authentication, client);
  add_extras (parameters, provider->token_parameters);
  cvg_parameters_complete (parameters, request, manner.format);
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
  const Manner manner = { provider->token_request, provider->client_authentication };
  g_autoptr (GArray) parameters = cvg_parameters_new ();
  g_autofree char *resource = cvg_provider_dup_resource (provider, tenant);
  g_autofree char *url = NULL;

  g_return_val_if_fail (provider->token_endpoint != NULL, NULL);

  url = cvg_tenant_expand_url (provider->token_endpoint, tenant);
  cvg_parameters_add (parameters, "grant_type", "authorization_code");
  cvg_parameters_add (parameters, "code", cvg_secret_peek (code));
  cvg_parameters_add (parameters, "redirect_uri", redirect_uri);
  cvg_parameters_add (parameters, "code_verifier", peek_or_null (verifier));
  cvg_parameters_add (parameters, "resource", resource);
  return build (provider, client, url, manner, parameters);
}

/** cvg_token_request_dup_refresh_url: Returns: (transfer full): where a refresh is asked for */
char *
cvg_token_request_dup_refresh_url (const CvgProvider *provider, GVariant *tenant)
{
  const char *endpoint =
      provider->refresh_endpoint != NULL ? provider->refresh_endpoint : provider->token_endpoint;

  return endpoint != NULL ? cvg_tenant_expand_url (endpoint, tenant) : g_strdup ("");
}

/**
 * cvg_token_request_refresh:
 * @provider: whose token endpoint
 * @tenant: (nullable): a{ss} for the {names} in the endpoint
 * @client: who asks; its secret, if it has one, at hand
 * @refresh_token: of the grant
 *
 * No scope is sent: left out, it is what was granted (RFC 6749 section 6), and there are servers
 * that refuse to rotate with one.
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
  g_autofree char *resource = cvg_provider_dup_resource (provider, tenant);
  g_autofree char *url = cvg_token_request_dup_refresh_url (provider, tenant);

  cvg_parameters_add (parameters, "grant_type", provider->refresh_grant_type);
  cvg_parameters_add (parameters, provider->refresh_parameter, cvg_secret_peek (refresh_token));
  cvg_parameters_add (parameters, "resource", resource);
  add_extras (parameters, provider->refresh_parameters);
  return build (provider, client, url, get_refresh_manner (provider), parameters);
}

/**
 * cvg_token_request_upgrade:
 * @provider: one with an upgrade endpoint
 * @tenant: (nullable): a{ss} for the {names} in the endpoint
 * @client: who asks; its secret, if it has one, at hand
 * @access_token: what the code was exchanged for
 *
 * A second step that no RFC knows: some servers give a token of an hour for the code, and for that
 * token a lasting one. The answer is one of the token endpoint.
 *
 * Returns: (transfer full): the request for a long-lived token, a GET whose URL is a secret
 */
CvgHttpRequest *
cvg_token_request_upgrade (const CvgProvider *provider,
                           GVariant *tenant,
                           const CvgClient *client,
                           const CvgSecret *access_token)
{
  g_autoptr (GArray) parameters = cvg_parameters_new ();
  g_autofree char *url = NULL;
  CvgHttpRequest *request = NULL;

  g_return_val_if_fail (provider->upgrade_endpoint != NULL, NULL);

  url = cvg_tenant_expand_url (provider->upgrade_endpoint, tenant);
  request = make_request (provider, url, CVG_TOKEN_REQUEST_QUERY);
  cvg_parameters_add (parameters, "grant_type", provider->upgrade_grant_type);
  cvg_parameters_add (parameters, "client_secret", peek_or_null (client->secret));
  cvg_parameters_add (parameters, "access_token", cvg_secret_peek (access_token));
  cvg_parameters_complete (parameters, request, CVG_TOKEN_REQUEST_QUERY);
  return request;
}

/**
 * cvg_token_request_device_codes:
 * @provider: whose device authorization endpoint
 * @tenant: (nullable): a{ss} for the {names} in the endpoint
 * @client: who asks; its secret, if it has one, at hand
 * @scopes: what to ask for, complete
 *
 * The client shows who it is as at the token endpoint (RFC 8628 section 3.1), and all travels as a
 * form, whatever that endpoint takes.
 *
 * Returns: (transfer full): the request for the codes of a device sign-in
 */
CvgHttpRequest *
cvg_token_request_device_codes (const CvgProvider *provider,
                                GVariant *tenant,
                                const CvgClient *client,
                                const char *const *scopes)
{
  g_autoptr (GArray) parameters = cvg_parameters_new ();
  g_autofree char *scope = cvg_scopes_join (scopes, provider->scope_separator);
  g_autofree char *resource = cvg_provider_dup_resource (provider, tenant);
  g_autofree char *url = NULL;
  CvgHttpRequest *request = NULL;

  g_return_val_if_fail (provider->device_authorization_endpoint != NULL, NULL);

  url = cvg_tenant_expand_url (provider->device_authorization_endpoint, tenant);
  request = make_request (provider, url, CVG_TOKEN_REQUEST_FORM);
  cvg_parameters_add (parameters, "scope", *scope != '\0' ? scope : NULL);
  cvg_parameters_add (parameters, "resource", resource);
  cvg_parameters_add_client (parameters, request, provider->client_authentication, client);
  cvg_parameters_complete (parameters, request, CVG_TOKEN_REQUEST_FORM);
  return request;
}

/**
 * cvg_token_request_poll:
 * @provider: whose token endpoint
 * @tenant: (nullable): a{ss} for the {names} in the endpoint
 * @client: who asks; its secret, if it has one, at hand
 * @device_code: of the device sign-in
 *
 * Returns: (transfer full): the request for the tokens of a device sign-in, if they are there: RFC
 *   8628 section 3.4
 */
CvgHttpRequest *
cvg_token_request_poll (const CvgProvider *provider,
                        GVariant *tenant,
                        const CvgClient *client,
                        const CvgSecret *device_code)
{
  const Manner manner = { provider->token_request, provider->client_authentication };
  g_autoptr (GArray) parameters = cvg_parameters_new ();
  g_autofree char *resource = cvg_provider_dup_resource (provider, tenant);
  g_autofree char *url = NULL;

  g_return_val_if_fail (provider->token_endpoint != NULL, NULL);

  url = cvg_tenant_expand_url (provider->token_endpoint, tenant);
  cvg_parameters_add (parameters, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
  cvg_parameters_add (parameters, "device_code", cvg_secret_peek (device_code));
  cvg_parameters_add (parameters, "resource", resource);
  return build (provider, client, url, manner, parameters);
}
