/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A library to be loaded before a program: its wall clock is so many seconds from the real one as
 * the file named by CLAVIGER_WALL_CLOCK says. A time namespace shifts every clock but this one, and
 * the machine's own is not a test's to set. The monotonic clocks stay as they are, as they do when
 * somebody sets the clock.
 *
 * Timers that want to hear of such a step (TFD_TIMER_CANCEL_ON_SET) hear of it when the process
 * gets the signal STEPPED: they become readable, and reading gives ECANCELED, as the kernel has it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define STEPPED (SIGRTMIN + 7)
#define EXPORT __attribute__ ((visibility ("default")))

static const volatile int64_t *offset;

/* The one timer of the kind that a clavigerd has. */
static volatile sig_atomic_t timer = -1;
static volatile sig_atomic_t was_stepped;

/* The kernel is called by number: other libraries' constructors tell the time before ours has run.
 */

static int
real_settime (int fd, int flags, const struct itimerspec *value, struct itimerspec *old)
{
  return (int) syscall (SYS_timerfd_settime, fd, flags, value, old);
}

static int64_t
seconds (void)
{
  return offset != NULL ? *offset : 0;
}

static void
on_stepped (int number)
{
  const struct itimerspec at_once = { .it_value = { .tv_nsec = 1 } };

  if (timer < 0)
    return;
  was_stepped = 1;
  real_settime (timer, 0, &at_once, NULL);
}

__attribute__ ((constructor)) static void
begin (void)
{
  const char *path = getenv ("CLAVIGER_WALL_CLOCK");
  struct sigaction action = { .sa_handler = on_stepped, .sa_flags = SA_RESTART };
  int fd = -1;

  if (path != NULL)
    fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd >= 0)
    {
      void *page = mmap (NULL, sizeof *offset, PROT_READ, MAP_SHARED, fd, 0);

      if (page != MAP_FAILED)
        offset = page;
      close (fd);
    }
  sigaction (STEPPED, &action, NULL);
}

EXPORT int
clock_gettime (clockid_t clock, struct timespec *time)
{
  int status = (int) syscall (SYS_clock_gettime, clock, time);

  if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    time->tv_sec += seconds ();
  return status;
}

EXPORT int
gettimeofday (struct timeval *restrict time, void *restrict zone)
{
  struct timespec now = { 0, 0 };
  int status = clock_gettime (CLOCK_REALTIME, &now);

  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return status;
}

EXPORT time_t
time (time_t *result)
{
  struct timespec now = { 0, 0 };

  clock_gettime (CLOCK_REALTIME, &now);
  if (result != NULL)
    *result = now.tv_sec;
  return now.tv_sec;
}

/* An absolute time is one of our clock; the kernel has to be told its own. */
EXPORT int
timerfd_settime (int fd, int flags, const struct itimerspec *value, struct itimerspec *old)
{
  struct itimerspec shifted = *value;

  if ((flags & TFD_TIMER_CANCEL_ON_SET) == 0)
    return real_settime (fd, flags, value, old);

  timer = fd;
  if (shifted.it_value.tv_sec != 0)
    shifted.it_value.tv_sec -= seconds ();
  if (shifted.it_value.tv_sec < 0)
    shifted.it_value.tv_sec = 1; /* long ago, which is at once; 0 would disarm it */
  return real_settime (fd, flags, &shifted, old);
}

EXPORT ssize_t
read (int fd, void *buffer, size_t size)
{
  ssize_t count = syscall (SYS_read, fd, buffer, size);

  if (fd != timer || !was_stepped || count < 0)
    return count;
  was_stepped = 0;
  errno = ECANCELED;
  return -1;
}
