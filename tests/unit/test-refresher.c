/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/refresher.h"

#include <string.h>

#include "doubles/agent-refresh.h"

#define WAITER_SECONDS 24
#define RETRY_SECONDS 30

/* ---- the way it should go -------------------------------------------------------------------- */

static void
test_refresh (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;
  const CvgHttpDummyRequest *request = NULL;
  guint saves = cvg_records_dummy_count_saves (world->records);

  agent_world_push_token (world, "hush-A2", "hush-R2");
  agent_world_pass (world, 100);
  agent_refresh_refresh (fixture, NULL, &result);
  agent_world_settle ();
  cvg_journal_dummy_hold (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  g_assert_false (cvg_refresher_is_idle (fixture->refresher));
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 1);
  request = cvg_http_dummy_get_request (world->http, 0);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->url, ==, "https://auth.atlassian.com/oauth/token");
  g_assert_cmpstr (request->content_type, ==, "application/json");
  g_assert_nonnull (strstr (request->body, "\"grant_type\":\"refresh_token\""));
  g_assert_nonnull (strstr (request->body, "\"refresh_token\":\"hush-R1\""));
  g_assert_nonnull (strstr (request->body, "\"client_id\":\"the-client\""));
  g_assert_nonnull (strstr (request->body, "\"client_secret\":\"hush-S\""));

  /* Nothing is handed out or applied before it is durable. */
  agent_refresh_answer (fixture);
  g_assert_null (result);
  agent_refresh_assert_in_memory (fixture, "hush-A1", "hush-R1", 1);
  cvg_journal_dummy_release (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  agent_world_settle ();

  agent_refresh_assert_served (fixture, result, "hush-A2");
  agent_refresh_assert_in_memory (fixture, "hush-A2", "hush-R2", 2);
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R2/2");
  g_assert_cmpint (fixture->entry->credentials->obtained_at, ==, AGENT_WORLD_NOW + 100);
  g_assert_cmpint (fixture->entry->credentials->expires_at, ==, AGENT_WORLD_NOW + 3700);
  g_assert_cmpstr (fixture->entry->credentials->scope, ==, "read:me offline_access");
  g_assert_cmpstr (fixture->entry->credentials->client_id, ==, AGENT_WORLD_CLIENT_ID);
  g_assert_false (fixture->entry->unsaved);
  g_assert_cmpstr (agent_refresh_status_of (fixture), ==, "active");
  /* A refresh does not cost a file. */
  g_assert_cmpuint (cvg_records_dummy_count_saves (world->records), ==, saves);
}

/* Where the grant was made, as it was discovered then, and again after that. */
static void
test_discovered_server (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) again = NULL;

  fixture->entry->credentials->server = g_variant_ref_sink (
      g_variant_new_parsed ("{'token-endpoint': <'https://found.example/token'>,"
                            " 'client-authentication': <int64 1>}"));
  agent_refresh_begin (fixture, &result);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, result, "hush-A2");
  agent_world_push_token (world, "hush-A3", "hush-R3");
  agent_refresh_refresh (fixture, NULL, &again);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, again, "hush-A3");

  for (guint i = 0; i < 2; i++)
    {
      const CvgHttpDummyRequest *request = cvg_http_dummy_get_request (world->http, i);

      g_assert_cmpstr (request->url, ==, "https://found.example/token");
      g_assert_true (g_str_has_prefix (request->authorization, "Basic "));
      g_assert_null (strstr (request->body, "hush-S"));
    }
}

static void
test_no_rotation (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  /* RFC 6749 section 6: without a new one, the old one stays good. */
  agent_world_push_token (fixture->world, "hush-A2", NULL);
  agent_refresh_refresh (fixture, NULL, &result);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, result, "hush-A2");
  agent_refresh_assert_in_memory (fixture, "hush-A2", "hush-R1", 2);
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R1/2");
}

