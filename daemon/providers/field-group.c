/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The groups whose keys are names that the file itself chooses: the tenant's parameters with what
 * is said of them, and what the auth data of the server has besides.
 */
#include <string.h>

#include "providers/field.h"

#define MAX_TEMPLATE 2048

/**
 * cvg_field_read_tenant_parameter: the expression of a parameter. It is taken as it stands: key
 * file escapes would ask for each backslash of a regular expression twice.
 *
 * Where it is none, the parameter is there all the same, so that the URLs with its name in them are
 * not complained about as well.
 */
gboolean
cvg_field_read_tenant_parameter (CvgProvider *provider,
                                 const CvgField *field,
                                 GKeyFile *file,
                                 GError **error)
{
  g_autofree char *pattern = g_key_file_get_value (file, field->group, field->key, NULL);
  g_autoptr (GError) regex_error = NULL;
  CvgTenantParameter *parameter;

  if (*g_strstrip (pattern) == '\0')
    return TRUE;
  if (!cvg_field_is_identifier (field->key))
    return cvg_field_mistake (error, field,
                              "must be named with ASCII letters, digits, “_” and “-”");
  if (g_strv_contains (cvg_field_revocation_names, field->key))
    return cvg_field_mistake (error, field, "is a name that stands for something else");

  parameter = cvg_tenant_parameter_new (field->key, pattern, &regex_error);
  g_ptr_array_add (provider->tenant_parameters,
                   parameter != NULL ? parameter : cvg_tenant_parameter_new (field->key, "", NULL));
  return parameter != NULL || cvg_field_mistake (error, field, "is not a regular expression");
}

/* Gives NULL for @parameter where the value is empty. */
static gboolean
get_of_parameter (CvgProvider *provider,
                  const CvgField *field,
                  GKeyFile *file,
                  CvgTenantParameter **parameter,
                  char **text,
                  GError **error)
{
  *parameter = NULL;
  if (!cvg_field_get_text (file, field, text, error))
    return FALSE;
  if (*text == NULL)
    return TRUE;

  *parameter = cvg_tenant_find (provider->tenant_parameters, field->key);
  return *parameter != NULL || cvg_field_mistake (error, field, "is no parameter of [Tenant]");
}

/** cvg_field_read_tenant_default: what a parameter is where nobody gives it */
gboolean
cvg_field_read_tenant_default (CvgProvider *provider,
                               const CvgField *field,
                               GKeyFile *file,
                               GError **error)
{
  g_autofree char *text = NULL;
  CvgTenantParameter *parameter = NULL;

  if (!get_of_parameter (provider, field, file, &parameter, &text, error))
    return FALSE;
  if (parameter == NULL)
    return TRUE;
  if (!cvg_tenant_parameter_takes (parameter, text))
    return cvg_field_mistake (error, field, "is not what [Tenant] says that it must be");

  parameter->default_value = g_steal_pointer (&text);
  return TRUE;
}

/** cvg_field_read_tenant_description: what people are told of a parameter */
gboolean
cvg_field_read_tenant_description (CvgProvider *provider,
                                   const CvgField *field,
                                   GKeyFile *file,
                                   GError **error)
{
  g_autofree char *text = NULL;
  CvgTenantParameter *parameter = NULL;

  if (!get_of_parameter (provider, field, file, &parameter, &text, error))
    return FALSE;
  if (parameter == NULL)
    return TRUE;
  if (!cvg_field_check_line (field, text, error))
    return FALSE;

  parameter->description = g_steal_pointer (&text);
  return TRUE;
}

/* Whether each brace is of the {name} of a parameter. */
static gboolean
are_names_known (const CvgProvider *provider, const char *template)
{
  for (const char *c = strpbrk (template, "{}"); c != NULL; c = strpbrk (c, "{}"))
    {
      const char *close = strchr (c, '}');
      g_autofree char *name = NULL;

      if (*c == '}' || close == NULL)
        return FALSE;
      name = g_strndup (c + 1, (size_t) (close - c - 1));
      if (cvg_tenant_find (provider->tenant_parameters, name) == NULL)
        return FALSE;
      c = close + 1;
    }

  return TRUE;
}

/** cvg_field_read_auth_data: a member of the auth data, with {names} of parameters in it */
gboolean
cvg_field_read_auth_data (CvgProvider *provider,
                          const CvgField *field,
                          GKeyFile *file,
                          GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();

  if (!cvg_field_get_text (file, field, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!cvg_field_check_member (field, field->key, error))
    return FALSE;
  if (strlen (text) > MAX_TEMPLATE)
    return cvg_field_mistake (error, field, "is longer than %d bytes", MAX_TEMPLATE);
  if (!cvg_field_is_printable (text))
    return cvg_field_mistake (error, field, "has a character that can't be printed");
  if (!are_names_known (provider, text))
    return cvg_field_mistake (error, field, "has a {parameter} that [Tenant] does not declare");

  g_strv_builder_addv (pairs, (const char **) provider->auth_data);
  g_strv_builder_add_many (pairs, field->key, text, NULL);
  g_strfreev (provider->auth_data);
  provider->auth_data = g_strv_builder_end (pairs);
  return TRUE;
}
