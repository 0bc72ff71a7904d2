/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sign-in is a small state machine:
 *
 *   waiting -> exchanging -> storing -> authorized
 *      |            |            |
 *      +------------+------------+----> denied, cancelled, timed-out or failed
 *
 * What it waits for is the matter of code-grant.c, a redirect, or of device-grant.c, the answer to
 * a poll; what it does with the credentials is that of deposit.c. Whatever goes wrong until they
 * are in the keyring, the person is where they were before.
 */
#include "agent/sign-in.h"

#include "agent/code-grant.h"
#include "agent/deposit.h"
#include "agent/device-grant.h"
#include "agent/profile.h"
#include "agent/sign-in-pages.h"
#include "agent/upgrade.h"
#include "dbus/error.h"
#include "dbus/names.h"
#include "oauth/token-error.h"
#include "oauth/token-response.h"

/* For so long a poll that is under way at the deadline may still bring the tokens. */
#define LAST_POLL_SECONDS 10

struct _CvgSignIn
{
  GObject parent_instance;

  CvgHttp *http;           /* (owned) */
  CvgClock *clock;         /* (owned) */
  CvgInstances *instances; /* (owned) */
  CvgKeeper *keeper;       /* (owned) */
  CvgSignInPlan *plan;     /* (owned) */

  CvgCodeGrant *grant;    /* (owned) (nullable): one of the two */
  CvgDeviceGrant *device; /* (owned) (nullable) */

  CvgPhase phase;
  GError *error;               /* (owned) (nullable): why it ended without success */
  guint alarm;                 /* the deadline */
  GCancellable *cancellable;   /* (owned): of the exchange */
  CvgRedirectReply *reply;     /* (owned) (nullable): a browser that waits for its page */
  CvgCredentials *credentials; /* (owned) (nullable): from the exchange until stored */
  CvgDeposit *deposit;         /* (owned) (nullable): once they are being stored */
  gulong waiting_id;           /* that it waits for the keyring */
  gboolean stopping;           /* nobody will be waited for */
  gboolean last_poll;          /* the deadline is over but for the answer to a poll */
  gboolean has_lost_client;    /* the server does not know it any more */
};

G_DEFINE_FINAL_TYPE (CvgSignIn, cvg_sign_in, G_TYPE_OBJECT)

enum
{
  SIGNAL_PHASE_CHANGED,
  SIGNAL_COMPLETED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *const phase_names[] = {
  [CVG_PHASE_IS_WAITING] = CVG_PHASE_WAITING,
  [CVG_PHASE_IS_EXCHANGING] = CVG_PHASE_EXCHANGING,
  [CVG_PHASE_IS_STORING] = CVG_PHASE_STORING,
  [CVG_PHASE_IS_AUTHORIZED] = CVG_OUTCOME_AUTHORIZED,
  [CVG_PHASE_IS_DENIED] = CVG_OUTCOME_DENIED,
  [CVG_PHASE_IS_CANCELLED] = CVG_OUTCOME_CANCELLED,
  [CVG_PHASE_IS_TIMED_OUT] = CVG_OUTCOME_TIMED_OUT,
  [CVG_PHASE_IS_FAILED] = CVG_OUTCOME_FAILED,
};

G_STATIC_ASSERT (G_N_ELEMENTS (phase_names) == CVG_PHASE_IS_FAILED + 1);

static void
cvg_sign_in_finalize (GObject *object)
{
  CvgSignIn *self = CVG_SIGN_IN (object);

  g_assert (self->reply == NULL);
  cvg_clock_clear_alarm (self->clock, &self->alarm);
  g_clear_signal_handler (&self->waiting_id, self->deposit);
  g_clear_object (&self->deposit);
  g_clear_pointer (&self->credentials, cvg_credentials_unref);
  g_clear_pointer (&self->grant, cvg_code_grant_free);
  g_clear_object (&self->device);
  g_clear_pointer (&self->plan, cvg_sign_in_plan_free);
  g_clear_error (&self->error);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->keeper);
  g_clear_object (&self->instances);
  g_clear_object (&self->clock);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (cvg_sign_in_parent_class)->finalize (object);
}

