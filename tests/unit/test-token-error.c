/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/token-error.h"

#include <string.h>

#include "dbus/error.h"

/* As data/providers/confluence.provider has it. */
static CvgProvider *
make_atlassian (void)
{
  CvgProvider *provider = cvg_provider_new ();

  provider->name = g_strdup ("Confluence");
  g_ptr_array_set_size (provider->dead_grants, 0);
  g_ptr_array_add (provider->dead_grants, cvg_dead_grant_new (403, "invalid_grant", NULL));
  g_ptr_array_add (provider->dead_grants,
                   cvg_dead_grant_new (403, "unauthorized_client", "refresh_token"));
  g_ptr_array_add (provider->dead_grants,
                   cvg_dead_grant_new (400, "invalid_request", "refresh_token"));
  g_ptr_array_add (provider->dead_grants, cvg_dead_grant_new (200, "bad_refresh_token", NULL));
  return provider;
}

static GError *
fail (const CvgProvider *provider,
      CvgTokenGrant grant,
      guint status,
      const char *content_type,
      guint retry_after,
      const char *body)
{
  g_autoptr (CvgSecret) secret = cvg_secret_new (body);
  g_autoptr (CvgHttpResponse) response =
      cvg_http_response_new (status, content_type, retry_after, secret);
  GError *error = NULL;

  g_assert_null (cvg_token_response_parse (provider, grant, response, 1000, &error));
  g_assert_nonnull (error);
  /* Each hostile body has this word where something secret could be. */
  g_assert_null (strstr (error->message, "QUOTED"));
  return error;
}

typedef struct
{
  guint status;
  const char *content_type;
  const char *body;
  CvgError code;
  const char *said; /* what the message has */
} Vector;

#define JSON "application/json"

static void
check (const CvgProvider *provider, CvgTokenGrant grant, const Vector *vectors, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      g_autoptr (GError) error =
          fail (provider, grant, vectors[i].status, vectors[i].content_type, 0, vectors[i].body);

      g_test_message ("%u %s: %s", vectors[i].status, vectors[i].body, error->message);
      g_assert_error (error, CVG_ERROR, (int) vectors[i].code);
      g_assert_nonnull (strstr (error->message, vectors[i].said));
      g_assert_nonnull (strstr (error->message, "Confluence"));
    }
}

static void
check_vectors (CvgTokenGrant grant, const Vector *vectors, size_t count)
{
  g_autoptr (CvgProvider) provider = make_atlassian ();

  check (provider, grant, vectors, count);
}

static void
test_atlassian_refresh (void)
{
  static const Vector vectors[] = {
    { 403, JSON,
      "{\"error\":\"invalid_grant\",\"error_description\":\"Unknown or invalid refresh token.\"}",
      CVG_ERROR_NEEDS_SIGN_IN, "invalid_grant" },
    { 403, JSON,
      "{\"error\":\"unauthorized_client\",\"error_description\":\"refresh_token is invalid\"}",
      CVG_ERROR_NEEDS_SIGN_IN, "unauthorized_client" },
    { 400, JSON, "{\"error\":\"invalid_request\",\"error_description\":\"Invalid refresh_token\"}",
      CVG_ERROR_NEEDS_SIGN_IN, "invalid_request" },
    { 403, JSON,
      "{\"error\":\"invalid_grant\",\"error_description\":\"Token has been expired or revoked.\"}",
      CVG_ERROR_NEEDS_SIGN_IN, "sign in again" },
    /* the same words without the refresh token: the client, not the grant */
    { 403, JSON, "{\"error\":\"unauthorized_client\",\"error_description\":\"Unauthorized\"}",
      CVG_ERROR_REFUSED, "client add" },
    { 403, JSON, "{\"error\":\"unauthorized_client\"}", CVG_ERROR_REFUSED, "client add" },
    { 401, JSON, "{\"error\":\"access_denied\",\"error_description\":\"Unauthorized\"}",
      CVG_ERROR_REFUSED, "access_denied" },
    { 400, JSON,
      "{\"error\":\"invalid_client\",\"error_description\":\"grant_type is not enabled for "
      "client\"}",
      CVG_ERROR_REFUSED, "invalid_client" },
  };

  check_vectors (CVG_TOKEN_GRANT_REFRESH, vectors, G_N_ELEMENTS (vectors));
}

