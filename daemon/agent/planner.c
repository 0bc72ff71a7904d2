/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The planner. All plans stand in one sequence, the earliest first, with one alarm of the clock for
 * that one: with nothing due nothing wakes. A plan is made anew whenever something changes that it
 * depends on, and each time comes out the same if nothing did (plan.c).
 *
 * What is overdue for many at once, as at the start, with the network or in the morning, is spread
 * over a while. Not so a refresh token that the server may have replaced: that can't wait.
 *
 * Nothing here makes the person be asked: while the keyring is closed there are no plans.
 */
#include "agent/planner.h"

#include "agent/plan.h"
#include "agent/schedule.h"

/* Over how long what is overdue is spread: so much for each, and not more than a minute. */
#define SPREAD_EACH (50 * G_TIME_SPAN_MILLISECOND)
#define SPREAD_MIN (2 * G_TIME_SPAN_SECOND)
#define SPREAD_MAX (60 * G_TIME_SPAN_SECOND)

/* An alarm that goes off so late went off after a suspend, and so did everybody's. */
#define LATE (10 * G_TIME_SPAN_SECOND)

/* What a network needs after the machine woke, if it does not say when it is there. */
#define AWAKENING (5 * G_TIME_SPAN_SECOND)

/* Before the next try if one came to nothing without having failed: the keyring was just closing,
 * or it waits at the gate still. */
#define POSTPONEMENT (10 * G_TIME_SPAN_SECOND)

struct _CvgPlanner
{
  GObject parent_instance;

  CvgClock *clock;         /* (owned) */
  CvgNetwork *network;     /* (owned) */
  CvgSleep *sleep;         /* (owned) */
  CvgInstances *instances; /* (owned) */
  CvgClients *clients;     /* (owned) */
  CvgKeeper *keeper;       /* (owned) */
  CvgRefresher *refresher; /* (owned) */

  GHashTable *plans;  /* (owned) (element-type CvgEntry Plan) */
  GSequence *pending; /* (owned) (element-type Plan): those with a time, the earliest first */
  guint alarm;
  gint64 alarm_at;       /* Unix microseconds */
  gint64 not_before;     /* Unix microseconds: the machine woke up, the network may be coming */
  gboolean is_active;    /* between start and stop */
  gboolean falls_asleep; /* until it is awake again */
};

G_DEFINE_FINAL_TYPE (CvgPlanner, cvg_planner, G_TYPE_OBJECT)

/* A refresh that was begun here. */
typedef struct
{
  CvgPlanner *planner; /* (owned) */
  CvgEntry *entry;     /* (owned) */
  guint64 generation;
  guint failures; /* of the entry when it began */
} Attempt;

typedef struct
{
  CvgEntry *entry;     /* (owned) */
  GSequenceIter *iter; /* (borrowed) (nullable): where it is in the sequence */
  gint64 at;           /* Unix microseconds; 0: not planned */
  gboolean is_spread;  /* it is overdue, and has its place among the others that are */
  gint64 not_before;   /* Unix microseconds */
  guint failures_before;
  Attempt *attempt; /* (borrowed) (nullable): the one under way */
} Plan;

static void
attempt_free (Attempt *attempt)
{
  g_object_unref (attempt->planner);
  cvg_entry_unref (attempt->entry);
  g_free (attempt);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_free)

static void
plan_free (Plan *plan)
{
  g_clear_pointer (&plan->iter, g_sequence_remove);
  plan->entry->next_refresh_at = 0;
  cvg_entry_unref (plan->entry);
  g_free (plan);
}

static void
cvg_planner_finalize (GObject *object)
{
  CvgPlanner *self = CVG_PLANNER (object);

  g_assert (!self->is_active);
  g_clear_pointer (&self->plans, g_hash_table_unref);
  g_clear_pointer (&self->pending, g_sequence_free);
  g_clear_object (&self->refresher);
  g_clear_object (&self->keeper);
  g_clear_object (&self->clients);
  g_clear_object (&self->instances);
  g_clear_object (&self->sleep);
  g_clear_object (&self->network);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (cvg_planner_parent_class)->finalize (object);
}

static void
cvg_planner_class_init (CvgPlannerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_planner_finalize;
}

