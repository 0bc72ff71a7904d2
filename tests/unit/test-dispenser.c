/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/dispenser.h"

#include <string.h>

#include "doubles/agent-world.h"

static CvgDispenser *
dispenser_of (AgentWorld *world)
{
  return cvg_agent_get_dispenser (world->agent);
}

static void
get (AgentWorld *world, const CvgDemand *demand, GAsyncResult **slot)
{
  cvg_dispenser_get_async (dispenser_of (world), agent_world_lookup (world, AGENT_WORLD_ID), demand,
                           NULL, agent_world_on_ready, slot);
}

static void
assert_served (AgentWorld *world, GAsyncResult *result, const char *token)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgCredentials) credentials = NULL;

  g_assert_nonnull (result);
  credentials = cvg_dispenser_get_finish (dispenser_of (world), result, &error);
  g_assert_no_error (error);
  agent_world_assert_secret (credentials->access_token, token);
}

static void
assert_failed (AgentWorld *world, GAsyncResult *result, CvgError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (result);
  g_assert_null (cvg_dispenser_get_finish (dispenser_of (world), result, &error));
  agent_world_assert_error (error, code);
}

static void
assert_get_serves (AgentWorld *world, const CvgDemand *demand, const char *token)
{
  g_autoptr (GAsyncResult) result = NULL;

  get (world, demand, &result);
  agent_world_settle ();
  assert_served (world, result, token);
}

static void
assert_get_fails (AgentWorld *world, const CvgDemand *demand, CvgError code)
{
  g_autoptr (GAsyncResult) result = NULL;

  get (world, demand, &result);
  agent_world_settle ();
  assert_failed (world, result, code);
}

static const CvgDemand usual = CVG_DEMAND_INIT;
static const CvgDemand forced = { .force_refresh = TRUE, .interactive = TRUE };

/* ---- from memory ----------------------------------------------------------------------------- */

static void
test_from_memory (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  guint calls[CVG_VAULT_DUMMY_REMOVE + 1];
  guint saves = cvg_records_dummy_count_saves (world->records);

  for (guint i = 0; i <= CVG_VAULT_DUMMY_REMOVE; i++)
    calls[i] = cvg_vault_dummy_count_calls (world->vault, i);

  g_assert_true (cvg_dispenser_peek (dispenser_of (world), entry, &usual) == entry->credentials);
  for (guint i = 0; i < 3; i++)
    assert_get_serves (world, &usual, "hush-A1");

  /* Not one port was touched for it. */
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 0);
  for (guint i = 0; i <= CVG_VAULT_DUMMY_REMOVE; i++)
    g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, i), ==, calls[i]);
  g_assert_cmpuint (cvg_records_dummy_count_saves (world->records), ==, saves);
  g_assert_cmpuint (cvg_clock_dummy_count_alarms (world->clock), ==, 0);
  g_assert_cmpuint (cvg_browser_dummy_get_count (world->browser), ==, 0);
}

static void
test_min_validity (void)
{
  static const struct
  {
    guint passed; /* of the hour that the token lives */
    guint min_validity;
    gboolean served;
  } vectors[] = {
    { 0, 60, TRUE },      /* just got it */
    { 3540, 60, TRUE },   /* exactly enough */
    { 3541, 60, FALSE },  /* a second too little */
    { 3541, 59, TRUE },   /* which is enough for another one */
    { 3599, 0, TRUE },    /* the last second */
    { 3600, 0, FALSE },   /* over */
    { 0, 7200, TRUE },    /* more than it ever has: nine tenths do */
    { 361, 7200, FALSE }, /* less than those */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
      CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
      const CvgDemand demand = { .min_validity = vectors[i].min_validity };

      g_test_message ("row %zu", i);
      cvg_clock_dummy_advance (world->clock, vectors[i].passed * G_TIME_SPAN_SECOND);
      if (!vectors[i].served)
        agent_world_push_token (world, "hush-A2", "hush-R2");
      g_assert_cmpint (cvg_dispenser_peek (dispenser_of (world), entry, &demand) != NULL, ==,
                       vectors[i].served);
      assert_get_serves (world, &demand, vectors[i].served ? "hush-A1" : "hush-A2");
    }
}

