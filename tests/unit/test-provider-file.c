/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "providers/provider-file.h"

#include <string.h>

#define MINIMAL                                                                                    \
  "[Provider]\nName=Example\nKind=oauth2\n"                                                        \
  "[OAuth2]\nAuthorizationEndpoint=https://a.example/authorize\n"                                  \
  "TokenEndpoint=https://a.example/token\n"

static CvgProvider *
read_text (const char *text, size_t size, GError **error)
{
  g_autoptr (GKeyFile) file = cvg_provider_file_load (text, size, error);

  return file != NULL ? cvg_provider_file_read (file, "example", error) : NULL;
}

static CvgProvider *
read_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  CvgProvider *provider = read_text (text, strlen (text), &error);

  g_assert_no_error (error);
  return provider;
}

static void
assert_list (char **list, const char *joined)
{
  g_autofree char *actual = g_strjoinv ("|", list);

  g_assert_cmpstr (actual, ==, joined);
}

static void
test_minimal (void)
{
  g_autoptr (CvgProvider) provider = read_good (MINIMAL);

  g_assert_cmpstr (provider->name, ==, "Example");
  g_assert_cmpstr (provider->slug, ==, "example");
  assert_list (provider->kinds, "oauth2");
  g_assert_cmpstr (provider->authorization_endpoint, ==, "https://a.example/authorize");
  g_assert_cmpstr (provider->token_endpoint, ==, "https://a.example/token");
  g_assert_null (provider->documentation);
  g_assert_null (provider->issuer);
  g_assert_null (provider->refresh_endpoint);
  g_assert_null (provider->redirect_uri);
  g_assert_null (provider->resources_endpoint);
  g_assert_null (provider->account_endpoint);
  assert_list (provider->scopes, "");
  g_assert_cmpint (provider->scope_separator, ==, ' ');
  g_assert_cmpint (provider->token_request, ==, CVG_TOKEN_REQUEST_FORM);
  g_assert_cmpint (provider->client_authentication, ==, CVG_CLIENT_AUTHENTICATION_POST);
  g_assert_true (provider->pkce);
  g_assert_true (provider->redirect_port_exact);
  g_assert_false (provider->refresh_token_rotates);
  g_assert_cmpuint (provider->refresh_token_reuse_window, ==, 0);
  g_assert_cmpuint (provider->access_token_lifetime, ==, 0);
  g_assert_true (cvg_provider_is_dead_grant (provider, 400, "invalid_grant", NULL));
}

/* The file has every key, each with a value that is not the default. */
static void
test_every_key (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "fuzz", "corpus", "provider-file", "every-key", NULL);
  g_autofree char *text = NULL;
  g_autoptr (CvgProvider) provider = NULL;
  const CvgDeadGrant *dead;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  provider = read_good (text);
  g_assert_cmpstr (provider->name, ==, "Every Key");
  g_assert_cmpstr (provider->path_name, ==, "everykey");
  assert_list (provider->kinds, "oauth2|api-key|basic|connection-string");
  g_assert_cmpstr (provider->documentation, ==, "https://docs.example/a?b#c");
  g_assert_cmpstr (provider->issuer, ==, "https://{sub}.example/issuer");
  g_assert_cmpstr (provider->authorization_endpoint, ==, "https://{sub}.example/authorize?x=y");
  g_assert_cmpstr (provider->token_endpoint, ==, "http://127.0.0.1:9999/token");
  g_assert_cmpstr (provider->refresh_endpoint, ==, "http://[::1]:9999/refresh");
  g_assert_cmpstr (provider->revocation_endpoint, ==,
                   "http://localhost/{client_id}/grant?token={token}&region={region}");
  g_assert_cmpstr (provider->device_authorization_endpoint, ==,
                   "https://{region}.example/{sub}/device");
  g_assert_cmpstr (provider->registration_endpoint, ==, "https://example.test/register");
  assert_list (provider->scopes, "read|write:me|a;b");
  assert_list (provider->required_scopes, "offline_access");
  g_assert_cmpint (provider->scope_separator, ==, ',');
  assert_list (provider->authorize_parameters, "audience|api|prompt|consent|empty||eq|a=b");
  assert_list (provider->token_parameters, "audience|https://example.test/");
  g_assert_cmpint (provider->token_request, ==, CVG_TOKEN_REQUEST_JSON);
  g_assert_cmpint (provider->client_authentication, ==, CVG_CLIENT_AUTHENTICATION_BASIC);
  g_assert_false (provider->pkce);
  g_assert_cmpstr (provider->redirect_uri, ==, "http://[::1]:18417/callback");
  g_assert_false (provider->redirect_port_exact);
  g_assert_true (provider->refresh_token_rotates);
  g_assert_cmpuint (provider->refresh_token_reuse_window, ==, 600);
  g_assert_cmpuint (provider->refresh_token_idle_lifetime, ==, 7776000);
  g_assert_cmpuint (provider->access_token_lifetime, ==, 3600);

  g_assert_cmpuint (provider->dead_grants->len, ==, 3);
  dead = g_ptr_array_index (provider->dead_grants, 1);
  g_assert_cmpuint (dead->status, ==, 403);
  g_assert_cmpstr (dead->error, ==, "unauthorized_client");
  g_assert_cmpstr (dead->description, ==, "refresh_token: x");

  g_assert_cmpuint (provider->tenant_parameters->len, ==, 2);
  g_assert_cmpstr (provider->resources_endpoint, ==, "https://{sub}.example/oauth/resources");
  g_assert_cmpstr (provider->resources_member, ==, "sites");
  g_assert_cmpstr (provider->resources_selected_member, ==, "site_id");
  g_assert_cmpstr (provider->resources_url_member, ==, "site");
  g_assert_cmpstr (provider->account_endpoint, ==, "https://{sub}.example/me");
  g_assert_cmpstr (provider->account_scope, ==, "read:me");
  g_assert_cmpstr (provider->api_key_header, ==, "X-Api-Key: {token}");
  g_assert_cmpstr (provider->api_key_create_url, ==, "https://{sub}.example/settings#keys");
}

