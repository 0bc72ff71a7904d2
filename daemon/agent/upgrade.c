/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The upgrade. Without it there is no sign-in: a token that dies in an hour and can't be refreshed
 * is not what the person was promised, so that a server that refuses this step fails it with a
 * reason, while the old credentials are still in use.
 */
#include "agent/upgrade.h"

#include "oauth/token-request.h"
#include "oauth/token-response.h"

/* One question under way. */
typedef struct
{
  CvgProvider *provider;  /* (owned) */
  CvgClock *clock;        /* (owned) */
  CvgCredentials *before; /* (owned): what the code was exchanged for */
} Upgrade;

static void
upgrade_free (Upgrade *upgrade)
{
  g_clear_pointer (&upgrade->provider, cvg_provider_unref);
  g_clear_object (&upgrade->clock);
  g_clear_pointer (&upgrade->before, cvg_credentials_unref);
  g_free (upgrade);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Upgrade *upgrade = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CvgHttpResponse) response = cvg_http_send_finish (CVG_HTTP (source), result, &error);
  g_autoptr (CvgCredentials) answer = NULL;

  if (response != NULL)
    answer = cvg_token_response_parse (upgrade->provider, CVG_TOKEN_GRANT_UPGRADE, response,
                                       cvg_clock_get_seconds (upgrade->clock), &error);
  if (answer != NULL)
    {
      g_task_return_pointer (task, cvg_token_response_merge (upgrade->before, answer),
                             (GDestroyNotify) cvg_credentials_unref);
      return;
    }

  g_prefix_error (&error, "There is only a short-lived token, and no lasting one for it. ");
  g_task_return_error (task, error);
}

/**
 * cvg_upgrade_async:
 * @http: for the question
 * @clock: for the life of the new token
 * @plan: of a sign-in whose provider has an upgrade endpoint
 * @credentials: (transfer none): what the code was exchanged for
 * @cancellable: (nullable)
 *
 * Asks for a token that lasts.
 */
void
cvg_upgrade_async (CvgHttp *http,
                   CvgClock *clock,
                   const CvgSignInPlan *plan,
                   CvgCredentials *credentials,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (http, cancellable, callback, user_data);
  g_autoptr (CvgHttpRequest) request = cvg_token_request_upgrade (
      plan->provider, plan->entry->record->tenant, plan->client, credentials->access_token);
  Upgrade *upgrade = g_new0 (Upgrade, 1);

  g_task_set_source_tag (task, cvg_upgrade_async);
  upgrade->provider = cvg_provider_ref (plan->provider);
  upgrade->clock = g_object_ref (clock);
  upgrade->before = cvg_credentials_ref (credentials);
  g_task_set_task_data (task, upgrade, (GDestroyNotify) upgrade_free);
  cvg_http_send_async (http, request, cancellable, on_answer, g_steal_pointer (&task));
}

/**
 * cvg_upgrade_finish:
 *
 * Returns: (transfer full): the credentials with the lasting token, and what else the first answer
 *   had; fails with %CVG_ERROR_REFUSED, %CVG_ERROR_TRY_LATER or %G_IO_ERROR_CANCELLED
 */
CvgCredentials *
cvg_upgrade_finish (CvgHttp *http, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, http), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_upgrade_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
