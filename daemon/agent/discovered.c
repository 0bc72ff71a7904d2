/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a file says and what a server says, put together. Somebody wrote the file and meant it, so
 * it wins, key by key; what the server says fills the rest.
 */
#include "agent/discovered.h"

#include "dbus/error.h"
#include "model/scopes.h"
#include "model/vardict.h"

#define OFFLINE "offline_access"

/** cvg_discovered_new_complete: Returns: (transfer full): @provider, whose file says all of it */
CvgDiscovered *
cvg_discovered_new_complete (CvgProvider *provider)
{
  CvgDiscovered *self = g_new0 (CvgDiscovered, 1);

  g_ref_count_init (&self->references);
  self->provider = cvg_provider_ref (provider);
  self->registration = CVG_CLIENT_AUTHENTICATION_NONE;
  return self;
}

/** cvg_discovered_ref: Returns: (transfer full): @self */
CvgDiscovered *
cvg_discovered_ref (CvgDiscovered *self)
{
  g_ref_count_inc (&self->references);
  return self;
}

/** cvg_discovered_unref: lets go of @self */
void
cvg_discovered_unref (CvgDiscovered *self)
{
  if (!g_ref_count_dec (&self->references))
    return;

  cvg_provider_unref (self->provider);
  g_clear_pointer (&self->server, g_variant_unref);
  g_strfreev (self->scopes);
  g_free (self);
}

/* ---- is it enough? --------------------------------------------------------------------------- */

static gboolean
refuse (const CvgProvider *provider, const char *why, GError **error)
{
  g_set_error (error, CVG_ERROR, CVG_ERROR_REFUSED, "%s can't be signed in to: %s", provider->name,
               why);
  return FALSE;
}

/* A server that was found through what it guards is nobody that somebody wrote down: of such a one
 * MCP wants that it says how it protects its codes. */
static gboolean
check_pkce (const CvgProvider *provider, const CvgMetadata *metadata, GError **error)
{
  if (provider->issuer != NULL || metadata->takes_s256)
    return TRUE;

  return refuse (provider, "its metadata does not name S256, without which a code could be stolen",
                 error);
}

static gboolean
check_endpoints (const CvgProvider *complete, GError **error)
{
  if (complete->token_endpoint == NULL)
    return refuse (complete, "its metadata names no token endpoint", error);
  if (complete->authorization_endpoint == NULL && complete->device_authorization_endpoint == NULL)
    return refuse (complete, "its metadata names no authorization endpoint", error);

  return TRUE;
}

/* ---- putting together ------------------------------------------------------------------------ */

/* Fills *@text if the file left it; @key: under which a grant keeps it (nullable). */
static void
fill (char **text, const char *found, GVariantBuilder *server, const char *key)
{
  if (*text != NULL || found == NULL)
    return;

  *text = g_strdup (found);
  if (key != NULL)
    cvg_vardict_add_string (server, key, found);
}

static void
fill_endpoints (CvgProvider *complete, const CvgMetadata *metadata, GVariantBuilder *server)
{
  gboolean had_token_endpoint = complete->token_endpoint != NULL;

  /* Also where the file has it with {names} in it: an answer names it without. */
  g_free (complete->issuer);
  complete->issuer = g_strdup (metadata->issuer);
  cvg_vardict_add_string (server, "issuer", metadata->issuer);

  fill (&complete->authorization_endpoint, metadata->authorization_endpoint, server, NULL);
  fill (&complete->token_endpoint, metadata->token_endpoint, server, "token-endpoint");
  fill (&complete->revocation_endpoint, metadata->revocation_endpoint, server,
        "revocation-endpoint");
  fill (&complete->device_authorization_endpoint, metadata->device_authorization_endpoint, server,
        NULL);
  fill (&complete->registration_endpoint, metadata->registration_endpoint, server, NULL);

  if (had_token_endpoint)
    return;
  complete->client_authentication =
      cvg_metadata_choose_authentication (metadata, complete->client_authentication);
  cvg_vardict_add_int64 (server, "client-authentication", complete->client_authentication);
}

static char **
without (char **scopes, const char *left_out)
{
  GPtrArray *kept = g_ptr_array_new ();

  for (; *scopes != NULL; scopes++)
    if (!g_str_equal (*scopes, left_out))
      g_ptr_array_add (kept, g_strdup (*scopes));

  g_ptr_array_add (kept, NULL);
  return (char **) g_ptr_array_free (kept, FALSE);
}

static gboolean
names_offline_access (const CvgMetadata *metadata)
{
  return metadata->scopes != NULL &&
         g_strv_contains ((const char *const *) metadata->scopes, OFFLINE);
}

/* Whether there is a refresh token is for the authorization server to say, not for the resource: it
 * is asked for one if it says that it has that scope, or if the file does. */
static void
fill_scopes (CvgProvider *complete, const CvgServerFound *found)
{
  static const char *const offline[] = { OFFLINE, NULL };

  if (*complete->scopes == NULL)
    {
      g_strfreev (complete->scopes);
      complete->scopes = without (found->scopes, OFFLINE);
    }
  if (*complete->required_scopes == NULL && names_offline_access (found->metadata))
    {
      g_strfreev (complete->required_scopes);
      complete->required_scopes = cvg_scopes_union (offline, NULL);
    }
}

/**
 * cvg_discovered_new:
 * @provider: what its file says
 * @found: (transfer none): what its server says
 *
 * Returns: (transfer full): both; fails with %CVG_ERROR_REFUSED if that is not enough, or not safe
 */
CvgDiscovered *
cvg_discovered_new (const CvgProvider *provider, const CvgServerFound *found, GError **error)
{
  g_auto (GVariantBuilder) server = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (CvgProvider) complete = NULL;
  CvgDiscovered *self = NULL;

  if (!check_pkce (provider, found->metadata, error))
    return NULL;

  complete = cvg_provider_copy (provider);
  fill_endpoints (complete, found->metadata, &server);
  if (!check_endpoints (complete, error))
    return NULL;

  fill_scopes (complete, found);
  if (found->metadata->issuer_in_answers)
    complete->issuer_required = TRUE;
  /* It names others only: sent ours, it would refuse. */
  if (found->metadata->names_pkce && !found->metadata->takes_s256)
    complete->pkce = CVG_PKCE_NONE;

  self = cvg_discovered_new_complete (complete);
  self->server = g_variant_ref_sink (g_variant_builder_end (&server));
  self->scopes = g_strdupv (found->metadata->scopes);
  self->registration = cvg_metadata_choose_registration (found->metadata);
  return self;
}
