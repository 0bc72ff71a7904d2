/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a provider file. What is taken for a provider must keep the promises that the rest
 * of the daemon builds on; what is refused must say why, and the check of what people write must
 * come to the same.
 */
#include <string.h>

#include "model/endpoint.h"
#include "providers/provider-check.h"
#include "providers/provider-file.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* @url with @value for each name that may stand in it. */
static char *
expand (const CvgProvider *provider, const char *url, const char *value)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
  g_autoptr (GVariant) tenant = NULL;

  for (guint i = 0; i < provider->tenant_parameters->len; i++)
    {
      const CvgTenantParameter *parameter = g_ptr_array_index (provider->tenant_parameters, i);

      g_variant_builder_add (&builder, "{ss}", parameter->name, value);
    }
  /* Only the endpoint for revocation has these. */
  g_variant_builder_add (&builder, "{ss}", "client_id", value);
  g_variant_builder_add (&builder, "{ss}", "token", value);
  tenant = g_variant_ref_sink (g_variant_builder_end (&builder));
  return cvg_tenant_expand_url (url, tenant);
}

static void
check_endpoint (const CvgProvider *provider, const char *url)
{
  g_autofree char *good = NULL;
  g_autofree char *hostile = NULL;

  if (url == NULL)
    return;
  good = expand (provider, url, "acme");
  g_assert_null (cvg_endpoint_find_mistake (good));

  /* Whatever leads elsewhere is behind the host, or not there. */
  hostile = expand (provider, url, "@h.test/?#");
  g_assert_true (strstr (url, "h.test") != NULL || strstr (hostile, "h.test") == NULL ||
                 strstr (hostile, "h.test") - hostile > (gssize) strcspn (hostile + 8, "/?") + 8);
}

/* Names and values in turn, none of which can end a line of a request. */
static void
check_pairs (char **pairs)
{
  g_assert_cmpuint (g_strv_length (pairs) % 2, ==, 0);
  for (; *pairs != NULL; pairs++)
    g_assert_null (strpbrk (*pairs, "\r\n"));
}

static void
check_tenant (const CvgProvider *provider)
{
  for (guint i = 0; i < provider->tenant_parameters->len; i++)
    {
      const CvgTenantParameter *parameter = g_ptr_array_index (provider->tenant_parameters, i);

      g_assert_nonnull (parameter->regex);
      if (parameter->default_value != NULL)
        g_assert_true (cvg_tenant_parameter_takes (parameter, parameter->default_value));
    }
}

/* Where the tokens come from is in the file, or can be found out. */
static void
check_oauth2 (const CvgProvider *provider)
{
  if (!cvg_provider_has_kind (provider, "oauth2") || provider->issuer != NULL ||
      provider->resource != NULL)
    return;
  g_assert_nonnull (provider->token_endpoint);
  g_assert_true (provider->authorization_endpoint != NULL ||
                 provider->device_authorization_endpoint != NULL);
}

static void
check_provider (const CvgProvider *provider)
{
  g_assert_nonnull (provider->name);
  g_assert_cmpuint (g_strv_length (provider->kinds), >, 0);
  g_assert_true (provider->scope_separator == ' ' || provider->scope_separator == ',');
  check_oauth2 (provider);
  check_tenant (provider);
  check_pairs (provider->authorize_parameters);
  check_pairs (provider->token_parameters);
  check_pairs (provider->refresh_parameters);
  check_pairs (provider->token_headers);
  check_pairs (provider->redirect_members);
  check_pairs (provider->auth_data);

  check_endpoint (provider, provider->authorization_endpoint);
  check_endpoint (provider, provider->token_endpoint);
  check_endpoint (provider, provider->refresh_endpoint);
  check_endpoint (provider, provider->revocation_endpoint);
  check_endpoint (provider, provider->device_authorization_endpoint);
  check_endpoint (provider, provider->registration_endpoint);
  check_endpoint (provider, provider->upgrade_endpoint);
  check_endpoint (provider, provider->resource);
  check_endpoint (provider, provider->resources_endpoint);
  check_endpoint (provider, provider->account_endpoint);
  cvg_provider_is_dead_grant (provider, 403, "invalid_grant", "Unknown or invalid refresh token.");
}

/* Nothing is a mistake to a start that is none here; here there may be more. */
static void
check_report (const guint8 *data, size_t size, gboolean is_right)
{
  g_autoptr (CvgProviderReport) report =
      cvg_provider_check_bytes ("fuzz.provider", (const char *) data, size);

  g_assert_true ((report->fine->len == 1) == (report->mistakes->len == 0));
  g_assert_true (is_right || report->mistakes->len > 0);
  for (guint i = 0; i < report->mistakes->len; i++)
    {
      const char *line = g_ptr_array_index (report->mistakes, i);

      g_assert_true (g_str_has_prefix (line, "fuzz.provider:"));
      g_assert_true (g_utf8_validate (line, -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GKeyFile) file = cvg_provider_file_load ((const char *) data, size, &error);
  g_autoptr (CvgProvider) provider =
      file != NULL ? cvg_provider_file_read (file, "fuzz", &error) : NULL;

  g_assert_true ((provider == NULL) == (error != NULL));
  if (provider != NULL)
    check_provider (provider);
  else
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  check_report (data, size, provider != NULL);

  return 0;
}
