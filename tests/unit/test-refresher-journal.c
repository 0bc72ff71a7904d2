/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The order of a refresh, the journal and the keyring: what is durable when, and what stays noted.
 */
#include "agent/refresher.h"

#include <string.h>

#include "doubles/agent-refresh.h"

#define RETRY_SECONDS 30

static CvgRotation *
peek (AgentRefresh *fixture)
{
  return cvg_journal_dummy_peek (fixture->world->journal, AGENT_WORLD_ID);
}

static void
test_noted_before_it_is_sent (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CvgRotation) noted = NULL;
  g_autoptr (CvgRotation) sealed = NULL;

  agent_world_push_token (world, "hush-A2", "hush-R2");
  cvg_journal_dummy_hold (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  agent_refresh_refresh (fixture, NULL, &result);
  agent_world_settle ();
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 0);
  cvg_journal_dummy_release (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  agent_world_settle ();
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 1);
  noted = peek (fixture);
  g_assert_cmpint (noted->spent_at, ==, AGENT_WORLD_NOW);
  g_assert_cmpuint (noted->spent_serial, ==, 1);
  g_assert_cmpuint (noted->boxes->len, ==, 0);

  /* The keyring takes its time; the journal has it until then. */
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, result, "hush-A2");
  sealed = peek (fixture);
  g_assert_cmpint (sealed->spent_at, ==, 0);
  g_assert_cmpuint (sealed->sealed_serial, ==, 2);
  g_assert_cmpuint (sealed->boxes->len, ==, 1);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
}

static void
test_note_fails (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  /* The server would replace the token, and a crash would lose what by: it is not asked. */
  cvg_journal_dummy_fail_next (fixture->world->journal, CVG_JOURNAL_DUMMY_WRITE);
  agent_refresh_refresh (fixture, NULL, &result);
  agent_world_settle ();
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_TRY_LATER);
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 0);
  g_assert_cmpstr (agent_refresh_status_of (fixture), ==, "unreachable");
  g_assert_cmpuint (cvg_journal_dummy_count (fixture->world->journal), ==, 0);
}

/* Its note lies there since; to wait for the disk would be to let the server's window pass. */
static void
test_note_fails_in_doubt (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) cut = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CvgRotation) noted = NULL;

  cvg_http_dummy_push_error (world->http, g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "Cut"));
  agent_refresh_refresh (fixture, NULL, &cut);
  agent_refresh_answer (fixture);
  agent_refresh_assert_failed (fixture, cut, CVG_ERROR_TRY_LATER);
  noted = peek (fixture);
  g_assert_nonnull (noted);

  cvg_journal_dummy_fail_next (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  agent_refresh_begin (fixture, &result);
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 2);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, result, "hush-A2");
}

static void
test_seal_fails (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  agent_refresh_begin (fixture, &result);
  cvg_journal_dummy_fail_next (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_refresh_answer (fixture);
  /* Then the keyring comes first. */
  g_assert_null (result);
  agent_refresh_assert_in_memory (fixture, "hush-A1", "hush-R1", 1);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  agent_refresh_assert_served (fixture, result, "hush-A2");
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R2/2");
  g_assert_false (fixture->entry->unsaved);
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
}

static void
test_nothing_takes_it (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  agent_refresh_begin (fixture, &result);
  cvg_journal_dummy_fail_next (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  agent_refresh_answer (fixture);
  /* It is the only token that works now; and it is tried again at once, then later. */
  agent_refresh_assert_served (fixture, result, "hush-A2");
  agent_refresh_assert_in_memory (fixture, "hush-A2", "hush-R2", 2);
  agent_world_pass (world, RETRY_SECONDS);
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R2/2");
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
}

static void
test_locked_meanwhile_is_sealed (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (CvgRotation) sealed = NULL;
  g_autoptr (CvgSecret) key = cvg_secret_new ("hush-R1");
  g_autoptr (CvgSecret) text = NULL;

  agent_refresh_begin (fixture, &result);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, result, "hush-A2");
  /* With what the keyring has, although nobody else has that any more. */
  sealed = peek (fixture);
  g_assert_cmpuint (sealed->boxes->len, ==, 1);
  text = cvg_journal_unseal (CVG_JOURNAL (world->journal), key, AGENT_WORLD_ID, 2,
                             g_ptr_array_index (sealed->boxes, 0), NULL);
  g_assert_nonnull (text);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R2/2");
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
}

static void
test_sealed_for_all_that_it_may_hold (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (CvgRotation) sealed = NULL;

  /* A store that failed may have been carried out: the keyring has R1 or R2. */
  agent_world_push_token (world, "hush-A2", "hush-R2");
  agent_world_push_token (world, "hush-A3", "hush-R3");
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  agent_refresh_refresh (fixture, NULL, &first);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, first, "hush-A2");
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_refresh_refresh (fixture, NULL, &second);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, second, "hush-A3");
  sealed = peek (fixture);
  g_assert_cmpuint (sealed->sealed_serial, ==, 3);
  g_assert_cmpuint (sealed->boxes->len, ==, 2);
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_world_settle ();
  agent_refresh_assert_stored (fixture, "hush-A3/hush-R3/3");
  g_assert_cmpuint (fixture->entry->anchors->len, ==, 1);
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
}

