/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ports/network.h"

static guint changed_signal;

G_DEFINE_INTERFACE (CvgNetwork, cvg_network, G_TYPE_OBJECT)

static void
cvg_network_default_init (CvgNetworkInterface *iface)
{
  changed_signal = g_signal_new ("changed", CVG_TYPE_NETWORK, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

gboolean
cvg_network_is_up (CvgNetwork *self)
{
  g_return_val_if_fail (CVG_IS_NETWORK (self), TRUE);

  return CVG_NETWORK_GET_IFACE (self)->is_up (self);
}

/** cvg_network_emit_changed: for implementations */
void
cvg_network_emit_changed (CvgNetwork *self)
{
  g_signal_emit (self, changed_signal, 0);
}
