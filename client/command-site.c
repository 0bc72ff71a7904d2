/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * claviger site: which site (workspace, tenant) of a grant is meant. A grant can cover several, as
 * Atlassian's do; programs are then told the one that was chosen here.
 */
#include <gio/gio.h>

#include "client/commands.h"
#include "client/connection.h"
#include "client/instance.h"
#include "client/output.h"
#include "client/site.h"
#include "client/table.h"
#include "client/vardict.h"

static void
print_json (GVariant *sites, const char *selected)
{
  g_auto (GVariantBuilder) answer = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (size_t i = 0; i < g_variant_n_children (sites); i++)
    {
      g_autoptr (GVariant) site = g_variant_get_child_value (sites, i);
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (site);
      gboolean in_use = g_str_equal (cvg_vardict_get_string (site, "id"), selected);

      g_variant_dict_insert (&dict, "selected", "b", in_use);
      g_variant_builder_add_value (&answer, g_variant_dict_end (&dict));
    }
  cvg_output_print_json (g_variant_builder_end (&answer));
}

static void
print_table (GVariant *sites, const char *selected)
{
  static const char *const headings[] = { "IN USE", "SITE", "URL", "ID" };
  g_autoptr (CvgTable) table = cvg_table_new (headings, G_N_ELEMENTS (headings));

  for (size_t i = 0; i < g_variant_n_children (sites); i++)
    {
      g_autoptr (GVariant) site = g_variant_get_child_value (sites, i);
      const char *id = cvg_vardict_get_string (site, "id");

      cvg_table_add_row (table, (const char *[]){ g_str_equal (id, selected) ? "*" : "",
                                                  cvg_vardict_get_string (site, "name"),
                                                  cvg_vardict_get_string (site, "url"), id });
    }
  cvg_table_print (table);
}

static gboolean
choose (CvgCli *cli, GVariant *sites, const char *id, const char *text, GError **error)
{
  g_autoptr (GVariant) site = cvg_site_find (sites, text, error);
  g_autoptr (GVariant) reply = NULL;

  if (site == NULL)
    {
      cli->advice = g_strdup_printf ("The sites that there are: claviger site %s", id);
      return FALSE;
    }

  reply = cvg_connection_call ("SelectResource",
                               g_variant_new ("(ss)", id, cvg_vardict_get_string (site, "id")),
                               "()", error);
  if (reply == NULL)
    return FALSE;

  cvg_cli_note (cli, "The site in use is %s, %s.", cvg_vardict_get_string (site, "name"),
                cvg_vardict_get_string (site, "url"));
  return TRUE;
}

static gboolean
run_site (CvgCli *cli, char **arguments, GError **error)
{
  g_autofree char *id = cvg_instance_resolve_id (cli, arguments[0], error);
  g_autofree char *selected = NULL;
  g_autoptr (GVariant) sites = NULL;

  if (id == NULL)
    return FALSE;
  sites = cvg_site_list (id, &selected, error);
  if (sites == NULL)
    {
      if (g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        cli->advice = g_strdup_printf ("Sign in with: claviger login --instance %s", id);
      return FALSE;
    }

  if (arguments[1] != NULL)
    return choose (cli, sites, id, arguments[1], error);

  if (cli->json)
    print_json (sites, selected);
  else if (g_variant_n_children (sites) == 0)
    cvg_cli_note (cli, "The grant covers no site.");
  else
    print_table (sites, selected);
  return TRUE;
}

const CvgCommand cvg_command_site = {
  .name = "site",
  .arguments = "INSTANCE [SITE]",
  .summary = "List the sites of a grant, or choose the one in use",
  .description = "SITE is the id, the name, the URL or the host of a site (workspace, tenant).\n\n"
                 "Example:\n"
                 "  claviger site confluence example.atlassian.net",
  .min_arguments = 1,
  .max_arguments = 2,
  .run = run_site,
};
