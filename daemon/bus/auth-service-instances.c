/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Instances: creating, listing, deleting, setting and deleting their credentials, choosing a site.
 */
#include "bus/auth-service-private.h"

#include "agent/describe.h"
#include "bus/call.h"
#include "bus/options.h"
#include "dbus/error.h"
#include "model/auth-data.h"

/* Who creates: told from the caller's process, not from what it says. For now every caller is a
 * program of the person outside a sandbox. */
#define OWNER_HOST "host"

/* Takes @call. */
static void
return_id (CvgCall *call)
{
  cvg_call_return_kept (call, g_variant_new ("(s)", call->entry->record->id));
}

/* ---- creating and listing -------------------------------------------------------------------- */

static gboolean
handle_create_instance (CvgDBusAuth1 *object,
                        GDBusMethodInvocation *invocation,
                        const char *user_id,
                        const char *server_name,
                        GVariant *options)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  CvgNewInstance made = { .user_id = user_id, .server_name = server_name, .owner = OWNER_HOST };
  g_autoptr (GVariant) tenant = NULL;
  const CvgOption table[] = {
    { "instance-id", "s", &made.id, NULL },
    { "label", "s", &made.label, NULL },
    { "client-id", "s", &made.client_id, NULL },
    { "tenant", "a{ss}", &tenant, NULL },
  };
  GError *error = NULL;
  CvgEntry *entry = NULL;

  if (cvg_options_read (options, table, G_N_ELEMENTS (table), &error))
    {
      made.tenant = tenant;
      entry = cvg_agent_create_instance (self->agent, &made, &error);
    }

  if (entry != NULL)
    return_id (cvg_call_new (self->agent, invocation, entry));
  else
    cvg_invocation_fail (invocation, error);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

typedef struct
{
  const char *user_id;     /* (nullable) */
  const char *server_name; /* (nullable) */
  const char *status;      /* (nullable) */
} Filter;

static gboolean
check_filter (CvgAuthService *self, const Filter *filter, GError **error)
{
  static const char *const statuses[] = { CVG_STATUS_SIGNED_OUT,     CVG_STATUS_ACTIVE,
                                          CVG_STATUS_NEEDS_SIGN_IN,  CVG_STATUS_UNREACHABLE,
                                          CVG_STATUS_KEYRING_LOCKED, NULL };

  if (filter->status != NULL && !g_strv_contains (statuses, filter->status))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                           "Filter “status” must be one of signed-out, active, needs-sign-in, "
                           "unreachable and keyring-locked");
      return FALSE;
    }

  return filter->server_name == NULL ||
         cvg_agent_find_server (self->agent, filter->server_name, error) != NULL;
}

static gboolean
matches (const Filter *filter, const CvgEntry *entry, gboolean open)
{
  return (filter->user_id == NULL || g_str_equal (filter->user_id, entry->record->user_id)) &&
         (filter->server_name == NULL ||
          g_str_equal (filter->server_name, entry->record->server_name)) &&
         (filter->status == NULL ||
          g_str_equal (filter->status, cvg_entry_get_status (entry, open)));
}

static GVariant *
list_instances (CvgAuthService *self, const Filter *filter)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GPtrArray) entries = cvg_instances_list (cvg_agent_get_instances (self->agent));
  gboolean open = cvg_keeper_is_open (cvg_agent_get_keeper (self->agent));

  for (guint i = 0; i < entries->len; i++)
    {
      const CvgEntry *entry = g_ptr_array_index (entries, i);
      g_autoptr (GVariant) described = NULL;

      if (!matches (filter, entry, open))
        continue;
      described = cvg_describe_instance (entry, open);
      g_variant_builder_add_value (&builder, described);
    }

  return g_variant_builder_end (&builder);
}

static gboolean
read_filter (CvgAuthService *self, GVariant *options, Filter *filter, GError **error)
{
  const CvgOption table[] = {
    { "user-id", "s", &filter->user_id, NULL },
    { "server-name", "s", &filter->server_name, NULL },
    { "status", "s", &filter->status, NULL },
  };

  return cvg_options_read (options, table, G_N_ELEMENTS (table), error) &&
         check_filter (self, filter, error);
}

