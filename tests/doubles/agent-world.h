/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The world of an agent in a test: every port is a dummy, the catalogue is the shipped one with a
 * few servers more (doubles/providers). Time passes only when the test says so, and an answer comes
 * only when the test lets it; so all that is left to do can be done at once, and "not yet" is a
 * fact and not a matter of patience.
 *
 * Secrets of tests begin with %AGENT_WORLD_SECRET. No log line and no error may have that in it.
 */
#pragma once

#include "agent/agent.h"
#include "dbus/error.h"
#include "doubles/browser-dummy.h"
#include "doubles/clock-dummy.h"
#include "doubles/http-dummy.h"
#include "doubles/journal-dummy.h"
#include "doubles/network-dummy.h"
#include "doubles/notify-dummy.h"
#include "doubles/records-dummy.h"
#include "doubles/redirect-dummy.h"
#include "doubles/sleep-dummy.h"
#include "doubles/vault-dummy.h"

/* Unix seconds at which a world begins. */
#define AGENT_WORLD_NOW 1700000000
#define AGENT_WORLD_SECRET "hush-"

/* Unix microseconds at which the instances that a world is seeded with were signed in. */
#define AGENT_WORLD_AUTHORIZED_AT ((AGENT_WORLD_NOW - 500) * G_TIME_SPAN_SECOND)

/* An instance that worlds are seeded with, and the default client of its server. */
#define AGENT_WORLD_ID "00000000-0000-4000-8000-000000000001"
#define AGENT_WORLD_OTHER_ID "00000000-0000-4000-8000-000000000002"
#define AGENT_WORLD_CLIENT_ID "the-client"
#define AGENT_WORLD_CLIENT_UUID "00000000-0000-4000-8000-0000000000c1"

/**
 * AgentWorld:
 *
 * All that is here is owned but for the agent's parts at the end.
 */
typedef struct
{
  CvgCatalogue *catalogue;
  CvgClockDummy *clock;
  CvgVaultDummy *vault;
  CvgHttpDummy *http;
  CvgRecordsDummy *records;
  CvgJournalDummy *journal;
  CvgNetworkDummy *network;
  CvgSleepDummy *sleep;
  CvgNotifyDummy *notify;
  CvgRedirectDummy *redirect;
  CvgBrowserDummy *browser;
  CvgAgent *agent;

  CvgInstances *instances;
  CvgClients *clients;
  CvgKeeper *keeper;
} AgentWorld;

void agent_world_init (int *argc, char ***argv);

AgentWorld *agent_world_new_at (gint64 now,
                                CvgCatalogue *catalogue,
                                CvgVaultState found) G_GNUC_WARN_UNUSED_RESULT;
AgentWorld *agent_world_new (CvgVaultState found) G_GNUC_WARN_UNUSED_RESULT;
AgentWorld *agent_world_new_started (CvgVaultState found) G_GNUC_WARN_UNUSED_RESULT;
void agent_world_start (AgentWorld *world);
void agent_world_restart (AgentWorld *world);
AgentWorld *agent_world_crash (AgentWorld *world) G_GNUC_WARN_UNUSED_RESULT;
void agent_world_free (AgentWorld *world);

void agent_world_settle (void);
void agent_world_pass (AgentWorld *world, guint seconds);
void agent_world_on_ready (GObject *source, GAsyncResult *result, gpointer user_data);
void agent_world_take_warning (const char *part);

CvgCredentials *agent_world_credentials (const char *access_token,
                                         const char *refresh_token,
                                         guint lifetime) G_GNUC_WARN_UNUSED_RESULT;
void agent_world_seed_instance_of (AgentWorld *world,
                                   const char *server_name,
                                   const char *id,
                                   CvgCredentials *credentials);
void agent_world_seed_instance (AgentWorld *world, const char *id, CvgCredentials *credentials);
void agent_world_seed_client (AgentWorld *world, const char *server_name, const char *secret);
CvgEntry *agent_world_lookup (AgentWorld *world, const char *id);
CvgEntry *agent_world_add_instance (AgentWorld *world, const char *server_name);

const char *agent_world_status_of (AgentWorld *world, const char *id);
void agent_world_assert_stored (AgentWorld *world, const char *id, const char *expected);
void agent_world_push_token (AgentWorld *world, const char *access, const char *refresh);

CvgSignIn *agent_world_begin (AgentWorld *world,
                              CvgEntry *entry,
                              const CvgSignInOptions *options) G_GNUC_WARN_UNUSED_RESULT;
char *agent_world_dup_parameter (const char *url, const char *name) G_GNUC_WARN_UNUSED_RESULT;
char *agent_world_dup_answer (CvgSignIn *sign_in, const char *what) G_GNUC_WARN_UNUSED_RESULT;
guint agent_world_answer (AgentWorld *world, CvgSignIn *sign_in, const char *what);
void agent_world_push_profile (AgentWorld *world);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AgentWorld, agent_world_free)

/** agent_world_assert_error: @error is one of ours of @code, and says nothing that is secret */
#define agent_world_assert_error(error, expected)                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_error ((error), CVG_ERROR, (int) (expected));                                         \
    g_assert_null (g_strstr_len ((error)->message, -1, AGENT_WORLD_SECRET));                       \
  }                                                                                                \
  G_STMT_END

/** agent_world_assert_secret: @secret (nullable) is the text @expected (nullable) */
#define agent_world_assert_secret(secret, expected)                                                \
  g_assert_cmpstr ((secret) != NULL ? cvg_secret_peek (secret) : NULL, ==, (expected))
