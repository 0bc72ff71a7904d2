/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sleep rule. An answer that arrives at a machine that sleeps is lost, and with it perhaps the
 * only refresh token that the server still takes. So the gate is closed, and the machine may sleep
 * once nobody is beyond it: who left it has the new token on the disk. If that takes longer than
 * the system waits, it sleeps all the same, and the journal has the note.
 */
#include "agent/rest.h"

struct _CvgRest
{
  GObject parent_instance;

  CvgSleep *sleep;       /* (owned) */
  CvgGate *gate;         /* (owned) */
  gboolean falls_asleep; /* and nobody was told yet that it may */
  gulong about_id;
  gulong awake_id;
  gulong emptied_id;
};

G_DEFINE_FINAL_TYPE (CvgRest, cvg_rest, G_TYPE_OBJECT)

static void
cvg_rest_finalize (GObject *object)
{
  CvgRest *self = CVG_REST (object);

  g_clear_signal_handler (&self->about_id, self->sleep);
  g_clear_signal_handler (&self->awake_id, self->sleep);
  g_clear_signal_handler (&self->emptied_id, self->gate);
  g_clear_object (&self->gate);
  g_clear_object (&self->sleep);

  G_OBJECT_CLASS (cvg_rest_parent_class)->finalize (object);
}

static void
cvg_rest_class_init (CvgRestClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_rest_finalize;
}

static void
cvg_rest_init (CvgRest *self)
{
}

static void
allow_if_empty (CvgRest *self)
{
  if (!self->falls_asleep || !cvg_gate_is_empty (self->gate))
    return;

  self->falls_asleep = FALSE;
  cvg_sleep_allow (self->sleep);
}

static void
on_about_to_sleep (CvgSleep *sleep, gpointer user_data)
{
  CvgRest *self = user_data;

  g_debug ("The machine is about to sleep");
  self->falls_asleep = TRUE;
  cvg_gate_close (self->gate);
  allow_if_empty (self);
}

static void
on_emptied (CvgGate *gate, gpointer user_data)
{
  allow_if_empty (user_data);
}

static void
on_awake (CvgSleep *sleep, gpointer user_data)
{
  CvgRest *self = user_data;

  g_debug ("The machine is awake");
  self->falls_asleep = FALSE;
  cvg_gate_open (self->gate);
}

/** cvg_rest_new: keeps the rule for as long as it lives; all arguments (transfer none) */
CvgRest *
cvg_rest_new (CvgSleep *sleep, CvgGate *gate)
{
  CvgRest *self = g_object_new (CVG_TYPE_REST, NULL);

  self->sleep = g_object_ref (sleep);
  self->gate = g_object_ref (gate);
  self->about_id = g_signal_connect (sleep, "about-to-sleep", G_CALLBACK (on_about_to_sleep), self);
  self->awake_id = g_signal_connect (sleep, "awake", G_CALLBACK (on_awake), self);
  self->emptied_id = g_signal_connect (gate, "emptied", G_CALLBACK (on_emptied), self);
  return self;
}
