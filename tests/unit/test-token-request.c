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
set_list (char ***where, const char *const *list)
{
  g_strfreev (*where);
  *where = g_strdupv ((char **) list);
}

static void
set_text (char **where, const char *text)
{
  g_free (*where);
  *where = g_strdup (text);
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

  set_list (&provider->token_parameters, parameters);
  code = exchange (provider, client, "V");
  token = refresh (provider, client);
  g_assert_null (strstr (cvg_secret_peek (code->body), "evil"));
  g_assert_null (strstr (cvg_secret_peek (token->body), "evil"));
  g_assert_true (g_str_has_suffix (cvg_secret_peek (code->body), "&access_type=x+y"));
  g_assert_true (g_str_has_suffix (cvg_secret_peek (token->body), "&access_type=x+y"));
}

/* Everything of the exchange in the query, and nothing in the body: some servers know it only so.
 */
static void
test_exchange_by_query (void)
{
  static const struct
  {
    const char *endpoint;
    const char *start;
  } vectors[] = {
    { "https://example.org/token", "https://example.org/token?grant_type=" },
    { "https://example.org/token?v=2", "https://example.org/token?v=2&grant_type=" },
  };
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_QUERY, CVG_CLIENT_AUTHENTICATION_POST);
  g_autoptr (CvgClient) client = make_client ("id", "s&s");

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgHttpRequest) request = NULL;

      set_text (&provider->token_endpoint, vectors[i].endpoint);
      request = exchange (provider, client, "V");
      g_assert_cmpstr (request->method, ==, "GET");
      g_assert_null (request->body);
      g_assert_null (request->content_type);
      g_assert_null (request->authorization);
      g_assert_true (g_str_has_prefix (request->url, vectors[i].start));
      g_assert_true (g_str_has_suffix (
          request->url, "grant_type=authorization_code&code=c%2Fd"
                        "&redirect_uri=http%3A%2F%2F127.0.0.1%3A18417%2Fcallback&code_verifier=V"
                        "&client_id=id&client_secret=s%26s"));
    }
}

static void
test_headers (void)
{
  static const char *const headers[] = { "Notion-Version", "2022-06-28", "X-A", "b", NULL };
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_JSON, CVG_CLIENT_AUTHENTICATION_BASIC);
  g_autoptr (CvgClient) client = make_client ("id", "s");
  g_autoptr (CvgHttpRequest) code = NULL;
  g_autoptr (CvgHttpRequest) token = NULL;
  g_autoptr (CvgHttpRequest) plain = exchange (provider, client, NULL);

  g_assert_true (plain->headers == NULL || *plain->headers == NULL);
  set_list (&provider->token_headers, headers);
  code = exchange (provider, client, NULL);
  token = refresh (provider, client);
  g_assert_cmpstrv (code->headers, headers);
  g_assert_cmpstrv (token->headers, headers);
}

/* RFC 8707 section 2.2: in each of them, and never from a provider's extra parameters. */
static void
test_resource (void)
{
  static const char *const extras[] = { "resource", "evil", NULL };
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_FORM, CVG_CLIENT_AUTHENTICATION_NONE);
  g_autoptr (CvgClient) client = make_client ("id", NULL);
  g_autoptr (CvgHttpRequest) without = NULL;
  g_autoptr (CvgHttpRequest) code = NULL;
  g_autoptr (CvgHttpRequest) token = NULL;

  set_list (&provider->token_parameters, extras);
  set_list (&provider->refresh_parameters, extras);
  without = refresh (provider, client);
  provider->resource = g_strdup ("https://mcp.example.org/mcp");
  code = exchange (provider, client, NULL);
  token = refresh (provider, client);
  g_assert_null (strstr (cvg_secret_peek (without->body), "resource"));
  g_assert_true (g_str_has_suffix (cvg_secret_peek (code->body),
                                   "&resource=https%3A%2F%2Fmcp.example.org%2Fmcp&client_id=id"));
  g_assert_cmpstr (cvg_secret_peek (token->body), ==,
                   "grant_type=refresh_token&refresh_token=r%2Bt"
                   "&resource=https%3A%2F%2Fmcp.example.org%2Fmcp&client_id=id");
}