static void
test_one_after_another (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  agent_world_push_token (fixture->world, "hush-A3", "hush-R3");
  agent_refresh_refresh (fixture, NULL, &first);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, first, "hush-A2");
  agent_refresh_refresh (fixture, NULL, &second);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, second, "hush-A3");
  g_assert_nonnull (strstr (cvg_http_dummy_get_request (fixture->world->http, 1)->body,
                            "\"refresh_token\":\"hush-R2\""));
  agent_refresh_assert_in_memory (fixture, "hush-A3", "hush-R3", 3);
}

/* ---- several callers ------------------------------------------------------------------------- */

static void
test_joined (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GAsyncResult) third = NULL;

  agent_world_push_token (world, "hush-A2", "hush-R2");
  agent_refresh_refresh (fixture, NULL, &first);
  agent_refresh_refresh (fixture, NULL, &second);
  agent_world_settle ();
  cvg_journal_dummy_hold (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  agent_refresh_answer (fixture);
  /* Also who comes while it is being made durable. */
  agent_refresh_refresh (fixture, NULL, &third);
  agent_world_settle ();
  g_assert_null (first);
  g_assert_null (second);
  g_assert_null (third);
  cvg_journal_dummy_release (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  agent_world_settle ();

  agent_refresh_assert_served (fixture, first, "hush-A2");
  agent_refresh_assert_served (fixture, second, "hush-A2");
  agent_refresh_assert_served (fixture, third, "hush-A2");
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 1);
}

static void
test_joined_failure (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  cvg_http_dummy_push_error (fixture->world->http,
                             g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "No network"));
  agent_refresh_refresh (fixture, NULL, &first);
  agent_refresh_refresh (fixture, NULL, &second);
  agent_refresh_answer (fixture);
  agent_refresh_assert_failed (fixture, first, CVG_ERROR_TRY_LATER);
  agent_refresh_assert_failed (fixture, second, CVG_ERROR_TRY_LATER);
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 1);
  g_assert_cmpstr (agent_refresh_status_of (fixture), ==, "unreachable");
  agent_refresh_assert_in_memory (fixture, "hush-A1", "hush-R1", 1);
}

static void
test_one_cancels (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) left = NULL;
  g_autoptr (GAsyncResult) stays = NULL;
  g_autoptr (GError) error = NULL;

  /* The one that began it leaves; the request is not taken back. */
  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  agent_refresh_refresh (fixture, cancellable, &left);
  agent_refresh_refresh (fixture, NULL, &stays);
  g_cancellable_cancel (cancellable);
  agent_world_settle ();
  g_assert_nonnull (left);
  g_assert_null (cvg_refresher_refresh_finish (fixture->refresher, left, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (stays);
  g_assert_cmpuint (cvg_http_dummy_get_held (fixture->world->http), ==, 1);

  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, stays, "hush-A2");
}

static void
test_all_cancel (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) left = NULL;

  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  agent_refresh_refresh (fixture, cancellable, &left);
  g_cancellable_cancel (cancellable);
  agent_world_settle ();
  g_assert_nonnull (left);
  /* The server may have replaced the refresh token already: the answer is caught for nobody. */
  agent_refresh_answer (fixture);
  agent_refresh_assert_in_memory (fixture, "hush-A2", "hush-R2", 2);
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R2/2");
}

static void
test_deadline (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) early = NULL;
  g_autoptr (GAsyncResult) late = NULL;

  agent_world_push_token (world, "hush-A2", "hush-R2");
  agent_refresh_refresh (fixture, NULL, &early);
  agent_world_pass (world, 10);
  agent_refresh_refresh (fixture, NULL, &late);
  agent_world_pass (world, WAITER_SECONDS - 10 - 1);
  g_assert_null (early);
  agent_world_pass (world, 1);
  agent_refresh_assert_failed (fixture, early, CVG_ERROR_TRY_LATER);
  g_assert_null (late);
  /* The flight goes on, the instance is not to blame, and its answer counts. */
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 1);
  g_assert_cmpstr (agent_refresh_status_of (fixture), ==, "active");
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, late, "hush-A2");
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R2/2");
}

