/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The composition root: the one place that knows every room. It builds the adapters, hands them to
 * the agent, puts the agent on the bus, and takes it all down in the opposite order.
 */
#include "daemon.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "adapters/browser-desktop.h"
#include "adapters/clock-system.h"
#include "adapters/http-soup.h"
#include "adapters/journal-file.h"
#include "adapters/memory-secret.h"
#include "adapters/network-gio.h"
#include "adapters/notify-desktop.h"
#include "adapters/records-file.h"
#include "adapters/redirect-socket.h"
#include "adapters/sleep-logind.h"
#include "adapters/state-lock.h"
#include "adapters/vault-secret.h"
#include "agent/agent.h"
#include "bus/auth-service.h"
#include "providers/catalogue.h"
#include "providers/client-file.h"
#include "providers/provider-check.h"

/* What was sent to a server has 30 s to be answered, and then it has to reach the keyring. */
#define DRAIN_SECONDS 40
#define DRAIN_POLL_MILLISECONDS 50

/* The one before has left the bus and is about to end: that takes it an instant. */
#define LOCK_PATIENCE_MILLISECONDS 1000

struct _CvgDaemon
{
  GObject parent_instance;

  GDBusConnection *connection; /* (owned) */
  char *state_dir;             /* (owned) */
  CvgStateLock *lock;          /* (owned) (nullable): where there can be none */
  CvgAgentPorts ports;         /* each (owned) */
  CvgAgent *agent;             /* (owned) */
  CvgAuthService *service;     /* (owned) */
  guint drain_source;
  guint trim_source;
  gint64 drain_deadline; /* monotonic microseconds */
};

G_DEFINE_FINAL_TYPE (CvgDaemon, cvg_daemon, G_TYPE_OBJECT)

/* ---- the ports ---- */

/* Where the provider files are, lowest layer first. */
static char **
list_layers (const CvgDaemonSettings *settings)
{
  g_autoptr (GStrvBuilder) layers = g_strv_builder_new ();
  g_autofree char *system_dir =
      g_build_filename (settings->sysconf_dir, "claviger", "providers", NULL);
  g_autofree char *user_dir =
      g_build_filename (g_get_user_config_dir (), "claviger", "providers", NULL);

  g_strv_builder_add_many (layers, settings->providers_dir, system_dir, user_dir, NULL);
  return g_strv_builder_end (layers);
}

static CvgCatalogue *
load_catalogue (const CvgDaemonSettings *settings)
{
  g_auto (GStrv) layers = list_layers (settings);

  return cvg_catalogue_load ((const char *const *) layers);
}

static GPtrArray *
load_system_clients (const CvgDaemonSettings *settings)
{
  g_autofree char *directory =
      g_build_filename (settings->sysconf_dir, "claviger", "clients", NULL);

  return cvg_client_file_load_all (directory);
}

static void
open_ports (CvgAgentPorts *ports, GDBusConnection *connection, const CvgDaemonSettings *settings)
{
  ports->catalogue = load_catalogue (settings);
  ports->system_clients = load_system_clients (settings);
  ports->clock = cvg_clock_system_new ();
  ports->records = cvg_records_file_new (settings->state_dir);
  ports->journal = cvg_journal_file_new (settings->state_dir);
  ports->vault = cvg_vault_secret_new (connection);
  ports->http = CVG_HTTP (cvg_http_soup_new (CVG_VERSION));
  ports->redirect = CVG_REDIRECT (cvg_redirect_socket_new ());
  ports->browser = CVG_BROWSER (cvg_browser_desktop_new (connection));
  ports->network = CVG_NETWORK (cvg_network_gio_new ());
  ports->sleep = CVG_SLEEP (cvg_sleep_logind_new ());
  ports->notify = CVG_NOTIFY (cvg_notify_desktop_new (connection));
}

