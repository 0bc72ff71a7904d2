/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The service object: the generated skeleton, a gate in front of it, its properties and its
 * signals.
 *
 * The gate stands where GDBus hands a message to the skeleton, so that no handler can be reached by
 * a caller that was not checked. The signals about instances are sent to each caller by itself;
 * nothing about instances is ever broadcast.
 */
#include "bus/auth-service-private.h"

#include "bus/call.h"
#include "dbus/names.h"

static void cvg_auth_service_iface_init (CvgDBusAuth1Iface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CvgAuthService,
                               cvg_auth_service,
                               CVG_DBUS_TYPE_AUTH1_SKELETON,
                               G_IMPLEMENT_INTERFACE (CVG_DBUS_TYPE_AUTH1,
                                                      cvg_auth_service_iface_init))

/* ---- the gate -------------------------------------------------------------------------------- */

static GDBusInterfaceVTable *
get_generated_vtable (GDBusInterfaceSkeleton *skeleton)
{
  return G_DBUS_INTERFACE_SKELETON_CLASS (cvg_auth_service_parent_class)->get_vtable (skeleton);
}

static void
pass (CvgAuthService *self, GDBusMethodInvocation *invocation)
{
  GDBusInterfaceVTable *vtable = get_generated_vtable (G_DBUS_INTERFACE_SKELETON (self));

  vtable->method_call (g_dbus_method_invocation_get_connection (invocation),
                       g_dbus_method_invocation_get_sender (invocation),
                       g_dbus_method_invocation_get_object_path (invocation),
                       g_dbus_method_invocation_get_interface_name (invocation),
                       g_dbus_method_invocation_get_method_name (invocation),
                       g_dbus_method_invocation_get_parameters (invocation), invocation, self);
}

/* A call whose caller is being looked up. */
typedef struct
{
  CvgAuthService *service;           /* (owned) */
  GDBusMethodInvocation *invocation; /* (owned): handed on in any case */
} Knock;

static void
on_identified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Knock *knock = user_data;
  g_autoptr (CvgAuthService) self = knock->service;
  GError *error = NULL;

  if (cvg_callers_identify_finish (CVG_CALLERS (source), result, &error))
    pass (self, knock->invocation);
  else
    cvg_invocation_fail (knock->invocation, error);
}

static void
gate_method_call (GDBusConnection *connection,
                  const char *sender,
                  const char *object_path,
                  const char *interface_name,
                  const char *method_name,
                  GVariant *parameters,
                  GDBusMethodInvocation *invocation,
                  gpointer user_data)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (user_data);
  Knock *knock = NULL;

  if (cvg_callers_is_known (self->callers, sender))
    {
      pass (self, invocation);
      return;
    }

  knock = g_new0 (Knock, 1);
  knock->service = g_object_ref (self);
  knock->invocation = invocation;
  cvg_callers_identify_async (self->callers, sender, on_identified, knock);
}

/* There is nothing to keep from anyone in a property; but who reads one has called this service,
 * and is told of instances from then on. */
static GVariant *
gate_get_property (GDBusConnection *connection,
                   const char *sender,
                   const char *object_path,
                   const char *interface_name,
                   const char *property_name,
                   GError **error,
                   gpointer user_data)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (user_data);
  const GDBusInterfaceVTable *generated = get_generated_vtable (G_DBUS_INTERFACE_SKELETON (self));

  /* Without a sender it is GDBus itself, which reads them all for a signal. */
  if (sender != NULL && self->callers != NULL && !cvg_callers_is_known (self->callers, sender))
    cvg_callers_identify_async (self->callers, sender, NULL, NULL);

  return generated->get_property (connection, sender, object_path, interface_name, property_name,
                                  error, user_data);
}

static GDBusInterfaceVTable *
cvg_auth_service_get_vtable (GDBusInterfaceSkeleton *skeleton)
{
  static GDBusInterfaceVTable gated;
  const GDBusInterfaceVTable *generated = get_generated_vtable (skeleton);

  gated = *generated;
  gated.method_call = gate_method_call;
  gated.get_property = gate_get_property;
  return &gated;
}

/* ---- signals and properties ------------------------------------------------------------------ */

static void
tell_callers (CvgAuthService *self, const char *signal_name, GVariant *parameters)
{
  GDBusConnection *connection =
      g_dbus_interface_skeleton_get_connection (G_DBUS_INTERFACE_SKELETON (self));
  g_autoptr (GVariant) kept = g_variant_ref_sink (parameters);
  g_autoptr (GPtrArray) names = cvg_callers_list (self->callers);

  for (guint i = 0; i < names->len; i++)
    g_dbus_connection_emit_signal (connection, g_ptr_array_index (names, i), CVG_OBJECT_PATH,
                                   CVG_INTERFACE, signal_name, kept, NULL);
}

