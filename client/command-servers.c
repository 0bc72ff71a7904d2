/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * claviger servers: the catalogue.
 */
#include <gio/gio.h>

#include "client/commands.h"
#include "client/connection.h"
#include "client/output.h"
#include "client/server.h"
#include "client/table.h"
#include "client/vardict.h"

static void
print_table (GVariant *servers)
{
  static const char *const headings[] = { "SERVER", "SLUG", "KIND", "CLIENT" };
  g_autoptr (CvgTable) table = cvg_table_new (headings, G_N_ELEMENTS (headings));

  for (size_t i = 0; i < g_variant_n_children (servers); i++)
    {
      g_autoptr (GVariant) server = g_variant_get_child_value (servers, i);
      const char *client = "";

      if (cvg_server_has_kind (server, "oauth2"))
        client = cvg_vardict_get_boolean (server, "default-client") ? "yes" : "no";

      cvg_table_add_row (table,
                         (const char *[]){ cvg_vardict_get_string (server, "name"),
                                           cvg_vardict_get_string (server, "slug"),
                                           cvg_vardict_get_string (server, "kind"), client });
    }
  cvg_table_print (table);
}

static gboolean
run_servers (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) found = NULL;

  if (arguments[0] != NULL)
    found = cvg_server_resolve (cli, arguments[0], error);
  else
    found = cvg_connection_list_servers (error);
  if (found == NULL)
    return FALSE;

  if (cli->json)
    cvg_output_print_json (found);
  else if (arguments[0] != NULL)
    cvg_output_print_pairs (found);
  else
    print_table (found);
  return TRUE;
}

const CvgCommand cvg_command_servers = {
  .name = "servers",
  .arguments = "[NAME]",
  .summary = "List the servers of the catalogue, or show one",
  .description = "KIND is how one signs in; CLIENT says whether an OAuth client is set up.\n\n"
                 "Example:\n"
                 "  claviger servers confluence",
  .max_arguments = 1,
  .run = run_servers,
};