static void
test_deadline_of_all (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) joins = NULL;

  agent_world_push_token (world, "hush-A2", "hush-R2");
  agent_refresh_refresh (fixture, NULL, &result);
  agent_world_pass (world, WAITER_SECONDS);
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_TRY_LATER);
  /* Who comes now joins what is on the wire, and does not send the refresh token twice. */
  agent_refresh_refresh (fixture, NULL, &joins);
  agent_world_settle ();
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 1);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, joins, "hush-A2");
  agent_refresh_assert_in_memory (fixture, "hush-A2", "hush-R2", 2);
}

/* A caller that wants the next one as soon as it has this one. */
typedef struct
{
  AgentRefresh *fixture;
  GAsyncResult *next;
} Insatiable;

static void
on_refreshed_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Insatiable *insatiable = user_data;

  agent_refresh_assert_served (insatiable->fixture, result, "hush-A2");
  agent_refresh_refresh (insatiable->fixture, NULL, &insatiable->next);
}

static void
test_again_from_the_callback (AgentRefresh *fixture, gconstpointer data)
{
  Insatiable insatiable = { .fixture = fixture };

  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  agent_world_push_token (fixture->world, "hush-A3", "hush-R3");
  cvg_refresher_refresh_async (fixture->refresher, fixture->entry, CVG_URGENCY_CALLER, NULL,
                               on_refreshed_again, &insatiable);
  agent_refresh_answer (fixture);
  /* A new flight: joining the one that has just landed would be waiting for ever. */
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 2);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, insatiable.next, "hush-A3");
  g_clear_object (&insatiable.next);
}

static void
test_two_instances (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  CvgEntry *other = agent_world_add_instance (world, "Confluence");
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-B1", "hush-Q1", 3600);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (CvgCredentials) served = NULL;

  cvg_instances_replace_credentials (world->instances, other, credentials, other->record);
  agent_world_push_token (world, "hush-A2", "hush-R2");
  agent_world_push_token (world, "hush-B2", "hush-Q2");
  agent_refresh_refresh (fixture, NULL, &first);
  cvg_refresher_refresh_async (fixture->refresher, other, CVG_URGENCY_CALLER, NULL,
                               agent_world_on_ready, &second);
  agent_world_settle ();
  g_assert_cmpuint (cvg_http_dummy_get_held (world->http), ==, 2);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, first, "hush-A2");
  g_assert_null (second);
  agent_refresh_answer (fixture);
  served = cvg_refresher_refresh_finish (fixture->refresher, second, NULL);
  agent_world_assert_secret (served->access_token, "hush-B2");
}

/* ---- superseded ------------------------------------------------------------------------------ */

static void
sign_in_again (AgentRefresh *fixture)
{
  AgentWorld *world = fixture->world;
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A9", "hush-R9", 3600);
  g_autoptr (CvgInstance) record = cvg_instance_copy (fixture->entry->record);
  g_autoptr (GAsyncResult) stored = NULL;

  credentials->serial = cvg_entry_give_serial (fixture->entry);
  record->last_serial = credentials->serial;
  cvg_writer_store_async (cvg_keeper_get_writer (world->keeper), fixture->entry, credentials,
                          record, fixture->entry->generation, agent_world_on_ready, &stored);
  agent_world_settle ();
  g_assert_true (cvg_writer_finish (cvg_keeper_get_writer (world->keeper), stored, NULL));
  cvg_instances_replace_credentials (world->instances, fixture->entry, credentials, record);
}

static void
test_superseded (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) before = NULL;
  g_autoptr (GAsyncResult) after = NULL;

  agent_world_push_token (fixture->world, "hush-A2", "hush-R2");
  agent_world_push_token (fixture->world, "hush-A10", "hush-R10");
  agent_refresh_refresh (fixture, NULL, &before);
  agent_world_settle ();
  sign_in_again (fixture);

  /* A caller of now does not join what was begun for the credentials of before. */
  agent_refresh_refresh (fixture, NULL, &after);
  agent_world_settle ();
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 2);
  agent_refresh_answer (fixture);
  agent_refresh_assert_failed (fixture, before, CVG_ERROR_CANCELLED);
  agent_refresh_assert_stored (fixture, "hush-A9/hush-R9/2");
  agent_refresh_assert_in_memory (fixture, "hush-A9", "hush-R9", 2);
  g_assert_null (after);

  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, after, "hush-A10");
  agent_refresh_assert_in_memory (fixture, "hush-A10", "hush-R10", 3);
  agent_refresh_assert_stored (fixture, "hush-A10/hush-R10/3");
}

