/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/redirect-extras.h"

#include <string.h>

#include "dbus/error.h"

static CvgProvider *
make_provider (const char *signature, const char *const *members)
{
  CvgProvider *provider = cvg_provider_new ();

  provider->name = g_strdup ("Shop");
  provider->redirect_signature = g_strdup (signature);
  if (members != NULL)
    {
      g_strfreev (provider->redirect_members);
      provider->redirect_members = g_strdupv ((char **) members);
    }
  return provider;
}

static CvgClient *
make_client (const char *secret)
{
  CvgClient *client = cvg_client_new ();

  client->client_id = g_strdup ("the-client");
  client->secret = secret != NULL ? cvg_secret_new (secret) : NULL;
  return client;
}

static CvgRedirectAnswer *
parse (const char *query)
{
  g_autoptr (GError) error = NULL;
  CvgRedirectAnswer *answer = cvg_redirect_answer_parse (query, &error);

  g_assert_no_error (error);
  return answer;
}

/* ---- the signature --------------------------------------------------------------------------- */

/* Of "code=c&state=s", with the key "hush". */
#define SIGNATURE "6525573bee5dd4d48032d4379f54fea5d45a4216e8b5db54ada9af21017039b8"

static void
test_signed (void)
{
  static const char *const queries[] = {
    /* the example that a server of this kind has in its manual */
    "code=0907a61c0c8d55e99db179b68161bc00"
    "&hmac=700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf"
    "&shop=some-shop.myshopify.com&state=0.6784241404160823&timestamp=1337178173",
    /* in whatever order they come */
    "state=s&hmac=" SIGNATURE "&code=c",
    /* in capital letters, and escaped more than need be */
    "co%64e=%63&state=s&hmac=6525573BEE5DD4D48032D4379F54FEA5D45A4216E8B5DB54ADA9AF21017039B8",
    /* litter between the pairs is no part of it */
    "&&code=c&&state=s&hmac=" SIGNATURE "&",
    /* what would change the meaning is escaped before it is signed */
    "code=c&state=s&a%3D=x%25%26%3Dy+z"
    "&hmac=fdadbe398412b3e4995759ec01a9da784a7352880a1d2d03f48fee82647e4491",
    /* each of those that come twice */
    "x=2&code=c&state=s&x=1"
    "&hmac=afbde595a49dbe7b954a9fc74b17f92de1395a74c8424e682ccf0639e9059ccf",
    /* an error is signed like a code */
    "error=access_denied&state=s"
    "&hmac=8293c5760a8acf98edd72eeebb3db2240d23da2f0fec1b3dbd36c3f7e6d8e484",
    /* text of any kind */
    "code=%E2%82%AC&state=s"
    "&hmac=5fcaad9fc745855e58a3db8b4040d30dba7450379ad6ab004f0ba94ab7e70e5e",
  };
  g_autoptr (CvgProvider) provider = make_provider ("hmac", NULL);
  g_autoptr (CvgClient) client = make_client ("hush");

  for (size_t i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autoptr (CvgRedirectAnswer) answer = parse (queries[i]);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", queries[i]);
      g_assert_true (cvg_redirect_extras_check_signature (answer, provider, client, &error));
      g_assert_no_error (error);
    }
}

static void
test_not_signed (void)
{
  static const struct
  {
    const char *query;
    const char *reason;
  } vectors[] = {
    { "code=c&state=s", "not signed" },                              /* absent */
    { "code=c&state=s&hmac=", "not signed" },                        /* empty */
    { "code=c&state=s&HMAC=" SIGNATURE, "not signed" },              /* another parameter */
    { "code=d&state=s&hmac=" SIGNATURE, "wrong" },                   /* another code */
    { "code=c&state=s&hmac=QUOTED", "wrong" },                       /* nothing like it */
    { "code=c&state=s&hmac=" SIGNATURE "00", "wrong" },              /* too much of it */
    { "code=c&state=s&hmac=6525573bee5dd4d4", "wrong" },             /* the start of it */
    { "code=c&state=s&more=1&hmac=" SIGNATURE, "wrong" },            /* more than was signed */
    { "code=c&state=s&x=%ff&hmac=" SIGNATURE, "wrong" },             /* what can't be read */
    { "code=c&state=s&hmac=%ff", "not text" },                       /* likewise */
    { "code=c&state=s&hmac=" SIGNATURE "&hmac=" SIGNATURE, "twice" } /* which? */
  };
  g_autoptr (CvgProvider) provider = make_provider ("hmac", NULL);
  g_autoptr (CvgClient) client = make_client ("hush");

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgRedirectAnswer) answer = parse (vectors[i].query);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", vectors[i].query);
      g_assert_false (cvg_redirect_extras_check_signature (answer, provider, client, &error));
      g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, vectors[i].reason));
      g_assert_null (strstr (error->message, "QUOTED"));
      g_assert_null (strstr (error->message, "hush"));
    }
}

