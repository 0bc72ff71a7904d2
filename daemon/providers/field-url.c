/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the URLs of a provider file are read.
 */
#include "providers/field.h"

#include <string.h>

static gboolean
check_url (const CvgProvider *provider, const CvgField *field, const char *url, GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
  g_autoptr (GVariant) samples = NULL;
  g_autofree char *sample = NULL;
  const char *reason;

  for (guint i = 0; i < provider->tenant_parameters->len; i++)
    {
      const CvgTenantParameter *parameter = g_ptr_array_index (provider->tenant_parameters, i);

      g_variant_builder_add (&builder, "{ss}", parameter->name, "sample");
    }
  samples = g_variant_ref_sink (g_variant_builder_end (&builder));
  sample = cvg_provider_expand (url, samples);

  reason = field->find_mistake (sample);
  return reason == NULL || cvg_field_mistake (error, field, "%s", reason);
}

/**
 * cvg_field_read_url: a URL; the names of tenant parameters may stand in it, in braces.
 *
 * It is judged with a sample in place of each {name}, and stored with the names
 */
gboolean
cvg_field_read_url (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  g_autofree char *text = NULL;

  if (!cvg_field_get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!check_url (provider, field, text, error))
    return FALSE;

  cvg_field_set_string (provider, field, g_steal_pointer (&text));
  return TRUE;
}

/**
 * cvg_field_read_fixed_url: a URL without tenant parameters: one that is needed when no instance is
 * known
 */
gboolean
cvg_field_read_fixed_url (CvgProvider *provider,
                          const CvgField *field,
                          GKeyFile *file,
                          GError **error)
{
  g_autofree char *text = NULL;
  const char *reason;

  if (!cvg_field_get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (strpbrk (text, "{}") != NULL)
    return cvg_field_mistake (error, field, "must not have a {parameter}");
  reason = field->find_mistake (text);
  if (reason != NULL)
    return cvg_field_mistake (error, field, "%s", reason);

  cvg_field_set_string (provider, field, g_steal_pointer (&text));
  return TRUE;
}

/**
 * cvg_field_read_account_url: a URL, or a reference relative to the endpoint of the resources, so
 * that who moves that one moves both
 */
gboolean
cvg_field_read_account_url (CvgProvider *provider,
                            const CvgField *field,
                            GKeyFile *file,
                            GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *url = NULL;

  if (!cvg_field_get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;

  if (g_uri_peek_scheme (text) != NULL)
    url = g_steal_pointer (&text);
  else if (provider->resources_endpoint == NULL)
    return cvg_field_mistake (error, field, "is relative, but there is no Endpoint");
  else
    url = g_uri_resolve_relative (provider->resources_endpoint, text, G_URI_FLAGS_ENCODED, NULL);
  if (url == NULL)
    return cvg_field_mistake (error, field, "can't be resolved relative to Endpoint");
  if (!check_url (provider, field, url, error))
    return FALSE;

  cvg_field_set_string (provider, field, g_steal_pointer (&url));
  return TRUE;
}
