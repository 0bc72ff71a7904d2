/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/gate.h"

#include "doubles/agent-world.h"

#define HOST "auth.example.com"
#define OTHER_HOST "login.example.org"
#define PLACES 8
#define PLACES_BACKGROUND 6

typedef struct
{
  CvgGate *gate;
  GPtrArray *visitors; /* (element-type Visitor) */
  GString *passed;     /* the names of those let through, in order */
  guint n_emptied;
} Fixture;

/* Somebody who wants to ask a server. */
typedef struct
{
  Fixture *fixture;
  char name;
  CvgTicket *ticket;
  gboolean leaves_at_once;
} Visitor;

static void
on_emptied (CvgGate *gate, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (cvg_gate_is_empty (gate));
  fixture->n_emptied++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->gate = cvg_gate_new ();
  fixture->visitors = g_ptr_array_new_with_free_func (g_free);
  fixture->passed = g_string_new (NULL);
  g_signal_connect (fixture->gate, "emptied", G_CALLBACK (on_emptied), fixture);
}

static void
leave (Visitor *visitor)
{
  cvg_ticket_leave (g_steal_pointer (&visitor->ticket));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < fixture->visitors->len; i++)
    {
      Visitor *visitor = g_ptr_array_index (fixture->visitors, i);

      if (visitor->ticket != NULL)
        leave (visitor);
    }
  /* A host where nobody is leaves nothing behind: no lane holds the gate, no source is left. */
  g_assert_false (g_main_context_pending (NULL));
  g_assert_finalize_object (fixture->gate);
  g_ptr_array_unref (fixture->visitors);
  g_string_free (fixture->passed, TRUE);
}

static void
on_passed (gpointer user_data)
{
  Visitor *visitor = user_data;

  /* The ticket was in hand before. */
  g_assert_nonnull (visitor->ticket);
  g_string_append_c (visitor->fixture->passed, visitor->name);
  if (visitor->leaves_at_once)
    leave (visitor);
}

static Visitor *
enter_at (Fixture *fixture, char name, CvgUrgency urgency, const char *host)
{
  Visitor *visitor = g_new0 (Visitor, 1);

  visitor->fixture = fixture;
  visitor->name = name;
  g_ptr_array_add (fixture->visitors, visitor);
  visitor->ticket = cvg_gate_enter (fixture->gate, host, urgency, on_passed, visitor);
  g_assert_nonnull (visitor->ticket);
  return visitor;
}

static Visitor *
call (Fixture *fixture, char name)
{
  return enter_at (fixture, name, CVG_URGENCY_CALLER, HOST);
}

static Visitor *
work (Fixture *fixture, char name)
{
  return enter_at (fixture, name, CVG_URGENCY_BACKGROUND, HOST);
}

static void
fill (Fixture *fixture, guint n, CvgUrgency urgency)
{
  for (guint i = 0; i < n; i++)
    enter_at (fixture, '.', urgency, HOST);
  agent_world_settle ();
}

static Visitor *
get (Fixture *fixture, guint i)
{
  return g_ptr_array_index (fixture->visitors, i);
}

/* Those let through since the last time. */
static void
assert_passed (Fixture *fixture, const char *names)
{
  agent_world_settle ();
  g_assert_cmpstr (fixture->passed->str, ==, names);
  g_string_truncate (fixture->passed, 0);
}

static void
test_free (Fixture *fixture, gconstpointer data)
{
  Visitor *visitor = call (fixture, 'a');

  /* Not inside the call, and once. */
  g_assert_cmpstr (fixture->passed->str, ==, "");
  g_assert_true (cvg_gate_is_empty (fixture->gate));
  assert_passed (fixture, "a");
  g_assert_false (cvg_gate_is_empty (fixture->gate));
  leave (visitor);
  g_assert_true (cvg_gate_is_empty (fixture->gate));
  assert_passed (fixture, "");
}

