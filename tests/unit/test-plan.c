/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/plan.h"

#define NOW G_GINT64_CONSTANT (1700000000)
#define SECOND G_TIME_SPAN_SECOND
#define HOUR 3600
#define DAY (24 * HOUR)
#define WINDOW 600

typedef struct
{
  CvgEntry *entry;
  CvgOutlook outlook;
} Fixture;

/* Of a token that was obtained just now and lives for an hour, all is well. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CvgInstance) record = cvg_instance_new ();
  g_autoptr (CvgProvider) provider = cvg_provider_new ();
  CvgCredentials *credentials = cvg_credentials_new ();

  record->id = g_strdup ("00000000-0000-4000-8000-000000000001");
  record->signed_in = TRUE;
  provider->token_endpoint = g_strdup ("https://auth.example.com/token");
  provider->refresh_token_reuse_window = WINDOW;
  credentials->access_token = cvg_secret_new ("access");
  credentials->refresh_token = cvg_secret_new ("refresh");
  credentials->obtained_at = NOW;
  credentials->expires_at = NOW + HOUR;

  fixture->entry = cvg_entry_new (record, provider);
  fixture->entry->credentials = credentials;
  fixture->outlook.now = NOW * SECOND;
  fixture->outlook.is_online = TRUE;
  fixture->outlook.failures_before = 0;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cvg_entry_unref (fixture->entry);
}

/* Seconds from the beginning. */
static double
get_time (Fixture *fixture)
{
  gint64 at = cvg_plan_get_time (fixture->entry, &fixture->outlook);

  g_assert_cmpint (at, !=, 0);
  return (double) (at - NOW * SECOND) / SECOND;
}

static void
assert_between (Fixture *fixture, double least, double most)
{
  double at = get_time (fixture);

  g_assert_cmpfloat (at, >=, least);
  g_assert_cmpfloat (at, <=, most);
}

static void
pass (Fixture *fixture, gint64 seconds)
{
  fixture->outlook.now += seconds * SECOND;
}

static void
fail (Fixture *fixture, guint failures)
{
  fixture->entry->failures = failures;
  fixture->entry->failed_at = fixture->outlook.now / SECOND;
}

static void
test_well (Fixture *fixture, gconstpointer data)
{
  double at = get_time (fixture);

  assert_between (fixture, 0.75 * HOUR, 0.85 * HOUR);
  /* The same plan later, and another one for the next token. */
  pass (fixture, 1000);
  g_assert_cmpfloat (get_time (fixture), ==, at);
  fixture->entry->credentials->serial++;
  g_assert_cmpfloat (get_time (fixture), !=, at);
}

static void
test_impossible (Fixture *fixture, gconstpointer data)
{
  CvgEntry *entry = fixture->entry;
  CvgCredentials *credentials = entry->credentials;
  CvgProvider *provider = entry->provider;
  g_autofree char *endpoint = NULL;

  pass (fixture, DAY);
  entry->spent_at = NOW;
  get_time (fixture);

#define ASSERT_NONE() g_assert_cmpint (cvg_plan_get_time (entry, &fixture->outlook), ==, 0)
  entry->removed = TRUE;
  ASSERT_NONE ();
  entry->removed = FALSE;

  entry->record->dead_reason = g_strdup ("It was revoked");
  ASSERT_NONE ();
  g_clear_pointer (&entry->record->dead_reason, g_free);

  entry->credentials = NULL;
  ASSERT_NONE ();
  entry->credentials = credentials;

  entry->provider = NULL;
  ASSERT_NONE ();
  entry->provider = provider;

  endpoint = g_steal_pointer (&provider->token_endpoint);
  ASSERT_NONE ();
  provider->refresh_endpoint = g_steal_pointer (&endpoint);
  get_time (fixture);

  /* The keyring takes nothing: eight rotations are sealed, the ninth has to wait. */
  for (guint i = 0; i < 8; i++)
    g_ptr_array_add (entry->anchors, cvg_secret_new ("anchor"));
  get_time (fixture);
  g_ptr_array_add (entry->anchors, cvg_secret_new ("anchor"));
  ASSERT_NONE ();
  g_ptr_array_set_size (entry->anchors, 0);

  g_clear_pointer (&credentials->refresh_token, cvg_secret_unref);
  ASSERT_NONE ();
}