static void
cvg_sign_in_class_init (CvgSignInClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_sign_in_finalize;

  /* phase-changed(): also emitted when it is over, before completed. */
  signals[SIGNAL_PHASE_CHANGED] = g_signal_new (
      "phase-changed", CVG_TYPE_SIGN_IN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* completed(): it is over; emitted once. */
  signals[SIGNAL_COMPLETED] = g_signal_new ("completed", CVG_TYPE_SIGN_IN, G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
cvg_sign_in_init (CvgSignIn *self)
{
  self->cancellable = g_cancellable_new ();
}

/* ---- what it is ------------------------------------------------------------------------------ */

/**
 * cvg_sign_in_get_url:
 *
 * Returns: (transfer none) (nullable): what the browser must open; %NULL if the provider's endpoint
 *   makes no address with the values of the tenant
 */
const char *
cvg_sign_in_get_url (CvgSignIn *self)
{
  const CvgDeviceCode *device = self->plan->device;

  if (device == NULL)
    return cvg_code_grant_get_url (self->grant);

  return device->verification_uri_complete != NULL ? device->verification_uri_complete :
                                                     device->verification_uri;
}

/**
 * cvg_sign_in_get_redirect_uri:
 *
 * Returns: (transfer none) (nullable): where the provider sends it back to; %NULL if nowhere
 */
const char *
cvg_sign_in_get_redirect_uri (CvgSignIn *self)
{
  return self->plan->redirect_uri;
}

/** cvg_sign_in_get_user_code: Returns: (transfer none) (nullable): what the person enters */
const char *
cvg_sign_in_get_user_code (CvgSignIn *self)
{
  return self->plan->device != NULL ? self->plan->device->user_code : NULL;
}

/** cvg_sign_in_get_entry: Returns: (transfer none): the instance that is being signed in */
const CvgEntry *
cvg_sign_in_get_entry (CvgSignIn *self)
{
  return self->plan->entry;
}

/** cvg_sign_in_get_deadline: Returns: Unix seconds at which it times out */
gint64
cvg_sign_in_get_deadline (CvgSignIn *self)
{
  return self->plan->deadline / G_TIME_SPAN_SECOND;
}

CvgPhase
cvg_sign_in_get_phase (CvgSignIn *self)
{
  return self->phase;
}

/** cvg_sign_in_get_phase_name: Returns: (transfer none): the phase, as the contract spells it */
const char *
cvg_sign_in_get_phase_name (CvgSignIn *self)
{
  return phase_names[self->phase];
}

/** cvg_sign_in_get_error: Returns: (transfer none) (nullable): why it ended without success */
const GError *
cvg_sign_in_get_error (CvgSignIn *self)
{
  return self->error;
}

/**
 * cvg_sign_in_get_lost_client:
 *
 * Returns: (transfer none) (nullable): the client that Claviger had registered itself, if the
 *   sign-in ended because the server does not know it any more
 */
CvgClient *
cvg_sign_in_get_lost_client (CvgSignIn *self)
{
  return self->has_lost_client ? self->plan->client : NULL;
}

gboolean
cvg_sign_in_is_over (CvgSignIn *self)
{
  return self->phase >= CVG_PHASE_IS_AUTHORIZED;
}

/** cvg_sign_in_has_state: Returns: whether @state is this sign-in's; in constant time */
gboolean
cvg_sign_in_has_state (CvgSignIn *self, const char *state)
{
  return self->grant != NULL && cvg_code_grant_has_state (self->grant, state);
}

/* ---- its end --------------------------------------------------------------------------------- */

static void
answer_browser (CvgSignIn *self, CvgPage *page)
{
  if (self->reply != NULL)
    cvg_redirect_reply_send (g_steal_pointer (&self->reply), page);
  else
    cvg_page_free (page);
}

static CvgPage *
make_last_page (CvgSignIn *self)
{
  const char *server_name = self->plan->entry->record->server_name;

  if (self->phase == CVG_PHASE_IS_AUTHORIZED && self->plan->redirect_url != NULL)
    return cvg_page_new_redirect (self->plan->redirect_url);
  if (self->phase == CVG_PHASE_IS_AUTHORIZED)
    return cvg_sign_in_page_success (self->plan->entry->record, self->credentials);
  if (self->phase == CVG_PHASE_IS_DENIED)
    return cvg_sign_in_page_denied (server_name);

  return cvg_sign_in_page_failure (server_name, self->error);
}

static void
set_phase (CvgSignIn *self, CvgPhase phase)
{
  self->phase = phase;
  g_signal_emit (self, signals[SIGNAL_PHASE_CHANGED], 0);
}

/* @error is (transfer full) (nullable), and so is what is returned: what it comes to where it is
 * about a client that Claviger registered itself. */
static GError *
blame_client (CvgSignIn *self, GError *error)
{
  GError *lost = NULL;

  if (error != NULL && self->plan->client->is_registered)
    lost = cvg_token_error_of_registered (error);
  if (lost == NULL)
    return error;

  g_error_free (error);
  self->has_lost_client = TRUE;
  return lost;
}

/* Ends it with @outcome and @error (transfer full), unless it has ended. */
static void
finish (CvgSignIn *self, CvgPhase outcome, GError *error)
{
  g_autoptr (CvgSignIn) kept = g_object_ref (self);

  if (cvg_sign_in_is_over (self))
    {
      g_clear_error (&error);
      return;
    }

  error = blame_client (self, error);
  self->error = error;
  cvg_clock_clear_alarm (self->clock, &self->alarm);
  if (self->grant != NULL)
    cvg_code_grant_close (self->grant);
  g_cancellable_cancel (self->cancellable);

  set_phase (self, outcome);
  if (self->device != NULL)
    cvg_device_grant_stop (self->device);
  if (self->deposit != NULL)
    cvg_deposit_stop (self->deposit);
  g_message ("Instance %s: the sign-in to %s is over: %s%s%s", self->plan->entry->record->id,
             self->plan->entry->record->server_name, phase_names[outcome],
             error != NULL ? ": " : "", error != NULL ? error->message : "");
  g_signal_emit (self, signals[SIGNAL_COMPLETED], 0);
  answer_browser (self, make_last_page (self));
  g_clear_pointer (&self->credentials, cvg_credentials_unref);
}

static GError *
timed_out_error (CvgSignIn *self)
{
  /* Nothing was wrong with the person's part if it is the keyring that it waits for. */
  if (self->phase == CVG_PHASE_IS_STORING)
    return g_error_new_literal (
        CVG_ERROR, CVG_ERROR_KEYRING_LOCKED,
        "The keyring stayed locked until the time for the sign-in was over");

  return g_error_new_literal (CVG_ERROR, CVG_ERROR_TIMED_OUT, "The time for the sign-in is over");
}

/* No more polls; %TRUE if one is under way that may still bring the tokens. */
static gboolean
close_device (CvgSignIn *self)
{
  return self->device != NULL && cvg_device_grant_close (self->device);
}

static gboolean
is_writing (CvgSignIn *self)
{
  return self->deposit != NULL && cvg_deposit_is_writing (self->deposit);
}

static void
on_deadline (gpointer user_data)
{
  CvgSignIn *self = user_data;

  self->alarm = 0;
  if (is_writing (self))
    {
      cvg_deposit_hurry (self->deposit);
      return;
    }

  if (!self->last_poll && self->phase == CVG_PHASE_IS_WAITING && close_device (self))
    {
      self->last_poll = TRUE;
      self->alarm = cvg_clock_add_alarm (
          self->clock, cvg_clock_get_now (self->clock) + LAST_POLL_SECONDS * G_TIME_SPAN_SECOND,
          on_deadline, self, NULL);
      return;
    }

  finish (self, self->phase == CVG_PHASE_IS_STORING ? CVG_PHASE_IS_FAILED : CVG_PHASE_IS_TIMED_OUT,
          timed_out_error (self));
}

static gboolean
waits_for_keyring (CvgSignIn *self)
{
  return self->deposit != NULL && cvg_deposit_is_waiting (self->deposit);
}

/**
 * cvg_sign_in_cancel:
 *
 * Ends it as cancelled. Does nothing when it is over, or when the credentials are being written
 * this very moment: then it ends as authorized.
 */
void
cvg_sign_in_cancel (CvgSignIn *self)
{
  if (!is_writing (self))
    finish (self, CVG_PHASE_IS_CANCELLED,
            g_error_new_literal (CVG_ERROR, CVG_ERROR_CANCELLED, "The sign-in was cancelled"));
}

/**
 * cvg_sign_in_stop:
 *
 * Ends it as cancelled if it waits for a person, now or when it comes to that. What has its answer
 * goes on: a code is good once, and the person has done their part. So does a poll that is under
 * way: it may bring the answer.
 */
void
cvg_sign_in_stop (CvgSignIn *self)
{
  self->stopping = TRUE;
  if (self->phase == CVG_PHASE_IS_WAITING ? !close_device (self) : waits_for_keyring (self))
    cvg_sign_in_cancel (self);
}

/* ---- storing --------------------------------------------------------------------------------- */

static void
on_waiting (CvgDeposit *deposit, gpointer user_data)
{
  CvgSignIn *self = user_data;

  if (self->stopping)
    cvg_sign_in_cancel (self);
  else
    answer_browser (self,
                    cvg_sign_in_page_waiting_for_keyring (self->plan->entry->record->server_name));
}

static void
on_deposited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgSignIn) self = user_data;
  g_autoptr (GError) error = NULL;

  if (cvg_deposit_run_finish (CVG_DEPOSIT (source), result, &error))
    finish (self, CVG_PHASE_IS_AUTHORIZED, NULL);
  else
    finish (self, CVG_PHASE_IS_FAILED, g_steal_pointer (&error));
}

static void
store (CvgSignIn *self)
{
  self->deposit =
      cvg_deposit_new (self->instances, self->keeper, self->clock, self->plan, self->credentials);
  self->waiting_id = g_signal_connect (self->deposit, "waiting", G_CALLBACK (on_waiting), self);
  /* It came with the very last poll, and nobody has the time to wait. */
  if (self->alarm == 0)
    cvg_deposit_hurry (self->deposit);
  cvg_deposit_run_async (self->deposit, on_deposited, g_object_ref (self));
}

/* ---- exchanging ------------------------------------------------------------------------------ */

static void
on_profile (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgSignIn) self = user_data;
  g_autoptr (CvgCredentials) credentials = cvg_profile_fetch_finish (CVG_HTTP (source), result);

  if (cvg_sign_in_is_over (self))
    return;

  self->credentials = g_steal_pointer (&credentials);
  set_phase (self, CVG_PHASE_IS_STORING);
  store (self);
}