static void
test_atlassian_code (void)
{
  static const Vector vectors[] = {
    { 400, JSON,
      "{\"error\":\"invalid_request\",\"error_description\":\"authorization_code is invalid\"}",
      CVG_ERROR_REFUSED, "start the sign-in again" },
    { 403, JSON, "{\"error\":\"invalid_grant\"}", CVG_ERROR_REFUSED, "start the sign-in again" },
    { 401, JSON, "{\"error\":\"access_denied\",\"error_description\":\"Unauthorized\"}",
      CVG_ERROR_REFUSED, "client add" },
    /* an exchange has no grant that could die, whatever the words */
    { 403, JSON,
      "{\"error\":\"unauthorized_client\",\"error_description\":\"refresh_token is invalid\"}",
      CVG_ERROR_REFUSED, "client add" },
  };

  check_vectors (CVG_TOKEN_GRANT_CODE, vectors, G_N_ELEMENTS (vectors));
}

static void
test_others (void)
{
  static const Vector vectors[] = {
    /* status 200 with an error */
    { 200, JSON, "{\"error\":\"bad_refresh_token\"}", CVG_ERROR_NEEDS_SIGN_IN, "bad_refresh" },
    { 200, "application/x-www-form-urlencoded", "error=bad_refresh_token&error_description=QUOTED",
      CVG_ERROR_NEEDS_SIGN_IN, "HTTP 200" },
    { 200, JSON, "{\"error\":\"invalid_code\",\"access_token\":\"QUOTED\"}", CVG_ERROR_REFUSED,
      "invalid_code" },
    { 200, JSON, "{\"ok\":false,\"error\":\"invalid_refresh_token\"}", CVG_ERROR_REFUSED,
      "invalid_refresh_token" },
    { 200, JSON, "{\"ok\":false,\"error\":\"ratelimited\"}", CVG_ERROR_TRY_LATER, "HTTP 200" },
    { 200, JSON, "{\"ok\":false,\"access_token\":\"QUOTED\"}", CVG_ERROR_TRY_LATER, "HTTP 200" },
    { 200, JSON, "{\"error\":{\"message\":\"QUOTED\"}}", CVG_ERROR_TRY_LATER, "HTTP 200" },
    { 200, JSON, "{\"error\":true}", CVG_ERROR_TRY_LATER, "HTTP 200" },
    /* other codes */
    { 400, JSON, "{\"error\":\"invalid_scope\"}", CVG_ERROR_REFUSED, "invalid_scope" },
    { 400, JSON, "{\"error\":\"unsupported_grant_type\"}", CVG_ERROR_REFUSED, "HTTP 400" },
    { 400, JSON, "{\"error\":\"temporarily_unavailable\"}", CVG_ERROR_TRY_LATER, "HTTP 400" },
    /* a code that can't be shown */
    { 400, JSON, "{\"error\":\"QUOTED token\"}", CVG_ERROR_REFUSED, "HTTP 400" },
    /* the same words with another status than the file says: not dead */
    { 400, JSON, "{\"error\":\"bad_refresh_token\"}", CVG_ERROR_REFUSED, "bad_refresh_token" },
    /* status 401 is the client's, with or without words (RFC 6749 section 5.2) */
    { 401, JSON, "{}", CVG_ERROR_REFUSED, "client add" },
    { 401, NULL, "", CVG_ERROR_REFUSED, "client add" },
    { 401, "text/html", "<html>QUOTED</html>", CVG_ERROR_TRY_LATER, "HTTP 401" },
    /* 4xx that says nothing */
    { 400, JSON, "{}", CVG_ERROR_TRY_LATER, "HTTP 400" },
    { 400, JSON, "{\"error\":\"\"}", CVG_ERROR_TRY_LATER, "HTTP 400" },
    { 400, JSON, "{\"error\":0}", CVG_ERROR_TRY_LATER, "HTTP 400" },
    { 400, JSON, "{\"error\":{}}", CVG_ERROR_TRY_LATER, "HTTP 400" },
    /* a number is a code as well */
    { 400, JSON, "{\"error\":4711}", CVG_ERROR_REFUSED, "HTTP 400, 4711" },
    { 403, "text/plain", "QUOTED", CVG_ERROR_TRY_LATER, "HTTP 403" },
    { 404, NULL, "", CVG_ERROR_TRY_LATER, "HTTP 404" },
    { 407, "text/html", "<html>", CVG_ERROR_TRY_LATER, "HTTP 407" },
    /* passing by their status, whatever the words */
    { 408, JSON, "{\"error\":\"invalid_request\"}", CVG_ERROR_TRY_LATER, "HTTP 408" },
    { 429, JSON, "{\"error\":\"invalid_client\"}", CVG_ERROR_TRY_LATER, "HTTP 429" },
    { 500, JSON, "{\"error\":\"invalid_grant\"}", CVG_ERROR_TRY_LATER, "HTTP 500" },
    { 503, "text/html", "<html>", CVG_ERROR_TRY_LATER, "HTTP 503" },
    { 302, NULL, "", CVG_ERROR_TRY_LATER, "HTTP 302" },
    { 304, JSON, "{\"error\":\"invalid_client\"}", CVG_ERROR_TRY_LATER, "HTTP 304" },
  };

  check_vectors (CVG_TOKEN_GRANT_REFRESH, vectors, G_N_ELEMENTS (vectors));
}

