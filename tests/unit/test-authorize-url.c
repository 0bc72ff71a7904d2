/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/authorize-url.h"

#include <string.h>

static char **
words (const char *first, ...)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  va_list rest;

  va_start (rest, first);
  for (const char *word = first; word != NULL; word = va_arg (rest, const char *))
    g_ptr_array_add (list, g_strdup (word));
  va_end (rest);
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_steal (list, NULL);
}

static void
set_words (char ***where, char **list)
{
  g_strfreev (*where);
  *where = list;
}

static CvgProvider *
make_provider (const char *endpoint)
{
  CvgProvider *provider = cvg_provider_new ();

  provider->name = g_strdup ("Confluence");
  provider->authorization_endpoint = g_strdup (endpoint);
  return provider;
}

static const char *const two_scopes[] = { "read:me", "offline_access", NULL };

static CvgAuthorizeRequest
make_request (const CvgProvider *provider)
{
  const CvgAuthorizeRequest request = {
    .provider = provider,
    .client_id = "id",
    .redirect_uri = "http://127.0.0.1:18417/callback",
    .scopes = two_scopes,
    .state = "S",
  };

  return request;
}

static void
test_atlassian (void)
{
  g_autoptr (CvgProvider) provider = make_provider ("https://auth.atlassian.com/authorize");
  CvgAuthorizeRequest request = make_request (provider);
  g_autofree char *url = NULL;

  set_words (&provider->authorize_parameters,
             words ("audience", "api.atlassian.com", "prompt", "consent", NULL));
  request.challenge = "C-_";
  request.login_hint = "a+b@example.org";
  url = cvg_authorize_url_build (&request);
  g_assert_cmpstr (url, ==,
                   "https://auth.atlassian.com/authorize?response_type=code&client_id=id"
                   "&redirect_uri=http%3A%2F%2F127.0.0.1%3A18417%2Fcallback"
                   "&scope=read%3Ame%20offline_access&state=S"
                   "&code_challenge=C-_&code_challenge_method=S256"
                   "&login_hint=a%2Bb%40example.org&audience=api.atlassian.com&prompt=consent");
}

/* Without a challenge there is no method: RFC 7636 section 4.3 takes both or none. */
static void
test_what_is_missing_is_left_out (void)
{
  static const char *const none[] = { NULL };
  g_autoptr (CvgProvider) provider = make_provider ("https://example.org/a");
  CvgAuthorizeRequest request = make_request (provider);
  g_autofree char *url = NULL;

  request.scopes = none;
  url = cvg_authorize_url_build (&request);
  g_assert_cmpstr (url, ==,
                   "https://example.org/a?response_type=code&client_id=id"
                   "&redirect_uri=http%3A%2F%2F127.0.0.1%3A18417%2Fcallback&state=S");
}

static void
test_endpoint_keeps_its_query (void)
{
  static const struct
  {
    const char *endpoint;
    const char *start;
  } vectors[] = {
    /* RFC 6749 section 3.1: kept */
    { "https://example.org/a?tenant=x%2Fy",
      "https://example.org/a?tenant=x%2Fy&response_type=code&" },
    /* a port and an empty path are no trouble */
    { "https://example.org:8443", "https://example.org:8443?response_type=code&" },
    /* likewise section 3.1: no parameter twice, and ours is the one */
    { "https://example.org/a?response_type=token&p=1",
      "https://example.org/a?p=1&response_type=code&" },
    /* in disguise too */
    { "https://example.org/a?%73tate=evil&p=1", "https://example.org/a?p=1&response_type=code&" },
    /* and in other letters: there are servers that don't care */
    { "https://example.org/a?State=evil&p=1&Client_Secret=evil",
      "https://example.org/a?p=1&response_type=code&" },
    /* literal addresses keep their brackets */
    { "http://[::1]:8080/a", "http://[::1]:8080/a?response_type=code&" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgProvider) provider = make_provider (vectors[i].endpoint);
      CvgAuthorizeRequest request = make_request (provider);
      g_autofree char *url = cvg_authorize_url_build (&request);

      g_assert_true (g_str_has_prefix (url, vectors[i].start));
      g_assert_null (strstr (url, "evil"));
      g_assert_null (strchr (url, '#'));
    }
}