static void
fetch_profile (CvgSignIn *self, CvgCredentials *credentials)
{
  cvg_profile_fetch_async (self->http, self->clock, self->plan->provider,
                           self->plan->entry->record->tenant, credentials, on_profile,
                           g_object_ref (self));
}

static void
on_upgraded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgSignIn) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgCredentials) credentials = cvg_upgrade_finish (CVG_HTTP (source), result, &error);

  if (cvg_sign_in_is_over (self))
    return;

  if (credentials != NULL)
    fetch_profile (self, credentials);
  else
    finish (self, CVG_PHASE_IS_FAILED, g_steal_pointer (&error));
}

/* What the server gave becomes what is stored. */
static void
take (CvgSignIn *self, CvgCredentials *credentials)
{
  /* RFC 6749 section 5.1: without a scope in the answer, it is what was asked for. */
  if (credentials->scope == NULL)
    credentials->scope = g_strjoinv (" ", self->plan->scopes);
  credentials->client_id = g_strdup (self->plan->client->client_id);
  if (self->plan->server != NULL)
    credentials->server = g_variant_ref (self->plan->server);

  if (self->plan->provider->upgrade_endpoint != NULL)
    cvg_upgrade_async (self->http, self->clock, self->plan, credentials, self->cancellable,
                       on_upgraded, g_object_ref (self));
  else
    fetch_profile (self, credentials);
}

