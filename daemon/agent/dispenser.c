/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dispenser: one pure decision (judge), and the two things that can follow from it. A token
 * that is good for long enough is handed out from memory; nothing else is touched for that.
 */
#include "agent/dispenser.h"

#include "agent/backoff.h"
#include "dbus/error.h"
#include "model/auth-data.h"

#define NO_REFRESH_TOKEN "%s gave no refresh token, and its token is no longer good"

struct _CvgDispenser
{
  GObject parent_instance;

  CvgRefresher *refresher; /* (owned) */
  CvgInstances *instances; /* (owned) */
  CvgKeeper *keeper;       /* (owned) */
  CvgClock *clock;         /* (owned) */
};

G_DEFINE_FINAL_TYPE (CvgDispenser, cvg_dispenser, G_TYPE_OBJECT)

typedef enum
{
  VERDICT_SERVE,
  VERDICT_REFRESH,
  VERDICT_OPEN_KEYRING,
  VERDICT_ERROR,
} Verdict;

/* One demand that could not be met from memory. */
typedef struct
{
  CvgEntry *entry; /* (owned) */
  CvgDemand demand;
} Request;

static void
request_free (Request *request)
{
  cvg_entry_unref (request->entry);
  g_free (request);
}

static void
cvg_dispenser_finalize (GObject *object)
{
  CvgDispenser *self = CVG_DISPENSER (object);

  g_clear_object (&self->clock);
  g_clear_object (&self->keeper);
  g_clear_object (&self->instances);
  g_clear_object (&self->refresher);

  G_OBJECT_CLASS (cvg_dispenser_parent_class)->finalize (object);
}

static void
cvg_dispenser_class_init (CvgDispenserClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_dispenser_finalize;
}

static void
cvg_dispenser_init (CvgDispenser *self)
{
}

/** cvg_dispenser_new: all arguments (transfer none) */
CvgDispenser *
cvg_dispenser_new (CvgRefresher *refresher,
                   CvgInstances *instances,
                   CvgKeeper *keeper,
                   CvgClock *clock)
{
  CvgDispenser *self = g_object_new (CVG_TYPE_DISPENSER, NULL);

  self->refresher = g_object_ref (refresher);
  self->instances = g_object_ref (instances);
  self->keeper = g_object_ref (keeper);
  self->clock = g_object_ref (clock);
  return self;
}

/* ---- the decision ---------------------------------------------------------------------------- */

static gboolean
is_wanted_as_it_is (const CvgCredentials *credentials, const CvgDemand *demand, gint64 now)
{
  /* Only a refresh token was set: there is nothing yet that could be handed out. */
  if (credentials->access_token == NULL && credentials->refresh_token != NULL)
    return FALSE;
  if (demand->force_refresh)
    return FALSE;
  if (demand->rejected_serial != 0 && demand->rejected_serial == credentials->serial)
    return FALSE;

  return cvg_credentials_is_fresh (credentials, now, demand->min_validity);
}

/* Without a refresh token, what there is must do until it expires. */
static Verdict
judge_unrefreshable (const CvgEntry *entry, const CvgDemand *demand, gint64 now, GError **error)
{
  CvgDemand modest = *demand;

  modest.min_validity = 0;
  if (is_wanted_as_it_is (entry->credentials, &modest, now))
    return VERDICT_SERVE;

  g_set_error (error, CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN,
               "Instance %s needs a new sign-in: " NO_REFRESH_TOKEN, entry->record->id,
               entry->record->server_name);
  return VERDICT_ERROR;
}

/* Seconds for which @demand is not worth a request, after one that failed. */
static guint
get_pause (const CvgEntry *entry, const CvgDemand *demand, gint64 now)
{
  if (demand->force_refresh)
    return cvg_backoff_get_knock_pause (entry->failures, entry->failed_at, now);
  /* Where the server named a time, that time counts. */
  return entry->retry_at == 0 ? cvg_backoff_get_pause (entry->failures, entry->failed_at, now) : 0;
}

/* A person who insists may knock again; programs that ask may not, each as often as it likes. */
static Verdict
judge_refresh (const CvgEntry *entry, const CvgDemand *demand, gint64 now, GError **error)
{
  const CvgInstance *record = entry->record;
  guint pause = get_pause (entry, demand, now);

  if (!demand->force_refresh && entry->retry_at > now)
    g_set_error (error, CVG_ERROR, CVG_ERROR_TRY_LATER,
                 "Instance %s: %s asked not to be asked again for %" G_GINT64_FORMAT " seconds",
                 record->id, record->server_name, entry->retry_at - now);
  else if (pause > 0 && entry->last_error != NULL)
    g_set_error (error, CVG_ERROR, entry->last_code,
                 "%s (that was just now; not asked again for %u seconds)", entry->last_error,
                 pause);
  else
    return VERDICT_REFRESH;

  return VERDICT_ERROR;
}

