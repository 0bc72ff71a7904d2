/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "oauth/token-response.h"

#include <string.h>

#include "dbus/error.h"

#define NOW 1700000000
#define JSON "application/json"
#define FORM "application/x-www-form-urlencoded"

static CvgProvider *
make_provider (void)
{
  CvgProvider *provider = cvg_provider_new ();

  provider->name = g_strdup ("Confluence");
  provider->access_token_lifetime = 3600;
  return provider;
}

static CvgCredentials *
parse (const CvgProvider *provider, const char *content_type, const char *body, GError **error)
{
  g_autoptr (CvgSecret) secret = cvg_secret_new (body);
  g_autoptr (CvgHttpResponse) response = cvg_http_response_new (200, content_type, 0, secret);

  return cvg_token_response_parse (provider, CVG_TOKEN_GRANT_CODE, response, NOW, error);
}

static CvgCredentials *
parse_well (const CvgProvider *provider, const char *content_type, const char *body)
{
  g_autoptr (GError) error = NULL;
  CvgCredentials *credentials = parse (provider, content_type, body, &error);

  g_assert_no_error (error);
  g_assert_nonnull (credentials);
  return credentials;
}

static void
set_list (char ***where, const char *const *list)
{
  g_strfreev (*where);
  *where = g_strdupv ((char **) list);
}

static const char *
peek (const CvgSecret *secret)
{
  return secret != NULL ? cvg_secret_peek (secret) : NULL;
}

static void
test_complete (void)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgCredentials) credentials = parse_well (
      provider, JSON,
      "{\"access_token\":\"A\",\"token_type\":\"bearer\",\"expires_in\":28800,"
      "\"refresh_token\":\"R\",\"scope\":\"read:me offline_access\",\"id_token\":\"I\","
      "\"instance_url\":\"https://x\",\"authed_user\":{\"id\":\"U\",\"access_token\":\"T\"},"
      "\"realm_id\":17,\"gone\":null}");
  g_autoptr (GVariant) members = g_variant_ref_sink (g_variant_new_parsed (
      "{'instance_url': <'https://x'>, 'authed_user': <{'id': <'U'>, 'access_token': <'T'>}>,"
      " 'realm_id': <int64 17>}"));

  g_assert_cmpstr (peek (credentials->access_token), ==, "A");
  g_assert_cmpstr (peek (credentials->refresh_token), ==, "R");
  g_assert_cmpstr (peek (credentials->id_token), ==, "I");
  g_assert_cmpstr (credentials->token_type, ==, "bearer");
  g_assert_cmpstr (credentials->scope, ==, "read:me offline_access");
  g_assert_cmpint (credentials->obtained_at, ==, NOW);
  g_assert_cmpint (credentials->expires_at, ==, NOW + 28800);
  g_assert_cmpuint (credentials->serial, ==, 0);
  g_assert_cmpvariant (credentials->members, members);
}

static void
test_least (void)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgCredentials) credentials = parse_well (provider, NULL, "{\"access_token\":\"A\"}");

  g_assert_cmpstr (peek (credentials->access_token), ==, "A");
  g_assert_null (credentials->refresh_token);
  g_assert_null (credentials->id_token);
  g_assert_cmpstr (credentials->token_type, ==, "Bearer");
  g_assert_null (credentials->scope);
  g_assert_null (credentials->members);
  g_assert_cmpint (credentials->expires_at, ==, NOW + 3600);
}

static void
test_lifetime (void)
{
  static const struct
  {
    const char *expires_in;
    gint64 lifetime;
  } vectors[] = {
    { "3599", 3599 },           /* integer */
    { "1", 1 },                 /* the shortest */
    { "3599.9", 3599 },         /* float */
    { "\"7200\"", 7200 },       /* text */
    { "\"7200.5\"", 7200 },     /* float as text */
    { "7.2e3", 7200 },          /* exponent */
    { "315360000", 315360000 }, /* ten years */
    { "null", 1800 },           /* not said: the provider's */
    { "0", 1800 },              /* absurd, like all that follow */
    { "-1", 1800 },
    { "0.5", 1800 },
    { "\"\"", 1800 },
    { "\"soon\"", 1800 },
    { "\"3600s\"", 1800 },
    { "\"nan\"", 1800 },
    { "\"inf\"", 1800 },
    { "1e999", 1800 },
    { "400000000", 1800 },
    { "9223372036854775807", 1800 },
    { "99999999999999999999999", 1800 },
    { "true", 1800 },
    { "[3600]", 1800 },
    { "{}", 1800 },
  };
  g_autoptr (CvgProvider) provider = make_provider ();

  provider->access_token_lifetime = 1800;
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *body =
          g_strdup_printf ("{\"access_token\":\"A\",\"expires_in\":%s}", vectors[i].expires_in);
      g_autoptr (CvgCredentials) credentials = parse_well (provider, JSON, body);

      g_test_message ("%s", vectors[i].expires_in);
      g_assert_cmpint (credentials->expires_at, ==, NOW + vectors[i].lifetime);
    }
}

