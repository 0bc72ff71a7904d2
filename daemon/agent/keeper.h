/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The agent's side of the keyring: what is in memory because the keyring is open.
 */
#pragma once

#include <gio/gio.h>

#include "agent/contents.h"
#include "agent/writer.h"
#include "ports/clock.h"
#include "ports/vault.h"

#define CVG_TYPE_KEEPER (cvg_keeper_get_type ())
G_DECLARE_FINAL_TYPE (CvgKeeper, cvg_keeper, CVG, KEEPER, GObject)

CvgKeeper *cvg_keeper_new (CvgVault *vault,
                           CvgInstances *instances,
                           CvgClients *clients,
                           CvgRotations *rotations,
                           CvgClock *clock);
CvgWriter *cvg_keeper_get_writer (CvgKeeper *self);
void cvg_keeper_start (CvgKeeper *self);
void cvg_keeper_stop (CvgKeeper *self);
gboolean cvg_keeper_is_opening (CvgKeeper *self);
gboolean cvg_keeper_is_idle (CvgKeeper *self);

gboolean cvg_keeper_is_open (CvgKeeper *self);
const char *cvg_keeper_get_state (CvgKeeper *self);
GError *cvg_keeper_new_state_error (CvgKeeper *self) G_GNUC_WARN_UNUSED_RESULT;

void cvg_keeper_open_async (CvgKeeper *self,
                            gboolean interactive,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cvg_keeper_open_finish (CvgKeeper *self, GAsyncResult *result, GError **error);
