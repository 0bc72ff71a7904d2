/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A program on the bus: it calls the service and remembers the signals that it gets.
 */
#pragma once

#include <gio/gio.h>

#include "dbus/names.h"

/* Part of each secret that the tests use; in no error and in no signal. */
#define BUS_SECRET "s3cret"

/* Runs the main loop until @condition holds; a deadline ends the program. */
#define BUS_WAIT(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint bus_deadline = bus_deadline_add (G_STRLOC ": " #condition);                              \
                                                                                                   \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (bus_deadline);                                                                \
  }                                                                                                \
  G_STMT_END

/** BusSignal: a signal as it came */
typedef struct
{
  char *path;           /* (owned) */
  char *interface;      /* (owned) */
  char *name;           /* (owned) */
  GVariant *parameters; /* (owned) */
} BusSignal;

typedef struct
{
  GDBusConnection *connection; /* (owned) (nullable): NULL once it has left */
  char *service;               /* (owned): unique name of the service */
  GPtrArray *signals;          /* (owned) (element-type BusSignal): of the service, as they came */
  guint subscription;
} BusCaller;

/** BusReply: counted; what came back of one call */
typedef struct
{
  GDBusMessage *message; /* (owned) (nullable): NULL until it came, or if the caller left */
  gboolean over;
} BusReply;

guint bus_deadline_add (const char *what) G_GNUC_WARN_UNUSED_RESULT;
void bus_connection_close (GDBusConnection *connection);

BusCaller *bus_caller_new (const char *address, const char *service) G_GNUC_WARN_UNUSED_RESULT;
void bus_caller_leave (BusCaller *caller);
void bus_caller_free (BusCaller *caller);
const char *bus_caller_get_name (BusCaller *caller);

BusReply *bus_begin_at (BusCaller *caller,
                        const char *path,
                        const char *interface,
                        const char *method,
                        GVariant *arguments) G_GNUC_WARN_UNUSED_RESULT;
BusReply *
bus_begin (BusCaller *caller, const char *method, GVariant *arguments) G_GNUC_WARN_UNUSED_RESULT;
void bus_reply_unref (BusReply *reply);
const char *bus_reply_wait_error (BusReply *reply, const char **message);
GVariant *bus_reply_wait (BusReply *reply, const char *signature) G_GNUC_WARN_UNUSED_RESULT;
void bus_reply_wait_failure (BusReply *reply, const char *error, const char *culprit);

GVariant *bus_call (BusCaller *caller,
                    const char *method,
                    GVariant *arguments,
                    const char *signature) G_GNUC_WARN_UNUSED_RESULT;
GVariant *bus_call_at (BusCaller *caller,
                       const char *path,
                       const char *interface,
                       const char *method,
                       GVariant *arguments,
                       const char *signature) G_GNUC_WARN_UNUSED_RESULT;
void bus_call_nothing (BusCaller *caller, const char *method, GVariant *arguments);
void bus_call_failure (BusCaller *caller,
                       const char *method,
                       GVariant *arguments,
                       const char *error,
                       const char *culprit);
GVariant *bus_get_property (BusCaller *caller,
                            const char *path,
                            const char *interface,
                            const char *property,
                            const char *type) G_GNUC_WARN_UNUSED_RESULT;
void bus_settle (BusCaller *caller);

guint bus_caller_count (BusCaller *caller, const char *name);
const BusSignal *bus_caller_get_last (BusCaller *caller, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BusReply, bus_reply_unref)
