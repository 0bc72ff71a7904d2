/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The clock of the machine. GLib's timeouts run on the monotonic clock, which stands still while
 * the machine is suspended: a token that expires in 50 minutes would be renewed 50 waking minutes
 * later. Expiry is a wall-clock time, so alarms are too.
 *
 * All alarms share one timerfd, armed for the earliest. The kernel wakes it when that time has
 * come, by whatever way, and when somebody sets the clock. With no alarm nothing wakes.
 */
#include "adapters/clock-system.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <unistd.h>

typedef struct
{
  guint id;
  gint64 at; /* Unix microseconds */
  CvgClockFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Alarm;

struct _CvgClockSystem
{
  GObject parent_instance;

  int fd;            /* (owned): timerfd, -1 if there is none */
  GSource *source;   /* (owned) (nullable): watches @fd */
  GSequence *alarms; /* (owned) (element-type Alarm): earliest first */
  GHashTable *ids;   /* (owned) (element-type guint GSequenceIter): of @alarms */
  guint last_id;
};

static void cvg_clock_system_iface_init (CvgClockInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgClockSystem,
                               cvg_clock_system,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_CLOCK, cvg_clock_system_iface_init))

static void
alarm_free (Alarm *alarm)
{
  if (alarm->destroy != NULL)
    alarm->destroy (alarm->user_data);
  g_free (alarm);
}

static int
compare_alarms (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Alarm *first = a;
  const Alarm *second = b;

  if (first->at != second->at)
    return first->at < second->at ? -1 : 1;
  return first->id < second->id ? -1 : first->id > second->id;
}

static Alarm *
peek_earliest (CvgClockSystem *self)
{
  GSequenceIter *begin = g_sequence_get_begin_iter (self->alarms);

  return g_sequence_iter_is_end (begin) ? NULL : g_sequence_get (begin);
}

/* Arms the timer for the earliest alarm, or disarms it. A time that has passed fires at once, but
 * from the main loop. */
static void
arm (CvgClockSystem *self)
{
  const Alarm *earliest = peek_earliest (self);
  struct itimerspec spec = { { 0, 0 }, { 0, 0 } };

  if (earliest != NULL)
    {
      /* All zero would disarm it. */
      gint64 at = MAX (earliest->at, 1);

      spec.it_value.tv_sec = at / G_USEC_PER_SEC;
      spec.it_value.tv_nsec = (at % G_USEC_PER_SEC) * 1000;
    }
  if (timerfd_settime (self->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL) < 0 &&
      errno != ECANCELED)
    g_critical ("Can't arm the timer: %s", g_strerror (errno));
}

/* Takes an alarm out of both indexes, without freeing it. */
static Alarm *
take (CvgClockSystem *self, GSequenceIter *iter)
{
  Alarm *alarm = g_sequence_get (iter);

  g_hash_table_remove (self->ids, GUINT_TO_POINTER (alarm->id));
  g_sequence_remove (iter);
  return alarm;
}

static void
fire_due (CvgClockSystem *self)
{
  gint64 now = g_get_real_time ();
  /* What an alarm adds has to wait for the next turn, or a hasty one would starve the loop. */
  guint newest = self->last_id;
  GSequenceIter *iter = g_sequence_get_begin_iter (self->alarms);

  while (!g_sequence_iter_is_end (iter) && ((Alarm *) g_sequence_get (iter))->at <= now)
    {
      if (((Alarm *) g_sequence_get (iter))->id > newest)
        {
          iter = g_sequence_iter_next (iter);
          continue;
        }

      Alarm *alarm = take (self, iter);
      alarm->func (alarm->user_data);
      alarm_free (alarm);
      /* The alarm may have removed any other. */
      iter = g_sequence_get_begin_iter (self->alarms);
    }
}

static gboolean
on_timer (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (CvgClockSystem) self = g_object_ref (CVG_CLOCK_SYSTEM (user_data));
  guint64 expirations = 0;

  /* ECANCELED (the clock was set) and an expiry mean the same: look again. */
  if (read (fd, &expirations, sizeof expirations) < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;

  fire_due (self);
  arm (self);
  return G_SOURCE_CONTINUE;
}

static gint64
cvg_clock_system_get_now (CvgClock *clock)
{
  return g_get_real_time ();
}

static guint
cvg_clock_system_add_alarm (CvgClock *clock,
                            gint64 at,
                            CvgClockFunc func,
                            gpointer user_data,
                            GDestroyNotify destroy)
{
  CvgClockSystem *self = CVG_CLOCK_SYSTEM (clock);
  Alarm *alarm = g_new0 (Alarm, 1);
  GSequenceIter *iter;

  alarm->id = ++self->last_id;
  alarm->at = at;
  alarm->func = func;
  alarm->user_data = user_data;
  alarm->destroy = destroy;
  iter = g_sequence_insert_sorted (self->alarms, alarm, compare_alarms, NULL);
  g_hash_table_insert (self->ids, GUINT_TO_POINTER (alarm->id), iter);

  if (peek_earliest (self) == alarm)
    arm (self);
  return alarm->id;
}

static void
cvg_clock_system_remove_alarm (CvgClock *clock, guint id)
{
  CvgClockSystem *self = CVG_CLOCK_SYSTEM (clock);
  GSequenceIter *iter = g_hash_table_lookup (self->ids, GUINT_TO_POINTER (id));
  gboolean earliest;

  g_return_if_fail (iter != NULL);

  earliest = g_sequence_iter_is_begin (iter);
  alarm_free (take (self, iter));
  if (earliest)
    arm (self);
}

static void
cvg_clock_system_finalize (GObject *object)
{
  CvgClockSystem *self = CVG_CLOCK_SYSTEM (object);

  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->fd >= 0)
    close (self->fd);
  while (peek_earliest (self) != NULL)
    alarm_free (take (self, g_sequence_get_begin_iter (self->alarms)));
  g_clear_pointer (&self->ids, g_hash_table_unref);
  g_clear_pointer (&self->alarms, g_sequence_free);

  G_OBJECT_CLASS (cvg_clock_system_parent_class)->finalize (object);
}

static void
cvg_clock_system_class_init (CvgClockSystemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_clock_system_finalize;
}

static void
cvg_clock_system_init (CvgClockSystem *self)
{
  self->alarms = g_sequence_new (NULL);
  self->ids = g_hash_table_new (NULL, NULL);
  self->fd = timerfd_create (CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
  if (self->fd < 0)
    {
      g_critical ("Can't make a timer: %s", g_strerror (errno));
      return;
    }

  self->source = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_static_name (self->source, "cvg-clock-system");
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_timer), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static void
cvg_clock_system_iface_init (CvgClockInterface *iface)
{
  iface->get_now = cvg_clock_system_get_now;
  iface->add_alarm = cvg_clock_system_add_alarm;
  iface->remove_alarm = cvg_clock_system_remove_alarm;
}

/** cvg_clock_system_new: Returns: (transfer full): the clock, alarms go to the present context */
CvgClock *
cvg_clock_system_new (void)
{
  return g_object_new (CVG_TYPE_CLOCK_SYSTEM, NULL);
}
