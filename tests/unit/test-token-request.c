/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/token-request.h"

#include <json-glib/json-glib.h>
#include <string.h>

static CvgProvider *
make_provider (CvgTokenRequestFormat format, CvgClientAuthentication authentication)
{
  CvgProvider *provider = cvg_provider_new ();

  provider->name = g_strdup ("Confluence");
  provider->token_endpoint = g_strdup ("https://{site}.example.org/token");
  provider->token_request = format;
  provider->client_authentication = authentication;
  return provider;
}

static CvgClient *
make_client (const char *id, const char *secret)
{
  CvgClient *client = cvg_client_new ();

  client->client_id = g_strdup (id);
  client->has_secret = secret != NULL;
  client->secret = secret != NULL ? cvg_secret_new (secret) : NULL;
  return client;
}

static void
set_parameters (CvgProvider *provider, const char *const *parameters)
{
  g_strfreev (provider->token_parameters);
  provider->token_parameters = g_strdupv ((char **) parameters);
}

static CvgHttpRequest *
exchange (const CvgProvider *provider, const CvgClient *client, const char *verifier)
{
  g_autoptr (CvgSecret) code = cvg_secret_new ("c/d");
  g_autoptr (CvgSecret) secret = verifier != NULL ? cvg_secret_new (verifier) : NULL;

  return cvg_token_request_exchange (provider, NULL, client, code, secret,
                                     "http://127.0.0.1:18417/callback");
}

static CvgHttpRequest *
refresh (const CvgProvider *provider, const CvgClient *client)
{
  g_autoptr (CvgSecret) token = cvg_secret_new ("r+t");

  return cvg_token_request_refresh (provider, NULL, client, token);
}

static void
test_exchange_by_form (void)
{
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_FORM, CVG_CLIENT_AUTHENTICATION_POST);
  g_autoptr (CvgClient) client = make_client ("id", "s&s");
  g_autoptr (CvgHttpRequest) request = exchange (provider, client, "V");

  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->content_type, ==, "application/x-www-form-urlencoded");
  g_assert_null (request->authorization);
  g_assert_cmpstr (cvg_secret_peek (request->body), ==,
                   "grant_type=authorization_code&code=c%2Fd"
                   "&redirect_uri=http%3A%2F%2F127.0.0.1%3A18417%2Fcallback&code_verifier=V"
                   "&client_id=id&client_secret=s%26s");
}

static void
test_exchange_by_json (void)
{
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_JSON, CVG_CLIENT_AUTHENTICATION_POST);
  g_autoptr (CvgClient) client = make_client ("id", "s");
  g_autoptr (CvgHttpRequest) request = exchange (provider, client, "V");

  g_assert_cmpstr (request->content_type, ==, "application/json");
  g_assert_cmpstr (cvg_secret_peek (request->body), ==,
                   "{\"grant_type\":\"authorization_code\",\"code\":\"c/d\","
                   "\"redirect_uri\":\"http://127.0.0.1:18417/callback\",\"code_verifier\":\"V\","
                   "\"client_id\":\"id\",\"client_secret\":\"s\"}");
}

/* RFC 7636 is not for all: without a verifier the parameter is missing, not empty. */
static void
test_exchange_without_verifier (void)
{
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_FORM, CVG_CLIENT_AUTHENTICATION_POST);
  g_autoptr (CvgClient) client = make_client ("id", "s");
  g_autoptr (CvgHttpRequest) request = exchange (provider, client, NULL);

  g_assert_null (strstr (cvg_secret_peek (request->body), "verifier"));
}

/* Neither scope nor redirect_uri: RFC 6749 section 6, and Atlassian's refusal. */
static void
test_refresh (void)
{
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_JSON, CVG_CLIENT_AUTHENTICATION_POST);
  g_autoptr (CvgClient) client = make_client ("id", "s");
  g_autoptr (CvgHttpRequest) request = refresh (provider, client);

  g_assert_cmpstr (cvg_secret_peek (request->body), ==,
                   "{\"grant_type\":\"refresh_token\",\"refresh_token\":\"r+t\","
                   "\"client_id\":\"id\",\"client_secret\":\"s\"}");
}

static void
test_client_authentication (void)
{
  static const struct
  {
    CvgClientAuthentication authentication;
    const char *id;
    const char *secret;
    const char *authorization;
    const char *body; /* behind the refresh token */
  } vectors[] = {
    { CVG_CLIENT_AUTHENTICATION_POST, "id", "s", NULL, "&client_id=id&client_secret=s" },
    /* RFC 6749 section 2.3.1, its very example */
    { CVG_CLIENT_AUTHENTICATION_BASIC, "s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw",
      "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3", "" },
    /* form-encoded before base64: "a%3Ab:c%2Bd%25" */
    { CVG_CLIENT_AUTHENTICATION_BASIC, "a:b", "c+d%", "Basic YSUzQWI6YyUyQmQlMjU=", "" },
    /* a public client names itself in the body: section 3.2.1 */
    { CVG_CLIENT_AUTHENTICATION_NONE, "id", NULL, NULL, "&client_id=id" },
    /* the provider takes no secret: it is not sent */
    { CVG_CLIENT_AUTHENTICATION_NONE, "id", "s", NULL, "&client_id=id" },
    /* nothing to authenticate with: as a public client */
    { CVG_CLIENT_AUTHENTICATION_POST, "id", NULL, NULL, "&client_id=id" },
    { CVG_CLIENT_AUTHENTICATION_BASIC, "id", NULL, NULL, "&client_id=id" },
    { CVG_CLIENT_AUTHENTICATION_BASIC, "id", "", NULL, "&client_id=id" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgProvider) provider =
          make_provider (CVG_TOKEN_REQUEST_FORM, vectors[i].authentication);
      g_autoptr (CvgClient) client = make_client (vectors[i].id, vectors[i].secret);
      g_autoptr (CvgHttpRequest) request = refresh (provider, client);
      g_autofree char *body =
          g_strconcat ("grant_type=refresh_token&refresh_token=r%2Bt", vectors[i].body, NULL);

      g_assert_cmpstr (request->authorization != NULL ? cvg_secret_peek (request->authorization) :
                                                        NULL,
                       ==, vectors[i].authorization);
      g_assert_cmpstr (cvg_secret_peek (request->body), ==, body);
    }
}

