/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "model/tenant.h"

#include <string.h>

#include "dbus/error.h"

static GPtrArray *
make_parameters (const char *name, const char *pattern)
{
  g_autoptr (GError) error = NULL;
  CvgTenantParameter *parameter = cvg_tenant_parameter_new (name, pattern, &error);
  GPtrArray *parameters =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_tenant_parameter_free);

  g_assert_no_error (error);
  g_ptr_array_add (parameters, parameter);
  return parameters;
}

static GPtrArray *
make_none (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) cvg_tenant_parameter_free);
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
    { "https://e/{sub}/x", "{'sub': 'u@h:1?#\\\\/'}", "https://e/u%40h%3A1%3F%23%5C%2F/x" },
    /* What a host can't have in it, decoded or not. */
    { "https://{sub}.example/", "{'sub': 'evil.test/'}", "https://{sub}.example/" },
    { "https://{sub}.example", "{'sub': 'evil.test#'}", "https://{sub}.example" },
    { "https://{sub}.example?x", "{'sub': 'u@h'}", "https://{sub}.example?x" },
    { "https://{sub}:{port}/", "{'sub': 'a_b-c.d', 'port': '1/'}", "https://a_b-c.d:{port}/" },
    { "https://{sub}.example/{sub}", "{'sub': 'ü'}", "https://{sub}.example/%C3%BC" },
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
      expanded = cvg_tenant_expand_url (vectors[i].url, tenant);
      g_assert_cmpstr (expanded, ==, vectors[i].expanded);
    }
}

static void
test_check (void)
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
    { ".*", "sub", "..", "malformed" },               /* takes a part of the path away */
    { ".*", "sub", ".", "malformed" },                /* likewise */
    { ".*", "sub", "...", NULL },
    { "[^/]*", "sub", "a\r\nb", "malformed" },                          /* not one line */
    { ".*", "sub", "a\xc2\x85", "malformed" },                          /* likewise, in Unicode */
    { "(a+)+", "sub", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "malformed" }, /* must come back */
    { "[a-z]+", "other", "acme", "has no tenant parameter “other”" },
    { "[a-z]+", NULL, NULL, "needs the tenant parameter “sub”" },
  };

  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GPtrArray) parameters = make_parameters ("sub", vectors[i].pattern);
      g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
      g_autoptr (GVariant) tenant = NULL;
      g_autoptr (GError) error = NULL;
      gboolean fine;

      if (vectors[i].name != NULL)
        g_variant_builder_add (&builder, "{ss}", vectors[i].name, vectors[i].value);
      tenant = g_variant_ref_sink (g_variant_builder_end (&builder));

      fine = cvg_tenant_check (parameters, "Example", tenant, &error);
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
test_null (void)
{
  g_autoptr (GPtrArray) with = make_parameters ("sub", "[a-z]+");
  g_autoptr (GPtrArray) without = make_none ();
  g_autoptr (GError) error = NULL;

  g_assert_true (cvg_tenant_check (without, "Example", NULL, &error));
  g_assert_no_error (error);
  g_assert_false (cvg_tenant_check (with, "Example", NULL, &error));
  g_assert_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT);
}

static void
test_defaults (void)
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
  g_autoptr (GPtrArray) parameters = make_none ();
  g_autoptr (GPtrArray) without = make_none ();
  CvgTenantParameter *region = cvg_tenant_parameter_new ("region", "eu|us", NULL);

  region->default_value = g_strdup ("eu");
  g_ptr_array_add (parameters, cvg_tenant_parameter_new ("sub", "[a-z]+", NULL));
  g_ptr_array_add (parameters, region);
  for (size_t i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GVariant) given =
          g_variant_parse (G_VARIANT_TYPE ("a{ss}"), vectors[i].given, NULL, NULL, NULL);
      g_autoptr (GVariant) wanted = NULL;
      g_autoptr (GVariant) complete = NULL;

      g_test_message ("row %zu", i);
      g_assert_cmpint (cvg_tenant_check (parameters, "Example", given, NULL), ==,
                       vectors[i].complete != NULL);
      if (vectors[i].complete == NULL)
        continue;
      wanted = g_variant_parse (G_VARIANT_TYPE ("a{ss}"), vectors[i].complete, NULL, NULL, NULL);
      complete = cvg_tenant_complete (parameters, given);
      g_assert_cmpvariant (complete, wanted);
    }

  g_assert_null (cvg_tenant_complete (without, NULL));
}

static void
test_patterns (void)
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

int
main (int argc, char **argv)
{
  g_log_writer_default_set_use_stderr (TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tenant/expand", test_expand);
  g_test_add_func ("/tenant/check", test_check);
  g_test_add_func ("/tenant/null", test_null);
  g_test_add_func ("/tenant/defaults", test_defaults);
  g_test_add_func ("/tenant/patterns", test_patterns);
  return g_test_run ();
}
