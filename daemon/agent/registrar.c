/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One registration at a time for an issuer and a redirect URI: two sign-ins that begin together are
 * two of one client. A client is stored before anybody uses it, its secret in the keyring, together
 * with whom it is registered with and for which redirect URI; elsewhere it is of no use. The one
 * that it takes the place of goes, unless somebody is signed in with it.
 */
#include "agent/registrar.h"

#include "agent/waiters.h"
#include "dbus/error.h"
#include "dbus/shell-word.h"
#include "model/endpoint.h"
#include "oauth/registration.h"

/* The person waits for the browser. */
#define PATIENCE_SECONDS 20

struct _CvgRegistrar
{
  GObject parent_instance;

  CvgHttp *http;             /* (owned) */
  CvgClock *clock;           /* (owned) */
  CvgClients *clients;       /* (owned) */
  CvgKeeper *keeper;         /* (owned) */
  CvgClientChanges *changes; /* (owned) */
  GHashTable *flights;       /* (owned) (element-type utf8 Flight) */
  gboolean stopping;
};

G_DEFINE_FINAL_TYPE (CvgRegistrar, cvg_registrar, G_TYPE_OBJECT)

/* A registration, and who waits for it. */
typedef struct
{
  CvgRegistrar *registrar;   /* (owned) */
  char *key;                 /* (owned) */
  CvgProvider *provider;     /* (owned) */
  char *issuer;              /* (owned) */
  CvgClient *client;         /* (owned) (nullable): what came, until it is stored */
  CvgWaiters *waiters;       /* (owned) */
  GCancellable *cancellable; /* (owned): of the request */
  guint alarm;
} Flight;

static void
flight_free (Flight *flight)
{
  cvg_clock_clear_alarm (flight->registrar->clock, &flight->alarm);
  cvg_waiters_free (flight->waiters);
  g_object_unref (flight->cancellable);
  g_clear_pointer (&flight->client, cvg_client_unref);
  cvg_provider_unref (flight->provider);
  g_free (flight->issuer);
  g_free (flight->key);
  g_object_unref (flight->registrar);
  g_free (flight);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Flight, flight_free)

static void
cvg_registrar_finalize (GObject *object)
{
  CvgRegistrar *self = CVG_REGISTRAR (object);

  g_clear_pointer (&self->flights, g_hash_table_unref);
  g_clear_object (&self->changes);
  g_clear_object (&self->keeper);
  g_clear_object (&self->clients);
  g_clear_object (&self->clock);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (cvg_registrar_parent_class)->finalize (object);
}

static void
cvg_registrar_class_init (CvgRegistrarClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_registrar_finalize;
}

static void
cvg_registrar_init (CvgRegistrar *self)
{
  /* A flight belongs to its request, which holds it; the table only finds it. */
  self->flights = g_hash_table_new (g_str_hash, g_str_equal);
}

/** cvg_registrar_new: all arguments (transfer none) */
CvgRegistrar *
cvg_registrar_new (CvgHttp *http,
                   CvgClock *clock,
                   CvgClients *clients,
                   CvgKeeper *keeper,
                   CvgClientChanges *changes)
{
  CvgRegistrar *self = g_object_new (CVG_TYPE_REGISTRAR, NULL);

  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  self->clients = g_object_ref (clients);
  self->keeper = g_object_ref (keeper);
  self->changes = g_object_ref (changes);
  return self;
}

/**
 * cvg_registrar_dup_issuer:
 * @provider: complete, with a registration endpoint
 *
 * Returns: (transfer full): with whom a client of it is registered: the issuer, or where clients
 *   register if it has no such name
 */
char *
cvg_registrar_dup_issuer (const CvgProvider *provider, GVariant *tenant)
{
  return cvg_tenant_expand_url (
      provider->issuer != NULL ? provider->issuer : provider->registration_endpoint, tenant);
}

/* ---- its end --------------------------------------------------------------------------------- */

