/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sign-in as its caller sees it: the generated skeleton, which authorizations.c lets that caller
 * alone reach. Since it is not exported, its signals are sent from here, to that caller by name.
 */
#include "bus/authorization.h"

#include "bus/call.h"
#include "bus/options.h"
#include "dbus/error.h"
#include "dbus/names.h"

struct _CvgAuthorization
{
  CvgDBusAuth1AuthorizationSkeleton parent_instance;

  GDBusConnection *connection; /* (owned) */
  char *owner;                 /* (owned): unique bus name */
  char *path;                  /* (owned) */
  CvgSignIns *sign_ins;        /* (owned) */
  CvgSignIn *sign_in;          /* (owned) */
  gboolean detach;
};

static void cvg_authorization_iface_init (CvgDBusAuth1AuthorizationIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgAuthorization,
                               cvg_authorization,
                               CVG_DBUS_TYPE_AUTH1_AUTHORIZATION_SKELETON,
                               G_IMPLEMENT_INTERFACE (CVG_DBUS_TYPE_AUTH1_AUTHORIZATION,
                                                      cvg_authorization_iface_init))

static void
emit (CvgAuthorization *self, const char *interface, const char *signal_name, GVariant *parameters)
{
  g_dbus_connection_emit_signal (self->connection, self->owner, self->path, interface, signal_name,
                                 parameters, NULL);
}

static void
on_phase_changed (CvgSignIn *sign_in, gpointer user_data)
{
  CvgAuthorization *self = CVG_AUTHORIZATION (user_data);
  const char *phase = cvg_sign_in_get_phase_name (sign_in);
  g_auto (GVariantBuilder) changed = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  cvg_dbus_auth1_authorization_set_phase (CVG_DBUS_AUTH1_AUTHORIZATION (self), phase);
  g_variant_builder_add (&changed, "{sv}", "Phase", g_variant_new_string (phase));
  emit (self, "org.freedesktop.DBus.Properties", "PropertiesChanged",
        g_variant_new ("(sa{sv}as)", CVG_AUTHORIZATION_INTERFACE, &changed, NULL));
}

static void
on_completed (CvgSignIn *sign_in, gpointer user_data)
{
  CvgAuthorization *self = CVG_AUTHORIZATION (user_data);
  const GError *error = cvg_sign_in_get_error (sign_in);
  g_auto (GVariantBuilder) details = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&details, "{sv}", "instance-id",
                         g_variant_new_string (cvg_sign_in_get_entry (sign_in)->record->id));
  if (error != NULL)
    {
      CvgError code = error->domain == CVG_ERROR ? (CvgError) error->code : CVG_ERROR_FAILED;

      g_variant_builder_add (&details, "{sv}", "error",
                             g_variant_new_string (cvg_error_get_dbus_name (code)));
      g_variant_builder_add (&details, "{sv}", "message",
                             g_variant_new_string (error->domain == CVG_ERROR ?
                                                       error->message :
                                                       "The journal has the details"));
    }

  emit (self, CVG_AUTHORIZATION_INTERFACE, "Completed",
        g_variant_new ("(sa{sv})", cvg_sign_in_get_phase_name (sign_in), &details));
}

/* ---- methods --------------------------------------------------------------------------------- */

