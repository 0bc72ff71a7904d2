/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network that is up until a test says otherwise.
 */
#pragma once

#include "ports/network.h"

#define CVG_TYPE_NETWORK_DUMMY (cvg_network_dummy_get_type ())
G_DECLARE_FINAL_TYPE (CvgNetworkDummy, cvg_network_dummy, CVG, NETWORK_DUMMY, GObject)

CvgNetworkDummy *cvg_network_dummy_new (void) G_GNUC_WARN_UNUSED_RESULT;

void cvg_network_dummy_set_up (CvgNetworkDummy *self, gboolean up);
