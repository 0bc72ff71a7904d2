/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The gate. Each host has a lane with so many places beyond the gate. Background work may not have
 * them all: when a caller comes, one of the others is free or was never taken, whatever a morning
 * with thousands of expired tokens has to do.
 *
 * Who may pass is decided when it is let through, not when it came: somebody whose turn was near is
 * held back all the same if the gate is closed in between.
 */
#include "agent/gate.h"

/* Enough to be through with a thousand tokens in a minute, and what servers take from one address
 * without calling it an attack. */
#define PLACES 8
#define PLACES_BACKGROUND 6

/* Those who want to ask one host. */
typedef struct
{
  CvgGate *gate;     /* (borrowed) */
  char *host;        /* (owned) */
  GQueue callers;    /* (element-type CvgTicket): waiting */
  GQueue background; /* (element-type CvgTicket): waiting */
  guint n_beyond;
  guint n_background_beyond;
  GSource *admitting; /* (owned) (nullable) */
  gboolean is_admitting;
} Lane;

struct _CvgGate
{
  GObject parent_instance;

  GHashTable *lanes; /* (owned) (element-type utf8 Lane): only those where somebody is */
  guint n_beyond;
  gboolean closed;
};

struct _CvgTicket
{
  CvgGate *gate; /* (owned) */
  Lane *lane;    /* (borrowed): it is there as long as somebody is in it */
  CvgUrgency urgency;
  gboolean beyond;
  GList link; /* in the queue, while it waits */
  CvgGateFunc func;
  gpointer user_data;
};

enum
{
  SIGNAL_EMPTIED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CvgGate, cvg_gate, G_TYPE_OBJECT)

static void
stop_admitting (Lane *lane)
{
  if (lane->admitting != NULL)
    g_source_destroy (lane->admitting);
  g_clear_pointer (&lane->admitting, g_source_unref);
}

static void
lane_free (Lane *lane)
{
  stop_admitting (lane);
  g_free (lane->host);
  g_free (lane);
}

static void
cvg_gate_finalize (GObject *object)
{
  CvgGate *self = CVG_GATE (object);

  /* Each ticket holds the gate. */
  g_assert (g_hash_table_size (self->lanes) == 0 && self->n_beyond == 0);
  g_hash_table_unref (self->lanes);

  G_OBJECT_CLASS (cvg_gate_parent_class)->finalize (object);
}

static void
cvg_gate_class_init (CvgGateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_gate_finalize;

  /**
   * CvgGate::emptied: the last one beyond the gate has left
   */
  signals[SIGNAL_EMPTIED] = g_signal_new ("emptied", CVG_TYPE_GATE, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
cvg_gate_init (CvgGate *self)
{
  self->lanes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) lane_free);
}

/** cvg_gate_new: an open gate */
CvgGate *
cvg_gate_new (void)
{
  return g_object_new (CVG_TYPE_GATE, NULL);
}

/* ---- lanes ----------------------------------------------------------------------------------- */

static Lane *
find_lane (CvgGate *self, const char *host)
{
  g_autofree char *name = g_ascii_strdown (host, -1);
  Lane *lane = g_hash_table_lookup (self->lanes, name);

  if (lane != NULL)
    return lane;

  lane = g_new0 (Lane, 1);
  lane->gate = self;
  lane->host = g_steal_pointer (&name);
  g_queue_init (&lane->callers);
  g_queue_init (&lane->background);
  g_hash_table_insert (self->lanes, lane->host, lane);
  return lane;
}

static void
drop_if_unused (Lane *lane)
{
  if (lane->n_beyond == 0 && g_queue_is_empty (&lane->callers) &&
      g_queue_is_empty (&lane->background) && !lane->is_admitting)
    g_hash_table_remove (lane->gate->lanes, lane->host);
}

/* ---- letting through ------------------------------------------------------------------------- */

static CvgTicket *
peek_next (const Lane *lane)
{
  if (lane->gate->closed || lane->n_beyond >= PLACES)
    return NULL;
  if (lane->callers.head != NULL)
    return lane->callers.head->data;
  if (lane->n_background_beyond >= PLACES_BACKGROUND || lane->background.head == NULL)
    return NULL;

  return lane->background.head->data;
}

static GQueue *
get_queue (const CvgTicket *ticket)
{
  return ticket->urgency == CVG_URGENCY_CALLER ? &ticket->lane->callers : &ticket->lane->background;
}

static void
let_through (CvgTicket *ticket)
{
  g_queue_unlink (get_queue (ticket), &ticket->link);
  ticket->beyond = TRUE;
  ticket->gate->n_beyond++;
  ticket->lane->n_beyond++;
  if (ticket->urgency == CVG_URGENCY_BACKGROUND)
    ticket->lane->n_background_beyond++;

  /* It may leave in there, which frees it. */
  ticket->func (ticket->user_data);
}

