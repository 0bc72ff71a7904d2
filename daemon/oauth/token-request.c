/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requests to the token endpoint. The client authenticates in one way only (RFC 6749 section
 * 2.3), each parameter is there once, and the provider's extra parameters never take the place of
 * the protocol's own.
 *
 * Bodies are written here and not by a JSON library: each is made in one buffer of full size
 * that is wiped, so that no copy of a secret stays behind a reallocation.
 */
#include "oauth/token-request.h"

#include <string.h>

#include "oauth/form.h"

/* Never taken from a provider file, be they sent or not: a second way to authenticate is as wrong
 * as a second value. */
static const char *const reserved[] = {
  "grant_type",    "code",      "redirect_uri",  "code_verifier",
  "refresh_token", "client_id", "client_secret", NULL,
};

/* The longest that one byte becomes: \u001f in JSON. */
#define EXPANSION 6

typedef struct
{
  const char *name;  /* (borrowed) */
  const char *value; /* (borrowed) */
} Parameter;

static void
add (GArray *parameters, const char *name, const char *value)
{
  const Parameter parameter = { name, value };

  if (value != NULL)
    g_array_append_val (parameters, parameter);
}

static const char *
peek_or_null (const CvgSecret *secret)
{
  return secret != NULL ? cvg_secret_peek (secret) : NULL;
}

static gsize
measure (const GArray *parameters)
{
  gsize size = sizeof "{}";

  for (guint i = 0; i < parameters->len; i++)
    {
      const Parameter *parameter = &g_array_index (parameters, Parameter, i);

      size += EXPANSION * (strlen (parameter->name) + strlen (parameter->value));
      size += strlen ("\"\":\"\",");
    }

  return size;
}

static void
append_json_string (GString *json, const char *text)
{
  g_string_append_c (json, '"');
  for (const char *c = text; *c != '\0'; c++)
    {
      if (*c == '"' || *c == '\\')
        g_string_append_c (json, '\\');
      if (g_ascii_iscntrl (*c))
        g_string_append_printf (json, "\\u%04x", (guint) *c);
      else
        g_string_append_c (json, *c);
    }
  g_string_append_c (json, '"');
}

static void
append_json_pair (GString *json, const Parameter *parameter)
{
  g_string_append_c (json, json->len > 0 ? ',' : '{');
  append_json_string (json, parameter->name);
  g_string_append_c (json, ':');
  append_json_string (json, parameter->value);
}

static void
append_form_pair (GString *form, const Parameter *parameter)
{
  if (form->len > 0)
    g_string_append_c (form, '&');
  cvg_form_append_escaped (form, parameter->name);
  g_string_append_c (form, '=');
  cvg_form_append_escaped (form, parameter->value);
}

static void
set_body (CvgHttpRequest *request, const GArray *parameters, CvgTokenRequestFormat format)
{
  const gsize size = measure (parameters);
  gboolean is_json = format == CVG_TOKEN_REQUEST_JSON;
  GString *body = g_string_sized_new (size);

  for (guint i = 0; i < parameters->len; i++)
    {
      const Parameter *parameter = &g_array_index (parameters, Parameter, i);

      if (is_json)
        append_json_pair (body, parameter);
      else
        append_form_pair (body, parameter);
    }
  if (is_json)
    g_string_append_c (body, '}');

  g_assert (body->len < size);
  request->content_type = is_json ? "application/json" : "application/x-www-form-urlencoded";
  request->body = cvg_secret_new_take (g_string_free (body, FALSE));
}

/* RFC 6749 section 2.3.1: both are form-encoded first, then they are user and password. */
static CvgSecret *
build_basic (const CvgClient *client)
{
  const char *secret = cvg_secret_peek (client->secret);
  GString *pair =
      g_string_sized_new (EXPANSION * (strlen (client->client_id) + strlen (secret)) + 2);
  g_autoptr (CvgSecret) plain = NULL;
  char *encoded = NULL;
  CvgSecret *header = NULL;

  cvg_form_append_escaped (pair, client->client_id);
  g_string_append_c (pair, ':');
  cvg_form_append_escaped (pair, secret);
  plain = cvg_secret_new_take (g_string_free (pair, FALSE));

  encoded =
      g_base64_encode ((const guchar *) cvg_secret_peek (plain), cvg_secret_get_length (plain));
  header = cvg_secret_new_take (g_strconcat ("Basic ", encoded, NULL));
  cvg_wipe_free (encoded);
  return header;
}

/* A client without a secret names itself in the body (RFC 6749 section 3.2.1), whatever the way
 * in which the provider's other clients authenticate. */
static void
add_client (CvgHttpRequest *request,
            GArray *parameters,
            CvgClientAuthentication authentication,
            const CvgClient *client)
{
  gboolean has_secret = !cvg_secret_is_empty (client->secret);

  if (authentication == CVG_CLIENT_AUTHENTICATION_BASIC && has_secret)
    {
      request->authorization = build_basic (client);
      return;
    }

  add (parameters, "client_id", client->client_id);
  if (authentication == CVG_CLIENT_AUTHENTICATION_POST && has_secret)
    add (parameters, "client_secret", cvg_secret_peek (client->secret));
}

static void
add_extras (GArray *parameters, char **extras)
{
  for (; extras != NULL && extras[0] != NULL && extras[1] != NULL; extras += 2)
    if (!g_strv_contains (reserved, extras[0]))
      add (parameters, extras[0], extras[1]);
}

static CvgHttpRequest *
build (const CvgProvider *provider, const CvgClient *client, const char *url, GArray *parameters)
{
  CvgHttpRequest *request = cvg_http_request_new ("POST", url);

  add_client (request, parameters, provider->client_authentication, client);
  add_extras (parameters, provider->token_parameters);
  set_body (request, parameters, provider->token_request);
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
  g_autoptr (GArray) parameters = g_array_new (FALSE, FALSE, sizeof (Parameter));
  g_autofree char *url = NULL;

  g_return_val_if_fail (provider->token_endpoint != NULL, NULL);

  url = cvg_provider_expand (provider->token_endpoint, tenant);
  add (parameters, "grant_type", "authorization_code");
  add (parameters, "code", cvg_secret_peek (code));
  add (parameters, "redirect_uri", redirect_uri);
  add (parameters, "code_verifier", peek_or_null (verifier));
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
  g_autoptr (GArray) parameters = g_array_new (FALSE, FALSE, sizeof (Parameter));
  g_autofree char *url = cvg_token_request_dup_refresh_url (provider, tenant);

  add (parameters, "grant_type", "refresh_token");
  add (parameters, "refresh_token", cvg_secret_peek (refresh_token));
  return build (provider, client, url, parameters);
}
