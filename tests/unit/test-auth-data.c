/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/auth-data.h"

#include <float.h>

#include <string.h>

#include "dbus/error.h"

#define NOW 1700000000
#define HOUR 3600

/* What two sites of a grant look like; the first has two products, and so is listed twice. */
#define SITE_A "{'id': <'a'>, 'name': <'A'>, 'url': <'https://a.example'>, 'scopes': <['read']>}"
#define SITE_A_AGAIN "{'id': <'a'>, 'name': <'A, too'>, 'url': <'https://a.example/2'>}"
#define SITE_B "{'id': <'b'>, 'name': <'B'>, 'url': <'https://b.example'>}"
#define SITE_WITHOUT_ID "{'name': <'N'>, 'url': <'https://n.example'>}"
#define SITE_WITHOUT_URL "{'id': <'u'>}"

static GVariant *
parse (const char *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static const char *
peek (const CvgSecret *secret)
{
  return secret != NULL ? cvg_secret_peek (secret) : NULL;
}

/* ---- build ----------------------------------------------------------------------------------- */

static CvgCredentials *
make_full (void)
{
  CvgCredentials *credentials = cvg_credentials_new ();

  credentials->serial = 7;
  credentials->access_token = cvg_secret_new ("A");
  credentials->refresh_token = cvg_secret_new ("R");
  credentials->id_token = cvg_secret_new ("I");
  credentials->token_type = g_strdup ("Bearer");
  credentials->scope = g_strdup ("read:me offline_access");
  credentials->expires_at = NOW + HOUR;
  credentials->account = parse ("a{sv}", "{'name': <'N'>}");
  return credentials;
}

static void
assert_builds (const CvgCredentials *credentials,
               const CvgInstance *instance,
               const CvgProvider *provider,
               gint64 now,
               const char *expected)
{
  g_autoptr (GVariant) built = cvg_auth_data_build (credentials, instance, provider, now);
  g_autoptr (GVariant) wanted = parse ("a{sv}", expected);
  GVariantDict one;
  GVariantDict other;
  g_autoptr (GVariant) sorted = NULL;

  g_assert_true (g_variant_is_of_type (built, G_VARIANT_TYPE_VARDICT));
  g_assert_false (g_variant_is_floating (built));

  /* A dictionary has no order, and no key twice. */
  g_variant_dict_init (&one, built);
  g_variant_dict_init (&other, wanted);
  g_assert_cmpuint (g_variant_n_children (built), ==, g_variant_n_children (wanted));
  for (gsize i = 0; i < g_variant_n_children (wanted); i++)
    {
      g_autoptr (GVariant) pair = g_variant_get_child_value (wanted, i);
      g_autoptr (GVariant) name = g_variant_get_child_value (pair, 0);
      const char *key = g_variant_get_string (name, NULL);
      g_autoptr (GVariant) value = g_variant_dict_lookup_value (&one, key, NULL);
      g_autoptr (GVariant) expected_value = g_variant_dict_lookup_value (&other, key, NULL);

      g_test_message ("key %s", key);
      g_assert_nonnull (value);
      g_assert_cmpvariant (value, expected_value);
    }
  g_variant_dict_clear (&one);
  g_variant_dict_clear (&other);
}

static void
test_build_templates (void)
{
  static const struct
  {
    const char *given; /* by a server or a person */
    const char *tenant;
    const char *built;
  } vectors[] = {
    { "{'k': <'K'>}", "{'sub': 'acme'}",
      "{'k': <'K'>, 'domain': <'https://acme.example/?a=b'>, 'fixed': <'f'>}" },
    { "{'domain': <'theirs'>}", "{'sub': 'acme'}", "{'domain': <'theirs'>, 'fixed': <'f'>}" },
    { "{'domain': <7>}", "{'sub': 'acme'}", "{'domain': <7>, 'fixed': <'f'>}" },
    { "{'k': <'K'>}", "{'sub': 'a c/m{sub}e'}", /* plain, and once */
      "{'k': <'K'>, 'domain': <'https://a c/m{sub}e.example/?a=b'>, 'fixed': <'f'>}" },
    { "{'k': <'K'>}", "{'other': 'x'}", "{'k': <'K'>, 'fixed': <'f'>}" },
    { "{'k': <'K'>}", "@a{ss} {}", "{'k': <'K'>, 'fixed': <'f'>}" },
  };
  static const char *const templates[] = { "domain", "https://{sub}.example/?a=b", "fixed", "f",
                                           NULL };
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  g_strfreev (provider->auth_data);
  provider->auth_data = g_strdupv ((char **) templates);
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgCredentials) credentials = cvg_credentials_new ();
      g_autoptr (CvgInstance) instance = cvg_instance_new ();

      g_test_message ("row %zu", i);
      credentials->members = parse ("a{sv}", vectors[i].given);
      instance->tenant = parse ("a{ss}", vectors[i].tenant);
      assert_builds (credentials, instance, provider, NOW, vectors[i].built);
    }
}

