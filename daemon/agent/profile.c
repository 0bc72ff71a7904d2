/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The profile of a grant: two small questions, asked at once, each of which may go unanswered. A
 * sign-in is never lost over them; what is missing then can be read by whoever has the token.
 */
#include "agent/profile.h"

#include "oauth/resources.h"

/* The person is looking at a browser that waits for this. */
#define PATIENCE_SECONDS 10

/* The questions under way for one grant. */
typedef struct
{
  GTask *task;               /* (owned) */
  CvgClock *clock;           /* (owned) */
  CvgCredentials *result;    /* (owned) */
  GCancellable *cancellable; /* (owned): fires when patience is over */
  guint alarm;
  guint pending;
} Fetch;

static void
fetch_free (Fetch *fetch)
{
  cvg_clock_clear_alarm (fetch->clock, &fetch->alarm);
  g_object_unref (fetch->task);
  g_object_unref (fetch->clock);
  g_object_unref (fetch->cancellable);
  g_clear_pointer (&fetch->result, cvg_credentials_unref);
  g_free (fetch);
}

static void
finish_one (Fetch *fetch)
{
  if (--fetch->pending > 0)
    return;

  g_task_return_pointer (fetch->task, g_steal_pointer (&fetch->result),
                         (GDestroyNotify) cvg_credentials_unref);
  fetch_free (fetch);
}

static void
on_patience_over (gpointer user_data)
{
  Fetch *fetch = user_data;

  fetch->alarm = 0;
  g_cancellable_cancel (fetch->cancellable);
}

static void
on_resources (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *fetch = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgHttpResponse) response = cvg_http_send_finish (CVG_HTTP (source), result, &error);

  if (response != NULL)
    fetch->result->resources = cvg_resources_parse (response, &error);
  if (fetch->result->resources == NULL)
    g_message ("The sites of a new grant could not be read: %s", error->message);

  finish_one (fetch);
}

static void
on_account (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *fetch = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgHttpResponse) response = cvg_http_send_finish (CVG_HTTP (source), result, &error);

  if (response != NULL)
    fetch->result->account = cvg_account_parse (response, &error);
  if (fetch->result->account == NULL)
    g_message ("The account of a new grant could not be read: %s", error->message);

  finish_one (fetch);
}

/**
 * cvg_profile_fetch_async:
 * @http: for the questions
 * @clock: for the patience: 10 s for both
 * @provider: the server
 * @tenant: (nullable): values of its tenant parameters
 * @credentials: (transfer none): what the code was exchanged for
 *
 * Asks for what the provider file says. Never fails.
 */
void
cvg_profile_fetch_async (CvgHttp *http,
                         CvgClock *clock,
                         CvgProvider *provider,
                         GVariant *tenant,
                         CvgCredentials *credentials,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (CvgHttpRequest) resources = cvg_resources_request (provider, tenant, credentials);
  g_autoptr (CvgHttpRequest) account = cvg_account_request (provider, tenant, credentials);
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->task = g_task_new (http, NULL, callback, user_data);
  g_task_set_source_tag (fetch->task, cvg_profile_fetch_async);
  fetch->clock = g_object_ref (clock);
  fetch->cancellable = g_cancellable_new ();
  fetch->result = cvg_credentials_copy (credentials);
  fetch->alarm =
      cvg_clock_add_alarm (clock, cvg_clock_get_now (clock) + PATIENCE_SECONDS * G_TIME_SPAN_SECOND,
                           on_patience_over, fetch, NULL);

  /* One for this function, so that no answer is the last one before all questions are out. */
  fetch->pending = 1;
  if (resources != NULL)
    {
      fetch->pending++;
      cvg_http_send_async (http, resources, fetch->cancellable, on_resources, fetch);
    }
  if (account != NULL)
    {
      fetch->pending++;
      cvg_http_send_async (http, account, fetch->cancellable, on_account, fetch);
    }
  finish_one (fetch);
}

/** cvg_profile_fetch_finish: Returns: (transfer full): the credentials, with what was found */
CvgCredentials *
cvg_profile_fetch_finish (CvgHttp *http, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, http), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_profile_fetch_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}
