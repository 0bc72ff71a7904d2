/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network port: what the desktop believes about the network. A hint, no more: a machine whose
 * monitor is wrong must still refresh.
 */
#pragma once

#include <gio/gio.h>

#define CVG_TYPE_NETWORK (cvg_network_get_type ())
G_DECLARE_INTERFACE (CvgNetwork, cvg_network, CVG, NETWORK, GObject)

/**
 * CvgNetworkInterface:
 * @is_up: required: whether servers on the internet can be expected to answer: not without a
 *   route, and not behind a captive portal
 *
 * Signal "changed": is_up has another value, or there is another network than before.
 */
struct _CvgNetworkInterface
{
  GTypeInterface parent;

  gboolean (*is_up) (CvgNetwork *self);
};

gboolean cvg_network_is_up (CvgNetwork *self);
void cvg_network_emit_changed (CvgNetwork *self);
