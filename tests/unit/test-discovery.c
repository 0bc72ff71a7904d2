/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/discovery.h"

#include <string.h>

#include "doubles/agent-world.h"

#define PATIENCE_SECONDS 20
#define REMEMBER_SECONDS 300
#define METADATA                                                                                   \
  "{\"issuer\":\"https://a.example\",\"token_endpoint\":\"https://a.example/token\","              \
  "\"authorization_endpoint\":\"https://a.example/authorize\"}"

typedef struct
{
  CvgHttpDummy *http;
  CvgClockDummy *clock;
  CvgDiscovery *discovery;
  CvgProvider *provider;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->http = cvg_http_dummy_new ();
  fixture->clock = cvg_clock_dummy_new (AGENT_WORLD_NOW * G_TIME_SPAN_SECOND);
  fixture->discovery = cvg_discovery_new (CVG_HTTP (fixture->http), CVG_CLOCK (fixture->clock));
  fixture->provider = cvg_provider_new ();
  fixture->provider->name = g_strdup ("Example");
  fixture->provider->issuer = g_strdup ("https://a.example");
  cvg_http_dummy_set_hold (fixture->http, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  agent_world_settle ();
  g_assert_true (cvg_discovery_is_idle (fixture->discovery));
  g_assert_finalize_object (fixture->discovery);
  g_assert_cmpuint (cvg_http_dummy_get_queued (fixture->http), ==, 0);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (fixture->clock), ==, 0);
  g_assert_finalize_object (fixture->http);
  g_assert_finalize_object (fixture->clock);
  cvg_provider_unref (fixture->provider);
}

static void
run (Fixture *fixture, GCancellable *cancellable, GAsyncResult **slot)
{
  cvg_discovery_run_async (fixture->discovery, fixture->provider, NULL, cancellable,
                           agent_world_on_ready, slot);
  agent_world_settle ();
}

static void
answer (Fixture *fixture)
{
  cvg_http_dummy_push_json (fixture->http, 200, METADATA);
  cvg_http_dummy_answer (fixture->http);
  agent_world_settle ();
}

static CvgDiscovered *
finish (Fixture *fixture, GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  CvgDiscovered *discovered = NULL;

  g_assert_nonnull (result);
  discovered = cvg_discovery_run_finish (fixture->discovery, result, &error);
  g_assert_no_error (error);
  return discovered;
}

static void
assert_found (Fixture *fixture, GAsyncResult *result)
{
  g_autoptr (CvgDiscovered) discovered = finish (fixture, result);

  g_assert_cmpstr (discovered->provider->token_endpoint, ==, "https://a.example/token");
  g_assert_nonnull (discovered->server);
}

static void
assert_failed (Fixture *fixture, GAsyncResult *result, int code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  g_assert_null (cvg_discovery_run_finish (fixture->discovery, result, &error));
  agent_world_assert_error (error, code);
  g_assert_nonnull (strstr (error->message, part));
}

static void
pass (Fixture *fixture, guint seconds)
{
  cvg_clock_dummy_advance (fixture->clock, seconds * G_TIME_SPAN_SECOND);
  agent_world_settle ();
}

static void
test_needed (void)
{
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  g_assert_true (cvg_discovery_is_needed (provider));
  provider->token_endpoint = g_strdup ("https://a.example/token");
  g_assert_true (cvg_discovery_is_needed (provider));
  provider->device_authorization_endpoint = g_strdup ("https://a.example/device");
  g_assert_false (cvg_discovery_is_needed (provider));
  g_clear_pointer (&provider->device_authorization_endpoint, g_free);
  provider->authorization_endpoint = g_strdup ("https://a.example/authorize");
  g_assert_false (cvg_discovery_is_needed (provider));
}

static void
test_not_needed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CvgDiscovered) discovered = NULL;

  fixture->provider->token_endpoint = g_strdup ("https://a.example/token");
  fixture->provider->authorization_endpoint = g_strdup ("https://a.example/authorize");
  run (fixture, NULL, &result);
  discovered = finish (fixture, result);
  g_assert_true (discovered->provider == fixture->provider);
  g_assert_null (discovered->server);
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->http), ==, 0);
}

static void
test_shared (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  run (fixture, NULL, &first);
  pass (fixture, PATIENCE_SECONDS - 1);
  run (fixture, NULL, &second);
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->http), ==, 1);
  g_assert_false (cvg_discovery_is_idle (fixture->discovery));
  g_assert_null (first);
  answer (fixture);
  assert_found (fixture, first);
  assert_found (fixture, second);
}

