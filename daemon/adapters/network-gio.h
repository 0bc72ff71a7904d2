/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network port over GNetworkMonitor.
 */
#pragma once

#include "ports/network.h"

#define CVG_TYPE_NETWORK_GIO (cvg_network_gio_get_type ())
G_DECLARE_FINAL_TYPE (CvgNetworkGio, cvg_network_gio, CVG, NETWORK_GIO, GObject)

CvgNetworkGio *cvg_network_gio_new (void) G_GNUC_WARN_UNUSED_RESULT;