/* The keys for what servers do differently, likewise. */
static void
test_every_dialect (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "fuzz", "corpus", "provider-file", "every-key", NULL);
  g_autofree char *text = NULL;
  g_autoptr (CvgProvider) provider = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  provider = read_good (text);
  g_assert_cmpstr (provider->resource, ==, "https://{sub}.example/mcp?v=1");
  g_assert_true (provider->issuer_required);
  g_assert_cmpstr (provider->create_url, ==, "https://{sub}.example/apps#new");
  g_assert_cmpstr (provider->manage_url, ==, "https://example.test/connected");
  g_assert_cmpint (provider->granted_scope_separator, ==, ' ');
  assert_list (provider->token_headers, "Example-Version|2022-06-28|X-Which|a;b: c");
  assert_list (provider->token_types, "bot|user");
  assert_list (provider->token_objects, "authed_user|data.token");
  g_assert_cmpstr (provider->refresh_token_member, ==, "access_token");
  assert_list (provider->error_members, "error.code|status");
  assert_list (provider->error_descriptions, "message");
  g_assert_cmpstr (provider->upgrade_endpoint, ==, "https://{sub}.example/upgrade");
  g_assert_cmpstr (provider->upgrade_grant_type, ==, "urn:example:grant");
  g_assert_cmpint (provider->refresh_request, ==, CVG_TOKEN_REQUEST_QUERY);
  g_assert_cmpint (provider->refresh_authentication, ==, CVG_CLIENT_AUTHENTICATION_NONE);
  g_assert_cmpstr (provider->refresh_grant_type, ==, "example_refresh");
  g_assert_cmpstr (provider->refresh_parameter, ==, "access_token");
  assert_list (provider->refresh_parameters, "a|b");
  assert_list (provider->redirect_members, "realmId|realm_id|shop|shop");
  g_assert_cmpstr (provider->redirect_signature, ==, "hmac");
  g_assert_cmpstr (provider->revocation_method, ==, "DELETE");
  g_assert_cmpint (provider->revocation_request, ==, -1);
  g_assert_cmpint (provider->revocation_authentication, ==, CVG_REVOCATION_AS_BEARER);
  g_assert_cmpint (provider->revocation_tokens, ==, CVG_REVOCATION_ACCESS_TOKEN);
  g_assert_cmpstr (provider->revocation_parameter, ==, "access_token");
  assert_list (provider->api_key_fields, "api_key|secret");
  g_assert_cmpstr (provider->api_key_token, ==, "secret");
  assert_list (provider->auth_data, "site_name|https://{sub}.{region}.example/?a=b|kind|fixed");
}

static void
test_tenant_texts (void)
{
  g_autoptr (CvgProvider) provider =
      read_good (MINIMAL "[TenantDescriptions]\nsub=What stands before .example\nhost=\n"
                         "[TenantDefaults]\nregion=eu\nsub=\n[Tenant]\nsub=[a-z]+\nregion=eu|us\n");
  const CvgTenantParameter *sub = g_ptr_array_index (provider->tenant_parameters, 0);
  const CvgTenantParameter *region = g_ptr_array_index (provider->tenant_parameters, 1);

  g_assert_cmpstr (sub->name, ==, "sub");
  g_assert_cmpstr (sub->pattern, ==, "[a-z]+");
  g_assert_cmpstr (sub->description, ==, "What stands before .example");
  g_assert_null (sub->default_value);
  g_assert_cmpstr (region->default_value, ==, "eu");
  g_assert_null (region->description);
}

static void
test_keys_twice (void)
{
  g_autoptr (CvgProvider) provider =
      read_good (MINIMAL "[Tenant]\nsub=a\nsub=b\n[TenantDefaults]\nsub=b\nsub=b\n"
                         "[AuthData]\nx={sub}\nx=y\n[OAuth2]\nScopes=a\nScopes=b\n");

  g_assert_cmpuint (provider->tenant_parameters->len, ==, 1);
  assert_list (provider->auth_data, "x|y");
  assert_list (provider->scopes, "b");
}

/* Each in [OAuth2], and each is right: what the strictness must not hit. */
static void
test_right (void)
{
  static const char *const right[] = {
    "AuthorizeParameters=audience=a;prompt=consent;access_type=offline;user_scope=a,b\\;c;"
    "response_mode=query;duration=permanent;include_granted_scopes=true;display=popup",
    "RedirectUri=https://app.example/callback",
    "RedirectUri=https://app.example:8443/",
    "RedirectUri=http://127.0.0.1:1",
    "RedirectUri=http://localhost:18417/callback/example",
    "Pkce=s256",
    "RefreshTokenParameter=refresh_token",
    "RevocationTokenParameter=refresh_token",
    "RevocationRequest=query",
    "RevocationEndpoint=https://a.example/apps/{client_id}/grant",
    "RevocationEndpoint=https://{sub}.a.example/{token}\n[Tenant]\nsub=[a-z]+",
    "TokenHeaders=User-Agent: me;Accept-Language: en",
    "TokenHeaders=",
    "ErrorMembers=a.b.c",
    "AuthorizationEndpoint=\nDeviceAuthorizationEndpoint=https://a.example/device",
    "AuthorizationEndpoint=\nTokenEndpoint=\nIssuer=https://a.example/",
    "AuthorizationEndpoint=\nTokenEndpoint=\nResource=https://a.example/mcp",
    "AuthorizationEndpoint=\nTokenEndpoint=\nResource=https://a.example/mcp\nIssuerRequired=true",
    "AuthorizationEndpoint=https://a.example/?realm=x&audience=y",
    "[ApiKey]\nFields=access_token",
    "[AuthData]\napi_domain=x\n[Provider]\nPathName=a.b-c_d",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (right); i++)
    {
      g_autofree char *text = g_strconcat (MINIMAL, right[i], "\n", NULL);
      g_autoptr (CvgProvider) provider = NULL;

      g_test_message ("%s", right[i]);
      provider = read_good (text);
      g_assert_nonnull (provider);
    }
}