static void
test_superseded_while_sealed (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  agent_refresh_begin (fixture, &result);
  cvg_journal_dummy_hold (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  agent_refresh_answer (fixture);
  sign_in_again (fixture);
  cvg_journal_dummy_release (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  agent_world_settle ();

  agent_refresh_assert_failed (fixture, result, CVG_ERROR_CANCELLED);
  agent_refresh_assert_stored (fixture, "hush-A9/hush-R9/3");
  agent_refresh_assert_in_memory (fixture, "hush-A9", "hush-R9", 3);
  g_assert_false (fixture->entry->unsaved);
  /* What was sealed for the sign-in of before is gone with it. */
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
}

static void
test_superseded_while_stored (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A9", "hush-R9", 3600);
  g_autoptr (GAsyncResult) blocker = NULL;

  /* The answer waits for the keyring behind another write; meanwhile there are new credentials. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  cvg_writer_store_async (cvg_keeper_get_writer (world->keeper), fixture->entry, credentials,
                          fixture->entry->record, fixture->entry->generation, agent_world_on_ready,
                          &blocker);
  agent_refresh_begin (fixture, &result);
  agent_refresh_answer (fixture);
  /* Who asked does not wait for the keyring. */
  agent_refresh_assert_served (fixture, result, "hush-A2");
  cvg_instances_replace_credentials (world->instances, fixture->entry, credentials,
                                     fixture->entry->record);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  g_assert_nonnull (blocker);

  agent_refresh_assert_stored (fixture, "hush-A9/hush-R9/1");
  agent_refresh_assert_in_memory (fixture, "hush-A9", "hush-R9", 1);
  g_assert_false (fixture->entry->unsaved);
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
}

static void
test_superseded_failure (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  /* That the grant of before is dead says nothing of the one of now. */
  cvg_http_dummy_push_json (fixture->world->http, 403, "{\"error\":\"invalid_grant\"}");
  agent_refresh_refresh (fixture, NULL, &result);
  agent_world_settle ();
  sign_in_again (fixture);
  agent_refresh_answer (fixture);
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_CANCELLED);
  g_assert_cmpstr (agent_refresh_status_of (fixture), ==, "active");
  g_assert_null (fixture->entry->record->dead_reason);
  g_assert_null (fixture->entry->last_error);
}

static void
test_deleted (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) deleted = NULL;

  agent_refresh_begin (fixture, &result);
  cvg_changes_delete_instance_async (cvg_agent_get_changes (world->agent), fixture->entry, TRUE,
                                     agent_world_on_ready, &deleted);
  agent_world_settle ();
  g_assert_true (fixture->entry->removed);
  agent_refresh_answer (fixture);
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_CANCELLED);
  agent_refresh_assert_stored (fixture, NULL);
  g_assert_null (fixture->entry->credentials);
  g_assert_cmpuint (cvg_records_dummy_count (world->records, CVG_RECORDS_INSTANCES), ==, 0);
}

/* ---- what can't be stored -------------------------------------------------------------------- */

static void
test_store_fails (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  agent_world_push_token (world, "hush-A2", "hush-R2");
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  agent_refresh_refresh (fixture, NULL, &result);
  agent_refresh_answer (fixture);
  /* It is the only token that works now. */
  agent_refresh_assert_served (fixture, result, "hush-A2");
  agent_refresh_assert_in_memory (fixture, "hush-A2", "hush-R2", 2);
  g_assert_true (fixture->entry->unsaved);
  agent_refresh_assert_stored (fixture, "hush-A1/hush-R1/1");

  agent_world_pass (world, RETRY_SECONDS);
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R2/2");
  g_assert_false (fixture->entry->unsaved);
}

