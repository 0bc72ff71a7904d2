/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/metadata.h"

#include <string.h>

#include "dbus/error.h"

#define ISSUER "https://a.example/tenant"

/* A document that is about ISSUER, with @more in it. */
#define ABOUT(more) "{\"issuer\":\"" ISSUER "\"" more "}"

static CvgMetadata *
parse_from (const char *issuer, guint status, const char *text, GError **error)
{
  g_autoptr (CvgSecret) body = cvg_secret_new (text);
  g_autoptr (CvgHttpResponse) response =
      cvg_http_response_new (status, "application/json", 0, body);

  return cvg_metadata_parse (response, issuer, error);
}

static CvgMetadata *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  CvgMetadata *metadata = parse_from (ISSUER, 200, text, &error);

  g_assert_no_error (error);
  return metadata;
}

static void
assert_list (char **list, const char *expected)
{
  g_autofree char *joined = g_strjoinv (" ", list);

  g_assert_cmpstr (joined, ==, expected);
}

/* The order of the MCP authorization specification. */
static void
test_urls (void)
{
  g_auto (GStrv) with_path = cvg_metadata_list_urls (ISSUER);
  g_auto (GStrv) with_slash = cvg_metadata_list_urls (ISSUER "/");
  g_auto (GStrv) without_path = cvg_metadata_list_urls ("https://a.example");
  g_auto (GStrv) root = cvg_metadata_list_urls ("https://a.example/");
  const char *expected = "https://a.example/.well-known/oauth-authorization-server/tenant "
                         "https://a.example/.well-known/openid-configuration/tenant "
                         "https://a.example/tenant/.well-known/openid-configuration";

  assert_list (with_path, expected);
  assert_list (with_slash, expected);
  expected = "https://a.example/.well-known/oauth-authorization-server "
             "https://a.example/.well-known/openid-configuration";
  assert_list (without_path, expected);
  assert_list (root, expected);
}

static void
test_complete (void)
{
  g_autoptr (CvgMetadata) metadata =
      parse (ABOUT (",\"authorization_endpoint\":\"https://b.example/authorize?a=b\","
                    "\"token_endpoint\":\"https://c.example/token\","
                    "\"revocation_endpoint\":\"https://c.example/revoke\","
                    "\"device_authorization_endpoint\":\"https://c.example/device\","
                    "\"registration_endpoint\":\"https://a.example/tenant/register\","
                    "\"scopes_supported\":[\"openid\",\"offline_access\"],"
                    "\"code_challenge_methods_supported\":[\"plain\",\"S256\"],"
                    "\"token_endpoint_auth_methods_supported\":[\"private_key_jwt\",\"none\","
                    "\"client_secret_post\"],"
                    "\"authorization_response_iss_parameter_supported\":true,"
                    "\"jwks_uri\":7,\"nobody\":{\"knows\":[\"this\"]}"));

  g_assert_cmpstr (metadata->issuer, ==, ISSUER);
  g_assert_cmpstr (metadata->authorization_endpoint, ==, "https://b.example/authorize?a=b");
  g_assert_cmpstr (metadata->token_endpoint, ==, "https://c.example/token");
  g_assert_cmpstr (metadata->revocation_endpoint, ==, "https://c.example/revoke");
  g_assert_cmpstr (metadata->device_authorization_endpoint, ==, "https://c.example/device");
  g_assert_cmpstr (metadata->registration_endpoint, ==, "https://a.example/tenant/register");
  assert_list (metadata->scopes, "openid offline_access");
  g_assert_true (metadata->names_pkce);
  g_assert_true (metadata->takes_s256);
  g_assert_true (metadata->issuer_in_answers);
  g_assert_true (metadata->names_authentications);
  g_assert_cmpuint (metadata->authentications, ==,
                    CVG_METADATA_TAKES_POST | CVG_METADATA_TAKES_NONE);
}

