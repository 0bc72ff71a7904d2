/* SPDX-FileCopyrightText: 2026 The Claviger authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * claviger token, claviger refresh: the access token of an instance, in one call where the
 * instance is given as a whole UUID.
 */
#include <gio/gio.h>

#include "client/commands.h"
#include "client/connection.h"
#include "client/instance.h"
#include "client/output.h"

static char *min_validity;
static gboolean force_refresh;

static const GOptionEntry entries[] = {
  { "min-validity", 0, 0, G_OPTION_ARG_STRING, &min_validity,
    "Seconds that the token must still be valid for (60)", "S" },
  { "force-refresh", 0, 0, G_OPTION_ARG_NONE, &force_refresh,
    "Ask the server for a new token in any case", NULL },
  G_OPTION_ENTRY_NULL,
};

/* Returns: (transfer full) (nullable): the answer, (sxt) */
static GVariant *
get_access_token (CvgCli *cli, const char *text, gboolean force, GError **error)
{
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *id = NULL;
  guint32 seconds = 0;

  if (min_validity != NULL &&
      !cvg_cli_parse_seconds ("--min-validity", min_validity, 0, G_MAXINT32, &seconds, error))
    return NULL;

  id = cvg_instance_resolve_id (cli, text, error);
  if (id == NULL)
    return NULL;

  /* Without the option the daemon knows the default. */
  if (min_validity != NULL)
    g_variant_dict_insert (&options, "min-validity", "u", seconds);
  if (force)
    g_variant_dict_insert (&options, "force-refresh", "b", TRUE);

  return cvg_connection_call ("GetAccessToken",
                              g_variant_new ("(s@a{sv})", id, g_variant_dict_end (&options)),
                              "(sxt)", error);
}

static GVariant *
describe (const CvgCli *cli, const char *token, gint64 expires_at, guint64 serial)
{
  g_auto (GVariantBuilder) answer = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&answer, "{sv}", "instance-id", g_variant_new_string (cli->instance));
  if (token != NULL)
    g_variant_builder_add (&answer, "{sv}", "access-token", g_variant_new_string (token));
  if (expires_at != 0)
    g_variant_builder_add (&answer, "{sv}", "expires-at", g_variant_new_int64 (expires_at));
  g_variant_builder_add (&answer, "{sv}", "serial", g_variant_new_uint64 (serial));
  return g_variant_builder_end (&answer);
}

/* Whoever reads a line must not get two, nor a header of his request a second one. */
static gboolean
print_token (const char *token, GError **error)
{
  for (const char *at = token; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      {
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                             "The access token has control characters in it, so that it is not one "
                             "line; see it with --json");
        return FALSE;
      }

  cvg_output_print_line (token);
  return TRUE;
}

static gboolean
run_token (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  const char *token = NULL;
  gint64 expires_at = 0;
  guint64 serial = 0;

  reply = get_access_token (cli, arguments[0], force_refresh, error);
  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(&sxt)", &token, &expires_at, &serial);
  if (!cli->json)
    return print_token (token, error);

  cvg_output_print_json (describe (cli, token, expires_at, serial));
  return TRUE;
}

static gboolean
run_refresh (CvgCli *cli, char **arguments, GError **error)
{
  g_autoptr (GVariant) reply = get_access_token (cli, arguments[0], TRUE, error);
  g_autofree char *expiry = NULL;
  gint64 expires_at = 0;
  guint64 serial = 0;

  if (reply == NULL)
    return FALSE;

  g_variant_get (reply, "(&sxt)", NULL, &expires_at, &serial);
  expiry = cvg_output_format_time (expires_at);
  if (cli->json)
    cvg_output_print_json (describe (cli, NULL, expires_at, serial));
  else if (expires_at != 0)
    cvg_cli_note (cli, "There is a new access token; it expires at %s.", expiry);
  else
    cvg_cli_note (cli, "There is a new access token; the server does not say when it expires.");
  return TRUE;
}

const CvgCommand cvg_command_token = {
  .name = "token",
  .arguments = "INSTANCE",
  .summary = "Print the access token of an instance",
  .description = "Prints one line: an access token that is valid for a minute or more, refreshed\n"
                 "first if need be.\n\n"
                 "Example:\n"
                 "  TOKEN=$(claviger token confluence)",
  .entries = entries,
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_token,
};

const CvgCommand cvg_command_refresh = {
  .name = "refresh",
  .arguments = "INSTANCE",
  .summary = "Ask the server for a new token now",
  .description =
      "A token that is too old is refreshed when a program asks for it; this is for when\n"
      "a server has forgotten one that is not. Says when the new token expires, and prints nothing "
      "secret.\n\n"
      "Example:\n"
      "  claviger refresh confluence",
  .min_arguments = 1,
  .max_arguments = 1,
  .run = run_refresh,
};