static void
test_force (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);

  agent_world_push_token (world, "hush-A2", "hush-R2");
  agent_world_push_token (world, "hush-A3", "hush-R3");
  g_assert_null (cvg_dispenser_peek (dispenser_of (world), entry, &forced));
  assert_get_serves (world, &forced, "hush-A2");
  assert_get_serves (world, &forced, "hush-A3");
  assert_get_serves (world, &usual, "hush-A3");
}

static void
test_rejected (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  const CvgDemand first = { .min_validity = 60, .rejected_serial = 1 };
  const CvgDemand unknown = { .min_validity = 60, .rejected_serial = 99 };

  agent_world_push_token (world, "hush-A2", "hush-R2");
  assert_get_serves (world, &first, "hush-A2");
  /* The next one that had the old token rejected gets the one of now: no storm of refreshes. */
  assert_get_serves (world, &first, "hush-A2");
  assert_get_serves (world, &first, "hush-A2");
  /* One that never was is not the one of now either. */
  assert_get_serves (world, &unknown, "hush-A2");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 1);
}

static void
test_rejected_together (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  const CvgDemand rejected = { .min_validity = 60, .rejected_serial = 1 };
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  agent_world_push_token (world, "hush-A2", "hush-R2");
  get (world, &rejected, &first);
  get (world, &rejected, &second);
  agent_world_settle ();
  assert_served (world, first, "hush-A2");
  assert_served (world, second, "hush-A2");
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 1);
}

static void
test_key_of_an_api (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = cvg_credentials_new ();
  const CvgDemand rejected = { .min_validity = 60, .rejected_serial = 1 };

  credentials->serial = 1;
  credentials->members = cvg_members_keep_secret (g_variant_new_parsed ("{'api_key': <'hush-K'>}"));
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  agent_world_start (world);
  /* It never expires, as far as anybody knows; and there is nothing to get a new one with. */
  cvg_clock_dummy_advance (world->clock, 366 * 86400 * G_TIME_SPAN_SECOND);
  assert_get_serves (world, &usual, NULL);
  assert_get_fails (world, &rejected, CVG_ERROR_NEEDS_SIGN_IN);
}

static void
test_only_a_refresh_token (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 0);

  /* As somebody sets it who moves in from another program. */
  g_clear_pointer (&credentials->access_token, cvg_secret_unref);
  agent_world_seed_client (world, "Confluence", "hush-S");
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  agent_world_start (world);
  agent_world_push_token (world, "hush-A2", "hush-R2");
  assert_get_serves (world, &usual, "hush-A2");
}

/* ---- no refresh token ------------------------------------------------------------------------ */

static void
test_no_refresh_token (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", NULL, 3600);
  const CvgDemand rejected = { .min_validity = 60, .rejected_serial = 1 };

  agent_world_seed_client (world, "Confluence", "hush-S");
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  agent_world_start (world);
  assert_get_serves (world, &usual, "hush-A1");
  /* What there is must do, until it is over or of no use. */
  cvg_clock_dummy_advance (world->clock, 3590 * G_TIME_SPAN_SECOND);
  assert_get_serves (world, &usual, "hush-A1");
  assert_get_fails (world, &rejected, CVG_ERROR_NEEDS_SIGN_IN);
  assert_get_fails (world, &forced, CVG_ERROR_NEEDS_SIGN_IN);
  cvg_clock_dummy_advance (world->clock, 10 * G_TIME_SPAN_SECOND);
  assert_get_fails (world, &usual, CVG_ERROR_NEEDS_SIGN_IN);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 0);
}

/* ---- not signed in, dead --------------------------------------------------------------------- */