static void
test_build_full (void)
{
  g_autoptr (CvgCredentials) credentials = make_full ();
  g_autoptr (CvgInstance) instance = cvg_instance_new ();
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  assert_builds (credentials, instance, provider, NOW + 600,
                 "{'access_token': <'A'>, 'refresh_token': <'R'>, 'id_token': <'I'>,"
                 " 'token_type': <'Bearer'>, 'scope': <'read:me offline_access'>,"
                 " 'expires_at': <int64 1700003600>, 'expires_in': <int64 3000>,"
                 " 'serial': <uint64 7>, 'account': <{'name': <'N'>}>}");
}

static void
test_build_expired (void)
{
  g_autoptr (CvgCredentials) credentials = cvg_credentials_new ();
  g_autoptr (CvgInstance) instance = cvg_instance_new ();
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  credentials->access_token = cvg_secret_new ("A");
  credentials->expires_at = NOW;

  /* The last moment and long after it: never fewer than none, and the key is there. */
  assert_builds (credentials, instance, provider, NOW,
                 "{'access_token': <'A'>, 'expires_at': <int64 1700000000>,"
                 " 'expires_in': <int64 0>}");
  assert_builds (credentials, instance, provider, NOW + 10 * HOUR,
                 "{'access_token': <'A'>, 'expires_at': <int64 1700000000>,"
                 " 'expires_in': <int64 0>}");
}

static void
test_build_little (void)
{
  g_autoptr (CvgCredentials) credentials = cvg_credentials_new ();
  g_autoptr (CvgInstance) instance = cvg_instance_new ();
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  assert_builds (credentials, instance, provider, NOW, "{}");

  /* A key of an API, which never expires. */
  credentials->serial = 1;
  credentials->members = cvg_members_keep_secret (g_variant_new_parsed ("{'api_key': <'K'>}"));
  assert_builds (credentials, instance, provider, NOW, "{'api_key': <'K'>, 'serial': <uint64 1>}");
}

static void
test_build_sites (void)
{
  static const struct
  {
    const char *sites;
    const char *chosen;
    const char *id;
    const char *url;
  } vectors[] = {
    { "[]", NULL, NULL, NULL },                         /* a grant of no site */
    { "[" SITE_A "]", NULL, "a", "https://a.example" }, /* the only one */
    { "[" SITE_A ", " SITE_B "]", NULL, NULL, NULL },   /* a choice is due */
    { "[" SITE_A ", " SITE_B "]", "b", "b", "https://b.example" },
    { "[" SITE_A ", " SITE_B "]", "c", NULL, NULL },   /* the chosen one is gone */
    { "[" SITE_A "]", "b", "a", "https://a.example" }, /* likewise, and one is left */
    { "[" SITE_A ", " SITE_A_AGAIN "]", NULL, "a", "https://a.example" }, /* one site, twice */
    { "[" SITE_A ", " SITE_A_AGAIN ", " SITE_B "]", NULL, NULL, NULL },
    { "[" SITE_A ", " SITE_A_AGAIN ", " SITE_B "]", "a", "a", "https://a.example" },
    { "[" SITE_WITHOUT_ID ", " SITE_B "]", NULL, "b", "https://b.example" },
    { "[" SITE_WITHOUT_ID "]", NULL, NULL, NULL }, /* it can't be named */
    { "[" SITE_WITHOUT_URL "]", NULL, "u", NULL },
    { "[{'id': <int64 1>}]", NULL, NULL, NULL }, /* an id that is no text */
  };
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgCredentials) credentials = cvg_credentials_new ();
      g_autoptr (CvgInstance) instance = cvg_instance_new ();
      g_autoptr (GVariant) built = NULL;
      g_autoptr (GVariant) sites = NULL;
      g_autofree char *id = NULL;
      g_autofree char *url = NULL;

      g_test_message ("row %zu", i);
      credentials->resources = parse ("aa{sv}", vectors[i].sites);
      instance->resource_id = g_strdup (vectors[i].chosen);
      built = cvg_auth_data_build (credentials, instance, provider, NOW);

      /* Every site, as it came, whichever is in use. */
      sites = g_variant_lookup_value (built, "accessible_resources", G_VARIANT_TYPE ("aa{sv}"));
      g_assert_nonnull (sites);
      g_assert_cmpvariant (sites, credentials->resources);
      g_variant_lookup (built, "selected_cloud_id", "s", &id);
      g_variant_lookup (built, "site_url", "s", &url);
      g_assert_cmpstr (id, ==, vectors[i].id);
      g_assert_cmpstr (url, ==, vectors[i].url);
    }
}

