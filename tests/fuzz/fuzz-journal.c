/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a file of the journal, and as a box. What is read must be what is written again, and
 * a box that opens must be one that was closed with this key.
 */
#include <string.h>

#include "adapters/seal-gnutls.h"
#include "model/rotation.h"
#include "model/vardict.h"

#define ID "0b3d4c5e-1111-4222-8333-444455556666"
#define SERIAL 7

/* What a box of the corpus was closed with, and what is in it. */
#define KEY "the-old-refresh-token"
#define TEXT "{'refresh_token': <'the-new-one'>, 'access_token': <'an-access-token'>}"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
open_box (const char *id, guint64 serial, GBytes *box)
{
  g_autoptr (CvgSecret) key = cvg_secret_new (KEY);
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgSecret) text = cvg_seal_open (key, id, serial, box, &error);

  g_assert_true ((text == NULL) == (error != NULL));
  if (text == NULL)
    return;
  g_assert_cmpstr (cvg_secret_peek (text), ==, TEXT);
  g_assert_cmpstr (id, ==, ID);
  g_assert_cmpuint (serial, ==, SERIAL);
}

static void
check_rotation (const CvgRotation *rotation)
{
  g_autoptr (GVariant) record = cvg_rotation_to_record (rotation);
  g_autofree char *text = g_variant_print (record, TRUE);
  g_autoptr (GVariant) parsed = cvg_vardict_parse (text, NULL);
  g_autoptr (CvgRotation) again = cvg_rotation_from_record (parsed, NULL);

  g_assert_nonnull (again);
  g_assert_true (g_uuid_string_is_valid (again->id));
  g_assert_cmpstr (again->id, ==, rotation->id);
  g_assert_cmpint (again->spent_at, ==, rotation->spent_at);
  g_assert_cmpint (again->spent_at, >=, 0);
  g_assert_cmpuint (again->spent_serial, ==, rotation->spent_serial);
  g_assert_cmpuint (again->sealed_serial, ==, rotation->sealed_serial);
  g_assert_cmpuint (again->boxes->len, ==, rotation->boxes->len);
  g_assert_cmpuint (again->boxes->len, <=, CVG_ROTATION_MAX_BOXES);
  for (guint i = 0; i < again->boxes->len; i++)
    {
      GBytes *box = g_ptr_array_index (again->boxes, i);

      g_assert_true (g_bytes_equal (box, g_ptr_array_index (rotation->boxes, i)));
      open_box (again->id, again->sealed_serial, box);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GVariant) record = cvg_vardict_parse (text, NULL);
  g_autoptr (GBytes) box = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgRotation) rotation =
      record != NULL ? cvg_rotation_from_record (record, &error) : NULL;

  g_assert_true (record == NULL || (rotation == NULL) == (error != NULL));
  if (rotation != NULL)
    check_rotation (rotation);
  open_box (ID, SERIAL, box);
  return 0;
}