static void
test_empty_is_default (void)
{
  g_autoptr (CvgProvider) provider =
      read_good (MINIMAL "Issuer=\nScopes=\nScopeSeparator=\nTokenRequest=\nPkce= \nRedirectUri=\n"
                         "RefreshTokenReuseWindow=\nAuthorizeParameters=;\nDeadGrantErrors=\n"
                         "[Resources]\nEndpoint=\nAccountEndpoint=\nMember=\n[Tenant]\nsub=\n"
                         "[ApiKey]\nHeader=\n");

  g_assert_null (provider->issuer);
  g_assert_true (provider->pkce);
  g_assert_null (provider->redirect_uri);
  g_assert_cmpstr (provider->resources_member, ==, "accessible_resources");
  g_assert_cmpuint (provider->tenant_parameters->len, ==, 0);
  /* Lists are different: an empty one is how an override says "none". */
  g_assert_cmpuint (provider->dead_grants->len, ==, 0);
}

static void
test_white_space (void)
{
  g_autoptr (CvgProvider) provider = read_good (
      "# a comment\r\n\r\n[Provider]\r\nName = Ex ample \r\nKind= oauth2 ; api-key "
      ";\r\n[OAuth2]\r\n"
      "AuthorizationEndpoint= https://a.example/authorize \r\nTokenEndpoint=https://a.example/t\r\n"
      "AuthorizeParameters= a = b c ; d = \r\nDeadGrantErrors= 400 : invalid_grant : dead \r\n");
  const CvgDeadGrant *dead = g_ptr_array_index (provider->dead_grants, 0);

  g_assert_cmpstr (provider->name, ==, "Ex ample");
  assert_list (provider->kinds, "oauth2|api-key");
  g_assert_cmpstr (provider->authorization_endpoint, ==, "https://a.example/authorize");
  assert_list (provider->authorize_parameters, "a|b c|d|");
  g_assert_cmpstr (dead->error, ==, "invalid_grant");
  g_assert_cmpstr (dead->description, ==, "dead");
}

static void
test_other_kinds (void)
{
  g_autoptr (CvgProvider) none = read_good ("[Provider]\nName=Hacker News\nKind=none\n");
  g_autoptr (CvgProvider) key = read_good ("[Provider]\nName=Ключ\nKind=api-key;basic\n");

  g_assert_true (cvg_provider_has_kind (none, "none"));
  g_assert_cmpstr (key->name, ==, "Ключ");
  g_assert_null (key->token_endpoint);
}

static void
test_unknown_is_ignored (void)
{
  g_autoptr (CvgProvider) provider =
      read_good (MINIMAL "Colour=blue\nName=no\n[Provider2]\nName=no\n[Provider]\nName[de]=nein\n");

  g_assert_cmpstr (provider->name, ==, "Example");
}

static void
test_tenant_pattern_is_verbatim (void)
{
  g_autoptr (CvgProvider) provider = read_good (MINIMAL "[Tenant]\nhost=\\w+\\.example\n");
  const CvgTenantParameter *host = g_ptr_array_index (provider->tenant_parameters, 0);

  g_assert_true (g_regex_match (host->regex, "a.example", 0, NULL));
  g_assert_false (g_regex_match (host->regex, "axexample", 0, NULL));
}

