/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A clock for tests. Time moves in three ways, as it does in life: it passes
 * (cvg_clock_dummy_advance), it jumps, as after a suspend (cvg_clock_dummy_set_now), and somebody
 * sets the clock (cvg_clock_dummy_step), for which no time passed. Alarms go off inside these
 * calls, earliest first. An alarm that is due when it is added goes off from the main loop, never
 * inside add_alarm.
 */
#include "doubles/clock-dummy.h"

typedef struct
{
  guint id;
  gint64 at;
  CvgClockFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Alarm;

struct _CvgClockDummy
{
  GObject parent_instance;

  gint64 now; /* Unix microseconds */
  guint last_id;
  GList *alarms; /* (owned) (element-type Alarm): earliest first; of equals, first added first */
  GSource *due;  /* (owned) (nullable): fires what was due when it was added */
};

static void cvg_clock_dummy_iface_init (CvgClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgClockDummy,
                               cvg_clock_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_CLOCK, cvg_clock_dummy_iface_init))

static void
alarm_free (Alarm *alarm)
{
  if (alarm->destroy != NULL)
    alarm->destroy (alarm->user_data);
  g_free (alarm);
}

static int
compare_alarms (gconstpointer a, gconstpointer b)
{
  const Alarm *first = a;
  const Alarm *second = b;

  if (first->at != second->at)
    return first->at < second->at ? -1 : 1;
  return first->id < second->id ? -1 : 1;
}

/* Alarms may add, remove and move; so the list is looked at anew after each. */
static void
fire_due (CvgClockDummy *self)
{
  g_autoptr (CvgClockDummy) alive = g_object_ref (self);

  while (alive->alarms != NULL && ((Alarm *) alive->alarms->data)->at <= alive->now)
    {
      Alarm *alarm = alive->alarms->data;

      alive->alarms = g_list_delete_link (alive->alarms, alive->alarms);
      alarm->func (alarm->user_data);
      alarm_free (alarm);
    }
}

static gboolean
on_due (gpointer user_data)
{
  CvgClockDummy *self = user_data;

  g_clear_pointer (&self->due, g_source_unref);
  fire_due (self);
  return G_SOURCE_REMOVE;
}

static gint64
cvg_clock_dummy_get_now (CvgClock *clock)
{
  return CVG_CLOCK_DUMMY (clock)->now;
}

static guint
cvg_clock_dummy_add_alarm (CvgClock *clock,
                           gint64 at,
                           CvgClockFunc func,
                           gpointer user_data,
                           GDestroyNotify destroy)
{
  CvgClockDummy *self = CVG_CLOCK_DUMMY (clock);
  Alarm *alarm = g_new0 (Alarm, 1);

  alarm->id = ++self->last_id;
  alarm->at = at;
  alarm->func = func;
  alarm->user_data = user_data;
  alarm->destroy = destroy;
  self->alarms = g_list_insert_sorted (self->alarms, alarm, compare_alarms);

  if (at <= self->now && self->due == NULL)
    {
      self->due = g_idle_source_new ();
      g_source_set_callback (self->due, on_due, self, NULL);
      g_source_attach (self->due, g_main_context_get_thread_default ());
    }
  return alarm->id;
}

static void
cvg_clock_dummy_remove_alarm (CvgClock *clock, guint id)
{
  CvgClockDummy *self = CVG_CLOCK_DUMMY (clock);

  for (GList *link = self->alarms; link != NULL; link = link->next)
    {
      Alarm *alarm = link->data;

      if (alarm->id != id)
        continue;

      self->alarms = g_list_delete_link (self->alarms, link);
      alarm_free (alarm);
      return;
    }

  /* An id that is not cleared when its alarm goes off is a bug of its holder. */
  g_critical ("No alarm has the id %u", id);
}

/**
 * cvg_clock_dummy_set_now:
 * @now: Unix microseconds; may lie in the past
 *
 * The clock jumps: what became due goes off in order, and all of it sees @now.
 */
void
cvg_clock_dummy_set_now (CvgClockDummy *self, gint64 now)
{
  g_return_if_fail (CVG_IS_CLOCK_DUMMY (self));

  self->now = now;
  fire_due (self);
}

/**
 * cvg_clock_dummy_advance:
 * @span: microseconds
 *
 * Time passes: each alarm on the way goes off at its own time, also those that an earlier one adds.
 */
void
cvg_clock_dummy_advance (CvgClockDummy *self, gint64 span)
{
  gint64 end = self->now + span;

  g_return_if_fail (CVG_IS_CLOCK_DUMMY (self));
  g_return_if_fail (span >= 0);

  while (self->alarms != NULL && ((Alarm *) self->alarms->data)->at <= end)
    cvg_clock_dummy_set_now (self, MAX (self->now, ((Alarm *) self->alarms->data)->at));

  cvg_clock_dummy_set_now (self, end);
}

/**
 * cvg_clock_dummy_step:
 * @by: microseconds; negative puts the clock back
 *
 * Somebody sets the clock: "stepped" is emitted, and then what became due goes off.
 */
void
cvg_clock_dummy_step (CvgClockDummy *self, gint64 by)
{
  g_autoptr (CvgClockDummy) alive = g_object_ref (self);

  alive->now += by;
  cvg_clock_emit_stepped (CVG_CLOCK (alive), by);
  fire_due (alive);
}

/** cvg_clock_dummy_count_alarms: Returns: how many alarms wait; 0 is what a stopped daemon has */
guint
cvg_clock_dummy_count_alarms (CvgClockDummy *self)
{
  g_return_val_if_fail (CVG_IS_CLOCK_DUMMY (self), 0);

  return g_list_length (self->alarms);
}

/** cvg_clock_dummy_get_next_alarm: Returns: when the earliest alarm is due, -1 if none waits */
gint64
cvg_clock_dummy_get_next_alarm (CvgClockDummy *self)
{
  g_return_val_if_fail (CVG_IS_CLOCK_DUMMY (self), -1);

  return self->alarms != NULL ? ((Alarm *) self->alarms->data)->at : -1;
}

static void
cvg_clock_dummy_finalize (GObject *object)
{
  CvgClockDummy *self = CVG_CLOCK_DUMMY (object);

  if (self->due != NULL)
    g_source_destroy (self->due);
  g_clear_pointer (&self->due, g_source_unref);
  g_list_free_full (g_steal_pointer (&self->alarms), (GDestroyNotify) alarm_free);

  G_OBJECT_CLASS (cvg_clock_dummy_parent_class)->finalize (object);
}

static void
cvg_clock_dummy_class_init (CvgClockDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_clock_dummy_finalize;
}

static void
cvg_clock_dummy_init (CvgClockDummy *self)
{
}

static void
cvg_clock_dummy_iface_init (CvgClockInterface *iface)
{
  iface->get_now = cvg_clock_dummy_get_now;
  iface->add_alarm = cvg_clock_dummy_add_alarm;
  iface->remove_alarm = cvg_clock_dummy_remove_alarm;
}

/**
 * cvg_clock_dummy_new:
 * @now: Unix microseconds
 *
 * Returns: (transfer full): a clock that shows @now
 */
CvgClockDummy *
cvg_clock_dummy_new (gint64 now)
{
  CvgClockDummy *self = g_object_new (CVG_TYPE_CLOCK_DUMMY, NULL);

  self->now = now;
  return self;
}
