/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The clock against real milliseconds. That it never fires early is exact; that it fires at all is
 * left to the time limit of the test.
 */
#include "adapters/clock-system.h"

#define MILLISECOND 1000

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

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock-system/alarms-go-off-in-order", test_order);
  g_test_add_func ("/clock-system/removed-alarms-are-silent", test_removed_alarms_are_silent);
  g_test_add_func ("/clock-system/hasty-alarms-do-not-starve", test_hasty_alarms_do_not_starve);
  g_test_add_func ("/clock-system/ends-with-alarms", test_ends_with_alarms);
  return g_test_run ();
}
