/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The OAuth clients of all servers: which there are, which one a sign-in uses.
 */
#pragma once

#include <gio/gio.h>

#include "model/client.h"
#include "ports/records.h"

#define CVG_TYPE_CLIENTS (cvg_clients_get_type ())
G_DECLARE_FINAL_TYPE (CvgClients, cvg_clients, CVG, CLIENTS, GObject)

CvgClients *cvg_clients_new (CvgRecords *records, GPtrArray *system_clients);
void cvg_clients_load (CvgClients *self);

CvgClient *cvg_clients_lookup (CvgClients *self, const char *server_name, const char *client_id);
GError *cvg_clients_new_missing_error (const char *server_name,
                                       const char *redirect_uri) G_GNUC_WARN_UNUSED_RESULT;
CvgClient *cvg_clients_choose (CvgClients *self,
                               const char *server_name,
                               const char *client_id,
                               GError **error);
CvgClient *cvg_clients_choose_with_secret (CvgClients *self,
                                           const char *server_name,
                                           const char *client_id,
                                           GError **error);
GPtrArray *cvg_clients_list (CvgClients *self, const char *server_name);

void cvg_clients_put (CvgClients *self, CvgClient *client);
void cvg_clients_expire (CvgClients *self, const CvgClient *client, gint64 now);
void cvg_clients_remove (CvgClients *self, CvgClient *client);

void cvg_clients_set_secret (CvgClients *self, const char *id, CvgSecret *secret);
void cvg_clients_drop_secrets (CvgClients *self);