/* One ListInstances() that waits for the keyring to be found and read. */
typedef struct
{
  CvgAuthService *service; /* (owned) */
  CvgCall *call;           /* (owned) */
} ListCall;

static void
on_keyring_settled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree ListCall *list = user_data;
  g_autoptr (CvgAuthService) self = list->service;
  g_autoptr (CvgCall) call = list->call;
  g_autoptr (GVariant) options =
      g_variant_get_child_value (g_dbus_method_invocation_get_parameters (call->invocation), 0);
  Filter filter = { NULL, NULL, NULL };
  GError *error = NULL;

  /* Open or not: either way it is known now. */
  cvg_keeper_open_finish (CVG_KEEPER (source), result, NULL);
  if (read_filter (self, options, &filter, &error))
    cvg_call_return (call, g_variant_new ("(@aa{sv})", list_instances (self, &filter)));
  else
    cvg_call_fail (call, error);
}

static gboolean
handle_list_instances (CvgDBusAuth1 *object, GDBusMethodInvocation *invocation, GVariant *options)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  CvgKeeper *keeper = cvg_agent_get_keeper (self->agent);
  Filter filter = { NULL, NULL, NULL };
  ListCall *list = NULL;
  GError *error = NULL;

  if (!read_filter (self, options, &filter, &error))
    cvg_invocation_fail (invocation, error);
  else if (cvg_keeper_is_open (keeper))
    cvg_dbus_auth1_complete_list_instances (object, invocation, list_instances (self, &filter));
  else
    {
      /* Just started, a list would call everything locked that is only not read yet. */
      list = g_new0 (ListCall, 1);
      list->service = g_object_ref (self);
      list->call = cvg_call_new (self->agent, invocation, NULL);
      cvg_keeper_open_async (keeper, FALSE, cvg_auth_service_get_presence (self, invocation),
                             on_keyring_settled, list);
    }

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* ---- changing -------------------------------------------------------------------------------- */

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgCall) call = user_data;
  GError *error = NULL;

  if (cvg_changes_finish (CVG_CHANGES (source), result, &error))
    cvg_call_return_kept (g_steal_pointer (&call), NULL);
  else
    cvg_call_fail (call, error);
}

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgCall) call = user_data;
  gboolean revoked = FALSE;
  GError *error = NULL;

  if (cvg_changes_delete_finish (CVG_CHANGES (source), result, &revoked, &error))
    cvg_call_return_kept (g_steal_pointer (&call), g_variant_new ("(b)", revoked));
  else
    cvg_call_fail (call, error);
}

static gboolean
read_revoke_option (GVariant *options, gboolean *revoke, GError **error)
{
  const CvgOption table[] = { { "revoke", "b", revoke, NULL } };

  return cvg_options_read (options, table, G_N_ELEMENTS (table), error);
}

