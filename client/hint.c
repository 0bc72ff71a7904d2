/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An error says what happened; the hint after it says what the person can do, as a command to
 * copy where there is one. It depends on the code of the error; of the daemon's words only one
 * thing is asked, whether they name that command already.
 */
#include "client/hint.h"

#include <string.h>

#include "client/connection.h"
#include "client/exit-status.h"
#include "client/instance.h"
#include "client/server.h"
#include "client/vardict.h"
#include "dbus/error.h"
#include "dbus/shell-word.h"

/* The daemon is asked again, and may be gone: then it is what most servers are. Returns: (transfer
 * full) (nullable) */
static GVariant *
find_server (const CvgCli *cli)
{
  g_autoptr (GVariant) instances = NULL;
  g_autoptr (GVariant) instance = NULL;

  if (cli->instance == NULL)
    return cli->server != NULL ? cvg_server_look_up (cli->server) : NULL;

  instances = cvg_connection_list_instances (NULL, NULL, NULL);
  instance = instances != NULL ? cvg_instance_find (instances, cli->instance, NULL) : NULL;
  return instance != NULL ? cvg_server_look_up (cvg_vardict_get_string (instance, "server-name")) :
                            NULL;
}

static char *
format_store (const CvgCli *cli)
{
  g_autofree char *server = NULL;
  g_autofree char *user = NULL;

  if (cli->instance != NULL)
    return g_strdup_printf ("Store its key with: claviger set %s", cli->instance);

  server = cvg_shell_word (cli->server);
  user = cvg_shell_word (cli->user != NULL ? cli->user : g_get_user_name ());
  return g_strdup_printf ("Store its key with: claviger set --user %s %s", user, server);
}

static char *
format_sign_in (const CvgCli *cli)
{
  g_autofree char *server = cvg_shell_word (cli->server != NULL ? cli->server : "SERVER");
  g_autofree char *user = cli->user != NULL ? cvg_shell_word (cli->user) : NULL;

  if (cli->instance != NULL)
    return g_strdup_printf ("Sign in with: claviger login --instance %s", cli->instance);

  return g_strdup_printf ("Sign in with: claviger login %s%s%s", server,
                          user != NULL ? " --user " : "", user != NULL ? user : "");
}

/* Returns: (transfer full) (nullable): %NULL where there is no way in, nor need for one */
static char *
format_way_in (const CvgCli *cli)
{
  g_autoptr (GVariant) server = find_server (cli);

  if (server != NULL && cvg_server_has_kind (server, "none"))
    return NULL;
  if (server != NULL && cvg_server_takes_keys (server) && !cvg_server_has_kind (server, "oauth2"))
    return format_store (cli);

  return format_sign_in (cli);
}

static gboolean
names_way_in (const char *message)
{
  return strstr (message, "claviger login") != NULL || strstr (message, "claviger set") != NULL;
}

static char *
hint_for_our_error (const CvgCli *cli, const GError *error)
{
  switch ((CvgError) error->code)
    {
    case CVG_ERROR_NOT_SIGNED_IN:
    case CVG_ERROR_NEEDS_SIGN_IN:
      return !names_way_in (error->message) ? format_way_in (cli) : NULL;
    case CVG_ERROR_UNKNOWN_SERVER:
      return g_strdup ("The catalogue: claviger servers");
    case CVG_ERROR_NOT_FOUND:
      return g_strdup ("What there is: claviger list");
    case CVG_ERROR_KEYRING_LOCKED:
      return g_strdup ("Unlock the login keyring and try again; the credentials are safe in it.");
    case CVG_ERROR_KEYRING_UNAVAILABLE:
      return g_strdup ("Start a keyring that speaks the Secret Service, such as GNOME Keyring, "
                       "KWallet or KeePassXC, and try again.");
    case CVG_ERROR_TRY_LATER:
      return g_strdup ("The credentials are kept; try again later.");
    case CVG_ERROR_PORT_IN_USE:
      return g_strdup ("End the program that has the port, or sign in without it: --paste");
    case CVG_ERROR_FAILED:
      return g_strdup ("Details are in the journal: journalctl --user -t claviger");
    case CVG_ERROR_INVALID_ARGUMENT:
    case CVG_ERROR_ACCESS_DENIED:
    case CVG_ERROR_NO_CLIENT: /* the login command gives advice of its own */
    case CVG_ERROR_REFUSED:
    case CVG_ERROR_CANCELLED:
    case CVG_ERROR_TIMED_OUT:
    default:
      return NULL;
    }
}

/**
 * cvg_hint_for_error:
 * @cli: the command's context
 * @error: why the command failed
 *
 * Returns: (transfer full) (nullable): a line of advice
 */
char *
cvg_hint_for_error (const CvgCli *cli, const GError *error)
{
  if (cli->advice != NULL)
    return g_strdup (cli->advice);

  if (error->domain == CVG_ERROR)
    return hint_for_our_error (cli, error);

  if (cvg_exit_status_from_error (error) == CVG_EXIT_UNREACHABLE)
    return g_strdup ("Is it installed, and does it start? See: "
                     "systemctl --user status claviger.service");

  return NULL;
}
