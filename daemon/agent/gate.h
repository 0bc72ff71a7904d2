/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The gate: who may ask a server now. Only so many at a time for each host, callers before
 * background work, and nobody while the machine is about to sleep.
 */
#pragma once

#include <gio/gio.h>

#define CVG_TYPE_GATE (cvg_gate_get_type ())
G_DECLARE_FINAL_TYPE (CvgGate, cvg_gate, CVG, GATE, GObject)

typedef enum
{
  CVG_URGENCY_BACKGROUND, /* nobody waits for it */
  CVG_URGENCY_CALLER,     /* a program does */
} CvgUrgency;

/** CvgTicket: a place in the queue of a host, and then one beyond the gate */
typedef struct _CvgTicket CvgTicket;

typedef void (*CvgGateFunc) (gpointer user_data);

CvgGate *cvg_gate_new (void) G_GNUC_WARN_UNUSED_RESULT;

CvgTicket *cvg_gate_enter (CvgGate *self,
                           const char *host,
                           CvgUrgency urgency,
                           CvgGateFunc func,
                           gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void cvg_ticket_hurry (CvgTicket *ticket);
void cvg_ticket_leave (CvgTicket *ticket);

void cvg_gate_close (CvgGate *self);
void cvg_gate_open (CvgGate *self);
gboolean cvg_gate_is_empty (CvgGate *self);