static void
test_passing (Fixture *fixture, gconstpointer data)
{
  pass (fixture, 3000);
  fixture->entry->unreachable = TRUE;
  fail (fixture, 1);
  assert_between (fixture, 3000 + 15, 3000 + 30);
  fail (fixture, 2);
  assert_between (fixture, 3000 + 60, 3000 + 120);

  /* Counted from the failure, whatever the time is now. */
  pass (fixture, 100);
  assert_between (fixture, 3000 + 60, 3000 + 120);
}

static void
test_insisted (Fixture *fixture, gconstpointer data)
{
  double at = get_time (fixture);

  /* A person wanted a new one early, in vain: it is called unreachable until that is known to be
   * over, and so must not be left alone for the rest of the hour. */
  fixture->entry->unreachable = TRUE;
  pass (fixture, 60);
  fail (fixture, 1);
  assert_between (fixture, 60 + 15, 60 + 30);

  /* Nor for ever, with a token that never expires. */
  fixture->entry->credentials->expires_at = 0;
  assert_between (fixture, 60 + 15, 60 + 30);

  /* Without a network there is nothing to find out. */
  fixture->entry->credentials->expires_at = NOW + HOUR;
  fixture->outlook.is_online = FALSE;
  g_assert_cmpfloat (get_time (fixture), >=, at);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  pass (fixture, 3000);
  fixture->entry->refused = TRUE;
  fail (fixture, 2);
  assert_between (fixture, 3000 + 300, 3000 + 600);

  /* Something has been set since: soon, if not in the same second. */
  fixture->entry->failures = 0;
  g_assert_cmpfloat (get_time (fixture), ==, 3002);
  pass (fixture, 100);
  assert_between (fixture, 0, 3100);
}

/* Whether it is mended is wanted to be known now, not when the token has grown old. */
static void
test_mended (Fixture *fixture, gconstpointer data)
{
  pass (fixture, 60);
  fixture->entry->refused = TRUE;
  fail (fixture, 1);
  g_assert_cmpfloat (get_time (fixture), >, 2000);
  fixture->entry->failures = 0;
  g_assert_cmpfloat (get_time (fixture), ==, 62);
}

static void
test_retry_after (Fixture *fixture, gconstpointer data)
{
  pass (fixture, 3000);
  fixture->entry->unreachable = TRUE;
  fixture->entry->retry_at = NOW + 3000 + 400;
  fail (fixture, 1);
  assert_between (fixture, 3400, 3500);
  /* Also when there is another network since: it is the server that asked. */
  fixture->entry->failures = 0;
  assert_between (fixture, 3400, 3500);
}

static void
test_ambiguous (Fixture *fixture, gconstpointer data)
{
  CvgEntry *entry = fixture->entry;

  /* A person refreshed, and no answer came. However good the token is still: soon. */
  pass (fixture, 60);
  entry->unreachable = TRUE;
  entry->spent_at = NOW + 60;
  fail (fixture, 1);
  assert_between (fixture, 61, 62);
  fail (fixture, 3);
  assert_between (fixture, 60 + 16, 60 + 32);

  /* The window is nearly over: one more try inside it. */
  pass (fixture, 500);
  fail (fixture, 5);
  assert_between (fixture, 560 + 25, 560 + 50);
  /* It is over: as any other failure. */
  pass (fixture, 200);
  fail (fixture, 6);
  assert_between (fixture, 760 + 900, 760 + 1800);
}