/* What is left out has the defaults of RFC 8414 section 2; null and "" are left out. */
static void
test_defaults (void)
{
  static const char *const bodies[] = {
    ABOUT (""),
    ABOUT (",\"token_endpoint\":null,\"registration_endpoint\":\"\",\"scopes_supported\":null,"
           "\"code_challenge_methods_supported\":null,"
           "\"token_endpoint_auth_methods_supported\":null,"
           "\"authorization_response_iss_parameter_supported\":null"),
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (CvgMetadata) metadata = parse (bodies[i]);

      g_assert_null (metadata->authorization_endpoint);
      g_assert_null (metadata->token_endpoint);
      g_assert_null (metadata->revocation_endpoint);
      g_assert_null (metadata->device_authorization_endpoint);
      g_assert_null (metadata->registration_endpoint);
      g_assert_null (metadata->scopes);
      g_assert_false (metadata->names_pkce);
      g_assert_false (metadata->takes_s256);
      g_assert_false (metadata->issuer_in_answers);
      g_assert_false (metadata->names_authentications);
      g_assert_cmpuint (metadata->authentications, ==, CVG_METADATA_TAKES_BASIC);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    guint status;
    const char *body;
    int code;
    const char *reason;
  } vectors[] = {
    /* none */
    { 404, "{}", CVG_ERROR_NOT_FOUND, "404" },
    { 200, "<html></html>", CVG_ERROR_NOT_FOUND, "no such document" },
    { 200, "{\"error\":\"not found\"}", CVG_ERROR_NOT_FOUND, "no issuer" },
    { 302, "", CVG_ERROR_NOT_FOUND, "elsewhere" },
    { 500, "{}", CVG_ERROR_TRY_LATER, "500" },
    /* of another issuer: a prefix, a slash more, letter case, port, none at all */
    { 200, "{\"issuer\":\"https://a.example\"}", CVG_ERROR_REFUSED, "another issuer" },
    { 200, "{\"issuer\":\"" ISSUER "/\"}", CVG_ERROR_REFUSED, "another issuer" },
    { 200, "{\"issuer\":\"https://A.example/tenant\"}", CVG_ERROR_REFUSED, "another issuer" },
    { 200, "{\"issuer\":\"https://a.example:443/tenant\"}", CVG_ERROR_REFUSED, "another issuer" },
    { 200, "{\"issuer\":\"https://evil.example\"}", CVG_ERROR_REFUSED, "another issuer" },
    { 200, "{\"issuer\":\"\"}", CVG_ERROR_REFUSED, "another issuer" },
    { 200, "{\"issuer\":7}", CVG_ERROR_REFUSED, "issuer" },
    /* endpoints where nobody may be sent */
    { 200, ABOUT (",\"token_endpoint\":\"http://a.example/token\""), CVG_ERROR_REFUSED, "https" },
    { 200, ABOUT (",\"authorization_endpoint\":\"javascript:alert(1)\""), CVG_ERROR_REFUSED,
      "authorization_endpoint" },
    { 200, ABOUT (",\"authorization_endpoint\":\"file:///bin/sh\""), CVG_ERROR_REFUSED, "host" },
    { 200, ABOUT (",\"authorization_endpoint\":\"https://a.example/$(id)\\n\""), CVG_ERROR_REFUSED,
      "character" },
    { 200, ABOUT (",\"token_endpoint\":\"https://u:p@a.example/\""), CVG_ERROR_REFUSED, "user" },
    { 200, ABOUT (",\"token_endpoint\":\"https://a.example/#f\""), CVG_ERROR_REFUSED, "fragment" },
    { 200, ABOUT (",\"token_endpoint\":\"/token\""), CVG_ERROR_REFUSED, "absolute" },
    { 200, ABOUT (",\"token_endpoint\":\"https://a.example/{sub}\""), CVG_ERROR_REFUSED, "has a" },
    { 200, ABOUT (",\"registration_endpoint\":\"http://127.0.0.1:631/\""), CVG_ERROR_REFUSED,
      "this machine" },
    { 200, ABOUT (",\"revocation_endpoint\":\"http://localhost/\""), CVG_ERROR_REFUSED,
      "this machine" },
    { 200, ABOUT (",\"device_authorization_endpoint\":\"ftp://a.example/\""), CVG_ERROR_REFUSED,
      "https" },
    /* wrong types */
    { 200, ABOUT (",\"token_endpoint\":[\"https://a.example/token\"]"), CVG_ERROR_REFUSED,
      "token_endpoint" },
    { 200, ABOUT (",\"code_challenge_methods_supported\":\"S256\""), CVG_ERROR_REFUSED,
      "code_challenge" },
    { 200, ABOUT (",\"token_endpoint_auth_methods_supported\":{}"), CVG_ERROR_REFUSED, "auth" },
    { 200, ABOUT (",\"scopes_supported\":\"a b\""), CVG_ERROR_REFUSED, "scopes" },
    { 200, ABOUT (",\"authorization_response_iss_parameter_supported\":\"true\""),
      CVG_ERROR_REFUSED, "iss" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", vectors[i].body);
      g_assert_null (parse_from (ISSUER, vectors[i].status, vectors[i].body, &error));
      g_assert_error (error, CVG_ERROR, vectors[i].code);
      g_assert_nonnull (strstr (error->message, vectors[i].reason));
      /* Nothing that they wrote is repeated. */
      g_assert_null (strstr (error->message, "evil"));
      g_assert_null (strstr (error->message, "alert"));
    }
}

static void
test_long_url (void)
{
  g_autofree char *path = g_strnfill (3000, 'a');
  g_autofree char *body =
      g_strdup_printf (ABOUT (",\"token_endpoint\":\"https://a.example/%s\""), path);
  g_autoptr (GError) error = NULL;

  g_assert_null (parse_from (ISSUER, 200, body, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_REFUSED);
  g_assert_cmpuint (strlen (error->message), <, 200);
}

/* A server on this machine names what is on this machine. */
static void
test_loopback (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgMetadata) metadata = parse_from ("http://127.0.0.1:7/", 200,
                                                 "{\"issuer\":\"http://127.0.0.1:7/\","
                                                 "\"token_endpoint\":\"http://127.0.0.1:7/token\"}",
                                                 &error);

  g_assert_no_error (error);
  g_assert_cmpstr (metadata->token_endpoint, ==, "http://127.0.0.1:7/token");
}

static void
test_authentications (void)
{
#define POST CVG_CLIENT_AUTHENTICATION_POST
#define BASIC CVG_CLIENT_AUTHENTICATION_BASIC
#define NONE CVG_CLIENT_AUTHENTICATION_NONE
  static const struct
  {
    const char *methods;
    CvgClientAuthentication preferred;
    CvgClientAuthentication chosen;     /* of a client with a secret */
    CvgClientAuthentication registered; /* of a client that registers itself */
  } vectors[] = {
    { "null", POST, BASIC, NONE }, /* the standard's default */
    { "[\"client_secret_post\",\"client_secret_basic\"]", POST, POST, BASIC },
    { "[\"client_secret_post\",\"client_secret_basic\"]", BASIC, BASIC, BASIC },
    { "[\"client_secret_post\"]", BASIC, POST, POST },
    { "[\"client_secret_basic\",\"none\"]", POST, BASIC, NONE },
    { "[\"none\"]", POST, POST, NONE },             /* the file knows of another way */
    { "[\"private_key_jwt\"]", POST, POST, BASIC }, /* none of ours */
    { "[]", POST, POST, BASIC },
    { "[\"client_secret_basic\"]", NONE, NONE, BASIC }, /* the file wants none */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *body = g_strdup_printf (
          ABOUT (",\"token_endpoint_auth_methods_supported\":%s"), vectors[i].methods);
      g_autoptr (CvgMetadata) metadata = parse (body);

      g_test_message ("%s", vectors[i].methods);
      g_assert_cmpint (cvg_metadata_choose_authentication (metadata, vectors[i].preferred), ==,
                       vectors[i].chosen);
      g_assert_cmpint (cvg_metadata_choose_registration (metadata), ==, vectors[i].registered);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/metadata/urls", test_urls);
  g_test_add_func ("/metadata/complete", test_complete);
  g_test_add_func ("/metadata/defaults", test_defaults);
  g_test_add_func ("/metadata/refused", test_refused);
  g_test_add_func ("/metadata/long-url", test_long_url);
  g_test_add_func ("/metadata/loopback", test_loopback);
  g_test_add_func ("/metadata/authentications", test_authentications);
  return g_test_run ();
}