static void
test_provider_never_overrides (void)
{
  static const char *const parameters[] = {
    "grant_type", "evil",        "code", "evil", "client_secret", "evil", "redirect_uri",
    "evil",       "access_type", "x y",  NULL
  };
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_FORM, CVG_CLIENT_AUTHENTICATION_BASIC);
  g_autoptr (CvgClient) client = make_client ("id", "s");
  g_autoptr (CvgHttpRequest) code = NULL;
  g_autoptr (CvgHttpRequest) token = NULL;

  set_parameters (provider, parameters);
  code = exchange (provider, client, "V");
  token = refresh (provider, client);
  g_assert_null (strstr (cvg_secret_peek (code->body), "evil"));
  g_assert_null (strstr (cvg_secret_peek (token->body), "evil"));
  g_assert_true (g_str_has_suffix (cvg_secret_peek (code->body), "&access_type=x+y"));
  g_assert_true (g_str_has_suffix (cvg_secret_peek (token->body), "&access_type=x+y"));
}

static void
test_endpoints (void)
{
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_FORM, CVG_CLIENT_AUTHENTICATION_POST);
  g_autoptr (CvgClient) client = make_client ("id", "s");
  g_autoptr (CvgSecret) secret = cvg_secret_new ("x");
  g_autoptr (GVariant) tenant = g_variant_ref_sink (g_variant_new_parsed ("{'site': 'acme'}"));
  g_autoptr (CvgHttpRequest) first = NULL;
  g_autoptr (CvgHttpRequest) second = NULL;
  g_autoptr (CvgHttpRequest) code = NULL;

  first = cvg_token_request_refresh (provider, tenant, client, secret);
  provider->refresh_endpoint = g_strdup ("https://{site}.example.org/refresh");
  second = cvg_token_request_refresh (provider, tenant, client, secret);
  code = cvg_token_request_exchange (provider, tenant, client, secret, NULL, "http://[::1]:1/");
  g_assert_cmpstr (first->url, ==, "https://acme.example.org/token");
  g_assert_cmpstr (second->url, ==, "https://acme.example.org/refresh");
  g_assert_cmpstr (code->url, ==, "https://acme.example.org/token");
}

/* Whatever a secret holds comes out of a JSON parser as it went in, and the buffer is never too
 * small for it. */
static void
test_hostile_secrets_by_json (void)
{
  static const char *const secrets[] = {
    "\"},{\"grant_type\":\"password",                                   /* out of the string */
    "\\\"\\",                                                           /* backslashes */
    "\x01\x1f\x7f\r\n\t",                                               /* control characters */
    "\xe2\x82\xac\xf0\x9f\x98\x80",                                     /* UTF-8 */
    "\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f", /* the longest escapes */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      g_autoptr (CvgProvider) provider =
          make_provider (CVG_TOKEN_REQUEST_JSON, CVG_CLIENT_AUTHENTICATION_POST);
      g_autoptr (CvgClient) client = make_client ("id", secrets[i]);
      g_autoptr (CvgHttpRequest) request = refresh (provider, client);
      g_autoptr (JsonNode) root = json_from_string (cvg_secret_peek (request->body), NULL);
      JsonObject *object = json_node_get_object (root);

      g_assert_cmpuint (json_object_get_size (object), ==, 4);
      g_assert_cmpstr (json_object_get_string_member (object, "client_secret"), ==, secrets[i]);
      g_assert_cmpstr (json_object_get_string_member (object, "grant_type"), ==, "refresh_token");
    }
}

static void
test_huge_code (void)
{
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_FORM, CVG_CLIENT_AUTHENTICATION_POST);
  g_autoptr (CvgClient) client = make_client ("id", "s");
  g_autofree char *text = g_strnfill (100000, '&');
  g_autoptr (CvgSecret) token = cvg_secret_new (text);
  g_autoptr (CvgHttpRequest) request = cvg_token_request_refresh (provider, NULL, client, token);

  g_assert_cmpuint (cvg_secret_get_length (request->body), >, 300000);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-request/exchange-by-form", test_exchange_by_form);
  g_test_add_func ("/token-request/exchange-by-json", test_exchange_by_json);
  g_test_add_func ("/token-request/exchange-without-verifier", test_exchange_without_verifier);
  g_test_add_func ("/token-request/refresh", test_refresh);
  g_test_add_func ("/token-request/client-authentication", test_client_authentication);
  g_test_add_func ("/token-request/provider-never-overrides", test_provider_never_overrides);
  g_test_add_func ("/token-request/endpoints", test_endpoints);
  g_test_add_func ("/token-request/hostile-secrets-by-json", test_hostile_secrets_by_json);
  g_test_add_func ("/token-request/huge-code", test_huge_code);
  return g_test_run ();
}
