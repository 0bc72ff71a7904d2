/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * claviger set: credentials that are no OAuth. The names of the keys are arguments, their values
 * never are.
 */
#include <gio/gio.h>

#include "client/commands.h"
#include "client/connection.h"
#include "client/instance.h"
#include "client/output.h"
#include "client/prompt.h"
#include "client/server.h"

static char *user;

static const GOptionEntry entries[] = {
  { "user", 0, 0, G_OPTION_ARG_STRING, &user,
    "The first argument is a server: make an instance of this user if there is none", "U" },
  G_OPTION_ENTRY_NULL,
};

static char default_key[] = "token";

static GVariant *
read_auth_data (char **keys, GError **error)
{
  char *only[] = { default_key, NULL };

  return cvg_prompt_read_values (*keys != NULL ? keys : only, error);
}

static gboolean
set_user_auth (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) server = cvg_server_resolve (cli, arguments[0], error);
  GVariant *auth_data = NULL;
  g_autoptr (GVariant) reply = NULL;
  const char *id = NULL;

  if (server == NULL)
    return FALSE;
  auth_data = read_auth_data (arguments + 1, error);
  if (auth_data == NULL)
    return FALSE;

  reply = cvg_connection_call (
      "SetUserAuth", g_variant_new ("(ss@a{sv})", user, cli->server, auth_data), "(s)", error);
  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(&s)", &id);
  cvg_cli_set_instance (cli, id);
  return TRUE;
}

static gboolean
set_instance_auth (CvgCli *cli, char **arguments, GError **error)
{
  g_autofree char *id = cvg_instance_resolve_id (cli, arguments[0], error);
  GVariant *auth_data = NULL;
  g_autoptr (GVariant) reply = NULL;

  if (id == NULL)
    return FALSE;
  auth_data = read_auth_data (arguments + 1, error);
  if (auth_data == NULL)
    return FALSE;

  reply = cvg_connection_call ("SetInstanceAuth", g_variant_new ("(s@a{sv})", id, auth_data), "()",
                               error);
  return reply != NULL;
}

static gboolean
run_set (CvgCli *cli, char **arguments, GError **error)
{
  gboolean done = FALSE;

  if (user != NULL)
    done = set_user_auth (cli, arguments, error);
  else
    done = set_instance_auth (cli, arguments, error);
  if (!done)
    return FALSE;

  if (cli->json)
    cvg_output_print_json (g_variant_new_parsed ("{'instance-id': <%s>}", cli->instance));
  else if (user != NULL)
    cvg_output_print_line (cli->instance);
  cvg_cli_note (cli, "The credentials are stored.");
  return TRUE;
}

const CvgCommand cvg_command_set = {
  .name = "set",
  .arguments = "INSTANCE|SERVER [KEY…]",
  .summary = "Store credentials that are no OAuth, as API keys",
  .description =
      "Each KEY (“token” if none is named) gets a line of stdin, or is asked for without\n"
      "echo on a terminal. With --user the first argument is a server, and the instance\n"
      "is made if there is none; its id is printed.\n\n"
      "Examples:\n"
      "  claviger set --user alice Notion\n"
      "  pass show mail/api | claviger set resend api_key",
  .entries = entries,
  .min_arguments = 1,
  .max_arguments = 64,
  .run = run_set,
};