static void
test_provider_never_overrides (void)
{
  g_autoptr (CvgProvider) provider = make_provider ("https://example.org/a?access_type=x");
  CvgAuthorizeRequest request = make_request (provider);
  g_autofree char *url = NULL;

  set_words (&provider->authorize_parameters,
             words ("state", "evil", "redirect_uri", "https://evil", "response_type", "token",
                    "code_challenge_method", "plain", "access_type", "evil", "login_hint", "evil",
                    "prompt", "consent", NULL));
  request.login_hint = "me";
  url = cvg_authorize_url_build (&request);
  g_assert_null (strstr (url, "evil"));
  g_assert_null (strstr (url, "plain"));
  g_assert_null (strstr (url, "token"));
  g_assert_true (g_str_has_suffix (url, "&login_hint=me&prompt=consent"));
}

static void
test_comma_between_scopes (void)
{
  g_autoptr (CvgProvider) provider = make_provider ("https://example.org/a");
  CvgAuthorizeRequest request = make_request (provider);
  g_autofree char *url = NULL;

  provider->scope_separator = ',';
  url = cvg_authorize_url_build (&request);
  g_assert_nonnull (strstr (url, "&scope=read%3Ame%2Coffline_access&"));
}

static void
test_tenant (void)
{
  g_autoptr (CvgProvider) provider = make_provider ("https://{shop}.example.org/a");
  g_autoptr (GVariant) tenant = g_variant_ref_sink (g_variant_new_parsed ("{'shop': 'acme'}"));
  CvgAuthorizeRequest request = make_request (provider);
  g_autofree char *url = NULL;

  request.tenant = tenant;
  url = cvg_authorize_url_build (&request);
  g_assert_true (g_str_has_prefix (url, "https://acme.example.org/a?"));
}

/* One server takes the method only in small letters; what it is does not change. */
static void
test_spelling_of_the_method (void)
{
  g_autoptr (CvgProvider) provider = make_provider ("https://example.org/a");
  CvgAuthorizeRequest request = make_request (provider);
  g_autofree char *with = NULL;
  g_autofree char *without = NULL;

  provider->pkce = CVG_PKCE_S256_LOWER;
  without = cvg_authorize_url_build (&request);
  request.challenge = "C";
  with = cvg_authorize_url_build (&request);
  g_assert_null (strstr (without, "code_challenge"));
  g_assert_true (g_str_has_suffix (with, "&code_challenge=C&code_challenge_method=s256"));
}

/* RFC 8707 section 2.1: said once, and by us. */
static void
test_resource (void)
{
  g_autoptr (CvgProvider) provider = make_provider ("https://example.org/a?resource=evil");
  g_autoptr (GVariant) tenant = g_variant_ref_sink (g_variant_new_parsed ("{'shop': 'acme'}"));
  CvgAuthorizeRequest request = make_request (provider);
  g_autofree char *without = cvg_authorize_url_build (&request);
  g_autofree char *with = NULL;

  provider->resource = g_strdup ("https://{shop}.example.org/mcp?x=1");
  request.tenant = tenant;
  set_words (&provider->authorize_parameters, words ("resource", "evil", NULL));
  with = cvg_authorize_url_build (&request);
  g_assert_null (strstr (without, "resource"));
  g_assert_null (strstr (with, "evil"));
  g_assert_true (g_str_has_suffix (with, "&resource=https%3A%2F%2Facme.example.org%2Fmcp%3Fx%3D1"));
}

/* RFC 9101: either would replace all that we say, state and challenge too. */
static void
test_no_request_objects (void)
{
  g_autoptr (CvgProvider) provider =
      make_provider ("https://example.org/a?request=evil&request_uri=https%3A%2F%2Fevil");
  CvgAuthorizeRequest request = make_request (provider);
  g_autofree char *url = NULL;

  set_words (&provider->authorize_parameters,
             words ("request", "evil", "request_uri", "https://evil", NULL));
  url = cvg_authorize_url_build (&request);
  g_assert_null (strstr (url, "evil"));
}

