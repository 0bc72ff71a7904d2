/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * claviger auth, claviger user-auth: the auth data, whole. Their JSON has the members of the
 * reference API, and every failure of theirs is an answer too: it is printed, and the exit status
 * still tells.
 */
#include <gio/gio.h>

#include "client/commands.h"
#include "client/connection.h"
#include "client/instance.h"
#include "client/output.h"
#include "client/server.h"
#include "client/vardict.h"
#include "dbus/error.h"

static void
add_maybe (GVariantBuilder *answer, const char *key, const GVariantType *type, GVariant *value)
{
  g_variant_builder_add (answer, "{sv}", key, g_variant_new_maybe (type, value));
}

static GVariant *
maybe_string (const char *text)
{
  return text != NULL && *text != '\0' ? g_variant_new_string (text) : NULL;
}

static char *
get_sentence (const GError *error)
{
  g_autoptr (GError) stripped = error != NULL ? g_error_copy (error) : NULL;

  if (stripped == NULL)
    return NULL;

  g_dbus_error_strip_remote_error (stripped);
  return g_strdup (stripped->message);
}

static GVariant *
get_instance_auth (CvgCli *cli, const char *text, GError **error)
{
  g_autofree char *id = cvg_instance_resolve_id (cli, text, error);
  g_autoptr (GVariant) reply = NULL;

  if (id == NULL)
    return NULL;

  reply = cvg_connection_call ("GetInstanceAuth", g_variant_new ("(sa{sv})", id, NULL), "(a{sv})",
                               error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

static gboolean
run_auth (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GVariant) auth_data = get_instance_auth (cli, arguments[0], &cause);

  if (cli->json)
    {
      g_auto (GVariantBuilder) answer = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
      g_autofree char *sentence = get_sentence (cause);

      g_variant_builder_add (&answer, "{sv}", "success", g_variant_new_boolean (cause == NULL));
      add_maybe (&answer, "authData", G_VARIANT_TYPE_VARDICT, auth_data);
      add_maybe (&answer, "error", G_VARIANT_TYPE_STRING, maybe_string (sentence));
      cvg_output_print_json (g_variant_builder_end (&answer));
    }
  else if (auth_data != NULL)
    cvg_output_print_pairs (auth_data);

  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return auth_data != NULL;
}

static GVariant *
call_user_auth (const char *user_id, const char *server_name, GError **error)
{
  return cvg_connection_call (
      "GetUserAuth", g_variant_new ("(ssa{sv})", user_id, server_name, NULL), "(ba{sv}s)", error);
}

/* The name is tried as it stands, which is one call; the catalogue is asked only if it is unknown.
 */
static GVariant *
get_user_auth (CvgCli *cli, const char *user_id, const char *text, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GVariant) server = NULL;
  g_autoptr (GVariant) reply = NULL;

  cvg_cli_set_user (cli, user_id);
  cvg_cli_set_server (cli, text);
  reply = call_user_auth (user_id, text, &cause);
  if (reply != NULL)
    return g_steal_pointer (&reply);

  if (!g_error_matches (cause, CVG_ERROR, CVG_ERROR_UNKNOWN_SERVER))
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return NULL;
    }

  server = cvg_server_resolve (cli, text, error);
  return server != NULL ? call_user_auth (user_id, cli->server, error) : NULL;
}

static void
print_user_auth (const CvgCli *cli, const char *user_id, GVariant *auth_data, const char *message)
{
  g_auto (GVariantBuilder) answer = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  GVariant *authenticated = g_variant_new_boolean (auth_data != NULL);

  g_variant_builder_add (&answer, "{sv}", "success", authenticated);
  g_variant_builder_add (&answer, "{sv}", "userId", g_variant_new_string (user_id));
  g_variant_builder_add (&answer, "{sv}", "serverName", g_variant_new_string (cli->server));
  add_maybe (&answer, "authData", G_VARIANT_TYPE_VARDICT, auth_data);
  g_variant_builder_add (&answer, "{sv}", "isAuthenticated", authenticated);
  add_maybe (&answer, "message", G_VARIANT_TYPE_STRING, maybe_string (message));
  cvg_output_print_json (g_variant_builder_end (&answer));
}

static gboolean
run_user_auth (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GVariant) auth_data = NULL;
  g_autofree char *message = NULL;
  g_autoptr (GVariant) reply = get_user_auth (cli, arguments[0], arguments[1], &cause);

  if (reply != NULL)
    {
      gboolean is_authenticated = FALSE;

      g_variant_get (reply, "(b@a{sv}s)", &is_authenticated, &auth_data, &message);
      if (!is_authenticated)
        {
          g_clear_pointer (&auth_data, g_variant_unref);
          g_set_error_literal (&cause, CVG_ERROR, CVG_ERROR_NOT_SIGNED_IN, message);
        }
    }
  else
    message = get_sentence (cause);

  if (cli->json)
    print_user_auth (cli, arguments[0], auth_data, message);
  else if (auth_data != NULL)
    cvg_output_print_pairs (auth_data);

  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  return auth_data != NULL;
}

const CvgCommand cvg_command_auth = {
  .name = "auth",
  .arguments = "INSTANCE",
  .summary = "Print the auth data of an instance",
  .description = "Prints all that the server gave, secrets included: access token, refresh token,\n"
                 "scope, expiry, sites. With --json: {\"success\", \"authData\", \"error\"}.\n\n"
                 "Example:\n"
                 "  claviger --json auth confluence | jq -r .authData.site_url",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_auth,
};

const CvgCommand cvg_command_user_auth = {
  .name = "user-auth",
  .arguments = "USER SERVER",
  .summary = "Print the auth data of a user for a server",
  .description = "As “claviger auth”, by user and server. Of several instances, the one that was\n"
                 "signed in last answers. With --json: {\"success\", \"userId\", \"serverName\",\n"
                 "\"authData\", \"isAuthenticated\", \"message\"}.\n\n"
                 "Example:\n"
                 "  claviger --json user-auth alice Confluence",
  .min_arguments = 2,
  .max_arguments = 2,
  .run = run_user_auth,
};