static void
test_key (void)
{
  g_autoptr (CvgProvider) provider = make_provider ("hmac", NULL);
  g_autoptr (CvgProvider) unsigned_one = make_provider (NULL, NULL);
  g_autoptr (CvgClient) other = make_client ("other");
  g_autoptr (CvgClient) public = make_client (NULL);
  g_autoptr (CvgRedirectAnswer) answer = parse ("code=c&state=s&hmac=" SIGNATURE);
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) missing = NULL;

  g_assert_false (cvg_redirect_extras_check_signature (answer, provider, other, &wrong));
  g_assert_error (wrong, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
  /* Nobody can tell then; the empty key would be everybody's. */
  g_assert_false (cvg_redirect_extras_check_signature (answer, provider, public, &missing));
  g_assert_error (missing, CVG_ERROR, CVG_ERROR_NO_CLIENT);
  g_assert_nonnull (strstr (missing->message, "the-client"));
  /* Of a server that signs nothing, nothing is wanted. */
  g_assert_true (cvg_redirect_extras_check_signature (answer, unsigned_one, public, NULL));
}

/* ---- members --------------------------------------------------------------------------------- */

static void
test_members (void)
{
  static const struct
  {
    const char *query;
    const char *members; /* NULL: none */
  } vectors[] = {
    { "code=c&state=s&realmId=9130&shop=a.example",
      "{'realm_id': <'9130'>, 'shop': <'a.example'>}" },
    { "code=c&state=s&realmId=9130", "{'realm_id': <'9130'>}" }, /* not all of them */
    { "code=c&state=s&realmId=%C3%A4+b%26", "{'realm_id': <'ä b&'>}" },
    { "code=c&state=s", NULL },                   /* none of them */
    { "code=c&state=s&realmId=", NULL },          /* as if it were not there */
    { "code=c&state=s&realmid=1&other=2", NULL }, /* what nobody named */
    { "code=c&state=s&other=1&other=%ff", NULL }, /* likewise, of whatever kind */
    { "error=access_denied&state=s&shop=a", "{'shop': <'a'>}" },
  };
  static const char *const names[] = { "realmId", "realm_id", "shop", "shop", NULL };
  g_autoptr (CvgProvider) provider = make_provider (NULL, names);

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgRedirectAnswer) answer = parse (vectors[i].query);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) members = NULL;
      g_autoptr (GVariant) expected = NULL;

      g_test_message ("%s", vectors[i].query);
      g_assert_true (cvg_redirect_extras_read_members (answer, provider, &members, &error));
      g_assert_no_error (error);
      g_assert_cmpint (members != NULL, ==, vectors[i].members != NULL);
      if (members == NULL)
        continue;
      expected = g_variant_ref_sink (g_variant_new_parsed (vectors[i].members));
      g_assert_cmpvariant (members, expected);
    }
}

static void
test_members_refused (void)
{
  static const struct
  {
    const char *value;
    const char *reason;
  } vectors[] = {
    { "QUOTED&shop=b", "twice" },     /* which? */
    { "&shop=QUOTED", "twice" },      /* an empty one counts too */
    { "QUOTED&%73hop=b", "twice" },   /* in disguise */
    { "QUOTED%00", "not text" },      /* NUL */
    { "QUOTED%ff", "not text" },      /* not UTF-8 */
    { "QUOTED%0Ab", "not text" },     /* another line */
    { "QUOTED%1b%5B2J", "not text" }, /* an escape sequence */
    { "QUOTED%C2%85", "not text" },   /* a control character of Unicode */
  };
  static const char *const names[] = { "shop", "shop", NULL };
  g_autoptr (CvgProvider) provider = make_provider (NULL, names);

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *query = g_strconcat ("code=c&state=s&shop=", vectors[i].value, NULL);
      g_autoptr (CvgRedirectAnswer) answer = parse (query);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) members = NULL;

      g_test_message ("%s", query);
      g_assert_false (cvg_redirect_extras_read_members (answer, provider, &members, &error));
      g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, vectors[i].reason));
      g_assert_null (strstr (error->message, "QUOTED"));
      g_assert_null (members);
    }
}

static void
test_bounds (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) query = g_string_new ("code=c&state=s&m0=");
  g_autoptr (CvgProvider) provider = NULL;
  g_autoptr (CvgRedirectAnswer) longest = NULL;
  g_autoptr (CvgRedirectAnswer) too_long = NULL;
  g_autoptr (GVariant) members = NULL;
  g_autoptr (GVariant) none = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 1024; i++)
    g_string_append_c (query, 'x');
  for (guint i = 0; i < 40; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("m%u", i));
      g_ptr_array_add (names, g_strdup_printf ("n%u", i));
    }
  g_ptr_array_add (names, NULL);
  provider = make_provider (NULL, (const char *const *) names->pdata);
  for (guint i = 1; i < 40; i++)
    g_string_append_printf (query, "&m%u=v", i);
  longest = parse (query->str);

  g_assert_true (cvg_redirect_extras_read_members (longest, provider, &members, &error));
  g_assert_no_error (error);
  /* Of many, so many; no file needs more. */
  g_assert_cmpuint (g_variant_n_children (members), ==, 16);

  g_string_insert (query, strlen ("code=c&state=s&m0="), "x");
  too_long = parse (query->str);
  g_assert_false (cvg_redirect_extras_read_members (too_long, provider, &none, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "too long"));
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/redirect-extras/signed", test_signed);
  g_test_add_func ("/redirect-extras/not-signed", test_not_signed);
  g_test_add_func ("/redirect-extras/key", test_key);
  g_test_add_func ("/redirect-extras/members", test_members);
  g_test_add_func ("/redirect-extras/members-refused", test_members_refused);
  g_test_add_func ("/redirect-extras/bounds", test_bounds);
  return g_test_run ();
}