static void
test_build_no_sites (void)
{
  g_autoptr (CvgCredentials) credentials = cvg_credentials_new ();
  g_autoptr (CvgInstance) instance = cvg_instance_new ();
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  instance->resource_id = g_strdup ("a");
  credentials->access_token = cvg_secret_new ("A");
  assert_builds (credentials, instance, provider, NOW, "{'access_token': <'A'>}");
}

static void
test_build_site_names (void)
{
  g_autoptr (CvgCredentials) credentials = cvg_credentials_new ();
  g_autoptr (CvgInstance) instance = cvg_instance_new ();
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  g_free (provider->resources_member);
  g_free (provider->resources_selected_member);
  g_free (provider->resources_url_member);
  provider->resources_member = g_strdup ("workspaces");
  provider->resources_selected_member = g_strdup ("workspace");
  provider->resources_url_member = g_strdup ("workspace_url");
  credentials->resources = parse ("aa{sv}", "[" SITE_WITHOUT_URL "]");
  assert_builds (credentials, instance, provider, NOW,
                 "{'workspaces': <[{'id': <'u'>}]>, 'workspace': <'u'>}");
}

static void
test_build_members (void)
{
  g_autoptr (CvgCredentials) credentials = make_full ();
  g_autoptr (CvgInstance) instance = cvg_instance_new ();
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  credentials->resources = parse ("aa{sv}", "[" SITE_B "]");
  /* Each named key once more, and what is nobody's. */
  credentials->members = cvg_members_keep_secret (g_variant_new_parsed (
      "{'access_token': <'x'>, 'refresh_token': <'x'>, 'id_token': <'x'>, 'token_type': <'x'>,"
      " 'scope': <'x'>, 'expires_at': <'x'>, 'expires_in': <'x'>, 'serial': <'x'>,"
      " 'account': <'x'>, 'accessible_resources': <'x'>, 'selected_cloud_id': <'x'>,"
      " 'site_url': <'x'>, 'instance_url': <'https://i.example'>, 'n': <int64 -1>,"
      " 'team': <{'id': <'T'>}>, 'list': <[<1>, <'two'>]>}"));
  assert_builds (credentials, instance, provider, NOW,
                 "{'access_token': <'A'>, 'refresh_token': <'R'>, 'id_token': <'I'>,"
                 " 'token_type': <'Bearer'>, 'scope': <'read:me offline_access'>,"
                 " 'expires_at': <int64 1700003600>, 'expires_in': <int64 3600>,"
                 " 'serial': <uint64 7>, 'account': <{'name': <'N'>}>,"
                 " 'accessible_resources': <[" SITE_B "]>, 'selected_cloud_id': <'b'>,"
                 " 'site_url': <'https://b.example'>,"
                 " 'instance_url': <'https://i.example'>, 'n': <int64 -1>,"
                 " 'team': <{'id': <'T'>}>, 'list': <[<1>, <'two'>]>}");
}

/* In any order. */
static void
assert_same_members (GVariant *one, GVariant *other)
{
  GVariantIter iter;
  const char *key = NULL;
  GVariant *value = NULL;

  if (!g_variant_is_of_type (other, G_VARIANT_TYPE_VARDICT))
    {
      g_assert_cmpvariant (one, other);
      return;
    }

  g_assert_cmpuint (g_variant_n_children (one), ==, g_variant_n_children (other));
  g_variant_iter_init (&iter, other);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) found = g_variant_lookup_value (one, key, NULL);

      g_assert_cmpvariant (found, value);
    }
}

