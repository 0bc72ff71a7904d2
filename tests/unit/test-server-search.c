/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/server-search.h"

#include <string.h>

#include "doubles/agent-world.h"

#define RESOURCE "https://r.example/v2/mcp"
#define ISSUER "https://a.example/tenant"
#define METADATA                                                                                   \
  "{\"issuer\":\"" ISSUER "\",\"token_endpoint\":\"https://a.example/token\","                     \
  "\"authorization_endpoint\":\"https://a.example/authorize\"}"
#define ABOUT(more)                                                                                \
  "{\"resource\":\"" RESOURCE "\",\"authorization_servers\":[\"" ISSUER "\"]" more "}"

/* Where each document may be. */
#define INSERTED "https://a.example/.well-known/oauth-authorization-server/tenant"
#define OPENID_INSERTED "https://a.example/.well-known/openid-configuration/tenant"
#define OPENID_APPENDED "https://a.example/tenant/.well-known/openid-configuration"
#define AT_PATH "https://r.example/.well-known/oauth-protected-resource/v2/mcp"
#define AT_ROOT "https://r.example/.well-known/oauth-protected-resource"

typedef struct
{
  CvgHttpDummy *http;
  CvgProvider *provider;
  GCancellable *cancellable;
  GAsyncResult *result;
  guint seen; /* requests that have been looked at */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->http = cvg_http_dummy_new ();
  fixture->cancellable = g_cancellable_new ();
  fixture->provider = cvg_provider_new ();
  fixture->provider->name = g_strdup ("Example");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  agent_world_settle ();
  g_clear_object (&fixture->result);
  g_assert_cmpuint (cvg_http_dummy_get_queued (fixture->http), ==, 0);
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->http), ==, fixture->seen);
  g_assert_finalize_object (fixture->http);
  g_assert_finalize_object (fixture->cancellable);
  cvg_provider_unref (fixture->provider);
}

static void
begin (Fixture *fixture, GVariant *tenant)
{
  cvg_server_search_async (CVG_HTTP (fixture->http), fixture->provider, tenant,
                           fixture->cancellable, agent_world_on_ready, &fixture->result);
  agent_world_settle ();
}

static CvgServerFound *
finish (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  CvgServerFound *found = NULL;

  g_assert_nonnull (fixture->result);
  found = cvg_server_search_finish (CVG_HTTP (fixture->http), fixture->result, &error);
  g_assert_no_error (error);
  return found;
}

static void
assert_failed (Fixture *fixture, int code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (fixture->result);
  g_assert_null (cvg_server_search_finish (CVG_HTTP (fixture->http), fixture->result, &error));
  agent_world_assert_error (error, code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "Example"));
  g_assert_nonnull (strstr (error->message, part));
  g_assert_null (strstr (error->message, "evil"));
}

/* The next request, which nobody has looked at yet, was a bare GET of @url. */
static void
assert_asked (Fixture *fixture, const char *url)
{
  const CvgHttpDummyRequest *request = cvg_http_dummy_get_request (fixture->http, fixture->seen++);

  g_assert_cmpstr (request->method, ==, "GET");
  g_assert_cmpstr (request->url, ==, url);
  g_assert_cmpstr (request->authorization, ==, "");
  g_assert_cmpstr (request->body, ==, "");
}

static void
push_missing (Fixture *fixture, guint count)
{
  for (guint i = 0; i < count; i++)
    cvg_http_dummy_push (fixture->http, 404, "text/html", 0, "<html>");
}

/* ---- from the issuer ------------------------------------------------------------------------- */

