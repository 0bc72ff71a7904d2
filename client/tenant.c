/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What --tenant gives, and what is asked for because nothing gives it. Whether a value is well
 * formed, and whether the server knows such a parameter, the daemon says.
 */
#include "client/tenant.h"

#include <unistd.h>

#include "client/prompt.h"
#include "client/server.h"
#include "client/vardict.h"

static gboolean
is_needed (GVariant *parameter)
{
  return *cvg_vardict_get_string (parameter, "default") == '\0';
}

static gboolean
parse_given (GVariantDict *values, char **given, GError **error)
{
  for (char **at = given; at != NULL && *at != NULL; at++)
    {
      const char *equals = strchr (*at, '=');
      g_autofree char *name = equals != NULL ? g_strndup (*at, (size_t) (equals - *at)) : NULL;

      if (name == NULL || *name == '\0')
        {
          g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                               "--tenant is followed by KEY=VALUE");
          return FALSE;
        }
      if (g_variant_dict_contains (values, name))
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "--tenant %s=… is given twice", name);
          return FALSE;
        }
      g_variant_dict_insert (values, name, "s", equals + 1);
    }
  return TRUE;
}

/* Returns: (transfer full) (nullable): what the person types for @parameter */
static char *
ask (GVariant *server, GVariant *parameter, GError **error)
{
  const char *server_name = cvg_vardict_get_string (server, "name");
  const char *name = cvg_vardict_get_string (parameter, "name");
  const char *description = cvg_vardict_get_string (parameter, "description");
  g_autofree char *explained =
      *description != '\0' ? g_strdup_printf (" (%s)", description) : g_strdup ("");
  g_autofree char *question = NULL;

  if (!isatty (STDIN_FILENO))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s needs --tenant %s=VALUE%s",
                   server_name, name, explained);
      return NULL;
    }

  question = g_strdup_printf ("%s of %s%s", name, server_name, explained);
  return cvg_prompt_read_text (question, error);
}

/**
 * cvg_tenant_is_needed:
 * @server: a server of ListServers
 *
 * Returns: whether an instance of it can't be made without a value for a tenant parameter
 */
gboolean
cvg_tenant_is_needed (GVariant *server)
{
  g_autoptr (GVariant) parameters = cvg_server_get_tenant_parameters (server);

  for (size_t i = 0; i < g_variant_n_children (parameters); i++)
    {
      g_autoptr (GVariant) parameter = g_variant_get_child_value (parameters, i);

      if (is_needed (parameter))
        return TRUE;
    }
  return FALSE;
}

/**
 * cvg_tenant_read:
 * @server: a server of ListServers
 * @given: (nullable): the values of --tenant, KEY=VALUE each
 * @error: return location: wrong usage, or Cancelled
 *
 * Asks on a terminal for what the server needs and nobody gave.
 *
 * Returns: (transfer full) (nullable): the option of CreateInstance, a{ss}
 */
GVariant *
cvg_tenant_read (GVariant *server, char **given, GError **error)
{
  g_auto (GVariantDict) values = G_VARIANT_DICT_INIT (NULL);
  g_auto (GVariantBuilder) tenant = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));
  g_autoptr (GVariant) parameters = cvg_server_get_tenant_parameters (server);
  g_autoptr (GVariant) all = NULL;
  GVariantIter iter = { 0 };
  const char *name = NULL;
  GVariant *value = NULL;

  if (!parse_given (&values, given, error))
    return NULL;

  for (size_t i = 0; i < g_variant_n_children (parameters); i++)
    {
      g_autoptr (GVariant) parameter = g_variant_get_child_value (parameters, i);
      g_autofree char *typed = NULL;

      name = cvg_vardict_get_string (parameter, "name");
      if (!is_needed (parameter) || g_variant_dict_contains (&values, name))
        continue;

      typed = ask (server, parameter, error);
      if (typed == NULL)
        return NULL;
      g_variant_dict_insert (&values, name, "s", typed);
    }

  all = g_variant_ref_sink (g_variant_dict_end (&values));
  g_variant_iter_init (&iter, all);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    g_variant_builder_add (&tenant, "{ss}", name, g_variant_get_string (value, NULL));
  return g_variant_ref_sink (g_variant_builder_end (&tenant));
}
