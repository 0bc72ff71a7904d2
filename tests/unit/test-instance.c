/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/instance.h"

#include "dbus/error.h"

#define ID "0f0e1b9e-6f4b-4f5f-9d7c-3b8f1f7c2d10"

static CvgInstance *
make_full (void)
{
  CvgInstance *instance = cvg_instance_new ();

  instance->id = g_strdup (ID);
  instance->user_id = g_strdup ("m\xc3\xa4rz 'x' \"y\"");
  instance->server_name = g_strdup ("Confluence");
  instance->owner = g_strdup ("app:org.example.App");
  instance->label = g_strdup ("work");
  instance->client_id = g_strdup ("id");
  instance->tenant = g_variant_ref_sink (g_variant_new_parsed ("{'subdomain': 'acme'}"));
  instance->created_at = 1;
  instance->authorized_at = 2;
  instance->signed_in = TRUE;
  instance->dead_reason = g_strdup ("It was revoked");
  instance->last_serial = G_MAXUINT64;
  return instance;
}

static CvgInstance *
make_least (void)
{
  CvgInstance *instance = cvg_instance_new ();

  instance->id = g_strdup (ID);
  instance->user_id = g_strdup ("u");
  instance->server_name = g_strdup ("GitHub");
  instance->owner = g_strdup ("host");
  return instance;
}

static void
assert_same (const CvgInstance *a, const CvgInstance *b)
{
  g_assert_cmpstr (a->id, ==, b->id);
  g_assert_cmpstr (a->user_id, ==, b->user_id);
  g_assert_cmpstr (a->server_name, ==, b->server_name);
  g_assert_cmpstr (a->owner, ==, b->owner);
  g_assert_cmpstr (a->label, ==, b->label);
  g_assert_cmpstr (a->client_id, ==, b->client_id);
  g_assert_cmpint (a->tenant == NULL, ==, b->tenant == NULL);
  if (a->tenant != NULL)
    g_assert_cmpvariant (a->tenant, b->tenant);
  g_assert_cmpint (a->created_at, ==, b->created_at);
  g_assert_cmpint (a->authorized_at, ==, b->authorized_at);
  g_assert_cmpint (a->signed_in, ==, b->signed_in);
  g_assert_cmpstr (a->dead_reason, ==, b->dead_reason);
  g_assert_cmpuint (a->last_serial, ==, b->last_serial);
}

static void
test_copy (void)
{
  g_autoptr (CvgInstance) full = make_full ();
  g_autoptr (CvgInstance) copy = cvg_instance_copy (full);

  assert_same (full, copy);
  g_clear_pointer (&copy->dead_reason, g_free);
  copy->signed_in = FALSE;
  g_assert_cmpstr (full->dead_reason, ==, "It was revoked");
  g_assert_true (full->signed_in);
}

static void
test_record_and_back (void)
{
  g_autoptr (CvgInstance) full = make_full ();
  g_autoptr (CvgInstance) least = make_least ();
  const CvgInstance *all[] = { full, least };

  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) record = cvg_instance_to_record (all[i]);
      g_autoptr (CvgInstance) again = cvg_instance_from_record (record, &error);

      g_assert_no_error (error);
      g_assert_true (g_variant_is_of_type (record, G_VARIANT_TYPE_VARDICT));
      assert_same (all[i], again);
    }
}

#define REST "'user-id': <'u'>, 'server-name': <'S'>, 'owner': <'host'>"

static void
test_records_that_are_none (void)
{
  static const struct
  {
    const char *record;
    gboolean taken;
  } vectors[] = {
    { "{'instance-id': <'" ID "'>, " REST "}", TRUE },             /* the least */
    { "{'instance-id': <'" ID "'>, " REST ", 'new': <1>}", TRUE }, /* unknown: ignored */
    { "{'instance-id': <'" ID "'>, " REST ", 'tenant': <'x'>, 'signed-in': <1>,"
      " 'last-serial': <'x'>}",
      TRUE },                                              /* wrong types: not there */
    { "@a{sv} {}", FALSE },                                /* nothing */
    { "{" REST "}", FALSE },                               /* no id */
    { "{'instance-id': <'../../etc'>, " REST "}", FALSE }, /* an id that is none */
    { "{'instance-id': <''>, " REST "}", FALSE },          /* likewise */
    { "{'instance-id': <17>, " REST "}", FALSE },          /* of a wrong type */
    { "{'instance-id': <'" ID "'>, 'user-id': <'u'>, 'owner': <'host'>}", FALSE },
    { "{'instance-id': <'" ID "'>, 'user-id': <'u'>, 'server-name': <'S'>}", FALSE },
    { "{'instance-id': <'" ID "'>, 'server-name': <'S'>, 'owner': <'host'>}", FALSE },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) record =
          g_variant_parse (G_VARIANT_TYPE_VARDICT, vectors[i].record, NULL, NULL, NULL);
      g_autoptr (CvgInstance) instance = cvg_instance_from_record (record, &error);

      g_assert_cmpint (instance != NULL, ==, vectors[i].taken);
      if (!vectors[i].taken)
        g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
      else
        g_assert_null (instance->tenant);
    }
}

static void
test_lives_as_long_as_a_holder (void)
{
  CvgInstance *first = make_least ();
  g_autoptr (CvgInstance) second = cvg_instance_ref (first);

  cvg_instance_unref (first);
  g_assert_cmpstr (second->id, ==, ID);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/instance/copy", test_copy);
  g_test_add_func ("/instance/record-and-back", test_record_and_back);
  g_test_add_func ("/instance/records-that-are-none", test_records_that_are_none);
  g_test_add_func ("/instance/lives-as-long-as-a-holder", test_lives_as_long_as_a_holder);
  return g_test_run ();
}