static void
test_issuer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgServerFound) found = NULL;

  fixture->provider->issuer = g_strdup (ISSUER);
  cvg_http_dummy_push_json (fixture->http, 200, METADATA);
  begin (fixture, NULL);

  assert_asked (fixture, INSERTED);
  found = finish (fixture);
  g_assert_cmpstr (found->metadata->issuer, ==, ISSUER);
  g_assert_cmpstr (found->metadata->token_endpoint, ==, "https://a.example/token");
  g_assert_null (found->scopes[0]);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgServerFound) found = NULL;

  fixture->provider->issuer = g_strdup (ISSUER);
  push_missing (fixture, 1);
  /* A page for every path, and JSON that is something else: passed over, both. */
  cvg_http_dummy_push (fixture->http, 200, "text/html", 0, "<html>Welcome</html>");
  cvg_http_dummy_push_json (fixture->http, 200, METADATA);
  begin (fixture, NULL);

  assert_asked (fixture, INSERTED);
  assert_asked (fixture, OPENID_INSERTED);
  assert_asked (fixture, OPENID_APPENDED);
  found = finish (fixture);
  g_assert_nonnull (found);
}

static void
test_nowhere (Fixture *fixture, gconstpointer data)
{
  fixture->provider->issuer = g_strdup (ISSUER);
  push_missing (fixture, 2);
  cvg_http_dummy_push_json (fixture->http, 200, "{\"error\":\"evil\"}");
  begin (fixture, NULL);

  assert_asked (fixture, INSERTED);
  assert_asked (fixture, OPENID_INSERTED);
  assert_asked (fixture, OPENID_APPENDED);
  assert_failed (fixture, CVG_ERROR_REFUSED, "a.example");
}

/* Who could place a wrong document could place another one. */
static void
test_other_issuer (Fixture *fixture, gconstpointer data)
{
  fixture->provider->issuer = g_strdup (ISSUER);
  push_missing (fixture, 1);
  cvg_http_dummy_push_json (fixture->http, 200, "{\"issuer\":\"https://evil.example\"}");
  begin (fixture, NULL);

  assert_asked (fixture, INSERTED);
  assert_asked (fixture, OPENID_INSERTED);
  assert_failed (fixture, CVG_ERROR_REFUSED, "another issuer");
}

static void
test_hostile_endpoint (Fixture *fixture, gconstpointer data)
{
  fixture->provider->issuer = g_strdup (ISSUER);
  cvg_http_dummy_push_json (fixture->http, 200,
                            "{\"issuer\":\"" ISSUER
                            "\",\"authorization_endpoint\":\"javascript:evil\"}");
  begin (fixture, NULL);

  assert_asked (fixture, INSERTED);
  assert_failed (fixture, CVG_ERROR_REFUSED, "authorization_endpoint");
}

/* What may pass is told rather than that there is nothing, and the other places are looked at. */
static void
test_passing (Fixture *fixture, gconstpointer data)
{
  fixture->provider->issuer = g_strdup (ISSUER);
  cvg_http_dummy_push (fixture->http, 503, NULL, 7, "");
  push_missing (fixture, 2);
  begin (fixture, NULL);

  assert_asked (fixture, INSERTED);
  assert_asked (fixture, OPENID_INSERTED);
  assert_asked (fixture, OPENID_APPENDED);
  assert_failed (fixture, CVG_ERROR_TRY_LATER, "7 seconds");
}

static void
test_nobody_answers (Fixture *fixture, gconstpointer data)
{
  fixture->provider->issuer = g_strdup (ISSUER);
  cvg_http_dummy_push_error (
      fixture->http, g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "a.example can't be reached"));
  begin (fixture, NULL);

  assert_asked (fixture, INSERTED);
  assert_failed (fixture, CVG_ERROR_TRY_LATER, "can't be reached");
}

static void
test_redirect (Fixture *fixture, gconstpointer data)
{
  fixture->provider->issuer = g_strdup ("https://a.example/");
  cvg_http_dummy_push (fixture->http, 302, NULL, 0, "");
  cvg_http_dummy_push (fixture->http, 307, NULL, 0, "");
  begin (fixture, NULL);

  assert_asked (fixture, "https://a.example/.well-known/oauth-authorization-server");
  assert_asked (fixture, "https://a.example/.well-known/openid-configuration");
  assert_failed (fixture, CVG_ERROR_REFUSED, "don't follow");
}

