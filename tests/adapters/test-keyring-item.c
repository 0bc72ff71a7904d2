/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "adapters/keyring-item.h"

#include <string.h>

#include "adapters/keyring-error.h"
#include "dbus/error.h"

#define KIND CVG_VAULT_CREDENTIALS
#define ID "0b3d4c5e-1111-4222-8333-444455556666"

static void
test_wrap (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
  } vectors[] = {
    { "", 0 },                 /* nothing is a secret, too */
    { "{'a': <'b'>}", 12 },    /* what we store */
    { "line\nline\n", 10 },    /* only the first line is the header */
    { "claviger x y\nz", 14 }, /* a header in the payload is payload */
    { "a\0b\xff", 4 },         /* any bytes */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgSecret) secret = cvg_secret_new_sized (vectors[i].bytes, vectors[i].length);
      SecretValue *value = cvg_keyring_item_wrap (KIND, ID, secret);
      CvgVaultItem *item = cvg_keyring_item_unwrap (value);

      g_assert_nonnull (item);
      g_assert_cmpstr (item->kind, ==, KIND);
      g_assert_cmpstr (item->id, ==, ID);
      g_assert_true (cvg_secret_equal (item->secret, secret));
      cvg_vault_item_free (item);
      secret_value_unref (value);
    }
}

static void
test_unwrap_refuses (void)
{
  g_autofree char *endless = g_strnfill (5000, 'x');
  g_autofree char *long_id = g_strconcat ("claviger k ", endless, "\n", NULL);
  const char *const vectors[] = {
    "",                    /* a crash between the halves of CreateItem */
    "\n",                  /* an empty line */
    "secret",              /* of another program */
    "claviger k i",        /* the line has no end */
    "claviger k\nsecret",  /* no id */
    "claviger  i\nsecret", /* no kind */
    "claviger k \nsecret", /* an empty id */
    "claviger k i j\nx",   /* too many words */
    "Claviger k i\nx",     /* not our word */
    "clavigerk i\nx",      /* likewise */
    long_id,               /* hostile */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      SecretValue *value = secret_value_new (vectors[i], -1, "text/plain");

      g_assert_null (cvg_keyring_item_unwrap (value));
      secret_value_unref (value);
    }
}

static void
test_match_names_no_schema (void)
{
  g_autoptr (GVariant) all = g_variant_ref_sink (cvg_keyring_item_match (NULL, NULL));
  g_autoptr (GVariant) one = g_variant_ref_sink (cvg_keyring_item_match (KIND, ID));
  g_autofree char *all_text = g_variant_print (all, FALSE);
  g_autofree char *one_text = g_variant_print (one, FALSE);

  /* With a schema's name a cold GNOME keyring finds nothing. */
  g_assert_cmpstr (all_text, ==, "({'application': 'org.claviger'},)");
  g_assert_cmpstr (one_text, ==,
                   "({'application': 'org.claviger', 'kind': 'credentials', 'id': '" ID "'},)");
}

static void
test_errors (void)
{
  static const struct
  {
    const char *name; /* on the bus */
    int code;
  } vectors[] = {
    { "org.freedesktop.Secret.Error.IsLocked", CVG_ERROR_KEYRING_LOCKED },
    { "org.freedesktop.DBus.Error.ServiceUnknown", CVG_ERROR_KEYRING_UNAVAILABLE },
    { "org.freedesktop.DBus.Error.NameHasNoOwner", CVG_ERROR_KEYRING_UNAVAILABLE },
    { "org.freedesktop.DBus.Error.NoReply", CVG_ERROR_KEYRING_UNAVAILABLE },
    { "org.freedesktop.DBus.Error.Spawn.ExecFailed", CVG_ERROR_KEYRING_UNAVAILABLE },
    { "org.freedesktop.DBus.Error.Failed", CVG_ERROR_FAILED }, /* a full disk */
    { "org.freedesktop.Secret.Error.NoSuchObject", CVG_ERROR_FAILED },
    { "org.gnome.keyring.Error.Denied", CVG_ERROR_FAILED },
    { "com.example.Unheard", CVG_ERROR_FAILED },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = g_dbus_error_new_for_dbus_error (vectors[i].name, "tok3n");

      cvg_keyring_error_translate (&error);
      g_assert_error (error, CVG_ERROR, vectors[i].code);
      g_assert_null (strstr (error->message, "tok3n"));
    }

  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "c");

  cvg_keyring_error_translate (&cancelled);
  g_assert_error (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keyring-item/wrap", test_wrap);
  g_test_add_func ("/keyring-item/unwrap-refuses", test_unwrap_refuses);
  g_test_add_func ("/keyring-item/match-names-no-schema", test_match_names_no_schema);
  g_test_add_func ("/keyring-error/translate", test_errors);
  return g_test_run ();
}
