/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The refresher. A flight is one refresh of one instance, from the request to the keyring:
 *
 *   ask the server -> read its answer -> make it durable -> apply it -> tell who waits
 *
 * Once a flight has left, nothing but its own end ends it: the server may have replaced the refresh
 * token by the time a caller gives up, so the answer must be caught whoever still wants it. Callers
 * wait beside it, each with its own cancellable and deadline (waiters.c).
 *
 * An answer is applied only to the generation that the flight left with. If it can't be stored it
 * is kept in memory, marked unsaved, and handed out: it is the only token that works now.
 */
#include "agent/refresher.h"

#include "agent/waiters.h"
#include "dbus/error.h"
#include "oauth/token-request.h"
#include "oauth/token-response.h"

/* A second less than D-Bus clients wait by default, so that they hear from us and not from it. */
#define WAITER_SECONDS 24

struct _CvgRefresher
{
  GObject parent_instance;

  CvgHttp *http;           /* (owned) */
  CvgClock *clock;         /* (owned) */
  CvgInstances *instances; /* (owned) */
  CvgClients *clients;     /* (owned) */
  CvgKeeper *keeper;       /* (owned) */
  GHashTable *flights;     /* (owned) (element-type CvgEntry Flight): both borrowed from the work */
  guint n_flights;         /* under way, superseded ones too */
  gboolean stopping;
};

G_DEFINE_FINAL_TYPE (CvgRefresher, cvg_refresher, G_TYPE_OBJECT)

/* One refresh that is under way, and everyone who waits for it. */
typedef struct
{
  CvgRefresher *refresher; /* (owned) */
  CvgEntry *entry;         /* (owned) */
  guint64 generation;
  CvgCredentials *before; /* (owned): what is being refreshed */
  CvgCredentials *after;  /* (owned) (nullable): what came */
  CvgWaiters *waiters;    /* (owned) */
} Flight;

static void
flight_free (Flight *flight)
{
  g_clear_pointer (&flight->waiters, cvg_waiters_free);
  g_clear_pointer (&flight->after, cvg_credentials_unref);
  g_clear_pointer (&flight->before, cvg_credentials_unref);
  g_clear_pointer (&flight->entry, cvg_entry_unref);
  g_clear_object (&flight->refresher);
  g_free (flight);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Flight, flight_free)

static void
cvg_refresher_finalize (GObject *object)
{
  CvgRefresher *self = CVG_REFRESHER (object);

  g_assert (self->n_flights == 0);
  g_clear_pointer (&self->flights, g_hash_table_unref);
  g_clear_object (&self->keeper);
  g_clear_object (&self->clients);
  g_clear_object (&self->instances);
  g_clear_object (&self->clock);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (cvg_refresher_parent_class)->finalize (object);
}

static void
cvg_refresher_class_init (CvgRefresherClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_refresher_finalize;
}

static void
cvg_refresher_init (CvgRefresher *self)
{
  self->flights = g_hash_table_new (NULL, NULL);
}

/** cvg_refresher_new: all arguments (transfer none) */
CvgRefresher *
cvg_refresher_new (CvgHttp *http,
                   CvgClock *clock,
                   CvgInstances *instances,
                   CvgClients *clients,
                   CvgKeeper *keeper)
{
  CvgRefresher *self = g_object_new (CVG_TYPE_REFRESHER, NULL);

  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  self->instances = g_object_ref (instances);
  self->clients = g_object_ref (clients);
  self->keeper = g_object_ref (keeper);
  return self;
}

/** cvg_refresher_stop: begins nothing new; what is under way is finished and stored */
void
cvg_refresher_stop (CvgRefresher *self)
{
  self->stopping = TRUE;
}

/** cvg_refresher_is_idle: Returns: whether no refresh is under way */
gboolean
cvg_refresher_is_idle (CvgRefresher *self)
{
  return self->n_flights == 0;
}

/* ---- the end of a flight --------------------------------------------------------------------- */

static void
land (Flight *flight, const GError *error)
{
  g_autoptr (GPtrArray) tasks = NULL;

  /* First of all: a caller that comes from a waiter's callback below must start a new flight. A
   * flight that was superseded has lost its place to a later one. */
  if (g_hash_table_lookup (flight->refresher->flights, flight->entry) == flight)
    g_hash_table_remove (flight->refresher->flights, flight->entry);
  flight->refresher->n_flights--;
  tasks = cvg_waiters_take (flight->waiters);
  for (guint i = 0; i < tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (tasks, i);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_pointer (task, cvg_credentials_ref (flight->after),
                               (GDestroyNotify) cvg_credentials_unref);
    }
}

static gboolean
is_current (const Flight *flight)
{
  return !flight->entry->removed && flight->entry->generation == flight->generation;
}

static void
crash_land (Flight *flight, const GError *error, guint retry_after)
{
  gint64 retry_at =
      retry_after > 0 ? cvg_clock_get_seconds (flight->refresher->clock) + retry_after : 0;

  g_message ("Instance %s: the token could not be refreshed: %s", flight->entry->record->id,
             error->message);
  cvg_instances_set_failed (flight->refresher->instances, flight->entry, error, retry_at);
  land (flight, error);
}

/* What the answer says is of credentials that the instance does not have any more. Who waits is
 * told how things are now. */
static void
land_superseded (Flight *flight)
{
  g_autoptr (GError) error =
      g_error_new (CVG_ERROR, CVG_ERROR_CANCELLED,
                   "Instance %s was signed in again, signed out or deleted meanwhile",
                   flight->entry->record->id);

  land (flight, error);
}