static void
cvg_planner_init (CvgPlanner *self)
{
  self->plans = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) plan_free);
  self->pending = g_sequence_new (NULL);
}

/** cvg_planner_new: with what @parts (transfer none) has, which is not kept itself */
CvgPlanner *
cvg_planner_new (const CvgPlannerParts *parts)
{
  CvgPlanner *self = g_object_new (CVG_TYPE_PLANNER, NULL);

  self->clock = g_object_ref (parts->clock);
  self->network = g_object_ref (parts->network);
  self->sleep = g_object_ref (parts->sleep);
  self->instances = g_object_ref (parts->instances);
  self->clients = g_object_ref (parts->clients);
  self->keeper = g_object_ref (parts->keeper);
  self->refresher = g_object_ref (parts->refresher);
  return self;
}

/* ---- the sequence and its alarm -------------------------------------------------------------- */

static void on_alarm (gpointer user_data);

static int
compare_plans (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Plan *first = a;
  const Plan *second = b;

  return first->at < second->at ? -1 : first->at > second->at;
}

static Plan *
peek_earliest (CvgPlanner *self)
{
  GSequenceIter *begin = g_sequence_get_begin_iter (self->pending);

  return g_sequence_iter_is_end (begin) ? NULL : g_sequence_get (begin);
}

static void
arm (CvgPlanner *self)
{
  const Plan *earliest = peek_earliest (self);

  if (earliest != NULL && self->alarm != 0 && self->alarm_at == earliest->at)
    return;

  cvg_clock_clear_alarm (self->clock, &self->alarm);
  if (earliest == NULL)
    return;

  self->alarm_at = earliest->at;
  self->alarm = cvg_clock_add_alarm (self->clock, earliest->at, on_alarm, self, NULL);
}

/* Puts @plan where @at (0: nowhere) belongs; the alarm is the caller's business. */
static void
place (CvgPlanner *self, Plan *plan, gint64 at, gboolean is_spread)
{
  plan->is_spread = is_spread;
  if (at == plan->at)
    return;

  g_clear_pointer (&plan->iter, g_sequence_remove);
  plan->at = at;
  plan->entry->next_refresh_at = at / G_TIME_SPAN_SECOND;
  if (at != 0)
    plan->iter = g_sequence_insert_sorted (self->pending, plan, compare_plans, NULL);
}

/* ---- planning -------------------------------------------------------------------------------- */

static Plan *
get_plan (CvgPlanner *self, CvgEntry *entry)
{
  Plan *plan = g_hash_table_lookup (self->plans, entry);

  if (plan != NULL)
    return plan;

  plan = g_new0 (Plan, 1);
  plan->entry = cvg_entry_ref (entry);
  g_hash_table_insert (self->plans, entry, plan);
  return plan;
}

static gboolean
is_under_way (const Plan *plan)
{
  return plan->attempt != NULL && plan->attempt->generation == plan->entry->generation;
}

static gboolean
may_plan (CvgPlanner *self)
{
  return self->is_active && !self->falls_asleep && cvg_keeper_is_open (self->keeper);
}

/* Unix microseconds; 0: not at all, or not before something changes. */
static gint64
find_time (CvgPlanner *self, Plan *plan, gint64 now)
{
  CvgOutlook outlook = { .now = now, .is_online = cvg_network_is_up (self->network) };
  gint64 at = 0;

  if (!may_plan (self) || is_under_way (plan))
    return 0;

  plan->failures_before = plan->entry->spent_at == 0 ?
                              plan->entry->failures :
                              MIN (plan->failures_before, plan->entry->failures);
  outlook.failures_before = plan->failures_before;
  at = cvg_plan_get_time (plan->entry, &outlook);
  return at != 0 ? MAX (at, MAX (self->not_before, plan->not_before)) : 0;
}

static void
plan_one (CvgPlanner *self, CvgEntry *entry)
{
  gint64 now = cvg_clock_get_now (self->clock);
  Plan *plan = get_plan (self, entry);
  gint64 at = find_time (self, plan, now);
  gboolean keeps_place = plan->is_spread && at != 0 && at <= now && entry->spent_at == 0;

  /* Who has a place among those that are overdue does not jump the queue by any small change. */
  place (self, plan, keeps_place ? plan->at : at, keeps_place);
  arm (self);
}