static void
test_account_endpoint (void)
{
  static const struct
  {
    const char *keys;
    const char *url;
  } vectors[] = {
    { "Endpoint=https://api.example/oauth/sites\nAccountEndpoint=/me\n", "https://api.example/me" },
    { "Endpoint=http://127.0.0.1:99/oauth/sites\nAccountEndpoint=/me\n", "http://127.0.0.1:99/me" },
    { "Endpoint=http://[::1]:99/x\nAccountEndpoint=/me\n", "http://[::1]:99/me" },
    { "Endpoint=https://api.example/oauth/sites\nAccountEndpoint=me?a=b\n",
      "https://api.example/oauth/me?a=b" },
    { "Endpoint=https://api.example/x?q=1\nAccountEndpoint=/me\n", "https://api.example/me" },
    { "AccountEndpoint=https://id.example/me\n", "https://id.example/me" }, /* without sites */
    { "Endpoint=https://{sub}.example/{sub}/x\nAccountEndpoint=me\n[Tenant]\nsub=[a-z]+\n",
      "https://{sub}.example/{sub}/me" }, /* the braces survive */
    { "Endpoint=https://a.example/x\nAccountEndpoint=/{sub}/me\n[Tenant]\nsub=[a-z]+\n",
      "https://a.example/{sub}/me" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = g_strconcat (MINIMAL "[Resources]\n", vectors[i].keys, NULL);
      g_autoptr (CvgProvider) provider = read_good (text);

      g_assert_cmpstr (provider->account_endpoint, ==, vectors[i].url);
    }
}

/* Each in [OAuth2] of a file that is right without it, unless it names a group. */
static const struct
{
  const char *keys;
  const char *complaint; /* how the message begins */
} mistakes[] = {
  /* URLs */
  { "TokenEndpoint=a.example/token", "[OAuth2] TokenEndpoint: is not an absolute URL" },
  { "TokenEndpoint=/token", "[OAuth2] TokenEndpoint: is not an absolute URL" },
  { "TokenEndpoint=http://a.example/token", "[OAuth2] TokenEndpoint: must be https" },
  { "TokenEndpoint=ftp://a.example/token", "[OAuth2] TokenEndpoint: must be https" },
  { "TokenEndpoint=file:///etc/passwd", "[OAuth2] TokenEndpoint: has no host" },
  { "TokenEndpoint=https:///token", "[OAuth2] TokenEndpoint: has no host" },
  { "TokenEndpoint=http://127.0.0.1.evil.test/", "[OAuth2] TokenEndpoint: must be https" },
  { "TokenEndpoint=http://127.1/", "[OAuth2] TokenEndpoint: must be https" },
  { "TokenEndpoint=http://0.0.0.0/", "[OAuth2] TokenEndpoint: must be https" },
  { "TokenEndpoint=http://localhost.evil.test/", "[OAuth2] TokenEndpoint: must be https" },
  { "TokenEndpoint=https://u@a.example/", "[OAuth2] TokenEndpoint: must not have a user name" },
  { "TokenEndpoint=https://@a.example/", "[OAuth2] TokenEndpoint: must not have a user name" },
  { "TokenEndpoint=https://u:p@a.example/", "[OAuth2] TokenEndpoint: must not have a user name" },
  { "TokenEndpoint=https://a.example/#", "[OAuth2] TokenEndpoint: must not have a fragment" },
  { "TokenEndpoint=https://a.example/#f", "[OAuth2] TokenEndpoint: must not have a fragment" },
  { "TokenEndpoint=https://a.example:0/", "[OAuth2] TokenEndpoint: has the port 0" },
  { "TokenEndpoint=https://a.example:65536/", "[OAuth2] TokenEndpoint: is not an absolute URL" },
  { "TokenEndpoint=https://a.example/a b", "[OAuth2] TokenEndpoint: has a character" },
  { "TokenEndpoint=https://a.example\\\\@evil.test/", "[OAuth2] TokenEndpoint: has a character" },
  { "TokenEndpoint=https://a.example/\\nx", "[OAuth2] TokenEndpoint: has a character" },
  { "TokenEndpoint=https://bücher.example/", "[OAuth2] TokenEndpoint: has a character" },
  { "TokenEndpoint=https://b%C3%BCcher.example/", "[OAuth2] TokenEndpoint: has an escape" },
  { "TokenEndpoint=https://a%2Fb.example/", "[OAuth2] TokenEndpoint: has an escape" },
  { "TokenEndpoint=https://a.example/\\q", "[OAuth2] TokenEndpoint: has a backslash" },
  { "AuthorizationEndpoint=javascript:x", "[OAuth2] AuthorizationEndpoint: " },
  { "RefreshEndpoint=x", "[OAuth2] RefreshEndpoint: is not an absolute URL" },
  { "RevocationEndpoint=x", "[OAuth2] RevocationEndpoint: is not an absolute URL" },
  { "DeviceAuthorizationEndpoint=x", "[OAuth2] DeviceAuthorizationEndpoint: is not an" },
  { "RegistrationEndpoint=x", "[OAuth2] RegistrationEndpoint: is not an absolute URL" },
  { "Issuer=https://a.example/?q", "[OAuth2] Issuer: must not have a query" },
  { "Issuer=http://a.example/", "[OAuth2] Issuer: must be https" },
  { "[Provider]\nDocumentation=ftp://a.example/", "[Provider] Documentation: must be https" },
  { "[Provider]\nDocumentation=https://{sub}.example/\n[Tenant]\nsub=a",
    "[Provider] Documentation: must not have a {parameter}" },

  /* Braces */
  { "TokenEndpoint=https://{sub}.example/", "[OAuth2] TokenEndpoint: has a {parameter} that" },
  { "TokenEndpoint=https://{sub}.example/\n[Tenant]\nother=a",
    "[OAuth2] TokenEndpoint: has a {parameter} that" },
  { "TokenEndpoint=https://{sub}.example/{\n[Tenant]\nsub=a",
    "[OAuth2] TokenEndpoint: has a {parameter} that" },
  { "TokenEndpoint=https://{{sub}}.example/\n[Tenant]\nsub=a",
    "[OAuth2] TokenEndpoint: has a {parameter} that" },
  { "TokenEndpoint=https://a.example:{sub}/\n[Tenant]\nsub=[0-9]+",
    "[OAuth2] TokenEndpoint: is not an absolute URL" }, /* a port is no tenant */
  { "TokenEndpoint={sub}://a.example/\n[Tenant]\nsub=https?",
    "[OAuth2] TokenEndpoint: must be https" }, /* nor a scheme */
  { "TokenEndpoint=https://{sub}@a.example/\n[Tenant]\nsub=a",
    "[OAuth2] TokenEndpoint: must not have a user name" },
  { "TokenEndpoint=http://{sub}/\n[Tenant]\nsub=localhost",
    "[OAuth2] TokenEndpoint: must be https" },
  { "[Tenant]\nsub=[a-z", "[Tenant] sub: is not a regular expression" },
  { "[Tenant]\nsub=a)|(b", "[Tenant] sub: is not a regular expression" },
  { "[Tenant]\nsub domain=a", "[Tenant] sub domain: must be named" },
  { "[Tenant]\n1st=a", "[Tenant] 1st: must be named" },

  /* Redirects */
  { "RedirectUri=http://127.0.0.1/callback", "[OAuth2] RedirectUri: must name its port" },
  { "RedirectUri=http://a.example:1/callback", "[OAuth2] RedirectUri: must be http to" },
  { "RedirectUri=http://0.0.0.0:1/callback", "[OAuth2] RedirectUri: must be http to" },
  { "RedirectUri=http://127.0.0.1:0/", "[OAuth2] RedirectUri: has the port 0" },
  { "RedirectUri=http://127.0.0.1:1/?a", "[OAuth2] RedirectUri: must have neither" },
  { "RedirectUri=http://127.0.0.1:1/#a", "[OAuth2] RedirectUri: must have neither" },
  { "RedirectUri=http://u@127.0.0.1:1/", "[OAuth2] RedirectUri: must not have a user name" },
  { "RedirectUri=http://127.0.0.1:1/{sub}\n[Tenant]\nsub=a",
    "[OAuth2] RedirectUri: must not have a {parameter}" },
  { "RedirectUri=urn:ietf:wg:oauth:2.0:oob", "[OAuth2] RedirectUri: has no host" },

  /* Words and numbers */
  { "ScopeSeparator=;", "[OAuth2] ScopeSeparator: must be space or comma" },
  { "TokenRequest=xml", "[OAuth2] TokenRequest: must be form or json" },
  { "TokenRequest=JSON", "[OAuth2] TokenRequest: must be form or json" },
  { "ClientAuthentication=mtls", "[OAuth2] ClientAuthentication: must be post or basic or none" },
  { "Pkce=plain", "[OAuth2] Pkce: must be none or S256" },
  { "Pkce=S256      # as it should be", "[OAuth2] Pkce: must be none or S256" }, /* no comment */
  { "RedirectPort=8080", "[OAuth2] RedirectPort: must be any or exact" },
  { "RefreshTokenRotates=yes", "[OAuth2] RefreshTokenRotates: must be false or true" },
  { "RefreshTokenReuseWindow=-1", "[OAuth2] RefreshTokenReuseWindow: must be a whole number" },
  { "RefreshTokenReuseWindow=10m", "[OAuth2] RefreshTokenReuseWindow: must be a whole number" },
  { "RefreshTokenIdleLifetime=1e9", "[OAuth2] RefreshTokenIdleLifetime: must be a whole number" },
  { "AccessTokenLifetime=2147483648", "[OAuth2] AccessTokenLifetime: must be a whole number" },
  { "AccessTokenLifetime=0x10", "[OAuth2] AccessTokenLifetime: must be a whole number" },

  /* Lists */
  { "Scopes=read write", "[OAuth2] Scopes: “read write” is not a scope" },
  { "Scopes=read,write", "[OAuth2] Scopes: “read,write” is not a scope: “;”" },
  { "RequiredScopes=a;\\\\", "[OAuth2] RequiredScopes: “\\” is not a scope" },
  { "AuthorizeParameters=prompt", "[OAuth2] AuthorizeParameters: has an item that is not" },
  { "AuthorizeParameters==x", "[OAuth2] AuthorizeParameters: has an item that is not" },
  { "AuthorizeParameters=a=b;state=x", "[OAuth2] AuthorizeParameters: can't set “state”" },
  { "AuthorizeParameters=client_id=x", "[OAuth2] AuthorizeParameters: can't set “client_id”" },
  { "AuthorizeParameters=redirect_uri =x", "[OAuth2] AuthorizeParameters: can't set “redirect" },
  { "AuthorizeParameters=response_type=x", "[OAuth2] AuthorizeParameters: can't set “response" },
  { "AuthorizeParameters=scope=x", "[OAuth2] AuthorizeParameters: can't set “scope”" },
  { "AuthorizeParameters=code_challenge=x", "[OAuth2] AuthorizeParameters: can't set “code_ch" },
  { "AuthorizeParameters=code_challenge_method=plain", "[OAuth2] AuthorizeParameters: can't set" },
  { "AuthorizeParameters=State=x", "[OAuth2] AuthorizeParameters: can't set “State”" },
  { "AuthorizeParameters=resource=x", "[OAuth2] AuthorizeParameters: can't set “resource”" },
  { "AuthorizeParameters=iss=x", "[OAuth2] AuthorizeParameters: can't set “iss”" },
  { "AuthorizeParameters=nonce=x", "[OAuth2] AuthorizeParameters: can't set “nonce”" },
  { "AuthorizeParameters=request=x", "[OAuth2] AuthorizeParameters: can't set “request”" },
  { "AuthorizeParameters=request_uri=x", "[OAuth2] AuthorizeParameters: can't set “request_uri”" },
  { "AuthorizeParameters=a=1;b=2;A=3", "[OAuth2] AuthorizeParameters: has “A” twice" },
  { "AuthorizeParameters=a=x\\ny", "[OAuth2] AuthorizeParameters: has a character" },
  { "TokenParameters=client_assertion=x", "[OAuth2] TokenParameters: can't set “client_asser" },
  { "RefreshParameters=refresh_token=x", "[OAuth2] RefreshParameters: can't set “refresh_token”" },
  { "RefreshParameters=grant_type=x", "[OAuth2] RefreshParameters: can't set “grant_type”" },
  { "RefreshParameters=scope=x", "[OAuth2] RefreshParameters: can't set “scope”" },
  { "TokenParameters=grant_type=x", "[OAuth2] TokenParameters: can't set “grant_type”" },
  { "TokenParameters=client_secret=x", "[OAuth2] TokenParameters: can't set “client_secret”" },
  { "TokenParameters=code=x", "[OAuth2] TokenParameters: can't set “code”" },
  { "TokenParameters=code_verifier=x", "[OAuth2] TokenParameters: can't set “code_verifier”" },
  { "TokenParameters=refresh_token=x", "[OAuth2] TokenParameters: can't set “refresh_token”" },
  { "TokenTypes=a b", "[OAuth2] TokenTypes: “a b” is not made of" },
  { "TokenTypes=bot;bot", "[OAuth2] TokenTypes: has “bot” twice" },
  { "TokenObjects=a..b", "[OAuth2] TokenObjects: “a..b” is not a name" },
  { "TokenObjects=.", "[OAuth2] TokenObjects: “.” is not a name" },
  { "TokenObjects=a.b/c", "[OAuth2] TokenObjects: “a.b/c” is not a name" },
  { "ErrorMembers=$.error", "[OAuth2] ErrorMembers: “$.error” is not a name" },
  { "ErrorDescriptions=a.", "[OAuth2] ErrorDescriptions: “a.” is not a name" },

  /* Headers */
  { "TokenHeaders=Authorization: Bearer x", "[OAuth2] TokenHeaders: can't set “Authorization”" },
  { "TokenHeaders=authorization: x", "[OAuth2] TokenHeaders: can't set “authorization”" },
  { "TokenHeaders=Proxy-Authorization: x", "[OAuth2] TokenHeaders: can't set “Proxy-" },
  { "TokenHeaders=Content-Type: text/html", "[OAuth2] TokenHeaders: can't set “Content-Type”" },
  { "TokenHeaders=Content-Length: 0", "[OAuth2] TokenHeaders: can't set “Content-Length”" },
  { "TokenHeaders=HOST: a", "[OAuth2] TokenHeaders: can't set “HOST”" },
  { "TokenHeaders=Cookie: a=b", "[OAuth2] TokenHeaders: can't set “Cookie”" },
  { "TokenHeaders=Accept: text/html", "[OAuth2] TokenHeaders: can't set “Accept”" },
  { "TokenHeaders=Connection: close", "[OAuth2] TokenHeaders: can't set “Connection”" },
  { "TokenHeaders=Transfer-Encoding: chunked", "[OAuth2] TokenHeaders: can't set “Transfer-E" },
  { "TokenHeaders=X", "[OAuth2] TokenHeaders: has an item that is not “Name: value”" },
  { "TokenHeaders=X:", "[OAuth2] TokenHeaders: has an item that is not “Name: value”" },
  { "TokenHeaders=: x", "[OAuth2] TokenHeaders: has an item that is not “Name: value”" },
  { "TokenHeaders=X Y: z", "[OAuth2] TokenHeaders: has an item that is not “Name: value”" },
  { "TokenHeaders=X: a\\r\\nY: b", "[OAuth2] TokenHeaders: must be printable ASCII" },
  { "TokenHeaders=X: é", "[OAuth2] TokenHeaders: must be printable ASCII" },
  { "TokenHeaders=X: a;x: b", "[OAuth2] TokenHeaders: has “x” twice" },

  /* What servers do differently */
  { "Resource=https://a.example/#f", "[OAuth2] Resource: must not have a fragment" },
  { "Resource=urn:x", "[OAuth2] Resource: has no host" },
  { "IssuerRequired=1", "[OAuth2] IssuerRequired: must be false or true" },
  { "IssuerRequired=true", "[OAuth2] IssuerRequired: needs an Issuer to compare with" },
  { "CreateUrl=http://a.example/", "[OAuth2] CreateUrl: must be https" },
  { "ManageUrl=x", "[OAuth2] ManageUrl: is not an absolute URL" },
  { "GrantedScopeSeparator=;", "[OAuth2] GrantedScopeSeparator: must be space or comma" },
  { "RefreshTokenMember=a.b", "[OAuth2] RefreshTokenMember: must be made of" },
  { "UpgradeEndpoint=https://a.example/", "[OAuth2] UpgradeGrantType: is missing, and" },
  { "UpgradeEndpoint=x", "[OAuth2] UpgradeEndpoint: is not an absolute URL" },
  { "UpgradeGrantType=a b", "[OAuth2] UpgradeGrantType: is neither a plain name nor" },
  { "RefreshRequest=xml", "[OAuth2] RefreshRequest: must be form or json or query" },
  { "RefreshAuthentication=mtls", "[OAuth2] RefreshAuthentication: must be post or basic" },
  { "RefreshGrantType=a&b", "[OAuth2] RefreshGrantType: is neither a plain name nor" },
  { "RefreshTokenParameter=a b", "[OAuth2] RefreshTokenParameter: must be made of" },
  { "RefreshTokenParameter=client_id", "[OAuth2] RefreshTokenParameter: is the name of another" },
  { "RefreshTokenParameter=a\nRefreshParameters=a=b",
    "[OAuth2] RefreshTokenParameter: is in RefreshParameters as well" },
  { "RefreshTokenParameter=a\nTokenParameters=a=b",
    "[OAuth2] RefreshTokenParameter: is in TokenParameters as well" },
  { "RedirectMembers=realmId", "[OAuth2] RedirectMembers: has an item that is not" },
  { "RedirectMembers=realmId=", "[OAuth2] RedirectMembers: must be made of" },
  { "RedirectMembers=a b=c", "[OAuth2] RedirectMembers: has an item that is not" },
  { "RedirectMembers=code=code", "[OAuth2] RedirectMembers: can't keep “code”" },
  { "RedirectMembers=state=state", "[OAuth2] RedirectMembers: can't keep “state”" },
  { "RedirectMembers=a=access_token", "[OAuth2] RedirectMembers: can't be “access_token”" },
  { "RedirectMembers=a=b;a=c", "[OAuth2] RedirectMembers: has “a” twice" },
  { "RedirectMembers=a=c;b=c", "[OAuth2] RedirectMembers: has “c” twice" },
  { "RedirectSignature=a b", "[OAuth2] RedirectSignature: must be made of" },
  { "RevocationMethod=GET", "[OAuth2] RevocationMethod: must be POST or DELETE" },
  { "RevocationRequest=xml", "[OAuth2] RevocationRequest: must be none or form or json or" },
  { "RevocationAuthentication=post", "[OAuth2] RevocationAuthentication: must be client or b" },
  { "RevocationToken=id", "[OAuth2] RevocationToken: must be both or refresh or access" },
  { "RevocationTokenParameter=client_id", "[OAuth2] RevocationTokenParameter: is the name of" },
  { "RevocationEndpoint=https://{token}.a.example/",
    "[OAuth2] RevocationEndpoint: has {token} in" },
  { "RevocationEndpoint=https://{client_id}/", "[OAuth2] RevocationEndpoint: has {client_id} in" },
  { "RevocationEndpoint=https://a.example/{secret}", "[OAuth2] RevocationEndpoint: has a {para" },
  { "TokenEndpoint=https://a.example/{token}", "[OAuth2] TokenEndpoint: has a {parameter}" },
  { "AuthorizationEndpoint=https://a.example/?client_id=evil",
    "[OAuth2] AuthorizationEndpoint: has “client_id” in its query" },
  { "AuthorizationEndpoint=https://a.example/?a=b&st%61te=x",
    "[OAuth2] AuthorizationEndpoint: has “state” in its query" },
  { "TokenEndpoint=https://a.example/?grant_type=x", "[OAuth2] TokenEndpoint: has “grant_type”" },

  /* Tenants and their texts */
  { "[Tenant]\ntoken=a", "[Tenant] token: is a name that stands for something else" },
  { "[Tenant]\nclient_id=a", "[Tenant] client_id: is a name that stands for something else" },
  { "[TenantDefaults]\nsub=a", "[TenantDefaults] sub: is no parameter of [Tenant]" },
  { "[Tenant]\nsub=a+\n[TenantDefaults]\nsub=b", "[TenantDefaults] sub: is not what [Tenant]" },
  { "[TenantDescriptions]\nsub=a", "[TenantDescriptions] sub: is no parameter of [Tenant]" },
  { "[Tenant]\nsub=a\n[TenantDescriptions]\nsub=a\\nb", "[TenantDescriptions] sub: has a char" },
  { "[AuthData]\nsite=https://{sub}/", "[AuthData] site: has a {parameter} that [Tenant]" },
  { "[AuthData]\nsite=}", "[AuthData] site: has a {parameter} that [Tenant]" },
  { "[AuthData]\nsite={", "[AuthData] site: has a {parameter} that [Tenant]" },
  { "[AuthData]\nsite={token}", "[AuthData] site: has a {parameter} that [Tenant]" },
  { "[AuthData]\nsite=a\\nb", "[AuthData] site: has a character" },
  { "[AuthData]\naccess_token=a", "[AuthData] access_token: can't be “access_token”" },
  { "[AuthData]\na b=a", "[AuthData] a b: must be made of" },

  { "DeadGrantErrors=invalid_grant", "[OAuth2] DeadGrantErrors: has an item that is not" },
  { "DeadGrantErrors=403:", "[OAuth2] DeadGrantErrors: has an item that is not" },
  { "DeadGrantErrors=403:x:", "[OAuth2] DeadGrantErrors: has an item that is not" },
  { "DeadGrantErrors=x:invalid_grant", "[OAuth2] DeadGrantErrors: has an item that is not" },
  { "DeadGrantErrors=503:invalid_grant", "[OAuth2] DeadGrantErrors: has an item that is not" },

  /* Resources and keys */
  { "[Resources]\nEndpoint=x", "[Resources] Endpoint: is not an absolute URL" },
  { "[Resources]\nMember=access_token", "[Resources] Member: can't be “access_token”" },
  { "[Resources]\nUrlMember=refresh_token", "[Resources] UrlMember: can't be “refresh_token”" },
  { "[Resources]\nMember=a b", "[Resources] Member: must be made of" },
  { "[Resources]\nSelectedMember=accessible_resources", "[Resources] SelectedMember: is the same" },
  { "[Resources]\nUrlMember=selected_cloud_id", "[Resources] UrlMember: is the same" },
  { "[Resources]\nAccountEndpoint=/me", "[Resources] AccountEndpoint: is relative, but" },
  { "[Resources]\nEndpoint=https://a.example/\nAccountEndpoint=//evil@b.example/",
    "[Resources] AccountEndpoint: must not have a user name" },
  { "[Resources]\nAccountEndpoint=http://a.example/me", "[Resources] AccountEndpoint: must be h" },
  { "[Resources]\nAccountScope=a b", "[Resources] AccountScope: “a b” is not a scope" },
  { "[ApiKey]\nHeader=Authorization", "[ApiKey] Header: must be “Name: value”" },
  { "[ApiKey]\nHeader=: {token}", "[ApiKey] Header: must be “Name: value”" },
  { "[ApiKey]\nHeader=X Y: {token}", "[ApiKey] Header: must be “Name: value”" },
  { "[ApiKey]\nHeader=X: secret", "[ApiKey] Header: has no place for the key" },
  { "[ApiKey]\nHeader=X: {token}\\r\\nY: z", "[ApiKey] Header: must be printable ASCII" },
  { "[ApiKey]\nFields=a b", "[ApiKey] Fields: “a b” is not made of" },
  { "[ApiKey]\nFields=refresh_token", "[ApiKey] Fields: can't be “refresh_token”" },
  { "[ApiKey]\nFields=a;a", "[ApiKey] Fields: has “a” twice" },
  { "[ApiKey]\nFields=a\nTokenField=b", "[ApiKey] TokenField: is not one of Fields" },
  { "[ApiKey]\nTokenField=b", "[ApiKey] TokenField: is not one of Fields" },
  { "[ApiKey]\nCreateUrl=x", "[ApiKey] CreateUrl: is not an absolute URL" },

  /* [Provider] */
  { "[Provider]\nName=", "[Provider] Name: is missing" },
  { "[Provider]\nName=a\\nb", "[Provider] Name: has a character that can't be printed" },
  { "[Provider]\nKind=", "[Provider] Kind: is missing" },
  { "[Provider]\nPathName=A", "[Provider] PathName: must be made of" },
  { "[Provider]\nPathName=../x", "[Provider] PathName: must be made of" },
  { "[Provider]\nPathName=a/b", "[Provider] PathName: must be made of" },
  { "[Provider]\nKind=oauth1", "[Provider] Kind: must be of oauth2" },
  { "[Provider]\nKind=none;oauth2", "[Provider] Kind: has “none” beside others" },
  { "TokenEndpoint=https://a.example/?client_secret=x",
    "[OAuth2] TokenEndpoint: has “client_secret” in its query" },
  /* What comes before it is no text, so that it is not seen unless one looks. */
  { "TokenEndpoint=https://a.example/?a=%FF&client_secret=x",
    "[OAuth2] TokenEndpoint: has a query that is not made of text" },
  { "TokenEndpoint=https://a.example/?a=%00&client_secret=x",
    "[OAuth2] TokenEndpoint: has a query that is not made of text" },
  { "TokenEndpoint=https://a.example/?{t}=x\n[Tenant]\nt=.*",
    "[OAuth2] TokenEndpoint: has a {parameter} for a name in its query" },
  { "AuthorizationEndpoint=", "[OAuth2] AuthorizationEndpoint: is missing" },
  { "TokenEndpoint=", "[OAuth2] TokenEndpoint: is missing" },
  { "TokenEndpoint=\nDeviceAuthorizationEndpoint=https://a.example/device",
    "[OAuth2] TokenEndpoint: is missing" },
};

static void
test_mistakes (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (mistakes); i++)
    {
      g_autofree char *text = g_strconcat (MINIMAL, mistakes[i].keys, "\n", NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgProvider) provider = read_text (text, strlen (text), &error);

      g_test_message ("%s", mistakes[i].keys);
      g_assert_null (provider);
      g_assert_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE);
      if (!g_str_has_prefix (error->message, mistakes[i].complaint))
        g_assert_cmpstr (error->message, ==, mistakes[i].complaint);
    }
}

