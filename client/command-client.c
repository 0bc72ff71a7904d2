/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * claviger client add, list, remove: OAuth clients. A secret goes in and never comes out, and no
 * secret is lost by saying nothing.
 */
#include <gio/gio.h>

#include "client/commands.h"
#include "client/connection.h"
#include "client/output.h"
#include "client/prompt.h"
#include "client/server.h"
#include "client/table.h"
#include "client/vardict.h"
#include "dbus/error.h"
#include "dbus/shell-word.h"

static char *redirect_uri;
static gboolean make_default;

static const GOptionEntry add_entries[] = {
  { "redirect-uri", 0, 0, G_OPTION_ARG_STRING, &redirect_uri,
    "Redirect URI, as registered with the provider", "U" },
  { "default", 0, 0, G_OPTION_ARG_NONE, &make_default, "Use it unless another one is named", NULL },
  G_OPTION_ENTRY_NULL,
};

static GVariant *
list_clients (const char *server_name, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  reply =
      cvg_connection_call ("ListClients", g_variant_new ("(s)", server_name), "(aa{sv})", error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/* Returns: (transfer full) (nullable): the client as ListClients gives it */
static GVariant *
find_client (GVariant *clients, const char *client_id)
{
  for (size_t i = 0; i < g_variant_n_children (clients); i++)
    {
      g_autoptr (GVariant) client = g_variant_get_child_value (clients, i);

      if (g_str_equal (cvg_vardict_get_string (client, "client-id"), client_id))
        return g_steal_pointer (&client);
    }
  return NULL;
}

/* The provider must know the very same redirect URI, or the first sign-in ends on an error page. */
static void
note_redirect_uri (const CvgCli *cli, const char *client_id)
{
  g_autoptr (GVariant) clients = list_clients (cli->server, NULL);
  g_autoptr (GVariant) client = clients != NULL ? find_client (clients, client_id) : NULL;
  const char *uri = client != NULL ? cvg_vardict_get_string (client, "redirect-uri") : "";

  if (*uri != '\0')
    cvg_cli_note (cli, "The redirect URI to register with the provider is %s", uri);
}

/* Who adds a client again, to make it the default say, need not have its secret at hand: an empty
 * one is then none to store. @known: (nullable): the client as it is. */
static gboolean
take_secret (const CvgCli *cli, GVariant *known, GVariantDict *options, GError **error)
{
  gboolean has_secret = known != NULL && cvg_vardict_get_boolean (known, "has-secret");
  char *secret = cvg_prompt_read_secret (has_secret ? "Client secret (empty keeps the one it has)" :
                                                      "Client secret (empty if it has none)",
                                         FALSE, error);

  if (secret == NULL)
    return FALSE;

  if (*secret != '\0' || known == NULL)
    g_variant_dict_insert (options, "client-secret", "s", secret);
  if (*secret == '\0' && has_secret)
    cvg_cli_note (cli, "The secret stays as it was.");
  else if (*secret == '\0')
    cvg_cli_note (cli, "There is no secret: it is a public client.");

  cvg_prompt_free_secret (secret);
  return TRUE;
}

/* Said before a secret is asked for. @known: (nullable): the client as it is. */
static gboolean
check_server (CvgCli *cli, GVariant *server, GVariant *known, GError **error)
{
  if (!cvg_server_has_kind (server, "oauth2"))
    {
      g_autofree char *name = cvg_shell_word (cli->server);

      cli->advice = g_strdup_printf ("How to get in: claviger servers %s", name);
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%s has no OAuth, and so no clients", cli->server);
      return FALSE;
    }

  if (redirect_uri == NULL && cvg_server_wants_redirect_uri (server) &&
      (known == NULL || *cvg_vardict_get_string (known, "redirect-uri") == '\0'))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%s has no redirect URI that fits everybody: give the one that you registered "
                   "with the provider, --redirect-uri=URI",
                   cli->server);
      return FALSE;
    }
  return TRUE;
}

static gboolean
run_add (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) server = cvg_server_resolve (cli, arguments[0], error);
  g_autoptr (GVariant) clients = server != NULL ? list_clients (cli->server, error) : NULL;
  g_autoptr (GVariant) known = clients != NULL ? find_client (clients, arguments[1]) : NULL;
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) reply = NULL;

  if (clients == NULL || !check_server (cli, server, known, error) ||
      !take_secret (cli, known, &options, error))
    return FALSE;

  if (redirect_uri != NULL)
    g_variant_dict_insert (&options, "redirect-uri", "s", redirect_uri);
  if (make_default)
    g_variant_dict_insert (&options, "default", "b", TRUE);

  reply = cvg_connection_call (
      "SetClient",
      g_variant_new ("(ss@a{sv})", cli->server, arguments[1], g_variant_dict_end (&options)), "()",
      error);
  if (reply == NULL)
    return FALSE;

  cvg_cli_note (cli, "The client is stored.");
  if (!cli->quiet)
    note_redirect_uri (cli, arguments[1]);
  return TRUE;
}

