/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The agent: all rules of Claviger in one piece, without a bus, a network, a keyring or a disk of
 * its own. The faces (bus, and HTTP) call it, the ports carry out what it decides.
 */
#pragma once

#include <gio/gio.h>

#include "agent/changes.h"
#include "agent/client-changes.h"
#include "agent/dispenser.h"
#include "agent/sign-ins.h"
#include "ports/network.h"
#include "ports/notify.h"
#include "ports/records.h"
#include "ports/sleep.h"
#include "providers/catalogue.h"

#define CVG_TYPE_AGENT (cvg_agent_get_type ())
G_DECLARE_FINAL_TYPE (CvgAgent, cvg_agent, CVG, AGENT, GObject)

/** CvgAgentPorts: what the agent stands on; all (borrowed) by the struct */
typedef struct
{
  CvgCatalogue *catalogue;   /* must outlive the agent */
  GPtrArray *system_clients; /* (nullable) (element-type CvgClient): the machine's */
  CvgHttp *http;
  CvgClock *clock;
  CvgVault *vault;
  CvgRecords *records;
  CvgJournal *journal;
  CvgNetwork *network;
  CvgSleep *sleep;
  CvgNotify *notify;
  CvgRedirect *redirect;
  CvgBrowser *browser;
} CvgAgentPorts;

/** CvgNewInstance: what a caller says of an instance that it creates; all (borrowed) */
typedef struct
{
  const char *user_id;
  const char *server_name;
  const char *owner;
  const char *id;        /* (nullable): a UUID of the caller's choice */
  const char *label;     /* (nullable) */
  const char *client_id; /* (nullable) */
  GVariant *tenant;      /* (nullable): a{ss} */
  gboolean has_key;      /* it is made for credentials that are no grant */
} CvgNewInstance;

CvgAgent *cvg_agent_new (const CvgAgentPorts *ports);
void cvg_agent_start (CvgAgent *self);
void cvg_agent_start_planner (CvgAgent *self);
void cvg_agent_stop (CvgAgent *self);
gboolean cvg_agent_is_idle (CvgAgent *self);

CvgInstances *cvg_agent_get_instances (CvgAgent *self);
CvgClients *cvg_agent_get_clients (CvgAgent *self);
CvgKeeper *cvg_agent_get_keeper (CvgAgent *self);
CvgRefresher *cvg_agent_get_refresher (CvgAgent *self);
CvgDispenser *cvg_agent_get_dispenser (CvgAgent *self);
CvgSignIns *cvg_agent_get_sign_ins (CvgAgent *self);
CvgChanges *cvg_agent_get_changes (CvgAgent *self);
CvgClientChanges *cvg_agent_get_client_changes (CvgAgent *self);
CvgCatalogue *cvg_agent_get_catalogue (CvgAgent *self);

CvgProvider *cvg_agent_find_server (CvgAgent *self, const char *server_name, GError **error);
gboolean cvg_agent_check_user_id (const char *user_id, GError **error);
gboolean cvg_agent_check_new_instance (CvgAgent *self, const CvgNewInstance *made, GError **error);
CvgEntry *cvg_agent_create_instance (CvgAgent *self, const CvgNewInstance *made, GError **error);
GVariant *cvg_agent_build_auth_data (CvgAgent *self,
                                     const CvgEntry *entry,
                                     const CvgCredentials *credentials);
