/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Credentials as a value, and their one packed form: what the keyring holds of an instance.
 *
 * The packed form carries the instance's identity too. The records on disk are the index that can
 * be read while the keyring is locked; the keyring is the truth from which a lost index is rebuilt.
 */
#include "model/credentials.h"

#include "dbus/error.h"
#include "model/vardict.h"

#define PACK_VERSION 1

/** cvg_credentials_new: Returns: (transfer full): empty credentials, for its maker to fill */
CvgCredentials *
cvg_credentials_new (void)
{
  CvgCredentials *credentials = g_new0 (CvgCredentials, 1);

  g_atomic_ref_count_init (&credentials->references);
  return credentials;
}

static CvgSecret *
secret_ref_or_null (CvgSecret *secret)
{
  return secret != NULL ? cvg_secret_ref (secret) : NULL;
}

static GVariant *
variant_ref_or_null (GVariant *variant)
{
  return variant != NULL ? g_variant_ref (variant) : NULL;
}

/** cvg_credentials_copy: Returns: (transfer full): the same once more, to be changed by its maker
 */
CvgCredentials *
cvg_credentials_copy (const CvgCredentials *from)
{
  CvgCredentials *copy = cvg_credentials_new ();

  copy->serial = from->serial;
  copy->access_token = secret_ref_or_null (from->access_token);
  copy->refresh_token = secret_ref_or_null (from->refresh_token);
  copy->id_token = secret_ref_or_null (from->id_token);
  copy->token_type = g_strdup (from->token_type);
  copy->scope = g_strdup (from->scope);
  copy->expires_at = from->expires_at;
  copy->obtained_at = from->obtained_at;
  copy->client_id = g_strdup (from->client_id);
  copy->members = variant_ref_or_null (from->members);
  copy->resources = variant_ref_or_null (from->resources);
  copy->account = variant_ref_or_null (from->account);
  copy->server = variant_ref_or_null (from->server);
  return copy;
}

/** cvg_credentials_ref: Returns: (transfer full): @credentials */
CvgCredentials *
cvg_credentials_ref (CvgCredentials *credentials)
{
  g_atomic_ref_count_inc (&credentials->references);
  return credentials;
}

/** cvg_credentials_unref: lets go of @credentials; the last one wipes them */
void
cvg_credentials_unref (CvgCredentials *credentials)
{
  if (!g_atomic_ref_count_dec (&credentials->references))
    return;

  g_clear_pointer (&credentials->access_token, cvg_secret_unref);
  g_clear_pointer (&credentials->refresh_token, cvg_secret_unref);
  g_clear_pointer (&credentials->id_token, cvg_secret_unref);
  g_free (credentials->token_type);
  g_free (credentials->scope);
  g_free (credentials->client_id);
  g_clear_pointer (&credentials->members, g_variant_unref);
  g_clear_pointer (&credentials->resources, g_variant_unref);
  g_clear_pointer (&credentials->account, g_variant_unref);
  g_clear_pointer (&credentials->server, g_variant_unref);
  g_free (credentials);
}

/**
 * cvg_members_keep_secret:
 * @members: (transfer floating): an a{sv}
 *
 * Members may hold secrets (Slack's authed_user has a token), so they rest where secrets rest.
 *
 * Returns: (transfer full): the same dictionary, its bytes in secret memory
 */
GVariant *
cvg_members_keep_secret (GVariant *members)
{
  g_autoptr (GVariant) given = g_variant_ref_sink (members);
  g_autoptr (GVariant) normal = g_variant_get_normal_form (given);
  CvgSecret *bytes =
      cvg_secret_new_sized (g_variant_get_data (normal), g_variant_get_size (normal));
  GVariant *kept = g_variant_new_from_data (G_VARIANT_TYPE_VARDICT, cvg_secret_peek (bytes),
                                            cvg_secret_get_length (bytes), TRUE,
                                            (GDestroyNotify) cvg_secret_unref, bytes);

  return g_variant_ref_sink (kept);
}

/**
 * cvg_credentials_is_fresh:
 * @now: Unix seconds
 * @validity: seconds for which the token must still be valid
 *
 * A token that never lives as long as @validity could never satisfy it; of such a one, nine tenths
 * of its life are asked for, or each call would be a refresh.
 *
 * Returns: whether the access token is good for that long, as far as anybody can know
 */