static void
test_not_signed_in (void)
{
  static const CvgVaultState states[] = { CVG_VAULT_UNLOCKED, CVG_VAULT_LOCKED,
                                          CVG_VAULT_UNAVAILABLE };

  for (size_t i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (AgentWorld) world = agent_world_new_started (states[i]);
      CvgEntry *entry = agent_world_add_instance (world, "Confluence");
      g_autoptr (GAsyncResult) result = NULL;

      /* Known without the keyring, so that nobody is asked to unlock it. */
      g_test_message ("row %zu", i);
      g_assert_null (cvg_dispenser_peek (dispenser_of (world), entry, &usual));
      cvg_dispenser_get_async (dispenser_of (world), entry, &usual, NULL, agent_world_on_ready,
                               &result);
      agent_world_settle ();
      assert_failed (world, result, CVG_ERROR_NOT_SIGNED_IN);
      g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
    }
}

static void
test_item_missing (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);

  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  cvg_vault_dummy_put (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID, "");
  agent_world_start (world);
  assert_get_fails (world, &usual, CVG_ERROR_NOT_SIGNED_IN);
}

static void
test_dead (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);

  cvg_http_dummy_push_json (world->http, 403, "{\"error\":\"invalid_grant\"}");
  assert_get_fails (world, &forced, CVG_ERROR_NEEDS_SIGN_IN);
  /* From now on nobody asks again, however much they insist; there is no answer scripted. */
  assert_get_fails (world, &usual, CVG_ERROR_NEEDS_SIGN_IN);
  assert_get_fails (world, &forced, CVG_ERROR_NEEDS_SIGN_IN);
  cvg_clock_dummy_advance (world->clock, 86400 * G_TIME_SPAN_SECOND);
  assert_get_fails (world, &usual, CVG_ERROR_NEEDS_SIGN_IN);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 1);
}

static void
test_dead_since_before (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_LOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
  g_autoptr (CvgInstance) record = NULL;
  g_autoptr (GVariant) dead = NULL;

  /* Written down before the last stop: neither the server nor the keyring has to be asked. */
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  record = cvg_instance_from_record (
      cvg_records_dummy_peek (world->records, CVG_RECORDS_INSTANCES, AGENT_WORLD_ID), NULL);
  record->dead_reason = g_strdup ("It is over");
  dead = cvg_instance_to_record (record);
  cvg_records_save (CVG_RECORDS (world->records), CVG_RECORDS_INSTANCES, AGENT_WORLD_ID, dead);
  agent_world_start (world);
  assert_get_fails (world, &forced, CVG_ERROR_NEEDS_SIGN_IN);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);
}

/* ---- keyring locked -------------------------------------------------------------------------- */

static void
test_locked (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  const CvgDemand background = { .min_validity = 60, .interactive = FALSE };
  g_autoptr (GAsyncResult) result = NULL;

  assert_get_fails (world, &background, CVG_ERROR_KEYRING_LOCKED);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);

  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_UNLOCK, CVG_ERROR_KEYRING_LOCKED);
  assert_get_fails (world, &usual, CVG_ERROR_KEYRING_LOCKED);

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  get (world, &usual, &result);
  agent_world_settle ();
  g_assert_null (result);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  assert_served (world, result, "hush-A1");
}

static void
test_unavailable (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNAVAILABLE);

  assert_get_fails (world, &usual, CVG_ERROR_KEYRING_UNAVAILABLE);
}

static void
test_unlocked_and_stale (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);

  /* What the keyring had is over: it is refreshed in the same call. */
  cvg_clock_dummy_advance (world->clock, 2 * 3600 * G_TIME_SPAN_SECOND);
  agent_world_push_token (world, "hush-A2", "hush-R2");
  assert_get_serves (world, &usual, "hush-A2");
}

static void
test_unsaved_while_locked (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  const CvgDemand background = { .min_validity = 60, .interactive = FALSE };

  agent_world_push_token (world, "hush-A2", "hush-R2");
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  assert_get_serves (world, &forced, "hush-A2");
  g_assert_true (entry->unsaved);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);

  /* It is in memory and good. When it is not any more, the client's secret is needed. */
  assert_get_serves (world, &background, "hush-A2");
  cvg_clock_dummy_advance (world->clock, 2 * 3600 * G_TIME_SPAN_SECOND);
  assert_get_fails (world, &background, CVG_ERROR_KEYRING_LOCKED);
  agent_world_push_token (world, "hush-A3", "hush-R3");
  assert_get_serves (world, &usual, "hush-A3");
}