/* As of a server whose access token renews itself: all of the refresh is different. */
static void
test_refresh_in_its_own_way (void)
{
  static const char *const extras[] = { "access_token", "evil", "a", "1", "b", "2", NULL };
  static const char *const token_extras[] = { "a", "evil", "c", "3", NULL };
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_FORM, CVG_CLIENT_AUTHENTICATION_POST);
  g_autoptr (CvgClient) client = make_client ("id", "s");
  g_autoptr (CvgHttpRequest) code = NULL;
  g_autoptr (CvgHttpRequest) token = NULL;

  provider->refresh_endpoint = g_strdup ("https://example.org/refresh");
  provider->refresh_request = CVG_TOKEN_REQUEST_QUERY;
  provider->refresh_authentication = CVG_CLIENT_AUTHENTICATION_NONE;
  set_text (&provider->refresh_grant_type, "ig_refresh_token");
  set_text (&provider->refresh_parameter, "access_token");
  set_list (&provider->refresh_parameters, extras);
  set_list (&provider->token_parameters, token_extras);
  token = refresh (provider, client);
  g_assert_cmpstr (token->method, ==, "GET");
  g_assert_null (token->body);
  g_assert_cmpstr (token->url, ==,
                   "https://example.org/refresh?grant_type=ig_refresh_token&access_token=r%2Bt"
                   "&a=1&b=2&client_id=id&c=3");

  /* The exchange has nothing of it. */
  code = exchange (provider, client, NULL);
  g_assert_cmpstr (code->method, ==, "POST");
  g_assert_true (
      g_str_has_suffix (cvg_secret_peek (code->body), "&client_id=id&client_secret=s&a=evil&c=3"));
}

/* Of a refresh, what is not said is as at the exchange. */
static void
test_refresh_as_the_exchange (void)
{
  static const struct
  {
    int request;
    int authentication;
    const char *content_type;
    gboolean is_basic;
  } vectors[] = {
    { -1, -1, "application/json", TRUE },
    { CVG_TOKEN_REQUEST_FORM, -1, "application/x-www-form-urlencoded", TRUE },
    { -1, CVG_CLIENT_AUTHENTICATION_POST, "application/json", FALSE },
    { CVG_TOKEN_REQUEST_FORM, CVG_CLIENT_AUTHENTICATION_POST, "application/x-www-form-urlencoded",
      FALSE },
  };
  g_autoptr (CvgClient) client = make_client ("id", "s");

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgProvider) provider =
          make_provider (CVG_TOKEN_REQUEST_JSON, CVG_CLIENT_AUTHENTICATION_BASIC);
      g_autoptr (CvgHttpRequest) request = NULL;

      provider->refresh_request = vectors[i].request;
      provider->refresh_authentication = vectors[i].authentication;
      request = refresh (provider, client);
      g_assert_cmpstr (request->content_type, ==, vectors[i].content_type);
      g_assert_cmpint (request->authorization != NULL, ==, vectors[i].is_basic);
      g_assert_cmpint (strstr (cvg_secret_peek (request->body), "client_secret") == NULL, ==,
                       vectors[i].is_basic);
    }
}

