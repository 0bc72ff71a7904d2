/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/revocation-request.h"

#include <string.h>

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"

/* ---- asking ---------------------------------------------------------------------------------- */

static CvgClient *
make_client (const char *secret)
{
  CvgClient *client = cvg_client_new ();

  client->client_id = g_strdup ("i/d");
  client->has_secret = secret != NULL;
  client->secret = secret != NULL ? cvg_secret_new (secret) : NULL;
  return client;
}

static CvgCredentials *
make_credentials (const char *access_token, const char *refresh_token)
{
  CvgCredentials *credentials = cvg_credentials_new ();

  credentials->access_token = access_token != NULL ? cvg_secret_new (access_token) : NULL;
  credentials->refresh_token = refresh_token != NULL ? cvg_secret_new (refresh_token) : NULL;
  return credentials;
}

static CvgProvider *
make_provider (const char *endpoint)
{
  CvgProvider *provider = cvg_provider_new ();
  const char *const headers[] = { "X-Version", "1", NULL };
  const char *const extras[] = { "audience", "x", NULL };

  provider->revocation_endpoint = g_strdup (endpoint);
  g_strfreev (provider->token_headers);
  provider->token_headers = g_strdupv ((char **) headers);
  /* Neither is for this endpoint. */
  g_strfreev (provider->token_parameters);
  provider->token_parameters = g_strdupv ((char **) extras);
  provider->token_request = CVG_TOKEN_REQUEST_JSON;
  return provider;
}

/* METHOD URL [AUTHORIZATION] [TYPE BODY], a line each. */
static char *
dup_lines (GPtrArray *requests)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < requests->len; i++)
    {
      const CvgHttpRequest *request = g_ptr_array_index (requests, i);

      g_assert_cmpstr (request->headers[0], ==, "X-Version");
      g_string_append_printf (lines, "%s %s", request->method, request->url);
      if (request->authorization != NULL)
        g_string_append_printf (lines, " [%s]", cvg_secret_peek (request->authorization));
      if (request->body != NULL)
        g_string_append_printf (lines, " %s %s", request->content_type,
                                cvg_secret_peek (request->body));
      g_string_append_c (lines, '\n');
    }

  return g_string_free (g_steal_pointer (&lines), FALSE);
}

static void
assert_requests (const CvgProvider *provider,
                 const CvgClient *client,
                 const CvgCredentials *credentials,
                 const char *expected)
{
  g_autoptr (GVariant) tenant =
      g_variant_ref_sink (g_variant_new_parsed ("{'site': 'a/b', 'odd': '{token}'}"));
  g_autoptr (GPtrArray) requests = cvg_revocation_requests (provider, tenant, client, credentials);
  g_autofree char *lines = dup_lines (requests);

  g_assert_cmpstr (lines, ==, expected);
}

/* RFC 7009 section 2.1, in the order that it recommends. */
static void
test_by_the_letter (void)
{
  g_autoptr (CvgProvider) provider = make_provider ("https://s/{site}/revoke");
  g_autoptr (CvgClient) client = make_client ("s");
  g_autoptr (CvgClient) public_client = make_client (NULL);
  g_autoptr (CvgCredentials) credentials = make_credentials ("A&1", "R+1");

  assert_requests (provider, client, credentials,
                   "POST https://s/a%2Fb/revoke " FORM
                   " token=R%2B1&token_type_hint=refresh_token&client_id=i%2Fd&client_secret=s\n"
                   "POST https://s/a%2Fb/revoke " FORM
                   " token=A%261&token_type_hint=access_token&client_id=i%2Fd&client_secret=s\n");
  assert_requests (provider, public_client, credentials,
                   "POST https://s/a%2Fb/revoke " FORM
                   " token=R%2B1&token_type_hint=refresh_token&client_id=i%2Fd\n"
                   "POST https://s/a%2Fb/revoke " FORM
                   " token=A%261&token_type_hint=access_token&client_id=i%2Fd\n");
  /* As at the token endpoint, and as its registration says. */
  provider->client_authentication = CVG_CLIENT_AUTHENTICATION_NONE;
  client->authentication = CVG_CLIENT_AUTHENTICATION_BASIC;
  assert_requests (provider, client, credentials,
                   "POST https://s/a%2Fb/revoke [Basic aSUyRmQ6cw==] " FORM
                   " token=R%2B1&token_type_hint=refresh_token\n"
                   "POST https://s/a%2Fb/revoke [Basic aSUyRmQ6cw==] " FORM
                   " token=A%261&token_type_hint=access_token\n");
}

