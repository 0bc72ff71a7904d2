/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The refresher. A flight is one refresh of one instance, from the decision until what came of it
 * is safe:
 *
 *   wait at the gate -> note it in the journal -> ask the server -> seal the answer in the journal
 *   -> apply it, tell who waits -> have it stored in the keyring
 *
 * Once a request has left, nothing but its own end ends it: the server may have replaced the
 * refresh token by the time a caller gives up, so the answer must be caught whoever still wants it.
 * Callers wait beside it, each with its own cancellable and deadline (waiters.c).
 *
 * Nobody is given anything before it would survive a crash: in the journal, or, where that can't be
 * written, in the keyring. If neither takes it, it is kept in memory and handed out all the same:
 * it is the only token that works now. An answer is applied only to the generation that the flight
 * left with. docs/rotation.md.
 */
#include "agent/refresher.h"

#include "agent/waiters.h"
#include "dbus/error.h"
#include "model/kill-point.h"
#include "oauth/token-error.h"
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
  CvgRotations *rotations; /* (owned) */
  CvgGate *gate;           /* (owned) */
  CvgRevoker *revoker;     /* (owned) */
  GHashTable *flights;     /* (owned) (element-type CvgEntry Flight): both borrowed from the work */
  GPtrArray *queued; /* (owned) (element-type Flight): those at the gate; they are owned here */
  guint n_flights;   /* under way, superseded and queued ones too */
  gboolean stopping;
};

G_DEFINE_FINAL_TYPE (CvgRefresher, cvg_refresher, G_TYPE_OBJECT)

/* One refresh that is under way, and everyone who waits for it. */
typedef struct
{
  CvgRefresher *refresher; /* (owned) */
  CvgEntry *entry;         /* (owned) */
  CvgProvider *provider;   /* (owned): who made the grant */
  guint64 generation;
  CvgCredentials *before; /* (owned): what is being refreshed, as it was last looked at */
  gboolean was_in_doubt;  /* the server may have replaced its token at an earlier time */
  GPtrArray *anchors;    /* (owned) (element-type CvgSecret): what the keyring may hold: it may lock
                          * meanwhile, and the entry forget */
  CvgCredentials *after; /* (owned) (nullable): what came */
  GError *failure;       /* (owned) (nullable): what was wrong with it, but for its refresh token */
  CvgHttpRequest *request; /* (owned) (nullable): from the gate to the wire */
  CvgTicket *ticket;       /* (owned) (nullable): until it has landed */
  CvgWaiters *waiters;     /* (owned) */
} Flight;

static void
flight_free (Flight *flight)
{
  g_clear_pointer (&flight->ticket, cvg_ticket_leave);
  g_clear_pointer (&flight->waiters, cvg_waiters_free);
  g_clear_pointer (&flight->request, cvg_http_request_free);
  g_clear_error (&flight->failure);
  g_clear_pointer (&flight->after, cvg_credentials_unref);
  g_clear_pointer (&flight->anchors, g_ptr_array_unref);
  g_clear_pointer (&flight->before, cvg_credentials_unref);
  g_clear_pointer (&flight->provider, cvg_provider_unref);
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
  g_clear_pointer (&self->queued, g_ptr_array_unref);
  g_clear_pointer (&self->flights, g_hash_table_unref);
  g_clear_object (&self->revoker);
  g_clear_object (&self->gate);
  g_clear_object (&self->rotations);
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
  self->queued = g_ptr_array_new ();
}

