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

/* ---- GetAccessToken -------------------------------------------------------------------------- */

static GVariant *
make_token_reply (const CvgEntry *entry, const CvgCredentials *credentials, GError **error)
{
  g_autoptr (CvgSecret) token = cvg_auth_data_get_token (credentials);

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

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgCall) call = user_data;
  g_autoptr (CvgCredentials) credentials = NULL;
  GVariant *reply = NULL;
  GError *error = NULL;

  credentials = cvg_dispenser_get_finish (CVG_DISPENSER (source), result, &error);
  if (credentials != NULL)
    reply = make_token_reply (call->entry, credentials, &error);

  if (reply != NULL)
    cvg_call_return (call, reply);
  else
    cvg_call_fail (call, error);
}

static gboolean
handle_get_access_token (CvgDBusAuth1 *object,
                         GDBusMethodInvocation *invocation,
                         const char *instance_id,
                         GVariant *options)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  CvgDispenser *dispenser = cvg_agent_get_dispenser (self->agent);
  CvgDemand demand = CVG_DEMAND_INIT;
  GError *error = NULL;
  CvgEntry *entry = cvg_auth_service_lookup (object, instance_id, &error);
  CvgCredentials *ready = NULL;
  GVariant *reply = NULL;

  if (entry == NULL || !read_demand (options, &demand, &error))
    {
      cvg_invocation_fail (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  ready = cvg_dispenser_peek (dispenser, entry, &demand);
  if (ready == NULL)
    cvg_dispenser_get_async (dispenser, entry, &demand,
                             cvg_auth_service_get_presence (self, invocation), on_token,
                             cvg_call_new (self->agent, invocation, entry));
  else if ((reply = make_token_reply (entry, ready, &error)) != NULL)
    g_dbus_method_invocation_return_value (invocation, reply);
  else
    cvg_invocation_fail (invocation, error);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* ---- GetInstanceAuth ------------------------------------------------------------------------- */

static GVariant *
make_instance_reply (CvgAgent *agent, const CvgEntry *entry, const CvgCredentials *credentials)
{
  g_autoptr (GVariant) auth_data = cvg_agent_build_auth_data (agent, entry, credentials);

  return g_variant_new ("(@a{sv})", auth_data);
}

static void
on_instance_auth (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgCall) call = user_data;
  GError *error = NULL;
  g_autoptr (CvgCredentials) credentials =
      cvg_dispenser_get_finish (CVG_DISPENSER (source), result, &error);

  if (credentials != NULL)
    cvg_call_return (call, make_instance_reply (call->agent, call->entry, credentials));
  else
    cvg_call_fail (call, error);
}

static gboolean
handle_get_instance_auth (CvgDBusAuth1 *object,
                          GDBusMethodInvocation *invocation,
                          const char *instance_id,
                          GVariant *options)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  CvgDispenser *dispenser = cvg_agent_get_dispenser (self->agent);
  CvgDemand demand = CVG_DEMAND_INIT;
  GError *error = NULL;
  CvgEntry *entry = cvg_auth_service_lookup (object, instance_id, &error);
  CvgCredentials *ready = NULL;

  if (entry == NULL || !read_demand (options, &demand, &error))
    {
      cvg_invocation_fail (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  ready = cvg_dispenser_peek (dispenser, entry, &demand);
  if (ready != NULL)
    g_dbus_method_invocation_return_value (invocation,
                                           make_instance_reply (self->agent, entry, ready));
  else
    cvg_dispenser_get_async (dispenser, entry, &demand,
                             cvg_auth_service_get_presence (self, invocation), on_instance_auth,
                             cvg_call_new (self->agent, invocation, entry));

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* ---- GetUserAuth ----------------------------------------------------------------------------- */

static GVariant *
make_user_reply (CvgAgent *agent, const CvgEntry *entry, const CvgCredentials *credentials)
{
  g_autoptr (GVariant) auth_data = cvg_agent_build_auth_data (agent, entry, credentials);

  return g_variant_new ("(b@a{sv}s)", TRUE, auth_data, "");
}

static GVariant *
make_absent_reply (const char *server_name)
{
  g_autofree char *message = g_strdup_printf ("Nobody is signed in to %s as this user. Sign in "
                                              "with: claviger login \"%s\"",
                                              server_name, server_name);

  return g_variant_new ("(b@a{sv}s)", FALSE, g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0),
                        message);
}

static void
on_user_auth (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgCall) call = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgCredentials) credentials =
      cvg_dispenser_get_finish (CVG_DISPENSER (source), result, &error);

  if (credentials != NULL)
    cvg_call_return (call, make_user_reply (call->agent, call->entry, credentials));
  else if (g_error_matches (error, CVG_ERROR, CVG_ERROR_NOT_SIGNED_IN))
    cvg_call_return (call, make_absent_reply (call->entry->record->server_name));
  else
    cvg_call_fail (call, g_steal_pointer (&error));
}

static gboolean
handle_get_user_auth (CvgDBusAuth1 *object,
                      GDBusMethodInvocation *invocation,
                      const char *user_id,
                      const char *server_name,
                      GVariant *options)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  CvgDispenser *dispenser = cvg_agent_get_dispenser (self->agent);
  CvgDemand demand = CVG_DEMAND_INIT;
  GError *error = NULL;
  CvgEntry *entry = NULL;
  CvgCredentials *ready = NULL;

  if (!cvg_agent_check_user_id (user_id, &error) ||
      cvg_agent_find_server (self->agent, server_name, &error) == NULL ||
      !read_demand (options, &demand, &error))
    {
      cvg_invocation_fail (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  entry = cvg_instances_find_of_user (cvg_agent_get_instances (self->agent), user_id, server_name);
  ready = entry != NULL ? cvg_dispenser_peek (dispenser, entry, &demand) : NULL;
  if (entry == NULL)
    g_dbus_method_invocation_return_value (invocation, make_absent_reply (server_name));
  else if (ready != NULL)
    g_dbus_method_invocation_return_value (invocation, make_user_reply (self->agent, entry, ready));
  else
    cvg_dispenser_get_async (dispenser, entry, &demand,
                             cvg_auth_service_get_presence (self, invocation), on_user_auth,
                             cvg_call_new (self->agent, invocation, entry));

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

void
cvg_auth_service_fill_auth (CvgDBusAuth1Iface *iface)
{
  iface->handle_get_access_token = handle_get_access_token;
  iface->handle_get_instance_auth = handle_get_instance_auth;
  iface->handle_get_user_auth = handle_get_user_auth;
}
