/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the URLs of a provider file are read.
 */
#include "providers/field.h"

#include <string.h>

#include "model/protocol.h"

/* What else than a tenant parameter may stand in RevocationEndpoint=. */
const char *const cvg_field_revocation_names[] = { "client_id", "token", NULL };

static gboolean
check_url_with (const CvgProvider *provider,
                const CvgField *field,
                const char *url,
                const char *const *more_names,
                GError **error)
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
  for (; *more_names != NULL; more_names++)
    g_variant_builder_add (&builder, "{ss}", *more_names, "sample");
  samples = g_variant_ref_sink (g_variant_builder_end (&builder));
  sample = cvg_tenant_expand_url (url, samples);

  reason = field->find_mistake (sample);
  return reason == NULL || cvg_field_mistake (error, field, "%s", reason);
}

static gboolean
check_url (const CvgProvider *provider, const CvgField *field, const char *url, GError **error)
{
  return check_url_with (provider, field, url, (const char *const[]){ NULL }, error);
}

/**
 * cvg_field_read_url: a URL; the names of tenant parameters may stand in it, in braces.
 *
 * It is judged with a sample in place of each {name}, and stored with the names
 */
gboolean
cvg_field_read_url (CvgProvider *provider, const CvgField *field, GKeyFile *file, GError **error)
{
  return cvg_field_read_checked (provider, field, file, check_url, error);
}

/* A parameter there goes the way of those of AuthorizeParameters= and the like, and may as little
 * say what the protocol says. */
static gboolean
check_query (const CvgField *field, const char *url, GError **error)
{
  const char *query = strchr (url, '?');
  g_autoptr (GError) broken = NULL;
  GUriParamsIter iter;
  char *attribute = NULL;
  char *value = NULL;

  if (query == NULL)
    return TRUE;

  g_uri_params_iter_init (&iter, query + 1, -1, "&", G_URI_PARAMS_WWW_FORM);
  while (g_uri_params_iter_next (&iter, &attribute, &value, &broken))
    {
      g_autofree char *name = g_steal_pointer (&attribute);

      g_free (g_steal_pointer (&value));
      if (cvg_protocol_owns (name))
        return cvg_field_mistake (error, field, "has “%s” in its query: that is the protocol's own",
                                  name);
      if (strchr (name, '{') != NULL)
        return cvg_field_mistake (error, field, "has a {parameter} for a name in its query");
    }

  return broken == NULL || cvg_field_mistake (error, field, "has a query that is not made of text");
}

static gboolean
check_endpoint (const CvgProvider *provider,
                const CvgField *field,
                const char *text,
                GError **error)
{
  return check_url (provider, field, text, error) && check_query (field, text, error);
}

/** cvg_field_read_endpoint: likewise, of an endpoint that the protocol adds parameters for */
gboolean
cvg_field_read_endpoint (CvgProvider *provider,
                         const CvgField *field,
                         GKeyFile *file,
                         GError **error)
{
  return cvg_field_read_checked (provider, field, file, check_endpoint, error);
}

static gboolean
check_revocation_url (const CvgProvider *provider,
                      const CvgField *field,
                      const char *text,
                      GError **error)
{
  const char *authority;

  if (!check_url_with (provider, field, text, cvg_field_revocation_names, error))
    return FALSE;

  authority = strstr (text, "://") + strlen ("://");
  for (const char *const *name = cvg_field_revocation_names; *name != NULL; name++)
    {
      g_autofree char *braced = g_strdup_printf ("{%s}", *name);

      if (g_strstr_len (authority, (gssize) strcspn (authority, "/?#"), braced) != NULL)
        return cvg_field_mistake (error, field, "has %s in its host", braced);
    }

  return TRUE;
}

/**
 * cvg_field_read_revocation_url: likewise, where {client_id} and {token} may stand as well, but not
 * in the host: a name server has no need to know a token
 */
gboolean
cvg_field_read_revocation_url (CvgProvider *provider,
                               const CvgField *field,
                               GKeyFile *file,
                               GError **error)
{
  return cvg_field_read_checked (provider, field, file, check_revocation_url, error);
}

static gboolean
check_fixed_url (const CvgProvider *provider,
                 const CvgField *field,
                 const char *text,
                 GError **error)
{
  const char *reason;

  if (strpbrk (text, "{}") != NULL)
    return cvg_field_mistake (error, field, "must not have a {parameter}");

  reason = field->find_mistake (text);
  return reason == NULL || cvg_field_mistake (error, field, "%s", reason);
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
  return cvg_field_read_checked (provider, field, file, check_fixed_url, error);
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
