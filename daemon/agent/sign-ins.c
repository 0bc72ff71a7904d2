/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sign-ins in progress. This is where one begins (check, open the keyring, choose the client,
 * bind the listener or ask for the codes, and only then open the browser), and where a redirect
 * finds its sign-in: by its state, and only on the redirect URI that this sign-in told its
 * provider.
 *
 * A sign-in that is over is remembered for a minute, so that a reload of its last page is told so,
 * and so that a late reader on the bus still finds the outcome.
 */
#include "agent/sign-ins.h"

#include "agent/device-grant.h"
#include "agent/sign-in-pages.h"
#include "dbus/error.h"
#include "oauth/token-error.h"

#define REMEMBER_SECONDS 60

/* Each may hold a socket, and a process has 1024 descriptors by default: whoever begins one after
 * another must not keep everybody else from their tokens. */
#define MAX_PENDING 64

struct _CvgSignIns
{
  GObject parent_instance;

  CvgHttp *http;               /* (owned) */
  CvgClock *clock;             /* (owned) */
  CvgBrowser *browser;         /* (owned) */
  CvgRedirect *redirect;       /* (owned) */
  CvgInstances *instances;     /* (owned) */
  CvgPreparation *preparation; /* (owned) */
  CvgKeeper *keeper;           /* (owned) */
  GPtrArray *places;           /* (owned) (element-type Place) */
  GPtrArray *asking; /* (owned) (element-type CvgBeginning), each (borrowed): a server is asked */
  gboolean stopping;
};

G_DEFINE_FINAL_TYPE (CvgSignIns, cvg_sign_ins, G_TYPE_OBJECT)

enum
{
  SIGNAL_FORGOTTEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* The place of one sign-in, in progress or remembered. */
typedef struct
{
  CvgSignIns *sign_ins; /* (borrowed) */
  CvgSignIn *sign_in;   /* (owned) */
  gulong completed_id;
  gboolean listening; /* it holds its redirect URI open */
  guint alarm;        /* when it is forgotten */
} Place;

static void
place_free (Place *place)
{
  cvg_clock_clear_alarm (place->sign_ins->clock, &place->alarm);
  g_clear_signal_handler (&place->completed_id, place->sign_in);
  if (place->listening)
    cvg_redirect_close (place->sign_ins->redirect, cvg_sign_in_get_redirect_uri (place->sign_in));
  g_clear_object (&place->sign_in);
  g_free (place);
}

static void
cvg_sign_ins_finalize (GObject *object)
{
  CvgSignIns *self = CVG_SIGN_INS (object);

  g_clear_pointer (&self->places, g_ptr_array_unref);
  g_clear_pointer (&self->asking, g_ptr_array_unref);
  g_clear_object (&self->keeper);
  g_clear_object (&self->preparation);
  g_clear_object (&self->instances);
  g_clear_object (&self->redirect);
  g_clear_object (&self->browser);
  g_clear_object (&self->clock);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (cvg_sign_ins_parent_class)->finalize (object);
}

static void
cvg_sign_ins_class_init (CvgSignInsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_sign_ins_finalize;

  /* forgotten(sign_in): it was over for a minute. */
  signals[SIGNAL_FORGOTTEN] = g_signal_new ("forgotten", CVG_TYPE_SIGN_INS, G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 1, CVG_TYPE_SIGN_IN);
}

static void
cvg_sign_ins_init (CvgSignIns *self)
{
  self->places = g_ptr_array_new_with_free_func ((GDestroyNotify) place_free);
  self->asking = g_ptr_array_new ();
}

/** cvg_sign_ins_new: all arguments (transfer none) */
CvgSignIns *
cvg_sign_ins_new (CvgHttp *http,
                  CvgClock *clock,
                  CvgBrowser *browser,
                  CvgRedirect *redirect,
                  CvgInstances *instances,
                  CvgPreparation *preparation,
                  CvgKeeper *keeper)
{
  CvgSignIns *self = g_object_new (CVG_TYPE_SIGN_INS, NULL);

  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  self->browser = g_object_ref (browser);
  self->redirect = g_object_ref (redirect);
  self->instances = g_object_ref (instances);
  self->preparation = g_object_ref (preparation);
  self->keeper = g_object_ref (keeper);
  return self;
}

/* ---- redirects ------------------------------------------------------------------------------- */

static CvgSignIn *
find_by_state (CvgSignIns *self, const char *state, const char *redirect_uri)
{
  CvgSignIn *found = NULL;

  /* To the end, found or not: how long it takes says nothing about the states. */
  for (guint i = 0; i < self->places->len; i++)
    {
      CvgSignIn *sign_in = ((Place *) g_ptr_array_index (self->places, i))->sign_in;

      if (cvg_sign_in_has_state (sign_in, state) &&
          g_strcmp0 (cvg_sign_in_get_redirect_uri (sign_in), redirect_uri) == 0)
        found = sign_in;
    }

  return found;
}

static void
on_redirect (const char *redirect_uri,
             const char *query,
             CvgRedirectReply *reply,
             gpointer user_data)
{
  CvgSignIns *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgRedirectAnswer) answer = cvg_redirect_answer_parse (query, &error);
  g_autoptr (CvgSignIn) sign_in = NULL;

