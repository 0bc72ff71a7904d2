/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "agent/agent.h"

#include "agent/notices.h"
#include "agent/planner.h"
#include "agent/rest.h"
#include "dbus/error.h"
#include "model/auth-data.h"
#include "model/kill-point.h"

/* A user id and a label are free text; these are bounds against nonsense. */
#define MAX_TEXT_LENGTH 1024

struct _CvgAgent
{
  GObject parent_instance;

  CvgCatalogue *catalogue;          /* (borrowed) */
  CvgClock *clock;                  /* (owned) */
  CvgRecords *records;              /* (owned) */
  CvgInstances *instances;          /* (owned) */
  CvgClients *clients;              /* (owned) */
  CvgRotations *rotations;          /* (owned) */
  CvgKeeper *keeper;                /* (owned) */
  CvgGate *gate;                    /* (owned) */
  CvgRevoker *revoker;              /* (owned) */
  CvgRefresher *refresher;          /* (owned) */
  CvgDispenser *dispenser;          /* (owned) */
  CvgPreparation *preparation;      /* (owned) */
  CvgSignIns *sign_ins;             /* (owned) */
  CvgChanges *changes;              /* (owned) */
  CvgClientChanges *client_changes; /* (owned) */
  CvgPlanner *planner;              /* (owned) */
  CvgRest *rest;                    /* (owned) */
  CvgNotices *notices;              /* (owned) */
};

G_DEFINE_FINAL_TYPE (CvgAgent, cvg_agent, G_TYPE_OBJECT)

static void
cvg_agent_finalize (GObject *object)
{
  CvgAgent *self = CVG_AGENT (object);

  g_clear_object (&self->notices);
  g_clear_object (&self->rest);
  g_clear_object (&self->planner);
  g_clear_object (&self->changes);
  g_clear_object (&self->sign_ins);
  g_clear_object (&self->preparation);
  g_clear_object (&self->client_changes);
  g_clear_object (&self->dispenser);
  g_clear_object (&self->refresher);
  g_clear_object (&self->revoker);
  g_clear_object (&self->gate);
  g_clear_object (&self->keeper);
  g_clear_object (&self->rotations);
  g_clear_object (&self->clients);
  g_clear_object (&self->instances);
  g_clear_object (&self->records);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (cvg_agent_parent_class)->finalize (object);
}

static void
cvg_agent_class_init (CvgAgentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_agent_finalize;
}

static void
cvg_agent_init (CvgAgent *self)
{
}

static CvgRevoker *
new_revoker (CvgAgent *self, const CvgAgentPorts *ports)
{
  const CvgRevokerParts parts = {
    .http = ports->http,
    .clock = ports->clock,
    .network = ports->network,
    .instances = self->instances,
    .clients = self->clients,
    .keeper = self->keeper,
    .gate = self->gate,
  };

  return cvg_revoker_new (&parts);
}

static CvgRefresher *
new_refresher (CvgAgent *self, const CvgAgentPorts *ports)
{
  const CvgRefresherParts parts = {
    .http = ports->http,
    .clock = ports->clock,
    .instances = self->instances,
    .clients = self->clients,
    .keeper = self->keeper,
    .rotations = self->rotations,
    .gate = self->gate,
    .revoker = self->revoker,
  };

  return cvg_refresher_new (&parts);
}

static CvgPlanner *
new_planner (CvgAgent *self, const CvgAgentPorts *ports)
{
  const CvgPlannerParts parts = {
    .clock = ports->clock,
    .network = ports->network,
    .sleep = ports->sleep,
    .instances = self->instances,
    .clients = self->clients,
    .keeper = self->keeper,
    .refresher = self->refresher,
  };

  return cvg_planner_new (&parts);
}

