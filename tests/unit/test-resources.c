/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/resources.h"

#include <string.h>

#include "dbus/error.h"

static CvgProvider *
make_provider (void)
{
  CvgProvider *provider = cvg_provider_new ();

  provider->name = g_strdup ("Confluence");
  provider->resources_endpoint = g_strdup ("https://{site}.example.org/resources");
  provider->account_endpoint = g_strdup ("https://{site}.example.org/me");
  provider->account_scope = g_strdup ("read:me");
  return provider;
}

static CvgCredentials *
make_credentials (const char *token, const char *scope)
{
  CvgCredentials *credentials = cvg_credentials_new ();

  credentials->access_token = token != NULL ? cvg_secret_new (token) : NULL;
  credentials->scope = g_strdup (scope);
  return credentials;
}

static void
test_requests (void)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgCredentials) credentials = make_credentials ("A", "x read:me");
  g_autoptr (GVariant) tenant = g_variant_ref_sink (g_variant_new_parsed ("{'site': 'acme'}"));
  g_autoptr (CvgHttpRequest) resources = cvg_resources_request (provider, tenant, credentials);
  g_autoptr (CvgHttpRequest) account = cvg_account_request (provider, tenant, credentials);

  g_assert_cmpstr (resources->method, ==, "GET");
  g_assert_cmpstr (resources->url, ==, "https://acme.example.org/resources");
  g_assert_cmpstr (cvg_secret_peek (resources->authorization), ==, "Bearer A");
  g_assert_null (resources->body);
  g_assert_cmpstr (account->method, ==, "GET");
  g_assert_cmpstr (account->url, ==, "https://acme.example.org/me");
  g_assert_cmpstr (cvg_secret_peek (account->authorization), ==, "Bearer A");
}

static void
test_nothing_to_ask (void)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgProvider) plain = cvg_provider_new ();
  g_autoptr (CvgCredentials) without_scope = make_credentials ("A", "x read:media");
  g_autoptr (CvgCredentials) unknown_scope = make_credentials ("A", NULL);
  g_autoptr (CvgCredentials) without_token = make_credentials (NULL, "read:me");

  g_assert_null (cvg_resources_request (plain, NULL, without_scope));
  g_assert_null (cvg_account_request (plain, NULL, without_scope));
  g_assert_null (cvg_account_request (provider, NULL, without_scope));
  g_assert_null (cvg_account_request (provider, NULL, unknown_scope));
  g_assert_null (cvg_account_request (provider, NULL, without_token));
  g_assert_null (cvg_resources_request (provider, NULL, without_token));
}

static void
test_account_without_a_scope_of_its_own (void)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgCredentials) credentials = make_credentials ("A", NULL);
  g_autoptr (CvgHttpRequest) request = NULL;

  g_clear_pointer (&provider->account_scope, g_free);
  request = cvg_account_request (provider, NULL, credentials);
  g_assert_nonnull (request);
}

typedef GVariant *(*Parse) (const CvgHttpResponse *response, GError **error);

static GVariant *
parse (Parse function, guint status, const char *body, GError **error)
{
  g_autoptr (CvgSecret) secret = cvg_secret_new (body);
  g_autoptr (CvgHttpResponse) response =
      cvg_http_response_new (status, "application/json", 9, secret);

  return function (response, error);
}

