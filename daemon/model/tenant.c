/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values of tenants are what somebody gives, be it a person or a program that makes an instance;
 * codes, tokens and secrets go where they lead. A provider file says which values there are, and
 * whatever it says, a value stays in the place that the file has for it.
 */
#include "model/tenant.h"

#include <string.h>

#include "dbus/error.h"

/* A DNS name is at most 253 bytes, an identifier in a path hardly longer. */
#define MAX_TENANT_VALUE 255

/**
 * cvg_tenant_parameter_new:
 * @name: what stands between the braces
 * @pattern: the regular expression of its values
 *
 * Returns: (transfer full): the parameter; fails with %G_REGEX_ERROR if @pattern is none
 */
CvgTenantParameter *
cvg_tenant_parameter_new (const char *name, const char *pattern, GError **error)
{
  g_autofree char *whole = g_strdup_printf ("\\A(?:%s)\\z", pattern);
  g_autoptr (GRegex) alone = NULL;
  g_autoptr (GRegex) regex = NULL;
  CvgTenantParameter *parameter;

  /* Alone as well: "a)|(?:b" is no expression, but would be one inside the group. */
  alone = g_regex_new (pattern, 0, 0, error);
  if (alone == NULL)
    return NULL;
  regex = g_regex_new (whole, 0, 0, error);
  if (regex == NULL)
    return NULL;

  parameter = g_new0 (CvgTenantParameter, 1);
  parameter->name = g_strdup (name);
  parameter->regex = g_steal_pointer (&regex);
  parameter->pattern = g_strdup (pattern);
  return parameter;
}

/** cvg_tenant_parameter_free: frees it */
void
cvg_tenant_parameter_free (CvgTenantParameter *parameter)
{
  g_free (parameter->name);
  g_regex_unref (parameter->regex);
  g_free (parameter->pattern);
  g_free (parameter->default_value);
  g_free (parameter->description);
  g_free (parameter);
}

static gboolean
has_control_character (const char *value)
{
  for (const char *c = value; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      return TRUE;

  return FALSE;
}

/**
 * cvg_tenant_parameter_takes:
 *
 * Whatever the file says, it is one line of text, and not the name of this or the upper folder,
 * which would take away a part of a path.
 *
 * Returns: whether @value is one of @parameter
 */
gboolean
cvg_tenant_parameter_takes (const CvgTenantParameter *parameter, const char *value)
{
  return *value != '\0' && strlen (value) <= MAX_TENANT_VALUE && !has_control_character (value) &&
         !g_str_equal (value, ".") && !g_str_equal (value, "..") &&
         g_regex_match (parameter->regex, value, 0, NULL);
}

/* @end: (out): what is behind the {name} that @template begins with; %NULL: it begins with none.
 * Returns: (nullable): its value */
static const char *
find_value (const char *template, GVariant *tenant, const char **end)
{
  const char *close = *template == '{' ? strchr (template, '}') : NULL;
  g_autofree char *name = close != NULL ? g_strndup (template + 1, close - template - 1) : NULL;
  const char *value = NULL;

  *end = close != NULL ? close + 1 : NULL;
  if (name != NULL && tenant != NULL)
    g_variant_lookup (tenant, name, "&s", &value);
  return value;
}

/* In a host nothing can be escaped: who decodes it sees what was in the value. */
static gboolean
is_fit_for_host (const char *value)
{
  for (; *value != '\0'; value++)
    if (!g_ascii_isalnum (*value) && strchr ("-._", *value) == NULL)
      return FALSE;

  return TRUE;
}

/* @host_end: up to which values stand in a host.
 * Returns whether each {name} of @template has a value; one without stays as it is. */
static gboolean
fill (GString *filled,
      const char *template,
      const char *host_end,
      GVariant *tenant,
      gboolean escape)
{
  gboolean complete = TRUE;

  while (*template != '\0')
    {
      const char *end = NULL;
      const char *value = find_value (template, tenant, &end);

      if (value == NULL || (template <host_end && !is_fit_for_host (value)))
        {
          complete = complete && end == NULL;
          g_string_append_c (filled, *template ++);
          continue;
        }
      if (escape)
        g_string_append_uri_escaped (filled, value, NULL, FALSE);
      else
        g_string_append (filled, value);
      template = end;
    }

  return complete;
}

/* Where the path of @url begins, or what else is behind its host. */
static const char *
find_host_end (const char *url)
{
  const char *host = strstr (url, "://");

  host = host != NULL ? host + strlen ("://") : url;
  return host + strcspn (host, "/?#");
}

/**
 * cvg_tenant_expand_url:
 * @url: a URL of a provider, with {names} in it
 * @tenant: (nullable): a{ss}: the values of an instance
 *
 * What has no value stays as it is, so that the request fails at name resolution rather than
 * reach another tenant; and so does, in the host, what has one that no host name can have in it.
 *
 * Returns: (transfer full): @url with percent-escaped values, which hence can't leave the place
 *   that the file gives them: no "/", "@", ":", "?" or "#" comes from a value
 */
char *
cvg_tenant_expand_url (const char *url, GVariant *tenant)
{
  g_autoptr (GString) expanded = g_string_new (NULL);

  fill (expanded, url, find_host_end (url), tenant, TRUE);
  return g_string_free (g_steal_pointer (&expanded), FALSE);
}

/**
 * cvg_tenant_fill_text:
 * @text: a text of a provider, with {names} in it
 * @tenant: (nullable): a{ss}: the values of an instance
 *
 * Returns: (transfer full) (nullable): @text with the values as they are; %NULL: one has none
 */
char *
cvg_tenant_fill_text (const char *text, GVariant *tenant)
{
  g_autoptr (GString) filled = g_string_new (NULL);

  if (!fill (filled, text, text, tenant, FALSE))
    return NULL;

  return g_string_free (g_steal_pointer (&filled), FALSE);
}

/**
 * cvg_tenant_find:
 * @parameters: (element-type CvgTenantParameter)
 *
 * Returns: (transfer none) (nullable): that of @parameters which is called @name
 */
CvgTenantParameter *
cvg_tenant_find (GPtrArray *parameters, const char *name)
{
  for (guint i = 0; i < parameters->len; i++)
    {
      CvgTenantParameter *parameter = g_ptr_array_index (parameters, i);

      if (g_str_equal (parameter->name, name))
        return parameter;
    }

  return NULL;
}

static gboolean
check_value (const CvgTenantParameter *parameter,
             const char *server_name,
             const char *name,
             const char *value,
             GError **error)
{
  if (parameter == NULL)
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT, "%s has no tenant parameter “%s”",
                   server_name, name);
      return FALSE;
    }

  if (!cvg_tenant_parameter_takes (parameter, value))
    {
      g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                   "The tenant parameter “%s” of %s is malformed", name, server_name);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_values (GPtrArray *parameters, const char *server_name, GVariant *tenant, GError **error)
{
  GVariantIter iter;
  const char *name;
  const char *value;

  g_variant_iter_init (&iter, tenant);
  while (g_variant_iter_next (&iter, "{&s&s}", &name, &value))
    if (!check_value (cvg_tenant_find (parameters, name), server_name, name, value, error))
      return FALSE;

  return TRUE;
}

