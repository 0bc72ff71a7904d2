/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Leaving a server in the world of an agent: a fixture for GTest.
 */
#pragma once

#include "doubles/agent-world.h"

/** AgentLeave: an instance of a server that takes revocations; all (owned) */
typedef struct
{
  AgentWorld *world;
  CvgEntry *entry;
} AgentLeave;

void agent_leave_set_up (AgentLeave *fixture, gconstpointer data);
void agent_leave_tear_down (AgentLeave *fixture, gconstpointer data);

void agent_leave_seed (AgentWorld *world);
void agent_leave_start (AgentWorld *world);
void agent_leave_sign_out (AgentLeave *fixture, GAsyncResult **slot);
void agent_leave_assert_left (AgentLeave *fixture, GAsyncResult *result, gboolean revoked);
void agent_leave_push_gone (AgentWorld *world);
guint agent_leave_count_requests (AgentWorld *world);
void agent_leave_assert_request (AgentWorld *world, guint index, const char *token);
gboolean agent_leave_is_queued (AgentWorld *world);
