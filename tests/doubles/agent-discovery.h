/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server “Discovered” in the world of an agent: what it says of itself, and the clients that it
 * registers.
 */
#pragma once

#include "doubles/agent-world.h"

#define AGENT_DISCOVERY_SERVER "Discovered"
#define AGENT_DISCOVERY_ISSUER "https://found.invalid"
#define AGENT_DISCOVERY_REDIRECT_URI "http://127.0.0.1:20001/callback/discovered"

void agent_discovery_push_metadata (AgentWorld *world, const char *issuer, gboolean registers);
void agent_discovery_push_registration (AgentWorld *world,
                                        const char *client_id,
                                        const char *redirect_uri,
                                        const char *secret);
CvgClient *agent_discovery_add_client (AgentWorld *world,
                                       const char *client_id,
                                       const char *issuer,
                                       const char *redirect_uri,
                                       gint64 expires_at);