static void
test_lifetime_that_nobody_knows (void)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgCredentials) credentials = NULL;

  provider->access_token_lifetime = 0;
  credentials = parse_well (provider, JSON, "{\"access_token\":\"A\",\"expires_in\":0}");
  g_assert_cmpint (credentials->expires_at, ==, 0);
}

static void
test_odd_members (void)
{
  static const struct
  {
    const char *member;
    const char *refresh_token;
    const char *scope;
  } vectors[] = {
    { "\"refresh_token\":null", NULL, NULL },       /* none */
    { "\"refresh_token\":\"\"", NULL, NULL },       /* none */
    { "\"refresh_token\":17", NULL, NULL },         /* none that we could send */
    { "\"refresh_token\":{}", NULL, NULL },         /* likewise */
    { "\"refresh_token\":\"r\\n\"", "r\n", NULL },  /* goes into a body: any text does */
    { "\"scope\":\"\"", NULL, NULL },               /* not said */
    { "\"scope\":null", NULL, NULL },               /* likewise */
    { "\"scope\":7", NULL, NULL },                  /* likewise */
    { "\"scope\":[\"a\",\"b\"]", NULL, "a b" },     /* a list, as some have it */
    { "\"scope\":[\"a\",1,null]", NULL, "a" },      /* a list with litter */
    { "\"scope\":\"a,b c\"", NULL, "a,b c" },       /* no commas here: kept */
    { "\"ok\":true,\"error\":null", NULL, NULL },   /* no error */
    { "\"error\":false", NULL, NULL },              /* likewise */
    { "\"ok\":\"no\",\"error\":\"\"", NULL, NULL }, /* likewise */
  };
  g_autoptr (CvgProvider) provider = make_provider ();

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"access_token\":\"A\",%s}", vectors[i].member);
      g_autoptr (CvgCredentials) credentials = parse_well (provider, JSON, body);

      g_assert_cmpstr (peek (credentials->refresh_token), ==, vectors[i].refresh_token);
      g_assert_cmpstr (credentials->scope, ==, vectors[i].scope);
    }
}

static void
test_separator_of_scopes (void)
{
  static const struct
  {
    char asked;
    char granted;
    const char *scope;
  } vectors[] = {
    { ',', '\0', "repo gist x" },  /* as we ask */
    { ' ', ',', "repo gist x" },   /* other than we ask */
    { ' ', '\0', "repo,gist, x" }, /* no commas here: kept */
    { ',', ' ', "repo,gist, x" },  /* likewise */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgProvider) provider = make_provider ();
      g_autoptr (CvgCredentials) credentials = NULL;

      provider->scope_separator = vectors[i].asked;
      provider->granted_scope_separator = vectors[i].granted;
      credentials =
          parse_well (provider, JSON, "{\"access_token\":\"A\",\"scope\":\"repo,gist, x\"}");
      g_assert_cmpstr (credentials->scope, ==, vectors[i].scope);
    }
}