/** cvg_refresher_new: with what @parts (transfer none) has, which is not kept itself */
CvgRefresher *
cvg_refresher_new (const CvgRefresherParts *parts)
{
  CvgRefresher *self = g_object_new (CVG_TYPE_REFRESHER, NULL);

  self->http = g_object_ref (parts->http);
  self->clock = g_object_ref (parts->clock);
  self->instances = g_object_ref (parts->instances);
  self->clients = g_object_ref (parts->clients);
  self->keeper = g_object_ref (parts->keeper);
  self->rotations = g_object_ref (parts->rotations);
  self->gate = g_object_ref (parts->gate);
  self->revoker = g_object_ref (parts->revoker);
  return self;
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
  g_clear_pointer (&flight->ticket, cvg_ticket_leave);
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
  gint64 now = cvg_clock_get_seconds (flight->refresher->clock);

  g_message ("Instance %s: the token could not be refreshed: %s", flight->entry->record->id,
             error->message);
  cvg_instances_set_failed (flight->refresher->instances, flight->entry, error, now,
                            retry_after > 0 ? now + retry_after : 0);
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

  /* A grant that was left must not live on in what it was given last. */
  if (flight->after != NULL && flight->entry->left_generation == flight->generation)
    cvg_revoker_revoke (flight->refresher->revoker, flight->entry, flight->after);
  land (flight, error);
}

static GError *
new_stopping_error (void)
{
  return g_error_new_literal (CVG_ERROR, CVG_ERROR_TRY_LATER,
                              "Claviger is stopping; try again in a second");
}

static void
land_stopped (Flight *flight)
{
  g_autoptr (GError) error = new_stopping_error ();

  land (flight, error);
}

/** cvg_refresher_stop: begins nothing new; what is under way is finished and stored */
void
cvg_refresher_stop (CvgRefresher *self)
{
  self->stopping = TRUE;
  while (self->queued->len > 0)
    {
      g_autoptr (Flight) flight = g_ptr_array_steal_index_fast (self->queued, 0);

      land_stopped (flight);
    }
}

/* ---- the answer: make it durable, apply it --------------------------------------------------- */

static void
apply (Flight *flight, gboolean saved)
{
  CvgRefresher *self = flight->refresher;
  CvgEntry *entry = flight->entry;
  guint failures = entry->failures;

  cvg_instances_set_refreshed (self->instances, entry, flight->after, saved);
  if (flight->failure == NULL)
    g_message ("Instance %s: the token was refreshed", entry->record->id);
  else
    /* It is one more of them, and each is waited for longer. */
    entry->failures = failures;
  CVG_KILL_POINT ("applied");
  if (saved)
    cvg_rotations_forget_saved (self->rotations, entry, flight->after->serial);
  else
    cvg_writer_save (cvg_keeper_get_writer (self->keeper), entry);

  if (flight->failure != NULL)
    crash_land (flight, flight->failure, 0);
  else
    land (flight, NULL);
  CVG_KILL_POINT ("callers-answered");
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Flight) flight = user_data;
  g_autoptr (GError) error = NULL;
  gboolean saved =
      cvg_writer_finish (cvg_keeper_get_writer (flight->refresher->keeper), result, &error);

  if (!is_current (flight))
    {
      land_superseded (flight);
      return;
    }

  if (!saved)
    g_message ("Instance %s: the keyring did not take the new token either (%s); it is in memory "
               "alone until one of the two does",
               flight->entry->record->id, error->message);
  apply (flight, saved);
}

static void
on_sealed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Flight) flight = user_data;
  g_autoptr (GError) error = NULL;
  gboolean sealed = cvg_rotations_write_finish (CVG_ROTATIONS (source), result, &error);

  if (!is_current (flight))
    {
      land_superseded (flight);
      return;
    }
  if (sealed)
    {
      CVG_KILL_POINT ("seal-written");
      apply (flight, FALSE);
      return;
    }

  g_message ("Instance %s: the new token could not be written to the journal (%s); it goes to the "
             "keyring first",
             flight->entry->record->id, error->message);
  cvg_writer_store_async (cvg_keeper_get_writer (flight->refresher->keeper), flight->entry,
                          flight->after, flight->entry->record, flight->generation, on_stored,
                          flight);
  g_steal_pointer (&flight);
}

