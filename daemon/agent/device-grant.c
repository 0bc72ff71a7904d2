/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Polling. One poll at a time, and from the end of one to the start of the next never less than
 * the server's interval, which grows for good by each "slow_down". Where no answer comes that means
 * anything, the pause doubles until one does (RFC 8628 section 3.5): a server that is down gets
 * fewer polls than one that is up.
 *
 * That it takes too long is not known here: the sign-in has the deadline.
 */
#include "agent/device-grant.h"

#include "dbus/error.h"
#include "oauth/token-request.h"

/* In a pause longer than that, a person who has just confirmed would think that nothing happens. */
#define PAUSE_MAX 60
/* For as long as that a server is believed when it asks not to be asked. */
#define RETRY_AFTER_MAX 3600

struct _CvgDeviceGrant
{
  GObject parent_instance;

  CvgHttp *http;             /* (owned) */
  CvgClock *clock;           /* (owned) */
  const CvgSignInPlan *plan; /* (borrowed): not looked at once nobody waits */

  GTask *task;               /* (owned) (nullable): of who waits */
  GCancellable *cancellable; /* (owned): of the polls */
  CvgDevicePoll outcome;
  guint interval; /* seconds */
  guint failures; /* polls in a row without an answer that means anything */
  guint asked;    /* seconds that the last answer asked to wait; 0: it did not */
  guint alarm;    /* the next poll */
  gboolean is_asking;
  gboolean is_closed; /* no poll follows */
};

G_DEFINE_FINAL_TYPE (CvgDeviceGrant, cvg_device_grant, G_TYPE_OBJECT)

static void
cvg_device_grant_finalize (GObject *object)
{
  CvgDeviceGrant *self = CVG_DEVICE_GRANT (object);

  g_assert (self->task == NULL);
  cvg_clock_clear_alarm (self->clock, &self->alarm);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->clock);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (cvg_device_grant_parent_class)->finalize (object);
}

static void
cvg_device_grant_class_init (CvgDeviceGrantClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_device_grant_finalize;
}

static void
cvg_device_grant_init (CvgDeviceGrant *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * cvg_device_grant_new:
 * @http: (transfer none)
 * @clock: (transfer none)
 * @plan: (transfer none): with the codes; it stays until nobody waits any more
 *
 * Returns: (transfer full): a grant that nobody has polled for yet
 */
CvgDeviceGrant *
cvg_device_grant_new (CvgHttp *http, CvgClock *clock, const CvgSignInPlan *plan)
{
  CvgDeviceGrant *self = g_object_new (CVG_TYPE_DEVICE_GRANT, NULL);

  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  self->plan = plan;
  self->interval = plan->device->interval;
  return self;
}

/* ---- the codes ------------------------------------------------------------------------------- */

static void
on_codes (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (CvgHttpResponse) response = cvg_http_send_finish (CVG_HTTP (source), result, &error);
  CvgDeviceCode *code = NULL;

  if (response != NULL)
    code = cvg_device_code_parse (g_task_get_task_data (task), response, &error);
  if (code != NULL)
    g_task_return_pointer (task, code, (GDestroyNotify) cvg_device_code_free);
  else
    g_task_return_error (task, error);
}

/**
 * cvg_device_grant_ask_async:
 * @http: (transfer none)
 * @plan: (transfer none): what was decided, as far as it is without the codes
 *
 * Asks the server for the codes.
 */
void
cvg_device_grant_ask_async (CvgHttp *http,
                            const CvgSignInPlan *plan,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (http, cancellable, callback, user_data);
  g_autoptr (CvgHttpRequest) request =
      cvg_token_request_device_codes (plan->provider, plan->entry->record->tenant, plan->client,
                                      (const char *const *) plan->scopes);

  g_task_set_source_tag (task, cvg_device_grant_ask_async);
  g_task_set_task_data (task, cvg_provider_ref (plan->provider),
                        (GDestroyNotify) cvg_provider_unref);
  cvg_http_send_async (http, request, cancellable, on_codes, g_steal_pointer (&task));
}

/**
 * cvg_device_grant_ask_finish:
 *
 * Returns: (transfer full): the codes; fails with %CVG_ERROR_REFUSED, %CVG_ERROR_TRY_LATER or
 *   %G_IO_ERROR_CANCELLED
 */
CvgDeviceCode *
cvg_device_grant_ask_finish (CvgHttp *http, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, http), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_device_grant_ask_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- polling --------------------------------------------------------------------------------- */

static void on_next (gpointer user_data);

/* Ends the waiting with one of them, both (transfer full). */
static void
give (CvgDeviceGrant *self, CvgCredentials *credentials, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  cvg_clock_clear_alarm (self->clock, &self->alarm);
  if (credentials != NULL)
    g_task_return_pointer (task, credentials, (GDestroyNotify) cvg_credentials_unref);
  else
    g_task_return_error (task, error);
}

static void
wait_for_next (CvgDeviceGrant *self)
{
  guint pause = self->interval;

  for (guint i = 0; i < self->failures && pause < PAUSE_MAX; i++)
    pause = MIN (2 * pause, PAUSE_MAX);
  pause = MAX (pause, self->asked);

  self->alarm = cvg_clock_add_alarm (self->clock,
                                     cvg_clock_get_now (self->clock) + pause * G_TIME_SPAN_SECOND,
                                     on_next, self, NULL);
}

static void
go_on (CvgDeviceGrant *self)
{
  if (!self->is_closed)
    wait_for_next (self);
  else
    give (self, NULL,
          g_error_new_literal (CVG_ERROR, CVG_ERROR_TIMED_OUT, "The time for the sign-in is over"));
}

static gboolean
is_to_be_asked_again (CvgDevicePoll outcome)
{
  return outcome == CVG_DEVICE_POLL_PENDING || outcome == CVG_DEVICE_POLL_SLOW_DOWN ||
         outcome == CVG_DEVICE_POLL_PASSING;
}

static void
on_poll (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgDeviceGrant) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgHttpResponse) response = cvg_http_send_finish (CVG_HTTP (source), result, &error);
  g_autoptr (CvgCredentials) credentials = NULL;

  self->is_asking = FALSE;
  if (self->task == NULL)
    return;

  self->outcome = CVG_DEVICE_POLL_PASSING;
  if (response != NULL)
    self->outcome = cvg_device_poll_read (
        self->plan->provider, response, cvg_clock_get_seconds (self->clock), &credentials, &error);
  self->asked = response != NULL ? MIN (response->retry_after, RETRY_AFTER_MAX) : 0;
  self->failures = self->outcome == CVG_DEVICE_POLL_PASSING ? self->failures + 1 : 0;
  if (self->outcome == CVG_DEVICE_POLL_SLOW_DOWN)
    self->interval = cvg_device_poll_get_slower (response, self->interval);

  if (self->outcome == CVG_DEVICE_POLL_PASSING)
    g_debug ("A poll of a device sign-in had no answer that means anything: %s", error->message);
  if (is_to_be_asked_again (self->outcome))
    go_on (self);
  else
    give (self, g_steal_pointer (&credentials), g_steal_pointer (&error));
}

