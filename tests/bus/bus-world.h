/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real service and the real agent on doubles, on a private bus, with callers.
 */
#pragma once

#include "bus/auth-service.h"
#include "bus/bus-caller.h"
#include "doubles/agent-world.h"

#define BUS_NOW G_GINT64_CONSTANT (1800000000) /* Unix seconds when a world begins */

/* Instances that tests make, by ids of their own choice. */
#define BUS_ID "11111111-1111-4111-8111-111111111111"
#define BUS_OTHER_ID "22222222-2222-4222-8222-222222222222"
#define BUS_KEYED_ID "33333333-3333-4333-8333-333333333333"
#define BUS_NO_ID "99999999-9999-4999-8999-999999999999"

#define BUS_REDIRECT_URI "http://127.0.0.1:18417/callback"

typedef struct
{
  AgentWorld *inside;          /* (owned): the agent and its ports, which no caller sees */
  GDBusConnection *connection; /* (owned): of the service */
  CvgAuthService *service;     /* (owned) */
  GPtrArray *callers;          /* (owned) (element-type BusCaller) */
  BusCaller *caller;           /* (borrowed): the first of them */
} BusWorld;

/** BusTrace: what a call that fails must leave alone */
typedef struct
{
  guint instances;
  guint clients;
  guint saves;
  guint items;
  guint stores;
  guint removals;
  guint requests;
  guint browsers;
  guint listeners;
  guint signals;
} BusTrace;

#define BUS_TEST(path, function)                                                                   \
  g_test_add (path, BusWorld, NULL, bus_world_set_up, function, bus_world_tear_down)

void bus_tests_init (int *argc, char ***argv);
int bus_tests_run (void);

void bus_world_set_up (BusWorld *world, gconstpointer data);
void bus_world_tear_down (BusWorld *world, gconstpointer data);
BusCaller *bus_world_add_caller (BusWorld *world);
void bus_world_pass (BusWorld *world, gint64 seconds);

BusTrace bus_world_trace (BusWorld *world);
void bus_world_assert_untouched (BusWorld *world, const BusTrace *before);

void bus_add_client (BusCaller *caller);
void bus_create (BusCaller *caller, const char *id, const char *user_id, const char *server_name);
void bus_set_tokens (BusCaller *caller, const char *id, const char *name, gint64 lifetime);
GVariant *bus_find_instance (BusCaller *caller, const char *id) G_GNUC_WARN_UNUSED_RESULT;
char *bus_get_status (BusCaller *caller, const char *id) G_GNUC_WARN_UNUSED_RESULT;
void bus_assert_token (BusCaller *caller, const char *id, const char *options, const char *name);

char *
bus_authorize (BusCaller *caller, const char *id, const char *options) G_GNUC_WARN_UNUSED_RESULT;
char *bus_get_text (BusCaller *caller,
                    const char *authorization,
                    const char *property) G_GNUC_WARN_UNUSED_RESULT;
char *bus_make_redirect (BusCaller *caller,
                         const char *authorization,
                         const char *query) G_GNUC_WARN_UNUSED_RESULT;
void bus_world_push_tokens (BusWorld *world, const char *name);
void bus_world_push_sign_in (BusWorld *world, const char *name);
guint bus_world_visit (BusWorld *world, const char *redirect);
void bus_wait_completed (BusCaller *caller, const char *authorization, const char *outcome);
void bus_world_sign_in (BusWorld *world, BusCaller *caller, const char *id, const char *name);