/* Where the server put the token, programs find the one that is good now; one that is another
 * person's or another kind's is left alone. */
static void
test_build_wrapped (void)
{
  static const struct
  {
    const char *member; /* "user" of the answer, as it is kept */
    const char *expected;
  } rows[] = {
    { "<{'id': <'U1'>}>", "<{'id': <'U1'>, 'access_token': <'A'>, 'token_type': <'Bearer'>}>" },
    { "<{'id': <'U1'>, 'access_token': <'other'>}>",
      "<{'id': <'U1'>, 'access_token': <'other'>}>" },
    { "<'U1'>", "<'U1'>" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CvgCredentials) credentials = make_full ();
      g_autoptr (CvgInstance) instance = cvg_instance_new ();
      g_autoptr (CvgProvider) provider = cvg_provider_new ();
      g_autofree char *members = g_strdup_printf ("{'user': %s}", rows[i].member);
      g_autofree char *dict = g_strdup_printf ("{'user': %s}", rows[i].expected);
      g_autoptr (GVariant) expected = parse ("a{sv}", dict);
      g_autoptr (GVariant) wanted = g_variant_lookup_value (expected, "user", NULL);
      g_autoptr (GVariant) built = NULL;
      g_autoptr (GVariant) user = NULL;

      g_strfreev (provider->token_objects);
      provider->token_objects = g_strdupv ((char *[]){ (char *) "user", NULL });
      credentials->members = parse ("a{sv}", members);
      built = cvg_auth_data_build (credentials, instance, provider, NOW);
      user = g_variant_lookup_value (built, "user", NULL);
      assert_same_members (user, wanted);
    }
}

static void
test_build_members_alone (void)
{
  g_autoptr (CvgCredentials) credentials = cvg_credentials_new ();
  g_autoptr (CvgInstance) instance = cvg_instance_new ();
  g_autoptr (CvgProvider) provider = cvg_provider_new ();
  const char *members = "{'account': <{'id': <'1'>}>, 'site_url': <'https://s.example'>,"
                        " 'accessible_resources': <[" SITE_A "]>, 'selected_cloud_id': <'a'>}";

  g_autoptr (GVariant) given = parse ("a{sv}", members);

  /* Where we have nothing to say about accounts and sites, what others said of them stands. */
  credentials->members = cvg_members_keep_secret (given);
  assert_builds (credentials, instance, provider, NOW, members);
}

/* ---- parse ----------------------------------------------------------------------------------- */

static CvgCredentials *
parse_auth_data (const char *text, GError **error)
{
  g_autoptr (GVariant) given = parse ("a{sv}", text);

  return cvg_auth_data_parse (given, NOW, error);
}

static void
test_parse_named (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgCredentials) credentials =
      parse_auth_data ("{'access_token': <'A'>, 'refresh_token': <'R'>, 'id_token': <'I'>,"
                       " 'token_type': <'Bearer'>, 'scope': <'a b'>, 'serial': <uint64 99>,"
                       " 'expires_at': <int64 1700003600>, 'expires_in': <int64 5>}",
                       &error);

  g_assert_no_error (error);
  g_assert_cmpstr (peek (credentials->access_token), ==, "A");
  g_assert_cmpstr (peek (credentials->refresh_token), ==, "R");
  g_assert_cmpstr (peek (credentials->id_token), ==, "I");
  g_assert_cmpstr (credentials->token_type, ==, "Bearer");
  g_assert_cmpstr (credentials->scope, ==, "a b");
  g_assert_cmpint (credentials->expires_at, ==, NOW + HOUR);
  g_assert_cmpint (credentials->obtained_at, ==, NOW);
  /* The serial is not the caller's to give, and is no member either. */
  g_assert_cmpuint (credentials->serial, ==, 0);
  g_assert_null (credentials->members);
}

