/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/backoff.h"

#define NOW G_GINT64_CONSTANT (1700000000)
#define SECOND G_TIME_SPAN_SECOND
#define ALMOST_ONE 0.9999999999

/* The wait with the least and with the most luck. */
static void
assert_delay (CvgFailure failure, guint n, gint64 window_left, gint64 least, gint64 most)
{
  GTimeSpan shortest = cvg_backoff_get_delay (failure, n, window_left, 0);
  GTimeSpan longest = cvg_backoff_get_delay (failure, n, window_left, ALMOST_ONE);

  g_assert_cmpint (shortest, ==, least * SECOND);
  g_assert_cmpint (longest, <=, most * SECOND);
  g_assert_cmpint (longest, >, most * SECOND - SECOND);
}

static void
test_passing (void)
{
  static const struct
  {
    guint n;
    gint64 most;
  } vectors[] = {
    { 1, 30 },   { 2, 120 },   { 3, 480 },          { 4, 1800 },
    { 5, 1800 }, { 64, 1800 }, { G_MAXUINT, 1800 }, { 0, 30 }, /* nobody counted */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      assert_delay (CVG_FAILURE_PASSING, vectors[i].n, 0, vectors[i].most / 2, vectors[i].most);
      /* A window is nothing to a token that was not sent. */
      assert_delay (CVG_FAILURE_PASSING, vectors[i].n, 600, vectors[i].most / 2, vectors[i].most);
    }
}

static void
test_refused (void)
{
  assert_delay (CVG_FAILURE_REFUSED, 1, 0, 150, 300);
  assert_delay (CVG_FAILURE_REFUSED, 2, 0, 300, 600);
  assert_delay (CVG_FAILURE_REFUSED, 8, 0, 3 * 3600, 6 * 3600);
  assert_delay (CVG_FAILURE_REFUSED, G_MAXUINT, 0, 3 * 3600, 6 * 3600);
}