/* People are told what is left to them. Returns: (transfer full) */
static GError *
explain (const Flight *flight, const GError *error)
{
  g_autofree char *server_word = cvg_shell_word (flight->provider->name);

  if (flight->registrar->stopping)
    return g_error_new_literal (CVG_ERROR, CVG_ERROR_TRY_LATER,
                                "Claviger is stopping; try again in a second");
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER,
                        "%s took longer than %d seconds to register Claviger; try again later",
                        flight->provider->name, PATIENCE_SECONDS);
  if (g_error_matches (error, CVG_ERROR, CVG_ERROR_REFUSED))
    return g_error_new (CVG_ERROR, CVG_ERROR_REFUSED,
                        "%s did not register Claviger: %s. If you can register an application "
                        "there yourself, add it with: claviger client add %s CLIENT_ID",
                        flight->provider->name, error->message, server_word);

  return g_error_new (error->domain, error->code, "Claviger could not be registered with %s: %s",
                      flight->provider->name, error->message);
}

static void
land (Flight *flight, CvgClient *client, const GError *error)
{
  g_autoptr (GPtrArray) tasks = cvg_waiters_take (flight->waiters);

  g_hash_table_remove (flight->registrar->flights, flight->key);
  for (guint i = 0; i < tasks->len; i++)
    if (client != NULL)
      g_task_return_pointer (g_ptr_array_index (tasks, i), cvg_client_ref (client),
                             (GDestroyNotify) cvg_client_unref);
    else
      g_task_return_error (g_ptr_array_index (tasks, i), explain (flight, error));
}

/* ---- storing --------------------------------------------------------------------------------- */

static void
on_retired (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* One that somebody is signed in with stays, and goes another time. */
  if (!cvg_client_changes_finish (CVG_CLIENT_CHANGES (source), result, &error))
    g_debug ("An older registration stays: %s", error->message);
}

/* Those of other issuers are those of other tenants, if there are any. */
static gboolean
is_replaced (const Flight *flight, const CvgClient *client)
{
  return client->is_registered && g_strcmp0 (client->client_id, flight->client->client_id) != 0 &&
         (flight->provider->tenant_parameters->len == 0 ||
          g_strcmp0 (client->issuer, flight->issuer) == 0);
}

static void
retire_others (const Flight *flight)
{
  CvgRegistrar *self = flight->registrar;
  g_autoptr (GPtrArray) clients = cvg_clients_list (self->clients, flight->provider->name);

  for (guint i = 0; i < clients->len; i++)
    {
      const CvgClient *client = g_ptr_array_index (clients, i);

      if (is_replaced (flight, client))
        cvg_client_changes_delete_async (self->changes, client->server_name, client->client_id,
                                         on_retired, NULL);
    }
}

static void
put (Flight *flight)
{
  CvgRegistrar *self = flight->registrar;
  CvgClient *client = flight->client;
  g_autoptr (GError) error = NULL;

  /* It may have been locked again since the write; then nothing of it stays in memory. */
  if (client->has_secret && !cvg_keeper_is_open (self->keeper))
    {
      g_clear_pointer (&client->secret, cvg_secret_unref);
      error = cvg_keeper_new_state_error (self->keeper);
    }
  cvg_clients_put (self->clients, client);
  g_message ("Claviger registered itself with %s (%s)", flight->provider->name, flight->issuer);
  retire_others (flight);
  land (flight, error == NULL ? client : NULL, error);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Flight) flight = user_data;
  g_autoptr (GError) error = NULL;

  if (cvg_writer_finish (cvg_keeper_get_writer (flight->registrar->keeper), result, &error))
    put (flight);
  else
    land (flight, NULL, error);
}

/* @flight (transfer full): the secret of its client goes into the keyring; or out of it, where the
 * client has none any more. */