static void
test_what_stays_noted (AgentRefresh *fixture, gconstpointer data)
{
  static const struct
  {
    guint status; /* 0: no answer; 1: nothing was sent */
    const char *type;
    const char *body;
    gboolean noted;
  } vectors[] = {
    { 0, NULL, NULL, TRUE },
    { 500, "text/plain", "", TRUE },
    { 502, "text/html", "<html>", TRUE },
    { 504, "text/plain", "", TRUE },
    { 200, "application/json", "{\"access_tok", TRUE },
    { 200, "text/html", "<html>", TRUE },
    /* It said itself that it did nothing. */
    { 503, "text/plain", "", FALSE },
    { 429, "text/plain", "", FALSE },
    { 408, "text/plain", "", FALSE },
    { 401, "application/json", "{\"error\":\"invalid_client\"}", FALSE },
    { 403, "application/json", "{\"error\":\"invalid_grant\"}", FALSE },
    { 1, NULL, NULL, FALSE },
  };
  CvgHttpDummy *http = fixture->world->http;

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (CvgRotation) noted = NULL;

      if (vectors[i].status == 0)
        cvg_http_dummy_push_error (http, g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "Cut"));
      else if (vectors[i].status == 1)
        cvg_http_dummy_push_unsent_error (http,
                                          g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "No name"));
      else
        cvg_http_dummy_push (http, vectors[i].status, vectors[i].type, 0, vectors[i].body);
      agent_refresh_refresh (fixture, NULL, &result);
      agent_refresh_answer (fixture);
      noted = peek (fixture);
      g_assert_cmpint (noted != NULL, ==, vectors[i].noted);
      g_assert_cmpint (fixture->entry->spent_at != 0, ==, vectors[i].noted);
      /* As if the next one came into a new world. */
      fixture->entry->spent_at = 0;
      cvg_instances_replace_credentials (fixture->world->instances, fixture->entry,
                                         fixture->entry->credentials, fixture->entry->record);
      agent_world_settle ();
    }
}

static void
test_doubt_is_as_old_as_it_is (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) lost = NULL;

      cvg_http_dummy_push_error (world->http, g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "Cut"));
      agent_refresh_refresh (fixture, NULL, &lost);
      agent_refresh_answer (fixture);
      agent_refresh_assert_failed (fixture, lost, CVG_ERROR_TRY_LATER);
      /* Setting the clock makes nothing older. */
      g_assert_cmpint (fixture->entry->spent_at, ==, AGENT_WORLD_NOW + i * 7200);
      cvg_clock_dummy_step (world->clock, 7200 * G_TIME_SPAN_SECOND);
    }
}

static void
test_dead_of_a_lost_answer (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) lost = NULL;
  g_autoptr (GAsyncResult) dead = NULL;

  cvg_http_dummy_push_error (world->http, g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "Cut"));
  agent_refresh_refresh (fixture, NULL, &lost);
  agent_refresh_answer (fixture);
  agent_refresh_assert_failed (fixture, lost, CVG_ERROR_TRY_LATER);
  cvg_http_dummy_push_json (world->http, 403, "{\"error\":\"invalid_grant\"}");
  agent_refresh_refresh (fixture, NULL, &dead);
  agent_refresh_answer (fixture);
  agent_refresh_assert_failed (fixture, dead, CVG_ERROR_NEEDS_SIGN_IN);
  /* The person should know that it was neither the password nor somebody else. */
  g_assert_nonnull (strstr (fixture->entry->record->dead_reason, "was lost on its way"));
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
}

