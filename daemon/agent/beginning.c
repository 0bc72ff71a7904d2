/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From what a caller wants to the plan of a sign-in. Here nobody is asked anything: the options are
 * judged before, and the plan is made when the provider and the client are known.
 */
#include "agent/beginning.h"

#include <string.h>

#include "dbus/error.h"
#include "model/scopes.h"
#include "oauth/authorize-url.h"
#include "oauth/redirect-target.h"

/** cvg_beginning_free: frees it; it must not be connected to its caller any more */
void
cvg_beginning_free (CvgBeginning *self)
{
  g_clear_pointer (&self->plan, cvg_sign_in_plan_free);
  g_clear_pointer (&self->prepared, cvg_prepared_free);
  g_clear_object (&self->cancellable);
  cvg_entry_unref (self->entry);
  g_free (self->client_id);
  g_free (self->redirect_url);
  g_free (self->scope);
  g_free (self->activation_token);
  g_free (self->login_hint);
  g_free (self);
}

/* ---- the options ----------------------------------------------------------------------------- */

/* A browser takes some thousand characters of address at most. */
static gboolean
check_length (const char *option, const char *text, gsize limit, GError **error)
{
  if (text == NULL || strlen (text) <= limit)
    return TRUE;

  g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
               "Option “%s” is longer than %" G_GSIZE_FORMAT " bytes", option, limit);
  return FALSE;
}

static gboolean
check_options (const CvgEntry *entry, const CvgSignInOptions *options, GError **error)
{
  if (entry->provider == NULL)
    g_set_error (error, CVG_ERROR, CVG_ERROR_UNKNOWN_SERVER,
                 "The catalogue has no server %s any more", entry->record->server_name);
  else if (!cvg_provider_has_kind (entry->provider, "oauth2"))
    g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                 "%s has no OAuth sign-in; give it a key with: claviger set",
                 entry->provider->name);
  else if (options->timeout == 0 || options->timeout > CVG_MAX_SIGN_IN_SECONDS)
    g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                 "Option “timeout” must be from 1 to %d seconds", CVG_MAX_SIGN_IN_SECONDS);
  else
    /* Once more: the provider file may be another one than when the instance was created. */
    return cvg_tenant_check (entry->provider->tenant_parameters, entry->provider->name,
                             entry->record->tenant, error) &&
           check_length ("scope", options->scope, 4096, error) &&
           check_length ("login-hint", options->login_hint, 512, error) &&
           check_length ("activation-token", options->activation_token, 512, error) &&
           (options->redirect_url == NULL ||
            cvg_redirect_target_check (options->redirect_url, error));

  return FALSE;
}

static gboolean
check_scopes (const CvgEntry *entry, const CvgSignInOptions *options, GError **error)
{
  g_auto (GStrv) scopes = cvg_authorize_scopes (entry->provider, options->scope);

  if (cvg_scopes_are_valid ((const char *const *) scopes, NULL))
    return TRUE;

  g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                       "Option “scope” has a scope with characters that RFC 6749 does not allow");
  return FALSE;
}

static char *
null_if_empty (const char *text)
{
  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

/**
 * cvg_beginning_new:
 * @entry: the instance
 * @options: (transfer none): how
 *
 * Returns: (transfer full): what is known so far; fails with %CVG_ERROR_INVALID_ARGUMENT or
 *   %CVG_ERROR_UNKNOWN_SERVER
 */
CvgBeginning *
cvg_beginning_new (CvgEntry *entry, const CvgSignInOptions *options, GError **error)
{
  CvgBeginning *self = NULL;

  if (!check_options (entry, options, error) || !check_scopes (entry, options, error))
    return NULL;

  self = g_new0 (CvgBeginning, 1);
  self->entry = cvg_entry_ref (entry);
  self->client_id = null_if_empty (options->client_id);
  self->redirect_url = g_strdup (options->redirect_url);
  self->scope = g_strdup (options->scope);
  self->activation_token = null_if_empty (options->activation_token);
  self->login_hint = null_if_empty (options->login_hint);
  self->open_browser = options->open_browser;
  self->timeout = options->timeout;
  self->flow = options->flow;
  return self;
}

/* ---- the plan -------------------------------------------------------------------------------- */

/**
 * cvg_beginning_get_redirect_uri:
 *
 * Returns: (transfer none) (nullable): of the client that was chosen, else of the provider, as it
 *   is written down
 */
const char *
cvg_beginning_get_redirect_uri (const CvgBeginning *self)
{
  const CvgPrepared *prepared = self->prepared;

  return prepared->client->redirect_uri != NULL ? prepared->client->redirect_uri :
                                                  prepared->provider->redirect_uri;
}

/**
 * cvg_beginning_make_plan:
 * @now: Unix microseconds
 *
 * Returns: (transfer full): the plan, without a redirect URI and without codes: those come with the
 *   flow. @self has only parts left
 */
CvgSignInPlan *
cvg_beginning_make_plan (CvgBeginning *self, gint64 now)
{
  const CvgPrepared *prepared = self->prepared;
  CvgSignInPlan *plan = g_new0 (CvgSignInPlan, 1);

  plan->entry = cvg_entry_ref (self->entry);
  plan->provider = cvg_provider_ref (prepared->provider);
  plan->server = prepared->server != NULL ? g_variant_ref (prepared->server) : NULL;
  plan->client = cvg_client_ref (prepared->client);
  /* An instance's own that was of no use any more is replaced for good. */
  plan->client_was_named =
      self->client_id != NULL ||
      (self->entry->record->client_id != NULL &&
       g_strcmp0 (self->entry->record->client_id, prepared->client->client_id) != 0);
  plan->redirect_url = g_steal_pointer (&self->redirect_url);
  plan->scopes = cvg_authorize_scopes (prepared->provider, self->scope);
  plan->login_hint = g_steal_pointer (&self->login_hint);
  plan->deadline = now + self->timeout * G_TIME_SPAN_SECOND;
  return plan;
}