typedef void (*DeleteFunc) (CvgChanges *changes,
                            CvgEntry *entry,
                            gboolean revoke,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/* @entry is %NULL with @error (transfer full) where there is none to delete. */
static gboolean
delete_entry (CvgDBusAuth1 *object,
              GDBusMethodInvocation *invocation,
              CvgEntry *entry,
              GVariant *options,
              DeleteFunc delete_async,
              GError *error)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  gboolean revoke = TRUE;

  if (entry != NULL && read_revoke_option (options, &revoke, &error))
    delete_async (cvg_agent_get_changes (self->agent), entry, revoke, on_deleted,
                  cvg_call_new (self->agent, invocation, entry));
  else
    cvg_invocation_fail (invocation, error);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_delete_instance (CvgDBusAuth1 *object,
                        GDBusMethodInvocation *invocation,
                        const char *instance_id,
                        GVariant *options)
{
  GError *error = NULL;
  CvgEntry *entry = cvg_auth_service_lookup (object, instance_id, &error);

  return delete_entry (object, invocation, entry, options, cvg_changes_delete_instance_async,
                       error);
}

static gboolean
handle_delete_instance_auth (CvgDBusAuth1 *object,
                             GDBusMethodInvocation *invocation,
                             const char *instance_id,
                             GVariant *options)
{
  GError *error = NULL;
  CvgEntry *entry = cvg_auth_service_lookup (object, instance_id, &error);

  return delete_entry (object, invocation, entry, options, cvg_changes_delete_auth_async, error);
}

static gboolean
handle_set_instance_auth (CvgDBusAuth1 *object,
                          GDBusMethodInvocation *invocation,
                          const char *instance_id,
                          GVariant *auth_data)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  GError *error = NULL;
  CvgEntry *entry = cvg_auth_service_lookup (object, instance_id, &error);

  if (entry != NULL)
    cvg_changes_set_auth_async (cvg_agent_get_changes (self->agent), entry, auth_data, on_changed,
                                cvg_call_new (self->agent, invocation, entry));
  else
    cvg_invocation_fail (invocation, error);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_select_resource (CvgDBusAuth1 *object,
                        GDBusMethodInvocation *invocation,
                        const char *instance_id,
                        const char *resource_id)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  GError *error = NULL;
  CvgEntry *entry = cvg_auth_service_lookup (object, instance_id, &error);

  if (entry != NULL)
    cvg_changes_select_resource_async (cvg_agent_get_changes (self->agent), entry, resource_id,
                                       on_changed, cvg_call_new (self->agent, invocation, entry));
  else
    cvg_invocation_fail (invocation, error);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* ---- of a user ------------------------------------------------------------------------------- */

static void
on_user_auth_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgCall) call = user_data;
  GError *error = NULL;

  if (cvg_changes_finish (CVG_CHANGES (source), result, &error))
    return_id (g_steal_pointer (&call));
  else
    cvg_call_fail (call, error);
}

static void
on_new_user_auth_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgCall) call = user_data;
  GError *error = NULL;

  if (cvg_changes_finish (CVG_CHANGES (source), result, &error))
    {
      return_id (g_steal_pointer (&call));
      return;
    }

  /* The instance was made for this. */
  if (!call->entry->removed && !call->entry->record->signed_in)
    cvg_instances_remove (cvg_agent_get_instances (call->agent), call->entry);
  cvg_call_fail (call, error);
}

/* One SetUserAuth() in progress. */
typedef struct
{
  CvgCall *call;       /* (owned) (nullable): NULL once handed on */
  char *user_id;       /* (owned) */
  char *server_name;   /* (owned) */
  GVariant *auth_data; /* (owned) */
} SetUserAuthCall;

static void
set_user_auth_call_free (SetUserAuthCall *set)
{
  g_clear_pointer (&set->call, cvg_call_free);
  g_free (set->user_id);
  g_free (set->server_name);
  g_variant_unref (set->auth_data);
  g_free (set);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SetUserAuthCall, set_user_auth_call_free)

static CvgNewInstance
make_for_key (const char *user_id, const char *server_name)
{
  return (CvgNewInstance){
    .user_id = user_id,
    .server_name = server_name,
    .owner = OWNER_HOST,
    .has_key = TRUE,
  };
}

static void
on_open_for_user_auth (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SetUserAuthCall) set = user_data;
  CvgAgent *agent = set->call->agent;
  const CvgNewInstance made = make_for_key (set->user_id, set->server_name);
  GAsyncReadyCallback callback = on_user_auth_set;
  GError *error = NULL;
  CvgEntry *entry = NULL;

  if (cvg_keeper_open_finish (CVG_KEEPER (source), result, &error))
    {
      entry = cvg_instances_find_of_user (cvg_agent_get_instances (agent), set->user_id,
                                          set->server_name);
      if (entry == NULL)
        {
          entry = cvg_agent_create_instance (agent, &made, &error);
          callback = on_new_user_auth_set;
        }
    }

  if (entry == NULL)
    {
      cvg_call_fail (set->call, error);
      return;
    }

  set->call->entry = cvg_entry_ref (entry);
  cvg_changes_set_auth_async (cvg_agent_get_changes (agent), entry, set->auth_data, callback,
                              g_steal_pointer (&set->call));
}

/* Everything that can be wrong with the arguments, so that nobody is asked to unlock a keyring for
 * a call that fails anyway. */