/* Takes @flight, whose after is what came. */
static void
make_durable (Flight *flight)
{
  CvgEntry *entry = flight->entry;

  flight->after->serial = cvg_entry_give_serial (entry);
  for (guint i = 0; i < flight->anchors->len; i++)
    cvg_entry_add_anchor (entry, g_ptr_array_index (flight->anchors, i));
  cvg_rotations_seal_async (flight->refresher->rotations, entry, flight->after, on_sealed, flight);
}

/* At least a new refresh token may have come, with whatever else is wrong; that is not lost then.
 */
static void
salvage (Flight *flight, const CvgHttpResponse *response, const GError *error)
{
  g_autoptr (CvgSecret) token =
      response != NULL ? cvg_token_response_find_refresh_token (flight->provider, response) : NULL;

  if (token == NULL || cvg_secret_equal (token, flight->before->refresh_token))
    return;

  flight->after = cvg_credentials_copy (flight->before);
  cvg_secret_unref (flight->after->refresh_token);
  flight->after->refresh_token = g_steal_pointer (&token);
  flight->failure = g_error_copy (error);
}

/* Whether the server may have replaced the refresh token although no new one came. */
static gboolean
is_ambiguous (const CvgHttpResponse *response, gboolean was_sent, const GError *error)
{
  if (response == NULL)
    return was_sent;
  /* RFC 9110 section 15.6.4: with 503 it has not been handled. */
  return g_error_matches (error, CVG_ERROR, CVG_ERROR_TRY_LATER) && response->status != 503 &&
         (response->status < 400 || response->status >= 500);
}

/* The token was not replaced this time. What is not known of an earlier time is not known better
 * for having asked in vain, be it that nobody answered or that the server did not like the client.
 */
static void
settle (Flight *flight, gboolean for_good)
{
  if (flight->was_in_doubt && !for_good)
    return;

  flight->entry->spent_at = 0;
  cvg_rotations_settle (flight->refresher->rotations, flight->entry);
}

/* A registration that the server has lost is of no use to a new sign-in either. Returns: (transfer
 * full) (nullable): that this is what @error comes to */
static GError *
explain_lost_client (const Flight *flight, const GError *error)
{
  CvgRefresher *self = flight->refresher;
  const CvgClient *client =
      cvg_clients_lookup (self->clients, flight->provider->name, flight->before->client_id);
  GError *lost = NULL;

  if (client != NULL && client->is_registered)
    lost = cvg_token_error_of_registered (error);
  if (lost != NULL)
    cvg_clients_expire (self->clients, client, cvg_clock_get_seconds (self->clock));
  return lost;
}

/* Else who reads it would look for the reason where it is not: at the password, at the server.
 * Returns: (transfer full): @error, and what it may come from */
static GError *
explain (const Flight *flight, const GError *error)
{
  GError *lost = explain_lost_client (flight, error);

  if (lost != NULL)
    return lost;
  if (!flight->was_in_doubt || !g_error_matches (error, CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN))
    return g_error_copy (error);

  return g_error_new (CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN,
                      "%s (the answer to an earlier refresh was lost on its way)", error->message);
}

static void
take_failure (Flight *flight,
              const CvgHttpResponse *response,
              gboolean was_sent,
              const GError *error)
{
  CvgEntry *entry = flight->entry;
  g_autoptr (GError) explained = explain (flight, error);

  if (is_ambiguous (response, was_sent, error))
    entry->spent_at = cvg_rotations_get_spent_at (flight->refresher->rotations, entry);
  else
    settle (flight, g_error_matches (error, CVG_ERROR, CVG_ERROR_NEEDS_SIGN_IN));

  crash_land (flight, explained, response != NULL ? response->retry_after : 0);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Flight) flight = user_data;
  g_autoptr (GError) error = NULL;
  CvgHttp *http = CVG_HTTP (source);
  g_autoptr (CvgHttpResponse) response = cvg_http_send_finish (http, result, &error);
  g_autoptr (CvgCredentials) answer = NULL;

  CVG_KILL_POINT ("answer-received");
  if (response != NULL)
    answer = cvg_token_response_parse (flight->provider, CVG_TOKEN_GRANT_REFRESH, response,
                                       cvg_clock_get_seconds (flight->refresher->clock), &error);
  if (answer != NULL)
    flight->after = cvg_token_response_merge (flight->before, answer);
  else
    salvage (flight, response, error);

  /* Good or bad, it is an answer about credentials that are no longer in use. */
  if (!is_current (flight))
    land_superseded (flight);
  else if (flight->after != NULL)
    make_durable (g_steal_pointer (&flight));
  else
    take_failure (flight, response, response != NULL || cvg_http_was_sent (http, result), error);
}

