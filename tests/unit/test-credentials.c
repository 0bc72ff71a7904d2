/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/credentials.h"

#include <string.h>

#include "dbus/error.h"

static const char *
peek (const CvgSecret *secret)
{
  return secret != NULL ? cvg_secret_peek (secret) : NULL;
}

static CvgCredentials *
make_full (void)
{
  CvgCredentials *credentials = cvg_credentials_new ();

  credentials->serial = G_MAXUINT64;
  credentials->access_token = cvg_secret_new ("a'b\"c\\d\n\xe2\x82\xac");
  credentials->refresh_token = cvg_secret_new ("R");
  credentials->id_token = cvg_secret_new ("I");
  credentials->token_type = g_strdup ("Bearer");
  credentials->scope = g_strdup ("read:me offline_access");
  credentials->expires_at = 1700003600;
  credentials->obtained_at = 1700000000;
  credentials->client_id = g_strdup ("id");
  credentials->members = cvg_members_keep_secret (g_variant_new_parsed (
      "{'instance_url': <'https://x'>, 'n': <int64 -1>, 'd': <1.5>, 'b': <true>,"
      " 'o': <{'k': <[<'v'>]>}>, 'e': <@a{sv} {}>, 'l': <@av []>}"));
  credentials->resources = g_variant_ref_sink (
      g_variant_new_parsed ("[{'id': <'x'>, 'scopes': <['a', 'b']>}, {'id': <'y'>}]"));
  credentials->account = g_variant_ref_sink (g_variant_new_parsed ("{'name': <'n'>}"));
  return credentials;
}

static void
assert_same_variant (GVariant *a, GVariant *b)
{
  g_assert_cmpint (a == NULL, ==, b == NULL);
  if (a != NULL)
    g_assert_cmpvariant (a, b);
}

static void
assert_same (const CvgCredentials *a, const CvgCredentials *b)
{
  g_assert_cmpuint (a->serial, ==, b->serial);
  g_assert_cmpstr (peek (a->access_token), ==, peek (b->access_token));
  g_assert_cmpstr (peek (a->refresh_token), ==, peek (b->refresh_token));
  g_assert_cmpstr (peek (a->id_token), ==, peek (b->id_token));
  g_assert_cmpstr (a->token_type, ==, b->token_type);
  g_assert_cmpstr (a->scope, ==, b->scope);
  g_assert_cmpint (a->expires_at, ==, b->expires_at);
  g_assert_cmpint (a->obtained_at, ==, b->obtained_at);
  g_assert_cmpstr (a->client_id, ==, b->client_id);
  assert_same_variant (a->members, b->members);
  assert_same_variant (a->resources, b->resources);
  assert_same_variant (a->account, b->account);
}

static void
test_copy (void)
{
  g_autoptr (CvgCredentials) full = make_full ();
  g_autoptr (CvgCredentials) copy = cvg_credentials_copy (full);
  g_autoptr (CvgCredentials) empty = cvg_credentials_new ();
  g_autoptr (CvgCredentials) copy_of_empty = cvg_credentials_copy (empty);

  assert_same (full, copy);
  assert_same (empty, copy_of_empty);

  /* A change of the one is none of the other. */
  g_clear_pointer (&copy->refresh_token, cvg_secret_unref);
  g_clear_pointer (&copy->scope, g_free);
  g_assert_cmpstr (peek (full->refresh_token), ==, "R");
  g_assert_cmpstr (full->scope, ==, "read:me offline_access");
}

static void
test_fresh (void)
{
  static const struct
  {
    gint64 obtained_at;
    gint64 expires_at;
    gint64 now;
    guint validity;
    gboolean fresh;
  } vectors[] = {
    { 0, 0, 5000, 60, TRUE },              /* never expires, or nobody knows */
    { 1000, 4600, 1000, 60, TRUE },        /* just got it */
    { 1000, 4600, 4540, 60, TRUE },        /* exactly enough */
    { 1000, 4600, 4541, 60, FALSE },       /* a second too little */
    { 1000, 4600, 4599, 0, TRUE },         /* the last second */
    { 1000, 4600, 4600, 0, FALSE },        /* over */
    { 1000, 4600, 9999, 0, FALSE },        /* long over */
    { 1000, 4600, 1000, 7200, TRUE },      /* never lives that long: nine tenths do */
    { 1000, 4600, 1360, 7200, TRUE },      /* exactly nine tenths */
    { 1000, 4600, 1361, 7200, FALSE },     /* less */
    { 1000, 4600, 1000, G_MAXUINT, TRUE }, /* likewise */
    { 1000, 1010, 1000, 60, TRUE },        /* a token of ten seconds */
    { 1000, 1010, 1002, 60, FALSE },       /* likewise, two seconds later */
    { 0, 4600, 1000, 3601, FALSE },        /* no beginning known: as asked */
    { 0, 4600, 1000, 3600, TRUE },         /* likewise */
    { 5000, 4600, 1000, 60, TRUE },        /* the clock was set back */
    { 1000, -1, 1000, 0, FALSE },          /* a lie in the keyring */
    { 1000, G_MININT64, 1000, 0, FALSE },  /* a larger one */
    { 1000, G_MAXINT64, 1000, 60, TRUE },  /* as a caller may set it */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgCredentials) credentials = cvg_credentials_new ();

      credentials->obtained_at = vectors[i].obtained_at;
      credentials->expires_at = vectors[i].expires_at;
      g_test_message ("row %zu", i);
      g_assert_cmpint (cvg_credentials_is_fresh (credentials, vectors[i].now, vectors[i].validity),
                       ==, vectors[i].fresh);
    }
}