static void
test_places (Fixture *fixture, gconstpointer data)
{
  fill (fixture, PLACES, CVG_URGENCY_CALLER);
  assert_passed (fixture, "........");
  call (fixture, 'a');
  call (fixture, 'b');
  assert_passed (fixture, "");

  /* A place that becomes free takes one, in the order in which they came. */
  leave (get (fixture, 3));
  assert_passed (fixture, "a");
  leave (get (fixture, 0));
  assert_passed (fixture, "b");
}

static void
test_background_places (Fixture *fixture, gconstpointer data)
{
  fill (fixture, 20, CVG_URGENCY_BACKGROUND);
  assert_passed (fixture, "......");

  /* The rest is for callers, who overtake those who wait. */
  call (fixture, 'a');
  call (fixture, 'b');
  call (fixture, 'c');
  assert_passed (fixture, "ab");

  /* One caller more than there is room for is the next, whoever makes room. */
  leave (get (fixture, 0));
  assert_passed (fixture, "c");
  leave (get (fixture, 1));
  assert_passed (fixture, ".");
}

static void
test_background_behind_callers (Fixture *fixture, gconstpointer data)
{
  Visitor *caller = NULL;

  fill (fixture, PLACES - 1, CVG_URGENCY_CALLER);
  caller = call (fixture, 'a');
  work (fixture, 'x');
  call (fixture, 'b');
  assert_passed (fixture, ".......a");
  leave (caller);
  assert_passed (fixture, "b");
  leave (get (fixture, 0));
  assert_passed (fixture, "x");
}

static void
test_hosts (Fixture *fixture, gconstpointer data)
{
  fill (fixture, PLACES, CVG_URGENCY_CALLER);
  g_string_truncate (fixture->passed, 0);

  /* One that is slow does not hold up another; names of hosts have no letter case. */
  enter_at (fixture, 'o', CVG_URGENCY_BACKGROUND, OTHER_HOST);
  enter_at (fixture, 'H', CVG_URGENCY_CALLER, "AUTH.Example.com");
  assert_passed (fixture, "o");
}

static void
test_hurry (Fixture *fixture, gconstpointer data)
{
  Visitor *hurried = NULL;

  fill (fixture, PLACES_BACKGROUND, CVG_URGENCY_BACKGROUND);
  g_string_truncate (fixture->passed, 0);
  work (fixture, 'x');
  hurried = work (fixture, 'y');
  assert_passed (fixture, "");

  cvg_ticket_hurry (hurried->ticket);
  assert_passed (fixture, "y");
  /* Twice, or beyond the gate, changes nothing. */
  cvg_ticket_hurry (hurried->ticket);
  cvg_ticket_hurry (get (fixture, 0)->ticket);
  assert_passed (fixture, "");

  /* The place that it has is a caller's: background work still waits for one of its own. */
  leave (hurried);
  assert_passed (fixture, "");
  leave (get (fixture, 0));
  assert_passed (fixture, "x");
}

static void
test_hurry_order (Fixture *fixture, gconstpointer data)
{
  Visitor *hurried = NULL;

  fill (fixture, PLACES, CVG_URGENCY_CALLER);
  g_string_truncate (fixture->passed, 0);
  hurried = work (fixture, 'x');
  call (fixture, 'a');
  cvg_ticket_hurry (hurried->ticket);
  call (fixture, 'b');
  for (guint i = 0; i < 3; i++)
    leave (get (fixture, i));
  assert_passed (fixture, "axb");
}

static void
test_leave_waiting (Fixture *fixture, gconstpointer data)
{
  Visitor *gone = NULL;
  Visitor *quick = call (fixture, 'q');

  /* Before its turn came round, though there was room. */
  leave (quick);
  assert_passed (fixture, "");
  g_assert_cmpuint (fixture->n_emptied, ==, 0);

  fill (fixture, PLACES, CVG_URGENCY_CALLER);
  g_string_truncate (fixture->passed, 0);
  gone = call (fixture, 'a');
  call (fixture, 'b');
  leave (gone);
  leave (get (fixture, 1));
  assert_passed (fixture, "b");
}