gboolean
cvg_credentials_is_fresh (const CvgCredentials *credentials, gint64 now, guint validity)
{
  gint64 wanted = validity;

  if (credentials->expires_at == 0)
    return TRUE;
  /* First of all: callers set it as they like, and what is in the past need not be subtracted. */
  if (credentials->expires_at <= now)
    return FALSE;

  if (credentials->obtained_at > 0 && credentials->expires_at > credentials->obtained_at)
    {
      gint64 lifetime = credentials->expires_at - credentials->obtained_at;

      wanted = MIN (wanted, lifetime / 10 * 9 + lifetime % 10 * 9 / 10);
    }

  return credentials->expires_at - now >= wanted;
}

/**
 * cvg_credentials_pack:
 * @credentials: what the server gave
 * @identity: (transfer none): the record of its instance, cvg_instance_to_record()
 *
 * Returns: (transfer full): the text that the keyring holds
 */
CvgSecret *
cvg_credentials_pack (const CvgCredentials *credentials, GVariant *identity)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) dict = NULL;

  cvg_vardict_add_uint64 (&builder, "version", PACK_VERSION);
  cvg_vardict_add_value (&builder, "instance", identity);
  cvg_vardict_add_uint64 (&builder, "serial", credentials->serial);
  cvg_vardict_add_secret (&builder, "access-token", credentials->access_token);
  cvg_vardict_add_secret (&builder, "refresh-token", credentials->refresh_token);
  cvg_vardict_add_secret (&builder, "id-token", credentials->id_token);
  cvg_vardict_add_string (&builder, "token-type", credentials->token_type);
  cvg_vardict_add_string (&builder, "scope", credentials->scope);
  cvg_vardict_add_int64 (&builder, "expires-at", credentials->expires_at);
  cvg_vardict_add_int64 (&builder, "obtained-at", credentials->obtained_at);
  cvg_vardict_add_string (&builder, "client-id", credentials->client_id);
  cvg_vardict_add_value (&builder, "members", credentials->members);
  cvg_vardict_add_value (&builder, "resources", credentials->resources);
  cvg_vardict_add_value (&builder, "account", credentials->account);
  cvg_vardict_add_value (&builder, "server", credentials->server);

  dict = g_variant_ref_sink (g_variant_builder_end (&builder));
  return cvg_secret_new_take (g_variant_print (dict, TRUE));
}

static GVariant *
lookup_typed (GVariant *dict, const char *key, const char *type)
{
  return g_variant_lookup_value (dict, key, G_VARIANT_TYPE (type));
}

/**
 * cvg_credentials_unpack:
 * @packed: what the keyring held
 * @identity: (out) (optional) (transfer full) (nullable): the record of its instance
 *
 * Returns: (transfer full): the credentials; fails with %CVG_ERROR_FAILED if @packed is none of
 * ours or from a newer version
 */
CvgCredentials *
cvg_credentials_unpack (const CvgSecret *packed, GVariant **identity, GError **error)
{
  g_autoptr (GVariant) dict = cvg_vardict_parse (cvg_secret_peek (packed), NULL);
  g_autoptr (GVariant) members = NULL;
  g_autoptr (CvgCredentials) credentials = NULL;
  guint64 version = 0;

  /* The parser's own message quotes the text, so it goes nowhere. */
  if (dict == NULL || !g_variant_lookup (dict, "version", "t", &version))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED,
                           "An item in the keyring is not in the form that Claviger writes");
      return NULL;
    }
  if (version != PACK_VERSION)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_FAILED,
                   "An item in the keyring is of version %" G_GUINT64_FORMAT
                   ", which this version of Claviger does not know",
                   version);
      return NULL;
    }

  credentials = cvg_credentials_new ();
  g_variant_lookup (dict, "serial", "t", &credentials->serial);
  credentials->access_token = cvg_vardict_dup_secret (dict, "access-token");
  credentials->refresh_token = cvg_vardict_dup_secret (dict, "refresh-token");
  credentials->id_token = cvg_vardict_dup_secret (dict, "id-token");
  credentials->token_type = cvg_vardict_dup_string (dict, "token-type");
  credentials->scope = cvg_vardict_dup_string (dict, "scope");
  g_variant_lookup (dict, "expires-at", "x", &credentials->expires_at);
  g_variant_lookup (dict, "obtained-at", "x", &credentials->obtained_at);
  credentials->client_id = cvg_vardict_dup_string (dict, "client-id");
  members = lookup_typed (dict, "members", "a{sv}");
  if (members != NULL)
    credentials->members = cvg_members_keep_secret (members);
  credentials->resources = lookup_typed (dict, "resources", "aa{sv}");
  credentials->account = lookup_typed (dict, "account", "a{sv}");
  credentials->server = lookup_typed (dict, "server", "a{sv}");
  if (identity != NULL)
    *identity = lookup_typed (dict, "instance", "a{sv}");

  return g_steal_pointer (&credentials);
}