/** cvg_agent_new: an agent on @ports (transfer none), which is not kept */
CvgAgent *
cvg_agent_new (const CvgAgentPorts *ports)
{
  CvgAgent *self = g_object_new (CVG_TYPE_AGENT, NULL);

  self->catalogue = ports->catalogue;
  self->clock = g_object_ref (ports->clock);
  self->records = g_object_ref (ports->records);
  self->instances = cvg_instances_new (ports->records, ports->catalogue);
  self->clients = cvg_clients_new (ports->records, ports->system_clients);
  self->rotations = cvg_rotations_new (ports->journal, self->instances, ports->clock);
  self->keeper =
      cvg_keeper_new (ports->vault, self->instances, self->clients, self->rotations, ports->clock);
  self->gate = cvg_gate_new ();
  self->revoker = new_revoker (self, ports);
  self->refresher = new_refresher (self, ports);
  self->dispenser =
      cvg_dispenser_new (self->refresher, self->instances, self->keeper, ports->clock);
  self->client_changes =
      cvg_client_changes_new (self->clients, self->instances, self->keeper, ports->clock);
  self->preparation = cvg_preparation_new (ports->http, ports->clock, self->clients, self->keeper,
                                           self->client_changes);
  self->sign_ins = cvg_sign_ins_new (ports->http, ports->clock, ports->browser, ports->redirect,
                                     self->instances, self->preparation, self->keeper);
  self->changes =
      cvg_changes_new (self->instances, self->sign_ins, self->keeper, self->revoker, ports->clock);
  self->planner = new_planner (self, ports);
  self->rest = cvg_rest_new (ports->sleep, self->gate);
  self->notices = cvg_notices_new (ports->notify, self->instances, self->keeper, ports->clock);
  return self;
}

/** cvg_agent_start: reads records and journal (which may block) and goes to look for the keyring */
void
cvg_agent_start (CvgAgent *self)
{
  cvg_clients_load (self->clients);
  cvg_instances_load (self->instances);
  cvg_rotations_load (self->rotations);
  CVG_KILL_POINT ("journal-loaded");
  cvg_notices_start (self->notices);
  cvg_keeper_start (self->keeper);
}

/**
 * cvg_agent_start_planner:
 *
 * Refreshes, and tells servers what they have still to be told, in the background from now on; to
 * be called when the daemon has its name, since only then it is the one whose business that is.
 */
void
cvg_agent_start_planner (CvgAgent *self)
{
  cvg_planner_start (self->planner);
  cvg_revoker_start (self->revoker);
}

/**
 * cvg_agent_stop:
 *
 * Begins nothing new. Sign-ins that wait for a person end as cancelled; what has been sent to a
 * server is finished and stored: cvg_agent_is_idle() tells when.
 */
void
cvg_agent_stop (CvgAgent *self)
{
  cvg_notices_stop (self->notices);
  cvg_planner_stop (self->planner);
  cvg_sign_ins_stop (self->sign_ins);
  cvg_preparation_stop (self->preparation);
  cvg_refresher_stop (self->refresher);
  cvg_revoker_stop (self->revoker);
  cvg_keeper_stop (self->keeper);
}

/** cvg_agent_is_idle: Returns: whether nothing is on its way to a server, the journal or the
 * keyring */
gboolean
cvg_agent_is_idle (CvgAgent *self)
{
  return cvg_refresher_is_idle (self->refresher) && cvg_revoker_is_idle (self->revoker) &&
         cvg_sign_ins_is_idle (self->sign_ins) && cvg_preparation_is_idle (self->preparation) &&
         cvg_keeper_is_idle (self->keeper) && cvg_rotations_is_idle (self->rotations);
}

CvgInstances *
cvg_agent_get_instances (CvgAgent *self)
{
  return self->instances;
}

CvgClients *
cvg_agent_get_clients (CvgAgent *self)
{
  return self->clients;
}

CvgKeeper *
cvg_agent_get_keeper (CvgAgent *self)
{
  return self->keeper;
}

CvgRefresher *
cvg_agent_get_refresher (CvgAgent *self)
{
  return self->refresher;
}

CvgDispenser *
cvg_agent_get_dispenser (CvgAgent *self)
{
  return self->dispenser;
}

CvgSignIns *
cvg_agent_get_sign_ins (CvgAgent *self)
{
  return self->sign_ins;
}

CvgChanges *
cvg_agent_get_changes (CvgAgent *self)
{
  return self->changes;
}

CvgClientChanges *
cvg_agent_get_client_changes (CvgAgent *self)
{
  return self->client_changes;
}

CvgCatalogue *
cvg_agent_get_catalogue (CvgAgent *self)
{
  return self->catalogue;
}

/**
 * cvg_agent_find_server:
 * @server_name: a name, matched exactly
 *
 * Returns: (transfer none): the server; fails with %CVG_ERROR_UNKNOWN_SERVER
 */
CvgProvider *
cvg_agent_find_server (CvgAgent *self, const char *server_name, GError **error)
{
  CvgProvider *provider = cvg_catalogue_lookup (self->catalogue, server_name);

  if (provider == NULL)
    g_set_error (error, CVG_ERROR, CVG_ERROR_UNKNOWN_SERVER,
                 "The catalogue has no server named “%.100s”; “claviger servers” lists them",
                 server_name);

  return provider;
}

