/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The record is an a{sv}; the boxes in it are ciphertext, so nothing in it is secret.
 */
#include "model/rotation.h"

#include <string.h>

#include "dbus/error.h"
#include "model/vardict.h"

#define RECORD_VERSION 1

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

  g_variant_builder_add (&builder, "{sv}", "version", g_variant_new_uint32 (RECORD_VERSION));
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

/* Base64 as we write it, and nothing else: the decoder skips what it does not know. */
static GBytes *
decode_box (const char *text)
{
  gsize size = 0;
  g_autofree guchar *bytes = g_base64_decode (text, &size);
  g_autofree char *again = g_base64_encode (bytes, size);

  if (size == 0 || strcmp (text, again) != 0)
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&bytes), size);
}

/* A box that is no box opens nothing; the others may. */
static gboolean
read_boxes (CvgRotation *rotation, GVariant *boxes, GError **error)
{
  if (g_variant_n_children (boxes) > CVG_ROTATION_MAX_BOXES)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "It has too many boxes");
      return FALSE;
    }
  for (gsize i = 0; i < g_variant_n_children (boxes); i++)
    {
      const char *text = NULL;
      GBytes *box = NULL;

      g_variant_get_child (boxes, i, "&s", &text);
      if (strlen (text) > (CVG_ROTATION_MAX_BOX_BYTES + 2) / 3 * 4)
        {
          g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "It has too large a box");
          return FALSE;
        }
      box = decode_box (text);
      if (box != NULL)
        g_ptr_array_add (rotation->boxes, box);
    }
  return TRUE;
}

/* @value stays what it is if @key is missing; a @key of another type is no record of ours. */
static gboolean
read_number (GVariant *record, const char *key, const char *type, gpointer value, GError **error)
{
  g_autoptr (GVariant) found = g_variant_lookup_value (record, key, NULL);

  if (found == NULL)
    return TRUE;
  if (!g_variant_is_of_type (found, G_VARIANT_TYPE (type)))
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_FAILED, "Its %s is not a number of the right type",
                   key);
      return FALSE;
    }
  g_variant_get (found, type, value);
  return TRUE;
}

static gboolean
read_members (CvgRotation *rotation, GVariant *record, GError **error)
{
  g_autoptr (GVariant) boxes = g_variant_lookup_value (record, "boxes", NULL);

  if (!read_number (record, "spent-at", "x", &rotation->spent_at, error) ||
      !read_number (record, "spent-serial", "t", &rotation->spent_serial, error) ||
      !read_number (record, "sealed-serial", "t", &rotation->sealed_serial, error))
    return FALSE;
  if (rotation->spent_at < 0)
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "Its spent-at is before all time");
      return FALSE;
    }
  if (boxes != NULL && !g_variant_is_of_type (boxes, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "Its boxes are no texts");
      return FALSE;
    }
  return boxes == NULL || read_boxes (rotation, boxes, error);
}

/**
 * cvg_rotation_from_record:
 * @record: an a{sv}, from disk
 *
 * Returns: (transfer full): the rotation; fails with %CVG_ERROR_FAILED if it is of no instance, of
 *   a later version, or beyond the bounds
 */
CvgRotation *
cvg_rotation_from_record (GVariant *record, GError **error)
{
  g_autofree char *id = cvg_vardict_dup_string (record, "instance-id");
  g_autoptr (CvgRotation) rotation = NULL;
  guint32 version = 0;

  if (!read_number (record, "version", "u", &version, error))
    return NULL;
  if (version != RECORD_VERSION)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_FAILED,
                   "It is of version %u, and only %d is known here", version, RECORD_VERSION);
      return NULL;
    }
  if (id == NULL || !g_uuid_string_is_valid (id))
    {
      g_set_error_literal (error, CVG_ERROR, CVG_ERROR_FAILED, "It is not of an instance");
      return NULL;
    }

  rotation = cvg_rotation_new (id);
  if (!read_members (rotation, record, error))
    return NULL;

  return g_steal_pointer (&rotation);
}
