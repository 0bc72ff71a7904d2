/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * claviger logout, claviger remove: both tell the server too; what it could not be told now the
 * daemon tells it later.
 */
#include <gio/gio.h>

#include "client/commands.h"
#include "client/connection.h"
#include "client/instance.h"
#include "client/output.h"
#include "client/server.h"
#include "client/vardict.h"

static gboolean no_revoke;

static const GOptionEntry entries[] = {
  { "no-revoke", 0, 0, G_OPTION_ARG_NONE, &no_revoke, "Do not tell the server", NULL },
  G_OPTION_ENTRY_NULL,
};

/* A grant is made with a client; a key, which can be there for a server that has sign-ins as well,
 * is without. */
static gboolean
is_of_grant (GVariant *server, GVariant *instance)
{
  return *cvg_vardict_get_string (instance, "client-id") != '\0' ||
         (cvg_server_has_kind (server, "oauth2") && !cvg_server_takes_keys (server));
}

/* Nothing here can end what the server does not end: its own pages can. */
static void
advise_page (const CvgCli *cli, GVariant *instance)
{
  g_autoptr (GVariant) server = cvg_server_look_up (cli->server);
  gboolean is_grant = is_of_grant (server, instance);
  const char *page = cvg_vardict_get_string (server, is_grant ? "manage-url" : "key-url");
  const char *documentation = cvg_vardict_get_string (server, "documentation");

  if (*page != '\0')
    cvg_cli_note (cli, "To be sure, end %s at %s", is_grant ? "the access" : "the key", page);
  else
    cvg_cli_note (cli, "To be sure, end %s on its page of %s.", is_grant ? "the access" : "the key",
                  is_grant ? "connected apps" : "API keys");
  if (*page == '\0' && *documentation != '\0')
    cvg_cli_note (cli, "Its documentation: %s", documentation);
}

/* @instance: as it was before */
static void
explain_unconfirmed (const CvgCli *cli, GVariant *instance)
{
  if (cvg_vardict_get_boolean (instance, "revocable"))
    cvg_cli_note (cli,
                  "%s has not confirmed yet that the credentials are dead. If it could not be "
                  "reached, it is told as soon as it can be.",
                  cli->server);
  else
    cvg_cli_note (cli, "%s can't be told that the credentials are void, and may still take them.",
                  cli->server);
  advise_page (cli, instance);
}

/* @idle: what to say of an instance that was not signed in */
static gboolean
call_delete (CvgCli *cli,
             const char *method,
             const char *done,
             const char *idle,
             const char *text,
             GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) instance = cvg_instance_resolve (cli, text, error);
  g_autoptr (GVariant) reply = NULL;
  gboolean revoked = FALSE;

  if (instance == NULL)
    return FALSE;

  if (no_revoke)
    g_variant_dict_insert (&options, "revoke", "b", FALSE);
  reply = cvg_connection_call (
      method, g_variant_new ("(s@a{sv})", cli->instance, g_variant_dict_end (&options)), "(b)",
      error);
  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(b)", &revoked);
  if (cli->json)
    cvg_output_print_json (
        g_variant_new_parsed ("{'instance-id': <%s>, 'revoked': <%b>}", cli->instance, revoked));
  else if (g_str_equal (cvg_vardict_get_string (instance, "status"), "signed-out"))
    cvg_cli_note (cli, "%s", idle);
  else if (revoked)
    cvg_cli_note (cli, "%s, and the server has confirmed that the credentials are dead.", done);
  else if (no_revoke)
    cvg_cli_note (cli, "%s. %s was not told, and still takes the credentials.", done, cli->server);
  else
    {
      cvg_cli_note (cli, "%s.", done);
      explain_unconfirmed (cli, instance);
    }
  return TRUE;
}

static gboolean
run_logout (CvgCli *cli, char **arguments, GError **error)
{
  return call_delete (cli, "DeleteInstanceAuth", "Signed out", "It was not signed in.",
                      arguments[0], error);
}

static gboolean
run_remove (CvgCli *cli, char **arguments, GError **error)
{
  return call_delete (cli, "DeleteInstance", "Removed", "Removed. It was not signed in.",
                      arguments[0], error);
}

const CvgCommand cvg_command_logout = {
  .name = "logout",
  .arguments = "INSTANCE",
  .summary = "Sign an instance out and keep the instance",
  .description = "Deletes the credentials and tells the server to revoke them.\n\n"
                 "Example:\n"
                 "  claviger logout confluence",
  .entries = entries,
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_logout,
};

const CvgCommand cvg_command_remove = {
  .name = "remove",
  .arguments = "INSTANCE",
  .summary = "Sign an instance out and forget it",
  .description =
      "Deletes the credentials and the instance, and tells the server to revoke them.\n\n"
      "Example:\n"
      "  claviger remove 3f2504e0",
  .entries = entries,
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_remove,
};