/* RFC 7591: what was registered for this one client holds for it, at the refresh too. */
static void
test_client_says_how (void)
{
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_FORM, CVG_CLIENT_AUTHENTICATION_POST);
  g_autoptr (CvgClient) client = make_client ("id", "s");
  g_autoptr (CvgHttpRequest) basic = NULL;
  g_autoptr (CvgHttpRequest) none = NULL;
  g_autoptr (CvgHttpRequest) post = NULL;

  provider->refresh_authentication = CVG_CLIENT_AUTHENTICATION_NONE;
  client->authentication = CVG_CLIENT_AUTHENTICATION_BASIC;
  basic = exchange (provider, client, NULL);
  client->authentication = CVG_CLIENT_AUTHENTICATION_NONE;
  none = exchange (provider, client, NULL);
  client->authentication = CVG_CLIENT_AUTHENTICATION_POST;
  post = refresh (provider, client);
  g_assert_cmpstr (cvg_secret_peek (basic->authorization), ==, "Basic aWQ6cw==");
  g_assert_null (none->authorization);
  g_assert_null (strstr (cvg_secret_peek (none->body), "client_secret"));
  g_assert_nonnull (strstr (cvg_secret_peek (post->body), "&client_secret=s"));
}

static void
test_upgrade (void)
{
  static const char *const headers[] = { "X-A", "b", NULL };
  static const char *const extras[] = { "client_secret", "evil", "a", "evil", NULL };
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_FORM, CVG_CLIENT_AUTHENTICATION_BASIC);
  g_autoptr (CvgClient) client = make_client ("id", "s&s");
  g_autoptr (CvgClient) public = make_client ("id", NULL);
  g_autoptr (CvgSecret) token = cvg_secret_new ("a t");
  g_autoptr (GVariant) tenant = g_variant_ref_sink (g_variant_new_parsed ("{'site': 'acme'}"));
  g_autoptr (CvgHttpRequest) request = NULL;
  g_autoptr (CvgHttpRequest) of_public = NULL;

  provider->upgrade_endpoint = g_strdup ("https://{site}.example.org/access_token");
  provider->upgrade_grant_type = g_strdup ("ig_exchange_token");
  set_list (&provider->token_headers, headers);
  set_list (&provider->token_parameters, extras);
  request = cvg_token_request_upgrade (provider, tenant, client, token);
  of_public = cvg_token_request_upgrade (provider, tenant, public, token);
  g_assert_cmpstr (request->method, ==, "GET");
  g_assert_null (request->body);
  g_assert_null (request->authorization);
  g_assert_cmpstrv (request->headers, headers);
  g_assert_cmpstr (request->url, ==,
                   "https://acme.example.org/access_token?grant_type=ig_exchange_token"
                   "&client_secret=s%26s&access_token=a+t");
  g_assert_cmpstr (of_public->url, ==,
                   "https://acme.example.org/access_token?grant_type=ig_exchange_token"
                   "&access_token=a+t");
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
test_huge_token (void)
{
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_FORM, CVG_CLIENT_AUTHENTICATION_POST);
  g_autoptr (CvgClient) client = make_client ("id", "s");
  g_autofree char *text = g_strnfill (100000, '&');
  g_autoptr (CvgSecret) token = cvg_secret_new (text);
  g_autoptr (CvgHttpRequest) request = cvg_token_request_refresh (provider, NULL, client, token);
  g_autoptr (CvgHttpRequest) in_query = NULL;

  provider->refresh_request = CVG_TOKEN_REQUEST_QUERY;
  in_query = cvg_token_request_refresh (provider, NULL, client, token);
  g_assert_cmpuint (cvg_secret_get_length (request->body), >, 300000);
  g_assert_cmpuint (strlen (in_query->url), >, 300000);
}

/* ---- by device code -------------------------------------------------------------------------- */

static CvgHttpRequest *
ask_for_codes (const CvgProvider *provider, const CvgClient *client, const char *const *scopes)
{
  return cvg_token_request_device_codes (provider, NULL, client, scopes);
}