static void
on_token_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgSignIn) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgHttpResponse) response = cvg_http_send_finish (CVG_HTTP (source), result, &error);
  g_autoptr (CvgCredentials) credentials = NULL;
  CvgProvider *provider = self->plan->provider;

  if (cvg_sign_in_is_over (self))
    return;

  if (response != NULL)
    credentials = cvg_token_response_parse (provider, CVG_TOKEN_GRANT_CODE, response,
                                            cvg_clock_get_seconds (self->clock), &error);
  if (credentials == NULL)
    {
      finish (self, CVG_PHASE_IS_FAILED, g_steal_pointer (&error));
      return;
    }

  cvg_code_grant_complete (self->grant, credentials);
  take (self, credentials);
}

static void
exchange (CvgSignIn *self, const CvgSecret *code)
{
  g_autoptr (CvgHttpRequest) request = cvg_code_grant_redeem (self->grant, code);

  set_phase (self, CVG_PHASE_IS_EXCHANGING);
  cvg_http_send_async (self->http, request, self->cancellable, on_token_answer,
                       g_object_ref (self));
}

/* ---- waiting for an answer to a poll --------------------------------------------------------- */

/* @error is (transfer full). */
static void
fail_device (CvgSignIn *self, CvgDevicePoll outcome, GError *error)
{
  CvgPhase phase = CVG_PHASE_IS_FAILED;

  if (outcome == CVG_DEVICE_POLL_DENIED)
    phase = CVG_PHASE_IS_DENIED;
  else if (g_error_matches (error, CVG_ERROR, CVG_ERROR_TIMED_OUT))
    phase = CVG_PHASE_IS_TIMED_OUT;
  finish (self, phase, error);
}

