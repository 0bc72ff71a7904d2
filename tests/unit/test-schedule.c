/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/schedule.h"

#define NOW G_GINT64_CONSTANT (1700000000)
#define HOUR 3600
#define DAY (24 * HOUR)
#define YEAR (365 * DAY)

/* The largest number that a chance can be. */
#define ALMOST_ONE 0.9999999999

static CvgCredentials *
make (const char *access_token, gint64 obtained_at, gint64 expires_at)
{
  CvgCredentials *credentials = cvg_credentials_new ();

  if (access_token != NULL)
    credentials->access_token = cvg_secret_new (access_token);
  credentials->refresh_token = cvg_secret_new ("refresh");
  credentials->obtained_at = obtained_at;
  credentials->expires_at = expires_at;
  return credentials;
}

static void
test_due (void)
{
  static const struct
  {
    gint64 age;      /* seconds since it was obtained; negative: in the future */
    gint64 lifetime; /* 0: for ever */
    guint idle_lifetime;
    double chance;
    gint64 due_after; /* seconds after it was obtained; -1: never */
  } vectors[] = {
    /* Four fifths, and a twentieth more or less. */
    { 0, HOUR, 0, 0.5, 2880 },
    { 0, HOUR, 0, 0, 3060 },
    { 0, HOUR, 0, ALMOST_ONE, 2700 },
    { 0, 10 * HOUR, 0, 0.5, 8 * HOUR },
    { 0, 30 * DAY, 0, 0.5, 24 * DAY },
    /* How old it is by now makes no difference. */
    { 1000, HOUR, 0, 0.5, 2880 },
    { 3000, HOUR, 0, 0.5, 2880 },
    /* Early enough for callers, who want a minute, and for a refresh that takes half of one. */
    { 0, 600, 0, 0, 510 },
    { 0, 300, 0, 0, 210 },
    { 0, 300, 0, 0.5, 195 },
    /* But not sooner than half of it: that much sooner or later would be no better for anyone. */
    { 0, 120, 0, 0, 60 },
    { 0, 120, 0, ALMOST_ONE, 48 },
    { 0, 150, 0, 0, 75 },
    /* Too short for callers in any case. */
    { 0, 119, 0, 0.5, 95 },
    { 0, 60, 0, 0.5, 48 },
    { 0, 30, 0, 0.5, 24 },
    /* Not each second, for ever. */
    { 0, 10, 0, 0.5, 15 },
    { 0, 1, 0, 0.5, 15 },
    /* Without expiry only the refresh token counts, if it dies of not being used. */
    { 0, 0, 0, 0.5, -1 },
    { 0, 0, 90 * DAY, 0.5, 72 * DAY },
    { 0, 0, 90 * DAY, 0, 76 * DAY + DAY / 2 },
    /* Of both the earlier. */
    { 0, HOUR, 90 * DAY, 0.5, 2880 },
    { 0, 90 * DAY, 10 * DAY, 0.5, 8 * DAY },
    /* So far and no further. */
    { 0, 0, G_MAXUINT, 0, (gint64) (0.85 * G_MAXUINT) },
    /* Clocks of servers differ a little from ours. */
    { -60, HOUR, 0, 0.5, 2880 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gint64 obtained_at = NOW - vectors[i].age;
      gint64 expires_at = vectors[i].lifetime > 0 ? obtained_at + vectors[i].lifetime : 0;
      g_autoptr (CvgCredentials) credentials = make ("access", obtained_at, expires_at);
      gint64 due =
          cvg_schedule_get_due (credentials, vectors[i].idle_lifetime, NOW, vectors[i].chance);

      g_test_message ("vector %" G_GSIZE_FORMAT, i);
      if (vectors[i].due_after < 0)
        g_assert_cmpint (due, ==, 0);
      else
        /* A second for the rounding. */
        g_assert_cmpint (ABS (due - obtained_at - vectors[i].due_after), <=, 1);
    }
}

static void
test_expired_at_birth (void)
{
  g_autoptr (CvgCredentials) credentials = make ("access", NOW - 2, NOW - 1);

  /* Also when it is planned anew after its short life: not each second, for ever. */
  g_assert_cmpint (cvg_schedule_get_due (credentials, 0, NOW, 0.5), ==, NOW + 13);
}

static void
test_at_once (void)
{
  static const struct
  {
    const char *access_token;
    gint64 obtained_at;
    gint64 expires_at;
    guint idle_lifetime;
  } vectors[] = {
    { NULL, NOW, 0, 0 },                             /* there is nothing to hand out */
    { NULL, NOW, NOW + HOUR, 0 },                    /* whatever else is said */
    { "access", NOW + 61, NOW + HOUR + 61, 0 },      /* the clock was put back */
    { "access", NOW + YEAR, 0, DAY },                /* likewise */
    { "access", NOW - HOUR, NOW, 0 },                /* expired */
    { "access", NOW - HOUR, NOW - 1, 0 },            /* likewise */
    { "access", NOW - 3000, NOW + 600, 0 },          /* its time has passed */
    { "access", NOW - 9 * DAY, 0, 10 * DAY },        /* its use is overdue */
    { "access", 0, 0, 10 * DAY },                    /* nobody knows when it was used last */
    { "access", 0, NOW + 90, 0 },                    /* nobody knows how long it has lived */
    { "access", NOW, 1, 0 },                         /* absurd, below as well */
    { "access", NOW, -1, 0 },                        /* … */
    { "access", NOW, G_MININT64, 0 },                /* … */
    { "access", G_MAXINT64, G_MAXINT64, 0 },         /* … */
    { "access", G_MININT64, G_MININT64, G_MAXUINT }, /* … */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgCredentials) credentials =
          make (vectors[i].access_token, vectors[i].obtained_at, vectors[i].expires_at);
      gint64 due = cvg_schedule_get_due (credentials, vectors[i].idle_lifetime, NOW, 0.5);

      g_test_message ("vector %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (due, >, 0);
      g_assert_cmpint (due, <=, NOW);
    }
}

static void
test_far (void)
{
  static const gint64 obtained[] = { G_MININT64, -1, 0, 1, NOW };

  /* Absurd, but not expired: some time, and no overflow on the way to microseconds. */
  for (size_t i = 0; i < G_N_ELEMENTS (obtained); i++)
    {
      g_autoptr (CvgCredentials) credentials = make ("access", obtained[i], G_MAXINT64);
      gint64 due = cvg_schedule_get_due (credentials, 0, NOW, 0);

      g_assert_cmpint (due, >, NOW + YEAR);
      g_assert_cmpint (due, <, G_MAXINT64 / G_TIME_SPAN_SECOND);
    }
}

static void
test_unknown_lifetime (void)
{
  g_autoptr (CvgCredentials) credentials = make ("access", 0, NOW + HOUR);

  g_assert_cmpint (cvg_schedule_get_due (credentials, 0, NOW, 0.5), ==, NOW + HOUR - 90);
}

static void
test_nothing_to_refresh_with (void)
{
  g_autoptr (CvgCredentials) credentials = make ("access", NOW - DAY, NOW - HOUR);

  g_clear_pointer (&credentials->refresh_token, cvg_secret_unref);
  g_assert_cmpint (cvg_schedule_get_due (credentials, DAY, NOW, 0.5), ==, 0);
}

/* What the whole is for: no caller with the usual demand meets a token that is not fresh. */
static void
test_callers (void)
{
  for (gint64 lifetime = 120; lifetime <= 2 * DAY; lifetime += lifetime / 50 + 1)
    {
      for (double chance = 0; chance < 1; chance += 0.09)
        {
          g_autoptr (CvgCredentials) credentials = make ("access", NOW, NOW + lifetime);
          gint64 due = cvg_schedule_get_due (credentials, 0, NOW, chance);

          g_assert_true (cvg_credentials_is_fresh (credentials, due, 60));
          /* Nor is it refreshed much more often than it must be. */
          g_assert_cmpint (due, >=, NOW + lifetime * 4 / 10);
        }
    }
}

static void
test_draw (void)
{
  guint tenths[10] = { 0 };

  for (guint i = 0; i < 10000; i++)
    {
      /* As like each other as ids can be. */
      g_autofree char *id = g_strdup_printf ("00000000-0000-4000-8000-%012u", i / 100);
      double draw = cvg_schedule_draw (id, i % 100);

      g_assert_cmpfloat (draw, >=, 0);
      g_assert_cmpfloat (draw, <, 1);
      g_assert_true (draw == cvg_schedule_draw (id, i % 100));
      tenths[(int) (draw * 10)]++;
    }
  for (size_t i = 0; i < G_N_ELEMENTS (tenths); i++)
    {
      /* Four standard deviations. */
      g_assert_cmpuint (tenths[i], >, 880);
      g_assert_cmpuint (tenths[i], <, 1120);
    }
}

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/schedule/a-share-of-the-lifetime", test_due);
  g_test_add_func ("/schedule/at-once", test_at_once);
  g_test_add_func ("/schedule/absurdly-late", test_far);
  g_test_add_func ("/schedule/nobody-knows-since-when", test_unknown_lifetime);
  g_test_add_func ("/schedule/never-without-a-refresh-token", test_nothing_to_refresh_with);
  g_test_add_func ("/schedule/callers-find-it-fresh", test_callers);
  g_test_add_func ("/schedule/draws-are-spread", test_draw);
  g_test_add_func ("/schedule/expired-at-birth", test_expired_at_birth);

  return g_test_run ();
}