static Verdict
judge (CvgDispenser *self, const CvgEntry *entry, const CvgDemand *demand, GError **error)
{
  const CvgInstance *record = entry->record;
  gint64 now = cvg_clock_get_seconds (self->clock);

  if (entry->removed)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_NOT_FOUND, "Instance %s was deleted meanwhile",
                   record->id);
      return VERDICT_ERROR;
    }
  if (record->dead_reason != NULL)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN, "Instance %s needs a new sign-in: %s",
                   record->id, record->dead_reason);
      return VERDICT_ERROR;
    }
  if (entry->credentials == NULL && record->signed_in && !cvg_keeper_is_open (self->keeper))
    return VERDICT_OPEN_KEYRING;
  /* After a crash the record may be older than the keyring, which is just being read. */
  if (entry->credentials == NULL && cvg_keeper_is_opening (self->keeper))
    return VERDICT_OPEN_KEYRING;
  if (entry->credentials == NULL)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_NOT_SIGNED_IN, "Instance %s is not signed in to %s",
                   record->id, record->server_name);
      return VERDICT_ERROR;
    }
  if (is_wanted_as_it_is (entry->credentials, demand, now))
    return VERDICT_SERVE;
  if (entry->credentials->refresh_token == NULL)
    return judge_unrefreshable (entry, demand, now, error);
  /* The client's secret is in the keyring too. */
  if (!cvg_keeper_is_open (self->keeper))
    return VERDICT_OPEN_KEYRING;
  return judge_refresh (entry, demand, now, error);
}

/**
 * cvg_dispenser_peek:
 *
 * Returns: (transfer none) (nullable): the credentials, if the demand is met from memory at once
 */
CvgCredentials *
cvg_dispenser_peek (CvgDispenser *self, CvgEntry *entry, const CvgDemand *demand)
{
  g_autoptr (GError) error = NULL;

  return judge (self, entry, demand, &error) == VERDICT_SERVE ? entry->credentials : NULL;
}

/* ---- what follows from it -------------------------------------------------------------------- */

static void serve_or_refresh (GTask *task);

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  CvgCredentials *credentials =
      cvg_refresher_refresh_finish (CVG_REFRESHER (source), result, &error);

  if (credentials != NULL)
    g_task_return_pointer (task, credentials, (GDestroyNotify) cvg_credentials_unref);
  else if (g_error_matches (error, CVG_ERROR, CVG_ERROR_CANCELLED))
    /* Signed in again, set, signed out or deleted meanwhile: what there is now is the answer. */
    serve_or_refresh (task);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* What can't be refreshed and is no longer good is dead, as its status shall say. One that is good
 * and was only asked to be refreshed is not. */
static void
note_death (CvgDispenser *self, const Request *request, const GError *error)
{
  g_autoptr (GError) death = NULL;

  if (!g_error_matches (error, CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN) ||
      request->entry->record->dead_reason != NULL || request->demand.force_refresh)
    return;

  death = g_error_new (CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN, NO_REFRESH_TOKEN,
                       request->entry->record->server_name);
  cvg_instances_set_failed (self->instances, request->entry, death,
                            cvg_clock_get_seconds (self->clock), 0);
}

static void
serve_or_refresh (GTask *task)
{
  CvgDispenser *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;

  switch (judge (self, request->entry, &request->demand, &error))
    {
    case VERDICT_SERVE:
      g_task_return_pointer (task, cvg_credentials_ref (request->entry->credentials),
                             (GDestroyNotify) cvg_credentials_unref);
      break;

    case VERDICT_REFRESH:
      cvg_refresher_refresh_async (self->refresher, request->entry, CVG_URGENCY_CALLER,
                                   g_task_get_cancellable (task), on_refreshed,
                                   g_object_ref (task));
      break;

    case VERDICT_OPEN_KEYRING:
      /* It was opened, and locked again before this turn came. */
      g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_KEYRING_LOCKED,
                               "The keyring was locked again; unlock it and try again");
      break;

    case VERDICT_ERROR:
    default:
      note_death (self, request, error);
      g_task_return_error (task, error);
      break;
    }
}

static void
on_keyring_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (cvg_keeper_open_finish (CVG_KEEPER (source), result, &error) ||
      !request->entry->record->signed_in)
    serve_or_refresh (task);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * cvg_dispenser_get_async:
 * @entry: the instance
 * @demand: what is asked for
 * @cancellable: (nullable): for this caller alone
 *
 * Hands out credentials that meet @demand.
 */
void
cvg_dispenser_get_async (CvgDispenser *self,
                         CvgEntry *entry,
                         const CvgDemand *demand,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  Request *request = g_new0 (Request, 1);

  g_task_set_source_tag (task, cvg_dispenser_get_async);
  request->entry = cvg_entry_ref (entry);
  request->demand = *demand;
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);

  if (judge (self, entry, demand, &error) == VERDICT_OPEN_KEYRING)
    cvg_keeper_open_async (self->keeper, demand->interactive && entry->record->signed_in,
                           cancellable, on_keyring_open, g_steal_pointer (&task));
  else
    serve_or_refresh (task);
}

/**
 * cvg_dispenser_get_finish:
 *
 * Returns: (transfer full): the credentials. Fails with %CVG_ERROR_NOT_FOUND (it was deleted
 *   meanwhile), %CVG_ERROR_NOT_SIGNED_IN,
 *   %CVG_ERROR_NEEDS_SIGN_IN, %CVG_ERROR_NO_CLIENT, %CVG_ERROR_KEYRING_LOCKED,
 *   %CVG_ERROR_KEYRING_UNAVAILABLE, %CVG_ERROR_TRY_LATER, %CVG_ERROR_REFUSED or
 *   %G_IO_ERROR_CANCELLED
 */
CvgCredentials *
cvg_dispenser_get_finish (CvgDispenser *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_dispenser_get_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