/* Codes where the file says, be they text or numbers, and descriptions likewise. */
static void
test_elsewhere (void)
{
  static const Vector vectors[] = {
    { 400, JSON, "{\"error\":{\"code\":190,\"message\":\"QUOTED expired\"}}",
      CVG_ERROR_NEEDS_SIGN_IN, "190" },
    { 400, JSON, "{\"error\":{\"code\":\"190\",\"message\":\"EXPIRED QUOTED\"}}",
      CVG_ERROR_NEEDS_SIGN_IN, "190" },
    /* other words than those that mean it, or none */
    { 400, JSON, "{\"error\":{\"code\":190,\"message\":\"QUOTED\"}}", CVG_ERROR_REFUSED, "190" },
    { 400, JSON, "{\"error\":{\"code\":190}}", CVG_ERROR_REFUSED, "HTTP 400, 190" },
    { 400, JSON, "{\"error\":{\"code\":190,\"message\":17}}", CVG_ERROR_REFUSED, "190" },
    /* another code, another status */
    { 400, JSON, "{\"error\":{\"code\":19,\"message\":\"expired\"}}", CVG_ERROR_REFUSED, "19" },
    { 500, JSON, "{\"error\":{\"code\":190,\"message\":\"expired\"}}", CVG_ERROR_TRY_LATER, "500" },
    /* the second place; the first wins where both have one */
    { 200, JSON, "{\"status\":\"dead\",\"data\":{}}", CVG_ERROR_NEEDS_SIGN_IN, "HTTP 200, dead" },
    { 200, JSON, "{\"status\":\"dead\",\"error\":{\"code\":\"slow_down\"}}", CVG_ERROR_TRY_LATER,
      "HTTP 200" },
    { 200, JSON, "{\"status\":\"Dead\"}", CVG_ERROR_REFUSED, "HTTP 200" },
    /* as in the RFC all the same */
    { 400, JSON, "{\"error\":\"invalid_grant\"}", CVG_ERROR_NEEDS_SIGN_IN, "invalid_grant" },
    { 400, JSON, "{\"error\":\"words\",\"error_description\":\"it is Over\"}",
      CVG_ERROR_NEEDS_SIGN_IN, "words" },
    { 400, JSON, "{\"error\":\"words\",\"message\":\"QUOTED\",\"error_description\":\"over\"}",
      CVG_ERROR_REFUSED, "words" },
    /* an error that has no code that could be read */
    { 200, JSON, "{\"error\":{\"QUOTED\":190}}", CVG_ERROR_TRY_LATER, "HTTP 200" },
    { 400, JSON, "{\"error\":{\"code\":{}}}", CVG_ERROR_TRY_LATER, "HTTP 400" },
    { 401, JSON, "{\"error\":{\"code\":[190]}}", CVG_ERROR_REFUSED, "client add" },
    /* what gave a token can't be dead, whatever it says */
    { 200, JSON, "{\"status\":\"dead\",\"access_token\":\"QUOTED\"}", CVG_ERROR_TRY_LATER,
      "HTTP 200" },
    { 200, JSON, "{\"status\":\"dead\",\"data\":{\"access_token\":\"QUOTED\"}}",
      CVG_ERROR_TRY_LATER, "HTTP 200" },
    { 200, JSON, "{\"status\":\"dead\",\"access_token\":\"\"}", CVG_ERROR_NEEDS_SIGN_IN, "dead" },
  };
  static const char *const members[] = { "error.code", "status", NULL };
  static const char *const descriptions[] = { "error.message", "message", NULL };
  static const char *const objects[] = { "data", NULL };
  g_autoptr (CvgProvider) provider = make_atlassian ();

  g_strfreev (provider->error_members);
  g_strfreev (provider->error_descriptions);
  g_strfreev (provider->token_objects);
  provider->error_members = g_strdupv ((char **) members);
  provider->error_descriptions = g_strdupv ((char **) descriptions);
  provider->token_objects = g_strdupv ((char **) objects);
  g_ptr_array_add (provider->dead_grants, cvg_dead_grant_new (400, "190", "expired"));
  g_ptr_array_add (provider->dead_grants, cvg_dead_grant_new (200, "dead", NULL));
  g_ptr_array_add (provider->dead_grants, cvg_dead_grant_new (400, "invalid_grant", NULL));
  g_ptr_array_add (provider->dead_grants, cvg_dead_grant_new (400, "words", "over"));
  check (provider, CVG_TOKEN_GRANT_REFRESH, vectors, G_N_ELEMENTS (vectors));
}

