/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/registration.h"

#include <string.h>

#include "dbus/error.h"

#define URI "http://127.0.0.1:18417/callback/a"
#define URIS "\"redirect_uris\":[\"" URI "\"]"
#define ANSWER(more) "{\"client_id\":\"id\"," URIS more "}"

static CvgRegistration *
parse (guint status, const char *text, GError **error)
{
  g_autoptr (CvgSecret) body = cvg_secret_new (text);
  g_autoptr (CvgHttpResponse) response =
      cvg_http_response_new (status, "application/json", 0, body);

  return cvg_registration_parse (response, URI, error);
}

static void
test_request (void)
{
  const char *const scopes[] = { "read", "offline_access", NULL };
  const CvgRegistrationRequest asked = { .endpoint = "https://a.example/register",
                                         .redirect_uri = URI,
                                         .scopes = scopes,
                                         .authentication = CVG_CLIENT_AUTHENTICATION_NONE };
  g_autoptr (CvgHttpRequest) request = cvg_registration_request (&asked);

  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->url, ==, "https://a.example/register");
  g_assert_cmpstr (request->content_type, ==, "application/json");
  g_assert_null (request->authorization);
  g_assert_cmpstr (cvg_secret_peek (request->body), ==,
                   "{\"client_name\":\"Claviger\",\"application_type\":\"native\","
                   "\"redirect_uris\":[\"" URI "\"],"
                   "\"grant_types\":[\"authorization_code\",\"refresh_token\"],"
                   "\"response_types\":[\"code\"],\"token_endpoint_auth_method\":\"none\","
                   "\"scope\":\"read offline_access\"}");
}

static void
test_other_request (void)
{
  const char *const none[] = { NULL };
  const CvgRegistrationRequest asked = { .endpoint = "https://a.example/register",
                                         .redirect_uri = URI,
                                         .scopes = none,
                                         .authentication = CVG_CLIENT_AUTHENTICATION_BASIC,
                                         .has_device_flow = TRUE };
  g_autoptr (CvgHttpRequest) request = cvg_registration_request (&asked);
  const char *body = cvg_secret_peek (request->body);

  g_assert_nonnull (strstr (body, "\"refresh_token\","
                                  "\"urn:ietf:params:oauth:grant-type:device_code\"]"));
  g_assert_nonnull (strstr (body, "\"token_endpoint_auth_method\":\"client_secret_basic\""));
  g_assert_null (strstr (body, "scope"));
}