  if (answer == NULL)
    {
      g_debug ("A stray request at the redirect URI: %s", error->message);
      cvg_redirect_reply_send (reply, cvg_sign_in_page_malformed ());
      return;
    }

  sign_in = find_by_state (self, answer->state, redirect_uri);
  if (sign_in == NULL)
    {
      g_debug ("A redirect of no sign-in that is known");
      cvg_redirect_reply_send (reply, cvg_sign_in_page_unknown ());
      return;
    }

  g_object_ref (sign_in);
  cvg_sign_in_accept (sign_in, answer, reply);
}

/* ---- beginning ------------------------------------------------------------------------------- */

static void
on_forget (gpointer user_data)
{
  Place *place = user_data;
  CvgSignIns *self = place->sign_ins;
  g_autoptr (CvgSignIn) sign_in = g_object_ref (place->sign_in);

  place->alarm = 0;
  g_ptr_array_remove_fast (self->places, place);
  g_signal_emit (self, signals[SIGNAL_FORGOTTEN], 0, sign_in);
}

static void
on_completed (CvgSignIn *sign_in, gpointer user_data)
{
  Place *place = user_data;
  CvgSignIns *self = place->sign_ins;
  CvgClient *lost = cvg_sign_in_get_lost_client (sign_in);

  if (lost != NULL)
    cvg_preparation_lose_client (self->preparation, cvg_sign_in_get_entry (sign_in), lost);
  if (place->listening)
    cvg_redirect_close (self->redirect, cvg_sign_in_get_redirect_uri (sign_in));
  place->listening = FALSE;
  place->alarm = cvg_clock_add_alarm (
      self->clock, cvg_clock_get_now (self->clock) + REMEMBER_SECONDS * G_TIME_SPAN_SECOND,
      on_forget, place, NULL);
}

static void
on_browser_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgSignIn) sign_in = user_data;
  g_autoptr (GError) error = NULL;

  /* No reason to give up: whoever began it has the URL. */
  if (!cvg_browser_open_finish (CVG_BROWSER (source), result, &error))
    g_message ("Instance %s: no browser was opened (%s); the sign-in goes on when its address is "
               "opened by hand",
               cvg_sign_in_get_entry (sign_in)->record->id, error->message);
}

static CvgSignIn *
add_sign_in (CvgSignIns *self, CvgSignInPlan *plan, gboolean listening)
{
  Place *place = g_new0 (Place, 1);

  place->sign_ins = self;
  place->listening = listening;
  place->sign_in = cvg_sign_in_new (self->http, self->clock, self->instances, self->keeper, plan);
  place->completed_id =
      g_signal_connect (place->sign_in, "completed", G_CALLBACK (on_completed), place);
  g_ptr_array_add (self->places, place);
  return place->sign_in;
}

