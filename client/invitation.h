/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the person is asked to do for a sign-in.
 */
#pragma once

#include "client/cli.h"
#include "client/flow.h"
#include "client/sign-in.h"

void cvg_invitation_show (const CvgCli *cli,
                          const CvgSignIn *sign_in,
                          CvgFlow flow,
                          const CvgFlowWish *wish);
