/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Servers and clients.
 */
#include "bus/auth-service-private.h"

#include "agent/describe.h"
#include "bus/call.h"
#include "bus/options.h"

static gboolean
handle_list_servers (CvgDBusAuth1 *object, GDBusMethodInvocation *invocation, GVariant *filter)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GPtrArray) providers = cvg_catalogue_list (cvg_agent_get_catalogue (self->agent));
  const char *kind = NULL;
  const CvgOption table[] = { { "kind", "s", &kind, NULL } };
  GError *error = NULL;

  if (!cvg_options_read (filter, table, G_N_ELEMENTS (table), &error))
    {
      cvg_invocation_fail (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  for (guint i = 0; i < providers->len; i++)
    {
      const CvgProvider *provider = g_ptr_array_index (providers, i);
      const CvgClient *client =
          cvg_clients_choose (cvg_agent_get_clients (self->agent), provider->name, NULL, NULL);
      g_autoptr (GVariant) described = NULL;

      if (kind != NULL && !cvg_provider_has_kind (provider, kind))
        continue;
      described = cvg_describe_server (provider, client);
      g_variant_builder_add_value (&builder, described);
    }

  cvg_dbus_auth1_complete_list_servers (object, invocation, g_variant_builder_end (&builder));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_list_clients (CvgDBusAuth1 *object,
                     GDBusMethodInvocation *invocation,
                     const char *server_name)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  const char *only = *server_name != '\0' ? server_name : NULL;
  g_autoptr (GPtrArray) clients = NULL;
  GError *error = NULL;

  if (only != NULL && cvg_agent_find_server (self->agent, only, &error) == NULL)
    {
      cvg_invocation_fail (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  clients = cvg_clients_list (cvg_agent_get_clients (self->agent), only);
  for (guint i = 0; i < clients->len; i++)
    {
      const CvgClient *client = g_ptr_array_index (clients, i);
      const CvgProvider *provider =
          cvg_catalogue_lookup (cvg_agent_get_catalogue (self->agent), client->server_name);
      g_autoptr (GVariant) described = cvg_describe_client (client, provider);

      g_variant_builder_add_value (&builder, described);
    }

  cvg_dbus_auth1_complete_list_clients (object, invocation, g_variant_builder_end (&builder));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
on_client_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CvgCall) call = user_data;
  GError *error = NULL;

  if (cvg_client_changes_finish (CVG_CLIENT_CHANGES (source), result, &error))
    cvg_call_return_kept (g_steal_pointer (&call), NULL);
  else
    cvg_call_fail (call, error);
}

static gboolean
handle_set_client (CvgDBusAuth1 *object,
                   GDBusMethodInvocation *invocation,
                   const char *server_name,
                   const char *client_id,
                   GVariant *options)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  CvgClientChange change = { NULL, NULL, NULL, NULL };
  gboolean make_default = FALSE;
  gboolean default_given = FALSE;
  const CvgOption table[] = {
    { "client-secret", "s", &change.secret, NULL },
    { "redirect-uri", "s", &change.redirect_uri, NULL },
    { "default", "b", &make_default, &default_given },
    { "label", "s", &change.label, NULL },
  };
  GError *error = NULL;
  CvgProvider *provider = cvg_agent_find_server (self->agent, server_name, &error);

  if (provider == NULL || !cvg_options_read (options, table, G_N_ELEMENTS (table), &error))
    {
      cvg_invocation_fail (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  if (default_given)
    change.make_default = &make_default;
  cvg_client_changes_set_async (cvg_agent_get_client_changes (self->agent), provider, client_id,
                                &change, on_client_changed,
                                cvg_call_new (self->agent, invocation, NULL));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_delete_client (CvgDBusAuth1 *object,
                      GDBusMethodInvocation *invocation,
                      const char *server_name,
                      const char *client_id)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  GError *error = NULL;

  /* Also of a server whose provider file is gone: its secret must not stay for good. */
  if (cvg_clients_lookup (cvg_agent_get_clients (self->agent), server_name, client_id) != NULL ||
      cvg_agent_find_server (self->agent, server_name, &error) != NULL)
    cvg_client_changes_delete_async (cvg_agent_get_client_changes (self->agent), server_name,
                                     client_id, on_client_changed,
                                     cvg_call_new (self->agent, invocation, NULL));
  else
    cvg_invocation_fail (invocation, error);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

void
cvg_auth_service_fill_catalogue (CvgDBusAuth1Iface *iface)
{
  iface->handle_list_servers = handle_list_servers;
  iface->handle_list_clients = handle_list_clients;
  iface->handle_set_client = handle_set_client;
  iface->handle_delete_client = handle_delete_client;
}