static void
test_locked_meanwhile (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  agent_refresh_begin (fixture, &result);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  agent_world_settle ();
  g_assert_null (fixture->entry->credentials);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, result, "hush-A2");
  agent_refresh_assert_in_memory (fixture, "hush-A2", "hush-R2", 2);
  g_assert_true (fixture->entry->unsaved);
  g_assert_cmpuint (cvg_vault_dummy_count_calls (world->vault, CVG_VAULT_DUMMY_UNLOCK), ==, 0);

  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  agent_refresh_assert_in_memory (fixture, "hush-A2", "hush-R2", 2);
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R2/2");
}

/* ---- refusals -------------------------------------------------------------------------------- */

static void
test_dead (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CvgInstance) saved = NULL;

  cvg_http_dummy_push_json (
      fixture->world->http, 403,
      "{\"error\":\"invalid_grant\",\"error_description\":\"hush-R1 is unknown\"}");
  agent_refresh_refresh (fixture, NULL, &result);
  agent_refresh_answer (fixture);
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_NEEDS_SIGN_IN);
  g_assert_cmpstr (agent_refresh_status_of (fixture), ==, "needs-sign-in");
  saved = cvg_instance_from_record (
      cvg_records_dummy_peek (fixture->world->records, CVG_RECORDS_INSTANCES, AGENT_WORLD_ID),
      NULL);
  g_assert_nonnull (saved->dead_reason);
  g_assert_null (strstr (saved->dead_reason, AGENT_WORLD_SECRET));
  /* What there is stays: it may be of use to whoever looks into it. */
  agent_refresh_assert_stored (fixture, "hush-A1/hush-R1/1");
}

static void
test_refusals (AgentRefresh *fixture, gconstpointer data)
{
  static const struct
  {
    guint status;
    guint retry_after;
    const char *type;
    const char *body;
    CvgError code;
    const char *state;
  } vectors[] = {
    { 500, 0, "text/plain", "oops", CVG_ERROR_TRY_LATER, "unreachable" },
    { 503, 120, "text/plain", "", CVG_ERROR_TRY_LATER, "unreachable" },
    { 429, 60, "application/json", "{}", CVG_ERROR_TRY_LATER, "unreachable" },
    { 200, 0, "text/html", "<html>Sign in to the café's network", CVG_ERROR_TRY_LATER,
      "unreachable" },
    { 401, 0, "application/json", "{\"error\":\"access_denied\"}", CVG_ERROR_REFUSED, "active" },
    { 403, 0, "application/json", "{\"error\":\"unauthorized_client\"}", CVG_ERROR_REFUSED,
      "active" },
    { 400, 0, "application/json", "{\"error\":\"invalid_scope\"}", CVG_ERROR_REFUSED, "active" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      g_test_message ("row %zu", i);
      cvg_http_dummy_push (fixture->world->http, vectors[i].status, vectors[i].type,
                           vectors[i].retry_after, vectors[i].body);
      agent_refresh_refresh (fixture, NULL, &result);
      agent_refresh_answer (fixture);
      agent_refresh_assert_failed (fixture, result, vectors[i].code);
      g_assert_cmpstr (agent_refresh_status_of (fixture), ==, vectors[i].state);
      g_assert_nonnull (fixture->entry->last_error);
      g_assert_cmpint (fixture->entry->retry_at, ==,
                       vectors[i].retry_after > 0 ? AGENT_WORLD_NOW + vectors[i].retry_after : 0);
      agent_refresh_assert_in_memory (fixture, "hush-A1", "hush-R1", 1);
    }
  agent_refresh_assert_stored (fixture, "hush-A1/hush-R1/1");
}

static void
test_recovers (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) bad = NULL;
  g_autoptr (GAsyncResult) good = NULL;

  cvg_http_dummy_push (fixture->world->http, 503, "text/plain", 5, "");
  agent_refresh_begin (fixture, &bad);
  agent_refresh_answer (fixture);
  agent_refresh_assert_failed (fixture, bad, CVG_ERROR_TRY_LATER);
  agent_refresh_refresh (fixture, NULL, &good);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, good, "hush-A2");
  g_assert_cmpstr (agent_refresh_status_of (fixture), ==, "active");
  g_assert_null (fixture->entry->last_error);
  g_assert_cmpint (fixture->entry->retry_at, ==, 0);
}

