/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One search for a server at a time, with a deadline of its own, and a memory of some minutes: a
 * person who tries again need not wait again, and a server that moves is found where it went.
 * Nothing of it is written down but what goes with a grant.
 */
#include "agent/discovery.h"

#include "agent/waiters.h"
#include "dbus/error.h"

/* The person waits for the browser. */
#define PATIENCE_SECONDS 20

#define REMEMBER_SECONDS 300

struct _CvgDiscovery
{
  GObject parent_instance;

  CvgHttp *http;       /* (owned) */
  CvgClock *clock;     /* (owned) */
  GHashTable *flights; /* (owned) (element-type utf8 Flight) */
  GHashTable *memory;  /* (owned) (element-type utf8 Remembered) */
  gboolean stopping;
};

G_DEFINE_FINAL_TYPE (CvgDiscovery, cvg_discovery, G_TYPE_OBJECT)

/* A search, and who waits for it. */
typedef struct
{
  CvgDiscovery *discovery;   /* (owned) */
  char *key;                 /* (owned) */
  CvgProvider *provider;     /* (owned) */
  CvgWaiters *waiters;       /* (owned) */
  GCancellable *cancellable; /* (owned): of the search */
  guint alarm;
} Flight;

typedef struct
{
  CvgProvider *provider; /* (owned): whose file it was */
  CvgDiscovered *found;  /* (owned) */
  gint64 at;             /* Unix seconds */
} Remembered;

static void
flight_free (Flight *flight)
{
  cvg_clock_clear_alarm (flight->discovery->clock, &flight->alarm);
  cvg_waiters_free (flight->waiters);
  g_object_unref (flight->cancellable);
  cvg_provider_unref (flight->provider);
  g_free (flight->key);
  g_object_unref (flight->discovery);
  g_free (flight);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Flight, flight_free)

static void
remembered_free (Remembered *remembered)
{
  cvg_provider_unref (remembered->provider);
  cvg_discovered_unref (remembered->found);
  g_free (remembered);
}

static void
cvg_discovery_finalize (GObject *object)
{
  CvgDiscovery *self = CVG_DISCOVERY (object);

  g_clear_pointer (&self->memory, g_hash_table_unref);
  g_clear_pointer (&self->flights, g_hash_table_unref);
  g_clear_object (&self->clock);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (cvg_discovery_parent_class)->finalize (object);
}

static void
cvg_discovery_class_init (CvgDiscoveryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_discovery_finalize;
}

static void
cvg_discovery_init (CvgDiscovery *self)
{
  /* A flight belongs to its search, which holds it; the table only finds it. */
  self->flights = g_hash_table_new (g_str_hash, g_str_equal);
  self->memory =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) remembered_free);
}

/** cvg_discovery_new: all arguments (transfer none) */
CvgDiscovery *
cvg_discovery_new (CvgHttp *http, CvgClock *clock)
{
  CvgDiscovery *self = g_object_new (CVG_TYPE_DISCOVERY, NULL);

  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  return self;
}

/**
 * cvg_discovery_is_needed:
 *
 * Returns: whether the file of @provider leaves out where to sign in. A file that does not lacks
 *   nothing, be there a revocation endpoint in it or not
 */
gboolean
cvg_discovery_is_needed (const CvgProvider *provider)
{
  return provider->token_endpoint == NULL || (provider->authorization_endpoint == NULL &&
                                              provider->device_authorization_endpoint == NULL);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static char *
make_key (const CvgProvider *provider, GVariant *tenant)
{
  g_autofree char *values = tenant != NULL ? g_variant_print (tenant, FALSE) : NULL;

  return g_strdup_printf ("%s\n%s", provider->name, values != NULL ? values : "");
}

static void
remember (Flight *flight, CvgDiscovered *found)
{
  CvgDiscovery *self = flight->discovery;
  Remembered *remembered = g_new0 (Remembered, 1);

  remembered->provider = cvg_provider_ref (flight->provider);
  remembered->found = cvg_discovered_ref (found);
  remembered->at = cvg_clock_get_seconds (self->clock);
  g_hash_table_replace (self->memory, g_strdup (flight->key), remembered);
}

static CvgDiscovered *
recall (CvgDiscovery *self, const char *key, const CvgProvider *provider)
{
  const Remembered *remembered = g_hash_table_lookup (self->memory, key);
  gint64 age = remembered != NULL ? cvg_clock_get_seconds (self->clock) - remembered->at : -1;

  /* A negative age is that of a clock that was put back. */
  if (age >= 0 && age < REMEMBER_SECONDS && remembered->provider == provider)
    return remembered->found;

  g_hash_table_remove (self->memory, key);
  return NULL;
}

/** cvg_discovery_forget: looks for the server anew the next time: what is remembered may be old */
void
cvg_discovery_forget (CvgDiscovery *self, const CvgProvider *provider, GVariant *tenant)
{
  g_autofree char *key = make_key (provider, tenant);

  g_hash_table_remove (self->memory, key);
}

/* ---- searching ------------------------------------------------------------------------------- */

static GError *
new_error (const Flight *flight, const GError *error)
{
  if (flight->discovery->stopping)
    return g_error_new_literal (CVG_ERROR, CVG_ERROR_TRY_LATER,
                                "Claviger is stopping; try again in a second");
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_new (CVG_ERROR, CVG_ERROR_TRY_LATER,
                        "%s took longer than %d seconds to say how to sign in; try again later",
                        flight->provider->name, PATIENCE_SECONDS);

  return g_error_copy (error);
}

static void
land (Flight *flight, CvgDiscovered *found, const GError *error)
{
  g_autoptr (GPtrArray) tasks = cvg_waiters_take (flight->waiters);

  g_hash_table_remove (flight->discovery->flights, flight->key);
  for (guint i = 0; i < tasks->len; i++)
    if (found != NULL)
      g_task_return_pointer (g_ptr_array_index (tasks, i), cvg_discovered_ref (found),
                             (GDestroyNotify) cvg_discovered_unref);
    else
      g_task_return_error (g_ptr_array_index (tasks, i), new_error (flight, error));
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Flight) flight = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgServerFound) server = cvg_server_search_finish (CVG_HTTP (source), result, &error);
  g_autoptr (CvgDiscovered) found = NULL;

  if (server != NULL)
    found = cvg_discovered_new (flight->provider, server, &error);
  if (found != NULL)
    remember (flight, found);
  land (flight, found, error);
}