static gboolean
is_overdue (const Plan *plan, gint64 at, gint64 now)
{
  return at != 0 && at <= now && plan->entry->spent_at == 0;
}

static void
spread (CvgPlanner *self, Plan *plan, gint64 from, GTimeSpan span)
{
  gint64 at =
      from + (gint64) (cvg_schedule_draw (plan->entry->record->id, (guint64) from) * (double) span);

  /* Planning again and again must not put anyone off for ever. */
  if (plan->is_spread && plan->at != 0)
    at = MIN (at, MAX (plan->at, from));
  place (self, plan, at, TRUE);
}

static void
plan_all (CvgPlanner *self)
{
  g_autoptr (GPtrArray) entries = cvg_instances_list (self->instances);
  g_autofree gint64 *times = g_new (gint64, entries->len);
  gint64 from = MAX (cvg_clock_get_now (self->clock), self->not_before);
  GTimeSpan span = SPREAD_MIN;

  for (guint i = 0; i < entries->len; i++)
    {
      Plan *plan = get_plan (self, g_ptr_array_index (entries, i));

      times[i] = find_time (self, plan, cvg_clock_get_now (self->clock));
      if (is_overdue (plan, times[i], from))
        span += SPREAD_EACH;
    }

  for (guint i = 0; i < entries->len; i++)
    {
      Plan *plan = get_plan (self, g_ptr_array_index (entries, i));

      if (is_overdue (plan, times[i], from))
        spread (self, plan, from, MIN (span, SPREAD_MAX));
      else
        place (self, plan, times[i], FALSE);
    }
  arm (self);
}

/* ---- refreshing ------------------------------------------------------------------------------ */

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgCredentials) credentials =
      cvg_refresher_refresh_finish (CVG_REFRESHER (source), result, &error);
  CvgPlanner *self = attempt->planner;
  Plan *plan = g_hash_table_lookup (self->plans, attempt->entry);

  /* It was removed, or has other credentials, which have a plan of their own. */
  if (plan == NULL || plan->attempt != attempt)
    return;

  plan->attempt = NULL;
  if (credentials == NULL && attempt->failures == attempt->entry->failures)
    plan->not_before = cvg_clock_get_now (self->clock) + POSTPONEMENT;
  plan_one (self, attempt->entry);
}

static void
begin (CvgPlanner *self, Plan *plan)
{
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->planner = g_object_ref (self);
  attempt->entry = cvg_entry_ref (plan->entry);
  attempt->generation = plan->entry->generation;
  attempt->failures = plan->entry->failures;
  plan->attempt = attempt;
  g_debug ("Instance %s: refreshing in the background", plan->entry->record->id);
  cvg_refresher_refresh_async (self->refresher, plan->entry, CVG_URGENCY_BACKGROUND, NULL,
                               on_refreshed, attempt);
}

static void
on_alarm (gpointer user_data)
{
  CvgPlanner *self = user_data;
  gint64 now = cvg_clock_get_now (self->clock);
  Plan *earliest = peek_earliest (self);

  self->alarm = 0;
  if (earliest != NULL && earliest->at < now - LATE && !earliest->is_spread)
    {
      plan_all (self);
      return;
    }

  while (earliest != NULL && earliest->at <= now)
    {
      place (self, earliest, 0, FALSE);
      begin (self, earliest);
      earliest = peek_earliest (self);
    }
  arm (self);
}

/* ---- what plans depend on -------------------------------------------------------------------- */

static void
on_instance_changed (CvgInstances *instances, CvgEntry *entry, gpointer user_data)
{
  plan_one (user_data, entry);
}

static void
on_instance_removed (CvgInstances *instances, CvgEntry *entry, gpointer user_data)
{
  CvgPlanner *self = user_data;

  g_hash_table_remove (self->plans, entry);
  arm (self);
}

static void
on_keeper_state_changed (CvgKeeper *keeper, gpointer user_data)
{
  plan_all (user_data);
}

