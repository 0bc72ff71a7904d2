/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * claviger list, claviger show: the instances.
 */
#include <gio/gio.h>

#include "client/commands.h"
#include "client/connection.h"
#include "client/instance.h"
#include "client/output.h"
#include "client/table.h"
#include "client/vardict.h"

static void
print_table (GVariant *instances)
{
  static const char *const headings[] = { "INSTANCE", "SERVER",  "USER", "LABEL",
                                          "STATUS",   "ACCOUNT", "SITE", "EXPIRES" };
  g_autoptr (CvgTable) table = cvg_table_new (headings, G_N_ELEMENTS (headings));

  for (size_t i = 0; i < g_variant_n_children (instances); i++)
    {
      g_autoptr (GVariant) instance = g_variant_get_child_value (instances, i);
      const char *id = cvg_vardict_get_string (instance, "instance-id");
      g_autofree char *short_id = cvg_instance_abbreviate (instances, id);
      g_autofree char *expires =
          cvg_output_format_time (cvg_vardict_get_int64 (instance, "expires-at"));
      const char *cells[] = {
        short_id,
        cvg_vardict_get_string (instance, "server-name"),
        cvg_vardict_get_string (instance, "user-id"),
        cvg_vardict_get_string (instance, "label"),
        cvg_vardict_get_string (instance, "status"),
        cvg_vardict_get_string (instance, "account"),
        cvg_vardict_get_string (instance, "site"),
        expires,
      };

      G_STATIC_ASSERT (G_N_ELEMENTS (cells) == G_N_ELEMENTS (headings));
      cvg_table_add_row (table, cells);
    }
  cvg_table_print (table);
}

static gboolean
run_list (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) instances = cvg_connection_list_instances (NULL, NULL, error);

  if (instances == NULL)
    return FALSE;

  if (cli->json)
    cvg_output_print_json (instances);
  else if (g_variant_n_children (instances) == 0)
    cvg_cli_note (cli, "There is no instance yet; make one with: claviger login SERVER");
  else
    print_table (instances);
  return TRUE;
}

static gboolean
run_show (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) instance = cvg_instance_resolve (cli, arguments[0], error);

  if (instance == NULL)
    return FALSE;

  if (cli->json)
    cvg_output_print_json (instance);
  else
    cvg_output_print_pairs (instance);
  return TRUE;
}

const CvgCommand cvg_command_list = {
  .name = "list",
  .arguments = "",
  .summary = "List the instances",
  .description = "An instance is one connection of one user to one server. Nothing secret is "
                 "printed.\n\n"
                 "Example:\n"
                 "  claviger --json list | jq -r '.[].\"instance-id\"'",
  .max_arguments = 0,
  .run = run_list,
};

const CvgCommand cvg_command_show = {
  .name = "show",
  .arguments = "INSTANCE",
  .summary = "Show all about an instance",
  .description = "Its server, user, status, account, scopes, when it was refreshed and when it\n"
                 "will be, and what went wrong last. Nothing secret is printed.\n\n"
                 "Example:\n"
                 "  claviger show confluence",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_show,
};