static void
clear_ports (CvgAgentPorts *ports)
{
  g_clear_object (&ports->notify);
  g_clear_object (&ports->sleep);
  g_clear_object (&ports->network);
  g_clear_object (&ports->browser);
  g_clear_object (&ports->redirect);
  g_clear_object (&ports->http);
  g_clear_object (&ports->vault);
  g_clear_object (&ports->journal);
  g_clear_object (&ports->records);
  g_clear_object (&ports->clock);
  g_clear_pointer (&ports->system_clients, g_ptr_array_unref);
  g_clear_pointer (&ports->catalogue, cvg_catalogue_free);
}

/**
 * cvg_daemon_check_providers:
 * @settings: where the provider files are
 * @files: (nullable): paths of those that are asked about; %NULL or empty: all
 * @print_mistake: called for each mistake, with a line
 * @print_fine: called with what is right
 *
 * Blocks. To be called instead of all else.
 *
 * Returns: whether there is no mistake
 */
gboolean
cvg_daemon_check_providers (const CvgDaemonSettings *settings,
                            const char *const *files,
                            void (*print_mistake) (const char *line),
                            void (*print_fine) (const char *line))
{
  g_auto (GStrv) layers = list_layers (settings);
  const char *const *directories = (const char *const *) layers;
  gboolean are_all = files == NULL || *files == NULL;
  g_autoptr (CvgProviderReport) report = are_all ? cvg_provider_check_directories (directories) :
                                                   cvg_provider_check_files (directories, files);

  for (guint i = 0; i < report->mistakes->len; i++)
    print_mistake (g_ptr_array_index (report->mistakes, i));
  for (guint i = 0; i < report->fine->len && !are_all; i++)
    {
      g_autofree char *line =
          g_strdup_printf ("%s: is fine", (const char *) g_ptr_array_index (report->fine, i));

      print_fine (line);
    }
  if (are_all)
    {
      guint count = report->fine->len;
      g_autofree char *line =
          g_strdup_printf ("%u provider %s fine", count, count == 1 ? "file is" : "files are");

      print_fine (line);
    }

  return report->mistakes->len == 0;
}

/* ---- object ---- */

static void
cvg_daemon_finalize (GObject *object)
{
  CvgDaemon *self = CVG_DAEMON (object);

  g_clear_handle_id (&self->drain_source, g_source_remove);
  g_clear_handle_id (&self->trim_source, g_source_remove);
  cvg_auth_service_unexport (self->service);
  cvg_vault_secret_stop (CVG_VAULT_SECRET (self->ports.vault));
  cvg_sleep_logind_stop (CVG_SLEEP_LOGIND (self->ports.sleep));
  cvg_notify_desktop_stop (CVG_NOTIFY_DESKTOP (self->ports.notify));
  g_clear_object (&self->service);
  g_clear_object (&self->agent);
  clear_ports (&self->ports);
  g_clear_pointer (&self->lock, cvg_state_lock_release);
  g_clear_pointer (&self->state_dir, g_free);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (cvg_daemon_parent_class)->finalize (object);
}

static void
cvg_daemon_class_init (CvgDaemonClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_daemon_finalize;
}

static void
cvg_daemon_init (CvgDaemon *self)
{
}

/* A keyring is read in one go, which takes a multiple of what is kept of it. What was freed is
 * given back to the system: a daemon that rests shall not hold what it needed once. */
static gboolean
give_memory_back (gpointer user_data)
{
  CvgDaemon *self = user_data;

  self->trim_source = 0;
#ifdef __GLIBC__
  malloc_trim (0);
#endif
  return G_SOURCE_REMOVE;
}

static void
on_keyring_changed (CvgKeeper *keeper, gpointer user_data)
{
  CvgDaemon *self = user_data;

  if (self->trim_source == 0)
    self->trim_source = g_idle_add_full (G_PRIORITY_LOW, give_memory_back, self, NULL);
}