static void
test_salvaged (AgentRefresh *fixture, gconstpointer data)
{
  static const struct
  {
    const char *body;
    CvgError code;
  } vectors[] = {
    { "{\"refresh_token\":\"hush-R2\",\"expires_in\":3600}", CVG_ERROR_TRY_LATER },
    { "{\"access_token\":\"\",\"refresh_token\":\"hush-R2\"}", CVG_ERROR_TRY_LATER },
    { "{\"access_token\":\"hush-A2\",\"token_type\":\"mac\",\"refresh_token\":\"hush-R2\"}",
      CVG_ERROR_REFUSED },
    { "{\"error\":\"odd\",\"access_token\":\"hush-A2\",\"refresh_token\":\"hush-R2\"}",
      CVG_ERROR_REFUSED },
  };

  /* The server has replaced the refresh token, whatever else it got wrong. */
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);
      g_autoptr (GAsyncResult) result = NULL;
      guint64 serial = 0;

      cvg_instances_replace_credentials (fixture->world->instances, fixture->entry, credentials,
                                         fixture->entry->record);
      cvg_http_dummy_push_json (fixture->world->http, 200, vectors[i].body);
      agent_refresh_refresh (fixture, NULL, &result);
      agent_refresh_answer (fixture);
      agent_refresh_assert_failed (fixture, result, vectors[i].code);
      serial = fixture->entry->credentials->serial;
      agent_refresh_assert_in_memory (fixture, "hush-A1", "hush-R2", serial);
      g_assert_cmpuint (fixture->entry->failures, ==, 1);
      g_assert_false (fixture->entry->unsaved);
      g_assert_cmpuint (cvg_journal_dummy_count (fixture->world->journal), ==, 0);
    }
}

static void
test_doubt_stays_until_it_is_settled (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) lost = NULL;
  g_autoptr (GAsyncResult) unsent = NULL;
  g_autoptr (GAsyncResult) served = NULL;
  g_autoptr (CvgRotation) noted = NULL;

  cvg_http_dummy_push_error (world->http, g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "Cut"));
  agent_refresh_refresh (fixture, NULL, &lost);
  agent_refresh_answer (fixture);
  agent_refresh_assert_failed (fixture, lost, CVG_ERROR_TRY_LATER);

  /* Having asked in vain since then settles nothing, and does not make it a later one. */
  agent_world_pass (world, 100);
  cvg_http_dummy_push_unsent_error (world->http,
                                    g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "No name"));
  agent_refresh_refresh (fixture, NULL, &unsent);
  agent_refresh_answer (fixture);
  agent_refresh_assert_failed (fixture, unsent, CVG_ERROR_TRY_LATER);
  noted = peek (fixture);
  g_assert_cmpint (noted->spent_at, ==, AGENT_WORLD_NOW);
  g_assert_cmpint (fixture->entry->spent_at, ==, AGENT_WORLD_NOW);

  /* The same token once more: inside the window, the server gives what it gave. */
  agent_refresh_begin (fixture, &served);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, served, "hush-A2");
  g_assert_nonnull (strstr (cvg_http_dummy_get_request (world->http, 2)->body, "hush-R1"));
  g_assert_cmpint (fixture->entry->spent_at, ==, 0);
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
}

static void
put_held (AgentRefresh *fixture, guint64 serial)
{
  g_autoptr (CvgCredentials) credentials = agent_world_credentials ("hush-A1", "hush-R1", 3600);

  credentials->serial = serial;
  agent_world_seed_instance (fixture->world, AGENT_WORLD_ID, credentials);
  cvg_vault_dummy_tell_items_changed (fixture->world->vault);
  agent_world_settle ();
}

static void
test_locked_meanwhile_is_newer (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  /* The record has the serial of the sign-in; those since then only the keyring has, and memory
   * while it is open. What comes later than all of them must not look older. */
  put_held (fixture, 50);
  agent_refresh_begin (fixture, &result);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, result, "hush-A2");
  agent_refresh_assert_in_memory (fixture, "hush-A2", "hush-R2", 51);
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R2/51");
}

