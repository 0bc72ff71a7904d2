/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * claviger servers: the catalogue, and how to get in to one of its servers.
 */
#include <stdio.h>
#include <unistd.h>

#include <gio/gio.h>

#include "client/commands.h"
#include "client/connection.h"
#include "client/output.h"
#include "client/provider-check.h"
#include "client/server.h"
#include "client/server-page.h"
#include "client/table.h"
#include "client/terminal.h"
#include "client/vardict.h"

/* How wide a page is that nobody reads on a terminal, and at most on one: the eye loses its line.
 */
#define PAGE_COLUMNS 80
#define MAX_PAGE_COLUMNS 100

/* A command line has room for more, but nobody writes that many. */
#define MAX_FILES 4096

static const char *
describe_client (GVariant *server)
{
  if (!cvg_server_has_kind (server, "oauth2"))
    return "";
  if (cvg_vardict_get_boolean (server, "default-client"))
    return "yes";
  return cvg_server_needs_client (server) ? "no" : "not needed";
}

static void
print_table (GVariant *servers)
{
  static const char *const headings[] = { "SERVER", "SLUG", "KIND", "CLIENT" };
  g_autoptr (CvgTable) table = cvg_table_new (headings, G_N_ELEMENTS (headings));

  /* The name does in its place: in any letter case, and with hyphens for blanks. */
  cvg_table_set_optional (table, 1);
  for (size_t i = 0; i < g_variant_n_children (servers); i++)
    {
      g_autoptr (GVariant) server = g_variant_get_child_value (servers, i);
      g_auto (GStrv) kinds = g_strsplit (cvg_vardict_get_string (server, "kind"), ";", -1);
      g_autofree char *ways_in = g_strjoinv (", ", kinds);

      cvg_table_add_row (table, (const char *[]){ cvg_vardict_get_string (server, "name"),
                                                  cvg_vardict_get_string (server, "slug"), ways_in,
                                                  describe_client (server) });
    }
  cvg_table_print (table);
}

static void
print_page (GVariant *server)
{
  unsigned int columns = cvg_terminal_get_columns (STDOUT_FILENO);
  g_autofree char *page = cvg_server_page_format (
      server, g_get_user_name (), columns > 0 ? MIN (columns, MAX_PAGE_COLUMNS) : PAGE_COLUMNS,
      cvg_terminal_has_colours (STDOUT_FILENO));

  fputs (page, stdout);
}

static gboolean check;

static const GOptionEntry entries[] = {
  { "check", 0, 0, G_OPTION_ARG_NONE, &check, "Check provider files: those named, or all", NULL },
  G_OPTION_ENTRY_NULL,
};

static gboolean
run_servers (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) found = NULL;

  if (check)
    return cvg_provider_check_run (cli, arguments, error);
  if (arguments[0] != NULL && arguments[1] != NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           "Too many arguments: without --check, servers is followed by one NAME");
      return FALSE;
    }

  if (arguments[0] != NULL)
    found = cvg_server_resolve (cli, arguments[0], error);
  else
    found = cvg_connection_list_servers (error);
  if (found == NULL)
    return FALSE;

  if (cli->json)
    cvg_output_print_json (found);
  else if (arguments[0] != NULL)
    print_page (found);
  else
    print_table (found);
  return TRUE;
}

const CvgCommand cvg_command_servers = {
  .name = "servers",
  .arguments = "[NAME] | --check [FILE…]",
  .summary = "List the servers, or tell how to get in to one",
  .description = "KIND is how one signs in; CLIENT says whether an OAuth client is set up. With\n"
                 "NAME it tells where to register an application or make a key, and the commands\n"
                 "that follow. With --check it reads provider files as the daemon would, and\n"
                 "prints a line for each mistake: FILE:LINE: [Group] Key: reason.\n\n"
                 "Examples:\n"
                 "  claviger servers confluence\n"
                 "  claviger servers --check ~/.config/claviger/providers/mine.provider",
  .entries = entries,
  .max_arguments = MAX_FILES,
  .run = run_servers,
};