/**
 * cvg_daemon_new:
 * @connection: (transfer none): the session bus
 * @settings: (transfer none): where things are
 *
 * Returns: (transfer full): a daemon that does not serve yet
 */
CvgDaemon *
cvg_daemon_new (GDBusConnection *connection, const CvgDaemonSettings *settings)
{
  CvgDaemon *self = g_object_new (CVG_TYPE_DAEMON, NULL);

  cvg_memory_secret_install ();
  self->connection = g_object_ref (connection);
  self->state_dir = g_strdup (settings->state_dir);
  open_ports (&self->ports, connection, settings);
  self->agent = cvg_agent_new (&self->ports);
  self->service = cvg_auth_service_new (self->agent);
  g_signal_connect_object (cvg_agent_get_keeper (self->agent), "state-changed",
                           G_CALLBACK (on_keyring_changed), self, 0);
  return self;
}

/* A home in which nothing can be written has no lock, and no journal either; it is served all the
 * same, as long as nobody else is known to do so. */
static gboolean
take_lock (CvgDaemon *self, GError **error)
{
  g_autoptr (GError) lock_error = NULL;

  self->lock = cvg_state_lock_take (self->state_dir, LOCK_PATIENCE_MILLISECONDS, &lock_error);
  if (g_error_matches (lock_error, G_IO_ERROR, G_IO_ERROR_BUSY))
    {
      g_propagate_error (error, g_steal_pointer (&lock_error));
      return FALSE;
    }
  if (lock_error != NULL)
    g_warning ("A second clavigerd in this home would not be noticed: %s", lock_error->message);
  return TRUE;
}

/**
 * cvg_daemon_start:
 *
 * Makes sure that no other daemon works on the same state, reads the records, puts the object on
 * the bus and looks for the keyring. The bus name is the caller's business, and comes after this:
 * who finds the name must find the object.
 */
gboolean
cvg_daemon_start (CvgDaemon *self, GError **error)
{
  if (!take_lock (self, error))
    return FALSE;

  cvg_agent_start (self->agent);
  return cvg_auth_service_export (self->service, self->connection, error);
}

/** cvg_daemon_begin: refreshes in the background; to be called when the bus name is ours */
void
cvg_daemon_begin (CvgDaemon *self)
{
  cvg_sleep_logind_start (CVG_SLEEP_LOGIND (self->ports.sleep));
  cvg_agent_start_planner (self->agent);
}

static void
on_flushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  cvg_records_flush_finish (CVG_RECORDS (source), result, NULL);
  g_task_return_boolean (task, TRUE);
}

static gboolean
on_drain (gpointer user_data)
{
  GTask *task = user_data;
  CvgDaemon *self = g_task_get_source_object (task);

  if (!cvg_agent_is_idle (self->agent) && g_get_monotonic_time () < self->drain_deadline)
    return G_SOURCE_CONTINUE;

  self->drain_source = 0;
  cvg_records_flush_async (self->ports.records, NULL, on_flushed, g_object_ref (task));
  return G_SOURCE_REMOVE;
}

/**
 * cvg_daemon_stop_async:
 *
 * Begins nothing new, ends the sign-ins that wait for a person, and finishes what was sent to a
 * server. Until then the object stays on the bus, so that callers get their answers.
 */
void
cvg_daemon_stop_async (CvgDaemon *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cvg_daemon_stop_async);
  cvg_agent_stop (self->agent);
  self->drain_deadline = g_get_monotonic_time () + DRAIN_SECONDS * G_USEC_PER_SEC;
  /* A poll, but only in the last moments of a process: no idle daemon wakes for it. */
  self->drain_source = g_timeout_add_full (G_PRIORITY_DEFAULT, DRAIN_POLL_MILLISECONDS, on_drain,
                                           g_steal_pointer (&task), g_object_unref);
}

/** cvg_daemon_stop_finish: Returns: %TRUE */
gboolean
cvg_daemon_stop_finish (CvgDaemon *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, cvg_daemon_stop_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