static void
test_parse_members (void)
{
  static const struct
  {
    const char *given;
    const char *members;
  } vectors[] = {
    { "{'api_key': <'K'>}", "{'api_key': <'K'>}" },
    { "{'token': <'T'>, 'url': <'https://x'>}", "{'token': <'T'>, 'url': <'https://x'>}" },
    { "{'username': <'u'>, 'password': <'p'>}", "{'username': <'u'>, 'password': <'p'>}" },
    /* What stands in “data” is as good as what stands beside it. */
    { "{'data': <{'api_key': <'K'>}>}", "{'api_key': <'K'>}" },
    { "{'data': <{'api_key': <'K'>}>, 'site': <'s'>}", "{'api_key': <'K'>, 'site': <'s'>}" },
    /* Only the outermost “data” is a wrapping. */
    { "{'data': <{'data': <{'k': <'v'>}>}>}", "{'data': <{'k': <'v'>}>}" },
    /* Of any type, where nobody said which. */
    { "{'port': <int64 5432>, 'tls': <true>}", "{'port': <int64 5432>, 'tls': <true>}" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgCredentials) credentials = parse_auth_data (vectors[i].given, &error);
      g_autoptr (CvgInstance) instance = cvg_instance_new ();
      g_autoptr (CvgProvider) provider = cvg_provider_new ();

      g_test_message ("row %zu", i);
      g_assert_no_error (error);
      g_assert_null (credentials->access_token);
      assert_builds (credentials, instance, provider, NOW, vectors[i].members);
    }
}

static void
test_parse_data_with_named (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgCredentials) credentials = parse_auth_data (
      "{'data': <{'access_token': <'A'>, 'expires_in': <uint32 60>, 'site': <'s'>}>}", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (peek (credentials->access_token), ==, "A");
  g_assert_cmpint (credentials->expires_at, ==, NOW + 60);
  g_assert_cmpuint (g_variant_n_children (credentials->members), ==, 1);
}

static void
test_parse_expiry (void)
{
  static const struct
  {
    const char *given;
    gint64 expires_at;
  } vectors[] = {
    { "", 0 },
    { ", 'expires_in': <int64 0>", 0 }, /* nobody knows */
    { ", 'expires_at': <int64 0>", 0 },
    { ", 'expires_in': <int64 3600>", NOW + HOUR },
    { ", 'expires_in': <int32 3600>", NOW + HOUR }, /* whatever integer a language picks */
    { ", 'expires_in': <uint32 3600>", NOW + HOUR },
    { ", 'expires_in': <uint64 3600>", NOW + HOUR },
    { ", 'expires_at': <uint32 1700003600>", NOW + HOUR },
    { ", 'expires_at': <int64 1>", 1 },                             /* long over, but a moment */
    { ", 'expires_at': <int64 5>, 'expires_in': <int64 3600>", 5 }, /* the moment is exact */
    { ", 'expires_in': <int64 2147483647>", NOW + (gint64) G_MAXINT32 },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *text = g_strdup_printf ("{'access_token': <'A'>%s}", vectors[i].given);
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgCredentials) credentials = parse_auth_data (text, &error);

      g_test_message ("row %zu", i);
      g_assert_no_error (error);
      g_assert_cmpint (credentials->expires_at, ==, vectors[i].expires_at);
    }
}

static void
test_parse_refuses (void)
{
  static const struct
  {
    const char *given;
    const char *named; /* what the message names */
  } vectors[] = {
    /* Wrong types, one by one. */
    { "{'access_token': <1>}", "access_token" },
    { "{'access_token': <@ay b'A'>}", "access_token" },
    { "{'refresh_token': <true>}", "refresh_token" },
    { "{'id_token': <{'a': <1>}>}", "id_token" },
    { "{'access_token': <'A'>, 'token_type': <['Bearer']>}", "token_type" },
    { "{'access_token': <'A'>, 'scope': <['a', 'b']>}", "scope" },
    { "{'access_token': <'A'>, 'expires_at': <'1700003600'>}", "expires_at" },
    { "{'access_token': <'A'>, 'expires_at': <1700003600.5>}", "expires_at" },
    { "{'access_token': <'A'>, 'expires_in': <byte 0x10>}", "expires_in" },
    { "{'access_token': <'A'>, 'expires_in': <true>}", "expires_in" },
    { "{'token': <int64 1>}", "token" },
    { "{'api_key': <['K']>}", "api_key" },
    { "{'data': <'K'>}", "data" },
    { "{'data': <{'api_key': <'K'>}>, 'api_key': <'other'>}", "twice" },
    { "{'access_token': <'A\r\nHost: evil'>}", "control character" }, /* a header of its own */
    { "{'token': <'A\nB'>}", "control character" },                   /* two lines of output */
    { "{'api_key': <'K'>, 'n': <inf>}", "not finite" },               /* no JSON has it */
    { "{'api_key': <'K'>, 'deep': <[<{'n': <-inf>}>]>}", "not finite" },
    { "{'data': <{'api_key': 'K'}>}", "data" }, /* a{ss} */
    { "{'data': <[{'api_key': <'K'>}]>}", "data" },
    { "{'data': <{'access_token': <1>}>}", "access_token" },
    /* Out of range. */
    { "{'access_token': <'A'>, 'expires_at': <int64 -1>}", "expires_at" },
    { "{'access_token': <'A'>, 'expires_in': <int64 -1>}", "expires_in" },
    { "{'access_token': <'A'>, 'expires_in': <int64 2147483648>}", "expires_in" },
    { "{'access_token': <'A'>, 'expires_in': <uint64 18446744073709551615>}", "expires_in" },
    { "{'access_token': <'A'>, 'expires_at': <uint64 9223372036854775808>}", "expires_at" },
    /* Nothing that could be kept. */
    { "{}", "no credential" },
    { "{'data': <@a{sv} {}>}", "no credential" },
    { "{'access_token': <''>}", "no credential" },
    { "{'access_token': <''>, 'refresh_token': <''>}", "no credential" },
    { "{'scope': <'a'>, 'token_type': <'Bearer'>, 'expires_in': <int64 5>}", "no credential" },
    { "{'serial': <uint64 1>}", "no credential" },
    { "{'id_token': <'I'>}", "no credential" }, /* it says who, and opens nothing */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgCredentials) credentials = parse_auth_data (vectors[i].given, &error);

      g_test_message ("row %zu", i);
      g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
      g_assert_null (credentials);
      g_assert_nonnull (strstr (error->message, vectors[i].named));
    }
}