/* ---- no request at all ----------------------------------------------------------------------- */

static void
test_no_client (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_clients_remove (world->clients,
                      cvg_clients_lookup (world->clients, "Confluence", AGENT_WORLD_CLIENT_ID));
  agent_refresh_refresh (fixture, NULL, &result);
  agent_world_settle ();
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_NO_CLIENT);
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 0);
  g_assert_true (cvg_refresher_is_idle (fixture->refresher));
}

static void
test_another_client_does_not_do (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  CvgClient *its = cvg_clients_lookup (world->clients, "Confluence", AGENT_WORLD_CLIENT_ID);
  g_autoptr (CvgClient) another = cvg_client_copy (its);
  g_autoptr (GAsyncResult) result = NULL;

  /* RFC 6749 section 10.4: a refresh token is bound to the client that it was given to. */
  g_free (another->id);
  g_free (another->client_id);
  another->id = g_uuid_string_random ();
  another->client_id = g_strdup ("another");
  cvg_clients_put (world->clients, another);
  cvg_clients_remove (world->clients,
                      cvg_clients_lookup (world->clients, "Confluence", AGENT_WORLD_CLIENT_ID));
  agent_refresh_refresh (fixture, NULL, &result);
  agent_world_settle ();
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_NO_CLIENT);
  /* Which one it was, and why it must be that one. */
  g_assert_nonnull (strstr (fixture->entry->last_error, "made with"));
  g_assert_nonnull (strstr (fixture->entry->last_error, AGENT_WORLD_CLIENT_ID));
  g_assert_null (strstr (fixture->entry->last_error, "another"));
}

static void
test_secret_missing (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  cvg_clients_set_secret (world->clients, AGENT_WORLD_CLIENT_UUID, NULL);
  agent_refresh_refresh (fixture, NULL, &result);
  agent_world_settle ();
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_NO_CLIENT);
  /* Not as a public client: the server would refuse that, and may call the grant dead. */
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 0);
}

static void
test_no_server (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_clear_pointer (&fixture->entry->provider, cvg_provider_unref);
  agent_refresh_refresh (fixture, NULL, &result);
  agent_world_settle ();
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_UNKNOWN_SERVER);
}

static void
test_stop (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) before = NULL;
  g_autoptr (GAsyncResult) joins = NULL;

  agent_refresh_begin (fixture, &before);
  cvg_refresher_stop (fixture->refresher);
  agent_refresh_refresh (fixture, NULL, &joins);
  agent_world_settle ();
  agent_refresh_assert_failed (fixture, joins, CVG_ERROR_TRY_LATER);
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 1);

  /* What is on the wire is finished and stored. */
  g_assert_false (cvg_refresher_is_idle (fixture->refresher));
  g_assert_null (before);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, before, "hush-A2");
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R2/2");
}

static void
test_stop_at_the_gate (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  /* It was decided, and has not begun: nothing is spent that would have to be caught. */
  agent_refresh_refresh (fixture, NULL, &result);
  cvg_refresher_stop (fixture->refresher);
  agent_world_settle ();
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_TRY_LATER);
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 0);
  g_assert_cmpuint (cvg_journal_dummy_count (fixture->world->journal), ==, 0);
}

/* A refresh stands at the gate until the test opens it. */
static void
wait_at_the_gate (AgentRefresh *fixture, GAsyncResult **result)
{
  cvg_sleep_dummy_about_to_sleep (fixture->world->sleep);
  agent_refresh_refresh (fixture, NULL, result);
  agent_world_settle ();
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 0);
}