static void
store (Flight *flight)
{
  g_autoptr (Flight) kept = flight;
  CvgWriter *writer = cvg_keeper_get_writer (flight->registrar->keeper);
  const CvgClient *client = flight->client;
  const CvgClient *before =
      cvg_clients_lookup (flight->registrar->clients, client->server_name, client->client_id);

  if (client->has_secret)
    cvg_writer_store_client_async (writer, client, client->secret, on_stored,
                                   g_steal_pointer (&kept));
  else if (before != NULL && before->has_secret)
    cvg_writer_remove_async (writer, CVG_VAULT_CLIENT, client->id, on_stored,
                             g_steal_pointer (&kept));
  else
    put (flight);
}

/* ---- asking ---------------------------------------------------------------------------------- */

/* Returns: (transfer none) (nullable): the client that has the id of @registration already */
static CvgClient *
find_same (const Flight *flight, const CvgRegistration *registration)
{
  return cvg_clients_lookup (flight->registrar->clients, flight->provider->name,
                             registration->client_id);
}

static CvgClient *
make_client (const Flight *flight, const CvgRegistration *registration)
{
  const CvgClient *before = find_same (flight, registration);
  CvgClient *client = cvg_client_new ();

  /* The same client again has the same place, here and in the keyring. */
  client->id = before != NULL ? g_strdup (before->id) : g_uuid_string_random ();
  client->server_name = g_strdup (flight->provider->name);
  client->client_id = g_strdup (registration->client_id);
  client->redirect_uri = g_strdup (flight->provider->redirect_uri);
  client->created_at = cvg_clock_get_seconds (flight->registrar->clock);
  client->has_secret = registration->client_secret != NULL;
  if (client->has_secret)
    client->secret = cvg_secret_ref (registration->client_secret);
  client->is_registered = TRUE;
  client->issuer = g_strdup (flight->issuer);
  client->authentication = registration->authentication;
  client->expires_at = registration->expires_at;
  /* Whoever registers had no default that could be used. */
  client->is_default = TRUE;
  return client;
}

/* A server may give again the id that it gave before (RFC 7591 section 3.2.1), but not one that
 * another one gave, or that a person brought. */
static gboolean
is_foreign (const Flight *flight, const CvgClient *client)
{
  return !client->is_registered || g_strcmp0 (client->issuer, flight->issuer) != 0;
}

static gboolean
check_registration (const Flight *flight, const CvgRegistration *registration, GError **error)
{
  const CvgClient *before = find_same (flight, registration);

  if (before != NULL && is_foreign (flight, before))
    g_set_error_literal (error, CVG_ERROR, CVG_ERROR_REFUSED,
                         "it gave Claviger the id of a client that is there already");
  else if (registration->expires_at != 0 &&
           registration->expires_at <= cvg_clock_get_seconds (flight->registrar->clock))
    g_set_error_literal (error, CVG_ERROR, CVG_ERROR_REFUSED,
                         "the client that it made is over already");
  else
    return TRUE;

  return FALSE;
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Flight) flight = user_data;
  CvgRegistrar *self = flight->registrar;
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgHttpResponse) response = cvg_http_send_finish (CVG_HTTP (source), result, &error);
  g_autoptr (CvgRegistration) registration = NULL;

  cvg_clock_clear_alarm (self->clock, &flight->alarm);
  if (response != NULL)
    registration = cvg_registration_parse (response, flight->provider->redirect_uri, &error);
  if (registration == NULL || !check_registration (flight, registration, &error))
    {
      land (flight, NULL, error);
      return;
    }

  flight->client = make_client (flight, registration);
  store (g_steal_pointer (&flight));
}

static void
on_patience_over (gpointer user_data)
{
  Flight *flight = user_data;

  flight->alarm = 0;
  g_cancellable_cancel (flight->cancellable);
}

static CvgHttpRequest *
build_request (const CvgRegistrarJob *job, GError **error)
{
  const CvgProvider *provider = job->server->provider;
  g_autofree char *endpoint = cvg_tenant_expand_url (provider->registration_endpoint, job->tenant);
  const char *mistake = cvg_endpoint_find_mistake (endpoint);
  const CvgRegistrationRequest asked = {
    .endpoint = endpoint,
    .redirect_uri = provider->redirect_uri,
    .scopes = job->scopes,
    .authentication = job->server->registration,
    .has_device_flow = provider->device_authorization_endpoint != NULL,
  };

  if (mistake == NULL)
    return cvg_registration_request (&asked);

  g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
               "Claviger can't register itself with %s: with these tenant values the registration "
               "endpoint %s",
               provider->name, mistake);
  return NULL;
}