static void
test_locked_again (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  g_autoptr (GAsyncResult) result = NULL;

  /* Unlocked by the person, and locked again before it was read. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  get (world, &usual, &result);
  agent_world_settle ();
  g_assert_null (result);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  agent_world_settle ();
  assert_failed (world, result, CVG_ERROR_KEYRING_LOCKED);
}

static void
test_deleted_meanwhile (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_LOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GAsyncResult) result = NULL;

  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  get (world, &usual, &result);
  agent_world_settle ();
  cvg_instances_remove (world->instances, entry);
  cvg_vault_dummy_put (world->vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID, "");
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_UNLOCK);
  agent_world_settle ();
  assert_failed (world, result, CVG_ERROR_NOT_FOUND);
}

static void
test_record_older (void)
{
  g_autoptr (AgentWorld) world = agent_world_new (CVG_VAULT_UNLOCKED);
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
  const CvgDemand background = { .min_validity = 60, .interactive = FALSE };
  g_autoptr (CvgInstance) record = NULL;
  g_autoptr (GVariant) older = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  /* Killed before the record knew of the sign-in: the keyring, which is being read, does. */
  agent_world_seed_instance (world, AGENT_WORLD_ID, credentials);
  record = cvg_instance_from_record (
      cvg_records_dummy_peek (world->records, CVG_RECORDS_INSTANCES, AGENT_WORLD_ID), NULL);
  record->signed_in = FALSE;
  older = cvg_instance_to_record (record);
  cvg_records_save (CVG_RECORDS (world->records), CVG_RECORDS_INSTANCES, AGENT_WORLD_ID, older);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  agent_world_start (world);
  get (world, &background, &result);
  agent_world_settle ();
  g_assert_null (result);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  agent_world_settle ();
  assert_served (world, result, "hush-A1");
}

/* ---- Retry-After ----------------------------------------------------------------------------- */

static void
test_retry_after (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  g_autoptr (GAsyncResult) told = NULL;
  g_autoptr (GError) error = NULL;

  cvg_clock_dummy_advance (world->clock, 2 * 3600 * G_TIME_SPAN_SECOND);
  cvg_http_dummy_push (world->http, 429, "application/json", 100, "{}");
  assert_get_fails (world, &usual, CVG_ERROR_TRY_LATER);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 1);

  /* Programs are held off, without a request, and told for how long. */
  agent_world_pass (world, 40);
  get (world, &usual, &told);
  agent_world_settle ();
  g_assert_null (cvg_dispenser_get_finish (dispenser_of (world), told, &error));
  agent_world_assert_error (error, CVG_ERROR_TRY_LATER);
  g_assert_nonnull (strstr (error->message, " 60 seconds"));
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 1);

  /* A person who insists may knock. */
  cvg_http_dummy_push (world->http, 429, "application/json", 100, "{}");
  assert_get_fails (world, &forced, CVG_ERROR_TRY_LATER);
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 2);

  agent_world_pass (world, 99);
  assert_get_fails (world, &usual, CVG_ERROR_TRY_LATER);
  agent_world_pass (world, 1);
  agent_world_push_token (world, "hush-A2", "hush-R2");
  assert_get_serves (world, &usual, "hush-A2");
}

/* A loop that insists asks as often as a person would, and not as often as it can. */
static void
test_knocking (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);

  for (guint i = 0; i < 50; i++)
    {
      if (i < 4)
        cvg_http_dummy_push (world->http, 503, "text/plain", 0, "");
      assert_get_fails (world, &forced, CVG_ERROR_TRY_LATER);
    }
  g_assert_cmpuint (cvg_http_dummy_get_count (world->http), ==, 4);

  agent_world_pass (world, 5);
  agent_world_push_token (world, "hush-A2", "hush-R2");
  assert_get_serves (world, &forced, "hush-A2");
  agent_world_push_token (world, "hush-A3", "hush-R3");
  assert_get_serves (world, &forced, "hush-A3");
}