/* Whatever a caller gives as a hint stays one value of one parameter. */
static void
test_hostile_values_stay_values (void)
{
  g_autoptr (CvgProvider) provider = make_provider ("https://example.org/a");
  CvgAuthorizeRequest request = make_request (provider);
  g_autofree char *url = NULL;

  request.login_hint = "x&state=evil#\r\n\"'`$(id) --help \xe2\x82\xac";
  url = cvg_authorize_url_build (&request);
  g_assert_true (g_str_has_suffix (url, "&login_hint=x%26state%3Devil%23%0D%0A%22%27%60%24%28id%29"
                                        "%20--help%20%E2%82%AC"));
}

static void
test_endpoint_that_is_none (void)
{
  static const char *const endpoints[] = {
    "",
    "example.org",
    "https://",
    "not a url",
    "mailto:x",
    "https://example.org/a#f",    /* RFC 6749 section 3.1 */
    "https://user@example.org/a", /* nobody's user name gets into a browser */
    "http://example.org/a",       /* nor anything that others read */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (endpoints); i++)
    {
      g_autoptr (CvgProvider) provider = make_provider (endpoints[i]);
      CvgAuthorizeRequest request = make_request (provider);

      g_assert_null (cvg_authorize_url_build (&request));
    }
}

static void
test_scopes (void)
{
  static const struct
  {
    const char *asked;
    const char *joined;
  } vectors[] = {
    { NULL, "default:a default:b offline_access" },  /* the provider's, and the required */
    { "", "default:a default:b offline_access" },    /* nothing is as if not there */
    { " , ", "default:a default:b offline_access" }, /* likewise */
    { "x,y", "x y offline_access" },                 /* instead of the provider's */
    { "offline_access x", "offline_access x" },      /* required ones once */
  };
  g_autoptr (CvgProvider) provider = make_provider ("https://example.org/a");

  set_words (&provider->scopes, words ("default:a", "default:b", NULL));
  set_words (&provider->required_scopes, words ("offline_access", NULL));
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_auto (GStrv) scopes = cvg_authorize_scopes (provider, vectors[i].asked);
      g_autofree char *joined = g_strjoinv (" ", scopes);

      g_assert_cmpstr (joined, ==, vectors[i].joined);
    }
}

/* The code, and with it the tokens, goes where the address leads: not where a value of the tenant
 * would, be it decoded or not. */
static void
test_hostile_tenant (void)
{
  static const char *const values[] = {
    "evil.test/", "evil.test#", "evil.test?", "evil.test\\", "u@evil.test", "evil.test:1",
    "a\r\nb",     "a b",        "ü",          "a%2fb",       "{shop}",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (CvgProvider) provider = make_provider ("https://{shop}.example.org/authorize");
      CvgAuthorizeRequest request = make_request (provider);
      g_autoptr (GVariant) tenant =
          g_variant_ref_sink (g_variant_new_parsed ("{'shop': %s}", values[i]));
      g_autofree char *url = NULL;

      request.tenant = tenant;
      url = cvg_authorize_url_build (&request);
      g_test_message ("%s: %s", values[i], url != NULL ? url : "none");
      g_assert_null (url);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/authorize-url/atlassian", test_atlassian);
  g_test_add_func ("/authorize-url/what-is-missing-is-left-out", test_what_is_missing_is_left_out);
  g_test_add_func ("/authorize-url/endpoint-keeps-its-query", test_endpoint_keeps_its_query);
  g_test_add_func ("/authorize-url/provider-never-overrides", test_provider_never_overrides);
  g_test_add_func ("/authorize-url/comma-between-scopes", test_comma_between_scopes);
  g_test_add_func ("/authorize-url/tenant", test_tenant);
  g_test_add_func ("/authorize-url/spelling-of-the-method", test_spelling_of_the_method);
  g_test_add_func ("/authorize-url/resource", test_resource);
  g_test_add_func ("/authorize-url/no-request-objects", test_no_request_objects);
  g_test_add_func ("/authorize-url/hostile-values-stay-values", test_hostile_values_stay_values);
  g_test_add_func ("/authorize-url/endpoint-that-is-none", test_endpoint_that_is_none);
  g_test_add_func ("/authorize-url/scopes", test_scopes);
  g_test_add_func ("/authorize-url/hostile-tenant", test_hostile_tenant);
  return g_test_run ();
}
