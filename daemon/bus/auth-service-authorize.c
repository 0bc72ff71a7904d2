/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Authorize: from the options of the caller to an Authorization object of its own.
 */
#include "bus/auth-service-private.h"

#include "bus/call.h"
#include "bus/options.h"
#include "dbus/error.h"

/* One Authorize() in progress. */
typedef struct
{
  CvgCall *call;           /* (owned) */
  CvgAuthService *service; /* (owned) */
  char *sender;            /* (owned) */
  char *token;             /* (owned): last element of the object's path */
  gboolean detach;
} AuthorizeCall;

static void
authorize_call_free (AuthorizeCall *authorize)
{
  cvg_call_free (authorize->call);
  g_object_unref (authorize->service);
  g_free (authorize->sender);
  g_free (authorize->token);
  g_free (authorize);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AuthorizeCall, authorize_call_free)

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AuthorizeCall) authorize = user_data;
  g_autofree char *path = NULL;
  GError *error = NULL;
  g_autoptr (CvgSignIn) sign_in = cvg_sign_ins_begin_finish (CVG_SIGN_INS (source), result, &error);

  if (sign_in != NULL && authorize->service->authorizations != NULL)
    path = cvg_authorizations_add (authorize->service->authorizations, authorize->sender,
                                   authorize->token, sign_in, authorize->detach, &error);

  if (path != NULL)
    {
      cvg_call_return (authorize->call, g_variant_new ("(o)", path));
      return;
    }

  if (sign_in != NULL)
    cvg_sign_in_cancel (sign_in);
  if (error == NULL)
    error = g_error_new_literal (CVG_ERROR, CVG_ERROR_TRY_LATER, "Claviger is stopping");
  cvg_call_fail (authorize->call, error);
}

static gboolean
read_flow (const char *text, CvgFlow *flow, GError **error)
{
  if (text == NULL)
    *flow = CVG_FLOW_ANY;
  else if (g_str_equal (text, "loopback"))
    *flow = CVG_FLOW_LOOPBACK;
  else if (g_str_equal (text, "paste"))
    *flow = CVG_FLOW_PASTE;
  else if (g_str_equal (text, "device"))
    *flow = CVG_FLOW_DEVICE;
  else
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                           "Option “flow” must be “loopback”, “device” or “paste”");
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_server (CvgAuthService *self, const CvgEntry *entry, const char *server_name, GError **error)
{
  if (g_str_equal (entry->record->server_name, server_name))
    return TRUE;

  g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT, "Instance %s is one of %s, not of %s",
               entry->record->id, entry->record->server_name, server_name);
  return FALSE;
}

static gboolean
handle_authorize (CvgDBusAuth1 *object,
                  GDBusMethodInvocation *invocation,
                  const char *server_name,
                  const char *instance_id,
                  GVariant *arg_options)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  CvgSignInOptions options = CVG_SIGN_IN_OPTIONS_INIT;
  const char *flow = NULL;
  const char *token = NULL;
  gboolean detach = FALSE;
  const CvgOption table[] = {
    { "client-id", "s", &options.client_id, NULL },
    { "scope", "s", &options.scope, NULL },
    { "redirect-url", "s", &options.redirect_url, NULL },
    { "open-browser", "b", &options.open_browser, NULL },
    { "activation-token", "s", &options.activation_token, NULL },
    { "handle-token", "s", &token, NULL },
    { "timeout", "u", &options.timeout, NULL },
    { "login-hint", "s", &options.login_hint, NULL },
    { "flow", "s", &flow, NULL },
    { "detach", "b", &detach, NULL },
  };
  GError *error = NULL;
  AuthorizeCall *authorize = NULL;
  CvgEntry *entry = NULL;

  if (cvg_agent_find_server (self->agent, server_name, &error) == NULL ||
      (entry = cvg_auth_service_lookup (object, instance_id, &error)) == NULL ||
      !check_server (self, entry, server_name, &error) ||
      !cvg_options_read (arg_options, table, G_N_ELEMENTS (table), &error) ||
      !read_flow (flow, &options.flow, &error) ||
      !cvg_authorizations_check_token (self->authorizations, sender, token, &error))
    {
      cvg_invocation_fail (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }

  authorize = g_new0 (AuthorizeCall, 1);
  authorize->call = cvg_call_new (self->agent, invocation, entry);
  authorize->service = g_object_ref (self);
  authorize->sender = g_strdup (sender);
  authorize->token = g_strdup (token);
  authorize->detach = detach;
  cvg_sign_ins_begin_async (cvg_agent_get_sign_ins (self->agent), entry, &options,
                            detach ? NULL : cvg_auth_service_get_presence (self, invocation),
                            on_begun, authorize);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

void
cvg_auth_service_fill_authorize (CvgDBusAuth1Iface *iface)
{
  iface->handle_authorize = handle_authorize;
}