/* The text of such a number can't be read back, and the item in the keyring with it. */
static void
test_parse_subnormal (void)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) given = NULL;
  g_autoptr (CvgCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  g_variant_builder_add (&builder, "{sv}", "api_key", g_variant_new_string ("K"));
  g_variant_builder_add (&builder, "{sv}", "n", g_variant_new_double (DBL_MIN / 2));
  given = g_variant_ref_sink (g_variant_builder_end (&builder));
  credentials = cvg_auth_data_parse (given, NOW, &error);
  g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
}

static void
test_parse_error_quotes_nothing (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgCredentials) credentials = parse_auth_data (
      "{'access_token': <'hush'>, 'refresh_token': <['hush']>, 'api_key': <'hush'>}", &error);

  g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
  g_assert_null (credentials);
  g_assert_null (strstr (error->message, "hush"));
}

static void
test_parse_empty_is_none (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgCredentials) credentials = parse_auth_data (
      "{'access_token': <'A'>, 'refresh_token': <''>, 'id_token': <''>, 'token_type': <''>,"
      " 'scope': <''>}",
      &error);

  /* An empty refresh token would be sent to the server sooner or later, and kill nothing but
   * time; with none, nobody tries. */
  g_assert_no_error (error);
  g_assert_cmpstr (peek (credentials->access_token), ==, "A");
  g_assert_null (credentials->refresh_token);
  g_assert_null (credentials->id_token);
  g_assert_null (credentials->token_type);
  g_assert_null (credentials->scope);
  g_assert_null (credentials->members);
}

static void
test_round_trip (void)
{
  g_autoptr (CvgCredentials) credentials = make_full ();
  g_autoptr (CvgInstance) instance = cvg_instance_new ();
  g_autoptr (CvgProvider) provider = cvg_provider_new ();
  g_autoptr (GVariant) built = cvg_auth_data_build (credentials, instance, provider, NOW + 10);
  g_autoptr (GError) error = NULL;
  g_autoptr (CvgCredentials) again = cvg_auth_data_parse (built, NOW + 10, &error);

  /* What one caller got, another may set. */
  g_assert_no_error (error);
  g_assert_cmpstr (peek (again->access_token), ==, "A");
  g_assert_cmpstr (peek (again->refresh_token), ==, "R");
  g_assert_cmpstr (peek (again->id_token), ==, "I");
  g_assert_cmpstr (again->scope, ==, credentials->scope);
  g_assert_cmpint (again->expires_at, ==, credentials->expires_at);
}

/* ---- the token ------------------------------------------------------------------------------- */

