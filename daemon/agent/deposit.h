/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last step of a sign-in: what the server gave goes into the keyring, then into memory and the
 * record.
 */
#pragma once

#include "agent/instances.h"
#include "agent/keeper.h"
#include "agent/sign-in-plan.h"

#define CVG_TYPE_DEPOSIT (cvg_deposit_get_type ())
G_DECLARE_FINAL_TYPE (CvgDeposit, cvg_deposit, CVG, DEPOSIT, GObject)

CvgDeposit *cvg_deposit_new (CvgInstances *instances,
                             CvgKeeper *keeper,
                             CvgClock *clock,
                             const CvgSignInPlan *plan,
                             CvgCredentials *credentials) G_GNUC_WARN_UNUSED_RESULT;

void cvg_deposit_run_async (CvgDeposit *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean cvg_deposit_run_finish (CvgDeposit *self, GAsyncResult *result, GError **error);

gboolean cvg_deposit_is_waiting (CvgDeposit *self);
gboolean cvg_deposit_is_writing (CvgDeposit *self);
void cvg_deposit_hurry (CvgDeposit *self);
void cvg_deposit_stop (CvgDeposit *self);