/** cvg_agent_check_user_id: fails with %CVG_ERROR_INVALID_ARGUMENT if @user_id is empty or huge */
gboolean
cvg_agent_check_user_id (const char *user_id, GError **error)
{
  if (*user_id == '\0')
    g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT, "The user id is empty");
  else if (strlen (user_id) > MAX_TEXT_LENGTH)
    g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                 "The user id is longer than %d bytes", MAX_TEXT_LENGTH);
  else
    return TRUE;

  return FALSE;
}

static gboolean
check_id (CvgAgent *self, const char *id, GError **error)
{
  if (id == NULL)
    return TRUE;

  if (!g_uuid_string_is_valid (id))
    g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                         "Option “instance-id” is not a UUID");
  else if (cvg_instances_lookup (self->instances, id, NULL) != NULL)
    g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                         "Option “instance-id” is the UUID of another instance");
  else
    return TRUE;

  return FALSE;
}

static gboolean
check_label (const char *label, GError **error)
{
  if (label == NULL || strlen (label) <= MAX_TEXT_LENGTH)
    return TRUE;

  g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
               "Option “label” is longer than %d bytes", MAX_TEXT_LENGTH);
  return FALSE;
}

static gboolean
check_client_id (const char *client_id, GError **error)
{
  if (client_id == NULL || *client_id == '\0' || cvg_client_id_is_valid (client_id))
    return TRUE;

  g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                       "Option “client-id” must be 1 to 512 printable ASCII characters, without "
                       "spaces");
  return FALSE;
}

static char *
null_if_empty (const char *text)
{
  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

/* The addresses of a sign-in. Who brings a key needs none, and has no way to name them; if there is
 * a sign-in all the same, it asks once more. */
static gboolean
check_tenant (const CvgProvider *provider, const CvgNewInstance *made, GError **error)
{
  gboolean takes_keys =
      g_strv_length (provider->kinds) > 1 || !cvg_provider_has_kind (provider, "oauth2");

  if (made->has_key && made->tenant == NULL && takes_keys)
    return TRUE;

  return cvg_tenant_check (provider->tenant_parameters, provider->name, made->tenant, error);
}

/**
 * cvg_agent_check_new_instance:
 * @made: (transfer none): what a caller says of it
 *
 * Returns: whether it could be made as things are now; fails with %CVG_ERROR_INVALID_ARGUMENT or
 *   %CVG_ERROR_UNKNOWN_SERVER
 */
gboolean
cvg_agent_check_new_instance (CvgAgent *self, const CvgNewInstance *made, GError **error)
{
  CvgProvider *provider = NULL;

  if (!cvg_agent_check_user_id (made->user_id, error))
    return FALSE;

  provider = cvg_agent_find_server (self, made->server_name, error);
  return provider != NULL && check_id (self, made->id, error) && check_label (made->label, error) &&
         check_client_id (made->client_id, error) && check_tenant (provider, made, error);
}

/**
 * cvg_agent_create_instance:
 * @made: (transfer none): what the caller says of it
 *
 * Returns: (transfer none): the new instance, signed out; fails as cvg_agent_check_new_instance()
 */
CvgEntry *
cvg_agent_create_instance (CvgAgent *self, const CvgNewInstance *made, GError **error)
{
  g_autoptr (CvgInstance) record = NULL;
  CvgProvider *provider = NULL;

  if (!cvg_agent_check_new_instance (self, made, error))
    return NULL;

  provider = cvg_agent_find_server (self, made->server_name, NULL);
  record = cvg_instance_new ();
  record->id = made->id != NULL ? g_ascii_strdown (made->id, -1) : g_uuid_string_random ();
  record->user_id = g_strdup (made->user_id);
  record->server_name = g_strdup (made->server_name);
  record->owner = g_strdup (made->owner);
  record->label = null_if_empty (made->label);
  record->client_id = null_if_empty (made->client_id);
  /* With the defaults of today: another default must not move an instance to another server. */
  record->tenant = cvg_tenant_complete (provider->tenant_parameters, made->tenant);
  record->created_at = cvg_clock_get_seconds (self->clock);
  return cvg_instances_add (self->instances, record);
}

/** cvg_agent_build_auth_data: Returns: (transfer full): the auth data that callers get */
GVariant *
cvg_agent_build_auth_data (CvgAgent *self, const CvgEntry *entry, const CvgCredentials *credentials)
{
  g_autoptr (CvgProvider) none = entry->provider == NULL ? cvg_provider_new () : NULL;

  return cvg_auth_data_build (credentials, entry->record,
                              entry->provider != NULL ? entry->provider : none,
                              cvg_clock_get_seconds (self->clock));
}
