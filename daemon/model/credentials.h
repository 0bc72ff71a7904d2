/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a server gave to one instance: a value, filled by its maker and never changed after.
 */
#pragma once

#include <glib.h>

#include "model/secret.h"

/**
 * CvgCredentials:
 * @serial: grows with each new token of the instance; 0: not given yet
 * @access_token: (nullable): RFC 6749 section 5.1
 * @refresh_token: (nullable)
 * @id_token: (nullable)
 * @token_type: (nullable): as the server spelled it
 * @scope: (nullable): as granted, separated by spaces
 * @expires_at: Unix seconds; 0: never, or nobody knows
 * @obtained_at: Unix seconds of the answer that brought the access token
 * @client_id: (nullable): the client that the grant was made with
 * @members: (nullable): a{sv}, in secret memory: what else was in the answer, or what the caller
 * set
 * @resources: (nullable): aa{sv}: every site (workspace, tenant) of the grant
 * @account: (nullable): a{sv}: who signed in
 * @server: (nullable): a{sv}: where the grant was made, if that was not in the provider file but
 *   discovered: cvg_provider_with_server()
 *
 * Auth data is what callers get of it: cvg_auth_data_build().
 */
typedef struct
{
  gatomicrefcount references;

  guint64 serial;
  CvgSecret *access_token;
  CvgSecret *refresh_token;
  CvgSecret *id_token;
  char *token_type;
  char *scope;
  gint64 expires_at;
  gint64 obtained_at;
  char *client_id;
  GVariant *members;
  GVariant *resources;
  GVariant *account;
  GVariant *server;
} CvgCredentials;

CvgCredentials *cvg_credentials_new (void) G_GNUC_WARN_UNUSED_RESULT;
CvgCredentials *cvg_credentials_copy (const CvgCredentials *from) G_GNUC_WARN_UNUSED_RESULT;
CvgCredentials *cvg_credentials_ref (CvgCredentials *credentials);
void cvg_credentials_unref (CvgCredentials *credentials);

gboolean cvg_credentials_is_fresh (const CvgCredentials *credentials, gint64 now, guint validity);
GVariant *cvg_members_keep_secret (GVariant *members) G_GNUC_WARN_UNUSED_RESULT;

CvgSecret *cvg_credentials_pack (const CvgCredentials *credentials,
                                 GVariant *identity) G_GNUC_WARN_UNUSED_RESULT;
CvgCredentials *
cvg_credentials_unpack (const CvgSecret *packed, GVariant **identity, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgCredentials, cvg_credentials_unref)