static void
test_tenant (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) tenant = g_variant_ref_sink (g_variant_new_parsed ("{'t': 'acme'}"));
  g_autoptr (CvgServerFound) found = NULL;

  fixture->provider->issuer = g_strdup ("https://{t}.example");
  cvg_http_dummy_push_json (fixture->http, 200, "{\"issuer\":\"https://acme.example\"}");
  begin (fixture, tenant);

  assert_asked (fixture, "https://acme.example/.well-known/oauth-authorization-server");
  found = finish (fixture);
  g_assert_cmpstr (found->metadata->issuer, ==, "https://acme.example");
}

static void
test_missing_tenant (Fixture *fixture, gconstpointer data)
{
  fixture->provider->issuer = g_strdup ("https://{t}.example");
  begin (fixture, NULL);

  assert_failed (fixture, CVG_ERROR_INVALID_ARGUMENT, "tenant");
}

/* ---- from the resource ----------------------------------------------------------------------- */

static void
test_challenge (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgServerFound) found = NULL;

  fixture->provider->resource = g_strdup (RESOURCE);
  cvg_http_dummy_push_challenge (
      fixture->http,
      "Bearer error=\"invalid_token\", resource_metadata=\"https://m.example/d\", scope=\"x y\"");
  cvg_http_dummy_push_json (fixture->http, 200, ABOUT (",\"scopes_supported\":[\"z\"]"));
  cvg_http_dummy_push_json (fixture->http, 200, METADATA);
  begin (fixture, NULL);

  assert_asked (fixture, RESOURCE);
  assert_asked (fixture, "https://m.example/d");
  assert_asked (fixture, INSERTED);
  found = finish (fixture);
  g_assert_cmpstr (found->metadata->issuer, ==, ISSUER);
  /* What it asked for when it was called, not its menu. */
  g_assert_cmpstr (found->scopes[0], ==, "x");
  g_assert_cmpstr (found->scopes[1], ==, "y");
  g_assert_null (found->scopes[2]);
}

static void
test_well_known (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgServerFound) found = NULL;

  fixture->provider->resource = g_strdup (RESOURCE);
  cvg_http_dummy_push_challenge (fixture->http, "Bearer");
  push_missing (fixture, 1);
  cvg_http_dummy_push_json (fixture->http, 200, ABOUT (",\"scopes_supported\":[\"z\"]"));
  push_missing (fixture, 1);
  cvg_http_dummy_push_json (fixture->http, 200, METADATA);
  begin (fixture, NULL);

  assert_asked (fixture, RESOURCE);
  assert_asked (fixture, AT_PATH);
  assert_asked (fixture, AT_ROOT);
  assert_asked (fixture, INSERTED);
  assert_asked (fixture, OPENID_INSERTED);
  found = finish (fixture);
  g_assert_cmpstr (found->scopes[0], ==, "z");
}

/* A resource that does not mind who asks is described all the same. */
static void
test_no_challenge (Fixture *fixture, gconstpointer data)
{
  fixture->provider->resource = g_strdup (RESOURCE);
  cvg_http_dummy_push (fixture->http, 405, "text/html", 0, "");
  push_missing (fixture, 2);
  begin (fixture, NULL);

  assert_asked (fixture, RESOURCE);
  assert_asked (fixture, AT_PATH);
  assert_asked (fixture, AT_ROOT);
  assert_failed (fixture, CVG_ERROR_REFUSED, "r.example");
}

static void
test_other_resource (Fixture *fixture, gconstpointer data)
{
  fixture->provider->resource = g_strdup (RESOURCE);
  cvg_http_dummy_push_challenge (fixture->http, "Bearer");
  cvg_http_dummy_push_json (fixture->http, 200,
                            "{\"resource\":\"https://evil.example\","
                            "\"authorization_servers\":[\"https://evil.example\"]}");
  begin (fixture, NULL);

  assert_asked (fixture, RESOURCE);
  assert_asked (fixture, AT_PATH);
  assert_failed (fixture, CVG_ERROR_REFUSED, "another resource");
}

