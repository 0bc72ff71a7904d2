/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What comes before a sign-in: the provider is completed by what its server says of itself, then
 * the client is chosen. Who names one gets that one; else it is the instance's, else the default;
 * and where there is none, or none that Claviger registered itself and that is still of use, it
 * registers one if the server lets it.
 *
 * A client that Claviger registered is of use with the issuer that it was registered with, for the
 * very redirect URI that it was registered for, and until it expires.
 */
#include "agent/preparation.h"

#include "agent/discovery.h"
#include "agent/registrar.h"
#include "dbus/error.h"
#include "oauth/authorize-url.h"

struct _CvgPreparation
{
  GObject parent_instance;

  CvgClock *clock;         /* (owned) */
  CvgClients *clients;     /* (owned) */
  CvgKeeper *keeper;       /* (owned) */
  CvgDiscovery *discovery; /* (owned) */
  CvgRegistrar *registrar; /* (owned) */
};

G_DEFINE_FINAL_TYPE (CvgPreparation, cvg_preparation, G_TYPE_OBJECT)

/* One run in progress. */
typedef struct
{
  CvgInstance *record;   /* (owned): of the instance, as it was */
  char *client_id;       /* (owned) (nullable): the caller's */
  char *scope;           /* (owned) (nullable): likewise */
  CvgDiscovered *server; /* (owned) (nullable): when it is known */
} Run;

static void
run_free (Run *run)
{
  cvg_instance_unref (run->record);
  g_free (run->client_id);
  g_free (run->scope);
  g_clear_pointer (&run->server, cvg_discovered_unref);
  g_free (run);
}

/** cvg_prepared_free: frees it */
void
cvg_prepared_free (CvgPrepared *prepared)
{
  cvg_provider_unref (prepared->provider);
  g_clear_pointer (&prepared->server, g_variant_unref);
  cvg_client_unref (prepared->client);
  g_free (prepared);
}

static void
cvg_preparation_finalize (GObject *object)
{
  CvgPreparation *self = CVG_PREPARATION (object);

  g_clear_object (&self->registrar);
  g_clear_object (&self->discovery);
  g_clear_object (&self->keeper);
  g_clear_object (&self->clients);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (cvg_preparation_parent_class)->finalize (object);
}

static void
cvg_preparation_class_init (CvgPreparationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_preparation_finalize;
}

static void
cvg_preparation_init (CvgPreparation *self)
{
}

/** cvg_preparation_new: all arguments (transfer none) */
CvgPreparation *
cvg_preparation_new (CvgHttp *http,
                     CvgClock *clock,
                     CvgClients *clients,
                     CvgKeeper *keeper,
                     CvgClientChanges *changes)
{
  CvgPreparation *self = g_object_new (CVG_TYPE_PREPARATION, NULL);

  self->clock = g_object_ref (clock);
  self->clients = g_object_ref (clients);
  self->keeper = g_object_ref (keeper);
  self->discovery = cvg_discovery_new (http, clock);
  self->registrar = cvg_registrar_new (http, clock, clients, keeper, changes);
  return self;
}

/* ---- the client ------------------------------------------------------------------------------ */

/* A client that is registered with somebody is nobody to others: they would be shown its secret. */
static gboolean
is_of_server (const Run *run, const CvgClient *client)
{
  const CvgProvider *provider = run->server->provider;
  g_autofree char *issuer = NULL;

  if (client->issuer == NULL)
    return TRUE;
  if (provider->issuer == NULL && provider->registration_endpoint == NULL)
    return FALSE;

  issuer = cvg_registrar_dup_issuer (provider, run->record->tenant);
  return g_str_equal (client->issuer, issuer);
}

static gboolean
is_of_use (CvgPreparation *self, const Run *run, const CvgClient *client)
{
  if (!is_of_server (run, client))
    return FALSE;
  if (!client->is_registered)
    return TRUE;

  return g_strcmp0 (client->redirect_uri, run->server->provider->redirect_uri) == 0 &&
         (client->expires_at == 0 || client->expires_at > cvg_clock_get_seconds (self->clock)) &&
         (!client->has_secret || client->secret != NULL);
}

static gboolean
can_register (const Run *run)
{
  const CvgProvider *provider = run->server->provider;

  return provider->registration_endpoint != NULL && provider->redirect_uri != NULL;
}