static void
on_device_grant (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgSignIn) self = user_data;
  g_autoptr (GError) error = NULL;
  CvgDevicePoll outcome = CVG_DEVICE_POLL_FAILED;
  g_autoptr (CvgCredentials) credentials =
      cvg_device_grant_wait_finish (CVG_DEVICE_GRANT (source), result, &outcome, &error);

  if (cvg_sign_in_is_over (self))
    return;

  if (credentials != NULL)
    {
      /* It came at the last moment; for what is left to do there is no deadline any more. */
      if (self->last_poll)
        cvg_clock_clear_alarm (self->clock, &self->alarm);
      set_phase (self, CVG_PHASE_IS_EXCHANGING);
      take (self, credentials);
    }
  else if (self->stopping)
    cvg_sign_in_cancel (self);
  else
    fail_device (self, outcome, g_steal_pointer (&error));
}

/* ---- waiting for a redirect ------------------------------------------------------------------ */

/**
 * cvg_sign_in_accept:
 * @answer: an answer with this sign-in's state
 * @reply: (transfer full) (nullable): the browser that brought it
 *
 * Goes on with the one answer that it may have; to any later one it says that there was one.
 */
void
cvg_sign_in_accept (CvgSignIn *self, const CvgRedirectAnswer *answer, CvgRedirectReply *reply)
{
  GError *error = NULL;

  if (cvg_code_grant_is_used (self->grant) || cvg_sign_in_is_over (self))
    {
      if (reply != NULL)
        cvg_redirect_reply_send (reply,
                                 cvg_sign_in_page_over (self->plan->entry->record->server_name));
      return;
    }

  self->reply = reply;
  if (!cvg_code_grant_use (self->grant, answer, &error))
    finish (self, CVG_PHASE_IS_FAILED, error);
  else if (answer->code != NULL)
    exchange (self, answer->code);
  else if (cvg_redirect_answer_is_denial (answer))
    finish (self, CVG_PHASE_IS_DENIED, cvg_redirect_answer_to_error (answer));
  else
    finish (self, CVG_PHASE_IS_FAILED, cvg_redirect_answer_to_error (answer));
}

/**
 * cvg_sign_in_complete_from_url:
 * @url: the address that a browser ended on, pasted by the person
 *
 * The same way in as cvg_sign_in_accept(), with the same checks.
 *
 * Returns: whether it was accepted; fails with %CVG_ERROR_INVALID_ARGUMENT (nothing has changed
 *   then), or with why the sign-in is over
 */
gboolean
cvg_sign_in_complete_from_url (CvgSignIn *self, const char *url, GError **error)
{
  g_autoptr (CvgRedirectAnswer) answer = NULL;

  if (self->error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->error));
      return FALSE;
    }
  if (self->grant == NULL)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                           "This sign-in goes by a code that is entered in a browser, and no "
                           "address comes back from there: it goes on by itself");
      return FALSE;
    }
  if (cvg_code_grant_is_used (self->grant))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED,
                           "This sign-in has had its answer already");
      return FALSE;
    }

  answer = cvg_code_grant_read_url (self->grant, url, error);
  if (answer == NULL)
    return FALSE;

  cvg_sign_in_accept (self, answer, NULL);
  return TRUE;
}

/**
 * cvg_sign_in_new:
 * @http: (transfer none)
 * @clock: (transfer none)
 * @instances: (transfer none)
 * @keyring: (transfer none)
 * @plan: (transfer full): what was decided
 *
 * Returns: (transfer full): a sign-in that waits for its answer, until its deadline
 */
CvgSignIn *
cvg_sign_in_new (CvgHttp *http,
                 CvgClock *clock,
                 CvgInstances *instances,
                 CvgKeeper *keeper,
                 CvgSignInPlan *plan)
{
  CvgSignIn *self = g_object_new (CVG_TYPE_SIGN_IN, NULL);

  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  self->instances = g_object_ref (instances);
  self->keeper = g_object_ref (keeper);
  self->plan = plan;
  if (plan->device != NULL)
    self->device = cvg_device_grant_new (http, clock, plan);
  else
    self->grant = cvg_code_grant_new (plan);
  self->alarm = cvg_clock_add_alarm (clock, plan->deadline, on_deadline, self, NULL);
  if (self->device != NULL)
    cvg_device_grant_wait_async (self->device, on_device_grant, g_object_ref (self));
  return self;
}
