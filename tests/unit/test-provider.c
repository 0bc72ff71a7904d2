/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/provider.h"

#include <string.h>

#include "dbus/error.h"

static CvgProvider *
provider_with_tenant (const char *name, const char *pattern)
{
  g_autoptr (GError) error = NULL;
  CvgProvider *provider = cvg_provider_new ();
  CvgTenantParameter *parameter = cvg_tenant_parameter_new (name, pattern, &error);

  g_assert_no_error (error);
  provider->name = g_strdup ("Example");
  g_ptr_array_add (provider->tenant_parameters, parameter);
  return provider;
}

static void
test_defaults (void)
{
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  g_assert_cmpuint (g_strv_length (provider->kinds), ==, 0);
  g_assert_cmpuint (g_strv_length (provider->scopes), ==, 0);
  g_assert_cmpuint (g_strv_length (provider->required_scopes), ==, 0);
  g_assert_cmpuint (g_strv_length (provider->authorize_parameters), ==, 0);
  g_assert_cmpuint (g_strv_length (provider->token_parameters), ==, 0);
  g_assert_cmpint (provider->scope_separator, ==, ' ');
  g_assert_cmpint (provider->token_request, ==, CVG_TOKEN_REQUEST_FORM);
  g_assert_cmpint (provider->client_authentication, ==, CVG_CLIENT_AUTHENTICATION_POST);
  g_assert_true (provider->pkce);
  g_assert_true (provider->redirect_port_exact);
  g_assert_false (provider->refresh_token_rotates);
  g_assert_null (provider->redirect_uri);
  g_assert_cmpstr (provider->resources_member, ==, "accessible_resources");
  g_assert_false (cvg_provider_has_kind (provider, "oauth2"));
}

static void
test_kinds (void)
{
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  g_strfreev (provider->kinds);
  provider->kinds = g_strsplit ("oauth2;api-key", ";", -1);
  g_assert_true (cvg_provider_has_kind (provider, "oauth2"));
  g_assert_true (cvg_provider_has_kind (provider, "api-key"));
  g_assert_false (cvg_provider_has_kind (provider, "api"));
}

static void
test_expand (void)
{
  static const struct
  {
    const char *url;
    const char *tenant;
    const char *expanded;
  } vectors[] = {
    { "https://a.example/x", NULL, "https://a.example/x" },       /* nothing to do */
    { "https://{sub}.example/", NULL, "https://{sub}.example/" }, /* no values */
    { "https://{sub}.example/", "{'sub': 'acme'}", "https://acme.example/" },
    { "https://{a}/{b}{a}", "{'a': 'x', 'b': 'y'}", "https://x/yx" },         /* several */
    { "https://{sub}.example/", "{'other': 'x'}", "https://{sub}.example/" }, /* not this one */
    { "https://{sub}.example/", "{'sub': 'evil.test/'}", "https://evil.test%2F.example/" },
    { "https://{sub}.example/", "{'sub': 'u@h:1?#\\\\'}", "https://u%40h%3A1%3F%23%5C.example/" },
    { "https://e/{a}", "{'a': '{b}', 'b': 'x'}", "https://e/%7Bb%7D" }, /* values are not read */
    { "https://e/{a}", "{'a': 'ü %'}", "https://e/%C3%BC%20%25" },      /* not ASCII */
    { "https://e/{a", "{'a': 'x'}", "https://e/{a" },                   /* no closing brace */
    { "https://e/}{a}", "{'a': 'x'}", "https://e/}x" },                 /* no opening brace */
    { "https://e/{{a}}", "{'a': 'x'}", "https://e/{x}" },               /* nested */
    { "https://e/{}", "{'a': 'x'}", "https://e/{}" },                   /* nameless */
    { "", "{'a': 'x'}", "" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GVariant) tenant = NULL;
      g_autofree char *expanded = NULL;

      if (vectors[i].tenant != NULL)
        tenant = g_variant_parse (G_VARIANT_TYPE ("a{ss}"), vectors[i].tenant, NULL, NULL, NULL);
      expanded = cvg_provider_expand (vectors[i].url, tenant);
      g_assert_cmpstr (expanded, ==, vectors[i].expanded);
    }
}