static void
test_ambiguous_at_last (Fixture *fixture, gconstpointer data)
{
  pass (fixture, 3000);
  fixture->entry->spent_at = NOW + 3000;
  fixture->entry->unreachable = TRUE;

  /* Those before count for nothing: only now is there something to lose. */
  fixture->outlook.failures_before = 9;
  fail (fixture, 10);
  assert_between (fixture, 3001, 3002);
}

static void
test_found_spent (Fixture *fixture, gconstpointer data)
{
  /* The journal has a note of before the crash. No hint keeps it waiting. */
  fixture->entry->spent_at = NOW - 100;
  fixture->outlook.is_online = FALSE;
  g_assert_cmpfloat (get_time (fixture), ==, 0);
  fixture->entry->credentials->expires_at = 0;
  g_assert_cmpfloat (get_time (fixture), ==, 0);
}

static void
test_offline (Fixture *fixture, gconstpointer data)
{
  fixture->outlook.is_online = FALSE;

  /* Believed until callers would notice. */
  g_assert_cmpfloat (get_time (fixture), ==, HOUR - 90);
  pass (fixture, HOUR);
  assert_between (fixture, 0, HOUR);
  fixture->entry->unreachable = TRUE;
  fail (fixture, 1);
  assert_between (fixture, HOUR + 15, HOUR + 30);
}

static void
test_offline_for_long (Fixture *fixture, gconstpointer data)
{
  fixture->outlook.is_online = FALSE;

  /* And not for weeks, whatever there is to lose. */
  fixture->entry->credentials->expires_at = NOW + 100 * DAY;
  assert_between (fixture, 76 * DAY, 86 * DAY);
  fixture->entry->credentials->expires_at = 0;
  fixture->entry->provider->refresh_token_idle_lifetime = 100 * DAY;
  assert_between (fixture, 76 * DAY, 86 * DAY);

  /* Nothing to hand out at all. */
  g_clear_pointer (&fixture->entry->credentials->access_token, cvg_secret_unref);
  g_assert_cmpfloat (get_time (fixture), ==, 0);
}

static void
test_clock_put_back (Fixture *fixture, gconstpointer data)
{
  pass (fixture, 3000);
  fixture->entry->unreachable = TRUE;
  fail (fixture, 1);
  /* It failed in the future, as it seems: not a day until the next try. */
  pass (fixture, -DAY);
  assert_between (fixture, 3000 - DAY + 15, 3000 - DAY + 30);
}

static void
test_refused_in_doubt (Fixture *fixture, gconstpointer data)
{
  /* The person has to mend the client first, and that has it tried at once. */
  fixture->entry->spent_at = NOW;
  fixture->entry->refused = TRUE;
  fail (fixture, 1);
  assert_between (fixture, 150, 300);
}

static void
test_spent_in_the_future (Fixture *fixture, gconstpointer data)
{
  /* By a clock that was years ahead in an earlier run: the window is not years long. */
  fixture->entry->spent_at = NOW + 1000 * DAY;
  fixture->entry->unreachable = TRUE;
  fail (fixture, 9);
  assert_between (fixture, 0, 1800);
}

#define ADD(path, function) g_test_add ("/plan/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  ADD ("all-is-well", test_well);
  ADD ("not-at-all", test_impossible);
  ADD ("a-passing-failure", test_passing);
  ADD ("a-failure-before-it-was-due", test_insisted);
  ADD ("refused", test_refused);
  ADD ("mended", test_mended);
  ADD ("the-server-asked-for-time", test_retry_after);
  ADD ("ambiguous", test_ambiguous);
  ADD ("ambiguous-after-other-failures", test_ambiguous_at_last);
  ADD ("found-spent-in-the-journal", test_found_spent);
  ADD ("the-hint-is-believed-for-a-while", test_offline);
  ADD ("the-hint-is-not-believed-for-weeks", test_offline_for_long);
  ADD ("the-clock-was-put-back", test_clock_put_back);
  ADD ("refused-in-doubt", test_refused_in_doubt);
  ADD ("spent-in-the-future", test_spent_in_the_future);

  return g_test_run ();
}
