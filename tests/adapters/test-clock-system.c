/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The clock against real milliseconds. That it never fires early is exact; that it fires at all is
 * left to the time limit of the test. Setting the machine's clock is mostly played; who runs this
 * with the right to do it has it moved by a millisecond, and back.
 */
#include <errno.h>
#include <sys/timex.h>
#include <time.h>

#include "adapters/clock-system.h"

#define MILLISECOND 1000
#define HOUR G_TIME_SPAN_HOUR
#define TOLERANCE (2 * G_TIME_SPAN_SECOND)

typedef struct
{
  CvgClock *clock;
  GString *log;
  char name;
  gint64 at;
  guint removes; /* an alarm that this one removes, if not 0 */
  guint *adds;   /* (nullable): adds itself again, due at once, until this is 0 */
  guint destroyed;
} Ring;

static void
on_destroyed (gpointer user_data)
{
  ((Ring *) user_data)->destroyed++;
}

static void
on_ring (gpointer user_data)
{
  Ring *ring = user_data;

  g_assert_cmpint (g_get_real_time (), >=, ring->at);
  g_string_append_c (ring->log, ring->name);
  cvg_clock_clear_alarm (ring->clock, &ring->removes);
  if (ring->adds != NULL && (*ring->adds)-- > 1)
    g_assert_cmpuint (cvg_clock_add_alarm (ring->clock, ring->at, on_ring, ring, NULL), !=, 0);
}

static guint
add (Ring *ring, gint64 at)
{
  ring->at = at;
  return cvg_clock_add_alarm (ring->clock, at, on_ring, ring, on_destroyed);
}

static void
wait_for (GString *log, gsize length)
{
  while (log->len < length)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_order (void)
{
  CvgClock *clock = cvg_clock_system_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  gint64 now = cvg_clock_get_now (clock);
  Ring late = { .clock = clock, .log = log, .name = 'l' };
  Ring early = { .clock = clock, .log = log, .name = 'e' };
  Ring past = { .clock = clock, .log = log, .name = 'p' };
  Ring before_1970 = { .clock = clock, .log = log, .name = 'b' };

  g_assert_cmpuint (add (&late, now + 40 * MILLISECOND), !=, 0);
  g_assert_cmpuint (add (&early, now + 15 * MILLISECOND), !=, 0);
  g_assert_cmpuint (add (&past, now - MILLISECOND), !=, 0);
  g_assert_cmpuint (add (&before_1970, -5), !=, 0);
  g_assert_cmpstr (log->str, ==, ""); /* never inside the call */

  wait_for (log, 4);
  g_assert_cmpstr (log->str, ==, "bpel");
  g_assert_cmpuint (late.destroyed, ==, 1);
  /* Nothing is left that could wake us. */
  g_assert_false (g_main_context_pending (NULL));
  g_assert_finalize_object (clock);
}

static void
test_removed_alarms_are_silent (void)
{
  CvgClock *clock = cvg_clock_system_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  gint64 now = cvg_clock_get_now (clock);
  Ring first = { .clock = clock, .log = log, .name = '1' };
  Ring second = { .clock = clock, .log = log, .name = '2' };
  Ring third = { .clock = clock, .log = log, .name = '3' };
  Ring never = { .clock = clock, .log = log, .name = 'n' };
  guint id = add (&never, now + 1 * MILLISECOND);

  cvg_clock_clear_alarm (clock, &id);
  g_assert_cmpuint (never.destroyed, ==, 1);
  g_assert_cmpuint (add (&first, now + 2 * MILLISECOND), !=, 0);
  first.removes = add (&second, now + 2 * MILLISECOND); /* due in the same turn */
  g_assert_cmpuint (add (&third, now + 3 * MILLISECOND), !=, 0);

  wait_for (log, 2);
  g_assert_cmpstr (log->str, ==, "13");
  g_assert_cmpuint (second.destroyed, ==, 1);
  g_assert_finalize_object (clock);
}

static gboolean
on_breath (gpointer user_data)
{
  g_string_append_c (user_data, '.');
  return G_SOURCE_REMOVE;
}

static void
test_hasty_alarms_do_not_starve (void)
{
  CvgClock *clock = cvg_clock_system_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  guint times = 50;
  Ring hasty = { .clock = clock, .log = log, .name = 'h', .adds = &times };
  g_autoptr (GSource) breath = g_timeout_source_new (0);

  g_assert_cmpuint (add (&hasty, cvg_clock_get_now (clock)), !=, 0);
  g_source_set_callback (breath, on_breath, log, NULL);
  g_source_attach (breath, NULL);
  wait_for (log, 51);
  g_assert_cmpint (strchr (log->str, '.') - log->str, <, 3);
  g_assert_finalize_object (clock);
}

static void
test_ends_with_alarms (void)
{
  CvgClock *clock = cvg_clock_system_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  Ring ring = { .clock = clock, .log = log, .name = 'x' };

  g_assert_cmpuint (add (&ring, cvg_clock_get_now (clock) + G_TIME_SPAN_DAY), !=, 0);
  g_assert_finalize_object (clock);
  g_assert_cmpuint (ring.destroyed, ==, 1);
}

static void
on_stepped (CvgClock *clock, gint64 by, gpointer user_data)
{
  GString *log = user_data;

  g_string_append_printf (log, "%+d",
                          (int) ((by + (by < 0 ? -500 : 500) * MILLISECOND) / G_TIME_SPAN_SECOND));
}

/* An alarm that is due, after whatever the clock has to tell. */
static void
settle (CvgClock *clock, GString *log)
{
  Ring ring = { .clock = clock, .log = log, .name = '.' };
  gsize length = log->len;

  /* Twice: what goes off in the same turn as the telling has told nothing of the turn after it. */
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (cvg_clock_add_alarm (clock, 0, on_ring, &ring, NULL), !=, 0);
      length = log->len;
      while (log->len == length || log->str[log->len - 1] != '.')
        g_main_context_iteration (NULL, TRUE);
    }
}