static void
test_tenant (void)
{
  g_autofree char *long_value = g_strnfill (256, 'a');
  const struct
  {
    const char *pattern;
    const char *name;
    const char *value;
    const char *complaint; /* NULL: fine */
  } vectors[] = {
    { "^[a-z0-9-]+$", "sub", "acme-1", NULL },
    { "^[a-z0-9-]+$", "sub", "Acme", "malformed" },
    { "^[a-z0-9-]+$", "sub", "acme\n", "malformed" }, /* "$" alone would take it */
    { "[a-z]+", "sub", "acme", NULL },                /* anchored without being told */
    { "[a-z]+", "sub", "acme/evil", "malformed" },    /* the whole value */
    { "[a-z]+", "sub", "1acme", "malformed" },        /* likewise at the start */
    { "a|ab", "sub", "ab", NULL },                    /* not just the first branch */
    { "eu|us", "sub", "eu.evil", "malformed" },       /* each branch is anchored */
    { ".*", "sub", "", "malformed" },                 /* empty is never a tenant */
    { ".*", "sub", long_value, "malformed" },         /* huge */
    { "(a+)+", "sub", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "malformed" }, /* must come back */
    { "[a-z]+", "other", "acme", "has no tenant parameter “other”" },
    { "[a-z]+", NULL, NULL, "needs the tenant parameter “sub”" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (CvgProvider) provider = provider_with_tenant ("sub", vectors[i].pattern);
      g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
      g_autoptr (GVariant) tenant = NULL;
      g_autoptr (GError) error = NULL;
      gboolean fine;

      if (vectors[i].name != NULL)
        g_variant_builder_add (&builder, "{ss}", vectors[i].name, vectors[i].value);
      tenant = g_variant_ref_sink (g_variant_builder_end (&builder));

      fine = cvg_provider_check_tenant (provider, tenant, &error);
      g_assert_cmpint (fine, ==, vectors[i].complaint == NULL);
      if (fine)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, vectors[i].complaint));
      g_assert_nonnull (strstr (error->message, "Example"));
    }
}