static void
test_says_when (void)
{
  g_autoptr (CvgProvider) provider = make_atlassian ();
  g_autoptr (GError) limited =
      fail (provider, CVG_TOKEN_GRANT_REFRESH, 429, JSON, 17, "{\"error\":\"slow_down\"}");
  g_autoptr (GError) portal =
      fail (provider, CVG_TOKEN_GRANT_REFRESH, 200, "text/html", 17, "<html></html>");

  g_assert_error (limited, CVG_ERROR, CVG_ERROR_TRY_LATER);
  g_assert_nonnull (strstr (limited->message, "in 17 seconds"));
  g_assert_error (portal, CVG_ERROR, CVG_ERROR_TRY_LATER);
  g_assert_nonnull (strstr (portal->message, "in 17 seconds"));
}

/* No body that can't be read kills a grant, whatever the status. */
static void
test_unreadable_never_kills (void)
{
  static const char *const bodies[] = {
    "",
    "{",
    "{\"error\":\"invalid_grant\"",
    "[]",
    "null",
    "\"invalid_grant\"",
    "invalid_grant",
    "<html>invalid_grant</html>",
    "{\"error\":\"invalid_grant\\u0000\"}",
    "[{\"error\":\"invalid_grant\"}]",
    "{\"error\":[\"invalid_grant\"]}",
  };
  static const guint statuses[] = { 200, 204, 302, 400, 401, 403, 404, 429, 500, 502 };
  g_autoptr (CvgProvider) provider = make_atlassian ();

  for (size_t i = 0; i < G_N_ELEMENTS (bodies); i++)
    for (size_t j = 0; j < G_N_ELEMENTS (statuses); j++)
      {
        g_autoptr (GError) error =
            fail (provider, CVG_TOKEN_GRANT_REFRESH, statuses[j], JSON, 0, bodies[i]);

        g_assert_false (g_error_matches (error, CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN));
      }
}

/* What is said of a client that Claviger registered itself, for whom “client add” is no advice. */
static void
test_registered (void)
{
  g_autoptr (CvgProvider) provider = make_atlassian ();
  g_autoptr (CvgSecret) body = cvg_secret_new ("{}");
  g_autoptr (CvgHttpResponse) unknown = cvg_http_response_new (401, JSON, 0, body);
  g_autoptr (CvgHttpResponse) busy = cvg_http_response_new (503, JSON, 0, body);
  g_autoptr (GError) refused =
      cvg_token_error_classify (provider, CVG_TOKEN_GRANT_CODE, unknown, NULL);
  g_autoptr (GError) passing =
      cvg_token_error_classify (provider, CVG_TOKEN_GRANT_CODE, busy, NULL);
  g_autoptr (GError) lost = cvg_token_error_of_registered (refused);

  g_assert_error (lost, CVG_ERROR, CVG_ERROR_REFUSED);
  g_assert_nonnull (strstr (lost->message, "(HTTP 401)"));
  g_assert_nonnull (strstr (lost->message, "sign in again"));
  g_assert_null (strstr (lost->message, "client add"));
  g_assert_null (cvg_token_error_of_registered (passing));
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-error/atlassian-refresh", test_atlassian_refresh);
  g_test_add_func ("/token-error/atlassian-code", test_atlassian_code);
  g_test_add_func ("/token-error/others", test_others);
  g_test_add_func ("/token-error/elsewhere", test_elsewhere);
  g_test_add_func ("/token-error/says-when", test_says_when);
  g_test_add_func ("/token-error/unreadable-never-kills", test_unreadable_never_kills);
  g_test_add_func ("/token-error/registered-client", test_registered);
  return g_test_run ();
}