/* The tokens may be wrapped, in what the file names, and only there. */
static void
test_token_objects (void)
{
  static const struct
  {
    const char *body;
    const char *seen; /* access token/refresh token/scope/type/lifetime; NULL: no token */
    const char *members;
  } vectors[] = {
    /* a person's token alone */
    { "{\"ok\":true,\"authed_user\":{\"id\":\"U\",\"access_token\":\"A\",\"token_type\":\"user\","
      "\"refresh_token\":\"R\",\"expires_in\":43200,\"scope\":\"a b\",\"id_token\":\"I\"}}",
      "A/R/a b/user/43200", "{'ok': <true>, 'authed_user': <{'id': <'U'>}>}" },
    /* a bot's as well: that of the root, and the other one is kept as it is */
    { "{\"access_token\":\"B\",\"token_type\":\"bot\",\"scope\":\"c\","
      "\"authed_user\":{\"id\":\"U\",\"access_token\":\"A\"}}",
      "B/-/c/bot/3600", "{'authed_user': <{'id': <'U'>, 'access_token': <'A'>}>}" },
    /* the order is the file's */
    { "{\"data\":{\"x\":{\"access_token\":\"X\"}},\"authed_user\":{\"access_token\":\"A\"}}",
      "A/-/-/Bearer/3600",
      "{'data': <{'x': <{'access_token': <'X'>}>}>, 'authed_user': <@a{sv} {}>}" },
    /* a path; what is beside the wrap is not about the token in it */
    { "{\"scope\":\"out\",\"expires_in\":5,\"data\":{\"x\":{\"access_token\":\"X\"}}}",
      "X/-/-/Bearer/3600", "{'data': <{'x': <@a{sv} {}>}>}" },
    /* but a refresh token can be of nothing else */
    { "{\"refresh_token\":\"R\",\"data\":{\"x\":{\"access_token\":\"X\"}}}", "X/R/-/Bearer/3600",
      "{'data': <{'x': <@a{sv} {}>}>}" },
    /* a list */
    { "{\"list\":[{\"access_token\":\"L\",\"user_id\":\"1\"}]}", "L/-/-/Bearer/3600",
      "{'list': <[<{'user_id': <'1'>}>]>}" },
    /* a root with none that could be used */
    { "{\"access_token\":null,\"authed_user\":{\"access_token\":\"A\"}}", "A/-/-/Bearer/3600",
      "{'authed_user': <@a{sv} {}>}" },
    /* where nobody looks, or nothing that is a token */
    { "{\"user\":{\"access_token\":\"A\"}}", NULL, NULL },
    { "{\"authed_user\":[{\"access_token\":\"A\"}]}", NULL, NULL },
    { "{\"authed_user\":\"access_token\"}", NULL, NULL },
    { "{\"authed_user\":{\"access_token\":\"A\\n\"},\"data\":{\"x\":{\"access_token\":7}}}", NULL,
      NULL },
    { "{\"authed_user\":{\"access_token\":\"A\",\"token_type\":\"mac\"}}", NULL, NULL },
  };
  static const char *const objects[] = { "authed_user", "data.x", "list.0", NULL };
  static const char *const types[] = { "bot", "user", NULL };
  g_autoptr (CvgProvider) provider = make_provider ();

  set_list (&provider->token_objects, objects);
  set_list (&provider->token_types, types);
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgCredentials) credentials = parse (provider, JSON, vectors[i].body, &error);
      g_autofree char *seen = NULL;
      g_autoptr (GVariant) members = NULL;

      g_test_message ("%s", vectors[i].body);
      g_assert_cmpint (credentials != NULL, ==, vectors[i].seen != NULL);
      if (credentials == NULL)
        continue;
      seen = g_strdup_printf (
          "%s/%s/%s/%s/%" G_GINT64_FORMAT, peek (credentials->access_token),
          credentials->refresh_token != NULL ? peek (credentials->refresh_token) : "-",
          credentials->scope != NULL ? credentials->scope : "-", credentials->token_type,
          credentials->expires_at - NOW);
      g_assert_cmpstr (seen, ==, vectors[i].seen);
      members = g_variant_ref_sink (g_variant_new_parsed (vectors[i].members));
      g_assert_cmpvariant (credentials->members, members);
    }
}