static void
test_one_leaves (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;

  run (fixture, cancellable, &first);
  run (fixture, NULL, &second);
  g_cancellable_cancel (cancellable);
  agent_world_settle ();
  g_assert_null (cvg_discovery_run_finish (fixture->discovery, first, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (second);
  answer (fixture);
  assert_found (fixture, second);
}

/* Two tenants are two servers. */
static void
test_tenants (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) tenant = g_variant_ref_sink (g_variant_new_parsed ("{'t': 'b'}"));
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  run (fixture, NULL, &first);
  cvg_discovery_run_async (fixture->discovery, fixture->provider, tenant, NULL,
                           agent_world_on_ready, &second);
  agent_world_settle ();
  g_assert_cmpuint (cvg_http_dummy_get_held (fixture->http), ==, 2);
  answer (fixture);
  assert_found (fixture, first);
  g_assert_null (second);
  answer (fixture);
  assert_found (fixture, second);
}

static void
test_memory (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GAsyncResult) third = NULL;
  g_autoptr (GAsyncResult) fourth = NULL;

  run (fixture, NULL, &first);
  answer (fixture);
  assert_found (fixture, first);

  pass (fixture, REMEMBER_SECONDS - 1);
  run (fixture, NULL, &second);
  assert_found (fixture, second);
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->http), ==, 1);

  pass (fixture, 1);
  run (fixture, NULL, &third);
  g_assert_null (third);
  answer (fixture);
  assert_found (fixture, third);

  cvg_discovery_forget (fixture->discovery, fixture->provider, NULL);
  run (fixture, NULL, &fourth);
  g_assert_null (fourth);
  answer (fixture);
  assert_found (fixture, fourth);
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->http), ==, 3);
}

/* The clock was put back: nobody knows how old it is. */
static void
test_clock_put_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  run (fixture, NULL, &first);
  answer (fixture);
  assert_found (fixture, first);
  cvg_clock_dummy_step (fixture->clock, -10 * G_TIME_SPAN_SECOND);
  run (fixture, NULL, &second);
  g_assert_null (second);
  answer (fixture);
  assert_found (fixture, second);
}

/* What failed is not remembered. */
static void
test_failure (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GAsyncResult) third = NULL;

  run (fixture, NULL, &first);
  run (fixture, NULL, &second);
  cvg_http_dummy_push_json (fixture->http, 200, "{\"issuer\":\"https://other.example\"}");
  cvg_http_dummy_answer (fixture->http);
  agent_world_settle ();
  assert_failed (fixture, first, CVG_ERROR_REFUSED, "another issuer");
  assert_failed (fixture, second, CVG_ERROR_REFUSED, "another issuer");

  run (fixture, NULL, &third);
  g_assert_null (third);
  answer (fixture);
  assert_found (fixture, third);
}

/* There is a document, but nowhere to sign in. */
static void
test_not_enough (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  run (fixture, NULL, &result);
  cvg_http_dummy_push_json (fixture->http, 200, "{\"issuer\":\"https://a.example\"}");
  cvg_http_dummy_answer (fixture->http);
  agent_world_settle ();
  assert_failed (fixture, result, CVG_ERROR_REFUSED, "no token endpoint");
}

/* One deadline for all its questions together. */
static void
test_deadline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  run (fixture, NULL, &result);
  pass (fixture, PATIENCE_SECONDS - 1);
  cvg_http_dummy_push (fixture->http, 404, NULL, 0, "");
  cvg_http_dummy_answer (fixture->http);
  agent_world_settle ();
  g_assert_cmpuint (cvg_http_dummy_get_held (fixture->http), ==, 1);
  g_assert_null (result);
  pass (fixture, 1);
  g_assert_cmpuint (cvg_http_dummy_get_held (fixture->http), ==, 0);
  assert_failed (fixture, result, CVG_ERROR_TRY_LATER, "20 seconds");
}

static void
test_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) late = NULL;

  run (fixture, NULL, &result);
  cvg_discovery_stop (fixture->discovery);
  agent_world_settle ();
  g_assert_true (cvg_discovery_is_idle (fixture->discovery));
  assert_failed (fixture, result, CVG_ERROR_TRY_LATER, "stopping");
  run (fixture, NULL, &late);
  assert_failed (fixture, late, CVG_ERROR_TRY_LATER, "stopping");
  g_assert_cmpuint (cvg_http_dummy_get_count (fixture->http), ==, 1);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/discovery/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  agent_world_init (&argc, &argv);

  g_test_add_func ("/discovery/needed", test_needed);
  ADD ("not-needed", test_not_needed);
  ADD ("shared", test_shared);
  ADD ("one-leaves", test_one_leaves);
  ADD ("tenants", test_tenants);
  ADD ("memory", test_memory);
  ADD ("clock-put-back", test_clock_put_back);
  ADD ("failure", test_failure);
  ADD ("not-enough", test_not_enough);
  ADD ("deadline", test_deadline);
  ADD ("stop", test_stop);

  return g_test_run ();
}