/* A reason never repeats a URL: its query may hold what somebody thought was a good place. */
static void
test_url_is_not_repeated (void)
{
  const char *text = MINIMAL "RevocationEndpoint=http://a.example/?key=hunter2\n";
  g_autoptr (GError) error = NULL;

  g_assert_null (read_text (text, strlen (text), &error));
  g_assert_null (strstr (error->message, "hunter2"));
}

static void
test_hostile_text (void)
{
  static const struct
  {
    const char *text;
    size_t size;
    int code;
  } vectors[] = {
#define BYTES(text) text, sizeof (text) - 1
    { BYTES (MINIMAL "\0"), G_KEY_FILE_ERROR_UNKNOWN_ENCODING },                  /* NUL */
    { BYTES ("[Provider]\nName=a\0b\n"), G_KEY_FILE_ERROR_UNKNOWN_ENCODING },     /* in a value */
    { BYTES ("[Provider]\nName=\xff\n"), G_KEY_FILE_ERROR_UNKNOWN_ENCODING },     /* Latin 1 */
    { BYTES ("[Provider]\nName=\xc0\xaf\n"), G_KEY_FILE_ERROR_UNKNOWN_ENCODING }, /* overlong */
    { BYTES ("Name=Example\n"), G_KEY_FILE_ERROR_GROUP_NOT_FOUND },               /* no group */
    { BYTES ("[Provider\nName=x\n"), G_KEY_FILE_ERROR_PARSE },                    /* half a group */
    { BYTES ("[Provider]\nName\n"), G_KEY_FILE_ERROR_PARSE },                     /* no "=" */
    { BYTES ("{\"Name\": \"x\"}"), G_KEY_FILE_ERROR_PARSE }, /* another format */
    { BYTES (""), G_KEY_FILE_ERROR_INVALID_VALUE },          /* nothing */
#undef BYTES
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgProvider) provider = read_text (vectors[i].text, vectors[i].size, &error);

      g_assert_null (provider);
      g_assert_error (error, G_KEY_FILE_ERROR, vectors[i].code);
    }
}