/* Returns (transfer full) (nullable): a client of another tenant may be the default. */
static CvgClient *
find_registered (CvgPreparation *self, const Run *run)
{
  g_autoptr (GPtrArray) clients = cvg_clients_list (self->clients, run->record->server_name);

  for (guint i = 0; i < clients->len; i++)
    {
      CvgClient *client = g_ptr_array_index (clients, i);

      if (client->is_registered && is_of_use (self, run, client))
        return cvg_client_ref (client);
    }

  return NULL;
}

/* Returns (transfer full) (nullable): the client that somebody named, if it is one for this server.
 * An instance's own is passed over if it is not: the person need not know of it. */
static CvgClient *
choose_named (CvgPreparation *self, const Run *run, GError **error)
{
  const char *client_id = run->client_id != NULL ? run->client_id : run->record->client_id;
  CvgClient *client = NULL;

  if (client_id == NULL)
    return NULL;

  client = cvg_clients_lookup (self->clients, run->record->server_name, client_id);
  if (run->client_id == NULL && client != NULL && client->is_registered &&
      !is_of_use (self, run, client))
    return NULL;

  client =
      cvg_clients_choose_with_secret (self->clients, run->record->server_name, client_id, error);
  if (client == NULL || is_of_server (run, client))
    return client != NULL ? cvg_client_ref (client) : NULL;

  g_set_error (error, CVG_ERROR, CVG_ERROR_REFUSED,
               "Client %s is registered with %s, which is not where this sign-in goes", client_id,
               client->issuer);
  return NULL;
}

/* Returns (transfer full) (nullable): the default, or one that is as good; %NULL without an error:
 * there is none, but there can be. */
static CvgClient *
choose_unnamed (CvgPreparation *self, const Run *run, GError **error)
{
  const char *server_name = run->record->server_name;
  CvgClient *client = cvg_clients_choose (self->clients, server_name, NULL, NULL);
  CvgClient *registered = NULL;

  if (client != NULL && !client->is_registered && is_of_use (self, run, client))
    {
      client = cvg_clients_choose_with_secret (self->clients, server_name, NULL, error);
      return client != NULL ? cvg_client_ref (client) : NULL;
    }

  registered = find_registered (self, run);
  if (registered != NULL || can_register (run))
    return registered;

  if (client != NULL)
    g_set_error (error, CVG_ERROR, CVG_ERROR_NO_CLIENT,
                 "The client that Claviger registered with %s is of no use any more, and %s does "
                 "not register another one",
                 server_name, server_name);
  else
    g_propagate_error (
        error, cvg_clients_new_missing_error (server_name, run->server->provider->redirect_uri));
  return NULL;
}

/* ---- the run --------------------------------------------------------------------------------- */

/* @client is (transfer full). */
static void
return_prepared (GTask *task, CvgClient *client)
{
  const Run *run = g_task_get_task_data (task);
  CvgPrepared *prepared = g_new0 (CvgPrepared, 1);
  CvgProvider *exact = NULL;

  prepared->client = client;
  prepared->server = run->server->server != NULL ? g_variant_ref (run->server->server) : NULL;
  if (client->is_registered && !run->server->provider->redirect_port_exact)
    {
      /* It is registered for that port, and nobody knows whether the server takes another. */
      exact = cvg_provider_copy (run->server->provider);
      exact->redirect_port_exact = TRUE;
    }
  prepared->provider = exact != NULL ? exact : cvg_provider_ref (run->server->provider);
  g_task_return_pointer (task, prepared, (GDestroyNotify) cvg_prepared_free);
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  CvgClient *client = cvg_registrar_run_finish (CVG_REGISTRAR (source), result, &error);

  if (client != NULL)
    return_prepared (task, client);
  else
    g_task_return_error (task, error);
}

/* What is going to be asked for, as far as the authorization server knows it: the scopes of a
 * resource need not be its own, and a client that wants what it does not know is none it takes. */