static void
on_next (gpointer user_data)
{
  CvgDeviceGrant *self = user_data;
  const CvgSignInPlan *plan = self->plan;
  g_autoptr (CvgHttpRequest) request = cvg_token_request_poll (
      plan->provider, plan->entry->record->tenant, plan->client, plan->device->device_code);

  self->alarm = 0;
  self->is_asking = TRUE;
  cvg_http_send_async (self->http, request, self->cancellable, on_poll, g_object_ref (self));
}

/** cvg_device_grant_wait_async: polls until there is an outcome; once in the life of @self */
void
cvg_device_grant_wait_async (CvgDeviceGrant *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (self->task == NULL && self->alarm == 0);

  self->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->task, cvg_device_grant_wait_async);
  wait_for_next (self);
}

/**
 * cvg_device_grant_wait_finish:
 * @outcome: (out): of the last poll
 *
 * Returns: (transfer full): the credentials; fails with %CVG_ERROR_REFUSED, %CVG_ERROR_TIMED_OUT,
 *   or %CVG_ERROR_CANCELLED after cvg_device_grant_stop()
 */
CvgCredentials *
cvg_device_grant_wait_finish (CvgDeviceGrant *self,
                              GAsyncResult *result,
                              CvgDevicePoll *outcome,
                              GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_device_grant_wait_async), NULL);

  *outcome = self->outcome;
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cvg_device_grant_close:
 *
 * Polls no more. A poll that is under way goes on: its answer may have the tokens, which the server
 * gives once.
 *
 * Returns: whether there is one to wait for
 */
gboolean
cvg_device_grant_close (CvgDeviceGrant *self)
{
  self->is_closed = TRUE;
  cvg_clock_clear_alarm (self->clock, &self->alarm);
  return self->is_asking;
}

/** cvg_device_grant_stop: polls no more, and waits for nothing */
void
cvg_device_grant_stop (CvgDeviceGrant *self)
{
  cvg_device_grant_close (self);
  g_cancellable_cancel (self->cancellable);
  if (self->task != NULL)
    give (self, NULL,
          g_error_new_literal (CVG_ERROR, CVG_ERROR_CANCELLED, "The sign-in was cancelled"));
}