static char *
open_redirect (CvgSignIns *self, const CvgBeginning *begin, GError **error)
{
  const CvgProvider *provider = begin->prepared->provider;
  const char *redirect_uri = cvg_beginning_get_redirect_uri (begin);

  if (redirect_uri == NULL)
    {
      g_set_error (
          error, CVG_ERROR, CVG_ERROR_NO_CLIENT,
          "No redirect URI is known for %s; give the client the one it was registered with",
          provider->name);
      return NULL;
    }
  if (begin->flow == CVG_FLOW_PASTE)
    return g_strdup (redirect_uri);

  return cvg_redirect_open (self->redirect, redirect_uri, !provider->redirect_port_exact,
                            on_redirect, self, error);
}

/* A provider file is checked with a sample in place of the tenant's values; here they are real. */
static gboolean
check_url (CvgSignIns *self, CvgSignIn *sign_in, GError **error)
{
  if (cvg_sign_in_get_url (sign_in) != NULL)
    return TRUE;

  g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
               "Instance %s: the tenant values do not make an address to sign in at",
               cvg_sign_in_get_entry (sign_in)->record->id);
  cvg_sign_in_cancel (sign_in);
  return FALSE;
}

/* It has begun: the caller is told, and the browser is opened. */
static void
return_sign_in (GTask *task, CvgSignIn *sign_in)
{
  CvgSignIns *self = g_task_get_source_object (task);
  const CvgBeginning *begin = g_task_get_task_data (task);

  g_message ("Instance %s: a sign-in to %s began", begin->entry->record->id,
             begin->entry->record->server_name);
  if (begin->open_browser)
    cvg_browser_open_async (self->browser, cvg_sign_in_get_url (sign_in), begin->activation_token,
                            NULL, on_browser_opened, g_object_ref (sign_in));
  g_task_return_pointer (task, g_object_ref (sign_in), g_object_unref);
}

static guint
count_pending (CvgSignIns *self)
{
  guint pending = self->asking->len;

  for (guint i = 0; i < self->places->len; i++)
    if (!cvg_sign_in_is_over (((Place *) g_ptr_array_index (self->places, i))->sign_in))
      pending++;

  return pending;
}

static gboolean
may_begin (CvgSignIns *self, const CvgBeginning *begin, GError **error)
{
  if (self->stopping)
    g_set_error_literal (error, CVG_ERROR, CVG_ERROR_TRY_LATER,
                         "Claviger is stopping; try again in a second");
  else if (begin->entry->removed)
    g_set_error (error, CVG_ERROR, CVG_ERROR_NOT_FOUND, "Instance %s was deleted meanwhile",
                 begin->entry->record->id);
  else if (count_pending (self) >= MAX_PENDING)
    g_set_error (error, CVG_ERROR, CVG_ERROR_TRY_LATER,
                 "%d sign-ins are in progress; finish or cancel one of them", MAX_PENDING);
  else
    return TRUE;

  return FALSE;
}

static gboolean
may_go_on (GTask *task, GError **error)
{
  return !g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), error) &&
         may_begin (g_task_get_source_object (task), g_task_get_task_data (task), error);
}

/* Returns (transfer full): why there are no codes: @failure, or what it comes to. */
static GError *
blame_client (CvgSignIns *self, const CvgSignInPlan *plan, const GError *failure)
{
  GError *lost = plan->client->is_registered ? cvg_token_error_of_registered (failure) : NULL;

  if (lost != NULL)
    cvg_preparation_lose_client (self->preparation, plan->entry, plan->client);
  return lost != NULL ? lost : g_error_copy (failure);
}