static void
test_resources (void)
{
  static const struct
  {
    const char *body;
    const char *parsed;
  } vectors[] = {
    /* Atlassian's, with one site twice for its two products */
    { "[{\"id\":\"1324a887\",\"name\":\"Site\",\"url\":\"https://s.atlassian.net\","
      "\"scopes\":[\"read:a\",\"read:b\"],\"avatarUrl\":\"https://x/a.png\"},"
      "{\"id\":\"1324a887\",\"scopes\":[]}]",
      "[{'id': <'1324a887'>, 'name': <'Site'>, 'url': <'https://s.atlassian.net'>,"
      " 'scopes': <['read:a', 'read:b']>, 'avatarUrl': <'https://x/a.png'>},"
      " {'id': <'1324a887'>, 'scopes': <@as []>}]" },
    /* a guest has none */
    { "[]", "@aa{sv} []" },
    /* what can't be chosen is left out */
    { "[{\"name\":\"x\"},{\"id\":\"\"},{\"id\":7},{\"id\":null},null,\"id\",[],{\"id\":\"a\"}]",
      "[{'id': <'a'>}]" },
    /* other types are kept, nulls are not */
    { "[{\"id\":\"a\",\"n\":1,\"b\":false,\"x\":null,\"o\":{\"k\":[\"v\"]}}]",
      "[{'id': <'a'>, 'n': <int64 1>, 'b': <false>, 'o': <{'k': <[<'v'>]>}>}]" },
    /* scopes that are no texts */
    { "[{\"id\":\"a\",\"scopes\":[\"x\",1,null,{}]}]", "[{'id': <'a'>, 'scopes': <['x']>}]" },
    { "[{\"id\":\"a\",\"scopes\":\"x y\"}]", "[{'id': <'a'>, 'scopes': <'x y'>}]" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) parsed = parse (cvg_resources_parse, 200, vectors[i].body, &error);
      g_autoptr (GVariant) expected =
          g_variant_parse (G_VARIANT_TYPE ("aa{sv}"), vectors[i].parsed, NULL, NULL, NULL);

      g_assert_no_error (error);
      g_assert_cmpvariant (parsed, expected);
      g_assert_false (g_variant_is_floating (parsed));
    }
}

static void
test_account (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) parsed = parse (
      cvg_account_parse, 200,
      "{\"account_id\":\"1\",\"email\":null,\"extended_profile\":{\"job_title\":\"x\"}}", &error);
  g_autoptr (GVariant) expected = g_variant_ref_sink (
      g_variant_new_parsed ("{'account_id': <'1'>, 'extended_profile': <{'job_title': <'x'>}>}"));

  g_assert_no_error (error);
  g_assert_cmpvariant (parsed, expected);
}

static void
test_failures (void)
{
  static const struct
  {
    Parse function;
    guint status;
    const char *body;
    CvgError code;
  } vectors[] = {
    { cvg_resources_parse, 200, "{\"id\":\"QUOTED\"}", CVG_ERROR_TRY_LATER },  /* no list */
    { cvg_resources_parse, 200, "[{\"id\":\"QUOTED\"}", CVG_ERROR_TRY_LATER }, /* cut off */
    { cvg_resources_parse, 200, "<html>QUOTED", CVG_ERROR_TRY_LATER }, /* a captive portal */
    { cvg_resources_parse, 200, "", CVG_ERROR_TRY_LATER },             /* nothing */
    { cvg_resources_parse, 204, "[]", CVG_ERROR_TRY_LATER },           /* not that status */
    { cvg_resources_parse, 302, "[]", CVG_ERROR_TRY_LATER },           /* elsewhere */
    { cvg_resources_parse, 429, "[]", CVG_ERROR_TRY_LATER },
    { cvg_resources_parse, 503, "[]", CVG_ERROR_TRY_LATER },
    { cvg_resources_parse, 401, "{\"message\":\"QUOTED\"}", CVG_ERROR_REFUSED },
    { cvg_resources_parse, 403, "[]", CVG_ERROR_REFUSED },
    { cvg_account_parse, 200, "[{\"QUOTED\":1}]", CVG_ERROR_TRY_LATER }, /* no object */
    { cvg_account_parse, 200, "null", CVG_ERROR_TRY_LATER },
    { cvg_account_parse, 500, "{}", CVG_ERROR_TRY_LATER },
    { cvg_account_parse, 403, "{}", CVG_ERROR_REFUSED },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (vectors[i].function, vectors[i].status, vectors[i].body, &error));
      g_assert_error (error, CVG_ERROR, (int) vectors[i].code);
      g_assert_null (strstr (error->message, "QUOTED"));
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resources/requests", test_requests);
  g_test_add_func ("/resources/nothing-to-ask", test_nothing_to_ask);
  g_test_add_func ("/resources/account-without-a-scope-of-its-own",
                   test_account_without_a_scope_of_its_own);
  g_test_add_func ("/resources/resources", test_resources);
  g_test_add_func ("/resources/account", test_account);
  g_test_add_func ("/resources/failures", test_failures);
  return g_test_run ();
}