static void
test_steps (void)
{
  static const struct
  {
    gint64 wall; /* since the row before */
    gint64 boot;
    const char *told;
  } rows[] = {
    { 0, 0, ".." },
    { 3 * HOUR, 0, "+10800.." },
    { -5 * HOUR, 0, "-18000.." },
    { 8 * HOUR, 8 * HOUR, ".." },                    /* a suspend */
    { 8 * HOUR + 7200, 8 * HOUR, ".." },             /* and one with a bad battery */
    { TOLERANCE - 100 * MILLISECOND, 0, ".." },      /* a correction */
    { 200 * MILLISECOND, 0, "+2.." },                /* they add up */
    { -TOLERANCE + 100 * MILLISECOND, 0, ".." },     /* and one back */
    { 8 * HOUR, 8 * HOUR - 60 * HOUR, "+215998.." }, /* with what was not told before */
  };
  CvgClock *clock = cvg_clock_system_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  gint64 wall = 0;
  gint64 boot = 0;

  g_signal_connect (clock, "stepped", G_CALLBACK (on_stepped), log);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      wall += rows[i].wall;
      boot += rows[i].boot;
      cvg_clock_system_pretend (CVG_CLOCK_SYSTEM (clock), wall, boot);
      settle (clock, log);
      g_assert_cmpstr (log->str, ==, rows[i].told);
      g_string_truncate (log, 0);
    }
  g_assert_false (g_main_context_pending (NULL));
  g_assert_finalize_object (clock);
}

/* What a suspend or a step carries over its time goes off; after the step was told, so that whoever
 * reckons anew can take it back. */
static void
test_alarms_after_a_step (void)
{
  CvgClock *clock = cvg_clock_system_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  Ring first = { .clock = clock, .log = log, .name = 'a' };
  Ring second = { .clock = clock, .log = log, .name = 'b' };
  Ring third = { .clock = clock, .log = log, .name = 'c' };
  gint64 now = cvg_clock_get_now (clock);

  g_signal_connect (clock, "stepped", G_CALLBACK (on_stepped), log);
  g_assert_cmpuint (add (&first, now + HOUR), !=, 0);
  g_assert_cmpuint (add (&second, now + 3 * HOUR), !=, 0);
  g_assert_cmpuint (add (&third, now + 5 * HOUR), !=, 0);
  first.at = second.at = 0; /* on_ring compares with the machine's clock */
  cvg_clock_system_pretend (CVG_CLOCK_SYSTEM (clock), 2 * HOUR, 0);
  wait_for (log, 6);
  g_assert_cmpstr (log->str, ==, "+7200a");
  cvg_clock_system_pretend (CVG_CLOCK_SYSTEM (clock), 4 * HOUR, 2 * HOUR);
  wait_for (log, 7);
  g_assert_cmpstr (log->str, ==, "+7200ab");
  g_assert_finalize_object (clock);
}

static gboolean
set_clock_by (gint64 by)
{
  struct timex timex = { .modes = ADJ_SETOFFSET | ADJ_NANO };

  timex.time.tv_sec = by < 0 ? -1 : 0;
  timex.time.tv_usec = (by < 0 ? by + G_TIME_SPAN_SECOND : by) * 1000;
  return clock_adjtime (CLOCK_REALTIME, &timex) >= 0;
}

/* The millisecond that is missing to the tolerance. */
static void
test_real_steps (gconstpointer data)
{
  gboolean armed_anew = GPOINTER_TO_INT (data);
  CvgClock *clock = cvg_clock_system_new ();
  g_autoptr (GString) log = g_string_new (NULL);
  Ring never = { .clock = clock, .log = log, .name = 'n' };

  g_signal_connect (clock, "stepped", G_CALLBACK (on_stepped), log);
  cvg_clock_system_pretend (CVG_CLOCK_SYSTEM (clock), TOLERANCE - MILLISECOND / 2, 0);
  settle (clock, log);
  g_assert_cmpstr (log->str, ==, "..");
  if (set_clock_by (MILLISECOND))
    {
      /* Arming the timer anew swallows the kernel's word. */
      if (armed_anew)
        g_assert_cmpuint (add (&never, cvg_clock_get_now (clock) + HOUR), !=, 0);
      wait_for (log, 4);
      g_assert_true (set_clock_by (-MILLISECOND));
      g_assert_cmpstr (log->str, ==, "..+2");
    }
  else
    g_test_skip ("Setting the clock is not allowed here");
  g_assert_finalize_object (clock);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock-system/alarms-go-off-in-order", test_order);
  g_test_add_func ("/clock-system/removed-alarms-are-silent", test_removed_alarms_are_silent);
  g_test_add_func ("/clock-system/hasty-alarms-do-not-starve", test_hasty_alarms_do_not_starve);
  g_test_add_func ("/clock-system/ends-with-alarms", test_ends_with_alarms);
  g_test_add_func ("/clock-system/steps-are-told", test_steps);
  g_test_add_func ("/clock-system/alarms-after-a-step", test_alarms_after_a_step);
  g_test_add_data_func ("/clock-system/real-step", GINT_TO_POINTER (FALSE), test_real_steps);
  g_test_add_data_func ("/clock-system/real-step-and-an-alarm", GINT_TO_POINTER (TRUE),
                        test_real_steps);
  return g_test_run ();
}