static char **
list_scopes (const Run *run)
{
  g_auto (GStrv) asked = cvg_authorize_scopes (run->server->provider, run->scope);
  const char *const *known = (const char *const *) run->server->scopes;
  g_autoptr (GPtrArray) scopes = g_ptr_array_new ();

  for (char **scope = asked; *scope != NULL; scope++)
    if (known == NULL || g_strv_contains (known, *scope))
      g_ptr_array_add (scopes, g_strdup (*scope));

  g_ptr_array_add (scopes, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&scopes), FALSE);
}

/* Takes @task. */
static void
register_client (GTask *task)
{
  CvgPreparation *self = g_task_get_source_object (task);
  const Run *run = g_task_get_task_data (task);
  g_auto (GStrv) scopes = list_scopes (run);
  const CvgRegistrarJob job = {
    .server = run->server,
    .tenant = run->record->tenant,
    .scopes = (const char *const *) scopes,
  };

  cvg_registrar_run_async (self->registrar, &job, g_task_get_cancellable (task), on_registered,
                           task);
}

static void
on_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgPreparation *self = g_task_get_source_object (task);
  const Run *run = g_task_get_task_data (task);
  CvgClient *client = NULL;
  GError *error = NULL;

  if (cvg_keeper_open_finish (CVG_KEEPER (source), result, &error))
    client = choose_named (self, run, &error);
  if (client == NULL && error == NULL)
    client = choose_unnamed (self, run, &error);

  if (client != NULL)
    return_prepared (task, client);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    register_client (g_steal_pointer (&task));
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  CvgPreparation *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;

  run->server = cvg_discovery_run_finish (CVG_DISCOVERY (source), result, &error);
  if (run->server == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  /* Once more: it may have been locked while the server was asked, and a secret that is not at hand
   * would be taken for one that is lost. */
  cvg_keeper_open_async (self->keeper, TRUE, g_task_get_cancellable (task), on_open, task);
  g_steal_pointer (&task);
}

/**
 * cvg_preparation_run_async:
 * @entry: the instance; it has a provider, for which its tenant values are right
 * @client_id: (nullable): the client that the caller wants
 * @scope: (nullable): the scopes that the caller wants
 * @cancellable: (nullable): of this caller
 *
 * To be called with the keyring open. Is it locked again meanwhile, the person is asked again.
 */
void
cvg_preparation_run_async (CvgPreparation *self,
                           const CvgEntry *entry,
                           const char *client_id,
                           const char *scope,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Run *run = g_new0 (Run, 1);

  run->record = cvg_instance_ref (entry->record);
  run->client_id = g_strdup (client_id);
  run->scope = g_strdup (scope);
  g_task_set_source_tag (task, cvg_preparation_run_async);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  cvg_discovery_run_async (self->discovery, entry->provider, run->record->tenant, cancellable,
                           on_discovered, g_steal_pointer (&task));
}

/**
 * cvg_preparation_run_finish:
 *
 * Returns: (transfer full): what a sign-in needs. Fails with %CVG_ERROR_NO_CLIENT,
 *   %CVG_ERROR_REFUSED, %CVG_ERROR_TRY_LATER, %CVG_ERROR_INVALID_ARGUMENT,
 *   %CVG_ERROR_KEYRING_LOCKED, %CVG_ERROR_KEYRING_UNAVAILABLE or %G_IO_ERROR_CANCELLED
 */
CvgPrepared *
cvg_preparation_run_finish (CvgPreparation *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_preparation_run_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * cvg_preparation_lose_client:
 * @client: one that Claviger registered, and that the server of @entry does not know
 *
 * The next sign-in registers anew, where the server says then that one registers.
 */
void
cvg_preparation_lose_client (CvgPreparation *self, const CvgEntry *entry, CvgClient *client)
{
  if (entry->provider != NULL)
    cvg_discovery_forget (self->discovery, entry->provider, entry->record->tenant);
  cvg_clients_expire (self->clients, client, cvg_clock_get_seconds (self->clock));
}

/** cvg_preparation_stop: begins nothing new, and ends what is on its way */
void
cvg_preparation_stop (CvgPreparation *self)
{
  cvg_discovery_stop (self->discovery);
  cvg_registrar_stop (self->registrar);
}

/** cvg_preparation_is_idle: Returns: whether nobody is being asked anything */
gboolean
cvg_preparation_is_idle (CvgPreparation *self)
{
  return cvg_discovery_is_idle (self->discovery) && cvg_registrar_is_idle (self->registrar);
}