static void
test_which_tokens (void)
{
  static const struct
  {
    CvgRevocationTokens tokens;
    const char *access_token;
    const char *refresh_token;
    const char *expected;
    gboolean is_possible;
  } rows[] = {
    { CVG_REVOCATION_BOTH, "A", NULL, "POST https://s/?t=A\n", TRUE },
    { CVG_REVOCATION_BOTH, NULL, "R", "POST https://s/?t=R\n", TRUE },
    /* One token that is both is revoked once. */
    { CVG_REVOCATION_BOTH, "A", "A", "POST https://s/?t=A\n", TRUE },
    { CVG_REVOCATION_BOTH, NULL, NULL, "", FALSE },
    { CVG_REVOCATION_BOTH, "", "", "", FALSE },
    { CVG_REVOCATION_REFRESH_TOKEN, "A", "R", "POST https://s/?t=R\n", TRUE },
    { CVG_REVOCATION_REFRESH_TOKEN, "A", NULL, "", FALSE },
    { CVG_REVOCATION_ACCESS_TOKEN, "A", "R", "POST https://s/?t=A\n", TRUE },
    { CVG_REVOCATION_ACCESS_TOKEN, "A", "A", "POST https://s/?t=A\n", TRUE },
    { CVG_REVOCATION_ACCESS_TOKEN, NULL, "R", "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CvgProvider) provider = make_provider ("https://s/?t={token}");
      g_autoptr (CvgCredentials) credentials =
          make_credentials (rows[i].access_token, rows[i].refresh_token);

      provider->revocation_tokens = rows[i].tokens;
      provider->revocation_authentication = CVG_REVOCATION_AS_NOBODY;
      provider->revocation_request = -1;
      assert_requests (provider, NULL, credentials, rows[i].expected);
      g_assert_cmpint (cvg_revocation_is_possible (provider, credentials), ==, rows[i].is_possible);
    }
}

static void
test_dialects (void)
{
  static const struct
  {
    const char *endpoint;
    const char *method;
    int format;
    CvgRevocationAuthentication authentication;
    const char *parameter;
    const char *expected;
  } rows[] = {
    { "https://s/x", "POST", CVG_TOKEN_REQUEST_JSON, CVG_REVOCATION_AS_CLIENT, "token",
      "POST https://s/x " JSON " {\"token\":\"A/1\",\"token_type_hint\":\"access_token\","
      "\"client_id\":\"i/d\",\"client_secret\":\"s\"}\n" },
    { "https://s/x", "POST", CVG_TOKEN_REQUEST_QUERY, CVG_REVOCATION_AS_NOBODY, "token",
      "POST https://s/x?token=A%2F1&token_type_hint=access_token\n" },
    /* By its own name it is another protocol, which has no hints. */
    { "https://s/apps/{client_id}/grant", "DELETE", CVG_TOKEN_REQUEST_JSON, CVG_REVOCATION_AS_BASIC,
      "access_token",
      "DELETE https://s/apps/i%2Fd/grant [Basic aSUyRmQ6cw==] " JSON
      " {\"access_token\":\"A/1\"}\n" },
    { "https://s/x", "POST", -1, CVG_REVOCATION_AS_BEARER, "token",
      "POST https://s/x [Bearer A/1]\n" },
    { "https://s/tokens/{token}", "DELETE", -1, CVG_REVOCATION_AS_BASIC, "token",
      "DELETE https://s/tokens/A%2F1 [Basic aSUyRmQ6cw==]\n" },
    { "https://s/{token}/{client_id}?t={token}", "POST", -1, CVG_REVOCATION_AS_NOBODY, "token",
      "POST https://s/A%2F1/i%2Fd?t=A%2F1\n" },
    /* A value of the person's is no template. */
    { "https://s/{odd}", "POST", -1, CVG_REVOCATION_AS_NOBODY, "token",
      "POST https://s/%7Btoken%7D\n" },
    /* What nobody has a value for. */
    { "https://s/{what}/{token}", "POST", -1, CVG_REVOCATION_AS_NOBODY, "token", "" },
    { "https://s/{token", "POST", -1, CVG_REVOCATION_AS_NOBODY, "token", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CvgProvider) provider = make_provider (rows[i].endpoint);
      g_autoptr (CvgClient) client = make_client ("s");
      g_autoptr (CvgCredentials) credentials = make_credentials ("A/1", NULL);

      provider->revocation_method = rows[i].method;
      provider->revocation_request = rows[i].format;
      provider->revocation_authentication = rows[i].authentication;
      g_free (provider->revocation_parameter);
      provider->revocation_parameter = g_strdup (rows[i].parameter);
      assert_requests (provider, client, credentials, rows[i].expected);
    }
}

/* A client that is gone: done all the same where the server does not ask for one. */
static void
test_without_client (void)
{
  static const struct
  {
    const char *endpoint;
    CvgRevocationAuthentication authentication;
    const char *expected;
  } rows[] = {
    { "https://s/x", CVG_REVOCATION_AS_CLIENT, "" },
    { "https://s/x", CVG_REVOCATION_AS_BASIC, "" },
    { "https://s/x", CVG_REVOCATION_AS_BEARER, "POST https://s/x [Bearer A]\n" },
    { "https://s/x", CVG_REVOCATION_AS_NOBODY, "POST https://s/x\n" },
    { "https://s/{client_id}", CVG_REVOCATION_AS_NOBODY, "" },
    { NULL, CVG_REVOCATION_AS_NOBODY, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CvgProvider) provider = make_provider (rows[i].endpoint);
      g_autoptr (CvgCredentials) credentials = make_credentials ("A", NULL);

      provider->revocation_request = -1;
      provider->revocation_authentication = rows[i].authentication;
      assert_requests (provider, NULL, credentials, rows[i].expected);
      g_assert_cmpint (cvg_revocation_is_possible (provider, credentials), ==,
                       rows[i].endpoint != NULL);
    }
}

/* Tokens of a size that nobody foresaw stay in the buffer that is wiped. */
static void
test_huge (void)
{
  g_autoptr (CvgProvider) provider = make_provider ("https://s/{token}{token}{token}");
  g_autofree char *token = g_strnfill (64 * 1024, '/');
  g_autoptr (CvgCredentials) credentials = make_credentials (token, NULL);
  g_autoptr (GPtrArray) requests = NULL;

  provider->revocation_authentication = CVG_REVOCATION_AS_NOBODY;
  requests = cvg_revocation_requests (provider, NULL, NULL, credentials);
  g_assert_cmpuint (requests->len, ==, 1);
  g_assert_cmpuint (strlen (((CvgHttpRequest *) g_ptr_array_index (requests, 0))->url), ==,
                    strlen ("https://s/") + (gsize) 3 * 3 * 64 * 1024);
}

/* ---- the answer ------------------------------------------------------------------------------ */

static CvgRevocationVerdict
judge (gboolean by_token,
       guint status,
       const char *content_type,
       const char *body,
       const char *challenge,
       char **seen)
{
  g_autoptr (CvgHttpRequest) request = cvg_http_request_new ("POST", "https://s/x");
  g_autoptr (CvgSecret) secret = cvg_secret_new (body);
  g_autoptr (CvgHttpResponse) response = cvg_http_response_new (status, content_type, 0, secret);

  request->authorization = cvg_secret_new (by_token ? "Bearer A" : "Basic aSUyRmQ6cw==");
  response->challenge = g_strdup (challenge);
  return cvg_revocation_judge (request, response, seen);
}

static void
test_judge (void)
{
  static const struct
  {
    guint status;
    const char *content_type;
    const char *body;
    CvgRevocationVerdict verdict;
    const char *seen;
  } rows[] = {
    /* RFC 7009 section 2.2: whatever the body is, and there is mostly none. */
    { 200, NULL, "", CVG_REVOCATION_CONFIRMED, "HTTP 200" },
    { 204, NULL, "", CVG_REVOCATION_CONFIRMED, "HTTP 204" },
    { 200, JSON, "{}", CVG_REVOCATION_CONFIRMED, "HTTP 200" },
    { 200, JSON, "{\"ok\":true,\"revoked\":true}", CVG_REVOCATION_CONFIRMED, "HTTP 200" },
    { 200, JSON, "{\"error\":null}", CVG_REVOCATION_CONFIRMED, "HTTP 200" },
    { 200, "text/plain", "OK", CVG_REVOCATION_CONFIRMED, "HTTP 200" },
    { 200, "text/html", "", CVG_REVOCATION_CONFIRMED, "HTTP 200" },
    /* An error is one under 200, too. */
    { 200, JSON, "{\"ok\":false,\"error\":\"invalid_auth\"}", CVG_REVOCATION_REFUSED,
      "HTTP 200, invalid_auth" },
    { 200, JSON, "{\"ok\":false}", CVG_REVOCATION_REFUSED, "HTTP 200" },
    { 200, JSON, "{\"ok\":false,\"error\":\"token_revoked\"}", CVG_REVOCATION_CONFIRMED,
      "HTTP 200, token_revoked" },
    { 200, JSON, "{\"ok\":false,\"error\":\"ratelimited\"}", CVG_REVOCATION_PASSING,
      "HTTP 200, ratelimited" },
    { 200, FORM, "error=bad_verification", CVG_REVOCATION_REFUSED, "HTTP 200, bad_verification" },
    /* A page is no answer. */
    { 200, "text/html", "<p>Log in", CVG_REVOCATION_PASSING, "HTTP 200" },
    { 403, "text/html", "<p>Blocked", CVG_REVOCATION_PASSING, "HTTP 403" },
    { 302, NULL, "", CVG_REVOCATION_PASSING, "HTTP 302" },
    { 404, "text/html", "<p>No such page", CVG_REVOCATION_REFUSED, "HTTP 404" },
    { 405, "text/html", "<p>Not that way", CVG_REVOCATION_REFUSED, "HTTP 405" },
    /* Section 2.2.1. */
    { 503, NULL, "", CVG_REVOCATION_PASSING, "HTTP 503" },
    { 500, JSON, "{\"error\":\"invalid_token\"}", CVG_REVOCATION_PASSING,
      "HTTP 500, invalid_token" },
    { 429, JSON, "{}", CVG_REVOCATION_PASSING, "HTTP 429" },
    { 408, NULL, "", CVG_REVOCATION_PASSING, "HTTP 408" },
    { 400, JSON, "{\"error\":\"temporarily_unavailable\"}", CVG_REVOCATION_PASSING,
      "HTTP 400, temporarily_unavailable" },
    { 400, JSON, "{\"error\":\"unsupported_token_type\"}", CVG_REVOCATION_REFUSED,
      "HTTP 400, unsupported_token_type" },
    /* What was to be reached is reached. */
    { 400, JSON, "{\"error\":\"invalid_token\"}", CVG_REVOCATION_CONFIRMED,
      "HTTP 400, invalid_token" },
    { 401, JSON, "{\"error\":\"invalid_token\"}", CVG_REVOCATION_CONFIRMED,
      "HTTP 401, invalid_token" },
    /* Who says this may mean that the token is alive and somebody else's. */
    { 400, JSON, "{\"error\":\"invalid_grant\"}", CVG_REVOCATION_REFUSED,
      "HTTP 400, invalid_grant" },
    { 401, JSON, "{\"error\":\"invalid_client\"}", CVG_REVOCATION_REFUSED,
      "HTTP 401, invalid_client" },
    { 401, NULL, "", CVG_REVOCATION_REFUSED, "HTTP 401" },
    { 403, JSON, "{}", CVG_REVOCATION_REFUSED, "HTTP 403" },
    { 404, JSON, "{\"error\":\"invalid_token\"}", CVG_REVOCATION_REFUSED,
      "HTTP 404, invalid_token" },
    { 400, JSON, "{\"error\":{\"code\":7}}", CVG_REVOCATION_REFUSED, "HTTP 400" },
    { 400, JSON, "[1,", CVG_REVOCATION_REFUSED, "HTTP 400" },
    /* Nothing of theirs is repeated unless it is a plain word. */
    { 400, JSON, "{\"error\":\"hush-A is dead\"}", CVG_REVOCATION_REFUSED, "HTTP 400" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *seen = NULL;
      CvgRevocationVerdict verdict =
          judge (FALSE, rows[i].status, rows[i].content_type, rows[i].body, NULL, &seen);

      if (verdict != rows[i].verdict)
        g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (verdict, ==, rows[i].verdict);
      g_assert_cmpstr (seen, ==, rows[i].seen);
    }
}

static void
test_judge_challenge (void)
{
  static const struct
  {
    gboolean by_token;
    guint status;
    const char *challenge;
    CvgRevocationVerdict verdict;
  } rows[] = {
    { TRUE, 401, "Bearer realm=\"s\", error=\"invalid_token\"", CVG_REVOCATION_CONFIRMED },
    { TRUE, 401, "Bearer", CVG_REVOCATION_REFUSED },
    { TRUE, 401, NULL, CVG_REVOCATION_REFUSED },
    { TRUE, 403, "Bearer error=\"invalid_token\"", CVG_REVOCATION_REFUSED },
    /* Of whom it speaks is not clear. */
    { FALSE, 401, "Bearer error=\"invalid_token\"", CVG_REVOCATION_REFUSED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *seen = NULL;

      g_assert_cmpint (judge (rows[i].by_token, rows[i].status, NULL, "", rows[i].challenge, &seen),
                       ==, rows[i].verdict);
    }
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/revocation-request/by-the-letter", test_by_the_letter);
  g_test_add_func ("/revocation-request/which-tokens", test_which_tokens);
  g_test_add_func ("/revocation-request/dialects", test_dialects);
  g_test_add_func ("/revocation-request/without-client", test_without_client);
  g_test_add_func ("/revocation-request/huge", test_huge);
  g_test_add_func ("/revocation-request/judge", test_judge);
  g_test_add_func ("/revocation-request/judge-challenge", test_judge_challenge);

  return g_test_run ();
}
