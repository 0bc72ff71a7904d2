/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sleep of the machine: what is on its way is finished before it, and nothing is begun.
 */
#pragma once

#include <gio/gio.h>

#include "agent/gate.h"
#include "ports/sleep.h"

#define CVG_TYPE_REST (cvg_rest_get_type ())
G_DECLARE_FINAL_TYPE (CvgRest, cvg_rest, CVG, REST, GObject)

CvgRest *cvg_rest_new (CvgSleep *sleep, CvgGate *gate) G_GNUC_WARN_UNUSED_RESULT;