/* Editors put it there unseen, so that the reason must name it. */
static void
test_byte_order_mark (void)
{
  const char *text = "\xef\xbb\xbf" MINIMAL;
  g_autoptr (GError) error = NULL;

  g_assert_null (read_text (text, strlen (text), &error));
  g_assert_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_UNKNOWN_ENCODING);
  g_assert_nonnull (strstr (error->message, "begins with a byte order mark"));
}

static void
test_huge (void)
{
  g_autofree char *filler = g_strnfill (CVG_PROVIDER_FILE_MAX_SIZE, '#');
  g_autofree char *long_url = g_strnfill (2048, 'a');
  g_autofree char *url_text =
      g_strconcat (MINIMAL "RefreshEndpoint=https://a.example/", long_url, "\n", NULL);
  g_autofree char *name_text = g_strdup_printf ("[Provider]\nKind=none\nName=%.256s\n", long_url);
  g_autoptr (GString) text = g_string_new (MINIMAL);
  g_autoptr (CvgProvider) largest = NULL;
  g_autoptr (GError) error = NULL;

  g_string_append_len (text, filler, CVG_PROVIDER_FILE_MAX_SIZE - (gssize) text->len);
  largest = read_good (text->str);
  g_string_append_c (text, '#');
  g_assert_null (read_text (text->str, text->len, &error));
  g_assert_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE);
  g_clear_error (&error);

  g_assert_null (read_text (url_text, strlen (url_text), &error));
  g_assert_cmpstr (error->message, ==, "[OAuth2] RefreshEndpoint: is longer than 2048 bytes");
  g_clear_error (&error);
  g_assert_null (read_text (name_text, strlen (name_text), &error));
  g_assert_cmpstr (error->message, ==, "[Provider] Name: is longer than 255 bytes");
}