static void
test_leave_at_once (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 100; i++)
    work (fixture, '.')->leaves_at_once = TRUE;
  agent_world_settle ();
  g_assert_cmpuint (fixture->passed->len, ==, 100);
  g_assert_true (cvg_gate_is_empty (fixture->gate));
}

static void
test_closed (Fixture *fixture, gconstpointer data)
{
  Visitor *beyond = call (fixture, 'a');

  assert_passed (fixture, "a");
  /* Its turn has come, but nothing was called yet: it is held back too. */
  work (fixture, 'x');
  cvg_gate_close (fixture->gate);
  call (fixture, 'b');
  enter_at (fixture, 'o', CVG_URGENCY_CALLER, OTHER_HOST);
  assert_passed (fixture, "");
  g_assert_false (cvg_gate_is_empty (fixture->gate));

  leave (beyond);
  assert_passed (fixture, "");
  g_assert_true (cvg_gate_is_empty (fixture->gate));
  g_assert_cmpuint (fixture->n_emptied, ==, 1);

  cvg_gate_open (fixture->gate);
  agent_world_settle ();
  g_assert_cmpuint (fixture->passed->len, ==, 3);
  /* Of one host, callers are first still. */
  g_assert_true (strchr (fixture->passed->str, 'b') < strchr (fixture->passed->str, 'x'));
  g_assert_nonnull (strchr (fixture->passed->str, 'o'));
}

static void
test_closed_and_opened (Fixture *fixture, gconstpointer data)
{
  call (fixture, 'a');
  cvg_gate_close (fixture->gate);
  cvg_gate_open (fixture->gate);
  cvg_gate_open (fixture->gate);
  assert_passed (fixture, "a");
}

static void
test_emptied (Fixture *fixture, gconstpointer data)
{
  Visitor *here = call (fixture, 'a');
  Visitor *there = enter_at (fixture, 'o', CVG_URGENCY_BACKGROUND, OTHER_HOST);

  agent_world_settle ();
  leave (here);
  g_assert_cmpuint (fixture->n_emptied, ==, 0);
  leave (there);
  g_assert_cmpuint (fixture->n_emptied, ==, 1);
}

/* A morning with ten thousand of them: no list is searched from end to end. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  fill (fixture, 10000, CVG_URGENCY_BACKGROUND);
  g_assert_cmpuint (fixture->passed->len, ==, PLACES_BACKGROUND);
  for (guint i = 0; i < 5000; i++)
    leave (get (fixture, 9999 - i));
  for (guint i = 0; i < 5000; i++)
    {
      leave (get (fixture, i));
      agent_world_settle ();
    }
  g_assert_cmpuint (fixture->passed->len, ==, 5000);
  g_assert_true (cvg_gate_is_empty (fixture->gate));
}

#define ADD(path, function) g_test_add ("/gate/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  agent_world_init (&argc, &argv);

  ADD ("a-free-place-is-taken-soon", test_free);
  ADD ("so-many-at-a-time-in-their-order", test_places);
  ADD ("background-leaves-room-for-callers", test_background_places);
  ADD ("callers-before-background", test_background_behind_callers);
  ADD ("each-host-has-its-own-places", test_hosts);
  ADD ("hurried-becomes-a-callers", test_hurry);
  ADD ("hurried-stands-behind-earlier-callers", test_hurry_order);
  ADD ("who-leaves-is-never-called", test_leave_waiting);
  ADD ("who-leaves-at-once-makes-room", test_leave_at_once);
  ADD ("closed-lets-nobody-through", test_closed);
  ADD ("closed-and-opened-again", test_closed_and_opened);
  ADD ("emptied-when-the-last-leaves", test_emptied);
  ADD ("thousands-wait", test_many);

  return g_test_run ();
}