static void
on_browser_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;

  if (cvg_sign_ins_open_browser_finish (CVG_SIGN_INS (source), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    cvg_invocation_fail (invocation, error);
}

static gboolean
handle_open_browser (CvgDBusAuth1Authorization *object,
                     GDBusMethodInvocation *invocation,
                     GVariant *options)
{
  CvgAuthorization *self = CVG_AUTHORIZATION (object);
  const char *activation_token = NULL;
  const CvgOption table[] = { { "activation-token", "s", &activation_token, NULL } };
  GError *error = NULL;

  if (cvg_options_read (options, table, G_N_ELEMENTS (table), &error))
    cvg_sign_ins_open_browser_async (self->sign_ins, self->sign_in, activation_token,
                                     on_browser_opened, invocation);
  else
    cvg_invocation_fail (invocation, error);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_complete_from_url (CvgDBusAuth1Authorization *object,
                          GDBusMethodInvocation *invocation,
                          const char *redirect_url)
{
  CvgAuthorization *self = CVG_AUTHORIZATION (object);
  GError *error = NULL;

  if (cvg_sign_in_complete_from_url (self->sign_in, redirect_url, &error))
    cvg_dbus_auth1_authorization_complete_complete_from_url (object, invocation);
  else
    cvg_invocation_fail (invocation, error);

  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_cancel (CvgDBusAuth1Authorization *object, GDBusMethodInvocation *invocation)
{
  cvg_sign_in_cancel (CVG_AUTHORIZATION (object)->sign_in);
  cvg_dbus_auth1_authorization_complete_cancel (object, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* ---- the object ------------------------------------------------------------------------------ */

static void
cvg_authorization_finalize (GObject *object)
{
  CvgAuthorization *self = CVG_AUTHORIZATION (object);

  g_clear_object (&self->sign_in);
  g_clear_object (&self->sign_ins);
  g_clear_object (&self->connection);
  g_free (self->owner);
  g_free (self->path);

  G_OBJECT_CLASS (cvg_authorization_parent_class)->finalize (object);
}

static void
cvg_authorization_class_init (CvgAuthorizationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_authorization_finalize;
}

static void
cvg_authorization_init (CvgAuthorization *self)
{
}

static void
cvg_authorization_iface_init (CvgDBusAuth1AuthorizationIface *iface)
{
  iface->handle_open_browser = handle_open_browser;
  iface->handle_complete_from_url = handle_complete_from_url;
  iface->handle_cancel = handle_cancel;
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static void
fill_properties (CvgAuthorization *self)
{
  CvgDBusAuth1Authorization *object = CVG_DBUS_AUTH1_AUTHORIZATION (self);
  const CvgInstance *record = cvg_sign_in_get_entry (self->sign_in)->record;

  cvg_dbus_auth1_authorization_set_instance_id (object, record->id);
  cvg_dbus_auth1_authorization_set_server_name (object, record->server_name);
  cvg_dbus_auth1_authorization_set_url (object, cvg_sign_in_get_url (self->sign_in));
  cvg_dbus_auth1_authorization_set_redirect_uri (
      object, or_empty (cvg_sign_in_get_redirect_uri (self->sign_in)));
  cvg_dbus_auth1_authorization_set_user_code (object,
                                              or_empty (cvg_sign_in_get_user_code (self->sign_in)));
  cvg_dbus_auth1_authorization_set_phase (object, cvg_sign_in_get_phase_name (self->sign_in));
  cvg_dbus_auth1_authorization_set_deadline (object, cvg_sign_in_get_deadline (self->sign_in));
}

/**
 * cvg_authorization_new:
 * @connection: (transfer none): the bus
 * @owner: unique bus name of the caller that it is for
 * @path: its path
 * @sign_ins: (transfer none)
 * @sign_in: (transfer none): what it stands for
 * @detach: whether the sign-in goes on when @owner leaves
 */
CvgAuthorization *
cvg_authorization_new (GDBusConnection *connection,
                       const char *owner,
                       const char *path,
                       CvgSignIns *sign_ins,
                       CvgSignIn *sign_in,
                       gboolean detach)
{
  CvgAuthorization *self = g_object_new (CVG_TYPE_AUTHORIZATION, NULL);

  self->connection = g_object_ref (connection);
  self->owner = g_strdup (owner);
  self->path = g_strdup (path);
  self->sign_ins = g_object_ref (sign_ins);
  self->sign_in = g_object_ref (sign_in);
  self->detach = detach;
  fill_properties (self);
  g_signal_connect_object (sign_in, "phase-changed", G_CALLBACK (on_phase_changed), self, 0);
  g_signal_connect_object (sign_in, "completed", G_CALLBACK (on_completed), self, 0);
  return self;
}

/** cvg_authorization_get_sign_in: Returns: (transfer none): what it stands for */
CvgSignIn *
cvg_authorization_get_sign_in (CvgAuthorization *self)
{
  return self->sign_in;
}

/** cvg_authorization_owner_left: nobody can see it any more; cancels the sign-in if it may */
void
cvg_authorization_owner_left (CvgAuthorization *self)
{
  if (!self->detach)
    cvg_sign_in_cancel (self->sign_in);
}