static void
on_instance_changed (CvgInstances *instances, CvgEntry *entry, gpointer user_data)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (user_data);
  gboolean open = cvg_keeper_is_open (cvg_agent_get_keeper (self->agent));

  if (self->callers != NULL)
    tell_callers (self, "InstanceChanged",
                  g_variant_new ("(ss)", entry->record->id, cvg_entry_get_status (entry, open)));
}

static void
on_instance_removed (CvgInstances *instances, CvgEntry *entry, gpointer user_data)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (user_data);

  if (self->callers != NULL)
    tell_callers (self, "InstanceRemoved", g_variant_new ("(s)", entry->record->id));
}

static void
on_keyring_changed (CvgKeeper *keeper, gpointer user_data)
{
  CvgDBusAuth1 *object = CVG_DBUS_AUTH1 (user_data);
  const char *state = cvg_keeper_get_state (keeper);

  if (g_strcmp0 (cvg_dbus_auth1_get_keyring_state (object), state) != 0)
    cvg_dbus_auth1_set_keyring_state (object, state);
}

/* ---- the object ------------------------------------------------------------------------------ */

static void
cvg_auth_service_finalize (GObject *object)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);

  g_assert (self->callers == NULL);
  g_clear_object (&self->agent);

  G_OBJECT_CLASS (cvg_auth_service_parent_class)->finalize (object);
}

static void
cvg_auth_service_class_init (CvgAuthServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cvg_auth_service_finalize;
  G_DBUS_INTERFACE_SKELETON_CLASS (klass)->get_vtable = cvg_auth_service_get_vtable;
}

static void
cvg_auth_service_init (CvgAuthService *self)
{
}

static void
cvg_auth_service_iface_init (CvgDBusAuth1Iface *iface)
{
  cvg_auth_service_fill_auth (iface);
  cvg_auth_service_fill_authorize (iface);
  cvg_auth_service_fill_catalogue (iface);
  cvg_auth_service_fill_instances (iface);
}

/** cvg_auth_service_new: @agent (transfer none): who does the work */
CvgAuthService *
cvg_auth_service_new (CvgAgent *agent)
{
  CvgAuthService *self = g_object_new (CVG_TYPE_AUTH_SERVICE, NULL);
  CvgKeeper *keeper = cvg_agent_get_keeper (agent);

  self->agent = g_object_ref (agent);
  cvg_dbus_auth1_set_version (CVG_DBUS_AUTH1 (self), CVG_INTERFACE_VERSION);
  cvg_dbus_auth1_set_daemon_version (CVG_DBUS_AUTH1 (self), CVG_VERSION);
  cvg_dbus_auth1_set_keyring_state (CVG_DBUS_AUTH1 (self), cvg_keeper_get_state (keeper));
  g_signal_connect_object (keeper, "state-changed", G_CALLBACK (on_keyring_changed), self, 0);
  g_signal_connect_object (cvg_agent_get_instances (agent), "changed",
                           G_CALLBACK (on_instance_changed), self, 0);
  g_signal_connect_object (cvg_agent_get_instances (agent), "removed",
                           G_CALLBACK (on_instance_removed), self, 0);
  return self;
}

/** cvg_auth_service_export: puts the object on @connection; to be done before the name is asked for
 */
gboolean
cvg_auth_service_export (CvgAuthService *self, GDBusConnection *connection, GError **error)
{
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self), connection,
                                         CVG_OBJECT_PATH, error))
    return FALSE;

  self->callers = cvg_callers_new (connection);
  self->authorizations =
      cvg_authorizations_new (connection, cvg_agent_get_sign_ins (self->agent), self->callers);
  return TRUE;
}

/** cvg_auth_service_unexport: takes the object off the bus */
void
cvg_auth_service_unexport (CvgAuthService *self)
{
  if (self->callers == NULL)
    return;

  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self));
  g_clear_object (&self->authorizations);
  g_clear_object (&self->callers);
}

/* ---- for the handlers ------------------------------------------------------------------------ */

/** cvg_auth_service_lookup: as cvg_instances_lookup() */
CvgEntry *
cvg_auth_service_lookup (CvgDBusAuth1 *object, const char *instance_id, GError **error)
{
  CvgAuthService *self = CVG_AUTH_SERVICE (object);

  return cvg_instances_lookup (cvg_agent_get_instances (self->agent), instance_id, error);
}

/** cvg_auth_service_get_presence: Returns: (transfer none): fires when the caller leaves the bus */
GCancellable *
cvg_auth_service_get_presence (CvgAuthService *self, GDBusMethodInvocation *invocation)
{
  return cvg_callers_get_presence (self->callers, g_dbus_method_invocation_get_sender (invocation));
}