static void
test_tenant_null (void)
{
  g_autoptr (CvgProvider) with = provider_with_tenant ("sub", "[a-z]+");
  g_autoptr (CvgProvider) without = cvg_provider_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (cvg_provider_check_tenant (without, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (cvg_provider_check_tenant (with, NULL, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
}

static void
test_tenant_defaults (void)
{
  static const struct
  {
    const char *given;
    const char *complete; /* NULL: the check fails */
  } vectors[] = {
    { "{'sub': 'acme'}", "{'sub': 'acme', 'region': 'eu'}" },
    { "{'sub': 'acme', 'region': 'us'}", "{'sub': 'acme', 'region': 'us'}" },
    { "{'region': 'us'}", NULL },              /* no default for this one */
    { "{'sub': 'acme', 'region': ''}", NULL }, /* given is given */
    { "{'sub': 'acme', 'region': 'mars'}", NULL },
    { "{'sub': 'acme', 'planet': 'mars'}", NULL },
  };
  g_autoptr (CvgProvider) provider = cvg_provider_new ();
  g_autoptr (CvgProvider) without = cvg_provider_new ();
  CvgTenantParameter *region = cvg_tenant_parameter_new ("region", "eu|us", NULL);

  region->default_value = g_strdup ("eu");
  g_ptr_array_add (provider->tenant_parameters, cvg_tenant_parameter_new ("sub", "[a-z]+", NULL));
  g_ptr_array_add (provider->tenant_parameters, region);
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GVariant) given =
          g_variant_parse (G_VARIANT_TYPE ("a{ss}"), vectors[i].given, NULL, NULL, NULL);
      g_autoptr (GVariant) wanted = NULL;
      g_autoptr (GVariant) complete = NULL;

      g_test_message ("row %zu", i);
      g_assert_cmpint (cvg_provider_check_tenant (provider, given, NULL), ==,
                       vectors[i].complete != NULL);
      if (vectors[i].complete == NULL)
        continue;
      wanted = g_variant_parse (G_VARIANT_TYPE ("a{ss}"), vectors[i].complete, NULL, NULL, NULL);
      complete = cvg_provider_complete_tenant (provider, given);
      g_assert_cmpvariant (complete, wanted);
    }

  g_assert_null (cvg_provider_complete_tenant (without, NULL));
}

static void
test_tenant_patterns (void)
{
  static const char *const bad[] = {
    "[a-z",    /* not closed */
    "a)|(?:b", /* would leave the group that anchors it */
    "*",       /* nothing to repeat */
    "(?x)a #", /* its comment would swallow the anchor */
    "\\Qa",    /* its quotation likewise */
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (cvg_tenant_parameter_new ("sub", bad[i], &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == G_REGEX_ERROR);
    }
}

static void
test_dead_grant (void)
{
  static const struct
  {
    guint status;
    const char *error;
    const char *description;
    gboolean dead;
  } vectors[] = {
    { 403, "invalid_grant", "Unknown or invalid refresh token.", TRUE }, /* Atlassian's manual */
    { 403, "invalid_grant", NULL, TRUE },                                /* laconic */
    { 403, "unauthorized_client", "refresh_token is invalid", TRUE },    /* Atlassian, in fact */
    { 403, "unauthorized_client", "Refresh_Token is invalid", TRUE },    /* in any case */
    { 403, "unauthorized_client", "client is not allowed", FALSE },      /* the client's fault */
    { 403, "unauthorized_client", NULL, FALSE },                         /* nobody knows */
    { 400, "unauthorized_client", "refresh_token is invalid", FALSE },   /* another status */
    { 400, "invalid_grant", NULL, FALSE },                               /* not in this list */
    { 403, "Invalid_Grant", NULL, FALSE },                               /* codes are exact */
    { 403, "invalid_grant_type", NULL, FALSE },
    { 403, NULL, "refresh_token is invalid", FALSE }, /* no code */
    { 503, "invalid_grant", NULL, FALSE },            /* a gateway's page */
  };
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  g_ptr_array_set_size (provider->dead_grants, 0);
  g_ptr_array_add (provider->dead_grants, cvg_dead_grant_new (403, "invalid_grant", NULL));
  g_ptr_array_add (provider->dead_grants,
                   cvg_dead_grant_new (403, "unauthorized_client", "refresh_token"));

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    g_assert_cmpint (cvg_provider_is_dead_grant (provider, vectors[i].status, vectors[i].error,
                                                 vectors[i].description),
                     ==, vectors[i].dead);
}

static void
test_dead_grant_default (void)
{
  g_autoptr (CvgProvider) provider = cvg_provider_new ();

  g_assert_true (cvg_provider_is_dead_grant (provider, 400, "invalid_grant", NULL));
  g_assert_true (cvg_provider_is_dead_grant (provider, 401, "invalid_grant", "x"));
  g_assert_true (cvg_provider_is_dead_grant (provider, 403, "invalid_grant", NULL));
  g_assert_false (cvg_provider_is_dead_grant (provider, 500, "invalid_grant", NULL));
  g_assert_false (cvg_provider_is_dead_grant (provider, 400, "invalid_client", NULL));
}

/* What was discovered for a grant wins over the file, which may have been changed since. */
static void
test_with_server (void)
{
  g_autoptr (CvgProvider) provider = cvg_provider_new ();
  g_autoptr (GVariant) server = g_variant_ref_sink (
      g_variant_new_parsed ("{'issuer': <'https://i'>, 'token-endpoint': <'https://t'>,"
                            " 'client-authentication': <int64 1>, 'other': <7>}"));
  g_autoptr (GVariant) odd = g_variant_ref_sink (
      g_variant_new_parsed ("{'issuer': <7>, 'client-authentication': <int64 9>}"));
  g_autoptr (CvgProvider) same = NULL;
  g_autoptr (CvgProvider) changed = NULL;
  g_autoptr (CvgProvider) unchanged = NULL;

  provider->name = g_strdup ("Example");
  provider->token_endpoint = g_strdup ("https://file");
  provider->revocation_endpoint = g_strdup ("https://file/revoke");
  same = cvg_provider_with_server (provider, NULL);
  changed = cvg_provider_with_server (provider, server);
  unchanged = cvg_provider_with_server (provider, odd);

  g_assert_true (same == provider);
  g_assert_cmpstr (changed->name, ==, "Example");
  g_assert_cmpstr (changed->issuer, ==, "https://i");
  g_assert_cmpstr (changed->token_endpoint, ==, "https://t");
  g_assert_cmpstr (changed->revocation_endpoint, ==, "https://file/revoke");
  g_assert_cmpint (changed->client_authentication, ==, CVG_CLIENT_AUTHENTICATION_BASIC);
  g_assert_cmpstr (provider->token_endpoint, ==, "https://file");
  g_assert_null (unchanged->issuer);
  g_assert_cmpint (unchanged->client_authentication, ==, CVG_CLIENT_AUTHENTICATION_POST);
}

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/provider/defaults", test_defaults);
  g_test_add_func ("/provider/kinds", test_kinds);
  g_test_add_func ("/provider/with-server", test_with_server);
  g_test_add_func ("/provider/expand", test_expand);
  g_test_add_func ("/provider/tenant", test_tenant);
  g_test_add_func ("/provider/tenant-null", test_tenant_null);
  g_test_add_func ("/provider/tenant-defaults", test_tenant_defaults);
  g_test_add_func ("/provider/tenant-patterns", test_tenant_patterns);
  g_test_add_func ("/provider/dead-grant", test_dead_grant);
  g_test_add_func ("/provider/dead-grant-default", test_dead_grant_default);
  return g_test_run ();
}
