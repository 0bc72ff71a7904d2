/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An OAuth client: an application registration at a server (RFC 6749 section 2).
 */
#pragma once

#include <glib.h>

#include "model/secret.h"

/**
 * CvgClient:
 * @id: UUID of this entry, under which the keyring has its secret
 * @server_name: name in the catalogue
 * @client_id: as the provider gave it
 * @redirect_uri: (nullable): as registered; %NULL: the provider file's
 * @label: (nullable): a name for people
 * @is_default: whether sign-ins that name no client use it
 * @has_secret: whether there is a secret, be it at hand or not
 * @secret: (nullable): the secret; %NULL while the keyring is locked, or without one
 * @created_at: Unix seconds
 * @is_system: it is the machine's, from a file that only its administrator changes; there is no
 *   record of it
 * @is_registered: Claviger registered it itself (RFC 7591), for exactly @redirect_uri
 * @issuer: (nullable): with whom it is registered; a client is of use nowhere else
 * @authentication: a #CvgClientAuthentication that the registration asks for; -1: the provider's
 * @expires_at: Unix seconds at which the registration ends; 0: never
 *
 * A value: filled by its maker and never changed after.
 */
typedef struct
{
  gatomicrefcount references;

  char *id;
  char *server_name;
  char *client_id;
  char *redirect_uri;
  char *label;
  gboolean is_default;
  gboolean has_secret;
  CvgSecret *secret;
  gint64 created_at;
  gboolean is_system;
  gboolean is_registered;
  char *issuer;
  int authentication;
  gint64 expires_at;
} CvgClient;

CvgClient *cvg_client_new (void) G_GNUC_WARN_UNUSED_RESULT;
CvgClient *cvg_client_copy (const CvgClient *from) G_GNUC_WARN_UNUSED_RESULT;
CvgClient *cvg_client_ref (CvgClient *client);
void cvg_client_unref (CvgClient *client);

gboolean cvg_client_id_is_valid (const char *client_id);

GVariant *cvg_client_to_record (const CvgClient *client);
CvgClient *cvg_client_from_record (GVariant *record, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CvgClient, cvg_client_unref)
