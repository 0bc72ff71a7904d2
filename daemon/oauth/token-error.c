/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a refusal means. The same words mean different things at different servers, and the cost
 * of a mistake is not the same on both sides: a dead grant taken for a living one is asked for a
 * few times more, a living one taken for dead is lost to the person. So a grant is dead only
 * where its provider's file says so; whatever can't be read may pass.
 */
#include "oauth/token-error.h"

#include <string.h>

#include "dbus/error.h"
#include "oauth/answer-body.h"
#include "oauth/error-code.h"

/* access_denied: seen where the client's secret was missing. */
static const char *const client_codes[] = {
  "invalid_client",
  "unauthorized_client",
  "access_denied",
  NULL,
};

/* invalid_request: seen where the code was wrong, used or too old. */
static const char *const code_codes[] = { "invalid_grant", "invalid_request", NULL };

static gboolean
is_client_fault (guint status, const char *code)
{
  return status == 401 || (code != NULL && g_strv_contains (client_codes, code));
}

/* Said of a client; cvg_token_error_of_registered() knows it by the one and puts something else in
 * the place of the other, which would be of no help. */
#define NOT_ACCEPTED "does not accept the OAuth client"
#define CHECK_IT ": check its id and secret, and set them with `claviger client add`"

/**
 * cvg_token_error_of_registered:
 * @error: of cvg_token_error_classify(), about a client that Claviger registered itself
 *
 * Returns: (transfer full) (nullable): what it means, if it is that the server does not know the
 *   client any more; else %NULL
 */
GError *
cvg_token_error_of_registered (const GError *error)
{
  const char *advice = strstr (error->message, CHECK_IT);

  if (!g_error_matches (error, CVG_ERROR, CVG_ERROR_REFUSED) || advice == NULL ||
      strstr (error->message, NOT_ACCEPTED) == NULL)
    return NULL;

  return g_error_new (CVG_ERROR, CVG_ERROR_REFUSED,
                      "%.*s. Claviger registered that client itself; sign in again, and it will "
                      "register anew",
                      (int) (advice - error->message), error->message);
}

/**
 * cvg_token_error_classify:
 * @provider: who was asked
 * @grant: for what
 * @response: what it answered, which was no token
 * @object: (nullable): its body, if it is an object
 *
 * Returns: (transfer full): %CVG_ERROR_NEEDS_SIGN_IN if the grant is dead, %CVG_ERROR_REFUSED if
 *   something else is wrong that asking again won't mend, else %CVG_ERROR_TRY_LATER. The message
 *   has the status and a code that is a plain word, nothing else of the answer
 */
GError *
cvg_token_error_classify (const CvgProvider *provider,
                          CvgTokenGrant grant,
                          const CvgHttpResponse *response,
                          JsonObject *object)
{
  const guint status = response->status;
  g_autofree char *code =
      object != NULL ? cvg_answer_body_dup_text (object, provider->error_members, "error") : NULL;
  g_autofree char *description =
      object != NULL ?
          cvg_answer_body_dup_text (object, provider->error_descriptions, "error_description") :
          NULL;
  g_autofree char *seen = cvg_error_code_describe (status, code);

  if (code != NULL && grant == CVG_TOKEN_GRANT_REFRESH &&
      cvg_provider_is_dead_grant (provider, status, code, description))
    return g_error_new (CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN,
                        "%s no longer accepts this sign-in (%s); sign in again", provider->name,
                        seen);
  if (cvg_error_code_is_passing (status, code) ||
      g_strcmp0 (response->content_type, "text/html") == 0)
    return cvg_error_code_try_later (provider->name, status, response->retry_after);
  if (code != NULL && grant == CVG_TOKEN_GRANT_CODE && g_strv_contains (code_codes, code))
    return g_error_new (CVG_ERROR, CVG_ERROR_REFUSED,
                        "The authorization code was not accepted by %s (%s); start the sign-in "
                        "again",
                        provider->name, seen);
  if (is_client_fault (status, code))
    return g_error_new (CVG_ERROR, CVG_ERROR_REFUSED, "%s " NOT_ACCEPTED " (%s)" CHECK_IT,
                        provider->name, seen);
  if (code != NULL)
    return g_error_new (CVG_ERROR, CVG_ERROR_REFUSED, "%s refused (%s)", provider->name, seen);

  return cvg_error_code_try_later (provider->name, status, response->retry_after);
}
