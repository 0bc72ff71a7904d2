/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Handing out: GetAccessToken, GetInstanceAuth, GetUserAuth. What memory can answer is answered in
 * the handler itself; only the rest becomes a call in progress.
 */
#include "bus/auth-service-private.h"

#include "bus/call.h"
#include "bus/options.h"
#include "dbus/error.h"
#include "dbus/shell-word.h"
#include "model/auth-data.h"

static gboolean
read_demand (GVariant *options, CvgDemand *demand, GError **error)
{
  const CvgOption table[] = {
    { "min-validity", "u", &demand->min_validity, NULL },
    { "force-refresh", "b", &demand->force_refresh, NULL },
    { "rejected-serial", "t", &demand->rejected_serial, NULL },
    { "interactive", "b", &demand->interactive, NULL },
  };

  return cvg_options_read (options, table, G_N_ELEMENTS (table), error);
}

/* ---- the three answers ----------------------------------------------------------------------- */

/**
 * MakeReply:
 * @agent: who knows the time
 * @entry: the instance
 * @credentials: (nullable): what it has; %NULL: it is not signed in
 *
 * Returns: (transfer floating): the reply, or %NULL with @error
 */
typedef GVariant *(*MakeReply) (CvgAgent *agent,
                                const CvgEntry *entry,
                                const CvgCredentials *credentials,
                                GError **error);

static gboolean
check_signed_in (const CvgEntry *entry, const CvgCredentials *credentials, GError **error)
{
  if (credentials != NULL)
    return TRUE;

  g_set_error (error, CVG_ERROR, CVG_ERROR_NOT_SIGNED_IN, "Instance %s is not signed in to %s",
               entry->record->id, entry->record->server_name);
  return FALSE;
}

static GVariant *
make_token_reply (CvgAgent *agent,
                  const CvgEntry *entry,
                  const CvgCredentials *credentials,
                  GError **error)
{
  g_autoptr (CvgSecret) token = NULL;

  if (!check_signed_in (entry, credentials, error))
    return NULL;

  token = cvg_auth_data_get_token (credentials, entry->provider);
  if (token == NULL)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_FAILED,
                   "The credentials of instance %s are not a single token; ask for its auth data",
                   entry->record->id);
      return NULL;
    }

  return g_variant_new ("(sxt)", cvg_secret_peek (token), credentials->expires_at,
                        credentials->serial);
}

static GVariant *
make_instance_reply (CvgAgent *agent,
                     const CvgEntry *entry,
                     const CvgCredentials *credentials,
                     GError **error)
{
  g_autoptr (GVariant) auth_data = NULL;

  if (!check_signed_in (entry, credentials, error))
    return NULL;

  auth_data = cvg_agent_build_auth_data (agent, entry, credentials);
  return g_variant_new ("(@a{sv})", auth_data);
}

/* @provider is %NULL where the catalogue has lost the server. */
static char *
dup_absence (const CvgProvider *provider, const char *user_id, const char *server_name)
{
  g_autofree char *server_word = cvg_shell_word (server_name);
  g_autofree char *user_word = cvg_shell_word (user_id);

  if (provider != NULL && cvg_provider_has_kind (provider, "none"))
    return g_strdup_printf ("%s asks for no credentials: programs use it as it is", server_name);
  if (provider != NULL && !cvg_provider_has_kind (provider, "oauth2"))
    return g_strdup_printf ("There are no credentials of this user for %s. Store them with: "
                            "claviger set --user %s %s",
                            server_name, user_word, server_word);

  return g_strdup_printf ("Nobody is signed in to %s as this user. Sign in with: claviger login %s "
                          "--user %s",
                          server_name, server_word, user_word);
}

static GVariant *
make_absent_reply (const CvgProvider *provider, const char *user_id, const char *server_name)
{
  g_autofree char *message = dup_absence (provider, user_id, server_name);

  return g_variant_new ("(b@a{sv}s)", FALSE, g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0),
                        message);
}

/* That nobody is signed in is an answer here, not an error. */
static GVariant *
make_user_reply (CvgAgent *agent,
                 const CvgEntry *entry,
                 const CvgCredentials *credentials,
                 GError **error)
{
  g_autoptr (GVariant) auth_data = NULL;

  if (credentials == NULL)
    return make_absent_reply (entry->provider, entry->record->user_id, entry->record->server_name);

  auth_data = cvg_agent_build_auth_data (agent, entry, credentials);
  return g_variant_new ("(b@a{sv}s)", TRUE, auth_data, "");
}

