/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What only the person knows is a word in capitals; all else stands there as it must be.
 */
#include "client/shell-command.h"

#include "client/server.h"
#include "client/vardict.h"
#include "dbus/shell-word.h"

/**
 * cvg_shell_command_placeholder:
 * @name: name of a value
 *
 * Returns: (transfer full): the word that stands for it in a command, "SUB_DOMAIN"
 */
char *
cvg_shell_command_placeholder (const char *name)
{
  char *word = g_ascii_strup (name, -1);

  return g_strcanon (word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", '_');
}

/* What the server can't do without and has no default for. */
static void
append_tenant (GString *command, GVariant *server)
{
  g_autoptr (GVariant) parameters = cvg_server_get_tenant_parameters (server);

  for (size_t i = 0; i < g_variant_n_children (parameters); i++)
    {
      g_autoptr (GVariant) parameter = g_variant_get_child_value (parameters, i);
      const char *name = cvg_vardict_get_string (parameter, "name");
      g_autofree char *word = cvg_shell_word (name);
      g_autofree char *placeholder = cvg_shell_command_placeholder (name);

      if (*cvg_vardict_get_string (parameter, "default") == '\0')
        g_string_append_printf (command, " --tenant %s=%s", word, placeholder);
    }
}

/**
 * cvg_shell_command_client_add:
 * @server: a server of ListServers
 *
 * Returns: (transfer full): how to add a client for it
 */
char *
cvg_shell_command_client_add (GVariant *server)
{
  g_autofree char *name = cvg_shell_word (cvg_vardict_get_string (server, "name"));

  return g_strdup_printf ("claviger client add %s CLIENT_ID%s", name,
                          cvg_server_wants_redirect_uri (server) ? " --redirect-uri URI" : "");
}

/**
 * cvg_shell_command_login:
 * @server: a server of ListServers
 * @user_id: (nullable): whose instance; %NULL for the one that is meant without saying
 *
 * Returns: (transfer full): how to sign in to it
 */
char *
cvg_shell_command_login (GVariant *server, const char *user_id)
{
  g_autofree char *name = cvg_shell_word (cvg_vardict_get_string (server, "name"));
  GString *command = g_string_new (NULL);

  g_string_append_printf (command, "claviger login %s", name);
  if (user_id != NULL)
    {
      g_autofree char *user = cvg_shell_word (user_id);

      g_string_append_printf (command, " --user %s", user);
    }
  append_tenant (command, server);
  return g_string_free (command, FALSE);
}

/**
 * cvg_shell_command_set:
 * @server: a server of ListServers
 * @user_id: whose instance
 *
 * Returns: (transfer full): how to store a key for it
 */
char *
cvg_shell_command_set (GVariant *server, const char *user_id)
{
  g_autofree char *name = cvg_shell_word (cvg_vardict_get_string (server, "name"));
  g_autofree char *user = cvg_shell_word (user_id);
  GString *command = g_string_new (NULL);

  g_string_append_printf (command, "claviger set --user %s %s", user, name);
  /* Beside a sign-in, tenants are about its addresses. */
  if (!cvg_server_has_kind (server, "oauth2") || !cvg_server_takes_keys (server))
    append_tenant (command, server);
  return g_string_free (command, FALSE);
}