static gboolean
opens (AgentRefresh *fixture, const char *token)
{
  g_autoptr (CvgRotation) sealed = peek (fixture);
  g_autoptr (CvgSecret) key = cvg_secret_new (token);
  gboolean opened = FALSE;

  for (guint i = 0; sealed != NULL && i < sealed->boxes->len; i++)
    {
      CvgSecret *text =
          cvg_journal_unseal (CVG_JOURNAL (fixture->world->journal), key, AGENT_WORLD_ID,
                              sealed->sealed_serial, g_ptr_array_index (sealed->boxes, i), NULL);

      opened = opened || text != NULL;
      g_clear_pointer (&text, cvg_secret_unref);
    }
  return opened;
}

static void
test_stored_and_locked_meanwhile (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  /* R2 is on its way to the keyring when it is spent, and gets there before the keyring locks. */
  agent_world_push_token (world, "hush-A2", "hush-R2");
  agent_world_push_token (world, "hush-A3", "hush-R3");
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  cvg_vault_dummy_tell_items_changed (world->vault);
  agent_refresh_refresh (fixture, NULL, &first);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, first, "hush-A2");
  agent_refresh_refresh (fixture, NULL, &second);
  agent_world_settle ();
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_LOAD_ALL);
  agent_world_settle ();
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R2/2");
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_LOCKED);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, second, "hush-A3");
  g_assert_true (opens (fixture, "hush-R2"));
  cvg_vault_dummy_set_state (world->vault, CVG_VAULT_UNLOCKED);
  agent_world_settle ();
  agent_refresh_assert_stored (fixture, "hush-A3/hush-R3/3");
}

static void
test_sealed_late_stays_noted (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (CvgRotation) noted = NULL;

  agent_world_push_token (world, "hush-A2", "hush-R2");
  agent_world_push_token (world, "hush-A3", "hush-R3");
  agent_refresh_refresh (fixture, NULL, &first);
  agent_world_settle ();
  cvg_journal_dummy_fail_next (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  cvg_vault_dummy_fail_next (world->vault, CVG_VAULT_DUMMY_STORE, CVG_ERROR_FAILED);
  agent_refresh_answer (fixture);
  agent_refresh_assert_served (fixture, first, "hush-A2");
  g_assert_true (fixture->entry->unsaved);

  /* R2 is being presented when there is room again, and gets where it should have been. */
  agent_refresh_refresh (fixture, NULL, &second);
  agent_world_settle ();
  agent_world_pass (world, RETRY_SECONDS);
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R2/2");
  noted = peek (fixture);
  g_assert_nonnull (noted);
  g_assert_cmpint (noted->spent_at, ==, AGENT_WORLD_NOW);
  g_assert_cmpuint (noted->spent_serial, ==, 2);
  agent_refresh_answer (fixture);
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
}

static void
test_read_meanwhile_is_no_doubt (AgentRefresh *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;

  /* That there is a note while it is under way does not make it an old one. */
  cvg_http_dummy_push (fixture->world->http, 503, "text/plain", 0, "");
  agent_refresh_refresh (fixture, NULL, &result);
  agent_world_settle ();
  put_held (fixture, 1);
  agent_refresh_answer (fixture);
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_TRY_LATER);
  g_assert_cmpint (fixture->entry->spent_at, ==, 0);
  g_assert_cmpuint (cvg_journal_dummy_count (fixture->world->journal), ==, 0);
}

static void
test_salvaged_again_and_again (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;

  /* A server that always leaves the access token out is asked less and less often, too. */
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"refresh_token\":\"hush-S%u\"}", i);
      g_autoptr (GAsyncResult) result = NULL;

      cvg_http_dummy_push_json (world->http, 200, body);
      agent_refresh_refresh (fixture, NULL, &result);
      agent_refresh_answer (fixture);
      agent_refresh_assert_failed (fixture, result, CVG_ERROR_TRY_LATER);
      g_assert_cmpuint (fixture->entry->failures, ==, i);
    }
}