static void
on_patience_over (gpointer user_data)
{
  Flight *flight = user_data;

  flight->alarm = 0;
  g_cancellable_cancel (flight->cancellable);
}

static Flight *
take_off (CvgDiscovery *self, CvgProvider *provider, GVariant *tenant, const char *key)
{
  Flight *flight = g_new0 (Flight, 1);

  flight->discovery = g_object_ref (self);
  flight->key = g_strdup (key);
  flight->provider = cvg_provider_ref (provider);
  flight->waiters = cvg_waiters_new (self->clock, 0, "");
  flight->cancellable = g_cancellable_new ();
  flight->alarm = cvg_clock_add_alarm (
      self->clock, cvg_clock_get_now (self->clock) + PATIENCE_SECONDS * G_TIME_SPAN_SECOND,
      on_patience_over, flight, NULL);
  g_hash_table_insert (self->flights, flight->key, flight);
  cvg_server_search_async (self->http, provider, tenant, flight->cancellable, on_found, flight);
  return flight;
}

/**
 * cvg_discovery_run_async:
 * @provider: what its file says
 * @tenant: (nullable): a{ss}, checked
 * @cancellable: (nullable): of this caller; others may wait for the same
 *
 * Completes @provider, by asking its server for what the file leaves out, if anything.
 */
void
cvg_discovery_run_async (CvgDiscovery *self,
                         CvgProvider *provider,
                         GVariant *tenant,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *key = make_key (provider, tenant);
  Flight *flight = g_hash_table_lookup (self->flights, key);
  CvgDiscovered *known = recall (self, key, provider);

  g_task_set_source_tag (task, cvg_discovery_run_async);
  if (!cvg_discovery_is_needed (provider))
    g_task_return_pointer (task, cvg_discovered_new_complete (provider),
                           (GDestroyNotify) cvg_discovered_unref);
  else if (self->stopping)
    g_task_return_new_error (task, CVG_ERROR, CVG_ERROR_TRY_LATER,
                             "Claviger is stopping; try again in a second");
  else if (known != NULL)
    g_task_return_pointer (task, cvg_discovered_ref (known), (GDestroyNotify) cvg_discovered_unref);
  else
    {
      if (flight == NULL)
        flight = take_off (self, provider, tenant, key);
      cvg_waiters_add_patient (flight->waiters, g_steal_pointer (&task));
    }
}

/**
 * cvg_discovery_run_finish:
 *
 * Returns: (transfer full): @provider, complete. Fails with %CVG_ERROR_REFUSED,
 *   %CVG_ERROR_TRY_LATER, %CVG_ERROR_INVALID_ARGUMENT or %G_IO_ERROR_CANCELLED
 */
CvgDiscovered *
cvg_discovery_run_finish (CvgDiscovery *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_discovery_run_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/** cvg_discovery_stop: begins nothing new, and ends what is on its way */
void
cvg_discovery_stop (CvgDiscovery *self)
{
  GHashTableIter iter;
  gpointer flight = NULL;

  self->stopping = TRUE;
  g_hash_table_iter_init (&iter, self->flights);
  while (g_hash_table_iter_next (&iter, NULL, &flight))
    g_cancellable_cancel (((Flight *) flight)->cancellable);
}

/** cvg_discovery_is_idle: Returns: whether no search is in progress */
gboolean
cvg_discovery_is_idle (CvgDiscovery *self)
{
  return g_hash_table_size (self->flights) == 0;
}