static void
test_refresh_token_member (void)
{
  static const struct
  {
    const char *member;
    const char *body;
    const char *refresh_token;
  } vectors[] = {
    { "renewal", "{\"access_token\":\"A\",\"renewal\":\"R\"}", "R" },
    { "renewal", "{\"access_token\":\"A\"}", NULL },
    /* the access token renews itself */
    { "access_token", "{\"access_token\":\"A\"}", "A" },
    { "access_token", "{\"data\":{\"access_token\":\"A\"}}", "A" },
  };
  static const char *const objects[] = { "data", NULL };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgProvider) provider = make_provider ();
      g_autoptr (CvgCredentials) credentials = NULL;

      set_list (&provider->token_objects, objects);
      g_free (provider->refresh_token_member);
      provider->refresh_token_member = g_strdup (vectors[i].member);
      credentials = parse_well (provider, JSON, vectors[i].body);
      g_assert_cmpstr (peek (credentials->access_token), ==, "A");
      g_assert_cmpstr (peek (credentials->refresh_token), ==, vectors[i].refresh_token);
      g_assert_true (credentials->members == NULL ||
                     !g_variant_lookup (credentials->members, "renewal", "s", NULL));
    }
}

static void
test_form (void)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgCredentials) credentials = parse_well (
      provider, FORM, "access_token=gho_1&expires_in=10&scope=repo+gist&token_type=bearer&x=%2B");

  g_assert_cmpstr (peek (credentials->access_token), ==, "gho_1");
  g_assert_cmpint (credentials->expires_at, ==, NOW + 10);
  g_assert_cmpstr (credentials->scope, ==, "repo gist");
  g_assert_true (g_variant_is_of_type (credentials->members, G_VARIANT_TYPE_VARDICT));
  g_assert_cmpuint (g_variant_n_children (credentials->members), ==, 1);
}

static void
test_content_types (void)
{
  static const struct
  {
    const char *content_type;
    gboolean taken;
  } vectors[] = {
    { NULL, TRUE }, /* not said */
    { "application/json", TRUE },
    { "text/javascript", TRUE }, /* seen in the wild */
    { "text/plain", TRUE },      /* likewise */
    { "text/html", FALSE },      /* a captive portal */
    { "TEXT/HTML", FALSE },
    { FORM, FALSE }, /* read as a form it has no token */
  };
  g_autoptr (CvgProvider) provider = make_provider ();

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgCredentials) credentials =
          parse (provider, vectors[i].content_type, "{\"access_token\":\"A\"}", &error);

      g_assert_cmpint (credentials != NULL, ==, vectors[i].taken);
      if (!vectors[i].taken)
        g_assert_error (error, CVG_ERROR, CVG_ERROR_TRY_LATER);
    }
}

static void
test_token_types (void)
{
  static const struct
  {
    const char *type;
    gboolean taken;
  } vectors[] = {
    { "Bearer", TRUE }, /* RFC 6750 */
    { "BEARER", TRUE }, /* RFC 6749 section 5.1: in any letter case */
    { "", TRUE },       /* not said */
    { "bot", TRUE },    /* as the file says */
    { "Bot", TRUE },    /* in any letter case too */
    { "user", FALSE },  /* as no file says */
    { "DPoP", FALSE },  /* needs a proof */
    { "mac", FALSE },   /* needs a signature */
    { "bearer x", FALSE }, { "QUOTED", FALSE },
  };
  static const char *const types[] = { "bot", NULL };
  g_autoptr (CvgProvider) provider = make_provider ();

  set_list (&provider->token_types, types);
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *body =
          g_strdup_printf ("{\"access_token\":\"SECRET\",\"token_type\":\"%s\"}", vectors[i].type);
      g_autoptr (GError) error = NULL;
      g_autoptr (CvgCredentials) credentials = parse (provider, JSON, body, &error);

      g_assert_cmpint (credentials != NULL, ==, vectors[i].taken);
      if (vectors[i].taken)
        continue;
      g_assert_error (error, CVG_ERROR, CVG_ERROR_REFUSED);
      g_assert_null (strstr (error->message, "SECRET"));
      g_assert_null (strstr (error->message, "QUOTED"));
    }
}

