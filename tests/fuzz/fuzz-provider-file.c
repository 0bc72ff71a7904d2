/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a provider file. What is taken for a provider must keep the promises that the rest
 * of the daemon builds on; what is refused must say why.
 */
#include <string.h>

#include "model/endpoint.h"
#include "providers/provider-file.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_endpoint (const CvgProvider *provider, const char *url)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
  g_autoptr (GVariant) tenant = NULL;
  g_autofree char *expanded = NULL;

  if (url == NULL)
    return;
  for (guint i = 0; i < provider->tenant_parameters->len; i++)
    {
      const CvgTenantParameter *parameter = g_ptr_array_index (provider->tenant_parameters, i);

      g_variant_builder_add (&builder, "{ss}", parameter->name, "acme");
    }
  tenant = g_variant_ref_sink (g_variant_builder_end (&builder));
  expanded = cvg_provider_expand (url, tenant);
  g_assert_null (cvg_endpoint_find_mistake (expanded));
}

static void
check_provider (const CvgProvider *provider)
{
  g_assert_nonnull (provider->name);
  g_assert_cmpuint (g_strv_length (provider->kinds), >, 0);
  g_assert_cmpuint (g_strv_length (provider->authorize_parameters) % 2, ==, 0);
  g_assert_cmpuint (g_strv_length (provider->token_parameters) % 2, ==, 0);
  g_assert_true (provider->scope_separator == ' ' || provider->scope_separator == ',');
  if (cvg_provider_has_kind (provider, "oauth2"))
    {
      g_assert_nonnull (provider->authorization_endpoint);
      g_assert_nonnull (provider->token_endpoint);
    }

  check_endpoint (provider, provider->authorization_endpoint);
  check_endpoint (provider, provider->token_endpoint);
  check_endpoint (provider, provider->refresh_endpoint);
  check_endpoint (provider, provider->revocation_endpoint);
  check_endpoint (provider, provider->device_authorization_endpoint);
  check_endpoint (provider, provider->registration_endpoint);
  check_endpoint (provider, provider->resources_endpoint);
  check_endpoint (provider, provider->account_endpoint);
  cvg_provider_is_dead_grant (provider, 403, "invalid_grant", "Unknown or invalid refresh token.");
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

  return 0;
}
