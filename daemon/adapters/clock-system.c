/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The clock of the machine. GLib's timeouts run on the monotonic clock, which stands still while
 * the machine is suspended: a token that expires in 50 minutes would be renewed 50 waking minutes
 * later. Expiry is a wall-clock time, so alarms are too.
 *
 * All alarms share one timerfd, armed for the earliest. The kernel wakes it when that time has
 * come, by whatever way, and when somebody sets the clock. With no alarm it is armed for years
 * ahead, so that only the latter wakes us.
 *
 * How far a clock was set is told by the other one that counts sleep: time since the boot can't be
 * set, and small corrections of speed change both alike. A suspend leaves them as far apart as they
 * were, so it is none.
 */
#include "adapters/clock-system.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* Leap seconds and the corrections of a time service are no news; nothing here is timed finer. */
#define STEP_TOLERANCE (2 * G_TIME_SPAN_SECOND)
#define FAR_AHEAD (3650 * G_TIME_SPAN_DAY)

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
  gint64 apart;      /* the wall clock less the time since the boot, when last told or new */
  gint64 wall_shift; /* microseconds: for tests, 0 else */
  gint64 boot_shift; /* likewise */
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

static gint64
read_clock (clockid_t which)
{
  struct timespec time = { 0, 0 };

  clock_gettime (which, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static gint64
wall_now (CvgClockSystem *self)
{
  return read_clock (CLOCK_REALTIME) + self->wall_shift;
}

static gint64
measure_apart (CvgClockSystem *self)
{
  return wall_now (self) - read_clock (CLOCK_BOOTTIME) - self->boot_shift;
}

/* Returns: 0 or an errno; ECANCELED, by which the timer is armed too, says that the clock was set
 * since it was last armed or read, and says it only once. */
static int
arm_at (CvgClockSystem *self, gint64 at)
{
  struct itimerspec spec = { { 0, 0 }, { 0, 0 } };

  /* All zero would disarm it. */
  at = MAX (at, 1);
  spec.it_value.tv_sec = at / G_USEC_PER_SEC;
  spec.it_value.tv_nsec = (at % G_USEC_PER_SEC) * 1000;
  if (timerfd_settime (self->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, NULL) < 0)
    return errno;
  return 0;
}

/* Arms the timer for the earliest alarm. A time that has passed fires at once, but from the main
 * loop; and so does one that the clock was set under. */
static void
arm (CvgClockSystem *self)
{
  const Alarm *earliest = peek_earliest (self);
  gint64 at = earliest != NULL ? earliest->at : wall_now (self) + FAR_AHEAD;
  int failure = arm_at (self, at - self->wall_shift);

  if (failure == ECANCELED)
    failure = arm_at (self, 1);
  if (failure != 0 && failure != ECANCELED)
    g_critical ("Can't arm the timer: %s", g_strerror (failure));
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
  gint64 now = wall_now (self);
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

/* Small corrections add up until they are worth telling. */
static void
tell_step (CvgClockSystem *self)
{
  gint64 by = measure_apart (self) - self->apart;

  if (ABS (by) < STEP_TOLERANCE)
    return;

  g_debug ("The clock was set by %.1f s", (double) by / G_USEC_PER_SEC);
  self->apart += by;
  cvg_clock_emit_stepped (CVG_CLOCK (self), by);
}

static gboolean
on_timer (int fd, GIOCondition condition, gpointer user_data)
{
  g_autoptr (CvgClockSystem) self = g_object_ref (CVG_CLOCK_SYSTEM (user_data));
  guint64 expirations = 0;

  /* ECANCELED (the clock was set) and an expiry mean the same: look again. */
  if (read (fd, &expirations, sizeof expirations) < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;

  tell_step (self);
  fire_due (self);
  arm (self);
  return G_SOURCE_CONTINUE;
}

static gint64
cvg_clock_system_get_now (CvgClock *clock)
{
  return wall_now (CVG_CLOCK_SYSTEM (clock));
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
  self->apart = measure_apart (self);
  arm (self);
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

/**
 * cvg_clock_system_pretend:
 * @wall_shift: microseconds
 * @boot_shift: microseconds
 *
 * For tests, which may neither set the machine's clock nor suspend it: from now on the wall clock
 * and the time since the boot are so far from what the machine says.
 */
void
cvg_clock_system_pretend (CvgClockSystem *self, gint64 wall_shift, gint64 boot_shift)
{
  self->wall_shift = wall_shift;
  self->boot_shift = boot_shift;
  arm_at (self, 1);
}
