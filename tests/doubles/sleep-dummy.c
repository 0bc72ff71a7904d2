/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It waits for ever for cvg_sleep_allow(), and does not insist on it: cvg_sleep_dummy_awake() may
 * come without, as it does where the system's patience ran out.
 */
#include "doubles/sleep-dummy.h"

struct _CvgSleepDummy
{
  GObject parent_instance;

  gboolean allowed; /* since the last "about-to-sleep" */
  guint allows;     /* calls of allow() */
};

static void cvg_sleep_dummy_sleep_init (CvgSleepInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgSleepDummy,
                               cvg_sleep_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CVG_TYPE_SLEEP, cvg_sleep_dummy_sleep_init))

static void
sleep_dummy_allow (CvgSleep *sleep)
{
  CvgSleepDummy *self = CVG_SLEEP_DUMMY (sleep);

  self->allowed = TRUE;
  self->allows++;
}

static void
cvg_sleep_dummy_class_init (CvgSleepDummyClass *klass)
{
}

static void
cvg_sleep_dummy_sleep_init (CvgSleepInterface *iface)
{
  iface->allow = sleep_dummy_allow;
}

static void
cvg_sleep_dummy_init (CvgSleepDummy *self)
{
}

/** cvg_sleep_dummy_new: Returns: (transfer full): a machine that is awake */
CvgSleepDummy *
cvg_sleep_dummy_new (void)
{
  return g_object_new (CVG_TYPE_SLEEP_DUMMY, NULL);
}

/** cvg_sleep_dummy_about_to_sleep: the machine asks for sleep */
void
cvg_sleep_dummy_about_to_sleep (CvgSleepDummy *self)
{
  g_return_if_fail (CVG_IS_SLEEP_DUMMY (self));

  self->allowed = FALSE;
  cvg_sleep_emit_about_to_sleep (CVG_SLEEP (self));
}

/** cvg_sleep_dummy_awake: the machine has slept; how long is the clock's business */
void
cvg_sleep_dummy_awake (CvgSleepDummy *self)
{
  g_return_if_fail (CVG_IS_SLEEP_DUMMY (self));

  cvg_sleep_emit_awake (CVG_SLEEP (self));
}

/** cvg_sleep_dummy_is_allowed: Returns: whether allow() has come since it was last about to sleep
 */
gboolean
cvg_sleep_dummy_is_allowed (CvgSleepDummy *self)
{
  return self->allowed;
}

/** cvg_sleep_dummy_get_allows: Returns: how often allow() was called, needed or not */
guint
cvg_sleep_dummy_get_allows (CvgSleepDummy *self)
{
  return self->allows;
}
