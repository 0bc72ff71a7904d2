/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/rotation.h"

#include <string.h>

#include "dbus/error.h"
#include "model/vardict.h"

#define ID "0b3d4c5e-1111-4222-8333-444455556666"
#define HEAD "'version': <uint32 1>, 'instance-id': <'" ID "'>"

static CvgRotation *
parse (const char *text, GError **error)
{
  g_autoptr (GVariant) record = cvg_vardict_parse (text, NULL);

  g_assert_nonnull (record);
  return cvg_rotation_from_record (record, error);
}

static void
add_box (CvgRotation *rotation, gconstpointer bytes, gsize size)
{
  g_ptr_array_add (rotation->boxes, g_bytes_new (bytes, size));
}

/* By way of text, as on disk. */
static CvgRotation *
through_text (const CvgRotation *rotation)
{
  g_autoptr (GVariant) record = cvg_rotation_to_record (rotation);
  g_autofree char *text = g_variant_print (record, TRUE);
  g_autoptr (GError) error = NULL;
  CvgRotation *read = parse (text, &error);

  g_assert_no_error (error);
  return read;
}

static void
assert_equal (const CvgRotation *a, const CvgRotation *b)
{
  g_assert_cmpstr (a->id, ==, b->id);
  g_assert_cmpint (a->spent_at, ==, b->spent_at);
  g_assert_cmpuint (a->spent_serial, ==, b->spent_serial);
  g_assert_cmpuint (a->sealed_serial, ==, b->sealed_serial);
  g_assert_cmpuint (a->boxes->len, ==, b->boxes->len);
  for (guint i = 0; i < a->boxes->len; i++)
    g_assert_true (
        g_bytes_equal (g_ptr_array_index (a->boxes, i), g_ptr_array_index (b->boxes, i)));
}

static void
test_round_trip (void)
{
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (ID);
  g_autoptr (CvgRotation) empty_read = through_text (rotation);
  g_autoptr (CvgRotation) read = NULL;
  g_autoptr (CvgRotation) copy = NULL;

  assert_equal (rotation, empty_read);
  rotation->spent_at = G_MAXINT64;
  rotation->spent_serial = G_MAXUINT64;
  rotation->sealed_serial = G_MAXUINT64 - 1;
  add_box (rotation, "\0\xff\x01", 3);
  add_box (rotation, "'>]}\n\"\\", 7);
  read = through_text (rotation);
  copy = cvg_rotation_copy (rotation);
  assert_equal (rotation, read);
  assert_equal (rotation, copy);

  g_ptr_array_set_size (copy->boxes, 0); /* is the copy's own affair */
  g_assert_cmpuint (rotation->boxes->len, ==, 2);
}

static void
test_is_empty (void)
{
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (ID);

  g_assert_true (cvg_rotation_is_empty (rotation));
  rotation->spent_at = 1;
  g_assert_false (cvg_rotation_is_empty (rotation));
  rotation->spent_at = 0;
  add_box (rotation, "x", 1);
  g_assert_false (cvg_rotation_is_empty (rotation));
}

static void
test_what_is_no_record (void)
{
  static const char *const records[] = {
    "{}",                                                     /* nothing */
    "{'instance-id': <'" ID "'>}",                            /* no version */
    "{'version': <uint32 2>, 'instance-id': <'" ID "'>}",     /* a later one */
    "{'version': <'1'>, 'instance-id': <'" ID "'>}",          /* a text */
    "{'version': <uint32 1>}",                                /* no id */
    "{'version': <uint32 1>, 'instance-id': <''>}",           /* an empty one */
    "{'version': <uint32 1>, 'instance-id': <'../../evil'>}", /* a path */
    "{'version': <uint32 1>, 'instance-id': <5>}",            /* a number */
    "{" HEAD ", 'spent-at': <'now'>}",                        /* a text */
    "{" HEAD ", 'spent-at': <uint64 5>}",                     /* another number */
    "{" HEAD ", 'spent-at': <int64 -5>}",                     /* before 1970 */
    "{" HEAD ", 'spent-serial': <int64 5>}",                  /* may be negative */
    "{" HEAD ", 'sealed-serial': <5>}",                       /* too narrow */
    "{" HEAD ", 'boxes': <'AAAA'>}",                          /* one text */
    "{" HEAD ", 'boxes': <[1, 2]>}",                          /* numbers */
    "{" HEAD ", 'boxes': <[<'AAAA'>]>}",                      /* variants */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (records); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgRotation) rotation = parse (records[i], &error);

      g_assert_null (rotation);
      g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
    }
}

static void
test_what_is_no_box (void)
{
  /* Empty, no base64, with spaces, cut off, with bits that say nothing; and one that is good. */
  g_autoptr (CvgRotation) rotation =
      parse ("{" HEAD ", 'boxes': <['', '!!!!', 'AA AA', 'AAA', 'AB==', 'AAEC']>,"
             " 'unknown-key': <5>}",
             NULL);

  g_assert_nonnull (rotation);
  g_assert_cmpuint (rotation->boxes->len, ==, 1);
  g_assert_cmpmem ("\0\1\2", 3, g_bytes_get_data (g_ptr_array_index (rotation->boxes, 0), NULL),
                   g_bytes_get_size (g_ptr_array_index (rotation->boxes, 0)));
}

static void
test_bounds (void)
{
  g_autofree char *most = g_malloc0 (CVG_ROTATION_MAX_BOX_BYTES + 3);
  g_autoptr (CvgRotation) rotation = cvg_rotation_new (ID);
  g_autoptr (CvgRotation) read = NULL;
  g_autoptr (CvgRotation) none = NULL;
  g_autoptr (GVariant) record = NULL;
  g_autoptr (GVariant) large = NULL;
  g_autoptr (GError) error = NULL;

  add_box (rotation, most, CVG_ROTATION_MAX_BOX_BYTES);
  for (guint i = 1; i < CVG_ROTATION_MAX_BOXES; i++)
    add_box (rotation, "x", 1);
  read = through_text (rotation);
  assert_equal (rotation, read);

  add_box (rotation, "x", 1);
  record = cvg_rotation_to_record (rotation);
  none = cvg_rotation_from_record (record, &error);
  g_assert_null (none);
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
  g_clear_error (&error);

  g_ptr_array_set_size (rotation->boxes, 0);
  add_box (rotation, most, CVG_ROTATION_MAX_BOX_BYTES + 3);
  large = cvg_rotation_to_record (rotation);
  none = cvg_rotation_from_record (large, &error);
  g_assert_null (none);
  g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rotation/round-trip", test_round_trip);
  g_test_add_func ("/rotation/is-empty", test_is_empty);
  g_test_add_func ("/rotation/what-is-no-record", test_what_is_no_record);
  g_test_add_func ("/rotation/what-is-no-box", test_what_is_no_box);
  g_test_add_func ("/rotation/bounds", test_bounds);
  return g_test_run ();
}