/* Whose it is, where it is not one that the person added. */
static const char *
describe_origin (GVariant *client)
{
  if (cvg_vardict_get_boolean (client, "system"))
    return "this machine";
  return cvg_vardict_get_boolean (client, "registered") ? "registered" : "";
}

static void
print_table (GVariant *clients)
{
  static const char *const headings[] = { "SERVER", "CLIENT", "DEFAULT",     "SECRET",
                                          "FROM",   "LABEL",  "REDIRECT URI" };
  g_autoptr (CvgTable) table = cvg_table_new (headings, G_N_ELEMENTS (headings));

  for (size_t i = 0; i < g_variant_n_children (clients); i++)
    {
      g_autoptr (GVariant) client = g_variant_get_child_value (clients, i);

      cvg_table_add_row (table, (const char *[]){
                                    cvg_vardict_get_string (client, "server-name"),
                                    cvg_vardict_get_string (client, "client-id"),
                                    cvg_vardict_get_boolean (client, "default") ? "yes" : "no",
                                    cvg_vardict_get_boolean (client, "has-secret") ? "yes" : "no",
                                    describe_origin (client),
                                    cvg_vardict_get_string (client, "label"),
                                    cvg_vardict_get_string (client, "redirect-uri"),
                                });
    }
  cvg_table_print (table);
}

static gboolean
run_list (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) server = NULL;
  g_autoptr (GVariant) clients = NULL;

  if (arguments[0] != NULL && (server = cvg_server_resolve (cli, arguments[0], error)) == NULL)
    return FALSE;
  clients = list_clients (server != NULL ? cli->server : "", error);
  if (clients == NULL)
    return FALSE;

  if (cli->json)
    cvg_output_print_json (clients);
  else if (g_variant_n_children (clients) == 0)
    cvg_cli_note (cli,
                  "There is no client yet; add one with: claviger client add SERVER CLIENT_ID");
  else
    print_table (clients);
  return TRUE;
}

static gboolean
run_remove (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) server = cvg_server_resolve (cli, arguments[0], error);
  g_autoptr (GVariant) reply = NULL;

  if (server == NULL)
    return FALSE;

  reply = cvg_connection_call ("DeleteClient", g_variant_new ("(ss)", cli->server, arguments[1]),
                               "()", error);
  if (reply == NULL)
    {
      if (g_error_matches (*error, CVG_ERROR, CVG_ERROR_NOT_FOUND))
        cli->advice = g_strdup ("The clients that there are: claviger client list");
      if (g_error_matches (*error, CVG_ERROR, CVG_ERROR_FAILED))
        cli->advice = g_strdup ("To sign an instance in with another client: claviger login "
                                "--instance INSTANCE --client-id CLIENT_ID");
      return FALSE;
    }

  cvg_cli_note (cli, "The client is forgotten.");
  return TRUE;
}

const CvgCommand cvg_command_client_add = {
  .name = "client add",
  .arguments = "SERVER CLIENT_ID",
  .summary = "Add an OAuth client for a server",
  .description = "The client secret is read from stdin, or asked for without echo. An empty one\n"
                 "makes a public client; one that is known already keeps the secret it has. Where\n"
                 "to register one, and with which redirect URI: claviger servers NAME.\n\n"
                 "Example:\n"
                 "  claviger client add Confluence Zq8PbXlmV0kD",
  .entries = add_entries,
  .min_arguments = 2,
  .max_arguments = 2,
  .run = run_add,
};

const CvgCommand cvg_command_client_list = {
  .name = "client list",
  .arguments = "[SERVER]",
  .summary = "List the OAuth clients",
  .description =
      "FROM says whose a client is that you have not added: this machine's, or one that\n"
      "Claviger has registered by itself. Nothing secret is printed.\n\n"
      "Example:\n"
      "  claviger client list confluence",
  .max_arguments = 1,
  .run = run_list,
};

const CvgCommand cvg_command_client_remove = {
  .name = "client remove",
  .arguments = "SERVER CLIENT_ID",
  .summary = "Forget an OAuth client and its secret",
  .description = "One that instances are signed in with stays, since they could not be refreshed\n"
                 "without it; the error names them.\n\n"
                 "Example:\n"
                 "  claviger client remove Confluence Zq8PbXlmV0kD",
  .min_arguments = 2,
  .max_arguments = 2,
  .run = run_remove,
};