static void
test_hostile_challenge (Fixture *fixture, gconstpointer data)
{
  fixture->provider->resource = g_strdup (RESOURCE);
  cvg_http_dummy_push_challenge (fixture->http,
                                 "Bearer resource_metadata=\"http://localhost:631/evil\"");
  begin (fixture, NULL);

  assert_asked (fixture, RESOURCE);
  assert_failed (fixture, CVG_ERROR_REFUSED, "this machine");
}

static void
test_odd_scope (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgServerFound) found = NULL;

  fixture->provider->resource = g_strdup (RESOURCE);
  cvg_http_dummy_push_challenge (
      fixture->http, "Bearer resource_metadata=\"https://m.example/d\", scope=\"a\\\"b\"");
  cvg_http_dummy_push_json (fixture->http, 200, ABOUT (""));
  cvg_http_dummy_push_json (fixture->http, 200, METADATA);
  begin (fixture, NULL);

  fixture->seen = 3;
  found = finish (fixture);
  g_assert_null (found->scopes[0]);
}

/* The file has answered: the resource is for the parameter of that name. */
static void
test_both (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgServerFound) found = NULL;

  fixture->provider->resource = g_strdup (RESOURCE);
  fixture->provider->issuer = g_strdup (ISSUER);
  cvg_http_dummy_push_json (fixture->http, 200, METADATA);
  begin (fixture, NULL);

  assert_asked (fixture, INSERTED);
  found = finish (fixture);
  g_assert_nonnull (found);
}

/* Whoever is asked last has the same to say about time, and is named. */
static void
test_each_step_unreachable (Fixture *fixture, gconstpointer data)
{
  fixture->provider->resource = g_strdup (RESOURCE);
  for (guint step = 0; step < 3; step++)
    {
      if (step > 0)
        cvg_http_dummy_push_challenge (fixture->http,
                                       "Bearer resource_metadata=\"https://m.example/d\"");
      if (step > 1)
        cvg_http_dummy_push_json (fixture->http, 200, ABOUT (""));
      cvg_http_dummy_push_error (fixture->http,
                                 g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "nobody answers"));
      begin (fixture, NULL);
      fixture->seen += step + 1;
      assert_failed (fixture, CVG_ERROR_TRY_LATER,
                     step == 0 ? "asked at r.example" :
                     step == 1 ? "asked at m.example" :
                                 "asked at a.example");
      g_clear_object (&fixture->result);
    }
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->provider->issuer = g_strdup (ISSUER);
  cvg_http_dummy_set_hold (fixture->http, TRUE);
  begin (fixture, NULL);
  assert_asked (fixture, INSERTED);
  g_assert_null (fixture->result);

  g_cancellable_cancel (fixture->cancellable);
  agent_world_settle ();
  g_assert_null (cvg_server_search_finish (CVG_HTTP (fixture->http), fixture->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/server-search/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  agent_world_init (&argc, &argv);

  ADD ("issuer/first-place", test_issuer);
  ADD ("issuer/order", test_order);
  ADD ("issuer/nowhere", test_nowhere);
  ADD ("issuer/another-ones-document", test_other_issuer);
  ADD ("issuer/hostile-endpoint", test_hostile_endpoint);
  ADD ("issuer/passing", test_passing);
  ADD ("issuer/nobody-answers", test_nobody_answers);
  ADD ("issuer/redirects-are-not-followed", test_redirect);
  ADD ("issuer/tenant", test_tenant);
  ADD ("issuer/missing-tenant", test_missing_tenant);
  ADD ("resource/challenge", test_challenge);
  ADD ("resource/well-known", test_well_known);
  ADD ("resource/no-challenge", test_no_challenge);
  ADD ("resource/another-ones-document", test_other_resource);
  ADD ("resource/hostile-challenge", test_hostile_challenge);
  ADD ("resource/odd-scope", test_odd_scope);
  ADD ("resource/with-an-issuer", test_both);
  ADD ("each-step-unreachable", test_each_step_unreachable);
  ADD ("cancel", test_cancel);

  return g_test_run ();
}
