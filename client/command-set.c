/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * claviger set: credentials that are no OAuth. The names of the keys are arguments, or those that
 * the server needs; their values never are.
 */
#include <gio/gio.h>

#include "client/commands.h"
#include "client/connection.h"
#include "client/instance.h"
#include "client/new-instance.h"
#include "client/output.h"
#include "client/prompt.h"
#include "client/server.h"
#include "client/shell-command.h"
#include "client/tenant.h"
#include "client/vardict.h"

static char *user;
static char **tenants;

static const GOptionEntry entries[] = {
  { "user", 0, 0, G_OPTION_ARG_STRING, &user, "Whose instance it is; made if there is none", "U" },
  { "tenant", 0, 0, G_OPTION_ARG_STRING_ARRAY, &tenants,
    "Tenant parameter of the server; repeatable", "K=V" },
  G_OPTION_ENTRY_NULL,
};

static gboolean
check_key (const char *key, GError **error)
{
  if (*key == '\0')
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "A KEY is empty; without any it is those that the server needs");
      return FALSE;
    }

  if (strchr (key, '=') != NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "A KEY is a name alone; its value is read from stdin, since every "
                           "program of the machine can read the arguments");
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_arguments (char **keys, GError **error)
{
  if (tenants != NULL && user == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--tenant is of new instances, which --user makes");
      return FALSE;
    }

  for (char **key = keys; *key != NULL; key++)
    if (!check_key (*key, error))
      return FALSE;
  return TRUE;
}

/* What can be stored for a server of another kind can be stored here too; only it helps nobody. */
static gboolean
check_kind (CvgCli *cli, GVariant *server, GError **error)
{
  if (cvg_server_has_kind (server, "none"))
    {
      cli->advice = g_strdup ("There is nothing to do: programs use it as it is.");
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s needs no key", cli->server);
      return FALSE;
    }

  if (cvg_server_has_kind (server, "oauth2") && !cvg_server_takes_keys (server))
    {
      g_autofree char *command = cvg_shell_command_login (server, user);

      cvg_cli_note (cli, "The usual way in to %s is a sign-in: %s", cli->server, command);
    }
  return TRUE;
}

/* What is asked for when no KEY says so: what programs look for. */
static char **
choose_keys (GVariant *server)
{
  static const char *const tokens[] = { "access_token", NULL };

  if (cvg_server_has_kind (server, "oauth2") && !cvg_server_takes_keys (server))
    return g_strdupv ((char **) tokens);
  return cvg_server_dup_key_fields (server);
}

/* Returns: (transfer full) (nullable): keys and values, a{sv} */
static GVariant *
read_auth_data (CvgCli *cli, GVariant *server, char **keys, GError **error)
{
  g_auto (GStrv) chosen = *keys != NULL ? g_strdupv (keys) : choose_keys (server);
  const char *url = cvg_vardict_get_string (server, "key-url");
  g_autofree char *whence = *url != '\0' ? g_strdup_printf (" for %s (from %s)", cli->server, url) :
                                           g_strdup_printf (" for %s", cli->server);
  GVariant *auth_data = cvg_prompt_read_values (chosen, whence, error);

  return auth_data != NULL ? g_variant_ref_sink (auth_data) : NULL;
}

static gboolean
store (const char *instance_id, GVariant *auth_data, GError **error)
{
  g_autoptr (GVariant) reply = cvg_connection_call (
      "SetInstanceAuth", g_variant_new ("(s@a{sv})", instance_id, auth_data), "()", error);

  return reply != NULL;
}

/* The daemon makes an instance by itself where nothing has to be known for it. Where there are keys
 * beside a sign-in, tenants are about the addresses of the sign-in. */
static gboolean
find_out_if_new (CvgCli *cli, GVariant *server, gboolean *is_new, GError **error)
{
  g_autoptr (GVariant) instances = NULL;

  *is_new = tenants != NULL;
  if (*is_new || !cvg_tenant_is_needed (server) ||
      (cvg_server_has_kind (server, "oauth2") && cvg_server_takes_keys (server)))
    return TRUE;

  instances = cvg_connection_list_instances (user, cli->server, error);
  *is_new = instances != NULL && g_variant_n_children (instances) == 0;
  return instances != NULL;
}

static gboolean
set_new_auth (CvgCli *cli, GVariant *tenant, GVariant *auth_data, GError **error)
{
  const CvgNewInstance wanted = { cli->server, user, NULL, NULL, tenant };
  g_autofree char *id = cvg_new_instance_create (&wanted, error);

  if (id == NULL)
    return FALSE;

  if (!store (id, auth_data, error))
    {
      cvg_new_instance_discard (id);
      return FALSE;
    }
  cvg_cli_set_instance (cli, id);
  return TRUE;
}

static gboolean
set_auth_by_user (CvgCli *cli, GVariant *auth_data, GError **error)
{
  g_autoptr (GVariant) reply = cvg_connection_call (
      "SetUserAuth", g_variant_new ("(ss@a{sv})", user, cli->server, auth_data), "(s)", error);
  const char *id = NULL;

  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(&s)", &id);
  cvg_cli_set_instance (cli, id);
  return TRUE;
}

static gboolean
set_user_auth (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) server = cvg_server_resolve (cli, arguments[0], error);
  g_autoptr (GVariant) tenant = NULL;
  g_autoptr (GVariant) auth_data = NULL;
  gboolean is_new = FALSE;

  if (server == NULL || !check_kind (cli, server, error) ||
      !find_out_if_new (cli, server, &is_new, error))
    return FALSE;
  if (is_new && (tenant = cvg_tenant_read (server, tenants, error)) == NULL)
    return FALSE;

  auth_data = read_auth_data (cli, server, arguments + 1, error);
  if (auth_data == NULL)
    return FALSE;

  return is_new ? set_new_auth (cli, tenant, auth_data, error) :
                  set_auth_by_user (cli, auth_data, error);
}

static gboolean
set_instance_auth (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) instance = cvg_instance_resolve (cli, arguments[0], error);
  g_autoptr (GVariant) server = instance != NULL ? cvg_server_look_up (cli->server) : NULL;
  g_autoptr (GVariant) auth_data = NULL;

  if (server == NULL || !check_kind (cli, server, error))
    return FALSE;

  auth_data = read_auth_data (cli, server, arguments + 1, error);
  return auth_data != NULL && store (cli->instance, auth_data, error);
}

static gboolean
run_set (CvgCli *cli, char **arguments, GError **error)
{
  gboolean done = FALSE;

  if (!check_arguments (arguments + 1, error))
    return FALSE;

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
  .description = "Each KEY gets a line of stdin, or is asked for without echo on a terminal. If\n"
                 "none is named it is those that the server needs: see claviger servers NAME.\n"
                 "With --user the first argument is a server, and the instance is made if there\n"
                 "is none; its id is printed.\n\n"
                 "Examples:\n"
                 "  claviger set --user alice SendGrid\n"
                 "  pass show mail/api | claviger set resend",
  .entries = entries,
  .min_arguments = 1,
  .max_arguments = 64,
  .run = run_set,
};