static void
test_ambiguous (void)
{
  static const struct
  {
    guint n;
    gint64 window_left;
    gint64 most;
  } vectors[] = {
    { 1, 600, 2 },          /* soon */
    { 2, 590, 8 },          /* then with longer breaks */
    { 3, 580, 32 },         /* … */
    { 4, 540, 128 },        /* … */
    { 5, 400, 200 },        /* but there is to be time for another */
    { 6, 200, 100 },        /* and another */
    { 7, 30, 15 },          /* to the end */
    { 1, 30, 2 },           /* a window that is short from the start */
    { 3, 30, 15 },          /* … */
    { 1, 0, 2 },            /* no window that anybody knows of: a few times all the same */
    { 3, 0, 32 },           /* … */
    { 3, -1000, 32 },       /* … */
    { 4, 29, 1800 },        /* it is over: as any other failure */
    { 4, 0, 1800 },         /* … */
    { 9, -1000, 1800 },     /* … */
    { G_MAXUINT, 0, 1800 }, /* … */
    { G_MAXUINT, G_MAXINT32, G_MAXINT32 / 2 }, /* absurd */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      GTimeSpan least =
          cvg_backoff_get_delay (CVG_FAILURE_AMBIGUOUS, vectors[i].n, vectors[i].window_left, 0);

      g_test_message ("vector %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (least, ==, vectors[i].most * SECOND / 2);
    }
}

/* An outage that is longer than the window: how often the old token is presented in it. */
static void
test_window (void)
{
  for (double chance = 0; chance < 1; chance += 0.1)
    {
      GTimeSpan at = 0;
      GTimeSpan last = 0;
      guint n = 1;

      while (at < 600 * SECOND)
        {
          last = at;
          at += cvg_backoff_get_delay (CVG_FAILURE_AMBIGUOUS, n++, 600 - at / SECOND, chance);
        }

      g_assert_cmpuint (n, >=, 7);
      g_assert_cmpuint (n, <=, 20);
      /* And not long before it is over. */
      g_assert_cmpint (last, >=, 540 * SECOND);
    }
}

static void
test_retry_after (void)
{
  static const struct
  {
    gint64 delay;
    gint64 asked; /* seconds from now */
    gint64 least;
    gint64 most;
  } vectors[] = {
    { 30, 0, 30, 30 },                     /* it did not ask */
    { 30, -5, 30, 30 },                    /* it did, and that time has passed */
    { 30, 10, 30, 30 },                    /* we wait longer anyway */
    { 30, 40, 41, 51 },                    /* as asked, and a little more by chance */
    { 2, 2, 3, 8 },                        /* 5 s at least, or it would not be spread at all */
    { 2, 3600, 3601, 3901 },               /* and 5 min at most */
    { 2, 10 * 86400, 86401, 86401 + 300 }, /* absurd */
    { 2, G_MAXINT64 - NOW, 86401, 86401 + 300 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      gint64 retry_at = vectors[i].asked != 0 ? NOW + vectors[i].asked : 0;
      GTimeSpan delay = vectors[i].delay * SECOND;
      gint64 least = cvg_backoff_get_time (delay, retry_at, NOW * SECOND, 0);
      gint64 most = cvg_backoff_get_time (delay, retry_at, NOW * SECOND, ALMOST_ONE);

      g_test_message ("vector %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (least, ==, (NOW + vectors[i].least) * SECOND);
      g_assert_cmpint (most, <=, (NOW + vectors[i].most) * SECOND);
      g_assert_cmpint (most, >=, (NOW + vectors[i].most) * SECOND - SECOND);
    }
}

static void
test_pause (void)
{
  static const struct
  {
    guint failures;
    gint64 age; /* of the last one */
    guint pause;
  } vectors[] = {
    { 0, 0, 0 },           /* all is well */
    { 1, 0, 5 },           /* just now */
    { 1, 4, 1 },           /* … */
    { 1, 5, 0 },           /* long enough ago */
    { 2, 0, 10 },          /* it goes on */
    { 3, 5, 15 },          /* … */
    { 6, 0, 160 },         /* … */
    { 7, 0, 300 },         /* but a caller waits no longer than that */
    { G_MAXUINT, 299, 1 }, /* … */
    { G_MAXUINT, 300, 0 }, /* … */
    { 3, -1, 0 },          /* the clock was put back: nobody knows */
    { 3, NOW - 1, 0 },     /* a clock that was put right */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_test_message ("vector %" G_GSIZE_FORMAT, i);
      g_assert_cmpuint (cvg_backoff_get_pause (vectors[i].failures, NOW - vectors[i].age, NOW), ==,
                        vectors[i].pause);
    }

  /* The network is another one since. */
  g_assert_cmpuint (cvg_backoff_get_pause (3, 0, NOW), ==, 0);
}

static void
test_knock (void)
{
  /* A few times as often as one likes, then every five seconds. */
  g_assert_cmpuint (cvg_backoff_get_knock_pause (0, 0, NOW), ==, 0);
  g_assert_cmpuint (cvg_backoff_get_knock_pause (3, NOW, NOW), ==, 0);
  g_assert_cmpuint (cvg_backoff_get_knock_pause (4, NOW, NOW), ==, 5);
  g_assert_cmpuint (cvg_backoff_get_knock_pause (4, NOW - 4, NOW), ==, 1);
  g_assert_cmpuint (cvg_backoff_get_knock_pause (G_MAXUINT, NOW - 5, NOW), ==, 0);
  /* The clock was put back; the network is another one since. */
  g_assert_cmpuint (cvg_backoff_get_knock_pause (9, NOW + 1, NOW), ==, 0);
  g_assert_cmpuint (cvg_backoff_get_knock_pause (9, 0, NOW), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/backoff/passing-grows-to-a-cap", test_passing);
  g_test_add_func ("/backoff/refused-waits-for-a-person", test_refused);
  g_test_add_func ("/backoff/ambiguous-is-tried-soon", test_ambiguous);
  g_test_add_func ("/backoff/ambiguous-uses-the-whole-window", test_window);
  g_test_add_func ("/backoff/a-server-that-asks-for-time-gets-it", test_retry_after);
  g_test_add_func ("/backoff/callers-pause-too", test_pause);
  g_test_add_func ("/backoff/who-insists-pauses-a-little", test_knock);

  return g_test_run ();
}