static gboolean
has_value (GVariant *tenant, const char *name)
{
  return tenant != NULL && g_variant_lookup (tenant, name, "&s", NULL);
}

/**
 * cvg_tenant_check:
 * @parameters: (element-type CvgTenantParameter): of a server
 * @server_name: its name, for people
 * @tenant: (nullable): a{ss}: the values that somebody gave for an instance
 *
 * Returns: whether @tenant has a well-formed value for each of @parameters that has no default, and
 *   of no other names; fails with %CVG_ERROR_INVALID_ARGUMENT, naming the parameter but not its
 *   value
 */
gboolean
cvg_tenant_check (GPtrArray *parameters, const char *server_name, GVariant *tenant, GError **error)
{
  if (tenant != NULL && !check_values (parameters, server_name, tenant, error))
    return FALSE;

  for (guint i = 0; i < parameters->len; i++)
    {
      const CvgTenantParameter *parameter = g_ptr_array_index (parameters, i);

      if (parameter->default_value == NULL && !has_value (tenant, parameter->name))
        {
          g_set_error (error, CVG_ERROR, CVG_ERROR_INVALID_ARGUMENT,
                       "%s needs the tenant parameter “%s”", server_name, parameter->name);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * cvg_tenant_complete:
 * @parameters: (element-type CvgTenantParameter): of a server
 * @tenant: (nullable): a{ss}: the values that somebody gave for an instance
 *
 * Returns: (transfer full) (nullable): @tenant, with the defaults of the parameters that it does
 *   not have; %NULL: there are no values at all
 */
GVariant *
cvg_tenant_complete (GPtrArray *parameters, GVariant *tenant)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
  g_autoptr (GVariant) complete = NULL;

  if (tenant != NULL)
    {
      GVariantIter iter;
      const char *name;
      const char *value;

      g_variant_iter_init (&iter, tenant);
      while (g_variant_iter_next (&iter, "{&s&s}", &name, &value))
        g_variant_builder_add (&builder, "{ss}", name, value);
    }

  for (guint i = 0; i < parameters->len; i++)
    {
      const CvgTenantParameter *parameter = g_ptr_array_index (parameters, i);

      if (parameter->default_value != NULL && !has_value (tenant, parameter->name))
        g_variant_builder_add (&builder, "{ss}", parameter->name, parameter->default_value);
    }

  complete = g_variant_ref_sink (g_variant_builder_end (&builder));
  return g_variant_n_children (complete) > 0 ? g_steal_pointer (&complete) : NULL;
}