static void
on_device_codes (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgSignIns *self = g_task_get_source_object (task);
  CvgBeginning *begin = g_task_get_task_data (task);
  g_autoptr (CvgSignInPlan) plan = g_steal_pointer (&begin->plan);
  g_autoptr (GError) failure = NULL;
  GError *error = NULL;

  g_ptr_array_remove_fast (self->asking, begin);
  /* Not g_cancellable_disconnect(): it would wait for the very signal that may have led here. */
  g_clear_signal_handler (&begin->caller_id, g_task_get_cancellable (task));
  plan->device = cvg_device_grant_ask_finish (CVG_HTTP (source), result, &failure);
  /* First of all why it must not go on: that says more than that it was cancelled. */
  if (!may_go_on (task, &error) || plan->device == NULL)
    {
      g_task_return_error (task, error != NULL ? error : blame_client (self, plan, failure));
      return;
    }

  if (plan->device->expires_in != 0)
    plan->deadline = MIN (plan->deadline, cvg_clock_get_now (self->clock) +
                                              plan->device->expires_in * G_TIME_SPAN_SECOND);
  return_sign_in (task, add_sign_in (self, g_steal_pointer (&plan), FALSE));
}

static void
on_caller_gone (GCancellable *caller, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

/* @task and @plan are (transfer full). */
static void
begin_by_device (GTask *task, CvgSignInPlan *plan)
{
  CvgSignIns *self = g_task_get_source_object (task);
  CvgBeginning *begin = g_task_get_task_data (task);
  GCancellable *caller = g_task_get_cancellable (task);

  begin->plan = plan;
  begin->cancellable = g_cancellable_new ();
  g_ptr_array_add (self->asking, begin);
  if (caller != NULL)
    begin->caller_id = g_cancellable_connect (caller, G_CALLBACK (on_caller_gone),
                                              g_object_ref (begin->cancellable), g_object_unref);
  cvg_device_grant_ask_async (self->http, plan, begin->cancellable, on_device_codes, task);
}

static CvgSignIn *
begin_by_redirect (CvgSignIns *self, const CvgBeginning *begin, CvgSignInPlan *plan, GError **error)
{
  CvgSignIn *sign_in = NULL;

  plan->redirect_uri = open_redirect (self, begin, error);
  if (plan->redirect_uri == NULL)
    {
      cvg_sign_in_plan_free (plan);
      return NULL;
    }

  sign_in = add_sign_in (self, plan, begin->flow == CVG_FLOW_LOOPBACK);
  return check_url (self, sign_in, error) ? sign_in : NULL;
}

static CvgSignInPlan *
make_plan (CvgSignIns *self, CvgBeginning *begin)
{
  return cvg_beginning_make_plan (begin, cvg_clock_get_now (self->clock));
}

/* @task is (transfer full). */
static void
begin_now (GTask *task)
{
  g_autoptr (GTask) kept = task;
  CvgSignIns *self = g_task_get_source_object (task);
  CvgBeginning *begin = g_task_get_task_data (task);
  const CvgProvider *provider = begin->prepared->provider;
  CvgSignIn *sign_in = NULL;
  GError *error = NULL;

  if (!cvg_flow_choose (&begin->flow, provider, cvg_beginning_get_redirect_uri (begin), &error))
    g_task_return_error (task, error);
  else if (begin->flow == CVG_FLOW_DEVICE)
    begin_by_device (g_steal_pointer (&kept), make_plan (self, begin));
  else if ((sign_in = begin_by_redirect (self, begin, make_plan (self, begin), &error)) != NULL)
    return_sign_in (task, sign_in);
  else
    g_task_return_error (task, error);
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgBeginning *begin = g_task_get_task_data (task);
  GError *error = NULL;

  begin->prepared = cvg_preparation_run_finish (CVG_PREPARATION (source), result, &error);
  if (begin->prepared == NULL || !may_go_on (task, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  begin_now (g_steal_pointer (&task));
}

static void
on_keyring_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgSignIns *self = g_task_get_source_object (task);
  const CvgBeginning *begin = g_task_get_task_data (task);
  GError *error = NULL;

  if (!cvg_keeper_open_finish (CVG_KEEPER (source), result, &error) || !may_go_on (task, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  cvg_preparation_run_async (self->preparation, begin->entry, begin->client_id, begin->scope,
                             g_task_get_cancellable (task), on_prepared, task);
  g_steal_pointer (&task);
}

/**
 * cvg_sign_ins_begin_async:
 * @entry: the instance
 * @options: (transfer none): how
 * @cancellable: (nullable): for what comes before it begins
 *
 * Begins a sign-in. The keyring is opened first, with a prompt if need be: finding it locked when
 * the person has gone through the browser would be late.
 */
void
cvg_sign_ins_begin_async (CvgSignIns *self,
                          CvgEntry *entry,
                          const CvgSignInOptions *options,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  CvgBeginning *begin = cvg_beginning_new (entry, options, &error);

  g_task_set_source_tag (task, cvg_sign_ins_begin_async);
  if (begin == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_task_set_task_data (task, begin, (GDestroyNotify) cvg_beginning_free);
  cvg_keeper_open_async (self->keeper, TRUE, cancellable, on_keyring_open, g_steal_pointer (&task));
}

/**
 * cvg_sign_ins_begin_finish:
 *
 * Returns: (transfer full): the sign-in. Fails with %CVG_ERROR_INVALID_ARGUMENT,
 *   %CVG_ERROR_UNKNOWN_SERVER, %CVG_ERROR_NO_CLIENT, %CVG_ERROR_PORT_IN_USE,
 *   %CVG_ERROR_TRY_LATER, %CVG_ERROR_KEYRING_LOCKED or %CVG_ERROR_KEYRING_UNAVAILABLE
 */
CvgSignIn *
cvg_sign_ins_begin_finish (CvgSignIns *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_sign_ins_begin_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- in progress ----------------------------------------------------------------------------- */

static void
on_browser_opened_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (cvg_browser_open_finish (CVG_BROWSER (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/** cvg_sign_ins_open_browser_async: opens the browser for @sign_in, once more if need be */
void
cvg_sign_ins_open_browser_async (CvgSignIns *self,
                                 CvgSignIn *sign_in,
                                 const char *activation_token,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  const GError *over = cvg_sign_in_get_error (sign_in);

  g_task_set_source_tag (task, cvg_sign_ins_open_browser_async);
  if (over != NULL)
    g_task_return_error (task, g_error_copy (over));
  else if (cvg_sign_in_get_phase (sign_in) != CVG_PHASE_IS_WAITING)
    g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_FAILED,
                             "This sign-in has had its answer already");
  else
    cvg_browser_open_async (self->browser, cvg_sign_in_get_url (sign_in), activation_token, NULL,
                            on_browser_opened_again, g_steal_pointer (&task));
}

/** cvg_sign_ins_open_browser_finish: Returns: whether one was started */
gboolean
cvg_sign_ins_open_browser_finish (CvgSignIns *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_sign_ins_open_browser_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/** cvg_sign_ins_cancel_of: cancels what is in progress for @entry: it is being deleted */
void
cvg_sign_ins_cancel_of (CvgSignIns *self, const CvgEntry *entry)
{
  for (guint i = 0; i < self->places->len; i++)
    {
      CvgSignIn *sign_in = ((Place *) g_ptr_array_index (self->places, i))->sign_in;

      if (cvg_sign_in_get_entry (sign_in) == entry)
        cvg_sign_in_cancel (sign_in);
    }
}

/** cvg_sign_ins_stop: begins nothing new and waits for no person, see cvg_sign_in_stop() */
void
cvg_sign_ins_stop (CvgSignIns *self)
{
  self->stopping = TRUE;
  /* From behind: what is cancelled leaves the list. */
  for (guint i = self->asking->len; i > 0; i--)
    g_cancellable_cancel (((CvgBeginning *) g_ptr_array_index (self->asking, i - 1))->cancellable);
  for (guint i = 0; i < self->places->len; i++)
    cvg_sign_in_stop (((Place *) g_ptr_array_index (self->places, i))->sign_in);
}

/** cvg_sign_ins_is_idle: Returns: whether no sign-in is in progress */
gboolean
cvg_sign_ins_is_idle (CvgSignIns *self)
{
  return count_pending (self) == 0;
}