static gboolean
check_user_auth (CvgAuthService *self,
                 const char *user_id,
                 const char *server_name,
                 GVariant *auth_data,
                 GError **error)
{
  CvgInstances *instances = cvg_agent_get_instances (self->agent);
  const CvgNewInstance made = make_for_key (user_id, server_name);
  g_autoptr (CvgCredentials) checked = NULL;

  if (!cvg_agent_check_user_id (user_id, error) ||
      cvg_agent_find_server (self->agent, server_name, error) == NULL)
    return FALSE;

  checked = cvg_auth_data_parse (auth_data, 0, error);
  return checked != NULL && (cvg_instances_find_of_user (instances, user_id, server_name) != NULL ||
                             cvg_agent_check_new_instance (self->agent, &made, error));
}

static gboolean
handle_set_user_auth (CvgDBusAuth1 *object,
                      GDBusMethodInvocation *invocation,
                      const char *user_id,
                      const char *server_name,
                      GVariant *auth_data)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  GError *error = NULL;
  SetUserAuthCall *set = NULL;

  if (!check_user_auth (self, user_id, server_name, auth_data, &error))
    {
      cvg_invocation_fail (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  set = g_new0 (SetUserAuthCall, 1);
  set->call = cvg_call_new (self->agent, invocation, NULL);
  set->user_id = g_strdup (user_id);
  set->server_name = g_strdup (server_name);
  set->auth_data = g_variant_ref (auth_data);
  /* Before an instance is made for it: with a keyring that stays locked there is none to make. */
  cvg_keeper_open_async (cvg_agent_get_keeper (self->agent), TRUE, NULL, on_open_for_user_auth,
                         set);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static CvgEntry *
find_of_user (CvgAuthService *self, const char *user_id, const char *server_name, GError **error)
{
  CvgEntry *entry = NULL;

  if (!cvg_agent_check_user_id (user_id, error) ||
      cvg_agent_find_server (self->agent, server_name, error) == NULL)
    return NULL;

  entry = cvg_instances_find_of_user (cvg_agent_get_instances (self->agent), user_id, server_name);
  if (entry == NULL)
    g_set_error (error, CVG_ERROR, CVG_ERROR_NOT_FOUND, "This user has no instance of %s",
                 server_name);
  return entry;
}

static gboolean
handle_delete_user_auth (CvgDBusAuth1 *object,
                         GDBusMethodInvocation *invocation,
                         const char *user_id,
                         const char *server_name,
                         GVariant *options)
{
  GError *error = NULL;
  CvgEntry *entry = find_of_user (CVG_AUTH_SERVICE (object), user_id, server_name, &error);

  return delete_entry (object, invocation, entry, options, cvg_changes_delete_auth_async, error);
}

/* ---- access ---------------------------------------------------------------------------------- */

static gboolean
fail_not_yet (GDBusMethodInvocation *invocation)
{
  cvg_invocation_fail (invocation,
                       g_error_new_literal (CVG_ERROR, CVG_ERROR_FAILED,
                                            "Granting access to applications: not yet"));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_change_access (CvgDBusAuth1 *object,
                      GDBusMethodInvocation *invocation,
                      const char *instance_id,
                      const char *app_id)
{
  return fail_not_yet (invocation);
}

static gboolean
handle_list_access (CvgDBusAuth1 *object,
                    GDBusMethodInvocation *invocation,
                    const char *instance_id)
{
  return fail_not_yet (invocation);
}

void
cvg_auth_service_fill_instances (CvgDBusAuth1Iface *iface)
{
  iface->handle_create_instance = handle_create_instance;
  iface->handle_list_instances = handle_list_instances;
  iface->handle_delete_instance = handle_delete_instance;
  iface->handle_set_instance_auth = handle_set_instance_auth;
  iface->handle_delete_instance_auth = handle_delete_instance_auth;
  iface->handle_set_user_auth = handle_set_user_auth;
  iface->handle_delete_user_auth = handle_delete_user_auth;
  iface->handle_select_resource = handle_select_resource;
  iface->handle_grant_access = handle_change_access;
  iface->handle_revoke_access = handle_change_access;
  iface->handle_list_access = handle_list_access;
}