static void
test_members_are_the_same (void)
{
  g_autoptr (GVariant) given =
      g_variant_ref_sink (g_variant_new_parsed ("{'a': <'x'>, 'b': <{'k': <[<'v'>]>}>}"));
  g_autoptr (GVariant) kept = cvg_members_keep_secret (given);
  g_autoptr (GVariant) empty = cvg_members_keep_secret (g_variant_new_parsed ("@a{sv} {}"));

  g_assert_cmpvariant (kept, given);
  g_assert_true (kept != given);
  g_assert_false (g_variant_is_floating (kept));
  g_assert_cmpuint (g_variant_n_children (empty), ==, 0);
}

static void
test_packed_and_unpacked (void)
{
  g_autoptr (CvgCredentials) full = make_full ();
  g_autoptr (CvgCredentials) empty = cvg_credentials_new ();
  g_autoptr (GVariant) identity =
      g_variant_ref_sink (g_variant_new_parsed ("{'instance-id': <'x'>, 'n': <int64 5>}"));
  const CvgCredentials *all[] = { full, empty };

  for (size_t i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) found = NULL;
      g_autoptr (CvgSecret) packed = cvg_credentials_pack (all[i], identity);
      g_autoptr (CvgCredentials) again = cvg_credentials_unpack (packed, &found, &error);

      g_assert_no_error (error);
      assert_same (all[i], again);
      g_assert_cmpvariant (found, identity);
      /* Secret services take text. */
      g_assert_true (g_utf8_validate (cvg_secret_peek (packed), -1, NULL));
    }
}

static void
test_unpack_does_not_need_the_identity (void)
{
  g_autoptr (GVariant) identity = g_variant_ref_sink (g_variant_new_parsed ("@a{sv} {}"));
  g_autoptr (CvgCredentials) full = make_full ();
  g_autoptr (CvgSecret) packed = cvg_credentials_pack (full, identity);
  g_autoptr (CvgCredentials) again = cvg_credentials_unpack (packed, NULL, NULL);

  g_assert_nonnull (again);
}

static void
test_unpack_of_what_is_not_ours (void)
{
  static const char *const texts[] = {
    "",                                                    /* what a crash of the keyring leaves */
    "QUOTED",                                              /* a password */
    "{\"access_token\":\"QUOTED\"}",                       /* JSON */
    "{}",                                                  /* no dictionary of ours */
    "@a{sv} {}",                                           /* no version */
    "{'version': <'1'>}",                                  /* version of a wrong type */
    "{'version': <uint64 2>, 'access-token': <'QUOTED'>}", /* newer than we are */
    "{'version': <uint64 0>}",                             /* none that ever was */
    "{'version': <uint64 1>, 'access-token': <'QUOTED",    /* cut off */
    "[{'version': <uint64 1>}]",                           /* wrong type */
    "\xff\xfe",                                            /* not even text */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (CvgSecret) packed = cvg_secret_new (texts[i]);
      g_autoptr (GVariant) identity = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_null (cvg_credentials_unpack (packed, &identity, &error));
      g_assert_error (error, CVG_ERROR, CVG_ERROR_FAILED);
      g_assert_null (identity);
      g_assert_null (strstr (error->message, "QUOTED"));
    }
}

/* What has a wrong type is as if it were not there; the rest is still of use. */
static void
test_unpack_with_wrong_types (void)
{
  g_autoptr (CvgSecret) packed = cvg_secret_new (
      "{'version': <uint64 1>, 'access-token': <'A'>, 'refresh-token': <17>, 'serial': <'x'>,"
      " 'expires-at': <'soon'>, 'members': <['x']>, 'resources': <'x'>, 'account': <1>,"
      " 'instance': <'x'>, 'unknown': <1>}");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) identity = NULL;
  g_autoptr (CvgCredentials) credentials = cvg_credentials_unpack (packed, &identity, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (peek (credentials->access_token), ==, "A");
  g_assert_null (credentials->refresh_token);
  g_assert_cmpuint (credentials->serial, ==, 0);
  g_assert_cmpint (credentials->expires_at, ==, 0);
  g_assert_null (credentials->members);
  g_assert_null (credentials->resources);
  g_assert_null (credentials->account);
  g_assert_null (identity);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/credentials/copy", test_copy);
  g_test_add_func ("/credentials/fresh", test_fresh);
  g_test_add_func ("/credentials/members-are-the-same", test_members_are_the_same);
  g_test_add_func ("/credentials/packed-and-unpacked", test_packed_and_unpacked);
  g_test_add_func ("/credentials/unpack-does-not-need-the-identity",
                   test_unpack_does_not_need_the_identity);
  g_test_add_func ("/credentials/unpack-of-what-is-not-ours", test_unpack_of_what_is_not_ours);
  g_test_add_func ("/credentials/unpack-with-wrong-types", test_unpack_with_wrong_types);
  return g_test_run ();
}
