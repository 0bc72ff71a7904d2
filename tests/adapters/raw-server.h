/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server below HTTP, in the same process: it accepts, remembers every byte, and then behaves as
 * it is told, which a well-made HTTP server would not.
 */
#pragma once

#include <gio/gio.h>

typedef enum
{
  RAW_SILENT, /* says nothing, ever */
  RAW_ANSWER, /* answers each whole request with the text that was set, and keeps the connection */
  RAW_CLOSE,  /* closes when it has a whole request */
} RawManner;

typedef struct
{
  GSocketListener *listener; /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GPtrArray *connections;    /* (owned) (element-type GSocketConnection) */
  RawManner manner;
  const char *answer; /* the whole of it, with its status line */
  guint16 port;
  guint requests; /* whole ones that came */
  GString *bytes; /* (owned): all that came, on whichever connection */
} RawServer;

#define RAW_OK "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

RawServer *raw_server_new (const char *address, RawManner manner) G_GNUC_WARN_UNUSED_RESULT;
void raw_server_hang_up (RawServer *self);
void raw_server_stop_listening (RawServer *self);
void raw_server_free (RawServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawServer, raw_server_free)
