/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/client.h"

#include <string.h>

#include "dbus/error.h"

#define ID "0f0e1b9e-6f4b-4f5f-9d7c-3b8f1f7c2d10"

static CvgClient *
make_full (void)
{
  CvgClient *client = cvg_client_new ();

  client->id = g_strdup (ID);
  client->server_name = g_strdup ("Confluence");
  client->client_id = g_strdup ("client");
  client->redirect_uri = g_strdup ("http://127.0.0.1:18417/callback");
  client->label = g_strdup ("work");
  client->is_default = TRUE;
  client->has_secret = TRUE;
  client->secret = cvg_secret_new ("QUOTED");
  client->created_at = 5;
  return client;
}

static CvgClient *
make_least (void)
{
  CvgClient *client = cvg_client_new ();

  client->id = g_strdup (ID);
  client->server_name = g_strdup ("GitHub");
  client->client_id = g_strdup ("client");
  return client;
}

static void
assert_same (const CvgClient *a, const CvgClient *b)
{
  g_assert_cmpstr (a->id, ==, b->id);
  g_assert_cmpstr (a->server_name, ==, b->server_name);
  g_assert_cmpstr (a->client_id, ==, b->client_id);
  g_assert_cmpstr (a->redirect_uri, ==, b->redirect_uri);
  g_assert_cmpstr (a->label, ==, b->label);
  g_assert_cmpint (a->is_default, ==, b->is_default);
  g_assert_cmpint (a->has_secret, ==, b->has_secret);
  g_assert_cmpint (a->created_at, ==, b->created_at);
}

static void
test_copy (void)
{
  g_autoptr (CvgClient) full = make_full ();
  g_autoptr (CvgClient) copy = cvg_client_copy (full);
  g_autoptr (CvgClient) least = make_least ();
  g_autoptr (CvgClient) copy_of_least = cvg_client_copy (least);

  assert_same (full, copy);
  g_assert_true (cvg_secret_equal (full->secret, copy->secret));
  assert_same (least, copy_of_least);
  g_assert_null (copy_of_least->secret);

  g_clear_pointer (&copy->secret, cvg_secret_unref);
  g_assert_nonnull (full->secret);
}

/* The record goes to disk: it says that there is a secret, and does not have it. */
static void
test_record_and_back (void)
{
  g_autoptr (CvgClient) full = make_full ();
  g_autoptr (CvgClient) least = make_least ();
  const CvgClient *all[] = { full, least };

  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) record = cvg_client_to_record (all[i]);
      g_autofree char *text = g_variant_print (record, TRUE);
      g_autoptr (CvgClient) again = cvg_client_from_record (record, &error);

      g_assert_no_error (error);
      assert_same (all[i], again);
      g_assert_null (again->secret);
      g_assert_null (strstr (text, "QUOTED"));
    }
}

static void
test_records_that_are_none (void)
{
  static const struct
  {
    const char *record;
    gboolean taken;
  } vectors[] = {
    { "{'id': <'" ID "'>, 'server-name': <'S'>, 'client-id': <'c'>}", TRUE }, /* the least */
    { "{'id': <'" ID "'>, 'server-name': <'S'>, 'client-id': <'c'>, 'new': <1>, 'default': <1>}",
      TRUE },                                                                 /* ignored */
    { "@a{sv} {}", FALSE },                                                   /* nothing */
    { "{'server-name': <'S'>, 'client-id': <'c'>}", FALSE },                  /* no id */
    { "{'id': <'x'>, 'server-name': <'S'>, 'client-id': <'c'>}", FALSE },     /* none that is one */
    { "{'id': <'" ID "'>, 'client-id': <'c'>}", FALSE },                      /* of no server */
    { "{'id': <'" ID "'>, 'server-name': <'S'>}", FALSE },                    /* no client id */
    { "{'id': <'" ID "'>, 'server-name': <'S'>, 'client-id': <17>}", FALSE }, /* wrong type */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) record =
          g_variant_parse (G_VARIANT_TYPE_VARDICT, vectors[i].record, NULL, NULL, NULL);
      g_autoptr (CvgClient) client = cvg_client_from_record (record, &error);

      g_assert_cmpint (client != NULL, ==, vectors[i].taken);
      if (!vectors[i].taken)
        g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
      else
        g_assert_false (client->is_default);
    }
}

static void
test_lives_as_long_as_a_holder (void)
{
  CvgClient *first = make_full ();
  g_autoptr (CvgClient) second = cvg_client_ref (first);

  cvg_client_unref (first);
  g_assert_cmpstr (cvg_secret_peek (second->secret), ==, "QUOTED");
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/copy", test_copy);
  g_test_add_func ("/client/record-and-back", test_record_and_back);
  g_test_add_func ("/client/records-that-are-none", test_records_that_are_none);
  g_test_add_func ("/client/lives-as-long-as-a-holder", test_lives_as_long_as_a_holder);
  return g_test_run ();
}