/* Forgets how often it failed: the reason may be gone. That it failed stays to be seen. */
static void
encourage (CvgPlanner *self, CvgEntry *entry)
{
  Plan *plan = get_plan (self, entry);

  entry->failures = 0;
  if (plan->attempt != NULL)
    plan->attempt->failures = 0;
}

static void
on_network_changed (CvgNetwork *network, gpointer user_data)
{
  CvgPlanner *self = user_data;
  g_autoptr (GPtrArray) entries = cvg_instances_list (self->instances);

  if (cvg_network_is_up (network))
    {
      self->not_before = 0;
      for (guint i = 0; i < entries->len; i++)
        {
          CvgEntry *entry = g_ptr_array_index (entries, i);

          if (entry->unreachable)
            encourage (self, entry);
        }
    }
  plan_all (self);
}

static void
on_clients_changed (CvgClients *clients, const char *server_name, gpointer user_data)
{
  CvgPlanner *self = user_data;
  g_autoptr (GPtrArray) entries = cvg_instances_list (self->instances);

  for (guint i = 0; i < entries->len; i++)
    {
      CvgEntry *entry = g_ptr_array_index (entries, i);

      if (!entry->refused || g_strcmp0 (entry->record->server_name, server_name) != 0)
        continue;

      encourage (self, entry);
      plan_one (self, entry);
    }
}

static void
on_clock_stepped (CvgClock *clock, gint64 by, gpointer user_data)
{
  CvgPlanner *self = user_data;
  GHashTableIter iter;
  gpointer plan = NULL;

  g_message ("The clock was set by %" G_GINT64_FORMAT " seconds", by / G_TIME_SPAN_SECOND);
  cvg_instances_shift_times (self->instances, by / G_TIME_SPAN_SECOND);
  self->not_before = 0;
  g_hash_table_iter_init (&iter, self->plans);
  while (g_hash_table_iter_next (&iter, NULL, &plan))
    ((Plan *) plan)->not_before = 0;
  plan_all (self);
}

static void
on_about_to_sleep (CvgSleep *sleep, gpointer user_data)
{
  CvgPlanner *self = user_data;

  self->falls_asleep = TRUE;
  plan_all (self);
}

static void
on_awake (CvgSleep *sleep, gpointer user_data)
{
  CvgPlanner *self = user_data;

  self->falls_asleep = FALSE;
  self->not_before = cvg_clock_get_now (self->clock) + AWAKENING;
  plan_all (self);
}

/**
 * cvg_planner_start:
 *
 * Refreshes from now on what is due; to be called when nobody else is going to do so in this
 * session, which is when the daemon has its name.
 */
void
cvg_planner_start (CvgPlanner *self)
{
  g_return_if_fail (CVG_IS_PLANNER (self) && !self->is_active);

  self->is_active = TRUE;
  g_signal_connect (self->instances, "changed", G_CALLBACK (on_instance_changed), self);
  g_signal_connect (self->instances, "removed", G_CALLBACK (on_instance_removed), self);
  g_signal_connect (self->keeper, "state-changed", G_CALLBACK (on_keeper_state_changed), self);
  g_signal_connect (self->clients, "changed", G_CALLBACK (on_clients_changed), self);
  g_signal_connect (self->network, "changed", G_CALLBACK (on_network_changed), self);
  g_signal_connect (self->clock, "stepped", G_CALLBACK (on_clock_stepped), self);
  g_signal_connect (self->sleep, "about-to-sleep", G_CALLBACK (on_about_to_sleep), self);
  g_signal_connect (self->sleep, "awake", G_CALLBACK (on_awake), self);
  plan_all (self);
}

/** cvg_planner_stop: begins nothing any more; without effect if it was not started */
void
cvg_planner_stop (CvgPlanner *self)
{
  gpointer sources[] = { self->instances, self->keeper, self->clients,
                         self->network,   self->clock,  self->sleep };

  g_return_if_fail (CVG_IS_PLANNER (self));

  if (!self->is_active)
    return;

  self->is_active = FALSE;
  for (size_t i = 0; i < G_N_ELEMENTS (sources); i++)
    g_signal_handlers_disconnect_by_data (sources[i], self);
  g_hash_table_remove_all (self->plans);
  arm (self);
}