static void
test_deleted_at_the_gate (AgentRefresh *fixture, gconstpointer data)
{
  CvgVaultDummy *vault = fixture->world->vault;
  g_autoptr (GAsyncResult) result = NULL;

  wait_at_the_gate (fixture, &result);
  cvg_vault_dummy_set_state (vault, CVG_VAULT_LOCKED);
  cvg_vault_dummy_forget (vault, CVG_VAULT_CREDENTIALS, AGENT_WORLD_ID);
  cvg_vault_dummy_set_state (vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  cvg_sleep_dummy_awake (fixture->world->sleep);
  agent_world_settle ();
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_CANCELLED);
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 0);
}

static void
test_newer_at_the_gate (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (CvgCredentials) newer = agent_world_credentials ("hush-A5", "hush-R5", 3600);
  g_autoptr (GAsyncResult) result = NULL;

  /* R1 is not presented once more: a server may take that for theft. */
  wait_at_the_gate (fixture, &result);
  newer->serial = 5;
  agent_world_seed_instance (world, AGENT_WORLD_ID, newer);
  cvg_vault_dummy_tell_items_changed (world->vault);
  agent_world_settle ();
  agent_world_push_token (world, "hush-A6", "hush-R6");
  cvg_sleep_dummy_awake (world->sleep);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, result, "hush-A6");
  g_assert_nonnull (strstr (cvg_http_dummy_get_request (world->http, 0)->body, "hush-R5"));
  agent_refresh_assert_stored (fixture, "hush-A6/hush-R6/6");
}

static void
test_nowhere_to_ask (AgentRefresh *fixture, gconstpointer data)
{
  CvgEntry *keyed = agent_world_add_instance (fixture->world, "Keyed");
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
  g_autoptr (GAsyncResult) result = NULL;

  /* Whatever a program set there as a refresh token. */
  agent_world_seed_client (fixture->world, "Keyed", "hush-S");
  cvg_instances_replace_credentials (fixture->world->instances, keyed, credentials, keyed->record);
  cvg_refresher_refresh_async (fixture->refresher, keyed, CVG_URGENCY_CALLER, NULL,
                               agent_world_on_ready, &result);
  agent_world_settle ();
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_REFUSED);
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 0);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/refresher/" path, AgentRefresh, NULL, agent_refresh_set_up, function,              \
              agent_refresh_tear_down)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD ("durable-before-it-is-served", test_refresh);
  ADD ("without-rotation-the-old-one-stays", test_no_rotation);
  ADD ("one-after-another", test_one_after_another);
  ADD ("joined-callers-get-one-request", test_joined);
  ADD ("joined-callers-get-one-failure", test_joined_failure);
  ADD ("one-cancels-the-others-are-served", test_one_cancels);
  ADD ("all-cancel-and-the-answer-is-kept", test_all_cancel);
  ADD ("a-callers-deadline-is-its-own", test_deadline);
  ADD ("who-comes-late-joins", test_deadline_of_all);
  ADD ("again-from-the-callback", test_again_from_the_callback);
  ADD ("two-instances-two-flights", test_two_instances);
  ADD ("superseded-is-not-applied", test_superseded);
  ADD ("superseded-is-not-sealed", test_superseded_while_sealed);
  ADD ("superseded-is-not-stored", test_superseded_while_stored);
  ADD ("superseded-death-is-nobodys", test_superseded_failure);
  ADD ("deleted-during-the-flight", test_deleted);
  ADD ("not-stored-and-served", test_store_fails);
  ADD ("locked-during-the-flight", test_locked_meanwhile);
  ADD ("a-dead-grant-is-written-down", test_dead);
  ADD ("refusals", test_refusals);
  ADD ("recovers", test_recovers);
  ADD ("no-client", test_no_client);
  ADD ("another-client-does-not-do", test_another_client_does_not_do);
  ADD ("secret-missing", test_secret_missing);
  ADD ("no-server", test_no_server);
  ADD ("stop", test_stop);
  ADD ("stop-at-the-gate", test_stop_at_the_gate);
  ADD ("deleted-by-others-at-the-gate", test_deleted_at_the_gate);
  ADD ("made-newer-by-others-at-the-gate", test_newer_at_the_gate);
  ADD ("nowhere-to-ask", test_nowhere_to_ask);
  ADD ("where-it-was-discovered", test_discovered_server);

  return g_test_run ();
}