static void
test_no_usable_token (void)
{
  static const char *const bodies[] = {
    "{}",                                           /* missing */
    "{\"access_token\":null}",                      /* none */
    "{\"access_token\":\"\"}",                      /* empty */
    "{\"access_token\":17}",                        /* wrong type */
    "{\"access_token\":{\"value\":\"QUOTED\"}}",    /* wrong type */
    "{\"access_token\":\"QUOTED\\r\\nX-Evil: 1\"}", /* would be another header */
    "{\"access_token\":\"QUOTED\xe2\x82\xac\"}",    /* RFC 6749 appendix A.12 */
    "{\"access_token\":\"QUOTED\\u0000\"}",         /* NUL */
    "{\"refresh_token\":\"QUOTED\"}",               /* only the other one */
    "[{\"access_token\":\"QUOTED\"}]",              /* root is no object */
    "\"QUOTED\"",                                   /* likewise */
    "{\"access_token\":\"QUOTED\"",                 /* cut off */
    "{\"access_token\":\"QUOTED\"}{}",              /* two answers */
    "access_token=QUOTED",                          /* a form that does not say so */
    "",                                             /* nothing */
  };
  g_autoptr (CvgProvider) provider = make_provider ();

  for (size_t i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (provider, JSON, bodies[i], &error));
      g_assert_error (error, CVG_ERROR, CVG_ERROR_TRY_LATER);
      g_assert_null (strstr (error->message, "QUOTED"));
    }
}

/* RFC 6749 section 5.1: sizes are not for us to assume. */
static void
test_long_token (void)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autofree char *token = g_strnfill (500000, 'j');
  g_autofree char *body = g_strdup_printf ("{\"access_token\":\"%s\"}", token);
  g_autoptr (CvgCredentials) credentials = parse_well (provider, JSON, body);

  g_assert_cmpstr (peek (credentials->access_token), ==, token);
}

static void
test_last_of_two_members_wins (void)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgCredentials) credentials = parse_well (
      provider, JSON, "{\"access_token\":\"A\",\"access_token\":\"B\",\"x\":1,\"x\":2}");

  g_assert_cmpstr (peek (credentials->access_token), ==, "B");
  g_assert_cmpuint (g_variant_n_children (credentials->members), ==, 1);
}

static CvgCredentials *
make_before (void)
{
  CvgCredentials *before = cvg_credentials_new ();

  before->serial = 7;
  before->access_token = cvg_secret_new ("A1");
  before->refresh_token = cvg_secret_new ("R1");
  before->id_token = cvg_secret_new ("I1");
  before->token_type = g_strdup ("Bearer");
  before->scope = g_strdup ("s1");
  before->expires_at = 10;
  before->obtained_at = 5;
  before->client_id = g_strdup ("id");
  before->members = cvg_members_keep_secret (g_variant_new_parsed ("{'a': <1>, 'b': <2>}"));
  before->resources = g_variant_ref_sink (g_variant_new_parsed ("[{'id': <'x'>}]"));
  before->account = g_variant_ref_sink (g_variant_new_parsed ("{'name': <'n'>}"));
  return before;
}

static void
test_merge_keeps_what_did_not_come (void)
{
  g_autoptr (CvgCredentials) before = make_before ();
  g_autoptr (CvgCredentials) answer = cvg_credentials_new ();
  g_autoptr (CvgCredentials) merged = NULL;

  answer->serial = 99;
  answer->access_token = cvg_secret_new ("A2");
  answer->token_type = g_strdup ("bearer");
  answer->expires_at = 20;
  answer->obtained_at = 15;
  merged = cvg_token_response_merge (before, answer);

  g_assert_cmpuint (merged->serial, ==, 0);
  g_assert_cmpstr (peek (merged->access_token), ==, "A2");
  g_assert_cmpstr (peek (merged->refresh_token), ==, "R1");
  g_assert_cmpstr (peek (merged->id_token), ==, "I1");
  g_assert_cmpstr (merged->token_type, ==, "bearer");
  g_assert_cmpstr (merged->scope, ==, "s1");
  g_assert_cmpint (merged->expires_at, ==, 20);
  g_assert_cmpint (merged->obtained_at, ==, 15);
  g_assert_cmpstr (merged->client_id, ==, "id");
  g_assert_cmpvariant (merged->members, before->members);
  g_assert_cmpvariant (merged->resources, before->resources);
  g_assert_cmpvariant (merged->account, before->account);
}