/* One at a time, so that who leaves at once and comes again does not keep the loop to itself. */
static gboolean
on_admit (gpointer user_data)
{
  Lane *lane = user_data;
  g_autoptr (CvgGate) alive = g_object_ref (lane->gate);
  CvgTicket *next = peek_next (lane);

  if (next != NULL)
    {
      lane->is_admitting = TRUE;
      let_through (next);
      lane->is_admitting = FALSE;
    }
  if (peek_next (lane) != NULL)
    return G_SOURCE_CONTINUE;

  g_clear_pointer (&lane->admitting, g_source_unref);
  drop_if_unused (lane);
  return G_SOURCE_REMOVE;
}

static void
admit_soon (Lane *lane)
{
  if (lane->admitting != NULL || peek_next (lane) == NULL)
    return;

  lane->admitting = g_idle_source_new ();
  /* Not what idle sources have: callers wait. */
  g_source_set_priority (lane->admitting, G_PRIORITY_DEFAULT);
  g_source_set_callback (lane->admitting, on_admit, lane, NULL);
  g_source_attach (lane->admitting, g_main_context_get_thread_default ());
}

/* ---- tickets --------------------------------------------------------------------------------- */

/**
 * cvg_gate_enter:
 * @host: the server, in any letter case
 * @urgency: whether a program waits
 * @func: called once from the main context when it may ask, never before this returns, and never
 *   after cvg_ticket_leave()
 *
 * Returns: (transfer full): a ticket, to be given back with cvg_ticket_leave() when the answer is
 *   there, or when it is not wanted any more
 */
CvgTicket *
cvg_gate_enter (CvgGate *self,
                const char *host,
                CvgUrgency urgency,
                CvgGateFunc func,
                gpointer user_data)
{
  CvgTicket *ticket = NULL;

  g_return_val_if_fail (CVG_IS_GATE (self) && host != NULL && func != NULL, NULL);

  ticket = g_new0 (CvgTicket, 1);
  ticket->gate = g_object_ref (self);
  ticket->lane = find_lane (self, host);
  ticket->urgency = urgency;
  ticket->link.data = ticket;
  ticket->func = func;
  ticket->user_data = user_data;
  g_queue_push_tail_link (get_queue (ticket), &ticket->link);
  admit_soon (ticket->lane);
  return ticket;
}

/**
 * cvg_ticket_hurry: a program waits for it now
 *
 * It stands behind the callers who came before. Without effect on one that is beyond the gate.
 */
void
cvg_ticket_hurry (CvgTicket *ticket)
{
  g_return_if_fail (ticket != NULL);

  if (ticket->beyond || ticket->urgency == CVG_URGENCY_CALLER)
    return;

  g_queue_unlink (&ticket->lane->background, &ticket->link);
  ticket->urgency = CVG_URGENCY_CALLER;
  g_queue_push_tail_link (&ticket->lane->callers, &ticket->link);
  admit_soon (ticket->lane);
}

/** cvg_ticket_leave: (transfer full): it has its answer, or does not want to ask any more */
void
cvg_ticket_leave (CvgTicket *ticket)
{
  g_autoptr (CvgGate) gate = NULL;
  Lane *lane = NULL;
  gboolean was_beyond = FALSE;

  g_return_if_fail (ticket != NULL);

  gate = g_steal_pointer (&ticket->gate);
  lane = ticket->lane;
  was_beyond = ticket->beyond;
  if (was_beyond)
    {
      gate->n_beyond--;
      lane->n_beyond--;
      if (ticket->urgency == CVG_URGENCY_BACKGROUND)
        lane->n_background_beyond--;
    }
  else
    {
      g_queue_unlink (get_queue (ticket), &ticket->link);
    }
  g_free (ticket);

  admit_soon (lane);
  drop_if_unused (lane);
  if (was_beyond && gate->n_beyond == 0)
    g_signal_emit (gate, signals[SIGNAL_EMPTIED], 0);
}

/* ---- the whole gate -------------------------------------------------------------------------- */

/** cvg_gate_close: nobody is let through until cvg_gate_open(); who is beyond it may go on */
void
cvg_gate_close (CvgGate *self)
{
  g_return_if_fail (CVG_IS_GATE (self));

  self->closed = TRUE;
}

/** cvg_gate_open: lets them through again, in the order in which they stand */
void
cvg_gate_open (CvgGate *self)
{
  GHashTableIter iter;
  gpointer lane = NULL;

  g_return_if_fail (CVG_IS_GATE (self));

  self->closed = FALSE;
  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &lane))
    admit_soon (lane);
}

/** cvg_gate_is_empty: Returns: whether nobody is beyond the gate; who waits does not count */
gboolean
cvg_gate_is_empty (CvgGate *self)
{
  g_return_val_if_fail (CVG_IS_GATE (self), TRUE);

  return self->n_beyond == 0;
}
