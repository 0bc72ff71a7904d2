/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The record is an a{sv}; the boxes in it are ciphertext, so nothing in it is secret.
 */
#include "model/rotation.h"

#include "dbus/error.h"
#include "model/vardict.h"

/** cvg_rotation_new: Returns: (transfer full): nothing on its way for the instance @id */
CvgRotation *
cvg_rotation_new (const char *id)
{
  CvgRotation *rotation = g_new0 (CvgRotation, 1);

  rotation->id = g_strdup (id);
  rotation->boxes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  return rotation;
}

static gpointer
copy_box (gconstpointer box, gpointer user_data)
{
  return g_bytes_ref ((GBytes *) box);
}

/** cvg_rotation_copy: Returns: (transfer full): a copy; the boxes are shared */
CvgRotation *
cvg_rotation_copy (const CvgRotation *from)
{
  CvgRotation *rotation = g_new0 (CvgRotation, 1);

  rotation->id = g_strdup (from->id);
  rotation->spent_at = from->spent_at;
  rotation->spent_serial = from->spent_serial;
  rotation->boxes = g_ptr_array_copy (from->boxes, copy_box, NULL);
  rotation->sealed_serial = from->sealed_serial;
  return rotation;
}

/** cvg_rotation_free: frees @rotation */
void
cvg_rotation_free (CvgRotation *rotation)
{
  g_free (rotation->id);
  g_ptr_array_unref (rotation->boxes);
  g_free (rotation);
}

/** cvg_rotation_is_empty: Returns: whether it says nothing, and need not be on disk */
gboolean
cvg_rotation_is_empty (const CvgRotation *rotation)
{
  return rotation->spent_at == 0 && rotation->boxes->len == 0;
}

/** cvg_rotation_to_record: Returns: (transfer full): @rotation as an a{sv} */
GVariant *
cvg_rotation_to_record (const CvgRotation *rotation)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_auto (GVariantBuilder) boxes = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("as"));

  cvg_vardict_add_string (&builder, "instance-id", rotation->id);
  cvg_vardict_add_int64 (&builder, "spent-at", rotation->spent_at);
  cvg_vardict_add_uint64 (&builder, "spent-serial", rotation->spent_serial);
  cvg_vardict_add_uint64 (&builder, "sealed-serial", rotation->sealed_serial);
  for (guint i = 0; i < rotation->boxes->len; i++)
    {
      GBytes *box = g_ptr_array_index (rotation->boxes, i);
      g_autofree char *text =
          g_base64_encode (g_bytes_get_data (box, NULL), g_bytes_get_size (box));

      g_variant_builder_add (&boxes, "s", text);
    }
  g_variant_builder_add (&builder, "{sv}", "boxes", g_variant_builder_end (&boxes));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
read_boxes (CvgRotation *rotation, GVariant *record)
{
  g_autoptr (GVariant) boxes = g_variant_lookup_value (record, "boxes", G_VARIANT_TYPE ("as"));

  for (gsize i = 0; boxes != NULL && i < g_variant_n_children (boxes); i++)
    {
      const char *text = NULL;
      gsize size = 0;
      guchar *bytes = NULL;

      g_variant_get_child (boxes, i, "&s", &text);
      bytes = g_base64_decode (text, &size);
      g_ptr_array_add (rotation->boxes, g_bytes_new_take (bytes, size));
    }
}

/**
 * cvg_rotation_from_record:
 * @record: an a{sv}, from disk
 *
 * Returns: (transfer full): the rotation; fails with %CVG_ERROR_FAILED if it is of no instance
 */
CvgRotation *
cvg_rotation_from_record (GVariant *record, GError **error)
{
  g_autofree char *id = cvg_vardict_dup_string (record, "instance-id");
  CvgRotation *rotation = NULL;

  if (id == NULL || !g_uuid_string_is_valid (id))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "It is not of an instance");
      return NULL;
    }

  rotation = cvg_rotation_new (id);
  g_variant_lookup (record, "spent-at", "x", &rotation->spent_at);
  g_variant_lookup (record, "spent-serial", "t", &rotation->spent_serial);
  g_variant_lookup (record, "sealed-serial", "t", &rotation->sealed_serial);
  read_boxes (rotation, record);
  return rotation;
}