static void
test_merge_takes_what_came (void)
{
  g_autoptr (CvgCredentials) before = make_before ();
  g_autoptr (CvgCredentials) answer = cvg_credentials_new ();
  g_autoptr (CvgCredentials) merged = NULL;
  g_autoptr (GVariant) members =
      g_variant_ref_sink (g_variant_new_parsed ("{'a': <1>, 'b': <'new'>, 'c': <3>}"));
  g_autoptr (GVariantDict) dict = NULL;

  answer->access_token = cvg_secret_new ("A2");
  answer->refresh_token = cvg_secret_new ("R2");
  answer->id_token = cvg_secret_new ("I2");
  answer->scope = g_strdup ("s2");
  answer->client_id = g_strdup ("id2");
  answer->members = cvg_members_keep_secret (g_variant_new_parsed ("{'b': <'new'>, 'c': <3>}"));
  merged = cvg_token_response_merge (before, answer);

  g_assert_cmpstr (peek (merged->refresh_token), ==, "R2");
  g_assert_cmpstr (peek (merged->id_token), ==, "I2");
  g_assert_cmpstr (merged->scope, ==, "s2");
  g_assert_cmpstr (merged->client_id, ==, "id2");
  /* A dictionary has no order. */
  dict = g_variant_dict_new (merged->members);
  g_assert_cmpuint (g_variant_n_children (merged->members), ==, 3);
  for (gsize i = 0; i < 3; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (members, i);
      g_autoptr (GVariant) expected = NULL;
      g_autoptr (GVariant) value = NULL;
      const char *key = NULL;

      g_variant_get (entry, "{&sv}", &key, &expected);
      value = g_variant_dict_lookup_value (dict, key, NULL);
      g_assert_cmpvariant (value, expected);
    }
  /* The old ones are values: nobody changed them. */
  g_assert_cmpstr (peek (before->refresh_token), ==, "R1");
}

static void
test_merge_of_nothing (void)
{
  g_autoptr (CvgCredentials) before = cvg_credentials_new ();
  g_autoptr (CvgCredentials) answer = cvg_credentials_new ();
  g_autoptr (CvgCredentials) merged = cvg_token_response_merge (before, answer);

  g_assert_null (merged->refresh_token);
  g_assert_null (merged->members);
  g_assert_null (merged->scope);
}

static void
test_find_refresh_token (void)
{
  static const struct
  {
    guint status;
    const char *type;
    const char *body;
    const char *expected;
  } vectors[] = {
    { 200, JSON, "{\"refresh_token\":\"R\"}", "R" },
    { 200, JSON, "{\"access_token\":7,\"refresh_token\":\"R\"}", "R" },
    { 200, FORM, "refresh_token=R", "R" },
    /* Nothing was replaced by a server that says that it refused. */
    { 200, JSON, "{\"ok\":false,\"refresh_token\":\"R\"}", NULL },
    { 200, JSON, "{\"error\":\"invalid_grant\",\"refresh_token\":\"R\"}", NULL },
    { 200, JSON, "{\"status\":17,\"refresh_token\":\"R\"}", NULL },
    /* It says that it refused, and gave a token all the same. */
    { 200, JSON, "{\"error\":\"x\",\"access_token\":\"A\",\"refresh_token\":\"R\"}", "R" },
    { 200, JSON, "{\"status\":17,\"access_token\":\"A\",\"refresh_token\":\"R\"}", "R" },
    { 200, FORM, "error=x&access_token=A&refresh_token=R", "R" },
    { 200, JSON, "{\"error\":\"x\",\"access_token\":\"A\"}", NULL },
    { 400, JSON, "{\"error\":\"x\",\"access_token\":\"A\",\"refresh_token\":\"R\"}", NULL },
    /* Wrapped. */
    { 200, JSON, "{\"data\":{\"refresh_token\":\"R\"}}", "R" },
    { 200, JSON, "{\"data\":{\"refresh_token\":\"R\",\"access_token\":\"\"}}", "R" },
    { 200, JSON,
      "{\"refresh_token\":\"R\",\"data\":{\"access_token\":\"A\",\"token_type\":\"mac\"}}", "R" },
    { 200, JSON, "{\"other\":{\"refresh_token\":\"R\"}}", NULL },
    { 400, JSON, "{\"refresh_token\":\"R\"}", NULL },
    { 500, JSON, "{\"refresh_token\":\"R\"}", NULL },
    { 200, JSON, "{\"refresh_token\":\"\"}", NULL },
    { 200, JSON, "{\"refresh_token\":\"R\\n\"}", NULL },
    { 200, JSON, "{\"refresh_token\":[\"R\"]}", NULL },
    { 200, JSON, "{\"refresh_token\":\"R", NULL },
    { 200, "text/html", "{\"refresh_token\":\"R\"}", NULL },
  };

  static const char *const objects[] = { "data", NULL };
  static const char *const errors[] = { "status", NULL };
  g_autoptr (CvgProvider) provider = make_provider ();

  set_list (&provider->token_objects, objects);
  set_list (&provider->error_members, errors);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgSecret) body = cvg_secret_new (vectors[i].body);
      g_autoptr (CvgHttpResponse) response =
          cvg_http_response_new (vectors[i].status, vectors[i].type, 0, body);
      g_autoptr (CvgSecret) found = cvg_token_response_find_refresh_token (provider, response);

      g_assert_cmpstr (peek (found), ==, vectors[i].expected);
    }
}

