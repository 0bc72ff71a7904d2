/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A method call in progress.
 */
#pragma once

#include <gio/gio.h>

#include "agent/agent.h"

/**
 * CvgCall:
 * @agent: (owned): who does the work
 * @invocation: (owned) (nullable): %NULL once answered
 * @entry: (owned) (nullable): the instance that it is about
 * @result: (owned) (nullable): its answer, while that waits for the disk
 */
typedef struct
{
  CvgAgent *agent;
  GDBusMethodInvocation *invocation;
  CvgEntry *entry;
  GVariant *result;
} CvgCall;

CvgCall *cvg_call_new (CvgAgent *agent,
                       GDBusMethodInvocation *invocation,
                       CvgEntry *entry) G_GNUC_WARN_UNUSED_RESULT;
void cvg_call_free (CvgCall *call);
void cvg_call_return (CvgCall *call, GVariant *result);
void cvg_call_return_kept (CvgCall *call, GVariant *result);
void cvg_call_fail (CvgCall *call, GError *error);

void cvg_invocation_fail (GDBusMethodInvocation *invocation, GError *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgCall, cvg_call_free)