/* What the fuzzer begins with, and what it once found. */
static void
test_fuzz_inputs (void)
{
  static const char *const folders[] = { "corpus", "crashes" };
  guint count = 0;

  for (size_t i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path =
          g_test_build_filename (G_TEST_DIST, "fuzz", folders[i], "provider-file", NULL);
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
      const char *name;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *input = g_build_filename (path, name, NULL);
          g_autofree char *data = NULL;
          g_autoptr (GError) error = NULL;
          g_autoptr (CvgProvider) provider = NULL;
          size_t size = 0;

          g_assert_true (g_file_get_contents (input, &data, &size, NULL));
          provider = read_text (data, size, &error);
          g_assert_true ((provider == NULL) == (error != NULL));
          count++;
        }
    }

  g_assert_cmpuint (count, >, 0);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/provider-file/minimal", test_minimal);
  g_test_add_func ("/provider-file/every-key", test_every_key);
  g_test_add_func ("/provider-file/every-dialect", test_every_dialect);
  g_test_add_func ("/provider-file/tenant-texts", test_tenant_texts);
  g_test_add_func ("/provider-file/keys-twice", test_keys_twice);
  g_test_add_func ("/provider-file/right", test_right);
  g_test_add_func ("/provider-file/empty-is-default", test_empty_is_default);
  g_test_add_func ("/provider-file/white-space", test_white_space);
  g_test_add_func ("/provider-file/other-kinds", test_other_kinds);
  g_test_add_func ("/provider-file/unknown-is-ignored", test_unknown_is_ignored);
  g_test_add_func ("/provider-file/tenant-pattern-is-verbatim", test_tenant_pattern_is_verbatim);
  g_test_add_func ("/provider-file/account-endpoint", test_account_endpoint);
  g_test_add_func ("/provider-file/mistakes", test_mistakes);
  g_test_add_func ("/provider-file/url-is-not-repeated", test_url_is_not_repeated);
  g_test_add_func ("/provider-file/hostile-text", test_hostile_text);
  g_test_add_func ("/provider-file/byte-order-mark", test_byte_order_mark);
  g_test_add_func ("/provider-file/huge", test_huge);
  g_test_add_func ("/provider-file/fuzz-inputs", test_fuzz_inputs);
  return g_test_run ();
}