/* ---- ask the server -------------------------------------------------------------------------- */

static CvgHttpRequest *
build_request (Flight *flight, GError **error)
{
  CvgRefresher *self = flight->refresher;
  const CvgInstance *record = flight->entry->record;
  const char *client_id =
      flight->before->client_id != NULL ? flight->before->client_id : record->client_id;
  CvgClient *client =
      cvg_clients_choose_with_secret (self->clients, record->server_name, client_id, error);

  if (client == NULL && client_id != NULL)
    g_prefix_error (error, "A sign-in is refreshed with the client that it was made with. ");
  if (client == NULL)
    return NULL;

  return cvg_token_request_refresh (flight->provider, record->tenant, client,
                                    flight->before->refresh_token);
}

/* Takes @flight. */
static void
send (Flight *flight)
{
  g_autoptr (CvgHttpRequest) request = g_steal_pointer (&flight->request);

  cvg_http_send_async (flight->refresher->http, request, NULL, on_answer, flight);
  CVG_KILL_POINT ("request-sent");
}

/* One in doubt is noted since it is. Not to present it while its window lasts would be the loss
 * that the note is there to prevent. */
static gboolean
needs_note (const Flight *flight)
{
  return flight->provider->refresh_token_rotates && !flight->was_in_doubt;
}

static void
on_noted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Flight) flight = user_data;
  g_autoptr (GError) reason = NULL;
  g_autoptr (GError) error = NULL;

  if (cvg_rotations_write_finish (CVG_ROTATIONS (source), result, &reason))
    CVG_KILL_POINT ("note-written");
  else if (needs_note (flight))
    error = g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER,
                         "Nothing was asked: the journal can't be written (%s), and without it the "
                         "sign-in might be lost",
                         reason->message);

  if (!is_current (flight))
    land_superseded (flight);
  else if (error != NULL)
    crash_land (flight, error, 0);
  else if (flight->refresher->stopping)
    {
      settle (flight, FALSE);
      land_stopped (flight);
    }
  else
    send (g_steal_pointer (&flight));
}

/* The keyring may have been locked while it waited: then the client's secret is gone. And when it
 * was read again, another program may have changed or deleted the item. */
static gboolean
check_for_departure (Flight *flight)
{
  const CvgCredentials *credentials = flight->entry->credentials;
  g_autoptr (GError) error = NULL;

  if (flight->refresher->stopping)
    land_stopped (flight);
  else if (!is_current (flight))
    land_superseded (flight);
  else if (!cvg_keeper_is_open (flight->refresher->keeper))
    {
      error = cvg_keeper_new_state_error (flight->refresher->keeper);
      land (flight, error);
    }
  else if (credentials == NULL || credentials->refresh_token == NULL)
    land_superseded (flight);
  else
    return TRUE;

  return FALSE;
}

/* From here on it is about what the entry has now. */
static void
board (Flight *flight)
{
  CvgEntry *entry = flight->entry;

  cvg_credentials_unref (flight->before);
  flight->before = cvg_credentials_ref (entry->credentials);
  flight->was_in_doubt = entry->spent_at != 0;
  for (guint i = 0; i < entry->anchors->len; i++)
    g_ptr_array_add (flight->anchors, cvg_secret_ref (g_ptr_array_index (entry->anchors, i)));
}

