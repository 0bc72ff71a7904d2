/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A redirect URI as the listener needs it, and the sockets for it.
 */
#pragma once

#include <gio/gio.h>

/**
 * CvgRedirectAddress:
 * @uri: as it was given, with the port that was bound
 * @authority: what the Host header of a request to it says
 * @path: raw, begins with "/"
 * @host: "127.0.0.1", "::1" or "localhost"
 * @port: 0: any
 */
typedef struct
{
  char *uri;
  char *authority;
  char *path;
  char *host;
  guint port;
} CvgRedirectAddress;

CvgRedirectAddress *cvg_redirect_address_new (const char *redirect_uri,
                                              gboolean any_port,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void cvg_redirect_address_free (CvgRedirectAddress *address);
void cvg_redirect_address_set_port (CvgRedirectAddress *address, guint port);

GPtrArray *cvg_redirect_address_list (const CvgRedirectAddress *address) G_GNUC_WARN_UNUSED_RESULT;
GSocket *cvg_redirect_address_bind (GInetAddress *address,
                                    guint port,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgRedirectAddress, cvg_redirect_address_free)