/* ---- make it durable, apply it --------------------------------------------------------------- */

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Flight) flight = user_data;
  g_autoptr (GError) error = NULL;
  CvgRefresher *self = flight->refresher;
  gboolean stored = cvg_writer_finish (cvg_keeper_get_writer (self->keeper), result, &error);

  if (!is_current (flight))
    {
      land_superseded (flight);
      return;
    }

  cvg_instances_set_refreshed (self->instances, flight->entry, flight->after);
  if (stored)
    {
      flight->entry->unsaved = FALSE;
      g_message ("Instance %s: the token was refreshed", flight->entry->record->id);
    }
  else
    {
      g_message ("Instance %s: the token was refreshed but could not be stored (%s); it is kept in "
                 "memory until it can be",
                 flight->entry->record->id, error->message);
      cvg_writer_keep_unsaved (cvg_keeper_get_writer (self->keeper), flight->entry);
    }

  land (flight, NULL);
}

static void
store (Flight *flight)
{
  CvgRefresher *self = flight->refresher;

  cvg_writer_store_async (cvg_keeper_get_writer (self->keeper), flight->entry, flight->after,
                          flight->entry->record, flight->generation, on_stored, flight);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Flight) flight = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgHttpResponse) response = cvg_http_send_finish (CVG_HTTP (source), result, &error);
  g_autoptr (CvgCredentials) answer = NULL;

  if (response != NULL)
    answer = cvg_token_response_parse (flight->entry->provider, CVG_TOKEN_GRANT_REFRESH, response,
                                       cvg_clock_get_seconds (flight->refresher->clock), &error);
  /* Good or bad, it is an answer about credentials that are no longer in use. */
  if (!is_current (flight))
    {
      land_superseded (flight);
      return;
    }
  if (answer == NULL)
    {
      crash_land (flight, error, response != NULL ? response->retry_after : 0);
      return;
    }

  flight->after = cvg_token_response_merge (flight->before, answer);
  flight->after->serial = cvg_entry_give_serial (flight->entry);
  store (g_steal_pointer (&flight));
}

/* ---- ask the server -------------------------------------------------------------------------- */

static CvgHttpRequest *
build_request (Flight *flight, GError **error)
{
  const CvgInstance *record = flight->entry->record;
  const char *client_id =
      flight->before->client_id != NULL ? flight->before->client_id : record->client_id;
  CvgClient *client = NULL;

  if (flight->entry->provider == NULL)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_UNKNOWN_SERVER,
                   "The catalogue has no server %s any more", record->server_name);
      return NULL;
    }

  client = cvg_clients_choose_with_secret (flight->refresher->clients, record->server_name,
                                           client_id, error);
  if (client == NULL)
    return NULL;

  return cvg_token_request_refresh (flight->entry->provider, record->tenant, client,
                                    flight->before->refresh_token);
}

static Flight *
flight_new (CvgRefresher *self, CvgEntry *entry)
{
  Flight *flight = g_new0 (Flight, 1);

  flight->refresher = g_object_ref (self);
  flight->entry = cvg_entry_ref (entry);
  flight->generation = entry->generation;
  flight->before = cvg_credentials_ref (entry->credentials);
  flight->waiters = cvg_waiters_new (self->clock, WAITER_SECONDS,
                                     "The server takes its time; the refresh goes on. Try again "
                                     "in a few seconds");
  return flight;
}

static void
take_off (CvgRefresher *self, CvgEntry *entry, GTask *task)
{
  g_autoptr (Flight) flight = flight_new (self, entry);
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgHttpRequest) request = build_request (flight, &error);

  if (request == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }

  g_hash_table_replace (self->flights, flight->entry, flight);
  self->n_flights++;
  cvg_waiters_add (flight->waiters, task);
  cvg_http_send_async (self->http, request, NULL, on_answer, g_steal_pointer (&flight));
}

/**
 * cvg_refresher_refresh_async:
 * @entry: an instance with a refresh token at hand
 * @urgency: whether a program waits for it
 * @cancellable: (nullable): for this caller alone; the refresh goes on without it
 *
 * Gets a new access token, or joins those who wait for one already.
 */
void
cvg_refresher_refresh_async (CvgRefresher *self,
                             CvgEntry *entry,
                             CvgUrgency urgency,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Flight *flight = g_hash_table_lookup (self->flights, entry);

  g_return_if_fail (entry->credentials != NULL && entry->credentials->refresh_token != NULL);

  g_task_set_source_tag (task, cvg_refresher_refresh_async);
  if (self->stopping)
    {
      g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_TRY_LATER,
                               "Claviger is stopping; try again in a second");
      return;
    }

  if (flight != NULL && is_current (flight))
    {
      g_debug ("Instance %s: joining the refresh under way", entry->record->id);
      cvg_waiters_add (flight->waiters, g_steal_pointer (&task));
      return;
    }

  take_off (self, entry, g_steal_pointer (&task));
}

/**
 * cvg_refresher_refresh_finish:
 *
 * Returns: (transfer full): the credentials with the new token. Fails with
 * %CVG_ERROR_NEEDS_SIGN_IN, %CVG_ERROR_TRY_LATER, %CVG_ERROR_REFUSED, %CVG_ERROR_NO_CLIENT,
 * %CVG_ERROR_UNKNOWN_SERVER, %CVG_ERROR_CANCELLED (the credentials were replaced meanwhile: look
 * again) or %G_IO_ERROR_CANCELLED
 */
CvgCredentials *
cvg_refresher_refresh_finish (CvgRefresher *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_refresher_refresh_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
