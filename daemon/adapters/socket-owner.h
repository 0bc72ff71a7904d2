/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whose a loopback socket is.
 */
#pragma once

#include <gio/gio.h>

/** CvgSocketOwner: what the kernel says of a peer */
typedef enum
{
  CVG_SOCKET_OWNER_UNKNOWN, /* it does not say, or the answer is worth nothing */
  CVG_SOCKET_OWNER_OURS,    /* a socket of our own user */
  CVG_SOCKET_OWNER_OTHER,   /* a socket of another user */
} CvgSocketOwner;

CvgSocketOwner cvg_socket_owner_of_peer (GSocket *socket);
char *cvg_socket_owner_describe_port (GInetAddress *address, guint port) G_GNUC_WARN_UNUSED_RESULT;
