/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Instances as values, and their record: the a{sv} that is on disk and inside the packed
 * credentials.
 */
#include "model/instance.h"

#include "dbus/error.h"
#include "model/vardict.h"

/** cvg_instance_new: Returns: (transfer full): an empty instance, for its maker to fill */
CvgInstance *
cvg_instance_new (void)
{
  CvgInstance *instance = g_new0 (CvgInstance, 1);

  g_atomic_ref_count_init (&instance->references);
  return instance;
}

/** cvg_instance_copy: Returns: (transfer full): the same once more, to be changed by its maker */
CvgInstance *
cvg_instance_copy (const CvgInstance *from)
{
  CvgInstance *copy = cvg_instance_new ();

  copy->id = g_strdup (from->id);
  copy->user_id = g_strdup (from->user_id);
  copy->server_name = g_strdup (from->server_name);
  copy->owner = g_strdup (from->owner);
  copy->label = g_strdup (from->label);
  copy->client_id = g_strdup (from->client_id);
  copy->resource_id = g_strdup (from->resource_id);
  copy->tenant = from->tenant != NULL ? g_variant_ref (from->tenant) : NULL;
  copy->created_at = from->created_at;
  copy->authorized_at = from->authorized_at;
  copy->signed_in = from->signed_in;
  copy->dead_reason = g_strdup (from->dead_reason);
  copy->last_serial = from->last_serial;
  return copy;
}

/** cvg_instance_ref: Returns: (transfer full): @instance */
CvgInstance *
cvg_instance_ref (CvgInstance *instance)
{
  g_atomic_ref_count_inc (&instance->references);
  return instance;
}

/** cvg_instance_unref: lets go of @instance */
void
cvg_instance_unref (CvgInstance *instance)
{
  if (!g_atomic_ref_count_dec (&instance->references))
    return;

  g_free (instance->id);
  g_free (instance->user_id);
  g_free (instance->server_name);
  g_free (instance->owner);
  g_free (instance->label);
  g_free (instance->client_id);
  g_free (instance->resource_id);
  g_clear_pointer (&instance->tenant, g_variant_unref);
  g_free (instance->dead_reason);
  g_free (instance);
}

/** cvg_instance_to_record: Returns: (transfer full): @instance as an a{sv} */
GVariant *
cvg_instance_to_record (const CvgInstance *instance)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  cvg_vardict_add_string (&builder, "instance-id", instance->id);
  cvg_vardict_add_string (&builder, "user-id", instance->user_id);
  cvg_vardict_add_string (&builder, "server-name", instance->server_name);
  cvg_vardict_add_string (&builder, "owner", instance->owner);
  cvg_vardict_add_string (&builder, "label", instance->label);
  cvg_vardict_add_string (&builder, "client-id", instance->client_id);
  cvg_vardict_add_string (&builder, "resource-id", instance->resource_id);
  cvg_vardict_add_value (&builder, "tenant", instance->tenant);
  cvg_vardict_add_int64 (&builder, "created-at", instance->created_at);
  cvg_vardict_add_int64 (&builder, "authorized-at", instance->authorized_at);
  g_variant_builder_add (&builder, "{sv}", "signed-in",
                         g_variant_new_boolean (instance->signed_in));
  cvg_vardict_add_string (&builder, "dead-reason", instance->dead_reason);
  cvg_vardict_add_uint64 (&builder, "last-serial", instance->last_serial);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * cvg_instance_from_record:
 * @record: an a{sv}, from disk or from the keyring
 *
 * Returns: (transfer full): the instance; fails with %CVG_ERROR_FAILED if something it can't be
 *   without is missing
 */
CvgInstance *
cvg_instance_from_record (GVariant *record, GError **error)
{
  g_autoptr (CvgInstance) instance = cvg_instance_new ();

  instance->id = cvg_vardict_dup_string (record, "instance-id");
  instance->user_id = cvg_vardict_dup_string (record, "user-id");
  instance->server_name = cvg_vardict_dup_string (record, "server-name");
  instance->owner = cvg_vardict_dup_string (record, "owner");
  instance->label = cvg_vardict_dup_string (record, "label");
  instance->client_id = cvg_vardict_dup_string (record, "client-id");
  instance->resource_id = cvg_vardict_dup_string (record, "resource-id");
  instance->tenant = g_variant_lookup_value (record, "tenant", G_VARIANT_TYPE ("a{ss}"));
  g_variant_lookup (record, "created-at", "x", &instance->created_at);
  g_variant_lookup (record, "authorized-at", "x", &instance->authorized_at);
  g_variant_lookup (record, "signed-in", "b", &instance->signed_in);
  instance->dead_reason = cvg_vardict_dup_string (record, "dead-reason");
  g_variant_lookup (record, "last-serial", "t", &instance->last_serial);

  if (instance->id == NULL || !g_uuid_string_is_valid (instance->id) || instance->user_id == NULL ||
      instance->server_name == NULL || instance->owner == NULL)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED,
                           "A record is not one of an instance");
      return NULL;
    }

  return g_steal_pointer (&instance);
}
