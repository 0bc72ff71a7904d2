/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The redirect port over loopback sockets.
 */
#pragma once

#include "ports/redirect.h"

#define CVG_TYPE_REDIRECT_SOCKET (cvg_redirect_socket_get_type ())
G_DECLARE_FINAL_TYPE (CvgRedirectSocket, cvg_redirect_socket, CVG, REDIRECT_SOCKET, GObject)

/* Connections at once. A browser opens up to six for one page, and one or two on speculation. */
#define CVG_REDIRECT_MAX_PEERS 8

CvgRedirectSocket *cvg_redirect_socket_new (void) G_GNUC_WARN_UNUSED_RESULT;
CvgRedirectSocket *cvg_redirect_socket_new_with_limits (guint head,
                                                        guint answer,
                                                        guint drain) G_GNUC_WARN_UNUSED_RESULT;