static void
test_answers (void)
{
#define POST CVG_CLIENT_AUTHENTICATION_POST
#define BASIC CVG_CLIENT_AUTHENTICATION_BASIC
#define NONE CVG_CLIENT_AUTHENTICATION_NONE
  static const struct
  {
    guint status;
    const char *body;
    const char *secret;
    CvgClientAuthentication authentication;
    gint64 expires_at;
  } vectors[] = {
    { 201, ANSWER (""), NULL, NONE, 0 },
    { 200, ANSWER (""), NULL, NONE, 0 },
    { 201, ANSWER (",\"token_endpoint_auth_method\":\"none\""), NULL, NONE, 0 },
    { 201,
      ANSWER (",\"client_secret\":\"s\",\"client_secret_expires_at\":0,"
              "\"token_endpoint_auth_method\":\"client_secret_post\""),
      "s", POST, 0 },
    { 201, ANSWER (",\"client_secret\":\"s\",\"client_secret_expires_at\":4000000000"), "s", BASIC,
      4000000000 }, /* RFC 7591 section 2: the default */
    { 201, ANSWER (",\"client_secret\":\"s\""), "s", BASIC, 0 },
    /* a secret that it does not want to see again */
    { 201,
      ANSWER (",\"client_secret\":\"s\",\"client_secret_expires_at\":4000000000,"
              "\"token_endpoint_auth_method\":\"none\""),
      NULL, NONE, 0 },
    /* none to show */
    { 201, ANSWER (",\"token_endpoint_auth_method\":\"client_secret_basic\""), NULL, NONE, 0 },
    { 201, ANSWER (",\"client_secret\":\"\",\"client_secret_expires_at\":1"), NULL, NONE, 0 },
    { 201, ANSWER (",\"client_secret\":null,\"client_secret_expires_at\":null"), NULL, NONE, 0 },
    /* more than one redirect URI, and what nobody asked for */
    { 201, "{\"client_id\":\"id\",\"redirect_uris\":[\"https://x.example\",\"" URI "\"],\"x\":[]}",
      NULL, NONE, 0 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgRegistration) registration = parse (vectors[i].status, vectors[i].body, &error);

      g_test_message ("%s", vectors[i].body);
      g_assert_no_error (error);
      g_assert_cmpstr (registration->client_id, ==, "id");
      g_assert_cmpstr (registration->client_secret != NULL ?
                           cvg_secret_peek (registration->client_secret) :
                           NULL,
                       ==, vectors[i].secret);
      g_assert_cmpint (registration->authentication, ==, vectors[i].authentication);
      g_assert_cmpint (registration->expires_at, ==, vectors[i].expires_at);
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
    /* RFC 7591 section 3.2.2 */
    { 400, "{\"error\":\"invalid_redirect_uri\"}", CVG_ERROR_REFUSED, "this computer" },
    { 400, "{\"error\":\"invalid_client_metadata\",\"error_description\":\"evil\"}",
      CVG_ERROR_REFUSED, "of this kind" },
    { 400, "{\"error\":\"invalid_software_statement\"}", CVG_ERROR_REFUSED, "vouches" },
    { 400, "{\"error\":\"unapproved_software_statement\"}", CVG_ERROR_REFUSED, "vouches" },
    { 401, "{\"error\":\"invalid_token\"}", CVG_ERROR_REFUSED, "HTTP 401, invalid_token" },
    { 403, "{\"error\":\"<b>evil\"}", CVG_ERROR_REFUSED, "(HTTP 403)" },
    { 404, "<html>", CVG_ERROR_REFUSED, "404" },
    /* not now */
    { 429, "{}", CVG_ERROR_TRY_LATER, "429" },
    { 500, "{}", CVG_ERROR_TRY_LATER, "500" },
    { 302, "", CVG_ERROR_TRY_LATER, "302" },
    { 201, "<html>", CVG_ERROR_TRY_LATER, "201" },
    /* what is no client */
    { 201, "{" URIS "}", CVG_ERROR_REFUSED, "client id" },
    { 201, "{\"client_id\":\"\"," URIS "}", CVG_ERROR_REFUSED, "client id" },
    { 201, "{\"client_id\":\"a b\"," URIS "}", CVG_ERROR_REFUSED, "client id" },
    { 201, "{\"client_id\":7," URIS "}", CVG_ERROR_REFUSED, "client_id" },
    { 201, "[]", CVG_ERROR_TRY_LATER, "201" },
    /* not ours */
    { 201, "{\"client_id\":\"id\"}", CVG_ERROR_REFUSED, "redirect URI" },
    { 201, "{\"client_id\":\"id\",\"redirect_uris\":[]}", CVG_ERROR_REFUSED, "redirect URI" },
    { 201, "{\"client_id\":\"id\",\"redirect_uris\":[\"" URI "/\"]}", CVG_ERROR_REFUSED,
      "redirect URI" },
    { 201, "{\"client_id\":\"id\",\"redirect_uris\":[\"http://127.0.0.1/callback/a\"]}",
      CVG_ERROR_REFUSED, "redirect URI" }, /* another port */
    { 201, "{\"client_id\":\"id\",\"redirect_uris\":\"" URI "\"}", CVG_ERROR_REFUSED,
      "redirect_uris" },
    /* what we can't do */
    { 201, ANSWER (",\"token_endpoint_auth_method\":\"private_key_jwt\""), CVG_ERROR_REFUSED,
      "authenticate" },
    { 201, ANSWER (",\"token_endpoint_auth_method\":1"), CVG_ERROR_REFUSED, "auth_method" },
    { 201, ANSWER (",\"client_secret\":\"a\\u000ab\""), CVG_ERROR_REFUSED, "client secret" },
    { 201, ANSWER (",\"client_secret\":{}"), CVG_ERROR_REFUSED, "client_secret" },
    { 201, ANSWER (",\"client_secret\":\"s\",\"client_secret_expires_at\":\"soon\""),
      CVG_ERROR_REFUSED, "client_secret_expires_at" },
    { 201, ANSWER (",\"client_secret\":\"s\",\"client_secret_expires_at\":-1"), CVG_ERROR_REFUSED,
      "client_secret_expires_at" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%u %s", vectors[i].status, vectors[i].body);
      g_assert_null (parse (vectors[i].status, vectors[i].body, &error));
      g_assert_error (error, CVG_ERROR, vectors[i].code);
      g_assert_nonnull (strstr (error->message, vectors[i].reason));
      g_assert_null (strstr (error->message, "evil"));
    }
}

static void
test_long (void)
{
  g_autofree char *filling = g_strnfill (5000, 'x');
  g_autofree char *secret = g_strdup_printf (ANSWER (",\"client_secret\":\"%s\""), filling);
  g_autofree char *id = g_strdup_printf ("{\"client_id\":\"%s\"," URIS "}", filling);

  g_assert_null (parse (201, secret, NULL));
  g_assert_null (parse (201, id, NULL));
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registration/request", test_request);
  g_test_add_func ("/registration/other-request", test_other_request);
  g_test_add_func ("/registration/answers", test_answers);
  g_test_add_func ("/registration/refused", test_refused);
  g_test_add_func ("/registration/long", test_long);
  return g_test_run ();
}