static void
on_admitted (gpointer user_data)
{
  g_autoptr (Flight) flight = user_data;
  CvgRefresher *self = flight->refresher;
  g_autoptr (GError) error = NULL;

  g_ptr_array_remove_fast (self->queued, flight);
  CVG_KILL_POINT ("refresh-admitted");
  if (!check_for_departure (flight))
    return;

  board (flight);
  /* Now: the keyring may lock while the note is written, and take the client's secret with it. */
  flight->request = build_request (flight, &error);
  if (flight->request == NULL)
    {
      crash_land (flight, error, 0);
      return;
    }

  cvg_rotations_note_async (self->rotations, flight->entry, flight->before, on_noted, flight);
  g_steal_pointer (&flight);
}

static char *
dup_host (const Flight *flight)
{
  g_autofree char *url =
      cvg_token_request_dup_refresh_url (flight->provider, flight->entry->record->tenant);
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  return g_strdup (uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : "");
}

static Flight *
flight_new (CvgRefresher *self, CvgEntry *entry)
{
  Flight *flight = g_new0 (Flight, 1);

  flight->refresher = g_object_ref (self);
  flight->entry = cvg_entry_ref (entry);
  flight->provider = cvg_entry_dup_server (entry);
  flight->generation = entry->generation;
  flight->before = cvg_credentials_ref (entry->credentials);
  flight->anchors = g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_secret_unref);
  flight->waiters = cvg_waiters_new (self->clock, WAITER_SECONDS,
                                     "The server takes its time; the refresh goes on. Try again "
                                     "in a few seconds");
  return flight;
}

/* A caller is told in time that it takes long; background work has all the time there is. */
static void
add_waiter (Flight *flight, CvgUrgency urgency, GTask *task)
{
  if (urgency == CVG_URGENCY_CALLER)
    cvg_waiters_add (flight->waiters, task);
  else
    cvg_waiters_add_patient (flight->waiters, task);
}

static void
take_off (CvgRefresher *self, CvgEntry *entry, CvgUrgency urgency, GTask *task)
{
  Flight *flight = flight_new (self, entry);
  g_autofree char *host = dup_host (flight);

  CVG_KILL_POINT ("refresh-decided");
  g_hash_table_replace (self->flights, flight->entry, flight);
  g_ptr_array_add (self->queued, flight);
  self->n_flights++;
  add_waiter (flight, urgency, task);
  flight->ticket = cvg_gate_enter (self->gate, host, urgency, on_admitted, flight);
}

static GError *
new_unknown_server_error (const CvgEntry *entry)
{
  return g_error_new (CVG_ERROR, CVG_ERROR_UNKNOWN_SERVER,
                      "The catalogue has no server %s any more", entry->record->server_name);
}

/* A program may have set a refresh token where there is nobody to take it. */
static GError *
find_hindrance (const CvgEntry *entry)
{
  if (entry->provider == NULL)
    return new_unknown_server_error (entry);
  if (!cvg_entry_has_refresh_endpoint (entry))
    return g_error_new (CVG_ERROR, CVG_ERROR_REFUSED,
                        "Tokens of %s can't be refreshed: the catalogue has no endpoint for it",
                        entry->record->server_name);

  return NULL;
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
  GError *hindrance = find_hindrance (entry);

  g_return_if_fail (entry->credentials != NULL && entry->credentials->refresh_token != NULL);

  g_task_set_source_tag (task, cvg_refresher_refresh_async);
  if (self->stopping && hindrance == NULL)
    hindrance = new_stopping_error ();
  if (hindrance != NULL)
    {
      g_task_return_error (task, hindrance);
      return;
    }

  if (flight != NULL && is_current (flight))
    {
      g_debug ("Instance %s: joining the refresh under way", entry->record->id);
      if (urgency == CVG_URGENCY_CALLER)
        cvg_ticket_hurry (flight->ticket);
      add_waiter (flight, urgency, g_steal_pointer (&task));
      return;
    }

  take_off (self, entry, urgency, g_steal_pointer (&task));
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