/* ---- one way to all of them ------------------------------------------------------------------ */

/* One call that memory could not answer. */
typedef struct
{
  CvgCall *call; /* (owned) */
  MakeReply make_reply;
} HandOut;

static void
on_credentials (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree HandOut *waiting = user_data;
  g_autoptr (CvgCall) call = waiting->call;
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgCredentials) credentials =
      cvg_dispenser_get_finish (CVG_DISPENSER (source), result, &error);
  GVariant *reply = NULL;

  if (g_error_matches (error, CVG_ERROR, CVG_ERROR_NOT_SIGNED_IN))
    g_clear_error (&error);
  if (error == NULL)
    reply = waiting->make_reply (call->agent, call->entry, credentials, &error);

  if (reply != NULL)
    cvg_call_return (call, reply);
  else
    cvg_call_fail (call, g_steal_pointer (&error));
}

static void
hand_out (CvgAuthService *self,
          GDBusMethodInvocation *invocation,
          CvgEntry *entry,
          GVariant *options,
          MakeReply make_reply)
{
  CvgDispenser *dispenser = cvg_agent_get_dispenser (self->agent);
  CvgDemand demand = CVG_DEMAND_INIT;
  CvgCredentials *ready = NULL;
  GVariant *reply = NULL;
  HandOut *waiting = NULL;
  GError *error = NULL;

  if (!read_demand (options, &demand, &error))
    {
      cvg_invocation_fail (invocation, error);
      return;
    }

  ready = cvg_dispenser_peek (dispenser, entry, &demand);
  if (ready == NULL)
    {
      waiting = g_new0 (HandOut, 1);
      waiting->call = cvg_call_new (self->agent, invocation, entry);
      waiting->make_reply = make_reply;
      cvg_dispenser_get_async (dispenser, entry, &demand,
                               cvg_auth_service_get_presence (self, invocation), on_credentials,
                               waiting);
      return;
    }

  reply = make_reply (self->agent, entry, ready, &error);
  if (reply != NULL)
    g_dbus_method_invocation_return_value (invocation, reply);
  else
    cvg_invocation_fail (invocation, error);
}

static gboolean
hand_out_instance (CvgDBusAuth1 *object,
                   GDBusMethodInvocation *invocation,
                   const char *instance_id,
                   GVariant *options,
                   MakeReply make_reply)
{
  GError *error = NULL;
  CvgEntry *entry = cvg_auth_service_lookup (object, instance_id, &error);

  if (entry != NULL)
    hand_out (CVG_AUTH_SERVICE (object), invocation, entry, options, make_reply);
  else
    cvg_invocation_fail (invocation, error);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_get_access_token (CvgDBusAuth1 *object,
                         GDBusMethodInvocation *invocation,
                         const char *instance_id,
                         GVariant *options)
{
  return hand_out_instance (object, invocation, instance_id, options, make_token_reply);
}

static gboolean
handle_get_instance_auth (CvgDBusAuth1 *object,
                          GDBusMethodInvocation *invocation,
                          const char *instance_id,
                          GVariant *options)
{
  return hand_out_instance (object, invocation, instance_id, options, make_instance_reply);
}

static gboolean
handle_get_user_auth (CvgDBusAuth1 *object,
                      GDBusMethodInvocation *invocation,
                      const char *user_id,
                      const char *server_name,
                      GVariant *options)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  CvgDemand unused = CVG_DEMAND_INIT;
  GError *error = NULL;
  CvgProvider *provider = NULL;
  CvgEntry *entry = NULL;

  if (!cvg_agent_check_user_id (user_id, &error) ||
      (provider = cvg_agent_find_server (self->agent, server_name, &error)) == NULL ||
      !read_demand (options, &unused, &error))
    {
      cvg_invocation_fail (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  entry = cvg_instances_find_of_user (cvg_agent_get_instances (self->agent), user_id, server_name);
  if (entry != NULL)
    hand_out (self, invocation, entry, options, make_user_reply);
  else
    g_dbus_method_invocation_return_value (invocation,
                                           make_absent_reply (provider, user_id, server_name));

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

void
cvg_auth_service_fill_auth (CvgDBusAuth1Iface *iface)
{
  iface->handle_get_access_token = handle_get_access_token;
  iface->handle_get_instance_auth = handle_get_instance_auth;
  iface->handle_get_user_auth = handle_get_user_auth;
}