static void
test_retry_after_with_a_good_token (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);

  cvg_http_dummy_push (world->http, 503, "text/plain", 100, "");
  assert_get_fails (world, &forced, CVG_ERROR_TRY_LATER);
  /* What is in memory is as good as before. */
  assert_get_serves (world, &usual, "hush-A1");
}

/* ---- leaving --------------------------------------------------------------------------------- */

static void
test_cancel (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);
  CvgEntry *entry = agent_world_lookup (world, AGENT_WORLD_ID);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) left = NULL;
  g_autoptr (GAsyncResult) stays = NULL;
  g_autoptr (GError) error = NULL;

  cvg_http_dummy_set_hold (world->http, TRUE);
  agent_world_push_token (world, "hush-A2", "hush-R2");
  cvg_dispenser_get_async (dispenser_of (world), entry, &forced, cancellable, agent_world_on_ready,
                           &left);
  get (world, &forced, &stays);
  g_cancellable_cancel (cancellable);
  agent_world_settle ();
  g_assert_nonnull (left);
  g_assert_null (cvg_dispenser_get_finish (dispenser_of (world), left, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (stays);
  cvg_http_dummy_answer (world->http);
  agent_world_settle ();
  assert_served (world, stays, "hush-A2");
}

static void
test_stop (void)
{
  g_autoptr (AgentWorld) world = agent_world_new_started (CVG_VAULT_UNLOCKED);

  cvg_agent_stop (world->agent);
  assert_get_serves (world, &usual, "hush-A1");
  assert_get_fails (world, &forced, CVG_ERROR_TRY_LATER);
}

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  g_test_add_func ("/dispenser/memory/touches-no-port", test_from_memory);
  g_test_add_func ("/dispenser/memory/min-validity", test_min_validity);
  g_test_add_func ("/dispenser/memory/force", test_force);
  g_test_add_func ("/dispenser/memory/rejected", test_rejected);
  g_test_add_func ("/dispenser/memory/rejected-together", test_rejected_together);
  g_test_add_func ("/dispenser/memory/key-of-an-api", test_key_of_an_api);
  g_test_add_func ("/dispenser/memory/only-a-refresh-token", test_only_a_refresh_token);
  g_test_add_func ("/dispenser/no-refresh-token", test_no_refresh_token);
  g_test_add_func ("/dispenser/not-signed-in", test_not_signed_in);
  g_test_add_func ("/dispenser/item-missing", test_item_missing);
  g_test_add_func ("/dispenser/dead", test_dead);
  g_test_add_func ("/dispenser/dead-since-before", test_dead_since_before);
  g_test_add_func ("/dispenser/keyring/locked", test_locked);
  g_test_add_func ("/dispenser/keyring/unavailable", test_unavailable);
  g_test_add_func ("/dispenser/keyring/unlocked-and-stale", test_unlocked_and_stale);
  g_test_add_func ("/dispenser/keyring/unsaved-while-locked", test_unsaved_while_locked);
  g_test_add_func ("/dispenser/keyring/locked-again", test_locked_again);
  g_test_add_func ("/dispenser/keyring/deleted-meanwhile", test_deleted_meanwhile);
  g_test_add_func ("/dispenser/keyring/knows-more-than-the-record", test_record_older);
  g_test_add_func ("/dispenser/retry-after/holds-programs-off", test_retry_after);
  g_test_add_func ("/dispenser/knocking", test_knocking);
  g_test_add_func ("/dispenser/retry-after/a-good-token-is-served",
                   test_retry_after_with_a_good_token);
  g_test_add_func ("/dispenser/cancel", test_cancel);
  g_test_add_func ("/dispenser/stop", test_stop);

  return g_test_run ();
}