static void
test_device_codes (void)
{
  static const char *const scopes[] = { "read:a", "offline_access", NULL };
  static const char *const none[] = { NULL };
  /* The token endpoint takes JSON; this one is asked in the way of its own RFC. */
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_JSON, CVG_CLIENT_AUTHENTICATION_POST);
  g_autoptr (CvgClient) client = make_client ("id", "s&s");
  g_autoptr (CvgClient) bare = make_client ("id", NULL);
  g_autoptr (CvgHttpRequest) request = NULL;
  g_autoptr (CvgHttpRequest) least = NULL;

  provider->device_authorization_endpoint = g_strdup ("https://{site}.example.org/device");
  provider->scope_separator = ',';
  request = ask_for_codes (provider, client, scopes);
  least = ask_for_codes (provider, bare, none);

  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->url, ==, "https://{site}.example.org/device");
  g_assert_cmpstr (request->content_type, ==, "application/x-www-form-urlencoded");
  g_assert_null (request->authorization);
  g_assert_cmpstr (cvg_secret_peek (request->body), ==,
                   "scope=read%3Aa%2Coffline_access&client_id=id&client_secret=s%26s");
  g_assert_cmpstr (cvg_secret_peek (least->body), ==, "client_id=id");
}

static void
test_device_codes_by_basic (void)
{
  static const char *const scopes[] = { "a", "b", NULL };
  static const char *const headers[] = { "Version", "7", NULL };
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_FORM, CVG_CLIENT_AUTHENTICATION_BASIC);
  g_autoptr (CvgClient) client = make_client ("id", "s");
  g_autoptr (CvgHttpRequest) request = NULL;

  provider->device_authorization_endpoint = g_strdup ("https://example.org/device");
  provider->resource = g_strdup ("https://api.example.org/");
  set_list (&provider->token_headers, headers);
  request = ask_for_codes (provider, client, scopes);
  g_assert_cmpstr (cvg_secret_peek (request->authorization), ==, "Basic aWQ6cw==");
  g_assert_cmpstr (cvg_secret_peek (request->body), ==,
                   "scope=a+b&resource=https%3A%2F%2Fapi.example.org%2F");
  g_assert_cmpstr (request->headers[0], ==, "Version");
  g_assert_cmpstr (request->headers[1], ==, "7");
}

static void
test_poll (void)
{
  static const char *const parameters[] = { "device_code", "other", "audience", "api", NULL };
  g_autoptr (CvgProvider) provider =
      make_provider (CVG_TOKEN_REQUEST_FORM, CVG_CLIENT_AUTHENTICATION_POST);
  g_autoptr (CvgClient) client = make_client ("id", NULL);
  g_autoptr (CvgSecret) code = cvg_secret_new ("d/c");
  g_autoptr (CvgHttpRequest) request = NULL;

  /* What the file adds to token requests is added; what is the protocol's own it can't say. */
  set_list (&provider->token_parameters, parameters);
  provider->resource = g_strdup ("https://api.example.org/");
  request = cvg_token_request_poll (provider, NULL, client, code);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->url, ==, "https://{site}.example.org/token");
  g_assert_cmpstr (cvg_secret_peek (request->body), ==,
                   "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
                   "&device_code=d%2Fc&resource=https%3A%2F%2Fapi.example.org%2F&client_id=id"
                   "&audience=api");
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
  g_test_add_func ("/token-request/exchange-by-query", test_exchange_by_query);
  g_test_add_func ("/token-request/headers", test_headers);
  g_test_add_func ("/token-request/resource", test_resource);
  g_test_add_func ("/token-request/refresh-in-its-own-way", test_refresh_in_its_own_way);
  g_test_add_func ("/token-request/refresh-as-the-exchange", test_refresh_as_the_exchange);
  g_test_add_func ("/token-request/client-says-how", test_client_says_how);
  g_test_add_func ("/token-request/upgrade", test_upgrade);
  g_test_add_func ("/token-request/endpoints", test_endpoints);
  g_test_add_func ("/token-request/hostile-secrets-by-json", test_hostile_secrets_by_json);
  g_test_add_func ("/token-request/huge-token", test_huge_token);
  g_test_add_func ("/token-request/device/codes", test_device_codes);
  g_test_add_func ("/token-request/device/codes-by-basic", test_device_codes_by_basic);
  g_test_add_func ("/token-request/device/poll", test_poll);
  return g_test_run ();
}