/* With an access token that renews itself, a new one is what there is to save. */
static void
test_find_renewing_token (void)
{
  g_autoptr (CvgProvider) provider = make_provider ();
  g_autoptr (CvgSecret) body =
      cvg_secret_new ("{\"access_token\":\"A\",\"refresh_token\":\"R\",\"token_type\":\"mac\"}");
  g_autoptr (CvgHttpResponse) response = cvg_http_response_new (200, JSON, 0, body);
  g_autoptr (CvgSecret) found = NULL;

  g_free (provider->refresh_token_member);
  provider->refresh_token_member = g_strdup ("access_token");
  found = cvg_token_response_find_refresh_token (provider, response);
  g_assert_cmpstr (peek (found), ==, "A");
}

static void
test_add_members (void)
{
  g_autoptr (CvgCredentials) bare = cvg_credentials_new ();
  g_autoptr (CvgCredentials) credentials = cvg_credentials_new ();
  g_autoptr (GVariant) members = g_variant_ref_sink (g_variant_new_parsed (
      "{'realm_id': <'17'>, 'shop': <'evil'>, 'access_token': <'evil'>, 'serial': <'evil'>,"
      " 'expires_at': <'evil'>}"));
  g_autoptr (GVariant) expected =
      g_variant_ref_sink (g_variant_new_parsed ("{'realm_id': <'17'>}"));
  const char *shop = NULL;

  cvg_token_response_add_members (bare, NULL);
  g_assert_null (bare->members);
  credentials->members = cvg_members_keep_secret (g_variant_new_parsed ("{'shop': <'s'>}"));
  cvg_token_response_add_members (credentials, members);
  g_assert_cmpuint (g_variant_n_children (credentials->members), ==, 2);
  g_assert_true (g_variant_lookup (credentials->members, "shop", "&s", &shop));
  g_assert_cmpstr (shop, ==, "s");
  cvg_token_response_add_members (bare, expected);
  g_assert_cmpvariant (bare->members, expected);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-response/complete", test_complete);
  g_test_add_func ("/token-response/least", test_least);
  g_test_add_func ("/token-response/lifetime", test_lifetime);
  g_test_add_func ("/token-response/lifetime-that-nobody-knows", test_lifetime_that_nobody_knows);
  g_test_add_func ("/token-response/odd-members", test_odd_members);
  g_test_add_func ("/token-response/separator-of-scopes", test_separator_of_scopes);
  g_test_add_func ("/token-response/token-objects", test_token_objects);
  g_test_add_func ("/token-response/refresh-token-member", test_refresh_token_member);
  g_test_add_func ("/token-response/form", test_form);
  g_test_add_func ("/token-response/content-types", test_content_types);
  g_test_add_func ("/token-response/token-types", test_token_types);
  g_test_add_func ("/token-response/no-usable-token", test_no_usable_token);
  g_test_add_func ("/token-response/long-token", test_long_token);
  g_test_add_func ("/token-response/last-of-two-members-wins", test_last_of_two_members_wins);
  g_test_add_func ("/token-response/merge-keeps-what-did-not-come",
                   test_merge_keeps_what_did_not_come);
  g_test_add_func ("/token-response/merge-takes-what-came", test_merge_takes_what_came);
  g_test_add_func ("/token-response/merge-of-nothing", test_merge_of_nothing);
  g_test_add_func ("/token-response/find-refresh-token", test_find_refresh_token);
  g_test_add_func ("/token-response/find-renewing-token", test_find_renewing_token);
  g_test_add_func ("/token-response/add-members", test_add_members);
  return g_test_run ();
}