static void
test_token (void)
{
  static const struct
  {
    const char *given;
    const char *fields; /* separated by spaces */
    const char *named;
    const char *token;
  } vectors[] = {
    { "{'access_token': <'A'>}", "", NULL, "A" },
    { "{'access_token': <'A'>, 'token': <'T'>, 'api_key': <'K'>}", "", NULL, "A" },
    { "{'token': <'T'>}", "", NULL, "T" },
    { "{'api_key': <'K'>}", "", NULL, "K" },
    { "{'token': <'T'>, 'api_key': <'K'>}", "", NULL, "T" },
    { "{'access_token': <''>, 'api_key': <'K'>}", "", NULL, "K" },
    { "{'token': <''>, 'api_key': <'K'>}", "", NULL, "K" },
    { "{'token': <''>, 'site': <'s'>}", "", NULL, NULL },
    { "{'username': <'u'>, 'password': <'p'>}", "", NULL, NULL }, /* no single string */
    { "{'refresh_token': <'R'>}", "", NULL, NULL },
    /* As the file says */
    { "{'token': <'T'>, 'secret': <'S'>}", "secret", NULL, "S" },
    { "{'token': <'T'>, 'other': <'O'>}", "secret other", NULL, "O" },
    { "{'user': <'u'>, 'password': <'p'>}", "user password", "password", "p" },
    { "{'user': <'u'>}", "user password", "password", NULL }, /* a name is no password */
    { "{'user': <'u'>, 'password': <''>}", "user password", "password", NULL },
    { "{'user': <'u'>, 'api_key': <'K'>}", "user password", "password", "K" },
    { "{'user': <''>, 'token': <'T'>}", "user", "user", "T" },
    { "{'user': <7>, 'token': <'T'>}", "user", "user", "T" }, /* no string */
    { "{'pem': <'-----\\nx'>}", "pem", NULL, NULL },          /* not one line */
    { "{'access_token': <'A'>, 'secret': <'S'>}", "secret", "secret", "A" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgCredentials) credentials = parse_auth_data (vectors[i].given, &error);
      g_autoptr (CvgProvider) provider = cvg_provider_new ();
      g_autoptr (CvgSecret) token = NULL;

      g_test_message ("row %zu", i);
      g_assert_no_error (error);
      g_strfreev (provider->api_key_fields);
      provider->api_key_fields = g_strsplit (vectors[i].fields, " ", -1);
      provider->api_key_token = g_strdup (vectors[i].named);
      token = cvg_auth_data_get_token (credentials, provider);
      g_assert_cmpstr (peek (token), ==, vectors[i].token);
    }
}

static void
test_token_without_provider (void)
{
  g_autoptr (CvgCredentials) credentials = parse_auth_data ("{'api_key': <'K'>}", NULL);
  g_autoptr (CvgSecret) token = cvg_auth_data_get_token (credentials, NULL);

  g_assert_cmpstr (peek (token), ==, "K");
}

int
main (int argc, char *argv[])
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/auth-data/build/full", test_build_full);
  g_test_add_func ("/auth-data/build/templates", test_build_templates);
  g_test_add_func ("/auth-data/build/expired", test_build_expired);
  g_test_add_func ("/auth-data/build/little", test_build_little);
  g_test_add_func ("/auth-data/build/sites", test_build_sites);
  g_test_add_func ("/auth-data/build/no-sites", test_build_no_sites);
  g_test_add_func ("/auth-data/build/names-of-sites", test_build_site_names);
  g_test_add_func ("/auth-data/build/members-never-win", test_build_members);
  g_test_add_func ("/auth-data/build/members-alone", test_build_members_alone);
  g_test_add_func ("/auth-data/build/wrapped", test_build_wrapped);
  g_test_add_func ("/auth-data/parse/named", test_parse_named);
  g_test_add_func ("/auth-data/parse/members", test_parse_members);
  g_test_add_func ("/auth-data/parse/data-with-named", test_parse_data_with_named);
  g_test_add_func ("/auth-data/parse/expiry", test_parse_expiry);
  g_test_add_func ("/auth-data/parse/refuses", test_parse_refuses);
  g_test_add_func ("/auth-data/parse/subnormal", test_parse_subnormal);
  g_test_add_func ("/auth-data/parse/error-quotes-nothing", test_parse_error_quotes_nothing);
  g_test_add_func ("/auth-data/parse/empty-is-none", test_parse_empty_is_none);
  g_test_add_func ("/auth-data/round-trip", test_round_trip);
  g_test_add_func ("/auth-data/token", test_token);
  g_test_add_func ("/auth-data/token-without-provider", test_token_without_provider);

  return g_test_run ();
}
