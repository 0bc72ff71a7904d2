/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Errands. The requests of one go out one after the other, and the first that is not answered ends
 * it: the next would not be either. To say the same twice does no harm (RFC 7009 section 2.2), so
 * nothing is noted before a request leaves.
 */
#include "agent/errand.h"

#include "dbus/error.h"
#include "oauth/error-code.h"
#include "oauth/revocation-request.h"

typedef struct
{
  CvgHttp *http;             /* (owned) */
  CvgRevocation *revocation; /* (borrowed): the caller keeps it */
  gboolean is_repeatable;
  GCancellable *stopping; /* (owned) */
  GSource *cancellation;  /* (owned) (nullable): while it waits at the gate */
  CvgTicket *ticket;      /* (owned) (nullable) */
  guint retry_after;
} Errand;

static void
errand_free (Errand *errand)
{
  g_clear_pointer (&errand->ticket, cvg_ticket_leave);
  g_clear_object (&errand->stopping);
  g_clear_object (&errand->http);
  g_free (errand);
}

static void send_next (GTask *task);

static void
return_error (GTask *task, GError *error)
{
  Errand *errand = g_task_get_task_data (task);

  g_clear_pointer (&errand->ticket, cvg_ticket_leave);
  g_task_return_error (task, error);
}

static GError *
new_stopping_error (void)
{
  return g_error_new_literal (CVG_ERROR, CVG_ERROR_CANCELLED, "Claviger is stopping");
}

/* What the server said about one token. Returns: (transfer full) (nullable): why to come again */
static GError *
take_answer (Errand *errand, const CvgHttpResponse *response)
{
  const CvgRevocation *revocation = errand->revocation;
  CvgRevocationStep *step = cvg_revocation_get_next (revocation);
  g_autofree char *seen = NULL;

  switch (cvg_revocation_judge (step->request, response, &seen))
    {
    case CVG_REVOCATION_CONFIRMED:
      cvg_revocation_step_settle (step, CVG_REVOCATION_STEP_CONFIRMED);
      return NULL;

    case CVG_REVOCATION_REFUSED:
      g_message ("Instance %s: %s refused to revoke a token (%s)", revocation->instance_id,
                 revocation->server_name, seen);
      cvg_revocation_step_settle (step, CVG_REVOCATION_STEP_REFUSED);
      return NULL;

    case CVG_REVOCATION_PASSING:
    default:
      errand->retry_after = response->retry_after;
      return cvg_error_code_try_later (revocation->server_name, response->status,
                                       response->retry_after);
    }
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Errand *errand = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (CvgHttpResponse) response = cvg_http_send_finish (CVG_HTTP (source), result, &error);

  if (response != NULL)
    error = take_answer (errand, response);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&error);
      error = new_stopping_error ();
    }

  if (error != NULL)
    return_error (task, error);
  else
    send_next (g_steal_pointer (&task));
}

/* @task (transfer full) */
static void
send_next (GTask *task)
{
  g_autoptr (GTask) kept = task;
  Errand *errand = g_task_get_task_data (task);
  const CvgRevocationStep *step = cvg_revocation_get_next (errand->revocation);

  if (step == NULL)
    {
      g_clear_pointer (&errand->ticket, cvg_ticket_leave);
      g_task_return_boolean (task, TRUE);
    }
  else if (g_cancellable_is_cancelled (errand->stopping))
    return_error (task, new_stopping_error ());
  else
    cvg_http_send_async (errand->http, step->request,
                         errand->is_repeatable ? errand->stopping : NULL, on_answer,
                         g_steal_pointer (&kept));
}

static void
stop_listening (Errand *errand)
{
  g_source_destroy (errand->cancellation);
  g_clear_pointer (&errand->cancellation, g_source_unref);
}

static void
on_admitted (gpointer user_data)
{
  stop_listening (g_task_get_task_data (user_data));
  send_next (user_data);
}

/* It still waits at the gate, which does not call any more. */
static gboolean
on_stopping (GCancellable *stopping, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  stop_listening (g_task_get_task_data (task));
  return_error (task, new_stopping_error ());
  return G_SOURCE_REMOVE;
}

static char *
dup_host (const CvgRevocation *revocation)
{
  const CvgRevocationStep *step = cvg_revocation_get_next (revocation);
  g_autoptr (GUri) uri =
      step != NULL ? g_uri_parse (step->request->url, G_URI_FLAGS_ENCODED, NULL) : NULL;

  return g_strdup (uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : "");
}

/**
 * cvg_errand_run_async:
 * @revocation: stays where it is until the end; its steps are settled as the answers come
 * @urgency: whether a program waits for it
 * @is_repeatable: it can be told again at the next start, which does no harm
 * @stopping: when it fires nothing more is sent; what is on its way is waited for if it is not
 *   repeatable: a slow server must not hold up the end of a session
 */
void
cvg_errand_run_async (CvgHttp *http,
                      CvgGate *gate,
                      CvgRevocation *revocation,
                      CvgUrgency urgency,
                      gboolean is_repeatable,
                      GCancellable *stopping,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (http, NULL, callback, user_data);
  Errand *errand = g_new0 (Errand, 1);
  g_autofree char *host = dup_host (revocation);

  g_task_set_source_tag (task, cvg_errand_run_async);
  g_task_set_task_data (task, errand, (GDestroyNotify) errand_free);
  errand->http = g_object_ref (http);
  errand->revocation = revocation;
  errand->is_repeatable = is_repeatable;
  errand->stopping = g_object_ref (stopping);
  errand->cancellation = g_cancellable_source_new (stopping);
  g_source_set_callback (errand->cancellation, G_SOURCE_FUNC (on_stopping), task, NULL);
  g_source_attach (errand->cancellation, g_task_get_context (task));
  errand->ticket = cvg_gate_enter (gate, host, urgency, on_admitted, task);
}

/**
 * cvg_errand_run_finish:
 * @retry_after: (out): seconds that the server asks to wait, 0 if it does not say
 *
 * Returns: whether nothing is left to be said, be it that the server confirmed or that it refused;
 *   fails with %CVG_ERROR_TRY_LATER, or with %CVG_ERROR_CANCELLED where it was stopped
 */
gboolean
cvg_errand_run_finish (GAsyncResult *result, guint *retry_after, GError **error)
{
  const Errand *errand = g_task_get_task_data (G_TASK (result));

  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_errand_run_async), FALSE);

  *retry_after = errand->retry_after;
  return g_task_propagate_boolean (G_TASK (result), error);
}