static void
test_stored_meanwhile_leaves_nothing (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;

  /* The note of R2 was beside the box that has it; when both are of no use, the file goes. */
  agent_world_push_token (world, "hush-A2", "hush-R2");
  cvg_http_dummy_push (world->http, 503, "text/plain", 0, "");
  cvg_vault_dummy_hold (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_refresh_refresh (fixture, NULL, &first);
  agent_refresh_answer (fixture);
  agent_refresh_refresh (fixture, NULL, &second);
  agent_world_settle ();
  cvg_vault_dummy_release (world->vault, CVG_VAULT_DUMMY_STORE);
  agent_refresh_answer (fixture);
  agent_refresh_assert_failed (fixture, second, CVG_ERROR_TRY_LATER);
  agent_refresh_assert_stored (fixture, "hush-A2/hush-R2/2");
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
}

static void
test_doubt_outlives_other_answers (AgentRefresh *fixture, gconstpointer data)
{
  CvgHttpDummy *http = fixture->world->http;

  /* A request that never left says nothing of the token, and neither does a server that does not
   * get as far as to look at it. */
  cvg_http_dummy_push_error (http, g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER, "Cut"));
  cvg_http_dummy_push_unsent_error (http, g_error_new (CVG_ERROR, CVG_ERROR_FAILED, "No TLS"));
  cvg_http_dummy_push_json (http, 401, "{\"error\":\"invalid_client\"}");
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (CvgRotation) noted = NULL;

      agent_refresh_refresh (fixture, NULL, &result);
      agent_refresh_answer (fixture);
      noted = peek (fixture);
      g_assert_nonnull (noted);
      g_assert_cmpint (noted->spent_at, ==, AGENT_WORLD_NOW);
      g_assert_cmpint (fixture->entry->spent_at, ==, AGENT_WORLD_NOW);
    }
}

static void
test_stopped_when_noted (AgentRefresh *fixture, gconstpointer data)
{
  AgentWorld *world = fixture->world;
  g_autoptr (GAsyncResult) result = NULL;

  /* When a machine is shut down the network goes, too. */
  cvg_journal_dummy_hold (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  agent_refresh_refresh (fixture, NULL, &result);
  agent_world_settle ();
  cvg_agent_stop (world->agent);
  cvg_journal_dummy_release (world->journal, CVG_JOURNAL_DUMMY_WRITE);
  agent_world_settle ();
  agent_refresh_assert_failed (fixture, result, CVG_ERROR_TRY_LATER);
  g_assert_cmpuint (agent_refresh_count_requests (fixture), ==, 0);
  g_assert_cmpuint (cvg_journal_dummy_count (world->journal), ==, 0);
}

#define ADD(path, function)                                                                        \
  g_test_add ("/refresher-journal/" path, AgentRefresh, NULL, agent_refresh_set_up, function,      \
              agent_refresh_tear_down)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD ("noted-before-it-is-sent", test_noted_before_it_is_sent);
  ADD ("not-sent-if-it-cannot-be-noted", test_note_fails);
  ADD ("sent-all-the-same-if-in-doubt", test_note_fails_in_doubt);
  ADD ("keyring-first-if-it-cannot-be-sealed", test_seal_fails);
  ADD ("served-if-nothing-takes-it", test_nothing_takes_it);
  ADD ("sealed-when-locked-meanwhile", test_locked_meanwhile_is_sealed);
  ADD ("newer-when-locked-meanwhile", test_locked_meanwhile_is_newer);
  ADD ("sealed-when-stored-and-locked-meanwhile", test_stored_and_locked_meanwhile);
  ADD ("noted-still-when-sealed-late", test_sealed_late_stays_noted);
  ADD ("sealed-for-all-that-the-keyring-may-hold", test_sealed_for_all_that_it_may_hold);
  ADD ("what-stays-noted", test_what_stays_noted);
  ADD ("doubt-stays-until-it-is-settled", test_doubt_stays_until_it_is_settled);
  ADD ("doubt-is-as-old-as-it-is", test_doubt_is_as_old_as_it_is);
  ADD ("dead-of-a-lost-answer-says-so", test_dead_of_a_lost_answer);
  ADD ("a-new-refresh-token-is-salvaged", test_salvaged);
  ADD ("salvaged-again-and-again", test_salvaged_again_and_again);
  ADD ("no-doubt-when-read-meanwhile", test_read_meanwhile_is_no_doubt);
  ADD ("nothing-is-left-when-stored-meanwhile", test_stored_meanwhile_leaves_nothing);
  ADD ("doubt-outlives-other-answers", test_doubt_outlives_other_answers);
  ADD ("stopped-when-noted", test_stopped_when_noted);

  return g_test_run ();
}
