/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Clients as values, and their record: everything but the secret, which the keyring has.
 */
#include "model/client.h"

#include <string.h>

#include "dbus/error.h"
#include "model/dialect.h"
#include "model/vardict.h"

#define MAX_CLIENT_ID_LENGTH 512

/** cvg_client_new: Returns: (transfer full): an empty client, for its maker to fill */
CvgClient *
cvg_client_new (void)
{
  CvgClient *client = g_new0 (CvgClient, 1);

  g_atomic_ref_count_init (&client->references);
  client->authentication = -1;
  return client;
}

/** cvg_client_copy: Returns: (transfer full): the same once more, to be changed by its maker */
CvgClient *
cvg_client_copy (const CvgClient *from)
{
  CvgClient *copy = cvg_client_new ();

  copy->id = g_strdup (from->id);
  copy->server_name = g_strdup (from->server_name);
  copy->client_id = g_strdup (from->client_id);
  copy->redirect_uri = g_strdup (from->redirect_uri);
  copy->label = g_strdup (from->label);
  copy->is_default = from->is_default;
  copy->has_secret = from->has_secret;
  copy->secret = from->secret != NULL ? cvg_secret_ref (from->secret) : NULL;
  copy->created_at = from->created_at;
  copy->is_system = from->is_system;
  copy->is_registered = from->is_registered;
  copy->issuer = g_strdup (from->issuer);
  copy->authentication = from->authentication;
  copy->expires_at = from->expires_at;
  return copy;
}

/** cvg_client_ref: Returns: (transfer full): @client */
CvgClient *
cvg_client_ref (CvgClient *client)
{
  g_atomic_ref_count_inc (&client->references);
  return client;
}

/** cvg_client_unref: lets go of @client; the last one wipes the secret */
void
cvg_client_unref (CvgClient *client)
{
  if (!g_atomic_ref_count_dec (&client->references))
    return;

  g_free (client->id);
  g_free (client->server_name);
  g_free (client->client_id);
  g_free (client->redirect_uri);
  g_free (client->label);
  g_free (client->issuer);
  g_clear_pointer (&client->secret, cvg_secret_unref);
  g_free (client);
}

/**
 * cvg_client_id_is_valid:
 *
 * Returns: whether @client_id is a client id as of RFC 6749 appendix A.1, without spaces, and of at
 *   most 512 bytes, which is a bound against nonsense
 */
gboolean
cvg_client_id_is_valid (const char *client_id)
{
  gsize length = strlen (client_id);

  for (const char *c = client_id; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      return FALSE;

  return length > 0 && length <= MAX_CLIENT_ID_LENGTH;
}

/** cvg_client_to_record: Returns: (transfer full): @client without its secret, as an a{sv} */
GVariant *
cvg_client_to_record (const CvgClient *client)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  cvg_vardict_add_string (&builder, "id", client->id);
  cvg_vardict_add_string (&builder, "server-name", client->server_name);
  cvg_vardict_add_string (&builder, "client-id", client->client_id);
  cvg_vardict_add_string (&builder, "redirect-uri", client->redirect_uri);
  cvg_vardict_add_string (&builder, "label", client->label);
  g_variant_builder_add (&builder, "{sv}", "default", g_variant_new_boolean (client->is_default));
  g_variant_builder_add (&builder, "{sv}", "has-secret",
                         g_variant_new_boolean (client->has_secret));
  cvg_vardict_add_int64 (&builder, "created-at", client->created_at);
  if (client->is_registered)
    g_variant_builder_add (&builder, "{sv}", "registered", g_variant_new_boolean (TRUE));
  cvg_vardict_add_string (&builder, "issuer", client->issuer);
  if (client->authentication >= 0)
    cvg_vardict_add_int64 (&builder, "authentication", client->authentication);
  if (client->expires_at != 0)
    cvg_vardict_add_int64 (&builder, "expires-at", client->expires_at);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* What this version does not know is the provider's way. */
static int
read_authentication (GVariant *record)
{
  gint64 authentication = -1;

  if (g_variant_lookup (record, "authentication", "x", &authentication) &&
      authentication >= CVG_CLIENT_AUTHENTICATION_POST &&
      authentication <= CVG_CLIENT_AUTHENTICATION_NONE)
    return (int) authentication;

  return -1;
}

/**
 * cvg_client_from_record:
 * @record: an a{sv}, from disk
 *
 * Returns: (transfer full): the client, without its secret; fails with %CVG_ERROR_FAILED if
 *   something it can't be without is missing
 */
CvgClient *
cvg_client_from_record (GVariant *record, GError **error)
{
  g_autoptr (CvgClient) client = cvg_client_new ();

  client->id = cvg_vardict_dup_string (record, "id");
  client->server_name = cvg_vardict_dup_string (record, "server-name");
  client->client_id = cvg_vardict_dup_string (record, "client-id");
  client->redirect_uri = cvg_vardict_dup_string (record, "redirect-uri");
  client->label = cvg_vardict_dup_string (record, "label");
  g_variant_lookup (record, "default", "b", &client->is_default);
  g_variant_lookup (record, "has-secret", "b", &client->has_secret);
  g_variant_lookup (record, "created-at", "x", &client->created_at);
  g_variant_lookup (record, "registered", "b", &client->is_registered);
  client->issuer = cvg_vardict_dup_string (record, "issuer");
  g_variant_lookup (record, "expires-at", "x", &client->expires_at);
  client->authentication = read_authentication (record);

  if (client->id == NULL || !g_uuid_string_is_valid (client->id) || client->server_name == NULL ||
      client->client_id == NULL)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "A record is not one of a client");
      return NULL;
    }

  return g_steal_pointer (&client);
}