static Flight *
flight_new (CvgRegistrar *self, const CvgRegistrarJob *job, const char *key)
{
  Flight *flight = g_new0 (Flight, 1);

  flight->registrar = g_object_ref (self);
  flight->key = g_strdup (key);
  flight->provider = cvg_provider_ref (job->server->provider);
  flight->issuer = cvg_registrar_dup_issuer (flight->provider, job->tenant);
  flight->waiters = cvg_waiters_new (self->clock, 0, "");
  flight->cancellable = g_cancellable_new ();
  return flight;
}

static Flight *
take_off (CvgRegistrar *self, const CvgRegistrarJob *job, const char *key, GError **error)
{
  g_autoptr (CvgHttpRequest) request = build_request (job, error);
  Flight *flight = NULL;

  if (request == NULL)
    return NULL;

  flight = flight_new (self, job, key);
  flight->alarm = cvg_clock_add_alarm (
      self->clock, cvg_clock_get_now (self->clock) + PATIENCE_SECONDS * G_TIME_SPAN_SECOND,
      on_patience_over, flight, NULL);
  g_hash_table_insert (self->flights, flight->key, flight);
  cvg_http_send_async (self->http, request, flight->cancellable, on_answer, flight);
  return flight;
}

static char *
make_key (const CvgRegistrarJob *job)
{
  const CvgProvider *provider = job->server->provider;
  g_autofree char *issuer = cvg_registrar_dup_issuer (provider, job->tenant);

  return g_strdup_printf ("%s\n%s\n%s", provider->name, issuer, provider->redirect_uri);
}

/**
 * cvg_registrar_run_async:
 * @job: (transfer none): what to register
 * @cancellable: (nullable): of this caller; others may wait for the same
 *
 * Registers a client, and stores it as the default of its server. To be called with the keyring
 * open, by who found none that could be used.
 */
void
cvg_registrar_run_async (CvgRegistrar *self,
                         const CvgRegistrarJob *job,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *key = make_key (job);
  Flight *flight = g_hash_table_lookup (self->flights, key);
  GError *error = NULL;

  g_task_set_source_tag (task, cvg_registrar_run_async);
  if (self->stopping)
    g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_TRY_LATER,
                             "Claviger is stopping; try again in a second");
  else if (flight != NULL || (flight = take_off (self, job, key, &error)) != NULL)
    cvg_waiters_add_patient (flight->waiters, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/**
 * cvg_registrar_run_finish:
 *
 * Returns: (transfer full): the client, with its secret if it has one. Fails with
 *   %CVG_ERROR_REFUSED, %CVG_ERROR_TRY_LATER, %CVG_ERROR_INVALID_ARGUMENT,
 *   %CVG_ERROR_KEYRING_LOCKED, %CVG_ERROR_KEYRING_UNAVAILABLE or %G_IO_ERROR_CANCELLED
 */
CvgClient *
cvg_registrar_run_finish (CvgRegistrar *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_registrar_run_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/** cvg_registrar_stop: begins nothing new; what has been answered is stored */
void
cvg_registrar_stop (CvgRegistrar *self)
{
  GHashTableIter iter;
  gpointer flight = NULL;

  self->stopping = TRUE;
  g_hash_table_iter_init (&iter, self->flights);
  while (g_hash_table_iter_next (&iter, NULL, &flight))
    g_cancellable_cancel (((Flight *) flight)->cancellable);
}

/** cvg_registrar_is_idle: Returns: whether no registration is in progress */
gboolean
cvg_registrar_is_idle (CvgRegistrar *self)
{
  return g_hash_table_size (self->flights) == 0;
}
