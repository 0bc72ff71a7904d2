/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Refreshes in the world of an agent, and all that one wants to know of them: a fixture for GTest.
 */
#pragma once

#include "doubles/agent-world.h"

/** AgentRefresh: the refresher of an agent with an instance that is signed in; all (owned) but it
 */
typedef struct
{
  AgentWorld *world;
  CvgRefresher *refresher; /* (borrowed): the agent's */
  CvgEntry *entry;
} AgentRefresh;

void agent_refresh_set_up (AgentRefresh *fixture, gconstpointer data);
void agent_refresh_tear_down (AgentRefresh *fixture, gconstpointer data);
void agent_refresh_refresh (AgentRefresh *fixture, GCancellable *cancellable, GAsyncResult **slot);
void agent_refresh_begin (AgentRefresh *fixture, GAsyncResult **slot);
void agent_refresh_answer (AgentRefresh *fixture);
void agent_refresh_assert_served (AgentRefresh *fixture, GAsyncResult *result, const char *token);
void agent_refresh_assert_failed (AgentRefresh *fixture, GAsyncResult *result, CvgError code);
void agent_refresh_assert_stored (AgentRefresh *fixture, const char *expected);
void agent_refresh_assert_in_memory (AgentRefresh *fixture,
                                     const char *access,
                                     const char *refresh_token,
                                     guint64 serial);
guint agent_refresh_count_requests (AgentRefresh *fixture);
const char *agent_refresh_status_of (AgentRefresh *fixture);
