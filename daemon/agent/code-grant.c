/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What ties an answer to the question: the state, which admits one answer, once; the verifier,
 * which never leaves this object but for the token request; the issuer, and the redirect URI. It
 * asks nobody anything by itself: what is to be sent it makes, what came it judges.
 */
#include "agent/code-grant.h"

#include <string.h>

#include "dbus/error.h"
#include "oauth/authorize-url.h"
#include "oauth/nonce.h"
#include "oauth/pkce.h"
#include "oauth/redirect-extras.h"
#include "oauth/token-request.h"
#include "oauth/token-response.h"

struct _CvgCodeGrant
{
  const CvgSignInPlan *plan; /* (borrowed) */

  char *state;         /* (owned) */
  gboolean is_used;    /* it had its answer */
  CvgSecret *verifier; /* (owned) (nullable): until the exchange */
  GVariant *members;   /* (owned) (nullable): what of the answer becomes auth data */
  char *url;           /* (owned) (nullable) */
};

static void
make_url (CvgCodeGrant *self)
{
  g_autofree char *verifier = cvg_nonce_new ();
  g_autofree char *challenge = cvg_pkce_challenge (verifier);
  const CvgProvider *provider = self->plan->provider;
  const CvgAuthorizeRequest request = {
    .provider = provider,
    .tenant = self->plan->entry->record->tenant,
    .client_id = self->plan->client->client_id,
    .redirect_uri = self->plan->redirect_uri,
    .scopes = (const char *const *) self->plan->scopes,
    .state = self->state,
    .challenge = provider->pkce ? challenge : NULL,
    .login_hint = self->plan->login_hint,
  };

  self->url = cvg_authorize_url_build (&request);
  if (provider->pkce)
    self->verifier = cvg_secret_new_take (g_steal_pointer (&verifier));
}

/**
 * cvg_code_grant_new:
 * @plan: (transfer none): what was decided; outlives the grant
 *
 * Returns: (transfer full): a grant that waits for its answer
 */
CvgCodeGrant *
cvg_code_grant_new (const CvgSignInPlan *plan)
{
  CvgCodeGrant *self = g_new0 (CvgCodeGrant, 1);

  self->plan = plan;
  self->state = cvg_nonce_new ();
  make_url (self);
  return self;
}

/** cvg_code_grant_close: it is over; what is remembered of it is no secret any more */
void
cvg_code_grant_close (CvgCodeGrant *self)
{
  g_clear_pointer (&self->verifier, cvg_secret_unref);
  g_clear_pointer (&self->members, g_variant_unref);
}

/** cvg_code_grant_free: frees @self, and wipes the verifier if it is still there */
void
cvg_code_grant_free (CvgCodeGrant *self)
{
  cvg_code_grant_close (self);
  g_free (self->state);
  g_free (self->url);
  g_free (self);
}

/**
 * cvg_code_grant_get_url:
 *
 * Returns: (transfer none) (nullable): what the browser must open; %NULL if the provider's endpoint
 *   makes no address with the values of the tenant
 */
const char *
cvg_code_grant_get_url (const CvgCodeGrant *self)
{
  return self->url;
}

/** cvg_code_grant_has_state: Returns: whether @state is this grant's; in constant time */
gboolean
cvg_code_grant_has_state (const CvgCodeGrant *self, const char *state)
{
  return cvg_equal_in_constant_time (self->state, strlen (self->state), state, strlen (state));
}

/** cvg_code_grant_is_used: Returns: whether it had its answer */
gboolean
cvg_code_grant_is_used (const CvgCodeGrant *self)
{
  return self->is_used;
}

/**
 * cvg_code_grant_read_url:
 * @url: the address that a browser ended on, pasted by the person
 *
 * Uses nothing up.
 *
 * Returns: (transfer full): the answer in it, which has the state of this grant; fails with
 *   %CVG_ERROR_INVALID_ARGUMENT
 */
CvgRedirectAnswer *
cvg_code_grant_read_url (const CvgCodeGrant *self, const char *url, GError **error)
{
  char *query = cvg_redirect_url_match (url, self->plan->redirect_uri, error);
  g_autoptr (CvgRedirectAnswer) answer = NULL;

  if (query == NULL)
    return NULL;

  answer = cvg_redirect_answer_parse (query, error);
  /* The code was in it. */
  cvg_wipe_free (query);
  if (answer == NULL || cvg_code_grant_has_state (self, answer->state))
    return g_steal_pointer (&answer);

  g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                       "The address belongs to another sign-in: its state is not this one's");
  return NULL;
}

/**
 * cvg_code_grant_use:
 * @answer: an answer with the state of this grant, which had none before
 *
 * From here on the state is used up, whatever the answer is worth. What the provider's file wants
 * of it for the auth data is remembered: cvg_code_grant_complete().
 *
 * Returns: whether it comes from the server that was asked; it may still be an error
 */
gboolean
cvg_code_grant_use (CvgCodeGrant *self, const CvgRedirectAnswer *answer, GError **error)
{
  const CvgProvider *provider = self->plan->provider;
  g_autofree char *issuer = NULL;

  g_return_val_if_fail (!self->is_used, FALSE);

  self->is_used = TRUE;
  if (provider->issuer != NULL)
    issuer = cvg_tenant_expand_url (provider->issuer, self->plan->entry->record->tenant);
  return cvg_redirect_answer_check_issuer (answer, issuer, provider->issuer_required, error) &&
         cvg_redirect_extras_check_signature (answer, provider, self->plan->client, error) &&
         cvg_redirect_extras_read_members (answer, provider, &self->members, error);
}

/**
 * cvg_code_grant_redeem:
 * @code: of the answer
 *
 * Returns: (transfer full): the request that turns @code into tokens. The verifier goes with it
 */
CvgHttpRequest *
cvg_code_grant_redeem (CvgCodeGrant *self, const CvgSecret *code)
{
  g_autoptr (CvgSecret) verifier = g_steal_pointer (&self->verifier);

  return cvg_token_request_exchange (self->plan->provider, self->plan->entry->record->tenant,
                                     self->plan->client, code, verifier, self->plan->redirect_uri);
}

/**
 * cvg_code_grant_complete:
 * @credentials: what the code was exchanged for
 *
 * Adds what came with the redirect and not with the answer.
 */
void
cvg_code_grant_complete (const CvgCodeGrant *self, CvgCredentials *credentials)
{
  cvg_token_response_add_members (credentials, self->members);
}
